import Client
import Foundation
import Synchronization
import Testing

extension SystemTests {
    /// Section F of the checklist over TCP, before and after the plug is pulled: W13, W14 (B11), W15, W16, B10, T02 (T28),
    /// B13 (T03, T22), X02.
    @Suite struct MessageTests {
        static let shipped =
            #"TEMPLATE.PUT actor=anna {"event":"order.shipped","language":"nl","subject":"Bestelling {{order.number}}","#
            + #""body":"Dag {{customer.firstName|klant}},\nvolg {{shipment.trackingCode}}"}"#
        static let sender = "SHOP.SENDER address=shop@theehuis.nl name=Theehuis language=nl"

        static func template(_ event: String, _ language: String = "nl", body: String = "x", subject: String = "s")
            -> String
        {
            #"TEMPLATE.PUT {"event":"\#(event)","language":"\#(language)","subject":"\#(subject)","body":"\#(body)"}"#
        }

        static func order(
            _ number: String, channel: String = "shopify", email: String = "sophie@vanderlinden.nl", more: String = ""
        )
            -> String
        {
            Story.order(
                channel, number, customer: #""email":"\#(email)","firstName":"Sophie","lastName":"van der Linden""#,
                more: more)
        }

        static func queue(_ order: String, code: String = "3S1", more: String = "") -> String {
            #"MESSAGE.QUEUE event=order.shipped order=\#(order)\#(more) {"shipment":{"trackingCode":"\#(code)"}}"#
        }

        /// Every answer of these must be the same after a crash.
        static let questions = [
            "TEMPLATE.LIST", "TEMPLATE.SHOW order.shipped nl", "TEMPLATE.SHOW order.shipped nl version=1",
            "TEMPLATE.SHOW customer.mailing nl", "SHOP.SENDER", "OUTBOX.LIST", "OUTBOX.LIST state=sent",
            "MESSAGE.SHOW M1",
            "MESSAGE.SHOW M2", "CUSTOMER.WISHES C1", "CUSTOMER.LANGUAGE C1", "CUSTOMER.360 C1", "CUSTOMER.360 C2",
            "TEMPLATE.PREVIEW order.shipped order=shopify:1 {\"shipment.trackingCode\":\"x\"}",
        ]

        static func tell(_ talk: Talk) throws {
            for line in [
                order("1"), order("2", email: "thomas@vanderlinden.nl"), shipped,
                shipped.replacing("Dag", with: "Hallo"),
                template("customer.mailing"), sender, queue("shopify:1", more: " actor=joost id=first"),
                queue("shopify:2"),
                "OUTBOX.TAKE worker=w1 limit=1", "OUTBOX.DONE M1 state=sent",
                "CUSTOMER.WISHES C1 mailing=yes post=no actor=anna",
                "CUSTOMER.LANGUAGE C1 fr", "TEMPLATE.REMOVE customer.mailing nl actor=anna",
            ] { try talk.ok(line) }
        }

        @Test func everythingSurvivesACrashAndASnapshot() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                try Self.tell(try server.connect())
                func answers() throws -> [Reply] {
                    let talk = try server.connect()
                    return try Self.questions.map { try talk.ask($0) }
                }
                let expected = try answers()
                try server.kill()
                server = try sandbox.start()
                #expect(try answers() == expected)
                try server.connect().ok("SNAPSHOT")
                try server.kill()
                server = try sandbox.start()
                #expect(try answers() == expected)
                // The queue, which is on no disk, goes on where it was: one is sent, the other was never taken.
                let taken = try server.connect().rows("OUTBOX.TAKE worker=w2").rows
                #expect(taken.map { $0.text("message") } == ["M2"])
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }

        @Test func aDossierShowsEveryMessageWithItsStates() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.tell(talk)
                let dossier = try talk.ok("CUSTOMER.360 C1")
                #expect(dossier.count("messages") == 1 && dossier.text("messages.0.state") == "sent")
                #expect(
                    dossier.text("messages.0.to") == "sophie@vanderlinden.nl"
                        && dossier.text("messages.0.actor") == "joost")
                #expect(dossier.count("messages.0.history") == 3 && dossier.text("wishes.post.value") == "no")
                #expect(dossier.text("languageChoice.value") == "fr" && dossier.text("wishes.mailing.actor") == "anna")
                // A message follows its profile through a merge and back.
                try talk.ok("CUSTOMER.MERGE C2 C1 reason=test")
                #expect(try talk.ok("CUSTOMER.360 C1").count("messages") == 2)
                #expect(try talk.ok("MESSAGE.SHOW M2").text("customer") == "C1")
                #expect(try talk.ok("CUSTOMER.WISHES C2").text("wishes.mailing.value") == "yes")
                try talk.ok("CUSTOMER.SPLIT C2")
                #expect(try talk.ok("CUSTOMER.360 C1").count("messages") == 1)
                #expect(try talk.ok("CUSTOMER.360 C2").count("messages") == 1)
            }
        }

        @Test func whatIsRefusedChangesNothing() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.order("1"))
                try talk.ok(Self.order("A-1", channel: "amazon", email: "x1@marketplace.amazon.nl"))
                try talk.ok(Self.shipped)
                try talk.refused(Self.queue("shopify:1"), "REFUSED", "sender", "SHOP.SENDER")
                try talk.ok(Self.sender)
                try talk.ok(Self.queue("shopify:1", more: " id=a"))
                for (line, code, word) in Self.refusals { try talk.refused(line, code, word) }
                try talk.ok("SHOP empty")
                try talk.refused("OUTBOX.LIST", "NOTFOUND", "nothing is known")
                try talk.refused("MESSAGE.SHOW M1", "NOTFOUND", "nothing is known")
                try talk.ok(Self.sender)
                try talk.refused("MESSAGE.SHOW M1", "NOTFOUND", "M1")
                try talk.refused("OUTBOX.DONE M1 state=sent", "NOTFOUND", "M1")
            }
        }

        static let refusals: [(String, String, String)] = [
            (template("order.shipped", body: "{{order.nummer}}"), "INVALID", "body: line 1, column 1"),
            (template("order.shipped"), "INVALID", "shipment.trackingCode"),
            (template("order.lost"), "INVALID", "order.shipped"),
            (template("order.cancelled", "Dutch!"), "INVALID", "language"),
            (template("order.cancelled", subject: #"a\nBcc: b@c.nl"#), "INVALID", "subject"),
            (template("customer.mailing").replacing("{", with: #"{"channel":"bol","#), "REFUSED", "bol allows no"),
            (template("order.cancelled").replacing("body", with: "text"), "INVALID", "text"),
            ("TEMPLATE.PUT {", "SYNTAX", ""), ("TEMPLATE.SHOW order.shipped", "SYNTAX", "usage"),
            ("TEMPLATE.SHOW order.shipped nl version=9", "NOTFOUND", "version"),
            ("TEMPLATE.REMOVE order.cancelled nl", "NOTFOUND", "none"),
            ("SHOP.SENDER address=\"a@b.nl\\r\\nBcc: c@d.nl\"", "INVALID", "address"),
            ("SHOP.SENDER address=nobody", "INVALID", "address"),
            (queue("shopify:1", code: "other", more: " id=b language=x"), "INVALID", "language"),
            (queue("shopify:9"), "NOTFOUND", "order"), (queue("amazon:A-1"), "REFUSED", "amazon allows no shipping"),
            ("MESSAGE.QUEUE event=order.shipped order=shopify:1", "INVALID", "shipment.trackingCode"),
            ("MESSAGE.QUEUE event=order.shipped customer=C1 {\"shipment.trackingCode\":\"1\"}", "INVALID", "order"),
            ("MESSAGE.QUEUE event=order.shipped order=shopify:1 {\"code\":\"1\"}", "INVALID", "code"),
            ("MESSAGE.QUEUE event=order.shipped", "SYNTAX", "usage"),
            ("MESSAGE.QUEUE order=shopify:1", "SYNTAX", "usage"),
            ("MESSAGE.QUEUE event=order.cancelled order=shopify:1 id=a", "CONFLICT", "M1"),
            ("MESSAGE.QUEUE event=order.cancelled order=shopify:1", "REFUSED", "template"),
            ("MESSAGE.QUEUE event=customer.mailing customer=C1", "REFUSED", "not agreed"),
            ("CUSTOMER.WISHES C1 mailing=maybe", "INVALID", "mailing"),
            ("CUSTOMER.WISHES C9 mailing=no", "NOTFOUND", ""),
            ("CUSTOMER.LANGUAGE C1 nederlands", "INVALID", "language"), ("OUTBOX.TAKE", "SYNTAX", "usage"),
            ("OUTBOX.TAKE worker=w limit=0", "INVALID", "limit"), ("OUTBOX.TAKE worker=w lease=0", "INVALID", "lease"),
            ("OUTBOX.DONE M1 state=sent", "REFUSED", "taken"), ("OUTBOX.DONE M1 state=read", "INVALID", "state"),
            ("OUTBOX.DONE M9 state=sent", "NOTFOUND", "M9"), ("OUTBOX.DONE 1 state=sent", "INVALID", "message"),
            ("MESSAGE.SHOW M0", "INVALID", "message"), ("OUTBOX.LIST state=lost", "INVALID", "state"),
        ]

        /// The plug is pulled again and again while workers take and report: what was acknowledged holds, every message is
        /// there once, and none is with two workers.
        @Test func nothingAcknowledgedIsLost() throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("MessageTests: seed \(seed)")
            var random = Seeded(seed)
            try Sandbox.with { sandbox in
                let options = ["--segment-bytes", "150000", "--snapshot-bytes", "60000"]
                var queued: [String: String] = [:]
                var states: [String: String] = [:]
                for round in 0..<8 {
                    let server = try sandbox.start("data", options)
                    let talk = try server.connect()
                    if round == 0 { for line in [Self.order("1"), Self.shipped, Self.sender] { try talk.ok(line) } }
                    #expect(Int(try talk.rows("OUTBOX.LIST limit=1").end.text("total") ?? "") == queued.count)
                    for (message, state) in states {
                        #expect(try talk.ok("MESSAGE.SHOW \(message)").text("state") == state)
                    }
                    for _ in 0..<Int(random.next() % 40) + 10 {
                        let code = "3S\(random.next() % 300)"
                        let reply = try talk.ok(Self.queue("shopify:1", code: code))
                        let message = try #require(reply.text("message"))
                        #expect(
                            reply.at("duplicate") == .bool(queued[code] != nil) && queued[code] ?? message == message)
                        queued[code] = message
                        guard random.next() % 2 == 0 else { continue }
                        for row in try talk.rows("OUTBOX.TAKE worker=w limit=2 lease=3600").rows {
                            let taken = try #require(row.text("message"))
                            #expect(states[taken] == nil, "\(taken) was taken twice")
                            let state = ["leased", "sent", "bounced", "delivered"][Int(random.next() % 4)]
                            states[taken] = state
                            if state != "leased" { try talk.ok("OUTBOX.DONE \(taken) state=\(state)") }
                        }
                    }
                    if random.next() % 3 == 0 { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }

        /// T02, T28: heeded when a message is queued, and again when it is taken.
        @Test func aWishIsHeededToTheLastMoment() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for line in [
                    Self.order("1"), Self.sender, Self.template("customer.newsletter"),
                    Self.template("customer.mailing"),
                    "CUSTOMER.WISHES C1 newsletter=yes",
                ] { try talk.ok(line) }
                try talk.refused("MESSAGE.QUEUE event=customer.mailing customer=C1", "REFUSED", "mailing")
                try talk.ok("MESSAGE.QUEUE event=customer.newsletter customer=C1")
                try talk.ok("CUSTOMER.WISHES C1 newsletter=no actor=sophie")
                #expect(try talk.rows("OUTBOX.TAKE worker=w").rows.isEmpty)
                let message = try talk.ok("MESSAGE.SHOW M1")
                #expect(message.text("state") == "withheld" && message.text("reason")?.contains("sophie") == true)
                #expect(try talk.rows("OUTBOX.LIST state=withheld").rows.count == 1)
                #expect(try talk.rows("OUTBOX.LIST state=failed").rows.isEmpty)
                try talk.refused("OUTBOX.DONE M1 state=sent", "REFUSED", "withheld")
            }
        }

        /// Many workers at once, some of which die: nobody gets what another has, and in the end everything was sent.
        @Test func noMessageIsWithTwoWorkers() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--lanes", "2"])
                let talk = try server.connect()
                for line in [Self.order("1"), Self.shipped, Self.sender] { try talk.ok(line) }
                for number in 1...120 { try talk.ok(Self.queue("shopify:1", code: "3S\(number)")) }
                let taken = Mutex<[String]>([])
                DispatchQueue.concurrentPerform(iterations: 6) { worker in
                    do {
                        let own = try server.connect()
                        while true {
                            let rows = try own.rows("OUTBOX.TAKE worker=w\(worker) limit=7 lease=600").rows
                            guard !rows.isEmpty else { return }
                            taken.withLock { $0 += rows.compactMap { $0.text("message") } }
                            // The last worker dies with what it has.
                            guard worker < 5 else { return }
                            for row in rows { try own.ok("OUTBOX.DONE \(row.text("message") ?? "") state=sent") }
                        }
                    } catch { Issue.record("worker \(worker): \(error)") }
                }
                let all = taken.withLock { $0 }
                #expect(all.count == 120 && Set(all).count == 120)
            }
        }
    }
}
