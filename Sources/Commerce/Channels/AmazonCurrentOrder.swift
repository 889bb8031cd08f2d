import Bytes

/// Orders 2026-01-01: `orderId` and its siblings, all in one answer.
extension AmazonPlatform {
    static func current(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        let proceeds = fields.fields("proceeds")
        let money = proceeds.fields("grandTotal")
        let total = try money.decimal("amount")
        let sales = fields.fields("salesChannel")
        let marketplace = sales.text("marketplaceId").flatMap { marketplaceCurrencies[$0] }
        var order = CanonicalOrder(
            channel: channel, store: store,
            number: try fields.text("orderId").required(fields.path("orderId")),
            placedAt: try fields.time("createdTime").required(fields.path("createdTime")),
            currency: try currency(money, "currencyCode") ?? marketplace ?? "XXX", total: total ?? .zero)
        order.isTotalKnown = total != nil
        order.updatedAt = try fields.time("lastUpdatedTime")
        order.references =
            [
                CanonicalPair("marketplaceId", sales.text("marketplaceId")),
                CanonicalPair("marketplaceName", sales.text("marketplaceName")),
            ].compactMap(\.self)
            + fields.list("orderAliases").compactMap { alias in
                CanonicalPair(alias.text("aliasType") ?? "alias", alias.text("aliasId"))
            }
            + fields.list("associatedOrders").compactMap { other in
                CanonicalPair(other.text("associationType") ?? "associatedOrder", other.text("orderId"))
            }
        order.displayNumber = fields.list("orderAliases").lazy.compactMap { $0.text("aliasId") }.first
        order.source = sales.text("marketplaceName", "channelName")
        for item in fields.list("orderItems") { order.lines.append(try currentLine(item)) }
        try readBreakdowns(proceeds, into: &order)
        readCurrentPeople(fields, into: &order)
        readCurrentState(fields, into: &order)
        return order
    }

    // MARK: State

    private static func readCurrentState(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        let fulfillment = fields.fields("fulfillment")
        order.status = status(fulfillment.text("fulfillmentStatus"))
        order.shipments = fields.list("packages").map(shipment)
        let isDelivered =
            !order.shipments.isEmpty && order.shipments.allSatisfy { $0.status?.uppercased() == "DELIVERED" }
        if order.status == .shipped, isDelivered { order.status = .delivered }
        order.channelStatus = ["fulfillmentStatus", "fulfilledBy"].compactMap {
            CanonicalPair($0, fulfillment.text($0))
        }
        order.isCancellationRequested = order.lines.contains(where: \.isCancellationRequested)
        let cancellations = fields.list("orderItems").map { $0.fields("cancellation") }
        order.cancelReason =
            cancellations.lazy.compactMap {
                $0.fields("cancellationExecution").text("cancelReason")
                    ?? $0.fields("cancellationRequest").text("cancelReason")
            }.first
        order.deliverBy = fulfillment.fields("deliverByWindow").timeText("latestDateTime")
    }

    private static func shipment(_ fields: ChannelFields) -> CanonicalShipment {
        CanonicalShipment(
            id: fields.text("packageReferenceId"), at: fields.timeText("shipTime", "createdTime"),
            carrier: fields.text("carrier"), trackingNumbers: [fields.text("trackingNumber")].compactMap(\.self),
            status: fields.fields("packageStatus").text("status"))
    }

    // MARK: People

    private static func readCurrentPeople(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        let buyer = fields.fields("buyer")
        order.shipping = currentAddress(fields.fields("recipient").fields("deliveryAddress"))
        var customer = CanonicalParty()
        customer.email = buyer.text("buyerEmail")
        customer.name = buyer.text("buyerName")
        customer.phone = order.shipping?.phone
        customer.company = buyer.text("buyerCompanyName")
        order.purchaseOrder = buyer.text("buyerPurchaseOrderNumber")
        for tax in fields.fields("tax").list("taxRegistrations") where tax.text("entityType") ?? "BUYER" == "BUYER" {
            customer.vatId = customer.vatId ?? tax.text("taxRegistrationNumber")
            customer.company = customer.company ?? tax.text("legalName")
            order.billing = order.billing ?? currentAddress(tax.fields("taxRegistrationAddress"))
        }
        order.customer = customer
    }

    private static func currentAddress(_ fields: ChannelFields) -> CanonicalAddress? {
        let parted = fields.fields("extendedFields")
        var address = CanonicalAddress()
        address.name = fields.text("name")
        address.company = fields.text("companyName")
        address.setCountry(code: fields.text("countryCode"), name: nil)
        address.setStreet(
            lines: ["addressLine1", "addressLine2", "addressLine3"].compactMap { fields.text($0) },
            name: parted.text("streetName"), number: parted.text("streetNumber"), addition: parted.text("complement"))
        address.postalCode = fields.text("postalCode")
        address.city = fields.text("city")
        address.district = parted.text("neighborhood") ?? fields.text("districtOrCounty", "municipality")
        address.state = fields.text("stateOrRegion")
        address.phone = fields.text("phone")
        address.kind = fields.text("addressType")?.lowercased()
        return address.unlessEmpty
    }

    // MARK: Amounts

    private static func readBreakdowns(
        _ proceeds: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        for part in proceeds.list("breakdowns") {
            guard let type = part.text("type"), let amount = try part.fields("subtotal").decimal("amount") else {
                continue
            }
            switch type {
            case "ITEM": order.subtotal = amount
            case "SHIPPING": order.shippingTotal = amount
            case "TAX": order.taxTotal = amount
            case "DISCOUNT": order.discountTotal = amount.magnitude
            default: order.fees.append(CanonicalCharge(title: type, amount: amount))
            }
        }
    }

    private static func currentLine(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalLine {
        let product = fields.fields("product")
        let proceeds = fields.fields("proceeds")
        let fulfillment = fields.fields("fulfillment")
        var line = CanonicalLine(id: fields.id("orderItemId"), sku: product.text("sellerSku"))
        line.asin = product.text("asin")
        line.title = product.text("title")
        line.quantity = try fields.decimal("quantityOrdered")
        line.unitPrice = try product.fields("price").fields("unitPrice").decimal("amount")
        line.quantityShipped = try fulfillment.decimal("quantityFulfilled")
        for part in proceeds.list("breakdowns") {
            let amount = try part.fields("subtotal").decimal("amount")
            switch part.text("type") {
            case "ITEM": line.total = amount
            case "TAX": line.tax = amount
            case "DISCOUNT": line.discount = amount?.magnitude
            default: continue
            }
        }
        if line.total == nil { line.total = try proceeds.fields("proceedsTotal").decimal("amount") }
        line.isCancellationRequested = !fields.fields("cancellation").fields("cancellationRequest").isEmpty
        line.deliverBy = fulfillment.fields("shipping").fields("scheduledDeliveryWindow").timeText("latestDateTime")
        return line
    }
}
