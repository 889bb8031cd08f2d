import Bytes

/// An article in an order.
struct CanonicalLine: Equatable {
    /// The platform's id of the line, exact.
    var id: String?
    var sku: String?
    var ean: String?
    var asin: String?
    var productId: String?
    var variantId: String?
    var title: String?
    /// Mostly whole, but WooCommerce plugins sell by weight and length too.
    var quantity: ExactDecimal?
    /// As the platform gives it, so it may have more decimals than the currency; left out where it gives only a line
    /// total that does not divide.
    var unitPrice: ExactDecimal?
    /// For the whole quantity, after discounts.
    var total: ExactDecimal?
    var discount: ExactDecimal?
    var tax: ExactDecimal?
    /// In percent.
    var vatRate: ExactDecimal?
    var quantityShipped: ExactDecimal?
    var quantityCancelled: ExactDecimal?
    var isCancellationRequested = false
    /// Who ships it: the platform's own word.
    var fulfilledBy: String?
    var deliverBy: String?

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("id", id)
        object.add("sku", sku)
        object.add("ean", ean)
        object.add("asin", asin)
        object.add("productId", productId)
        object.add("variantId", variantId)
        object.add("title", title)
        object.add(quantity: "quantity", quantity)
        object.add("unitPrice", unitPrice)
        object.add("total", total)
        object.add("discount", discount)
        object.add("tax", tax)
        object.add("vatRate", vatRate?.shortestText)
        object.add(quantity: "quantityShipped", quantityShipped)
        object.add(quantity: "quantityCancelled", quantityCancelled)
        if isCancellationRequested { object.add("cancellationRequested", true) }
        object.add("fulfilledBy", fulfilledBy)
        object.add("deliverBy", deliverBy)
        return object.json
    }
}

/// A discount, shipping cost, tax or fee.
struct CanonicalCharge: Equatable {
    var title: String?
    /// A coupon's code, a shipping method, a tax code.
    var code: String?
    var amount: ExactDecimal?
    var tax: ExactDecimal?
    /// In percent.
    var rate: ExactDecimal?

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("title", title)
        object.add("code", code)
        object.add("amount", amount)
        object.add("tax", tax)
        object.add("rate", rate?.shortestText)
        return object.json
    }
}

/// A refund as the order itself mentions it; the full refund is a payload of its own.
struct CanonicalRefund: Equatable {
    var id: String?
    var at: String?
    var reason: String?
    /// What went back to the buyer, positive.
    var amount: ExactDecimal?

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("id", id)
        object.add("at", at)
        object.add("reason", reason)
        object.add("amount", amount)
        return object.json
    }
}

/// A parcel.
struct CanonicalShipment: Equatable {
    var id: String?
    var at: String?
    var carrier: String?
    var trackingNumbers: [String] = []
    /// The platform's own words.
    var status: String?

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("id", id)
        object.add("at", at)
        object.add("carrier", carrier)
        object.add("trackingNumbers", trackingNumbers.map(JSONValue.string))
        object.add("status", status)
        return object.json
    }
}

/// A name and a value in the words of platform or merchant.
struct CanonicalPair: Equatable {
    let name: String
    let value: String

    /// nil if there is no value.
    init?(_ name: String, _ value: String?) {
        guard let value else { return nil }
        self.name = name
        self.value = value
    }
}

/// An object under construction that leaves out whatever has no value.
struct CanonicalObject {
    private var members: [JSONMember] = []

    var json: JSONValue { .object(members) }

    mutating func add(_ name: String, _ value: JSONValue?) {
        switch value {
        case nil, .null, .object([]), .array([]): return
        case .some(let value): members.append(JSONMember(name, value))
        }
    }

    mutating func add(_ name: String, _ text: String?) { add(name, text.map(JSONValue.string)) }

    mutating func add(_ name: String, _ flag: Bool?) { add(name, flag.map(JSONValue.bool)) }

    /// Amounts are strings, so that no reader on the way rounds them.
    mutating func add(_ name: String, _ amount: ExactDecimal?) { add(name, amount?.text) }

    /// Quantities are numbers.
    mutating func add(quantity name: String, _ quantity: ExactDecimal?) {
        add(name, quantity.map { JSONValue.number($0.shortestText) })
    }

    mutating func add(_ name: String, _ elements: [JSONValue]) {
        add(name, JSONValue.array(elements.filter { $0 != .object([]) }))
    }

    /// An object with one member for each pair; of several with one name the first counts.
    mutating func add(_ name: String, _ pairs: [CanonicalPair]) {
        var seen: Set<String> = []
        let unique = pairs.filter { seen.insert($0.name).inserted }
        add(name, JSONValue.object(unique.map { JSONMember($0.name, .string($0.value)) }))
    }
}
