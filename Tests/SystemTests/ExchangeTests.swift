import Client
import Foundation
import Testing

extension SystemTests {
    /// Import and export (rows B04 B05 W25): the real programs, files in and files out.
    @Suite struct ExchangeTests {
        static let kinds = ["customers", "orders", "facts", "documents"]

        /// Runs `dossier` against a server; its standard error says what became of the rows.
        static func dossier(_ port: UInt16, _ arguments: String..., input: String = "/dev/null") throws -> Finished {
            try runProgram("dossier", ["--port", "\(port)"] + arguments, environment: ["USER": "tester"], input: input)
        }

        static func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

        /// Exports everything and returns it by kind.
        static func export(_ port: UInt16, _ format: String, to path: String) throws -> [String: Data] {
            var all: [String: Data] = [:]
            for kind in kinds {
                let out = "\(path)-\(kind).\(format)"
                let run = try dossier(port, "export", "--kind", kind, "--out", out, "--format", format)
                guard run.ending == .exit(0) else { throw TestFailure("\(kind): \(run.error)") }
                all[kind] = try bytes(out)
            }
            return all
        }

        static func importAll(_ port: UInt16, _ format: String, from path: String) throws -> [String] {
            try kinds.map { kind in
                let run = try dossier(port, "import", "\(path)-\(kind).\(format)", "--kind", kind)
                guard run.ending == .exit(0) else { throw TestFailure("\(kind): \(run.error)") }
                return run.error
            }
        }

        // MARK: The law

        @Test("B04 B05: out, into an empty server, and out again are the same bytes", arguments: ["csv", "ndjson"])
        func theRoundTripIsExact(_ format: String) throws {
            let environment = ProcessInfo.processInfo.environment
            let seed = environment["DOSSIER_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
            print("ExchangeTests: seed \(seed)")
            try Sandbox.with { sandbox in
                var first = try sandbox.start("first", ["--shards", "3"])
                let talk = try first.connect()
                for reply in try talk.pipeline(ExchangeSample(seed).lines()) where !reply.isOK {
                    throw TestFailure("seed \(seed): \(reply.outcome)")
                }
                try talk.ok("SNAPSHOT")
                try first.kill()
                first = try sandbox.start("first")
                let out = try Self.export(first.port, format, to: sandbox.path("first"))
                #expect(
                    out["orders"].map { $0.count > 10_000 } == true && out["facts"].map { $0.count > 1_000 } == true)

                var second = try sandbox.start("second")
                _ = try Self.importAll(second.port, format, from: sandbox.path("first"))
                try second.kill()
                second = try sandbox.start("second")
                let back = try Self.export(second.port, format, to: sandbox.path("second"))
                for (kind, bytes) in out where back[kind] != bytes {
                    let (lines, others) = (bytes.split(separator: 10), (back[kind] ?? Data()).split(separator: 10))
                    let place =
                        zip(lines, others).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, others.count)
                    let texts = [lines, others].map {
                        String(decoding: $0.dropFirst(place).first ?? Data(), as: UTF8.self)
                    }
                    Issue.record("seed \(seed), \(kind), row \(place): \(texts[0]) came back as \(texts[1])")
                }

                // A repeat changes nothing.
                let sequence = try second.connect().sequence()
                let again = try Self.importAll(second.port, format, from: sandbox.path("first"))
                #expect(try second.connect().sequence() == sequence, "seed \(seed)")
                #expect(again.allSatisfy { $0.contains(" duplicate") && !$0.contains(" created") }, "\(again)")
            }
        }

        @Test("B04: what stood there at the start is told once, whatever others write")
        func exportsHoldWhileOthersWrite() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--lanes", "2", "--shards", "4"])
                let talk = try server.connect()
                let writer = try server.connect()
                let orders = (0..<500).map { Story.order("web", "\($0)", customer: #""ref":"r\#($0 % 90)""#) }
                for reply in try talk.pipeline(orders) { #expect(reply.isOK) }
                for command in [
                    "ORDER.EXPORT limit=37", "CUSTOMER.EXPORT limit=7", "CUSTOMER.EXPORT shape=customer limit=11",
                ] {
                    var seen: [String] = []
                    var next = "0"
                    var page = 0
                    while true {
                        let (rows, end) = try talk.rows("\(command) after=\(next)")
                        seen += rows.compactMap {
                            $0.text("order.number") ?? $0.text("profile.ref") ?? $0.text("customer.number")
                        }
                        next = try #require(end.text("next"))
                        if end.at("done") == .bool(true) || page > 400 { break }
                        page += 1
                        if page < 30 {
                            try writer.ok(
                                Story.order(
                                    "web", "n\(command.count)-\(page)",
                                    customer: #""ref":"n\#(command.count)-\#(page)""#))
                            let revised = Story.order(
                                "web", "\(page * 7)", customer: #""ref":"r\#(page)""#, total: "\(command.count).00",
                                more: #","updatedAt":"2027-01-01T00:00:0\#(command.count % 10)Z""#)
                            _ = try writer.ask(revised)
                        }
                    }
                    #expect(Set(seen).count == seen.count, "\(command) told something twice")
                    let expected = command.hasPrefix("ORDER") ? (0..<500).map { "\($0)" } : (0..<90).map { "r\($0)" }
                    if !command.contains("shape") {
                        #expect(Set(expected).isSubset(of: seen), "\(command) left something out")
                    }
                    let (later, _) = try talk.rows("\(command) after=\(next)")
                    #expect(later.isEmpty)
                }
            }
        }

        @Test("W25: exports are logged, filtered, and stay in their shop; mistakes are told")
        func exportsAreExplicit() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(Story.order("web", "1", customer: #""ref":"a""#))
                try talk.ok(Story.order("bol", "2", customer: "", more: #","updatedAt":"2026-09-01T00:00:00Z""#))
                try talk.ok("SHOP other")
                try talk.ok(Story.order("web", "3", customer: #""ref":"c""#))
                func numbers(_ command: String) throws -> [String?] {
                    try talk.rows(command).rows.map { $0.text("order.number") }
                }
                #expect(try numbers("ORDER.EXPORT actor=anna") == ["3"])
                try talk.ok("SHOP main")
                #expect(try numbers("ORDER.EXPORT actor=bo") == ["1", "2"])
                #expect(try numbers("ORDER.EXPORT channel=BOL") == ["2"])
                #expect(try numbers("ORDER.EXPORT since=2026-08-01") == ["2"])
                #expect(try numbers("ORDER.EXPORT after=1") == ["2"])
                let (profiles, end) = try talk.rows("CUSTOMER.EXPORT")
                #expect(profiles.count == 1 && end.text("guests") == "1" && profiles[0].text("profile.ref") == "a")
                #expect(try talk.rows("CUSTOMER.EXPORT shape=customer").rows.count == 2)
                try talk.ok("SHOP nobody")
                #expect(try talk.rows("ORDER.EXPORT").rows.isEmpty)
                try talk.refused("ORDER.EXPORT limit=0", "INVALID", "limit")
                try talk.refused("ORDER.EXPORT after=x", "INVALID", "after")
                try talk.refused("ORDER.EXPORT since=soon", "INVALID", "since")
                try talk.refused("CUSTOMER.EXPORT shape=round", "INVALID", "profile", "customer")
                try talk.refused("ORDER.EXPORT shape=customer", "SYNTAX", "shape")
                try talk.refused("CUSTOMER.EXPORT shape=customer channel=web", "INVALID", "channel")
                try talk.refused(#"FACT.PUT kind=wish order=web:1 {"id":"1"}"#, "INVALID", "shipment")
                try talk.refused(#"FACT.PUT kind=shipment {"id":"1"}"#, "INVALID", "order")
                for line in ["kind=orders shop=other actor=anna", "kind=orders shop=main actor=bo", "rows=2 next=3"] {
                    #expect(server.log.contains(line), "\(line)")
                }
                #expect(server.log.contains("info export-began") && server.log.contains("info export-ended"))
            }
        }

        // MARK: Trouble on the way

        @Test("B05: the server dies in the middle of an import, which goes on by itself as if nothing had been")
        func importsSurviveTheServer() throws {
            try Sandbox.with { sandbox in
                let lines = ExchangeSample(7).orders(count: 1_500)
                let file = try sandbox.file("orders.ndjson", lines.joined(separator: "\n") + "\n")
                var server = try sandbox.start("data")
                let port = server.port
                let run = try ChildProcess(
                    "dossier",
                    ["--port", "\(port)", "import", file, "--kind", "orders", "--results", sandbox.path("results.csv")])
                defer { run.end() }
                for round in 1...2 {
                    let talk = try server.connect()
                    while try talk.info("orders") < round * 400 {}
                    try server.kill()
                    server = try sandbox.start("data", ["--port", "\(port)"])
                }
                #expect(try run.waitForEnd(within: 120) == .exit(0), "\(run.error.text)")
                #expect(try server.connect().info("orders") == 1_500)
                let results = String(decoding: try Self.bytes(sandbox.path("results.csv")), as: UTF8.self)
                #expect(results.split(separator: "\r\n").count == 1_501 && !results.contains("refused"))

                let again = try Self.dossier(port, "import", file, "--kind", "orders")
                #expect(again.error.contains("1500 rows: 1500 duplicate"), "\(again.error)")
                let once = try sandbox.start("once")
                #expect(try Self.dossier(once.port, "import", file, "--kind", "orders").ending == .exit(0))
                let one = try Self.export(once.port, "ndjson", to: sandbox.path("one"))
                let two = try Self.export(port, "ndjson", to: sandbox.path("two"))
                for kind in Self.kinds { Self.expectSame(one[kind], two[kind], kind) }
            }
        }

        /// The same lines; else the first that differ are shown.
        private static func expectSame(_ one: Data?, _ two: Data?, _ kind: String) {
            guard one != two else { return }
            let lines = [one, two].map { String(decoding: $0 ?? Data(), as: UTF8.self).split(separator: "\n") }
            let place = zip(lines[0], lines[1]).enumerated().first { $0.element.0 != $0.element.1 }
            Issue.record(
                "\(kind): \(lines[0].count) and \(lines[1].count) lines, \(place.map { "\($0)" } ?? "one goes on")")
        }

        @Test("B05: an import that dies with its server is begun again and is whole")
        func importsAreBegunAgain() throws {
            try Sandbox.with { sandbox in
                // So many that none of the machines that run this has taken them all before it is asked how many there are.
                let lines = ExchangeSample(8).orders(count: 9_000)
                let file = try sandbox.file("orders.ndjson", lines.joined(separator: "\n"))
                let server = try sandbox.start("data")
                let run = try ChildProcess(
                    "dossier",
                    [
                        "--port", "\(server.port)", "import", file, "--kind", "orders", "--patience", "0",
                        "--connections", "3",
                    ])
                defer { run.end() }
                let talk = try server.connect()
                while try talk.info("orders") < 500 {}
                try server.kill()
                #expect(try run.waitForEnd() == .exit(3))
                #expect(run.error.text.contains("go on by the same command"), "\(run.error.text)")
                let again = try sandbox.start("data")
                let second = try Self.dossier(again.port, "import", file, "--kind", "orders", "--connections", "3")
                #expect(second.ending == .exit(0) && second.error.contains("9000 rows"), "\(second.error)")
                #expect(try again.connect().info("orders") == 9_000)
            }
        }

        @Test("B05: ctrl-c ends an import in order and tells how to go on")
        func importsCanBeInterrupted() throws {
            try Sandbox.with { sandbox in
                let lines = ExchangeSample(9).orders(count: 9_000)
                let file = try sandbox.file("orders.ndjson", lines.joined(separator: "\n"))
                let server = try sandbox.start("data")
                let run = try ChildProcess("dossier", ["--port", "\(server.port)", "import", file, "--kind", "orders"])
                defer { run.end() }
                let talk = try server.connect()
                while try talk.info("orders") < 300 {}
                run.send(SIGINT)
                #expect(try run.waitForEnd() == .exit(130))
                let told = try #require(run.error.text.firstMatch(of: /--from-line (\d+)/)?.1, "\(run.error.text)")
                let count = try #require(Int(told))
                #expect(try talk.info("orders") == count - 1)
                let rest = try Self.dossier(server.port, "import", file, "--kind", "orders", "--from-line", "\(count)")
                #expect(rest.ending == .exit(0) && !rest.error.contains("duplicate"), "\(rest.error)")
                #expect(try talk.info("orders") == 9_000)
            }
        }
    }
}
