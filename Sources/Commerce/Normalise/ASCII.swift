import Bytes

/// The questions that every normaliser asks of a byte.
enum ASCII {
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always) static func isUppercase(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    /// Blank, tab, line end and any other control byte.
    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }

    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 { isUppercase(byte) ? byte | 0x20 : byte }

    @inline(__always) static func uppercased(_ byte: UInt8) -> UInt8 { byte &- 0x61 < 26 ? byte & 0xDF : byte }

    /// atext of RFC 5322: what may stand in a local part without quotes.
    @inline(__always) static func isAtomText(_ byte: UInt8) -> Bool {
        if isLetter(byte) || isDigit(byte) { return true }
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: return true
        default: return false
        }
    }

    /// The range without blanks (no-break and zero-width ones included) at its ends.
    static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        if lower < upper, bytes[lower] &- 0x21 < 0x5E, bytes[upper - 1] &- 0x21 < 0x5E { return range }
        while lower < upper {
            if isBlank(bytes[lower]) {
                lower += 1
            } else if let length = wideBlankLength(bytes, at: lower, before: upper) {
                lower += length
            } else {
                break
            }
        }
        while lower < upper {
            if isBlank(bytes[upper - 1]) {
                upper -= 1
            } else if upper - 2 >= lower, wideBlankLength(bytes, at: upper - 2, before: upper) == 2 {
                upper -= 2
            } else if upper - 3 >= lower, wideBlankLength(bytes, at: upper - 3, before: upper) == 3 {
                upper -= 3
            } else {
                break
            }
        }
        return lower..<upper
    }

    /// Length of a blank outside ASCII: U+00A0, U+200B to U+200F, U+3000 and U+FEFF, as copied from web pages.
    static func wideBlankLength(_ bytes: Span<UInt8>, at index: Int, before end: Int) -> Int? {
        let first = bytes[index]
        guard first >= 0xC2, index + 1 < end else { return nil }
        if first == 0xC2 { return bytes[index + 1] == 0xA0 ? 2 : nil }
        guard index + 2 < end else { return nil }
        switch (first, bytes[index + 1], bytes[index + 2]) {
        case (0xE2, 0x80, 0x80...0x8F), (0xE2, 0x80, 0xAF), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF): return 3
        default: return nil
        }
    }

    /// Whether the bytes are words of letters and digits with single dots between them; the two bytes of `others` count
    /// as letters.
    static func isDotted(_ bytes: Span<UInt8>, besides others: StaticString = "aa") -> Bool {
        let (first, second) = (others.utf8Start[0], others.utf8Start[1])
        // Whether a dot stands before the word, as its mark: there is one before the first.
        var dotBefore: UInt64 = 0x80
        var index = 0
        while index < bytes.count {
            let length = min(8, bytes.count &- index)
            let word = bytes.word(at: index, count: length)
            let dots = ByteWord.equal(UInt8(ascii: "."), in: word)
            let allowed =
                ByteWord.lettersAndDigits(in: word) | dots | ByteWord.equal(first, in: word)
                | ByteWord.equal(second, in: word)
            let doubled = dots & (dots << 8 | dotBefore)
            guard (allowed ^ ByteWord.highBits) & ByteWord.mask(length) | doubled == 0 else { return false }
            dotBefore = dots &>> UInt64(length &* 8 &- 8)
            index &+= 8
        }
        return dotBefore == 0
    }

    static func lastIndex(of byte: UInt8, in bytes: Span<UInt8>) -> Int? {
        var end = bytes.count
        while end > 0 {
            let start = max(0, end &- 8)
            let marks = ByteWord.equal(byte, in: bytes.word(at: start, count: end &- start))
            if marks != 0 { return start &+ 7 &- marks.leadingZeroBitCount &>> 3 }
            end = start
        }
        return nil
    }

    /// - Parameter byte: not 0.
    static func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int = 0) -> Int? {
        var index = start
        while index < bytes.count {
            let marks = ByteWord.first(byte, in: bytes.word(from: index))
            if marks != 0 { return index &+ ByteWord.index(of: marks) }
            index &+= 8
        }
        return nil
    }
}

extension Span where Element == UInt8 {
    func starts(with prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        return count >= length && extracting(0..<length).equals(prefix)
    }

    func ends(with suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        return count >= length && extracting((count - length)..<count).equals(suffix)
    }
}

extension UInt64 {
    /// How many bits there are up to the highest that is set.
    @inline(__always) var bitWidthInUse: Int { 64 &- leadingZeroBitCount }

    @inline(__always) var withoutHighestBit: UInt64 {
        self == 0 ? 0 : self & ~(1 &<< UInt64(truncatingIfNeeded: bitWidthInUse &- 1))
    }
}
