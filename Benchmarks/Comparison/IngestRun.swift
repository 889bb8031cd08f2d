import Bytes
import Load

/// All orders into one server, flat out or at a rate, and who got them.
struct IngestRun {
    /// Deliveries accepted a second.
    private(set) var rate = 0.0
    private(set) var accepted = 0
    private(set) var duplicates = 0
    /// Of single orders; empty for batches.
    private(set) var latency = LatencyHistogram()
    /// The living customer of each order; empty when nobody asked.
    private(set) var customers: [UInt32] = []

    /// How the connections are used.
    struct Shape {
        var connections = 8
        var depth = 64
        /// Orders a second; nil is flat out.
        var rate: Double?
        /// At most so many requests, in whole chunks.
        var limit = Int.max
        /// Whether to find out afterwards who got each order.
        var asksCustomers = false
        /// Called when the load is over and before anything is asked.
        var whenLoaded: () -> Void = {}
    }

    init(
        _ contestant: Contestant, _ orders: ComparedOrders, to endpoint: Endpoint, _ shape: Shape
    ) throws(BenchmarkError) {
        do throws(LoadError) {
            let (chunks, batches) = orders.requests(for: contestant)
            var options = Self.options(contestant.peer, endpoint, shape)
            // No re-delivery may overtake its order; those inside a batch cannot.
            options.spread = max(1, orders.book.shortestDelay / contestant.batchSize)
            let source = RecordedRequests(chunks, limit: shape.limit)
            if batches.isEmpty {
                let handler = LoadHandler(
                    book: orders.book, peer: contestant.peer, keepsCustomers: shape.asksCustomers)
                var driver = try Driver(options: options, source: source, handler: handler)
                let outcome = try driver.run()
                shape.whenLoaded()
                let result = driver.finish()
                latency = result.tally.orderLatency
                duplicates = result.tally.duplicates
                try take(outcome, Int(latency.count), result.tally.errors)
                let named = result.customers
                try ask(contestant, endpoint, shape, named, result.takeNumbers())
            } else {
                var driver = try Driver(
                    options: options, source: source, handler: BatchHandler(batches, orders: orders.book.count))
                let outcome = try driver.run()
                shape.whenLoaded()
                let result = driver.finish()
                duplicates = result.duplicates
                try take(outcome, result.accepted, result.errors)
                let named = result.customers
                try ask(contestant, endpoint, shape, named, result.takeNumbers())
            }
        } catch {
            throw .server("\(contestant.label): \(error)")
        }
    }

    static func options(_ peer: Peer, _ endpoint: Endpoint, _ shape: Shape) -> DriverOptions {
        var options = DriverOptions(endpoint: endpoint)
        options.framing = peer.framing
        options.connections = shape.connections
        options.depth = shape.depth
        options.rate = shape.rate
        return options
    }

    private mutating func take(_ outcome: DriverOutcome, _ count: Int, _ errors: ErrorTally) throws(LoadError) {
        guard outcome.end == .complete, errors.total == 0 else {
            let sample = errors.entries.values.first?.samples.first ?? "no reply"
            throw .refused("the load ended as \(outcome.end) with \(errors.total) errors: \(sample)")
        }
        accepted = count
        rate = Double(count) * 1e9 / Double(max(1, outcome.nanoseconds))
    }

    /// Follows the customers that were named to those that live now.
    private mutating func ask(
        _ contestant: Contestant, _ endpoint: Endpoint, _ shape: Shape, _ named: [UInt32],
        _ numbers: consuming NumberTable
    ) throws(LoadError) {
        guard shape.asksCustomers else { return }
        let texts = numbers.texts
        let peer = contestant.peer
        let source = RequestList(count: texts.count, kind: .living) { index, writer in
            let number = texts[index]
            peer.append(livingNumberOf: number.span, position: index, to: &writer)
        }
        var asking = shape
        asking.rate = nil
        var driver = try Driver(
            options: Self.options(peer, endpoint, asking), source: source,
            handler: LivingNumbers(peer: peer, numbers: numbers))
        _ = try driver.run()
        let living = driver.finish()
        guard living.unknownCount == 0, living.errors.total == 0 else {
            throw .refused("\(living.unknownCount) customers are not known any more")
        }
        customers = named.map { $0 == LoadHandler.unanswered ? $0 : living.resolve($0) }
    }
}

/// Reads the replies to batches: a line for each order.
private struct BatchHandler: ReplyHandler, ~Copyable {
    private let batches: [[RequestChunk.Request]]
    private(set) var customers: [UInt32]
    private(set) var accepted = 0
    private(set) var duplicates = 0
    private(set) var errors = ErrorTally()
    private var numbers = NumberTable()

    init(_ batches: [[RequestChunk.Request]], orders: Int) {
        self.batches = batches
        customers = [UInt32](repeating: LoadHandler.unanswered, count: orders)
    }

    consuming func takeNumbers() -> NumberTable { numbers }

    mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>) {}

    mutating func reply(_ request: RequestChunk.Request, _ text: Span<UInt8>, latency: UInt64) -> Bool {
        var start = 0
        for item in batches[Int(request.subject)] {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            guard start < end else {
                errors.add(text)
                return true
            }
            let line = text.extracting(start..<end)
            let fields = ReplyFields(procedureReply: line)
            customers[Int(item.subject)] = numbers.token(of: line.extracting(fields.customer))
            accepted += 1
            if fields.isDuplicate { duplicates += 1 }
            start = end + 1
        }
        return true
    }

    mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>) { errors.add(text) }
    mutating func flush() {}
    mutating func tick(sinceStart: UInt64) {}
}
