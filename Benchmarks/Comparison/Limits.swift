import Bytes
import Foundation
import Glibc
import Lane
import Load
import Synchronization

/// What no server can beat on this machine: the same bytes without any job, over sockets, through LZ4, onto the disk.
struct Limits {
    let orders: ComparedOrders
    let hasRedis: Bool

    /// One round of all, into `samples`.
    func run(into samples: inout Samples) throws(BenchmarkError) {
        if hasRedis {
            try redis("always", .always, into: &samples)
            try redis("everysec", .everysec, into: &samples)
        }
        try echo(into: &samples)
        compress(into: &samples)
        try sync(into: &samples)
    }

    private func redis(
        _ appendfsync: String, _ durability: MeasuredDurability, into samples: inout Samples
    ) throws(BenchmarkError) {
        let server = try RedisServer(appendfsync: appendfsync, hasFunctions: false)
        try drive(.redisSet, "Redis, SET, appendfsync \(appendfsync)", durability, server.endpoint, into: &samples) {
            server.processorSeconds
        }
        if durability == .always {
            try drive(.redisGet, "Redis, GET", .none, server.endpoint, into: &samples) { server.processorSeconds }
        }
        server.stop()
    }

    private func echo(into samples: inout Samples) throws(BenchmarkError) {
        let echo = try LineEcho()
        defer { echo.stop() }
        try drive(.echo, "a line echo, loopback", .none, Endpoint(port: echo.port), into: &samples) {
            echo.processorSeconds
        }
    }

    private func drive(
        _ peer: Peer, _ label: String, _ durability: MeasuredDurability, _ endpoint: Endpoint,
        into samples: inout Samples, processorSeconds: () -> Double
    ) throws(BenchmarkError) {
        do throws(LoadError) {
            let before = processorSeconds()
            let source = RecordedRequests(RecordedRequests.render(orders.book, for: peer))
            var driver = try Driver(
                options: IngestRun.options(peer, endpoint, IngestRun.Shape()), source: source,
                handler: LookupHandler(peer: peer))
            let outcome = try driver.run()
            let used = processorSeconds() - before
            let answered = driver.finish().answered
            guard answered == orders.deliveryCount else { throw .refused("\(answered) requests are answered") }
            let count = Double(answered)
            samples.add(label, count * 1e9 / Double(max(1, outcome.nanoseconds)), Figure.rate.rawValue, durability)
            samples.add(label, used * 1e6 / count, Figure.processor.rawValue, durability)
        } catch {
            throw .server("\(label): \(error)")
        }
    }

    /// In blocks as large as a busy journal's.
    private func compress(into samples: inout Samples) {
        let chunks = RecordedRequests.render(orders.book, for: .echo)
        let encoder = LZ4FrameEncoder()
        var output = ByteWriter(capacity: 1 << 20)
        var compressed = 0
        let watch = Stopwatch(.thread)
        for chunk in chunks {
            output.removeAll()
            let bytes = chunk.bytes
            encoder.compress(bytes.span, into: &output)
            compressed += output.count
        }
        let count = Double(orders.deliveryCount)
        samples.add("LZ4 of the JSON", count / watch.seconds, Figure.rate.rawValue)
        samples.add("LZ4 of the JSON", watch.seconds * 1e6 / count, Figure.processor.rawValue)
        samples.add("LZ4 of the JSON", Double(compressed) / count, Figure.disk.rawValue)
    }

    /// 64 KB at a time: about what a group of orders comes to.
    private func sync(into samples: inout Samples) throws(BenchmarkError) {
        let latency = try DiskSync.latency(bytes: 64 << 10, times: 100)
        samples.add("64 KB appended, fdatasync", Double(latency.percentile(0.5)) / 1e6, Figure.median.rawValue, .always)
        samples.add("64 KB appended, fdatasync", Double(latency.percentile(0.99)) / 1e6, Figure.tail.rawValue, .always)
    }
}

/// A server on a lane of its own that sends whole lines back.
private final class LineEcho {
    let port: UInt16
    private let lane: Lane
    private let listener: Listener

    init() throws(BenchmarkError) {
        do throws(SystemCallError) {
            lane = try Lane(name: "echo")
            lane.start()
            guard let address = SocketAddress(literal: "127.0.0.1", port: 0) else {
                throw SystemCallError("inet_pton", EINVAL)
            }
            listener = try Listener(address: address, on: lane, chooseLane: { [lane] _ in lane }) { _ in Handler() }
            listener.start()
        } catch {
            throw .broken("no echo: \(error)")
        }
        guard case .v4(_, let port) = listener.address else { throw .broken("the echo has no port") }
        self.port = port
    }

    /// Seconds of processor time of the lane.
    var processorSeconds: Double {
        let seconds = Mutex(0.0)
        let done = DispatchSemaphore(value: 0)
        lane.post {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            seconds.withLock { $0 = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }
            done.signal()
        }
        done.wait()
        return seconds.withLock { $0 }
    }

    func stop() {
        listener.close()
        lane.stop()
        lane.join()
    }

    private final class Handler: ConnectionHandler {
        func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int {
            var end = bytes.count
            while end > 0, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
            connection.withOutput { $0.append(bytes.extracting(first: end)) }
            return end
        }

        func closed(_ reason: CloseReason, on connection: Connection) {}
    }
}
