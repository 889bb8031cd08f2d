import Bytes

// Amazon's order change notifications, its returns, and the packages inside orders of 2026-01-01.
extension AmazonPlatform {
    /// What an order's body tells besides the order: its packages.
    static func facts(ofOrder fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        guard let order = fields.text("orderId") else { return [] }
        var facts: [CanonicalFact] = []
        for package in fields.list("packages") {
            facts.append(try shipment(package, of: order, told: try fields.time("lastUpdatedTime")))
        }
        return facts
    }

    static func facts(ofUpdate fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        fields.has("returnType", "marketplaceChannelDetails")
            ? [try self.return(fields)] : [try status(ofNotification: fields)]
    }

    private static func shipment(
        _ fields: ChannelFields, of order: String, told: ChannelTime?
    ) throws(ChannelError.Reason) -> CanonicalFact {
        let state = fields.fields("packageStatus").text("status")
        let created = try fields.time("createdTime")
        var shipment = CanonicalFact(
            .shipment, of: order,
            id: try fields.id("packageReferenceId").required(fields.path("packageReferenceId")),
            told: told ?? created)
        shipment.add("carrier", fields.text("carrier"))
        shipment.add("trackingCode", fields.text("trackingNumber"))
        shipment.add("shippedAt", try fields.time("shipTime"))
        shipment.add("state", state)
        if state == "DELIVERED" { shipment.add("deliveredAt", told) }
        var lines: [CanonicalFactLine] = []
        for item in fields.list("packageItems") {
            lines.append(CanonicalFactLine(line: item.id("orderItemId"), quantity: try item.decimal("quantity")))
        }
        shipment.add(lines: lines)
        return shipment
    }

    // MARK: Notifications

    /// ORDER_CHANGE tells where the order stands, and why it changed; the order itself has to be fetched.
    private static func status(ofNotification fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalFact {
        let change = fields.fields("Payload").fields("OrderChangeNotification")
        let trigger = change.fields("OrderChangeTrigger")
        let summary = change.fields("Summary")
        let changed = try trigger.time("TimeOfOrderChange")
        let sent = try fields.time("EventTime")
        let told = changed ?? sent
        var fact = CanonicalFact(
            .status, of: try change.text("AmazonOrderId").required(change.path("AmazonOrderId")), id: "channel",
            told: told)
        let word = try summary.text("OrderStatus").required(summary.path("OrderStatus"))
        fact.add("status", status(word).rawValue)
        fact.add("at", told)
        fact.add("channelWord", word)
        fact.add("changeType", change.text("OrderChangeType"))
        fact.add("reason", trigger.text("ChangeReason"))
        let isWished = summary.list("OrderItems").contains { $0.flag("IsBuyerRequestedCancel") ?? false }
        if isWished { fact.add("cancellationRequested", true) }
        return fact
    }

    // MARK: Returns

    private static func `return`(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalFact {
        let details = fields.fields("marketplaceChannelDetails")
        let shipping = fields.fields("returnShippingInfo").fields("reverseTrackingInfo")
        let created = try fields.time("creationDateTime")
        let updated = try fields.time("lastUpdatedDateTime")
        let told = updated ?? created
        var fact = CanonicalFact(
            .return, of: try details.text("customerOrderId").required(details.path("customerOrderId")),
            id: try fields.id("id").required(fields.path("id")), told: told)
        fact.add("announcedAt", created)
        fact.add("reason", fields.fields("returnMetadata").text("returnReason"))
        fact.add("carrier", shipping.text("carrierName"))
        fact.add("trackingCode", shipping.text("trackingId"))
        fact.add("channelWord", fields.text("status"))
        let state = returnStates[fields.text("status") ?? ""] ?? "announced"
        fact.add(
            lines: [
                CanonicalFactLine(
                    sku: details.text("channelSku") ?? fields.text("merchantSku"),
                    quantity: try fields.decimal("numberOfUnits"), state: state,
                    receivedAt: state == "received" ? told : nil)
            ])
        return fact
    }

    private static let returnStates = [
        "DELIVERED": "received", "PARTIALLY_PROCESSED": "received", "PROCESSED": "received",
        "CANCELLED": "cancelled", "CUSTOMER_CANCELLED_PICK_UP": "cancelled", "REJECTED": "cancelled",
    ]
}
