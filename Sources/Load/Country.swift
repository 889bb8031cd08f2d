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
/// One object a country, since copies of a struct this big would dominate the making of a buyer.
package final class Country: Sendable {
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

    init(
        code: String, language: String, currency: String, callingCode: String, mobilePrefixes: [String],
        areaCodes: [String], landlineDigits: Int, givenNames: [String], familyNames: [String], towns: [Town],
        streets: [String], companyForms: [String], companyTrades: [String], mailProviders: [String],
        topLevelDomain: String
    ) {
        self.code = code
        self.language = language
        self.currency = currency
        self.callingCode = callingCode
        self.mobilePrefixes = mobilePrefixes
        self.areaCodes = areaCodes
        self.landlineDigits = landlineDigits
        self.givenNames = givenNames
        self.familyNames = familyNames
        self.towns = towns
        self.streets = streets
        self.companyForms = companyForms
        self.companyTrades = companyTrades
        self.mailProviders = mailProviders
        self.topLevelDomain = topLevelDomain
    }

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

    /// Letters that Dutch and British postal codes both use.
    private static let codeLetters = Array("ABCDEGHJKLMNPRSTVWXZ".utf8)

    private func letterPair(_ random: inout SeededGenerator) -> String {
        String(decoding: [random.pick(Self.codeLetters), random.pick(Self.codeLetters)], as: UTF8.self)
    }
}
