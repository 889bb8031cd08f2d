import Bytes
import Commerce

/// The commands about rules and automatic messages.
extension CommandTable {
    static let rules: [CommandDescription] = [
        CommandDescription(
            name: .rulePut, text: "RULE.PUT", arguments: "name= [actor=] {rule}",
            summary: "stores a version of a rule: on which changes, under which conditions, what to do",
            details:
                "Members: on, the changes it waits for; if, conditions that must all hold, each {field, op, value} or {any: [conditions]}; do, its actions in their order: message (review.request with days after delivery), tag, untag, setLanguage, note; label and unlabel for the document that came; send it, or all that the customer has under a label. A new version is off. Whatever cannot be is refused here, with its place.",
            options: ["name", "actor"], plainArguments: 1, takesJSON: true),
        CommandDescription(
            name: .ruleList, text: "RULE.LIST", arguments: "",
            summary: "this shop's rules in the order in which they run",
            details: "One ROW per rule, with how often it did something and how often it was kept from it.",
            options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .ruleShow, text: "RULE.SHOW", arguments: "name= [version=]",
            summary: "shows a rule, its newest version unless another is named",
            details: "Versions count from 1.", options: ["name", "version"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleMove, text: "RULE.MOVE", arguments: "name= [before=] [actor=]",
            summary: "puts a rule in front of another, or behind all others",
            details: "Rules run in their order, each once for a change; what one does sets off no other.",
            options: ["name", "before", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleTest, text: "RULE.TEST", arguments: "name= [since=] [limit=] [actor=]",
            summary: "tells what a rule would have done about what is known already; does none of it",
            details:
                "Looks at the shop's newest orders, 1000 unless limit says otherwise, at most 100000, and at what happened to them since; and at as many of its newest documents and vouchers. One ROW per sample, at most 10. The tested version may be switched on.",
            options: ["name", "since", "limit", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleOn, text: "RULE.ON", arguments: "name= [force=yes|no] [actor=]", summary: "switches a rule on",
            details: "REFUSED for a version that was not tested, unless force=yes. What came before is not looked at.",
            options: ["name", "force", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleOff, text: "RULE.OFF", arguments: "name= [actor=]", summary: "switches a rule off",
            details: "What it has done stays.", options: ["name", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleRemove, text: "RULE.REMOVE", arguments: "name= [actor=]", summary: "takes a rule away",
            details: "A later RULE.PUT of this name goes on counting its versions.", options: ["name", "actor"],
            plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .ruleLog, text: "RULE.LOG", arguments: "[name=] [limit=]",
            summary: "what rules did, and what kept them from it; the newest first",
            details: "One ROW per action. limit is 100 unless given, at most 1000; older lines are forgotten.",
            options: ["name", "limit"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .shopAutomate, text: "SHOP.AUTOMATE", arguments: "[event= on=yes|no] [days=] [actor=]",
            summary: "has messages of an event made by themselves, or no longer; without arguments shows which are",
            details:
                "A rule named auto.EVENT is put and switched on; a template must be there. days: nobody is written to about what happened longer before it was told, 7 unless set.",
            options: ["event", "on", "days", "actor"], plainArguments: 0, takesJSON: false),
    ]
}

extension CommandName {
    /// Whether it is about rules or automatic messages.
    package var isOfRules: Bool {
        switch self {
        case .rulePut, .ruleList, .ruleShow, .ruleMove, .ruleTest, .ruleOn, .ruleOff, .ruleRemove, .ruleLog,
            .shopAutomate:
            true
        default: false
        }
    }

    /// Whether it may change rules.
    var changesRules: Bool {
        switch self {
        case .rulePut, .ruleMove, .ruleTest, .ruleOn, .ruleOff, .ruleRemove, .shopAutomate: true
        default: false
        }
    }
}

/// What `RULE.TEST` asks for.
package struct RuleTestRequest: Sendable {
    package let name: String
    /// Milliseconds.
    package let since: Int64
    package let limit: Int
}

extension RequestReader {
    package static func rule(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> RuleCommand {
        switch name {
        case .rulePut:
            let rule = try ruleName(request, name)
            guard rule.utf8.allSatisfy(isOfName), !rule.hasPrefix("auto.") else {
                throw .invalid("name", "a-z, 0-9, '.', '_' and '-'; auto. is for SHOP.AUTOMATE")
            }
            return .put(name: rule, try RuleDefinition(try json(request)))
        case .ruleList: return .list
        case .ruleShow: return .show(name: try ruleName(request, name), version: try natural(request, "version"))
        case .ruleMove:
            return .move(name: try ruleName(request, name), before: try text(request, "before", bytes: 64))
        case .ruleOn:
            let isForced = try choice(request, "force", ["no", "yes"]) == 1
            return .turn(name: try ruleName(request, name), isOn: true, isForced: isForced)
        case .ruleOff: return .turn(name: try ruleName(request, name), isOn: false, isForced: false)
        case .ruleRemove: return .remove(name: try ruleName(request, name))
        case .ruleLog:
            let limit = try natural(request, "limit") ?? 100
            guard (1...1_000).contains(limit) else { throw .invalid("limit", "1 to 1000") }
            let isNamed = request.argument(named: "name") != nil || !request.plainArguments.isEmpty
            return .log(name: isNamed ? try ruleName(request, name) : nil, limit: limit)
        case .shopAutomate:
            let event = try text(request, "event", bytes: 64).map { word throws(Refusal) in try Self.event(word) }
            let isOn = try choice(request, "on", ["no", "yes"]).map { $0 == 1 }
            guard (event == nil) == (isOn == nil) else { throw wrongUse(name) }
            return .automate(event, isOn: isOn, days: try natural(request, "days"))
        default: preconditionFailure("\(name) is no command about rules")
        }
    }

    package static func ruleTest(_ request: RequestLine) throws(Refusal) -> RuleTestRequest {
        let limit = try natural(request, "limit") ?? 1_000
        guard (1...100_000).contains(limit) else { throw .invalid("limit", "1 to 100000") }
        var since = Int64.min
        if let text = request.argument(named: "since") {
            guard let moment = Timestamp(rfc3339: text.span) else {
                throw .invalid("since", "must be a moment in RFC 3339 such as 2026-03-01T10:22:31Z")
            }
            since = moment.milliseconds
        }
        return RuleTestRequest(name: try ruleName(request, .ruleTest), since: since, limit: limit)
    }

    /// The rule's name, as `name=` or as a plain word.
    private static func ruleName(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> String {
        if let named = try text(request, "name", bytes: 64) {
            guard request.plainArguments.isEmpty else { throw wrongUse(name) }
            return named
        }
        guard let plain = request.plainArguments.first, (1...64).contains(plain.count) else { throw wrongUse(name) }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
