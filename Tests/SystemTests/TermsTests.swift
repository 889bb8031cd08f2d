import Client
import Testing

extension SystemTests {
    /// Price terms of groups over TCP, before and after the plug was pulled: E26.
    @Suite struct TermsTests {
        static let resellers = """
            TERMS.PUT actor=anna {"id":"resellers-2026","group":"resellers","currency":"EUR","from":"2026-01-01","until":"2099-12-31",\
            "prices":[{"sku":"TEA-1","price":"9.50"},{"sku":"TEA-1","price":"9.00","minimum":10}],\
            "discounts":[{"percent":"5"},{"sku":"CUP-1","percent":"12.5"}],\
            "surcharges":[{"name":"small order","amount":"4.95"},{"name":"packing","sku":"CUP-1","amount":"0.25"}]}
            """
        static let staff =
            #"TERMS.PUT {"id":"staff","group":"staff","currency":"EUR","discounts":[{"percent":"30"}]}"#

        static func customer(_ number: Int) -> String {
            Story.order("web", "\(number)", customer: #""ref":"b\#(number)","lastName":"Buyer\#(number)""#)
        }

        static func quote(_ customer: String, price: String = "10.00") -> String {
            #"TERMS.QUOTE \#(customer) {"currency":"EUR","lines":[{"sku":"TEA-2","price":"\#(price)"}]}"#
        }

        static let row = FeatureRow(
            "E26", "prices, discounts and surcharges of the customer's group",
            told: [customer(1), resellers, "CUSTOMER.GROUP C1 Resellers actor=anna"],
            asks: [
                .init(
                    #"TERMS.QUOTE C1 {"currency":"EUR","lines":[{"sku":"TEA-1","quantity":3,"price":"12.00"}]}"#,
                    [
                        "row.amount": "28.50", "row.by": "price", "row.terms": "resellers-2026", "row.list": "36.00",
                        "group": "resellers", "surcharges.0.name": "small order", "total": "33.45",
                    ]),
                .init(
                    #"TERMS.QUOTE ref=web:b1 {"currency":"EUR","lines":[{"sku":"TEA-1","quantity":10}]}"#,
                    ["row.amount": "90.00", "row.list": "-", "total": "94.95"]),
                .init(
                    #"TERMS.QUOTE C1 {"currency":"EUR","lines":[{"sku":"CUP-1","quantity":2,"price":"3.00"}]}"#,
                    [
                        "row.by": "discount", "row.percent": "12.5", "row.amount": "5.25",
                        "row.surcharges.0.amount": "0.50", "row.total": "5.75", "total": "10.70",
                    ]),
                .init(
                    #"TERMS.QUOTE group=resellers {"currency":"EUR","lines":[{"sku":"X","price":"10"}]}"#,
                    ["row.by": "discount on all", "row.amount": "9.50", "customer": "-"]),
                .init(
                    #"TERMS.QUOTE C1 {"currency":"USD","lines":[{"sku":"TEA-1","price":"12.00"}]}"#,
                    ["row.by": "list", "total": "12.00"]),
                .init(
                    #"TERMS.QUOTE C1 {"currency":"EUR","at":"2025-12-31","lines":[{"sku":"TEA-1","price":"12.00"}]}"#,
                    ["row.by": "list", "total": "12.00"]),
                .init("CUSTOMER.TERMS C1", ["group": "resellers", "terms": "1", "row.prices.1.minimum": "10"]),
                .init("CUSTOMER.TERMS C1 on=2025-01-01", ["group": "resellers", "terms": "0", "rows": "0"]),
                .init("CUSTOMER.360 C1", ["group": "resellers", "terms.0.id": "resellers-2026", "terms.#": "1"]),
                .init("TERMS.LIST", ["rows": "1", "total": "1", "row.version": "1", "row.actor": "anna"]),
                .init("TERMS.SHOW resellers-2026", ["until": "2100-01-01T00:00:00Z", "discounts.0.percent": "5"]),
                .init("CUSTOMER.SEARCH tagged=group:resellers", ["total": "1"]),
            ])

        @Test func e26PriceTermsOfTheCustomersGroup() throws { try Self.row.check() }

        /// Of two groups that a merge brings together the one said last holds, whichever way they are merged; a split gives each
        /// its own back.
        @Test(arguments: ["C1 C2", "C2 C1"]) func e26MergesAndSplitsOfGroups(merge: String) throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                for line in [
                    Self.customer(1), Self.customer(2), Self.resellers, Self.staff, "CUSTOMER.GROUP C1 staff",
                    "CUSTOMER.GROUP C2 resellers",
                ] { try talk.ok(line) }
                func totals() throws -> [String?] {
                    try ["C1", "C2"].map { try talk.ok(Self.quote($0)).text("total") }
                }
                #expect(try totals() == ["7.00", "14.45"])
                try talk.ok("CUSTOMER.MERGE \(merge)")
                for _ in 0..<2 {
                    #expect(try totals() == ["14.45", "14.45"])
                    #expect(try talk.ok("CUSTOMER.360 C1").text("group") == "resellers")
                    try talk.ok("SNAPSHOT")
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                }
                try talk.ok("CUSTOMER.SPLIT \(merge.prefix(2))")
                #expect(try totals() == ["7.00", "14.45"])
                // Said of both as one, it holds for both as one; the other group is gone from both.
                try talk.ok("CUSTOMER.MERGE \(merge)")
                try talk.ok("CUSTOMER.GROUP C1 staff")
                #expect(try talk.ok("CUSTOMER.GROUP C2 staff").at("duplicate") == .bool(true))
                #expect(try totals() == ["7.00", "7.00"])
                try talk.ok("CUSTOMER.GROUP C2 none")
                #expect(try totals() == ["10.00", "10.00"])
            }
        }

        /// The same terms again are the same; others take their place; removed ones are gone. The feed has them all.
        @Test func e26TermsAreReplacedAndRemoved() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                #expect(try talk.ok(Self.staff).at("duplicate") == .bool(false))
                #expect(try talk.ok(Self.staff).at("duplicate") == .bool(true))
                try talk.ok(Self.customer(1))
                try talk.ok("CUSTOMER.GROUP C1 staff")
                let newer = try talk.ok(Self.staff.replacing("30", with: "20"))
                #expect(newer.text("version") == "2")
                #expect(try talk.ok(Self.quote("C1")).text("total") == "8.00")
                try talk.ok("TERMS.REMOVE staff actor=eva")
                try talk.refused("TERMS.SHOW staff", "NOTFOUND", "TERMS.LIST")
                try talk.refused("TERMS.REMOVE staff", "NOTFOUND", "staff")
                for _ in 0..<2 {
                    #expect(try talk.ok(Self.quote("C1")).text("total") == "10.00")
                    let feed = try talk.rows("FEED from=1").rows.compactMap { row in
                        row.text("event").flatMap { $0.hasPrefix("terms") ? "\($0) \(row.text("actor") ?? "")" : nil }
                    }
                    #expect(feed == ["termsPut anonymous", "termsPut anonymous", "termsRemoved eva"])
                    try talk.ok("SNAPSHOT")
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                }
                // Shops hear nothing of each other's terms.
                try talk.ok("SHOP other")
                try talk.ok(Self.customer(1))
                try talk.ok("CUSTOMER.GROUP C2 staff")
                #expect(try talk.ok("TERMS.LIST").text("total") == "0")
            }
        }

        static let refusals: [(String, String, String)] = [
            (#"TERMS.PUT {"id":"x","group":"g","currency":"EUR"}"#, "INVALID", "terms.prices"),
            (
                #"TERMS.PUT {"id":"x","group":"g","currency":"EUR","discounts":[{"percent":"200"}]}"#, "INVALID",
                "percent"
            ),
            ("TERMS.PUT {", "SYNTAX", ""), ("TERMS.PUT", "SYNTAX", "JSON"), ("TERMS.SHOW", "SYNTAX", "usage"),
            ("TERMS.SHOW nothing", "NOTFOUND", "TERMS.LIST"), ("TERMS.REMOVE nothing", "NOTFOUND", "nothing"),
            ("TERMS.LIST on=soon", "INVALID", "on"), ("TERMS.LIST limit=1001", "INVALID", "limit"),
            ("CUSTOMER.GROUP C1", "SYNTAX", "usage"), ("CUSTOMER.GROUP C9 staff", "NOTFOUND", "number"),
            ("CUSTOMER.GROUP C1 a,b", "INVALID", "group"), ("CUSTOMER.TERMS C9", "NOTFOUND", "number"),
            (#"TERMS.QUOTE C1 {"currency":"EUR","lines":[{"sku":"A"}]}"#, "INVALID", "lines[0].price"),
            (#"TERMS.QUOTE C1 {"currency":"EUR","lines":[]}"#, "INVALID", "lines"),
            (
                #"TERMS.QUOTE C1 {"currency":"EUR","lines":[{"sku":"A","price":"1","quantity":0}]}"#, "INVALID",
                "quantity"
            ),
            (#"TERMS.QUOTE C1 group=g {"currency":"EUR","lines":[{"sku":"A","price":"1"}]}"#, "INVALID", "not both"),
            (#"TERMS.QUOTE {"currency":"EUR","lines":[{"sku":"A","price":"1"}]}"#, "SYNTAX", "exactly one"),
        ]

        @Test func e26WhatIsWrongChangesNothing() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.customer(1))
                for (line, code, word) in Self.refusals { try talk.refused(line, code, word) }
            }
        }
    }
}
