import Bytes

extension WooCommercePlatform {
    static func order(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        let state = state(fields)
        if drafts.contains(state) { throw .notAnOrder("a draft (status \(state)) that is no order yet") }
        let placedAt = try time(fields, "date_created").required(fields.path("date_created_gmt"))
        var order = CanonicalOrder(
            channel: channel, store: store,
            number: try (fields.text("number") ?? fields.id("id")).required(fields.path("number")),
            placedAt: placedAt,
            currency: try currency(fields, "currency").required(fields.path("currency")),
            total: try fields.decimal("total").required(fields.path("total")))
        order.references = ["id", "parent_id", "order_key", "cart_hash"].compactMap { CanonicalPair($0, fields.id($0)) }
        order.updatedAt = try time(fields, "date_modified")
        readPeople(fields, into: &order)
        try readAmounts(fields, into: &order)
        let rates = try taxRates(fields)
        for line in fields.list("line_items") { order.lines.append(try self.line(line, rates: rates)) }
        try readRefunds(fields, into: &order)
        readStatus(fields, state: state, into: &order)
        order.note = fields.text("customer_note")
        order.source = fields.text("created_via")
        return order
    }

    /// UTC from the `_gmt` member, or the local time marked as such, unless that brings its own zone.
    private static func time(_ fields: ChannelFields, _ name: String) throws(ChannelError.Reason) -> ChannelTime? {
        guard let time = try fields.time("\(name)_gmt") else { return try fields.time(name) }
        return time.inUTC
    }

    // MARK: State

    private static let drafts: Set = ["draft", "auto-draft", "checkout-draft"]

    private static func state(_ fields: ChannelFields) -> String {
        let word = fields.text("status")?.lowercased() ?? ""
        return word.hasPrefix("wc-") ? String(word.dropFirst(3)) : word
    }

    /// The states of WooCommerce itself and those that plugins usually add; others count as open.
    private static let states: [String: CanonicalStatus] = [
        "pending": .pending, "processing": .open, "on-hold": .onHold, "completed": .completed,
        "cancelled": .cancelled, "canceled": .cancelled, "trash": .cancelled, "refunded": .refunded,
        "failed": .failed, "shipped": .shipped, "partial-shipped": .partiallyShipped,
        "partially-shipped": .partiallyShipped, "delivered": .delivered,
    ]

    private static func readStatus(_ fields: ChannelFields, state: String, into order: inout CanonicalOrder) {
        order.status = states[state] ?? .open
        order.channelStatus = [CanonicalPair("status", fields.text("status"))].compactMap(\.self)
        order.paidAt = fields.timeText("date_paid_gmt", "date_paid")
        order.completedAt = fields.timeText("date_completed_gmt", "date_completed")
        order.paymentReference = fields.text("transaction_id")
        order.paymentMethods = [fields.text("payment_method_title") ?? fields.text("payment_method")].compactMap(\.self)
        order.paymentStatus =
            if order.status == .refunded { .refunded } else if order.refundedTotal != nil {
                .partiallyRefunded
            } else if order.paidAt != nil { .paid } else if order.status == .pending { .pending } else { nil }
    }

    // MARK: People

    private static func readPeople(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        order.billing = address(fields.fields("billing"))
        order.shipping = address(fields.fields("shipping"))
        var customer = CanonicalParty(ref: fields.id("customer_id"))
        customer.email = order.billing?.email ?? order.shipping?.email
        customer.phone = order.billing?.phone ?? order.shipping?.phone
        customer.takeNames(from: order.billing?.fullName == nil ? order.shipping : order.billing)
        customer.company = order.billing?.company
        readCompany(fields, into: &customer)
        order.customer = customer
    }

    // MARK: Amounts

    private static func readAmounts(
        _ fields: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        order.pricesIncludeTax = false
        order.discountTotal = try fields.decimal("discount_total")
        order.shippingTotal = try fields.decimal("shipping_total")
        order.taxTotal = try fields.decimal("total_tax")
        for coupon in fields.list("coupon_lines") {
            order.discounts.append(
                CanonicalCharge(
                    code: coupon.text("code"), amount: try coupon.decimal("discount"),
                    tax: try coupon.decimal("discount_tax")))
        }
        for card in fields.list("gift_cards") {
            order.discounts.append(
                CanonicalCharge(title: "gift card", code: card.text("code"), amount: try card.decimal("amount")))
        }
        for shipping in fields.list("shipping_lines") {
            order.shippingLines.append(try charge(shipping, title: "method_title", code: "method_id"))
        }
        for fee in fields.list("fee_lines") { order.fees.append(try charge(fee, title: "name", code: "id")) }
        for tax in fields.list("tax_lines") {
            var charge = CanonicalCharge(title: tax.text("label"), code: tax.text("rate_code"))
            charge.amount = try sum(
                [try tax.decimal("tax_total"), try tax.decimal("shipping_tax_total")].compactMap(\.self),
                path: tax.path("tax_total"))
            charge.rate = try tax.decimal("rate_percent")
            order.taxes.append(charge)
        }
    }

    private static func charge(
        _ fields: ChannelFields, title: String, code: String
    ) throws(ChannelError.Reason) -> CanonicalCharge {
        CanonicalCharge(
            title: fields.text(title), code: fields.text(code), amount: try fields.decimal("total"),
            tax: try fields.decimal("total_tax"))
    }

    /// Percentages of the order's tax rates by the rates' ids.
    private static func taxRates(_ fields: ChannelFields) throws(ChannelError.Reason) -> [String: ExactDecimal] {
        var rates: [String: ExactDecimal] = [:]
        for tax in fields.list("tax_lines") {
            if let id = tax.id("rate_id"), let percent = try tax.decimal("rate_percent") { rates[id] = percent }
        }
        return rates
    }

    private static func line(
        _ fields: ChannelFields, rates: [String: ExactDecimal]
    ) throws(ChannelError.Reason) -> CanonicalLine {
        var line = CanonicalLine(id: fields.id("id"), sku: fields.text("sku"))
        line.productId = fields.id("product_id")
        line.variantId = fields.id("variation_id")
        line.title = fields.text("name")
        line.quantity = try fields.decimal("quantity")
        line.total = try fields.decimal("total")
        line.unitPrice = unitPrice(try fields.decimal("price"), of: line)
        line.tax = try fields.decimal("total_tax")
        let subtotal = try fields.decimal("subtotal")
        if let subtotal, let total = line.total, let discount = subtotal.adding(total.negated), !discount.isZero {
            line.discount = discount
        }
        var lineRates: [ExactDecimal] = []
        for tax in fields.list("taxes") {
            guard let id = tax.id("id"), let rate = rates[id] else { continue }
            if let amount = try tax.decimal("total"), !amount.isZero { lineRates.append(rate) }
        }
        line.vatRate = lineRates.isEmpty ? nil : try sum(lineRates, path: fields.path("taxes"))
        return line
    }

    /// The platform's price, unless it misses the line's exact one by less than a millionth: PHP divides in floating
    /// point (10.799999999999999 for 32.40 / 3).
    private static func unitPrice(_ price: ExactDecimal?, of line: CanonicalLine) -> ExactDecimal? {
        guard let exact = line.quantity?.integer.flatMap({ line.total?.divided(exactlyBy: $0) }) else { return price }
        guard let price, let difference = price.adding(exact.negated) else { return exact }
        let isNoise = difference.multiplied(by: ExactDecimal(1000))?.thousandths == 0
        return isNoise ? exact : price
    }

    /// The short form inside the order: totals are negative there.
    private static func readRefunds(
        _ fields: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        for refund in fields.list("refunds") {
            let amount = try refund.decimal("total", "amount")?.magnitude
            order.refunds.append(
                CanonicalRefund(
                    id: refund.id("id"), at: refund.timeText("date_created_gmt", "date_created"),
                    reason: refund.text("reason"), amount: amount))
        }
        guard !order.refunds.isEmpty else { return }
        order.refundedTotal = try sum(order.refunds.compactMap(\.amount), path: fields.path("refunds"))
    }
}
