import Client
import Foundation
import Testing

extension SystemTests {
    /// The data folder with facts about orders, as the first server that knew them left it: see Tests/Golden/README.md.
    @Suite struct GoldenOrderLifeTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/order-life")

        private static func answers(_ talk: Talk) throws -> String {
            let info = "facts \(try talk.info("facts")), waiting \(try talk.info("waitingFacts"))"
            let lines = try [
                "ORDER.LIFE web:1", "ORDER.LIFE agency:9", "ORDER.LIFE till/kassa2:5", "ORDER.LIFE amazon:1-2-3",
            ]
            .map { "> \($0)\n< \(Self.text(try talk.ask($0)))" }
            return ([info] + lines).joined(separator: "\n") + "\n"
        }

        private static func text(_ reply: Reply) -> String {
            switch reply.outcome {
            case .ok(let text): "OK \(text ?? "")"
            case .error(let code, let text): "ERR \(code) \(text)"
            }
        }

        @Test func theFolderIsRead() throws {
            let expected = try String(contentsOf: Self.folder.appending(path: "answers.txt"), encoding: .utf8)
            let story = try String(contentsOf: Self.folder.appending(path: "story.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                let data = Self.folder.appending(path: "data")
                try FileManager.default.copyItem(atPath: data.path, toPath: sandbox.path("data"))
                // As it was left, and once more with all of it in a snapshot of this server.
                for isRewritten in [false, true] {
                    let server = try sandbox.start()
                    let talk = try server.connect()
                    #expect(try Self.answers(talk) == expected)
                    let sequence = try talk.sequence()
                    for line in story.split(separator: "\n") where line != "SNAPSHOT" { try talk.ok(String(line)) }
                    #expect(try talk.sequence() == sequence, "the story told again changes something")
                    if !isRewritten { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
                // What waited still finds its order.
                let talk = try sandbox.start().connect()
                try talk.ok(Story.order("till", "5", customer: #""ref":"9""#, more: #","store":"kassa2""#))
                #expect(try talk.ok("ORDER.GET till/kassa2:5").text("status") == "cancelled")
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
