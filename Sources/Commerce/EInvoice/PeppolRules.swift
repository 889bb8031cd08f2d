/// Peppol BIS Billing 3 on top of the standard.
extension EInvoiceRules {
    mutating func checkPeppol() {
        require(
            invoice.notes.count { isGiven($0) } <= 1, "PEPPOL-EN16931-R002", "BT-22",
            "there is more than one note (BT-22): Peppol takes one")
        require(
            isGiven(invoice.buyerReference) || isGiven(invoice.orderReference), "PEPPOL-EN16931-R003", "BT-10",
            "there is neither a buyer reference (BT-10) nor an order number (BT-13)")
        checkPeppolKind()
        for (party, term) in [(invoice.seller, "BT-34"), (invoice.buyer, "BT-49")] {
            guard let address = party.electronicAddress, let scheme = address.scheme else { continue }
            require(
                !EInvoiceCodes.schemesOutsidePeppol.contains(scheme[...]), "PEPPOL-EN16931-CL008", term,
                "Peppol does not deliver to electronic addresses of scheme \(scheme), as \(address.value) (\(term)) is")
        }
        checkExemptionCategories()
        checkPeppolShared()
    }

    /// The rules that XRechnung has taken over from Peppol.
    mutating func checkPeppolShared() {
        require(
            isGiven(invoice.seller.electronicAddress?.value), "PEPPOL-EN16931-R020", "BT-34",
            "the seller has no electronic address (BT-34)")
        require(
            isGiven(invoice.buyer.electronicAddress?.value), "PEPPOL-EN16931-R010", "BT-49",
            "the buyer has no electronic address (BT-49)")
        require(
            !isGiven(invoice.taxCurrency) || invoice.taxCurrency != invoice.currency, "PEPPOL-EN16931-R005", "BT-6",
            "the VAT currency (BT-6) must be another one than the invoice's, or be left out")
        if isGiven(invoice.taxCurrency), let tax = invoice.taxInTaxCurrency {
            require(
                tax.signum() * totals.tax.signum() >= 0, "PEPPOL-EN16931-R055", "BT-111",
                "the VAT and the VAT in \(invoice.taxCurrency ?? "") (BT-111) must have the same sign")
        }
        let isDirectDebit = ["49", "59"].contains(invoice.payment?.meansCode)
        require(
            !isDirectDebit || isGiven(invoice.payment?.mandateReference), "PEPPOL-EN16931-R061", "BT-89",
            "a direct debit needs the reference of its mandate (BT-89)")
        for adjustment in invoice.adjustments { checkPercentage(adjustment, line: nil) }
        for (index, line) in invoice.lines.enumerated() { checkPeppolLine(line, index) }
        checkIdentifierFormats()
    }

    private mutating func checkPeppolKind() {
        let isTaken = [.invoice, .creditNote, .prepaymentInvoice].contains(invoice.kind)
        require(
            isTaken, "PEPPOL-EN16931-P0100", "BT-3",
            "Peppol takes no document of type \(invoice.kind.rawValue) (BT-3): an invoice is 380, a credit note 381")
    }

    /// A code that names a category, on a breakdown of another.
    private mutating func checkExemptionCategories() {
        let categories: [(code: String, rule: String, category: EInvoice.VATCategory)] = [
            ("VATEX-EU-G", "P0104", .export), ("VATEX-EU-O", "P0105", .outsideScope),
            ("VATEX-EU-IC", "P0106", .intraCommunity), ("VATEX-EU-AE", "P0107", .reverseCharge),
            ("VATEX-EU-D", "P0108", .exempt), ("VATEX-EU-F", "P0109", .exempt), ("VATEX-EU-I", "P0110", .exempt),
            ("VATEX-EU-J", "P0111", .exempt),
        ]
        for exemption in totals.breakdown.compactMap(\.exemption) {
            for known in categories where known.code == exemption.reasonCode?.uppercased() {
                require(
                    exemption.category == known.category, "PEPPOL-EN16931-\(known.rule)", "BT-121",
                    "the reason \(known.code) (BT-121) belongs to VAT category \(known.category.rawValue)")
            }
        }
    }

    private mutating func checkPercentage(_ adjustment: EInvoice.Adjustment, line: String?) {
        let noun = Self.noun(adjustment)
        require(
            adjustment.percentage == nil || adjustment.baseAmount != nil, "PEPPOL-EN16931-R041", "BT-93", line: line,
            "an \(noun) has a percentage, but not the amount that it is of")
        require(
            adjustment.baseAmount == nil || adjustment.percentage != nil, "PEPPOL-EN16931-R042", "BT-94", line: line,
            "an \(noun) has a base amount, but not the percentage of it")
        guard let base = adjustment.baseAmount, let percentage = adjustment.percentage else { return }
        require(
            isTax(adjustment.amount, on: base, rate: percentage, slack: 2), "PEPPOL-EN16931-R040", "BT-92", line: line,
            "the \(noun) of \(text(adjustment.amount)) is not \(percentage.text) % of \(text(base))")
    }

    private mutating func checkPeppolLine(_ line: EInvoice.Line, _ index: Int) {
        for adjustment in line.adjustments { checkPercentage(adjustment, line: line.id) }
        if let start = line.period?.start, let first = invoice.period?.start {
            require(
                start >= first, "PEPPOL-EN16931-R110", "BT-134", line: line.id,
                "the period of line \(line.id) starts before the invoiced period")
        }
        if let end = line.period?.end, let last = invoice.period?.end {
            require(
                end <= last, "PEPPOL-EN16931-R111", "BT-135", line: line.id,
                "the period of line \(line.id) ends after the invoiced period")
        }
        let price = line.price
        require(
            (price.baseQuantity?.units ?? 1) > 0, "PEPPOL-EN16931-R121", "BT-149", line: line.id,
            "the price base quantity of line \(line.id) must be above zero")
        if let gross = price.gross {
            let discount = price.discount ?? .zero
            require(
                gross.shortest == price.net.adding(discount)?.shortest, "PEPPOL-EN16931-R046", "BT-146", line: line.id,
                "the net price of line \(line.id) is not its gross price less the discount")
        }
        guard index < totals.lineNets.count else { return }
        require(
            isNet(totals.lineNets[index], of: line), "PEPPOL-EN16931-R120", "BT-131", line: line.id,
            "the amount \(text(totals.lineNets[index])) of line \(line.id) is not quantity times price, its charges"
                + " added and its allowances taken off")
    }

    /// Peppol forgives two hundredths.
    private func isNet(_ stated: Int64, of line: EInvoice.Line) -> Bool {
        guard
            case .success(let net) = Result(catching: { () throws(EInvoiceError) in
                try EInvoiceTotals.net(of: line, digits: invoice.amountDigits)
            })
        else { return false }
        return (Int128(stated) - Int128(net)).magnitude <= 2
    }
}
