import Bytes

/// Shopify's Admin REST API and webhooks, of all versions: orders, customers, lists of them, customer addresses.
///
/// The number of an order is its id and not its name ("#1001"): a shop may change the names' form and start again, so
/// two orders can share one; the name goes to `displayNumber`. Ids are taken from the gid (`gid://shopify/Order/…`)
/// if there is one: it is text, and bodies were seen whose numeric id had lost its last digits in somebody's double.
enum ShopifyPlatform: Platform {
    static let channel = "shopify"

    static func name(of fields: ChannelFields) -> String { id(of: fields) ?? "without id" }

    /// The exact id: the end of the gid, or else the numeric one.
    static func id(of fields: ChannelFields) -> String? {
        if let gid = fields.text("admin_graphql_api_id"), gid.hasPrefix("gid://shopify/"),
            let digits = gid.split(separator: "/").last, !digits.isEmpty, digits.allSatisfy(\.isNumber)
        {
            return String(digits)
        }
        return fields.id("id")
    }

    static func references(of fields: ChannelFields, _ names: [String]) -> [CanonicalPair] {
        names.compactMap { CanonicalPair($0, fields.text($0)) }
    }

    // MARK: Envelopes

    static func open(_ document: JSONValue) throws(ChannelError.Reason) -> PlatformPayload {
        if let elements = document.array { return try PlatformPayload.list(elements, path: "", classify) }
        // What has an id of its own is no envelope: an order holds `refunds` and a `customer` too.
        guard document.members != nil, document["id"] == nil else {
            return .single(try classify(ChannelFields(document)))
        }
        let envelope = ChannelFields(document)
        // They hold a customer, who must not be taken in by the very request to forget them.
        if envelope.has("shop_domain") { throw .notAnOrder("a privacy request or a notice about a shop") }
        if let orders = document["orders"]?.array {
            return try PlatformPayload.list(orders, path: "orders") { fields throws(ChannelError.Reason) in
                fields.isEmpty ? try classify(fields) : .order(fields)
            }
        }
        if let customers = document["customers"]?.array {
            return try PlatformPayload.list(customers, path: "customers") { fields throws(ChannelError.Reason) in
                fields.isEmpty ? try classify(fields) : .customer(fields)
            }
        }
        if let addresses = document["addresses"]?.array { return customers(having: addresses) }
        if let address = document["customer_address"] { return customers(having: [address]) }
        if envelope.holds("order") { return .single(.order(envelope.fields("order"))) }
        if envelope.holds("customer"), !envelope.has("line_items") {
            return .single(.customer(envelope.fields("customer")))
        }
        for name in ["refunds", "fulfillments", "transactions"] {
            guard let updates = document[name]?.array else { continue }
            return try PlatformPayload.list(updates, path: name, classify)
        }
        for name in ["refund", "fulfillment", "transaction"] where envelope.holds(name) {
            return .single(try classify(envelope.fields(name)))
        }
        for (name, what) in otherEnvelopes where envelope.has(name) { throw .notAnOrder(what) }
        return .single(try classify(envelope))
    }

    private static let otherEnvelopes = [
        ("draft_order", "a draft order"), ("draft_orders", "a list of draft orders"),
        ("checkout", "an abandoned checkout"), ("checkouts", "a list of abandoned checkouts"),
        ("fulfillment_order", "a fulfillment order"), ("fulfillment_orders", "a list of fulfillment orders"),
        ("return", "a return"), ("product", "a product"), ("products", "a list of products"), ("shop", "a shop"),
        ("count", "a count"), ("errors", "an error answer"), ("error", "an error answer"),
        ("data", "a GraphQL answer; the REST form is read here"),
    ]

    /// Tells an object without envelope (a webhook's body) by its members.
    private static func classify(_ fields: ChannelFields) throws(ChannelError.Reason) -> PlatformPayload.Part {
        guard let members = fields.value.members else { throw .notAnOrder("a bare value") }
        if members.isEmpty { throw .notAnOrder("an empty object") }
        if members.count == 1, fields.has("id") { throw .notAnOrder("a deletion notice, which carries an id only") }
        if fields.has("invoice_sent_at", "draft_order_id") && !fields.has("order_number") {
            throw .notAnOrder("a draft order")
        }
        if fields.has("abandoned_checkout_url") || fields.hasAll("completed_at", "cart_token") {
            throw .notAnOrder("an abandoned checkout")
        }
        if fields.has("refund_line_items") {
            guard fields.has("id") else { throw .notAnOrder("a refund calculation, which pays nothing back") }
            return .update(fields)
        }
        if fields.hasAll("kind", "gateway") || fields.has("tracking_numbers", "tracking_company") {
            return .update(fields)
        }
        if fields.has("return_line_items") { throw .notAnOrder("a return") }
        if fields.has("line_items", "total_price", "order_number", "financial_status") { return .order(fields) }
        if fields.has("variants") { throw .notAnOrder("a product") }
        if fields.has("myshopify_domain") { throw .notAnOrder("a notice about a shop") }
        if fields.hasAll("customer_id", "address1") { return .customer(ofAddress(fields.value)) }
        if fields.has("orders_count", "verified_email", "first_name", "last_name", "email", "default_address") {
            return .customer(fields)
        }
        throw .notAnOrder(fields.unknown)
    }

    // MARK: Addresses on their own

    /// One customer for each id that the addresses name, in the order of their first address.
    private static func customers(having addresses: [JSONValue]) -> PlatformPayload {
        var ids: [JSONValue] = []
        var groups: [String: [JSONValue]] = [:]
        for address in addresses {
            let id = address["customer_id"] ?? .null
            if groups[id.oneLine] == nil { ids.append(id) }
            groups[id.oneLine, default: []].append(address)
        }
        let parts = ids.map { id in
            let members = [JSONMember("id", id), JSONMember("addresses", .array(groups[id.oneLine] ?? []))]
            return PlatformPayload.Part.customer(ChannelFields(.object(members)))
        }
        return PlatformPayload(isList: ids.count > 1, parts: parts)
    }

    private static func ofAddress(_ address: JSONValue) -> ChannelFields {
        let members = [JSONMember("id", address["customer_id"] ?? .null), JSONMember("addresses", .array([address]))]
        return ChannelFields(.object(members))
    }

    // MARK: Customers

    static func profile(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalProfile {
        var party = party(fields)
        party.ref = try id(of: fields).required(fields.path("id"))
        var profile = CanonicalProfile(channel: channel, store: store, party: party)
        profile.createdAt = fields.timeText("created_at")
        profile.updatedAt = try fields.time("updated_at")
        profile.note = fields.text("note")
        profile.tags = fields.text("tags")
        return profile
    }

    /// What a customer object tells, in a profile as in an order.
    static func party(_ fields: ChannelFields) -> CanonicalParty {
        var party = CanonicalParty()
        party.ref = id(of: fields)
        party.email = fields.text("email")
        party.phone = fields.text("phone")
        party.firstName = fields.text("first_name")
        party.lastName = fields.text("last_name")
        party.isTaxExempt = fields.flag("tax_exempt").flatMap { $0 ? true : nil }
        party.language = fields.text("locale")
        party.references = references(of: fields, ["id", "admin_graphql_api_id"])
        var addresses = fields.list("addresses")
        let standard = fields.fields("default_address")
        if !standard.isEmpty, !addresses.contains(where: { $0.text("id") == standard.text("id") }) {
            addresses.append(standard)
        }
        party.addresses = addresses.compactMap(address)
        party.company = party.addresses.lazy.compactMap(\.company).first
        let attributes = pairs(fields.list("note_attributes")) + pairs(fields.list("metafields"))
        party.vatId = CompanyIdentifiers.vatId(in: attributes)
        party.registrationNumber = CompanyIdentifiers.registrationNumber(in: attributes)
        return party
    }

    /// Names and values of note attributes, properties or metafields.
    static func pairs(_ list: [ChannelFields]) -> [CanonicalPair] {
        list.compactMap { pair in
            pair.text("name", "key").flatMap { CanonicalPair($0, pair.text("value")) }
        }
    }

    static func address(_ fields: ChannelFields) -> CanonicalAddress? {
        var address = CanonicalAddress()
        address.name = fields.text("name")
        address.firstName = fields.text("first_name")
        address.lastName = fields.text("last_name")
        address.company = fields.text("company")
        address.street = fields.text("address1")
        address.extraLines = [fields.text("address2")].compactMap(\.self)
        address.postalCode = fields.text("zip")
        address.city = fields.text("city")
        address.state = fields.text("province_code", "province")
        address.setCountry(code: fields.text("country_code"), name: fields.text("country", "country_name"))
        address.phone = fields.text("phone")
        return address.unlessEmpty
    }
}
