import Bytes
import Glibc
import Load

/// The figures of a contestant, as columns of the table.
enum Figure: String, CaseIterable, Sendable {
    case rate = "orders/s"
    /// Until nothing was left to do behind the replies.
    case settledRate = "settled/s"
    case processor = "CPU us/order"
    case memory = "memory B/order"
    case disk = "disk B/order"
    case lookupRate = "360/s"
    case lookupProcessor = "CPU us/360"
    case lookupBytes = "B/360"
    case median = "p50 ms"
    case tail = "p99 ms"
    case journalStart = "restart s"
    case snapshotStart = "from snapshot s"
    case customers = "customers"
    case precision = "precision"
    case recall = "recall"

    /// Whether more is better.
    var isGain: Bool {
        switch self {
        case .rate, .settledRate, .lookupRate, .precision, .recall: true
        default: false
        }
    }
}

/// One contestant through one round: load, check, lookups, restarts.
struct ContestantRun {
    let contestant: Contestant
    let orders: ComparedOrders
    let lookups: Int

    /// Measures everything that is measured flat out, into `samples` under the contestant's label.
    func run(into samples: inout Samples) throws(BenchmarkError) {
        let server = try contestant.start()
        let memory = try server.memoryBytes()
        let disk = try server.diskBytes()
        let before = server.processorSeconds
        var after = before
        var settling = Result<Double, BenchmarkError>.success(0)
        var shape = IngestRun.Shape()
        shape.asksCustomers = true
        shape.whenLoaded = {
            let watch = Stopwatch()
            settling = Result { () throws(BenchmarkError) in try server.settle() }.map { watch.seconds }
            after = server.processorSeconds
        }
        let ingest = try IngestRun(contestant, orders, to: server.endpoint, shape)
        try check(ingest, into: &samples)
        let deliveries = Double(orders.deliveryCount)
        // What need not be on the disk for an answer gets there within two seconds or so.
        if contestant.durability != .always { usleep(2_500_000) }
        add(.rate, ingest.rate, &samples)
        add(.settledRate, deliveries / (deliveries / ingest.rate + (try settling.get())), &samples)
        add(.processor, (after - before) * 1e6 / deliveries, &samples)
        add(.memory, (try server.memoryBytes() - memory) / Double(orders.book.count), &samples)
        add(.disk, (try server.diskBytes() - disk) / Double(orders.book.count), &samples)
        try lookUp(server, into: &samples)
        try restart(server, .journalStart, into: &samples)
        if try server.writeSnapshot() { try restart(server, .snapshotStart, into: &samples) }
        try server.stop()
    }

    /// Measures the latency of single orders at a rate, on a server that is empty at the start.
    func runAtRate(_ rate: Double, seconds: Double, into samples: inout Samples) throws(BenchmarkError) {
        guard contestant.batchSize == 1 else { return }
        let server = try contestant.start()
        var shape = IngestRun.Shape()
        shape.rate = rate
        shape.limit = Int(rate * seconds)
        let ingest = try IngestRun(contestant, orders, to: server.endpoint, shape)
        add(.median, Double(ingest.latency.percentile(0.5)) / 1e6, &samples)
        add(.tail, Double(ingest.latency.percentile(0.99)) / 1e6, &samples)
        try server.stop()
    }

    private func add(_ figure: Figure, _ value: Double, _ samples: inout Samples) {
        samples.add(contestant.label, value, figure.rawValue, contestant.durability)
    }

    /// Fails the run when orders are lost or counted twice, or when somebody who matches by equal keys decides otherwise
    /// than the naive model.
    private func check(_ ingest: IngestRun, into samples: inout Samples) throws(BenchmarkError) {
        let book = orders.book
        guard ingest.accepted == orders.deliveryCount else {
            throw .server("\(contestant.label) took in \(ingest.accepted) of \(orders.deliveryCount) deliveries")
        }
        // To a peer a newer version is a re-delivery.
        let repeated = contestant.family == .dossier ? redeliveryCount : orders.deliveryCount - book.count
        guard ingest.duplicates == repeated else {
            throw .server("\(contestant.label) found \(ingest.duplicates) of \(repeated) re-deliveries")
        }
        if contestant.matchesExactly, let difference = orders.difference(from: ingest.customers) {
            throw .server("\(contestant.label) decides otherwise than the exact keys say: \(difference)")
        }
        let truth = orders.truth(of: ingest.customers)
        add(.customers, Double(truth.customerCount), &samples)
        add(.precision, truth.orders.precision, &samples)
        add(.recall, truth.orders.recall, &samples)
    }

    private var redeliveryCount: Int {
        (0..<orders.book.count).reduce(0) { $0 + (orders.book.afterlife(of: $1).0 == .redelivered ? 1 : 0) }
    }

    /// Asks for at least two seconds, so that the first time that each is asked about, and the first tenths of a second, count
    /// for as much with those who are fast as with those who are slow.
    private func lookUp(_ server: any ServerUnderTest, into samples: inout Samples) throws(BenchmarkError) {
        let before = server.processorSeconds
        var (asked, bytes, seconds) = (0, 0, 0.0)
        repeat {
            let (took, count) = try lookUp(server)
            asked += lookups
            bytes += count
            seconds += took
        } while seconds < 2
        add(.lookupRate, Double(asked) / seconds, &samples)
        add(.lookupProcessor, (server.processorSeconds - before) * 1e6 / Double(asked), &samples)
        add(.lookupBytes, Double(bytes) / Double(asked), &samples)
    }

    /// Asks `lookups` questions.
    private func lookUp(_ server: any ServerUnderTest) throws(BenchmarkError) -> (seconds: Double, bytes: Int) {
        let (emails, peer, count) = (orders.regulars, contestant.peer, lookups)
        do throws(LoadError) {
            let source = RequestList(count: count, kind: .lookup) { index, writer in
                peer.append(dossierOf: emails[index % emails.count], position: index, to: &writer)
            }
            var driver = try Driver(
                options: IngestRun.options(peer, server.endpoint, IngestRun.Shape()), source: source,
                handler: LookupHandler(peer: peer))
            let outcome = try driver.run()
            let handler = driver.finish()
            guard handler.answered == count, handler.byteCount > 100 * count else {
                throw .refused("\(handler.answered) of \(count) lookups are answered, in \(handler.byteCount) bytes")
            }
            return (Double(max(1, outcome.nanoseconds)) / 1e9, handler.byteCount)
        } catch {
            throw .server("\(contestant.label): \(error)")
        }
    }

    /// From the start of the program to the first right answer.
    private func restart(
        _ server: any ServerUnderTest, _ figure: Figure, into samples: inout Samples
    ) throws(BenchmarkError) {
        try server.crash()
        let watch = Stopwatch()
        try server.startAgain()
        let (peer, email) = (contestant.peer, orders.regulars[0])
        try ProgramRun.wait("the restart of \(contestant.label)", seconds: 600, every: 2_000) {
            guard LocalPort.isOpen(server.endpoint.port) else { return false }
            let answer = OneRequest.send(to: server.endpoint, peer) { writer in
                peer.append(dossierOf: email, position: 0, to: &writer)
            }
            guard case .success(let bytes) = answer else { return false }
            return bytes.count > 100 && String(decoding: bytes, as: UTF8.self).contains("\"orders\"")
        }
        add(figure, watch.seconds, &samples)
    }
}
