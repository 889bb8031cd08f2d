import Bytes

// Evolve: the only code that changes the directory. Live commands and recovery both come here. It cannot fail on an
// event that `decide` made; `validate` is asked first where events come from a disk.
extension DirectoryState {
    /// Whether the event follows from this state. Rules are not asked again: only what would break the tables.
    /// - Parameter isPrepared: whether it is known that the records of party and order read.
    package func validate(_ event: Event, _ bytes: Span<UInt8>, isPrepared: Bool = false) throws(EventError) {
        if event.kind == .engineInitialised {
            try Self.check(sequence == 0 && (1...256).contains(event.shards), "initialised twice, or with no shard")
            return
        }
        try Self.check(sequence > 0, "the first event does not initialise the engine")
        if event.kind == .shopOpened {
            return try Self.check(Int(event.shop) == shops.count, "a shop number out of order")
        }
        try Self.check(Int(event.shop) < shops.count, "an unknown shop")
        if event.kind == .orderFactHeld { return try validateHeldFact(event, bytes) }
        if event.kind.isOfLedger { return try validateLedger(event, bytes) }
        if event.kind.isOfLabels { return try validateLabel(event, bytes) }
        if event.kind.isOfArchive { return try validateArchive(event, bytes) }
        if event.kind.isOfService { return try validateService(event, bytes) }
        if !event.kind.concernsShard { return try validateIdentity(event, bytes) }
        let profile = Int(event.party.profile)
        let isKnown = event.party.isNewProfile ? profile == profiles.count : profile < profiles.count
        try Self.check(isKnown, "an unknown profile")
        let rows = rows[profile % shardCount]
        switch event.kind {
        case .profileRecorded: try validateParty(event, bytes, rows, isPrepared)
        case .orderRecorded, .orderRevised:
            try validateParty(event, bytes, rows, isPrepared)
            try validateSubject(event, isNew: event.kind == .orderRecorded, orders, rows: rows.orders)
            if isPrepared { return }
            try Self.checkReads(bytes.extracting(event.record.range), OrderShape.kinds)
        case .documentRecorded, .documentRevised:
            try validateSubject(event, isNew: event.kind == .documentRecorded, documents, rows: rows.documents)
            try Self.checkReads(bytes.extracting(event.record.range), DocumentShape.kinds)
        case .noteAdded: try Self.check(event.row == rows.notes, "a wrong note row")
        case .fieldPinned, .fieldUnpinned, .valueVerified: try validateAssertion(event, bytes, rows)
        case .orderFactRecorded: try validateFact(event, bytes, rows)
        default: break
        }
    }

    static func check(_ condition: Bool, _ what: String) throws(EventError) {
        if !condition { throw .inconsistent(what) }
    }

    private static func checkReads(_ record: Span<UInt8>, _ shape: MemberKinds) throws(EventError) {
        try check(PackedRecord.length(of: record, shape) ?? 0 > 0, "a record that does not read")
    }

    private func validateParty(
        _ event: Event, _ bytes: Span<UInt8>, _ rows: ShardRows, _ isPrepared: Bool
    ) throws(EventError) {
        let party = event.party
        guard party.isNewVariant else {
            return try Self.check(!party.isNewProfile && party.variantRow < rows.variants, "a wrong variant")
        }
        try Self.check(party.variantRow == rows.variants, "a wrong variant")
        let reads = isPrepared || PartyRecord.isWellFormed(bytes.extracting(party.record.range))
        try Self.check(reads, "a party that does not read")
        var others: UInt32 = 0
        event.forEachEdge(in: bytes) { others = max(others, $0.older) }
        try Self.check(party.edgeCount == 0 || Int(others) < profiles.count, "evidence for an unknown profile")
    }

    private func validateSubject(
        _ event: Event, isNew: Bool, _ known: PagedArray<SubjectEntry>, rows: UInt32
    ) throws(EventError) {
        let subject = Int(event.subject)
        if isNew { return try Self.check(subject == known.count && event.row == rows, "a wrong number or row") }
        try Self.check(
            subject < known.count && known[subject].profile == event.party.profile && known[subject].row == event.row,
            "a version of something that is not there")
    }

    /// Applies an event. `bytes` are the event's own; `features` those of its party, if `decide` has them already.
    package mutating func evolve(_ event: Event, _ bytes: Span<UInt8>, features: PartyFeatures? = nil) {
        sequence += 1
        switch event.kind {
        case .engineInitialised:
            shardCount = event.shards
            seed = event.seed
            rows = Array(repeating: ShardRows(), count: event.shards)
        case .shopOpened:
            let name = bytes.text(event.record.range)
            shopNumbers[name] = UInt16(shops.count)
            shops.append(name)
            identities.append(ShopIdentity(mode: MatchMode(rawValue: UInt8(truncatingIfNeeded: event.row)) ?? .exact))
        case .profileRecorded:
            evolveParty(event, bytes, features)
            imports.note(ImportEntry(profile: event.party.profile, row: event.party.variantRow, at: event.seenAt))
        case .orderRecorded:
            evolveParty(event, bytes, features)
            orders.append(subject(event))
            bookings.noteOrder(event, bytes)
            if !isIndexBehind { orderIndex.insert(event.keyHash, Int(event.subject)) }
            rows[shard(of: event.party.profile)].orders += 1
        case .orderRevised:
            evolveParty(event, bytes, features)
            orders[Int(event.subject)] = subject(event)
            bookings.noteOrder(event, bytes)
        case .documentRecorded:
            documents.append(subject(event))
            noteInvoice(event, bytes)
            noteItinerary(
                event.subject, bytes.extracting(event.record.range), at: event.recordedAt, shop: event.shop)
            documentIndex.insert(event.keyHash, Int(event.subject))
            rows[shard(of: event.party.profile)].documents += 1
            touch(event.party.profile)
        case .documentRevised:
            documents[Int(event.subject)] = subject(event)
            noteItinerary(
                event.subject, bytes.extracting(event.record.range), at: event.recordedAt, shop: event.shop)
            touch(event.party.profile)
        case .noteAdded:
            rows[shard(of: event.party.profile)].notes += 1
            touch(event.party.profile)
        case .fieldPinned, .fieldUnpinned, .valueVerified:
            evolveAssertion(event, bytes)
            touch(event.party.profile)
        case .orderFactRecorded: evolveFact(event)
        case .orderFactHeld: evolveHeldFact(event, bytes)
        case let kind where kind.isOfLedger: evolveLedger(event, bytes)
        case let kind where kind.isOfLabels: evolveLabel(event, bytes)
        case let kind where kind.isOfArchive: evolveArchive(event, bytes)
        case let kind where kind.isOfService: evolveService(event, bytes)
        default: evolveIdentity(event, bytes)
        }
    }

    /// Asks memory for what applying an event that reads will look at; waits for nothing.
    package func prefetch(_ event: Event, _ bytes: Span<UInt8>) {
        if !isIndexBehind { orderIndex.prefetch(event.keyHash) }
        guard event.party.isNewVariant else { return }
        if !isIndexBehind { variantIndex.prefetch(event.party.contentHash) }
        PartyRecord.forEachKey(of: bytes.extracting(event.party.record.range)) { keyIndex.prefetch($0.hash) }
    }

    /// The root knows the last event of the whole customer.
    @inline(__always) mutating func touch(_ profile: UInt32) {
        profiles[Int(root(of: profile))].lastSequence = sequence
    }

    @inline(__always) private func subject(_ event: Event) -> SubjectEntry {
        SubjectEntry(
            keyHash: event.keyHash, contentHash: event.contentHash, updatedAt: event.updatedAt, sequence: sequence,
            profile: event.party.profile, row: event.row)
    }

    private mutating func evolveParty(_ event: Event, _ bytes: Span<UInt8>, _ features: PartyFeatures?) {
        let party = event.party
        let profile = party.profile
        if party.isNewProfile {
            profiles.append(
                ProfileEntry(
                    parent: profile, next: profile, lowest: profile, size: 1, newestEdge: 0, shop: event.shop,
                    lastSequence: sequence))
            customerCount += 1
        }
        defer { touch(profile) }
        guard party.isNewVariant else { return }
        let record = bytes.extracting(party.record.range)
        let variant = variants.append(
            VariantEntry(hash: party.contentHash, profile: profile, row: party.variantRow))
        // A revised order may bring another profile's variant to its own; the first stays in the index.
        if !isIndexBehind, findVariant(party.contentHash) == nil { variantIndex.insert(party.contentHash, variant) }
        rows[shard(of: profile)].variants += 1
        PartyRecord.forEachKey(of: record) { addKey($0, profile) }
        let showsMore = index(record, of: profile, isNew: party.isNewProfile, shop: event.shop, features)
        event.forEachEdge(in: bytes) { addEdge($0, order: event.cause, at: event.recordedAt) }
        if isMatchingAway { return }
        if showsMore, !index.isSettled(profile, identities[Int(event.shop)].mode, profiles) { index.markNew(profile) }
        index.note(cause: event.cause, of: profile)
    }

    /// Takes a party record into what matching needs.
    /// - Returns: whether the profile shows something new, so that it is to be weighed.
    private mutating func index(
        _ record: Span<UInt8>, of profile: UInt32, isNew: Bool, shop: UInt16, _ features: PartyFeatures?
    ) -> Bool {
        if isMatchingAway {
            if isNew, let origin = PartyOrigin(record) { _ = sources.note(origin, shop: shop) }
            return false
        }
        let features = features ?? extractor.features(of: record)
        let isWeighed = identities[Int(shop)].mode == .evidence
        return index.add(record, of: profile, isNew: isNew, shop: shop, features, isWeighed: isWeighed, &sources)
    }

    private mutating func addKey(_ key: IdentityKey, _ profile: UInt32) {
        guard findKey(key.hash) == nil else { return }
        keyIndex.insert(key.hash, keys.append(KeyEntry(hash: key.hash, profile: profile)))
    }

    /// Records a finding: one edge per pair, the latest verdict.
    mutating func addEdge(_ finding: PairFinding, order: UInt32, at: Int64, unites: Bool = true) {
        var edge = EdgeEntry(
            keyHash: finding.keyHash, sequence: sequence, at: at, levels: finding.weight.levels, newer: finding.newer,
            older: finding.older, nextOfNewer: 0, nextOfOlder: 0, order: order, score: finding.weight.score,
            version: 0, kind: finding.kind, verdict: finding.weight.verdict.rawValue,
            reason: finding.weight.reason.rawValue)
        let shop = Int(profiles[Int(finding.newer)].shop)
        let isExact = identities[shop].mode == .exact
        if !isExact { edge.version = identities[shop].activeVersion }
        if !isExact, let known = edgeNumber(finding.newer, finding.older) {
            edge.nextOfNewer = edges[known].nextOfNewer
            edge.nextOfOlder = edges[known].nextOfOlder
            edge.newer = edges[known].newer
            edge.older = edges[known].older
            if !edge.isMerge, edges[known].isMerge || edges[known].isUndone {
                // What holds no more still tells by which value it once held.
                edge.kind = edges[known].kind
                edge.keyHash = edges[known].keyHash
                edge.isUndone = true
            }
            let wasLink = edges[known].isLink
            edges[known] = edge
            note(edge, known)
            if wasLink, !edge.isLink {
                rebuildLinks(of: edge.newer)
                rebuildLinks(of: edge.older)
            }
        } else {
            edge.nextOfNewer = profiles[Int(finding.newer)].newestEdge
            edge.nextOfOlder = profiles[Int(finding.older)].newestEdge
            let number = edges.append(edge)
            profiles[Int(finding.newer)].newestEdge = UInt32(number + 1)
            profiles[Int(finding.older)].newestEdge = UInt32(number + 1)
            note(edge, number)
        }
        guard unites, edge.isMerge else { return }
        unite(finding.newer, finding.older)
        if isWeak(finding.weight, shop: shop) { profiles[Int(root(of: finding.newer))].flags |= ClusterFlags.weak }
    }

    mutating func note(_ edge: EdgeEntry, _ number: Int) {
        if isIndexBehind { return }
        if edge.verdict == PairVerdict.queue.rawValue { doubtfulEdges.append(UInt32(number)) }
        noteLink(edge, number)
    }

    /// Whether a merge hardly suffices.
    func isWeak(_ weight: PairWeight, _ rules: RulesInForce) -> Bool {
        rules.mode == .evidence && weight.score < rules.weigher.rules.mergeThreshold + BridgeAlarm.safeMargin
    }

    /// The same by what a shop has in force. Asks for two numbers: a copy of all that stands beside them counts references.
    func isWeak(_ weight: PairWeight, shop: Int) -> Bool {
        identities[shop].mode == .evidence
            && weight.score < identities[shop].weigher.rules.mergeThreshold + BridgeAlarm.safeMargin
    }

    /// Joins two clusters: the smaller tree goes under the larger root, the rings become one.
    private mutating func unite(_ left: UInt32, _ right: UInt32) {
        var upper = root(of: left)
        var lower = root(of: right)
        guard upper != lower else { return }
        if profiles[Int(upper)].size < profiles[Int(lower)].size { swap(&upper, &lower) }
        let lowerEntry = profiles[Int(lower)]
        profiles[Int(lower)].parent = upper
        profiles[Int(upper)].size += lowerEntry.size
        profiles[Int(upper)].lowest = min(profiles[Int(upper)].lowest, lowerEntry.lowest)
        profiles[Int(upper)].flags |= lowerEntry.flags
        profiles[Int(upper)].lastSequence = max(profiles[Int(upper)].lastSequence, lowerEntry.lastSequence)
        let next = profiles[Int(upper)].next
        profiles[Int(upper)].next = lowerEntry.next
        profiles[Int(lower)].next = next
        customerCount -= 1
        customerMap.note(left)
    }
}
