import Bytes
import Commerce

// Facts about orders on their way through the directory.
extension Directory {
    /// Takes a fact; one about an order that is not known waits for it.
    func fact(
        _ fact: PreparedFact, _ bytes: Span<UInt8>, shop: UInt16, _ now: Timestamp
    ) throws(Refusal) -> CommandOutcome {
        let decision = try state.decide(fact, in: bytes, shop: shop, at: now, into: &events)
        if decision.verdict.isChange { evolveLast() }
        let profile = decision.order.map { state.orders[Int($0)].profile }
        if decision.verdict == .conflict {
            let sent = Conflict.Sent.fact(bytes.extracting(fact.record.range).array)
            return conflict(
                Conflict(
                    sent, profile: profile, row: state.row(ofFact: decision.fact), differences: decision.differences),
                sequence: state.sequence(ofFact: decision.fact))
        }
        return .fact(
            FactOutcome(
                verdict: decision.verdict, profile: profile, customer: profile.map { state.customerNumber(of: $0) },
                row: state.row(ofFact: decision.fact), sequence: state.sequence(ofFact: decision.fact)))
    }

    /// Gives an order that has come what waited for it, before anything else is decided.
    func attachFacts(to order: UInt32, _ now: Timestamp) {
        while state.attachNextFact(to: order, at: now, into: &events) { evolveLast() }
    }

    /// A crash may have come between an order and the facts that waited for it: they are given to it at the start.
    func attachLeftFacts() {
        let orders = state.ordersWithHeldFacts()
        guard !orders.isEmpty, isWritable else { return }
        let first = state.sequence + 1
        let now = clock.now()
        for order in orders { attachFacts(to: order, now) }
        handOver(firstSequence: first)
    }
}
