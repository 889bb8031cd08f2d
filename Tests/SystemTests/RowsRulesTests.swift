import Client
import Foundation
import Testing

extension SystemTests {
    /// Rules that label and send documents, and messages that were withheld: T21, W16. And rows of section B that other tests
    /// only touch: E11, W07.
    @Suite struct RowsRulesTests {
        @Test(arguments: rows) func theRowStands(_ row: FeatureRow) throws { try row.check() }

        static func rule(_ name: String, _ definition: String) -> [String] {
            ["RULE.PUT name=\(name) actor=eva \(definition)", "RULE.ON \(name) force=yes"]
        }

        static let sending = [
            "SHOP.SENDER address=info@winkel.example name=Winkel language=nl",
            #"TEMPLATE.PUT {"event":"documents.sent","language":"nl","subject":"Post","body":"{{documents.count}}: {{documents.names}}"}"#,
            #"TEMPLATE.PUT {"event":"document.issued","language":"nl","subject":"Factuur","body":"{{document.number}}"}"#,
        ]

        static func file(_ number: Int, _ more: String) -> [String] {
            [
                "FILE.BEGIN name=gids\(number).pdf type=application/pdf", #"FILE.PART id=U\#(number) {"data":"YWI="}"#,
                "FILE.END id=U\(number)", "DOCUMENT.ATTACH \(more) file=U\(number) actor=anna",
            ]
        }

        private static let issued = [
            "SHOP.SERIES kind=invoice pattern=F{number}", "DOCUMENT.CREATE order=shopify:S-1000123 actor=anna",
            "DOCUMENT.POST D1 actor=piet",
        ]

        private static let documents =
            ["ORDER.PUT " + Story.order, LedgerTests.seller] + sending
            + rule(
                "facturen",
                #"{"on":["document.posted"],"if":[{"field":"document.kind","op":"is","value":"invoice"}],"do":[{"label":"boekhouding"},{"send":"document","message":"document.issued"}]}"#
            )
            + rule(
                "gidsen",
                #"{"on":["document.attached"],"if":[{"field":"document.label","op":"is","value":"gids"}],"do":[{"send":"document"},{"label":"verstuurd"},{"unlabel":"gids"}]}"#
            )
            + rule("alles", #"{"on":["order.shipped"],"do":[{"send":{"label":"verstuurd"}}]}"#)
            + rule("bon", #"{"on":["voucher.issued"],"do":[{"tag":"bon"},{"note":"bon"}]}"#)
            + issued
            + file(1, "order=shopify:S-1000123 visibility=customer label=gids") + file(2, "customer=C1 name=intern.pdf")
            + [
                #"ORDER.SHIP order=shopify:S-1000123 {"id":"p","trackingCode":"3S1"}"#,
                "VOUCHER.ISSUE amount=5 currency=EUR customer=C1 id=a", "VOUCHER.ISSUE amount=5 currency=EUR",
            ]

        private static let withheld =
            [AutomationTests.order("1"), MessageTests.template("order.delayed", body: "{{delay.newDate}}")]
            + ["SHOP.AUTOMATE event=order.delayed on=yes", #"ORDER.DELAY order=web:1 {"id":"d","until":"2027-03-09"}"#]
            + sending
            + rule("post", #"{"on":["document.attached"],"do":[{"send":"document"}]}"#)
            + file(1, "customer=C1")
            + [
                MessageTests.template("review.request", body: "?"),
                "SHOP.AUTOMATE event=review.request on=yes",
                #"ORDER.SHIP order=web:1 {"id":"p","trackingCode":"3S1","deliveredAt":"\#(AutomationTests.stamp())"}"#,
            ]

        private static func address(_ number: Int, _ country: String, _ parts: String) -> String {
            #"ORDER.PUT {"channel":"web","number":"\#(number)","placedAt":"2026-03-01T10:00:00Z","currency":"EUR","total":"1.00","customer":{"firstName":"Mei","lastName":"Chan-\#(country)"},"billing":{\#(parts),"country":"\#(country)"}}"#
        }

        private static let rows = [
            FeatureRow(
                "T21", "rules label documents and send them, one or a whole label", told: documents,
                asks: [
                    .init(
                        "DOCUMENT.SHOW D1",
                        [
                            "labels.0": "boekhouding", "sent.#": "1", "sent.0.message": "M1",
                            "sent.0.by": "rule:facturen version 1",
                        ]),
                    .init(
                        "MESSAGE.SHOW M1",
                        [
                            "event": "document.issued", "state": "queued", "body": "F1", "order": "shopify:S-1000123",
                            "actor": "rule:facturen version 1",
                        ]),
                    .init("MESSAGE.SHOW M2", ["event": "documents.sent", "body": "1: gids1.pdf", "state": "queued"]),
                    .init("MESSAGE.SHOW M3", ["body": "1: gids1.pdf", "actor": "rule:alles version 1"]),
                    .init("DOCUMENT.SHOW F1", ["labels.#": "1", "labels.0": "verstuurd", "sent.#": "2"]),
                    .init("DOCUMENT.SHOW F2", ["labels.#": "0", "sent": "-"]),
                    .init("OUTBOX.LIST", ["rows": "3", "total": "3"]),
                    .init("CUSTOMER.360 C1", ["customer.tags.0": "bon", "notes.#": "1", "messages.#": "3"]),
                    .init("RULE.TEST facturen", ["changes": "1", "matched": "1", "acted": "0", "withheld": "2"]),
                    .init("RULE.TEST gidsen", ["changes": "2", "matched": "0"]),
                    .init("RULE.TEST alles", ["changes": "1", "matched": "1", "acted": "1"]),
                    .init("RULE.TEST bon", ["changes": "1", "matched": "1", "acted": "1"]),
                ]),
            FeatureRow(
                "W16", "what was kept from being written has a row with the reason, and is never queued",
                told: withheld,
                asks: [
                    .init("OUTBOX.LIST", ["rows": "3", "total": "3"]),
                    .init("OUTBOX.LIST state=queued", ["rows": "0"]),
                    .init("OUTBOX.TAKE worker=w", ["rows": "0"]),
                    .init(
                        "OUTBOX.LIST state=withheld",
                        ["rows": "3", "total": "3", "row.message": "M3", "row.state": "withheld"]),
                    .init(
                        "MESSAGE.SHOW M1",
                        [
                            "event": "order.delayed", "state": "withheld", "order": "web:1", "attempts": "0",
                            "to": "sophie@vanderlinden.nl", "actor": "rule:auto.order.delayed version 1",
                            "version": "-",
                            "body": "-", "dueAt": "-", "history.#": "1", "history.0.state": "withheld",
                        ]),
                    .init("CUSTOMER.360 C1", ["messages.#": "3", "messages.2.state": "withheld"]),
                    .init("OUTBOX.DONE M1 state=sent", ["error": "REFUSED", "text": "withheld"]),
                    .init("MESSAGE.QUEUE event=order.delayed order=web:1", ["error": "INVALID"]),
                ]),
            FeatureRow(
                "E11", "no postcode, no house number, with state or district: neither asked for nor in the way",
                told: [
                    "SHOP.CONFIGURE match=address",
                    address(
                        1, "HK", #""street":"Flat 5, 12/F, 88 Queen's Road","district":"Central","city":"Hong Kong""#),
                    address(
                        2, "HK", #""street":"Flat 5, 12/F, 88 Queen's Road","district":"Central","city":"Hong Kong""#),
                    address(
                        3, "US", #""street":"350 Fifth Avenue","city":"New York","state":"NY","postalCode":"10118""#),
                    address(4, "IE", #""street":"Rose Cottage","city":"Kilkenny""#),
                ],
                asks: [
                    .init("ORDER.GET web:1", ["billing.city": "Hong Kong", "billing.postalCode": "-"]),
                    .init("ORDER.GET web:3", ["billing.state": "NY"]),
                    .init("ORDER.GET web:4", ["billing.street": "Rose Cottage", "billing.houseNumber": "-"]),
                ]),
            FeatureRow(
                "W07", "a VAT id's check digits, and an outside verdict with time and source",
                told: [
                    #"CUSTOMER.PUT {"channel":"crm","ref":"1","company":"Theehuis","vatId":"NL804124188B01"}"#,
                    #"CUSTOMER.PUT {"channel":"crm","ref":"2","company":"Koffiehuis","vatId":"NL804124189B01"}"#,
                    "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES at=2026-06-01T00:00:00Z",
                ],
                asks: [
                    .init("CUSTOMER.360 C2", ["profiles.0.unusable.0": "vatId"]),
                    .init(
                        "CUSTOMER.VERIFY C2 vat=NL804124189B01 verdict=valid source=VIES",
                        ["error": "INVALID", "text": "vat"]),
                ]),
        ]

        // MARK: The reasons

        /// W16: each reason stands in the list, in the dossier and in the history, in the same words as in the log.
        @Test("W16: the reason of what was withheld is told everywhere") func theReasonIsTold() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for line in Self.withheld { try talk.ok(line) }
                let rows = try talk.rows("OUTBOX.LIST").rows
                let log = try talk.rows("RULE.LOG").rows.filter { $0.text("change") != "order.placed" }
                for (row, words) in zip(rows, ["has not agreed", "internal", "SHOP.SENDER"]) {
                    let reason = try #require(row.text("reason"))
                    #expect(reason.contains(words))
                    #expect(log.contains { $0.text("reason") == reason }, "\(reason)")
                    let shown = try talk.ok("MESSAGE.SHOW \(row.text("message") ?? "")")
                    #expect(shown.text("history.0.reason") == reason && shown.text("reason") == reason)
                }
                let history = try talk.rows("CUSTOMER.HISTORY C1").rows.filter {
                    $0.text("event") == "messageNotQueued"
                }
                #expect(history.count == 3 && history[0].text("actor") == "rule:auto.order.delayed version 1")
                #expect(
                    history[0].text("message") == "M1" && history[0].text("reason")?.contains("SHOP.SENDER") == true)
                // A person asks under the same name: that is a message of its own.
                let id = try #require(rows[2].text("id"))
                let queued = try talk.ok(
                    #"MESSAGE.QUEUE event=order.delayed order=web:1 id="\#(id)" {"delay.newDate":"2027-03-09"}"#)
                #expect(queued.text("message") == "M4" && queued.at("duplicate") == .bool(false))
            }
        }

        // MARK: T21

        /// What cannot be is refused when the rule is put, and changes nothing.
        @Test(
            "T21: rules that cannot label or send are refused",
            arguments: [
                (#"{"on":["order.placed"],"do":[{"label":"a"}]}"#, "INVALID", "brings no document"),
                (#"{"on":["voucher.issued"],"do":[{"send":"document"}]}"#, "INVALID", "brings no document"),
                (#"{"on":["document.posted","order.paid"],"do":[{"unlabel":"a"}]}"#, "INVALID", "order.paid"),
                (#"{"on":["order.placed"],"do":[{"send":"label"}]}"#, "INVALID", "do[0].send"),
                (#"{"on":["order.placed"],"do":[{"send":{}}]}"#, "INVALID", "do[0].send.label"),
                (#"{"on":["order.placed"],"do":[{"send":{"label":""}}]}"#, "INVALID", "do[0].send.label"),
                (#"{"on":["order.placed"],"do":[{"send":{"tag":"a"}}]}"#, "INVALID", "do[0].send.tag"),
                (
                    #"{"on":["document.posted"],"do":[{"send":"document","message":"order.shipped"}]}"#, "INVALID",
                    "documents.sent"
                ),
                (#"{"on":["document.posted"],"do":[{"send":"document","days":7}]}"#, "INVALID", "do[0].days"),
                (
                    #"{"on":["customer.changed"],"do":[{"send":{"label":"a"},"message":"document.issued"}]}"#,
                    "INVALID", "about an order"
                ),
                (#"{"on":["voucher.issued"],"do":[{"message":"voucher.issued"}]}"#, "INVALID", "voucher.code"),
                (
                    #"{"on":["order.placed"],"if":[{"field":"document.kind","op":"is","value":"invoice"}],"do":[{"note":"x"}]}"#,
                    "INVALID", "document.kind"
                ),
                (#"{"on":["document.posted"],"do":[{"send":"document"}]}"#, "REFUSED", "TEMPLATE.PUT"),
                (#"{"on":["document.posted"],"do":[{"label":"a","send":"document"}]}"#, "INVALID", "do[0].send"),
            ])
        func whatCannotBeIsRefused(_ rule: String, _ code: String, _ words: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(AutomationTests.order("1"))
                try talk.refused("RULE.PUT name=x \(rule)", code, words)
                #expect(try talk.rows("RULE.LIST").rows.isEmpty)
            }
        }

        /// Rules that label, unlabel and send what the others wait for: each runs once for a document, and none for what
        /// another did.
        @Test("T21: no rule sets off another", arguments: ["1", "2"]) func noRuleSetsOffAnother(lanes: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--lanes", lanes, "--shards", "3"]).connect()
                let kinds =
                    #""on":["document.posted","document.attached","voucher.issued","order.placed","customer.changed"]"#
                let lines = ["ORDER.PUT " + Story.order] + Self.sending
                for line in lines { try talk.ok(line) }
                for (name, condition) in [("ping", "isNot"), ("pong", "is")] {
                    let action = name == "ping" ? "label" : "unlabel"
                    let rule =
                        #"{"on":["document.attached"],"if":[{"field":"document.label","op":"\#(condition)","value":"x"}],"do":[{"\#(action)":"x"},{"send":"document"},{"note":"\#(name)"}]}"#
                    for line in Self.rule(name, rule) { try talk.ok(line) }
                }
                for line in Self.rule("all", #"{\#(kinds),"do":[{"send":{"label":"x"}}]}"#) { try talk.ok(line) }
                for line in Self.file(1, "customer=C1 visibility=customer") { try talk.ok(line) }
                let before = try talk.sequence()
                // ping: labelled, sent, noted; then all of label x, which holds the document by now.
                #expect(try talk.rows("OUTBOX.LIST").rows.count == 2)
                #expect(try talk.ok("CUSTOMER.360 C1").count("notes") == 1)
                try talk.ok("DOCUMENT.UNLABEL label=x documents=F1")
                try talk.ok("DOCUMENT.LABEL label=x documents=F1")
                #expect(try talk.sequence() == before + 2)
                #expect(try talk.rows("OUTBOX.LIST").rows.count == 2)
            }
        }

        /// Vouchers told again and again while the plug is pulled: what a rule sends for each of them is sent once.
        @Test("T21: exactly one message for each change, whatever crashes") func oneMessageForEachChange() throws {
            try Sandbox.with { sandbox in
                let seed = UInt64.random(in: 0..<1_000_000)
                print("RowsRulesTests: seed \(seed)")
                var random = Seeded(seed)
                var server = try sandbox.start("data", ["--snapshot-bytes", "20000"])
                let talk = try server.connect()
                let rule = Self.rule("bon", #"{"on":["voucher.issued"],"do":[{"send":{"label":"gids"}}]}"#)
                for line in ["ORDER.PUT " + Story.order] + Self.sending + rule
                    + Self.file(1, "customer=C1 visibility=customer label=gids")
                { try talk.ok(line) }
                let lines = (0..<40).map { "VOUCHER.ISSUE amount=1 currency=EUR customer=C1 id=v\($0)" }
                for _ in 0..<4 {
                    let talk = try server.connect()
                    for line in lines.shuffled(using: &random) { try talk.client.send(line) }
                    for _ in 0..<Int(random.next() % 40) { _ = try talk.client.receive() }
                    try server.kill()
                    server = try sandbox.start("data", ["--snapshot-bytes", "20000"])
                }
                let last = try server.connect()
                for line in lines { try last.ok(line) }
                #expect(try last.ok("OUTBOX.LIST limit=1").text("total") == "40", "seed \(seed)")
                #expect(try last.ok("DOCUMENT.SHOW F1").count("sent") == 40, "seed \(seed)")
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }
    }
}
