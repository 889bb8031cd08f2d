/// The exact arithmetic of amounts: whole numbers of 128 bits, one rounding at the end.
enum EInvoiceArithmetic {
    /// The largest amount there may be: 18 digits, as everywhere in the engine.
    private static let limit: Int128 = 1_000_000_000_000_000_000

    static func amount(_ value: Int128) throws(EInvoiceError) -> Int64 {
        guard value.magnitude < limit.magnitude else { throw .tooLarge }
        return Int64(value)
    }

    /// The quotient as a whole number, half away from zero, so that a credit note mirrors its invoice to the cent.
    static func rounded(_ numerator: Int128, dividedBy denominator: Int128) throws(EInvoiceError) -> Int64 {
        precondition(denominator != 0)
        let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        guard rest.magnitude >= denominator.magnitude - rest.magnitude else { return try amount(quotient) }
        return try amount((numerator < 0) == (denominator < 0) ? quotient + 1 : quotient - 1)
    }

    static func product(_ left: Int128, _ right: Int128) throws(EInvoiceError) -> Int128 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        guard !overflow else { throw .tooLarge }
        return product
    }

    static func powerOfTen(_ exponent: Int) throws(EInvoiceError) -> Int128 {
        guard exponent <= 36 else { throw .tooLarge }
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }

    /// `left * right / divisor` in units of `10^-digits`, rounded once.
    static func scaledProduct(
        _ left: Decimal64, _ right: Decimal64, dividedBy divisor: Decimal64 = Decimal64(units: 1, scale: 0),
        digits: UInt8
    ) throws(EInvoiceError) -> Int64 {
        let (left, right, divisor) = (left.shortest, right.shortest, divisor.shortest)
        var numerator = Int128(left.units) * Int128(right.units)
        var denominator = Int128(divisor.units)
        let exponent = Int(digits) + Int(divisor.scale) - Int(left.scale) - Int(right.scale)
        if exponent >= 0 {
            numerator = try product(numerator, powerOfTen(exponent))
        } else {
            denominator = try product(denominator, powerOfTen(-exponent))
        }
        return try rounded(numerator, dividedBy: denominator)
    }

    /// The VAT on a taxable amount (BR-CO-17), both in minor units.
    static func tax(on taxable: Int64, rate: Decimal64) throws(EInvoiceError) -> Int64 {
        let hundred = try product(100, powerOfTen(Int(rate.scale)))
        return try rounded(Int128(taxable) * Int128(rate.units), dividedBy: hundred)
    }
}
