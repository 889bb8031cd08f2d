import Client
import Foundation
import Testing

extension SystemTests {
    /// Who is who over the protocol: what people decide, what they are told, and that it stays.
    @Suite struct IdentityTests {
        /// Anna in two channels (C1, C2), Jan at the same door with the same phone (C3), father and son of one name at one
        /// address (C4, C5).
        private static let people = [
            person("shopify", "a", "Anna", "de Vries", #""email":"anna@devries.nl","phone":"+31612345678""#, door),
            order("bol", "2001", "Anna", "de Vries", #""email":"anna@devries.nl""#, door),
            person("crm", "j", "Jan", "de Vries", #""email":"jan@devries.nl","phone":"+31612345678""#, door),
            person("crm", "z", "Zebulon", "Quist", #""email":"zeb@quist.nl","birthDate":"1950-01-02""#, farm),
            person("bol", "z", "Zebulon", "Quist", #""email":"other@example.nl","birthDate":"1981-07-09""#, farm),
        ]

        private static let door =
            #","billing":{"street":"Keizersgracht 12","postalCode":"1015KD","city":"Amsterdam","country":"NL"}"#

        private static let farm =
            #","billing":{"street":"Dorpsstraat 3","postalCode":"9981 AA","city":"Uithuizen","country":"NL"}"#

        private static func person(
            _ channel: String, _ ref: String, _ first: String, _ last: String, _ more: String,
            _ address: String
        ) -> String {
            #"CUSTOMER.PUT {"channel":"\#(channel)","ref":"\#(ref)","firstName":"\#(first)","lastName":"\#(last)",\#(more)\#(address)}"#
        }

        private static func order(
            _ channel: String, _ number: String, _ first: String, _ last: String, _ more: String, _ address: String,
            kind: String = ""
        ) -> String {
            #"ORDER.PUT {"channel":"\#(channel)","number":"\#(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR","total":"10.00"\#(kind),"customer":{"firstName":"\#(first)","lastName":"\#(last)",\#(more)}\#(address)}"#
        }

        private func tell(_ talk: Talk) throws {
            for line in Self.people { try talk.ok(line) }
            try talk.ok("IDENTITY.SETTLE")
        }

        /// Which profiles are one customer, by the names that do not depend on arrival.
        private func division(_ talk: Talk) throws -> [String] {
            try talk.rows("IDENTITY.EXPORT").rows.map { row in
                (row.at("profiles")?.elements ?? []).compactMap(\.text).sorted().joined(separator: " ")
            }.sorted()
        }

        /// `C1: C1 C2; C3: C3`
        private func customers(_ reply: JSONValue) -> String {
            (reply.at("customers")?.elements ?? []).map { customer in
                let profiles = (customer.at("profiles")?.elements ?? []).compactMap(\.text).joined(separator: " ")
                return "\(customer.text("number") ?? ""): \(profiles)"
            }.joined(separator: "; ")
        }

        @Test("W02 W03: one customer over all channels, decided when the order arrives")
        func exactEvidenceDecidesBeforeTheReply() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.people[0])
                let second = try talk.ok(Self.people[1])
                #expect(second.text("customer") == "C1" && second.text("resolution") == "matched")
            }
        }

        // MARK: Decisions

        @Test("T16: merged into one, everything follows, the retired number redirects")
        func mergesAndSplitsWithoutLoss() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try tell(talk)
                let before = try division(talk)
                let preview = try talk.ok("CUSTOMER.MERGE C4 C1 preview=yes")
                #expect(customers(preview) == "C1: C1 C2 C4" && preview.at("preview") == .bool(true))
                #expect(try division(talk) == before)
                let merge = #"CUSTOMER.MERGE C4 C1 actor=karin reason="the same, she says""#
                let merged = try talk.ok(merge)
                #expect(customers(merged) == "C1: C1 C2 C4" && merged.at("duplicate") == .bool(false))
                let again = try talk.ok(merge)
                #expect(again.at("duplicate") == .bool(true) && customers(again) == customers(merged))
                #expect(try talk.ok("CUSTOMER.360 C4").text("customer.number") == "C1")
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                let undone = try talk.ok("CUSTOMER.SPLIT C4 preview=yes")
                #expect(customers(undone) == "C1: C1 C2; C4: C4")
                #expect(customers(try talk.ok("CUSTOMER.SPLIT C4")) == "C1: C1 C2; C4: C4")
                #expect(try talk.ok("CUSTOMER.SPLIT C4").at("duplicate") == .bool(true))
                #expect(try division(talk) == before)
                let how = try talk.ok("CUSTOMER.HOW C4")
                #expect(how.text("steps.0.by") == "karin" && how.text("steps.0.withdrawnBy") == "anonymous")
            }
        }

        @Test func splitsWhatEvidenceTies() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try tell(talk)
                let before = try division(talk)
                #expect(customers(try talk.ok("CUSTOMER.SPLIT C1 profiles=C2 preview=yes")) == "C1: C1; C2: C2")
                #expect(customers(try talk.ok("CUSTOMER.SPLIT C1 profiles=C2 actor=bob")) == "C1: C1; C2: C2")
                #expect(try talk.ok("CUSTOMER.SPLIT C1 profiles=C2").at("duplicate") == .bool(true))
                let why = try talk.ok("CUSTOMER.WHYNOT C1 C2")
                let text = try #require(why.text("text"))
                #expect(text.hasPrefix("C1 and C2 are not one customer: bob decided so on "))
                #expect(why.text("separation") == "excluded")
                // People outrank rules: more evidence changes nothing.
                try talk.ok(Self.order("bol", "2007", "Anna", "de Vries", #""email":"anna@devries.nl""#, Self.door))
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(false))
                try talk.refused("CUSTOMER.MERGE C1 C2", "REFUSED", "bob", "CUSTOMER.RELEASE")
                try talk.refused("CUSTOMER.SPLIT C1 profiles=C3", "INVALID", "profiles")
                try talk.refused("CUSTOMER.SPLIT C3", "INVALID", "profiles")
                try talk.ok("CUSTOMER.RELEASE C1 C2")
                #expect(try talk.ok("CUSTOMER.RELEASE C1 C2").at("duplicate") == .bool(true))
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
                #expect(try division(talk).count == before.count)
            }
        }

        @Test func bindsExcludesAndLinks() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try tell(talk)
                #expect(customers(try talk.ok("CUSTOMER.BIND C4 C5 actor=eva")) == "C4: C4 C5")
                #expect(try talk.ok("CUSTOMER.BIND C4 C5").at("duplicate") == .bool(true))
                #expect(try talk.ok("CUSTOMER.WHY C4 C5").text("steps.0.by") == "eva")
                try talk.refused("CUSTOMER.LINK C4 C5", "REFUSED", "CUSTOMER.SPLIT")
                try talk.ok("CUSTOMER.EXCLUDE C1 C3")
                #expect(try talk.ok("CUSTOMER.EXCLUDE C1 C3").at("duplicate") == .bool(true))
                try talk.refused("CUSTOMER.BIND C1 C3", "REFUSED", "CUSTOMER.RELEASE")
                try talk.ok(#"CUSTOMER.LINK C1 C4 reason="neighbours" actor=eva"#)
                #expect(try talk.ok("CUSTOMER.LINK C1 C4").at("duplicate") == .bool(true))
                let related = try #require(talk.ok("CUSTOMER.360 C4").at("related")?.elements)
                #expect(
                    related.count == 1 && related[0].text("customer") == "C1" && related[0].text("kind") == "linked")
                #expect(related[0].text("by") == "eva" && related[0].text("reason") == "neighbours")
                let household = try #require(talk.ok("CUSTOMER.360 C3").at("related")?.elements)
                #expect(household.first?.text("kind") == "household" && household.first?.text("by") == "rules")

                // A crash keeps what people decided.
                let before = (try division(talk), try talk.ok("CUSTOMER.WHY C4 C5"), try talk.ok("CUSTOMER.360 C4"))
                try server.kill()
                let later = try sandbox.start().connect()
                try later.ok("IDENTITY.SETTLE")
                #expect(try division(later) == before.0)
                #expect(try later.ok("CUSTOMER.WHY C4 C5") == before.1)
                #expect(try later.ok("CUSTOMER.360 C4").at("related") == before.2.at("related"))
                #expect(try later.ok("IDENTITY.CHECK").text("differences") == "0")
                try later.refused("CUSTOMER.BIND C1 C3", "REFUSED", "CUSTOMER.RELEASE")
            }
        }

        @Test func answersDoubtfulPairs() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try tell(talk)
                let rows = try talk.rows("IDENTITY.QUEUE").rows
                let row = try #require(rows.first { $0.text("a.number") == "C4" && $0.text("b.number") == "C5" })
                #expect(row.text("a.name") == "Zebulon Quist" && row.text("b.email") == "other@example.nl")
                #expect(row.text("profiles.0") == "crm/main:z" && row.text("profiles.1") == "bol/main:z")
                #expect(row.count("waterfall").map { $0 > 1 } == true)
                let pair = try #require(row.text("pair"))
                try talk.ok("IDENTITY.REJECT \(pair) actor=eva")
                #expect(try talk.ok("IDENTITY.REJECT \(pair)").at("duplicate") == .bool(true))
                #expect(try talk.rows("IDENTITY.QUEUE").rows.contains { $0.text("pair") == pair } == false)
                try talk.refused("IDENTITY.ACCEPT \(pair)", "REFUSED", "eva")
                try talk.ok("CUSTOMER.RELEASE C4 C5")
                try talk.ok("IDENTITY.SETTLE")
                #expect(customers(try talk.ok("IDENTITY.ACCEPT \(pair) reason=called")) == "C4: C4 C5")
                #expect(try talk.ok("IDENTITY.ACCEPT \(pair)").at("duplicate") == .bool(true))
                try talk.refused("IDENTITY.ACCEPT 9999", "NOTFOUND", "pair")
                try talk.refused("IDENTITY.QUEUE reason=never", "INVALID", "reason")
                #expect(try talk.rows("IDENTITY.QUEUE reason=bridge").rows.isEmpty)
            }
        }

        /// T17: the customer that vanishes must not have a booking with an invoice.
        @Test func protectsInvoicedBookings() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try tell(talk)
                try talk.ok(
                    Self.order(
                        "shopify", "B-1", "Zebulon", "Quist", #""email":"zeb@quist.nl""#, "",
                        kind: #","kind":"booking""#))
                try talk.ok(#"DOCUMENT.PUT {"kind":"invoice","number":"INV-7","order":"shopify:B-1"}"#)
                try talk.refused(
                    "CUSTOMER.MERGE C4 C1", "REFUSED", "INV-7", "CUSTOMER.MERGE C1 C4", "CUSTOMER.LINK",
                    "bookings=allow")
                let preview = try talk.ok("CUSTOMER.MERGE C4 C1 preview=yes")
                #expect(preview.text("blockers.0") == "INV-7" && preview.at("preview") == .bool(true))
                // The other way round nothing vanishes that has an invoice.
                #expect(try talk.ok("CUSTOMER.MERGE C1 C4").text("customers.0.number") == "C4")
                try talk.ok("CUSTOMER.SPLIT C1")
                try talk.ok("SHOP.CONFIGURE bookings=allow")
                #expect(try talk.ok("SHOP.SETTINGS").text("bookings") == "allow")
                #expect(try talk.ok("CUSTOMER.MERGE C4 C1").text("customers.0.number") == "C1")
            }
        }

        // MARK: Explanations

        @Test func explainsInWords() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try tell(talk)
                let same = try talk.ok("CUSTOMER.WHY C1 C2")
                let text = try #require(same.text("text"))
                #expect(text.hasPrefix("C1 and C2 are one customer: "))
                for words in [
                    "the same e-mail address anna@devries.nl", "the same name Anna de Vries", "rules version 1",
                    "when order bol:2001 arrived.",
                ] { #expect(text.contains(words), "\(text)") }
                #expect(same.text("steps.0.order") == "bol:2001" && same.text("steps.0.version") == "1")

                let apart = try talk.ok("CUSTOMER.WHYNOT C1 C3")
                let why = try #require(apart.text("text"))
                for words in [
                    "C1 and C3 are not one customer", "the first name differs (Anna, Jan)",
                    "the same telephone number +31612345678", "related",
                ] { #expect(why.contains(words), "\(why)") }
                // The bits of the fields, the prior and the limit are the score.
                let fields = try #require(apart.at("waterfall")?.elements)
                let sum = try (fields.map { try #require($0.text("bits").flatMap(Double.init)) }).reduce(0, +)
                let prior = try #require(apart.text("prior").flatMap(Double.init))
                let score = try #require(apart.text("score").flatMap(Double.init))
                #expect(abs(sum + prior - score) < 0.005)

                let doubtful = try #require(talk.ok("CUSTOMER.WHYNOT C4 C5").text("text"))
                for words in [
                    "the same name Zebulon Quist", "date of birth differs (1950-01-02, 1981-07-09)", "IDENTITY.QUEUE",
                ] { #expect(doubtful.contains(words), "\(doubtful)") }
                let strangers = try talk.ok("CUSTOMER.WHYNOT C1 C4")
                #expect(strangers.text("text")?.contains("differs") == true && strangers.text("verdict") == "none")
                #expect(try talk.ok("CUSTOMER.WHY C1 C1").text("text")?.contains("one profile") == true)
                let how = try talk.ok("CUSTOMER.HOW C2")
                #expect(how.text("text")?.hasPrefix("C1 is one customer of 2 profiles. C1 and C2: ") == true)
                #expect(how.text("totalSteps") == "1")
                try talk.refused("CUSTOMER.WHYNOT C1 C99", "NOTFOUND")
                try talk.refused("CUSTOMER.HOW C99", "NOTFOUND")
                try talk.refused("CUSTOMER.WHYNOT C1", "SYNTAX", "usage")
            }
        }

        @Test(
            "B06: the match mode of the shop",
            arguments: [
                ("email", "same e-mail address", false), ("address", "same postal address", true),
                ("exact", "no e-mail address, phone", true),
            ])
        func decidesByTheShopsMode(_ mode: String, _ words: String, _ areHouseholdsOne: Bool) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                #expect(try talk.ok("SHOP.CONFIGURE match=\(mode)").at("duplicate") == .bool(false))
                #expect(try talk.ok("SHOP.CONFIGURE match=\(mode)").at("duplicate") == .bool(true))
                #expect(try talk.ok("SHOP.SETTINGS").text("match") == mode)
                try tell(talk)
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
                #expect(try talk.ok("CUSTOMER.WHY C1 C3").at("same") == .bool(areHouseholdsOne))
                let apart = try talk.ok("CUSTOMER.WHYNOT C1 C4")
                #expect(apart.at("same") == .bool(false) && apart.text("text")?.contains(words) == true)
                #expect(apart.text("separation") == "mode")
            }
        }

        // MARK: Values and rules

        @Test func holdsAndReleasesValues() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                for channel in ["bol", "amazon"] {
                    try talk.ok(Self.order(channel, "1", "Kees", "Smit", #""email":"smit@example.nl""#, ""))
                }
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
                let preview = try talk.rows("QUARANTINE.HOLD email=smit@example.nl preview=yes")
                #expect(preview.rows.count == 1 && preview.rows.first?.count("then") == 2)
                #expect(preview.rows.first?.text("now.0.name") == "Kees Smit" && preview.end.text("splits") == "1")
                #expect(try talk.rows("QUARANTINE.LIST").rows.isEmpty)
                let hold = "QUARANTINE.HOLD email=Smit@Example.nl actor=kim"
                #expect(try talk.ok(hold).at("duplicate") == .bool(false))
                #expect(try talk.ok(hold).at("duplicate") == .bool(true))
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(false))
                let row = try #require(talk.rows("QUARANTINE.LIST").rows.first)
                #expect(row.text("kind") == "email" && row.text("value") == "smit@example.nl")
                #expect(row.text("state") == "held" && row.text("by") == "kim" && row.text("carriers") == "2")
                #expect(row.text("undone.0.0") == "C1" && row.text("undone.0.1") == "C2")
                try talk.ok("QUARANTINE.RELEASE email=smit@example.nl")
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
                let released = try #require(talk.rows("QUARANTINE.LIST").rows.first)
                #expect(released.text("state") == "released" && released.count("undone") == 0)
                try talk.refused("QUARANTINE.HOLD email=none", "INVALID", "email")
                try talk.refused("QUARANTINE.HOLD email=a@b.nl vat=NL1", "SYNTAX", "usage")
            }
        }

        @Test func changesRules() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try tell(talk)
                #expect(try talk.rows("IDENTITY.RULES").rows.count == 1)
                let change = #"IDENTITY.PROPOSE actor=eva {"basis":"a name is enough","mergeThreshold":4.5}"#
                #expect(try talk.ok(change).text("version") == "2")
                #expect(try talk.ok(change).at("duplicate") == .bool(true))
                let version = try talk.ok("IDENTITY.RULES 2")
                #expect(version.text("mergeThreshold") == "4.50" && version.text("proposedBy") == "eva")
                #expect(version.at("active") == .bool(false) && version.text("weights.email.same") != nil)
                let before = try talk.sequence()
                _ = try talk.rows("IDENTITY.SIMULATE 2")
                #expect(try talk.sequence() == before)
                #expect(try talk.ok("IDENTITY.ACTIVATE 2 actor=eva").at("duplicate") == .bool(false))
                #expect(try talk.ok("IDENTITY.ACTIVATE 2").at("duplicate") == .bool(true))
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                #expect(try talk.ok("IDENTITY.STATUS").text("version") == "2")
                try talk.refused(#"IDENTITY.PROPOSE {"basis":"x","queueThreshold":50}"#, "INVALID", "queueThreshold")
                try talk.refused("IDENTITY.ACTIVATE 9", "NOTFOUND", "version")
                try talk.refused("IDENTITY.RULES 9", "NOTFOUND", "version")
                try talk.refused("SHOP.CONFIGURE source=nowhere duplicates=no match=email", "NOTFOUND", "source")
                try talk.ok("SHOP.CONFIGURE source=crm duplicates=no")
                try server.kill()
                let later = try sandbox.start().connect()
                #expect(try later.ok("IDENTITY.STATUS").text("version") == "2")
                let sources = try #require(later.ok("SHOP.SETTINGS").at("sources")?.elements)
                let crm = try #require(sources.first { $0.text("source") == "crm/main" })
                #expect(crm.text("duplicates") == "no" && crm.at("declared") == .bool(true))
                #expect(try later.rows("IDENTITY.RULES").rows.last?.text("activatedBy") == "eva")
            }
        }
    }
}
