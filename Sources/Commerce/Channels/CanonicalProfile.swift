import Bytes

/// A customer without an order, in the form of CUSTOMER.PUT: the members of a party, `channel`, `store`, `updatedAt`,
/// `createdAt`, `note` and `tags`.
struct CanonicalProfile: Equatable {
    var channel: String
    var store: String
    var party: CanonicalParty
    var createdAt: String?
    var updatedAt: ChannelTime?
    var note: String?
    var tags: String?

    init(channel: String, store: String, party: CanonicalParty) {
        self.channel = channel
        self.store = store
        self.party = party
    }

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("channel", channel)
        object.add("store", store)
        party.add(to: &object)
        object.add("createdAt", createdAt)
        object.add("updatedAt", updatedAt?.text)
        object.add("note", note)
        object.add("tags", tags)
        return object.json
    }
}
