import Bytes
import Commerce

/// What learning without labels does to each labelled set: F1 with the rules that every shop begins with, and with those
/// that were learned from the set itself, in this process.
struct LearningAccuracy: Benchmark {
    let name = "learning"
    let measures = "accuracy on the labelled sets with rules learned from them without labels, in this process"
    var folder = LabelledSets.defaultFolder

    func run(_ scale: Scale) throws(BenchmarkError) -> [Row] {
        let entries = try LabelledSets.find(in: folder)
        var rows: [Row] = []
        for entry in scale == .tiny ? Array(entries.prefix(1)) : entries {
            let set = try entry.read()
            let standard = try MatchingTrial(set)
            let rules = standard.learnedRules()
            let learned = try MatchingTrial(set, rules: rules)
            rows += Self.rows("standard", standard, named: set.name)
            rows += Self.rows("learned", learned, named: set.name)
            let change = Double(rules.distance(to: .standard)) / 100
            rows.append(Row("\(set.name): largest change of a weight", change, "bits", .none))
        }
        return rows
    }

    private static func rows(_ rules: String, _ trial: MatchingTrial, named name: String) -> [Row] {
        let (merged, best, _) = trial.outcome()
        return [
            Row("\(name): \(rules), merged, precision", merged.precision * 100, "%", .none),
            Row("\(name): \(rules), merged, F1", merged.balance * 100, "%", .none),
            Row("\(name): \(rules), with the queue, best F1", best.balance * 100, "%", .none),
        ]
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
            for step in 1...max(partners, 1) { counts.addStrangers(weigh(left, (left + step * 7_919) % features.count)) }
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
