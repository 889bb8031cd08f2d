import Client
import Foundation
import Testing

extension SystemTests {
    /// How the server begins and ends, in order and out of it.
    @Suite struct ShutdownTests {
        @Test(arguments: [SIGTERM, SIGINT], [ChildProcess.Signals.usual, .blocked])
        func signalsEndItInOrder(signal: Int32, signals: ChildProcess.Signals) throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start(signals: signals)
                let talk = try server.connect()
                try talk.ok("ORDER.PUT " + Story.order)
                talk.client.close()
                server.process.send(signal)
                #expect(try server.process.waitForEnd() == .exit(0))
                #expect(server.log.contains("stopped marker=clean"))
                #expect(FileManager.default.fileExists(atPath: sandbox.path("data/clean-stop")))
                #expect(try sandbox.start().log.contains("stop=clean"))
            }
        }

        /// Every order that the server took before it was told to stop is answered, and there afterwards.
        @Test func finishesWhatItAccepted() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let raw = try RawConnection(server.port)
                let orders = (0..<3_000).map { Story.order("bol", "\($0)", customer: #""ref":"\#($0 % 50)""#) }
                try raw.send(orders.joined(separator: "\n") + "\n")
                let first = try raw.readLines(1)
                server.process.send(SIGTERM)
                let rest = String(decoding: try raw.readToEnd(), as: UTF8.self).split(separator: "\n")
                #expect(try server.process.waitForEnd() == .exit(0))
                let answered = first.count + rest.count
                #expect((first + rest).allSatisfy { $0.hasPrefix("OK {\"order\":") })
                let again = try sandbox.start()
                #expect(again.log.contains("stop=clean"))
                #expect(try again.connect().info("orders") == answered)
            }
        }

        @Test func oneFolderHasOneServer() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let second = try sandbox.launch()
                #expect(try second.waitForEnd() == .exit(1))
                #expect(second.error.text.contains("held by pid \(server.process.identifier)"))
                #expect(try server.connect().ask("PING").isOK)
                try server.kill()
                _ = try sandbox.start()
            }
        }

        @Test(arguments: [
            ([], "--data DIR is required"), (["--data"], "--data wants a value"), (["--nope"], "no option --nope"),
            (["--data", "x", "--port", "70000"], "--port must be"),
            (["--data", "x", "stray"], "unexpected argument stray"),
            (["--data", "x", "--durability", "never"], "--durability must be"), (["verify"], "verify takes one folder"),
            (["--data", "x", "--lanes", "0"], "--lanes must be"), (["--data="], "--data DIR is required"),
        ])
        func wrongArgumentsEndWithTwo(arguments: [String], text: String) throws {
            let result = try runProgram("dossierd", arguments)
            #expect(result.ending == .exit(2) && result.error.contains(text), "\(result.error)")
            #expect(result.error.hasPrefix("dossierd: ") && result.error.contains("--help"))
        }

        @Test func helpAndVersionAreOutput() throws {
            let help = try runProgram("dossierd", ["--help"])
            #expect(help.ending == .exit(0) && help.output.contains("--journal-limit") && help.error.isEmpty)
            #expect(try runProgram("dossierd", ["--version"]).output.hasPrefix("dossierd 0."))
        }

        @Test func cannotStartSaysWhy() throws {
            try Sandbox.with { sandbox in
                let file = try sandbox.file("a-file", "not a folder")
                for (data, options, text) in [
                    (file, [], "a-file"), ("/proc/dossier/data", [], "/proc/dossier"),
                    ("data", ["--address", "1.2.3"], "1.2.3 is no IPv4 or IPv6 address"),
                    ("data", ["--address", "192.0.2.1"], "address"),
                ] {
                    let process = try sandbox.launch(data, options)
                    #expect(try process.waitForEnd() == .exit(1))
                    #expect(
                        process.error.text.contains("error cannot-start reason=") && process.error.text.contains(text))
                }
                let server = try sandbox.start()
                let taken = try sandbox.launch("other", ["--port", "\(server.port)"])
                #expect(try taken.waitForEnd() == .exit(1))
                #expect(taken.error.text.contains("cannot-start"))
            }
        }

        @Test func environmentSetsOptions() throws {
            try Sandbox.with { sandbox in
                let process = try sandbox.launch(
                    "data", [], environment: ["DOSSIER_DURABILITY": "os", "DOSSIER_PORT": "1"])
                let port = process.error.wait(within: 30) { Sandbox.port(in: $0, event: "ready") }
                let server = RunningServer(process, port: try #require(port))
                #expect(try server.connect().ok("INFO").text("durability") == "os")
            }
        }

        /// A full disk: what was acknowledged stays, what was not is refused as READONLY, and room ends it.
        @Test func aFullDiskMakesItReadOnly() throws {
            try Sandbox.with { sandbox in
                let disk = sandbox.path("disk")
                try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
                let mount = try runProgram("/bin/sh", ["-c", "mount -t tmpfs -o size=1m none '\(disk)'"])
                guard mount.ending == .exit(0) else {
                    print("LEFT OUT: no right to mount a small disk here: a full disk is not tried")
                    return
                }
                defer { #expect(throws: Never.self) { try runProgram("/bin/sh", ["-c", "umount -l '\(disk)'"]) } }
                let filler = disk + "/filler"
                let server = try sandbox.start(disk + "/data", ["--snapshot-bytes", "0"])
                let talk = try server.connect()
                try talk.ok("ORDER.PUT " + Story.order)
                try Data(count: 900 << 10).write(to: URL(filePath: filler))
                var acknowledged = 1
                var failure: String?
                for index in 0..<400 where failure == nil {
                    let noise = String(
                        (0..<4_000).map { _ in "abcdefghijklmnopqrstuvwxyz012345".randomElement() ?? "a" })
                    let order = Story.order("bol", "\(index)", customer: #""ref":"1""#, more: #","noise":"\#(noise)""#)
                    switch try talk.ask(order).outcome {
                    case .ok: acknowledged += 1
                    case .error(let code, let text): failure = "\(code) \(text)"
                    }
                }
                #expect(failure?.hasPrefix("READONLY ") == true, "\(failure ?? "never full")")
                #expect(try talk.ok("INFO").text("state") == "readonly")
                #expect(server.log.contains("journal-failed"))
                #expect(try talk.ok("CUSTOMER.360 C1").text("totals.orders") == "1")
                try FileManager.default.removeItem(atPath: filler)
                _ = server.process.error.wait(within: 30) { $0.contains("journal-recovered") ? true : nil }
                // The sessions hear of it a moment after the log.
                let after = Story.order("bol", "after", customer: #""ref":"1""#)
                let isBack = try (0..<50).contains { _ in try talk.ask(after).isOK }
                #expect(isBack, "there is room again: \(server.log)")
                try server.kill()
                let again = try sandbox.start(disk + "/data")
                #expect(try again.connect().info("orders") >= acknowledged)
                try again.kill()
            }
        }
    }
}
