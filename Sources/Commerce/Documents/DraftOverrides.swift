import Bytes

/// What `DOCUMENT.CREATE` and `DOCUMENT.EDIT` say against, or beyond, what the order tells.
struct DraftOverrides {
    /// Members of the recipient; the rest comes from billing.
    private(set) var recipient: JSONFields?
    private(set) var lines: [InvoicedOrder.Line]?
    private(set) var charges: [InvoicedOrder.Charge]?
    private(set) var discount: Int64?
    private(set) var total: Int64?
    private(set) var paid: Int64?
    private(set) var pricesIncludeVAT: Bool?
    private(set) var notes: [String] = []
    private(set) var dueDate: EInvoice.Date?
    private(set) var deliveryDate: EInvoice.Date?
    private(set) var paymentTerms: String?
    private(set) var buyerReference: String?
    private(set) var orderReference: String?
    private(set) var language: String?
    /// Of lines that do not say theirs.
    private(set) var vatRate: Decimal64?

    init(_ json: [UInt8]?, currency: String) throws(Refusal) {
        guard let json else { return }
        let fields = try JSONFields(
            json.span, path: "document",
            [
                "recipient", "lines", "charges", "discount", "total", "paid", "pricesIncludeVat", "notes", "dueDate",
                "deliveryDate", "paymentTerms", "buyerReference", "orderReference", "language", "vatRate",
            ])
        recipient = try fields.object("recipient", JSONFields.partyNames.union(["business"]))
        for line in try fields.objects(
            "lines", ["title", "sku", "ean", "quantity", "unit", "unitPrice", "vatRate", "discount"]) ?? []
        {
            lines = (lines ?? []) + [try Self.line(line, currency)]
        }
        for charge in try fields.objects("charges", ["title", "amount", "vatRate"]) ?? [] {
            charges = (charges ?? []) + [try Self.charge(charge, currency)]
        }
        if fields.has("charges"), charges == nil { charges = [] }
        discount = try fields.amount("discount", currency: currency)
        total = try fields.amount("total", currency: currency)
        paid = try fields.amount("paid", currency: currency)
        pricesIncludeVAT = try fields.bool("pricesIncludeVat")
        notes = try fields.texts("notes") ?? []
        dueDate = try fields.date("dueDate")
        deliveryDate = try fields.date("deliveryDate")
        paymentTerms = try fields.text("paymentTerms")
        buyerReference = try fields.text("buyerReference")
        orderReference = try fields.text("orderReference")
        language = try fields.text("language", most: 35)
        vatRate = try fields.decimal("vatRate")
    }

    private static func line(_ fields: JSONFields, _ currency: String) throws(Refusal) -> InvoicedOrder.Line {
        guard let title = try fields.text("title"), let price = try fields.decimal("unitPrice"),
            let rate = try fields.decimal("vatRate")
        else { throw .invalid("lines", "a line needs title, unitPrice and vatRate") }
        var line = InvoicedOrder.Line(
            title: title, sku: try fields.text("sku"), ean: try fields.text("ean"),
            quantity: try fields.decimal("quantity") ?? Decimal64(units: 1, scale: 0), unitPrice: price, vatRate: rate)
        if let unit = try fields.text("unit", most: 3) { line.unitCode = unit }
        line.discount = try fields.amount("discount", currency: currency) ?? 0
        return line
    }

    private static func charge(_ fields: JSONFields, _ currency: String) throws(Refusal) -> InvoicedOrder.Charge {
        guard let amount = try fields.amount("amount", currency: currency) else {
            throw .invalid("charges", "a charge needs an amount")
        }
        return InvoicedOrder.Charge(
            title: try fields.text("title") ?? "Charge", amount: amount, rate: try fields.decimal("vatRate"))
    }
}
