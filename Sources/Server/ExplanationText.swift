import Commerce
import Engine

/// Why two profiles are one customer or two, in sentences for a support agent. Numbers stand in the JSON beside them.
struct ExplanationText {
    let facts: RecordFacts
    let shop: UInt16

    // MARK: Whole answers

    func text(_ explanation: PairExplanation) -> String {
        let one = "C\(explanation.one + 1)"
        let two = "C\(explanation.two + 1)"
        if explanation.one == explanation.two { return "\(one) is one profile: there is nothing to compare." }
        if explanation.isSame { return "\(one) and \(two) are one customer\(together(explanation))" }
        let decided = explanation.decisions.filter { $0.kind == .linked }.last
        let linked = decided.map { " \($0.actor) linked them on \(day($0.at))\(quoted($0.reason))." } ?? ""
        let compared =
            explanation.comparedProfiles.map { " Only the first \($0) profiles of each were compared." } ?? ""
        return "\(one) and \(two) are not one customer: \(apart(explanation)).\(next(explanation))\(linked)\(compared)"
    }

    /// How a customer came to be; `steps` oldest first.
    func text(_ number: UInt32, profiles: Int, _ steps: [Step]) -> String {
        if profiles == 1, steps.isEmpty { return "C\(number) is one profile; nothing was put together." }
        let sentences = steps.prefix(3).map { " " + sentence($0) }.joined()
        let rest = steps.count > 3 ? " \(steps.count - 3) more steps followed." : ""
        return "C\(number) is one customer of \(profiles) profile\(profiles == 1 ? "" : "s").\(sentences)\(rest)"
    }

    // MARK: One customer

    private func together(_ explanation: PairExplanation) -> String {
        let steps = explanation.path
        guard let first = steps.first else {
            let reasons = agreements(explanation.pair)
            return reasons.isEmpty ? "." : ": \(Self.list(reasons))."
        }
        if steps.count == 1 { return ": \(clause(first))." }
        var through: [UInt32] = []
        var current = explanation.one
        for step in steps.dropLast() {
            current = step.one == current ? step.two : step.one
            through.append(current)
        }
        let names = Self.list(through.map { "C\($0 + 1)" })
        let clauses = steps.prefix(3).map { "C\($0.one + 1) and C\($0.two + 1): \(clause($0))" }
        let rest = steps.count > 3 ? "; and \(steps.count - 3) more steps" : ""
        return " through \(names). \(clauses.joined(separator: "; "))\(rest)."
    }

    /// A step as a sentence of its own.
    func sentence(_ step: Step) -> String {
        let names = "C\(step.one + 1) and C\(step.two + 1)"
        guard case .decision(_, let decision) = step.cause else { return "\(names): \(clause(step))." }
        let what =
            switch decision.kind {
            case .together: "put \(names) together"
            case .apart: "put \(names) apart"
            case .linked: "linked \(names)"
            }
        let taken = decision.withdrawnBy.map { "; \($0) took that back on \(day(decision.withdrawnAt))" } ?? ""
        return "\(decision.actor) \(what) on \(day(decision.at))\(quoted(decision.reason))\(taken)."
    }

    /// What a step rests on, and who took it when.
    private func clause(_ step: Step) -> String {
        switch step.cause {
        case .decision(_, let decision):
            return "\(decision.actor) decided so on \(day(decision.at))\(quoted(decision.reason))"
        case .finding(let edge):
            let when = edge.at == 0 ? "" : " on \(day(edge.at))"
            let who = edge.version == 0 ? "found by an exact key" : "decided by rules version \(edge.version)"
            let order = step.order.flatMap { facts.order($0) }.map { " when order \($0) arrived" } ?? ""
            return "\(Self.list(grounds(step, edge))); \(who)\(when)\(order)"
        }
    }

    private func grounds(_ step: Step, _ edge: EdgeEntry) -> [String] {
        if edge.keyKind == .order { return ["the channel itself gave one order to both"] }
        let isByKey = edge.version == 0 || edge.reason == PairReason.said.rawValue
        if isByKey, let kind = edge.keyKind {
            return ["the same \(kind.words)" + (facts.key(of: edge, shop: shop).map { " \($0)" } ?? "")]
        }
        let found = step.pair.map { agreements($0) } ?? []
        return found.isEmpty ? ["\(PairReason(rawValue: edge.reason).map { "\($0.text)" } ?? "evidence")"] : found
    }

    // MARK: Two customers

    private func apart(_ explanation: PairExplanation) -> String {
        if let decision = explanation.decisions.last(where: { $0.kind == .apart }) {
            return "\(decision.actor) decided so on \(day(decision.at))\(quoted(decision.reason))"
        }
        if let words = explanation.mode.condition { return words }
        let pair = explanation.pair
        let agreed = agreements(pair, but: explanation.leadingField)
        let though = agreed.isEmpty ? "" : ", though they have \(Self.list(agreed))"
        return "\(lead(explanation))\(though); \(bits(explanation))"
    }

    private func lead(_ explanation: PairExplanation) -> String {
        let differing = disagreements(explanation.pair)
        if let separation = explanation.separation {
            // Two that contradict each other by themselves need no others to explain it.
            let isDirect = separation == .contradiction && !differing.isEmpty && explanation.pair.contradicts
            return isDirect ? Self.list(differing) : "\(separation.text)"
        }
        let weight = explanation.pair.weight
        if weight.reason != .none, weight.reason.field == nil { return "\(weight.reason.text)" }
        if let field = explanation.leadingField, let words = disagreement(explanation.pair, field) { return words }
        if explanation.isUncompared, weight.verdict == .merge { return Self.uncompared }
        if let edge = explanation.edge, edge.verdict == PairVerdict.queue.rawValue,
            let reason = PairReason(rawValue: edge.reason), reason != .none, weight.verdict == .merge
        {
            return "\(reason.text)"
        }
        if weight.verdict == .merge { return "they have just been found to belong together, and are being weighed" }
        return differing.isEmpty ? "what is known of both says too little" : Self.list(differing)
    }

    private func bits(_ explanation: PairExplanation) -> String {
        let score = explanation.pair.weight.score
        let missing = explanation.rules.mergeThreshold - score
        if score < 0 {
            let against = "\(Self.bits(-score)) bits of evidence speak against it"
            return "\(against), \(Self.bits(missing)) more are needed for it"
        }
        let known = "\(Self.bits(score)) bits of evidence"
        return missing > 0 ? "\(known), \(Self.bits(missing)) more are needed" : "\(known) would otherwise be enough"
    }

    private func next(_ explanation: PairExplanation) -> String {
        guard explanation.mode == .evidence, !explanation.decisions.contains(where: { $0.kind == .apart }) else {
            return ""
        }
        if explanation.isUncompared {
            let tie = " CUSTOMER.MERGE C\(explanation.one + 1) C\(explanation.two + 1) makes them one."
            return explanation.pair.weight.verdict == .merge ? tie : " But \(Self.uncompared)."
        }
        let recorded = explanation.edge.flatMap { PairVerdict(rawValue: $0.verdict) } ?? .none
        let verdict = max(explanation.pair.weight.verdict, recorded)
        switch verdict {
        case .queue: return " A person has to decide: IDENTITY.QUEUE lists the pair."
        case .link: return " They are shown as related, as a household or a firm is."
        case .none, .merge: return ""
        }
    }

    // MARK: Fields

    /// What agrees, the weightiest first, at most three.
    /// - Parameter told: a field that was spoken of already.
    func agreements(_ pair: WeighedPair, but told: MatchField? = nil) -> [String] {
        var found: [(score: Int32, text: String)] = []
        let parts = Dictionary(uniqueKeysWithValues: pair.waterfall.parts.map { ($0.field, $0) })
        let values = (facts.values(pair.one), facts.values(pair.two))
        var told = Set([told].compactMap(\.self))
        if told.isDisjoint(with: [.firstName, .lastName]), let first = parts[.firstName], let last = parts[.lastName],
            first.level == .same, last.level == .same
        {
            found.append((first.score + last.score, "the same name \(Self.name(values.1))"))
            told.formUnion([.firstName, .lastName])
        }
        let address = pair.waterfall.parts.filter { $0.field.isOfAddress }
        let addressScore = address.reduce(pair.waterfall.addressCut) { $0 + $1.score }
        if addressScore > 0 {
            let isSame = address.allSatisfy { $0.level == .same }
            let lines = (Self.address(values.0), Self.address(values.1))
            found.append(
                (addressScore, isSame ? "the same address \(lines.1)" : "like addresses (\(lines.0); \(lines.1))"))
        }
        for part in pair.waterfall.parts where part.score > 0 && !part.field.isOfAddress && !told.contains(part.field) {
            found.append((part.score, words(part, values)))
        }
        return found.sorted { $0.score > $1.score }.prefix(3).map(\.text)
    }

    /// What speaks against, the weightiest first, at most two.
    private func disagreements(_ pair: WeighedPair) -> [String] {
        let values = (facts.values(pair.one), facts.values(pair.two))
        let against = pair.waterfall.parts.filter { $0.score < 0 }
        return against.sorted { $0.score < $1.score }.prefix(2).map { words($0, values) }
    }

    private func disagreement(_ pair: WeighedPair, _ field: MatchField) -> String? {
        pair.waterfall.parts.first { $0.field == field }.map {
            let values = (facts.values(pair.one), facts.values(pair.two))
            return $0.score < 0 ? words($0, values) : "the \(field.text) is not the same (\(shown($0, values)))"
        }
    }

    private func shown(_ part: PairWaterfall.Part, _ values: ([String], [String])) -> String {
        let place = Int(part.field.rawValue)
        return [values.0[place], values.1[place]].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func words(_ part: PairWaterfall.Part, _ values: ([String], [String])) -> String {
        let shown = shown(part, values)
        switch part.level {
        case .same: return "the same \(part.field.text) \(values.1[Int(part.field.rawValue)])"
        case .differs where part.field == .generation: return "one is junior, the other senior (\(shown))"
        case .initial, .part: return "\(part.field.article) \(part.field.text) that fits (\(part.level.text): \(shown))"
        case .differs: return "the \(part.field.text) differs (\(shown))"
        case .near, .close, .swapped, .local:
            return "nearly the same \(part.field.text) (\(part.level.text): \(shown))"
        case .sounds: return "\(part.field.article) \(part.field.text) that sounds the same (\(shown))"
        case .garbled: return "the \(part.field.text) \(part.level.text) (\(shown))"
        case .similar, .missing: return "a similar \(part.field.text) (\(shown))"
        }
    }

    /// Why two of whom much agrees were never looked at: how `Who is who` finds whom to compare.
    static let uncompared =
        "nothing but a name, or what many carry, leads from one to the other, so they were never compared"

    private static func name(_ values: [String]) -> String {
        let first = values[Int(MatchField.firstName.rawValue)]
        let last = values[Int(MatchField.lastName.rawValue)]
        return first == last ? first : "\(first) \(last)"
    }

    private static func address(_ values: [String]) -> String {
        func text(_ field: MatchField) -> String { values[Int(field.rawValue)] }
        var line = [text(.street)]
        for field in [MatchField.houseNumber, .addition] where !line.contains(text(field)) { line.append(text(field)) }
        let town = [text(.postalCode), text(.city)]
        return [line, town].map { $0.filter { !$0.isEmpty }.joined(separator: " ") }.filter { !$0.isEmpty }
            .joined(separator: ", ")
    }

    // MARK: Small words

    private func day(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).dayText }

    private func quoted(_ reason: String) -> String { reason.isEmpty ? "" : " (\"\(reason)\")" }

    private static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// Hundredths of a bit with one digit behind the point.
    private static func bits(_ hundredths: Int32) -> String {
        let tenths = (hundredths.magnitude + 5) / 10
        return "\(hundredths < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}

extension PairExplanation {
    /// The field that keeps the two from being one by its law.
    fileprivate var leadingField: MatchField? { separation == nil ? pair.weight.reason.field : nil }
}

extension WeighedPair {
    /// Whether what the two show cannot be one person.
    fileprivate var contradicts: Bool {
        waterfall.parts.contains {
            $0.level == .differs && [.firstName, .lastName, .birthDate, .generation].contains($0.field)
        }
    }
}

extension MatchField {
    fileprivate var article: StaticString { self == .email || self == .addition ? "an" : "a" }
}

extension IdentityKeyKind {
    fileprivate var words: StaticString {
        switch self {
        case .email, .relayLookup: "e-mail address"
        case .relayEmail: "marketplace address"
        case .phone: "telephone number"
        case .vat: "VAT number"
        case .address: "address and name"
        case .channelReference: "account"
        case .order: "order"
        case .place: "postal address"
        }
    }
}

extension MatchMode {
    /// Why two are not one where something else than evidence decides.
    var condition: String? {
        switch self {
        case .evidence: nil
        case .email: "in this shop whoever has the same e-mail address is one customer, and theirs is not the same"
        case .address: "in this shop whoever has the same postal address is one customer, and theirs is not the same"
        case .exact:
            "no e-mail address, phone, VAT id, postal address with name, or channel reference is the same on both sides"
        }
    }
}

extension PairReason {
    /// The field that the reason is about.
    fileprivate var field: MatchField? {
        switch self {
        case .firstNamesDiffer: .firstName
        case .lastNamesDiffer: .lastName
        case .birthDatesDiffer: .birthDate
        case .generationsDiffer: .generation
        case .companiesDiffer: .company
        default: nil
        }
    }
}
