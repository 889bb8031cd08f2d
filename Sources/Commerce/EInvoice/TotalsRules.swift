/// The arithmetic of BG-22 and BG-23. Totals of our own always pass; those of others may not.
extension EInvoiceRules {
    mutating func checkTotals() {
        let lines = totals.lineNets.reduce(Int128(0)) { $0 + Int128($1) }
        sum(lines, totals.lineTotal, "BR-CO-10", "BT-106", "the sum of the lines")
        sum(adjustments(.allowance), totals.allowanceTotal, "BR-CO-11", "BT-107", "the sum of the allowances")
        sum(adjustments(.charge), totals.chargeTotal, "BR-CO-12", "BT-108", "the sum of the charges")
        sum(
            Int128(totals.lineTotal) - Int128(totals.allowanceTotal) + Int128(totals.chargeTotal), totals.taxExclusive,
            "BR-CO-13", "BT-109", "lines less allowances plus charges")
        let taxes = totals.breakdown.reduce(Int128(0)) { $0 + Int128($1.tax) }
        sum(taxes, totals.tax, "BR-CO-14", "BT-110", "the sum of the VAT breakdown")
        sum(
            Int128(totals.taxExclusive) + Int128(totals.tax), totals.taxInclusive, "BR-CO-15", "BT-112",
            "the total without VAT plus the VAT")
        sum(
            Int128(totals.taxInclusive) - Int128(totals.prepaid) + Int128(totals.rounding), totals.payable, "BR-CO-16",
            "BT-115", "the total with VAT less what is paid plus rounding")
        require(
            !totals.breakdown.isEmpty, "BR-CO-18", "BG-23", "the document has no VAT breakdown (BG-23)")
        for subtotal in totals.breakdown { checkTax(subtotal) }
    }

    private func adjustments(_ kind: EInvoice.Adjustment.Kind) -> Int128 {
        invoice.adjustments.reduce(Int128(0)) { $1.kind == kind ? $0 + Int128($1.amount) : $0 }
    }

    private mutating func sum(_ right: Int128, _ stated: Int64, _ rule: String, _ term: String, _ what: String) {
        require(right == Int128(stated), rule, term, "the amount \(text(stated)) (\(term)) is not \(what)")
    }

    private mutating func checkTax(_ subtotal: EInvoiceTotals.TaxSubtotal) {
        let name = "\(subtotal.vat.category.rawValue) \(subtotal.vat.effectiveRate.text) %"
        require(
            subtotal.vat.rate != nil || subtotal.vat.category == .outsideScope, "BR-48", "BT-119",
            "the VAT breakdown for category \(subtotal.vat.category.rawValue) has no rate (BT-119)")
        require(
            isTax(subtotal.tax, on: subtotal.taxable, rate: subtotal.vat.effectiveRate), "BR-CO-17", "BT-117",
            "the VAT \(text(subtotal.tax)) (BT-117) of \(name) is not the rate on \(text(subtotal.taxable)) (BT-116)")
    }

    /// Whether an amount is `rate` percent of another, give or take some minor units.
    func isTax(_ tax: Int64, on taxable: Int64, rate: Decimal64, slack: UInt128 = 0) -> Bool {
        // A tax that cannot be worked out is not the one that is stated.
        guard
            case .success(let expected) = Result(catching: { () throws(EInvoiceError) in
                try EInvoiceArithmetic.tax(on: taxable, rate: rate)
            })
        else { return false }
        return (Int128(tax) - Int128(expected)).magnitude <= slack
    }
}
