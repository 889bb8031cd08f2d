import Bytes

/// What an order tells for an invoice. Amounts are minor units.
struct InvoicedOrder {
    struct Line {
        var title: String
        var sku: String?
        var ean: String?
        var quantity: Decimal64
        var unitCode = "C62"
        var unitPrice: Decimal64
        /// Percent; nil where the order does not say it.
        var vatRate: Decimal64?
        var discount: Int64 = 0
    }

    /// A cost of the whole order; below zero a discount.
    struct Charge {
        var title: String
        var amount: Int64
        /// Percent; nil for the goods' own.
        var rate: Decimal64?
    }

    let number: String
    let currency: String
    let total: Int64
    private(set) var lines: [Line] = []
    private(set) var charges: [Charge] = []
    private(set) var discountTotal: Int64 = 0
    private(set) var buyer = EInvoice.Party.blank
    private(set) var isBusiness = false
    private(set) var delivery: EInvoice.Address?
    let language: String?
    let pricesIncludeVAT: Bool?
    let isPaid: Bool
    let purchaseOrder: String?

    init(order: [UInt8], party: [UInt8]) throws(Refusal) {
        let record = PackedRecord(order.span, OrderShape.members)
        let currency = record.text(OrderShape.currency)
        self.currency = currency
        number = record.text(OrderShape.number)
        let extra = Self.extra(record[OrderShape.extra])
        total = try Money.minorUnits(record.decimal(OrderShape.total) ?? .zero, "total", currency)
        pricesIncludeVAT = extra["pricesIncludeTax"]?.bool
        isPaid = extra["paymentStatus"]?.string == "paid"
        purchaseOrder = extra["purchaseOrder"]?.string
        let members = PartyRecord(party.span).members
        language = members.has(PartyShape.language) ? members.text(PartyShape.language) : nil
        addBuyer(members)
        try addLines(record)
        if extra["taxTotal"] != nil, try amount(extra["taxTotal"], "taxTotal") == 0 {
            // No tax on the whole order: then there is none on any line.
            for index in lines.indices where lines[index].vatRate == nil { lines[index].vatRate = .zero }
        }
        try addCharges(extra)
    }

    private static func extra(_ members: Span<UInt8>) -> JSONValue {
        var object = ByteWriter(capacity: members.count + 2)
        object.append(UInt8(ascii: "{"))
        object.append(members)
        object.append(UInt8(ascii: "}"))
        do throws(JSONError) { return try JSONValue(parsing: object.span) } catch {
            preconditionFailure("unknown members that were kept do not read: \(error)")
        }
    }

    // MARK: Parties

    private mutating func addBuyer(_ party: PackedRecord) {
        let place = party.has(PartyShape.billing) ? PartyShape.billing : PartyShape.shipping
        let billing = PackedRecord(party[place], AddressShape.members)
        let company = Self.first([billing.text(AddressShape.company), party.text(PartyShape.company)])
        let person = Self.first([
            billing.text(AddressShape.name),
            Self.joined([billing.text(AddressShape.firstName), billing.text(AddressShape.lastName)]),
            party.text(PartyShape.name),
            Self.joined([party.text(PartyShape.firstName), party.text(PartyShape.lastName)]),
        ])
        buyer.name = company ?? person ?? ""
        buyer.address = Self.address(billing)
        isBusiness = company != nil
        let vatId = Self.first([billing.text(AddressShape.vatId), party.text(PartyShape.vatId)])
        buyer.vatId = vatId.map { VATNumber.canonical($0, country: buyer.address.country) }
        if company != nil {
            buyer.contact = EInvoice.Contact(
                name: person == company ? nil : person,
                telephone: Self.first([billing.text(AddressShape.phone), party.text(PartyShape.phone)]),
                email: Self.first([billing.text(AddressShape.email), party.text(PartyShape.email)]))
        }
        let delivered = party.has(PartyShape.shipping) ? PartyShape.shipping : PartyShape.billing
        guard party.has(delivered) else { return }
        delivery = Self.address(PackedRecord(party[delivered], AddressShape.members))
    }

    private static func address(_ record: PackedRecord) -> EInvoice.Address {
        let street = joined(
            [AddressShape.street, AddressShape.houseNumber, AddressShape.addition].map { record.text($0) })
        var address = EInvoice.Address(
            street: street.isEmpty ? nil : street, city: first([record.text(AddressShape.city)]),
            postalCode: first([record.text(AddressShape.postalCode)]), country: "")
        address.subdivision = first([record.text(AddressShape.state)])
        if let code = CountryCode(record[AddressShape.country]) {
            var text = ByteWriter(capacity: 16)
            code.append(to: &text)
            address.country = String(decoding: text.copyBytes(), as: UTF8.self)
        }
        return address
    }

    private static func first(_ texts: [String]) -> String? { texts.first { !$0.isEmpty } }
    private static func joined(_ texts: [String]) -> String {
        texts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    // MARK: Lines and costs

    private mutating func addLines(_ record: PackedRecord) throws(Refusal) {
        var packed: [[UInt8]] = []
        record.forEachElement(OrderShape.lines) { packed.append($0.array) }
        for (index, bytes) in packed.enumerated() {
            let line = PackedRecord(bytes.span, LineShape.members)
            let extra = Self.extra(line[LineShape.extra])
            let quantity = line.decimal(LineShape.quantity) ?? Decimal64(units: 1, scale: 0)
            let total: Int64? = extra["total"] == nil ? nil : try amount(extra["total"], "lines[\(index)].total")
            let price = try price(line.decimal(LineShape.unitPrice), quantity, total, index)
            let title = Self.first([line.text(LineShape.title), line.text(LineShape.sku)])
            var result = Line(
                title: title ?? "", sku: Self.first([line.text(LineShape.sku)]), ean: extra["ean"]?.string,
                quantity: quantity, unitPrice: price, vatRate: line.decimal(LineShape.vatRate))
            result.discount = try discount(result, total, extra, index)
            let tax: Int64? = extra["tax"] == nil ? nil : try amount(extra["tax"], "lines[\(index)].tax")
            if result.vatRate == nil, let tax, let total {
                result.vatRate = Self.rate(of: tax, on: pricesIncludeVAT ?? false ? total - tax : total)
            }
            lines.append(result)
        }
    }

    /// The price of one; where only the whole line has a price, its part.
    private func price(
        _ stated: Decimal64?, _ quantity: Decimal64, _ total: Int64?, _ index: Int
    ) throws(Refusal) -> Decimal64 {
        if let stated { return stated }
        guard let total, quantity.units > 0 else {
            throw Refusal(.refused, "lines[\(index)].unitPrice: the order does not say it; give lines to invoice")
        }
        do throws(EInvoiceError) {
            let units = try EInvoiceArithmetic.scaledProduct(
                Decimal64(units: total, scale: EInvoice.amountDigits(of: currency)), Decimal64(units: 1, scale: 0),
                dividedBy: quantity, digits: 6)
            return Decimal64(units: units, scale: 6)
        } catch {
            throw error.refusal(currency: currency)
        }
    }

    /// What lies between the price of a line and its total after discounts: some platforms state a discount that the
    /// price has had already.
    private func discount(
        _ line: Line, _ total: Int64?, _ extra: JSONValue, _ index: Int
    ) throws(Refusal) -> Int64 {
        let stated = try amount(extra["discount"], "lines[\(index)].discount")
        guard let total else { return stated }
        do throws(EInvoiceError) {
            let goods = try EInvoiceArithmetic.scaledProduct(
                line.quantity, line.unitPrice, digits: EInvoice.amountDigits(of: currency))
            return max(0, goods - total)
        } catch {
            throw error.refusal(currency: currency)
        }
    }

    /// The whole percentage that gives this tax; nil where none does, or several do because the amount is small.
    static func rate(of tax: Int64, on net: Int64) -> Decimal64? {
        let rates = (Int64(0)...30).filter { rate in
            (Int128(net) * Int128(rate) - Int128(tax) * 100).magnitude <= 50
        }
        return rates.count == 1 ? Decimal64(units: rates[0], scale: 0) : nil
    }

    private mutating func addCharges(_ extra: JSONValue) throws(Refusal) {
        let shipping = try amount(extra["shippingTotal"], "shippingTotal")
        if shipping != 0 {
            let first = extra["shippingLines"]?.array?.first
            charges.append(
                Charge(
                    title: first?["title"]?.string ?? "Shipping", amount: shipping,
                    rate: first?["rate"]?.exactText.flatMap { Decimal64([UInt8]($0.utf8).span) }))
        }
        for (index, fee) in (extra["fees"]?.array ?? []).enumerated() {
            let amount = try amount(fee["amount"], "fees[\(index)].amount")
            guard amount != 0 else { continue }
            charges.append(
                Charge(
                    title: fee["title"]?.string ?? "Fee", amount: amount,
                    rate: fee["rate"]?.exactText.flatMap { Decimal64([UInt8]($0.utf8).span) }))
        }
        discountTotal = try amount(extra["discountTotal"], "discountTotal")
    }

    private func amount(_ value: JSONValue?, _ name: String) throws(Refusal) -> Int64 {
        guard let text = value?.exactText else { return 0 }
        guard let decimal = Decimal64([UInt8](text.utf8).span) else { throw .invalid(name, "is no amount") }
        return try Money.minorUnits(decimal, name, currency)
    }
}
