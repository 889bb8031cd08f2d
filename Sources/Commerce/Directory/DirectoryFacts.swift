import Bytes

// Facts about orders in the directory: have we heard this, is it newer, and does its order exist yet. What was told lives
// on the shard of the order's profile; only what waits for its order is kept here.

struct FactTable: ~Copyable, Sendable {
    fileprivate(set) var entries = PagedArray<FactEntry>()
    fileprivate var index = HashIndex()
    /// What waits, by the key hash of its order. Few: an update seldom overtakes its order.
    fileprivate(set) var held: [UInt64: [HeldFact]] = [:]
    fileprivate(set) var heldCount = 0
    /// The snapshot's table of held facts while it is read.
    fileprivate var loaded: [UInt8] = []

    var allocatedBytes: Int {
        entries.allocatedBytes + index.allocatedBytes
            + held.values.reduce(0) { $0 + $1.reduce(64) { $0 + $1.record.count + 48 } }
    }

    fileprivate func find(_ keyHash: UInt64) -> Int? { index.find(keyHash) { entries[$0].keyHash == keyHash } }

    fileprivate mutating func append(_ entry: FactEntry) { index.insert(entry.keyHash, entries.append(entry)) }

    fileprivate mutating func hold(_ fact: HeldFact, for order: UInt64) {
        if let place = held[order]?.firstIndex(where: { $0.fact == fact.fact }) {
            held[order]?[place] = fact
        } else {
            held[order, default: []].append(fact)
            heldCount += 1
        }
    }

    fileprivate mutating func release(_ fact: UInt32, from order: UInt64) {
        held[order]?.removeAll { $0.fact == fact }
        if held[order]?.isEmpty == true { held[order] = nil }
        heldCount -= 1
    }
}

/// What the directory decided about a fact.
package struct FactDecision: Sendable {
    package let verdict: Verdict
    /// Its number.
    package let fact: UInt32
    /// The order's number; nil while it is not known.
    package let order: UInt32?
    /// The members in which a conflicting fact differs, where the directory itself holds the other one.
    package var differences: [String] = []
}

// MARK: - Decide

extension DirectoryState {
    /// Whether anything waits for an order to come.
    package var hasHeldFacts: Bool { facts.heldCount > 0 }

    /// Whether anybody has told of this fact about the order.
    func knows(_ kind: FactKind, _ id: String, of order: SubjectEntry) -> Bool {
        facts.find(Hash64(seed: seed).combine(order.keyHash, FactHash.name(kind, [UInt8](id.utf8).span))) != nil
    }

    /// How many facts wait for this order.
    package func heldFactCount(of name: OrderName, shop: UInt16) -> Int {
        facts.held[orderKey(name, shop: shop)]?.count ?? 0
    }

    /// The event that told a fact last.
    package func sequence(ofFact fact: UInt32) -> UInt64 { facts.entries[Int(fact)].sequence }

    package func row(ofFact fact: UInt32) -> UInt32 { facts.entries[Int(fact)].row }

    /// Decides a fact: new, newer, older, contradicting, or known; its order may still have to come. Writes one event, or
    /// none.
    package func decide(
        _ fact: PreparedFact, in bytes: Span<UInt8>, shop: UInt16, at now: Timestamp, into events: inout EventWriter
    ) throws(Refusal) -> FactDecision {
        let name = try OrderName(bytes.extracting(fact.orderName.range))
        let order = order(named: name, shop: shop)
        let orderKey = order.map { orders[$0].keyHash } ?? orderKey(name, shop: shop)
        let keyHash = Hash64(seed: seed).combine(orderKey, fact.nameHash)
        let known = facts.find(keyHash)
        let record = bytes.extracting(fact.record.range)
        if let known {
            let verdict = Self.verdict(fact, over: facts.entries[known])
            guard verdict == .revised(.matched) else {
                var decision = FactDecision(verdict: verdict, fact: UInt32(known), order: order.map(UInt32.init))
                if verdict == .conflict, order == nil {
                    decision.differences = heldDifferences(of: UInt32(known), from: record, orderKey)
                }
                return decision
            }
        }
        let number = UInt32(known ?? facts.entries.count)
        if let order {
            beginRecorded(number, order: order, known: known, now, &events)
        } else {
            events.begin(.orderFactHeld, now, shop: shop)
            events.hash(orderKey)
        }
        let row = order.map { self.row(ofFact: known, on: orders[$0].profile) } ?? 0
        events.fact(number, row: row, keyHash: keyHash, fact, record: record)
        // Nothing else in the journal says which order it waits for.
        if order == nil { events.counted(bytes.extracting(fact.orderName.range)) }
        events.end()
        return FactDecision(
            verdict: known == nil ? .recorded(.matched) : .revised(.matched), fact: number,
            order: order.map(UInt32.init))
    }

    /// One fact per name: the newer telling wins, and of two of the same moment the one with the higher hash, so that
    /// every order of delivery ends in the same state.
    private static func verdict(_ fact: PreparedFact, over known: FactEntry) -> Verdict {
        let none = PreparedOrder.noUpdateTime
        if fact.contentHash == known.contentHash {
            return fact.updatedAt <= known.updatedAt ? .duplicate : .revised(.matched)
        }
        if fact.updatedAt == none { return .conflict }
        if fact.updatedAt != known.updatedAt { return fact.updatedAt > known.updatedAt ? .revised(.matched) : .stale }
        return fact.contentHash > known.contentHash ? .revised(.matched) : .stale
    }

    /// The key of an order that is not known: a name without a store means `main`.
    private func orderKey(_ name: OrderName, shop: UInt16) -> UInt64 {
        let store = name.store ?? [UInt8]("main".utf8)
        return hasher(shop).order(name.number.span, channel: name.channel.span, store: store.span)
    }

    private func row(ofFact known: Int?, on profile: UInt32) -> UInt32 {
        if let known, facts.entries[known].order != FactEntry.held { return facts.entries[known].row }
        return rows[shard(of: profile)].facts
    }

    private func beginRecorded(
        _ number: UInt32, order: Int, known: Int?, _ now: Timestamp, _ events: inout EventWriter
    ) {
        let entry = orders[order]
        events.begin(
            .orderFactRecorded, now, shop: profiles[Int(entry.profile)].shop)
        events.profile(entry.profile)
        events.varint(UInt64(order))
        events.varint(UInt64(entry.row))
    }

    /// Writes the event that gives one waiting fact to its order, which has come; false if none waits (any more).
    package func attachNextFact(to order: UInt32, at now: Timestamp, into events: inout EventWriter) -> Bool {
        guard let held = facts.held[orders[Int(order)].keyHash]?.first else { return false }
        let entry = facts.entries[Int(held.fact)]
        beginRecorded(held.fact, order: Int(order), known: Int(held.fact), now, &events)
        events.subject(
            held.fact, row: row(ofFact: Int(held.fact), on: orders[Int(order)].profile), keyHash: entry.keyHash,
            contentHash: entry.contentHash, updatedAt: entry.updatedAt, record: held.record.span)
        events.end()
        return true
    }

    /// Orders that are known and for which facts wait still: a crash between an order and its facts leaves such.
    package func ordersWithHeldFacts() -> [UInt32] {
        facts.held.keys.compactMap { findOrder($0).map(UInt32.init) }.sorted()
    }

    private func heldDifferences(of number: UInt32, from record: Span<UInt8>, _ orderKey: UInt64) -> [String] {
        guard let held = facts.held[orderKey]?.first(where: { $0.fact == number }) else { return [] }
        return FactDifferences.names(record, held.record.span)
    }
}

/// What differs between two tellings of one fact: the text of a CONFLICT.
enum FactDifferences {
    static func names(_ sent: Span<UInt8>, _ stored: Span<UInt8>) -> [String] {
        guard let kind = FactKind(rawValue: sent[0]) else { return [] }
        // `updatedAt`, the last member, is not part of what a fact says.
        let shape = Array(kind.members.dropLast())
        let left = PackedRecord(sent.extracting(1..<sent.count), kind.members)
        return left.differences(from: PackedRecord(stored.extracting(1..<stored.count), kind.members), shape)
    }
}

// MARK: - Evolve

extension DirectoryState {
    func validateFact(_ event: Event, _ bytes: Span<UInt8>, _ rows: ShardRows) throws(EventError) {
        try checkFact(event, bytes)
        try Self.check(Int(event.order) < orders.count, "a fact about an unknown order")
        let order = orders[Int(event.order)]
        try Self.check(
            order.profile == event.party.profile && order.row == event.orderRow, "a fact with a wrong order row")
        let isNewRow = Int(event.subject) == facts.entries.count || facts.entries[Int(event.subject)].order == .max
        try Self.check(
            isNewRow ? event.row == rows.facts : isTold(event, of: event.order), "a wrong row of a fact")
    }

    private func isTold(_ event: Event, of order: UInt32) -> Bool {
        let entry = facts.entries[Int(event.subject)]
        return entry.order == order && entry.row == event.row
    }

    func validateHeldFact(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        try checkFact(event, bytes)
        try Self.check(findOrder(event.orderKey) == nil, "a fact that waits for an order which is there")
        let isNew = Int(event.subject) == facts.entries.count
        let isWaiting = facts.held[event.orderKey]?.contains { $0.fact == event.subject } ?? false
        try Self.check(isNew || isWaiting, "a fact that no longer waits")
    }

    private func checkFact(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let number = Int(event.subject)
        try Self.check(OrderFact.isWellFormed(bytes.extracting(event.record.range)), "a fact that does not read")
        try Self.check(number <= facts.entries.count, "a fact out of order")
        let isKnown = number < facts.entries.count
        try Self.check(!isKnown || facts.entries[number].keyHash == event.keyHash, "a fact under another name")
    }

    mutating func evolveFact(_ event: Event) {
        let number = Int(event.subject)
        let isNew = number == facts.entries.count
        let wasHeld = !isNew && facts.entries[number].order == FactEntry.held
        if isNew || wasHeld { rows[shard(of: event.party.profile)].facts += 1 }
        if wasHeld { facts.release(event.subject, from: orders[Int(event.order)].keyHash) }
        put(FactEntry(event, sequence: sequence, order: event.order), isNew: isNew, number)
        touch(event.party.profile)
    }

    mutating func evolveHeldFact(_ event: Event, _ bytes: Span<UInt8>) {
        let number = Int(event.subject)
        put(
            FactEntry(event, sequence: sequence, order: FactEntry.held), isNew: number == facts.entries.count, number)
        let record = bytes.extracting(event.record.range).array
        facts.hold(HeldFact(fact: event.subject, record: record), for: event.orderKey)
    }

    private mutating func put(_ entry: FactEntry, isNew: Bool, _ number: Int) {
        if isNew { facts.append(entry) } else { facts.entries[number] = entry }
    }
}

extension FactEntry {
    fileprivate init(_ event: Event, sequence: UInt64, order: UInt32) {
        self.init(
            keyHash: event.keyHash, contentHash: event.contentHash, updatedAt: event.updatedAt, sequence: sequence,
            order: order, row: event.row)
    }
}

// MARK: - Snapshots

/// The facts of the directory at one moment.
struct FactCapture: Sendable {
    let entries: PagedArray<FactEntry>
    let held: [UInt64: [HeldFact]]

    /// For each fact that waits, by number: key hash of its order (8), number (varint), record (counted).
    func heldBytes() -> [UInt8] {
        let all = held.flatMap { order, facts in facts.map { (order: order, held: $0) } }
        var bytes = ByteWriter(capacity: 1_024)
        for (order, fact) in all.sorted(by: { $0.held.fact < $1.held.fact }) {
            bytes.appendLittleEndian(order)
            bytes.appendVarint(UInt64(fact.fact))
            bytes.appendCounted(fact.record.span)
        }
        return bytes.copyBytes()
    }

    var heldCount: Int { held.values.reduce(0) { $0 + $1.count } }
}

extension DirectoryState {
    func captureFacts() -> FactCapture { FactCapture(entries: facts.entries, held: facts.held) }

    /// Takes in a piece of the table of facts, which comes behind profiles and orders; false if it cannot be one.
    mutating func loadFacts(_ bytes: Span<UInt8>) -> Bool {
        let first = facts.entries.count
        guard facts.entries.append(rawBytes: bytes) else { return false }
        for number in first..<facts.entries.count {
            let order = facts.entries[number].order
            guard order != FactEntry.held else { continue }
            guard Int(order) < orders.count, Int(orders[Int(order)].profile) < profiles.count else { return false }
            rows[shard(of: orders[Int(order)].profile)].facts += 1
        }
        return true
    }

    mutating func loadHeldFacts(_ bytes: Span<UInt8>) -> Bool {
        facts.loaded += bytes.array
        return true
    }

    /// Reads the table of held facts once it is whole; false if it cannot be one.
    package mutating func takeHeldFacts() -> Bool {
        let loaded = facts.loaded
        facts.loaded = []
        var reader = ByteReader(loaded.span)
        do throws(ByteReaderError) {
            while !reader.isAtEnd {
                let order: UInt64 = try reader.littleEndian()
                let number = try reader.varint32()
                let record = loaded.span.extracting(try reader.countedRange())
                guard OrderFact.isWellFormed(record), Int(number) < facts.entries.count,
                    facts.entries[Int(number)].order == FactEntry.held
                else { return false }
                facts.hold(HeldFact(fact: number, record: record.array), for: order)
            }
        } catch {
            return false
        }
        return true
    }

    /// Whether every fact has a home, on a shard or among those that wait.
    func areFactsConsistent() -> Bool {
        var waiting = 0
        for number in 0..<facts.entries.count {
            let entry = facts.entries[number]
            guard entry.order != FactEntry.held else {
                waiting += 1
                continue
            }
            guard entry.row < rows[shard(of: orders[Int(entry.order)].profile)].facts else { return false }
        }
        return waiting == facts.heldCount
    }

    mutating func rebuildFactIndex() {
        for number in 0..<facts.entries.count { facts.index.insert(facts.entries[number].keyHash, number) }
    }
}
