import Testing

/// People as shops see them: households, namesakes, fathers and sons, shared mailboxes; with slips of the pen, relays,
/// and accounts on some channels.
struct BuyerPopulation {
    /// What is in it, besides noise.
    struct Plan: Sendable, CustomTestStringConvertible {
        var name: String
        var households = 24
        /// Unlike people who share one e-mail address.
        var sharers = 0
        /// People of one family name in one postcode, at doors of their own: their block is retired.
        var neighbours = 0
        /// Bearers of one full name, all over the country.
        var namesakes = 0
        /// Orders whose e-mail, name and address are one firm's clerk.
        var repeats = 0
        /// Whether nothing but names and addresses is known of many.
        var isSparse = false

        var testDescription: String { name }

        init(_ name: String) { self.name = name }
    }

    struct Person {
        var first: String
        var last: String
        var birthDate: String?
        var email: String?
        var phone: String?
        var street: String
        var houseNumber: Int
        var postalCode: String
        var city: String
        /// Account numbers of the buyer on shopify.
        var accounts: [String] = []
        var relay = ""
    }

    /// Orders as JSON; each order number occurs once.
    private(set) var orders: [String] = []
    private var random: SeededGenerator
    private let plan: Plan
    private var personCount = 0

    private static let firsts = [
        "Jan", "Johanna", "Pieter", "Petra", "Sophie", "Thomas", "Hans", "Maria", "Ahmed", "Fatima", "Daan", "Emma",
    ]
    private static let lasts = [
        "Jansen", "de Vries", "Bakker", "Visser", "Müller", "Yilmaz", "van den Berg", "Koster", "Peeters", "Schröder",
    ]
    private static let streets = ["Dorpsstraat", "Keizersgracht", "Kerkweg", "Stationsplein", "Molenlaan"]
    private static let cities = ["Utrecht", "Amsterdam", "Gouda", "Ede"]

    init(_ plan: Plan, seed: UInt64) {
        self.plan = plan
        random = SeededGenerator(seed: seed)
        for _ in 0..<plan.households { for person in household() { orders(of: person) } }
        for _ in 0..<plan.sharers {
            var person = stranger()
            person.email = "bestelling@winkelketen.nl"
            orders(of: person)
        }
        for number in 0..<plan.neighbours {
            var person = stranger()
            person.last = "Hoekstra"
            person.postalCode = "8801 AB"
            person.city = "Franeker"
            person.houseNumber = number + 1
            orders(of: person)
        }
        for _ in 0..<plan.namesakes {
            var person = stranger()
            person.first = "Willem"
            person.last = "Mulder"
            orders(of: person)
        }
        for _ in 0..<plan.repeats {
            var person = stranger()
            (person.first, person.last) = ("Karin", "Postma")
            (person.street, person.houseNumber, person.postalCode) = ("Havenkade", 4, "3011 AA")
            (person.email, person.phone, person.birthDate) = ("k.postma@zeilmakers.nl", nil, nil)
            orders(of: person)
        }
    }

    // MARK: People

    private mutating func one<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func stranger() -> Person {
        personCount += 1
        var person = Person(
            first: one(Self.firsts), last: one(Self.lasts), street: one(Self.streets),
            houseNumber: Int.random(in: 1..<60, using: &random),
            postalCode: "\(Int.random(in: 1000..<1040, using: &random)) AB", city: one(Self.cities))
        if !oneIn(3) { person.email = "\(person.first.lowercased()).\(personCount)@ziggo.nl" }
        if !oneIn(3) { person.phone = "+316\(10_000_000 + personCount * 7_919)" }
        if oneIn(2) { person.birthDate = birthDate(oldest: 1940, youngest: 2004) }
        if oneIn(2) { person.accounts = ["\(personCount)"] }
        if oneIn(6) { person.accounts.append("\(personCount)-2") }
        if plan.isSparse, !oneIn(4) { (person.email, person.phone, person.accounts) = (nil, nil, []) }
        person.relay = "b\(personCount)x7@marketplace.amazon.nl"
        return person
    }

    private mutating func birthDate(oldest: Int, youngest: Int) -> String {
        let month = Int.random(in: 10...12, using: &random)
        let day = Int.random(in: 10...28, using: &random)
        return "\(Int.random(in: oldest...youngest, using: &random))-\(month)-\(day)"
    }

    private mutating func household() -> [Person] {
        let head = stranger()
        var members = [head]
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            var member = stranger()
            (member.last, member.street, member.houseNumber) = (head.last, head.street, head.houseNumber)
            (member.postalCode, member.city) = (head.postalCode, head.city)
            if oneIn(2) { member.phone = head.phone }
            if oneIn(4) { member.email = head.email }
            if oneIn(4) {
                // Father and son.
                member.first = head.first
                member.birthDate = birthDate(oldest: 1980, youngest: 2004)
                members[0].birthDate = birthDate(oldest: 1940, youngest: 1960)
            }
            members.append(member)
        }
        return members
    }

    // MARK: Orders

    private mutating func orders(of person: Person) {
        for _ in 0..<Int.random(in: 1...3, using: &random) { orders.append(order(of: person)) }
    }

    private mutating func order(of person: Person) -> String {
        var customer: [String] = []
        let channel = one(["shopify", "shopify", "amazon", "bol", "web"])
        if channel == "shopify", !person.accounts.isEmpty, !oneIn(3) {
            customer.append(#""ref":"\#(one(person.accounts))""#)
        }
        if channel == "amazon" {
            customer.append(#""email":"\#(person.relay)""#)
        } else if let email = person.email, !oneIn(3) {
            customer.append(#""email":"\#(oneIn(8) ? slip(in: email) : email)""#)
        }
        if let phone = person.phone, !oneIn(3) { customer.append(#""phone":"\#(phone)""#) }
        if let birthDate = person.birthDate, channel != "amazon", !oneIn(3) {
            customer.append(#""birthDate":"\#(birthDate)""#)
        }
        let first = oneIn(6) ? "\(person.first.prefix(1))." : oneIn(8) ? slip(in: person.first) : person.first
        let last = oneIn(8) ? slip(in: person.last) : person.last
        switch Int.random(in: 0..<24, using: &random) {
        case 0: customer.append(#""firstName":"\#(last)","lastName":"\#(first)""#)
        case 1: customer.append(#""lastName":"\#(last)""#)
        case 2: customer.append(#""firstName":"\#(last)""#)
        default: customer.append(#""firstName":"\#(first)","lastName":"\#(last)""#)
        }
        var parts = [#""customer":{\#(customer.joined(separator: ","))}"#]
        if plan.isSparse || !oneIn(5) { parts.append(#""billing":{\#(address(person))}"#) }
        if oneIn(6) { parts.append(#""shipping":{\#(address(stranger()))}"#) }
        return """
            {"channel":"\(channel)","number":"\(1000 + orders.count)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",
            "total":"1",\(parts.joined(separator: ","))}
            """
    }

    private mutating func address(_ person: Person) -> String {
        let street = oneIn(8) ? slip(in: person.street) : person.street
        return """
            "street":"\(street)","houseNumber":"\(person.houseNumber)","postalCode":"\(person.postalCode)",
            "city":"\(person.city)","country":"NL"
            """
    }

    /// A letter more, less or exchanged with the next.
    private mutating func slip(in text: String) -> String {
        var letters = Array(text)
        guard letters.count > 2 else { return text }
        let place = Int.random(in: 1..<(letters.count - 1), using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: letters.remove(at: place)
        case 1: letters.insert(letters[place], at: place)
        default: letters.swapAt(place, place + 1)
        }
        return String(letters)
    }
}
