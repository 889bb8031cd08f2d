import Bytes

/// What a rule does when its conditions hold.
package enum RuleAction: Sendable, Equatable {
    /// Makes a message from the shop's template. `days`: so many days after delivery, not at once; zero for at once.
    case message(MessageEvent, days: Int)
    case tag(String)
    case untag(String)
    /// Sets the language in which the customer is written to; nil: the one spoken in the country of delivery.
    case setLanguage(LanguageTag?)
    case note(String)
    /// Puts a label on the document that the change brought, or takes it off.
    case label(String, isOn: Bool)
    /// Sends documents of the customer.
    case send(SentDocuments, MessageEvent)

    /// What it would write to the customer; nil for what nobody gets.
    package var message: MessageEvent? {
        switch self {
        case .message(let event, _), .send(_, let event): event
        default: nil
        }
    }

    package var word: String {
        switch self {
        case .message(let event, _): "message \(event.word)"
        case .tag(let tag): "tag \(tag)"
        case .untag(let tag): "untag \(tag)"
        case .setLanguage(let language): "setLanguage \(language?.text ?? "delivery.country")"
        case .note: "note"
        case .label(let label, let isOn): "\(isOn ? "label" : "unlabel") \(label)"
        case .send(.document, _): "send document"
        case .send(.label(let label), _): "send label \(label)"
        }
    }
}

/// Which documents a rule sends.
package enum SentDocuments: Sendable, Equatable {
    /// The one that the change brought.
    case document
    /// All that the customer has under the label.
    case label(String)
}

/// A rule as it was put: on which changes, under which conditions (all of them), what to do (in this order).
///
///     {"on":["order.placed"],"if":[{"field":"delivery.country","op":"is","value":["NL","BE"]}],"do":[{"tag":"benelux"}]}
package struct RuleDefinition: Sendable, Equatable {
    package let changes: [ChangeKind]
    package let conditions: [RuleCondition]
    package let actions: [RuleAction]
    /// The JSON that it was read from, as it was sent.
    package let json: String

    /// Whether all it does is write to people, about which it is silent when the change lies too far back.
    var onlyWrites: Bool {
        actions.allSatisfy { $0.message != nil }
    }

    func holds(for facts: ChangeFacts) -> Bool {
        changes.contains(facts.change.kind) && conditions.allSatisfy { $0.holds(for: facts) }
    }
}

// MARK: - Reading

extension RuleDefinition {
    private static let mostConditions = 32
    private static let mostActions = 16
    private static let mostLabelBytes = 64

    /// Reads a rule. Whatever can be wrong with it is refused here, with the place where it stands.
    package init(_ json: Span<UInt8>) throws(Refusal) {
        let object: JSONValue
        do throws(JSONError) { object = try JSONValue(parsing: json) } catch {
            throw Refusal(.syntax, "the JSON is broken at its byte \(error.offset)")
        }
        try Self.refuseOthers(in: object, ["on", "if", "do"], of: "a rule", at: "")
        changes = try Self.changes(object["on"])
        conditions = try Self.list(object["if"], "if", most: Self.mostConditions, isRequired: false) {
            value, place throws(Refusal) in try Self.condition(value, place, isNested: false)
        }
        actions = try Self.list(object["do"], "do", most: Self.mostActions, isRequired: true) {
            value, place throws(Refusal) in try Self.action(value, place)
        }
        self.json = json.text
        try checkFields()
        try checkActions()
    }

    private static func refuseOthers(
        in object: JSONValue, _ known: [String], of what: String, at place: String
    ) throws(Refusal) {
        guard let members = object.members else {
            throw .invalid(place.isEmpty ? "rule" : place, "must be an object")
        }
        guard let other = members.first(where: { !known.contains($0.name) }) else { return }
        let name = String(other.name.prefix(64))
        throw .invalid(
            place.isEmpty ? name : "\(place).\(name)", "is no member of \(what); \(known.joined(separator: ", "))")
    }

    private static func list<Element>(
        _ value: JSONValue?, _ name: String, most: Int, isRequired: Bool,
        _ read: (JSONValue, String) throws(Refusal) -> Element
    ) throws(Refusal) -> [Element] {
        guard let value else {
            if isRequired { throw .invalid(name, "is required, an array") }
            return []
        }
        guard let all = value.array, !all.isEmpty || !isRequired, all.count <= most else {
            throw .invalid(name, "must be an array of \(isRequired ? 1 : 0) to \(most)")
        }
        var elements: [Element] = []
        for (number, one) in all.enumerated() { elements.append(try read(one, "\(name)[\(number)]")) }
        return elements
    }

    private static func changes(_ value: JSONValue?) throws(Refusal) -> [ChangeKind] {
        try list(value, "on", most: ChangeKind.allCases.count, isRequired: true) { one, place throws(Refusal) in
            guard let kind = one.string.flatMap({ ChangeKind(word: $0) }) else {
                throw .invalid(place, "must be one of \(ChangeKind.words)")
            }
            return kind
        }
    }

    private static func condition(
        _ value: JSONValue, _ place: String, isNested: Bool
    ) throws(Refusal) -> RuleCondition {
        if !isNested, value["any"] != nil {
            try refuseOthers(in: value, ["any"], of: "a choice", at: place)
            return .any(
                try list(value["any"], "\(place).any", most: mostConditions, isRequired: true) {
                    one, place throws(Refusal) in try condition(one, place, isNested: true)
                })
        }
        try refuseOthers(in: value, ["field", "op", "value"], of: "a condition", at: place)
        guard let field = value["field"]?.string.flatMap({ RuleField(word: $0) }) else {
            throw .invalid("\(place).field", "must be one of \(RuleField.words)")
        }
        guard let comparison = value["op"]?.string.flatMap({ RuleOperator(rawValue: $0) }) else {
            throw .invalid("\(place).op", "must be one of \(RuleOperator.words)")
        }
        guard let wanted = value["value"] else { throw .invalid("\(place).value", "is required") }
        guard field.values == .number else { return try words(field, comparison, wanted, place) }
        guard let number = wanted.exactText.flatMap({ Decimal64(Array($0.utf8).span) }) else {
            throw .invalid("\(place).value", "must be a number: \(field.word) is one")
        }
        return .number(field, comparison, number)
    }

    private static func words(
        _ field: RuleField, _ comparison: RuleOperator, _ wanted: JSONValue, _ place: String
    ) throws(Refusal) -> RuleCondition {
        guard !comparison.isOrdering else {
            throw .invalid("\(place).op", "must be is or isNot: \(field.word) is no number")
        }
        let values = wanted.array ?? [wanted]
        guard (1...100).contains(values.count) else { throw .invalid("\(place).value", "must have 1 to 100 words") }
        var words: [String] = []
        for value in values {
            guard let word = value.string, !word.isEmpty, word.utf8.count <= 128 else {
                throw .invalid("\(place).value", "must be a word, or an array of words")
            }
            if field == .deliveryCountry || field == .billingCountry, CountryCode(Array(word.utf8).span) == nil {
                throw .invalid("\(place).value", "must be countries such as NL (ISO 3166)")
            }
            words.append(word.lowercased())
        }
        return .words(field, isNot: comparison == .isNot, words)
    }

    private static func action(_ value: JSONValue, _ place: String) throws(Refusal) -> RuleAction {
        guard let name = value.members?.first?.name, let said = value[name] else {
            throw .invalid(place, "must be an object such as {\"tag\":\"regular\"}")
        }
        switch name {
        case "message":
            try refuseOthers(in: value, ["message", "days"], of: "a message", at: place)
            guard let event = said.string.flatMap({ MessageEvent(word: $0) }) else {
                throw .invalid(
                    "\(place).message", "must be one of \(MessageEvent.allCases.map(\.word).joined(separator: ", "))")
            }
            guard let days = Int(value["days"]?.exactText ?? "0"), (0...90).contains(days) else {
                throw .invalid("\(place).days", "must be 0 to 90: so many days after delivery")
            }
            return .message(event, days: days)
        case "tag", "untag":
            try refuseOthers(in: value, [name], of: "an action", at: place)
            guard let tag = said.string.flatMap({ CustomerTag($0) }) else {
                throw .invalid("\(place).\(name)", "must be a tag of 1 to 64 bytes without a comma")
            }
            return name == "tag" ? .tag(tag.text) : .untag(tag.text)
        case "setLanguage":
            try refuseOthers(in: value, [name], of: "an action", at: place)
            if said.string == "delivery.country" { return .setLanguage(nil) }
            guard let language = said.string.flatMap({ LanguageTag($0) }) else {
                throw .invalid("\(place).setLanguage", "must be delivery.country or a BCP 47 tag such as nl")
            }
            return .setLanguage(language)
        case "note":
            try refuseOthers(in: value, [name], of: "an action", at: place)
            guard let text = said.string, (1...10_000).contains(text.utf8.count) else {
                throw .invalid("\(place).note", "must be a text of at most 10,000 bytes")
            }
            return .note(text)
        case "label", "unlabel":
            try refuseOthers(in: value, [name], of: "an action", at: place)
            return .label(try label(said, "\(place).\(name)"), isOn: name == "label")
        case "send": return try send(value, said, place)
        default:
            throw .invalid(
                "\(place).\(String(name.prefix(64)))",
                "is no action; message, tag, untag, setLanguage, note, label, unlabel, send")
        }
    }

    private static func send(
        _ value: JSONValue, _ said: JSONValue, _ place: String
    ) throws(Refusal) -> RuleAction {
        try refuseOthers(in: value, ["send", "message"], of: "a send", at: place)
        let event = value["message"].map { $0.string.flatMap { MessageEvent(word: $0) } } ?? .documentsSent
        guard let event, event == .documentsSent || event == .documentIssued else {
            throw .invalid("\(place).message", "must be documents.sent or document.issued")
        }
        if said.string == "document" { return .send(.document, event) }
        guard said.members != nil else {
            throw .invalid(
                "\(place).send", "must be document, or {\"label\":…} for all that the customer has under one")
        }
        try refuseOthers(in: said, ["label"], of: "a send", at: "\(place).send")
        guard let name = said["label"] else { throw .invalid("\(place).send.label", "is required") }
        return .send(.label(try label(name, "\(place).send.label")), event)
    }

    private static func label(_ value: JSONValue, _ place: String) throws(Refusal) -> String {
        guard let label = value.string, (1...mostLabelBytes).contains(label.utf8.count),
            !label.unicodeScalars.contains(where: \.isControl)
        else { throw .invalid(place, "must be a label of 1 to \(mostLabelBytes) bytes") }
        return label
    }

    // MARK: What fits together

    private func checkFields() throws(Refusal) {
        let fields = conditions.flatMap(\.fields)
        if let other = changes.first(where: { !$0.isAboutOrder }), let field = fields.first(where: \.needsOrder) {
            throw .invalid("if", "\(other.word) has no \(field.word); only changes of orders have")
        }
        guard let other = changes.first(where: { !$0.bringsDocument }), let field = fields.first(where: \.needsDocument)
        else { return }
        throw .invalid("if", "\(other.word) has no \(field.word); document.posted and document.attached have")
    }

    private func checkActions() throws(Refusal) {
        for (number, action) in actions.enumerated() {
            for change in changes {
                switch action {
                case .message(let event, let days):
                    if let problem = change.problem(telling: event) { throw .invalid("do[\(number)].message", problem) }
                    if days > 0, event != .reviewRequest {
                        throw .invalid("do[\(number)].days", "is for review.request alone")
                    }
                case .setLanguage(nil) where !change.isAboutOrder:
                    throw .invalid("do[\(number)].setLanguage", "\(change.word) has no country of delivery")
                case .label where !change.bringsDocument, .send(.document, _) where !change.bringsDocument:
                    throw .invalid(
                        "do[\(number)]",
                        "\(change.word) brings no document; document.posted and document.attached do")
                case .send(_, let event) where event.needsOrder && !change.isAboutOrder:
                    throw .invalid("do[\(number)].message", "\(event.word) is about an order, \(change.word) is not")
                default: break
                }
            }
        }
    }
}
