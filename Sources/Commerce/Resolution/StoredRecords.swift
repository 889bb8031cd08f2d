import Bytes

// Records of a start, read in pieces on all cores.

/// The records of one shard. An object, since reading a state out of an array copies it: fourteen references counted up and
/// down for each record, by two threads at once.
private final class ShardRecords: Sendable {
    private let state: ShardState

    init(_ state: ShardState) { self.state = state }

    @inline(__always) func withParty(row: UInt32, _ body: (Span<UInt8>, _ order: UInt32) -> Void) {
        state.withParty(row: row) { body($0, state.variants[Int(row)].order) }
    }

    /// Writes an order's record; false if it does not read.
    @inline(__always) func open(order row: UInt32, into output: inout ByteWriter) -> Bool {
        state.openIfReadable(state.orders[Int(row)].record, into: &output)
    }
}

/// Records of all shards, found by their numbers in the directory.
struct StoredRecords: Sendable {
    let variants: PagedArray<VariantEntry>
    private let orders: PagedArray<SubjectEntry>
    private let shards: [ShardRecords]

    init(variants: PagedArray<VariantEntry>, orders: PagedArray<SubjectEntry>, shards: [ShardState]) {
        self.variants = variants
        self.orders = orders
        self.shards = shards.map(ShardRecords.init)
    }

    /// Calls `body` with the packed party record of a variant, and the order that brought it (its number plus one; 0 if it
    /// came by itself).
    @inline(__always) func withParty(_ number: Int, _ body: (Span<UInt8>, _ order: UInt32) -> Void) {
        let variant = variants[number]
        shards[Int(variant.profile) % shards.count].withParty(row: variant.row, body)
    }

    /// Whether these variants' records read.
    func areReadable(_ numbers: Range<Int>) -> Bool {
        numbers.allSatisfy { number in
            var reads = false
            withParty(number) { record, _ in reads = PartyRecord.isWellFormed(record) }
            return reads
        }
    }

    /// What matching compares of these variants, whose records read.
    func features(of numbers: Range<Int>) -> [PartyFeatures] {
        var extractor = FeatureExtractor()
        var features: [PartyFeatures] = []
        features.reserveCapacity(numbers.count)
        for number in numbers { withParty(number) { record, _ in features.append(extractor.features(of: record)) } }
        return features
    }

    /// Those of the orders that are bookings; nil if a record does not read.
    func bookings(among numbers: Range<Int>) -> BookingTable? {
        var bookings = BookingTable()
        var opened = ByteWriter(capacity: 512)
        for number in numbers {
            let order = orders[number]
            guard shards[Int(order.profile) % shards.count].open(order: order.row, into: &opened) else { return nil }
            bookings.noteOrder(UInt32(number), opened.span)
        }
        return bookings
    }
}

/// A snapshot whose records are not what its tables say.
private struct UnreadableRecord: Error {}

extension DirectoryState {
    /// Takes what a snapshot's records tell the directory, and makes sure that all of them read.
    /// - Parameters:
    ///   - shards: all of them, loaded, in order.
    ///   - threads: how many may work at once; the outcome is the same.
    /// - Returns: false if a record does not read or a profile has none; nothing may be done with the state then.
    package mutating func takeRecords(from shards: [ShardState], threads: Int) -> Bool {
        let records = StoredRecords(variants: variants, orders: orders, shards: shards)
        do throws(UnreadableRecord) {
            try checkVariants(records, threads)
            try takeOrders(records, threads)
            for number in 0..<documents.count { try takeDocument(number, shards) }
            return true
        } catch {
            return false
        }
    }

    private func checkVariants(_ records: StoredRecords, _ threads: Int) throws(UnreadableRecord) {
        let pieces = Pieces(of: variants.count)
        var known = 0
        try PieceWork.run(pieces.count, threads: threads) {
            records.areReadable(pieces[$0])
        } take: { (piece, areReadable) throws(UnreadableRecord) in
            guard areReadable else { throw UnreadableRecord() }
            for number in pieces[piece] {
                let profile = Int(variants[number].profile)
                guard profile <= known else { throw UnreadableRecord() }
                if profile == known { known += 1 }
            }
        }
        if known != profiles.count { throw UnreadableRecord() }
    }

    private mutating func takeOrders(_ records: StoredRecords, _ threads: Int) throws(UnreadableRecord) {
        let pieces = Pieces(of: orders.count)
        try PieceWork.run(pieces.count, threads: threads) {
            records.bookings(among: pieces[$0])
        } take: { (_, found) throws(UnreadableRecord) in
            guard let found else { throw UnreadableRecord() }
            bookings.add(found)
        }
    }

    private mutating func takeDocument(_ number: Int, _ shards: [ShardState]) throws(UnreadableRecord) {
        let entry = documents[number]
        let shop = profiles[Int(entry.profile)].shop
        var reads = true
        shards[Int(entry.profile) % shards.count].withDocument(row: entry.row) { bytes, recordedAt in
            reads = PackedRecord.length(of: bytes, DocumentShape.kinds) ?? 0 > 0
            guard reads else { return }
            noteInvoice(UInt32(number), bytes, shop: shop)
            noteItinerary(UInt32(number), bytes, at: recordedAt, shop: shop)
        }
        if !reads { throw UnreadableRecord() }
    }
}

/// Equal pieces of so many records; the last one may be smaller.
struct Pieces: Sendable {
    private static let size = 256
    private let total: Int

    init(of total: Int) { self.total = total }

    var count: Int { (total + Self.size - 1) / Self.size }

    subscript(number: Int) -> Range<Int> { number * Self.size..<min(total, (number + 1) * Self.size) }
}
