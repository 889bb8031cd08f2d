import Client
import Testing

extension SystemTests {
    /// Whoever decides is named with what was decided, and still is after the plug was pulled.
    @Suite struct ActorTests {
        /// Every command that a person may take a decision by, each by somebody else.
        private static let decisions = [
            #"CUSTOMER.MERGE C3 C1 actor=merger reason="they said so""#, "CUSTOMER.SPLIT C3 actor=splitter",
            "CUSTOMER.BIND C1 C2 actor=binder", "CUSTOMER.RELEASE C1 C2 actor=releaser",
            "CUSTOMER.EXCLUDE C1 C3 actor=excluder", "CUSTOMER.LINK C1 C2 actor=linker",
            "CUSTOMER.PIN C1 email one@example.nl actor=pinner", #"CUSTOMER.PIN C1 company "A & B" actor=pinner"#,
            "CUSTOMER.UNPIN C1 company actor=unpinner",
            "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES actor=verifier",
            "QUARANTINE.HOLD phone=+31612345678 actor=holder", "QUARANTINE.RELEASE email=a@example.nl actor=yielder",
            "SHOP.CONFIGURE bookings=allow actor=owner", "SHOP.CONFIGURE source=web duplicates=yes actor=\"İ. Öz\"",
            #"IDENTITY.PROPOSE actor=proposer {"basis":"a guess","mergeThreshold":9}"#,
            "IDENTITY.ACTIVATE 2 actor=activator",
        ]

        private static let questions = [
            "CUSTOMER.HOW C1", "CUSTOMER.HOW C3", "CUSTOMER.360 C1", "CUSTOMER.WHYNOT C1 C3", "QUARANTINE.LIST",
            "SHOP.SETTINGS", "IDENTITY.RULES",
        ]

        @Test func everyDecisionNamesWhoTookIt() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try server.connect()
                for number in 1...3 {
                    try talk.ok(
                        Story.order(
                            "web", "\(number)",
                            customer:
                                #""firstName":"F\#(number)","lastName":"Unlike\#(number)","phone":"+3161234567\#(number)""#
                        ))
                }
                for line in Self.decisions {
                    #expect(try talk.ok(line).at("duplicate") == .bool(false), "\(line)")
                    try talk.ok("IDENTITY.SETTLE")
                }
                let expected = try Self.questions.map { try talk.ask($0) }
                try Self.check(talk)
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    #expect(try Self.questions.map { try server.connect().ask($0) } == expected)
                }
            }
        }

        private static func check(_ talk: Talk) throws {
            let how = try talk.ok("CUSTOMER.HOW C3")
            #expect(how.text("steps.0.version") == "1" && how.text("steps.0.at") != nil)
            #expect(how.text("steps.0.by") == "merger" && how.text("steps.0.withdrawnBy") == "splitter")
            let bound = try talk.ok("CUSTOMER.HOW C1").at("steps")?.elements?.first { $0.text("by") == "binder" }
            #expect(bound?.text("withdrawnBy") == "releaser")
            #expect(try talk.ok("CUSTOMER.WHYNOT C1 C3").text("decisions.0.by") == "excluder")
            let dossier = try talk.ok("CUSTOMER.360 C1")
            #expect(dossier.text("related.0.by") == "linker")
            #expect(dossier.text("customer.pins.0.actor") == "pinner")
            #expect(dossier.text("customer.sources.email.actor") == "pinner")
            #expect(dossier.text("customer.unpinned.0.field") == "company")
            #expect(dossier.text("customer.unpinned.0.actor") == "unpinner")
            #expect(dossier.text("customer.verifications.0.actor") == "verifier")
            #expect(
                try talk.rows("QUARANTINE.LIST").rows.compactMap { $0.text("by") }.sorted() == ["holder", "yielder"])
            let settings = try talk.ok("SHOP.SETTINGS")
            #expect(settings.text("bookingsSet.by") == "owner" && settings.text("bookingsSet.at") != nil)
            #expect(settings.text("sources.0.by") == "İ. Öz" && settings.at("matchSet") == nil)
            let rules = try #require(talk.rows("IDENTITY.RULES").rows.last)
            #expect(rules.text("proposedBy") == "proposer" && rules.text("activatedBy") == "activator")
        }

        @Test(arguments: [
            "CUSTOMER.PIN C1 email a@b.nl", "CUSTOMER.UNPIN C1 email", "IDENTITY.LEARN",
            "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES", "QUARANTINE.HOLD email=a@b.nl",
            "SHOP.CONFIGURE bookings=allow", "CUSTOMER.EXCLUDE C1 C2",
        ])
        func anActorHasAName(_ command: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for number in 1...2 {
                    try talk.ok(Story.order("web", "\(number)", customer: #""lastName":"Unlike\#(number)""#))
                }
                for actor in [#""""#, #""a\tb""#, String(repeating: "x", count: 65)] {
                    try talk.refused("\(command) actor=\(actor)", "INVALID", "actor", "1 to 64 bytes")
                }
            }
        }
    }
}
