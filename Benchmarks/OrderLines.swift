import Bytes
import Commerce
import Engine
import Load

/// Generated orders as canonical JSON, rendered before the clock starts.
struct OrderLines: Sendable {
    /// All orders, one behind the other.
    let bytes: [UInt8]
    private let ends: [Int]

    /// The seed of every benchmark: all of them, and the peers, see the same orders.
    static let seed: UInt64 = 1

    /// Orders without re-deliveries and newer versions.
    static func book(_ count: Int) -> OrderBook {
        OrderBook(seed: seed, orders: count, buyers: max(1, count / 5), redeliveredPerMille: 0, revisedPerMille: 0)
    }

    init(_ count: Int) {
        let book = Self.book(count)
        var all = ByteWriter(capacity: count * 800)
        // Of its own: the writer of JSON puts a comma behind what came before.
        var line = ByteWriter(capacity: 4_096)
        var ends: [Int] = []
        for ordinal in 0..<count {
            line.removeAll()
            line.append(book.order(ordinal))
            all.append(contentsOf: line)
            ends.append(all.count)
        }
        bytes = all.copyBytes()
        self.ends = ends
    }

    /// The lines of somebody else.
    init(lines: [String]) {
        bytes = lines.flatMap(\.utf8)
        var end = 0
        ends = lines.map { line in
            end += line.utf8.count
            return end
        }
    }

    var count: Int { ends.count }

    /// Where an order lies in `bytes`.
    @inline(__always) func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Bytes of JSON an order, on average.
    var bytesPerOrder: Double { Double(bytes.count) / Double(count) }

    /// Decodes some of the orders into a batch, as a session does.
    func batch(_ range: Range<Int>, _ decoder: inout CommandDecoder, _ hasher: KeyHasher) throws(BenchmarkError)
        -> CommandBatch
    {
        var output = ByteWriter(capacity: 64 << 10)
        var commands: [PreparedCommand] = []
        commands.reserveCapacity(range.count)
        do throws(Refusal) {
            for index in range {
                let json = bytes.span.extracting(self.range(index))
                commands.append(.order(try decoder.order(json, hasher, into: &output)))
            }
        } catch {
            throw .broken("an order of our own is refused: \(error)")
        }
        return CommandBatch(shop: "main", actor: "benchmark", bytes: output.copyBytes(), commands: commands)
    }
}

/// Rendered requests that a driver can send again and again.
struct RecordedRequests: RequestSource {
    private let chunks: [RequestChunk]
    private var position = 0

    /// Whole chunks, up to the one that holds the request number `limit`.
    init(_ chunks: [RequestChunk], limit: Int = .max) {
        self.chunks = Array(chunks.prefix(max(1, limit / RequestChunk.size)))
    }

    /// All deliveries of a book, framed for whom they go to.
    static func render(_ book: OrderBook, for peer: Peer) -> [RequestChunk] {
        var deliveries = OrderDeliveries(book: book, peer: peer)
        var builder = ChunkBuilder()
        var chunks: [RequestChunk] = []
        while deliveries.renderNext(into: &builder) {
            if builder.isFull { chunks.append(builder.take()) }
        }
        if !builder.isEmpty { chunks.append(builder.take()) }
        return chunks
    }

    mutating func next() -> Supply {
        guard position < chunks.count else { return .end }
        defer { position += 1 }
        return .chunk(chunks[position])
    }
}
