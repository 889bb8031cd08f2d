/// 64 bits that lie at any multiple of four bytes: where a word of its own alignment would leave four bytes unused in each
/// entry of a table. On disk as `UInt64`.
package struct PackedWord64: BitwiseCopyable, Sendable, Equatable {
    private let low: UInt32
    private let high: UInt32

    @inline(__always) package init(_ value: UInt64) {
        low = UInt32(truncatingIfNeeded: value)
        high = UInt32(truncatingIfNeeded: value >> 32)
    }

    @inline(__always) package var value: UInt64 { UInt64(low) | UInt64(high) << 32 }
}

/// The lower 48 bits of a number, at any multiple of two bytes: milliseconds of 8,900 years, or 280 million million events.
package struct PackedWord48: BitwiseCopyable, Sendable, Equatable {
    private let low: UInt16
    private let middle: UInt16
    private let high: UInt16

    @inline(__always) package init(_ value: UInt64) {
        low = UInt16(truncatingIfNeeded: value)
        middle = UInt16(truncatingIfNeeded: value >> 16)
        high = UInt16(truncatingIfNeeded: value >> 32)
    }

    @inline(__always) package init(_ value: Int64) { self.init(UInt64(bitPattern: value)) }

    @inline(__always) package var value: UInt64 { UInt64(low) | UInt64(middle) << 16 | UInt64(high) << 32 }
    @inline(__always) package var signedValue: Int64 { Int64(bitPattern: value << 16) >> 16 }
}
