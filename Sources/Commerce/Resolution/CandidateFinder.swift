import Bytes

extension PartyFeatures {
    /// Something of each cache line that they lie on.
    @inline(__always) fileprivate var lines: UInt64 {
        firstLow &+ phone.rawValue &+ firstAddress.city &+ secondAddress.postalCode
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
let mostRowsCompared = 16

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
        case .email, .address: shareCandidates(of: profile, rules.mode, &scratch)
        }
        addSourceFindings(of: profile, &scratch)
    }

    // MARK: By evidence

    private func weighCandidates(
        of profile: UInt32, _ shop: UInt16, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) {
        prepareRows(of: profile, &scratch)
        gatherLeads(of: profile, shop, &scratch)
        for place in scratch.leads.indices { consider(profile, scratch.leads[place], rules, &scratch) }
    }

    /// Fills `scratch.leads` with everybody who shares a value with the profile and may agree with it. Their rows are
    /// asked for here and looked at later: waiting for memory is most of the work.
    private func gatherLeads(of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch) {
        scratch.leads.removeAll(keepingCapacity: true)
        let sketch = index.profiles[Int(profile)].sketch
        forEachLead(of: profile, shop, &scratch) { kind, hash, others, scratch in
            let implied = kind.implied
            for position in 0..<Int(others.count) {
                let other = index.lists[others, position]
                // Most values lead to the same few.
                guard !scratch.isSeen(other) else { continue }
                let entry = index.profiles[Int(other)]
                guard sketch.mayAgree(entry.sketch, beside: implied), scratch.isFirst(other) else { continue }
                scratch.leads.append(Lead(profile: other, kind: kind, hash: hash))
                scratch.touched &+= index.rows[Int(entry.newestRow) - 1].features.lines
            }
        }
    }

    /// Calls `body` with whom each value of the profile leads to: all who carry it or, in a star, the centre alone.
    @inline(__always)
    func forEachLead(
        of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch,
        _ body: (ValueKind, UInt64, SmallList, inout ResolutionScratch) -> Void
    ) {
        forEachKeyLead(of: profile) { kind, hash, others in body(kind, hash, others, &scratch) }
        forEachRowLead(of: profile, shop, &scratch, body)
    }

    /// Whom the identity keys lead to.
    @inline(__always)
    func forEachKeyLead(of profile: UInt32, _ body: (ValueKind, UInt64, SmallList) -> Void) {
        index.forEachValue(of: profile) { number in
            let value = index.values[number]
            if let others = index.leads(from: profile, value) { body(value.kind, value.hash, others) }
        }
    }

    /// Whom the features lead to: those who show the same, and those who stand in a block with them.
    @inline(__always)
    func forEachRowLead(
        of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch,
        _ body: (ValueKind, UInt64, SmallList, inout ResolutionScratch) -> Void
    ) {
        index.forEachRow(of: profile) { row, features in
            scratch.postingKeys.removeAll(keepingCapacity: true)
            MatchIndex.appendBlocks(of: features.features, shop: shop, to: &scratch.postingKeys)
            var touched: UInt64 = 0
            for key in scratch.postingKeys { touched &+= index.postings.touch(key.hash) }
            scratch.touched &+= touched
            let twins = index.twins(of: row, shop: shop)
            if let others = index.leads(from: profile, twins: twins) { body(.twin, features.hash, others, &scratch) }
            for place in scratch.postingKeys.indices {
                let key = scratch.postingKeys[place]
                let others = index.postings.list(of: key.hash)
                if others.count > 1 { body(key.kind, key.hash, others, &scratch) }
            }
        }
    }

    /// Puts the rows of a profile that is about to be compared into the scratch.
    func prepareRows(of profile: UInt32, _ scratch: inout ResolutionScratch) {
        index.comparedRows(of: profile, into: &scratch.ownRows)
        scratch.classes.removeAll(keepingCapacity: true)
        for _ in scratch.ownRows { scratch.classes.append(nil) }
    }

    /// The classes of a prepared row. Each is five look-ups far apart, and most profiles are compared with nobody, so they
    /// are looked up when the first pair needs them.
    @inline(__always)
    func ownClasses(_ place: Int, _ profile: UInt32, _ scratch: inout ResolutionScratch) -> FrequencyClasses {
        if let known = scratch.classes[place] { return known }
        let shop = UInt16(truncatingIfNeeded: profiles[Int(profile)].shop)
        let classes = index.classes(of: index.rows[Int(scratch.ownRows[place])].features, shop: shop)
        scratch.classes[place] = classes
        return classes
    }

    private func consider(
        _ profile: UInt32, _ lead: Lead, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) {
        var otherRoot: UInt32 = 0
        if scratch.skipsSettled {
            otherRoot = root(of: lead.profile)
            if scratch.settledRoots.contains(otherRoot) { return }
        }
        let weight = weigh(profile, lead.profile, rules, &scratch)
        guard weight.verdict > .none else { return }
        if scratch.skipsSettled, weight.verdict == .merge, !isWeak(weight, rules) {
            scratch.settledRoots.append(otherRoot)
        }
        scratch.candidates.append(
            Candidate(
                profile: lead.profile, keyHash: lead.hash, kind: lead.kind.identityKey?.rawValue ?? 0, weight: weight))
    }

    /// The best that any two rows of the profiles give that may agree. Needs `prepareRows` of the first.
    func weigh(
        _ profile: UInt32, _ other: UInt32, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        let own = index.profiles[Int(profile)]
        let its = index.profiles[Int(other)]
        guard own.sketch.mayAgree(its.sketch) else { return .strangers }
        let withheld = own.withheld.union(its.withheld)
        var best: PairWeight?
        for place in scratch.ownRows.indices {
            let own = Int(scratch.ownRows[place])
            let classes = ownClasses(place, profile, &scratch)
            index.forEachComparedRow(of: other, &scratch.otherRows) { row in
                guard
                    let weight = weigh(
                        row: own, classes, row, of: profile, withheld, rules.weigher, &scratch.comparisons)
                else { return }
                if best.map({ weight.isStronger(than: $0) }) ?? true { best = weight }
            }
        }
        return best ?? .strangers
    }

    /// How a row of a profile compares with a row of another; nil if the two cannot agree.
    @inline(__always)
    private func weigh(
        row own: Int, _ ownClasses: FrequencyClasses, _ row: Int, of profile: UInt32, _ withheld: FieldMask,
        _ weigher: PairWeigher, _ comparisons: inout ComparisonCache
    ) -> PairWeight? {
        guard index.rows[own].sketch.mayAgree(index.rows[row].sketch) else { return nil }
        guard index.rows[own].features.hasOneAddress(beside: index.rows[row].features) else {
            let classes = classes(ownClasses, row, profile)
            return weigher.weigh(
                index.rows[own].features, index.rows[row].features, classes, withheld: withheld)
        }
        let comparison = comparisons.comparison(index.rows[own].hash, index.rows[row].hash) {
            PairComparison(index.rows[own].features, index.rows[row].features)
        }
        return weigher.weigh(comparison, ownClasses, withheld: withheld)
    }

    /// The classes by which rows with several addresses are weighed: the same from either side. Values that agree are one
    /// value, with one class, unless it is a second address that agrees: only the first is counted, so the commoner of the
    /// two stands.
    private func classes(_ own: FrequencyClasses, _ row: Int, _ profile: UInt32) -> FrequencyClasses {
        let shop = UInt16(truncatingIfNeeded: profiles[Int(profile)].shop)
        return own.commoner(index.classes(of: index.rows[row].features, shop: shop))
    }

    /// How two profiles compare, whatever led to them.
    package func weigh(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> PairWeight {
        let shop = UInt16(truncatingIfNeeded: profiles[Int(one)].shop)
        prepareRows(of: one, &scratch)
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
        let sketch = PairSketch(features)
        scratch.arrivingKeys.removeAll(keepingCapacity: true)
        PartyRecord.forEachKey(of: record) { key in
            guard key.kind.isNoted, key.kind != .place else { return }
            let hash = MatchIndex.scoped(key.hash, ValueKind(key.kind), shop: shop)
            scratch.touched &+= index.touch(hash)
            scratch.arrivingKeys.append((key, hash))
        }
        for place in scratch.arrivingKeys.indices {
            let (key, hash) = scratch.arrivingKeys[place]
            guard let number = index.find(hash) else { continue }
            // The newcomer itself is not counted yet: one carrier is enough.
            guard index.values[number].isCompared else { continue }
            let carriers = index.values[number].carriers
            // The newest first: who came last is likeliest to come again.
            for place in 0..<min(Int(carriers.count), 16) {
                let other = index.lists[carriers, Int(carriers.count) - 1 - place]
                guard scratch.isFirst(other), sketch.mayAgree(index.profiles[Int(other)].sketch) else { continue }
                // One certain finding ties a whole customer.
                let root = root(of: other)
                guard !scratch.settledRoots.contains(root) else { continue }
                let classes = knownClasses ?? index.classes(of: features, shop: shop)
                knownClasses = classes
                guard let weight = mergingWeight(features, sketch, other, classes, rules, &scratch) else { continue }
                scratch.candidates.append(
                    Candidate(profile: other, keyHash: key.hash, kind: key.kind.rawValue, weight: weight))
                if !isWeak(weight, rules) { scratch.settledRoots.append(root) }
            }
        }
    }

    /// How an arriving party and the first row of a profile that is the same by itself compare; nil if none is.
    private func mergingWeight(
        _ features: PartyFeatures, _ sketch: PairSketch, _ other: UInt32, _ classes: FrequencyClasses,
        _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> PairWeight? {
        let withheld = index.profiles[Int(other)].withheld
        var found: PairWeight?
        index.forEachComparedRow(of: other, &scratch.otherRows) { row in
            guard found == nil, sketch.mayAgree(index.rows[row].sketch) else { return }
            let weight = rules.weigher.weigh(features, index.rows[row].features, classes, withheld: withheld)
            if weight.verdict == .merge { found = weight }
        }
        return found
    }

    // MARK: By one value

    /// Everybody who carries the same value of these kinds, in a star as twins are.
    private func shareCandidates(
        of profile: UInt32, _ mode: MatchMode, _ scratch: inout ResolutionScratch
    ) {
        index.forEachValue(of: profile) { number in
            let value = index.values[number]
            guard value.isDecisive(in: mode), let kind = value.kind.identityKey else { return }
            let centre = index.centre(of: value.carriers)
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
    /// Whether whoever carries the value is one customer where one value says it all.
    func isDecisive(in mode: MatchMode) -> Bool {
        guard carriers.count > 1, state != .quarantined, state != .held, let kind = kind.identityKey else {
            return false
        }
        return mode.decides(by: kind)
    }

    /// Whether whoever shares the key is compared.
    var isCompared: Bool {
        guard kind != ValueKind(.place) else { return false }
        return state == .released || (state == .active && carriers.count <= kind.largestBlock)
    }

    /// Whether the carriers are compared with the centre only: there are too many to compare each with each.
    var isStar: Bool { state == .retired && kind != ValueKind(.place) }
}

extension MatchIndex {
    /// Twins in greater numbers are compared with the centre only.
    private static let mostTwins: UInt32 = 16

    /// Whom a key leads its carrier to; nil for nobody.
    @inline(__always) func leads(from profile: UInt32, _ value: ValueEntry) -> SmallList? {
        guard value.carriers.count > 1 else { return nil }
        if value.isStar { return star(value.carriers, from: profile) }
        return value.isCompared ? value.carriers : nil
    }

    @inline(__always) func leads(from profile: UInt32, twins: SmallList) -> SmallList? {
        guard twins.count > 1 else { return nil }
        return twins.count > Self.mostTwins ? star(twins, from: profile) : twins
    }

    /// The carriers of what very many carry stand in a star around the one with the lowest name of its own, so that a
    /// buyer with ten thousand orders has ten thousand pairs and not fifty million.
    private func star(_ carriers: SmallList, from profile: UInt32) -> SmallList {
        let centre = centre(of: carriers)
        return centre == profile ? carriers : SmallList(centre)
    }

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
