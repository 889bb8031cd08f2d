import Bytes

/// The answer to a command about rules: rows, and the object that ends it.
package struct RuleReply: Sendable {
    package var rows: [[UInt8]] = []
    package var object: [UInt8] = []

    package init(object: [UInt8]) { self.object = object }

    /// - Parameter body: writes the members.
    package init(_ body: (inout ByteWriter) -> Void) { object = Self.object(body) }

    package mutating func row(_ body: (inout ByteWriter) -> Void) { rows.append(Self.object(body)) }

    private static func object(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var output = ByteWriter(capacity: 512)
        output.openObject()
        body(&output)
        output.closeObject()
        return output.copyBytes()
    }
}

extension ByteWriter {
    /// The members of a rule.
    /// - Parameter version: the one to show, from 1.
    package mutating func members(of rule: Rule, version: Int) {
        let shown = rule.versions[version - 1]
        key("rule")
        string(rule.name)
        key("on")
        bool(rule.isOn)
        key("version")
        number(version)
        key("versions")
        number(rule.version)
        key("tested")
        bool(rule.testedVersion == rule.version)
        key("definition")
        rawJSON(Array(shown.definition.json.utf8).span)
        key("acted")
        number(rule.acted)
        key("withheld")
        number(rule.withheld)
        spoken(Stated(value: true, actor: shown.actor, at: shown.at))
        guard let switched = rule.switched else { return }
        key("switched")
        openObject()
        key("on")
        bool(switched.value)
        spoken(switched)
        closeObject()
    }

    /// The members of a line of the log.
    package mutating func members(of entry: RuleLogEntry, customer: UInt32) {
        key("at")
        timestamp(Timestamp(milliseconds: entry.at))
        key("change")
        string(entry.kind.word)
        key("event")
        number(entry.sequence)
        key("customer")
        customerNumber(customer)
        if !entry.subject.isEmpty {
            key("subject")
            string(entry.subject)
        }
        members(of: entry.outcome)
    }

    package mutating func members(of outcome: RuleOutcome) {
        key("rule")
        string(outcome.rule)
        key("version")
        number(outcome.version)
        key("action")
        string(outcome.action)
        key("done")
        bool(outcome.hasActed)
        if outcome.hasActed { key("result") } else { key("reason") }
        string(outcome.text)
    }
}
