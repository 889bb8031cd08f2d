import Client
import Testing

extension SystemTests {
    /// Open invoices over TCP, before and after the plug was pulled: B09.
    @Suite struct OpenInvoiceTests {
        static func order(_ number: String, _ total: String = "121.00", channel: String = "web") -> String {
            let name = BrochureTests.names[(Int(number) ?? 1) - 1]
            return """
                ORDER.PUT {"channel":"\(channel)","number":"\(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR",\
                "customer":{"ref":"b\(number)","email":"\(name.lowercased())@example.nl","lastName":"\(name)"},\
                "billing":{"name":"\(name)","street":"\(name)straat","houseNumber":"\(number)",\
                "postalCode":"10\(number)\(number) J\(name.prefix(1))","city":"Amsterdam","country":"NL"},\
                "lines":[{"sku":"T","title":"Tea","quantity":1,"unitPrice":"\(total)","vatRate":"21"}],"total":"\(total)"}
                """
        }

        static func invoice(_ order: String, _ document: Int) -> [String] {
            ["DOCUMENT.CREATE order=\(order)", "DOCUMENT.POST D\(document)"]
        }

        static func open(_ talk: Talk, _ more: String = "") throws -> [String] {
            try talk.rows("INVOICE.OPEN\(more)").rows.map { "\($0.text("document") ?? "") \($0.text("open") ?? "")" }
        }

        static let row = FeatureRow(
            "B09", "open invoices: amount open, payments recorded, paid ones leave the list",
            told: [
                LedgerTests.seller, order("1"), order("2", "60.50"), order("3", "30.25"), order("4", channel: "bol"),
            ]
                + invoice("web:1", 1) + invoice("web:2", 2) + invoice("web:3", 3) + invoice("bol:4", 4) + [
                    "DOCUMENT.CREATE order=web:3",
                    #"PAYMENT.RECORD order=web:1 {"id":"p1","amount":"21.00"}"#,
                    #"PAYMENT.RECORD order=web:2 {"id":"p1","amount":"60.50"}"#,
                ],
            asks: [
                .init(
                    "INVOICE.OPEN",
                    [
                        "rows": "2", "total": "2", "open.EUR": "130.25", "row.document": "D1", "row.open": "100.00",
                        "row.customer": "C1", "row.recipient": "Jansen", "row.order": "web:1", "row.total": "121.00",
                        "row.days": "0",
                    ]),
                .init("INVOICE.OPEN offset=1 limit=1", ["rows": "1", "total": "2", "from": "2", "row.document": "D3"]),
                .init("INVOICE.OPEN customer=C1", ["total": "1", "open.EUR": "100.00"]),
                .init("INVOICE.OPEN customer=C2", ["total": "0", "rows": "0"]),
                .init("INVOICE.OPEN days=1", ["total": "0"]),
                .init("INVOICE.OPEN customer=C9", ["error": "NOTFOUND"]),
                .init("INVOICE.OPEN days=99999", ["error": "INVALID", "text": "days"]),
                .init("INVOICE.REMIND D2", ["error": "REFUSED", "text": "nothing is open"]),
                .init("INVOICE.REMIND D5", ["error": "REFUSED", "text": "no posted invoice"]),
                .init("INVOICE.REMIND D9", ["error": "NOTFOUND", "text": "D9"]),
                .init("INVOICE.REMIND D1", ["error": "REFUSED", "text": "SHOP.SENDER"]),
            ])

        @Test func b09OpenInvoices() throws { try Self.row.check() }

        /// Credit notes, vouchers, returns, refunds and cancellations lower what is open, each once.
        @Test func b09WhatLowersTheAmountOpen() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(LedgerTests.seller)
                for number in 1...5 { try talk.ok(Self.order("\(number)", "100.00")) }
                for number in 1...5 { for line in Self.invoice("web:\(number)", number) { try talk.ok(line) } }
                func credit(_ document: Int, _ reason: String, _ amount: String) throws -> String {
                    let draft = try talk.ok(
                        #"DOCUMENT.CREDIT document=D\#(document) {"reason":"\#(reason)","amount":"\#(amount)"}"#)
                    return draft.text("document") ?? ""
                }
                // A draft lowers nothing; posted it does.
                let note = try credit(1, "damage", "10.00")
                #expect(try Self.open(talk, " customer=C1") == ["D1 100.00"])
                try talk.ok("DOCUMENT.POST \(note)")
                #expect(try Self.open(talk, " customer=C1") == ["D1 90.00"])
                // Paid out as a voucher it is settled already, and the invoice is open as it was.
                try talk.ok("VOUCHER.ISSUE creditNote=\(note) amount=10.00 currency=EUR")
                #expect(try Self.open(talk, " customer=C1") == ["D1 100.00"])
                // What came back lowers once, before its credit note and after it.
                let back = #"{"id":"r","lines":[{"sku":"T","quantity":1}]}"#
                try talk.ok("ORDER.RETURN order=web:2 \(back)")
                #expect(try Self.open(talk, " customer=C2") == ["D2 100.00"])
                try talk.ok(#"RETURN.RECEIVE order=web:2 {"id":"i","return":"r"}"#)
                #expect(try Self.open(talk, " customer=C2") == [])
                try talk.ok("DOCUMENT.POST \(try credit(2, "return", "40.00"))")
                #expect(try Self.open(talk, " customer=C2") == [])
                // Paid in full, a part given back: nothing is open again.
                try talk.ok(#"PAYMENT.RECORD order=web:3 {"id":"p","amount":"100.00"}"#)
                try talk.ok(#"ORDER.REFUND order=web:3 {"id":"f","amount":"15.00"}"#)
                #expect(try Self.open(talk, " customer=C3") == [])
                try talk.ok("DOCUMENT.POST \(try credit(3, "damage", "15.00"))")
                #expect(try Self.open(talk, " customer=C3") == [])
                try talk.ok(#"ORDER.CANCEL order=web:4 {"id":"c"}"#)
                #expect(try Self.open(talk, " customer=C4") == [])
                // Of two invoices of one order the older is paid first.
                try talk.ok("DOCUMENT.CREATE order=web:5")
                let second = try talk.rows("CUSTOMER.360 C5").end.text("documents.0.document") ?? ""
                try talk.ok("DOCUMENT.POST \(second)")
                try talk.ok(#"PAYMENT.RECORD order=web:5 {"id":"p","amount":"130.00"}"#)
                #expect(try Self.open(talk, " customer=C5") == ["\(second) 70.00"])
                // A merge brings both lists together.
                try talk.ok("CUSTOMER.MERGE C5 C1")
                #expect(try Self.open(talk, " customer=C1").sorted() == ["D1 100.00", "\(second) 70.00"])
                let sum = try talk.ok("INVOICE.OPEN")
                #expect(sum.text("open.EUR") == "170.00")
            }
        }

        /// The customer is sent to pay what is open: once a day for each invoice.
        @Test func b09TheCustomerIsSentToPay() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                for line in [LedgerTests.seller, Self.order("1")] + Self.invoice("web:1", 1) { try talk.ok(line) }
                try talk.ok(MessageTests.sender)
                try talk.refused("INVOICE.REMIND D1", "REFUSED", "template")
                try talk.ok(
                    MessageTests.template(
                        "invoice.reminder",
                        body: "{{invoice.open}} {{invoice.currency}} of {{invoice.number}} {{invoice.url|here}}"))
                try talk.ok(#"PAYMENT.RECORD order=web:1 {"id":"p","amount":"21.00"}"#)
                let sent = try talk.ok("INVOICE.REMIND D1 url=https://pay.example/1 actor=anna")
                #expect(sent.text("open") == "100.00" && sent.text("to") == "jansen@example.nl")
                let number = try #require(sent.text("invoice"))
                let shown = try talk.ok("MESSAGE.SHOW \(sent.text("message") ?? "")")
                #expect(shown.text("body") == "100.00 EUR of \(number) https://pay.example/1")
                for _ in 0..<2 {
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                    #expect(try talk.ok("INVOICE.REMIND \(number)").at("duplicate") == .bool(true))
                    #expect(try talk.ok("CUSTOMER.360 C1").text("messages.0.event") == "invoice.reminder")
                    try talk.ok("SNAPSHOT")
                }
                try talk.ok(#"PAYMENT.RECORD order=web:1 {"id":"q","amount":"100.00"}"#)
                try talk.refused("INVOICE.REMIND D1", "REFUSED", "nothing is open")
            }
        }
    }
}
