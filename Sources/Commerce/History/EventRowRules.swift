import Bytes

// Rows of the feed about rules, and about what they did.
extension ByteWriter {
    mutating func automation(_ event: AutomationEvent) {
        switch event {
        case .rulePut(let name, let json, let actor):
            member("rule", name)
            key("definition")
            rawJSON([UInt8](json.utf8).span)
            member("actor", actor)
        case .ruleSwitched(let name, let isOn, let actor):
            member("rule", name)
            key("isOn")
            bool(isOn)
            member("actor", actor)
        case .ruleMoved(let name, let before, let actor):
            member("rule", name)
            member("before", before.isEmpty ? nil : before)
            member("actor", actor)
        case .ruleRemoved(let name, let actor):
            member("rule", name)
            member("actor", actor)
        case .ruleTested(let name, let version, let actor):
            member("rule", name)
            key("version")
            number(version)
            member("actor", actor)
        case .automationConfigured(let days, let actor):
            key("days")
            number(days)
            member("actor", actor)
        case .changesHandled(let changes): handled(changes)
        }
    }

    /// Changes by the event that brought each, and what every rule made of it.
    private mutating func handled(_ changes: [HandledChange]) {
        key("changes")
        openArray()
        for change in changes {
            openObject()
            key("of")
            number(change.sequence)
            member("subject", change.subject)
            key("outcomes")
            openArray()
            for outcome in change.outcomes { self.outcome(outcome) }
            closeArray()
            closeObject()
        }
        closeArray()
    }

    private mutating func outcome(_ outcome: RuleOutcome) {
        openObject()
        member("rule", outcome.rule)
        key("version")
        number(outcome.version)
        member("action", outcome.action)
        key("hasActed")
        bool(outcome.hasActed)
        member("text", outcome.text.isEmpty ? nil : outcome.text)
        closeObject()
    }
}
