/// Makes VAT ids that pass the check-digit rules of their country.
package enum VATNumber {
    /// - Parameters:
    ///   - country: one of NL, DE, BE, FR, GB.
    ///   - serial: makes the number unique among those of the country, `0..<10_000_000`.
    package static func make(country: String, serial: Int) -> String {
        precondition((0..<10_000_000).contains(serial))
        switch country {
        case "NL": return dutch(serial)
        case "DE": return german(serial)
        case "BE": return belgian(serial)
        case "FR": return french(serial)
        case "GB": return british(serial)
        default: preconditionFailure("no VAT rule for \(country)")
        }
    }

    /// Eight digits and a check digit modulo 11, then `B` and a suffix. Serials without a valid check digit (weight
    /// sum 10) use the eighth digit, which is otherwise 1, to step on.
    private static func dutch(_ serial: Int) -> String {
        for eighth in 1...9 {
            let body = digits(serial, width: 7) + [eighth]
            let check = zip(body, (2...9).reversed()).reduce(0) { $0 + $1.0 * $1.1 } % 11
            if check < 10 { return "NL" + text(body) + "\(check)B01" }
        }
        preconditionFailure("weight 2 reaches every remainder")
    }

    /// Eight digits, the first not zero, and a check digit by ISO 7064 modulo 11, 10.
    private static func german(_ serial: Int) -> String {
        let body = [1] + digits(serial, width: 7)
        var product = 10
        for digit in body {
            var sum = (digit + product) % 10
            if sum == 0 { sum = 10 }
            product = (2 * sum) % 11
        }
        return "DE" + text(body) + "\((11 - product) % 10)"
    }

    /// Ten digits, of which the last two are 97 minus the first eight modulo 97.
    private static func belgian(_ serial: Int) -> String {
        let body = [0] + digits(serial, width: 7)
        return "BE" + text(body) + text(digits(97 - serial % 97, width: 2))
    }

    /// Two check digits before a SIREN, which itself ends with a Luhn digit.
    private static func french(_ serial: Int) -> String {
        let body = [4] + digits(serial, width: 7)
        var sum = 0
        for (index, digit) in body.reversed().enumerated() {
            let weighted = index % 2 == 0 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        let siren = body + [(10 - sum % 10) % 10]
        let number = siren.reduce(0) { $0 * 10 + $1 }
        return "FR" + text(digits((12 + 3 * (number % 97)) % 97, width: 2)) + text(siren)
    }

    /// Seven digits and two check digits: 97 minus the weighted sum modulo 97.
    private static func british(_ serial: Int) -> String {
        let body = digits(serial, width: 7)
        let sum = zip(body, (2...8).reversed()).reduce(0) { $0 + $1.0 * $1.1 }
        return "GB" + text(body) + text(digits(97 - sum % 97, width: 2))
    }

    private static func digits(_ number: Int, width: Int) -> [Int] {
        var rest = number
        var result = [Int](repeating: 0, count: width)
        for index in (0..<width).reversed() {
            result[index] = rest % 10
            rest /= 10
        }
        return result
    }

    private static func text(_ digits: [Int]) -> String { digits.map(String.init).joined() }
}
