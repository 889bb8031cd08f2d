/// A town and the numbers its postal codes start with.
package struct Town: Sendable {
    package let name: String
    package let postalCodes: ClosedRange<Int>

    init(_ name: String, _ postalCodes: ClosedRange<Int>) {
        self.name = name
        self.postalCodes = postalCodes
    }
}

/// What people, places and numbers of a country look like. The lists are our own; common entries come first.
package struct Country: Sendable {
    /// ISO 3166 alpha-2.
    package let code: String
    /// BCP 47.
    package let language: String
    /// ISO 4217.
    package let currency: String
    /// International calling code, without the plus sign.
    package let callingCode: String
    /// Starts of mobile numbers in national form without the leading zero; eight digits follow.
    package let mobilePrefixes: [String]
    /// Starts of landline numbers, likewise; `landlineDigits` digits follow.
    package let areaCodes: [String]
    package let landlineDigits: Int
    package let givenNames: [String]
    package let familyNames: [String]
    package let towns: [Town]
    package let streets: [String]
    package let companyForms: [String]
    package let companyTrades: [String]
    package let mailProviders: [String]
    /// Top-level domain of buyers' own mail domains.
    package let topLevelDomain: String

    /// Draws a country; the Netherlands dominate.
    static func draw(_ random: inout SeededGenerator) -> Country {
        switch random.below(100) {
        case 0..<64: netherlands
        case 64..<78: germany
        case 78..<90: belgium
        case 90..<95: france
        default: unitedKingdom
        }
    }

    /// A postal code of the town, in the country's spelling.
    func postalCode(in town: Town, _ random: inout SeededGenerator) -> String {
        let number = random.within(town.postalCodes)
        switch code {
        case "NL": return "\(number) \(letterPair(&random))"
        case "DE", "FR": return String(repeating: "0", count: max(0, 5 - String(number).utf8.count)) + String(number)
        case "GB": return "\(town.name.prefix(1))\(number) \(random.within(1...9))\(letterPair(&random))"
        default: return String(number)
        }
    }

    private func letterPair(_ random: inout SeededGenerator) -> String {
        let letters = Array("ABCDEGHJKLMNPRSTVWXZ")
        return String([random.pick(letters), random.pick(letters)])
    }
}
