import Bytes

// What sums of an order's life need. Where a result does not fit, the sum stays as it was: 18 digits are more money
// than there is, and a reading must never fail.
extension Decimal64 {
    static func + (left: Decimal64, right: Decimal64) -> Decimal64 { left.adding(right) ?? left }

    static func - (left: Decimal64, right: Decimal64) -> Decimal64 {
        left.adding(Decimal64(units: 0 &- right.units, scale: right.scale)) ?? left
    }

    static func < (left: Decimal64, right: Decimal64) -> Bool { (left - right).units < 0 }

    var isPositive: Bool { units > 0 }

    func limited(to highest: Decimal64) -> Decimal64 { highest < self ? highest : self }

    /// The product, rounded half away from zero to the decimals asked for; nil if it does not fit.
    func times(_ other: Decimal64, decimals: UInt8) -> Decimal64? {
        let (product, isLarge) = units.multipliedReportingOverflow(by: other.units)
        if !isLarge, scale + other.scale == decimals { return Decimal64(units: product, scale: decimals) }
        return Self.rounded(
            Int128(units) * Int128(other.units), scale: Int(scale) + Int(other.scale), decimals: Int(decimals))
    }

    /// The quotient, rounded the same way; nil if it does not fit or the divisor is zero.
    func divided(by other: Decimal64, decimals: UInt8) -> Decimal64? {
        // Three digits more than asked for, so that rounding sees what is left over.
        let scale = Int(decimals) + 3
        let (dividend, isTooLarge) = Int128(units).multipliedReportingOverflow(
            by: Self.power(Int(other.scale) + scale))
        guard other.units != 0, !isTooLarge else { return nil }
        return Self.rounded(
            dividend / (Int128(other.units) * Self.power(Int(self.scale))), scale: scale, decimals: Int(decimals))
    }

    private static func rounded(_ units: Int128, scale: Int, decimals: Int) -> Decimal64? {
        guard scale > decimals else {
            let (scaled, isTooLarge) = units.multipliedReportingOverflow(by: power(decimals - scale))
            return isTooLarge ? nil : Int64(exactly: scaled).map { Decimal64(units: $0, scale: UInt8(decimals)) }
        }
        let divisor = power(scale - decimals)
        let half = units < 0 ? -divisor / 2 : divisor / 2
        return Int64(exactly: (units + half) / divisor).map { Decimal64(units: $0, scale: UInt8(decimals)) }
    }

    private static func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
