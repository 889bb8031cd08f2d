import Bytes

/// Who bought, as one channel tells it: the `customer` of an order, and most of a profile.
struct CanonicalParty: Equatable {
    /// The channel's id of the customer; nil for guests and for channels that have none (Amazon, bol.com).
    var ref: String?
    var email: String?
    /// Further addresses of the same payload that may be this person's or somebody else's: they identify less.
    var otherEmails: [String] = []
    var phone: String?
    var otherPhones: [String] = []
    var firstName: String?
    var lastName: String?
    /// Full name, where the channel does not part it.
    var name: String?
    var salutation: String?
    var company: String?
    /// As typed by the buyer, valid or not.
    var vatId: String?
    /// Number in the trade register (KvK, ondernemingsnummer, IČ).
    var registrationNumber: String?
    /// BCP 47.
    var language: String?
    var isTaxExempt: Bool?
    var references: [CanonicalPair] = []
    /// Addresses of the customer's account, beside those of the order.
    var addresses: [CanonicalAddress] = []

    var json: JSONValue {
        var object = CanonicalObject()
        add(to: &object)
        return object.json
    }

    func add(to object: inout CanonicalObject) {
        object.add("ref", ref)
        object.add("email", email)
        object.add("otherEmails", Self.unique(otherEmails, besides: email))
        object.add("phone", phone)
        object.add("otherPhones", Self.unique(otherPhones, besides: phone))
        object.add("firstName", firstName)
        object.add("lastName", lastName)
        if firstName == nil && lastName == nil { object.add("name", name) }
        object.add("salutation", salutation)
        object.add("company", company)
        object.add("vatId", vatId)
        object.add("registrationNumber", registrationNumber)
        object.add("language", language?.replacing("_", with: "-"))
        object.add("taxExempt", isTaxExempt)
        object.add("references", references)
        object.add("addresses", addresses.map(\.json))
    }

    private static func unique(_ values: [String], besides first: String?) -> [JSONValue] {
        var seen: Set<String> = [first?.lowercased() ?? ""]
        return values.filter { seen.insert($0.lowercased()).inserted }.map(JSONValue.string)
    }

    /// Takes the person's names from an address, if the party has none of its own.
    mutating func takeNames(from address: CanonicalAddress?) {
        guard let address, firstName == nil, lastName == nil, name == nil else { return }
        firstName = address.firstName
        lastName = address.lastName
        name = address.name
    }
}
