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

/// A postal address with the person who lives there, who need not be the buyer.
struct CanonicalAddress: Equatable {
    var name: String?
    var firstName: String?
    var lastName: String?
    var salutation: String?
    var company: String?
    /// The street, with the house number in it unless the channel parts them.
    var street: String?
    var houseNumber: String?
    var houseNumberAddition: String?
    /// Further address lines in their order.
    var extraLines: [String] = []
    var postalCode: String?
    var city: String?
    var district: String?
    /// State, province or region: its code where the channel has one.
    var state: String?
    /// ISO 3166 alpha-2.
    var country: String?
    /// What the channel wrote, if that is no code.
    var countryName: String?
    var phone: String?
    var email: String?
    /// Set if this is a shop where the buyer fetches the parcel: the address of the shop, not of a person.
    var pickupPoint: String?
    /// `commercial`, `residential` or another word of the channel, in lower case.
    var kind: String?

    /// The full name as given, or put together.
    var fullName: String? {
        if let name { return name }
        let parts = [firstName, lastName].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    var json: JSONValue {
        var object = CanonicalObject()
        object.add("name", fullName)
        object.add("firstName", firstName)
        object.add("lastName", lastName)
        object.add("salutation", salutation)
        object.add("company", company)
        object.add("street", street)
        object.add("houseNumber", houseNumber)
        object.add("houseNumberAddition", houseNumberAddition)
        object.add("extraLines", extraLines.map(JSONValue.string))
        object.add("postalCode", postalCode)
        object.add("city", city)
        object.add("district", district)
        object.add("state", state)
        object.add("country", country)
        object.add("countryName", countryName)
        object.add("phone", phone)
        object.add("email", email)
        object.add("pickupPoint", pickupPoint)
        object.add("kind", kind)
        return object.json
    }

    /// nil instead of an address that says nothing.
    var unlessEmpty: CanonicalAddress? { self == CanonicalAddress() ? nil : self }

    /// Whether both name the same person at the same address; one may know more ways to reach them.
    func isSamePlace(as other: CanonicalAddress) -> Bool {
        var copy = self
        copy.phone = other.phone
        copy.email = other.email
        return copy == other
    }

    /// Sets the country from a code, or keeps the words where there is no code.
    mutating func setCountry(code: String?, name: String?) {
        let candidate = code ?? name
        let isLetter = { (byte: UInt8) in byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") }
        if let candidate, candidate.utf8.count == 2, candidate.utf8.allSatisfy(isLetter) {
            country = candidate.uppercased()
        } else {
            countryName = name ?? code
        }
    }
}

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
