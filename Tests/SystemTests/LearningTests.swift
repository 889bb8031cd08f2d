import Client
import Testing

extension SystemTests {
    /// Learning over TCP: a version proposed, put into force, and still in force when the plug was pulled.
    @Suite struct LearningTests {
        private static let firstNames = ["Anna", "Bram", "Cornelia", "Dirk", "Emma", "Floris", "Geertje", "Hendrik"]
        private static let lastNames = ["Visser", "Bakker", "Dijkstra", "Meijer", "Mulder", "Brouwer", "Hoekstra"]

        /// Two profiles of each of 130 people, the second with a slip in every third family name.
        private static let people: [String] = (0..<260).map { number in
            let person = number / 2
            let last = lastNames[person / 8 % 7]
            let written = number % 2 == 1 && person % 3 == 0 ? last.dropLast(2) + "xr" : last[...]
            let day = "\(1950 + person * 7 % 50)-0\(1 + person * 5 % 9)-\(10 + person * 11 % 18)"
            return """
                CUSTOMER.PUT {"channel":"import","ref":"\(number)","firstName":"\(firstNames[person % 8])",\
                "lastName":"\(written)","birthDate":"\(day)","email":"mail\(person)@example.nl",\
                "billing":{"street":"Kerkstraat","houseNumber":"\(number * 13 % 97 + 1)",\
                "postalCode":"\(1000 + number * 17) AB","city":"Utrecht","country":"NL"}}
                """
        }

        @Test func aLearnedVersionIsProposedActivatedAndKept() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try talk.refused("IDENTITY.LEARN", "NOTFOUND", "nothing is known")
                for reply in try talk.pipeline(Self.people) {
                    guard case .ok = reply.outcome else { throw TestFailure("\(reply.outcome)") }
                }
                try talk.ok("IDENTITY.SETTLE")
                try talk.refused("IDENTITY.LEARN activate=maybe", "INVALID", "no or yes")
                let proposed = try talk.ok("IDENTITY.LEARN actor=ines")
                #expect(proposed.text("version") == "2" && proposed["active"] == .bool(false), "\(proposed)")
                #expect(proposed.text("basis")?.hasPrefix("260 profiles, ") == true)
                let sequence = try talk.sequence()
                // The same again is known, and proposes nothing.
                #expect(try talk.ok("IDENTITY.LEARN").text("version") == "2")
                #expect(try talk.sequence() == sequence)
                let active = try talk.ok("IDENTITY.LEARN activate=yes actor=jo")
                #expect(active.text("version") == "2" && active["active"] == .bool(true))
                try talk.ok("IDENTITY.SETTLE")
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                try server.kill()

                let again = try sandbox.start().connect()
                let rules = try #require(again.rows("IDENTITY.RULES").rows.last)
                #expect(rules.text("proposedBy") == "learning" && rules.text("activatedBy") == "jo", "\(rules)")
                #expect(rules.text("basis")?.hasSuffix("; asked for by ines") == true, "\(rules)")
                try again.ok("IDENTITY.SETTLE")
                #expect(try again.ok("IDENTITY.CHECK").text("differences") == "0")
                #expect(try again.ok("IDENTITY.LEARN")["unchanged"] == .bool(true))
            }
        }
    }
}
