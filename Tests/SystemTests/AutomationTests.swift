import Client
import Foundation
import Testing

extension SystemTests {
    /// Messages that changes make by themselves, and rules, over TCP, before and after the plug is pulled: X01 to X05, W13, W15,
    /// W16, B10.
    @Suite struct AutomationTests {
        static let sender = "SHOP.SENDER address=shop@theehuis.nl name=Theehuis language=nl"
        static let bodies = [
            "order.confirmed": "Dank voor {{order.number}}", "order.changed": "{{change.text}}",
            "order.shipped": "{{shipment.carrier|?}} {{shipment.trackingCode}}",
            "order.delivered": "{{delivery.date}}", "order.delayed": "{{delay.newDate}} {{delay.reason|}}",
            "return.announced": "{{return.articles}}", "return.received": "{{return.articles}} {{return.number|}}",
            "order.cancelled": "{{cancellation.articles|}}", "order.refunded": "{{refund.amount}} {{refund.currency}}",
        ]

        static func stamp(_ days: Double = 0) -> String {
            ISO8601DateFormatter().string(from: Date().addingTimeInterval(-days * 86_400))
        }

        static func order(
            _ number: String, channel: String = "web", email: String = "sophie@vanderlinden.nl", country: String = "NL",
            cups: String = "1", total: String = "25.00", placed: String = stamp(), more: String = ""
        ) -> String {
            """
            ORDER.PUT {"channel":"\(channel)","number":"\(number)","placedAt":"\(placed)","currency":"EUR",\
            "customer":{"email":"\(email)","firstName":"Sophie","lastName":"van der Linden"},\
            "shipping":{"name":"Sophie van der Linden","street":"Prinsengracht","houseNumber":"1",\
            "postalCode":"1015 KD","city":"Amsterdam","country":"\(country)"},\
            "lines":[{"sku":"A","title":"Green tea","quantity":2,"unitPrice":"10.00"},\
            {"sku":"B","title":"Cup","quantity":\(cups),"unitPrice":"5.00"}],"total":"\(total)"\(more)}
            """
        }

        /// A shop that tells of everything.
        static func automate(_ talk: Talk, hasSender: Bool = true) throws {
            if hasSender { try talk.ok(sender) }
            for (event, body) in bodies.sorted(by: { $0.key < $1.key }) {
                try talk.ok(MessageTests.template(event, body: body))
                try talk.ok("SHOP.AUTOMATE event=\(event) on=yes actor=anna")
            }
        }

        /// `order.shipped: PostNL 3S1`, the oldest first, without what was withheld.
        static func told(_ talk: Talk) throws -> [String] {
            let rows = try talk.rows("OUTBOX.LIST limit=1000").rows.filter { $0.text("state") != "withheld" }
            return try rows.reversed().map { row in
                let message = try talk.ok("MESSAGE.SHOW \(row.text("message") ?? "")")
                return "\(message.text("event") ?? ""): \(message.text("body") ?? "")"
            }
        }

        static let questions = [
            "OUTBOX.LIST", "RULE.LIST", "RULE.LOG", "CUSTOMER.360 C1", "SHOP.AUTOMATE", "MESSAGE.SHOW M1",
        ]

        static func answers(_ talk: Talk) throws -> [Reply] { try questions.map { try talk.ask($0) } }

        // MARK: X01 to X05

        /// X01 X02 X03 X04 X05: every change makes its message, with the change in it, once; a restart makes none.
        @Test(arguments: ["1", "2"]) func everyChangeIsToldOnce(lanes: String) throws {
            try Sandbox.with { sandbox in
                let options = ["--lanes", lanes]
                var server = try sandbox.start("data", options)
                var talk = try server.connect()
                try Self.automate(talk)
                var expected = Array(repeating: "", count: 0)
                for (line, messages) in Self.story {
                    try talk.ok(line)
                    try talk.ok(line)
                    expected += messages
                    #expect(try Self.told(talk) == expected, "\(line.prefix(120))")
                }
                let before = try Self.answers(talk)
                for hasSnapshot in [false, true] {
                    if hasSnapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start("data", options)
                    talk = try server.connect()
                    #expect(try Self.answers(talk) == before)
                    for (line, _) in Self.story { _ = try talk.ask(line) }
                    #expect(try Self.told(talk) == expected, "told again after a restart")
                }
                #expect(try talk.ok("MESSAGE.SHOW M1").text("actor") == "rule:auto.order.confirmed version 1")
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }

        private static let placed = stamp()
        private static let story: [(String, [String])] = [
            // What came before its order waits for it.
            (#"ORDER.DELAY order=web:1 {"id":"d","until":"2027-03-09","reason":"storm"}"#, []),
            (order("1", placed: placed), ["order.confirmed: Dank voor 1", "order.delayed: 2027-03-09 storm"]),
            (
                order("1", cups: "2", total: "30.00", placed: placed, more: #","updatedAt":"\#(stamp(-1))""#),
                ["order.changed: 1 x Cup -> 2 x Cup; total: 25.00 -> 30.00"]
            ),
            (#"ORDER.SHIP order=web:1 {"id":"p","carrier":"PostNL"}"#, ["order.changed: shipment: PostNL"]),
            (ship("3S1", stamp(-1)), ["order.shipped: PostNL 3S1"]), (ship("3S1", stamp(-2)), []),
            (ship("3S2", stamp(-3)), ["order.shipped: PostNL 3S2"]), (ship("3S0", stamp(-2)), []),
            (
                #"ORDER.RETURN order=web:1 {"id":"R","lines":[{"sku":"A","quantity":2},{"sku":"B","quantity":1}]}"#,
                ["return.announced: 2 x Green tea, 1 x Cup"]
            ),
            (
                #"RETURN.RECEIVE order=web:1 {"id":"r1","return":"R","lines":[{"sku":"A","quantity":1}]}"#,
                ["return.received: 1 x Green tea R"]
            ),
            (
                #"RETURN.RECEIVE order=web:1 {"id":"r2","return":"R","lines":[{"sku":"B","quantity":1}]}"#,
                ["return.received: 1 x Cup R"]
            ),
            (#"ORDER.CANCEL order=web:1 {"id":"c","lines":[{"sku":"B","quantity":1}]}"#, ["order.cancelled: 1 x Cup"]),
            (#"ORDER.REFUND order=web:1 {"id":"f","amount":"5.00","cancellation":"c"}"#, ["order.refunded: 5.00 EUR"]),
            (#"PAYMENT.RECORD order=web:1 {"id":"m","amount":"30.00"}"#, ["order.changed: payment: 30.00 EUR"]),
        ]

        private static func ship(_ code: String, _ at: String) -> String {
            #"ORDER.SHIP order=web:1 {"id":"p","carrier":"PostNL","trackingCode":"\#(code)","updatedAt":"\#(at)"}"#
        }

        /// What is asked behind a change in the same packet sees what the change has set off.
        @Test(arguments: ["1", "2"]) func whatIsAskedBehindAChangeSeesIt(lanes: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--lanes", lanes, "--shards", "4"]).connect()
                try Self.automate(talk)
                for round in 1...20 {
                    let replies = try talk.pipeline([
                        Self.order("\(round)", email: "anna\(round)@vanderlinden.nl"),
                        #"ORDER.DELAY order=web:\#(round) {"until":"2027-03-09"}"#, "OUTBOX.TAKE worker=w limit=10",
                        "CUSTOMER.360 order=web:\(round)",
                    ])
                    #expect(replies[2].rows.count == 2)
                    guard case .ok(let text?) = replies[3].outcome else { throw TestFailure("no dossier") }
                    let messages = try JSONValue(parsing: text).at("messages")?.elements ?? []
                    #expect(messages.count { $0.text("order") == "web:\(round)" } == 2)
                }
            }
        }

        /// Old history that comes in mails nobody, and says so (W16).
        @Test func oldHistoryMailsNobody() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.automate(talk)
                try talk.ok(Self.order("1", placed: "2026-03-01T00:00:00Z"))
                try talk.ok(#"ORDER.DELAY order=web:1 {"until":"2026-03-09","announcedAt":"2026-03-02T00:00:00Z"}"#)
                #expect(try Self.told(talk).isEmpty)
                let log = try talk.rows("RULE.LOG").rows
                #expect(log.count == 2 && log.allSatisfy { $0.text("reason")?.hasPrefix("old: ") == true })
                #expect(log[0].text("customer") == "C1" && log[0].text("rule") == "auto.order.delayed")
                try talk.ok("SHOP.AUTOMATE days=3650")
                try talk.ok(#"ORDER.DELAY order=web:1 {"until":"2026-03-10","announcedAt":"2026-03-03T00:00:00Z"}"#)
                #expect(try Self.told(talk) == ["order.delayed: 2026-03-10 "])
            }
        }

        /// B10: nothing is queued before there is a sender; W13: nothing that the channel forbids. Both are in the log, and
        /// each has a row of its own among the messages (W16).
        @Test("W16 W13 B10: what is forbidden is logged and has a row") func whatIsForbiddenIsLogged() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.automate(talk, hasSender: false)
                try talk.ok(Self.order("1"))
                #expect(try talk.rows("RULE.LOG").rows.first?.text("reason")?.contains("SHOP.SENDER") == true)
                try talk.ok(Self.sender)
                try talk.ok(Self.order("2", channel: "amazon", email: "x1@marketplace.amazon.nl"))
                #expect(try talk.rows("RULE.LOG").rows.first?.text("reason")?.contains("amazon allows no") == true)
                #expect(try Self.told(talk).isEmpty)
                let withheld = try talk.rows("OUTBOX.LIST state=withheld").rows
                #expect(withheld.map { $0.text("order") } == ["amazon:2", "web:1"])
                #expect(withheld[0].text("to") == "x1@marketplace.amazon.nl" && withheld[1].at("version") == nil)
                try talk.ok(#"ORDER.DELAY order=amazon:2 {"until":"2027-03-10"}"#)
                #expect(try Self.told(talk) == ["order.delayed: 2027-03-10 "])
            }
        }

        /// W15: once, and in the days in which the platform allows it, which delivery opens.
        @Test func aReviewIsAskedForOnceInItsWindow() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.sender)
                try talk.ok(MessageTests.template("review.request"))
                try talk.ok("SHOP.AUTOMATE event=review.request on=yes")
                try talk.ok(Self.order("1", channel: "amazon", email: "x1@marketplace.amazon.nl"))
                let at = Self.stamp(1)
                for id in ["p", "q"] {
                    try talk.ok(
                        #"ORDER.SHIP order=amazon:1 {"id":"\#(id)","trackingCode":"3S1","deliveredAt":"\#(at)"}"#)
                }
                let messages = try talk.rows("OUTBOX.LIST state=queued").rows
                #expect(messages.count == 1)
                let text = try #require(messages.first?.text("dueAt"))
                let due = try Date(
                    text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
                #expect(abs(due.timeIntervalSinceNow - 6 * 86_400) < 60)
                #expect(try talk.rows("OUTBOX.TAKE worker=w").rows.isEmpty)
                #expect(try talk.rows("RULE.LOG").rows.first?.text("reason")?.contains("asked for already") == true)
                // One's own shop asks only with consent.
                try talk.ok(Self.order("2"))
                try talk.ok(#"ORDER.SHIP order=web:2 {"id":"p","trackingCode":"3S1","deliveredAt":"\#(at)"}"#)
                #expect(try talk.rows("RULE.LOG").rows.first?.text("reason")?.contains("has not agreed") == true)
            }
        }

        /// What shops' platforms say of consent feeds the wishes, by its own moment, and never over a person's word.
        @Test func consentComesFromTheChannel() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                func consent(_ state: String, _ at: String) -> String {
                    #"CHANNEL.PUT shopify {"id":7,"email":"bob@biller.com","first_name":"Bob","updated_at":"2026-01-01T00:00:00Z","#
                        + #""email_marketing_consent":{"state":"\#(state)","consent_updated_at":"2026-02-0\#(at)T00:00:00Z"}}"#
                }
                func wish() throws -> String? { try talk.ok("CUSTOMER.WISHES C1").text("wishes.newsletter.value") }
                try talk.ok(consent("not_subscribed", "1"))
                #expect(try wish() == nil)
                try talk.ok(consent("subscribed", "3"))
                #expect(try wish() == "yes")
                #expect(
                    try talk.ok("CUSTOMER.WISHES C1").text("wishes.mailing.actor")
                        == "channel:shopify 2026-02-03T00:00:00Z")
                // Late and twice.
                try talk.ok(consent("unsubscribed", "2"))
                #expect(try wish() == "yes")
                try talk.ok(consent("unsubscribed", "4"))
                #expect(try wish() == "no")
                try talk.ok("CUSTOMER.WISHES C1 newsletter=yes actor=anna")
                try talk.ok(consent("unsubscribed", "5"))
                #expect(try wish() == "yes")
                let order =
                    #"CHANNEL.PUT woocommerce {"id":9,"number":"9","status":"processing","currency":"EUR","total":"5.00","#
                    + #""date_created_gmt":"2026-03-01T00:00:00","billing":{"email":"zoe@example.org","last_name":"Zee"},"#
                    + #""line_items":[],"meta_data":[{"key":"mailchimp_woocommerce_is_subscribed","value":"1"}]}"#
                let customer = try talk.rows(order).rows.first?.text("customer") ?? ""
                #expect(try talk.ok("CUSTOMER.WISHES \(customer)").text("wishes.mailing.value") == "yes")
            }
        }
    }
}
