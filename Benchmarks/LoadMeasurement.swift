import Bytes
import Load

/// What driving a server came to.
struct LoadMeasurement {
    /// Requests answered a second.
    let rate: Double
    let answered: Int
    let latency: LatencyHistogram

    /// Sends orders flat out, or so many a second: then latency counts from the intended send time. Every one must be
    /// accepted.
    init(
        _ chunks: [RequestChunk], of book: OrderBook, limit: Int = .max, to endpoint: Endpoint, peer: Peer = .dossier,
        connections: Int = 8, depth: Int, rate: Double? = nil
    ) throws(BenchmarkError) {
        var options = DriverOptions(endpoint: endpoint)
        options.connections = connections
        options.depth = depth
        options.rate = rate
        options.spread = book.shortestDelay
        do throws(LoadError) {
            let handler = LoadHandler(book: book, peer: peer, keepsCustomers: false)
            let source = RecordedRequests(chunks, limit: limit)
            var driver = try Driver(options: options, source: source, handler: handler)
            let outcome = try driver.run()
            let tally = driver.finish().tally
            try self.init(outcome, tally.orderLatency, tally.errors)
        } catch { throw .server("\(error)") }
    }

    /// Sends questions flat out; `line` gives the text of each, with its line feed.
    init(
        questions count: Int, to endpoint: Endpoint, connections: Int, depth: Int, rate: Double? = nil,
        line: @escaping (Int) -> String
    ) throws(BenchmarkError) {
        var options = DriverOptions(endpoint: endpoint)
        options.connections = connections
        options.depth = depth
        options.rate = rate
        do throws(LoadError) {
            let source = RequestList(count: count, kind: .lookup) { index, writer in writer.append(line(index)) }
            var driver = try Driver(options: options, source: source, handler: LookupHandler())
            let outcome = try driver.run()
            let handler = driver.finish()
            try self.init(outcome, handler.latency, handler.errors)
        } catch { throw .server("\(error)") }
    }

    private init(_ outcome: DriverOutcome, _ latency: LatencyHistogram, _ errors: ErrorTally) throws(LoadError) {
        guard outcome.end == .complete, errors.total == 0 else {
            let sample = errors.entries.values.first?.samples.first ?? "no reply"
            throw .refused("the load ended as \(outcome.end) with \(errors.total) errors: \(sample)")
        }
        answered = outcome.answered
        rate = Double(outcome.answered) * 1e9 / Double(max(1, outcome.nanoseconds))
        self.latency = latency
    }
}
