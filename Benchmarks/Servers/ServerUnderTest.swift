import Bytes
import Load

/// A running server of the comparison, on a data folder of its own.
protocol ServerUnderTest: AnyObject {
    var endpoint: Endpoint { get }
    /// Seconds of processor time used so far, user and system, by all its processes and threads.
    var processorSeconds: Double { get }
    /// What its data takes in memory, with what the program itself takes: only growth tells.
    func memoryBytes() throws(BenchmarkError) -> Double
    /// What it has written: only growth tells.
    func diskBytes() throws(BenchmarkError) -> Double
    /// Writes everything into a file from which it can start again; false when it knows no such thing.
    func writeSnapshot() throws(BenchmarkError) -> Bool
    /// Kills it, without a chance to tidy up.
    func crash() throws(BenchmarkError)
    /// Starts it again on what is in the folder; it need not answer yet.
    func startAgain() throws(BenchmarkError)
    /// Stops it in order, and waits for the end.
    func stop() throws(BenchmarkError)
}

/// One request on a connection of its own.
enum OneRequest {
    /// What came back, or why nothing did.
    static func send(
        to endpoint: Endpoint, _ peer: Peer, _ render: @escaping (inout ByteWriter) -> Void
    ) -> Result<[UInt8], LoadError> {
        var options = DriverOptions(endpoint: endpoint)
        options.framing = peer.framing
        options.connections = 1
        options.depth = 1
        do throws(LoadError) {
            let source = RequestList(count: 1, kind: .lookup) { _, writer in render(&writer) }
            var driver = try Driver(options: options, source: source, handler: OneAnswer())
            let outcome = try driver.run()
            let answer = driver.finish()
            guard outcome.end == .complete, let bytes = answer.bytes else { return .failure(.refused(answer.problem)) }
            return .success(bytes)
        } catch { return .failure(error) }
    }
}

/// Keeps the only answer.
private struct OneAnswer: ReplyHandler, ~Copyable {
    private(set) var bytes: [UInt8]?
    private(set) var problem = "no answer"

    mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {}
    mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool {
        bytes = line.array
        return true
    }
    mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { problem = text.text }
    mutating func flush() {}
    mutating func tick(sinceStart: UInt64) {}
}
