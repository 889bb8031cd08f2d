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

    /// - Parameter threads: how many may work at once.
    init(threads: RecoveryThreads = RecoveryThreads()) {
        self.threads = threads
        directory.leaveOutMatching()
        directory.leaveOutIndexes()
    }

    /// All files are read: indexes what the journal has left out.
    mutating func finish() { directory.indexRest() }

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
        let reads = directory.takeRecords(from: shards, threads: threads.count)
        if !reads { throw .rejected(sequence: nil, reason: "a record of the snapshot does not read") }
    }

    /// Makes what matching needs of what was taken in, if it is not there: without it nothing can be decided.
    mutating func makeMatching() {
        guard directory.isMatchingAway else { return }
        var index = MatchIndex()
        let isDone = index.fill(from: directory.matchingSource(shards), threads: threads.count) { false }
        precondition(isDone, "nobody has cancelled it")
        directory.takeMatching(&index)
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

    /// Applies a batch of events, up to the first that does not follow; the shards take it in later.
    mutating func apply(_ batch: EventBatch, _ filling: ShardFilling) throws(StoreError) {
        if !shards.isEmpty { filling.exchange(&shards) }
        try apply(batch)
        filling.take(batch)
    }

    /// Takes back what another thread has.
    mutating func takeBack(_ filling: ShardFilling) {
        if shards.isEmpty { filling.exchange(&shards) }
    }

    private mutating func apply(_ batch: EventBatch) throws(StoreError) {
        for number in batch.items.indices {
            batch.withEvent(number + EventBatch.ahead) { directory.prefetch($0, $1) }
            let sequence = batch.first + UInt64(number)
            do throws(EventError) {
                try apply(
                    sequence, try batch.event(number), batch.bytes.span.extracting(batch.range(of: number)),
                    isPrepared: batch.items[number].isPrepared)
            } catch {
                throw .rejected(sequence: sequence, reason: "\(error)")
            }
        }
    }

    private mutating func apply(
        _ sequence: UInt64, _ event: Event, _ bytes: Span<UInt8>, isPrepared: Bool = false
    ) throws(EventError) {
        if event.kind.concernsOutbox { return try applyToOutbox(event, bytes) }
        if event.kind.concernsRules { return try applyToRules(event, bytes) }
        if event.asksForOrder { directory.indexOrders() }
        try directory.validate(event, bytes, isPrepared: isPrepared)
        directory.evolve(event, bytes)
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
