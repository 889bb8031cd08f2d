import Bytes

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
        object.add("addition", houseNumberAddition)
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
