import Bytes

/// A profile that shares a value with the one in hand, and how the two compare.
struct Candidate {
    var profile: UInt32
    /// The value that led to it.
    var keyHash: UInt64
    /// An `IdentityKeyKind`, or zero for a blocking key.
    var kind: UInt8
    var weight: PairWeight
}

/// Buffers of matching, used again for each profile. One per thread of work.
package struct ResolutionScratch: ~Copyable, Sendable {
    var extractor = FeatureExtractor()
    var candidates: [Candidate] = []
    /// Customers whose further profiles are not compared.
    var settledRoots: [UInt32] = []
    var skipsSettled = false
    var classes: [FrequencyClasses] = []
    var ownRows: [UInt32] = []
    var otherRows: [UInt32] = []
    /// What was extracted last, and from which content.
    var features = PartyFeatures()
    var featuresHash: UInt64 = 0
    /// Comparisons of two rows so far.
    package private(set) var comparisons = 0
    private var stamps: [UInt32] = []
    private var epoch: UInt32 = 0

    package init() {}

    /// The features of a party if they were the last to be extracted.
    package mutating func takeFeatures(of party: PreparedParty) -> PartyFeatures? {
        guard featuresHash == party.contentHash, featuresHash != 0 else { return nil }
        featuresHash = 0
        return features
    }

    mutating func begin(profiles: Int) {
        candidates.removeAll(keepingCapacity: true)
        while stamps.count < profiles { stamps.append(0) }
        epoch &+= 1
        if epoch == 0 {
            for index in stamps.indices { stamps[index] = 0 }
            epoch = 1
        }
    }

    @inline(__always) mutating func noteComparison() { comparisons += 1 }

    /// Whether the profile was not seen since `begin`.
    @inline(__always) mutating func isFirst(_ profile: UInt32) -> Bool {
        if stamps[Int(profile)] == epoch { return false }
        stamps[Int(profile)] = epoch
        return true
    }
}

/// Which candidates are looked for.
enum CandidateScope {
    case all
    /// Those of other customers, and of each of these no more than it takes to know that it is the same for certain: all
    /// that matters while nothing stands in the way.
    case outsiders
}

/// More rows of one profile than this are not compared: those with the lowest hashes stand for all.
private let mostRowsCompared = 16

extension DirectoryState {
    /// Fills `scratch.candidates` with every profile that shares a value with this one and that is the same, related or
    /// doubtful by the rules: a function of the profiles' data and of the rules, not of any earlier verdict.
    /// - Parameter scope: which of them are wanted.
    func findCandidates(
        of profile: UInt32, scope: CandidateScope = .all, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) {
        scratch.begin(profiles: profiles.count)
        _ = scratch.isFirst(profile)
        scratch.settledRoots.removeAll(keepingCapacity: true)
        if scope == .outsiders { scratch.settledRoots.append(root(of: profile)) }
        scratch.skipsSettled = scope == .outsiders
        let shop = UInt16(truncatingIfNeeded: profiles[Int(profile)].shop)
        switch rules.mode {
        case .exact: break
        case .evidence: weighCandidates(of: profile, shop, rules, &scratch)
        case .email: shareCandidates(of: profile, [.email, .relayEmail], &scratch)
        case .address: shareCandidates(of: profile, [.place], &scratch)
        }
        addSourceFindings(of: profile, &scratch)
    }

    // MARK: By evidence

    private func weighCandidates(
        of profile: UInt32, _ shop: UInt16, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) {
        prepareRows(of: profile, shop, &scratch)
        index.forEachValue(of: profile) { number in
            let value = index.values[number]
            guard value.leadsToCandidates || value.isStar else { return }
            if value.isStar { return weighStar(of: profile, number, rules, &scratch) }
            index.forEachCarrier(of: number) { other in
                guard scratch.isFirst(other) else { return }
                consider(profile, other, value, rules, &scratch)
            }
        }
    }

    /// The carriers of what very many carry stand in a star around the one with the lowest name of its own, so that a
    /// buyer with ten thousand orders has ten thousand pairs and not fifty million.
    private func weighStar(
        of profile: UInt32, _ number: Int, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) {
        let value = index.values[number]
        let centre = value.centre
        if centre != profile {
            if scratch.isFirst(centre) { consider(profile, centre, value, rules, &scratch) }
        } else {
            index.forEachCarrier(of: number) { other in
                if scratch.isFirst(other) { consider(profile, other, value, rules, &scratch) }
            }
        }
    }

    func prepareRows(of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch) {
        index.comparedRows(of: profile, into: &scratch.ownRows)
        scratch.classes.removeAll(keepingCapacity: true)
        for row in scratch.ownRows {
            scratch.classes.append(index.classes(of: index.rows[Int(row)].features, shop: shop))
        }
    }

    private func consider(
        _ profile: UInt32, _ other: UInt32, _ value: ValueEntry, _ rules: ShopIdentity,
        _ scratch: inout ResolutionScratch
    ) {
        var otherRoot: UInt32 = 0
        if scratch.skipsSettled {
            otherRoot = root(of: other)
            if scratch.settledRoots.contains(otherRoot) { return }
        }
        let weight = weigh(profile, other, rules, &scratch)
        guard weight.verdict > .none else { return }
        if scratch.skipsSettled, weight.verdict == .merge, !isWeak(weight, rules) {
            scratch.settledRoots.append(otherRoot)
        }
        scratch.candidates.append(
            Candidate(
                profile: other, keyHash: value.hash, kind: value.kind.identityKey?.rawValue ?? 0, weight: weight))
    }

    /// The best that any two rows of the profiles give. Needs `prepareRows` of the first.
    func weigh(
        _ profile: UInt32, _ other: UInt32, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        guard index.profiles[Int(profile)].sketch.mayAgree(index.profiles[Int(other)].sketch) else { return .strangers }
        let withheld = index.profiles[Int(profile)].withheld.union(index.profiles[Int(other)].withheld)
        var best: PairWeight?
        for place in scratch.ownRows.indices {
            let own = Int(scratch.ownRows[place])
            index.forEachComparedRow(of: other, &scratch.otherRows) { row in
                let classes = self.classes(scratch.classes[place], own, row, profile)
                let weight = rules.weigher.weigh(
                    index.rows[own].features, index.rows[row].features, classes, withheld: withheld)
                if best.map({ weight.isStronger(than: $0) }) ?? true { best = weight }
            }
            scratch.noteComparison()
        }
        return best ?? .strangers
    }

    /// The classes by which two rows are weighed: the same from either side. Values that agree are one value, with one
    /// class, unless it is a second address that agrees: only the first is counted, so the commoner of the two stands.
    @inline(__always)
    private func classes(
        _ classes: FrequencyClasses, _ own: Int, _ other: Int, _ profile: UInt32
    ) -> FrequencyClasses {
        let isFirstAlone =
            index.rows[own].features.secondAddress.isEmpty && index.rows[other].features.secondAddress.isEmpty
        if isFirstAlone { return classes }
        let shop = UInt16(truncatingIfNeeded: profiles[Int(profile)].shop)
        return classes.commoner(index.classes(of: index.rows[other].features, shop: shop))
    }

    /// How two profiles compare, whatever led to them.
    package func weigh(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> PairWeight {
        let shop = UInt16(truncatingIfNeeded: profiles[Int(one)].shop)
        prepareRows(of: one, shop, &scratch)
        return weigh(one, two, identities[Int(shop)], &scratch)
    }

    /// The candidates that an arriving party shares an identity key with, weighed against what it shows.
    func weighArrival(
        _ features: PartyFeatures, _ record: Span<UInt8>, of profile: UInt32?, shop: UInt16, _ rules: ShopIdentity,
        _ scratch: inout ResolutionScratch
    ) {
        scratch.begin(profiles: profiles.count)
        scratch.settledRoots.removeAll(keepingCapacity: true)
        if let profile {
            _ = scratch.isFirst(profile)
            scratch.settledRoots.append(root(of: profile))
        }
        var knownClasses: FrequencyClasses?
        var sketch = profile.map { index.profiles[Int($0)].sketch } ?? PairSketch(features)
        if profile != nil { sketch.join() }
        PartyRecord.forEachKey(of: record) { key in
            guard key.kind.isNoted, key.kind != .place,
                let number = index.find(MatchIndex.scoped(key.hash, ValueKind(key.kind), shop: shop))
            else { return }
            // The newcomer itself is not counted yet: one carrier is enough.
            guard index.values[number].isCompared else { return }
            index.forEachCarrier(of: number, atMost: 16) { other in
                guard scratch.isFirst(other), sketch.mayAgree(index.profiles[Int(other)].sketch) else { return }
                // One certain finding ties a whole customer.
                let root = root(of: other)
                guard !scratch.settledRoots.contains(root) else { return }
                let classes = knownClasses ?? index.classes(of: features, shop: shop)
                knownClasses = classes
                let withheld = index.profiles[Int(other)].withheld
                var isFound = false
                index.forEachComparedRow(of: other, &scratch.otherRows) { row in
                    if isFound { return }
                    let weight = rules.weigher.weigh(
                        features, index.rows[row].features, classes, withheld: withheld)
                    guard weight.verdict == .merge else { return }
                    scratch.candidates.append(
                        Candidate(profile: other, keyHash: key.hash, kind: key.kind.rawValue, weight: weight))
                    if !isWeak(weight, rules) { scratch.settledRoots.append(root) }
                    isFound = true
                }
            }
        }
    }

    // MARK: By one value

    /// Everybody who carries the same value of these kinds, in a star as twins are.
    private func shareCandidates(
        of profile: UInt32, _ kinds: [IdentityKeyKind], _ scratch: inout ResolutionScratch
    ) {
        index.forEachValue(of: profile) { number in
            let value = index.values[number]
            guard let kind = value.kind.identityKey, kinds.contains(kind), value.count > 1 else { return }
            guard value.state != .quarantined, value.state != .held else { return }
            let centre = value.centre
            func add(_ other: UInt32) {
                guard scratch.isFirst(other) else { return }
                scratch.candidates.append(
                    Candidate(profile: other, keyHash: value.hash, kind: kind.rawValue, weight: .said))
            }
            if centre == profile { index.forEachCarrier(of: number, add) } else { add(centre) }
        }
    }

    /// What a source itself said: a guest's order turned out to be an account's.
    private func addSourceFindings(of profile: UInt32, _ scratch: inout ResolutionScratch) {
        forEachEdge(of: profile) { _, edge in
            guard edge.keyKind == .order, edge.isMerge else { return }
            let other = edge.other(than: profile)
            let said = Candidate(profile: other, keyHash: edge.keyHash, kind: edge.kind, weight: .said)
            if let known = scratch.candidates.firstIndex(where: { $0.profile == other }) {
                scratch.candidates[known] = said
            } else {
                scratch.candidates.append(said)
            }
        }
    }

    // MARK: What keeps profiles apart by rule

    /// What all that two profiles show says about whether they can be one person.
    func standing(_ one: UInt32, _ two: UInt32) -> PersonalStanding {
        var standing = PersonalStanding()
        index.forEachRow(of: one) { _, row in
            let features = row.features
            index.forEachRow(of: two) { _, other in standing.join(features.standing(against: other.features)) }
        }
        return standing
    }
}

extension PairWeight {
    /// Not weighed: the source, or the shop's match mode, says so.
    static let said = PairWeight(score: 10_000, levels: 0, verdict: .merge, reason: .said)

    /// Nothing agrees that could count.
    static let strangers = PairWeight(score: .min, levels: 0, verdict: .none, reason: .none)

    func isStronger(than other: PairWeight) -> Bool {
        verdict == other.verdict ? score > other.score : verdict > other.verdict
    }
}

extension ValueEntry {
    /// Whether the profiles that share the value are compared, and there are any.
    var leadsToCandidates: Bool { count > 1 && isCompared }

    /// Whether whoever shares the value is compared.
    var isCompared: Bool {
        guard !kind.isCounted, kind != ValueKind(.place) else { return false }
        return state == .released || (state == .active && count <= kind.largestBlock)
    }

    /// Whether the carriers are compared with one of them only (`centre`): there are too many to compare each with each.
    var isStar: Bool {
        if kind == .twin { return count > 16 }
        return state == .retired && kind.identityKey != nil && kind != ValueKind(.place)
    }

    /// Whether the value, by itself, has one profile compared with another.
    func leads(_ one: UInt32, to two: UInt32) -> Bool {
        isStar ? centre == one || centre == two : leadsToCandidates
    }
}

extension MatchIndex {
    /// The rows of a profile that are compared.
    func comparedRows(of profile: UInt32, into numbers: inout [UInt32]) {
        numbers.removeAll(keepingCapacity: true)
        forEachRow(of: profile) { number, _ in numbers.append(UInt32(number)) }
        guard numbers.count > mostRowsCompared else { return }
        numbers.sort { rows[Int($0)].hash < rows[Int($1)].hash }
        numbers.removeLast(numbers.count - mostRowsCompared)
    }

    /// Calls `body` with the rows of a profile that are compared.
    @inline(__always)
    func forEachComparedRow(of profile: UInt32, _ buffer: inout [UInt32], _ body: (Int) -> Void) {
        let entry = profiles[Int(profile)]
        if Int(entry.rowCount) <= mostRowsCompared {
            var next = entry.newestRow
            while next != 0 {
                body(Int(next - 1))
                next = rows[Int(next - 1)].next
            }
        } else {
            comparedRows(of: profile, into: &buffer)
            for row in buffer { body(Int(row)) }
        }
    }
}
