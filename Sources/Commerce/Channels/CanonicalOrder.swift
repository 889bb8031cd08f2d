import Bytes

// What every channel's order becomes: the order of ORDER.PUT. A member without a value is left out.
//
// | member            | meaning                                          | Shopify               | WooCommerce          | Amazon (v0; 2026)          | bol.com                 |
// |-------------------|--------------------------------------------------|-----------------------|----------------------|----------------------------|-------------------------|
// | number            | what identifies the order on the channel         | id (by the gid)       | number               | AmazonOrderId; orderId     | orderId                 |
// | displayNumber     | what people see, if it is something else         | name "#1001"          |                      | SellerOrderId; alias       |                         |
// | references        | other ids, by the platform's names, exact        | id, gid, order_number | id, order_key        | marketplace, seller's      |                         |
// | placedAt          | when the buyer ordered                           | processed_at          | date_created_gmt     | PurchaseDate; createdTime  | orderPlacedDateTime     |
// | placedAtZoneKnown | false: the zone was not told, UTC is assumed     |                       | date_created only    |                            |                         |
// | updatedAt         | version of this state; newer ones win            | updated_at            | date_modified_gmt    | LastUpdateDate             | latestChangedDateTime   |
// | currency          | ISO 4217; XXX if a pending order tells none      | currency              | currency             | OrderTotal; marketplace    | EUR                     |
// | total             | what the buyer pays, taxes and shipping included | total_price           | total                | OrderTotal; grandTotal     | sum of the lines        |
// | totalKnown        | false: the channel did not tell, total is what   |                       |                      | pending orders             | lines without price     |
// |                   | is known, often 0; a later version replaces it   |                       |                      |                            |                         |
// | currentTotal      | after edits and refunds, if it differs           | current_total_price   |                      |                            |                         |
// | status            | see CanonicalStatus                              | from three fields     | status               | OrderStatus                | from quantities         |
// | paymentStatus     | see CanonicalPaymentStatus                       | financial_status      | date_paid, refunds   |                            |                         |
// | channelStatus     | the platform's own words, by its names           | financial_status ...  | status               | OrderStatus ...            |                         |
// | customer          | who bought: see CanonicalParty                   | customer, email       | billing, customer_id | BuyerInfo; buyer           | billingDetails          |
// | billing, shipping | see CanonicalAddress                             | billing_address       | billing              | shipping only (v0)         | billing/shipmentDetails |
// | lines             | see CanonicalLine                                | line_items            | line_items           | OrderItems                 | orderItems              |
// | pricesIncludeTax  | of the amounts in lines                          | taxes_included        | false                |                            | true                    |
// | subtotal          | lines before shipping, fees and order taxes      | subtotal_price        |                      | ITEM breakdown             |                         |
// | discountTotal, discounts, shippingTotal, shippingLines, taxTotal, taxes, fees: totals and their parts, see CanonicalCharge       |
// | refundedTotal, refunds                               | what the order itself tells of refunds; amounts are positive, see CanonicalRefund            |
// | shipments         | see CanonicalShipment                            | fulfillments          |                      | packages                   |                         |
// | payment           | {methods, reference, paidAt}                     | gateways              | payment_method       | PaymentMethodDetails       |                         |
// | cancelledAt, cancelReason, cancellationRequested, completedAt, note, attributes, tags, purchaseOrder, deliverBy, source, isTest |

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

/// Where an order stands as a whole.
enum CanonicalStatus: String {
    /// Placed, but payment or the platform's approval is awaited: not to be shipped yet.
    case pending
    /// Accepted, and not shipped yet.
    case open
    /// Held back by the merchant or the platform.
    case onHold
    case partiallyShipped
    case shipped
    case delivered
    /// The platform counts it as done without telling about a shipment.
    case completed
    case cancelled
    /// All the money went back and nothing is left to do.
    case refunded
    /// Payment or fulfilment did not succeed.
    case failed
}

/// Where the money of an order stands, if the platform tells.
enum CanonicalPaymentStatus: String {
    case pending, authorized, partiallyPaid, paid, partiallyRefunded, refunded, voided
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
