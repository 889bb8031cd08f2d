import Load

/// What an order costs in memory, with its customer, keys and indexes, against its line of JSON.
struct MemoryPerOrder: Benchmark {
    let name = "memory"
    let measures = "memory of dossierd an order, with customer, keys and indexes, against the JSON line"

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let book = OrderLines.book(scale.pick(tiny: 1_000, small: 60_000, full: 300_000))
        let chunks = RecordedRequests.render(book, for: .dossier)
        // Without the command's name and the line feed.
        let framing = "ORDER.PUT \n".utf8.count
        let json = chunks.reduce(0) { $0 + $1.bytes.count - $1.count * framing }
        let folder = try TemporaryFolder()
        let server = try ServerProcess(folder.path, durability: .os)
        let before = try server.info()
        _ = try LoadMeasurement(chunks, of: book, to: server.endpoint, depth: 64)
        let after = try server.info()
        try server.stop()
        guard after["orders"] == Double(book.count) else { throw .server("INFO does not count all orders") }
        let perOrder = 1 / Double(book.count)
        let line = Double(json) * perOrder
        func growth(_ name: String) -> Double { ((after[name] ?? 0) - (before[name] ?? 0)) * perOrder }
        let (resident, directory, shards) = (growth("residentBytes"), growth("directoryBytes"), growth("shardBytes"))
        let journal = growth("journalBytesWritten")
        return [
            Row("orders", Double(book.count), "orders", .os),
            Row("JSON line", line, "bytes/order", .os),
            Row("directory (INFO)", directory, "bytes/order", .os),
            Row("shards (INFO)", shards, "bytes/order", .os),
            Row("directory + shards", (directory + shards) / line, "x JSON", .os),
            Row("resident, grown by", resident, "bytes/order", .os),
            Row("resident, grown by", resident / line, "x JSON", .os),
            Row("journal", journal, "bytes/order", .os),
        ]
    }
}
