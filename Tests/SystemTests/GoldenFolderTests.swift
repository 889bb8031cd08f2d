import Client
import Foundation
import Testing

extension SystemTests {
    /// Data folders of earlier servers, opened by this one: see Tests/Golden/README.md.
    @Suite struct GoldenFolderTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(
                path: "Golden")

        /// A copy of the golden folder that the sandbox's server opens.
        private static func copy(_ name: String, to sandbox: Sandbox) throws {
            let source = folder.appending(path: name).appending(path: "data")
            try FileManager.default.copyItem(atPath: source.path, toPath: sandbox.path("data"))
        }

        // MARK: Evidence

        /// Questions whose answers stand in the folder whatever is learned about comparing names in the meantime.
        private static let questions =
            [
                "IDENTITY.EXPORT", "QUARANTINE.LIST", "SHOP.SETTINGS", "IDENTITY.RULES", "IDENTITY.RULES 2",
                "IDENTITY.RULES 3",
            ]
            + ([1, 2, 3, 4, 5, 6, 7, 8, 9, 11]).map { "CUSTOMER.360 C\($0)" }
            + [
                "ORDER.GET woocommerce:5001", "SHOP other", "IDENTITY.EXPORT", "SHOP.SETTINGS", "CUSTOMER.360 C10",
                "SHOP main",
            ]

        /// Questions and answers as a text: `>` what was asked, `<` what came. Of how the customers came to be, what was
        /// recorded and not what is worked out anew.
        private static func answers(_ talk: Talk) throws -> String {
            var lines: [String] = []
            for question in questions {
                let reply = try talk.ask(question)
                guard case .ok(let text) = reply.outcome else { throw TestFailure("\(reply.outcome), to \(question)") }
                lines += ["> \(question)"] + reply.rows.map { "< ROW \($0)" } + ["< OK \(text ?? "")"]
            }
            for number in 1...9 {
                lines.append("> CUSTOMER.HOW C\(number)")
                for step in try talk.ok("CUSTOMER.HOW C\(number)").at("steps")?.elements ?? [] {
                    let members = [
                        "by", "decision", "reason", "withdrawnBy", "withdrawnAt", "order", "version", "scoreThen", "at",
                        "seq",
                    ]
                    lines.append(
                        "< "
                            + members.compactMap { name in step.text(name).map { "\(name)=\($0)" } }.joined(
                                separator: " "))
                }
            }
            return lines.joined(separator: "\n") + "\n"
        }

        @Test func theEvidenceFolderIsRead() throws {
            let expected = try String(contentsOf: Self.folder.appending(path: "evidence/answers.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                try Self.copy("evidence", to: sandbox)
                // As it was left, and once more with all of it in a snapshot of this server.
                for isRewritten in [false, true] {
                    let server = try sandbox.start()
                    let talk = try server.connect()
                    try talk.ok("IDENTITY.SETTLE")
                    let found = try Self.answers(talk)
                    for (line, before) in zip(found.split(separator: "\n"), expected.split(separator: "\n"))
                    where line != before {
                        Issue.record("\(line) was \(before)")
                    }
                    #expect(found.count == expected.count)
                    #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                    // People's word still stands in the way, and what it was about still has its numbers.
                    try talk.refused("CUSTOMER.MERGE C5 C4", "REFUSED", "eva decided on ", "CUSTOMER.RELEASE C5 C4")
                    #expect(try talk.ok("CUSTOMER.360 C7").text("customer.number") == "C6")
                    if !isRewritten { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
            }
        }

        /// What the older table of identity does not say is left out, and everything else is as if this server had written it.
        @Test func theOlderEvidenceFolderIsRead() throws {
            try Sandbox.with { sandbox in
                try Self.copy("evidence-2", to: sandbox)
                for isRewritten in [false, true] {
                    let server = try sandbox.start()
                    let talk = try server.connect()
                    try talk.ok("IDENTITY.SETTLE")
                    #expect(
                        try Self.customers(talk) == [
                            "C1: bol/main#B-1 shopify/main:98122 woocommerce/main#883", "C3: crm/main:j",
                            "C4: woocommerce/kantoor#5001", "C5: crm/main:z", "C6: amazon/main#702 bol/main#B-2",
                            "C8: amazon/main#703 bol/main#B-3",
                        ])
                    #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                    let merge = try talk.ok("CUSTOMER.HOW C6")
                    #expect(merge.text("steps.0.by") == "karin" && merge.at("steps.0.version") == nil)
                    // In the snapshot the decision; behind it, in the journal, who took it back and who configured.
                    #expect(try talk.ok("CUSTOMER.HOW C8").text("steps.0.withdrawnBy") == "bob")
                    let settings = try talk.ok("SHOP.SETTINGS")
                    #expect(settings.text("bookingsSet.by") == "owner" && settings.text("sources.2.by") == "owner")
                    #expect(
                        try talk.rows("IDENTITY.RULES").rows.compactMap { $0.text("proposedBy") } == [
                            "dossier", "eva", "kim",
                        ])
                    let anna = try talk.ok("CUSTOMER.360 C1")
                    #expect(anna.text("customer.email") == "pinned@devries.example")
                    #expect(anna.text("customer.pins.0.actor") == "anonymous")
                    try talk.ok("SHOP other")
                    let other = try talk.ok("SHOP.SETTINGS")
                    #expect(other.text("match") == "email" && other.at("matchSet") == nil)
                    if !isRewritten { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
            }
        }

        @Test(.enabled(if: ProcessInfo.processInfo.environment["DOSSIER_WRITE_GOLDEN"] != nil))
        func writeTheEvidenceFolder() throws {
            let golden = Self.folder.appending(path: "evidence")
            let story = try String(contentsOf: golden.appending(path: "story.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--shards", "2"])
                let talk = try server.connect()
                for line in story.split(separator: "\n") { try talk.ok(String(line)) }
                let answers = try Self.answers(talk)
                try server.kill()
                let data = golden.appending(path: "data")
                if FileManager.default.fileExists(atPath: data.path) { try FileManager.default.removeItem(at: data) }
                try FileManager.default.copyItem(atPath: sandbox.path("data"), toPath: data.path)
                try FileManager.default.removeItem(at: data.appending(path: "LOCK"))
                try answers.write(to: golden.appending(path: "answers.txt"), atomically: true, encoding: .utf8)
            }
        }

        // MARK: Exact keys

        /// A folder from before there were match modes opens with the customers that it had, and comes to weigh evidence
        /// when it is told to.
        @Test func theExactFolderIsReadAndWeighed() throws {
            try Sandbox.with { sandbox in
                try Self.copy("exact", to: sandbox)
                var server = try sandbox.start()
                var talk = try server.connect()
                #expect(try talk.ok("SHOP.SETTINGS").text("match") == "exact")
                #expect(
                    try Self.customers(talk) == [
                        "C1: bol/main#B-1 crm/main:j shopify/main:98122",
                        "C4: amazon/main#701 woocommerce/kantoor#5001",
                        "C7: amazon/main#702",
                    ])
                #expect(try talk.ok("CUSTOMER.360 C1").text("notes.0.text") == "Belt liever 's middags")
                #expect(try talk.ok("ORDER.GET shopify:S-1").text("status") == "shipped")
                #expect(try talk.ok("ORDER.GET shopify:S-1").text("versions") == "2")
                #expect(try talk.ok("CUSTOMER.360 document=CN-1").text("customer.number") == "C1")
                #expect(try talk.ok("CUSTOMER.360 document=INV-1").text("totals.amounts.EUR") == "112.00")

                #expect(try talk.ok("SHOP.CONFIGURE match=evidence actor=owner").at("duplicate") == .bool(false))
                for isInSnapshot in [false, true] {
                    try talk.ok("IDENTITY.SETTLE")
                    #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                    // One telephone made a couple one customer; evidence tells the two apart.
                    let customers = try Self.customers(talk)
                    #expect(
                        customers.contains("C1: bol/main#B-1 shopify/main:98122")
                            && customers.contains("C3: crm/main:j"))
                    if isInSnapshot { try talk.ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                    #expect(try talk.ok("SHOP.SETTINGS").text("matchSet.by") == "owner")
                }
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
                // The other shop was told nothing and stays as it was.
                try talk.ok("SHOP other")
                #expect(try talk.ok("SHOP.SETTINGS").text("match") == "exact")
                #expect(try Self.customers(talk) == ["C5: shopify/main#S-1"])
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }

        /// `C1: bol/main#B-1 shopify/main:98122`
        private static func customers(_ talk: Talk) throws -> [String] {
            try talk.rows("IDENTITY.EXPORT").rows.map { row in
                let profiles = (row.at("profiles")?.elements ?? []).compactMap(\.text)
                return "\(row.text("customer") ?? ""): \(profiles.joined(separator: " "))"
            }
        }
    }
}
