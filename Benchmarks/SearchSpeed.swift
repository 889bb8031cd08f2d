import Bytes
import Commerce
import Engine
import Load

/// The first page of a search by any text, with everything that its reply shows.
struct SearchSpeed: Benchmark {
    let name = "search"
    let measures =
        "CUSTOMER.SEARCH over customers with one order each: CPU of a first page, the index's memory, and what writers pay"

    /// What is looked for; the counts of hits come with the figures.
    private static let texts = [
        ("all customers", ""), ("rare: one order number", "K10000017"), ("part of few words", "straalman"),
        ("common family name", "jansen"), ("part of a word", "anse"), ("two words", "jansen amsterdam"),
        ("a town", "amsterdam"), ("a mail provider", "gmail"), ("three digits", "123"), ("end of a phone", "4711"),
        ("two letters", "an"), ("one letter", "a"),
    ]

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let count = scale.pick(tiny: 500, small: 100_000, full: 1_000_000)
        let repeats = scale.pick(tiny: 2, small: 20, full: 20)
        let extra = scale.pick(tiny: 64, small: 20_000, full: 50_000)
        let folder = try TemporaryFolder()
        var samples = Samples()
        let engine = try InProcessEngine(folder.path, durability: .os, matchMode: .exact)
        try ingest(0..<count, engine)
        let before = try ingest(count..<(count + extra), engine)
        samples.add("order, never searched", before * 1e6 / Double(extra), "us CPU")
        let building = Stopwatch()
        _ = try ask(engine, "", 1)
        _ = try ask(engine, "amsterdam", 1)
        samples.add("building the index, once", building.seconds, "s")
        for (label, text) in Self.texts {
            for _ in 0..<3 {
                let (seconds, total) = try ask(engine, text, repeats)
                samples.add("\(label), \(total) found", seconds * 1e6 / Double(repeats), "us CPU/page")
            }
        }
        let after = try ingest((count + extra)..<(count + 2 * extra), engine)
        samples.add("order, with an index to keep up", after * 1e6 / Double(extra), "us CPU")
        let (core, lane) = (engine.engine, engine.lane)
        let bytes: Int = try engine.onLane { core.searchBytes(from: lane, $0) }
        samples.add("index", Double(bytes) / Double(count + extra), "bytes/customer")
        try engine.close()
        return samples.rows
    }

    /// Orders of buyers who buy once; returns seconds of CPU of the lane.
    @discardableResult
    private func ingest(_ buyers: Range<Int>, _ engine: InProcessEngine) throws(BenchmarkError) -> Double {
        let population = Population(
            seed: OrderLines.seed, count: 2_000_000, channels: [.shopify, .woocommerce],
            period: 1_700_000_000..<1_800_000_000)
        var spent = 0.0
        for start in stride(from: buyers.lowerBound, to: buyers.upperBound, by: 5_000) {
            let lines = (start..<min(start + 5_000, buyers.upperBound)).map { Self.line(population.buyer($0)) }
            let orders = OrderLines(lines: lines)
            let watch: Double = try engine.onLane { $0(Stopwatch.threadSeconds) }
            try engine.ingest(orders, batch: 64)
            spent += try engine.onLane { $0(Stopwatch.threadSeconds) } - watch
        }
        return spent
    }

    private static func line(_ buyer: Buyer) -> String {
        let phone = buyer.phone.map { #""phone":"\#($0)","# } ?? ""
        let company = buyer.company.map { #""company":"\#($0)","# } ?? ""
        let name = "\(buyer.givenName) \(buyer.familyName)"
        return """
            {"channel":"shopify","store":"winkel","number":"K\(10_000_000 + buyer.index)","placedAt":"2026-03-01T10:22:31Z",\
            "currency":"EUR","customer":{\(phone)\(company)"email":"\(buyer.emails[0])","firstName":"\(buyer.givenName)",\
            "lastName":"\(buyer.familyName)"},"billing":{"name":"\(name)","street":"\(buyer.address.street)",\
            "houseNumber":"\(buyer.address.houseNumber)","postalCode":"\(buyer.address.postalCode)",\
            "city":"\(buyer.address.city)","country":"\(buyer.address.country)"},"total":"39.90"}
            """
    }

    /// Asks on the engine's lane, one after the other; returns seconds of CPU and how many were found.
    private func ask(
        _ engine: InProcessEngine, _ text: String, _ count: Int
    ) throws(BenchmarkError) -> (seconds: Double, total: Int) {
        let (core, lane) = (engine.engine, engine.lane)
        return try engine.onLane { finish in Asking(core, lane, text, count, finish).next() }
    }
}

/// Searches one after the other. Confined to its lane.
private final class Asking: @unchecked Sendable {
    private let engine: Engine
    private let lane: any EngineLane
    private let selection: Selection
    private var left: Int
    private let watch = Stopwatch(.thread)
    private let finish: @Sendable ((seconds: Double, total: Int)) -> Void

    init(
        _ engine: Engine, _ lane: any EngineLane, _ text: String, _ count: Int,
        _ finish: @escaping @Sendable ((seconds: Double, total: Int)) -> Void
    ) {
        self.engine = engine
        self.lane = lane
        self.finish = finish
        left = count
        var selection = Selection()
        selection.terms = SearchTerm.words(of: Array(text.utf8))
        self.selection = selection
    }

    func next() {
        engine.search(selection, sort: .number, offset: 0, limit: 50, shopNamed: "main", from: lane) { result in
            guard case .success(let page) = result else { return self.finish((0, -1)) }
            self.engine.listParts(of: page.customers.map(\.members), from: self.lane) { parts in
                var output = ByteWriter(capacity: 16_384)
                for (customer, parts) in zip(page.customers, parts) {
                    DossierWriter.customer(customer.former, parts, into: &output)
                }
                consume(output.count)
                self.left -= 1
                if self.left > 0 { return self.next() }
                self.finish((self.watch.seconds, page.total))
            }
        }
    }
}
