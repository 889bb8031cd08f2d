import Bytes
import Client
import Foundation
import Testing

extension SystemTests {
    /// The plug pulled on files and on rules that outlive it: uploads, attachments, the sweep of what nothing refers to,
    /// the cap of credit notes per line, invoiced bookings, what rules have done, and questions about the past.
    @Suite struct ArchiveKillTests {
        private static let customer = Story.order("web", "1", customer: #""email":"anna@x.nl""#)

        private static func content(_ random: inout Seeded) -> [UInt8] {
            let count = Int(random.next() % 60_000)
            return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }

        /// Half an upload and a whole one that nothing refers to go; what a document refers to stays.
        @Test(arguments: [false, true]) func uploadsOutliveNoCrash(hasSnapshot: Bool) throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try server.connect()
                try talk.ok(Self.customer)
                let kept = try ArchiveTests.upload(talk, ArchiveTests.content)
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(kept)")
                let loose = try ArchiveTests.upload(talk, [1, 2, 3])
                let half = try #require(talk.ok("FILE.BEGIN name=half bytes=4").text("id"))
                try talk.ok(#"FILE.PART id=\#(half) {"data":"YWI="}"#)
                #expect(try ArchiveTests.files(sandbox).count == 3)
                if hasSnapshot { try talk.ok("SNAPSHOT") }
                let sequence = try talk.sequence()
                try server.kill()
                server = try sandbox.start()
                talk = try server.connect()
                for upload in [loose, half] {
                    try talk.refused("FILE.END id=\(upload)", "NOTFOUND", "FILE.BEGIN")
                    try talk.refused("DOCUMENT.ATTACH customer=C1 file=\(upload)", "NOTFOUND", "FILE.BEGIN")
                }
                #expect(try talk.sequence() == sequence)
                #expect(ArchiveTests.eventually { try ArchiveTests.files(sandbox).count == 1 })
                #expect(try ArchiveTests.fetch(talk, "F1") == ArchiveTests.content)
                // Said again from the beginning, it is what it would have been.
                let again = try ArchiveTests.upload(talk, [1, 2, 3])
                #expect(try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(again) name=b").text("document") == "F2")
                #expect(try ArchiveTests.fetch(talk, "F2") == [1, 2, 3])
            }
        }

        /// No document that was acknowledged is lost, none is without its content, and no content stays that no document
        /// has, however the plug is pulled between the parts, the ends and the attachments.
        @Test func everyDocumentHasItsContentAfterCrashes() throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("ArchiveKillTests: seed \(seed)")
            var random = Seeded(seed)
            try Sandbox.with { sandbox in
                var contents: [String: [UInt8]] = [:]
                var sent: [String: [UInt8]] = [:]
                for round in 0..<10 {
                    let server = try sandbox.start("data", ["--snapshot-bytes", "20000"])
                    let talk = try server.connect()
                    try talk.ok(Self.customer)
                    try Self.check(talk, sandbox, contents: &contents, sent: sent)
                    let many = Int(random.next() % 12)
                    for index in 0..<many {
                        let (name, content) = ("\(round)-\(index)", Self.content(&random))
                        sent[name] = content
                        let id = try ArchiveTests.upload(talk, content, name: name)
                        contents[name] = content
                        try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(id)")
                    }
                    // The last one may or may not be there: nobody waits for its answers.
                    let (name, content) = ("\(round)-last", Self.content(&random))
                    sent[name] = content
                    try talk.client.send("FILE.BEGIN name=\(name)")
                    let id = "U\(many + 1)"
                    let data = Data(content).base64EncodedString()
                    try talk.client.send(#"FILE.PART id=\#(id) {"data":"\#(data)"}"#)
                    try talk.client.send("FILE.END id=\(id)")
                    try talk.client.send("DOCUMENT.ATTACH customer=C1 file=\(id)")
                    for _ in 0..<(random.next() % 5) { _ = try talk.client.receive() }
                    try server.kill()
                }
                let talk = try sandbox.start().connect()
                try Self.check(talk, sandbox, contents: &contents, sent: sent)
                #expect(try talk.rows("VERIFY").rows.contains { $0.text("kind") == "content" })
            }
        }

        private static func check(
            _ talk: Talk, _ sandbox: Sandbox, contents: inout [String: [UInt8]], sent: [String: [UInt8]]
        ) throws {
            let documents = try talk.ok("CUSTOMER.360 C1").at("documents")?.elements ?? []
            var found: Set<String> = []
            for document in documents {
                let name = try #require(document.text("name"))
                found.insert(name)
                let id = try #require(document.text("document"))
                #expect(try ArchiveTests.fetch(talk, id) == sent[name], "\(name)")
                contents[name] = sent[name]
            }
            #expect(found == Set(contents.keys), "what was acknowledged, and nothing twice")
            #expect(documents.count == found.count)
            let referred = Set(contents.values.map { ContentHash(SHA256.digest($0))?.description ?? "" })
            guard !referred.isEmpty else { return }
            let isSwept = ArchiveTests.eventually { try ArchiveTests.files(sandbox).count == referred.count }
            let files = try ArchiveTests.files(sandbox).count
            #expect(isSwept, "\(files) files for \(referred.count) contents")
        }

        /// Removed, and the plug pulled before the content went: the next start sweeps.
        @Test(arguments: [false, true]) func theNextStartSweeps(hasSnapshot: Bool) throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(Self.customer)
                try talk.ok("SHOP.RETENTION kind=upload years=0")
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(try ArchiveTests.upload(talk, [1]))")
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(try ArchiveTests.upload(talk, [2], name: "b"))")
                try talk.ok("DOCUMENT.REMOVE F1")
                #expect(try ArchiveTests.files(sandbox).count == 2, "this connection may still attach it")
                if hasSnapshot { try talk.ok("SNAPSHOT") }
                try server.kill()
                server = try sandbox.start()
                #expect(ArchiveTests.eventually { try ArchiveTests.files(sandbox).count == 1 })
                let again = try server.connect()
                #expect(try ArchiveTests.fetch(again, "F2") == [2])
                try again.refused("DOCUMENT.FETCH F1", "NOTFOUND")
            }
        }

        // MARK: X07, T17, B12, B14, T21

        private static let twoLines = """
            ORDER.PUT {"channel":"web","number":"1","placedAt":"2026-04-02T08:00:00Z","currency":"EUR","kind":"booking",\
            "customer":{"email":"sophie@ziggo.nl"},"billing":{"name":"Sophie Vis","street":"Dam","houseNumber":"1",\
            "postalCode":"1012 JS","city":"Amsterdam","country":"NL"},"total":"110.00",\
            "lines":[{"title":"Cup","quantity":2,"unitPrice":"5.00","vatRate":"21"},\
            {"title":"Trip","quantity":1,"unitPrice":"100.00","vatRate":"21"}]}
            """

        private static func credit(_ quantity: Int) -> String {
            #"DOCUMENT.CREDIT document=D1 {"lines":[{"line":"1","quantity":\#(quantity)}],"reason":"return"}"#
        }

        private static let rows = [
            FeatureRow(
                "X07", "no line is credited for more than was invoiced of it",
                told: [
                    twoLines, LedgerTests.seller, "DOCUMENT.CREATE order=web:1", "DOCUMENT.POST D1", credit(1),
                    "DOCUMENT.POST D2", credit(1),
                ],
                asks: [
                    .init(credit(1), ["error": "REFUSED", "text": "line"]),
                    .init(credit(2), ["error": "REFUSED", "text": "line"]),
                    .init("DOCUMENT.SHOW D1", ["left": "100.00"]),
                ]),
            FeatureRow(
                "T17", "a booking invoiced here keeps its customer",
                told: [
                    twoLines, Story.order("web", "2", customer: #""email":"ahmed@ziggo.nl""#), LedgerTests.seller,
                    "DOCUMENT.CREATE order=web:1", "DOCUMENT.POST D1",
                ],
                asks: [
                    .init("CUSTOMER.MERGE C1 C2", ["error": "REFUSED", "text": "CUSTOMER.MERGE C2 C1"]),
                    .init("CUSTOMER.MERGE C1 C2 preview=yes", ["blockers.#": "1"]),
                ]),
            FeatureRow(
                "B12, B14, T21", "what a rule has done is done once",
                told: [
                    #"RULE.PUT name=all {"on":["order.placed"],"do":[{"tag":"buyer"},{"setLanguage":"de"},{"note":"hello"}]}"#,
                    "RULE.ON name=all force=yes", customer, customer,
                ],
                asks: [
                    .init("RULE.LOG", ["rows": "3"]), .init("RULE.SHOW name=all", ["acted": "3", "on": "true"]),
                    .init("CUSTOMER.360 C1", ["customer.tags.0": "buyer", "customer.tags.#": "1", "notes.#": "1"]),
                    .init("CUSTOMER.LANGUAGE C1", ["languageChoice.value": "de"]),
                    .init(customer, ["duplicate": "true"]),
                ]),
        ]

        @Test(arguments: rows) func holds(_ row: FeatureRow) throws { try row.check() }

        // MARK: The past

        /// Many questions about many moments at once: each gets the answer of then, or is told to come again; nobody is
        /// forgotten, and the next one is served.
        @Test func manyAskAboutThePastAtOnce() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", ["--segment-bytes", "2048"])
                let talk = try server.connect()
                var answers: [(sequence: Int, reply: Reply)] = []
                for number in 0..<60 {
                    try talk.ok(Story.order("web", "\(number)", customer: #""email":"anna@x.nl""#))
                    answers.append((try talk.sequence(), try talk.ask("CUSTOMER.360 C1")))
                    if number == 30 { try talk.ok("SNAPSHOT") }
                }
                for isAfterCrash in [false, true] {
                    if isAfterCrash {
                        try server.kill()
                        server = try sandbox.start("data", ["--segment-bytes", "2048"])
                    }
                    let talks = try (0..<60).map { _ in try server.connect() }
                    for (talk, answer) in zip(talks, answers) {
                        try talk.client.send("CUSTOMER.360 C1 at=\(answer.sequence)")
                    }
                    var (served, busy) = (0, 0)
                    for (talk, answer) in zip(talks, answers) {
                        let reply = try talk.client.receive()
                        switch reply.outcome {
                        case .ok(let text?):
                            served += 1
                            let end = try #require(text.range(of: #","at":{"seq":"#, options: .backwards)).lowerBound
                            #expect(.ok(String(text[..<end]) + "}") == answer.reply.outcome, "at=\(answer.sequence)")
                        case .ok(nil): Issue.record("nothing was answered")
                        case .error(let code, let text):
                            busy += 1
                            #expect(code == "BUSY" && text.contains("ask again"), "\(code) \(text)")
                        }
                    }
                    // One is being built, 16 wait.
                    #expect(served >= 17, "\(served) served, \(busy) told to come again")
                    for (talk, answer) in zip(talks.reversed(), answers) {
                        #expect(try PastTests.past(talk, "CUSTOMER.360 C1", "\(answer.sequence)") == answer.reply)
                    }
                }
            }
        }

        /// A disk that is full while all history is kept: nothing of it is thrown away to make room, it can be asked, and
        /// with room again it goes on without a gap.
        @Test func aFullDiskKeepsTheHistoryWhole() throws {
            try Sandbox.with { sandbox in
                let disk = sandbox.path("disk")
                try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
                let mount = try runProgram("/bin/sh", ["-c", "mount -t tmpfs -o size=3m none '\(disk)'"])
                guard mount.ending == .exit(0) else {
                    print("LEFT OUT, LOUDLY: no right to mount a small disk here: a full disk is not tried")
                    return
                }
                defer { #expect(throws: Never.self) { try runProgram("/bin/sh", ["-c", "umount -l '\(disk)'"]) } }
                let options = ["--history", "all", "--segment-bytes", "60000", "--snapshot-bytes", "120000"]
                let server = try sandbox.start(disk + "/data", options)
                let talk = try server.connect()
                try talk.ok(Self.customer)
                let first = try talk.ask("CUSTOMER.360 C1")
                let (start, filler) = (try talk.sequence(), disk + "/filler")
                try Data(count: 1_500 << 10).write(to: URL(filePath: filler))
                let (acknowledged, failure) = try Self.fill(talk)
                #expect(failure.hasPrefix("READONLY "), "\(failure)")
                let read = try talk.rows("FEED from=1")
                #expect(read.rows.filter { $0.text("event") == "orderRecorded" }.count >= acknowledged)
                #expect(try PastTests.past(talk, "CUSTOMER.360 C1", "\(start)") == first)
                let upload = try #require(talk.ok("FILE.BEGIN name=a").text("id"))
                let data = Data((0..<400_000).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
                try talk.refused(#"FILE.PART id=\#(upload) {"data":"\#(data)"}"#, "READONLY")
                try talk.refused("FILE.END id=\(upload)", "NOTFOUND", "FILE.BEGIN")
                try FileManager.default.removeItem(atPath: filler)
                _ = server.process.error.wait(within: 30) { $0.contains("journal-recovered") ? true : nil }
                let isBack = try (0..<50).contains { _ in
                    try talk.ask(Story.order("bol", "after", customer: #""ref":"1""#)).isOK
                }
                #expect(isBack, "there is room again: \(server.log)")
                try server.kill()
                let again = try sandbox.start(disk + "/data", options)
                let next = try again.connect()
                let rows = try next.rows("FEED from=1").rows
                let numbers = rows.compactMap { $0.text("seq").flatMap { Int($0) } }
                #expect(numbers == Array((numbers.first ?? 0)..<((numbers.first ?? 0) + numbers.count)), "no gap")
                #expect(rows.filter { $0.text("event") == "orderRecorded" }.count == (try next.info("orders")))
                #expect(try next.info("orders") >= acknowledged + 1)
                #expect(try PastTests.past(next, "CUSTOMER.360 C1", "\(start)") == first)
                try again.kill()
            }
        }

        /// Puts orders until one is refused; how many were not, and the refusal.
        private static func fill(_ talk: Talk) throws -> (acknowledged: Int, failure: String) {
            for index in 1..<1_000 {
                let noise = String((0..<4_000).map { _ in "abcdefghijklmnopqrstuvwxyz012345".randomElement() ?? "a" })
                let order = Story.order("bol", "\(index)", customer: #""ref":"1""#, more: #","noise":"\#(noise)""#)
                if case .error(let code, let text) = try talk.ask(order).outcome { return (index, "\(code) \(text)") }
            }
            return (1_000, "never full")
        }
    }
}
