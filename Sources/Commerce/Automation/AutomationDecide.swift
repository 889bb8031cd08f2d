import Bytes

// Decide: which rules there may be, in which order, and which of them are on. Pure.

/// A command about rules.
package enum RuleCommand: Sendable {
    case put(name: String, RuleDefinition)
    case list
    case show(name: String, version: Int?)
    case move(name: String, before: String?)
    case turn(name: String, isOn: Bool, isForced: Bool)
    case remove(name: String)
    /// Notes that this version was tried on what is known already.
    case tested(name: String, version: Int)
    case log(name: String?, limit: Int)
    /// Has the shop tell of such events by itself, or no longer; what is nil stays, all nil only asks.
    case automate(MessageEvent?, isOn: Bool?, days: Int?)

    package var isQuestion: Bool {
        switch self {
        case .list, .show, .log: true
        case .automate(let event, _, let days): event == nil && days == nil
        default: false
        }
    }

    /// Whether it may be the first that a shop hears of.
    package var opensShop: Bool {
        switch self {
        case .put: true
        case .automate: !isQuestion
        default: false
        }
    }
}

/// How a rule of `SHOP.AUTOMATE` is called and what it says.
package enum AutomaticMessage {
    package static func name(of event: MessageEvent) -> String { "auto.\(event.word)" }

    /// Days after delivery at which a shop asks for a review unless its own rule says otherwise.
    private static let reviewDays = 7

    /// Nil for events that nothing brings about by itself.
    package static func json(of event: MessageEvent) -> String? {
        if event == .reviewRequest {
            return #"{"on":["order.delivered"],"do":[{"message":"review.request","days":\#(reviewDays)}]}"#
        }
        let changes = ChangeKind.allCases.filter { $0.message == event }
        guard !changes.isEmpty else { return nil }
        // Sent rather than only told of, so that the document says so too.
        if event == .documentIssued {
            return #"{"on":["document.posted"],"do":[{"send":"document","message":"document.issued"}]}"#
        }
        let words = changes.map { "\"\($0.word)\"" }.joined(separator: ",")
        return #"{"on":[\#(words)],"do":[{"message":"\#(event.word)"}]}"#
    }

    package static let words = MessageEvent.allCases.filter { json(of: $0) != nil }.map(\.word)
}

extension AutomationState {
    private static let mostRules = 200

    /// Nothing to do (nil) if the newest version says the same.
    package func decidePut(
        _ name: String, _ definition: RuleDefinition, _ outbox: borrowing OutboxState, _ context: OutboxContext
    ) throws(Refusal) -> AutomationEvent? {
        for action in definition.actions {
            guard let event = action.message, !outbox.hasTemplate(for: event, shop: context.shop) else { continue }
            throw Refusal(.refused, "template: none for \(event.word); TEMPLATE.PUT stores one")
        }
        let shop = rules(of: context.shop)
        if let place = shop.place(of: name) {
            let rule = shop.rules[place]
            if !rule.isRemoved, rule.definition == definition { return nil }
            guard rule.version < UInt16.max else { throw Refusal(.refused, "rule: 65535 versions are the most") }
        } else if shop.rules.count >= Self.mostRules {
            throw Refusal(.refused, "rule: \(Self.mostRules) rules are the most")
        }
        return .rulePut(name: name, json: definition.json, actor: context.actor)
    }

    package func decideTurn(
        _ name: String, isOn: Bool, isForced: Bool, _ context: OutboxContext
    ) throws(Refusal) -> AutomationEvent? {
        let rule = try rule(name, shop: context.shop)
        guard rule.isOn != isOn else { return nil }
        if isOn, rule.testedVersion != rule.version, !isForced {
            throw Refusal(
                .refused,
                "test: version \(rule.version) of \(name) was not tried yet; RULE.TEST \(name), or force=yes")
        }
        return .ruleSwitched(name: name, isOn: isOn, actor: context.actor)
    }

    package func decideMove(
        _ name: String, before: String?, _ context: OutboxContext
    ) throws(Refusal) -> AutomationEvent? {
        _ = try rule(name, shop: context.shop)
        if let before { _ = try rule(before, shop: context.shop) }
        let names = rules(of: context.shop).rules.filter { !$0.isRemoved }.map(\.name)
        var moved = names.filter { $0 != name }
        guard before != name else { return nil }
        moved.insert(name, at: before.flatMap { moved.firstIndex(of: $0) } ?? moved.count)
        return moved == names ? nil : .ruleMoved(name: name, before: before ?? "", actor: context.actor)
    }

    package func decideRemoval(_ name: String, _ context: OutboxContext) throws(Refusal) -> AutomationEvent {
        _ = try rule(name, shop: context.shop)
        return .ruleRemoved(name: name, actor: context.actor)
    }

    package func decideTested(
        _ name: String, version: Int, _ context: OutboxContext
    ) throws(Refusal) -> AutomationEvent? {
        let rule = try rule(name, shop: context.shop)
        guard version == rule.version, rule.testedVersion != version else { return nil }
        return .ruleTested(name: name, version: version, actor: context.actor)
    }

    package func decideDays(_ days: Int, _ context: OutboxContext) throws(Refusal) -> AutomationEvent? {
        guard (1...3_650).contains(days) else { throw .invalid("days", "must be 1 to 3650") }
        return days == mostDays(of: context.shop) ? nil : .automationConfigured(days: days, actor: context.actor)
    }

    /// The living rule of this name.
    package func rule(_ name: String, shop: UInt16) throws(Refusal) -> Rule {
        let rules = rules(of: shop)
        guard let place = rules.place(of: name), !rules.rules[place].isRemoved else {
            throw Refusal(.notFound, "rule: none of the name \(name); RULE.LIST shows all")
        }
        return rules.rules[place]
    }

    /// The shop's living rules in the order in which they run.
    package func list(of shop: UInt16) -> [Rule] { rules(of: shop).rules.filter { !$0.isRemoved } }

    /// The newest lines of the log, the newest first.
    package func log(of shop: UInt16, rule name: String?, limit: Int) -> [RuleLogEntry] {
        let lines = rules(of: shop).log.reversed().lazy.prefix(ShopRules.longestLog)
        return Array(lines.filter { name == nil || $0.outcome.rule == name }.prefix(limit))
    }
}

extension OutboxState {
    /// Whether the shop has any template for such messages.
    package func hasTemplate(for event: MessageEvent, shop: UInt16) -> Bool {
        correspondence(of: shop).templates.contains { $0.key.event == event && $0.value.isLive }
    }
}
