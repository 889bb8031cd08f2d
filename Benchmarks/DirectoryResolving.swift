import Bytes
import Commerce
import Engine

/// Who is this, have we seen this: the directory alone, without shards and journal.
struct DirectoryResolving: Benchmark {
    let name = "directory"
    let measures =
        "who is who in the directory: new orders in batches of 64, what is weighed behind each, then the same again"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let orders = OrderLines(scale.pick(tiny: 200, small: 50_000, full: 300_000))
        let hasher = KeyHasher(hash: Hash64(seed: OrderLines.seed), shopName: "main")
        var decoder = CommandDecoder()
        var batches: [CommandBatch] = []
        for start in stride(from: 0, to: orders.count, by: 64) {
            batches.append(try orders.batch(start..<min(start + 64, orders.count), &decoder, hasher))
        }
        var samples = Samples()
        for _ in 0..<scale.rounds { try measure(batches, orders.count, into: &samples) }
        return samples.rows
    }

    private func measure(_ batches: [CommandBatch], _ count: Int, into samples: inout Samples) throws(BenchmarkError) {
        var state = DirectoryState()
        var events = EventWriter()
        var scratch = ResolutionScratch()
        let now = Timestamp(milliseconds: 1_772_323_200_000)
        do {
            state.initialise(shards: 4, seed: OrderLines.seed, at: now, into: &events)
            state.evolve(try Event(events.last), events.last)
            try state.openShop("main", at: now, into: &events)
            state.evolve(try Event(events.last), events.last)
            var behind = Behind()
            var first = 0.0
            for batch in batches {
                let watch = Stopwatch()
                try resolve(batch, &state, &scratch, &events, now)
                first += watch.seconds
                try behind.weigh(&state, &scratch, &events, now)
            }
            samples.add("new order", first * 1e9 / Double(count), "ns/order")
            samples.add("profiles weighed", Double(behind.weighed) / Double(count), "an order")
            samples.add("comparisons", Double(scratch.comparisons) / Double(count), "an order")
            samples.add("weighing behind the reply", behind.seconds * 1e9 / Double(count), "ns/order")
            let again = Stopwatch()
            for batch in batches { try resolve(batch, &state, &scratch, &events, now) }
            samples.add("known order", again.seconds * 1e9 / Double(count), "ns/order")
            samples.add("tables and indexes", Double(state.allocatedBytes) / Double(count), "bytes/order")
        } catch {
            throw .broken("the directory refuses its own events: \(error)")
        }
    }

    private func resolve(
        _ batch: CommandBatch, _ state: inout DirectoryState, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter, _ now: Timestamp
    ) throws(EventError) {
        let bytes = batch.bytes.span
        for case .order(let order) in batch.commands {
            let decision = state.decide(order, in: bytes, shop: 0, at: now, &scratch, into: &events)
            guard decision.verdict.isChange else { continue }
            state.evolve(try Event(events.last), events.last, features: scratch.takeFeatures(of: order.party))
        }
        events.removeAll()
    }

    /// What the directory does between two batches: weighs whatever the last one brought.
    private struct Behind {
        var seconds = 0.0
        var weighed = 0

        mutating func weigh(
            _ state: inout DirectoryState, _ scratch: inout ResolutionScratch, _ events: inout EventWriter,
            _ now: Timestamp
        ) throws(EventError) {
            let watch = Stopwatch()
            while let profile = state.takeDirty() {
                weighed += 1
                let plan = state.plan(for: profile, &scratch)
                guard !plan.isEmpty else { continue }
                state.write(plan, cause: profile, at: now, into: &events)
                state.evolve(try Event(events.last), events.last)
            }
            events.removeAll()
            seconds += watch.seconds
        }
    }
}
