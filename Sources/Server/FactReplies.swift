import Bytes
import Commerce
import Engine
import Wire

// Replies to what is told about orders: which fact of which order, whose, and whether it still waits for the order.
extension ReplyRenderer {
    func renderFact(_ subject: Subject, _ outcome: FactOutcome, tag: [UInt8]?, isRow: Bool) {
        guard case .fact(let fact) = subject else { preconditionFailure("a fact is answered by a fact") }
        if isRow { output.beginRow() } else { output.beginOK(tag: tag) }
        let bytes = built.batch.bytes
        output.fact(fact, outcome, bytes.span)
        output.endReply()
        if isRow { countRow(subject) }
    }
}

extension ByteWriter {
    /// The store `main` goes without saying, as in the replies of `ORDER.PUT`.
    private mutating func orderName(_ name: Span<UInt8>) {
        let text = name.text
        guard let main = text.firstRange(of: "/main:"), text[..<main.lowerBound].allSatisfy({ $0 != ":" }) else {
            return string(text)
        }
        string(text[..<main.lowerBound] + ":" + text[main.upperBound...])
    }

    fileprivate mutating func fact(_ fact: PreparedFact, _ outcome: FactOutcome, _ bytes: Span<UInt8>) {
        key("order")
        orderName(bytes.extracting(fact.orderName.range))
        key("fact")
        string("\(fact.kind.text):\(bytes.text(fact.id.range))")
        if let customer = outcome.customer {
            key("customer")
            customerNumber(customer)
        } else {
            key("waiting")
            bool(true)
        }
        key("duplicate")
        bool(outcome.verdict == .duplicate)
        if outcome.verdict == .stale {
            key("stale")
            bool(true)
        }
        if case .revised = outcome.verdict {
            key("revised")
            bool(true)
        }
        key("seq")
        number(outcome.sequence)
    }
}
