import Bytes

// bol.com's shipments and returns, whole and in lists, and the cancellations inside its orders.
extension BolPlatform {
    /// What an order's body tells besides the order: what is cancelled of its lines.
    static func facts(ofOrder fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        guard let order = fields.text("orderId") else { return [] }
        var lines: [CanonicalFactLine] = []
        for item in fields.list("orderItems") {
            guard let quantity = try item.decimal("quantityCancelled"), !quantity.isZero else { continue }
            lines.append(CanonicalFactLine(line: item.id("orderItemId"), quantity: quantity))
        }
        guard !lines.isEmpty else { return [] }
        var cancellation = CanonicalFact(.cancellation, of: order, id: "order", told: try latestChange(fields))
        cancellation.add(lines: lines)
        return [cancellation]
    }

    static func facts(ofUpdate fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        if fields.has("shipmentId") { return [try shipment(fields)] }
        var facts: [CanonicalFact] = []
        for item in fields.list("returnItems") { facts.append(try self.return(item, of: fields)) }
        return facts
    }

    /// In a list only the transport's id is told, and neither quantities nor codes.
    private static func shipment(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalFact {
        let order = fields.fields("order")
        let transport = fields.fields("transport")
        let time = try fields.time("shipmentDateTime")
        let isReduced = !fields.holds("shipmentDetails", "billingDetails")
        var shipment = CanonicalFact(
            .shipment, of: try order.text("orderId").required(order.path("orderId")),
            id: try fields.id("shipmentId").required(fields.path("shipmentId")), told: time, isReduced: isReduced)
        shipment.add("carrier", transport.text("transporterCode"))
        shipment.add("trackingCode", transport.text("trackAndTrace"))
        shipment.add("shippedAt", time)
        shipment.add("reference", fields.text("shipmentReference"))
        var lines: [CanonicalFactLine] = []
        for item in fields.list("shipmentItems") {
            let sku = item.fields("offer").text("reference") ?? item.fields("product").text("ean") ?? item.text("ean")
            lines.append(
                CanonicalFactLine(
                    line: item.id("orderItemId"), sku: sku,
                    quantity: try item.decimal("quantityShipped", "quantity")))
        }
        shipment.add(lines: lines)
        return shipment
    }

    // MARK: Returns

    /// A return of bol may hold articles of several orders, and lists of returns leave some of them out, so each article
    /// is a fact of its own, under its `rmaId`.
    private static func `return`(
        _ item: ChannelFields, of parent: ChannelFields
    ) throws(ChannelError.Reason) -> CanonicalFact {
        let registeredAt = try parent.time("registrationDateTime")
        let results = item.list("processingResults")
        var told = registeredAt
        for result in results {
            if let time = try result.time("processingDateTime") { told = told.map { max($0, time) } ?? time }
        }
        let reason = item.fields("returnReason")
        var fact = CanonicalFact(
            .return, of: try item.text("orderId").required(item.path("orderId")),
            id: try item.id("rmaId").required(item.path("rmaId")), told: told,
            isReduced: item.text("title") == nil)
        fact.add("announcedAt", registeredAt)
        fact.add("reason", reason.text("mainReason"))
        fact.add("comments", reason.text("customerComments"))
        fact.add("carrier", item.text("transporterName"))
        fact.add("trackingCode", item.text("trackAndTrace"))
        fact.add("returnId", parent.id("returnId"))
        fact.add(lines: try lines(item, results))
        return fact
    }

    /// What was handled line by line, and what is still announced.
    private static func lines(
        _ item: ChannelFields, _ results: [ChannelFields]
    ) throws(ChannelError.Reason) -> [CanonicalFactLine] {
        let ean = item.text("ean")
        var left = try item.decimal("expectedQuantity")
        var lines: [CanonicalFactLine] = []
        for result in results {
            let state = state(result)
            guard let quantity = try result.decimal("quantity"), !quantity.isZero, state != "announced" else {
                continue
            }
            lines.append(
                CanonicalFactLine(
                    sku: ean, quantity: quantity, state: state,
                    receivedAt: state == "received" ? try result.time("processingDateTime") : nil))
            left = left.flatMap { $0.adding(quantity.negated) }
        }
        if lines.isEmpty || left.map({ !$0.isZero && !$0.isNegative }) ?? false {
            lines.append(CanonicalFactLine(sku: ean, quantity: left, state: "announced"))
        }
        return lines
    }

    private static func state(_ result: ChannelFields) -> String {
        if result.text("handlingResult") == "RETURN_RECEIVED" { return "received" }
        switch result.text("processingResult") {
        case "ACCEPTED": return "received"
        case "CANCELLED", "REJECTED": return "cancelled"
        default: return "announced"
        }
    }
}
