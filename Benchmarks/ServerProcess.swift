import Client
import Foundation
import Glibc
import Load

/// The real dossierd on a free port; stopped with SIGTERM by `stop`, killed when let go of before.
final class ServerProcess {
    let port: UInt16
    private let process: Process
    private let standardError: Pipe

    /// - Parameter options: further options of dossierd. Snapshots come when a benchmark wants them.
    init(_ folder: String, durability: MeasuredDurability, options: [String] = []) throws(BenchmarkError) {
        standardError = Pipe()
        process = try startProcess(
            try builtProgram("dossierd"),
            ["--data", folder, "--port", "0", "--durability", durability.rawValue, "--snapshot-bytes", "0"]
                + ["--snapshot-seconds", "0"] + options, standardError: standardError)
        guard let line = standardError.readLine(containing: " ready "),
            let port = line.firstMatch(of: /port=(\d+)/).flatMap({ UInt16($0.1) })
        else {
            process.terminate()
            throw .server("dossierd does not get ready")
        }
        self.port = port
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var endpoint: Endpoint { Endpoint(port: port) }

    /// Seconds of processor time used so far, by all threads.
    var processorSeconds: Double { process.processorSeconds }

    func client() throws(BenchmarkError) -> Client {
        do throws(ClientError) { return try Client(port: port) } catch { throw .server("\(error)") }
    }

    /// Stops in order and waits for the end.
    func stop() throws(BenchmarkError) {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw .server("dossierd ended with status \(process.terminationStatus)")
        }
    }

    /// The numbers at the top of `INFO`.
    func info() throws(BenchmarkError) -> [String: Double] {
        let client = try client()
        guard case .ok(let text?) = try client.ask("INFO").outcome, let json = JSONValue(ifParsing: text),
            let members = json.members
        else { throw .server("INFO is not answered by an object") }
        return members.reduce(into: [:]) { numbers, member in
            if case .number(let digits) = member.value { numbers[member.name] = Double(digits) }
        }
    }
}

extension Client {
    /// Sends one command and waits for its reply.
    func ask(_ line: String) throws(BenchmarkError) -> Reply {
        do throws(ClientError) { return try request(line) } catch { throw .server("\(error)") }
    }
}

/// The path of a program of this package: built programs lie in one folder, and this one is among them.
func builtProgram(_ name: String) throws(BenchmarkError) -> String {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = own.deletingLastPathComponent().appending(path: name).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
        throw .missing("there is no \(path): swift build --product \(name), with the same configuration as this one")
    }
    return path
}

func startProcess(
    _ path: String, _ arguments: [String], standardOutput: Pipe? = nil, standardError: Pipe? = nil
) throws(BenchmarkError) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    if let standardOutput { process.standardOutput = standardOutput }
    if let standardError { process.standardError = standardError }
    do { try process.run() } catch { throw .server("\(path) does not start: \(error)") }
    return process
}

extension Process {
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
