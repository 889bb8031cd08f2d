import Client
import Foundation
import Testing

extension SystemTests {
    /// Values that programs like to damage.
    @Suite struct DataTrapTests {
        /// What goes in as the text of one member of an order, and what comes out.
        struct Trap: Sendable, CustomTestStringConvertible {
            let replace: String
            let with: String
            let path: String
            let shows: String

            init(_ replace: String, _ with: String, _ path: String, _ shows: String) {
                self.replace = replace
                self.with = with
                self.path = path
                self.shows = shows
            }

            var testDescription: String { with }
        }

        private static let traps: [Trap] = [
            Trap(#""number":"S-1000123""#, #""number":9007199254740993"#, "number", "9007199254740993"),
            Trap(#""number":"S-1000123""#, #""number":"18446744073709551617""#, "number", "18446744073709551617"),
            Trap(#""number":"S-1000123""#, #""number":"№ 7/Ä:b""#, "number", "№ 7/Ä:b"),
            Trap(#""total":"39.90""#, #""total":"0.10""#, "total", "0.10"),
            Trap(#""total":"39.90""#, #""total":0.1"#, "total", "0.10"),
            Trap(#""total":"39.90""#, #""total":39.9"#, "total", "39.90"),
            Trap(#""total":"39.90""#, #""total":"-5""#, "total", "-5.00"),
            Trap(#""total":"39.90""#, #""total":"0.300000000004""#, "total", "0.300000000004"),
            Trap(#""total":"39.90""#, #""total":"90071992547409.93""#, "total", "90071992547409.93"),
            Trap(#""currency":"EUR""#, #""currency":"JPY""#, "currency", "JPY"),
            Trap(#""unitPrice":"19.95""#, #""unitPrice":"0.123456""#, "lines.0.unitPrice", "0.123456"),
            Trap(#""unitPrice":"19.95""#, #""unitPrice":0.000001"#, "lines.0.unitPrice", "0.000001"),
            Trap(#""quantity":2"#, #""quantity":"1.5""#, "lines.0.quantity", "1.5"),
            Trap("2026-03-01T10:22:31Z", "2026-03-01T10:22:31+02:00", "placedAt", "2026-03-01T08:22:31Z"),
            Trap("2026-03-01T10:22:31Z", "2024-02-29T23:59:59.999-01:00", "placedAt", "2024-03-01T00:59:59.999Z"),
            Trap("2026-03-01T10:22:31Z", "1969-12-31T23:59:59Z", "placedAt", "1969-12-31T23:59:59Z"),
            Trap("2026-03-01T10:22:31Z", "0001-01-01T00:00:00Z", "placedAt", "0001-01-01T00:00:00Z"),
            Trap("2026-03-01T10:22:31Z", "9999-12-31T23:59:59Z", "placedAt", "9999-12-31T23:59:59Z"),
            Trap("Thee", "İstanbul ıI", "lines.0.title", "İstanbul ıI"),
            Trap("Thee", "👩‍👩‍👧‍👦 🇳🇱 e\u{301}", "lines.0.title", "👩‍👩‍👧‍👦 🇳🇱 e\u{301}"),
            Trap("Thee", "שלום \u{202E}abc\u{202C} عربي", "lines.0.title", "שלום \u{202E}abc\u{202C} عربي"),
            Trap(
                "Thee", #"a\nb\r\t\u0000\u001f\u007f\u2028\"\\\/"#, "lines.0.title",
                "a\nb\r\t\0\u{1F}\u{7F}\u{2028}\"\\/"),
            Trap("Thee", #"\ud83d\ude00"#, "lines.0.title", "😀"),
            Trap(
                "Thee", String(repeating: "ü", count: 100_000), "lines.0.title", String(repeating: "ü", count: 100_000)),
            Trap(
                #""lines":["#, #""x-own":{"id":9007199254740993,"a":[1.10,"ß\n"]},"lines":["#, "x-own.id",
                "9007199254740993"),
            Trap(#""lines":["#, #""x-own":{"id":9007199254740993,"a":[1.10,"ß\n"]},"lines":["#, "x-own.a.0", "1.10"),
            Trap(#""sku":"TEA-1""#, #""sku":"TEA-1","giftWrap":{"colour":"rood"}"#, "lines.0.giftWrap.colour", "rood"),
            Trap(#""sku":"TEA-1""#, #""sku":12345678901234567890"#, "lines.0.sku", "12345678901234567890"),
        ]

        @Test func keepsValuesExactly() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var expected: [(trap: Trap, reply: Reply)] = []
                var talk = try server.connect()
                for (index, trap) in Self.traps.enumerated() {
                    try talk.ok("SHOP trap\(index)")
                    let line = "ORDER.PUT " + Story.order.replacing(trap.replace, with: trap.with)
                    try talk.ok(line)
                    let reply = try talk.ask("CUSTOMER.360 ref=shopify:98122")
                    let order = try talk.ok("CUSTOMER.360 ref=shopify:98122").at("orders.0")
                    #expect(order?.text(trap.path) == trap.shows, "\(trap.with.prefix(80))")
                    #expect(try talk.ok(line).at("duplicate") == .bool(true), "\(trap.with.prefix(80))")
                    expected.append((trap, reply))
                }
                try server.kill()
                server = try sandbox.start()
                talk = try server.connect()
                for (index, (trap, reply)) in expected.enumerated() {
                    try talk.ok("SHOP trap\(index)")
                    #expect(try talk.ask("CUSTOMER.360 ref=shopify:98122") == reply, "\(trap.with.prefix(80))")
                }
            }
        }

        /// What cannot be held exactly is refused; nothing is ever rounded.
        @Test func roundsNothing() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for total in [
                    "\"0.30000000000000004\"", "0.30000000000000004", "1e-13", "1e2", "123456789012345678.00", "1e400",
                ] {
                    let line = "ORDER.PUT " + Story.order.replacing("\"39.90\"", with: total)
                    try talk.refused(line, "INVALID", "total")
                }
            }
        }

        /// Amounts by currency, with the decimals that the currency has.
        @Test func addsUpExactly() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for (index, (total, currency)) in [
                    ("0.10", "EUR"), ("0.20", "EUR"), ("1250", "JPY"), ("1", "JPY"), ("1.234", "KWD"), ("0.001", "KWD"),
                    ("5", "BHD"), ("-0.30", "EUR"), ("0.1", "EUR"),
                ].enumerated() {
                    try talk.ok(
                        Story.order("s", "\(index)", customer: #""ref":"1""#, total: total, currency: currency))
                }
                let amounts = try talk.ok("CUSTOMER.360 C1").at("totals.amounts")
                for (currency, sum) in [("EUR", "0.10"), ("JPY", "1251"), ("KWD", "1.235"), ("BHD", "5.000")] {
                    #expect(amounts?.text(currency) == sum)
                }
            }
        }

        @Test func keepsTheCustomersOwnWords() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                let names = ["İpek Işık", "Zoë 👋🏽", "Nguye\u{302}\u{303}n", "محمد", "李小龍", "O'Brien \"Bob\"", "Straße"]
                for (index, name) in names.enumerated() {
                    let quoted = name.replacing("\"", with: "\\\"")
                    let line =
                        #"CUSTOMER.PUT {"channel":"crm","ref":"\#(index)","name":"\#(quoted)","email":null,"phone":""}"#
                    #expect(try talk.ok(line).text("resolution") == "created")
                    #expect(try talk.ok("CUSTOMER.360 ref=crm:\(index)").text("profiles.0.name") == name)
                }
                // Nothing, said in different ways, ties nobody together.
                for (index, email) in ["\"\"", "null", "\" \"", "\"-\"", "\"n/a\"", "\"none@none.com\""].enumerated() {
                    for channel in ["x", "y"] {
                        let reply = try talk.ok(
                            Story.order(channel, "\(index)", customer: #""email":\#(email),"phone":null,"vatId":"""#))
                        #expect(reply.text("resolution") == "created", "\(email)")
                    }
                }
            }
        }

        @Test func keepsUnknownFieldsEverywhere() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Story.tell(talk)
                try talk.ok(
                    #"CUSTOMER.PUT {"channel":"crm","ref":"u","tags":["vip",7],"addresses":[{"city":"Ede","floor":-1}]}"#
                )
                let dossier = try talk.ok("CUSTOMER.360 ref=crm:u")
                #expect(dossier.at("profiles.0.tags") == .array([.string("vip"), .number("7")]))
                #expect(dossier.text("profiles.0.addresses.0.floor") == "-1")
                let sophie = try talk.ask("CUSTOMER.360 C1").outcome
                guard case .ok(let text?) = sophie else { throw TestFailure("\(sophie)") }
                #expect(text.contains(#""loyalty":{"points":120}"#) && text.contains(#""file":"scan.pdf""#))
            }
        }
    }
}
