import Client
import Foundation
import Testing

extension SystemTests {
    /// The data folder with messages, wishes, documents and a voucher, as the last server before automatic messages left
    /// it: see Tests/Golden/README.md.
    @Suite struct GoldenMessagesTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/messages")

        private static let questions = [
            "TEMPLATE.SHOW order.shipped nl", "TEMPLATE.SHOW order.delayed nl", "SHOP.SENDER", "MESSAGE.SHOW M1",
            "MESSAGE.SHOW M2", "CUSTOMER.WISHES C1", "CUSTOMER.LANGUAGE C1",
        ]

        private static func answers(_ talk: Talk) throws -> String {
            try questions.map { "> \($0)\n< \(text(try talk.ask($0)))\n" }.joined()
        }

        private static func text(_ reply: Reply) -> String {
            switch reply.outcome {
            case .ok(let text): "OK \(text ?? "")"
            case .error(let code, let text): "ERR \(code) \(text)"
            }
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
                    #expect(try talk.ok("DOCUMENT.SHOW D1").text("number") == "INV-2026-00001")
                    #expect(try talk.ok("DOCUMENT.SHOW D2").text("state") == "draft")
                    #expect(try talk.ok("VOUCHER.SHOW voucher=V1").text("left") == "10.00")
                    if !isRewritten { try talk.ok("SNAPSHOT") }
                    try server.kill()
                }
                // The history goes on: numbers and versions count where they were.
                let talk = try sandbox.start().connect()
                let again =
                    #"MESSAGE.QUEUE event=order.shipped order=web:1 id=first {"shipment":{"trackingCode":"3S1"}}"#
                #expect(try talk.ok(again).at("duplicate") == .bool(true))
                let next = try talk.ok(again.replacing("first", with: "second"))
                #expect(next.text("message") == "M3")
            }
        }

        @Test(.enabled(if: ProcessInfo.processInfo.environment["DOSSIER_WRITE_GOLDEN"] != nil))
        func writeTheFolder() throws {
            let story = try String(contentsOf: Self.folder.appending(path: "story.txt"), encoding: .utf8)
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--shards", "2"])
                let talk = try server.connect()
                for line in story.split(separator: "\n") {
                    if line.hasPrefix("OUTBOX.TAKE") {
                        _ = try talk.rows(String(line))
                    } else {
                        try talk.ok(String(line))
                    }
                }
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
