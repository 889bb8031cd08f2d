/// An order as web shops have it: prices and amounts with VAT in them. `netted()` says what an invoice shows for it.
package struct GrossOrder: Hashable, Sendable {
    /// ISO 4217.
    package var currency: String
    package var lines: [Line]
    /// Discounts and costs of the whole order, such as shipping: amounts with VAT, and how they are taxed.
    package var adjustments: [EInvoice.Adjustment] = []
    /// What the buyer owes in all, in minor units (`EInvoice.amountDigits`), whatever of it is paid.
    package var total: Int64

    package init(currency: String, lines: [Line], total: Int64) {
        self.currency = currency
        self.lines = lines
        self.total = total
    }

    /// What was ordered, at a price with VAT.
    package struct Line: Hashable, Sendable {
        /// BT-126.
        package var id: String
        /// BT-129.
        package var quantity: Decimal64
        /// BT-130.
        package var unitCode: String
        /// With VAT, discount not yet taken off.
        package var unitPrice: Decimal64
        /// With VAT, of the whole line, in minor units.
        package var discount: Int64 = 0
        /// BT-139.
        package var discountReason = "Discount"
        package var vat: EInvoice.VAT
        package var item: EInvoice.Item

        package init(
            id: String, quantity: Decimal64, unitCode: String, unitPrice: Decimal64, vat: EInvoice.VAT,
            item: EInvoice.Item
        ) {
            self.id = id
            self.quantity = quantity
            self.unitCode = unitCode
            self.unitPrice = unitPrice
            self.vat = vat
            self.item = item
        }
    }

    /// The same order without VAT: what to put into an invoice.
    package struct Netted: Hashable, Sendable {
        package let lines: [EInvoice.Line]
        package let adjustments: [EInvoice.Adjustment]
        /// BT-114, to be put into `EInvoice.rounding`.
        package let rounding: Int64
    }

    /// An amount in minor units as an invoice counts them; its decimals beyond those must be zeros.
    package static func amount(_ value: Decimal64, currency: String) throws(EInvoiceError) -> Int64 {
        let digits = EInvoice.amountDigits(of: currency)
        guard value.shortest.scale <= digits else { throw .finerThanHundredths }
        guard let scaled = value.shortest.scaled(to: digits) else { throw .tooLarge }
        return try EInvoiceArithmetic.amount(Int128(scaled.units))
    }
}

extension EInvoice {
    /// Takes lines, discounts, costs and the rounding amount from an order with VAT in its prices, so that the amount
    /// with VAT and the rounding together are the order's total to the cent.
    package mutating func takeLines(from order: GrossOrder) throws(EInvoiceError) {
        precondition(order.currency == currency, "an invoice is in the currency of its order")
        let netted = try order.netted()
        lines = netted.lines
        adjustments = netted.adjustments
        rounding = netted.rounding
    }
}
