import Bytes
import Commerce

/// What learning without labels does to each labelled set: F1 with the rules that every shop begins with, and with those
/// that were learned from the set itself, in this process.
enum LearningAccuracy {
    static let head = "set: merged F1, with the queue best F1, precision of what is merged; standard -> learned"

    static func line(_ set: LabelledSet) throws(BenchmarkError) -> String {
        let standard = try MatchingTrial(set)
        let rules = standard.learnedRules()
        let before = standard.outcome()
        let after = try MatchingTrial(set, rules: rules).outcome()
        let pairs = [
            (before.merged.balance, after.merged.balance), (before.best.balance, after.best.balance),
            (before.merged.precision, after.merged.precision),
        ]
        let figures = pairs.map { "\(percent($0.0)) -> \(percent($0.1))" }.joined(separator: "   ")
        let change = Double(rules.distance(to: .standard)) / 100
        return "\(set.name): \(figures)   (largest change of a weight: \(change) bits)"
    }

    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) %"
    }
}

extension MatchingTrial {
    /// Rules learned from the set, its truth unseen.
    func learnedRules() -> MatchRules {
        var counts = AgreementCounts()
        counts.profiles = features.count
        let weigher = PairWeigher(.standard)
        func weigh(_ left: Int, _ right: Int) -> PairWeight {
            let classes = classes(features[left], features[right])
            return weigher.weigh(features[left], features[right], classes, withheld: [])
        }
        for (pair, taught) in meetings() {
            counts.addCandidate(weigh(Int(pair >> 32), Int(pair & 0xFFFF_FFFF)), taught: taught)
        }
        let partners = min(features.count / 2, 500_000 / max(features.count, 1))
        for left in features.indices {
            // Records of one person stand side by side in some sets: a stride of a prime mixes them.
            for step in 1...max(partners, 1) {
                counts.addStrangers(weigh(left, (left + step * 7_919) % features.count))
            }
        }
        return WeightLearner.learn(counts, base: .standard)
    }

    /// Pairs that meet in a block, and what they teach.
    private func meetings() -> [UInt64: TaughtFields] {
        var blocks: [UInt64: [UInt64]] = [:]
        var kinds: [UInt64: PartyFeatures.BlockingKind] = [:]
        for (place, party) in features.enumerated() {
            party.forEachBlockingKey { kind, hash in
                blocks[hash, default: []].append(UInt64(place))
                kinds[hash] = PartyFeatures.BlockingKind(rawValue: kind)
            }
        }
        var meetings: [UInt64: TaughtFields] = [:]
        for (hash, block) in blocks where block.count > 1 && block.count <= Self.blockLimit {
            guard let kind = kinds[hash] else { continue }
            let taught = TaughtFields(metBy: kind)
            for (offset, left) in block.enumerated() {
                for right in block[(offset + 1)...] where left != right {
                    meetings[left << 32 | right, default: []].formUnion(taught)
                }
            }
        }
        return meetings
    }
}
