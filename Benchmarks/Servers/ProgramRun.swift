import Foundation
import Glibc

/// Programs of others: where they are, how they run.
enum ProgramRun {
    /// Where a program is, by PATH and some folders that are often not in it; nil when it is not installed.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin"] + postgresFolders
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Debian keeps each version of PostgreSQL in a folder of its own; the newest first.
    private static var postgresFolders: [String] {
        let root = "/usr/lib/postgresql"
        let versions = FileManager.default.subpaths(atPath: root)?.compactMap { Int($0) } ?? []
        return versions.sorted(by: >).map { "\(root)/\($0)/bin" }
    }

    static func require(_ name: String) throws(BenchmarkError) -> String {
        guard let path = find(name) else { throw .missing("\(name) is not installed") }
        return path
    }

    /// Runs a program to its end and returns what it wrote.
    @discardableResult
    static func output(
        _ path: String, _ arguments: [String], folder: String? = nil
    ) throws(BenchmarkError) -> String {
        let output = Pipe()
        let process = try startProcess(path, arguments, folder: folder, standardOutput: output, standardError: output)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitForEnd()
        guard process.terminationStatus == 0 else {
            throw .server("\(path) \(arguments.joined(separator: " ")) fails: \(text)")
        }
        return text
    }

    /// Calls `body` until it says true; what takes longer than `seconds` counts as broken.
    static func wait(
        _ what: String, seconds: Double = 60, every microseconds: UInt32 = 5_000, until body: () -> Bool
    ) throws(BenchmarkError) {
        let watch = Stopwatch()
        while !body() {
            guard watch.seconds < seconds else { throw .server("\(what) takes longer than \(seconds) s") }
            usleep(microseconds)
        }
    }
}

func startProcess(
    _ path: String, _ arguments: [String], folder: String? = nil, standardOutput: Any? = nil, standardError: Any? = nil
) throws(BenchmarkError) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    if let standardOutput { process.standardOutput = standardOutput }
    if let standardError { process.standardError = standardError }
    // A child inherits which signals this thread blocks, and a server that blocks SIGTERM never ends.
    var none = sigset_t()
    var blocked = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    do { try process.run() } catch { throw .server("\(path) does not start: \(error)") }
    Cleanup.add(process: process.processIdentifier)
    return process
}

extension Process {
    /// Waits for the end; what was started is then taken back.
    func waitForEnd() {
        waitUntilExit()
        Cleanup.remove(process: processIdentifier)
    }

    /// Sends a signal if it still runs, and waits for the end; who does not heed it within half a minute is killed.
    func end(by signal: Int32) {
        if isRunning { kill(processIdentifier, signal) }
        let watch = Stopwatch()
        while isRunning, watch.seconds < 30 { usleep(5_000) }
        if isRunning { kill(processIdentifier, SIGKILL) }
        waitForEnd()
    }

    /// Seconds of processor time that the process and its threads have used: what /proc/PID/stat counts, only finer.
    var processorSeconds: Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(processIdentifier, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Pipe {
    /// Reads until a line with this text has come; nil if the other end closes first.
    func readLine(containing text: String) -> String? {
        var seen = Data()
        while true {
            let more = fileHandleForReading.availableData
            if more.isEmpty { return nil }
            seen += more
            let lines = String(decoding: seen, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            // The last piece may be half a line.
            if let line = lines.dropLast().first(where: { $0.contains(text) }) { return String(line) }
        }
    }
}

/// Ports of this machine.
enum LocalPort {
    /// One that the kernel gives to nobody else just now.
    static func free() throws(BenchmarkError) -> UInt16 {
        let port = withAddress(port: 0) { descriptor, address, length in
            bind(descriptor, address, length.pointee) == 0 ? getsockname(descriptor, address, length) : -1
        }
        guard let port else { throw .server("there is no free port") }
        return port
    }

    /// Whether somebody takes connections there.
    static func isOpen(_ port: UInt16) -> Bool {
        withAddress(port: port) { descriptor, address, length in connect(descriptor, address, length.pointee) } != nil
    }

    /// Calls `body` with a socket and a loopback address, and returns the port that then stands in it; nil when `body`
    /// does not return 0.
    private static func withAddress(
        port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0, &length) }
        }
        return status == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }
}
