import Foundation
import Glibc
import Load

/// A redis-server of our own on a free port, with an append-only file and nothing else.
final class RedisServer: ServerUnderTest {
    private let port: UInt16
    private let appendfsync: String
    private let folder: TemporaryFolder
    private var process: Process

    /// - Parameters:
    ///   - appendfsync: when Redis calls fsync: `always` or `everysec`.
    ///   - hasFunctions: whether the functions of Peers/redis are loaded.
    init(appendfsync: String, hasFunctions: Bool) throws(BenchmarkError) {
        folder = try TemporaryFolder()
        port = try LocalPort.free()
        self.appendfsync = appendfsync
        process = try Self.start(port, appendfsync, folder)
        try ProgramRun.wait("redis-server") { LocalPort.isOpen(port) || !process.isRunning }
        guard process.isRunning else { throw .server("redis-server does not get ready") }
        if hasFunctions { try loadFunctions() }
    }

    deinit { process.end(by: SIGKILL) }

    private static func start(
        _ port: UInt16, _ appendfsync: String, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> Process {
        try startProcess(
            try ProgramRun.require("redis-server"),
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--appendonly", "yes",
                "--appendfsync", appendfsync, "--save", "", "--auto-aof-rewrite-percentage", "0", "--loglevel",
                "warning", "--logfile", "\(folder.path)/log",
            ], folder: folder.path)
    }

    private func loadFunctions() throws(BenchmarkError) {
        let path = PeerFiles.path("redis/dossier.lua")
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw .missing("\(path) cannot be read: \(error)")
        }
        let answer = try command("FUNCTION", "LOAD", "REPLACE", text)
        guard answer == "dossier" else { throw .server("redis-server does not take \(path): \(answer)") }
    }

    private func command(_ words: String...) throws(BenchmarkError) -> String {
        let output = try ProgramRun.output(try ProgramRun.require("redis-cli"), ["-p", "\(port)"] + words)
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var endpoint: Endpoint { Endpoint(port: port) }
    var processorSeconds: Double { process.processorSeconds }
    func memoryBytes() -> Double { ProcessTable.residentBytes(process.processIdentifier) }
    func diskBytes() -> Double { folder.byteCount }

    /// Rewrites the append-only file, which then starts with a dump of everything.
    func writeSnapshot() throws(BenchmarkError) -> Bool {
        _ = try command("BGREWRITEAOF")
        var state = ""
        repeat {
            usleep(50_000)
            state = try command("INFO", "persistence")
        } while state.contains("aof_rewrite_in_progress:1") || state.contains("aof_rewrite_scheduled:1")
        guard state.contains("aof_last_bgrewrite_status:ok") else { throw .server("BGREWRITEAOF fails") }
        return true
    }

    func crash() { process.end(by: SIGKILL) }

    func startAgain() throws(BenchmarkError) { process = try Self.start(port, appendfsync, folder) }

    func stop() { process.end(by: SIGTERM) }
}

/// The peers' side of the comparison, beside these sources.
enum PeerFiles {
    static func path(_ name: String) -> String {
        let benchmarks = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return benchmarks.appending(path: "Peers/\(name)").path
    }
}
