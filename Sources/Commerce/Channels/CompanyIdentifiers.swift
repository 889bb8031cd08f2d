/// Finds VAT ids and register numbers among free attributes: every plugin of a webshop has its own name for them.
enum CompanyIdentifiers {
    /// Names in lower-case letters and digits, without a leading `billing`, best first.
    private static let vatNames = [
        "vatnumber", "vatid", "vatnr", "vatno", "vat", "euvatnumber", "euvat", "ossvatnumber", "btwnummer", "btwnr",
        "btwid", "btw", "ustidnr", "ustid", "umsatzsteuerid", "tvanumber", "numerotva", "tva", "dicdph", "icdph",
        "dic",
    ]
    private static let registrationNames = ["kvknummer", "kvknumber", "kvk", "ondernemingsnummer", "coc", "ic", "ico"]

    static func vatId(in attributes: [CanonicalPair]) -> String? { first(of: vatNames, in: attributes) }

    static func registrationNumber(in attributes: [CanonicalPair]) -> String? {
        first(of: registrationNames, in: attributes)
    }

    private static func first(of names: [String], in attributes: [CanonicalPair]) -> String? {
        var found: (rank: Int, value: String)?
        for attribute in attributes {
            guard let rank = names.firstIndex(of: plain(attribute.name)), rank < found?.rank ?? .max else { continue }
            // A number without any digit is a flag ("yes") or a label.
            guard attribute.value.contains(where: \.isNumber) else { continue }
            found = (rank, attribute.value)
        }
        return found?.value
    }

    private static func plain(_ name: String) -> String {
        let letters = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return letters.hasPrefix("billing") ? String(letters.dropFirst("billing".count)) : letters
    }
}
