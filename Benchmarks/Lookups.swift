import Bytes
import Commerce
import Engine
import Load

/// A dossier by e-mail: of a customer with ten orders, and of one with two hundred, among many others.
struct Lookups: Benchmark {
    let name = "lookups"
    let measures = "CUSTOMER.360 by e-mail of customers with 10 and with 200 orders, in process and over TCP"

    private static let orderCounts = [10, 200]

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let others = OrderLines(scale.pick(tiny: 100, small: 20_000, full: 100_000))
        let regulars = OrderLines(regulars: Self.orderCounts)
        let count = scale.pick(tiny: 20, small: 2_000, full: 10_000)
        let folder = try TemporaryFolder()
        var samples = Samples()
        let engine = try InProcessEngine(folder.path, durability: .os)
        try engine.ingest(others, batch: 64)
        try engine.ingest(regulars, batch: 64)
        for _ in 0..<scale.rounds {
            for orders in Self.orderCounts {
                let (seconds, bytes) = try ask(engine, Self.email(orders), count)
                let label = "in process, \(orders) orders"
                samples.add(label, seconds * 1e6 / Double(count), "us/lookup")
                samples.add(label, Double(bytes), "bytes")
            }
        }
        try engine.close()
        let server = try ServerProcess(folder.path, durability: .os)
        for _ in 0..<scale.rounds {
            for orders in Self.orderCounts { try ask(server, orders, count, into: &samples) }
        }
        try server.stop()
        return samples.rows
    }

    static func email(_ orders: Int) -> String { "regular.\(orders)@example.org" }

    private func ask(
        _ server: ServerProcess, _ orders: Int, _ count: Int, into samples: inout Samples
    ) throws(BenchmarkError) {
        let line = "CUSTOMER.360 email=\(Self.email(orders))\n"
        for (connections, depth) in [(1, 1), (8, 16)] {
            let load = try LoadMeasurement(
                questions: count, to: server.endpoint, connections: connections, depth: depth, line: { _ in line })
            let label = "TCP \(connections) x \(depth), \(orders) orders"
            samples.add(label, load.rate, "lookups/s", .os)
            samples.add(label, Double(load.latency.percentile(0.5)) / 1e3, "us p50", .os)
            samples.add(label, Double(load.latency.percentile(0.99)) / 1e3, "us p99", .os)
        }
    }

    /// Asks on the engine's lane, one after the other; returns the seconds and the bytes of one answer.
    private func ask(
        _ engine: InProcessEngine, _ email: String, _ count: Int
    ) throws(BenchmarkError) -> (seconds: Double, bytes: Int) {
        var normalised = ByteWriter()
        let text = [UInt8](email.utf8)
        guard EmailAddress.normalise(text.span, into: &normalised) == .real else {
            throw .broken("\(email) is not taken for an e-mail address")
        }
        let key = engine.engine.hasher(shop: "main").key(.email, normalised.span)
        let batch = CommandBatch(
            shop: "main", actor: "benchmark", bytes: [],
            commands: [.query(.dossier(.key(key), offset: 0, limit: 1_000))])
        let (core, lane) = (engine.engine, engine.lane)
        let watch = Stopwatch()
        let answers: [Int] = try engine.onLane { finish in
            let answers = Answers(count, finish)
            for _ in 0..<count {
                core.submit(batch, from: lane) { outcome in
                    guard case .dossier(let dossier) = outcome.outcomes[0] else { return answers.add(0) }
                    core.parts(of: [dossier.customer], from: lane) { parts in
                        var output = ByteWriter(capacity: 4_096)
                        DossierWriter.write(
                            number: dossier.customer.number, parts: parts[0] + [dossier.ledger],
                            offset: dossier.offset, limit: dossier.limit, sequence: outcome.releaseSequence,
                            into: &output)
                        answers.add(output.count)
                    }
                }
            }
        }
        let seconds = watch.seconds
        guard let smallest = answers.min(), smallest > 0 else { throw .broken("a dossier is not found by \(email)") }
        return (seconds, smallest)
    }
}

/// The sizes of answers; finishes when all are there. Confined to one lane.
private final class Answers: @unchecked Sendable {
    private var sizes: [Int] = []
    private let count: Int
    private let finish: @Sendable ([Int]) -> Void

    init(_ count: Int, _ finish: @escaping @Sendable ([Int]) -> Void) {
        self.count = count
        self.finish = finish
    }

    func add(_ size: Int) {
        sizes.append(size)
        if sizes.count == count { finish(sizes) }
    }
}

extension OrderLines {
    /// Orders of regular buyers: for each count one buyer with so many, known by `Lookups.email`.
    init(regulars counts: [Int]) {
        let lines = counts.flatMap { count in
            (0..<count).map { number in
                """
                {"channel":"shopify","store":"winkel","number":"R-\(count)-\(number)","placedAt":"2026-03-01T10:22:31Z",\
                "currency":"EUR","customer":{"ref":"r-\(count)","email":"\(Lookups.email(count))","firstName":"Saskia",\
                "lastName":"Regelmaat"},"billing":{"name":"Saskia Regelmaat","street":"Kade","houseNumber":"\(count)",\
                "postalCode":"1015 KD","city":"Amsterdam","country":"NL"},"lines":[{"sku":"K-\(number)",\
                "title":"Koffiebonen 1 kg","quantity":2,"unitPrice":"19.95","vatRate":"9"}],"total":"39.90"}
                """
            }
        }
        self.init(lines: lines)
    }
}
