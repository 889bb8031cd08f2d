import Commerce
import Engine

/// How long a start takes that has to read everything back, in this process: until it answers, and until it takes writes. The
/// files are in the page cache.
struct RecoveryTime: Benchmark {
    let name = "recovery"
    let measures = "opening a data folder: from the journal alone, and from a snapshot (files in the page cache)"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let orders = OrderLines(scale.pick(tiny: 500, small: 60_000, full: 300_000))
        let folder = try TemporaryFolder()
        let engine = try InProcessEngine(folder.path, durability: .os)
        try engine.ingest(orders, batch: 64)
        try engine.close()
        var samples = Samples()
        try open(folder, orders.count, "from the journal", scale.rounds, into: &samples)
        let snapshotting = try InProcessEngine(folder.path, durability: .os)
        try snapshotting.snapshot()
        try snapshotting.close()
        try open(folder, orders.count, "from a snapshot", scale.rounds, into: &samples)
        return samples.rows
    }

    private func open(
        _ folder: TemporaryFolder, _ orders: Int, _ label: String, _ rounds: Int, into samples: inout Samples
    ) throws(BenchmarkError) {
        for _ in 0..<rounds {
            let engine = try InProcessEngine(folder.path, durability: .os)
            samples.add(label, engine.openingSeconds * 1e3, "ms", .os)
            samples.add(label, Double(orders) / engine.openingSeconds, "orders/s", .os)
            samples.add("\(label), until writes", engine.secondsToWrites() * 1e3, "ms", .os)
            let counted: Int = try engine.onLane { [core = engine.engine] finish in
                finish(core.directory.assumeIsolated { $0.counts().orders })
            }
            try engine.close()
            guard counted == orders else { throw .broken("\(counted) of \(orders) orders came back") }
        }
    }
}
