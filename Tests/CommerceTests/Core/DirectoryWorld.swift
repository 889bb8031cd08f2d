import Bytes

@testable import Commerce

/// A directory and its shards without actors, fed with JSON, and the journal that they would write.
struct DirectoryWorld: ~Copyable {
    static let seed: UInt64 = 7

    var directory = DirectoryState()
    var shards: [ShardState] = []
    /// The bytes of every event so far.
    private(set) var journal: [[UInt8]] = []
    /// Events that `events` has written and that were applied.
    private var appliedCount = 0
    private var events = EventWriter()
    private var eventScratch = ByteWriter()
    var scratch = ResolutionScratch()
    /// Whether nothing that weighing remembers is used for the next profile.
    var forgets = false
    /// Profiles that were weighed while their component was known to be divided as it should be.
    private(set) var laidOutAlready = 0
    /// How shops that are opened from now on decide who is who.
    var mode = MatchMode.evidence
    /// Whether everything is weighed behind each write, or only when the test says so.
    var settlesBehindWrites = true

    /// A world that holds nothing yet, for replaying and loading.
    init() {}

    init(shards: Int, mode: MatchMode = .evidence) {
        self.mode = mode
        directory.initialise(shards: shards, seed: Self.seed, at: Timestamp(milliseconds: 1), into: &events)
        record()
    }

    static func hasher(_ shop: String) -> KeyHasher { KeyHasher(hash: Hash64(seed: seed), shopName: shop) }

    // MARK: Commands

    mutating func order(_ json: String, shop: String, now: Int64) throws(Refusal) -> Decision {
        try order(try decodeOrder(json, Self.hasher(shop)), shop: shop, now: now)
    }

    mutating func order(_ packed: Packed<PreparedOrder>, shop: String, now: Int64) throws(Refusal) -> Decision {
        let number = try open(shop, now)
        let decision = directory.decide(
            packed.command, in: packed.bytes.span, shop: number, at: Timestamp(milliseconds: now), &scratch,
            into: &events)
        let finished = finish(decision)
        while directory.hasHeldFacts,
            directory.attachNextFact(to: decision.subject, at: Timestamp(milliseconds: now), into: &events)
        {
            record()
        }
        return finished
    }

    /// Tells a fact about an order.
    mutating func fact(
        _ kind: FactKind, of order: String, _ json: String, shop: String = "main", now: Int64 = 1_000
    ) throws(Refusal) -> FactDecision {
        let packed = try decodeFact(kind, of: order, json)
        let number = try open(shop, now)
        let decision = try directory.decide(
            packed.command, in: packed.bytes.span, shop: number, at: Timestamp(milliseconds: now), into: &events)
        switch decision.verdict {
        case .recorded, .revised: record()
        case .duplicate, .stale, .conflict:
            precondition(events.count == appliedCount, "nothing happened, yet an event was written")
        }
        return decision
    }

    mutating func profile(_ json: String, shop: String, now: Int64) throws(Refusal) -> Decision {
        let packed = try decodeProfile(json, Self.hasher(shop))
        let number = try open(shop, now)
        let decision = directory.decide(
            packed.command, in: packed.bytes.span, shop: number, at: Timestamp(milliseconds: now), &scratch,
            into: &events)
        return finish(decision)
    }

    mutating func document(_ json: String, shop: String, now: Int64) throws(Refusal) -> Decision {
        let packed = try decodeDocument(json, Self.hasher(shop))
        let number = try open(shop, now)
        let decision = try directory.decide(
            packed.command, in: packed.bytes.span, shop: number, at: Timestamp(milliseconds: now), into: &events)
        return finish(decision)
    }

    mutating func note(_ text: String, customer: UInt32, shop: String, now: Int64) throws(Refusal) -> Decision {
        let bytes = [UInt8](text.utf8)
        let note = PreparedNote(customerNumber: customer, text: ByteRange(0, bytes.count))
        let number = try open(shop, now)
        let decision = try directory.decide(
            note, in: bytes.span, actor: [UInt8]("anna".utf8).span, shop: number, at: Timestamp(milliseconds: now),
            into: &events)
        return finish(decision)
    }

    /// Carries out a pin, its removal or a verdict; nil if an unpin found nothing pinned.
    mutating func assert(
        _ request: CustomerAssertion, shop: String = "main", now: Int64, actor: String = "anna"
    ) throws(Refusal) -> Verdict? {
        let number = try open(shop, now)
        let time = Timestamp(milliseconds: now)
        var verdict: Verdict?
        for target in try directory.plan(request, shop: number, at: time).targets {
            let decision = directory.decide(
                request, target: target, actor: [UInt8](actor.utf8).span, shop: number, at: time, into: &events)
            verdict = finish(decision).verdict
        }
        return verdict
    }

    /// Carries out what a person decides about who is who.
    mutating func perform(
        _ command: IdentityCommand, shop: String = "main", now: Int64 = 5_000, actor: String = "anna"
    ) throws(Refusal) -> IdentityOutcome {
        let number = try open(shop, now)
        let written = events.framed.count
        let outcome = try directory.perform(
            command, shop: number, actor: actor, at: Timestamp(milliseconds: now), &scratch, into: &events)
        // The directory has applied these events itself.
        let bytes = events.framed.copyBytes()
        var reader = ByteReader(bytes.span, at: written)
        do throws(ByteReaderError) {
            while !reader.isAtEnd { journal.append(bytes.span.extracting(try reader.countedRange()).array) }
        } catch {
            preconditionFailure("events that were just written do not read: \(error)")
        }
        appliedCount = events.count
        if settlesBehindWrites { settle() }
        return outcome
    }

    private mutating func open(_ shop: String, _ now: Int64) throws(Refusal) -> UInt16 {
        if let number = directory.shop(named: shop) { return number }
        try directory.openShop(shop, mode: mode, at: Timestamp(milliseconds: now), into: &events)
        record()
        return UInt16(directory.shops.count - 1)
    }

    private mutating func finish(_ decision: Decision) -> Decision {
        switch decision.verdict {
        case .recorded, .revised:
            record()
            if settlesBehindWrites { settle() }
        case .duplicate, .stale, .conflict:
            precondition(events.count == appliedCount, "nothing happened, yet an event was written")
        }
        return decision
    }

    /// Weighs what the last event touched, as the engine does just behind the reply.
    /// - Parameter most: how many profiles to weigh at most.
    mutating func settle(most: Int = .max) {
        for _ in 0..<most {
            if directory.isAtRest { return }
            guard let profile = directory.takeDirty() else { continue }
            if forgets { scratch = ResolutionScratch() }
            if scratch.isLaidOut(profile, at: directory.sequence) { laidOutAlready += 1 }
            let plan = directory.plan(for: profile, &scratch)
            guard !plan.isEmpty else { continue }
            directory.write(plan, cause: profile, at: Timestamp(milliseconds: 1), into: &events)
            record()
        }
    }

    /// Says in the journal that everything is weighed, as the engine does now and then.
    mutating func markRest() {
        precondition(directory.isAtRest)
        events.identitySettled(variants: directory.variantCount, now: Timestamp(milliseconds: 1))
        record()
    }

    private mutating func record() {
        appliedCount = events.count
        let bytes = events.last.array
        do throws(EventError) { try apply(bytes) } catch { preconditionFailure("\(error)") }
    }

    // MARK: Events

    /// Applies an event, unless it does not follow.
    mutating func apply(_ bytes: [UInt8]) throws(EventError) {
        let event = try Event(bytes.span)
        try directory.validate(event, bytes.span)
        directory.evolve(event, bytes.span)
        journal.append(bytes)
        if event.kind == .engineInitialised {
            shards = (0..<event.shards).map { ShardState(number: $0, of: event.shards) }
        } else if event.kind.concernsShard {
            shards[directory.shard(of: event.party.profile)].evolve(
                event, bytes.span, sequence: directory.sequence, &eventScratch)
        }
    }

    // MARK: Answers

    /// The answer of CUSTOMER.360.
    func dossier(of profile: UInt32) -> String {
        let members = directory.members(of: profile)
        let parts = shards.indices.map { shard in
            shards[shard].dossierPart(of: members.filter { directory.shard(of: $0) == shard })
        }
        var writer = ByteWriter()
        DossierWriter.write(
            number: directory.customerNumber(of: profile), parts: parts, offset: 0, limit: 1_000,
            sequence: directory.lastSequence(ofCustomerOf: profile), into: &writer)
        return writer.span.text
    }

    /// Everything that the directory says.
    var directoryAnswers: [String] {
        var answers = ["\(directory.counts().customers) \(directory.sequence) \(directory.shops)"]
        for profile in 0..<UInt32(directory.profiles.count) {
            let members = directory.members(of: profile)
            answers.append(
                "\(directory.customerNumber(of: profile)) \(members) \(directory.lastSequence(ofCustomerOf: profile))")
            answers.append("\(directory.evidence(of: members))")
        }
        for shop in directory.shops.indices {
            answers.append("\(directory.customers(of: UInt16(shop), offset: 1, limit: 7))")
        }
        for order in 0..<directory.orders.count {
            answers.append(
                "\(directory.orders[order]) \(String(describing: directory.findOrder(directory.orders[order].keyHash)))"
            )
        }
        return answers
    }

    /// Everything that can be asked.
    var answers: [String] {
        directoryAnswers + (0..<UInt32(directory.profiles.count)).map { dossier(of: $0) }
    }
}

/// The tables of a snapshot in memory.
final class MemorySink: TableSink {
    struct Section {
        let kind: TableKind
        let shard: Int
        var chunks: [[UInt8]] = []
    }

    private(set) var sections: [Section] = []

    func begin(_ kind: TableKind, shard: Int, entries: Int) throws(Never) {
        sections.append(Section(kind: kind, shard: shard))
    }

    func write(_ bytes: Span<UInt8>) throws(Never) { sections[sections.count - 1].chunks.append(bytes.array) }

    func end() throws(Never) {}
}

extension DirectoryWorld {
    /// The tables of a snapshot taken now, not written yet.
    func capture() -> (directory: DirectoryCapture, shards: [ShardState]) { (directory.capture(), shards) }

    static func sections(_ capture: (directory: DirectoryCapture, shards: [ShardState])) -> [MemorySink.Section] {
        let sink = MemorySink()
        capture.directory.write(to: sink)
        for shard in capture.shards { shard.write(to: sink) }
        return sink.sections
    }

    /// Loads a snapshot; nil if its tables do not fit together.
    static func load(_ sections: [MemorySink.Section]) -> DirectoryWorld? {
        var world = DirectoryWorld()
        world.directory.leaveOutMatching()
        var partial = ByteWriter()
        for section in sections {
            for chunk in section.chunks {
                switch section.kind {
                case .header:
                    guard world.directory.load(section.kind, chunk.span) else { return nil }
                    world.shards = (0..<world.directory.shardCount).map {
                        ShardState(number: $0, of: world.directory.shardCount)
                    }
                case .profiles, .imports, .variants, .keys, .orders, .documents, .edges, .identity, .assertions, .facts,
                    .heldFacts, .ledgerShops, .ledgerDocuments, .ledgerVouchers, .ledgerRedemptions, .ledgerFacts,
                    .archiveEntries, .archiveFacts:
                    guard world.directory.load(section.kind, chunk.span) else { return nil }
                default:
                    guard world.shards.indices.contains(section.shard),
                        world.shards[section.shard].load(section.kind, chunk.span, partial: &partial)
                    else { return nil }
                }
            }
        }
        guard partial.count == 0, world.directory.takeIdentity(), world.directory.takeHeldFacts(),
            world.directory.isConsistent(), world.directory.takeLedger(), world.directory.takeArchive()
        else { return nil }
        for shard in world.shards {
            let expected = world.directory.rows(ofShard: shard.number)
            guard shard.isConsistent(with: expected, profileCount: world.directory.profiles.count) else { return nil }
        }
        world.directory.indexLargeTables()
        world.directory.indexSmallTables()
        let reads = world.directory.takeRecords(from: world.shards, threads: 2)
        guard reads else { return nil }
        world.makeMatching()
        return world
    }

    /// Makes what matching needs, which was left out.
    mutating func makeMatching() {
        var index = MatchIndex()
        let isDone = index.fill(from: directory.matchingSource(shards), threads: 2) { false }
        precondition(isDone)
        directory.takeMatching(&index)
    }
}
