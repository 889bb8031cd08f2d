import Client
import Foundation
import Testing

extension SystemTests {
    /// The data folder with tags, blocks, files, labels, times to stay, rules and what they did, a renewed voucher and
    /// messages, as the first server that knew all of them left it: see Tests/Golden/README.md.
    @Suite struct GoldenArchiveTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/archive")

        private static let questions = [
            "CUSTOMER.360 C1", "CUSTOMER.360 C2", "CUSTOMER.SEARCH tagged=vip", "CUSTOMER.SEARCH blocked=yes",
            "DOCUMENT.SHOW D1", "DOCUMENT.SHOW F1", "DOCUMENT.SHOW F2", "DOCUMENT.FETCH F1", "DOCUMENT.FETCH F2",
            "ORDER.DOCUMENTS web:1", "SHOP.RETENTION", "RULE.LIST", "RULE.LOG", "RULE.SHOW name=regular version=1",
            "SHOP.AUTOMATE", "VOUCHER.SHOW voucher=V1", "VOUCHER.SHOW voucher=V2", "MESSAGE.SHOW M1", "MESSAGE.SHOW M2",
            "CUSTOMER.LANGUAGE C1", "ORDER.EXPORT", "FACT.EXPORT", "DOCUMENT.EXPORT",
        ]

        private static func answers(_ talk: Talk) throws -> String {
            try questions.map { question in
                let reply = try talk.ask(question)
                let rows = reply.rows.map { "< ROW \($0)\n" }.joined()
                return switch reply.outcome {
                case .ok(let text): "> \(question)\n\(rows)< OK \(text ?? "")\n"
                case .error(let code, let text): "> \(question)\n\(rows)< ERR \(code) \(text)\n"
                }
            }.joined()
        }

        @Test func theFolderIsRead() throws {
            let expected = try String(contentsOf: Self.folder.appending(path: "answers.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                let data = Self.folder.appending(path: "data")
                try FileManager.default.copyItem(atPath: data.path, toPath: sandbox.path("data"))
                // As it was left, and once more with all of it in a snapshot of this server.
                for isRewritten in [false, true] {
                    let server = try sandbox.start()
                    let talk = try server.connect()
                    #expect(try Self.answers(talk) == expected)
                    #expect(try ArchiveTests.files(sandbox).count == 2)
                    if !isRewritten { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
                // The history goes on: what was said is known, and what comes is counted on.
                let talk = try sandbox.start().connect()
                for line in [
                    "CUSTOMER.TAG C1 vip", "CUSTOMER.BLOCK C2 reason=fraud", "VOUCHER.RENEW voucher=V1 id=lost",
                ] {
                    #expect(try talk.ok(line).at("duplicate") == .bool(true), "\(line)")
                }
                let order = Story.order("web", "9", customer: #""email":"anna@x.nl""#)
                try talk.ok(order)
                #expect(try talk.rows("RULE.LOG").rows.first?.text("subject") == "web:9")
                let file = try ArchiveTests.upload(talk, [9])
                #expect(try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(file)").text("document") == "F3")
                #expect(try talk.ok("DOCUMENT.CREATE order=web:1").text("document") == "D2")
                #expect(try talk.ok("VOUCHER.ISSUE amount=1 currency=EUR").text("voucher") == "V3")
                #expect(try talk.ok("IDENTITY.CHECK").text("differences") == "0")
            }
        }

        @Test(.enabled(if: ProcessInfo.processInfo.environment["DOSSIER_WRITE_GOLDEN"] != nil))
        func writeTheFolder() throws {
            let story = try String(contentsOf: Self.folder.appending(path: "story.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--shards", "2"])
                let talk = try server.connect()
                for line in story.split(separator: "\n") { try talk.ok(String(line)) }
                let answers = try Self.answers(talk)
                try server.kill()
                let data = Self.folder.appending(path: "data")
                if FileManager.default.fileExists(atPath: data.path) { try FileManager.default.removeItem(at: data) }
                try FileManager.default.copyItem(atPath: sandbox.path("data"), toPath: data.path)
                try FileManager.default.removeItem(at: data.appending(path: "LOCK"))
                try answers.write(to: Self.folder.appending(path: "answers.txt"), atomically: true, encoding: .utf8)
            }
        }
    }
}
