import Bytes

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
