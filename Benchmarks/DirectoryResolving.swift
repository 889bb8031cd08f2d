import Bytes
import Commerce
import Engine
import Load

/// Who is this, have we seen this: the directory alone, without shards and journal.
struct DirectoryResolving: Benchmark {
    let name = "directory"
    let measures =
        "who is who in the directory: new orders in batches of 64, what is weighed behind each, and the same again"

    /// Orders that come a second time.
    private static let repeated = 20_000

    /// A fifth as many buyers as orders; at full scale ten times as many of both beside it, to show the curve.
    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        var samples = Samples()
        let small = scale.pick(tiny: 200, small: 50_000, full: 100_000)
        for _ in 0..<scale.pick(tiny: 1, small: 3, full: 1) { try measure(small, "", into: &samples) }
        if scale == .full { try measure(1_000_000, ", 200,000 buyers", into: &samples) }
        return samples.rows
    }

    private func measure(_ count: Int, _ suffix: String, into samples: inout Samples) throws(BenchmarkError) {
        var state = DirectoryState()
        var scratch = ResolutionScratch()
        var events = EventWriter()
        do {
            try Turn.begin(&state, &events)
            var weighed = 0
            var new = 0.0
            var behind = 0.0
            var orders = OrderBatches(count)
            while let batch = try orders.next() {
                let watch = Stopwatch(.thread)
                try Turn.resolve(batch, &state, &scratch, &events)
                new += watch.seconds
                let after = Stopwatch(.thread)
                weighed += try Turn.weigh(&state, &scratch, &events)
                behind += after.seconds
            }
            samples.add("new order\(suffix)", new * 1e9 / Double(count), "ns CPU/order")
            samples.add("weighing behind the reply\(suffix)", behind * 1e9 / Double(count), "ns CPU/order")
            samples.add("profiles weighed\(suffix)", Double(weighed) / Double(count), "an order")
            samples.add("comparisons\(suffix)", Double(scratch.comparisonsMade) / Double(count), "an order")
            samples.add("customers\(suffix)", Double(state.customerCount) / Double(count), "an order")
            samples.add(
                "tables and indexes\(suffix)", Double(state.allocatedBytes) / Double(count), "bytes/order")
            var again = OrderBatches(count, only: Self.repeated)
            var known = 0.0
            while let batch = try again.next() {
                let watch = Stopwatch(.thread)
                try Turn.resolve(batch, &state, &scratch, &events)
                known += watch.seconds
            }
            samples.add("known order\(suffix)", known * 1e9 / Double(min(count, Self.repeated)), "ns CPU/order")
        } catch let error as BenchmarkError {
            throw error
        } catch {
            throw .broken("the directory refuses its own events: \(error)")
        }
    }
}

/// Generated orders, decoded batch by batch as a session does it, so that millions need no memory.
private struct OrderBatches: ~Copyable {
    private let book: OrderBook
    private let end: Int
    private var position = 0
    private var decoder = CommandDecoder()
    private let hasher = KeyHasher(hash: Hash64(seed: OrderLines.seed), shopName: "main")

    /// - Parameter only: no more than so many of the first.
    init(_ count: Int, only: Int = .max) {
        book = OrderLines.book(count)
        end = min(count, only)
    }

    mutating func next() throws(BenchmarkError) -> CommandBatch? {
        guard position < end else { return nil }
        var output = ByteWriter(capacity: 64 << 10)
        var commands: [PreparedCommand] = []
        commands.reserveCapacity(64)
        let stop = min(position + 64, end)
        do throws(Refusal) {
            for ordinal in position..<stop {
                var line = ByteWriter(capacity: 1_024)
                line.append(book.order(ordinal))
                commands.append(.order(try decoder.order(line.span, hasher, into: &output)))
            }
        } catch {
            throw .broken("an order of our own is refused: \(error)")
        }
        position = stop
        return CommandBatch(shop: "main", actor: "benchmark", bytes: output.copyBytes(), commands: commands)
    }
}

/// What the actor does with its state, without its lanes.
private enum Turn {
    private static let now = Timestamp(milliseconds: 1_772_323_200_000)

    static func begin(_ state: inout DirectoryState, _ events: inout EventWriter) throws {
        state.initialise(shards: 4, seed: OrderLines.seed, at: now, into: &events)
        state.evolve(try Event(events.last), events.last)
        try state.openShop("main", at: now, into: &events)
        state.evolve(try Event(events.last), events.last)
    }

    static func resolve(
        _ batch: CommandBatch, _ state: inout DirectoryState, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter
    ) throws(EventError) {
        let bytes = batch.bytes.span
        for case .order(let order) in batch.commands {
            let decision = state.decide(order, in: bytes, shop: 0, at: now, &scratch, into: &events)
            guard decision.verdict.isChange else { continue }
            state.evolve(try Event(events.last), events.last, features: scratch.takeFeatures(of: order.party))
        }
        events.removeAll()
    }

    /// What is done between two batches: whatever the last one brought is weighed.
    /// - Returns: profiles.
    static func weigh(
        _ state: inout DirectoryState, _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) throws(EventError) -> Int {
        var weighed = 0
        while !state.isAtRest {
            guard let profile = state.takeDirty() else { continue }
            weighed += 1
            let plan = state.plan(for: profile, &scratch)
            guard !plan.isEmpty else { continue }
            state.write(plan, cause: profile, at: now, into: &events)
            state.evolve(try Event(events.last), events.last)
        }
        events.removeAll()
        return weighed
    }
}
