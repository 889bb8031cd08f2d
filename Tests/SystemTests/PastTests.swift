import Client
import Foundation
import Testing

extension SystemTests {
    /// Section C of the checklist, "the dossier as it was at a time or sequence number", and T18, "history: every act: when,
    /// what, by which user or customer".
    @Suite struct PastTests {
        static let options = ["--segment-bytes", "2048", "--snapshot-seconds", "0"]
        static let questions = [
            "CUSTOMER.360 C1", "CUSTOMER.360 C3", "CUSTOMER.FIND", "ORDER.LIFE web:1", "ORDER.GET web:2",
        ]

        /// One random write; many of them are refused, which is as good.
        static func step(_ generator: inout SystemRandom) -> String {
            let buyers = [
                ("Anna", "de Vries", "anna@x.nl"), ("Bert", "Jansen", "bert@y.nl"), ("Carla", "Smit", "c@z.nl"),
            ]
            let buyer = buyers[generator.below(3)]
            let order = "\(generator.below(9))"
            switch generator.below(9) {
            case 0...2:
                return Story.order(
                    ["web", "bol"][generator.below(2)], order,
                    customer: #""email":"\#(buyer.2)","firstName":"\#(buyer.0)","lastName":"\#(buyer.1)""#,
                    total: "\(generator.below(90) + 1).00",
                    more: #","updatedAt":"2026-04-\#(10 + generator.below(18))T00:00:00Z","#
                        + #""billing":{"street":"Kerkstraat","houseNumber":"\#(generator.below(3) + 1)","postalCode":"1234 AB","#
                        + #""city":"Ede","country":"NL"}"#)
            case 3: return "NOTE.ADD C\(generator.below(5) + 1) \"\(generator.below(1_000_000))\" actor=bob"
            case 4: return "CUSTOMER.MERGE C\(generator.below(6) + 1) C\(generator.below(6) + 1) reason=x actor=bob"
            case 5: return "CUSTOMER.SPLIT C\(generator.below(6) + 1) actor=bob"
            case 6:
                return
                    "VOUCHER.ISSUE customer=C\(generator.below(4) + 1) amount=3.00 currency=EUR description=x actor=eve"
            case 7:
                return #"ORDER.SHIP order=web:\#(order) {"id":"s\#(generator.below(3))","carrier":"PostNL","#
                    + #""updatedAt":"2026-05-\#(10 + generator.below(18))T00:00:00Z"}"#
            default:
                return "CUSTOMER.WISHES C\(generator.below(4) + 1) mailing=\(generator.below(2) == 0 ? "yes" : "no")"
            }
        }

        /// What was answered then, without the member that says when.
        static func past(_ talk: Talk, _ question: String, _ at: String) throws -> Reply {
            let reply = try talk.ask("\(question) at=\(at)")
            guard case .ok(let text?) = reply.outcome else { return reply }
            let end = try #require(text.range(of: #","at":{"seq":"#, options: .backwards)).lowerBound
            return Reply(rows: reply.rows, outcome: .ok(String(text[..<end]) + "}"))
        }

        @Test(arguments: [1, 2, 3] as [UInt64])
        func theAnswerIsTheOneThatWasGivenThen(seed: UInt64) throws {
            var generator = SystemRandom(seed: seed)
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", Self.options)
                var talk = try server.connect()
                try talk.ok(Story.order("web", "1", customer: #""email":"anna@x.nl""#))
                var answers: [(sequence: Int, replies: [Reply])] = []
                for number in 0..<50 {
                    _ = try talk.ask(Self.step(&generator))
                    try talk.ok("IDENTITY.SETTLE")
                    answers.append((try talk.sequence(), try Self.questions.map { try talk.ask($0) }))
                    if number % 12 == 11 { try talk.ok("SNAPSHOT") }
                    if number % 20 == 19 {
                        try server.kill()
                        server = try sandbox.start("data", Self.options)
                        talk = try server.connect()
                    }
                }
                for answer in answers.shuffled(using: &generator).prefix(25) {
                    for (question, reply) in zip(Self.questions, answer.replies) {
                        let found = try Self.past(talk, question, "\(answer.sequence)")
                        #expect(found == reply, "seed \(seed): \(question) at=\(answer.sequence)")
                    }
                }
                // The present has not moved.
                #expect(try Self.questions.map { try talk.ask($0) } == answers.last?.replies)
            }
        }

        @Test func aTimeMeansTheLastEventBeforeIt() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", Self.options).connect()
                for number in 1...5 { try talk.ok(Story.order("web", "\(number)", customer: #""ref":"1""#)) }
                let rows = try talk.rows("FEED from=1").rows.filter { $0.text("event") == "orderRecorded" }
                for (place, row) in rows.enumerated() {
                    let dossier = try talk.ok("CUSTOMER.360 C1 at=\(row.text("time") ?? "")")
                    // Events of one millisecond are one moment.
                    let same = rows.lastIndex { $0.text("time") == row.text("time") } ?? place
                    #expect(dossier.count("orders") == same + 1)
                    #expect(dossier.text("at.time") == row.text("time"))
                }
                #expect(
                    try talk.ok("CUSTOMER.360 C1 at=\(rows[0].text("seq") ?? "")").text("at.seq") == rows[0].text("seq")
                )
            }
        }

        @Test func whatHasNotHappenedOrIsNoMomentIsRefused() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok("ORDER.PUT " + Story.order)
                try talk.refused("CUSTOMER.360 C1 at=9999", "REFUSED", "has not happened yet")
                try talk.refused("CUSTOMER.360 C1 at=2999-01-01T00:00:00Z", "REFUSED", "in the future")
                try talk.refused("CUSTOMER.360 C1 at=2001-01-01T00:00:00Z", "REFUSED", "nothing that is kept is so old")
                try talk.refused("CUSTOMER.360 C1 at=yesterday", "INVALID", "a time such as")
                try talk.refused("CUSTOMER.360 C1 at=1", "NOTFOUND", "nothing is known in shop main yet")
                try talk.refused("CUSTOMER.360 C9 at=3", "NOTFOUND", "no customer")
            }
        }

        @Test func questionsAboutManyMomentsAreAnsweredOneByOne() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", Self.options)
                let talk = try server.connect()
                for number in 1...10 { try talk.ok(Story.order("web", "\(number)", customer: #""ref":"1""#)) }
                let talks = try (0..<8).map { _ in try server.connect() }
                for (place, one) in talks.enumerated() { try one.client.send("CUSTOMER.360 C1 at=\(3 + place)") }
                try talk.ok(#"NOTE.ADD C1 "meanwhile""#)
                for (place, one) in talks.enumerated() {
                    guard case .ok(let text?) = try one.client.receive().outcome else { throw TestFailure("no answer") }
                    #expect(try JSONValue(parsing: text).count("orders") == place + 1)
                }
            }
        }

        /// The feed told again to a client that knows nothing else: the same orders, the same customers.
        @Test(arguments: [11, 12, 13] as [UInt64])
        func whoReplaysTheFeedHasWhatTheServerHas(seed: UInt64) throws {
            var generator = SystemRandom(seed: seed)
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", Self.options)
                let talk = try server.connect()
                for _ in 0..<80 { _ = try talk.ask(Self.step(&generator)) }
                try talk.ok("IDENTITY.SETTLE")
                var follower = Follower()
                var next = 1
                let last = try talk.sequence()
                while next <= last {
                    let (rows, end) = try talk.rows("FEED from=\(next) limit=\(generator.below(20) + 1)")
                    for row in rows { follower.take(row) }
                    next = Int(end.text("next") ?? "") ?? .max
                }
                for (name, data) in follower.orders {
                    let order = try talk.ok("ORDER.GET \(name)")
                    #expect(order.text("total") == data.text("total"), "seed \(seed): \(name)")
                    #expect(order.text("updatedAt") == data.text("updatedAt"))
                }
                let customers = try talk.rows("IDENTITY.EXPORT").rows
                #expect(follower.orders.count == (try talk.info("orders")))
                #expect(Set(follower.customers).count == customers.count, "seed \(seed)")
                for customer in customers {
                    let number = try #require(customer.text("customer").flatMap { Int($0.dropFirst()) })
                    let members = try talk.ok("CUSTOMER.360 C\(number)")
                    let profiles = members.at("profiles")?.elements?.compactMap { $0.text("profile") } ?? []
                    #expect(follower.group(of: "C\(number)") == Set(profiles), "seed \(seed): C\(number)")
                }
            }
        }

        @Test func theHistoryFollowsMergesAndSplitsAndNamesWhoDidIt() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", Self.options)
                var talk = try server.connect()
                try talk.ok(Story.order("web", "1", customer: #""email":"a@x.nl""#))
                try talk.ok(Story.order("shopify", "2", customer: #""email":"b@x.nl""#))
                try talk.ok(#"NOTE.ADD C1 "first" actor=anna"#)
                try talk.ok(#"NOTE.ADD C2 "second" actor=bert"#)
                try talk.ok("CUSTOMER.WISHES C2 mailing=yes actor=carla")
                func acts(_ customer: String) throws -> [String] {
                    try talk.rows("CUSTOMER.HISTORY \(customer)").rows.map {
                        "\($0.text("event") ?? "") \($0.text("actor") ?? "?")"
                    }.filter { !$0.hasPrefix("customersResolved") }
                }
                // What follows from a decision is said to be whoever decided it.
                func resolver(_ customer: String) throws -> String? {
                    try talk.ok("IDENTITY.CHECK")
                    let rows = try talk.rows("CUSTOMER.HISTORY \(customer)").rows
                    return rows.last { $0.text("event") == "customersResolved" }?.text("actor")
                }
                let first = ["orderRecorded web", "noteAdded anna"]
                let second = ["orderRecorded shopify", "noteAdded bert", "wishExpressed carla"]
                #expect(try acts("C1") == first && acts("order=shopify:2") == second)
                try talk.ok("CUSTOMER.MERGE C2 C1 reason=same actor=dirk")
                let merged = [first[0], second[0], first[1], second[1], second[2], "decisionMade dirk"]
                #expect(try acts("C1") == merged && acts("C2") == merged)
                #expect(try resolver("C1") == "dirk")
                try talk.ok("CUSTOMER.SPLIT C2 actor=eva")
                #expect(try acts("C1") == first + ["decisionMade dirk", "decisionWithdrawn eva"])
                #expect(try acts("C2") == second + ["decisionMade dirk", "decisionWithdrawn eva"])
                #expect(try resolver("C1") == "eva")
                let whole = try talk.ask("CUSTOMER.HISTORY C2")
                try talk.ok("SNAPSHOT")
                try server.kill()
                server = try sandbox.start("data", Self.options)
                talk = try server.connect()
                #expect(try talk.ask("CUSTOMER.HISTORY C2").rows == whole.rows)
                // Page by page it is the same.
                var paged: [String] = []
                var next = 1
                while next <= (try talk.sequence()) {
                    let reply = try talk.ask("CUSTOMER.HISTORY C2 from=\(next) limit=2")
                    guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(reply.outcome)") }
                    paged += reply.rows
                    next = Int(try JSONValue(parsing: text).text("next") ?? "") ?? .max
                }
                #expect(paged == whole.rows)
                #expect(whole.rows.allSatisfy { $0.contains(#""summary":""#) })
            }
        }

        /// Folders of every version ever written have a feed and a past.
        @Test(arguments: ["exact", "evidence", "evidence-2", "order-life"])
        func goldenFoldersHaveAFeed(_ name: String) throws {
            let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Golden/\(name)/data")
            try Sandbox.with { sandbox in
                try FileManager.default.copyItem(atPath: golden.path, toPath: sandbox.path("data"))
                let talk = try sandbox.start().connect()
                let oldest = try #require(try talk.ok("INFO").text("history.oldestSeq"))
                let rows = try talk.rows("FEED from=\(oldest)").rows
                #expect(rows.contains { $0.text("event") == "orderRecorded" && $0.text("order") != nil })
                for row in rows {
                    #expect(row.text("seq") != nil && row.text("time") != nil && row.text("event") != nil)
                }
                let last = try #require(rows.last?.text("seq"))
                let now = try talk.ask("CUSTOMER.360 C1")
                let sequence = try talk.sequence()
                #expect(try Self.past(talk, "CUSTOMER.360 C1", "\(sequence)") == now, "\(last)")
            }
        }
    }

    /// A client that knows a shop by its feed alone.
    struct Follower {
        private(set) var orders: [String: JSONValue] = [:]
        private var groups: [String: Set<String>] = [:]

        var customers: [Set<String>] { Array(groups.values) }

        func group(of profile: String) -> Set<String> { groups[profile] ?? [] }

        mutating func take(_ row: JSONValue) {
            if let profile = row.text("profile"), groups[profile] == nil { groups[profile] = [profile] }
            if row.text("event") == "orderRecorded" || row.text("event") == "orderRevised" {
                orders[row.text("order") ?? ""] = row["data"]
            }
            if let customers = row["customers"]?.elements {
                for customer in customers { unite(customer.elements?.compactMap(\.text) ?? [], isWhole: true) }
            } else {
                for tie in row["ties"]?.elements ?? [] where tie.text("verdict") == "merge" {
                    unite(tie["profiles"]?.elements?.compactMap(\.text) ?? [], isWhole: false)
                }
            }
        }

        private mutating func unite(_ profiles: [String], isWhole: Bool) {
            let group = isWhole ? Set(profiles) : profiles.reduce(into: Set()) { $0.formUnion(groups[$1] ?? [$1]) }
            for profile in group { groups[profile] = group }
        }
    }

    /// The same numbers for the same seed.
    struct SystemRandom: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }

        mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    }
}
