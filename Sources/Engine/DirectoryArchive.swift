import Bytes
import Commerce

// Where the archive meets the outbox: documents that are sent, and the language that documents are in.
extension Directory {
    /// Queues one message that names documents, and notes on each that it was sent: both events stand in one group of the
    /// journal, so a crash leaves both or none.
    func send(_ request: SendRequest, actor: String, shop: UInt16, _ now: Timestamp) throws(Refusal) -> [UInt8] {
        try state.checkSendable(request.documents)
        let context = OutboxContext(shop: shop, actor: actor, now: now.milliseconds)
        guard case .queued(let view, let isDuplicate) = try queue(request.message, request.facts, context) else {
            preconditionFailure("a message is queued or refused")
        }
        if !isDuplicate, let number = view.number {
            state.decideSent(
                request.documents, label: request.label, message: number, shop: shop, actor: actor, at: now,
                into: &events)
            evolveLast()
        }
        var output = ByteWriter(capacity: 256)
        output.openObject()
        output.key("customer")
        output.customerNumber(view.customer)
        output.key("message")
        if let number = view.number { output.string(MessageNumber.text(number)) } else { output.null() }
        output.key("to")
        output.string(view.record.toAddress)
        output.key("language")
        output.string(view.record.language)
        output.key("duplicate")
        output.bool(isDuplicate)
        output.closeObject()
        return output.copyBytes()
    }

    /// An order's ticket with what was said of languages; any other answer as it is.
    func withLanguages(_ answer: LedgerAnswer, _ shop: UInt16) -> LedgerAnswer {
        guard case .order(var ticket) = answer else { return answer }
        ticket.chosenLanguage = outbox.wishes(of: state.members(of: ticket.profile)).language?.value
        ticket.shopLanguage = outbox.sender(of: shop)?.value.language
        return .order(ticket)
    }

    /// The language of documents for whom the facts are about.
    func documentLanguage(_ facts: MessageFacts, shopNamed name: String) -> LanguageTag? {
        guard let shop = state.shop(named: name) else { return nil }
        return outbox.documentLanguage(facts, members: state.members(of: facts.profile), shop: shop)
    }
}
