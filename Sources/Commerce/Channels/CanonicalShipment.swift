import Bytes

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
