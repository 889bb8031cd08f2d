import Load

/// The real server over real sockets, by depth of the pipeline and durability.
struct TCPIngest: Benchmark {
    let name = "tcp"
    let measures = "orders into dossierd over TCP, 8 connections flat out, by pipeline depth and durability"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let book = OrderBook(
            seed: OrderLines.seed, orders: scale.pick(tiny: 100, small: 40_000, full: 200_000),
            buyers: scale.pick(tiny: 20, small: 8_000, full: 40_000))
        let chunks = RecordedRequests.render(book, for: .dossier)
        var samples = Samples()
        for _ in 0..<min(3, scale.rounds) {
            for durability in [MeasuredDurability.always, .everysec, .os] {
                // One by one is slow: fewer orders tell as much.
                for (depth, limit) in [(1, book.count / 8), (16, book.count / 2), (64, Int.max)] {
                    let folder = try TemporaryFolder()
                    let server = try ServerProcess(folder.path, durability: durability)
                    let load = try LoadMeasurement(chunks, of: book, limit: limit, to: server.endpoint, depth: depth)
                    try server.settle()
                    let processorSeconds = server.processorSeconds
                    try server.stop()
                    let label = "depth \(depth)"
                    samples.add(label, load.rate, "orders/s", durability)
                    samples.add(label, Double(load.latency.percentile(0.5)) / 1e3, "us p50", durability)
                    samples.add(label, Double(load.latency.percentile(0.99)) / 1e3, "us p99", durability)
                    let each = processorSeconds * 1e6 / Double(load.answered)
                    samples.add(label, each, "us CPU/order", durability)
                }
            }
        }
        return samples.rows
    }
}
