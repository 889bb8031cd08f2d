import Client
import Testing

extension SystemTests {
    /// Rules over TCP, before and after the plug is pulled: B12, B14.
    @Suite struct RuleTests {
        static let regular =
            #"RULE.PUT name=regular actor=anna {"on":["order.placed","customer.changed"],"if":[{"any":["#
            + #"{"field":"customer.orders","op":">=","value":3},{"field":"customer.spent.EUR","op":">=","value":"500"}]}],"#
            + #""do":[{"tag":"regular"}]}"#
        static let language =
            #"RULE.PUT name=language {"on":["order.placed"],"do":[{"setLanguage":"delivery.country"}]}"#

        /// B12: who passes the threshold is marked, once, also when two halves turn out to be one customer.
        @Test func regularCustomersAreMarked() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(Self.regular)
                try talk.ok("RULE.TEST regular")
                try talk.ok("RULE.ON regular actor=anna")
                for number in 1...2 { try talk.ok(AutomationTests.order("\(number)")) }
                #expect(try talk.ok("CUSTOMER.360 C1").count("customer.tags") ?? 0 == 0)
                try talk.ok(AutomationTests.order("3"))
                try talk.ok(AutomationTests.order("4"))
                let dossier = try talk.ok("CUSTOMER.360 C1")
                #expect(dossier.text("customer.tags.0") == "regular" && dossier.count("customer.tags") == 1)
                #expect(dossier.text("customer.tagNotes.0.actor") == "rule:regular version 1")
                #expect(dossier.text("customer.tagNotes.0.cause") == "web:3")
                // Two halves.
                let merged = try talk.ok(AutomationTests.order("5", email: "thomas@devries.nl", total: "300.00")).text(
                    "customer")
                let other = try talk.ok(AutomationTests.order("6", email: "t.vries@kantoor.nl", total: "300.00")).text(
                    "customer")
                let (one, two) = (try #require(merged), try #require(other))
                if one != two { try talk.ok("CUSTOMER.MERGE \(two) \(one) reason=test") }
                #expect(try talk.ok("CUSTOMER.360 order=web:6").text("customer.tags.0") == "regular")
                // By hand too, and both after a crash.
                try talk.ok("CUSTOMER.TAG C1 vip actor=joost")
                let questions = ["CUSTOMER.360 C1", "CUSTOMER.360 order=web:6", "RULE.LOG", "RULE.SHOW regular"]
                let before = try questions.map { try talk.ask($0) }
                for hasSnapshot in [false, true] {
                    if hasSnapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    #expect(try questions.map { try server.connect().ask($0) } == before)
                }
            }
        }

        /// B14: the country of delivery sets the language where the rule is on, and no rule overrides a person.
        @Test func theCountryOfDeliverySetsTheLanguage() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.language)
                try talk.ok(AutomationTests.order("1", country: "DE"))
                #expect(try talk.ok("CUSTOMER.LANGUAGE C1").at("languageChoice") == nil)
                try talk.ok("RULE.ON language force=yes")
                try talk.ok(AutomationTests.order("2", country: "DE"))
                let choice = try talk.ok("CUSTOMER.LANGUAGE C1")
                #expect(choice.text("languageChoice.value") == "de")
                #expect(choice.text("languageChoice.actor") == "rule:language version 1")
                try talk.ok("CUSTOMER.LANGUAGE C1 fr actor=anna")
                try talk.ok(AutomationTests.order("3", country: "DE"))
                #expect(try talk.ok("CUSTOMER.LANGUAGE C1").text("languageChoice.value") == "fr")
                #expect(
                    try talk.rows("RULE.LOG name=language").rows.first?.text("reason") == "chosen already: fr (anna)")
                try talk.ok("RULE.OFF language")
                let other =
                    try talk.ok(AutomationTests.order("4", email: "jan@devries.be", country: "BE")).text("customer")
                    ?? ""
                #expect(try talk.ok("CUSTOMER.LANGUAGE \(other)").text("languageChoice.value") != "nl-BE")
            }
        }

        /// Rules are data: listed, ordered, tried, switched, versioned.
        @Test func rulesAreListedOrderedTriedAndSwitched() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for number in 1...5 {
                    try talk.ok(AutomationTests.order("\(number)", placed: "2026-03-0\(number)T00:00:00Z"))
                }
                try talk.ok(Self.regular)
                #expect(try talk.ok(Self.regular).at("duplicate") == .bool(true))
                try talk.ok(Self.language)
                func names() throws -> [String] { try talk.rows("RULE.LIST").rows.compactMap { $0.text("rule") } }
                #expect(try names() == ["regular", "language"])
                try talk.ok("RULE.MOVE name=language before=regular")
                #expect(try names() == ["language", "regular"])
                try talk.ok("RULE.MOVE language")
                #expect(try names() == ["regular", "language"])
                let tried = try talk.rows("RULE.TEST name=regular since=2026-03-04T00:00:00Z")
                #expect(tried.end.text("matched") == "4" && tried.end.text("acted") == "4" && tried.rows.count == 4)
                #expect(tried.rows[0].text("subject") == "web:5" && tried.rows[0].at("would.0.done") == .bool(true))
                #expect(try talk.ok("CUSTOMER.360 C1").count("customer.tags") ?? 0 == 0)
                try talk.ok("RULE.ON name=regular")
                let next = try talk.ok(Self.regular.replacing("500", with: "600"))
                #expect(next.text("version") == "2" && next.at("on") == .bool(false))
                try talk.refused("RULE.ON regular", "REFUSED", "RULE.TEST regular")
                #expect(try talk.ok("RULE.SHOW regular version=1").text("version") == "1")
                try talk.ok("RULE.REMOVE regular")
                #expect(try names() == ["language"])
                #expect(try talk.ok(Self.regular).text("version") == "3")
                for (line, code, word) in Self.refusals { try talk.refused(line, code, word) }
            }
        }

        private static func put(_ rule: String) -> String { "RULE.PUT name=x \(rule)" }

        private static let refusals: [(String, String, String)] = [
            (put(#"{"on":["order.lost"],"do":[{"tag":"a"}]}"#), "INVALID", "on[0]"),
            (put(#"{"do":[{"tag":"a"}]}"#), "INVALID", "on"), (put(#"{"on":["order.placed"]}"#), "INVALID", "do"),
            (put(#"{"on":["order.placed"],"do":[]}"#), "INVALID", "do"),
            (put(#"{"on":["order.placed"],"do":[{"mail":"a"}]}"#), "INVALID", "do[0].mail"),
            (put(#"{"on":["order.placed"],"do":[{"tag":"a,b"}]}"#), "INVALID", "do[0].tag"),
            (put(#"{"on":["order.placed"],"when":[],"do":[{"tag":"a"}]}"#), "INVALID", "when"),
            (
                put(#"{"on":["order.placed"],"if":[{"field":"colour","op":"is","value":"red"}],"do":[{"tag":"a"}]}"#),
                "INVALID", "if[0].field"
            ),
            (
                put(#"{"on":["order.placed"],"if":[{"field":"order.total","op":"~","value":1}],"do":[{"tag":"a"}]}"#),
                "INVALID", "if[0].op"
            ),
            (
                put(
                    #"{"on":["order.placed"],"if":[{"field":"order.total","op":">","value":"much"}],"do":[{"tag":"a"}]}"#
                ),
                "INVALID", "if[0].value"
            ),
            (
                put(#"{"on":["order.placed"],"if":[{"field":"channel","op":">","value":"bol"}],"do":[{"tag":"a"}]}"#),
                "INVALID", "if[0].op"
            ),
            (
                put(
                    #"{"on":["customer.changed"],"if":[{"field":"channel","op":"is","value":"bol"}],"do":[{"tag":"a"}]}"#
                ),
                "INVALID", "customer.changed has no channel"
            ),
            (put(#"{"on":["order.placed"],"do":[{"message":"order.shipped"}]}"#), "INVALID", "shipment.trackingCode"),
            (put(#"{"on":["order.placed"],"do":[{"message":"order.confirmed"}]}"#), "REFUSED", "TEMPLATE.PUT"),
            (put(#"{"on":["customer.changed"],"do":[{"setLanguage":"delivery.country"}]}"#), "INVALID", "setLanguage"),
            (put("{"), "SYNTAX", ""), ("RULE.PUT {}", "SYNTAX", "usage"), ("RULE.PUT name=A {}", "INVALID", "name"),
            ("RULE.PUT name=auto.x {}", "INVALID", "auto."), ("RULE.ON nothing", "NOTFOUND", "RULE.LIST"),
            ("RULE.MOVE language before=nothing", "NOTFOUND", "nothing"), ("RULE.TEST nothing", "NOTFOUND", "nothing"),
            ("RULE.TEST language since=yesterday", "INVALID", "since"),
            ("RULE.SHOW language version=9", "NOTFOUND", "1"),
            ("SHOP.AUTOMATE event=order.placed on=yes", "INVALID", "event"),
            ("SHOP.AUTOMATE days=0", "INVALID", "days"),
            ("SHOP.AUTOMATE event=customer.mailing on=yes", "INVALID", "event"),
            ("SHOP.AUTOMATE event=order.shipped", "SYNTAX", "usage"),
            ("SHOP.AUTOMATE event=order.shipped on=yes", "REFUSED", "TEMPLATE.PUT"),
        ]

        /// What a rule does sets off no rule: two that undo each other's work run once each for a change.
        @Test func noRuleSetsOffAnother() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                let changes = #""on":["order.placed","customer.changed"]"#
                for (name, condition, action) in [("ping", "isNot", "tag"), ("pong", "is", "untag")] {
                    try talk.ok(
                        #"RULE.PUT name=\#(name) {\#(changes),"if":[{"field":"customer.tag","op":"\#(condition)","#
                            + #""value":"x"}],"do":[{"\#(action)":"x"},{"note":"\#(name)"}]}"#)
                    try talk.ok("RULE.ON \(name) force=yes")
                }
                // Both look at the customer as it was before any of them ran.
                try talk.ok(AutomationTests.order("1"))
                #expect(try talk.ok("CUSTOMER.360 C1").count("notes") == 1)
                try talk.ok("CUSTOMER.UNTAG C1 x")
                try talk.ok("CUSTOMER.TAG C1 x")
                #expect(try talk.ok("CUSTOMER.360 C1").count("notes") == 1)
            }
        }
    }
}
