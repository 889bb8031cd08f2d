import Bytes

/// The tables of a snapshot. The raw values are written to disk. Layouts: a table is its entries as they lie in memory
/// (little-endian, natural alignment), page after page; `records` is pages, each behind its length (4 bytes). What is called
/// `first` or `second` is read, and written no more: see OlderTables.swift.
package enum TableKind: UInt32, Sendable, CaseIterable {
    case header = 1
    /// Profiles with what came of them without an order.
    case firstProfiles = 2
    case variants = 3
    /// Keys with how often they came.
    case firstKeys = 4
    case orders = 5
    case documents = 6
    case firstEdges = 7
    /// Edges with longer times and numbers.
    case secondEdges = 8
    case identity = 9
    case shardProfiles = 16
    case shardVariants = 17
    /// Orders with how many versions they have.
    case firstShardOrders = 18
    case shardVersions = 19
    case shardDocuments = 20
    case shardNotes = 21
    case shardRecords = 22
    case assertions = 32
    case shardAssertions = 33
    case facts = 48
    case heldFacts = 49
    case shardFacts = 64
    case outboxShops = 112
    case messages = 113
    case messageHistory = 114
    case choices = 115
    case outboxRecords = 116
    case ledgerShops = 80
    case ledgerDocuments = 81
    case ledgerVouchers = 82
    case ledgerRedemptions = 83
    case ledgerFacts = 84
    case shardContents = 85
    case shardArticles = 166
    case edges = 167
    case keys = 168
    case shardOrders = 169
    case profiles = 170
    case imports = 171
    case tags = 144
    case labels = 145
    case labelRecords = 146
    case automation = 148
    case archiveEntries = 160
    case archiveFacts = 161
    case terms = 162
    case brochures = 163
    case logIns = 164
    case brochureRecords = 165
}

/// Takes the tables of a state one after the other.
package protocol TableSink {
    associatedtype Failure: Error
    /// Begins a table of so many entries; `shard` is zero for the directory's own.
    func begin(_ kind: TableKind, shard: Int, entries: Int) throws(Failure)
    func write(_ bytes: Span<UInt8>) throws(Failure)
    func end() throws(Failure)
}

extension TableSink {
    func table<Entry>(_ kind: TableKind, _ shard: Int, _ table: PagedArray<Entry>) throws(Failure) {
        try begin(kind, shard: shard, entries: table.count)
        try table.forEachPage { page throws(Failure) in try write(page) }
        try end()
    }
}

/// The directory's tables at one moment. Sharing their pages costs nothing; indexes are not part of it.
package struct DirectoryCapture: Sendable {
    package let sequence: UInt64
    fileprivate let header: [UInt8]
    fileprivate let profiles: PagedArray<ProfileEntry>
    fileprivate let imports: PagedArray<ImportEntry>
    fileprivate let variants: PagedArray<VariantEntry>
    fileprivate let keys: PagedArray<KeyEntry>
    fileprivate let orders: PagedArray<SubjectEntry>
    fileprivate let documents: PagedArray<SubjectEntry>
    fileprivate let edges: PagedArray<EdgeEntry>
    fileprivate let identity: [UInt8]
    fileprivate let assertions: PagedArray<AssertionEntry>
    fileprivate let facts: FactCapture
    fileprivate let ledger: LedgerCapture
    fileprivate let labels: LabelCapture
    fileprivate let archive: ArchiveCapture
    fileprivate let service: ServiceCapture

    /// Writes all tables, the header first.
    package func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        try sink.begin(.header, shard: 0, entries: 1)
        try sink.write(header.span)
        try sink.end()
        try sink.table(.profiles, 0, profiles)
        try sink.table(.imports, 0, imports)
        try sink.table(.variants, 0, variants)
        try sink.table(.keys, 0, keys)
        try sink.table(.orders, 0, orders)
        try sink.table(.documents, 0, documents)
        try sink.table(.edges, 0, edges)
        try sink.begin(.identity, shard: 0, entries: 1)
        try sink.write(identity.span)
        try sink.end()
        try sink.table(.assertions, 0, assertions)
        try sink.table(.facts, 0, facts.entries)
        try sink.begin(.heldFacts, shard: 0, entries: facts.heldCount)
        try sink.write(facts.heldBytes().span)
        try sink.end()
        try ledger.write(to: sink)
        try labels.write(to: sink)
        try archive.write(to: sink)
        try service.write(to: sink)
    }
}

extension DirectoryState {
    package func capture() -> DirectoryCapture {
        var header = ByteWriter()
        header.appendVarint(sequence)
        header.appendVarint(UInt64(shardCount))
        header.appendLittleEndian(seed)
        header.appendVarint(UInt64(customerCount))
        header.appendVarint(UInt64(shops.count))
        for shop in shops {
            header.appendVarint(UInt64(shop.utf8.count))
            header.append(shop)
        }
        for shard in rows {
            header.appendVarint(UInt64(shard.variants))
            header.appendVarint(UInt64(shard.orders))
            header.appendVarint(UInt64(shard.documents))
            header.appendVarint(UInt64(shard.notes))
        }
        sources.write(into: &header)
        return DirectoryCapture(
            sequence: sequence, header: header.copyBytes(), profiles: profiles, imports: imports.entries,
            variants: variants, keys: keys, orders: orders, documents: documents, edges: edges,
            identity: identityBytes(), assertions: assertions,
            facts: captureFacts(), ledger: ledger.capture(), labels: labels.capture(), archive: archive.capture(),
            service: service.capture())
    }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    package mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .header: return bytes.count == 0 || loadHeader(bytes)
        case .firstProfiles: return loadFirstProfiles(bytes)
        case .profiles: return profiles.append(rawBytes: bytes)
        case .imports: return imports.load(bytes)
        case .variants: return variants.append(rawBytes: bytes)
        case .keys: return keys.append(rawBytes: bytes)
        case .orders: return orders.append(rawBytes: bytes)
        case .documents: return documents.append(rawBytes: bytes)
        case .edges: return edges.append(rawBytes: bytes)
        case .firstKeys: return keys.append(bytes, \FirstKeyEntry.current)
        case .firstEdges: return edges.append(bytes, \FirstEdgeEntry.current)
        case .secondEdges: return edges.append(bytes, \SecondEdgeEntry.current)
        case .identity:
            loadedIdentity += bytes.array
            return true
        case .assertions: return loadAssertions(bytes)
        case .facts: return loadFacts(bytes)
        case .heldFacts: return loadHeldFacts(bytes)
        case .tags, .labels, .labelRecords: return labels.load(kind, bytes)
        case .archiveEntries, .archiveFacts: return archive.load(kind, bytes)
        case .terms, .brochures, .logIns, .brochureRecords: return service.load(kind, bytes)
        default: return ledger.load(kind, bytes)
        }
    }

    private mutating func loadHeader(_ bytes: Span<UInt8>) -> Bool {
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes)
            sequence = try reader.varint()
            shardCount = Int(truncatingIfNeeded: try reader.varint())
            guard (1...256).contains(shardCount) else { return false }
            seed = try reader.littleEndian()
            customerCount = Int(truncatingIfNeeded: try reader.varint())
            for number in 0..<(try reader.varint()) {
                identities.append(ShopIdentity())
                let name = bytes.text(try reader.countedRange())
                shopNumbers[name] = UInt16(truncatingIfNeeded: number)
                shops.append(name)
            }
            rows = Array(repeating: ShardRows(), count: shardCount)
            for shard in rows.indices {
                rows[shard].variants = UInt32(truncatingIfNeeded: try reader.varint())
                rows[shard].orders = UInt32(truncatingIfNeeded: try reader.varint())
                rows[shard].documents = UInt32(truncatingIfNeeded: try reader.varint())
                rows[shard].notes = UInt32(truncatingIfNeeded: try reader.varint())
            }
            try sources.read(&reader)
            return reader.isAtEnd
        } catch {
            return false
        }
    }

    /// Leaves out, from the beginning, what can be indexed at once later: until `indexRest` no variant, nor who is related, is
    /// found, and until `indexOrders` no order.
    package mutating func leaveOutIndexes() {
        precondition(orders.count == 0 && variants.count == 0 && edges.count == 0, "something is indexed already")
        isIndexBehind = true
    }

    /// Indexes what was left out. Tables of hashes that are filled at once need not grow.
    package mutating func indexRest() {
        guard isIndexBehind else { return }
        indexOrders()
        indexVariants()
        indexEdges()
    }

    /// Indexes the orders that are not yet: some events ask for one.
    package mutating func indexOrders() {
        guard isIndexBehind else { return }
        let new = indexedOrders..<orders.count
        // For a few the table grows in its own steps.
        if new.count > new.lowerBound { orderIndex.reserve(new.count) }
        for start in stride(from: new.lowerBound, to: new.upperBound, by: 16) {
            let some = start..<min(start + 16, new.upperBound)
            for number in some { orderIndex.prefetch(orders[number].keyHash) }
            for number in some { orderIndex.insert(orders[number].keyHash, number) }
        }
        indexedOrders = orders.count
    }

    /// Builds the indexes of the large tables as they are now, whether they fit together or not, in place of what there was:
    /// for a start, which does so while the rest of the snapshot is read.
    package mutating func indexLargeTables() {
        variantIndex = HashIndex()
        keyIndex = HashIndex()
        orderIndex = HashIndex()
        documentIndex = HashIndex()
        indexVariants()
        keyIndex.insertAll(keys.count) { keys[$0].hash }
        orderIndex.insertAll(orders.count) { orders[$0].keyHash }
        documentIndex.insertAll(documents.count) { documents[$0].keyHash }
    }

    /// Of variants with the same hash the first stays in the index.
    private mutating func indexVariants() {
        variantIndex.reserve(variants.count)
        for start in stride(from: 0, to: variants.count, by: 16) {
            let some = start..<min(start + 16, variants.count)
            for number in some { variantIndex.prefetch(variants[number].hash) }
            for number in some where findVariant(variants[number].hash) == nil {
                variantIndex.insert(variants[number].hash, number)
            }
        }
    }

    private mutating func indexEdges() {
        isIndexBehind = false
        for number in 0..<edges.count { note(edges[number], number) }
    }

    /// Builds the other indexes from the tables, once all of them are loaded.
    package mutating func indexSmallTables() {
        indexEdges()
        assertionIndex.insertAll(assertions.count) { assertions[$0].slot }
        rebuildFactIndex()
    }
}

extension ShardState {
    /// Writes all tables of the shard.
    package func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        try sink.table(.shardProfiles, number, profiles)
        try sink.table(.shardVariants, number, variants)
        try sink.table(.shardOrders, number, orders)
        try sink.table(.shardVersions, number, versions)
        try sink.table(.shardDocuments, number, documents)
        try sink.table(.shardNotes, number, notes)
        try sink.table(.shardAssertions, number, assertions)
        try sink.table(.shardFacts, number, facts)
        try sink.table(.shardContents, number, contents)
        try writeArticles(to: sink)
        try sink.begin(.shardRecords, shard: number, entries: 0)
        var framed = ByteWriter(capacity: ByteArena.pageSize + 4)
        try records.forEachPage { page throws(Sink.Failure) in
            framed.removeAll()
            framed.appendLittleEndian(UInt32(page.count))
            framed.append(page)
            try sink.write(framed.span)
        }
        try sink.end()
    }

    /// Takes in a piece of a snapshot's table; false if it cannot be one. `partial` holds the beginning of a page of
    /// records whose rest comes with the next piece.
    package mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>, partial: inout ByteWriter) -> Bool {
        switch kind {
        case .shardProfiles: return profiles.append(rawBytes: bytes)
        case .shardVariants: return variants.append(rawBytes: bytes)
        case .firstShardOrders: return orders.append(bytes, \FirstOrderRow.current)
        case .shardOrders: return orders.append(rawBytes: bytes)
        case .shardVersions: return versions.append(rawBytes: bytes)
        case .shardDocuments: return documents.append(rawBytes: bytes)
        case .shardNotes: return notes.append(rawBytes: bytes)
        case .shardAssertions: return loadAssertions(bytes)
        case .shardFacts: return loadFacts(bytes)
        case .shardContents: return contents.append(rawBytes: bytes)
        case .shardArticles: return loadArticles(bytes, &partial)
        case .shardRecords: return loadPages(bytes, &partial)
        default: return false
        }
    }

    /// A chunk that begins with a page, as all do that a snapshot has now, is not copied before its pages are.
    private mutating func loadPages(_ bytes: Span<UInt8>, _ partial: inout ByteWriter) -> Bool {
        if partial.count == 0 {
            guard let taken = loadPages(bytes) else { return false }
            partial.append(bytes.extracting(taken..<bytes.count))
            return true
        }
        partial.append(bytes)
        guard let taken = loadPages(partial.span) else { return false }
        partial.removeFirst(taken)
        return true
    }

    /// Takes the whole pages at the beginning and returns how many bytes they were.
    private mutating func loadPages(_ bytes: Span<UInt8>) -> Int? {
        var taken = 0
        while bytes.count - taken >= 4 {
            let count = Int(bytes.bytes.unsafeLoadUnaligned(fromByteOffset: taken, as: UInt32.self))
            guard count <= 1 << 24 else { return nil }
            guard bytes.count - taken - 4 >= count else { break }
            records.append(page: bytes.extracting((taken + 4)..<(taken + 4 + count)))
            taken += 4 + count
        }
        return taken
    }
}
