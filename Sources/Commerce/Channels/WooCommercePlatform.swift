import Bytes

/// WooCommerce's REST API v3 and webhooks: orders, customers, lists of them, and the customers of its analytics.
///
/// Times are taken from the `*_gmt` members, which are UTC without saying so; a local time without its twin is marked
/// by `placedAtZoneKnown`. The number is `number`, which plugins may make different from `id`. Line amounts never include
/// tax, whatever the shop's `prices_include_tax` says about its catalogue.
enum WooCommercePlatform: Platform {
    static let channel = "woocommerce"

    static func name(of fields: ChannelFields) -> String { fields.text("number", "id") ?? "without number" }

    // MARK: Envelopes

    static func open(_ document: JSONValue) throws(ChannelError.Reason) -> PlatformPayload {
        let body = unwrapped(document)
        if let elements = body.array { return try PlatformPayload.list(elements, path: "", classify) }
        guard body.members != nil else { throw .notAnOrder("a bare value") }
        for name in ["orders", "customers"] {
            if let elements = body[name]?.array, body["id"] == nil {
                return try PlatformPayload.list(elements, path: name, classify)
            }
        }
        // The answer of a batch; what was deleted is gone.
        let batch = ["create", "update"].compactMap { body[$0]?.array }
        if !batch.isEmpty { return try PlatformPayload.list(batch.flatMap(\.self), path: "", classify) }
        for name in ["order", "customer"] where body[name]?.members != nil && body["id"] == nil {
            return .single(try classify(ChannelFields(body).fields(name)))
        }
        return .single(try classify(ChannelFields(body)))
    }

    /// The body inside what proxies and recorders put around it: `data` of the Jetpack tunnel, `response.jsonBody` of
    /// a recorded answer.
    private static func unwrapped(_ document: JSONValue) -> JSONValue {
        var body = document
        while body["id"] == nil, body["code"] == nil {
            let inner = body.member("response", "jsonBody") ?? body["data"] ?? body["body"]
            guard let inner, inner.members != nil || inner.array != nil else { return body }
            body = inner
        }
        return body
    }

    private static func classify(_ fields: ChannelFields) throws(ChannelError.Reason) -> PlatformPayload.Part {
        guard let members = fields.value.members else { throw .notAnOrder("a bare value") }
        if members.isEmpty { throw .notAnOrder("an empty object") }
        if fields.hasAll("code", "message") || fields.hasAll("error", "message") {
            throw .notAnOrder("an error answer")
        }
        if fields.has("refunded_by", "refunded_payment") || (fields.has("amount") && !fields.has("total")) {
            return .update(fields)
        }
        if fields.has("line_items", "order_key", "payment_method") || fields.hasAll("number", "total") {
            return .order(fields)
        }
        if fields.has("delivery_url", "webhook_id") { throw .notAnOrder("a webhook's settings") }
        if fields.hasAll("rate", "country") { throw .notAnOrder("a tax rate") }
        if fields.hasAll("note", "customer_note") { throw .notAnOrder("an order note") }
        if fields.has("regular_price", "catalog_visibility") { throw .notAnOrder("a product") }
        if fields.has("discount_type") { throw .notAnOrder("a coupon") }
        if members.count == 1, fields.has("id") { throw .notAnOrder("a deletion notice, which carries an id only") }
        if fields.has("billing", "username", "user_id", "orders_count", "role", "email") { return .customer(fields) }
        throw .notAnOrder(fields.unknown)
    }

    // MARK: Customers

    /// A customer of the shop, or a row of the analytics, which has the address's parts at its top level and knows
    /// guests by their e-mail only: such a profile's ref is `guest:` and the address.
    static func profile(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalProfile {
        var party = CanonicalParty()
        party.email = fields.text("email") ?? fields.fields("billing").text("email")
        party.ref = try ref(fields, email: party.email)
        party.firstName = fields.text("first_name")
        party.lastName = fields.text("last_name")
        party.name = fields.text("name", "display_name")
        let billing = address(fields.fields("billing"))
        let shipping = address(fields.fields("shipping"))
        party.addresses = [billing, shipping].compactMap(\.self)
        if party.addresses.isEmpty { party.addresses = [address(fields)].compactMap(\.self) }
        if let billing, let shipping, shipping.isSamePlace(as: billing) { party.addresses = [billing] }
        party.phone = billing?.phone
        party.otherEmails = [billing?.email].compactMap(\.self)
        party.company = billing?.company
        party.takeNames(from: billing ?? shipping)
        party.references = [CanonicalPair("username", fields.text("username"))].compactMap(\.self)
        readCompany(fields, into: &party)
        var profile = CanonicalProfile(channel: channel, store: store, party: party)
        profile.createdAt = fields.timeText(
            "date_created_gmt", "date_registered_gmt", "date_created", "date_registered")
        profile.updatedAt = try fields.time("date_modified_gmt", "date_modified")
        return profile
    }

    private static func ref(_ fields: ChannelFields, email: String?) throws(ChannelError.Reason) -> String {
        if !fields.has("user_id"), let id = fields.id("id") { return id }
        if let id = fields.id("user_id") { return id }
        if let email { return "guest:\(email.lowercased())" }
        throw .missingField(fields.path("id"))
    }

    /// VAT id, register number and language, which plugins keep in `meta_data` or beside the address.
    static func readCompany(_ fields: ChannelFields, into party: inout CanonicalParty) {
        let attributes = attributes(of: fields)
        party.vatId = CompanyIdentifiers.vatId(in: attributes)
        party.registrationNumber = CompanyIdentifiers.registrationNumber(in: attributes)
        party.language = attributes.first { ["wpml_language", "language", "locale"].contains($0.name) }?.value
        if attributes.contains(where: { $0.name == "is_vat_exempt" && $0.value.lowercased() == "yes" }) {
            party.isTaxExempt = true
        }
    }

    private static func attributes(of fields: ChannelFields) -> [CanonicalPair] {
        let meta = fields.list("meta_data").compactMap { entry in
            entry.text("key").flatMap { CanonicalPair($0, entry.text("value")) }
        }
        let billing = (fields.fields("billing").value.members ?? []).compactMap {
            CanonicalPair($0.name, $0.value.exactText)
        }
        return meta + billing.filter { !$0.value.isEmpty }
    }

    static func address(_ fields: ChannelFields) -> CanonicalAddress? {
        var address = CanonicalAddress()
        address.firstName = fields.text("first_name")
        address.lastName = fields.text("last_name")
        address.company = fields.text("company")
        address.street = fields.text("address_1")
        address.extraLines = [fields.text("address_2")].compactMap(\.self)
        address.postalCode = fields.text("postcode")
        address.city = fields.text("city")
        address.state = fields.text("state")
        address.setCountry(code: fields.text("country"), name: nil)
        address.phone = fields.text("phone")
        address.email = fields.text("email")
        return address.unlessEmpty
    }
}
