import Bytes

/// An exact decimal number, `units / 10^scale`: money, rates and quantities, never a binary fraction.
///
/// Up to 18 digits and 12 decimals; what does not fit is refused when it comes in, never rounded.
package struct Decimal64: Hashable, Sendable, BitwiseCopyable {
    package let units: Int64
    package let scale: UInt8

    package static let maximumScale = 12

    package init(units: Int64, scale: UInt8) {
        self.units = units
        self.scale = scale
    }

    package static let zero = Decimal64(units: 0, scale: 0)

    /// Reads `39.90` and `-5`, not `+.5`: digits, at most one point with digits on both sides, perhaps a minus before.
    @inline(__always) package init?(_ text: Span<UInt8>) {
        guard let value = Decimal64(short: text) ?? Decimal64(long: text) else { return nil }
        self = value
    }

    @inline(never) private init?(long text: Span<UInt8>) {
        var index = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var units: Int64 = 0
        var digits = 0
        var pointAt = -1
        while index < text.count {
            let byte = text[unchecked: index]
            if byte == UInt8(ascii: "."), pointAt < 0, digits > 0 {
                pointAt = digits
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10, units < 100_000_000_000_000_000 else { return nil }
                units = units * 10 + Int64(digit)
                digits += 1
            }
            index += 1
        }
        guard digits > 0, pointAt != digits, pointAt < 0 || digits - pointAt <= Self.maximumScale else { return nil }
        self.units = isNegative ? -units : units
        scale = pointAt < 0 ? 0 : UInt8(digits - pointAt)
    }

    /// Reads up to eight digits and point, which are nearly all amounts, in one word; nil where a byte needs a closer look.
    private init?(short text: Span<UInt8>) {
        let count = text.count
        guard count > 0, count <= 8 else { return nil }
        let word = text.word(from: 0)
        let point = ByteWord.first(UInt8(ascii: "."), in: word)
        var (digits, length) = (word, count)
        if point != 0 {
            let before = ByteWord.before(point)
            digits = word & before | word &>> 8 & ~before
            length = count &- 1
            scale = UInt8(truncatingIfNeeded: length &- ByteWord.index(of: point))
            // Digits on both sides.
            guard scale > 0, Int(scale) < length else { return nil }
        } else {
            scale = 0
        }
        // Zeros in front, so that there are eight.
        let missing = UInt64(truncatingIfNeeded: 64 &- length &* 8)
        let values = (digits &<< missing) ^ (ByteWord.repeating(0x30) &<< missing)
        guard length > 0, (values | (values &+ ByteWord.repeating(0x76))) & ByteWord.highBits == 0 else { return nil }
        let pairs = (values &* 10 &+ values &>> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs &>> 16) & 0x0000_FFFF_0000_FFFF
        units = Int64(truncatingIfNeeded: (fours &* 10_000 &+ fours &>> 32) & 0xFFFF_FFFF)
    }

    /// The same value with at least `minimum` decimals; nil if it no longer fits.
    @inline(__always) package func scaled(to minimum: UInt8) -> Decimal64? {
        scale >= minimum ? self : rescaled(to: minimum)
    }

    private func rescaled(to minimum: UInt8) -> Decimal64? {
        var units = units
        var scale = scale
        while scale < minimum {
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            units = product
            scale += 1
        }
        return Decimal64(units: units, scale: scale)
    }

    /// The same value without trailing zeros behind the point.
    package var shortest: Decimal64 {
        var units = units
        var scale = scale
        while scale > 0, units % 10 == 0 {
            units /= 10
            scale -= 1
        }
        return Decimal64(units: units, scale: scale)
    }

    /// The sum at the finer scale of the two; nil when it does not fit.
    package func adding(_ other: Decimal64) -> Decimal64? {
        let scale = max(self.scale, other.scale)
        guard let left = scaled(to: scale), let right = other.scaled(to: scale) else { return nil }
        let (sum, overflow) = left.units.addingReportingOverflow(right.units)
        return overflow ? nil : Decimal64(units: sum, scale: scale)
    }

    /// Decimals of a currency's minor unit (ISO 4217): 2 unless listed.
    package static func minorUnitDigits(of currency: Span<UInt8>) -> UInt8 {
        guard currency.count == 3 else { return 2 }
        let code = UInt32(currency[0]) << 16 | UInt32(currency[1]) << 8 | UInt32(currency[2])
        switch code {
        case 0x4A5059, 0x4B5257, 0x434C50, 0x49534B, 0x564E44, 0x505947, 0x554758, 0x584146, 0x584F46, 0x585046,
            0x424946, 0x444A46, 0x474E46, 0x4B4D46, 0x525746, 0x565556:
            return 0  // JPY KRW CLP ISK VND PYG UGX XAF XOF XPF BIF DJF GNF KMF RWF VUV
        case 0x424844, 0x495144, 0x4A4F44, 0x4B5744, 0x4C5944, 0x4F4D52, 0x544E44:
            return 3  // BHD IQD JOD KWD LYD OMR TND
        default: return 2
        }
    }
}

extension ByteWriter {
    /// The decimal's digits, as `39.90`.
    package mutating func appendDecimal(_ value: Decimal64) {
        appendDecimal(value.units, scale: Int(value.scale))
    }

    /// A JSON string of the decimal: money travels as text, so that no client turns it into a binary fraction.
    package mutating func decimal(_ value: Decimal64) {
        beginString()
        appendDecimal(value)
        append(UInt8(ascii: "\""))
    }

    /// The packed form: scale, then the units as a zigzag varint.
    package mutating func appendPacked(_ value: Decimal64) {
        append(value.scale)
        appendZigzag(value.units)
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    package mutating func packedDecimal() throws(ByteReaderError) -> Decimal64 {
        let start = position
        let scale = try byte()
        guard scale <= Decimal64.maximumScale else { throw .overlong(offset: start) }
        return Decimal64(units: try zigzag(), scale: scale)
    }

    /// Steps over a decimal that `packedDecimal` would read.
    @_lifetime(self: copy self)
    @inline(__always) mutating func skipPackedDecimal() throws(ByteReaderError) {
        let start = position
        guard try byte() <= Decimal64.maximumScale else { throw .overlong(offset: start) }
        try skipVarint()
    }
}
