/// Peppol's rules for sellers in Denmark, Iceland, Italy, Norway and Sweden, as far as what is kept here can break them.
/// Those for Dutch sellers have a file of their own; those for Greek ones ask for another numbering of documents, so
/// that Greek sellers post under the plain standard.
extension EInvoiceRules {
    /// The country whose rules a seller is under: that of its VAT id, or else of its address.
    package static func nation(of seller: EInvoice.Party) -> String {
        let prefix = String((seller.vatId ?? "").prefix(2)).uppercased()
        guard prefix.utf8.count == 2, prefix.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return seller.address.country
        }
        return prefix == "EL" ? "GR" : prefix
    }

    mutating func checkNational() {
        switch Self.nation(of: invoice.seller) {
        case "DK": checkDanishSeller()
        case "IS": checkIcelandicSeller()
        case "IT": checkItalianSeller()
        case "NO": checkNorwegianSeller()
        case "SE": checkSwedishSeller()
        default: break
        }
    }

    private var means: String { invoice.payment?.meansCode ?? "" }

    private mutating func checkDanishSeller() {
        let registration = invoice.seller.legalRegistration
        require(isGiven(registration?.value), "DK-R-002", "BT-30", "a Danish seller needs its CVR number (BT-30)")
        require(
            registration == nil || registration?.scheme == "0184", "DK-R-014", "BT-30",
            "the scheme of a Danish seller's registration number (BT-30) must be 0184, of the CVR")
        require(
            !invoice.kind.isCreditNote || totals.payable >= 0, "DK-R-016", "BT-115",
            "a Danish credit note cannot be over less than nothing (BT-115)")
        // Of those that are allowed 50 and 93 want the numbers of Danish payment slips, which nobody can say here.
        let allowed = ["1", "10", "31", "42", "48", "49", "58", "59", "97"]
        require(
            invoice.payment == nil || allowed.contains(means), "DK-R-005", "BT-81",
            "the means of payment \(means) (BT-81) must be \(allowed.joined(separator: ", ")) from a Danish seller")
        guard means == "31" || means == "42" else { return }
        let isWhole = invoice.payment?.accounts.contains { isGiven($0.identifier) && isGiven($0.serviceProvider) }
        require(
            isWhole == true, "DK-R-006", "BG-17",
            "means of payment \(means) of a Danish seller needs account (BT-84) and registration number (BT-86)")
    }

    private mutating func checkIcelandicSeller() {
        let (seller, buyer) = (invoice.seller, invoice.buyer)
        require(
            isGiven(seller.legalRegistration?.value), "IS-R-002", "BT-30",
            "an Icelandic seller needs its kennitala (BT-30)")
        require(
            isGiven(seller.address.street) && isGiven(seller.address.postalCode), "IS-R-003", "BG-5",
            "the address of an Icelandic seller needs street (BT-35) and postal code (BT-38)")
        if buyer.address.country == "IS" {
            require(
                isGiven(buyer.legalRegistration?.value), "IS-R-004", "BT-47",
                "an Icelandic buyer of an Icelandic seller needs its kennitala (BT-47)")
            require(
                isGiven(buyer.address.street) && isGiven(buyer.address.postalCode), "IS-R-005", "BG-8",
                "the address of an Icelandic buyer needs street (BT-50) and postal code (BT-53)")
        }
        guard let rule = ["9": "IS-R-006", "42": "IS-R-007"][means] else { return }
        let isLong = invoice.payment?.accounts.first?.identifier.utf8.count == 12
        require(
            isLong, rule, "BT-84",
            "means of payment \(means) of an Icelandic seller needs an account of 12 digits (BT-84)")
    }

    private mutating func checkItalianSeller() {
        let seller = invoice.seller
        if let tax = seller.taxRegistration, isGiven(tax) {
            let isPlain = tax.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            require(
                (11...16).contains(tax.utf8.count) && isPlain, "IT-R-001", "BT-32",
                "an Italian seller's tax number (BT-32) must have 11 to 16 capital letters and digits")
        }
        for (text, rule, term, name) in [
            (seller.address.street, "IT-R-002", "BT-35", "street"), (seller.address.city, "IT-R-003", "BT-37", "town"),
            (seller.address.postalCode, "IT-R-004", "BT-38", "postal code"),
        ] { require(isGiven(text), rule, term, "the address of an Italian seller needs its \(name) (\(term))") }
    }

    private mutating func checkNorwegianSeller() {
        guard let vatId = invoice.seller.vatId, isGiven(vatId) else { return }
        let digits = vatId.utf8.dropFirst(2).prefix(9)
        require(
            vatId.hasSuffix("MVA") && vatId.utf8.count == 14 && digits.allSatisfy { (0x30...0x39).contains($0) },
            "NO-R-001", "BT-31", "a Norwegian seller's VAT id (BT-31) must be NO, nine digits and MVA")
    }

    private mutating func checkSwedishSeller() {
        let vatId = invoice.seller.vatId ?? ""
        if vatId.hasPrefix("SE") {
            require(vatId.utf8.count == 14, "SE-R-001", "BT-31", "a Swedish VAT id (BT-31) must have 14 characters")
            require(
                vatId.utf8.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) }, "SE-R-002", "BT-31",
                "a Swedish VAT id (BT-31) must be SE and digits")
        }
        require(
            !isGiven(invoice.seller.taxRegistration)
                || invoice.seller.taxRegistration?.lowercased() == "godkänd för f-skatt", "SE-R-005", "BT-32",
            "a Swedish seller's tax registration (BT-32) must say Godkänd för F-skatt")
        for subtotal in totals.breakdown where subtotal.vat.category == .standard {
            let rate = subtotal.vat.effectiveRate.shortest
            require(
                rate.scale == 0 && [6, 12, 25].contains(rate.units), "SE-R-006", "BT-119",
                "a Swedish seller's VAT rates are 6, 12 and 25 (BT-119)")
        }
    }
}
