import Bytes
import Commerce
import Synchronization

/// The directory: who is this, have we seen this, and the total order of events. All methods run on its lane; none
/// of them awaits. It holds hashes and small integers only.
package actor Directory {
    package nonisolated let lane: any EngineLane
    var state: DirectoryState
    /// Templates, wishes and messages: a state machine of its own, in the same order of events.
    var outbox: OutboxState
    /// Rules, and the changes that wait for them: another one.
    var automation: AutomationState
    /// Whether any rule is on; may be asked from any thread.
    package nonisolated let hasRules = Atomic<Bool>(false)
    let shards: [Shard]
    private let journal: Journal
    private let matchMode: MatchMode
    let clock: any WallClock

    var events = EventWriter()
    /// What the batch in hand brings to each shard.
    var shardWork: [ShardWork]
    var scratch = ResolutionScratch()
    var isWeighingPosted = false
    /// Who waits until everything is weighed.
    var waitingForRest: [@Sendable () -> Void] = []
    /// Rows of each shop when learning looked at it the last time.
    var learningAttempts: [UInt16: Int] = [:]
    /// Lists that people page through, the oldest first; see DirectorySearch.swift.
    var searches: [KeptSearch] = []
    let nameSorter = NameSorter()
    var lastSearch = 0
    /// When this run of the server made its first list, in milliseconds.
    var searchEpoch: Int64 = 0
    /// Learning is under way unasked.
    var isLearning = false
    /// Rules are running: what they look at is being gathered.
    var isAutomating = false
    /// Batches that came while rules were running or matching was being made, with who waits for them.
    var waitingBatches: [(batch: CommandBatch, completion: @Sendable (BatchOutcome) -> Void)] = []
    /// Why writes are refused at the moment: the journal cannot be written, or has grown too long.
    private var journalFailure: String?
    private var backlog: String?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(
        _ state: consuming DirectoryState, outbox: consuming OutboxState, automation: AutomationState,
        shards: [Shard], journal: Journal,
        clock: any WallClock, matchMode: MatchMode, on lane: any EngineLane
    ) {
        self.state = state
        self.outbox = outbox
        self.automation = automation
        hasRules.store(automation.isWatching, ordering: .relaxed)
        self.matchMode = matchMode
        self.shards = shards
        self.journal = journal
        self.clock = clock
        self.lane = lane
        shardWork = Array(repeating: ShardWork(), count: shards.count)
    }

    /// Refuses writes from now on because the journal fails, or takes them again (nil).
    func setJournalFailure(_ reason: String?) {
        journalFailure = reason
        postWeighing()
        runAutomation()
    }

    /// Refuses writes from now on because the journal is too long, or takes them again (nil).
    func setBacklog(_ reason: String?) {
        backlog = reason
        postWeighing()
        runAutomation()
    }

    // MARK: A batch

    /// Decides a batch, hands its events to the shards and the journal, and returns the outcomes.
    package func process(_ batch: CommandBatch) -> BatchOutcome {
        var result = BatchOutcome(outcomes: [], releaseSequence: 0)
        result.outcomes.reserveCapacity(batch.commands.count)
        let now = clock.now()
        let firstSequence = state.sequence + 1
        lookAhead(batch)
        var place = 0
        while place < batch.commands.count {
            let command = batch.commands[place]
            if case .order = command {
                place = decideOrders(from: place, of: batch, now, into: &result)
            } else {
                let outcome = decide(command, batch, now)
                result.add(outcome, releaseSequence: state.releaseSequence(of: outcome, to: command))
                place += 1
            }
        }
        handOver(firstSequence: firstSequence)
        postWeighing()
        return result
    }

    private func decide(_ command: PreparedCommand, _ batch: CommandBatch, _ now: Timestamp) -> CommandOutcome {
        let bytes = batch.bytes.span
        do throws(Refusal) {
            switch command {
            case .order: preconditionFailure("orders are decided in a row")
            case .profile(let profile):
                let shop = try writableShop(batch.shop, now)
                let decision = state.decide(profile, in: bytes, shop: shop, at: now, &scratch, into: &events)
                if decision.verdict.isChange { evolveLast(weighed: profile.party) }
                return writtenProfile(decision)
            case .document(let document):
                let shop = try knownShop(batch.shop)
                let decision = try state.decide(document, in: bytes, shop: shop, at: now, into: &events)
                if decision.verdict.isChange { evolveLast() }
                if decision.verdict == .conflict {
                    let sent = Conflict.Sent.document(bytes.extracting(document.record.range).array)
                    return conflict(sent, decision, state.documents[Int(decision.subject)])
                }
                return state.written(decision, state.documents[Int(decision.subject)])
            case .note(let note, let actor):
                let shop = try knownShop(batch.shop)
                let actor = [UInt8](actor.utf8)
                let decision = try state.decide(note, in: bytes, actor: actor.span, shop: shop, at: now, into: &events)
                evolveLast()
                return .note(customer: state.customerNumber(of: decision.profile), sequence: state.sequence)
            case .fact(let fact): return try self.fact(fact, bytes, shop: try writableShop(batch.shop, now), now)
            case .assertion(let request, let actor):
                return try assertion(request, shop: try knownShop(batch.shop), actor: actor, now)
            case .identity(let command, let actor):
                let shop = command.opensShop ? try writableShop(batch.shop, now) : try knownShop(batch.shop)
                let outcome = try state.perform(
                    command, shop: shop, actor: actor, at: now, &scratch, into: &events)
                return .identity(outcome, sequence: state.sequence)
            case .message(let command, let actor):
                let shop = command.isQuestion ? try openShop(batch.shop) : try writableShop(batch.shop, command, now)
                let outcome = try perform(command, shop: shop, actor: actor, at: now)
                return .message(outcome, sequence: state.sequence)
            case .ledger(let command, let actor): return try ledger(command, actor: actor, in: batch.shop, now)
            case .label(let command, let actor):
                return try label(command, shop: try knownShop(batch.shop), actor: actor, now)
            case .rule(let command, let actor):
                let shop =
                    command.isQuestion
                    ? try openShop(batch.shop)
                    : command.opensShop ? try writableShop(batch.shop, now) : try knownShop(batch.shop)
                return .rule(try perform(command, shop: shop, actor: actor, at: now), sequence: state.sequence)
            case .query(let query):
                guard let shop = state.shop(named: batch.shop) else {
                    if case .find = query { return .customers([], total: 0, offset: 0) }
                    throw Self.empty(batch.shop)
                }
                return try answer(query, shop: shop)
            }
        } catch {
            return .refused(error)
        }
    }

    /// A repeat answers with the event that said it first.
    private func assertion(
        _ request: CustomerAssertion, shop: UInt16, actor: String, _ now: Timestamp
    ) throws(Refusal) -> CommandOutcome {
        let plan = try state.plan(request, shop: shop, at: now)
        let actor = [UInt8](actor.utf8)
        var verdict = Verdict.duplicate
        var sequence: UInt64 = 0
        for target in plan.targets {
            let decision = state.decide(
                request, target: target, actor: actor.span, shop: shop, at: now, into: &events)
            if decision.verdict.isChange { evolveLast() }
            verdict = decision.verdict
            sequence = state.sequence(ofAssertion: decision.subject)
        }
        if plan.targets.isEmpty { sequence = state.lastSequence(ofCustomerOf: plan.profile) }
        return .asserted(
            verdict, profile: plan.profile, customer: state.customerNumber(of: plan.profile), sequence: sequence)
    }

    /// Whether events may be written at the moment.
    var isWritable: Bool { journalFailure == nil && backlog == nil && !state.isMatchingAway }

    func checkWritable() throws(Refusal) {
        if let reason = journalFailure ?? backlog { throw Refusal(.readOnly, reason) }
    }

    /// The number of a shop that is open, for a write about somebody who must be known already: it would be refused in
    /// a new shop, and what is refused opens none.
    func knownShop(_ name: String) throws(Refusal) -> UInt16 {
        try checkWritable()
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        return shop
    }

    /// The shop's number; its first write opens it.
    func writableShop(_ name: String, _ now: Timestamp) throws(Refusal) -> UInt16 {
        try checkWritable()
        if let shop = state.shop(named: name) { return shop }
        try state.openShop(name, mode: matchMode, at: now, into: &events)
        evolveLast()
        return UInt16(state.shops.count - 1)
    }

    private func writableShop(_ name: String, _ command: MessageCommand, _ now: Timestamp) throws(Refusal) -> UInt16 {
        command.opensShop ? try writableShop(name, now) : try knownShop(name)
    }

    private func openShop(_ name: String) throws(Refusal) -> UInt16 {
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        return shop
    }

    private func conflict(_ sent: Conflict.Sent, _ decision: Decision, _ known: SubjectEntry) -> CommandOutcome {
        conflict(Conflict(sent, profile: decision.profile, row: known.row), sequence: known.sequence)
    }

    /// Has the shard compare in its turn.
    func conflict(_ conflict: Conflict, sequence: UInt64) -> CommandOutcome {
        state.note(conflict, in: &shardWork)
        return .conflict(conflict, sequence: sequence)
    }

    private func writtenProfile(_ decision: Decision) -> CommandOutcome {
        return .written(
            decision.verdict, profile: decision.profile, customer: state.customerNumber(of: decision.profile), row: 0,
            sequence: state.lastSequence(ofCustomerOf: decision.profile), isStoreNamed: false)
    }

    // MARK: Events

    /// Applies the event that was just written, and notes it for its shard.
    /// - Parameter party: whose features `decide` has extracted, if it had to.
    func evolveLast(weighed party: PreparedParty? = nil) {
        let features: PartyFeatures? = if let party { scratch.takeFeatures(of: party) } else { nil }
        state.evolveLast(of: events, features: features, &automation, &shardWork)
    }

    /// Hands the batch's events to the shards, then to the journal: one hop each.
    func handOver(firstSequence: UInt64) {
        let bytes = events.framed.copyBytes()
        for number in shards.indices where !shardWork[number].isEmpty {
            let shard = shards[number]
            let work = shardWork[number]
            if shard.lane.isCurrent {
                shard.assumeIsolated { $0.apply(work, bytes) }
            } else {
                shard.lane.post { shard.assumeIsolated { $0.apply(work, bytes) } }
            }
            shardWork[number].removeAll()
        }
        guard events.count > 0 else { return }
        let count = events.count
        let journal = journal
        journal.lane.post { journal.assumeIsolated { $0.append(bytes, first: firstSequence, count: count) } }
        events.removeAll()
        if automation.hasPending { runAutomation() }
    }

    /// Writes the first event of a new data folder.
    func initialise(shards: Int, seed: UInt64) {
        let first = state.sequence + 1
        state.initialise(shards: shards, seed: seed, at: clock.now(), into: &events)
        evolveLast()
        handOver(firstSequence: first)
    }

    // MARK: For the engine

    /// The state at this moment, for a snapshot; its pages are shared until somebody writes to them.
    func capture() -> DirectoryCapture { state.capture() }

    /// The same of the outbox; to be taken in the same turn of the lane.
    func captureOutbox() -> OutboxCapture { outbox.capture() }

    /// The same of rules.
    func captureAutomation() -> AutomationState { automation }
    /// Gives the state away for another, so that it can go on elsewhere; nothing may be asked any more.
    func exchange(_ state: inout DirectoryState, _ outbox: inout OutboxState) {
        swap(&self.state, &state)
        swap(&self.outbox, &outbox)
    }

    /// Counts for `INFO`.
    package func counts() -> DirectoryCounts { state.counts(with: outbox) }

    /// The last event that touched any of the customers that these profiles belong to.
    func lastSequence(ofCustomersOf profiles: [UInt32]) -> UInt64 {
        profiles.reduce(0) { max($0, state.lastSequence(ofCustomerOf: $1)) }
    }

    /// The last event decided.
    package func lastSequence() -> UInt64 { state.sequence }
}

extension Verdict {
    /// Whether an event was written.
    package var isChange: Bool {
        switch self {
        case .recorded, .revised: true
        case .duplicate, .stale, .conflict: false
        }
    }
}

extension DirectoryState {
    /// The last event that the outcome shows: a reply must not leave before it is durable.
    fileprivate func releaseSequence(of outcome: CommandOutcome, to command: PreparedCommand) -> UInt64 {
        switch outcome {
        case .written(_, let profile, _, _, let sequence, _), .asserted(_, let profile, _, let sequence):
            // The customer's number may come from a later event, of another profile of the cluster.
            return max(sequence, lastSequence(ofCustomerOf: profile))
        case .note(_, let sequence), .conflict(_, let sequence): return sequence
        case .fact(let fact): return max(fact.sequence, fact.profile.map { lastSequence(ofCustomerOf: $0) } ?? 0)
        case .dossier(let dossier): return dossier.customer.sequence
        case .identity(_, let sequence), .message(_, let sequence), .rule(_, let sequence): return sequence
        case .explanation, .history, .doubtfulPairs, .watchedValues, .identityStatus, .rules, .settings, .divisions,
            .ledger, .labels:
            return sequence
        case .customers(let customers, _, _): return customers.map(\.sequence).max() ?? 0
        case .orders(let customer, _): return customer.sequence
        case .evidence(let plan): return max(plan.first.sequence, plan.second?.sequence ?? 0)
        case .order(let profile, _), .life(let profile, _): return lastSequence(ofCustomerOf: profile)
        case .refused(let refusal): return Self.tellsOfEvents(refusal, to: command) ? sequence : 0
        }
    }

    /// Whether a refusal shows what events have brought about: who put two apart, which versions there are. What a
    /// question does not find no crash brings back, and that nothing can be written must be said at once.
    private static func tellsOfEvents(_ refusal: Refusal, to command: PreparedCommand) -> Bool {
        switch command {
        case .query(.rules): true
        case .query: false
        default: refusal.code != .readOnly
        }
    }
}
