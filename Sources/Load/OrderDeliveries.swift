import Bytes

/// The deliveries of an order book in the order they are sent: first deliveries, and among them, always later than
/// their first, the re-deliveries, the newer versions and the lookups.
package struct OrderDeliveries: ~Copyable {
    private struct Pending {
        /// Position (in first deliveries) at which this is due.
        let due: Int
        let ordinal: Int
        let kind: RequestKind

        func isBefore(_ other: Pending) -> Bool { (due, ordinal) < (other.due, other.ordinal) }
    }

    private let book: OrderBook
    private let peer: Peer
    private let lookupPerMille: Int
    private var nextOrdinal = 0
    private var isTailMarked = false
    /// A binary heap, the earliest at the front.
    private var pending: [Pending] = []
    private var scratch = ByteWriter(capacity: 4096)

    /// - Parameter lookupPerMille: how many lookups are mixed in, per thousand orders; only for `Peer.dossier`.
    package init(book: OrderBook, peer: Peer = .dossier, lookupPerMille: Int = 0) {
        self.book = book
        self.peer = peer
        self.lookupPerMille = peer == .dossier ? lookupPerMille : 0
    }

    /// Renders the next request; false when there are no more.
    package mutating func renderNext(into builder: inout ChunkBuilder) -> Bool {
        if let first = pending.first, first.due <= nextOrdinal || nextOrdinal == book.count {
            if nextOrdinal == book.count && !isTailMarked {
                // What is still due follows its order too closely to be later by distance alone.
                builder.markBarrier()
                isTailMarked = true
            }
            removeFirst()
            render(first, into: &builder)
            return true
        }
        guard nextOrdinal < book.count else { return false }
        let ordinal = nextOrdinal
        nextOrdinal += 1
        render(Pending(due: ordinal, ordinal: ordinal, kind: .order), into: &builder)
        let (afterlife, delay) = book.afterlife(of: ordinal)
        switch afterlife {
        case .none: break
        case .redelivered: insert(Pending(due: ordinal + delay, ordinal: ordinal, kind: .redelivery))
        case .revised: insert(Pending(due: ordinal + delay, ordinal: ordinal, kind: .revision))
        }
        scheduleLookup(after: ordinal)
        return true
    }

    private mutating func scheduleLookup(after ordinal: Int) {
        guard lookupPerMille > 0 else { return }
        var random = SeededGenerator(seed: book.population.seed, purpose: .lookup, index: ordinal)
        guard random.chance(perMille: lookupPerMille) else { return }
        let delay = book.shortestDelay + random.below(book.shortestDelay)
        insert(Pending(due: ordinal + delay, ordinal: ordinal, kind: .lookup))
    }

    private mutating func render(_ item: Pending, into builder: inout ChunkBuilder) {
        if item.kind == .lookup {
            Lookup.append(book.order(item.ordinal), ordinal: item.ordinal, to: &builder.writer)
        } else {
            scratch.removeAll()
            scratch.append(book.order(item.ordinal, isRevision: item.kind == .revision))
            peer.append(
                order: scratch.span, name: book.name(of: item.ordinal), position: builder.position,
                to: &builder.writer)
        }
        builder.finish(item.kind, subject: item.ordinal)
    }

    private mutating func insert(_ item: Pending) {
        pending.append(item)
        var child = pending.count - 1
        while child > 0, pending[child].isBefore(pending[(child - 1) / 2]) {
            pending.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() {
        pending.swapAt(0, pending.count - 1)
        pending.removeLast()
        var parent = 0
        while 2 * parent + 1 < pending.count {
            var child = 2 * parent + 1
            if child + 1 < pending.count, pending[child + 1].isBefore(pending[child]) { child += 1 }
            guard pending[child].isBefore(pending[parent]) else { return }
            pending.swapAt(child, parent)
            parent = child
        }
    }
}

/// Questions for a dossier by what an order tells about its buyer.
package enum Lookup {
    /// Appends `CUSTOMER.360` by e-mail or by order name, evenly mixed; relay addresses are not asked for.
    static func append(_ order: SalesOrder, ordinal: Int, to writer: inout ByteWriter) {
        writer.append("CUSTOMER.360 ")
        if ordinal % 2 == 0, !order.channel.isMarketplace, let email = order.email {
            writer.append("email=\(email)")
        } else {
            writer.append("order=\(order.channel.name(ofOrder: order.number))")
        }
        writer.append(UInt8(ascii: "\n"))
    }
}
