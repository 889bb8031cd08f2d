import Foundation
import Glibc
import Load

/// A tarantool of our own on a free port, with the procedures of Peers/tarantool.
final class TarantoolServer: ServerUnderTest {
    private let port: UInt16
    private let walMode: String
    private let folder: TemporaryFolder
    private var process: Process

    /// - Parameter walMode: `fsync` (before an answer) or `write` (the operating system decides).
    init(walMode: String) throws(BenchmarkError) {
        folder = try TemporaryFolder()
        port = try LocalPort.free()
        self.walMode = walMode
        process = try Self.start(port, walMode, folder)
        try ProgramRun.wait("tarantool") { LocalPort.isOpen(port) || !process.isRunning }
        guard process.isRunning else { throw .server("tarantool does not get ready") }
    }

    deinit { process.end(by: SIGKILL) }

    private static func start(
        _ port: UInt16, _ walMode: String, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> Process {
        // Memory that is set aside is not yet used: more than any run needs.
        let memory = ProcessInfo.processInfo.physicalMemory / 2
        return try startProcess(
            try ProgramRun.require("tarantool"),
            [PeerFiles.path("tarantool/dossier.lua"), "\(port)", walMode, "\(memory)"], folder: folder.path)
    }

    var endpoint: Endpoint { Endpoint(port: port) }
    var processorSeconds: Double { process.processorSeconds }
    func memoryBytes() -> Double { ProcessTable.residentBytes(process.processIdentifier) }
    func diskBytes() -> Double { folder.byteCount }

    func writeSnapshot() throws(BenchmarkError) -> Bool {
        let result = OneRequest.send(to: endpoint, .tarantool) { writer in
            Peer.tarantool.append(call: .snapshotWrite, [UInt8]().span, position: 0, to: &writer)
        }
        if case .failure(let error) = result { throw .server("tarantool writes no snapshot: \(error)") }
        return true
    }

    func crash() { process.end(by: SIGKILL) }

    func startAgain() throws(BenchmarkError) { process = try Self.start(port, walMode, folder) }

    func stop() { process.end(by: SIGTERM) }
}
