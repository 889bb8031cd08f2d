import Bytes

/// An address to write to, and through which channel it is known.
package struct MessageAddress: Sendable, Equatable {
    package let channel: String
    package let address: String
    package let name: String
}

/// What is known of an order for a message about it.
package struct MessageOrder: Sendable {
    package internal(set) var channel = ""
    package internal(set) var store = ""
    package internal(set) var number = ""
    package internal(set) var total = ""
    package internal(set) var currency = ""
    package internal(set) var status = "open"
    package internal(set) var date = ""
    package internal(set) var email = ""
    package internal(set) var language = ""
    package internal(set) var country = CountryCode.unknown
    /// Milliseconds; the order's own member `deliveredAt`.
    package internal(set) var deliveredAt: Int64?

    /// How replies name it.
    var name: String { store == "main" ? "\(channel):\(number)" : "\(channel)/\(store):\(number)" }
}

/// What is known of a customer, and of one order, for a message: gathered from the shards, judged by `OutboxState`.
package struct MessageFacts: Sendable {
    /// The profile through which the message goes: the order's, or the one that was named.
    package let profile: UInt32
    /// Number of the order in the directory plus one; zero without one.
    package let orderNumber: UInt32
    let order: MessageOrder?
    private let customer: JSONValue
    /// Addresses on the customer's profiles, the newest first.
    private let known: [MessageAddress]
    private let customerNumber: UInt32

    /// - Parameter parts: what all shards know of the customer.
    package init(
        profile: UInt32, orderNumber: UInt32, customerNumber: UInt32, parts: [DossierPart], order: MessageOrder?
    ) {
        self.profile = profile
        self.orderNumber = orderNumber
        self.customerNumber = customerNumber
        self.order = order
        var json = ByteWriter(capacity: 1_024)
        DossierWriter.customer(customerNumber, parts, into: &json)
        customer = Self.parse(json.span)
        known = Self.addresses(in: parts)
    }

    private static func parse(_ json: Span<UInt8>) -> JSONValue {
        do throws(JSONError) { return try JSONValue(parsing: json) } catch {
            preconditionFailure("a customer that was just written does not read: \(error)")
        }
    }

    private static func addresses(in parts: [DossierPart]) -> [MessageAddress] {
        var found: [(at: Int64, profile: UInt32, address: MessageAddress)] = []
        for part in parts {
            for candidate in part.candidates where candidate.field == .email {
                let source = parse(Array(part.bytes[candidate.source.range] + [UInt8(ascii: "}")]).span)
                let text = part.bytes.span.text(candidate.value.range)
                let address = MessageAddress(channel: source["channel"]?.string ?? "", address: text, name: "")
                found.append((candidate.at, candidate.profile, address))
            }
        }
        return found.sorted { ($0.at, $0.profile) > ($1.at, $1.profile) }.map(\.address)
    }

    /// How people name what it is about.
    package var subject: String { order.map { $0.name } ?? "C\(customerNumber)" }

    // MARK: To whom

    /// Where a message of the event may go, the best first: about an order to the address that came with it, else to the
    /// one that shows on the customer, else to any other.
    func addresses(for event: MessageEvent) -> [MessageAddress] {
        let name = customer["name"]?.string ?? ""
        if event.followsOrder, let order {
            var all = [MessageAddress(channel: order.channel, address: order.email, name: name)]
            if order.email.isEmpty { all = [] }
            // A marketplace's order is spoken of on the marketplace or not at all.
            guard !ChannelGate.of(order.channel).needsRelay else {
                return all.isEmpty ? [MessageAddress(channel: order.channel, address: "", name: name)] : all
            }
            if all.isEmpty, let shown { all.append(MessageAddress(channel: order.channel, address: shown, name: name)) }
            return all
        }
        var all: [MessageAddress] = []
        if let shown {
            let channel = known.first { $0.address.lowercased() == shown.lowercased() }?.channel ?? ""
            all.append(MessageAddress(channel: channel, address: shown, name: name))
        }
        for address in known {
            let named = MessageAddress(channel: address.channel, address: address.address, name: name)
            if !all.contains(named) { all.append(named) }
        }
        return all
    }

    private var shown: String? { customer["email"]?.string }

    // MARK: In which language

    /// What the channel of the order says, or what shows on the customer.
    var channelLanguage: LanguageTag? {
        if let order, let language = LanguageTag(order.language) { return language }
        return (customer["language"]?.string).flatMap { LanguageTag($0) }
    }

    /// Where the order goes, or the customer lives.
    var deliveryCountry: CountryCode {
        if let order, order.country.isKnown { return order.country }
        let text = customer.member("billing", "country")?.string ?? ""
        return CountryCode(Array(text.utf8).span) ?? .unknown
    }

    // MARK: What it says

    /// A value for every placeholder of the event.
    func values(for request: MessageRequest, shopName: String) throws(Refusal) -> [String: String] {
        var values = request.data
        let fields = Placeholder.all(of: request.event).filter(\.isData)
        for field in fields where !field.isOptional && (values[field.name] ?? "").isEmpty {
            throw .invalid(field.name, "is required for \(request.event.word): \(field.meaning)")
        }
        values["shop.name"] = shopName
        values["customer.number"] = "C\(customerNumber)"
        for name in ["name", "firstName", "lastName", "company"] {
            values["customer.\(name)"] = customer[name]?.string ?? ""
        }
        guard let order else { return values }
        values["order.number"] = order.number
        values["order.channel"] = order.channel
        values["order.store"] = order.store
        values["order.date"] = order.date
        values["order.total"] = order.total
        values["order.currency"] = order.currency
        values["order.status"] = order.status
        return values
    }

    /// What names a message whose sender named it not: all that it was asked for with. A repeat is then the same message.
    func identifier(of request: MessageRequest) -> String {
        var content = ByteWriter(capacity: 256)
        for (name, value) in request.data.sorted(by: { $0.key < $1.key }) {
            content.countedText(name)
            content.countedText(value)
        }
        content.countedText(request.language?.text ?? "")
        let hash = Hash64(seed: 0).hash(content.span)
        let subject = order.map { $0.name } ?? "profile \(profile + 1)"
        return "\(request.event.word) \(subject) \(String(hash, radix: 16))"
    }
}

extension ShardState {
    /// What a message may say about an order, and to whom it would go.
    package func messageOrder(row number: UInt32) -> MessageOrder {
        let row = orders[Int(number)]
        let bytes = record(of: row.record)
        let order = PackedRecord(bytes.span, OrderShape.kinds)
        let party = PartyRecord(records[variants[Int(row.variant)].record]).members
        let billing = PackedRecord(party[PartyShape.billing], AddressShape.members)
        let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.members)
        var facts = MessageOrder()
        facts.channel = party.text(PartyShape.channel)
        facts.store = party.text(PartyShape.store)
        facts.number = order.text(OrderShape.number)
        facts.currency = order.text(OrderShape.currency)
        facts.total = order.decimal(OrderShape.total).map(Self.text) ?? ""
        if order.has(OrderShape.status) { facts.status = order.text(OrderShape.status) }
        facts.date = order.moment(OrderShape.placedAt)?.dayText ?? ""
        facts.language = party.text(PartyShape.language)
        facts.email = party.text(PartyShape.email)
        for address in 0..<2 where facts.email.isEmpty {
            facts.email = address == 0 ? billing.text(AddressShape.email) : shipping.text(AddressShape.email)
        }
        facts.country =
            CountryCode(shipping[AddressShape.country]) ?? CountryCode(billing[AddressShape.country]) ?? .unknown
        facts.deliveredAt = Self.deliveredAt(order[OrderShape.extra]) ?? deliveredAt(order: number)
        return facts
    }

    private static func text(_ decimal: Decimal64) -> String {
        var output = ByteWriter(capacity: 32)
        output.decimal(decimal)
        return output.span.text.filter { $0 != "\"" }
    }

    /// When the last of its shipments arrived, in milliseconds; nil while none has.
    private func deliveredAt(order: UInt32) -> Int64? {
        orderFacts(of: order).filter { $0.kind == .shipment && !$0.isVoid }.compactMap(\.deliveredAt).max()?
            .milliseconds
    }

    /// The member that some channels and clients give, out of what no shape knows.
    private static func deliveredAt(_ extra: Span<UInt8>) -> Int64? {
        var object = ByteWriter(capacity: extra.count + 2)
        object.append(UInt8(ascii: "{"))
        object.append(extra)
        object.append(UInt8(ascii: "}"))
        do throws(JSONError) {
            let text = try JSONValue(parsing: object.span)["deliveredAt"]?.string ?? ""
            return Timestamp(rfc3339: Array(text.utf8).span)?.milliseconds
        } catch {
            return nil
        }
    }
}
