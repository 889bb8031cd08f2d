/// A decimal number without rounding: an integer and how many of its digits stand behind the point.
///
/// Holds up to 34 significant digits, of which all may stand behind the point; whatever has more is not an amount. What
/// it writes it also reads.
struct ExactDecimal: Equatable, Sendable {
    static let maximumDigits = 34
    static let zero = ExactDecimal(0)
    /// The first coefficient with too many digits: 10 to the power of 34.
    private static let limit = (0..<maximumDigits).reduce(1 as Int128) { power, _ in power * 10 }

    let coefficient: Int128
    /// Digits behind the point, 0 to 34.
    let scale: Int

    init(_ integer: Int) {
        coefficient = Int128(integer)
        scale = 0
    }

    private init?(coefficient: Int128, scale: Int) {
        guard coefficient.magnitude < Self.limit.magnitude, scale <= Self.maximumDigits else { return nil }
        self.coefficient = coefficient
        self.scale = scale
    }

    private init(negating other: ExactDecimal) {
        coefficient = -other.coefficient
        scale = other.scale
    }

    /// Reads a plain or exponent form (`-12.50`, `1.569521782042E9`); nil for anything else or too many digits.
    init?(_ text: String) {
        var digits: Int128 = 0
        var hasDigits = false
        var significantDigits = 0
        var fractionDigits = 0
        var seenPoint = false
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        while let byte = bytes.first, byte | 0x20 != UInt8(ascii: "e") {
            bytes.removeFirst()
            if byte == UInt8(ascii: "."), !seenPoint, hasDigits {
                seenPoint = true
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), significantDigits < Self.maximumDigits else {
                return nil
            }
            digits = digits * 10 + Int128(byte - UInt8(ascii: "0"))
            hasDigits = true
            if digits > 0 { significantDigits += 1 }
            if seenPoint { fractionDigits += 1 }
        }
        guard hasDigits, !seenPoint || fractionDigits > 0 else { return nil }
        guard let exponent = Self.exponent(bytes) else { return nil }
        self.init(digits: isNegative ? -digits : digits, tenPower: exponent - fractionDigits)
    }

    /// The integer behind `e`, 0 if there is none; nil if malformed or absurd.
    private static func exponent(_ bytes: Substring.UTF8View) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        guard let value = Int(Substring(bytes.dropFirst())), value.magnitude <= 2 * maximumDigits else { return nil }
        return value
    }

    private init?(digits: Int128, tenPower: Int) {
        if tenPower <= 0 {
            var digits = digits
            var scale = -tenPower
            while scale > Self.maximumDigits, digits % 10 == 0 {
                digits /= 10
                scale -= 1
            }
            self.init(coefficient: digits, scale: scale)
        } else {
            guard let scaled = Self.scaled(digits, by: tenPower) else { return nil }
            self.init(coefficient: scaled, scale: 0)
        }
    }

    private static func scaled(_ digits: Int128, by tenPower: Int) -> Int128? {
        var result = digits
        for _ in 0..<tenPower where result != 0 {
            let (next, overflow) = result.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            result = next
        }
        return result
    }

    var isZero: Bool { coefficient == 0 }
    var isNegative: Bool { coefficient < 0 }
    var negated: ExactDecimal { ExactDecimal(negating: self) }
    var magnitude: ExactDecimal { isNegative ? negated : self }

    /// The sum; nil if it has too many digits.
    func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let commonScale = max(scale, other.scale)
        guard let left = Self.scaled(coefficient, by: commonScale - scale),
            let right = Self.scaled(other.coefficient, by: commonScale - other.scale)
        else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : ExactDecimal(coefficient: sum, scale: commonScale)
    }

    /// The product; nil if it has too many digits.
    func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return overflow ? nil : ExactDecimal(digits: product, tenPower: -(scale + other.scale))
    }

    /// The quotient if it ends within four more digits behind the point; nil otherwise.
    func divided(exactlyBy count: Int) -> ExactDecimal? {
        guard count > 0 else { return nil }
        for extraDigits in 0...4 where scale + extraDigits <= Self.maximumDigits {
            guard let scaled = Self.scaled(coefficient, by: extraDigits) else { return nil }
            if scaled % Int128(count) == 0 {
                return ExactDecimal(coefficient: scaled / Int128(count), scale: scale + extraDigits)
            }
        }
        return nil
    }

    /// The value if it is a whole number that fits.
    var integer: Int? {
        var coefficient = coefficient
        for _ in 0..<scale {
            guard coefficient % 10 == 0 else { return nil }
            coefficient /= 10
        }
        return Int(exactly: coefficient)
    }

    /// The whole number of thousandths, rounded towards zero; nil if it does not fit.
    var thousandths: Int? {
        guard var value = Self.scaled(coefficient, by: max(3 - scale, 0)) else { return nil }
        for _ in 0..<max(scale - 3, 0) { value /= 10 }
        return Int(exactly: value)
    }

    /// An amount in plain digits: the fraction as it was sent, but never of one digit, as JSON numbers lose their last
    /// zero (`478.8` becomes `478.80`), and without zeros beyond the second (`29.3500` becomes `29.35`).
    var text: String {
        let hasRoom = coefficient.magnitude < Self.limit.magnitude / 10
        return text(trimmingTo: 2) + (scale == 1 && hasRoom ? "0" : "")
    }

    /// Plain digits without needless zeros, for rates and quantities: `6.00` becomes `6`.
    var shortestText: String { text(trimmingTo: 0) }

    private func text(trimmingTo minimum: Int) -> String {
        var digits = String(coefficient.magnitude)
        if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
        var fraction = digits.suffix(scale)
        while fraction.utf8.count > minimum, fraction.last == "0" { fraction.removeLast() }
        let sign = isNegative ? "-" : ""
        return sign + digits.dropLast(scale) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
