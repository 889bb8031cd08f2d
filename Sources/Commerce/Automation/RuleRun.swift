import Bytes

/// All that an action of a rule can write. None of these makes a change (see `AutomationState.note`), and rules run on
/// changes only: so no rule sets off another one, and every change is gone through once.
package enum RuleEffect: Sendable {
    /// A message queued, or a language chosen, or a message that something forbids: it is written down and never queued.
    case outbox(OutboxEvent)
    case label(LabelEvent)
    case note(String)
    /// A label put on a document or taken off.
    case documentLabel(DocumentReference, String, isOn: Bool)
    /// A message queued that names documents, with the word that they were sent.
    case documentsSent(OutboxEvent, [DocumentReference], label: String)

    /// The events that this writes.
    package var kinds: [EventKind] {
        switch self {
        case .outbox(let event): [event.kind]
        case .label(let event): [event.kind]
        case .note: [.noteAdded]
        case .documentLabel: [.documentLabelled]
        case .documentsSent(let event, _, _): [event.kind, .documentsSent]
        }
    }
}

/// What one action comes to.
package struct RuleDecision: Sendable {
    package let outcome: RuleOutcome
    /// Nil where there is nothing to do, or something forbids it.
    package let effect: RuleEffect?
    /// It is so already: nothing is kept from being done, and nobody wants to read of it.
    package var isIdle = false
}

extension Rule {
    /// Whether the rule is meant by the change. Tags are those before any rule ran on it.
    package func holds(for facts: ChangeFacts) -> Bool { definition.holds(for: facts) }

    func decision(_ action: RuleAction, _ hasActed: Bool, _ text: String, _ effect: RuleEffect?)
        -> RuleDecision
    {
        RuleDecision(
            outcome: RuleOutcome(rule: name, version: version, action: action.word, hasActed: hasActed, text: text),
            effect: effect)
    }

    func idle(_ action: RuleAction) -> RuleDecision {
        var decision = decision(action, false, "so already", nil)
        decision.isIdle = true
        return decision
    }
}

extension DirectoryState {
    /// Decides one action of a rule. Pure: what it writes is in the answer.
    /// - Parameters:
    ///   - place: the action's place in its rule.
    ///   - silence: why nobody may be written to about this change; nil if people may.
    ///   - now: milliseconds.
    package func decide(
        _ place: Int, of rule: Rule, _ facts: ChangeFacts, outbox: borrowing OutboxState, silence: String?,
        at now: Int64
    ) -> RuleDecision {
        let action = rule.definition.actions[place]
        let profile = facts.change.profile
        let members = members(of: profile)
        let context = OutboxContext(shop: facts.change.shop, actor: rule.actor, now: now)
        if action.message != nil {
            if let silence { return rule.decision(action, false, silence, nil) }
            return message(place, of: rule, facts, outbox, members, context)
        }
        do throws(Refusal) {
            switch action {
            case .message, .send: preconditionFailure("decided above")
            case .label(let label, let isOn):
                guard let document = facts.document else {
                    preconditionFailure("a change that brings a document has one")
                }
                guard document.labels.contains(label) != isOn else { return rule.idle(action) }
                return rule.decision(
                    action, true, document.name, .documentLabel(document.reference, label, isOn: isOn))
            case .tag(let word), .untag(let word):
                guard let tag = CustomerTag(word) else { throw .invalidTag }
                let isTag = if case .tag = action { true } else { false }
                let event =
                    isTag
                    ? try labels.decideTag(
                        tag, profile: profile, members: members, shop: context.shop, actor: rule.actor,
                        cause: facts.subject)
                    : labels.decideUntag(tag, members: members, shop: context.shop, actor: rule.actor)
                return event.map { rule.decision(action, true, tag.text, .label($0)) } ?? rule.idle(action)
            case .setLanguage(let chosen): return language(chosen, action, rule, facts, outbox, members, context)
            case .note(let text): return rule.decision(action, true, "C\(customerNumber(of: profile))", .note(text))
            }
        } catch {
            return rule.decision(action, false, error.text, nil)
        }
    }

    /// A person's word about the language outranks every rule.
    private func language(
        _ chosen: LanguageTag?, _ action: RuleAction, _ rule: Rule, _ facts: ChangeFacts,
        _ outbox: borrowing OutboxState, _ members: [UInt32], _ context: OutboxContext
    ) -> RuleDecision {
        if let known = outbox.wishes(of: members).language, !known.actor.hasPrefix("rule:") {
            return rule.decision(action, false, "chosen already: \(known.value.text) (\(known.actor))", nil)
        }
        guard let language = chosen ?? facts.detail.order.flatMap({ LanguageTag(ofCountry: $0.country) }) else {
            return rule.decision(action, false, "no language is known of the country of delivery", nil)
        }
        let event = outbox.decideLanguage(
            .chosen(language), profile: facts.change.profile, members: members, context)
        return event.map { rule.decision(action, true, language.text, .outbox($0)) } ?? rule.idle(action)
    }
}

extension DirectoryState {
    /// Numbers of the shop's orders, those last come first, and whether there are more than so many.
    package func newestOrders(of shop: UInt16, limit: Int) -> (orders: [UInt32], isCut: Bool) {
        var found: [UInt32] = []
        for number in stride(from: orders.count - 1, through: 0, by: -1)
        where profiles[Int(orders[number].profile)].shop == shop {
            if found.count == limit { return (found, true) }
            found.append(UInt32(number))
        }
        return (found, false)
    }
}
