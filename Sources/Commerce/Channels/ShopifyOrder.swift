import Bytes

extension ShopifyPlatform {
    static func order(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        var order = CanonicalOrder(
            channel: channel, store: store,
            number: try id(of: fields).required(fields.path("id")),
            placedAt: try fields.time("processed_at", "created_at").required(fields.path("created_at")),
            currency: try currency(fields).required(fields.path("currency")),
            total: try total(fields).required(fields.path("total_price")))
        order.displayNumber = fields.text("name", "order_number")
        order.references = references(
            of: fields,
            ["id", "admin_graphql_api_id", "order_number", "checkout_id", "confirmation_number", "reference", "token"])
        order.updatedAt = try fields.time("updated_at")
        readStatus(fields, into: &order)
        readPeople(fields, into: &order)
        try readAmounts(fields, into: &order)
        for line in fields.list("line_items") { order.lines.append(try self.line(line)) }
        order.refunds = try refunds(fields)
        order.refundedTotal =
            order.refunds.isEmpty ? nil : try sum(order.refunds.compactMap(\.amount), path: fields.path("refunds"))
        order.shipments = fields.list("fulfillments").map(shipment)
        order.note = fields.text("note")
        order.attributes = pairs(fields.list("note_attributes"))
        order.tags = fields.text("tags")
        order.purchaseOrder = fields.text("po_number")
        order.source = fields.text("source_name")
        order.isTest = fields.flag("test") ?? false
        return order
    }

    // MARK: State

    private static func readStatus(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        let payment = fields.text("financial_status")?.lowercased()
        let fulfillment = fields.text("fulfillment_status")?.lowercased()
        order.paymentStatus = payment.flatMap { paymentStates[$0] }
        order.channelStatus = ["financial_status", "fulfillment_status"].compactMap {
            CanonicalPair($0, fields.text($0))
        }
        order.cancelledAt = fields.timeText("cancelled_at")
        order.cancelReason = fields.text("cancel_reason")
        order.completedAt = fields.timeText("closed_at")
        order.paymentMethods = fields.texts("payment_gateway_names")
        if order.paymentMethods.isEmpty { order.paymentMethods = [fields.text("gateway")].compactMap(\.self) }
        let shipmentStates = fields.list("fulfillments").map { $0.text("shipment_status")?.lowercased() }
        let isDelivered = !shipmentStates.isEmpty && shipmentStates.allSatisfy { $0 == "delivered" }
        order.status =
            if order.cancelledAt != nil { .cancelled } else if order.paymentStatus == .refunded {
                .refunded
            } else if fulfillment == "fulfilled" {
                isDelivered ? .delivered : .shipped
            } else if fulfillment == "partial" { .partiallyShipped } else if order.completedAt != nil {
                .completed
            } else if order.paymentStatus == .pending { .pending } else { .open }
    }

    private static let paymentStates: [String: CanonicalPaymentStatus] = [
        "pending": .pending, "unpaid": .pending, "authorized": .authorized, "partially_paid": .partiallyPaid,
        "paid": .paid, "partially_refunded": .partiallyRefunded, "refunded": .refunded, "voided": .voided,
    ]

    // MARK: People

    /// The customer is the account that ordered, if there is one, with its own e-mail and phone; what the order gives
    /// besides may belong to somebody else, so it goes to `otherEmails` and `otherPhones`. A guest is the person billed.
    private static func readPeople(_ fields: ChannelFields, into order: inout CanonicalOrder) {
        order.billing = address(fields.fields("billing_address"))
        order.shipping = address(fields.fields("shipping_address"))
        var customer = party(fields.fields("customer"))
        let emails = [customer.email, fields.text("email"), fields.text("contact_email")].compactMap(\.self)
        customer.email = emails.first
        customer.otherEmails = Array(emails.dropFirst())
        let guestPhone = fields.fields("customer").isEmpty ? order.billing?.phone : nil
        let phones = [customer.phone, fields.text("phone"), guestPhone].compactMap(\.self)
        customer.phone = phones.first
        customer.otherPhones = Array(phones.dropFirst())
        customer.takeNames(from: order.billing ?? order.shipping)
        customer.company = order.billing?.company ?? customer.company
        customer.language = fields.text("customer_locale") ?? customer.language
        let attributes = pairs(fields.list("note_attributes")) + pairs(fields.list("metafields"))
        customer.vatId = CompanyIdentifiers.vatId(in: attributes) ?? customer.vatId
        customer.registrationNumber =
            CompanyIdentifiers.registrationNumber(in: attributes) ?? customer.registrationNumber
        order.customer = customer
    }

    // MARK: Amounts

    /// In the shop's own money, not in what the buyer was shown.
    private static func total(_ fields: ChannelFields) throws(ChannelError.Reason) -> ExactDecimal? {
        if let total = try fields.decimal("total_price") { return total }
        return try fields.fields("total_price_set").fields("shop_money").decimal("amount")
    }

    private static func currency(_ fields: ChannelFields) throws(ChannelError.Reason) -> String? {
        if let currency = try currency(fields, "currency") { return currency }
        return try currency(fields.fields("total_price_set").fields("shop_money"), "currency_code")
    }

    private static func readAmounts(
        _ fields: ChannelFields, into order: inout CanonicalOrder
    ) throws(ChannelError.Reason) {
        let current = try fields.decimal("current_total_price")
        order.currentTotal = current?.text == order.total.text ? nil : current
        order.pricesIncludeTax = fields.flag("taxes_included")
        order.subtotal = try fields.decimal("subtotal_price")
        order.discountTotal = try fields.decimal("total_discounts")
        order.taxTotal = try fields.decimal("total_tax")
        for code in fields.list("discount_codes") {
            order.discounts.append(CanonicalCharge(code: code.text("code"), amount: try code.decimal("amount")))
        }
        for tax in fields.list("tax_lines") { order.taxes.append(try self.tax(tax)) }
        for shipping in fields.list("shipping_lines") {
            var charge = CanonicalCharge(title: shipping.text("title"), code: shipping.text("code"))
            charge.amount = try shipping.decimal("discounted_price", "price")
            charge.tax = try shipping.sum(of: "price", in: "tax_lines")
            order.shippingLines.append(charge)
        }
        let shopMoney = fields.fields("total_shipping_price_set").fields("shop_money")
        order.shippingTotal = try shopMoney.decimal("amount")
        if order.shippingTotal == nil { order.shippingTotal = try fields.sum(of: "price", in: "shipping_lines") }
    }

    private static func tax(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalCharge {
        CanonicalCharge(
            title: fields.text("title"), amount: try fields.decimal("price"),
            rate: percent(try fields.decimal("rate")))
    }

    private static func line(_ fields: ChannelFields) throws(ChannelError.Reason) -> CanonicalLine {
        var line = CanonicalLine(id: id(of: fields), sku: fields.text("sku"))
        line.productId = fields.id("product_id")
        line.variantId = fields.id("variant_id")
        line.title = fields.text("name", "title")
        line.quantity = try fields.decimal("quantity")
        line.unitPrice = try fields.decimal("price")
        line.tax = try fields.sum(of: "price", in: "tax_lines")
        line.vatRate = percent(try fields.sum(of: "rate", in: "tax_lines"))
        line.discount = try fields.sum(of: "amount", in: "discount_allocations")
        if line.discount == nil { line.discount = try fields.decimal("total_discount") }
        if line.discount?.isZero == true { line.discount = nil }
        return line
    }

    // MARK: Refunds and shipments

    /// What went back is the sum of a refund's successful transactions.
    private static func refunds(_ fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalRefund] {
        var refunds: [CanonicalRefund] = []
        for refund in fields.list("refunds") {
            var amount = ExactDecimal.zero
            for transaction in refund.list("transactions")
            where transaction.text("kind") == "refund" && transaction.text("status") ?? "success" == "success" {
                amount = try sum(
                    [amount, try transaction.decimal("amount") ?? .zero], path: refund.path("transactions"))
            }
            refunds.append(
                CanonicalRefund(
                    id: id(of: refund), at: refund.timeText("processed_at", "created_at"), reason: refund.text("note"),
                    amount: amount))
        }
        return refunds
    }

    private static func shipment(_ fields: ChannelFields) -> CanonicalShipment {
        var numbers = fields.texts("tracking_numbers")
        if numbers.isEmpty { numbers = [fields.text("tracking_number")].compactMap(\.self) }
        return CanonicalShipment(
            id: id(of: fields), at: fields.timeText("created_at"), carrier: fields.text("tracking_company"),
            trackingNumbers: numbers, status: fields.text("shipment_status", "status"))
    }
}
