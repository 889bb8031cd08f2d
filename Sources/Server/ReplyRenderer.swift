import Bytes
import Commerce
import Engine
import Synchronization
import Wire

/// Writes the replies of one batch, item by item. Some items need what the shards know; where all shards live on this
/// lane they answer at once, else the rendering goes on when they have answered. Confined to the session's lane.
final class ReplyRenderer: @unchecked Sendable {
    let built: BuiltBatch
    private let outcome: BatchOutcome
    let engine: Engine
    let lane: any EngineLane
    private let completion: @Sendable (ReplyRenderer, _ releaseSequence: UInt64) -> Void
    /// Answers that are kept; nil for a renderer that answers about the past.
    let answers: AnswerCache?

    /// The replies; whoever is called at the end takes them from here.
    var output: ByteWriter
    private var shortName = ByteWriter(capacity: 64)
    private var nextItem = 0
    private var nextOutcome = 0
    private var channelCounts = ChannelCounts()
    private var isRunning = false
    /// Answers that are still missing.
    private var waitingCount = 0
    private var isWaiting: Bool { waitingCount > 0 }
    /// Where the batch's dossiers that are not written yet come from, where that was looked up for all at once.
    var foreseen: ArraySlice<DossierSource>?
    /// Answers of this batch that are worth keeping.
    var made: [MadeAnswer] = []
    /// Whether all shards have answered in the moment of the directory's outcome so far.
    private var isInOneTurn = true

    /// Profiles of which shards were asked. They may have answered with events that came after the directory's outcome.
    var shownProfiles: [UInt32] = []

    /// `completion` runs on `lane` with the renderer, which has all replies, and the event that must be durable before they leave, perhaps
    /// before `run` returns.
    /// - Parameter memory: for the replies; empty.
    init(
        _ built: BuiltBatch, _ outcome: BatchOutcome, engine: Engine, lane: any EngineLane, answers: AnswerCache? = nil,
        memory: consuming ByteWriter = ByteWriter(capacity: 4_096),
        completion: @escaping @Sendable (ReplyRenderer, _ releaseSequence: UInt64) -> Void
    ) {
        self.answers = answers
        output = memory
        self.built = built
        self.outcome = outcome
        self.engine = engine
        self.lane = lane
        self.completion = completion
    }

    /// Renders until the end or until a shard has to be waited for.
    func run() {
        isRunning = true
        if nextItem == 0, foreseen == nil { gatherDossiers(of: outcome.outcomes) }
        let (items, outcomes, bytes) = (built.items, outcome.outcomes, built.batch.bytes)
        while nextItem < items.count, !isWaiting {
            if case .written = items[nextItem] {
                let count = Self.renderWrites(
                    items.span.extracting(nextItem...), outcomes.span.extracting(nextOutcome...), bytes.span,
                    &shortName,
                    into: &output)
                nextItem += count
                nextOutcome += count
                guard count == 0 else { continue }
            }
            nextItem += 1
            render(items[nextItem - 1])
        }
        isRunning = false
        if nextItem == items.count, !isWaiting { finish() }
    }

    /// A reply that shows what shards know waits until all of it is durable, also what came in the meantime.
    private func finish() {
        let decided = outcome.releaseSequence
        if shownProfiles.isEmpty || isInOneTurn {
            keepAnswers()
            return completion(self, decided)
        }
        let completion = completion
        engine.lastSequence(ofCustomersOf: shownProfiles, from: lane) { sequence in
            // Whatever came meanwhile is later than all that the outcome shows.
            if sequence <= decided { self.keepAnswers() }
            completion(self, max(decided, sequence))
        }
    }

    /// Waits for an answer that `start` brings about; goes on at once if it is there when `start` returns.
    func wait<Answer: Sendable>(
        _ start: (@escaping @Sendable (Answer) -> Void) -> Void, _ body: @escaping @Sendable (Answer) -> Void
    ) {
        waitingCount += 1
        start { answer in
            if !self.isRunning { self.isInOneTurn = false }
            body(answer)
            self.waitingCount -= 1
            if !self.isRunning, !self.isWaiting { self.run() }
        }
    }

    private func takeOutcome() -> CommandOutcome {
        defer { nextOutcome += 1 }
        return outcome.outcomes[nextOutcome]
    }

    private func render(_ item: ReplyItem) {
        switch item {
        case .local(let bytes), .channelRefusal(let bytes): output.append(bytes)
        case .written(let subject, let tag): renderWritten(subject, takeOutcome(), tag: tag, isRow: false)
        case .channelRow(let subject): renderWritten(subject, takeOutcome(), tag: nil, isRow: true)
        case .channelEnd(let tag):
            output.channelEnd(channelCounts, tag: tag)
            channelCounts = ChannelCounts()
        case .note(let tag):
            switch takeOutcome() {
            case .note(let customer, let sequence):
                output.beginOK(tag: tag)
                output.key("customer")
                output.customerNumber(customer)
                output.key("seq")
                output.number(sequence)
                output.endReply()
            case .refused(let refusal): output.error(refusal, tag: tag)
            default: preconditionFailure("a note is answered by a note")
            }
        case .assertion(let tag):
            switch takeOutcome() {
            case .asserted(let verdict, _, let customer, let sequence):
                output.asserted(verdict, customer: customer, sequence: sequence, tag: tag)
            case .refused(let refusal): output.error(refusal, tag: tag)
            default: preconditionFailure("an assertion is answered by one")
            }
        case .decision(let command, let tag): renderDecision(command, takeOutcome(), tag: tag)
        case .message(let tag): output.reply(toMessage: takeOutcome(), tag: tag)
        case .ledger(let tag): renderLedger(takeOutcome(), tag: tag)
        case .labels(let tag): output.reply(toLabels: takeOutcome(), tag: tag)
        case .rule(let tag): output.reply(toRule: takeOutcome(), tag: tag)
        case .silent: _ = takeOutcome()
        case .query(let tag): renderQuery(takeOutcome(), tag: tag)
        }
    }

    // MARK: Writes

    /// Renders the plain replies of writes that stand in a row, nearly all there are, and returns how many. The output is lent
    /// once for all of them: each access to a member of the renderer is checked while the program runs.
    private static func renderWrites(
        _ items: Span<ReplyItem>, _ outcomes: Span<CommandOutcome>, _ bytes: Span<UInt8>,
        _ shortName: inout ByteWriter, into output: inout ByteWriter
    ) -> Int {
        var count = 0
        while count < items.count, count < outcomes.count, case .written(let subject, let tag) = items[count],
            case .written(let verdict, _, let customer, _, let sequence, let isStoreNamed) = outcomes[count]
        {
            output.beginOK(tag: tag)
            output.name(of: subject, in: bytes, isStoreNamed: isStoreNamed, &shortName)
            output.written(verdict, customer: customer, sequence: sequence)
            output.endReply()
            count += 1
        }
        return count
    }

    private func renderWritten(_ subject: Subject, _ outcome: CommandOutcome, tag: [UInt8]?, isRow: Bool) {
        switch outcome {
        case .conflict(let conflict, _): renderConflict(conflict, tag: tag, isRow: isRow)
        case .written(let verdict, _, let customer, _, let sequence, let isStoreNamed):
            if isRow { output.beginRow() } else { output.beginOK(tag: tag) }
            let bytes = built.batch.bytes
            output.name(of: subject, in: bytes.span, isStoreNamed: isStoreNamed, &shortName)
            output.written(verdict, customer: customer, sequence: sequence)
            output.endReply()
            if isRow { countRow(subject) }
        case .fact(let outcome): renderFact(subject, outcome, tag: tag, isRow: isRow)
        case .refused(let refusal): refuse(refusal, tag: tag, isRow: isRow)
        default: preconditionFailure("a write is answered by a write")
        }
    }

    func countRow(_ subject: Subject) { channelCounts.add(subject) }

    func refuse(_ refusal: Refusal, tag: [UInt8]?, isRow: Bool) {
        if isRow { output.refusedRow(refusal) } else { output.error(refusal, tag: tag) }
    }

    /// A conflict names the members that differ, which the shard has compared by now.
    private func renderConflict(_ conflict: Conflict, tag: [UInt8]?, isRow: Bool) {
        guard let profile = conflict.profile else { return refuse(conflict.refusal, tag: tag, isRow: isRow) }
        wait { done in
            engine.ask(shardOf: profile, from: lane, { _ in conflict.refusal }, done)
        } _: { (refusal: Refusal) in
            self.refuse(refusal, tag: tag, isRow: isRow)
        }
    }

    // MARK: Questions

    private func renderQuery(_ outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .dossier(let dossier): renderDossier(dossier, tag: tag)
        case .customers(let customers, let total, let offset):
            for customer in customers { shownProfiles += customer.profiles }
            wait { done in
                engine.parts(of: customers, from: lane, done)
            } _: { (parts: [[DossierPart]]) in
                for (customer, parts) in zip(customers, parts) {
                    self.output.append("ROW ")
                    DossierWriter.customer(customer.number, parts, into: &self.output)
                    self.output.append(UInt8(ascii: "\n"))
                }
                self.output.beginOK(tag: tag)
                self.output.range(total: total, offset: offset, count: customers.count)
                self.output.endReply()
            }
        case .orders(let customer, let listing):
            shownProfiles += customer.profiles
            wait { done in
                engine.parts(of: [customer], from: lane, done)
            } _: { (parts: [[DossierPart]]) in
                self.renderOrders(customer, parts[0], listing, tag: tag)
            }
        case .order(let profile, let row):
            shownProfiles.append(profile)
            wait { done in
                engine.ask(shardOf: profile, from: lane, { $0.orderJSON(row: row) }, done)
            } _: {
                (json: [UInt8]) in
                self.output.ok(json.span, tag: tag)
            }
        case .life(let profile, let row):
            shownProfiles.append(profile)
            wait { done in
                engine.ask(shardOf: profile, from: lane, { $0.lifeJSON(order: row) }, done)
            } _: {
                (json: [UInt8]) in
                self.output.ok(json.span, tag: tag)
            }
        case .ledger: renderLedger(outcome, tag: tag)
        case .refused(let refusal): output.error(refusal, tag: tag)
        case .written, .note, .asserted, .identity, .fact, .message, .labels, .rule:
            preconditionFailure("a question is answered by an answer")
        default: renderIdentity(outcome, tag: tag)
        }
    }
}

extension ReplyRenderer {
    private func renderOrders(
        _ customer: CustomerMembers, _ parts: [DossierPart], _ listing: OrderListing, tag: [UInt8]?
    ) {
        let (page, total) = DossierWriter.orders(of: parts, listing)
        for order in page {
            output.append("ROW ")
            output.append(order)
            output.append(UInt8(ascii: "\n"))
        }
        output.beginOK(tag: tag)
        output.key("customer")
        output.customerNumber(customer.number)
        output.range(total: total, offset: listing.offset, count: page.count)
        output.endReply()
    }
}

extension ByteWriter {
    /// The member that names what a write was about, if it has a name.
    fileprivate mutating func name(
        of subject: Subject, in bytes: Span<UInt8>, isStoreNamed: Bool, _ shortName: inout ByteWriter
    ) {
        switch subject {
        case .order(let name, let store):
            key("order")
            let (name, store) = (name.range, store.range)
            guard !store.isEmpty, !isStoreNamed else { return string(bytes.extracting(name)) }
            shortName.removeAll()
            shortName.append(bytes.extracting(name.lowerBound..<store.lowerBound))
            shortName.append(bytes.extracting(store.upperBound..<name.upperBound))
            string(contentsOf: shortName)
        case .profile, .fact: break
        case .document(let document):
            let record = PackedRecord(bytes.extracting(document.record.range), DocumentShape.members)
            key("document")
            string(record[DocumentShape.number])
        }
    }

    fileprivate mutating func asserted(_ verdict: Verdict, customer: UInt32, sequence: UInt64, tag: [UInt8]?) {
        beginOK(tag: tag)
        key("customer")
        customerNumber(customer)
        key("duplicate")
        bool(verdict == .duplicate)
        if verdict == .stale {
            key("stale")
            bool(true)
        }
        key("seq")
        number(sequence)
        endReply()
    }

    /// Total and range of a list: `from` and `to` count from 1, both 0 when the page is empty.
    mutating func range(total: Int, offset: Int, count: Int) {
        key("total")
        number(total)
        key("from")
        number(count == 0 ? 0 : offset + 1)
        key("to")
        number(count == 0 ? 0 : offset + count)
    }
}
