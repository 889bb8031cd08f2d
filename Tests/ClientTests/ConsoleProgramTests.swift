import Foundation
import Testing

/// The real program as a child process, against a server that answers by the first word.
@Suite struct ConsoleProgramTests {
    private struct Outcome: Equatable {
        var status: Int32
        var output = ""
        var error = ""
    }

    private static func answer(_ line: String) -> String? {
        switch line.split(separator: " ").first {
        case "PING": "OK {\"pong\":true}\n"
        case "ROWS": "ROW {\"n\":1}\nROW {\"n\":2}\nOK {\"total\":2}\n"
        case "ECHO": "OK {\"line\":\"\(line.replacing("\"", with: "'"))\"}\n"
        case "SHOP": line == "SHOP winkel" ? "OK\n" : "ERR DENIED no such shop\n"
        case "STOP": nil
        default: "ERR UNKNOWN there is no \(line)\n"
        }
    }

    /// Runs the program with its streams in files, so that no pipe can fill up; it sees no terminal.
    private static func run(_ arguments: [String], input: String = "", port: UInt16? = nil) throws -> Outcome {
        let server = try FakeServer(answering: answer)
        let folder = FileManager.default.temporaryDirectory.appending(path: "console-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { Result { try FileManager.default.removeItem(at: folder) }.expectSuccess() }
        let names = ["input", "output", "error"].map { folder.appending(path: $0) }
        try input.write(to: names[0], atomically: false, encoding: .utf8)
        for name in names[1...] { try "".write(to: name, atomically: false, encoding: .utf8) }

        let process = Process()
        process.executableURL = try program()
        process.arguments = ["--port", "\(port ?? server.port)"] + arguments
        process.environment = ["HOME": folder.path, "TERM": "xterm"]
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: names[1], encoding: .utf8),
            error: try String(contentsOf: names[2], encoding: .utf8))
    }

    /// The program stands beside the test bundle in the build folder.
    static func program() throws -> URL {
        let folders = [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()].compactMap { $0 }
        let candidates = folders.map { $0.appending(path: "dossier") }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }

    @Test(
        arguments: [
            (["PING"], 0, "pong  true\n", ""), (["--json", "PING"], 0, "{\"pong\":true}\n", ""),
            (["ROWS"], 0, "n\n1\n2\ntotal 2\n", ""),
            (["--json", "ROWS"], 0, "{\"n\":1}\n{\"n\":2}\n{\"total\":2}\n", ""),
            (["NOPE", "x y"], 1, "", "UNKNOWN: there is no NOPE \"x y\"\n"),
            (["--shop", "winkel", "PING"], 0, "pong  true\n", ""),
            (["--shop", "other", "PING"], 1, "", "DENIED: no such shop\n"),
            (["ECHO", "a=b c"], 0, "line  ECHO a='b c'\n", ""),
            (["--nope"], 2, "", "dossier: there is no option --nope\nTry dossier --help.\n"),
            (["PING\nPING"], 2, "", nil), (["--file", "/nowhere", "X"], 2, "", nil), (["STOP"], 3, "", nil),
        ] as [([String], Int32, String, String?)])
    func runsOneCommand(arguments: [String], status: Int32, output: String, error: String?) throws {
        let outcome = try Self.run(arguments)
        #expect(outcome == Outcome(status: status, output: output, error: error ?? outcome.error))
        #expect(outcome.error.isEmpty == (status == 0))
    }

    @Test func putsAFileBehindTheCommand() throws {
        let outcome = try Self.run(["--json", "--file", "-", "ECHO", "bol"], input: "{\n  \"a\": 1\n}\n")
        #expect(outcome == Outcome(status: 0, output: "{\"line\":\"ECHO bol {'a':1}\"}\n"))
    }

    @Test func saysWhatToDoWithoutAServer() throws {
        let port = try FakeServer.freePort()
        let expected =
            "dossier: no server at 127.0.0.1:\(port): start one with tools/run, or name another with --host and --port\n"
        #expect(try Self.run(["PING"], port: port) == Outcome(status: 3, error: expected))
        #expect(try Self.run([], input: "PING\n", port: port) == Outcome(status: 3, error: expected))
    }

    @Test func readsCommandsFromAPipe() throws {
        let outcome = try Self.run(["--json"], input: "# two\nPING\n\nROWS\nNOPE\nPING")
        #expect(
            outcome
                == Outcome(
                    status: 1, output: "{\"pong\":true}\n{\"n\":1}\n{\"n\":2}\n{\"total\":2}\n{\"pong\":true}\n",
                    error: "line 5: UNKNOWN: there is no NOPE\n"))
    }

    @Test func aPipeKeepsTheOrderOfManyCommands() throws {
        let outcome = try Self.run(["--json"], input: (0..<20000).map { "ECHO \($0)\n" }.joined())
        #expect(outcome.status == 0)
        #expect(outcome.output == (0..<20000).map { "{\"line\":\"ECHO \($0)\"}\n" }.joined())
    }

    @Test func aPipeTellsWhereTheConnectionWasLost() throws {
        let outcome = try Self.run([], input: "PING\nSTOP\nPING\n")
        #expect(outcome.status == 3)
        #expect(outcome.output == "pong  true\n")
        #expect(outcome.error.hasPrefix("line 2: dossier: the server closed the connection"))
    }
}

extension Result {
    func expectSuccess() {
        if case .failure(let error) = self { Issue.record("\(error)") }
    }
}
