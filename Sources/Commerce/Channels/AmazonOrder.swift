import Bytes

/// Orders v0: `AmazonOrderId` and its siblings, with the parts joined in.
extension AmazonPlatform {
    static func v0(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        let lines = try v0Lines(fields)
        let money = fields.fields("OrderTotal")
        let total = try money.decimal("Amount", "CurrencyAmount")
        let currency = try currency(money, "CurrencyCode") ?? lines.currency ?? currency(ofMarketplace: fields)
        var order = CanonicalOrder(
            channel: channel, store: store,
            number: try fields.text("AmazonOrderId").required(fields.path("AmazonOrderId")),
            placedAt: try fields.time("PurchaseDate").required(fields.path("PurchaseDate")),
            currency: currency, total: total ?? .zero)
        order.isTotalKnown = total != nil
        order.displayNumber = fields.text("SellerOrderId")
        order.references = [
            "MarketplaceId", "SalesChannel", "ReplacedOrderId", "SellerOrderId", "OrderType",
        ].compactMap { CanonicalPair($0, fields.text($0)) }
        order.updatedAt = try fields.time("LastUpdateDate")
        order.lines = lines.lines
        readState(fields, into: &order)
        readBuyer(fields, into: &order)
        order.discountTotal = try discountTotal(of: order.lines)
        try readSums(fields, into: &order)
        return order
    }

    // MARK: State

    /// States of both versions, in lower case and without underscores.
    private static let states: [String: CanonicalStatus] = [
        "pending": .pending, "pendingavailability": .pending, "unshipped": .open, "invoiceunconfirmed": .shipped,
        "partiallyshipped": .partiallyShipped, "shipped": .shipped, "canceled": .cancelled, "cancelled": .cancelled,
        "unfulfillable": .failed,
    ]

    static func status(_ word: String?) -> CanonicalStatus {
        states[(word ?? "").lowercased().filter { $0 != "_" }] ?? .open
    }

    private static func readState(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        order.status = status(fields.text("OrderStatus"))
        let isDelivered = fields.text("EasyShipShipmentStatus")?.lowercased() == "delivered"
        if order.status == .shipped, isDelivered { order.status = .delivered }
        order.channelStatus = ["OrderStatus", "EasyShipShipmentStatus", "FulfillmentChannel"].compactMap {
            CanonicalPair($0, fields.text($0))
        }
        order.isCancellationRequested = order.lines.contains(where: \.isCancellationRequested)
        order.paymentMethods = fields.texts("PaymentMethodDetails")
        if order.paymentMethods.isEmpty { order.paymentMethods = [fields.text("PaymentMethod")].compactMap(\.self) }
        order.deliverBy = fields.timeText("LatestDeliveryDate")
        order.source = fields.text("SalesChannel")
    }

    // MARK: People

    private static func readBuyer(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        let buyer = fields.fields("BuyerInfo")
        let tax = buyer.fields("BuyerTaxInfo")
        var customer = CanonicalParty()
        customer.email = buyer.text("BuyerEmail") ?? fields.text("BuyerEmail")
        customer.name = buyer.text("BuyerName") ?? fields.text("BuyerName")
        customer.company = tax.text("CompanyLegalName")
        let classifications = tax.list("TaxClassifications").compactMap { entry in
            entry.text("Name").flatMap { CanonicalPair($0, entry.text("Value")) }
        }
        customer.vatId = CompanyIdentifiers.vatId(in: classifications)
        customer.references = classifications
        order.shipping = v0Address(fields.fields("ShippingAddress"))
        customer.phone = order.shipping?.phone
        order.customer = customer
        order.purchaseOrder = buyer.text("PurchaseOrderNumber")
    }

    /// Countries where Amazon parts the street from its number do so in `ExtendedFields`; elsewhere the first line that
    /// is filled counts as the street.
    private static func v0Address(_ fields: ChannelFields) -> CanonicalAddress? {
        let parted = fields.fields("ExtendedFields")
        var address = CanonicalAddress()
        address.name = fields.text("Name")
        address.company = fields.text("CompanyName")
        address.setCountry(code: fields.text("CountryCode"), name: nil)
        address.setStreet(
            lines: ["AddressLine1", "AddressLine2", "AddressLine3"].compactMap { fields.text($0) },
            name: parted.text("StreetName"), number: parted.text("StreetNumber"), addition: parted.text("Complement"))
        address.postalCode = fields.text("PostalCode")
        address.city = fields.text("City")
        address.district = parted.text("Neighborhood") ?? fields.text("District", "Municipality", "County")
        address.state = fields.text("StateOrRegion")
        address.phone = fields.text("Phone")
        address.kind = fields.text("AddressType")?.lowercased()
        return address.unlessEmpty
    }

    // MARK: Lines

    private static func v0Lines(
        _ fields: ChannelFields
    ) throws(ChannelError.Reason) -> (lines: [CanonicalLine], currency: String?) {
        var lines: [CanonicalLine] = []
        var code: String?
        for item in fields.list("OrderItems") where item.has("ASIN", "SellerSKU", "QuantityOrdered", "Title") {
            if code == nil { code = try currency(item.fields("ItemPrice"), "CurrencyCode") }
            lines.append(try v0Line(item))
        }
        return (lines, code)
    }

    /// `ItemPrice` is for the whole quantity.
    private static func v0Line(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalLine {
        let cancel = fields.fields("BuyerRequestedCancel")
        var line = CanonicalLine(id: fields.id("OrderItemId"), sku: fields.text("SellerSKU"))
        line.asin = fields.text("ASIN")
        line.title = fields.text("Title")
        line.quantity = try fields.decimal("QuantityOrdered")
        line.total = try fields.fields("ItemPrice").decimal("Amount", "CurrencyAmount")
        line.unitPrice = line.quantity?.integer.flatMap { line.total?.divided(exactlyBy: $0) }
        line.tax = try fields.fields("ItemTax").decimal("Amount", "CurrencyAmount")
        line.discount = try fields.fields("PromotionDiscount").decimal("Amount", "CurrencyAmount")
        if line.discount?.isZero == true { line.discount = nil }
        line.quantityShipped = try fields.decimal("QuantityShipped")
        line.isCancellationRequested = cancel.flag("IsBuyerRequestedCancel") ?? false
        line.deliverBy = fields.timeText("ScheduledDeliveryEndDate")
        return line
    }

    static func discountTotal(of lines: [CanonicalLine]) throws(ChannelError.Reason) -> ExactDecimal? {
        let discounts = lines.compactMap(\.discount)
        return discounts.isEmpty ? nil : try sum(discounts, path: "OrderItems")
    }

    /// Shipping, gift wrap and tax stand at the items only.
    private static func readSums(
        _ fields: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        var shipping: [ExactDecimal] = []
        var taxes: [ExactDecimal] = []
        for item in fields.list("OrderItems") {
            if let amount = try item.fields("ShippingPrice").decimal("Amount") { shipping.append(amount) }
            for name in ["ItemTax", "ShippingTax"] {
                if let amount = try item.fields(name).decimal("Amount") { taxes.append(amount) }
            }
            if let reason = item.fields("BuyerRequestedCancel").text("BuyerCancelReason") {
                order.cancelReason = reason
            }
        }
        order.shippingTotal = shipping.isEmpty ? nil : try sum(shipping, path: fields.path("OrderItems"))
        order.taxTotal = taxes.isEmpty ? nil : try sum(taxes, path: fields.path("OrderItems"))
    }

    // MARK: Currency

    /// Pending orders tell no currency; each marketplace has one. `XXX` is ISO 4217's code for none.
    private static func currency(ofMarketplace fields: ChannelFields) -> String {
        fields.text("MarketplaceId").flatMap { marketplaceCurrencies[$0] } ?? "XXX"
    }

    static let marketplaceCurrencies: [String: String] = [
        "A2EUQ1WTGCTBG2": "CAD", "ATVPDKIKX0DER": "USD", "A1AM78C64UM0Y8": "MXN", "A2Q3Y263D00KWC": "BRL",
        "A28R8C7NBKEWEA": "EUR", "A1RKKUPIHCS9HS": "EUR", "A1F83G8C2ARO7P": "GBP", "A13V1IB3VIYZZH": "EUR",
        "AMEN7PMS3EDWL": "EUR", "A1805IZSGTT6HS": "EUR", "A1PA6795UKMFR9": "EUR", "APJ6JRA9NG5V4": "EUR",
        "A2NODRKZP88ZB9": "SEK", "AE08WJ6YKNBMC": "ZAR", "A1C3SOZRARQ6R3": "PLN", "ARBP9OOSHTCHU": "EGP",
        "A33AVAJ2PDY3EV": "TRY", "A17E79C6D8DWNP": "SAR", "A2VIGQ35RCS4UG": "AED", "A21TJRUUN4KGV": "INR",
        "A19VAU5U5O7RUS": "SGD", "A39IBJ37TRP1C6": "AUD", "A1VC38T7YXB528": "JPY",
    ]
}
