import Bytes
import Commerce
import Store

/// Directory and shards while nobody else sees them: recovery fills them, then the actors take them over.
struct EngineState: ~Copyable {
    var directory = DirectoryState()
    var outbox = OutboxState()
    var automation = AutomationState()
    /// The snapshot's table of rules while it is read.
    private var loadedAutomation: [UInt8] = []
    var shards: [ShardState] = []
    let threads: RecoveryThreads
    private var isLoaded = false
    /// Whether the directory's large tables have their indexes.
    private var isIndexed = false
    private var partial = ByteWriter()
    private var scratch = ByteWriter()

    init(threads: RecoveryThreads = RecoveryThreads()) { self.threads = threads }

    /// Gives the directory away.
    consuming func takeDirectory() -> DirectoryState { directory }

    /// Takes the outbox away, before the directory is given away.
    mutating func takeOutbox() -> OutboxState {
        var taken = OutboxState()
        swap(&taken, &outbox)
        return taken
    }

    /// Takes in a piece of a snapshot.
    mutating func load(_ section: SnapshotSection, _ bytes: Span<UInt8>) throws(StoreError) {
        guard let kind = TableKind(rawValue: section.kind) else {
            throw .rejected(sequence: nil, reason: "a table of kind \(section.kind), which is not known here")
        }
        if kind == .header { return partial.append(bytes) }
        try takeHeader()
        let shard = Int(truncatingIfNeeded: section.first)
        let isRead: Bool
        switch kind {
        case .header, .firstProfiles, .profiles, .imports, .variants, .firstKeys, .keys, .orders, .documents,
            .firstEdges, .secondEdges, .edges,
            .identity, .assertions, .facts, .heldFacts, .ledgerShops, .ledgerDocuments, .ledgerVouchers,
            .ledgerRedemptions, .ledgerFacts,
            .tags, .labels, .labelRecords, .archiveEntries, .archiveFacts, .terms, .brochures, .logIns,
            .brochureRecords:
            isIndexed = false
            isRead = directory.load(kind, bytes)
        case .outboxShops, .messages, .messageHistory, .choices, .outboxRecords: isRead = outbox.load(kind, bytes)
        case .automation:
            loadedAutomation += bytes.array
            isRead = true
        default:
            guard shards.indices.contains(shard) else {
                throw .rejected(sequence: nil, reason: "a table of shard \(shard), which does not exist")
            }
            isRead = shards[shard].load(kind, bytes, partial: &partial)
        }
        guard isRead else { throw .rejected(sequence: nil, reason: "table \(kind) cannot be read") }
        // The shards' tables come behind the directory's, and take the reading thread longer than taking them in.
        if kind == .shardProfiles { indexTables() }
    }

    private mutating func indexTables() {
        guard !isIndexed else { return }
        isIndexed = true
        directory.indexLargeTables()
    }

    /// Reads the header, which is whole when the next table begins: the names of many shops take several pieces.
    private mutating func takeHeader() throws(StoreError) {
        guard !directory.isInitialised else { return }
        let header = partial.copyBytes()
        guard directory.load(.header, header.span) else {
            throw .rejected(sequence: nil, reason: "the header of the snapshot cannot be read")
        }
        partial.removeAll()
        shards = (0..<directory.shardCount).map { ShardState(number: $0, of: directory.shardCount) }
    }

    /// Builds the indexes once the snapshot is loaded, and checks that its tables fit together; only the first time.
    mutating func finishLoading() throws(StoreError) {
        guard !isLoaded else { return }
        isLoaded = true
        guard directory.isInitialised else { return }
        var isConsistent =
            partial.count == 0 && directory.takeIdentity() && directory.takeHeldFacts() && directory.isConsistent()
            && directory.takeLedger() && directory.takeLabels() && directory.takeArchive()
            && directory.takeService()
        for shard in shards {
            let expected = directory.rows(ofShard: shard.number)
            isConsistent =
                isConsistent && shard.isConsistent(with: expected, profileCount: directory.profiles.count)
        }
        isConsistent =
            isConsistent
            && outbox.finishLoading(
                profiles: directory.profiles.count, orders: directory.orders.count, shopCount: directory.shops.count)
        let rules = loadedAutomation
        loadedAutomation = []
        let isReadable = automation.load(
            rules.span, profiles: directory.profiles.count, orders: directory.orders.count,
            shopCount: directory.shops.count)
        guard isConsistent, isReadable, automation.fits(directory) else {
            throw .rejected(sequence: nil, reason: "the tables of the snapshot do not fit together")
        }
        indexTables()
        directory.indexSmallTables()
        let reads = directory.rebuildMatching(from: shards, threads: threads.count)
        if !reads { throw .rejected(sequence: nil, reason: "a record of the snapshot does not read") }
    }

    /// Applies an event from the journal, to the shards too.
    mutating func apply(_ sequence: UInt64, _ bytes: Span<UInt8>) throws(StoreError) {
        do throws(EventError) {
            let event = try Event(bytes)
            try apply(sequence, event, bytes)
            shards.evolve(event, bytes, sequence: sequence, &scratch)
        } catch {
            throw .rejected(sequence: sequence, reason: "\(error)")
        }
    }

    /// Applies a batch of events, up to the first that does not follow; the shards, and if possible what matching needs,
    /// take it in later.
    mutating func apply(_ batch: EventBatch, _ others: OtherParts) throws(StoreError) {
        if directory.isMatchingAway != isApart(batch) { others.matching.withPart { directory.exchange(&$0) } }
        if !shards.isEmpty { others.shards.withPart { swap(&shards, &$0.shards) } }
        try apply(batch)
        if directory.isMatchingAway { others.matching.take(batch) }
        others.shards.take(batch)
    }

    /// Takes back what other threads have.
    mutating func takeBack(_ others: OtherParts) {
        if directory.isMatchingAway { others.matching.withPart { directory.exchange(&$0) } }
        if shards.isEmpty { others.shards.withPart { swap(&shards, &$0.shards) } }
    }

    /// Whether what matching needs may take all events of a batch in later. By batches, since fetching it back means waiting.
    private func isApart(_ batch: EventBatch) -> Bool {
        batch.items.indices.allSatisfy { number in
            do throws(EventError) {
                return directory.isApart(try batch.event(number))
            } catch {
                // Applying the batch says what is wrong.
                return false
            }
        }
    }

    private mutating func apply(_ batch: EventBatch) throws(StoreError) {
        for number in batch.items.indices {
            batch.withEvent(number + EventBatch.ahead) { directory.prefetch($0, $1) }
            let sequence = batch.first + UInt64(number)
            do throws(EventError) {
                try apply(
                    sequence, try batch.event(number), batch.bytes.span.extracting(batch.range(of: number)),
                    isPrepared: batch.items[number].isPrepared, batch.features(of: number))
            } catch {
                throw .rejected(sequence: sequence, reason: "\(error)")
            }
        }
    }

    private mutating func apply(
        _ sequence: UInt64, _ event: Event, _ bytes: Span<UInt8>, isPrepared: Bool = false,
        _ features: PartyFeatures? = nil
    ) throws(EventError) {
        if event.kind.concernsOutbox { return try applyToOutbox(event, bytes) }
        if event.kind.concernsRules { return try applyToRules(event, bytes) }
        try directory.validate(event, bytes, isPrepared: isPrepared)
        directory.evolve(event, bytes, features: features)
        if automation.isWatching { automation.note(event, bytes, sequence: sequence, in: directory) }
    }

    private mutating func applyToRules(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        try directory.validateHead(of: event)
        let fact = try AutomationEvent(event, bytes)
        try automation.validate(fact, shop: event.shop)
        automation.evolve(fact, shop: event.shop, at: event.recordedAt)
        directory.noteCorrespondence(with: [])
    }

    private mutating func applyToOutbox(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        try directory.validateHead(of: event)
        let fact = try OutboxEvent(event, bytes)
        try outbox.validate(fact, profiles: directory.profiles.count, orders: directory.orders.count)
        let profiles = outbox.evolve(fact, shop: event.shop, at: event.recordedAt, sequence: directory.sequence + 1)
        directory.noteCorrespondence(with: profiles)
    }
}
