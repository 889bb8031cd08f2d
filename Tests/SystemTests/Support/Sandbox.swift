import Client
import Foundation
import Testing

/// All tests of real programs, one after the other: each wants the machine for itself.
@Suite(.serialized) struct SystemTests {}

/// A temporary folder and the processes that were started in it; both are gone when the test ends, however it ends.
final class Sandbox {
    let folder: String
    private var processes: [ChildProcess] = []

    private init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "dossier-system-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    static func with<Value>(_ body: (Sandbox) throws -> Value) throws -> Value {
        let sandbox = try Sandbox()
        defer { sandbox.clear() }
        return try body(sandbox)
    }

    private func clear() {
        for process in processes { process.end() }
        do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(folder) stays: \(error)") }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    /// Writes a file for a test and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    /// Starts the server without waiting for anything.
    func launch(
        _ data: String = "data", _ options: [String] = [], environment: [String: String] = [:],
        signals: ChildProcess.Signals = .usual
    ) throws -> ChildProcess {
        let arguments = ["--data", data.hasPrefix("/") ? data : path(data), "--port", "0"] + options
        let process = try ChildProcess("dossierd", arguments, environment: environment, signals: signals)
        processes.append(process)
        return process
    }

    /// Starts the server and waits until it is ready.
    func start(
        _ data: String = "data", _ options: [String] = [], signals: ChildProcess.Signals = .usual
    ) throws -> RunningServer {
        let process = try launch(data, options, signals: signals)
        let ready = process.error.wait(within: 60) { Self.port(in: $0, event: "ready") }
        guard let ready else { throw TestFailure("the server did not get ready: \(process.error.text)") }
        return RunningServer(process, port: ready)
    }

    /// The port that a whole line of the log names.
    static func port(in log: String, event: String) -> UInt16? {
        for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        where line.contains(" info \(event) ") {
            let field = line.split(separator: " ").first { $0.hasPrefix("port=") }
            if let field, let port = UInt16(field.dropFirst(5)) { return port }
        }
        return nil
    }
}

/// A server that has said that it is ready.
struct RunningServer {
    let process: ChildProcess
    let port: UInt16

    init(_ process: ChildProcess, port: UInt16) {
        self.process = process
        self.port = port
    }

    var log: String { process.error.text }

    func connect(reply: Duration = .seconds(60)) throws -> Talk {
        Talk(try Client(port: port, timeouts: .init(connect: .seconds(10), reply: reply)))
    }

    /// Stops in order; the server must say that it did.
    func stop() throws {
        process.send(SIGTERM)
        let ending = try process.waitForEnd()
        guard ending == .exit(0) else { throw TestFailure("the server ended with \(ending): \(log)") }
    }

    /// As if the plug was pulled.
    func kill() throws {
        process.send(SIGKILL)
        try process.waitForEnd()
    }
}
