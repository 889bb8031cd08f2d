import Client
import Testing

extension SystemTests {
    /// Who must be one customer and who never, told over TCP and told the same after the plug was pulled.
    @Suite struct WhoIsWhoTests {
        private static func order(_ number: Int, channel: String = "bol", more: String = "", _ party: String) -> String
        {
            """
            ORDER.PUT {"channel":"\(channel)","number":"\(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR",\
            "total":"1"\(more),\(party)}
            """
        }

        private static func name(_ first: String, _ last: String) -> String {
            #""firstName":"\#(first)","lastName":"\#(last)""#
        }

        private static let home =
            #""billing":{"street":"Kerkweg","houseNumber":"7","postalCode":"1234 AB","city":"Ede","country":"NL"}"#

        /// Tells the lines, asks, pulls the plug and asks again: with all of it in the journal, and with a snapshot.
        /// - Returns: the server and a connection, for what comes after.
        private static func tell(
            _ lines: [String], in sandbox: Sandbox, _ questions: [String], _ check: (Talk) throws -> Void
        ) throws -> Talk {
            var server = try sandbox.start()
            var talk = try server.connect()
            for (line, reply) in zip(lines, try talk.pipeline(lines)) where !reply.isOK {
                throw TestFailure("\(reply.outcome), to \(line)")
            }
            try talk.ok("IDENTITY.SETTLE")
            try check(talk)
            let questions = questions + ["IDENTITY.EXPORT", "IDENTITY.QUEUE limit=1000", "QUARANTINE.LIST"]
            let answers = try talk.pipeline(questions)
            for isInSnapshot in [false, true] {
                if isInSnapshot { try talk.ok("SNAPSHOT") }
                try server.kill()
                server = try sandbox.start()
                talk = try server.connect()
                try talk.ok("IDENTITY.SETTLE")
                for (question, (answer, before)) in zip(questions, zip(try talk.pipeline(questions), answers)) {
                    #expect(answer == before, "\(question)")
                }
                try check(talk)
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
            }
            return talk
        }

        private static func expect(
            _ text: String?, says words: String..., location: SourceLocation = #_sourceLocation
        ) {
            for word in words where text?.contains(word) != true {
                Issue.record("\(text ?? "nothing") does not say \(word)", sourceLocation: location)
            }
        }

        // MARK: Who is never one

        @Test func aFamilyOfFourIsFourCustomersAllLinked() throws {
            let names = ["Jan", "Fatima", "Sophie", "Thomas"]
            let pairs = (1...4).flatMap { one in (1...4).filter { $0 > one }.map { (one, $0) } }
            let lines = names.enumerated().map { number, first in
                Self.order(number, #""customer":{\#(Self.name(first, "Visser")),"phone":"+31318123456"},\#(Self.home)"#)
            }
            try Sandbox.with { sandbox in
                _ = try Self.tell(lines, in: sandbox, pairs.map { "CUSTOMER.WHYNOT C\($0) C\($1)" }) { talk in
                    #expect(try talk.rows("IDENTITY.EXPORT").rows.count == 4)
                    #expect(try talk.rows("IDENTITY.QUEUE").rows.isEmpty)
                    for one in 1...4 {
                        let related = try #require(talk.ok("CUSTOMER.360 C\(one)").at("related")?.elements)
                        #expect(
                            related.compactMap { $0.text("customer") }.sorted()
                                == (1...4).filter { $0 != one }.map { "C\($0)" })
                        #expect(related.allSatisfy { $0.text("kind") == "household" && $0.text("by") == "rules" })
                        #expect(
                            try talk.ok("CUSTOMER.HOW C\(one)").text("text")
                                == "C\(one) is one profile; nothing was put together.")
                    }
                    for (one, two) in pairs {
                        Self.expect(
                            try talk.ok("CUSTOMER.WHYNOT C\(one) C\(two)").text("text"),
                            says:
                                "C\(one) and C\(two) are not one customer: the first name differs (\(names[one - 1]), \(names[two - 1]))",
                            "the same telephone number +31318123456", "the same last name Visser",
                            "They are shown as related")
                    }
                }
            }
        }

        @Test(arguments: [
            (
                #"Visser","birthDate":"1952-03-14"#, #"Visser","birthDate":"1981-11-02"#, "birthDatesDiffer",
                "the date of birth differs (1952-03-14, 1981-11-02), though they have "
            ),
            (
                "Visser sr.", "Visser jr.", "generationsDiffer",
                "one is junior, the other senior (Hans Visser sr., Hans "
            ),
        ])
        func fatherAndSonWaitForAPerson(father: String, son: String, reason: String, words: String) throws {
            let lines = [father, son].enumerated().map { number, last in
                Self.order(number, #""customer":{\#(Self.name("Hans", last))},\#(Self.home)"#)
            }
            try Sandbox.with { sandbox in
                let talk = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHYNOT C1 C2", "CUSTOMER.HOW C1"]) { talk in
                    let row = try #require(talk.rows("IDENTITY.QUEUE").rows.first)
                    #expect(row.text("reason") == reason, "\(row)")
                    #expect(row.text("a.number") == "C1" && row.text("b.number") == "C2")
                    Self.expect(
                        try talk.ok("CUSTOMER.WHYNOT C1 C2").text("text"), says: words,
                        "the same address Kerkweg 7, 1234 AB Ede", "IDENTITY.QUEUE lists the pair")
                }
                let pair = try #require(talk.rows("IDENTITY.QUEUE").rows.first?.text("pair"))
                try talk.ok("IDENTITY.REJECT \(pair) actor=eva reason=\"father and son\"")
                Self.expect(
                    try talk.ok("CUSTOMER.WHYNOT C1 C2").text("text"), says: "eva decided so on ", "father and son")
            }
        }

        /// Amazon Business: the buyers of hundreds of firms behind one e-mail address and one company name. Whether the
        /// address is known for it or nobody has heard of it, nobody becomes one by it.
        @Test(arguments: ["no-reply@business.amazon.com", "einkauf@sammelkonto-bestellungen.de"])
        func oneAddressOnHundredsOfOrdersMergesNobody(email: String) throws {
            let firsts = ["Jan", "Petra", "Ahmed", "Sophie", "Thomas", "Fatima", "Hans", "Emma", "Daan", "Maria"]
            let lasts = [
                "Jansen", "Bakker", "Yilmaz", "Peeters", "Koster", "Novak", "Garcia", "Rossi", "Weber", "Dubois",
            ]
            let ends = ["mo", "stik", "kraal"]
            let lines = (0..<300).map { number in
                let last = lasts[number / 10 % 10] + ends[number / 100]
                return Self.order(
                    number, channel: "amazon",
                    #""customer":{"email":"\#(email)","company":"Amazon Business EU",\#(Self.name(firsts[number % 10], last))}"#
                )
            }
            try Sandbox.with { sandbox in
                _ = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHYNOT C1 C2", "CUSTOMER.WHYNOT C1 C300"]) { talk in
                    #expect(try talk.rows("IDENTITY.EXPORT").rows.count == 300)
                    Self.expect(
                        try talk.ok("CUSTOMER.WHYNOT C1 C2").text("text"),
                        says: "C1 and C2 are not one customer: the first name differs (Jan, Petra), though they have ",
                        "bits of evidence speak against it")
                    Self.expect(
                        try talk.ok("CUSTOMER.WHYNOT C1 C300").text("text"), says: "(Jansenmo, Duboiskraal)",
                        "(Jan, Maria)")
                }
            }
        }

        // MARK: Names

        /// A name that half the shop bears says little; one that nobody else bears says much.
        @Test func aCommonNameWeighsLessThanARareOne() throws {
            let towns = ["Ede", "Assen", "Goes", "Venlo", "Sneek", "Hoorn", "Tiel", "Zeist", "Breda", "Kampen"]
            let streets = [
                "Laan", "Plein", "Singel", "Dijk", "Gracht", "Steeg", "Pad", "Kade", "Hof", "Wal", "Baan", "Ring",
            ]
            let lines = (0..<122).map { number in
                let who = number < 120 ? Self.name("Jan", "Jansen") : Self.name("Zebulon", "Quist")
                let place = (streets[number % 12], number * 13 % 97 + 1, 1_011 + number * 71, towns[number % 10])
                return Self.order(
                    number,
                    #""customer":{\#(who)},"billing":{"street":"\#(place.0)","houseNumber":"\#(place.1)","postalCode":"\#(place.2) AB","city":"\#(place.3)","country":"NL"}"#
                )
            }
            try Sandbox.with { sandbox in
                _ = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHYNOT C1 C2", "CUSTOMER.WHYNOT C121 C122"]) { talk in
                    let common = try talk.ok("CUSTOMER.WHYNOT C1 C2")
                    let rare = try talk.ok("CUSTOMER.WHYNOT C121 C122")
                    Self.expect(common.text("text"), says: "the same name Jan Jansen")
                    Self.expect(rare.text("text"), says: "the same name Zebulon Quist")
                    for field in 0...1 {
                        let bits = try [common, rare].map {
                            try #require($0.text("waterfall.\(field).bits").flatMap(Double.init))
                        }
                        #expect(bits[0] + 2 < bits[1])
                    }
                }
            }
        }

        /// A value that everybody carries leads nobody to anybody: the answer says so instead of promising a closer look.
        @Test func whoWasNeverComparedIsToldSo() throws {
            let lines = (0..<120).map { number in
                Self.order(
                    number,
                    #""customer":{\#(Self.name("Jan", "Jansen"))},"billing":{"street":"Laan \#(number)","postalCode":"\#(1_000 + number * 7) AB","city":"Stad\#(number)","country":"NL"}"#
                )
            }
            try Sandbox.with { sandbox in
                let talk = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHYNOT C1 C2"]) { talk in
                    let why = try talk.ok("CUSTOMER.WHYNOT C1 C2")
                    #expect(why.text("separation") == "uncompared" && why.text("verdict") == "merge")
                    Self.expect(
                        why.text("text"),
                        says:
                            "nothing but a name, or what many carry, leads from one to the other, so they were never compared",
                        "CUSTOMER.MERGE C1 C2 makes them one.")
                }
                try talk.ok("CUSTOMER.MERGE C1 C2")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
            }
        }

        @Test func namesThatSoundTheSameAreOne() throws {
            let lines = [("Anna", "Smit"), ("Anna", "Schmidt"), ("Filip", "Smit"), ("Philip", "Schmidt")].enumerated()
                .map {
                    number, name in
                    let phone = #""phone":"+3161234567\#(number / 2)""#
                    return Self.order(
                        number,
                        #""customer":{\#(Self.name(name.0, name.1)),\#(phone)}\#(number < 2 ? "" : "," + Self.farm)"#)
                }
            try Sandbox.with { sandbox in
                _ = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHY C1 C2", "CUSTOMER.WHYNOT C3 C4"]) { talk in
                    let one = try talk.ok("CUSTOMER.WHY C1 C2")
                    let two = try talk.ok("CUSTOMER.WHYNOT C3 C4")
                    #expect(one.at("same") == .bool(true))
                    let level = one.at("waterfall")?.elements?.first { $0.text("field") == "lastName" }?.text("level")
                    #expect(level == "sounds")
                    Self.expect(
                        one.text("text"), says: "a last name that sounds the same (Smit, Schmidt)",
                        "decided by rules version 1 on ", "when order bol:1 arrived")
                    // Where two names in a row only sound the same, a person is asked.
                    Self.expect(
                        two.text("text"), says: "the first name is not the same (Filip, Philip), though they have ",
                        "a last name that sounds the same (Smit, Schmidt)", "IDENTITY.QUEUE lists the pair")
                }
            }
        }

        @Test func anAnswerAboutManyProfilesSaysWhatItLookedAt() throws {
            let lines = (0..<41).map { number in
                let who = number < 40 ? Self.name("Sophie", "Visser") : Self.name("Ahmed", "Yilmaz")
                let mail = number < 40 ? "sophie@ziggo.nl" : "ahmed@ziggo.nl"
                return Self.order(
                    number, #""customer":{\#(who),"email":"\#(mail)","phone":"+316123456\#(number + 10)"}"#)
            }
            try Sandbox.with { sandbox in
                _ = try Self.tell(lines, in: sandbox, ["CUSTOMER.WHYNOT C1 C41"]) { talk in
                    let why = try talk.ok("CUSTOMER.WHYNOT C1 C41")
                    #expect(why.count("profiles") == 40 && why.text("comparedProfiles") == "32")
                    Self.expect(why.text("text"), says: "Only the first 32 profiles of each were compared.")
                    #expect(try talk.ok("CUSTOMER.WHY C1 C40").at("comparedProfiles") == nil)
                }
            }
        }

        private static let farm =
            #""billing":{"street":"Dorpsstraat","houseNumber":"3","postalCode":"9981 AA","city":"Uithuizen","country":"NL"}"#

        // MARK: Shops

        /// E21: what two shops know is never put together, whatever they have in common, nor can people do it.
        @Test func twoShopsWithTheSameBuyerNeverMeet() throws {
            let sophie =
                #""customer":{\#(Self.name("Sophie", "Visser")),"email":"sophie@ziggo.nl","phone":"+31612345678"},\#(Self.home)"#
            let lines =
                ["main", "other"].flatMap { shop in
                    ["SHOP \(shop)"] + (1...2).map { Self.order($0, channel: "shop\($0)", sophie) }
                } + ["SHOP main"]
            try Sandbox.with { sandbox in
                let questions = [
                    "CUSTOMER.360 C1", "CUSTOMER.HOW C1", "SHOP other", "CUSTOMER.360 C3", "IDENTITY.EXPORT",
                    "SHOP main",
                ]
                let talk = try Self.tell(lines, in: sandbox, questions) { talk in
                    for (shop, own, foreign) in [("other", "C3", "C1"), ("main", "C1", "C3")] {
                        try talk.ok("SHOP \(shop)")
                        let rows = try talk.rows("IDENTITY.EXPORT").rows
                        #expect(rows.count == 1 && rows[0].text("customer") == own && rows[0].count("profiles") == 2)
                        #expect(try talk.ok("CUSTOMER.360 email=sophie@ziggo.nl").text("customer.number") == own)
                        for command in ["WHYNOT", "MERGE", "BIND", "LINK", "EXCLUDE"] {
                            try talk.refused("CUSTOMER.\(command) \(own) \(foreign)", "NOTFOUND", "CUSTOMER.FIND")
                        }
                        #expect(try talk.ok("CUSTOMER.360 \(own)").count("related") == 0)
                    }
                }
                // A value that one shop holds back counts on in the other.
                try talk.ok("QUARANTINE.HOLD email=sophie@ziggo.nl")
                try talk.ok("SHOP other")
                #expect(try talk.rows("QUARANTINE.LIST").rows.isEmpty)
            }
        }

        // MARK: Invoiced bookings

        /// T17: whoever has a booking with an invoice must not vanish, and the refusal names each way out, which works.
        @Test(arguments: ["the other way round", "link", "allow"])
        func anInvoicedBookingKeepsItsCustomer(wayOut: String) throws {
            let lines = [
                Self.order(
                    1, more: #","kind":"booking""#,
                    #""customer":{\#(Self.name("Sophie", "Visser")),"email":"sophie@ziggo.nl"}"#),
                Self.order(2, #""customer":{\#(Self.name("Ahmed", "Yilmaz")),"email":"ahmed@ziggo.nl"}"#),
                #"DOCUMENT.PUT {"kind":"invoice","number":"INV-7","order":"bol:1"}"#,
            ]
            try Sandbox.with { sandbox in
                let talk = try Self.tell(
                    lines, in: sandbox, ["CUSTOMER.MERGE C1 C2", "CUSTOMER.MERGE C1 C2 preview=yes"]
                ) { talk in
                    try talk.refused(
                        "CUSTOMER.MERGE C1 C2", "REFUSED",
                        "C1 has a booking with an invoice (INV-7) and must not vanish",
                        "CUSTOMER.MERGE C2 C1 keeps it", "CUSTOMER.LINK C1 C2", "SHOP.CONFIGURE bookings=allow")
                    #expect(try talk.ok("CUSTOMER.MERGE C1 C2 preview=yes").text("blockers.0") == "INV-7")
                }
                switch wayOut {
                case "link":
                    try talk.ok(#"CUSTOMER.LINK C1 C2 actor=eva reason="one company""#)
                    #expect(try talk.ok("CUSTOMER.360 C2").text("related.0.customer") == "C1")
                    Self.expect(
                        try talk.ok("CUSTOMER.WHYNOT C1 C2").text("text"), says: "eva linked them on ", "one company")
                case "allow":
                    try talk.ok("SHOP.CONFIGURE bookings=allow")
                    #expect(try talk.ok("CUSTOMER.MERGE C1 C2 actor=eva").text("customers.0.number") == "C2")
                    Self.expect(
                        try talk.ok("CUSTOMER.HOW C1").text("text"), says: "C2 is one customer of 2 profiles",
                        "eva put C1 and C2 together")
                default:
                    #expect(try talk.ok("CUSTOMER.MERGE C2 C1 actor=eva").text("customers.0.number") == "C1")
                    Self.expect(
                        try talk.ok("CUSTOMER.WHY C1 C2").text("text"),
                        says: "C1 and C2 are one customer: eva decided so on ")
                }
                #expect(try talk.ok("CUSTOMER.360 order=bol:1").text("documents.0.number") == "INV-7")
            }
        }
    }
}
