import Client
import Foundation
import Testing

extension SystemTests {
    /// Pins and outside verdicts over TCP: what they answer, what they refuse, and that they outlive the plug.
    @Suite struct PinTests {
        private static let questions = ["C1", "C2", "C3"].map { "CUSTOMER.360 \($0)" } + ["CUSTOMER.FIND"]

        /// C1 and C2 are one customer, C3 is a stranger.
        private static func people(_ talk: Talk) throws {
            try talk.ok(Story.mode)
            for (ref, customer) in [
                (1, #""phone":"+31612345678","firstName":"Anna","lastName":"de Vries","email":"a@jansen.nl""#),
                (2, #""phone":"+31612345678","firstName":"A.","lastName":"de Vries","email":"b@jansen.nl""#),
                (3, #""email":"c@jansen.nl""#),
            ] {
                let day = #","updatedAt":"2026-05-0\#(ref)T00:00:00Z""#
                try talk.ok(
                    Story.order("web", "\(ref)", customer: #""ref":"r\#(ref)",\#(customer)"#, more: day))
            }
        }

        private static let statements = [
            "CUSTOMER.PIN C1 email pinned@jansen.nl", #"CUSTOMER.PIN C2 company "Thee & zo""#,
            "CUSTOMER.PIN C1 phone profile=C2", "CUSTOMER.PIN C3 language fr", "CUSTOMER.UNPIN C3 language",
            "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=invalid source=VIES at=2026-05-01T00:00:00Z",
            "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES at=2026-06-01T00:00:00Z",
        ]

        @Test func theyAnswerAndShow() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                for line in Self.statements {
                    let reply = try talk.ok(line)
                    #expect(reply["duplicate"] == .bool(false), "\(line)")
                    #expect(reply.text("seq") == "\(try talk.sequence())")
                    #expect(reply.text("customer") == (line.contains(" C3 ") ? "C3" : "C1"))
                }
                let customer = try #require(try talk.ok("CUSTOMER.360 C2")["customer"])
                #expect(customer.text("email") == "pinned@jansen.nl" && customer.text("company") == "Thee & zo")
                #expect(customer.text("name") == "Anna de Vries")
                #expect(customer.text("sources.name.rule") == "most-complete")
                #expect(customer.text("sources.name.order") == "web:1" && customer.text("sources.name.profile") == "C1")
                #expect(customer.text("sources.email.rule") == "pinned")
                #expect(customer.text("sources.phone.order") == "web:2")
                #expect(customer.count("pins") == 3 && customer.text("pins.0.field") == "phone")
                #expect(customer.text("pins.2.actor") == "anonymous")
                #expect(customer.count("verifications") == 1 && customer.text("verifications.0.verdict") == "valid")
                let row = try #require(try talk.rows("CUSTOMER.FIND number=C1").rows.first)
                #expect(row.text("email") == "pinned@jansen.nl" && row.at("sources") == nil && row.at("pins") == nil)
                #expect(try talk.ok("CUSTOMER.360 C3").at("customer.language") == nil)
            }
        }

        /// A wrong VAT id, telephone number or e-mail address loses nothing: it is kept, marked, and ties nobody.
        @Test func whatIsWrongIsKeptAndMarked() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for number in ["1", "2"] {
                    _ = try talk.ok(
                        #"ORDER.PUT {"channel":"web","number":"\#(number)","placedAt":"2026-03-01T10:00:00Z","currency":"EUR","total":"1.00","customer":{"email":"no at sign","phone":"12","vatId":"NL000000000B00","name":"Buyer \#(number)"},"billing":{"country":"NL","email":"buyer\#(number)@example.nl"}}"#
                    )
                }
                _ = try talk.ok("IDENTITY.SETTLE")
                for number in ["C1", "C2"] {
                    let dossier = try talk.ok("CUSTOMER.360 \(number)")
                    #expect(dossier.text("customer.number") == number && dossier.count("profiles") == 1)
                    #expect(
                        dossier.text("profiles.0.email") == "no at sign" && dossier.text("profiles.0.phone") == "12")
                    let marks = (0..<3).map { dossier.text("profiles.0.unusable.\($0)") }
                    #expect(marks == ["email", "phone", "vatId"] && dossier.count("profiles.0.unusable") == 3)
                }
            }
        }

        @Test func aRepeatOrARefusalChangesNothing() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Self.people(talk)
                let first = try Self.statements.map { try talk.ok($0) }
                let answers = try Self.questions.map { try talk.ask($0) }
                let before = try talk.sequence()
                for (line, reply) in zip(Self.statements, first) {
                    // One of the statements was taken back since, and one was overtaken.
                    if line.hasPrefix("CUSTOMER.PIN C3") { continue }
                    let again = try talk.ok(line)
                    if line.contains("verdict=invalid") {
                        #expect(again["stale"] == .bool(true))
                        continue
                    }
                    #expect(again["duplicate"] == .bool(true), "\(line)")
                    #expect(line.contains("UNPIN") || again.text("seq") == reply.text("seq"), "\(line)")
                }
                #expect(try talk.sequence() == before)
                let vat = "vat=NL804124188B01"
                try talk.refused("CUSTOMER.PIN C9 email a@b.nl", "NOTFOUND", "C9")
                try talk.refused("CUSTOMER.PIN C1 e-mail a@b.nl", "INVALID", "field", "email", "billing")
                try talk.refused("CUSTOMER.PIN C1 billing profile=C3", "INVALID", "C3", "C1")
                try talk.refused("CUSTOMER.PIN C1 billing profile=C9", "NOTFOUND", "C9")
                try talk.refused("CUSTOMER.PIN C1 email nobody", "INVALID", "email")
                try talk.refused("CUSTOMER.PIN C1 vatId NL123", "INVALID", "vatId")
                try talk.refused("CUSTOMER.UNPIN C9 email", "NOTFOUND", "C9")
                try talk.refused("CUSTOMER.UNPIN C1 shoes", "INVALID", "field")
                try talk.refused("CUSTOMER.VERIFY C9 \(vat) verdict=valid source=VIES", "NOTFOUND", "C9")
                try talk.refused("CUSTOMER.VERIFY C1 vat=NL804124189B01 verdict=valid source=VIES", "INVALID", "vat")
                try talk.refused("CUSTOMER.VERIFY C1 \(vat) verdict=maybe source=VIES", "INVALID", "verdict")
                try talk.refused(
                    "CUSTOMER.VERIFY C1 \(vat) verdict=valid source=VIES at=2999-01-01T00:00:00Z", "INVALID", "future")
                #expect(try Self.questions.map { try talk.ask($0) } == answers)
                try talk.ok("SHOP other")
                try talk.refused("CUSTOMER.PIN C1 email a@b.nl", "NOTFOUND")
            }
        }

        /// Killed with the pins in the journal, then with some in a snapshot and some behind it, then only in a snapshot.
        @Test func theyOutliveThePlug() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try server.connect()
                try Self.people(talk)
                for line in Self.statements.prefix(4) { try talk.ok(line) }
                var answers = try Self.questions.map { try talk.ask($0) }
                for snapshot in [false, true, true] {
                    try server.kill()
                    server = try sandbox.start()
                    let talk = try server.connect()
                    #expect(try Self.questions.map { try talk.ask($0) } == answers)
                    for line in Self.statements.prefix(3) {
                        #expect(try talk.ok(line)["duplicate"] == .bool(true), "\(line)")
                    }
                    if snapshot { try talk.ok("SNAPSHOT") }
                    try talk.ok("CUSTOMER.UNPIN C3 language")
                    for line in Self.statements.suffix(2) { try talk.ok(line) }
                    answers = try Self.questions.map { try talk.ask($0) }
                }
                let last = try server.connect()
                try last.ok("SNAPSHOT")
                try server.kill()
                #expect(try sandbox.start().connect().ask(Self.questions[0]) == answers[0])
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }
    }
}
