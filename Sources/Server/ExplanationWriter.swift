import Bytes
import Commerce
import Engine
import Wire

// The JSON of CUSTOMER.WHY, CUSTOMER.WHYNOT and CUSTOMER.HOW.
extension ByteWriter {
    /// What ties two profiles, or keeps them apart.
    mutating func explanation(
        _ explanation: PairExplanation, _ one: CustomerMembers, _ two: CustomerMembers, _ words: ExplanationText
    ) {
        openObject()
        key("text")
        string(words.text(explanation))
        key("customer")
        customerNumber(one.number)
        key("same")
        bool(explanation.isSame)
        key("profiles")
        numbers(one.profiles)
        if !explanation.isSame {
            key("other")
            customerNumber(two.number)
            key("otherProfiles")
            numbers(two.profiles)
            separation(explanation)
            if let count = explanation.comparedProfiles {
                key("comparedProfiles")
                number(count)
            }
        }
        key("mode")
        string(explanation.mode.text)
        key("version")
        number(explanation.version)
        key("score")
        bits(explanation.pair.weight.score)
        key("mergeThreshold")
        bits(explanation.rules.mergeThreshold)
        key("queueThreshold")
        bits(explanation.rules.queueThreshold)
        key("verdict")
        string("\(explanation.pair.weight.verdict)" as String)
        if explanation.one != explanation.two { waterfall(explanation.pair, words.facts) }
        steps(explanation.path, words)
        decisions(explanation.decisions)
        closeObject()
    }

    /// What keeps the two apart: a key for programs, a text for people.
    private mutating func separation(_ explanation: PairExplanation) {
        let recorded = explanation.edge.flatMap { PairReason(rawValue: $0.reason) } ?? .none
        let found = recorded == .none ? explanation.pair.weight.reason : recorded
        if explanation.isUncompared {
            key("separation")
            string("uncompared")
            key("reason")
            string(ExplanationText.uncompared)
            return
        }
        let reason = explanation.separation ?? (explanation.mode == .evidence ? found : .none)
        key("separation")
        string(reason == .none ? (explanation.mode == .evidence ? "weight" : "mode") : "\(reason)")
        key("reason")
        string(reason == .none ? explanation.mode.condition ?? "too little agrees" : "\(reason.text)")
    }

    /// The fields of a pair with what each adds, and what was compared.
    mutating func waterfall(_ pair: WeighedPair, _ facts: RecordFacts) {
        key("compared")
        numbers([pair.one.profile, pair.two.profile])
        key("prior")
        bits(pair.waterfall.prior)
        key("waterfall")
        openArray()
        let values = (facts.values(pair.one), facts.values(pair.two))
        for part in pair.waterfall.parts {
            let place = Int(part.field.rawValue)
            openObject()
            key("field")
            string("\(part.field)" as String)
            key("level")
            string("\(part.level)" as String)
            key("text")
            string("\(part.field.text): \(part.level.text)" as String)
            key("bits")
            bits(part.score)
            key("a")
            string(values.0[place])
            key("b")
            string(values.1[place])
            closeObject()
        }
        if pair.waterfall.addressCut < 0 {
            openObject()
            key("field")
            string("addressLimit")
            key("text")
            string("the parts of an address weigh no more than this together: people share all of it")
            key("bits")
            bits(pair.waterfall.addressCut)
            closeObject()
        }
        closeArray()
    }

    // MARK: Steps

    mutating func steps(_ steps: some Collection<Step>, _ words: ExplanationText) {
        key("steps")
        openArray()
        for step in steps { self.step(step, words) }
        closeArray()
    }

    private mutating func step(_ step: Step, _ words: ExplanationText) {
        openObject()
        key("text")
        string(words.sentence(step))
        key("profiles")
        numbers([step.one, step.two])
        if step.at != 0 {
            key("at")
            timestamp(Timestamp(milliseconds: step.at))
        }
        key("seq")
        number(step.sequence)
        if let order = step.order.flatMap({ words.facts.order($0) }) {
            key("order")
            string(order)
        }
        switch step.cause {
        case .finding(let edge):
            key("by")
            string("rules")
            if edge.version > 0 {
                key("version")
                number(edge.version)
                key("scoreThen")
                bits(edge.score)
            }
            if let pair = step.pair {
                key("score")
                bits(pair.weight.score)
            }
        case .decision(_, let decision): members(of: decision)
        }
        closeObject()
    }

    private mutating func decisions(_ decisions: [PersonDecision]) {
        key("decisions")
        openArray()
        for decision in decisions {
            openObject()
            members(of: decision)
            key("at")
            timestamp(Timestamp(milliseconds: decision.at))
            key("seq")
            number(decision.sequence)
            closeObject()
        }
        closeArray()
    }

    private mutating func members(of decision: PersonDecision) {
        key("by")
        string(decision.actor)
        key("decision")
        string("\(decision.retiresLeft ? "merge" : "\(decision.kind.text)")" as String)
        if decision.version > 0 {
            key("version")
            number(decision.version)
        }
        if !decision.reason.isEmpty {
            key("reason")
            string(decision.reason)
        }
        if let withdrawer = decision.withdrawnBy {
            key("withdrawnBy")
            string(withdrawer)
            key("withdrawnAt")
            timestamp(Timestamp(milliseconds: decision.withdrawnAt))
        }
    }
}
