import Bytes

// Events of rules. Behind the head that all events have (kind, time, shop) stands:
//
//   rulePut              name json actor
//   ruleSwitched         name on (1) actor
//   ruleMoved            name before (empty: behind all others) actor
//   ruleRemoved          name actor
//   ruleTested           name version (varint) actor
//   automationConfigured days (varint) actor
//   changesHandled       count (varint); each: sequence (varint) place (varint) subject, outcome count (varint); each outcome:
//                        rule version (varint) action has acted (1) text
//
// Texts are counted.

/// A fact about the rules of a shop.
package enum AutomationEvent: Sendable, Equatable {
    case rulePut(name: String, json: String, actor: String)
    case ruleSwitched(name: String, isOn: Bool, actor: String)
    case ruleMoved(name: String, before: String, actor: String)
    case ruleRemoved(name: String, actor: String)
    case ruleTested(name: String, version: Int, actor: String)
    case automationConfigured(days: Int, actor: String)
    case changesHandled([HandledChange])

    package var kind: EventKind {
        switch self {
        case .rulePut: .rulePut
        case .ruleSwitched: .ruleSwitched
        case .ruleMoved: .ruleMoved
        case .ruleRemoved: .ruleRemoved
        case .ruleTested: .ruleTested
        case .automationConfigured: .automationConfigured
        case .changesHandled: .changesHandled
        }
    }
}

extension EventKind {
    /// Whether it is about rules: neither directory nor shard nor outbox keeps anything of it.
    package var concernsRules: Bool { (EventKind.rulePut.rawValue...151).contains(rawValue) }
}

// MARK: - Writing

extension EventWriter {
    package mutating func automation(_ event: AutomationEvent, shop: UInt16, now: Timestamp) {
        begin(event.kind, now, shop: shop)
        switch event {
        case .rulePut(let name, let json, let actor): all(name, json, actor)
        case .ruleSwitched(let name, let isOn, let actor):
            text(name)
            byte(isOn ? 1 : 0)
            text(actor)
        case .ruleMoved(let name, let before, let actor): all(name, before, actor)
        case .ruleRemoved(let name, let actor): all(name, actor)
        case .ruleTested(let name, let version, let actor):
            text(name)
            varint(UInt64(version))
            text(actor)
        case .automationConfigured(let days, let actor):
            varint(UInt64(days))
            text(actor)
        case .changesHandled(let changes):
            varint(UInt64(changes.count))
            for change in changes { handled(change) }
        }
        end()
    }

    private mutating func handled(_ change: HandledChange) {
        varint(change.sequence)
        varint(UInt64(change.place))
        text(change.subject)
        varint(UInt64(change.outcomes.count))
        for outcome in change.outcomes {
            text(outcome.rule)
            varint(UInt64(outcome.version))
            text(outcome.action)
            byte(outcome.hasActed ? 1 : 0)
            text(outcome.text)
        }
    }

    private mutating func all(_ texts: String...) { for one in texts { text(one) } }
}

// MARK: - Reading

extension AutomationEvent {
    /// The event behind its head. Throws `.inconsistent` where bytes mean nothing.
    package init(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let read: AutomationEvent?
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes, at: event.record.range.lowerBound)
            read = try reader.automationEvent(event.kind)
            guard reader.isAtEnd else { throw ByteReaderError.truncated(offset: reader.position) }
        } catch {
            throw .malformed(error)
        }
        guard let read else { throw .inconsistent("an event of rules that means nothing") }
        self = read
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func automationEvent(_ kind: EventKind) throws(ByteReaderError) -> AutomationEvent? {
        switch kind {
        case .rulePut: return .rulePut(name: try string(), json: try string(), actor: try string())
        case .ruleSwitched: return .ruleSwitched(name: try string(), isOn: try byte() != 0, actor: try string())
        case .ruleMoved: return .ruleMoved(name: try string(), before: try string(), actor: try string())
        case .ruleRemoved: return .ruleRemoved(name: try string(), actor: try string())
        case .ruleTested:
            return .ruleTested(name: try string(), version: Int(try varint32()), actor: try string())
        case .automationConfigured: return .automationConfigured(days: Int(try varint32()), actor: try string())
        case .changesHandled:
            var changes: [HandledChange] = []
            for _ in 0..<(try varint()) { changes.append(try handledChange()) }
            return .changesHandled(changes)
        default: return nil
        }
    }

    @_lifetime(self: copy self)
    private mutating func handledChange() throws(ByteReaderError) -> HandledChange {
        let sequence = try varint()
        let place = try varint32()
        let subject = try string()
        var outcomes: [RuleOutcome] = []
        for _ in 0..<(try varint()) { outcomes.append(try ruleOutcome()) }
        return HandledChange(sequence: sequence, place: place, subject: subject, outcomes: outcomes)
    }

    @_lifetime(self: copy self)
    mutating func ruleOutcome() throws(ByteReaderError) -> RuleOutcome {
        let rule = try string()
        let version = Int(try varint32())
        let action = try string()
        let hasActed = try byte() != 0
        return RuleOutcome(rule: rule, version: version, action: action, hasActed: hasActed, text: try string())
    }
}
