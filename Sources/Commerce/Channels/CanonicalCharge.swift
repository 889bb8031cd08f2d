import Bytes

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
