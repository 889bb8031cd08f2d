/// What one channel says about one buyer, as small numbers: the workloads render it, the model matches it.
package struct SimulatedBuyer: Hashable, Sendable {
    package var channel: String
    package var store: String
    package var reference: Int?
    package var email: Int?
    package var phone: Int?
    package var address: Int?
    package var name: Int
    /// Its place in the list of buyers; stands in the JSON as `buyerMark`, so that no two have the same content.
    package var mark: Int

    private static let names = [("Anna", "Bakker"), ("Piet", "Jansen"), ("Hans", "Vermeulen"), ("Greta", "Zomer")]

    package init(mark: Int, _ generator: inout SeededGenerator) {
        self.mark = mark
        channel = ["shopify", "bol", "till"].randomElement(using: &generator) ?? "till"
        store = generator.oneIn(3) ? "second" : "main"
        func sometimes(_ chances: Int, _ count: Int) -> Int? {
            generator.oneIn(chances) ? Int.random(in: 0..<count, using: &generator) : nil
        }
        reference = sometimes(2, 6)
        email = sometimes(2, 8)
        phone = sometimes(3, 8)
        address = sometimes(3, 5)
        name = Int.random(in: 0..<Self.names.count, using: &generator)
    }

    /// The members of `customer`, without braces.
    package var personJSON: String {
        let (first, last) = Self.names[name]
        var members = ["\"firstName\":\"\(first)\",\"lastName\":\"\(last)\",\"buyerMark\":\"b\(mark)\""]
        if let reference { members.append("\"ref\":\"r-\(reference)\"") }
        if let email {
            let text = "klant\(email)@kaasboerderij.nl"
            members.append("\"email\":\"\(mark % 2 == 0 ? text : text.uppercased())\"")
        }
        if let phone { members.append("\"phone\":\"\(mark % 3 == 0 ? "+316" : "06")1234567\(phone)\"") }
        return members.joined(separator: ",")
    }

    /// The billing address; every buyer is in the Netherlands.
    package var billingJSON: String {
        guard let address else { return "{\"country\":\"NL\"}" }
        return
            "{\"street\":\"Dorpsstraat\",\"houseNumber\":\"\(address + 1)\",\"postalCode\":\"1234 AB\",\"city\":\"Hoorn\",\"country\":\"NL\"}"
    }

    /// The keys that tie, in words, within one shop.
    package var keys: [String] {
        var keys: [String] = []
        if let referenceKey { keys.append(referenceKey) }
        if let email { keys.append("email \(email)") }
        if let phone { keys.append("phone \(phone)") }
        if let address { keys.append("address \(address) of \(name)") }
        return keys
    }

    package var referenceKey: String? { reference.map { "ref \(channel)/\(store):\($0)" } }
}

/// One version of an order, document or profile, as a workload sends it. `mark` names the content: the same mark is the
/// same content, `updatedAt` apart.
package struct SimulatedWrite: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        case order(number: Int, cents: Int, currency: String)
        case profile
        /// Belongs to the order `number` of the buyer's channel and store, or straight to a customer.
        case document(number: Int, order: Int?, customer: Int?, cents: Int)
        case note(customer: Int)
    }

    package let mark: Int
    package let shop: String
    package let buyer: Int
    package let subject: Subject
    /// Seconds after an arbitrary day.
    package var updatedAt: Int?

    package init(mark: Int, shop: String, buyer: Int, subject: Subject, updatedAt: Int?) {
        self.mark = mark
        self.shop = shop
        self.buyer = buyer
        self.subject = subject
        self.updatedAt = updatedAt
    }

    /// Every `updatedAt` is before this, and the simulated clock after it; in milliseconds.
    package static let latestUpdate: Int64 = 1_771_000_000_000

    /// A second of January 2026, RFC 3339.
    static func time(_ seconds: Int) -> String {
        func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
        let day = 1 + seconds / 86_400
        return "2026-01-\(two(day))T\(two(seconds / 3_600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))Z"
    }

    /// The request line, without line feed.
    package func line(_ buyer: SimulatedBuyer, tag: String?) -> String {
        let tagged = tag.map { " tag=\($0)" } ?? ""
        let updated = updatedAt.map { ",\"updatedAt\":\"\(Self.time($0))\"" } ?? ""
        let source = "\"channel\":\"\(buyer.channel)\",\"store\":\"\(buyer.store)\""
        switch subject {
        case .order(let number, let cents, let currency):
            return
                "ORDER.PUT\(tagged) {\(source),\"number\":\"S-\(number)\",\"placedAt\":\"\(Self.time(number))\",\"currency\":\"\(currency)\",\"total\":\"\(Self.money(cents))\",\"mark\":\"m\(mark)\",\"customer\":{\(buyer.personJSON)},\"billing\":\(buyer.billingJSON)\(updated)}"
        case .profile:
            return
                "CUSTOMER.PUT\(tagged) {\(source),\(buyer.personJSON),\"billing\":\(buyer.billingJSON)\(updated)}"
        case .document(let number, let order, let customer, let cents):
            let owner =
                order.map { "\"order\":\"\(buyer.channel)/\(buyer.store):S-\($0)\"" }
                ?? "\"customer\":\"C\(customer ?? 1)\""
            return
                "DOCUMENT.PUT\(tagged) {\"kind\":\"invoice\",\"number\":\"INV-\(number)\",\(owner),\"total\":\"\(Self.money(cents))\",\"currency\":\"EUR\",\"mark\":\"m\(mark)\"\(updated)}"
        case .note(let customer): return "NOTE.ADD\(tagged) C\(customer) \"mark m\(mark).\""
        }
    }

    package static func money(_ cents: Int) -> String {
        "\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)"
    }
}
