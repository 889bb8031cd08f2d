/// The rules of EN 16931, Peppol BIS Billing 3, its Dutch rules and XRechnung's, as far as data that come in can break
/// them. Rules that the model or the writer cannot break are not here: a document always has its specification
/// (BR-01), issue date (BR-03) and type (BR-04), amounts have two decimals at most (BR-DEC), VAT categories are of the
/// list (BR-CL-17, BR-CL-18), and of what may be there once only one fits into the model.
///
/// Every rule is checked, so that a merchant sees at once all that is to be mended.
package struct EInvoiceRules {
    let invoice: EInvoice
    let totals: EInvoiceTotals
    let profile: EInvoiceProfile
    private(set) var findings: [EInvoiceFinding] = []

    /// All that is missing or wrong in an invoice, in the order of the document; empty when it may be posted.
    package static func findings(in invoice: EInvoice, profile: EInvoiceProfile = .peppol) -> [EInvoiceFinding] {
        do {
            return findings(in: invoice, totals: try EInvoiceTotals(of: invoice), profile: profile)
        } catch {
            // Without totals nothing can be written; the rest of the rules still tell what else is wrong.
            let others = findings(in: invoice, totals: nil, profile: profile)
            return [Self.finding(for: error)] + others
        }
    }

    /// The same for totals that somebody else worked out.
    package static func findings(
        in invoice: EInvoice, totals: EInvoiceTotals?, profile: EInvoiceProfile
    ) -> [EInvoiceFinding] {
        var rules = EInvoiceRules(invoice: invoice, totals: totals ?? EInvoiceTotals(), profile: profile)
        rules.checkDocument()
        rules.checkParties()
        rules.checkDelivery()
        rules.checkPayment()
        rules.checkAdjustments()
        rules.checkLines()
        rules.checkCodes()
        if totals != nil {
            rules.checkTotals()
            rules.checkVAT()
        }
        switch profile {
        case .peppol:
            rules.checkPeppol()
            if invoice.seller.address.country == "NL" { rules.checkDutchSeller() }
            rules.checkNational()
        case .xrechnung: rules.checkGerman()
        case .en16931: break
        }
        return rules.findings
    }

    /// Notes a finding unless `holds`.
    mutating func require(
        _ holds: Bool, _ rule: String, _ term: String, line: String? = nil, _ sentence: String
    ) {
        guard !holds else { return }
        findings.append(EInvoiceFinding(rule: rule, term: term, line: line, sentence: sentence))
    }

    private static func finding(for error: EInvoiceError) -> EInvoiceFinding {
        switch error {
        case .zeroBaseQuantity(let line):
            EInvoiceFinding(
                rule: "PEPPOL-EN16931-R121", term: "BT-149", line: line,
                sentence: "the price base quantity of line \(line) is zero: a price needs to be for some quantity")
        case .tooLarge, .totalDiffers, .adjustmentWithoutVAT, .finerThanHundredths:
            EInvoiceFinding(
                rule: "BR-CO-10", term: "BT-106", line: nil,
                sentence: "an amount has more than 18 digits, so the totals cannot be worked out")
        }
    }

    /// An amount in minor units, for a sentence.
    func text(_ amount: Int64) -> String {
        "\(Decimal64(units: amount, scale: invoice.amountDigits).text) \(invoice.currency)"
    }
}

/// Whether a text says something.
func isGiven(_ text: String?) -> Bool { text.map { !XMLWriter.isBlank($0) } ?? false }
