import Foundation
import Glibc
import Load

/// A PostgreSQL cluster of our own on a free port, with the functions of Peers/postgres.
final class PostgresServer: ServerUnderTest {
    private static let database = "dossier"
    private let port: UInt16
    private let settings: [String]
    private let folder: TemporaryFolder
    private var process: Process

    /// - Parameter synchronousCommit: `on` (fsync before an answer) or `off` (a fraction of a second later).
    init(synchronousCommit: String) throws(BenchmarkError) {
        folder = try TemporaryFolder()
        port = try LocalPort.free()
        try Self.giveAway(folder.path)
        let (initdb, arguments) = try Self.unprivileged(
            "initdb",
            ["-D", "\(folder.path)/data", "-A", "trust", "-U", Self.database, "--locale=C", "-E", "UTF8", "-N"])
        try ProgramRun.output(initdb, arguments, folder: folder.path)
        // In favour of a long burst of writes.
        settings = [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "port=\(port)", "fsync=on",
            "synchronous_commit=\(synchronousCommit)", "shared_buffers=1GB", "max_wal_size=32GB",
            "checkpoint_timeout=1h", "wal_buffers=64MB", "wal_level=minimal", "max_wal_senders=0", "jit=off",
            "max_connections=64", "logging_collector=off", "log_min_messages=fatal",
        ]
        process = try Self.start(folder, settings)
        try ProgramRun.wait("postgres", every: 50_000) { answers || !process.isRunning }
        guard process.isRunning else { throw .server("postgres does not get ready") }
        try query("CREATE DATABASE \(Self.database)", in: "postgres")
        try ProgramRun.output(
            try ProgramRun.require("psql"),
            client + ["-d", Self.database, "-f", PeerFiles.path("postgres/dossier.sql")], folder: "/")
    }

    deinit { process.end(by: SIGQUIT) }

    private static func start(_ folder: TemporaryFolder, _ settings: [String]) throws(BenchmarkError) -> Process {
        let arguments = ["-D", "\(folder.path)/data"] + settings.flatMap { ["-c", $0] }
        let (program, all) = try unprivileged("postgres", arguments)
        let path = "\(folder.path)/log"
        guard FileManager.default.createFile(atPath: path, contents: nil), let log = FileHandle(forWritingAtPath: path)
        else { throw .broken("\(path) cannot be made") }
        return try startProcess(program, all, folder: folder.path, standardOutput: log, standardError: log)
    }

    /// The server refuses to run as root: then it runs as the user that its package made.
    private static func unprivileged(
        _ name: String, _ arguments: [String]
    ) throws(BenchmarkError) -> (path: String, arguments: [String]) {
        let path = try ProgramRun.require(name)
        guard geteuid() == 0 else { return (path, arguments) }
        return (
            try ProgramRun.require("setpriv"),
            ["--reuid=postgres", "--regid=postgres", "--init-groups", path] + arguments
        )
    }

    private static func giveAway(_ path: String) throws(BenchmarkError) {
        guard geteuid() == 0 else { return }
        guard let user = getpwnam("postgres"), chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
            throw .missing("there is no user postgres")
        }
    }

    private var client: [String] {
        ["-h", "127.0.0.1", "-p", "\(port)", "-U", Self.database, "-v", "ON_ERROR_STOP=1", "-q", "-A", "-t"]
    }

    /// The port is open before it answers.
    private var answers: Bool {
        do throws(BenchmarkError) {
            try query("SELECT 1", in: "postgres")
            return true
        } catch {
            return false
        }
    }

    @discardableResult
    private func query(_ text: String, in database: String = PostgresServer.database) throws(BenchmarkError) -> String {
        let output = try ProgramRun.output(
            try ProgramRun.require("psql"), client + ["-d", database, "-c", text], folder: "/")
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func number(_ text: String) throws(BenchmarkError) -> Double {
        let answer = try query("SELECT \(text)")
        guard let number = Double(answer) else { throw .server("\(text) is \(answer)") }
        return number
    }

    var endpoint: Endpoint { Endpoint(port: port) }

    /// Only when no connection is open: a process that serves one has its time counted when it has ended and been
    /// taken note of.
    var processorSeconds: Double {
        let watch = Stopwatch()
        let client = "postgres: \(Self.database) \(Self.database)"
        while watch.seconds < 5, ProcessTable.hasChild(of: process.processIdentifier, titled: client) { usleep(10_000) }
        return ProcessTable.processorSecondsOfFamily(process.processIdentifier)
    }

    /// Tables and indexes: what must be in memory to be as quick as measured. Buffers are set aside beforehand, so that
    /// resident memory tells nothing.
    func memoryBytes() throws(BenchmarkError) -> Double { try number("pg_database_size('\(Self.database)')") }

    /// Tables, indexes, and what went into the write-ahead log.
    func diskBytes() throws(BenchmarkError) -> Double {
        try number("pg_database_size('\(Self.database)') + (pg_current_wal_insert_lsn() - '0/0')")
    }

    func writeSnapshot() -> Bool { false }

    /// Its own word for a crash: all processes end at once and nothing is written.
    func crash() { process.end(by: SIGQUIT) }

    func startAgain() throws(BenchmarkError) { process = try Self.start(folder, settings) }

    func stop() { process.end(by: SIGINT) }
}
