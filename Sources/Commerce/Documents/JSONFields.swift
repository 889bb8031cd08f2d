import Bytes

/// The members of a command's JSON object, read strictly: a name that is not known is a typing error, and an invoice
/// is no place to overlook one.
struct JSONFields {
    private let members: [String: JSONValue]
    let path: String

    init(_ json: Span<UInt8>, path: String, _ known: Set<String>) throws(Refusal) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: json) } catch {
            throw Refusal(.syntax, "not JSON at byte \(error.offset) of the object")
        }
        try self.init(value, path: path, known)
    }

    init(_ value: JSONValue, path: String, _ known: Set<String>) throws(Refusal) {
        guard let list = value.members else { throw .invalid(path, "must be an object") }
        var members: [String: JSONValue] = [:]
        for member in list {
            guard known.contains(member.name) else {
                throw .invalid(
                    "\(path).\(member.name.prefix(40))",
                    "is not known; known are \(known.sorted().joined(separator: ", "))")
            }
            if member.value != .null { members[member.name] = member.value }
        }
        self.members = members
        self.path = path
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func text(_ name: String, most: Int = 1_000) throws(Refusal) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.string, text.utf8.count <= most else {
            throw .invalid("\(path).\(name)", "must be a string of \(most) bytes at most")
        }
        return text.isEmpty ? nil : text
    }

    func bool(_ name: String) throws(Refusal) -> Bool? {
        guard let value = members[name] else { return nil }
        guard let bool = value.bool else { throw .invalid("\(path).\(name)", "must be true or false") }
        return bool
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let value = members[name] else { return nil }
        guard let text = value.exactText, let number = Int(text), range.contains(number) else {
            throw .invalid("\(path).\(name)", "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func decimal(_ name: String) throws(Refusal) -> Decimal64? {
        guard let value = members[name] else { return nil }
        guard let text = value.exactText, let decimal = Decimal64([UInt8](text.utf8).span) else {
            throw .invalid("\(path).\(name)", "must be a decimal such as \"19.95\"")
        }
        return decimal
    }

    /// An amount in minor units of the currency.
    func amount(_ name: String, currency: String) throws(Refusal) -> Int64? {
        guard let value = try decimal(name) else { return nil }
        do throws(EInvoiceError) { return try GrossOrder.amount(value, currency: currency) } catch {
            throw .invalid("\(path).\(name)", "must be an amount of \(currency) to the cent")
        }
    }

    func date(_ name: String) throws(Refusal) -> EInvoice.Date? {
        guard let text = try text(name) else { return nil }
        guard let date = EInvoice.Date(text) else {
            throw .invalid("\(path).\(name)", "must be a day such as 2026-03-01")
        }
        return date
    }

    func object(_ name: String, _ known: Set<String>) throws(Refusal) -> JSONFields? {
        guard let value = members[name] else { return nil }
        return try JSONFields(value, path: "\(path).\(name)", known)
    }

    func objects(_ name: String, _ known: Set<String>) throws(Refusal) -> [JSONFields]? {
        guard let value = members[name] else { return nil }
        guard let elements = value.array else { throw .invalid("\(path).\(name)", "must be a list") }
        var objects: [JSONFields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try JSONFields(element, path: "\(path).\(name)[\(index)]", known))
        }
        return objects
    }

    func texts(_ name: String) throws(Refusal) -> [String]? {
        guard let value = members[name] else { return nil }
        guard let elements = value.array, elements.allSatisfy({ ($0.string?.utf8.count ?? .max) <= 2_000 }) else {
            throw .invalid("\(path).\(name)", "must be a list of strings of 2000 bytes at most")
        }
        return elements.compactMap(\.string)
    }

    /// `{"value":…,"scheme":…}`, or the value alone.
    func identifier(_ name: String) throws(Refusal) -> EInvoice.Identifier? {
        guard let value = members[name] else { return nil }
        if value.string != nil { return try text(name).map { EInvoice.Identifier($0) } }
        guard let fields = try object(name, ["value", "scheme"]), let text = try fields.text("value") else {
            return nil
        }
        return EInvoice.Identifier(text, scheme: try fields.text("scheme"))
    }

    static let partyNames: Set<String> = [
        "name", "street", "additionalStreet", "city", "postalCode", "state", "country", "vatId",
        "registration", "electronicAddress", "contact",
    ]

    /// A seller or a recipient.
    func party() throws(Refusal) -> EInvoice.Party {
        var party = EInvoice.Party.blank
        try read(into: &party)
        return party
    }

    /// Overrides what is said here, and leaves the rest.
    func read(into party: inout EInvoice.Party) throws(Refusal) {
        if let name = try text("name") { party.name = name }
        if let street = try text("street") { party.address.street = street }
        if let street = try text("additionalStreet") { party.address.additionalStreet = street }
        if let city = try text("city") { party.address.city = city }
        if let code = try text("postalCode") { party.address.postalCode = code }
        if let state = try text("state") { party.address.subdivision = state }
        if let country = try text("country") { party.address.country = country.uppercased() }
        if let vatId = try text("vatId") { party.vatId = VATNumber.canonical(vatId, country: party.address.country) }
        if let registration = try identifier("registration") { party.legalRegistration = registration }
        if let address = try identifier("electronicAddress") { party.electronicAddress = address }
        if let contact = try object("contact", ["name", "phone", "email"]) {
            party.contact = EInvoice.Contact(
                name: try contact.text("name"), telephone: try contact.text("phone"),
                email: try contact.text("email"))
        }
    }
}

extension VATNumber {
    /// The canonical form of a valid number, prefix first; another text stays as it is.
    static func canonical(_ text: String, country: String) -> String {
        var output = ByteWriter(capacity: 32)
        let home = CountryCode([UInt8](country.utf8).span) ?? .unknown
        guard normalise([UInt8](text.utf8).span, country: home, into: &output) == .valid else { return text }
        return String(decoding: output.copyBytes(), as: UTF8.self)
    }

    static func isValid(_ text: String) -> Bool {
        var output = ByteWriter(capacity: 32)
        return normalise([UInt8](text.utf8).span, country: .unknown, into: &output) == .valid
    }
}

extension ByteWriter {
    /// A member with a text; nothing without one.
    mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ identifier: EInvoice.Identifier?) {
        guard let identifier else { return }
        key(name)
        openObject()
        member("value", identifier.value)
        member("scheme", identifier.scheme)
        closeObject()
    }

    /// Minor units as a decimal string.
    mutating func member(_ name: StaticString, amount: Int64, digits: UInt8) {
        key(name)
        decimal(Decimal64(units: amount, scale: digits))
    }

    mutating func members(of party: EInvoice.Party) {
        member("name", party.name)
        member("tradingName", party.tradingName)
        members(of: party.address)
        member("vatId", party.vatId)
        member("taxRegistration", party.taxRegistration)
        member("registration", party.legalRegistration)
        member("legalForm", party.legalForm)
        member("electronicAddress", party.electronicAddress)
        guard let contact = party.contact else { return }
        key("contact")
        openObject()
        member("name", contact.name)
        member("phone", contact.telephone)
        member("email", contact.email)
        closeObject()
    }

    mutating func members(of address: EInvoice.Address) {
        member("street", address.street)
        member("additionalStreet", address.additionalStreet)
        member("postalCode", address.postalCode)
        member("city", address.city)
        member("state", address.subdivision)
        member("country", address.country.isEmpty ? nil : address.country)
    }
}
