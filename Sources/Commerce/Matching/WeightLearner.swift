/// Learns weights from a shop's own pairs, without anybody telling which of them are one buyer.
///
/// Expectation maximisation over patterns of agreement (Winkler, "Using the EM Algorithm for Weight Computation in the
/// Fellegi-Sunter Model of Record Linkage", 1988): candidates are a mixture of pairs of one buyer and of others who live,
/// sound or work alike; each round says how likely each pattern is one buyer's, then counts anew how either kind agrees.
///
/// - How strangers agree (u) comes from random pairs and not from candidates: a candidate is one because something agrees.
/// - How one buyer's data agree (m) is counted, field by field, from those pairs only that would have met without the
///   field (`TaughtFields`): else slips would look rarer than they are where a block hides them.
/// - What the laws call a household is no match, and what the active rules merge is nearly one: the rounds decide about
///   the doubtful rest, and cannot exchange the two kinds.
/// - Weights are drawn towards the base by how uncertain they are, and go a quarter of the way only: fields are less
///   independent than the sum takes them to be, and the base has allowed for that. At half the way one labelled set in
///   ten merges a little worse than by the base, at a quarter none does.
///
/// Additions, multiplications and divisions in a fixed order, logarithms in integers: the same pairs give the same rules,
/// bit for bit, on every machine.
package struct WeightLearner: Sendable {
    package static let mostRounds = 30
    /// Fewer matches teach nothing.
    static let leastMatches = 100.0
    /// Fewer pairs at a level leave its weight alone.
    private static let leastPairs = 8.0
    /// How far a shop's weights lie from general knowledge, as a variance in squared nats: one bit.
    private static let variance = 0.48
    /// The part of the way that a weight goes.
    private static let pace = 0.25
    /// The most that a weight may differ from version 1, whatever was learned before, in 1/100 bit.
    static let farthest: Int32 = 400
    /// Smaller changes are none, in 1/100 bit.
    static let leastChange: Int32 = 25
    private static let places = MatchField.allCases.count * 16

    private let patterns: [(pattern: AgreementCounts.Pattern, count: Int)]
    private let counts: AgreementCounts
    private let base: MatchRules
    private(set) var matches = [Double](repeating: 0, count: places)
    private(set) var others = [Double](repeating: 0, count: places)
    /// The share of matches among candidates.
    private(set) var matchShare = 0.0
    private var likelihoods: [Double]
    package private(set) var rounds = 0
    package private(set) var isDone = false

    /// - Parameter base: what the weights are drawn towards: rules that nobody learned.
    package init(_ counts: AgreementCounts, base: MatchRules) {
        self.counts = counts
        self.base = base
        patterns = counts.sortedPatterns
        likelihoods = patterns.map { Self.firstGuess($0.pattern.verdict) }
        maximise()
    }

    /// Learns at once.
    package static func learn(_ counts: AgreementCounts, base: MatchRules) -> MatchRules {
        var learner = WeightLearner(counts, base: base)
        while !learner.isDone { learner.advance() }
        return learner.rules
    }

    private static func firstGuess(_ verdict: PairVerdict) -> Double {
        switch verdict {
        case .merge: 0.95
        case .queue: 0.3
        case .link: 0
        case .none: 0.02
        }
    }

    // MARK: Rounds

    /// One round: a few milliseconds for a hundred thousand patterns.
    package mutating func advance() {
        let before = matchShare
        estimate()
        maximise()
        rounds += 1
        let change = matchShare > before ? matchShare - before : before - matchShare
        isDone = rounds == Self.mostRounds || change <= before * 0.000_1
    }

    /// How likely each pattern is one buyer's.
    private mutating func estimate() {
        for (place, entry) in patterns.enumerated() {
            var match = matchShare
            var other = 1 - matchShare
            forEachLevel(entry.pattern.levels) { index in
                match *= matches[index]
                other *= others[index]
            }
            let likelihood = match / (match + other)
            likelihoods[place] =
                switch entry.pattern.verdict {
                case .merge: likelihood < 0.9 ? 0.9 : likelihood
                case .link: 0
                case .queue, .none: likelihood
                }
        }
    }

    /// How pairs of one buyer, and other candidates, agree.
    private mutating func maximise() {
        var matches = [Double](repeating: 0, count: Self.places)
        var others = [Double](repeating: 0, count: Self.places)
        var all = 0.0
        for (place, entry) in patterns.enumerated() {
            let match = likelihoods[place] * Double(entry.count)
            let other = Double(entry.count) - match
            all += match
            forEachLevel(entry.pattern.levels) { index in
                matches[index] += match
                others[index] += other
            }
        }
        self.matches = Self.shares(matches)
        self.others = Self.shares(others)
        matchShare = (all + 0.5) / (Double(counts.candidatePairs) + 1)
    }

    /// Calls `body` with the place of each field that both sides know.
    @inline(__always) private func forEachLevel(_ levels: UInt64, _ body: (Int) -> Void) {
        var rest = levels
        var field = 0
        while rest != 0 {
            if rest & 0xF != 0 { body(field | Int(rest & 0xF)) }
            rest >>= 4
            field += 16
        }
    }

    /// Counts as shares of their field, half a pair added to each level: what was not seen is rare, not impossible.
    private static func shares(_ counts: [Double]) -> [Double] {
        var shares = counts
        let levels = Double(PairLevel.allCases.count - 1)
        for start in stride(from: 0, to: places, by: 16) {
            let sum = counts[(start + 1)..<(start + 16)].reduce(0, +) + levels / 2
            for index in (start + 1)..<(start + 16) { shares[index] = (counts[index] + 0.5) / sum }
        }
        return shares
    }

    // MARK: Outcome

    /// Pairs of one buyer among the candidates, as expected.
    package var matchCount: Double {
        zip(patterns, likelihoods).reduce(0) { $0 + Double($1.0.count) * $1.1 }
    }

    /// The rules that the pairs suggest; the base where they say too little.
    package var rules: MatchRules {
        guard isDone, matchCount >= Self.leastMatches else { return base }
        var rules = base
        let matches = taughtCounts()
        let strangers = counts.strangers.map(Double.init)
        let matchShares = Self.shares(matches)
        let strangerShares = Self.shares(strangers)
        for field in MatchField.allCases {
            for level in PairLevel.allCases where level != .missing {
                let index = Int(field.rawValue) * 16 + Int(level.rawValue)
                // The frequency of a counted value says by itself how often strangers share it.
                let isCounted = field.isCounted && level == .same
                guard matches[index] >= Self.leastPairs, isCounted || strangers[index] >= Self.leastPairs else {
                    continue
                }
                let observed =
                    Self.bits(matchShares[index]) - (isCounted ? 0 : Self.bits(strangerShares[index]))
                let doubt = 1 / matches[index] + (isCounted ? 0 : 1 / strangers[index])
                rules.set(field, level, Self.moved(base.weight(field, level), to: observed, doubt: doubt))
            }
        }
        rules.prior = learnedPrior
        rules.keepBounds(around: .standard, Self.farthest)
        return rules
    }

    /// How often pairs of one buyer agree in which way, each field from the pairs that met without it.
    private func taughtCounts() -> [Double] {
        var counts = [Double](repeating: 0, count: Self.places)
        for (place, entry) in patterns.enumerated() {
            let match = likelihoods[place] * Double(entry.count)
            forEachLevel(entry.pattern.levels) { index in
                let isTaught = entry.pattern.taught.rawValue >> UInt16(index / 16) & 1 != 0
                if isTaught { counts[index] += match }
            }
        }
        return counts
    }

    private static func moved(_ weight: Int32, to observed: Int32, doubt: Double) -> Int32 {
        let trust = variance / (variance + doubt) * pace
        return weight + Int32((Double(observed - weight) * trust).rounded())
    }

    /// Version 1 expects one partner for each profile. A shop with fewer duplicates is right to ask for more evidence;
    /// one with many may ask for a little less.
    private var learnedPrior: Int32 {
        let partners = 2 * matchCount / (counts.share * Double(max(counts.profiles, 1)))
        let observed = MatchRules.standard.prior + min(max(Self.bits(partners), -200), 100)
        return Self.moved(base.prior, to: observed, doubt: 1 / matchCount)
    }

    /// log2 in 1/100 bit of a number between 2^-32 and 2^20.
    private static func bits(_ value: Double) -> Int32 {
        BitLogarithm.hundredths(UInt64(max(value * 4_294_967_296, 1))) - 3_200
    }
}

extension MatchField {
    /// Whether the shop counts how common each value is.
    fileprivate var isCounted: Bool {
        switch self {
        case .firstName, .lastName, .city, .postalCode, .company: true
        default: false
        }
    }
}

extension MatchRules {
    /// Levels that stand for less and less agreement.
    private static let ladder: [PairLevel] = [.same, .near, .close, .similar, .garbled, .differs]

    /// Keeps every weight near those of `rules`, and less agreement from weighing more than more agreement.
    fileprivate mutating func keepBounds(around rules: MatchRules, _ farthest: Int32) {
        for field in MatchField.allCases {
            for level in PairLevel.allCases where level != .missing {
                let centre = rules.weight(field, level)
                set(field, level, min(max(weight(field, level), centre - farthest), centre + farthest))
            }
            // What `same` weighs in a counted field is only a part of it.
            let ladder = field.isCounted ? Array(Self.ladder.dropFirst()) : Self.ladder
            for (upper, lower) in zip(ladder, ladder.dropFirst()) {
                set(field, lower, min(weight(field, lower), weight(field, upper)))
            }
        }
        prior = min(max(prior, rules.prior - farthest), rules.prior + farthest)
    }

    /// The largest change of a weight or of the prior, in 1/100 bit.
    package func distance(to other: MatchRules) -> Int32 {
        let changes = zip(weights, other.weights).map { abs($0 - $1) }
        return max(changes.max() ?? 0, abs(prior - other.prior))
    }

    /// Whether it is worth a version of its own.
    package func differsEnough(from other: MatchRules) -> Bool { distance(to: other) >= WeightLearner.leastChange }
}
