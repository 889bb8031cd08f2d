import Bytes
import Commerce
import Engine
import Wire

/// How the reply to one command of a batch is to be written.
enum ReplyItem: Sendable {
    /// The reply of `ORDER.PUT` and its like; the engine's next outcome fills it in.
    case written(Subject, tag: [UInt8]?)
    /// The same as a ROW of `CHANNEL.PUT`.
    case channelRow(Subject)
    /// Ends the rows of one `CHANNEL.PUT`.
    case channelEnd(tag: [UInt8]?)
    /// A ROW of `CHANNEL.PUT` about something that was refused before it reached the engine.
    case channelRefusal([UInt8])
    /// A question; the engine's next outcome says where the answer lies.
    case query(tag: [UInt8]?)
    case note(tag: [UInt8]?)
    case assertion(tag: [UInt8]?)
    /// A decision about who is who.
    case decision(IdentityCommand, tag: [UInt8]?)
    /// About templates, wishes or messages.
    case message(tag: [UInt8]?)
    /// A command of the ledger.
    case ledger(tag: [UInt8]?)
    /// About tags or blocks.
    case labels(tag: [UInt8]?)
    /// About rules.
    case rule(tag: [UInt8]?)
    /// What went along with an order or customer: nothing is said about it.
    case silent
    /// A reply that is ready: the text of its lines.
    case local([UInt8])

    var tag: [UInt8]? {
        switch self {
        case .written(_, let tag), .channelEnd(let tag), .query(let tag), .note(let tag), .assertion(let tag),
            .decision(_, let tag), .message(let tag), .ledger(let tag), .labels(let tag),
            .rule(let tag):
            tag
        case .channelRow, .channelRefusal, .silent, .local: nil
        }
    }

    /// Whether the item ends the reply to a request; rows do not.
    var endsReply: Bool {
        switch self {
        case .channelRow, .channelRefusal, .silent: false
        default: true
        }
    }
}

/// What a write was about. Ranges lie in the batch's bytes.
enum Subject: Sendable {
    /// How replies name it, and where in that `/store` stands.
    case order(name: ByteRange, storeInName: ByteRange)
    case profile
    case document(PreparedDocument)
    case fact(PreparedFact)

    init(_ order: PreparedOrder) { self = .order(name: order.name, storeInName: order.storeInName) }
}

/// A batch on its way to the engine, with what its replies need.
struct BuiltBatch: Sendable {
    let batch: CommandBatch
    let items: [ReplyItem]
    let hasher: KeyHasher
    let hasQuestions: Bool
}

/// Collects the commands of one read: bytes, commands and reply items, in request order.
struct BatchBuilder: ~Copyable {
    private(set) var bytes = ByteWriter(capacity: 4_096)
    private(set) var commands: [PreparedCommand] = []
    private(set) var items: [ReplyItem] = []
    /// Whether something is asked; a write may not join it, since the answer must not show what comes later.
    private(set) var hasQuestions = false
    private var decoder = CommandDecoder()

    init() {}

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }

    mutating func build(shop: String, actor: String, session: ObjectIdentifier, hasher: KeyHasher) -> BuiltBatch {
        let batch = CommandBatch(
            shop: shop, actor: actor, bytes: bytes.copyBytes(), commands: commands, session: session)
        let built = BuiltBatch(batch: batch, items: items, hasher: hasher, hasQuestions: hasQuestions)
        discard()
        bytes.shrink(to: 256 << 10)
        return built
    }

    /// Forgets everything collected.
    mutating func discard() {
        bytes.removeAll()
        commands.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        hasQuestions = false
    }

    mutating func local(_ body: (inout ByteWriter) -> Void) {
        var reply = ByteWriter(capacity: 128)
        body(&reply)
        items.append(.local(reply.copyBytes()))
    }

    mutating func refuse(_ refusal: Refusal, tag: [UInt8]?) { local { $0.error(refusal, tag: tag) } }

    @inline(__always)
    mutating func order(_ json: Span<UInt8>, _ hasher: KeyHasher, tag: [UInt8]?) throws(Refusal) {
        let order = try decoder.order(json, hasher, into: &bytes)
        commands.append(.order(order))
        items.append(.written(Subject(order), tag: tag))
    }

    mutating func profile(_ json: Span<UInt8>, _ hasher: KeyHasher, tag: [UInt8]?) throws(Refusal) {
        commands.append(.profile(try decoder.profile(json, hasher, into: &bytes)))
        items.append(.written(.profile, tag: tag))
    }

    mutating func document(_ json: Span<UInt8>, _ hasher: KeyHasher, tag: [UInt8]?) throws(Refusal) {
        let document = try decoder.document(json, hasher, into: &bytes)
        commands.append(.document(document))
        items.append(.written(.document(document), tag: tag))
    }

    mutating func fact(
        _ kind: FactKind, of order: [UInt8], _ json: Span<UInt8>, tag: [UInt8]?
    ) throws(Refusal) {
        let fact = try decoder.fact(kind, of: order.span, json, into: &bytes)
        commands.append(.fact(fact))
        items.append(.written(.fact(fact), tag: tag))
    }

    mutating func note(customer: UInt32, text: [UInt8], actor: String, tag: [UInt8]?) {
        let start = bytes.count
        bytes.append(text)
        let note = PreparedNote(customerNumber: customer, text: ByteRange(start, bytes.count))
        commands.append(.note(note, actor: actor))
        items.append(.note(tag: tag))
    }

    mutating func decision(_ command: IdentityCommand, actor: String, tag: [UInt8]?) {
        commands.append(.identity(command, actor: actor))
        items.append(.decision(command, tag: tag))
    }

    mutating func assertion(_ assertion: CustomerAssertion, actor: String, tag: [UInt8]?) {
        commands.append(.assertion(assertion, actor: actor))
        items.append(.assertion(tag: tag))
    }

    mutating func message(_ command: MessageCommand, actor: String, tag: [UInt8]?) {
        commands.append(.message(command, actor: actor))
        hasQuestions = hasQuestions || command.isQuestion
        items.append(.message(tag: tag))
    }

    mutating func ledger(_ command: LedgerCommand, actor: String, tag: [UInt8]?) {
        commands.append(.ledger(command, actor: actor))
        items.append(.ledger(tag: tag))
    }

    mutating func label(_ command: LabelCommand, actor: String, tag: [UInt8]?) {
        commands.append(.label(command, actor: actor))
        items.append(.labels(tag: tag))
    }

    mutating func rule(_ command: RuleCommand, actor: String, tag: [UInt8]?) {
        commands.append(.rule(command, actor: actor))
        hasQuestions = hasQuestions || command.isQuestion
        items.append(.rule(tag: tag))
    }

    fileprivate mutating func silent(_ command: PreparedCommand) {
        commands.append(command)
        items.append(.silent)
    }

    mutating func query(_ query: CustomerQuery, tag: [UInt8]?) {
        commands.append(.query(query))
        hasQuestions = true
        items.append(.query(tag: tag))
    }

    /// The orders and customers of a platform's payload, one row each.
    mutating func channel(
        _ channel: String, store: String, _ payload: Span<UInt8>, _ hasher: KeyHasher, tag: [UInt8]?
    ) throws(ChannelError) {
        for item in try ChannelReader.read(channel: channel, store: store, payload: payload) { add(item, hasher) }
        items.append(.channelEnd(tag: tag))
    }

    private mutating func add(_ item: ChannelItem, _ hasher: KeyHasher) {
        do throws(Refusal) {
            switch item.kind {
            case .order:
                var order = try decoder.order(item.json.span, hasher, into: &bytes)
                order.placeWithinSecond(item.tieBreak)
                commands.append(.order(order))
                items.append(.channelRow(Subject(order)))
            case .customer:
                commands.append(.profile(try decoder.profile(item.json.span, hasher, into: &bytes)))
                items.append(.channelRow(.profile))
            case .fact(let kind, let order):
                let name = [UInt8](order.utf8)
                let fact = try decoder.fact(kind, of: name.span, item.json.span, into: &bytes)
                commands.append(.fact(fact))
                items.append(.channelRow(.fact(fact)))
            case .refused(let error): throw Refusal(.invalid, error.sentence)
            }
            if let consent = item.consent { try add(consent) }
        } catch {
            var row = ByteWriter(capacity: 256)
            row.refusedRow(error)
            items.append(.channelRefusal(row.copyBytes()))
        }
    }
}

extension BatchBuilder {
    /// The channel's word about consent goes behind the order or customer that it came with.
    fileprivate mutating func add(_ consent: ChannelConsent) throws(Refusal) {
        let name = try OrderName(Array(consent.subject.utf8).span)
        silent(
            .message(
                .consent(consent.isOrder ? .order(name) : .reference(name), consent), actor: consent.actor))
    }
}

/// What one `CHANNEL.PUT` brought.
struct ChannelCounts {
    private(set) var orders = 0
    private(set) var customers = 0
    private(set) var updates = 0

    mutating func add(_ subject: Subject) {
        switch subject {
        case .order: orders += 1
        case .profile, .document: customers += 1
        case .fact: updates += 1
        }
    }
}

extension ByteWriter {
    /// What closes the rows of `CHANNEL.PUT`: how many were taken in.
    mutating func channelEnd(_ counts: ChannelCounts, tag: [UInt8]?) {
        beginOK(tag: tag)
        key("orders")
        number(counts.orders)
        key("customers")
        number(counts.customers)
        key("updates")
        number(counts.updates)
        endReply()
    }

    /// A ROW about something that was not recorded.
    mutating func refusedRow(_ refusal: Refusal) {
        beginRow()
        key("error")
        string(refusal.code.text)
        key("text")
        string(refusal.text)
        endReply()
    }
}
