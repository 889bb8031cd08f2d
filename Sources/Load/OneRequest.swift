import Bytes

/// One request on a connection of its own.
package enum OneRequest {
    /// What came back, or why nothing did.
    package static func send(
        to endpoint: Endpoint, _ peer: Peer, _ render: @escaping (inout ByteWriter) -> Void
    ) -> Result<[UInt8], LoadError> {
        var options = DriverOptions(endpoint: endpoint)
        options.framing = peer.framing
        return send(options, render)
    }

    /// - Parameter options: how to connect; of several connections one is used.
    package static func send(
        _ options: DriverOptions, _ render: @escaping (inout ByteWriter) -> Void
    ) -> Result<[UInt8], LoadError> {
        var options = options
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
