import Bytes

// What every channel's order becomes: the order of ORDER.PUT. One name for each thing, whatever a platform calls it; a
// member without a value is left out. Behind each name: what it means, and where Shopify (S), WooCommerce (W), Amazon
// in both versions (A) and bol.com (b) keep it.
//
// number             what identifies the order on the channel: S id, W number, A AmazonOrderId or orderId, b orderId
// displayNumber      what people see, if it is something else: S name ("#1001"), A SellerOrderId or first alias
// references         other ids under the platform's names, exact: S id, gid, order_number, W id, order_key, A aliases
// placedAt           when the buyer ordered: S processed_at or created_at, W date_created_gmt, A PurchaseDate or
//                    createdTime, b orderPlacedDateTime or dateTimeOrderPlaced
// placedAtZoneKnown  false if the zone was not told and UTC is assumed: W date_created without its _gmt
// updatedAt          version of this state, newer ones win: S updated_at, W date_modified_gmt, A LastUpdateDate or
//                    lastUpdatedTime, b the last latestChangedDateTime of the lines (version 10 only)
// currency           ISO 4217: S currency, W currency, A OrderTotal, else the items' or the marketplace's, else XXX
//                    ("no currency"), b EUR
// total              what the buyer pays, tax and shipping included, in the shop's money: S total_price, W total,
//                    A OrderTotal or grandTotal, b the sum of the lines
// totalKnown         false if the channel did not tell: total is then what is known, often 0, and a later version of
//                    the order replaces it: A pending orders, b lines without a price
// currentTotal       after edits and refunds, if it differs: S current_total_price
// status             see CanonicalStatus: S from cancelled_at, financial_status and fulfillment_status, W status,
//                    A OrderStatus or fulfillmentStatus, b from the lines' quantities
// paymentStatus      see CanonicalPaymentStatus: S financial_status, W from status, refunds and date_paid
// channelStatus      the platform's own words, under its names
// customer           who bought, see CanonicalParty: S customer, or the guest's e-mail and billing name, W billing and
//                    customer_id, A BuyerInfo or buyer, b billingDetails
// billing, shipping  see CanonicalAddress; A tells a billing address only with a tax registration
// lines              see CanonicalLine
// pricesIncludeTax   of the amounts in lines: S taxes_included, W always false, b always true
// subtotal           the lines, before shipping and order taxes: S subtotal_price, A ITEM breakdown
// discountTotal, discounts, shippingTotal, shippingLines, taxTotal, taxes, fees
//                    totals and their parts, see CanonicalCharge
// refundedTotal, refunds
//                    what the order itself tells of refunds, amounts positive, see CanonicalRefund: S, W refunds
// shipments          see CanonicalShipment: S fulfillments, A packages
// payment            {methods, reference, paidAt}: S gateways, W payment_method_title, A PaymentMethodDetails
// cancelledAt, cancelReason, cancellationRequested, completedAt, note, attributes (what the buyer or merchant noted, by
// name), tags, purchaseOrder (the buyer's own reference: b orderReference), deliverBy, source, isTest

/// An order in the one form that the engine takes, whatever the channel.
struct CanonicalOrder: Equatable {
    var channel: String
    var store: String
    var number: String
    var placedAt: ChannelTime
    var currency: String
    var total: ExactDecimal

    var displayNumber: String?
    var references: [CanonicalPair] = []
    var updatedAt: ChannelTime?
    var isTotalKnown = true
    var currentTotal: ExactDecimal?
    var status = CanonicalStatus.open
    var paymentStatus: CanonicalPaymentStatus?
    var channelStatus: [CanonicalPair] = []
    var customer = CanonicalParty()
    var billing: CanonicalAddress?
    var shipping: CanonicalAddress?
    var lines: [CanonicalLine] = []
    var pricesIncludeTax: Bool?
    var subtotal: ExactDecimal?
    var discountTotal: ExactDecimal?
    var discounts: [CanonicalCharge] = []
    var shippingTotal: ExactDecimal?
    var shippingLines: [CanonicalCharge] = []
    var taxTotal: ExactDecimal?
    var taxes: [CanonicalCharge] = []
    var fees: [CanonicalCharge] = []
    var refundedTotal: ExactDecimal?
    var refunds: [CanonicalRefund] = []
    var shipments: [CanonicalShipment] = []
    var paymentMethods: [String] = []
    var paymentReference: String?
    var paidAt: String?
    var cancelledAt: String?
    var cancelReason: String?
    var isCancellationRequested = false
    var completedAt: String?
    var note: String?
    var attributes: [CanonicalPair] = []
    var tags: String?
    var purchaseOrder: String?
    var deliverBy: String?
    var source: String?
    var isTest = false

    init(
        channel: String, store: String, number: String, placedAt: ChannelTime, currency: String, total: ExactDecimal
    ) {
        self.channel = channel
        self.store = store
        self.number = number
        self.placedAt = placedAt
        self.currency = currency
        self.total = total
    }
}

extension CanonicalOrder {
    var json: JSONValue {
        var object = CanonicalObject()
        addIdentity(to: &object)
        object.add("customer", customer.json)
        object.add("billing", billing?.json)
        object.add("shipping", shipping?.json)
        object.add("lines", lines.map(\.json))
        addAmounts(to: &object)
        object.add("shipments", shipments.map(\.json))
        addCircumstances(to: &object)
        return object.json
    }

    private func addIdentity(to object: inout CanonicalObject) {
        object.add("channel", channel)
        object.add("store", store)
        object.add("number", number)
        object.add("displayNumber", displayNumber)
        object.add("references", references)
        object.add("placedAt", placedAt.text)
        if !placedAt.hasZone { object.add("placedAtZoneKnown", false) }
        object.add("updatedAt", updatedAt?.text)
        object.add("currency", currency)
        object.add("total", total)
        if !isTotalKnown { object.add("totalKnown", false) }
        object.add("currentTotal", currentTotal)
        object.add("status", status.rawValue)
        object.add("paymentStatus", paymentStatus?.rawValue)
        object.add("channelStatus", channelStatus)
    }

    private func addAmounts(to object: inout CanonicalObject) {
        object.add("pricesIncludeTax", pricesIncludeTax)
        object.add("subtotal", subtotal)
        object.add("discountTotal", discountTotal)
        object.add("discounts", discounts.map(\.json))
        object.add("shippingTotal", shippingTotal)
        object.add("shippingLines", shippingLines.map(\.json))
        object.add("taxTotal", taxTotal)
        object.add("taxes", taxes.map(\.json))
        object.add("fees", fees.map(\.json))
        object.add("refundedTotal", refundedTotal)
        object.add("refunds", refunds.map(\.json))
    }

    private func addCircumstances(to object: inout CanonicalObject) {
        var payment = CanonicalObject()
        payment.add("methods", paymentMethods.map(JSONValue.string))
        payment.add("reference", paymentReference)
        payment.add("paidAt", paidAt)
        object.add("payment", payment.json)
        object.add("cancelledAt", cancelledAt)
        object.add("cancelReason", cancelReason)
        if isCancellationRequested { object.add("cancellationRequested", true) }
        object.add("completedAt", completedAt)
        object.add("note", note)
        object.add("attributes", attributes)
        object.add("tags", tags)
        object.add("purchaseOrder", purchaseOrder)
        object.add("deliverBy", deliverBy)
        object.add("source", source)
        if isTest { object.add("isTest", true) }
    }
}
