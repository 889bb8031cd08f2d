import Bytes

/// bol.com's Retailer API: orders of versions 3 to 10.
///
/// The channel tells no currency (it is EUR), no total (the sum of the lines is taken, whose prices include VAT), no
/// customer number, and no e-mail but relays, one for each person in the order.
enum BolPlatform: Platform {
    static let channel = "bol"

    static func name(of fields: ChannelFields) -> String { fields.text("orderId") ?? "without orderId" }

    // MARK: Envelopes

    static func open(_ document: JSONValue) throws(ChannelError.Reason) -> PlatformPayload {
        if let elements = document.array { return try PlatformPayload.list(elements, path: "", classify) }
        guard let members = document.members else { throw .notAnOrder("a bare value") }
        // An object without members is how bol answers that there are no orders.
        if members.isEmpty { return PlatformPayload(isList: true, parts: []) }
        if let orders = document["orders"]?.array {
            return try PlatformPayload.list(orders, path: "orders", classify)
        }
        for (name, part) in [("shipments", "shipmentId"), ("returns", "returnItems")] {
            guard let elements = document[name]?.array, elements.allSatisfy({ $0[part] != nil }) else { continue }
            return try PlatformPayload.list(elements, path: name, classify)
        }
        return .single(try classify(ChannelFields(document)))
    }

    private static let others = [
        ("shipments", "a list of shipments"), ("shipmentItems", "a shipment"), ("shipmentId", "a shipment"),
        ("returns", "a list of returns"), ("returnItems", "a return"), ("rmaId", "a return"),
        ("invoiceListItems", "bol's list of its own invoices"), ("invoiceId", "bol's own invoice"),
        ("processStatuses", "a list of process states"), ("processStatusId", "a process state"),
        ("entityId", "a process state"), ("event", "a notification of a subscription"),
        ("subscriptions", "a list of subscriptions"), ("openapi", "an API specification"),
        ("offers", "a list of offers"),
        ("violations", "an error answer"),
    ]

    private static func classify(_ fields: ChannelFields) throws(ChannelError.Reason) -> PlatformPayload.Part {
        guard fields.value.members != nil else { throw .notAnOrder("a bare value") }
        if fields.has("shipmentId"), fields.holds("order", "shipmentItems") { return .update(fields) }
        if fields.has("returnId"), fields.holds("returnItems") { return .update(fields) }
        for (name, what) in others where fields.has(name) { throw .notAnOrder(what) }
        if fields.hasAll("title", "status"), fields.has("detail", "type") { throw .notAnOrder("an error answer") }
        guard fields.has("orderId", "orderItems", "shipmentDetails", "billingDetails", "customerDetails") else {
            throw .notAnOrder(fields.unknown)
        }
        let hasPeople = fields.holds("shipmentDetails", "billingDetails", "customerDetails")
        let hasPrice = fields.list("orderItems").contains { $0.has("unitPrice", "offerPrice", "totalPrice") }
        guard hasPeople || hasPrice else {
            throw .incomplete(
                "a reduced order, without prices and addresses",
                needs: "fetch the order itself (GET /retailer/orders/{id})")
        }
        return .order(fields)
    }

    static func profile(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalProfile {
        throw .notAnOrder("a customer, which bol.com does not have")
    }

    // MARK: Orders

    static func order(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        var lines: [CanonicalLine] = []
        for item in fields.list("orderItems") where !item.isEmpty { lines.append(try line(item)) }
        let amounts = lines.compactMap(\.total)
        var order = CanonicalOrder(
            channel: channel, store: store,
            number: try fields.text("orderId").required(fields.path("orderId")),
            placedAt: try fields.time("orderPlacedDateTime", "dateTimeOrderPlaced")
                .required(fields.path("orderPlacedDateTime")),
            currency: "EUR",
            total: try sum(amounts, path: fields.path("orderItems")))
        order.isTotalKnown = !lines.isEmpty && amounts.count == lines.count
        order.lines = lines
        order.pricesIncludeTax = true
        order.updatedAt = try latestChange(fields)
        readPeople(fields, into: &order)
        try readDiscounts(fields, into: &order)
        order.status = status(of: lines)
        order.isCancellationRequested = lines.contains(where: \.isCancellationRequested)
        let words = fields.list("orderItems").compactMap { $0.text("fulfilmentStatus") }
        order.channelStatus = [CanonicalPair("fulfilmentStatus", words.first)].compactMap(\.self)
        return order
    }

    static func latestChange(_ fields: ChannelFields) throws(ChannelError.Reason) -> ChannelTime? {
        var latest = try fields.time("latestChangedDateTime")
        for item in fields.list("orderItems") {
            guard let time = try item.time("latestChangedDateTime") else { continue }
            latest = latest.map { max($0, time) } ?? time
        }
        return latest
    }

    /// From the quantities: nothing moved is open, all cancelled is cancelled, the rest shipped is shipped.
    private static func status(of lines: [CanonicalLine]) -> CanonicalStatus {
        var ordered = ExactDecimal.zero
        var shipped = ExactDecimal.zero
        var cancelled = ExactDecimal.zero
        for line in lines {
            guard let nextOrdered = ordered.adding(line.quantity ?? .zero),
                let nextShipped = shipped.adding(line.quantityShipped ?? .zero),
                let nextCancelled = cancelled.adding(line.quantityCancelled ?? .zero)
            else { return .open }
            (ordered, shipped, cancelled) = (nextOrdered, nextShipped, nextCancelled)
        }
        guard let handled = shipped.adding(cancelled), let left = ordered.adding(handled.negated) else { return .open }
        let isDone = !ordered.isZero && (left.isZero || left.isNegative)
        if isDone { return shipped.isZero ? .cancelled : .shipped }
        return shipped.isZero ? .open : .partiallyShipped
    }

    // MARK: People

    private static func readPeople(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        let people = fields.holds("customerDetails") ? fields.fields("customerDetails") : fields
        let shipment = people.fields("shipmentDetails")
        let billing = people.fields("billingDetails")
        order.shipping = address(shipment)
        order.billing = address(billing)
        let buyer = billing.isEmpty ? shipment : billing
        var customer = CanonicalParty()
        customer.email = buyer.text("email") ?? shipment.text("email")
        customer.phone = buyer.text("deliveryPhoneNumber", "phoneNumber") ?? shipment.text("deliveryPhoneNumber")
        customer.firstName = buyer.text("firstName")
        customer.lastName = buyer.text("surname", "surName")
        customer.salutation = buyer.text("salutation", "salutationCode")
        customer.company = buyer.text("company")
        customer.vatId = billing.text("vatNumber")
        customer.registrationNumber = billing.text("kvkNumber")
        customer.language = shipment.text("language") ?? billing.text("language")
        order.customer = customer
        order.purchaseOrder = billing.text("orderReference")
    }

    private static func address(_ fields: ChannelFields) -> CanonicalAddress? {
        var address = CanonicalAddress()
        address.firstName = fields.text("firstName")
        address.lastName = fields.text("surname", "surName")
        address.salutation = fields.text("salutation", "salutationCode")
        address.company = fields.text("company")
        address.street = fields.text("streetName")
        address.houseNumber = fields.text("houseNumber")
        address.houseNumberAddition = fields.text("houseNumberExtension", "houseNumberExtended")
        address.extraLines = [fields.text("extraAddressInformation"), fields.text("addressSupplement")].compactMap(
            \.self)
        address.postalCode = fields.text("zipCode")
        address.city = fields.text("city")
        address.setCountry(code: fields.text("countryCode"), name: nil)
        address.phone = fields.text("deliveryPhoneNumber", "phoneNumber")
        address.email = fields.text("email")
        address.pickupPoint = fields.text("pickupPointName", "pickUpPointName")
        return address.unlessEmpty
    }

    // MARK: Lines

    private static func line(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalLine {
        let product = fields.fields("product")
        let offer = fields.fields("offer")
        let fulfilment = fields.fields("fulfilment")
        var line = CanonicalLine(id: fields.id("orderItemId"))
        line.sku = offer.text("reference") ?? fields.text("offerReference")
        line.ean = product.text("ean") ?? fields.text("ean")
        line.productId = offer.text("offerId") ?? fields.text("offerId")
        line.title = product.text("title") ?? fields.text("title")
        line.quantity = try fields.decimal("quantity")
        line.unitPrice = try fields.decimal("unitPrice", "offerPrice")
        line.discount = try fields.sum(of: "amount", in: "discounts")
        line.total = try total(fields, line)
        line.quantityShipped = try fields.decimal("quantityShipped")
        line.quantityCancelled = try fields.decimal("quantityCancelled")
        line.isCancellationRequested = fields.flag("cancellationRequest", "cancelRequest") ?? false
        line.fulfilledBy = fulfilment.text("method") ?? fields.text("fulfilmentMethod")
        line.deliverBy =
            fulfilment.text("exactDeliveryDate", "latestDeliveryDate")
            ?? fields.text("exactDeliveryDate", "latestDeliveryDate")
        return line
    }

    /// What the buyer paid for the line, or else quantity times price less discounts.
    private static func total(
        _ fields: ChannelFields, _ line: CanonicalLine
    ) throws(ChannelError.Reason) -> ExactDecimal? {
        if let total = try fields.decimal("totalPrice") { return total }
        guard let quantity = line.quantity, let price = line.unitPrice else { return nil }
        guard let product = quantity.multiplied(by: price), let total = product.adding((line.discount ?? .zero).negated)
        else { throw .badValue(path: fields.path("unitPrice"), text: price.text) }
        return total
    }

    private static func readDiscounts(
        _ fields: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        for item in fields.list("orderItems") {
            for discount in item.list("discounts") {
                let amount = try discount.decimal("amount")
                order.discounts.append(CanonicalCharge(title: discount.text("title"), amount: amount))
            }
        }
        guard !order.discounts.isEmpty else { return }
        order.discountTotal = try sum(order.discounts.compactMap(\.amount), path: fields.path("orderItems"))
    }
}
