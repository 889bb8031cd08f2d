import Client
import Foundation
import Testing

extension SystemTests {
    /// What the commands about files, documents, rules, tags, lists, money and history are told wrongly, by the hundreds: a
    /// typed error that says what to do next, and nothing changes.
    @Suite struct RefusalTests {
        private static let files = [
            WrongCommand(
                "FILE.BEGIN", "name=a.pdf type=text/plain bytes=3",
                [
                    "name": .name.and("a/b", ".."), "type": .only("pdf", "İ/x", "/x", WrongValues.long),
                    "bytes": .offset,
                ],
                lines: ["INVALID": ["", "type=text/plain", "bytes=3"], "TOOLARGE": ["name=a bytes=999999999"]]),
            WrongCommand(
                "FILE.PART", #"id=$other {"data":"YQ=="}"#, takesJSON: true, ["id": .upload],
                lines: [
                    "SYNTAX INVALID": [
                        "", "id=$other", #"{"data":"YQ=="}"#, "id=$other {}", "id=$other []",
                        #"id=$other {"data":1}"#, #"id=$other {"data":"Y"}"#, #"id=$other {"data":"YQ"}"#,
                        #"id=$other {"data":"Y-=="}"#, #"id=$other {"data":"YR=="}"#, #"id=$other {"data":null}"#,
                        #"id=$other {"date":"YQ=="}"#,
                    ]
                ]),
            WrongCommand(
                "FILE.END", "id=$other", ["id": .upload, "sha256": .only("x", "İ", "\"\"", WrongValues.long)]),
            WrongCommand(
                "DOCUMENT.ATTACH", "customer=C1 file=$upload",
                [
                    "file": .upload, "customer": .customer, "kind": .choice.and("invoice", "credit-note", "voucher"),
                    "name": .name.and("a/b"), "visibility": .choice, "label": .name, "language": .language,
                    "country": .country, "actor": .name,
                ],
                lines: [
                    "SYNTAX INVALID": ["", "customer=C1", "file=$upload", "customer=C1 order=web:1 file=$upload"],
                    "NOTFOUND INVALID": [
                        "order=web:9 file=$upload", "document=D99 file=$upload", "document=@file file=$upload",
                    ],
                    "REFUSED": ["customer=C1 file=$other"],
                ]),
            WrongCommand("DOCUMENT.FETCH", "F1", ["1": .document, "offset": .offset, "bytes": .offset]),
            WrongCommand(
                "DOCUMENT.LABEL", "label=x documents=F1",
                ["label": .name, "documents": .document.and("F1,", ",", "F1,F999"), "actor": .name]),
            WrongCommand(
                "DOCUMENT.UNLABEL", "label=x documents=F1",
                ["label": .name, "documents": .document.and("F1,", ",", "F1,F999"), "actor": .name]),
            WrongCommand(
                "DOCUMENT.SHARE", "F1 visibility=customer", ["1": .document, "visibility": .choice, "actor": .name],
                lines: ["SYNTAX INVALID": ["", "F1"]]),
            WrongCommand(
                "DOCUMENT.SEND", "documents=F1",
                [
                    "documents": .document.and("F1,", ","), "template": .choice.and("order.shipped"),
                    "language": .language, "customer": .customer, "id": .name, "actor": .name,
                ],
                lines: [
                    "SYNTAX INVALID": ["", "documents=F1 label=x"], "NOTFOUND": ["label=none"],
                    "REFUSED": ["documents=$draft", "documents=F1"],
                ]),
            WrongCommand(
                "DOCUMENT.REMOVE", "F1", ["1": .document, "reason": .word, "actor": .name],
                lines: ["REFUSED": ["F1", "D1", "$invoice"]]),
            WrongCommand(
                "SHOP.RETENTION", "kind=invoice years=9",
                [
                    "kind": .choice.and("notes", "itinerary"),
                    "years": .only("-1", "1.5", "NaN", "x", "99999", "\"\"", WrongValues.digits), "country": .country,
                    "source": .word, "actor": .name,
                ], lines: ["SYNTAX INVALID": ["kind=invoice", "years=7", "country=NL", "source=x"]]),
            WrongCommand("REPORT.CUSTOMER", "C1", ["1": .customer, "file": .choice, "actor": .name]),
            WrongCommand("ORDER.DOCUMENTS", "web:1", ["1": .order]),
        ]

        private static let rule = #"{"on":["order.placed"],"do":[{"tag":"x"}]}"#

        private static func rules(_ values: [String], _ template: (String) -> String) -> [String] {
            values.map { "name=x \(template($0))" }
        }

        private static let automation = [
            WrongCommand(
                "RULE.PUT", "name=x \(rule)", takesJSON: true,
                ["name": .name.and("A", "\"a b\"", "ı", "a/b"), "actor": .name],
                lines: [
                    "SYNTAX INVALID": ["", "name=x", rule, "name=x []", "name=x y \(rule)"]
                        + rules(["[]", "1", #""order.placed""#, #"["order.eaten"]"#, "null", "[1]"]) {
                            #"{"on":\#($0),"do":[{"tag":"x"}]}"#
                        }
                        + rules([
                            "[]", "{}", #"[{"dance":"x"}]"#, #"[{"tag":""}]"#, #"[{"tag":"a,b"}]"#, #"[{"tag":1}]"#,
                            #"[{"tag":"\#(WrongValues.long)"}]"#, #"[{"message":"order.shipped"}]"#,
                            #"[{"message":"none"}]"#, #"[{"message":"order.confirmed","days":-1}]"#,
                            #"[{"message":"review.request","days":NaN}]"#, #"[{"setLanguage":"klingons"}]"#,
                            #"[{"note":""}]"#, #"[{"note":"\#(WrongValues.long)"}]"#, #"[{"tag":"a","note":"b"}]"#,
                        ]) { #"{"on":["order.placed"],"do":\#($0)}"# }
                        + rules([
                            "{}", #"[{"field":"colour","op":"is","value":"x"}]"#,
                            #"[{"field":"channel","op":"<","value":"x"}]"#, #"[{"field":"channel","op":"is"}]"#,
                            #"[{"field":"order.total","op":">=","value":"many"}]"#,
                            #"[{"field":"order.total","op":">=","value":1e300}]"#,
                            #"[{"field":"customer.spent.XXXX","op":">=","value":1}]"#,
                            #"[{"field":"channel","op":"is","value":[]}]"#, #"[{"any":[]}]"#,
                            #"[{"any":[{"any":[{"field":"channel","op":"is","value":"x"}]}]}]"#,
                        ]) { #"{"on":["order.placed"],"if":\#($0),"do":[{"tag":"x"}]}"# }
                        + rules([
                            #"{"do":[{"tag":"x"}]}"#, #"{"on":["order.placed"]}"#,
                            #"{"on":["order.placed"],"do":[{"tag":"x"}],"shoes":1}"#,
                            #"{"on":["order.placed"],"on":[],"do":[{"tag":"x"}]}"#,
                        ]) { $0 }
                ]),
            WrongCommand(
                "RULE.SHOW", "name=regular",
                [
                    "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "version": .only(
                        "-1", "+1", "1.5", "NaN", "x", "99999999999999999999", "9", WrongValues.digits,
                        codes: "INVALID NOTFOUND"),
                ]),
            WrongCommand(
                "RULE.MOVE", "name=regular",
                [
                    "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "before": .only("none", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND REFUSED"),
                    "actor": .name,
                ]),
            WrongCommand(
                "RULE.TEST", "name=regular",
                [
                    "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "since": .moment, "limit": .count.and("100001"), "actor": .name,
                ]),
            WrongCommand(
                "RULE.ON", "name=regular",
                [
                    "name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "force": .choice, "actor": .name,
                ], lines: ["REFUSED": ["name=regular"]]),
            WrongCommand(
                "RULE.OFF", "name=regular",
                ["name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"), "actor": .name]),
            WrongCommand(
                "RULE.REMOVE", "name=regular",
                ["name": .only("none", "İ", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"), "actor": .name]),
            WrongCommand("RULE.LOG", "limit=1", ["limit": .count]),
            WrongCommand("RULE.LIST", ""),
            WrongCommand(
                "SHOP.AUTOMATE", "event=order.delayed on=yes",
                [
                    "event": .choice.and("documents.sent"), "on": .choice,
                    "days": .only("-1", "1.5", "NaN", "x", "99999", "\"\"", WrongValues.digits), "actor": .name,
                ],
                lines: [
                    "SYNTAX INVALID": ["event=order.delayed", "on=yes"], "REFUSED": ["event=order.shipped on=yes"],
                ]),
        ]

        private static let lists = [
            WrongCommand(
                "CUSTOMER.TAG", "C1 vip",
                [
                    "1": .customer, "2": .only("a,b", "\"\"", "\" \"", "\"a\\tb\"", WrongValues.long),
                    "cause": .word, "actor": .name,
                ], lines: ["SYNTAX INVALID": ["", "C1", "C1 " + (1...21).map { "t\($0)" }.joined(separator: " ")]]),
            WrongCommand(
                "CUSTOMER.UNTAG", "C1 vip",
                [
                    "1": .customer, "2": .only("a,b", "\"\"", "\" \"", "\"a\\tb\"", WrongValues.long),
                    "actor": .name,
                ], lines: ["SYNTAX INVALID": ["", "C1"]]),
            WrongCommand(
                "CUSTOMER.BLOCK", "C1 reason=x", ["1": .customer, "reason": .name, "actor": .name],
                lines: ["SYNTAX INVALID": ["", "C1", "reason=x"]]),
            WrongCommand("CUSTOMER.UNBLOCK", "C1", ["1": .customer, "actor": .name], lines: ["SYNTAX INVALID": [""]]),
            WrongCommand(
                "CUSTOMER.SEARCH", "limit=1",
                [
                    "tagged": .only("a,,b", "\"\"", WrongValues.long),
                    "untagged": .only("\"\"", WrongValues.long), "blocked": .choice,
                    "numbers": .only("x", "C1,", "C0", "\"\"", "C-1"), "sort": .choice, "from": .count,
                    "limit": .count.and("1001"), "full": .choice,
                    "cursor": .only("x", "1.2.3", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "text": .only(WrongValues.long, "\"" + (1...13).map { "w\($0)" }.joined(separator: " ") + "\""),
                ], lines: ["SYNTAX INVALID": ["cursor=a.1.1 text=x", "C1"]]),
            WrongCommand(
                "CUSTOMER.ORDERS", "C1",
                ["1": .customer, "since": .moment, "from": .count, "limit": .count.and("1001")],
                lines: [
                    "SYNTAX INVALID": ["", "C1 C2", "limit=1"],
                    "NOTFOUND INVALID": ["email=nobody@nobody.nl", "phone=1", "ref=x:y", "document=none"],
                ]),
            WrongCommand(
                "CUSTOMER.BULK", "action=tag value=spring all=yes",
                [
                    "action": .choice.and("delete", "merge"), "value": .only("a,,b", "\"\"", WrongValues.long),
                    "all": .choice.and("no"),
                    "preview": .choice, "cause": .word, "actor": .name,
                ],
                lines: [
                    "SYNTAX INVALID": [
                        "", "action=tag value=x", "value=x all=yes", "action=tag all=yes", "action=block all=yes",
                        "action=language value=klingons all=yes", "action=wish value=newsletter all=yes",
                        "action=wish value=fame:no all=yes", "action=message all=yes",
                        "action=message event=none id=x all=yes",
                        "action=message event=customer.mailing all=yes", "action=tag value=x numbers=x",
                        "action=tag value=x numbers=C1,,C1",
                        "action=tag value=x all=yes country=NL", "action=tag value=x blocked=perhaps",
                        "action=tag value=x tagged=\"\"", "action=tag value=x tagged=,",
                        "action=tag value=x text=\"\"", "action=tag value=x text=\" \"",
                        "action=tag value=x numbers=\"\"",
                        "action=tag value=x country=\"\"", "action=tag value=x channel=\"\"",
                        "action=tag value=x untagged=\"\"",
                    ]
                ]),
        ]

        private static let past: [WrongCommand] =
            [
                WrongCommand(
                    "FEED", "from=1",
                    [
                        "from": .only(
                            "-1", "x", "1.5", "NaN", "99999999", "99999999999999999999", "\"\"", WrongValues.digits,
                            codes: "INVALID REFUSED"), "to": .only("-1", "x", "NaN", "99999999999999999999", "\"\""),
                        "limit": .count, "wait": .only("-1", "61", "x", "NaN", "\"\"", WrongValues.digits),
                    ], lines: ["SYNTAX INVALID": ["", "to=2"]]),
                WrongCommand(
                    "CUSTOMER.HISTORY", "C1",
                    ["1": .customer, "from": .only("-1", "x", "NaN", "99999999999999999999", "\"\""), "limit": .count],
                    lines: ["SYNTAX INVALID": ["", "from=1"]]),
            ]
            + [("CUSTOMER.360", "C1"), ("CUSTOMER.FIND", ""), ("ORDER.GET", "web:1"), ("ORDER.LIFE", "web:1")].map {
                WrongCommand(
                    $0, $1,
                    [
                        "at": .only(
                            "-1", "x", "NaN", "2026-02-29T00:00:00Z", "yesterday", "999999", "99999999999999999999",
                            "1999-01-01T00:00:00Z", "\"\"", WrongValues.digits, codes: "INVALID REFUSED")
                    ])
            }

        private static let exchange: [WrongCommand] =
            ["ORDER.EXPORT", "CUSTOMER.EXPORT", "DOCUMENT.EXPORT", "FACT.EXPORT"].map {
                WrongCommand(
                    $0, "limit=1",
                    [
                        "limit": .count.and("10001"),
                        "after": .only("x", "-1", "1.5", "NaN", "\"\"", WrongValues.digits), "since": .moment,
                        "actor": .name,
                    ],
                    lines: ["SYNTAX INVALID": ["C1"]])
            } + [
                WrongCommand(
                    "FACT.PUT", #"kind=shipment order=web:1 {"id":"s1","trackingCode":"3S"}"#, takesJSON: true,
                    ["kind": .choice.and("wish"), "order": .only("web", ":1", "web:", "\"\"", WrongValues.long)],
                    lines: [
                        "SYNTAX INVALID": [
                            "", "kind=shipment order=web:1", #"kind=shipment {"id":"x"}"#, #"order=web:1 {"id":"x"}"#,
                            "kind=shipment order=web:1 []",
                            #"kind=refund order=web:1 {"amount":"-1"}"#, #"kind=refund order=web:1 {"amount":"NaN"}"#,
                            #"kind=refund order=web:1 {"amount":1e300}"#,
                            #"kind=delay order=web:1 {"until":"2026-02-29"}"#, #"kind=delay order=web:1 {}"#,
                            #"kind=shipment order=web:1 {"id":"a\u0000b"}"#,
                            #"kind=shipment order=web:1 {"lines":[{"sku":"A","quantity":-1}]}"#,
                            #"kind=shipment order=web:1 {"lines":{}}"#, #"kind=status order=web:1 {"id":"x"}"#,
                            #"kind=shipment order=web:1 {"id":"x","updatedAt":"2026-02-29T00:00:00Z"}"#,
                        ]
                    ])
            ]

        private static let money = [
            WrongCommand(
                "VOUCHER.ISSUE", "amount=5.00 currency=EUR",
                [
                    "amount": .amount, "currency": .only("E", "EURO", "İUR", "123", "\"\"", WrongValues.long),
                    "customer": .customer,
                    "extra": .only("-1", "1.005", "NaN", "x", "99999999999999999999"), "description": .word,
                    "reason": .word, "startsAt": .moment,
                    "expiresAt": .moment, "id": .name, "actor": .name,
                    "creditNote": .only(
                        "D1", "D2", "D999", "none", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND REFUSED"),
                ],
                lines: [
                    "SYNTAX INVALID": [
                        "", "amount=5", "currency=EUR",
                        "amount=5 currency=EUR startsAt=2027-01-02T00:00:00Z expiresAt=2027-01-01T00:00:00Z",
                    ]
                ]),
            WrongCommand(
                "VOUCHER.SHOW", "voucher=V1",
                [
                    "voucher": .only(
                        "V0", "V-1", "V999", "x", "1", "V99999999999999999999", "\"\"", "@voucher",
                        WrongValues.long, codes: "INVALID NOTFOUND")
                ], lines: ["SYNTAX INVALID": ["", "voucher=V1 code=$code"]]),
            WrongCommand(
                "VOUCHER.REDEEM", "code=$code amount=1.00 id=new",
                [
                    "code": .only(
                        "x", "$mistyped", "7QK2-9MXH-0V4T-PB3Z-W8", "@code", "\"\"", "İ", WrongValues.long,
                        codes: "INVALID NOTFOUND"), "amount": .amount, "id": .name,
                    "currency": .only("USD", "E", "İUR", "\"\"", codes: "INVALID CONFLICT"), "in": .choice,
                    "order": .only("web", ":1", "web:", "/main:1", "\"\"", WrongValues.long), "actor": .name,
                ],
                lines: [
                    "SYNTAX INVALID": ["", "code=$code amount=1.00", "code=$code id=new", "amount=1 id=new"],
                    "CONFLICT": ["code=$code amount=1000.00 id=new", "code=$code amount=2.00 id=old"],
                ]),
            WrongCommand(
                "VOUCHER.REVERSE", "id=none", ["id": .name, "reason": .word, "actor": .name],
                lines: ["NOTFOUND": ["id=none"], "SYNTAX INVALID": [""]]),
            WrongCommand(
                "VOUCHER.RENEW", "voucher=V1 id=new",
                [
                    "voucher": .only(
                        "V0", "V999", "x", "@voucher", "\"\"", WrongValues.long, codes: "INVALID NOTFOUND"),
                    "id": .name, "reason": .word, "actor": .name,
                ], lines: ["SYNTAX INVALID": ["", "voucher=V1", "id=new", "voucher=V1 code=$code id=new"]]),
            WrongCommand(
                "CHEQUE.TAKE", "voucher=V1",
                [
                    "voucher": .only("V0", "V999", "x", "@voucher", "\"\"", codes: "INVALID NOTFOUND"), "reason": .word,
                    "actor": .name,
                ], lines: ["SYNTAX INVALID": ["", "voucher=V1 code=$code"]]),
            WrongCommand(
                "CHEQUE.PAY", "voucher=V1 reference=x",
                [
                    "voucher": .only("V0", "V999", "x", "@voucher", "\"\"", codes: "INVALID NOTFOUND"),
                    "reference": .name, "actor": .name,
                ], lines: ["SYNTAX INVALID": ["", "voucher=V1"], "REFUSED": ["voucher=V1 reference=x"]]),
        ]

        private static let everything = files + automation + lists + past + exchange + money

        /// Two shops, each with one of everything. Answers what the names in the lines above stand for: `$` what is this
        /// shop's, `@` what is the other's.
        private static func fill(_ talk: Talk) throws -> [String: String] {
            var names: [String: String] = [:]
            for (mark, shop, number) in [("$", "main", "1"), ("@", "other", "7")] {
                try talk.ok("SHOP \(shop)")
                try talk.ok(order(number, shop))
                names["\(mark)order"] = "web:\(number)"
                let customer = try #require(talk.rows("CUSTOMER.SEARCH").rows.first?.text("number"))
                names["\(mark)customer"] = customer
                try talk.ok(LedgerTests.seller)
                let draft = try #require(talk.ok("DOCUMENT.CREATE order=web:\(number)").text("document"))
                names["\(mark)document"] = draft
                names["\(mark)invoice"] = try talk.ok("DOCUMENT.POST \(draft)").text("number")
                let voucher = try talk.ok("VOUCHER.ISSUE amount=10.00 currency=EUR customer=\(customer) id=gift")
                names["\(mark)voucher"] = voucher.text("voucher")
                let code = try #require(voucher.text("code"))
                names["\(mark)code"] = code
                try talk.ok("VOUCHER.REDEEM code=\(code) amount=1.00 id=old")
                let file = try ArchiveTests.upload(talk, [1, 2, 3])
                names["\(mark)file"] = try talk.ok("DOCUMENT.ATTACH customer=\(customer) file=\(file) label=x")
                    .text("document")
                try talk.ok("CUSTOMER.TAG \(customer) regular cause=loyal")
                try talk.ok("RULE.PUT name=regular \(rule)")
                try talk.ok(#"FACT.PUT kind=refund order=web:\#(number) {"id":"r","amount":"1.00"}"#)
            }
            try talk.ok("SHOP main")
            names["$draft"] = try talk.ok("DOCUMENT.CREATE order=web:1").text("document")
            let code = try #require(names["$code"])
            names["$mistyped"] = (code.first == "2" ? "3" : "2") + code.dropFirst()
            names["$upload"] = try ArchiveTests.upload(talk, [4, 5])
            names["$other"] = try talk.ok("FILE.BEGIN name=half bytes=100").text("id")
            return names
        }

        private static func order(_ number: String, _ shop: String) -> String {
            let more = #"""
                ,"billing":{"name":"Anna Vos","street":"Dam 1","postalCode":"1012 JS","city":"Amsterdam","country":"NL"},\#
                "lines":[{"sku":"A","title":"Thee","quantity":2,"unitPrice":"5.00","vatRate":"21"}]
                """#
            return Story.order(
                "web", number, customer: #""email":"a@\#(shop).example","name":"Anna Vos""#, more: more)
        }

        /// All that can be taken out of both shops, and how far the journal is.
        private static func everythingKnown(_ talk: Talk, _ names: [String: String]) throws -> [Reply] {
            try ["$", "@"].flatMap { mark in
                func name(_ what: String) -> String { names[mark + what] ?? "" }
                return try talk.pipeline(
                    [mark == "$" ? "SHOP main" : "SHOP other", "CUSTOMER.360 \(name("customer"))"]
                        + ["ORDER.DOCUMENTS \(name("order"))", "ORDER.LIFE \(name("order"))", "RULE.LIST", "RULE.LOG"]
                        + ["VOUCHER.SHOW voucher=\(name("voucher"))", "DOCUMENT.SHOW \(name("document"))"]
                        + ["DOCUMENT.SHOW \(name("file"))", "DOCUMENT.FETCH \(name("file"))", "SHOP.RETENTION"]
                        + ["SHOP.AUTOMATE", "CUSTOMER.SEARCH full=yes", "SHOP.SELLER", "SHOP.SERIES", "OUTBOX.LIST"]
                        + ["SHOP.SETTINGS", "ORDER.EXPORT", "CUSTOMER.EXPORT", "DOCUMENT.EXPORT", "FACT.EXPORT"])
            } + [try talk.ask("SHOP main")]
        }

        @Test(arguments: everything)
        func refusesAndChangesNothing(_ wrong: WrongCommand) throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                let names = try Self.fill(talk)
                let known = try Self.everythingKnown(talk, names)
                let (before, files) = (try talk.sequence(), try ArchiveTests.files(sandbox))
                for (line, codes) in wrong.lines {
                    let line = names.reduce(line) { $0.replacing($1.key, with: $1.value) }
                    let shown = line.prefix(120)
                    guard case .error(let code, let text) = try talk.ask(line).outcome else {
                        Issue.record("\(shown) was not refused")
                        continue
                    }
                    #expect(codes.contains(code), "\(shown): \(code) \(text)")
                    #expect(text.utf8.count < 700, "\(shown): the refusal has \(text.utf8.count) bytes")
                    #expect(text.contains { $0 == " " }, "\(shown): what now? \(text)")
                }
                #expect(try talk.sequence() == before)
                #expect(try Self.everythingKnown(talk, names) == known)
                #expect(try ArchiveTests.files(sandbox) == files)
            }
        }
    }
}
