import Engine

/// The engine as a library: decode, decide, evolve, journal; no sockets.
struct InProcessIngest: Benchmark {
    let name = "ingest"
    let measures = "orders into an engine in this process, JSON to acknowledgement, one lane, a real disk"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let orders = OrderLines(scale.pick(tiny: 200, small: 50_000, full: 300_000))
        var samples = Samples()
        for _ in 0..<scale.rounds {
            for (durability, measured) in [(Durability.os, MeasuredDurability.os), (.always, .always)] {
                let folder = try TemporaryFolder()
                let engine = try InProcessEngine(folder.path, durability: durability)
                let watch = Stopwatch()
                try engine.ingest(orders, batch: 64)
                let seconds = watch.seconds
                try engine.close()
                samples.add("batches of 64", Double(orders.count) / seconds, "orders/s", measured)
            }
        }
        return samples.rows
    }
}
