extension PairWeigher {
    /// Whether a verdict stands however common the values that agree become, in a shop of the size that it has: most
    /// findings rest on an e-mail address, a telephone number or a door, and need no second look when one more Jan
    /// comes.
    /// - Parameter population: class of the shop's size.
    func isFirm(_ weight: PairWeight, population: UInt8) -> Bool {
        switch weight.verdict {
        case .merge:
            guard weight.reason != .sameVATNumber else { return true }
            // Laws that look at the address look at the best of several, which frequencies choose.
            let isContactSame = weight[.email] >= .near || weight[.phone] >= .near
            guard isContactSame, !weight.hasOtherNames else { return false }
            return leastScore(of: weight, population: population) >= firmScore
        case .link:
            // Two people of one household, whatever the sum.
            return weight[.firstName] == .differs && weight[.birthDate] <= .differs
                && (weight[.email] == .same || weight[.phone] >= .local)
        case .queue, .none: return false
        }
    }

    /// No law of `PairJudge` asks for more, and nobody takes the finding for a bridge.
    private var firmScore: Int32 { rules.mergeThreshold + max(BridgeAlarm.safeMargin, 500) }

    /// The sum if everything that agrees were what everybody has.
    private func leastScore(of weight: PairWeight, population: UInt8) -> Int32 {
        var score = prior(FrequencyClasses(population: population))
        var address: Int32 = 0
        for field in MatchField.allCases {
            let worth = rules.weight(field, weight[field])
            if field.isOfAddress { address += worth } else { score += worth }
        }
        return score + min(address, rules.addressLimit)
    }
}

extension PairWeight {
    fileprivate var hasOtherNames: Bool {
        self[.lastName] == .differs || self[.firstName] == .differs || self[.firstName] == .similar
    }
}
