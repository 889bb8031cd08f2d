import Bytes

/// What a document says, apart from its number and its dates, which the ledger knows.
package struct DocumentContent: Hashable, Sendable, FieldCoded {
    package var invoice = EInvoice.blank
    /// The recipient is a company, which needs a VAT id.
    package var isBusiness = false
    /// BCP 47; nil for the shop's own.
    package var language: String?

    package init() {}

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try invoice.code(&coder)
        try coder.flag(&isBusiness)
        try coder.text(&language)
    }

    /// What it is over in all, whatever of it was paid before: in minor units.
    package func total() throws(Refusal) -> Int64 {
        do throws(EInvoiceError) {
            let totals = try EInvoiceTotals(of: invoice)
            return totals.taxInclusive + totals.rounding
        } catch {
            throw error.refusal(currency: invoice.currency)
        }
    }
}

extension EInvoiceError {
    /// What to tell whoever asked for the document.
    func refusal(currency: String) -> Refusal {
        let digits = EInvoice.amountDigits(of: currency)
        func text(_ amount: Int64) -> String { "\(Decimal64(units: amount, scale: digits).text) \(currency)" }
        return switch self {
        case .totalDiffers(let stated, let summed):
            Refusal(
                .refused,
                "total: the order says \(text(stated)), its lines, costs and discounts make \(text(summed)); name what"
                    + " is missing as charges or discount")
        case .zeroBaseQuantity(let line): .invalid("lines", "line \(line) has a base quantity of zero")
        case .finerThanHundredths: .invalid("lines", "an amount is finer than the cent, which no e-invoice can carry")
        case .tooLarge, .adjustmentWithoutVAT: .invalid("lines", "an amount is too large to be invoiced")
        }
    }
}
