import Bytes

// Evolve: the only code that changes the directory. Live commands and recovery both come here. It cannot fail on an
// event that `decide` made; `validate` is asked first where events come from a disk.
extension DirectoryState {
    /// Whether the event follows from this state. Rules are not asked again: only what would break the tables.
    package func validate(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        if event.kind == .engineInitialised {
            try Self.check(sequence == 0 && (1...256).contains(event.shards), "initialised twice, or with no shard")
            return
        }
        try Self.check(sequence > 0, "the first event does not initialise the engine")
        if event.kind == .shopOpened {
            return try Self.check(Int(event.shop) == shops.count, "a shop number out of order")
        }
        try Self.check(Int(event.shop) < shops.count, "an unknown shop")
        let profile = Int(event.party.profile)
        let isKnown = event.party.isNewProfile ? profile == profiles.count : profile < profiles.count
        try Self.check(isKnown, "an unknown profile")
        let rows = rows[profile % shardCount]
        switch event.kind {
        case .profileRecorded: try validateParty(event, bytes, rows)
        case .orderRecorded, .orderRevised:
            try validateParty(event, bytes, rows)
            try validateSubject(event, isNew: event.kind == .orderRecorded, orders, rows: rows.orders)
        case .documentRecorded, .documentRevised:
            try validateSubject(event, isNew: event.kind == .documentRecorded, documents, rows: rows.documents)
        case .noteAdded: try Self.check(event.row == rows.notes, "a wrong note row")
        case .fieldPinned, .fieldUnpinned, .valueVerified: try validateAssertion(event, bytes, rows)
        case .engineInitialised, .shopOpened: break
        }
    }

    static func check(_ condition: Bool, _ what: String) throws(EventError) {
        if !condition { throw .inconsistent(what) }
    }

    private func validateParty(_ event: Event, _ bytes: Span<UInt8>, _ rows: ShardRows) throws(EventError) {
        let party = event.party
        guard party.isNewVariant else {
            return try Self.check(!party.isNewProfile && party.variantRow < rows.variants, "a wrong variant")
        }
        try Self.check(party.variantRow == rows.variants, "a wrong variant")
        try Self.check(PartyRecord.isWellFormed(bytes.extracting(party.record.range)), "a party that does not read")
        var others: UInt32 = 0
        event.forEachEdge(in: bytes) { _, other in others = max(others, other) }
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

    /// Applies an event. `bytes` are the event's own.
    package mutating func evolve(_ event: Event, _ bytes: Span<UInt8>) {
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
        case .profileRecorded:
            evolveParty(event, bytes, order: nil)
            profiles[Int(event.party.profile)].importedRow = event.party.variantRow + 1
            profiles[Int(event.party.profile)].importedAt = event.seenAt
        case .orderRecorded:
            evolveParty(event, bytes, order: event.subject)
            orders.append(subject(event))
            orderIndex.insert(event.keyHash, Int(event.subject))
            rows[shard(of: event.party.profile)].orders += 1
        case .orderRevised:
            evolveParty(event, bytes, order: event.subject)
            orders[Int(event.subject)] = subject(event)
        case .documentRecorded:
            documents.append(subject(event))
            documentIndex.insert(event.keyHash, Int(event.subject))
            rows[shard(of: event.party.profile)].documents += 1
            touch(event.party.profile)
        case .documentRevised:
            documents[Int(event.subject)] = subject(event)
            touch(event.party.profile)
        case .noteAdded:
            rows[shard(of: event.party.profile)].notes += 1
            touch(event.party.profile)
        case .fieldPinned, .fieldUnpinned, .valueVerified:
            evolveAssertion(event, bytes)
            touch(event.party.profile)
        }
    }

    /// The root knows the last event of the whole customer.
    @inline(__always) private mutating func touch(_ profile: UInt32) {
        profiles[Int(root(of: profile))].lastSequence = sequence
    }

    @inline(__always) private func subject(_ event: Event) -> SubjectEntry {
        SubjectEntry(
            keyHash: event.keyHash, contentHash: event.contentHash, updatedAt: event.updatedAt, sequence: sequence,
            profile: event.party.profile, row: event.row)
    }

    private mutating func evolveParty(_ event: Event, _ bytes: Span<UInt8>, order: UInt32?) {
        let party = event.party
        let profile = party.profile
        if party.isNewProfile {
            profiles.append(
                ProfileEntry(
                    parent: profile, next: profile, lowest: profile, size: 1, newestEdge: 0, shop: UInt32(event.shop),
                    lastSequence: sequence))
            customerCount += 1
            sources.note(bytes.extracting(party.record.range), shop: event.shop)
        }
        defer { touch(profile) }
        guard party.isNewVariant else { return }
        let variant = variants.append(
            VariantEntry(hash: party.contentHash, profile: profile, row: party.variantRow))
        // A revised order may bring another profile's variant to its own; the first stays in the index.
        if findVariant(party.contentHash) == nil { variantIndex.insert(party.contentHash, variant) }
        rows[shard(of: profile)].variants += 1
        PartyRecord.forEachKey(of: bytes.extracting(party.record.range)) { addKey($0, profile) }
        event.forEachEdge(in: bytes) { key, other in addEdge(key, profile, other, order) }
    }

    private mutating func addKey(_ key: IdentityKey, _ profile: UInt32) {
        if let entry = findKey(key.hash) {
            keys[entry].uses &+= 1
        } else {
            keyIndex.insert(key.hash, keys.append(KeyEntry(hash: key.hash, profile: profile, uses: 1)))
        }
    }

    private mutating func addEdge(_ key: IdentityKey, _ newer: UInt32, _ older: UInt32, _ order: UInt32?) {
        let number = edges.append(
            EdgeEntry(
                keyHash: key.hash, sequence: sequence, newer: newer, older: older,
                nextOfNewer: profiles[Int(newer)].newestEdge, nextOfOlder: profiles[Int(older)].newestEdge,
                order: order.map { $0 + 1 } ?? 0, kind: UInt32(key.kind.rawValue)))
        profiles[Int(newer)].newestEdge = UInt32(number + 1)
        profiles[Int(older)].newestEdge = UInt32(number + 1)
        unite(newer, older)
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
        let next = profiles[Int(upper)].next
        profiles[Int(upper)].next = lowerEntry.next
        profiles[Int(lower)].next = next
        customerCount -= 1
    }
}
