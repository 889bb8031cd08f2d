import Bytes

// WooCommerce's refunds: the short form inside an order, and the full one, which names its order only by a link.
extension WooCommercePlatform {
    /// What an order's body tells besides the order. Its refunds say no moment, so that the full ones win.
    static func facts(ofOrder fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        guard let order = fields.text("number") ?? fields.id("id") else { return [] }
        var facts: [CanonicalFact] = []
        for refund in fields.list("refunds") {
            guard let amount = try refund.decimal("total", "amount")?.magnitude, !amount.isZero else { continue }
            var fact = CanonicalFact(.refund, of: order, id: refund.id("id"), told: nil)
            fact.add("amount", amount)
            fact.add("currency", try currency(fields, "currency"))
            fact.add("reason", refund.text("reason"))
            facts.append(fact)
        }
        return facts
    }

    static func facts(ofUpdate fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact] {
        let order = try order(ofRefund: fields)
        let time = try fields.time("date_created_gmt", "date_created")?.inUTC
        let amount = try fields.decimal("amount", "total").required(fields.path("amount")).magnitude
        guard !amount.isZero else { return [] }
        var refund = CanonicalFact(
            .refund, of: order, id: try fields.id("id").required(fields.path("id")), told: time)
        refund.add("amount", amount)
        refund.add("refundedAt", time)
        refund.add("reason", fields.text("reason"))
        var lines: [CanonicalFactLine] = []
        for item in fields.list("line_items") {
            guard let quantity = try item.decimal("quantity")?.magnitude, !quantity.isZero else { continue }
            let line = item.list("meta_data").first { $0.text("key") == "_refunded_item_id" }?.id("value")
            lines.append(CanonicalFactLine(line: line, sku: item.text("sku"), quantity: quantity))
        }
        refund.add(lines: lines)
        return [refund]
    }

    /// The order's id out of `…/orders/723/refunds/726`, which is its number unless a plugin numbers orders anew.
    private static func order(ofRefund fields: ChannelFields) throws(ChannelError.Reason) -> String {
        if let id = fields.id("order_id", "parent_id") { return id }
        let links = fields.fields("_links")
        for link in links.list("up") + links.list("self") {
            let parts = (link.text("href") ?? "").split(separator: "/")
            guard let place = parts.lastIndex(of: "orders"), place + 1 < parts.count else { continue }
            return String(parts[place + 1])
        }
        throw .incomplete("a refund", needs: "send it with its _links or order_id, which say of which order")
    }
}
