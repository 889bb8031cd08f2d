import Bytes

/// One answer of the API, without its envelope.
struct AmazonBody {
    enum Kind: Equatable {
        case order
        /// Of Orders 2026-01-01.
        case currentOrder
        /// A part of an order, with what it is.
        case piece(String)
        /// Something that happened to an order.
        case update
        /// Something known that is no order.
        case other(String)
        case unknown
    }

    let fields: ChannelFields
    let kind: Kind

    init(_ fields: ChannelFields) {
        self.fields = fields
        kind = Self.kind(of: fields)
    }

    var isOfAnOrder: Bool {
        switch kind {
        case .order, .currentOrder, .update, .piece: true
        case .other, .unknown: false
        }
    }

    var orderId: String? { fields.text("AmazonOrderId") }
    var name: String { orderId.map { "order \($0.prefix(80))" } ?? "a part without AmazonOrderId" }

    private static let others = [
        ("NotificationType", "a notification; it tells that an order changed, not the order"),
        ("notificationType", "a notification; it tells that an order changed, not the order"),
        ("AmazonShipmentId", "a shipment for invoicing"), ("FinancialEvents", "a list of financial events"),
        ("returns", "a list of returns"), ("restrictedDataToken", "an access token"),
        ("static", "a sandbox description"), ("errors", "an error answer"), ("reportId", "a report"),
        ("rmaId", "a return"), ("returnType", "a return"),
    ]

    private static func kind(of fields: ChannelFields) -> Kind {
        guard let members = fields.value.members else { return .other("a bare value") }
        if members.isEmpty { return .other("an empty object") }
        let change = fields.fields("Payload").fields("OrderChangeNotification")
        if !change.isEmpty || fields.has("marketplaceChannelDetails") { return .update }
        for (name, what) in others where fields.has(name) { return .other(what) }
        if fields.has("orderId"), fields.has("createdTime", "orderItems", "salesChannel", "fulfillment") {
            return .currentOrder
        }
        if fields.has("PurchaseDate", "OrderStatus", "OrderTotal") { return .order }
        if fields.has("OrderItems") { return .piece("the items of an order") }
        if fields.has("OrderItemId") { return .piece("the buyer's wishes for an item") }
        if fields.has("ShippingAddress", "DeliveryPreferences") { return .piece("the address of an order") }
        if fields.has("BuyerEmail", "BuyerName", "BuyerTaxInfo", "PurchaseOrderNumber", "BuyerCounty") {
            return .piece("the buyer of an order")
        }
        if fields.has("AmazonOrderId") { return .piece("a part of an order") }
        return .unknown
    }

    /// The order with the members of its other answers, in the places where Amazon puts them in the whole.
    func joined(with pieces: [AmazonBody]) -> ChannelFields {
        guard !pieces.isEmpty, var members = fields.value.members else { return fields }
        var items: [JSONValue] = []
        var buyer: [JSONMember] = []
        for piece in pieces {
            if let elements = piece.fields.value["OrderItems"]?.array { items += elements }
            for member in piece.fields.value.members ?? [] {
                switch member.name {
                case "OrderItems", "AmazonOrderId", "NextToken": continue
                case "ShippingAddress", "DeliveryPreferences": members.append(member)
                case "BuyerInfo": buyer += member.value.members ?? []
                case let name where name.hasPrefix("Buyer") || name == "PurchaseOrderNumber": buyer.append(member)
                default: continue
                }
            }
        }
        if !items.isEmpty { members.append(JSONMember("OrderItems", .array(items))) }
        if !buyer.isEmpty {
            members.append(JSONMember("BuyerInfo", .object((fields.value["BuyerInfo"]?.members ?? []) + buyer)))
        }
        return ChannelFields(.object(members))
    }
}
