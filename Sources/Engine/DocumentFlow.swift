import Bytes
import Commerce

/// What is asked about one document.
package enum DocumentRequest: Sendable {
    /// - Parameter overrides: JSON, or nil.
    case create(order: [UInt8], overrides: [UInt8]?)
    case edit(DocumentSelector, overrides: [UInt8]?)
    case credit(DocumentSelector, CreditRequest, allowsMore: Bool)
    case post(DocumentSelector)
    case show(DocumentSelector)
    case ubl(DocumentSelector)
}

/// The answer: a JSON object, or for an e-invoice its bytes beside it.
package struct DocumentReply: Sendable {
    package let object: [UInt8]
    package var ubl: [UInt8]?
}

/// One document command on its way. The ledger decides in the directory, what a document says lies on a shard: so it
/// goes from one to the other, and the last step is refused by the directory if what was read has changed since. Then
/// it begins anew. Confined to `lane`.
final class DocumentFlow: @unchecked Sendable {
    private let engine: Engine
    private let request: DocumentRequest
    private let shop: String
    private let actor: String
    private let lane: any EngineLane
    private let completion: @Sendable (Result<DocumentReply, Refusal>, _ releaseSequence: UInt64) -> Void
    private var releaseSequence: UInt64 = 0
    private var attempts = 0

    init(
        _ request: DocumentRequest, _ engine: Engine, shop: String, actor: String, lane: any EngineLane,
        completion: @escaping @Sendable (Result<DocumentReply, Refusal>, _ releaseSequence: UInt64) -> Void
    ) {
        self.request = request
        self.engine = engine
        self.shop = shop
        self.actor = actor
        self.lane = lane
        self.completion = completion
    }

    func run() {
        attempts += 1
        // Each time somebody else has come between, and got on: it is their turn that ends this.
        guard attempts <= 16 else { return fail(Refusal(.busy, "the document is being changed; ask again")) }
        switch request {
        case .create(let order, _):
            attempt { () throws(Refusal) in askForOrder(try OrderName(order.span)) }
        case .edit(let selector, _), .credit(let selector, _, _), .post(let selector), .show(let selector),
            .ubl(let selector):
            ask(.query(.ledger(.document(selector)))) { self.take($0) }
        }
    }

    // MARK: Steps

    private func take(_ answer: LedgerAnswer) {
        guard case .document(let ticket) = answer else { preconditionFailure("a document is answered by its ticket") }
        if case .post = request, ticket.standing == .posted { return answerPosted(ticket) }
        if case .edit(_, let overrides) = request {
            return attempt { () throws(Refusal) in try self.edit(ticket, overrides) }
        }
        engine.ask(shardOf: ticket.profile, from: lane, { $0.content(row: ticket.row) }) { content in
            self.attempt { () throws(Refusal) in try self.go(on: ticket, content) }
        }
    }

    private func go(on ticket: DocumentTicket, _ content: DocumentContent) throws(Refusal) {
        switch request {
        case .show: try show(ticket, content)
        case .ubl:
            let ubl = try DocumentPosting.ubl(content, ticket)
            var object = ByteWriter(capacity: 256)
            object.openObject()
            object.key("number")
            object.string(ticket.number)
            object.key("profile")
            object.string("\(ticket.einvoice)")
            object.closeObject()
            finish(DocumentReply(object: object.copyBytes(), ubl: ubl))
        case .post: submit(.post(try DocumentPosting.request(content, ticket)))
        case .credit(_, let credit, let allowsMore): try self.credit(credit, ticket, content, allowsMore)
        case .create, .edit: preconditionFailure("made from an order")
        }
    }

    private func credit(
        _ credit: CreditRequest, _ ticket: DocumentTicket, _ content: DocumentContent, _ allowsMore: Bool
    ) throws(Refusal) {
        guard ticket.kind == .invoice, ticket.standing == .posted else {
            throw Refusal(.refused, "document: only a posted invoice can be credited")
        }
        var draft = DraftRequest()
        draft.kind = .creditNote
        draft.order = ticket.order
        draft.orderName = ticket.orderName
        draft.invoice = ticket.document
        draft.content = try credit.content(for: content, number: ticket.number, postedAt: ticket.postedAt)
        draft.total = try draft.content.total()
        draft.reason = credit.reason
        draft.note = credit.note
        draft.returnId = credit.returnId
        draft.creditedLines = credit.creditedLines(of: draft.content)
        draft.invoicedLines = content.quantities
        draft.allowsMore = allowsMore
        submit(.draft(draft))
    }

    private func edit(_ ticket: DocumentTicket, _ overrides: [UInt8]?) throws(Refusal) {
        guard ticket.kind == .invoice else {
            throw Refusal(.refused, "document: a credit note is discarded and made anew")
        }
        askForOrder(try OrderName([UInt8](ticket.orderName.utf8).span)) { order, source throws(Refusal) in
            try self.redraft(ticket, order, source, overrides)
        }
    }

    private func askForOrder(
        _ name: OrderName,
        _ body: (@Sendable (OrderTicket, (order: [UInt8], party: [UInt8])) throws(Refusal) -> Void)? = nil
    ) {
        ask(.query(.ledger(.order(name)))) { answer in
            guard case .order(let ticket) = answer else { preconditionFailure("an order is answered by its ticket") }
            self.engine.ask(shardOf: ticket.profile, from: self.lane, { $0.orderSource(row: ticket.row) }) { source in
                self.attempt { () throws(Refusal) in
                    if let body { try body(ticket, source) } else { try self.draft(ticket, source) }
                }
            }
        }
    }

    private func draft(_ ticket: OrderTicket, _ source: (order: [UInt8], party: [UInt8])) throws(Refusal) {
        guard case .create(let order, let overrides) = request else { preconditionFailure("only for a new document") }
        var draft = DraftRequest()
        draft.order = ticket.order
        draft.orderSequence = ticket.sequence
        draft.orderName = String(decoding: order, as: UTF8.self)
        draft.content = try InvoiceDrafting.content(
            order: source.order, party: source.party, for: ticket, overrides: overrides)
        draft.total = try draft.content.total()
        submit(.draft(draft))
    }

    private func redraft(
        _ ticket: DocumentTicket, _ order: OrderTicket, _ source: (order: [UInt8], party: [UInt8]),
        _ overrides: [UInt8]?
    ) throws(Refusal) {
        let content = try InvoiceDrafting.content(
            order: source.order, party: source.party, for: order, overrides: overrides)
        submit(
            .redraft(
                document: ticket.document, version: ticket.version, content: content, total: try content.total()))
    }

    // MARK: Answers

    private func show(_ ticket: DocumentTicket, _ content: DocumentContent) throws(Refusal) {
        var object = ByteWriter(capacity: 2_048)
        object.openObject()
        object.append(ticket.json)
        try object.members(of: content)
        object.closeObject()
        finish(DocumentReply(object: object.copyBytes()))
    }

    /// Posting again answers what the first time brought.
    private func answerPosted(_ ticket: DocumentTicket) {
        var object = ByteWriter(capacity: 512)
        object.openObject()
        object.append(ticket.json)
        object.key("duplicate")
        object.bool(true)
        object.key("seq")
        object.number(ticket.version)
        object.closeObject()
        finish(DocumentReply(object: object.copyBytes()))
    }

    private func submit(_ command: LedgerCommand) {
        ask(.ledger(command, actor: actor)) { answer in
            switch answer {
            case .reply(let object): self.finish(DocumentReply(object: object))
            case .outdated: self.run()
            case .order, .document, .archive, .listing: preconditionFailure("a command is answered by a reply")
            }
        }
    }

    /// Has the directory answer; a refusal ends the flow.
    private func ask(_ command: PreparedCommand, _ body: @escaping @Sendable (LedgerAnswer) -> Void) {
        let batch = CommandBatch(shop: shop, actor: actor, bytes: [], commands: [command])
        engine.submit(batch, from: lane) { outcome in
            self.releaseSequence = max(self.releaseSequence, outcome.releaseSequence)
            switch outcome.outcomes[0] {
            case .ledger(let answer): body(answer)
            case .refused(let refusal): self.fail(refusal)
            default: preconditionFailure("the ledger is answered by the ledger")
            }
        }
    }

    private func attempt(_ body: () throws(Refusal) -> Void) {
        do throws(Refusal) { try body() } catch { fail(error) }
    }

    private func finish(_ reply: DocumentReply) { completion(.success(reply), releaseSequence) }
    private func fail(_ refusal: Refusal) { completion(.failure(refusal), releaseSequence) }
}

extension Engine {
    /// Makes, shows or posts a document. `completion` runs on `lane`, with the event that must be durable before the
    /// answer leaves.
    package func perform(
        _ request: DocumentRequest, shop: String, actor: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<DocumentReply, Refusal>, _ releaseSequence: UInt64) -> Void
    ) {
        DocumentFlow(request, self, shop: shop, actor: actor, lane: lane, completion: completion).run()
    }
}
