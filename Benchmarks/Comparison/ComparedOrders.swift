import Bytes
import Load

/// The orders that all get, and what must come of them.
struct ComparedOrders {
    let book: OrderBook
    /// The naive model's customer of each order: those that share an exact key have one.
    let clusters: [Int32]
    /// Normalised e-mail addresses of customers with ten to twelve orders; of the busiest ones where there are none.
    let regulars: [String]
    /// Deliveries: orders, re-deliveries and newer versions.
    let deliveryCount: Int
    /// Of an order's JSON, on average.
    let bytesPerOrder: Double

    init(orders: Int, seed: UInt64) {
        book = OrderBook(seed: seed, orders: orders, buyers: max(1, orders / 5))
        var model = ExactKeyReference()
        for ordinal in 0..<orders { model.add(book.order(ordinal)) }
        clusters = (0..<orders).map { Int32(model.customer(of: $0)) }
        regulars = Self.regulars(book, clusters)
        let lines = RecordedRequests.render(book, for: .echo)
        deliveryCount = lines.reduce(0) { $0 + $1.count }
        bytesPerOrder = Double(lines.reduce(0) { $0 + $1.bytes.count - $1.count }) / Double(deliveryCount)
    }

    private static func regulars(_ book: OrderBook, _ clusters: [Int32]) -> [String] {
        var counts: [Int32: Int] = [:]
        for cluster in clusters { counts[cluster, default: 0] += 1 }
        let most = counts.values.max() ?? 1
        let wanted = counts.values.contains { (10...12).contains($0) } ? 10...12 : most...most
        var found: [String] = []
        var seen: Set<Int32> = []
        for (ordinal, cluster) in clusters.enumerated() where wanted.contains(counts[cluster, default: 0]) {
            guard found.count < 2_000, !seen.contains(cluster) else { continue }
            guard let email = book.order(ordinal).email, !ExactKeyReference.isRelay(ASCII.lowercased(email)) else {
                continue
            }
            seen.insert(cluster)
            found.append(ASCII.lowercased(email))
        }
        return found
    }

    var customerCount: Int { Set(clusters).count }

    /// Requests for a contestant, with what each is; the second only where a request holds many orders.
    func requests(
        for contestant: Contestant
    ) -> (chunks: [RequestChunk], batches: [[RequestChunk.Request]]) {
        guard contestant.batchSize > 1 else { return (RecordedRequests.render(book, for: contestant.peer), []) }
        var builder = ChunkBuilder()
        var chunks: [RequestChunk] = []
        var batches: [[RequestChunk.Request]] = []
        var batch: [RequestChunk.Request] = []
        var array = ByteWriter(capacity: 1 << 20)
        func finish() {
            array.append(UInt8(ascii: "]"))
            contestant.peer.append(call: .ordersPut, array.span, position: builder.position, to: &builder.writer)
            builder.finish(.order, subject: batches.count)
            batches.append(batch)
            batch = []
            array.removeAll()
            if builder.isFull { chunks.append(builder.take()) }
        }
        for chunk in RecordedRequests.render(book, for: .echo) {
            let bytes = chunk.bytes
            for (index, request) in chunk.requests.enumerated() {
                let line = chunk.byteRange(index..<(index + 1))
                array.append(batch.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
                // Without its line feed.
                array.append(bytes.span.extracting(line.lowerBound..<(line.upperBound - 1)))
                batch.append(request)
                if batch.count == contestant.batchSize { finish() }
            }
        }
        if !batch.isEmpty { finish() }
        if !builder.isEmpty { chunks.append(builder.take()) }
        return (chunks, batches)
    }

    /// Why these are not the customers of the naive model; nil when they are.
    /// - Parameter customers: the living customer of each order.
    func difference(from customers: [UInt32]) -> String? {
        var customerOf: [Int32: UInt32] = [:]
        var clusterOf: [UInt32: Int32] = [:]
        for (ordinal, cluster) in clusters.enumerated() {
            let customer = customers[ordinal]
            let name = book.name(of: ordinal)
            guard customer != LoadHandler.unanswered else { return "order \(name) was never taken in" }
            if customerOf.updateValue(customer, forKey: cluster) ?? customer != customer {
                return "order \(name) shares a key with orders of another customer"
            }
            if clusterOf.updateValue(cluster, forKey: customer) ?? cluster != cluster {
                return "order \(name) is put together with orders that it shares no key with"
            }
        }
        return nil
    }

    /// How well these customers match the true buyers.
    func truth(of customers: [UInt32]) -> TruthCheck {
        TruthCheck(
            customers.enumerated().filter { $0.element != LoadHandler.unanswered }.map { ordinal, customer in
                let (buyer, channel) = book.truth(of: ordinal)
                return Assignment(customer: customer, buyer: UInt32(buyer), channel: UInt8(channel.rawValue))
            })
    }
}
