import Client
import Foundation
import Load
import Synchronization

/// How long an order waits for its acknowledgement, at rates that leave room, and under what else a server has to do.
/// All latencies count from the intended send time; every acknowledgement stands for an fdatasync.
struct OrderLatency: Benchmark {
    let name = "latency"
    let measures = "how long an order waits, from its intended send time: by rate, alone, during snapshots and a merge"

    /// Orders a second of all but the first two.
    private static let commonRate = 10_000.0
    /// Orders of each of the two customers that are merged.
    private static let mergedOrders = 10_000

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let seconds = scale.pick(tiny: 0.1, small: 1.0, full: 5)
        let flatOut = scale.pick(tiny: 2_000, small: 60_000, full: 300_000)
        let alone = scale.pick(tiny: 50, small: 500, full: 4_000)
        let folder = try TemporaryFolder()
        let server = try ServerProcess(folder.path, durability: .always)
        var samples = Samples()
        for round in 0..<scale.pick(tiny: 1, small: 1, full: 3) {
            // Each round brings orders of its own: what comes twice costs less.
            var stock = OrderStock(
                round: round, count: flatOut + Int(seconds * (4 * Self.commonRate + 150_000)), server)
            let load = try stock.send(flatOut)
            samples.add("flat out", load.rate, "orders/s", .always)
            add("flat out, 8 x 64", load.latency, &samples)
            let half = load.rate / 2
            add("half of that", try stock.send(Int(half * seconds), rate: half).latency, &samples)
            let common = Int(Self.commonRate * seconds)
            add("10,000/s", try stock.send(common, rate: Self.commonRate).latency, &samples)
            add("1 KB appended, fdatasync, no server", try DiskSync.latency(bytes: 1 << 10, times: alone), &samples)
            add("one client, one order at a time", try stock.sendOneByOne(alone), &samples)
            let snapshots = RepeatedRequest(port: server.port) { "SNAPSHOT" }
            add("10,000/s, snapshot after snapshot", try stock.send(common, rate: Self.commonRate).latency, &samples)
            samples.add("a snapshot", try snapshots.stop().median / 1e6, "ms", .always)
            try merge(scale, round, &stock, seconds, server, &samples)
            let many = try stock.send(
                common, rate: Self.commonRate, connections: scale.pick(tiny: 50, small: 1_000, full: 1_000))
            add("10,000/s over 1,000 connections", many.latency, &samples)
        }
        try server.stop()
        return samples.rows
    }

    private func add(_ label: String, _ latency: LatencyHistogram, _ samples: inout Samples) {
        samples.add(label, Double(latency.percentile(0.5)) / 1e6, "ms p50", .always)
        samples.add(label, Double(latency.percentile(0.99)) / 1e6, "ms p99", .always)
        samples.add(label, Double(latency.maximum) / 1e6, "ms worst", .always)
    }

    /// Two customers with many orders each become one while the others go on.
    private func merge(
        _ scale: Scale, _ round: Int, _ stock: inout OrderStock, _ seconds: Double, _ server: ServerProcess,
        _ samples: inout Samples
    ) throws(BenchmarkError) {
        let count = scale.pick(tiny: 50, small: Self.mergedOrders, full: Self.mergedOrders)
        let client = try server.client()
        var numbers: [String] = []
        for half in ["left", "right"] {
            let email = "\(half).\(round)@merged.example.org"
            _ = try LoadMeasurement(questions: count, to: server.endpoint, connections: 8, depth: 64) { index in
                """
                ORDER.PUT {"channel":"shopify","store":"merged","number":"\(half)-\(round)-\(index)",\
                "placedAt":"2026-03-01T10:22:31Z","currency":"EUR","customer":{"email":"\(email)"},"total":"10.00"}\n
                """
            }
            guard case .ok(let text?) = try client.ask("CUSTOMER.360 email=\(email) limit=1").outcome,
                let number = JSONValue(ifParsing: text)?["customer"]?["number"]?.text
            else { throw .server("there is no customer \(email)") }
            numbers.append(number)
        }
        let line = "CUSTOMER.MERGE \(numbers[0]) \(numbers[1])"
        let merge = RepeatedRequest(port: server.port, times: 1, after: seconds / 3) { line }
        let load = try stock.send(Int(Self.commonRate * seconds), rate: Self.commonRate)
        add("10,000/s, a merge of 2 x \(count) orders", load.latency, &samples)
        samples.add("the merge", try merge.stop().median / 1e6, "ms", .always)
    }
}

/// New orders in the order of their making, a part at a time.
private struct OrderStock {
    private let book: OrderBook
    private let chunks: [RequestChunk]
    private let server: ServerProcess
    private var next = 0

    /// - Parameter round: each round has orders that no other has.
    init(round: Int, count: Int, _ server: ServerProcess) {
        // Numbers are counted from 0 in each book; a channel of its own keeps the rounds apart.
        let channel = Channel.allCases[round % Channel.allCases.count]
        book = OrderBook(
            seed: OrderLines.seed + UInt64(round), orders: count, buyers: max(1, count / 5), channels: [channel],
            redeliveredPerMille: 0, revisedPerMille: 0)
        chunks = RecordedRequests.render(book, for: .dossier)
        self.server = server
    }

    /// Whole chunks, at least one.
    mutating func send(
        _ count: Int, rate: Double? = nil, connections: Int = 8, depth: Int = 64
    ) throws(BenchmarkError) -> LoadMeasurement {
        let wanted = max(1, count / RequestChunk.size)
        // Of those that are left, some are for others.
        let end = min(next + wanted, chunks.count)
        guard next < end else { throw .broken("all orders are sent") }
        defer { next = end }
        return try LoadMeasurement(
            Array(chunks[next..<end]), of: book, to: server.endpoint, connections: connections, depth: depth, rate: rate
        )
    }

    mutating func sendOneByOne(_ count: Int) throws(BenchmarkError) -> LatencyHistogram {
        try send(count, connections: 1, depth: 1).latency
    }
}

/// One command again and again on a thread and a connection of its own.
private final class RepeatedRequest: Sendable {
    private struct State {
        var wantsStop = false
        var nanoseconds: [Double] = []
        var failure: String?
        var isOver = false
    }

    private let state = Mutex(State())

    /// - Parameter after: seconds to wait before the first.
    init(port: UInt16, times: Int = .max, after seconds: Double = 0, _ line: @escaping @Sendable () -> String) {
        let thread = Thread { [self] in
            usleep(UInt32(seconds * 1e6))
            let failure = repeatIt(port, times, line)
            state.withLock {
                $0.failure = failure
                $0.isOver = true
            }
        }
        thread.start()
    }

    private func repeatIt(_ port: UInt16, _ times: Int, _ line: () -> String) -> String? {
        do throws(ClientError) {
            let client = try Client(port: port, timeouts: .init(reply: .seconds(600)))
            var count = 0
            while count < times, !state.withLock({ $0.wantsStop }) {
                let watch = Stopwatch()
                let reply = try client.request(line())
                guard reply.isOK else { return "\(line()) is refused: \(reply.outcome)" }
                state.withLock { $0.nanoseconds.append(watch.seconds * 1e9) }
                count += 1
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Lets the last one finish.
    func stop() throws(BenchmarkError) -> (count: Int, median: Double) {
        state.withLock { $0.wantsStop = true }
        try ProgramRun.wait("a command", seconds: 600) { state.withLock { $0.isOver } }
        let (times, failure) = state.withLock { ($0.nanoseconds.sorted(), $0.failure) }
        if let failure { throw .server(failure) }
        guard !times.isEmpty else { throw .server("a command never ended") }
        return (times.count, times[times.count / 2])
    }
}
