import Client
import Testing

extension SystemTests {
    /// Brochures by post, log-ins and reports in the history, over TCP, before and after the plug was pulled: T08, T09, T10, T18.
    @Suite struct BrochureTests {
        /// Buyers who have nothing in common.
        static let names = ["Jansen", "Visser", "Bakker", "Mulder", "Smit"]

        static func customer(_ number: Int) -> String {
            let name = names[number - 1]
            return """
                ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR",\
                "customer":{"ref":"b\(number)","lastName":"\(name)"},"billing":{"street":"\(name)straat",\
                "houseNumber":"\(number)","postalCode":"10\(number)\(number) J\(name.prefix(1))","city":"Amsterdam",\
                "country":"NL"},"total":"10.00"}
                """
        }

        static func list(_ talk: Talk, _ more: String = "") throws -> [String] {
            try talk.rows("BROCHURE.LIST\(more)").rows.map {
                "\($0.text("request") ?? "") \($0.text("brochure") ?? "") \($0.text("customer.number") ?? "")"
            }
        }

        static let row = FeatureRow(
            "T08 T09 T10", "brochures to send until a print date is set, and their history",
            told: [
                customer(1), customer(2), customer(3), "BROCHURE.REQUEST C1 brochure=summer-2027 actor=anna",
                "BROCHURE.REQUEST ref=web:b2 brochure=summer-2027 note=\"with price list\"",
                "BROCHURE.REQUEST C3 brochure=city-trips", "BROCHURE.REQUEST C3 brochure=summer-2027",
                "BROCHURE.PRINTED requests=B1 at=2026-11-30 actor=piet", "BROCHURE.WITHDRAW B4 reason=moved actor=eva",
            ],
            asks: [
                .init(
                    "BROCHURE.LIST",
                    [
                        "rows": "2", "total": "2", "from": "1", "to": "2", "heldBack": "0", "row.request": "B2",
                        "row.customer.number": "C2", "row.customer.billing.city": "Amsterdam",
                        "row.note": "with price list",
                    ]),
                .init("BROCHURE.LIST brochure=city-trips", ["total": "1", "row.customer.number": "C3"]),
                .init("BROCHURE.LIST offset=1 limit=1", ["total": "2", "from": "2", "to": "2", "row.request": "B3"]),
                .init(
                    "CUSTOMER.360 C1",
                    [
                        "brochures.0.state": "printed", "brochures.0.printedAt": "2026-11-30T00:00:00Z",
                        "brochures.0.printedBy": "piet", "brochures.0.requestedBy": "anna",
                    ]),
                .init(
                    "CUSTOMER.360 C3",
                    [
                        "brochures.#": "2", "brochures.0.state": "withdrawn", "brochures.0.reason": "moved",
                        "brochures.1.state": "to-send",
                    ]),
                .init("BROCHURE.REQUEST C3 brochure=city-trips", ["duplicate": "true", "request": "B3"]),
                .init("BROCHURE.PRINTED requests=B1", ["duplicate": "true", "printed": "0"]),
                .init("BROCHURE.WITHDRAW B4", ["duplicate": "true", "withdrawn": "0"]),
                .init("BROCHURE.WITHDRAW B1", ["error": "REFUSED", "text": "printed on 2026-11-30"]),
                .init("BROCHURE.PRINTED requests=B3,B4", ["error": "REFUSED", "text": "withdrawn"]),
            ])

        @Test func t08T09T10BrochuresToSend() throws { try Self.row.check() }

        @Test func t10TheHistoryIsKept() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                for line in Self.row.told { try talk.ok(line) }
                for _ in 0..<2 {
                    let acts = try talk.rows("CUSTOMER.HISTORY C1").rows.map {
                        "\($0.text("event") ?? "") \($0.text("actor") ?? "")"
                    }
                    #expect(acts == ["orderRecorded web", "brochureRequested anna", "brochuresPrinted piet"])
                    try talk.ok("SNAPSHOT")
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                }
            }
        }

        /// One copy for one customer, also when two became one; each its own when they part. Printing answers both.
        @Test func t08MergesAndSplits() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                for line in [
                    Self.customer(1), Self.customer(2), "BROCHURE.REQUEST C1 brochure=a",
                    "BROCHURE.REQUEST C2 brochure=a",
                    "BROCHURE.REQUEST C2 brochure=b", "CUSTOMER.MERGE C2 C1",
                ] { try talk.ok(line) }
                #expect(try Self.list(talk) == ["B1 a C1", "B3 b C1"])
                #expect(try talk.rows("BROCHURE.LIST").rows[0].text("also.0") == "B2")
                #expect(try talk.ok("BROCHURE.REQUEST C2 brochure=a").text("request") == "B1")
                try talk.ok("CUSTOMER.SPLIT C2")
                #expect(try Self.list(talk) == ["B1 a C1", "B2 a C2", "B3 b C2"])
                try talk.ok("CUSTOMER.MERGE C2 C1")
                let printed = try talk.ok("BROCHURE.PRINTED requests=B2")
                #expect(printed.text("printed") == "2" && printed.text("requests.0") == "B1")
                try talk.ok("CUSTOMER.SPLIT C2")
                #expect(try Self.list(talk) == ["B3 b C2"])
                #expect(try talk.ok("CUSTOMER.360 C2").text("brochures.1.state") == "printed")
            }
        }

        /// Printing a selection is the same when it is said again; what came later stays. Who wishes no post is left out.
        @Test func t08PrintingASelection() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                for number in 1...4 { try talk.ok(Self.customer(number)) }
                for number in 1...3 { try talk.ok("BROCHURE.REQUEST C\(number) brochure=a id=r\(number)") }
                try talk.ok("CUSTOMER.WISHES C3 post=no")
                #expect(try talk.rows("BROCHURE.LIST").end.text("heldBack") == "1")
                let last = try #require(talk.rows("BROCHURE.LIST").rows.last?.text("requestedAt"))
                let first = try talk.ok("BROCHURE.PRINTED until=\(last) brochure=a")
                #expect(first.text("printed") == "2" && first.text("left") == "0")
                #expect(try talk.ok("BROCHURE.PRINTED until=\(last)").at("duplicate") == .bool(true))
                // Known by its name, also when it is printed; without one a new request is a new copy.
                #expect(try talk.ok("BROCHURE.REQUEST C1 brochure=a id=r1").at("duplicate") == .bool(true))
                try talk.refused("BROCHURE.REQUEST C2 brochure=a id=r1", "CONFLICT", "B1")
                #expect(try talk.ok("BROCHURE.REQUEST C1 brochure=a").text("request") == "B4")
                try talk.refused("BROCHURE.REQUEST C3 brochure=b", "REFUSED", "no post", "CUSTOMER.WISHES C3 post=yes")
                try talk.ok("CUSTOMER.WISHES C3 post=yes")
                #expect(try Self.list(talk) == ["B3 a C3", "B4 a C1"])
            }
        }

        static let refusals: [(String, String, String)] = [
            ("BROCHURE.REQUEST C1", "INVALID", "brochure"), ("BROCHURE.REQUEST C9 brochure=a", "NOTFOUND", "number"),
            ("BROCHURE.REQUEST brochure=a", "SYNTAX", "exactly one"), ("BROCHURE.LIST limit=1001", "INVALID", "limit"),
            ("BROCHURE.PRINTED", "INVALID", "requests"),
            ("BROCHURE.PRINTED requests=B1 until=2026-01-01", "INVALID", "requests"),
            ("BROCHURE.PRINTED requests=B9", "NOTFOUND", "B9"), ("BROCHURE.PRINTED requests=B1,X", "INVALID", "B17"),
            ("BROCHURE.PRINTED requests=B1,B9", "NOTFOUND", "B9"),
            ("BROCHURE.PRINTED requests=B1 at=2020-01-01", "INVALID", "asked for"),
            ("BROCHURE.PRINTED requests=B1 at=2100-01-01", "INVALID", "year"),
            ("BROCHURE.PRINTED requests=B1 brochure=a", "INVALID", "brochure"),
            ("BROCHURE.WITHDRAW B9", "NOTFOUND", "B9"), ("BROCHURE.WITHDRAW", "SYNTAX", "usage"),
            ("CUSTOMER.LOGIN C9", "NOTFOUND", "number"), ("CUSTOMER.LOGIN", "SYNTAX", "exactly one"),
            ("CUSTOMER.LOGIN C1 at=2100-01-01", "INVALID", "at"), ("CUSTOMER.LOGIN C1 at=soon", "INVALID", "at"),
            ("REPORT.CUSTOMER C9", "NOTFOUND", "C9"),
        ]

        @Test func t08T18WhatIsWrongChangesNothing() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.customer(1))
                try talk.ok("BROCHURE.REQUEST C1 brochure=a")
                for (line, code, word) in Self.refusals { try talk.refused(line, code, word) }
                #expect(try Self.list(talk) == ["B1 a C1"])
                // Of another shop's requests nobody hears.
                try talk.ok("SHOP other")
                try talk.ok(Self.customer(2))
                try talk.refused("BROCHURE.PRINTED requests=B1", "NOTFOUND", "B1")
            }
        }

        // MARK: T18

        /// When, what, by which user or customer; also of log-ins, and of reports that were asked for.
        @Test func t18LogInsAndReportsInTheHistory() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                for line in [
                    Self.customer(1), Self.customer(2),
                    "CUSTOMER.LOGIN ref=web:b1 at=2026-11-01T10:00:00Z from=webshop",
                    "CUSTOMER.LOGIN C2 at=2026-11-02T10:00:00Z actor=app", "REPORT.CUSTOMER C1 actor=joost",
                    "CUSTOMER.MERGE C2 C1", "REPORT.CUSTOMER C1 file=yes actor=customer",
                ] { try talk.ok(line) }
                for _ in 0..<2 {
                    let repeated = try talk.ok("CUSTOMER.LOGIN C1 at=2026-11-01T10:00:00Z from=webshop")
                    #expect(repeated.at("duplicate") == .bool(true))
                    let acts = try talk.rows("CUSTOMER.HISTORY C1 from=5").rows.compactMap { row -> String? in
                        guard let event = row.text("event"), ["customerLoggedIn", "reportAsked"].contains(event) else {
                            return nil
                        }
                        return [event, row.text("actor"), row.text("at"), row.text("from"), row.text("report")]
                            .compactMap(\.self).joined(separator: " ")
                    }
                    #expect(
                        acts == [
                            "customerLoggedIn customer 2026-11-01T10:00:00Z webshop",
                            "customerLoggedIn app 2026-11-02T10:00:00Z", "reportAsked joost dossier",
                            "reportAsked customer dossier",
                        ])
                    let dossier = try talk.ok("CUSTOMER.360 C1")
                    #expect(
                        dossier.text("logIns.total") == "2" && dossier.text("logIns.last") == "2026-11-02T10:00:00Z")
                    try talk.ok("SNAPSHOT")
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                }
                try talk.ok("CUSTOMER.SPLIT C2")
                #expect(try talk.ok("CUSTOMER.360 C2").text("logIns.total") == "1")
                try talk.ok("CUSTOMER.BLOCK C2 reason=fraud")
                try talk.refused("CUSTOMER.LOGIN C2", "REFUSED", "blocked (fraud)", "CUSTOMER.UNBLOCK")
            }
        }
    }
}
