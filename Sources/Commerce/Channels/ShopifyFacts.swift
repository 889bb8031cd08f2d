import Bytes

// Shopify's fulfillments, refunds and payment transactions, inside an order and on their own.
extension ShopifyPlatform {
    /// What an order's body tells besides the order.
    static func facts(ofOrder fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        guard let order = id(of: fields) else { return [] }
        var facts: [CanonicalFact] = []
        for fulfillment in fields.list("fulfillments") { facts.append(try shipment(fulfillment, of: order)) }
        for refund in fields.list("refunds") { facts += try self.facts(ofRefund: refund, of: order) }
        if let cancelledAt = try fields.time("cancelled_at") {
            var cancellation = CanonicalFact(.cancellation, of: order, id: "order", told: cancelledAt)
            cancellation.add("cancelledAt", cancelledAt)
            cancellation.add("reason", fields.text("cancel_reason"))
            facts.append(cancellation)
        }
        return facts
    }

    static func facts(ofUpdate fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        let order = try fields.id("order_id").required(fields.path("order_id"))
        if fields.has("refund_line_items") { return try facts(ofRefund: fields, of: order) }
        if fields.hasAll("kind", "gateway") { return try payment(fields, of: order).map { [$0] } ?? [] }
        return [try shipment(fields, of: order)]
    }

    // MARK: Shipments

    private static func shipment(
        _ fields: ChannelFields, of order: String
    ) throws(ChannelError.Reason) -> CanonicalFact {
        var shipment = CanonicalFact(
            .shipment, of: order, id: try id(of: fields).required(fields.path("id")),
            told: try fields.time("updated_at", "created_at"))
        shipment.add("carrier", fields.text("tracking_company"))
        shipment.add("trackingCode", fields.texts("tracking_numbers").first ?? fields.text("tracking_number"))
        shipment.add("trackingUrl", fields.texts("tracking_urls").first ?? fields.text("tracking_url"))
        shipment.add("shippedAt", try fields.time("created_at"))
        shipment.add("expectedAt", try fields.time("estimated_delivery_at"))
        if fields.text("shipment_status")?.lowercased() == "delivered" {
            shipment.add("deliveredAt", try fields.time("updated_at"))
        }
        shipment.add("state", fields.text("status"))
        shipment.add(lines: try lines(fields.list("line_items")))
        return shipment
    }

    private static func lines(_ items: [ChannelFields]) throws(ChannelError.Reason) -> [CanonicalFactLine] {
        var lines: [CanonicalFactLine] = []
        for item in items {
            guard let quantity = try item.decimal("quantity"), !quantity.isZero else { continue }
            lines.append(CanonicalFactLine(line: id(of: item), sku: item.text("sku"), quantity: quantity))
        }
        return lines
    }

    // MARK: Refunds

    /// A refund tells of up to three things: money, articles that came back to the stock (`return`), and articles that
    /// were never sent (`cancel`). They share its id.
    private static func facts(
        ofRefund fields: ChannelFields, of order: String
    ) throws(ChannelError.Reason) -> [CanonicalFact] {
        let id = try id(of: fields).required(fields.path("id"))
        let time = try fields.time("processed_at", "created_at")
        var facts: [CanonicalFact] = []
        let returned = try refundLines(fields, "return", state: "received", at: time)
        if !returned.isEmpty {
            var back = CanonicalFact(.return, of: order, id: id, told: time)
            back.add("announcedAt", time)
            back.add("reason", fields.text("note"))
            back.add(lines: returned)
            facts.append(back)
        }
        let cancelled = try refundLines(fields, "cancel", state: nil, at: nil)
        if !cancelled.isEmpty {
            var cancellation = CanonicalFact(.cancellation, of: order, id: id, told: time)
            cancellation.add("cancelledAt", time)
            cancellation.add("reason", fields.text("note"))
            cancellation.add(lines: cancelled)
            facts.append(cancellation)
        }
        let (amount, currency) = try refunded(fields)
        guard !amount.isZero else { return facts }
        var refund = CanonicalFact(.refund, of: order, id: id, told: time)
        refund.add("amount", amount)
        refund.add("currency", currency)
        refund.add("refundedAt", time)
        refund.add("reason", fields.text("note"))
        if !returned.isEmpty { refund.add("return", id) }
        if !cancelled.isEmpty { refund.add("cancellation", id) }
        refund.add(lines: try refundLines(fields, nil, state: nil, at: nil))
        return facts + [refund]
    }

    /// - Parameter restock: only the articles of this `restock_type`; nil for all.
    private static func refundLines(
        _ fields: ChannelFields, _ restock: String?, state: String?, at time: ChannelTime?
    ) throws(ChannelError.Reason) -> [CanonicalFactLine] {
        var lines: [CanonicalFactLine] = []
        for item in fields.list("refund_line_items") where restock == nil || item.text("restock_type") == restock {
            guard let quantity = try item.decimal("quantity"), !quantity.isZero else { continue }
            lines.append(
                CanonicalFactLine(
                    line: item.id("line_item_id"), sku: item.fields("line_item").text("sku"), quantity: quantity,
                    state: state, receivedAt: time))
        }
        return lines
    }

    /// The sum of the transactions that succeeded; zero if nothing was paid back.
    private static func refunded(
        _ fields: ChannelFields
    ) throws(ChannelError.Reason) -> (amount: ExactDecimal, currency: String?) {
        var amounts: [ExactDecimal] = []
        var code: String?
        for transaction in fields.list("transactions")
        where transaction.text("kind") == "refund" && transaction.text("status") ?? "success" == "success" {
            if let amount = try transaction.decimal("amount") { amounts.append(amount) }
            if code == nil { code = try currency(transaction, "currency") }
        }
        return (try sum(amounts, path: fields.path("transactions")), code)
    }

    // MARK: Payments

    /// Money that came in; nil for authorizations, failures and refunds, which refunds tell of.
    private static func payment(
        _ fields: ChannelFields, of order: String
    ) throws(ChannelError.Reason) -> CanonicalFact? {
        guard ["sale", "capture"].contains(fields.text("kind") ?? ""), fields.text("status") == "success" else {
            return nil
        }
        let time = try fields.time("processed_at", "created_at")
        var payment = CanonicalFact(.payment, of: order, id: id(of: fields), told: time)
        payment.add("amount", try fields.decimal("amount").required(fields.path("amount")))
        payment.add("currency", try currency(fields, "currency"))
        payment.add("method", fields.text("gateway"))
        payment.add("reference", fields.text("authorization", "payment_id"))
        payment.add("paidAt", time)
        return payment
    }
}
