import Client
import Foundation
import Load
import Synchronization

/// How long a snapshot takes, and the longest that one client has to wait meanwhile for an order to be acknowledged.
struct SnapshotStall: Benchmark {
    let name = "snapshot"
    let measures = "duration of SNAPSHOT, and how long a client that sends one order at a time waits meanwhile"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let book = OrderLines.book(scale.pick(tiny: 500, small: 60_000, full: 300_000))
        let chunks = RecordedRequests.render(book, for: .dossier)
        let folder = try TemporaryFolder()
        let server = try ServerProcess(folder.path, durability: .always)
        _ = try LoadMeasurement(chunks, of: book, to: server.endpoint, depth: 64)
        var single = SingleOrders(try server.client())
        var samples = Samples()
        for _ in 0..<scale.rounds {
            let calm = try single.send(atLeast: scale.pick(tiny: 20, small: 500, full: 2_000))
            samples.add("order, no snapshot", Double(calm.percentile(0.5)) / 1e3, "us p50", .always)
            samples.add("order, no snapshot", Double(calm.maximum) / 1e3, "us worst", .always)
            let snapshot = RunningSnapshot(port: server.port)
            let busy = try single.send(atLeast: 1) { snapshot.isRunning }
            let (seconds, bytes) = try snapshot.result()
            samples.add("order, during a snapshot", Double(busy.percentile(0.5)) / 1e3, "us p50", .always)
            samples.add("order, during a snapshot", Double(busy.maximum) / 1e3, "us worst", .always)
            samples.add("snapshot", seconds * 1e3, "ms", .always)
            samples.add("snapshot", bytes / Double(book.count), "bytes/order", .always)
        }
        try server.stop()
        return samples.rows
    }
}

/// A client that sends an order, waits for its acknowledgement, and sends the next.
private struct SingleOrders {
    private let client: Client
    private var number = 0

    init(_ client: Client) { self.client = client }

    mutating func send(
        atLeast count: Int, while isWanted: () -> Bool = { false }
    ) throws(BenchmarkError) -> LatencyHistogram {
        var latency = LatencyHistogram()
        while latency.count < count || isWanted() {
            number += 1
            let line = """
                ORDER.PUT {"channel":"shopify","store":"single","number":"\(number)","placedAt":"2026-03-01T10:22:31Z",\
                "currency":"EUR","customer":{"email":"single.\(number)@example.org"},"total":"10.00"}
                """
            let watch = Stopwatch()
            guard try client.ask(line).isOK else { throw .server("an order is refused") }
            latency.record(nanoseconds: UInt64(watch.seconds * 1e9))
        }
        return latency
    }
}

/// A SNAPSHOT command on a thread and a connection of its own.
private final class RunningSnapshot: Sendable {
    private let running = Atomic<Bool>(true)
    private let outcome = Mutex<Result<(Double, Double), BenchmarkError>?>(nil)

    init(port: UInt16) {
        let thread = Thread { [self] in
            let result = Self.take(port)
            outcome.withLock { $0 = result }
            running.store(false, ordering: .releasing)
        }
        thread.start()
    }

    var isRunning: Bool { running.load(ordering: .acquiring) }

    /// Seconds, and bytes of the file. Only when it no longer runs.
    func result() throws(BenchmarkError) -> (seconds: Double, bytes: Double) {
        guard let result = outcome.withLock({ $0 }) else { throw .broken("the snapshot is still being written") }
        return try result.get()
    }

    private static func take(_ port: UInt16) -> Result<(Double, Double), BenchmarkError> {
        do throws(ClientError) {
            let client = try Client(port: port, timeouts: .init(reply: .seconds(600)))
            let watch = Stopwatch()
            let reply = try client.request("SNAPSHOT")
            let seconds = watch.seconds
            guard case .ok(let text?) = reply.outcome,
                let bytes = JSONValue(ifParsing: text)?["bytes"]?.text.flatMap(Double.init)
            else { return .failure(.server("SNAPSHOT fails: \(reply.outcome)")) }
            return .success((seconds, bytes))
        } catch {
            return .failure(.server("\(error)"))
        }
    }
}
