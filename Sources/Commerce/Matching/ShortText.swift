import Bytes

/// The first 16 bytes of a folded word in two integers: names and streets are compared without touching memory.
///
/// The first byte is the lowest; unused bytes are 0. What is longer is cut, on both sides of a comparison alike.
package struct ShortText: BitwiseCopyable, Sendable, Hashable {
    package var low: UInt64 = 0
    package var high: UInt64 = 0

    package static let capacity = 16

    package init() {}

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The bytes of `bytes` that are letters or digits, up to the capacity.
    @inline(__always) init(_ bytes: Span<UInt8>) {
        let start = bytes.extracting(0..<min(bytes.count, Self.capacity))
        if start.isLettersAndDigits {
            (low, high) = start.words(at: 0, count: start.count)
            return
        }
        var count = 0
        for index in 0..<bytes.count where count < Self.capacity {
            let byte = bytes[index]
            guard byte >= 0x80 || ASCII.isLetter(byte) || ASCII.isDigit(byte) else { continue }
            set(byte, at: count)
            count += 1
        }
    }

    package var isEmpty: Bool { low == 0 }

    /// Number of bytes, 0 to 16.
    @inline(__always) package var count: Int {
        high == 0 ? 8 - low.leadingZeroBitCount / 8 : 16 - high.leadingZeroBitCount / 8
    }

    @inline(__always) package subscript(index: Int) -> UInt8 {
        let word = index < 8 ? low : high
        return UInt8(truncatingIfNeeded: word >> (UInt64(index & 7) &* 8))
    }

    @inline(__always) private mutating func set(_ byte: UInt8, at index: Int) {
        if index < 8 {
            low |= UInt64(byte) << (UInt64(index) &* 8)
        } else {
            high |= UInt64(byte) << (UInt64(index & 7) &* 8)
        }
    }

    /// The bytes up to `length`.
    func prefix(_ length: Int) -> ShortText {
        if length >= 16 { return self }
        if length >= 8 { return ShortText(low: low, high: high & (1 << (UInt64(length - 8) * 8) &- 1)) }
        return ShortText(low: low & (1 << (UInt64(length) * 8) &- 1), high: 0)
    }

    /// Whether this text begins with all of `other`.
    func starts(with other: ShortText) -> Bool { prefix(other.count) == other }

    /// Whether this text ends with all of `other`.
    func ends(with other: ShortText) -> Bool {
        let offset = count - other.count
        guard offset >= 0 else { return false }
        for index in 0..<other.count where self[offset + index] != other[index] { return false }
        return true
    }

    /// One hash of the text; 0 when it is empty.
    var mixed: UInt64 {
        let product = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: high ^ 0xC2B2_AE3D_27D4_EB4F)
        return isEmpty ? 0 : product.high ^ product.low
    }
}

// MARK: Edit distance

extension ShortText {
    /// Insertions, deletions, substitutions and exchanges of neighbours between the two texts: optimal string alignment,
    /// 16 columns of the matrix at a time in one integer (Hyyrö, "A bit-vector algorithm for computing Levenshtein and
    /// Damerau edit distances", 2003).
    /// - Parameter limit: where more are certain, the answer may be any number above it.
    package func distance(to other: ShortText, atMost limit: Int = .max) -> Int {
        let length = count
        guard length > 0 else { return other.count }
        var steps = other.count
        // A step for each byte of the other text: the same from either side, and cheaper from the longer.
        if steps > length { return other.distance(to: self, atMost: limit) }
        var positive: UInt32 = 0xFFFF_FFFF
        var negative: UInt32 = 0
        var diagonal: UInt32 = 0
        var previousMatches: UInt32 = 0
        var distance = length
        let last = UInt32(1) &<< UInt32(truncatingIfNeeded: length &- 1)
        var (rest, following) = (other.low, other.high)
        while rest != 0 {
            let matches = positions(of: UInt8(truncatingIfNeeded: rest))
            rest = rest >> 8 | following << 56
            following >>= 8
            let exchanged = ((~diagonal & matches) << 1) & previousMatches
            diagonal = (((matches & positive) &+ positive) ^ positive) | matches | negative | exchanged
            var horizontalPositive = negative | ~(diagonal | positive)
            let horizontalNegative = diagonal & positive
            if horizontalPositive & last != 0 { distance += 1 }
            if horizontalNegative & last != 0 { distance -= 1 }
            // Each step takes one away at most.
            steps -= 1
            if distance - steps > limit { return distance - steps }
            horizontalPositive = horizontalPositive << 1 | 1
            positive = horizontalNegative << 1 | ~(diagonal | horizontalPositive)
            negative = horizontalPositive & diagonal
            previousMatches = matches
        }
        return distance
    }

    /// One bit for each place where the byte stands.
    @inline(__always) private func positions(of byte: UInt8) -> UInt32 {
        let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        let lowPlaces = Self.zeroBytes(low ^ pattern)
        guard high != 0 else { return lowPlaces }
        return lowPlaces | Self.zeroBytes(high ^ pattern) << 8
    }

    /// One bit for each byte that is 0, the lowest byte first.
    @inline(__always) private static func zeroBytes(_ word: UInt64) -> UInt32 {
        let sevens: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let marks = ~(((word & sevens) &+ sevens) | word | sevens)
        return UInt32(truncatingIfNeeded: ((marks >> 7) &* 0x0102_0408_1020_4080) >> 56)
    }
}
