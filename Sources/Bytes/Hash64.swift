/// A fast 64-bit hash of byte strings, keyed by a seed that outsiders do not know.
///
/// Sixteen bytes a step are folded by one 64 x 64 -> 128 bit multiplication, the construction that the "wyhash" family
/// made popular. It is no cryptographic hash: the seed (random per data folder) keeps strangers from
/// making two values collide, and 64 bits keep chance from it (10 million keys: one chance in 300,000).
@usableFromInline
package struct Hash64: Sendable, Equatable {
    @usableFromInline package let seed: UInt64

    @inlinable @inline(__always) package init(seed: UInt64) { self.seed = seed }

    @inlinable @inline(__always) static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inlinable static var first: UInt64 { 0x9E37_79B9_7F4A_7C15 }
    @inlinable static var second: UInt64 { 0xC2B2_AE3D_27D4_EB4F }
    @inlinable static var third: UInt64 { 0x1656_67B1_9E37_79F9 }

    /// The hash of the bytes; `salt` separates kinds of values that must never meet.
    @inlinable package func hash(_ bytes: Span<UInt8>, salt: UInt64 = 0) -> UInt64 {
        let count = bytes.count
        var state = Self.fold(seed ^ Self.first, salt ^ Self.second)
        var offset = 0
        while count &- offset >= 16 {
            let (left, right) = (bytes.load(offset, as: UInt64.self), bytes.load(offset &+ 8, as: UInt64.self))
            state = Self.fold(left ^ Self.second, right ^ state)
            offset &+= 16
        }
        var left: UInt64 = 0
        if count &- offset >= 8 {
            left = bytes.load(offset, as: UInt64.self)
            offset &+= 8
        }
        let right = bytes.word(from: offset)
        state = Self.fold(left ^ Self.third, right ^ state)
        return Self.fold(state ^ Self.first, UInt64(truncatingIfNeeded: count) ^ Self.third)
    }

    /// Two hashes as one, order mattering.
    @inlinable @inline(__always) package func combine(_ left: UInt64, _ right: UInt64) -> UInt64 {
        Self.fold(left ^ Self.first ^ seed, right ^ Self.second)
    }
}
