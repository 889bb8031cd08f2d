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
            process.end(by: SIGKILL)
            throw .server("dossierd does not get ready")
        }
        self.port = port
    }

    deinit { process.end(by: SIGKILL) }

    var endpoint: Endpoint { Endpoint(port: port) }

    /// Seconds of processor time used so far, by all threads.
    var processorSeconds: Double { process.processorSeconds }

    /// Waits for replies as long as a snapshot of all memory may take.
    func client() throws(BenchmarkError) -> Client {
        do throws(ClientError) {
            return try Client(port: port, timeouts: .init(reply: .seconds(600)))
        } catch { throw .server("\(error)") }
    }

    /// Returns when everything is weighed that has come: that goes on behind the replies, and belongs to what an order costs.
    func settle() throws(BenchmarkError) {
        guard try client().ask("IDENTITY.SETTLE").isOK else { throw .server("IDENTITY.SETTLE is refused") }
    }

    /// Stops in order and waits for the end.
    func stop() throws(BenchmarkError) {
        process.end(by: SIGTERM)
        guard process.terminationStatus == 0 else {
            throw .server("dossierd ended with status \(process.terminationStatus)")
        }
    }

    /// Kills it, as a crash would.
    func crash() { process.end(by: SIGKILL) }

    /// Resident memory in bytes.
    var residentBytes: Double { ProcessTable.residentBytes(process.processIdentifier) }

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
