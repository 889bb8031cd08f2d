import Client
import Foundation
import Testing

extension SystemTests {
    /// Data folders damaged on purpose: the server serves exactly a prefix and says what it cut, or refuses and says
    /// what is broken. It never crashes, and never loses anything in silence.
    @Suite struct DamageTests {
        @Test(arguments: [true, false]) func everyFlippedByteIsNoticed(isCleanStop: Bool) throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("DamageTests.everyFlippedByteIsNoticed: seed \(seed)")
            var random = Seeded(seed)
            try Sandbox.with { sandbox in
                let model = try Model(sandbox, isCleanStop: isCleanStop)
                for name in try model.names() {
                    let size = try model.size(of: name)
                    for index in 0..<max(3, 80 / (try model.names().count)) where size > 0 {
                        // The beginning and the end of a file are where readers are surprised.
                        let place = [0, size - 1, Int(random.next() % UInt64(size))][min(index, 2)]
                        let bit = UInt8(1) << UInt8(random.next() % 8)
                        try model.damage("bit \(bit) of byte \(place) of \(name) flipped") {
                            try model.change($0 + "/" + name) { $0[place] ^= bit }
                        }
                    }
                }
            }
        }

        @Test(arguments: [true, false]) func everyShortFileIsNoticed(isCleanStop: Bool) throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("DamageTests.everyShortFileIsNoticed: seed \(seed)")
            var random = Seeded(seed)
            try Sandbox.with { sandbox in
                let model = try Model(sandbox, isCleanStop: isCleanStop)
                for name in try model.names() {
                    let size = try model.size(of: name)
                    guard size > 0 else { continue }
                    for length in [0, size - 1, Int(random.next() % UInt64(size)), Int(random.next() % UInt64(size))] {
                        try model.damage("\(name) cut to \(length) of \(size) bytes") {
                            try model.change($0 + "/" + name) { $0.removeLast(size - length) }
                        }
                    }
                    let zeros = 1 + Int(random.next() % 5_000)
                    try model.damage("\(zeros) zeros behind \(name)") {
                        try model.change($0 + "/" + name) { $0 += [UInt8](repeating: 0, count: zeros) }
                    }
                    let tail = 1 + Int(random.next() % UInt64(size))
                    try model.damage("the last \(tail) bytes of \(name) turned to zeros") {
                        try model.change($0 + "/" + name) { $0.replaceSubrange((size - tail)..., with: repeatElement(0, count: tail)) }
                    }
                    try model.damage("\(name) removed") { try FileManager.default.removeItem(atPath: $0 + "/" + name) }
                }
            }
        }
    }
}

/// A data folder with two snapshots and several segments, and what is known about it.
private final class Model {
    private static let orders = 240
    private let sandbox: Sandbox
    private let isCleanStop: Bool
    private let folder: String
    private let listing: [Reply]
    private let lastSequence: Int
    /// What order number n was answered: its sequence number.
    private var sequences: [Int] = []

    init(_ sandbox: Sandbox, isCleanStop: Bool) throws {
        self.sandbox = sandbox
        self.isCleanStop = isCleanStop
        folder = sandbox.path("model")
        let server = try sandbox.start("model", Self.options)
        let talk = try server.connect()
        for index in 0..<Self.orders {
            let reply = try talk.ok(Self.order(index))
            sequences.append(try #require(reply.text("seq").flatMap { Int($0) }))
            if index == Self.orders / 3 || index == Self.orders * 2 / 3 { try talk.ok("SNAPSHOT") }
        }
        lastSequence = try talk.sequence()
        listing = try Self.dossiers(talk)
        talk.client.close()
        if isCleanStop { try server.stop() } else { try server.kill() }
        let names = try names()
        #expect(names.count { $0.hasPrefix("snapshot-") } == 2 && names.count { $0.hasPrefix("journal-") } > 3)
    }

    private static let options = ["--segment-bytes", "4096", "--snapshot-bytes", "0", "--snapshot-seconds", "0"]

    private static func order(_ index: Int) -> String {
        Story.order("web", "\(index)", customer: #""ref":"\#(index % 9)","email":"b\#(index % 6)@vanderlinden.nl""#)
    }

    private static func dossiers(_ talk: Talk) throws -> [Reply] {
        try talk.rows("CUSTOMER.FIND limit=1000").rows.map { row in
            try talk.ask("CUSTOMER.360 \(try #require(row.text("number")))")
        }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    func size(of name: String) throws -> Int { try Data(contentsOf: URL(filePath: folder + "/" + name)).count }

    func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        body(&bytes)
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Copies the folder, damages the copy, and judges what verify and the server make of it.
    func damage(_ what: String, _ body: (String) throws -> Void) throws {
        let copy = sandbox.path("copy")
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: copy) } }
        try body(copy)
        let before = try contents(of: copy)
        let verify = try runProgram("dossierd", ["verify", copy])
        #expect(verify.ending == .exit(0) || verify.ending == .exit(1), "\(what): verify ended with \(verify.ending)")
        #expect(try contents(of: copy) == before, "\(what): verify has changed the folder")

        let process = try sandbox.launch(copy, Self.options)
        defer { process.end() }
        if let port = process.error.wait(within: 30, for: { Sandbox.port(in: $0, event: "ready") }) {
            try judge(RunningServer(process, port: port), verify, what)
        } else {
            try judgeRefusal(process, verify, what)
        }
    }

    private func contents(of folder: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            contents[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
        }
        return contents
    }

    private func judgeRefusal(_ process: ChildProcess, _ verify: Finished, _ what: String) throws {
        let ending = try process.waitForEnd()
        let log = process.error.text
        #expect(ending == .exit(1), "\(what): ended with \(ending): \(log)")
        #expect(log.contains("cannot-start"), "\(what): \(log)")
        let names = ["journal-", "snapshot-", "manifest.json", "folder.json", "clean-stop"]
        #expect(names.contains { log.contains($0) } && log.contains("offset "), "\(what): names no place: \(log)")
        if log.contains("journal-") { #expect(log.contains("sequence numbers "), "\(what): \(log)") }
        #expect(verify.ending == .exit(1), "\(what): refused, but verify found nothing: \(log)")
    }

    private func judge(_ server: RunningServer, _ verify: Finished, _ what: String) throws {
        let talk = try server.connect()
        let sequence = try talk.sequence()
        let log = server.log
        if sequence == lastSequence {
            #expect(try Self.dossiers(talk) == listing, "\(what): other content")
        } else {
            #expect(log.contains("torn-end-cut"), "\(what): \(lastSequence - sequence) events lost in silence: \(log)")
            #expect(!isCleanStop, "\(what): the clean-stop marker knows better: \(log)")
            #expect(verify.ending == .exit(0) && verify.output.contains("\"torn\""), "\(what): \(verify.output)")
            let kept = sequences.count { $0 <= sequence }
            #expect(try talk.info("orders") == kept, "\(what)")
            for index in [0, kept - 1, kept, Self.orders - 1] where index >= 0 && index < Self.orders {
                #expect(try talk.ask("ORDER.GET web:\(index)").isOK == (index < kept), "\(what): order \(index)")
            }
        }
        // What works must go on working.
        let more = try talk.ok(Story.order("web", "more", customer: #""ref":"1""#))
        #expect(more.text("seq") == "\(sequence + 1)", "\(what)")
        if verify.ending == .exit(1) { #expect(log.contains("warning"), "\(what): not a word of it: \(log)") }
    }
}
