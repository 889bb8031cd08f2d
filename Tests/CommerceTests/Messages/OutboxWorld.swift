import Bytes
import Testing

@testable import Commerce

/// An outbox with the events that made it, as a journal keeps them.
final class OutboxWorld {
    struct Fact {
        let event: OutboxEvent
        let shop: UInt16
        let at: Int64
    }

    var outbox = OutboxState()
    var facts: [Fact] = []
    /// Milliseconds.
    var now: Int64 = 1_700_000_000_000

    func context(_ actor: String = "test") -> OutboxContext { OutboxContext(shop: 0, actor: actor, now: now) }

    /// Applies events the way they come back from a disk: written and read again.
    func apply(_ events: [OutboxEvent?]) throws {
        for event in events.compactMap({ $0 }) {
            var writer = EventWriter()
            writer.outbox(event, shop: 0, now: Timestamp(milliseconds: now))
            let head = try Event(writer.last)
            let read = try OutboxEvent(head, writer.last)
            #expect(read == event && head.kind.concernsOutbox)
            try outbox.validate(read, profiles: 100, orders: 100)
            outbox.evolve(read, shop: head.shop, at: head.recordedAt, sequence: UInt64(facts.count + 1))
            facts.append(Fact(event: read, shop: head.shop, at: head.recordedAt))
        }
    }

    func setUp() throws {
        let language = try #require(LanguageTag("nl"))
        try apply([try outbox.decideSender(address: "shop@theehuis.nl", name: "Thee", language: language, context())])
        for event in MessageEvent.allCases { try store(event, "nl") }
    }

    func store(_ event: MessageEvent, _ language: String, channel: String = "", subject: String? = nil) throws {
        let key = TemplateKey(event: event, language: try #require(LanguageTag(language)), channel: channel)
        let body = Placeholder.all(of: event).map { "{{\($0.name)|-}}" }.joined(separator: " ")
        try apply([
            try outbox.decideTemplate(
                key, subject: subject ?? "\(event.word) \(language)\(channel)", body: body, context())
        ])
    }

    static func request(_ event: MessageEvent, id: String? = nil) -> MessageRequest {
        var request = MessageRequest(event: event)
        for placeholder in Placeholder.all(of: event) where placeholder.isData {
            request.data[placeholder.name] = placeholder.sample
        }
        request.identifier = id
        return request
    }

    static func facts(
        profile: UInt32 = 0, order: UInt32 = 1, channel: String = "shopify", email: String = "anna@vanderlinden.nl",
        country: String = "", language: String = "", deliveredAt: Int64? = nil
    ) -> MessageFacts {
        var facts = MessageOrder()
        facts.channel = channel
        facts.store = "main"
        facts.number = "\(order)"
        facts.email = email
        facts.language = language
        facts.country = CountryCode(Array(country.utf8).span) ?? .unknown
        facts.deliveredAt = deliveredAt
        return MessageFacts(profile: profile, orderNumber: order, customerNumber: profile + 1, parts: [], order: facts)
    }

    func queue(_ request: MessageRequest, _ facts: MessageFacts, members: [UInt32]? = nil) throws -> UInt32 {
        switch try outbox.decideMessage(request, facts, members: members ?? [facts.profile], context()) {
        case .duplicate(let number): return number
        case .queue(let event):
            try apply([event])
            return UInt32(outbox.messageCount - 1)
        }
    }

    func take(_ worker: String, limit: Int = 10, lease: Int64 = 1_000) throws -> [UInt32] {
        let events = outbox.decideTake(
            limit: limit, leaseMilliseconds: lease, worker: worker, context(), membersOf: { [$0] })
        try apply(events)
        guard case .messagesLeased(let taken, _, _)? = events.last else { return [] }
        return taken
    }

    func state(_ message: UInt32) -> MessageState { outbox.messages[Int(message)].standing.state }
}

/// Everything that can be asked of an outbox, as text.
func description(of outbox: borrowing OutboxState) -> String {
    var output = ByteWriter()
    for profile in 0..<UInt32(100) { output.append(outbox.dossierMembers(profiles: [profile], customer: profile + 1)) }
    let (messages, total) = outbox.list(of: 0, state: nil, offset: 0, limit: .max)
    var text = "\(messages) \(total)" + output.span.text
    for (key, template) in outbox.templates(of: 0, offset: 0, limit: .max).page { text += "\(key) \(template)" }
    return text + "\(String(describing: outbox.sender(of: 0)))"
}
