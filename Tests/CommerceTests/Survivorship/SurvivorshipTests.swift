import Bytes
import Testing

@testable import Commerce

/// What shows on a customer who is made of these variants.
enum Display {
    /// - Parameter variants: members of a profile each, with `channel`, `ref` and `updatedAt` put in front: the variant's
    ///   number is the day of January 2026 on which it was true, unless `days` says otherwise.
    static func customer(
        _ variants: [String], days: [Int]? = nil, channels: [String]? = nil, arrival: [Int]? = nil, shards: Int = 1
    ) throws -> JSONValue {
        var world = DirectoryWorld(shards: shards)
        for index in arrival ?? Array(variants.indices) {
            let day = days?[index] ?? index + 1
            let channel = channels?[index] ?? "shop"
            let more = variants[index].isEmpty ? "" : "," + variants[index]
            _ = try world.profile(
                #"{"channel":"\#(channel)","ref":"r\#(index)","updatedAt":"2026-01-\#(day < 10 ? "0" : "")\#(day)T00:00:00Z"\#(more)}"#,
                shop: "main", now: 5_000)
        }
        return try customer(in: world)
    }

    /// All profiles of a world as one customer, whether or not anything ties them.
    static func customer(in world: borrowing DirectoryWorld) throws -> JSONValue {
        let profiles = Array(0..<UInt32(world.directory.profiles.count))
        var parts: [DossierPart] = []
        for shard in world.shards.indices {
            parts.append(
                world.shards[shard].dossierPart(of: profiles.filter { world.directory.shard(of: $0) == shard }))
        }
        var writer = ByteWriter()
        CustomerWriter(parts).write(1, isWhole: true, into: &writer)
        return try JSONValue(writer.span.text)
    }
}

@Suite struct SurvivorshipTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let variants: [String]
        let field: String
        let value: String
        let rule: String

        init(_ what: String, _ variants: [String], _ field: String, _ value: String, _ rule: String = "newest") {
            self.what = what
            self.variants = variants
            self.field = field
            self.value = value
            self.rule = rule
        }

        var testDescription: String { what }
    }

    /// Oldest variant first.
    static let rows = [
        Row("the newest e-mail", [#""email":"a@jansen.nl""#, #""email":"b@jansen.nl""#], "email", "b@jansen.nl"),
        Row(
            "a relay hides no real e-mail", [#""email":"a@jansen.nl""#, #""email":"x1@marketplace.amazon.nl""#],
            "email", "a@jansen.nl"),
        Row(
            "a relay is better than a placeholder",
            [#""email":"x1@marketplace.amazon.nl""#, #""email":"none@none""#], "email", "x1@marketplace.amazon.nl"),
        Row(
            "the sender's own address is worthless",
            [#""email":"x1@marketplace.amazon.nl""#, #""email":"noreply@shop.nl""#],
            "email", "x1@marketplace.amazon.nl"),
        Row("only junk: the newest junk", [#""email":"none""#, #""email":"n/a""#], "email", "n/a"),
        Row(
            "the log-in before correspondence",
            [#""email":"login@jansen.nl","billing":{"email":"post@jansen.nl","city":"Ede","country":"NL"}"#], "email",
            "login@jansen.nl"),
        Row(
            "correspondence where the log-in is scrambled",
            [#""email":"x1@marketplace.amazon.nl","billing":{"email":"post@jansen.nl"}"#], "email",
            "post@jansen.nl"),
        Row(
            "an invalid phone hides no valid one", [#""phone":"+31612345678""#, #""phone":"12""#], "phone",
            "+31612345678"),
        Row(
            "a placeholder phone neither", [#""phone":"+31612345678""#, #""phone":"0000000000""#], "phone",
            "+31612345678"),
        Row(
            "a national phone is read with the address's country",
            [#""phone":"+31612345678""#, #""phone":"0687654321","billing":{"country":"NL"}"#], "phone", "0687654321"),
        Row(
            "an invalid VAT id hides no valid one", [#""vatId":"NL804124188B01""#, #""vatId":"NL123""#], "vatId",
            "NL804124188B01"),
        Row("the company that says something", [#""company":"Tea B.V.""#, #""company":"n/a""#], "company", "Tea B.V."),
        Row(
            "initials do not displace the name",
            [#""firstName":"Anna","lastName":"de Vries""#, #""firstName":"A.","lastName":"de Vries""#], "firstName",
            "Anna", "most-complete"),
        Row(
            "a full name in one field neither",
            [#""firstName":"Anna","lastName":"de Vries""#, #""name":"A. de Vries""#],
            "name", "Anna de Vries", "most-complete"),
        Row(
            "nor in the order of a card index", [#""name":"Anna de Vries""#, #""name":"Vries, A. de""#], "name",
            "Anna de Vries", "most-complete"),
        Row(
            "nor with a title", [#""name":"Anna de Vries""#, #""name":"mevr. A. de Vries""#], "name", "Anna de Vries",
            "most-complete"),
        Row(
            "nor without its particle", [#""name":"Anna de Vries""#, #""name":"A Vries""#], "name", "Anna de Vries",
            "most-complete"),
        Row(
            "nor the family name alone", [#""name":"Anna de Vries""#, #""lastName":"Vries""#], "name", "Anna de Vries",
            "most-complete"),
        Row(
            "nor the first name alone", [#""name":"Anna de Vries""#, #""firstName":"Anna""#], "name", "Anna de Vries",
            "most-complete"),
        Row(
            "two fields before one, the words being equal",
            [#""firstName":"Anna","lastName":"de Vries""#, #""name":"Anna de Vries""#], "lastName", "de Vries",
            "most-complete"),
        Row(
            "more is more", [#""name":"Anna Vries""#, #""name":"Anna Maria de Vries""#], "name", "Anna Maria de Vries"),
        Row(
            "another initial is another name", [#""name":"Anna de Vries""#, #""name":"B. de Vries""#], "name",
            "B. de Vries"),
        Row("another family name too", [#""name":"Anna de Vries""#, #""name":"Anna Bakker""#], "name", "Anna Bakker"),
        Row(
            "a double name that was shortened at its end",
            [#""name":"Anna Bakker-de Vries""#, #""name":"Anna Bakker""#],
            "name", "Anna Bakker"),
        Row(
            "of two fuller names the newer",
            [#""name":"Anna de Vries""#, #""name":"Anneke de Vries""#, #""name":"A. de Vries""#], "name",
            "Anneke de Vries", "most-complete"),
        Row(
            "from initial to name to names",
            [#""name":"Anna Maria de Vries""#, #""name":"Anna de Vries""#, #""name":"A. de Vries""#], "name",
            "Anna Maria de Vries", "most-complete"),
        Row(
            "what lies between does not come back",
            [#""name":"Anna de Vries""#, #""name":"Bert Smit""#], "name", "Bert Smit"),
        Row("a placeholder is no name", [#""name":"Anna de Vries""#, #""name":"Guest""#], "name", "Anna de Vries"),
        Row(
            "the name of the billing address where there is no other",
            [#""billing":{"firstName":"Anna","lastName":"de Vries","city":"Ede"}"#], "firstName", "Anna"),
        Row(
            "and where that one is none",
            [#""name":"Guest","billing":{"firstName":"Anna","lastName":"de Vries","city":"Ede"}"#], "lastName",
            "de Vries"),
        Row("languages have no spelling", [#""language":"nl""#, #""language":"de""#], "language", "de"),
    ]

    @Test(arguments: rows) func showsWhatTheRuleSays(_ row: Row) throws {
        let customer = try Display.customer(row.variants)
        #expect(customer[row.field]?.string == row.value)
        #expect(customer.member("sources", row.field, "rule")?.string == row.rule)
    }

    struct Place: Sendable, CustomTestStringConvertible {
        let what: String
        let older: String
        let newer: String
        let newerWins: Bool
        var rule = "most-complete"

        var testDescription: String { what }
    }

    private static let full =
        #""street":"Keizersgracht","houseNumber":"12-2","postalCode":"1015 KD","city":"Amsterdam","country":"NL""#

    static let places = [
        Place(
            what: "no number", older: full, newer: #""street":"Keizersgracht","postalCode":"1015KD","country":"NL""#,
            newerWins: false),
        Place(
            what: "no postcode, no country", older: full, newer: #""street":"Keizersgracht 12-2","city":"Amsterdam""#,
            newerWins: false),
        Place(
            what: "an abbreviation that is not known", older: full,
            newer: #""street":"Keizersgr. 12-2","city":"Amsterdam","country":"NL""#, newerWins: true),
        Place(
            what: "street and city only", older: full,
            newer: #""street":"KEIZERSGRACHT","city":"amsterdam","country":"nl""#, newerWins: false),
        Place(
            what: "postcode and number only", older: full,
            newer: #""houseNumber":"12 - 2","postalCode":"1015kd","country":"NL""#, newerWins: false),
        Place(
            what: "the same in other words", older: full,
            newer: #""street":"Keizersgracht 12-2","postalCode":"1015KD","city":"Amsterdam","country":"NL""#,
            newerWins: true),
        Place(
            what: "another number", older: full, newer: #""street":"Keizersgracht 14","country":"NL""#, newerWins: true),
        Place(
            what: "another street", older: full, newer: #""street":"Damrak","city":"Amsterdam","country":"NL""#,
            newerWins: true),
        Place(
            what: "another country", older: full, newer: #""street":"Keizersgracht","city":"Amsterdam","country":"BE""#,
            newerWins: true),
        Place(
            what: "a city alone is no place", older: full, newer: #""city":"Amsterdam","country":"NL""#,
            newerWins: false, rule: "newest"
        ),
        Place(
            what: "a country alone even less", older: #""city":"Ede","country":"NL""#, newer: #""country":"NL""#,
            newerWins: false, rule: "newest"),
        Place(what: "more than before", older: #""street":"Damrak","country":"NL""#, newer: full, newerWins: true),
    ]

    @Test(arguments: places) func keepsTheFullerAddress(_ place: Place) throws {
        let customer = try Display.customer([#""billing":{\#(place.older)}"#, #""billing":{\#(place.newer)}"#])
        let expected = try JSONValue("{\(place.newerWins ? place.newer : place.older)}")
        #expect(customer["billing"]?.sorted == expected.sorted)
        #expect(
            customer.member("sources", "billing", "rule")?.string == (place.newerWins ? "newest" : place.rule))
    }

    @Test func namesComeFromOneSource() throws {
        let customer = try Display.customer([
            #""firstName":"Anna","lastName":"de Vries","name":"Anna de Vries""#, #""name":"Bert Smit""#,
        ])
        #expect(customer["name"]?.string == "Bert Smit")
        #expect(customer["firstName"] == nil && customer["lastName"] == nil)
        #expect(customer.member("sources", "firstName") == nil)
    }

    // MARK: Sources

    @Test func tellsChannelStoreOrderProfileAndTime() throws {
        var world = DirectoryWorld(shards: 1)
        func order(_ number: String, _ store: String, _ day: Int, _ customer: String) -> String {
            #"{"channel":"web","store":"\#(store)","number":"\#(number)","placedAt":"2026-01-0\#(day)T00:00:00Z","currency":"EUR","total":"1","customer":{\#(customer)}}"#
        }
        _ = try world.order(order("1", "main", 1, #""email":"a@jansen.nl","language":"nl""#), shop: "main", now: 10)
        _ = try world.order(order("2", "main", 2, #""email":"a@jansen.nl","language":"nl""#), shop: "main", now: 11)
        _ = try world.order(order("3", "two", 3, #""phone":"+31612345678""#), shop: "main", now: 12)
        _ = try world.profile(
            #"{"channel":"crm","ref":"7","company":"Tea","updatedAt":"2026-01-04T00:00:00Z"}"#, shop: "main", now: 13)
        let sources = try Display.customer(in: world)["sources"]
        // The first order that carries the value, and the newest moment at which it was said.
        let expected = [
            "email":
                #"{"channel":"web","store":"main","order":"web:1","profile":"C1","at":"2026-01-02T00:00:00Z","rule":"newest"}"#,
            "phone":
                #"{"channel":"web","store":"two","order":"web/two:3","profile":"C2","at":"2026-01-03T00:00:00Z","rule":"newest"}"#,
            "company": #"{"channel":"crm","store":"main","profile":"C3","at":"2026-01-04T00:00:00Z","rule":"newest"}"#,
        ]
        for (field, source) in expected { #expect(sources?[field] == (try JSONValue(source)), "\(field)") }
    }

    /// The order of a variant is found also when a newer version of the order brought another one.
    @Test func aRevisedOrderStillNamesWhatItBrought() throws {
        var world = DirectoryWorld(shards: 1)
        for (day, customer) in [(1, #""email":"a@jansen.nl","language":"nl""#), (2, #""email":"a@jansen.nl""#)] {
            _ = try world.order(
                #"{"channel":"web","number":"1","placedAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-0\#(day)T00:00:00Z","currency":"EUR","total":"1","customer":{\#(customer)}}"#,
                shop: "main", now: 10)
        }
        let source = try Display.customer(in: world).member("sources", "language")
        #expect(source?["order"]?.string == "web:1" && source?["at"]?.string == "2026-01-01T00:00:00Z")
    }

    // MARK: Order of arrival

    private static let firstNames = ["Anna", "A.", "Anna Maria", "Bert", "B", "Anne"]
    private static let lastNames = ["de Vries", "Vries", "Bakker", "De Vries"]
    private static let emails = ["a@jansen.nl", "b@jansen.nl", "x1@marketplace.amazon.nl", "none", "noreply@shop.nl"]
    private static let phones = ["+31612345678", "+31687654321", "12", "0612345678"]
    private static let streets = [
        #""street":"Damrak","city":"Amsterdam","country":"NL""#, #""street":"Damrak 12","country":"NL""#,
        #""street":"Damrak 12","postalCode":"1012LG","city":"Amsterdam","country":"NL""#,
        #""postalCode":"1012 LG","houseNumber":"12","country":"NL""#, #""street":"Rokin 1","country":"NL""#,
    ]

    private static func variant(using random: inout SeededGenerator) -> String {
        var members: [String] = []
        func add(_ chance: Int, _ text: @autoclosure () -> String) {
            if Int.random(in: 0..<chance, using: &random) == 0 { members.append(text()) }
        }
        let first = firstNames.randomElement(using: &random) ?? ""
        let last = lastNames.randomElement(using: &random) ?? ""
        if Bool.random(using: &random) {
            add(1, #""firstName":"\#(first)","lastName":"\#(last)""#)
        } else {
            add(2, #""name":"\#(first) \#(last)""#)
        }
        let email = emails.randomElement(using: &random) ?? ""
        add(2, #""email":"\#(email)""#)
        let phone = phones.randomElement(using: &random) ?? ""
        add(2, #""phone":"\#(phone)""#)
        let street = streets.randomElement(using: &random) ?? ""
        add(2, #""billing":{\#(street)}"#)
        return members.joined(separator: ",")
    }

    /// What shows depends on what was said and when, not on which came first, which number it got or on how many shards
    /// it lies. Days are few, so that ties are many.
    @Test func arrivalChangesNothing() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            let count = Int.random(in: 2..<9, using: &random)
            let variants = (0..<count).map { _ in Self.variant(using: &random) }
            let days = (0..<count).map { _ in Int.random(in: 1..<5, using: &random) }
            let channels = (0..<count).map { _ in ["shop", "bol"].randomElement(using: &random) ?? "" }
            let expected = Self.withoutProfiles(try Display.customer(variants, days: days, channels: channels))
            for _ in 0..<3 {
                let shown = try Display.customer(
                    variants, days: days, channels: channels, arrival: Array(0..<count).shuffled(using: &random),
                    shards: Int.random(in: 1..<4, using: &random))
                #expect(Self.withoutProfiles(shown) == expected, "seed \(seed): \(variants) \(days)")
            }
            #expect(expected["email"]?.string == Self.newestEmail(variants, days), "seed \(seed): \(variants) \(days)")
        }
    }

    /// Profile numbers follow arrival; everything else must not.
    private static func withoutProfiles(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return value }
        return .object(
            members.filter { $0.name != "profile" }.map { JSONMember($0.name, withoutProfiles($0.value)) })
    }

    /// The rule for e-mail, said naively.
    private static func newestEmail(_ variants: [String], _ days: [Int]) -> String? {
        let worth = ["a@jansen.nl": 2, "b@jansen.nl": 2, "x1@marketplace.amazon.nl": 1]
        let all = zip(variants, days).compactMap { variant, day in
            emails.first { variant.contains("\"email\":\"\($0)\"") }.map { (worth[$0] ?? 0, day, $0) }
        }
        return all.max { $0 < $1 }?.2
    }

    /// A merge that brings something older changes nothing that shows.
    @Test func theOlderNeverWins() throws {
        let newer = #""firstName":"Cor","lastName":"Smit","email":"c@jansen.nl","phone":"+31611111111","language":"nl""#
        let older = #""firstName":"Dirk","lastName":"Bos","email":"d@jansen.nl","phone":"+31622222222","language":"de""#
        for arrival in [[0, 1], [1, 0]] {
            let customer = try Display.customer([newer, older], days: [9, 1], arrival: arrival)
            #expect(customer["name"]?.string == "Cor Smit" && customer["email"]?.string == "c@jansen.nl")
            #expect(customer["phone"]?.string == "+31611111111" && customer["language"]?.string == "nl")
        }
    }

    /// Fuller is a strict order: nothing is fuller than itself, and there are no circles, so that the climb ends.
    @Test func fullerIsAStrictOrder() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let words = ["a", "an", "anna", "b", "bert", "de", "vries", "bakker"]
        func form() -> [UInt8] {
            let count = Int.random(in: 0..<4, using: &random)
            let text = (0..<count).map { _ in (words.randomElement(using: &random) ?? "") + " " }.joined()
            return [UInt8](((Bool.random(using: &random) ? "1" : "2") + text).utf8)
        }
        for _ in 0..<3_000 {
            let forms = (0..<3).map { _ in form() }
            func fuller(_ one: Int, _ two: Int) -> Bool {
                let (more, less) = (forms[one], forms[two])
                return Spelling.isFuller(name: more.span, than: less.span)
            }
            #expect(!fuller(0, 0), "seed \(seed)")
            #expect(!(fuller(0, 1) && fuller(1, 0)), "seed \(seed)")
            #expect(!(fuller(0, 1) && fuller(1, 2) && fuller(2, 0)), "seed \(seed)")
        }
    }
}
