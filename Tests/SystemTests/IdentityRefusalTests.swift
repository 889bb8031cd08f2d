import Client
import Testing

extension SystemTests {
    /// What the commands about who is who are told wrongly: a typed error that says what to do next, and nothing changes.
    @Suite struct IdentityRefusalTests {
        /// One command with everything wrong that can be said to it: lines and the codes that they may get.
        struct Wrong: Sendable, CustomTestStringConvertible {
            let command: String
            let lines: [(arguments: String, codes: Set<String>)]

            var testDescription: String { command }

            init(_ command: String, _ groups: [String: [String]]) {
                self.command = command
                lines = groups.flatMap { codes, lines in
                    lines.map { ($0, Set(codes.split(separator: " ").map(String.init))) }
                }.sorted { $0.arguments < $1.arguments }
            }
        }

        private static let megabyte = String(repeating: "x", count: 1 << 20)
        private static let digits = String(repeating: "9", count: 1 << 20)

        /// No customer numbers, whatever the letters.
        private static let noNumbers = [
            "17", "x", "C0", "C00", "C-1", "C+1", "C1.5", "C4294967296", "C99999999999999999999", "Ç1", "ç1", "C١",
            "Ｃ1",
            "İ", "ı1", #""""#, #""C1 ""#, #""C\n1""#, megabyte, "C" + digits,
        ]
        /// Numbers of nobody here: never given, given in another shop (C7), and the largest one.
        private static let nobody = ["C999", "C7", "C4294967295"]
        private static let noCounts = [
            "0", "-1", "+1", "1.5", "x", "٣", "İ", "1e3", "99999999999", #""""#, megabyte, digits,
        ]

        private static func pairs(_ command: String, _ more: [String: [String]] = [:]) -> Wrong {
            let wrong = noNumbers.flatMap { ["C1 \($0)", "\($0) C1"] }
            return Wrong(
                command,
                [
                    "SYNTAX": [
                        "", "C1", "C1 C3 C4", "C1 C3 shoes=1", #"C1 C3 {"a":1}"#, #"C1 "C3"#, "C1 \(megabyte)=1",
                    ],
                    "INVALID": wrong, "NOTFOUND": nobody.flatMap { ["C1 \($0)", "\($0) C1"] },
                ].merging(more) { $0 + $1 })
        }

        /// What every decision refuses: an actor or a reason that is none.
        private static func words(_ arguments: String, _ names: [String]) -> [String] {
            names.flatMap { name in
                [#""""#, #""a\tb""#, "\"a\u{7F}\"", megabyte].map { "\(arguments) \(name)=\($0)" }
            }
        }

        private static func decided(_ command: String, _ more: [String] = []) -> Wrong {
            pairs(
                command,
                [
                    "INVALID": ["C1 C1", "C6 C6"] + words("C1 C3", ["actor", "reason"]) + more,
                    "SYNTAX": ["C1 C3 actor=a actor=b"],
                ])
        }

        private static let values = ["QUARANTINE.HOLD", "QUARANTINE.RELEASE"].map { command in
            Wrong(
                command,
                [
                    "SYNTAX": [
                        "", "C1", "email=a@b.nl phone=+31612345678", "email=a@b.nl email=c@d.nl", "name=x", "email",
                        "{}",
                    ],
                    "INVALID": [
                        "email=", "email=none", "email=none@none.nl", "email=İ", "email=\(megabyte)", "phone=0",
                        "phone=İ", "phone=\(digits)", #"phone="06 12345678""#, "vat=NL1", "vat=\(megabyte)", "vat=ÇŞĞ",
                        "email=2xq7f@verkopen.bol.com",
                    ] + words("email=a@b.nl", ["actor"])
                        + (command == "QUARANTINE.HOLD" ? ["email=a@b.nl preview=1"] : []),
                ])
        }

        private static let questions =
            ["IDENTITY.SETTLE", "IDENTITY.CHECK", "IDENTITY.STATUS", "SHOP.SETTINGS"].map { command in
                Wrong(command, ["SYNTAX": ["C1", "shoes=1", "{}", "İ", megabyte, "actor=x"]])
            }
            + ["IDENTITY.QUEUE", "QUARANTINE.LIST", "IDENTITY.EXPORT"].map { command in
                let numbers = noCounts.filter { $0 != "0" }.flatMap { ["offset=\($0)", "limit=\($0)"] }
                let isWhole = command == "IDENTITY.EXPORT"
                let reasons = command == "IDENTITY.QUEUE" ? ["reason=", "reason=İ", "reason=\(megabyte)"] : []
                return Wrong(
                    command,
                    [
                        "SYNTAX": ["C1", "{}", "limit=1 limit=2"],
                        "INVALID": numbers + reasons + (isWhole ? [] : ["limit=1001"]),
                    ])
            }

        private static let counted = ["IDENTITY.ACCEPT", "IDENTITY.REJECT", "IDENTITY.ACTIVATE", "IDENTITY.SIMULATE"]
            .map {
                command in
                let takesActor = command != "IDENTITY.SIMULATE"
                return Wrong(
                    command,
                    [
                        "SYNTAX": ["", "1 2", "1 shoes=1", "{}"] + (takesActor ? [] : ["1 actor=x"]),
                        "INVALID": noCounts + (takesActor ? words("1", ["actor"]) : []),
                        "NOTFOUND": ["999", "999999999"],
                    ])
            }

        private static let assertions = [
            Wrong(
                "CUSTOMER.PIN",
                [
                    "SYNTAX": ["", "C1", "C1 email", "C1 email a@b.nl profile=C1", "C1 email a b"],
                    "NOTFOUND": nobody.map { "\($0) email a@b.nl" } + nobody.map { "C1 email profile=\($0)" },
                    "INVALID": noNumbers.map { "\($0) email a@b.nl" } + noNumbers.map { "C1 email profile=\($0)" }
                        + words("C1 email a@b.nl", ["actor"]) + [
                            "C1 shoes x", "C1 İ x", "C1 \(megabyte) x", "C1 email x", #"C1 email """#,
                            "C1 email \(megabyte)", #"C1 company "a\tb""#, "C1 company \(megabyte)", "C1 vatId NL1",
                            "C1 billing x", "C1 email profile=C3",
                        ],
                ]),
            Wrong(
                "CUSTOMER.UNPIN",
                [
                    "SYNTAX": ["", "C1", "C1 email x"], "NOTFOUND": nobody.map { "\($0) email" },
                    "INVALID": noNumbers.map { "\($0) email" } + words("C1 email", ["actor"])
                        + ["C1 shoes", "C1 İ", "C1 \(megabyte)"],
                ]),
            Wrong(
                "CUSTOMER.VERIFY",
                [
                    "SYNTAX": [
                        "", "C1", "C1 vat=NL804124188B01", "C1 vat=NL804124188B01 verdict=valid", "C1 C2 \(vies)",
                    ],
                    "NOTFOUND": nobody.map { "\($0) \(vies)" },
                    "INVALID": noNumbers.map { "\($0) \(vies)" } + words("C1 \(vies)", ["actor"])
                        + ["never", "2999-01-01T00:00:00Z", "İ", megabyte].map { "C1 \(vies) at=\($0)" } + [
                            "C1 vat=NL1 verdict=valid source=V", "C1 vat=\(megabyte) verdict=valid source=V",
                            "C1 vat=NL804124188B01 verdict=İ source=V", "C1 vat=NL804124188B01 verdict=valid source=",
                            "C1 vat=NL804124188B01 verdict=valid source=\(megabyte)",
                        ],
                ]),
        ]

        private static let vies = "vat=NL804124188B01 verdict=valid source=VIES"

        private static let settings = [
            Wrong(
                "IDENTITY.PROPOSE",
                [
                    "SYNTAX": [
                        "", "[]", #"{"basis":"x""#, #"C1 {"basis":"x","prior":-8}"#, #"{"basis":"x","prior":NaN}"#,
                    ],
                    "INVALID": [
                        "{}", #"{"basis":""}"#, #"{"basis":"x"}"#, #"{"basis":"x","mergeThreshold":"y"}"#,
                        #"{"basis":"x","mergeThreshold":1e300}"#, #"{"basis":"x","mergeThreshold":101}"#,
                        #"{"basis":"x","prior":-8.001}"#, #"{"basis":"x","shoes":1}"#, #"{"basis":"x","weights":1}"#,
                        #"{"basis":"x","weights":{"email":{"same":1000}}}"#,
                        #"{"basis":"x","weights":{"İ":{"same":1}}}"#,
                        #"{"basis":"x","weights":{"email":{"sane":1}}}"#, #"{"basis":"x","queueThreshold":50}"#,
                        #"{"basis":"x","prior":-8,"prior":-7}"#, #"{"basis":"a\u0000b","prior":-8}"#,
                        #"{"basis":"x","weights":{"email":{"same":1,"same":2}}}"#,
                        #"{"basis":"\#(megabyte)","prior":-8}"#,
                    ] + words("", ["actor"]).map { $0.dropFirst() + #" {"basis":"x","prior":-8}"# },
                ]),
            Wrong("IDENTITY.RULES", ["SYNTAX": ["1 2", "shoes=1"], "INVALID": noCounts, "NOTFOUND": ["999"]]),
            Wrong(
                "IDENTITY.LEARN",
                [
                    "SYNTAX": ["C1", "{}", "shoes=1"],
                    "INVALID": ["activate=", "activate=perhaps", "activate=İ"] + words("", ["actor"]),
                ]),
            Wrong(
                "SHOP.CONFIGURE",
                [
                    "SYNTAX": ["", "C1", "{}", "match=email match=address"],
                    "INVALID": [
                        "match=", "match=İ", "match=\(megabyte)", "bookings=x", "source=crm", "duplicates=yes",
                        "source=crm duplicates=perhaps", "source=İ duplicates=yes", "source=/ duplicates=no",
                        #"source="" duplicates=no"#, "source=\(megabyte) duplicates=yes",
                    ] + words("match=email", ["actor"]),
                    "NOTFOUND": ["source=ebay duplicates=yes", "match=email source=ebay duplicates=no"],
                ]),
        ]

        static let everything: [Wrong] =
            [
                decided("CUSTOMER.MERGE", ["C1 C3 preview=perhaps"]), decided("CUSTOMER.BIND"),
                decided("CUSTOMER.EXCLUDE"),
                decided("CUSTOMER.LINK"),
                // Nobody gives a reason for taking something back.
                pairs("CUSTOMER.RELEASE", ["INVALID": ["C1 C1"] + words("C1 C3", ["actor"]), "NOTFOUND": ["C1 C5"]]),
                pairs("CUSTOMER.WHYNOT"),
                Wrong(
                    "CUSTOMER.WHY",
                    [
                        "SYNTAX": ["", "C1 C2 C3", "C1 actor=x"], "INVALID": noNumbers + noNumbers.map { "C1 \($0)" },
                        "NOTFOUND": nobody + nobody.map { "C1 \($0)" },
                    ]),
                Wrong("CUSTOMER.HOW", ["SYNTAX": ["", "C1 C2", "{}"], "INVALID": noNumbers, "NOTFOUND": nobody]),
                Wrong(
                    "CUSTOMER.SPLIT",
                    [
                        "SYNTAX": ["", "C1 C2"], "NOTFOUND": nobody + nobody.map { "C1 profiles=\($0)" },
                        "INVALID": noNumbers + noNumbers.map { "C1 profiles=\($0)" } + words("C6", ["actor", "reason"])
                            + [
                                "C3", "C2", "C1 profiles=C3", "C1 profiles=C1,C2,C6", "C1 profiles=C2,",
                                "C1 profiles=,",
                                "C6 preview=perhaps",
                            ],
                    ]),
            ] + counted + questions + values + assertions + settings

        /// What a refusal says beyond that something is wrong.
        private static let hints = [
            "usage: ", "such as ", "must ", "is required", " lists", "write it as", "1 to ", "from 0 to ", "from 1 to ",
            "at most", "one of ", "CUSTOMER.", "IDENTITY.", "go together", "stands there twice", "expected at the end",
            "leave it out", "country code first", "are basis", "they have ", "ties nobody", "name a number", "at byte ",
            "may hold only", "may not", "fields are", "levels are", "stands for one buyer", "is pinned to what",
            "name what to take out",
        ]

        /// Two profiles of Anna (C1, C2), her man (C3), father and son (C4, C5), somebody whom a person merged into Anna
        /// (C6), and Anna again in another shop (C7).
        private static func people(_ talk: Talk) throws {
            let door =
                #","billing":{"street":"Keizersgracht 12","postalCode":"1015KD","city":"Amsterdam","country":"NL"}"#
            let farm =
                #","billing":{"street":"Dorpsstraat 3","postalCode":"9981 AA","city":"Uithuizen","country":"NL"}"#
            let anna =
                #""firstName":"Anna","lastName":"de Vries","email":"anna@devries.nl","phone":"+31612345678"\#(door)}"#
            let zebulon = #""firstName":"Zebulon","lastName":"Quist""#
            for person in [
                #""shopify","ref":"a",\#(anna)"#, #""crm","ref":"a",\#(anna)"#,
                #""crm","ref":"j","firstName":"Jan","lastName":"de Vries","phone":"+31612345678"\#(door)}"#,
                #""crm","ref":"z",\#(zebulon),"email":"zeb@quist.nl","birthDate":"1950-01-02"\#(farm)}"#,
                #""bol","ref":"z",\#(zebulon),"email":"other@quist.nl","birthDate":"1981-07-09"\#(farm)}"#,
                #""crm","ref":"m","firstName":"Çağrı","lastName":"Yıldız","email":"cagri@yildiz.example"}"#,
            ] { try talk.ok(#"CUSTOMER.PUT {"channel":"# + person) }
            try talk.ok("SHOP other")
            try talk.ok(#"CUSTOMER.PUT {"channel":"crm","ref":"a",\#(anna)"#)
            try talk.ok("SHOP main")
            try talk.ok("IDENTITY.SETTLE")
            try talk.ok("CUSTOMER.MERGE C6 C1")
            try talk.ok("IDENTITY.SETTLE")
        }

        /// Everything about who is who that can be asked.
        private static func everythingKnown(_ talk: Talk) throws -> [Reply] {
            let questions =
                [
                    "IDENTITY.EXPORT", "IDENTITY.QUEUE", "QUARANTINE.LIST", "SHOP.SETTINGS", "IDENTITY.RULES",
                    "IDENTITY.STATUS",
                ]
                + ["C1", "C3", "C4", "C5"].flatMap { ["CUSTOMER.HOW \($0)", "CUSTOMER.360 \($0)"] }
            return try talk.pipeline(questions)
        }

        @Test(arguments: everything)
        func refusesAndChangesNothing(_ wrong: Wrong) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                let before = (try talk.sequence(), try Self.everythingKnown(talk))
                for (arguments, codes) in wrong.lines {
                    let line = "\(wrong.command) \(arguments)"
                    let shown = line.prefix(100)
                    guard case .error(let code, let text) = try talk.ask(line).outcome else {
                        Issue.record("\(shown) was not refused")
                        continue
                    }
                    #expect(codes.contains(code), "\(shown): \(code) \(text)")
                    #expect(text.utf8.count < 700, "\(shown): the refusal has \(text.utf8.count) bytes")
                    #expect(Self.hints.contains { text.contains($0) }, "\(shown): what now? \(text)")
                }
                #expect(try talk.sequence() == before.0)
                #expect(try Self.everythingKnown(talk) == before.1)
            }
        }

        /// A client that does not know whether it was heard says it again.
        @Test(arguments: [
            "CUSTOMER.MERGE C3 C1", "CUSTOMER.SPLIT C6", "CUSTOMER.SPLIT C1 profiles=C2", "CUSTOMER.BIND C4 C5",
            "CUSTOMER.EXCLUDE C1 C3", "CUSTOMER.EXCLUDE C1 C2", "CUSTOMER.LINK C1 C4", "CUSTOMER.RELEASE C6 C1",
            "IDENTITY.ACCEPT queued", "IDENTITY.REJECT queued", "QUARANTINE.HOLD email=anna@devries.nl",
            "QUARANTINE.RELEASE phone=+31612345678", #"IDENTITY.PROPOSE {"basis":"çok iyi","prior":-8}"#,
            "SHOP.CONFIGURE match=email", "SHOP.CONFIGURE bookings=allow", "SHOP.CONFIGURE source=crm duplicates=no",
            "SHOP.CONFIGURE match=address bookings=allow source=crm duplicates=no", "CUSTOMER.PIN C1 email a@b.nl",
            #"CUSTOMER.PIN C1 lastName "Yıldız İğdır""#, "CUSTOMER.PIN C1 billing profile=C2",
            "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES",
        ])
        func aRepeatChangesNothing(_ decision: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                let pair = try #require(talk.rows("IDENTITY.QUEUE").rows.first?.text("pair"))
                let line = decision.replacing("queued", with: pair)
                #expect(try talk.ok(line).at("duplicate") == .bool(false))
                try talk.ok("IDENTITY.SETTLE")
                let before = (try talk.sequence(), try Self.everythingKnown(talk))
                #expect(try talk.ok(line).at("duplicate") == .bool(true))
                #expect(try talk.sequence() == before.0)
                #expect(try Self.everythingKnown(talk) == before.1)
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
            }
        }

        /// A retired number stands for the customer that it redirects to.
        @Test func aRetiredNumberStandsForItsCustomer() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                let before = try talk.sequence()
                #expect(try talk.ok("CUSTOMER.MERGE C6 C1").at("duplicate") == .bool(true))
                #expect(try talk.ok("CUSTOMER.BIND C6 C2").at("customers.0.number") == .string("C1"))
                #expect(try talk.ok("CUSTOMER.MERGE C6 C3 preview=yes").count("customers.0.profiles") == 4)
                #expect(try talk.ok("CUSTOMER.HOW C6").text("customer") == "C1")
                #expect(try talk.ok("CUSTOMER.WHY C6 C1").at("same") == .bool(true))
                #expect(try talk.sequence() > before)
                try talk.refused("CUSTOMER.LINK C6 C1", "REFUSED", "CUSTOMER.SPLIT")
            }
        }

        /// In mode exact nobody decides; the refusal says what lets people decide.
        @Test(arguments: [
            "CUSTOMER.MERGE C3 C1", "CUSTOMER.SPLIT C1 profiles=C2", "CUSTOMER.BIND C4 C5", "CUSTOMER.EXCLUDE C1 C3",
            "CUSTOMER.RELEASE C6 C1", "IDENTITY.ACCEPT 1", "IDENTITY.REJECT 1", "IDENTITY.LEARN",
        ])
        func exactKeysLeaveNothingToDecide(_ decision: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                try talk.ok("SHOP.CONFIGURE match=exact")
                try talk.refused(decision, "REFUSED", "SHOP.CONFIGURE match=evidence")
                try talk.ok("SHOP other2")
                try talk.refused(decision, "NOTFOUND", "nothing is known in shop other2", "ORDER.PUT")
            }
        }
    }
}
