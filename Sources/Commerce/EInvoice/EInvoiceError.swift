/// What keeps an e-invoice from being worked out at all. Data that are merely missing or wrong are findings of
/// `EInvoiceRules` instead.
package enum EInvoiceError: Error, Hashable, Sendable {
    /// A sum, a price or a product needs more than 18 digits.
    case tooLarge
    /// Line `id` has a base quantity of zero.
    case zeroBaseQuantity(line: String)
    /// The order's own total is further from the sum of its parts than rounding can explain; in minor units.
    case totalDiffers(stated: Int64, summed: Int64)
    /// The discount or cost at this index of the order has no VAT category, so its net amount is unknown.
    case adjustmentWithoutVAT(index: Int)
    /// The amount in this currency has thousandths, which EN 16931 cannot carry (BR-DEC).
    case finerThanHundredths
}
