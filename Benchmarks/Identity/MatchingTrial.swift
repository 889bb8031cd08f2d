import Bytes
import Commerce

/// One labelled set matched in-process: features, blocks, pairs and clusters, without directory, disk and network.
struct MatchingTrial {
    /// A pair that was weighed and is at least to be queued or linked.
    struct Pair {
        let left: Int
        let right: Int
        let weight: PairWeight
    }

    /// As the directory holds them: a block of more variants no longer finds candidates.
    static let blockLimit = 64

    let records: [LabelledRecord]
    private(set) var features: [PartyFeatures] = []
    private(set) var pairs: [Pair] = []
    private(set) var candidateCount = 0
    private(set) var trueCandidateCount = 0
    private(set) var extractionSeconds = 0.0
    private(set) var weighingSeconds = 0.0
    private(set) var weighedCount = 0
    private var counts: [UInt64: UInt32] = [:]
    private let entities: [Int]

    init(_ set: LabelledSet, rules: MatchRules = .standard) throws(BenchmarkError) {
        records = set.records
        var entities = [Int](repeating: 0, count: set.records.count)
        for (entity, members) in set.clusters.enumerated() {
            for member in members { entities[member] = entity }
        }
        self.entities = entities
        try extract()
        count()
        weigh(candidates(), PairWeigher(rules))
    }

    private mutating func extract() throws(BenchmarkError) {
        var decoder = CommandDecoder()
        var packed = ByteWriter(capacity: 1 << 20)
        let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")
        var ranges: [Range<Int>] = []
        for record in records {
            do throws(Refusal) {
                ranges.append(try decoder.profile(record.profile.span, hasher, into: &packed).party.record.range)
            } catch {
                throw .broken("record \(record.ref) is refused: \(error)")
            }
        }
        var extractor = FeatureExtractor()
        let watch = Stopwatch()
        for range in ranges { features.append(extractor.features(of: packed.span.extracting(range))) }
        extractionSeconds = watch.seconds
    }

    private mutating func count() {
        for party in features {
            for field in FrequencyField.allCases where party.frequencyKey(field) != 0 {
                counts[party.frequencyKey(field), default: 0] += 1
            }
        }
    }

    func classes(_ left: PartyFeatures, _ right: PartyFeatures) -> FrequencyClasses {
        var classes = FrequencyClasses(population: FrequencyClasses.populationClass(count: UInt32(features.count)))
        for field in FrequencyField.allCases {
            let key = left.frequencyKey(field)
            guard key != 0, key == right.frequencyKey(field) else { continue }
            classes[field] = FrequencyClasses.valueClass(count: counts[key] ?? 0)
        }
        return classes
    }

    /// Pairs that meet in a block, each once.
    private mutating func candidates() -> [(Int, Int)] {
        var blocks: [UInt64: [Int]] = [:]
        for (place, party) in features.enumerated() {
            party.forEachBlockingKey { _, hash in blocks[hash, default: []].append(place) }
        }
        var seen: Set<UInt64> = []
        var found: [(Int, Int)] = []
        for block in blocks.values where block.count > 1 && block.count <= Self.blockLimit {
            for (offset, left) in block.enumerated() {
                for right in block[(offset + 1)...] where left != right {
                    if seen.insert(UInt64(left) << 32 | UInt64(right)).inserted { found.append((left, right)) }
                }
            }
        }
        candidateCount = found.count
        trueCandidateCount = found.count { entities[$0.0] == entities[$0.1] }
        return found
    }

    private mutating func weigh(_ candidates: [(Int, Int)], _ weigher: PairWeigher) {
        let classes = candidates.map { self.classes(features[$0.0], features[$0.1]) }
        var weights: [PairWeight] = []
        weights.reserveCapacity(candidates.count)
        let watch = Stopwatch()
        for (place, pair) in candidates.enumerated() {
            weights.append(weigher.weigh(features[pair.0], features[pair.1], classes[place], withheld: []))
        }
        weighingSeconds = watch.seconds
        weighedCount = candidates.count
        for (pair, weight) in zip(candidates, weights) where weight.verdict > .none {
            pairs.append(Pair(left: pair.0, right: pair.1, weight: weight))
        }
        pairs.sort { ($0.weight.score, $1.left, $1.right) > ($1.weight.score, $0.left, $0.right) }
    }

    func isTrue(_ left: Int, _ right: Int) -> Bool { entities[left] == entities[right] }

    var truePairCount: Int {
        var sizes: [Int: Int] = [:]
        for entity in entities { sizes[entity, default: 0] += 1 }
        return sizes.values.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    }

    // MARK: Outcome

    /// How many pairs are joined and how many of them rightly.
    struct Outcome {
        var joined = 0
        var right = 0
        var all = 0

        var precision: Double { joined == 0 ? 1 : Double(right) / Double(joined) }
        var recall: Double { all == 0 ? 1 : Double(right) / Double(all) }
        var balance: Double { right == 0 ? 0 : 2 * Double(right) / Double(joined + all) }
    }

    /// Clusters of merged pairs, strongest first, contradictions respected; then the best balance of precision and
    /// recall (F1) that queued pairs, accepted by their scores, could reach.
    func outcome() -> (merged: Outcome, best: Outcome, clusters: [Int]) {
        var clusters = TrialClusters(entities: entities)
        clusters.outcome.all = truePairCount
        for pair in pairs where pair.weight.verdict == .merge {
            guard !clusters.contradict(pair.left, pair.right, features) else { continue }
            clusters.join(pair.left, pair.right)
        }
        let merged = clusters.outcome
        let places = clusters.places
        var best = merged
        for pair in pairs where pair.weight.verdict == .queue {
            clusters.join(pair.left, pair.right)
            if clusters.outcome.balance > best.balance { best = clusters.outcome }
        }
        return (merged, best, places)
    }
}

/// Clusters that grow, with the count of pairs in them.
private struct TrialClusters {
    private(set) var places: [Int]
    private var members: [[Int]]
    private let entities: [Int]
    var outcome = MatchingTrial.Outcome()

    init(entities: [Int]) {
        self.entities = entities
        places = Array(entities.indices)
        members = entities.indices.map { [$0] }
    }

    func contradict(_ left: Int, _ right: Int, _ features: [PartyFeatures]) -> Bool {
        guard places[left] != places[right] else { return false }
        for one in members[places[left]] {
            for other in members[places[right]] where features[one].contradicts(features[other]) { return true }
        }
        return false
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (into, from) = (places[left], places[right])
        guard into != from else { return }
        outcome.joined += members[into].count * members[from].count
        for one in members[into] {
            outcome.right += members[from].count { entities[$0] == entities[one] }
        }
        for member in members[from] { places[member] = into }
        members[into] += members[from]
        members[from] = []
    }
}
