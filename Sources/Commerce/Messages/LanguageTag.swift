/// A language as BCP 47 writes it, in its usual case: `nl`, `nl-BE`, `zh-Hant-TW`.
package struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// Reads a tag of RFC 5646's common form: a language of two or three letters and subtags of up to eight letters and
    /// digits, `_` taken for `-`. Nil for anything else; whether the language exists is not asked.
    package init?(_ raw: String) {
        let parts = raw.replacing("_", with: "-").split(separator: "-", omittingEmptySubsequences: false)
        guard raw.utf8.count <= 35, let first = parts.first, (2...3).contains(first.utf8.count),
            first.utf8.allSatisfy(Self.isLetter),
            parts.dropFirst().allSatisfy({ (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isAlphanumeric) })
        else { return nil }
        // Case says nothing; RFC 5646, 2.1.1, recommends this one.
        text = parts.enumerated().map { place, part in
            if place == 0 { return part.lowercased() }
            if part.utf8.count == 2 { return part.uppercased() }
            if part.utf8.count == 4, part.utf8.allSatisfy(Self.isLetter) { return part.capitalizedASCII }
            return part.lowercased()
        }.joined(separator: "-")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The tag and what is left of it subtag by subtag: `nl-BE`, `nl` (the look-up of RFC 4647, 3.4).
    package var fallbacks: [LanguageTag] {
        var parts = text.split(separator: "-")
        var tags: [LanguageTag] = []
        while !parts.isEmpty {
            if let tag = LanguageTag(parts.joined(separator: "-")) { tags.append(tag) }
            parts.removeLast()
            // A single letter begins an extension and means nothing alone.
            if parts.last?.utf8.count == 1 { parts.removeLast() }
        }
        return tags
    }

    /// The language in which most people of a country read their mail, with the country where it is one of several; nil
    /// where we do not know. A guess by country is the last but one: a customer's own word goes before it.
    package init?(ofCountry country: CountryCode) {
        let tag: String
        switch country {
        case CountryCode("NL"), CountryCode("SR"): tag = "nl"
        case CountryCode("BE"): tag = "nl-BE"
        case CountryCode("DE"), CountryCode("AT"), CountryCode("LI"): tag = "de"
        case CountryCode("CH"): tag = "de-CH"
        case CountryCode("LU"): tag = "fr-LU"
        case CountryCode("FR"), CountryCode("MC"): tag = "fr"
        case CountryCode("GB"), CountryCode("IE"), CountryCode("US"), CountryCode("AU"), CountryCode("NZ"): tag = "en"
        case CountryCode("CA"): tag = "en-CA"
        case CountryCode("ES"), CountryCode("MX"), CountryCode("AR"): tag = "es"
        case CountryCode("IT"): tag = "it"
        case CountryCode("PT"), CountryCode("BR"): tag = "pt"
        case CountryCode("PL"): tag = "pl"
        case CountryCode("CZ"): tag = "cs"
        case CountryCode("SK"): tag = "sk"
        case CountryCode("HU"): tag = "hu"
        case CountryCode("RO"): tag = "ro"
        case CountryCode("BG"): tag = "bg"
        case CountryCode("GR"): tag = "el"
        case CountryCode("DK"): tag = "da"
        case CountryCode("SE"): tag = "sv"
        case CountryCode("NO"): tag = "nb"
        case CountryCode("FI"): tag = "fi"
        case CountryCode("SI"): tag = "sl"
        case CountryCode("HR"): tag = "hr"
        case CountryCode("EE"): tag = "et"
        case CountryCode("LV"): tag = "lv"
        case CountryCode("LT"): tag = "lt"
        default: return nil
        }
        self.init(tag)
    }
}

/// Which rule chose a message's language, the strongest first. The raw values are written to disk.
package enum LanguageRule: UInt8, Sendable, CaseIterable {
    /// Staff said so for this one message.
    case override = 1
    /// The customer chose it (`CUSTOMER.LANGUAGE`).
    case customer = 2
    /// The customer used it on the channel, which said so.
    case channel = 3
    /// It is spoken where the order goes.
    case country = 4
    /// The shop's own.
    case shop = 5

    package var word: String { "\(self)" }
}

extension Substring {
    fileprivate var capitalizedASCII: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
