import Bytes
import Commerce

// Price terms, brochures and log-ins in the directory: one event a command at most, and the reply that shows what it led to.
extension Directory {
    func service(
        _ command: ServiceCommand, actor: String, shop: UInt16, _ now: Timestamp
    ) throws(Refusal) -> [UInt8] {
        let decision = try state.decide(
            command, shop: shop, actor: actor, at: now, isPostRefused: { isPostRefused($0) })
        if let event = decision.event {
            events.service(event, shop: shop, now: now)
            evolveLast()
        }
        return state.answer(decision, shop: shop, at: now)
    }

    /// Whether the customer that the profile belongs to wishes no post (T02).
    func isPostRefused(_ profile: UInt32) -> Bool {
        outbox.wishes(of: state.members(of: profile)).wishes[.post]?.value == false
    }
}
