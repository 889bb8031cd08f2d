/// Whether codes are of their lists (BR-CL). Absent ones are the matter of other rules.
extension EInvoiceRules {
    mutating func checkCodes() {
        code(invoice.currency, in: EInvoiceCodes.currencies, "BR-CL-04", "BT-5", "currency of ISO 4217")
        code(invoice.taxCurrency, in: EInvoiceCodes.currencies, "BR-CL-05", "BT-6", "currency of ISO 4217")
        for note in invoice.notes { checkNoteSubject(note) }
        checkPartyCodes(
            invoice.seller, identifiers: "BT-29", registration: "BT-30", endpoint: "BT-34", country: "BT-40")
        checkPartyCodes(invoice.buyer, identifiers: "BT-46", registration: "BT-47", endpoint: "BT-49", country: "BT-55")
        country(invoice.taxRepresentative?.address.country, "BT-69")
        country(invoice.delivery?.address?.country, "BT-80")
        scheme(invoice.delivery?.location, "BR-CL-26", "BT-71")
        scheme(invoice.payee?.identifier, "BR-CL-10", "BT-60")
        scheme(invoice.payee?.legalRegistration, "BR-CL-11", "BT-61")
        code(
            invoice.payment?.meansCode, in: EInvoiceCodes.paymentMeans, "BR-CL-16", "BT-81",
            "means of payment of UNTDID 4461")
        for adjustment in invoice.adjustments { checkReasonCode(adjustment, allowance: "BT-98", charge: "BT-105") }
        for exemption in invoice.exemptions {
            code(
                exemption.reasonCode?.uppercased(), in: EInvoiceCodes.exemptionReasons, "BR-CL-22", "BT-121",
                "reason for exemption of the VATEX list")
        }
        for line in invoice.lines { checkLineCodes(line) }
    }

    /// Three characters between the first two hashes of a note are taken for a subject code, meant or not.
    private mutating func checkNoteSubject(_ note: String) {
        let parts = note.split(separator: "#", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].unicodeScalars.count == 3 else { return }
        code(String(parts[1]), in: EInvoiceCodes.noteSubjects, "BR-CL-08", "BT-21", "subject of notes of UNTDID 4451")
    }

    private mutating func checkPartyCodes(
        _ party: EInvoice.Party, identifiers: String, registration: String, endpoint: String, country: String
    ) {
        for identifier in party.identifiers where identifier.scheme != "SEPA" {
            scheme(identifier, "BR-CL-10", identifiers)
        }
        scheme(party.legalRegistration, "BR-CL-11", registration)
        code(
            party.electronicAddress?.scheme, in: EInvoiceCodes.electronicAddressSchemes, "BR-CL-25", endpoint,
            "scheme of electronic addresses (EAS)")
        self.country(party.address.country, country)
    }

    private mutating func checkLineCodes(_ line: EInvoice.Line) {
        code(
            line.unitCode, in: EInvoiceCodes.units, "BR-CL-23", "BT-130", "unit of UN/ECE Recommendation 20 or 21",
            line: line.id)
        scheme(line.item.standardId, "BR-CL-21", "BT-157", line: line.id)
        for classification in line.item.classifications {
            code(
                classification.scheme, in: EInvoiceCodes.classifications, "BR-CL-13", "BT-158",
                "classification of UNTDID 7143", line: line.id)
        }
        code(
            line.item.originCountry, in: EInvoiceCodes.countries, "BR-CL-15", "BT-159", "country of ISO 3166-1",
            line: line.id)
        for adjustment in line.adjustments {
            checkReasonCode(adjustment, allowance: "BT-140", charge: "BT-145", line: line.id)
        }
    }

    private mutating func checkReasonCode(
        _ adjustment: EInvoice.Adjustment, allowance: String, charge: String, line: String? = nil
    ) {
        switch adjustment.kind {
        case .allowance:
            code(
                adjustment.reasonCode, in: EInvoiceCodes.allowanceReasons, "BR-CL-19", allowance,
                "reason for an allowance of UNTDID 5189", line: line)
        case .charge:
            code(
                adjustment.reasonCode, in: EInvoiceCodes.chargeReasons, "BR-CL-20", charge,
                "reason for a charge of UNTDID 7161", line: line)
        }
    }

    private mutating func country(_ code: String?, _ term: String) {
        self.code(code, in: EInvoiceCodes.countries, "BR-CL-14", term, "country of ISO 3166-1")
    }

    private mutating func scheme(
        _ identifier: EInvoice.Identifier?, _ rule: String, _ term: String, line: String? = nil
    ) {
        code(
            identifier?.scheme, in: EInvoiceCodes.identifierSchemes, rule, term, "scheme of identifiers (ISO 6523)",
            line: line)
    }

    private mutating func code(
        _ code: String?, in list: Set<Substring>, _ rule: String, _ term: String, _ what: String, line: String? = nil
    ) {
        guard let code, isGiven(code) else { return }
        require(
            list.contains(code[...]), rule, term, line: line,
            "\"\(code)\" (\(term))\(line.map { " of line \($0)" } ?? "") is no \(what)")
    }
}
