import Commerce

// Tags and blocks in the directory: each change is an event of its own.
extension Directory {
    func label(
        _ command: LabelCommand, shop: UInt16, actor: String, _ now: Timestamp
    ) throws(Refusal) -> CommandOutcome {
        let profile = try profile(command.selector, shop)
        let decided = try state.decide(command, profile: profile, shop: shop, actor: actor)
        for event in decided {
            events.label(event, shop: shop, now: now)
            evolveLast()
        }
        return .labels(
            state.labels.labels(of: state.members(of: profile)), profile: profile,
            customer: state.customerNumber(of: profile), sequence: state.lastSequence(ofCustomerOf: profile),
            isDuplicate: decided.isEmpty)
    }
}
