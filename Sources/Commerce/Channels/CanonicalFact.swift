import Bytes

/// Something that happened to an order, in the form of ORDER.SHIP, ORDER.RETURN and the others (see `FactKind`).
struct CanonicalFact {
    let kind: FactKind
    /// The number of the order on its channel.
    let order: String
    private var object = CanonicalObject()

    /// - Parameters:
    ///   - id: the platform's own id of it; nil to be named by what it says.
    ///   - told: the moment by which tellings of it are ordered; nil if the platform gave none.
    ///   - isReduced: a list that leaves members out: it gives way to a full telling of the same moment.
    init(_ kind: FactKind, of order: String, id: String?, told: ChannelTime?, isReduced: Bool = false) {
        self.kind = kind
        self.order = order
        object.add("id", id)
        // What names no moment gives way to whatever does.
        let time = told.flatMap { isReduced ? $0.justBefore : $0 } ?? ChannelTime("1970-01-01T00:00:00Z")
        object.add("updatedAt", time?.text)
    }

    mutating func add(_ name: String, _ text: String?) { object.add(name, text) }
    mutating func add(_ name: String, _ time: ChannelTime?) { object.add(name, time?.text) }
    mutating func add(_ name: String, _ amount: ExactDecimal?) { object.add(name, amount) }
    mutating func add(_ name: String, _ flag: Bool?) { object.add(name, flag) }
    mutating func add(lines: [CanonicalFactLine]) { object.add("lines", lines.map(\.json)) }

    var json: JSONValue { object.json }
}

/// An article of a fact.
struct CanonicalFactLine {
    /// The platform's id of the order's line.
    var line: String?
    var sku: String?
    /// Nil for all of the line.
    var quantity: ExactDecimal?
    /// `announced`, `received` or `cancelled`.
    var state: String?
    var reason: String?
    var receivedAt: ChannelTime?

    fileprivate var json: JSONValue {
        var object = CanonicalObject()
        guard line != nil || sku != nil else { return object.json }
        object.add("line", line)
        object.add("sku", sku)
        object.add(quantity: "quantity", quantity)
        object.add("state", state)
        object.add("reason", reason)
        object.add("receivedAt", receivedAt?.text)
        return object.json
    }
}
