import Bytes

// What matching needs is not on disk: a start makes it of the records that the snapshot holds. Whatever follows from single
// records (whether they read, features, bookings) is made in pieces on all cores; taking it in, in the order in which the
// records came, is left to one.

/// The records of one shard. An object, since reading a state out of an array copies it: fourteen references counted up and
/// down for each record, by two threads at once.
private final class ShardRecords: Sendable {
    private let state: ShardState

    init(_ state: ShardState) { self.state = state }

    @inline(__always) func withParty(row: UInt32, _ body: (Span<UInt8>) -> Void) { state.withParty(row: row, body) }

    /// Writes an order's record; false if it does not read.
    @inline(__always) func open(order row: UInt32, into output: inout ByteWriter) -> Bool {
        state.openIfReadable(state.orders[Int(row)].record, into: &output)
    }
}

/// The records of a snapshot that is loaded. Nobody may change their tables while it is asked.
private struct LoadedRecords: Sendable {
    private let variants: PagedArray<VariantEntry>
    private let orders: PagedArray<SubjectEntry>
    private let shards: [ShardRecords]

    init(variants: PagedArray<VariantEntry>, orders: PagedArray<SubjectEntry>, shards: [ShardState]) {
        self.variants = variants
        self.orders = orders
        self.shards = shards.map(ShardRecords.init)
    }

    /// Calls `body` with the packed party record of a variant.
    @inline(__always) func withParty(of variant: VariantEntry, _ body: (Span<UInt8>) -> Void) {
        shards[Int(variant.profile) % shards.count].withParty(row: variant.row, body)
    }

    /// What matching compares of these variants; nil if a record does not read.
    func features(of numbers: Range<Int>) -> [PartyFeatures]? {
        var extractor = FeatureExtractor()
        var features: [PartyFeatures] = []
        features.reserveCapacity(numbers.count)
        for number in numbers {
            withParty(of: variants[number]) { record in
                if PartyRecord.isWellFormed(record) { features.append(extractor.features(of: record)) }
            }
        }
        return features.count == numbers.count ? features : nil
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

extension DirectoryState {
    /// Records in one piece.
    private static let pieceSize = 256
    /// How far ahead memory is asked for what a variant's keys will look at.
    private static let variantsAhead = 4

    /// Takes every variant of a snapshot into what matching needs. Values that people spoke about come first, so that their
    /// word stands.
    /// - Parameters:
    ///   - shards: all of them, loaded, in order.
    ///   - threads: how many may work at once; the outcome is the same.
    /// - Returns: false if a record does not read or a profile has none; nothing may be done with the state then.
    package mutating func rebuildMatching(from shards: [ShardState], threads: Int) -> Bool {
        for watch in watches { apply(watch) }
        let records = LoadedRecords(variants: variants, orders: orders, shards: shards)
        do throws(UnreadableRecord) {
            try takeVariants(records, threads)
            if sweepSequence > settledSequence { index.sweep(shop: nil) }
            try takeOrders(records, threads)
            for number in 0..<documents.count { try takeDocument(number, shards) }
            return true
        } catch {
            return false
        }
    }

    private mutating func takeVariants(_ records: LoadedRecords, _ threads: Int) throws(UnreadableRecord) {
        let pieces = Pieces(of: variants.count, size: Self.pieceSize)
        var known: UInt32 = 0
        index.isForgetful = settledVariants > 0
        defer { index.isForgetful = false }
        try PieceWork.run(pieces.count, threads: threads) {
            records.features(of: pieces[$0])
        } take: { (piece, features) throws(UnreadableRecord) in
            guard let features else { throw UnreadableRecord() }
            for number in pieces[piece] {
                if number == Int(settledVariants) { index.isForgetful = false }
                let variant = variants[number]
                guard variant.profile <= known else { throw UnreadableRecord() }
                let shop = profiles[Int(variant.profile)].shop
                // Profiles are numbered in the order of their first variants.
                let isNew = variant.profile == known
                prefetchKeys(number + Self.variantsAhead, of: records)
                let features = features[number - pieces[piece].lowerBound]
                records.withParty(of: variant) { record in
                    let showsMore = index(record, of: variant.profile, isNew: isNew, shop: shop, features)
                    if showsMore, !isSettled(variant.profile, shop: shop) { index.markNew(variant.profile) }
                }
                if isNew { known += 1 }
            }
        }
        if Int(known) != profiles.count { throw UnreadableRecord() }
    }

    private func prefetchKeys(_ number: Int, of records: LoadedRecords) {
        // One that does not read may be ahead: only what is in the piece was looked at.
        guard number % Self.pieceSize >= Self.variantsAhead, number < variants.count else { return }
        let shop = profiles[Int(variants[number].profile)].shop
        records.withParty(of: variants[number]) { record in
            PartyRecord.forEachKey(of: record) { index.prefetch($0, shop: shop) }
        }
    }

    private mutating func takeOrders(_ records: LoadedRecords, _ threads: Int) throws(UnreadableRecord) {
        let pieces = Pieces(of: orders.count, size: Self.pieceSize)
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

/// A snapshot whose records are not what its tables say.
private struct UnreadableRecord: Error {}

/// Equal pieces of so many things; the last one may be smaller.
private struct Pieces: Sendable {
    private let total: Int
    private let size: Int

    init(of total: Int, size: Int) {
        self.total = total
        self.size = size
    }

    var count: Int { (total + size - 1) / size }

    subscript(number: Int) -> Range<Int> { number * size..<min(total, (number + 1) * size) }
}
