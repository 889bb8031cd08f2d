/// XXH64, the 64-bit checksum of the xxHash family: fast, and good enough that a damaged block never passes by chance.
/// It guards against accidents, not against forgery.
package struct Checksum: Equatable, Sendable {
    private var lane1: UInt64
    private var lane2: UInt64
    private var lane3: UInt64
    private var lane4: UInt64
    private let seed: UInt64
    private var total = 0
    private var pending: InlineArray<32, UInt8> = .init(repeating: 0)
    private var pendingCount = 0

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    package init(seed: UInt64 = 0) {
        self.seed = seed
        lane1 = seed &+ Self.prime1 &+ Self.prime2
        lane2 = seed &+ Self.prime2
        lane3 = seed
        lane4 = seed &- Self.prime1
    }

    /// The checksum of one run of bytes.
    package static func of(_ bytes: Span<UInt8>) -> UInt64 {
        var checksum = Checksum()
        checksum.add(bytes)
        return checksum.value
    }

    package static func == (left: Checksum, right: Checksum) -> Bool { left.value == right.value }

    /// Continues over `bytes`: adding in pieces gives the same value as adding at once.
    package mutating func add(_ bytes: Span<UInt8>) {
        total += bytes.count
        var offset = 0
        if pendingCount > 0 {
            while pendingCount < 32, offset < bytes.count {
                pending[pendingCount] = bytes[unchecked: offset]
                pendingCount += 1
                offset += 1
            }
            guard pendingCount == 32 else { return }
            let stripe = pending
            mixStripes(stripe.span, from: 0)
            pendingCount = 0
        }
        offset = mixStripes(bytes, from: offset)
        while offset < bytes.count {
            pending[pendingCount] = bytes[unchecked: offset]
            pendingCount += 1
            offset += 1
        }
    }

    /// The checksum of all bytes added so far.
    package var value: UInt64 {
        var hash: UInt64
        if total >= 32 {
            hash = Self.rotate(lane1, 1) &+ Self.rotate(lane2, 7) &+ Self.rotate(lane3, 12) &+ Self.rotate(lane4, 18)
            for lane in [lane1, lane2, lane3, lane4] {
                hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
            }
        } else {
            hash = seed &+ Self.prime5
        }
        hash &+= UInt64(total)
        hash = mixTail(hash)
        hash = (hash ^ (hash >> 33)) &* Self.prime2
        hash = (hash ^ (hash >> 29)) &* Self.prime3
        return hash ^ (hash >> 32)
    }

    private func mixTail(_ start: UInt64) -> UInt64 {
        var hash = start
        var offset = 0
        let bytes = pending.span.bytes
        while offset + 8 <= pendingCount {
            let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            hash = Self.rotate(hash ^ Self.round(0, word), 27) &* Self.prime1 &+ Self.prime4
            offset += 8
        }
        if offset + 4 <= pendingCount {
            let word = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
            hash = Self.rotate(hash ^ (UInt64(word) &* Self.prime1), 23) &* Self.prime2 &+ Self.prime3
            offset += 4
        }
        while offset < pendingCount {
            hash = Self.rotate(hash ^ (UInt64(pending[offset]) &* Self.prime5), 11) &* Self.prime1
            offset += 1
        }
        return hash
    }

    /// Mixes all whole stripes of 32 bytes and returns the offset of what is left.
    @discardableResult
    private mutating func mixStripes(_ span: Span<UInt8>, from start: Int) -> Int {
        var offset = start
        let bytes = span.bytes
        func word(_ at: Int) -> UInt64 {
            UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        while offset + 32 <= span.count {
            lane1 = Self.round(lane1, word(offset))
            lane2 = Self.round(lane2, word(offset + 8))
            lane3 = Self.round(lane3, word(offset + 16))
            lane4 = Self.round(lane4, word(offset + 24))
            offset += 32
        }
        return offset
    }

    @inline(__always) private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    @inline(__always) private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
