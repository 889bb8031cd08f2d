import Bytes
import Commerce

// Documents with numbers, and money, in the directory: one event a command, and the reply that shows what it led to.
extension Directory {
    func ledger(
        _ command: LedgerCommand, actor: String, in shopName: String, _ now: Timestamp
    ) throws(Refusal) -> CommandOutcome {
        let shop = command.opensShop ? try writableShop(shopName, now) : try knownShop(shopName)
        if case .archive(.send(let request)) = command {
            return .ledger(.reply(try send(request, actor: actor, shop: shop, now)))
        }
        if case .service(let command) = command {
            return .ledger(.reply(try service(command, actor: actor, shop: shop, now)))
        }
        let decision = try state.decide(command, shop: shop, actor: actor, at: now, into: &events)
        if decision == .written { evolveLast() }
        return .ledger(try state.answer(command, decision, shop: shop, at: now))
    }
}

extension LedgerCommand {
    /// Whether a shop may begin with it. The others are about something that must be there.
    fileprivate var opensShop: Bool {
        switch self {
        case .describeSeller, .archive(.retain): true
        case .service(let command): command.opensShop
        default: false
        }
    }
}
