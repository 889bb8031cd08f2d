import Testing

@testable import Commerce

/// Weights learned from counts of agreement whose truth is known.
@Suite struct WeightLearnerTests {
    /// How often pairs of one kind agree in one field: shares of `same` and `near`; the rest differs.
    struct Agreement {
        let field: MatchField
        let match: (same: Double, near: Double)
        let other: (same: Double, near: Double)
    }

    static let truth: [Agreement] = [
        Agreement(field: .firstName, match: (0.85, 0.1), other: (0.3, 0.05)),
        Agreement(field: .birthDate, match: (0.8, 0.15), other: (0.02, 0.03)),
        Agreement(field: .email, match: (0.6, 0.05), other: (0.02, 0.02)),
        Agreement(field: .phone, match: (0.7, 0.1), other: (0.05, 0.02)),
        Agreement(field: .street, match: (0.75, 0.1), other: (0.2, 0.05)),
    ]

    private static func level(_ shares: (same: Double, near: Double), _ random: inout SeededGenerator) -> PairLevel {
        let draw = Double(random.next() >> 11) / 9_007_199_254_740_992
        return draw < shares.same ? .same : draw < shares.same + shares.near ? .near : .differs
    }

    private static func weight(_ isMatch: Bool, _ random: inout SeededGenerator) -> PairWeight {
        var weight = PairWeight(score: 0, levels: 0, verdict: .none, reason: .none)
        for agreement in truth {
            weight[agreement.field] = level(isMatch ? agreement.match : agreement.other, &random)
        }
        let agreeing = truth.count { weight[$0.field] >= .near }
        weight.verdict = agreeing == 5 ? .merge : agreeing >= 3 ? .queue : .none
        return weight
    }

    private static func pairs(_ count: Int, matchesIn100 share: Int, seed: UInt64) -> [PairWeight] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { weight($0 % 100 < share, &random) }
    }

    private static func counts(
        _ candidates: [PairWeight], strangers: [PairWeight], taught: TaughtFields = .all
    ) -> AgreementCounts {
        var counts = AgreementCounts()
        counts.profiles = candidates.count
        for pair in candidates { counts.addCandidate(pair, taught: taught) }
        for pair in strangers { counts.addStrangers(pair) }
        return counts
    }

    private static func finished(_ counts: AgreementCounts) -> WeightLearner {
        var learner = WeightLearner(counts, base: .standard)
        while !learner.isDone { learner.advance() }
        return learner
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func findsHowMatchesAndOthersAgree(seed: UInt64) {
        let learner = Self.finished(Self.counts(Self.pairs(20_000, matchesIn100: 30, seed: seed), strangers: []))
        #expect(abs(learner.matchShare - 0.3) < 0.02)
        for agreement in Self.truth {
            let place = Int(agreement.field.rawValue) * 16
            let same = place + Int(PairLevel.same.rawValue)
            let near = place + Int(PairLevel.near.rawValue)
            #expect(abs(learner.matches[same] - agreement.match.same) < 0.03, "\(agreement.field), seed \(seed)")
            #expect(abs(learner.matches[near] - agreement.match.near) < 0.03, "\(agreement.field), seed \(seed)")
            #expect(abs(learner.others[same] - agreement.other.same) < 0.03, "\(agreement.field), seed \(seed)")
        }
    }

    @Test func drawsWeightsTowardsWhatWasSeen() {
        let counts = Self.counts(
            Self.pairs(20_000, matchesIn100: 30, seed: 4), strangers: Self.pairs(50_000, matchesIn100: 0, seed: 5))
        let rules = WeightLearner.learn(counts, base: .standard)
        // One buyer's birth dates are the same 40 times as often as strangers': 5.3 bits and not 13.
        let birthDate = rules.weight(.birthDate, .same)
        #expect(birthDate < 1300 && birthDate >= 1300 - WeightLearner.farthest)
        // And differ rather less often than general knowledge has it.
        #expect(rules.weight(.email, .differs) != MatchRules.standard.weight(.email, .differs))
        #expect(rules.differsEnough(from: .standard))
        // Of what nobody saw nothing is learned.
        #expect(rules.weight(.vat, .same) == MatchRules.standard.weight(.vat, .same))
        #expect(rules.weight(.birthDate, .part) == MatchRules.standard.weight(.birthDate, .part))
        #expect(rules.mergeThreshold == MatchRules.standard.mergeThreshold)
    }

    @Test func learnsNothingFromFewMatches() {
        let counts = Self.counts(
            Self.pairs(300, matchesIn100: 30, seed: 6), strangers: Self.pairs(5_000, matchesIn100: 0, seed: 7))
        #expect(WeightLearner.learn(counts, base: .standard) == .standard)
        #expect(WeightLearner.learn(AgreementCounts(), base: .standard) == .standard)
    }

    @Test func doesNotDependOnTheOrderOfPairs() {
        let candidates = Self.pairs(5_000, matchesIn100: 30, seed: 8)
        let strangers = Self.pairs(5_000, matchesIn100: 0, seed: 9)
        let rules = WeightLearner.learn(Self.counts(candidates, strangers: strangers), base: .standard)
        #expect(rules != .standard)
        var random = SeededGenerator(seed: 10)
        for _ in 0..<3 {
            let counts = Self.counts(
                candidates.shuffled(using: &random), strangers: strangers.shuffled(using: &random))
            #expect(WeightLearner.learn(counts, base: .standard) == rules)
        }
    }

    @Test func pairsTeachNothingAboutWhatBroughtThemTogether() {
        let candidates = Self.pairs(20_000, matchesIn100: 30, seed: 11)
        let strangers = Self.pairs(20_000, matchesIn100: 0, seed: 12)
        let taught = TaughtFields(metBy: .initialsAndBirthYear)
        let rules = WeightLearner.learn(Self.counts(candidates, strangers: strangers, taught: taught), base: .standard)
        for level in PairLevel.allCases {
            #expect(rules.weight(.birthDate, level) == MatchRules.standard.weight(.birthDate, level))
            #expect(rules.weight(.firstName, level) == MatchRules.standard.weight(.firstName, level))
        }
        #expect(rules.weight(.email, .near) != MatchRules.standard.weight(.email, .near))
    }

    /// Whatever the pairs look like: less agreement never weighs more, and no weight leaves its bounds.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func keepsBounds(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var counts = AgreementCounts()
        counts.profiles = 1_000
        for number in 0..<4_000 {
            var weight = PairWeight(score: 0, levels: 0, verdict: .none, reason: .none)
            for field in MatchField.allCases {
                weight[field] = PairLevel.allCases[Int(random.next() % UInt64(PairLevel.allCases.count))]
            }
            if number % 4 != 0 {
                counts.addStrangers(weight)
            } else {
                weight.verdict = number % 8 == 0 ? .merge : .none
                counts.addCandidate(weight, taught: .all)
            }
        }
        let rules = WeightLearner.learn(counts, base: .standard)
        #expect(rules.distance(to: .standard) <= 2 * WeightLearner.farthest)
        for field in MatchField.allCases {
            let ladder = [PairLevel.near, .close, .similar, .garbled, .differs].map { rules.weight(field, $0) }
            #expect(zip(ladder, ladder.dropFirst()).allSatisfy { $0 >= $1 }, "\(field), seed \(seed)")
        }
    }
}
