import Foundation
import Glibc
import Load

/// A redis-server of our own on a free port, with fsync before every reply.
final class RedisProcess {
    let port: UInt16
    private let process: Process
    private let standardOutput: Pipe
    private let folder: TemporaryFolder

    /// Loads the function library when `library` names its file.
    init(library: String?) throws(BenchmarkError) {
        folder = try TemporaryFolder()
        standardOutput = Pipe()
        port = try Self.freePort()
        process = try startProcess(
            try Self.program("redis-server"),
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--appendonly", "yes",
                "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0", "--loglevel", "notice",
            ], standardOutput: standardOutput)
        guard standardOutput.readLine(containing: "eady to accept connections") != nil else {
            throw .server("redis-server does not get ready")
        }
        if let library { try load(library) }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var endpoint: Endpoint { Endpoint(port: port) }

    /// Seconds of processor time used so far, by all threads.
    var processorSeconds: Double { process.processorSeconds }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    private func load(_ library: String) throws(BenchmarkError) {
        let text: String
        do { text = try String(contentsOfFile: library, encoding: .utf8) } catch {
            throw .missing("\(library) cannot be read: \(error)")
        }
        let answer = Pipe()
        let client = try startProcess(
            try Self.program("redis-cli"), ["-p", "\(port)", "FUNCTION", "LOAD", "REPLACE", text],
            standardOutput: answer)
        let name = answer.readLine(containing: "dossier")
        client.waitUntilExit()
        guard name == "dossier" else { throw .server("redis-server does not take \(library)") }
    }

    /// Where a program of Redis is; nil when it is not installed.
    static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func program(_ name: String) throws(BenchmarkError) -> String {
        guard let path = find(name) else {
            throw .missing("\(name) is not installed: apt-get install redis-server (as root), then try again")
        }
        return path
    }

    /// Installs Redis where that needs nobody's leave: as root, with apt-get.
    static func installIfPossible() throws(BenchmarkError) {
        guard find("redis-server") == nil, geteuid() == 0, let apt = find("apt-get") else { return }
        print("  redis-server is missing: installing it with apt-get")
        for arguments in [["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "redis-server"]] {
            try startProcess(apt, arguments).waitUntilExit()
        }
    }

    /// A port that the kernel gives to nobody else just now.
    private static func freePort() throws(BenchmarkError) -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                bind(descriptor, general, length) == 0 ? getsockname(descriptor, general, &length) : -1
            }
        }
        guard status == 0 else { throw .server("there is no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
