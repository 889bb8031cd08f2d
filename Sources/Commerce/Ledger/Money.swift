/// Amounts as the ledger counts them.
package enum Money {
    /// A decimal in minor units of the currency (`EInvoice.amountDigits`); a finer one is refused under `name`.
    package static func minorUnits(_ value: Decimal64, _ name: String, _ currency: String) throws(Refusal) -> Int64 {
        do throws(EInvoiceError) { return try GrossOrder.amount(value, currency: currency) } catch {
            throw .invalid(name, "must be an amount of \(currency) to the cent, below 10^16")
        }
    }
}
