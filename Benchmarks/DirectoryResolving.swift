import Bytes
import Commerce
import Engine

/// Who is this, have we seen this: the directory alone, without shards and journal.
struct DirectoryResolving: Benchmark {
    let name = "directory"
    let measures = "decide and evolve in the directory: new orders, then the same ones again"

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
            let first = Stopwatch()
            try resolve(batches, &state, &scratch, &events, now)
            samples.add("new order", first.seconds * 1e9 / Double(count), "ns/order")
            let behind = Stopwatch()
            var weighed = 0
            while let profile = state.takeDirty() {
                weighed += 1
                let plan = state.plan(for: profile, &scratch)
                guard !plan.isEmpty else { continue }
                state.write(plan, cause: profile, at: now, into: &events)
                state.evolve(try Event(events.last), events.last)
                if events.count > 512 { events.removeAll() }
            }
            samples.add("profiles weighed", Double(weighed) / Double(count), "an order")
            samples.add("comparisons", Double(scratch.comparisons) / Double(count), "an order")
            samples.add("weighing behind the reply", behind.seconds * 1e9 / Double(count), "ns/order")
            let again = Stopwatch()
            try resolve(batches, &state, &scratch, &events, now)
            samples.add("known order", again.seconds * 1e9 / Double(count), "ns/order")
            samples.add("tables and indexes", Double(state.allocatedBytes) / Double(count), "bytes/order")
        } catch {
            throw .broken("the directory refuses its own events: \(error)")
        }
    }

    private func resolve(
        _ batches: [CommandBatch], _ state: inout DirectoryState, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter, _ now: Timestamp
    ) throws(EventError) {
        for batch in batches {
            let bytes = batch.bytes.span
            for case .order(let order) in batch.commands {
                let decision = state.decide(order, in: bytes, shop: 0, at: now, &scratch, into: &events)
                guard decision.verdict.isChange else { continue }
                state.evolve(
                    try Event(events.last), events.last, features: scratch.takeFeatures(of: order.party))
            }
            events.removeAll()
        }
    }
}
