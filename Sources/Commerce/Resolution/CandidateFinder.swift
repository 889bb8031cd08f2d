import Bytes

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
        of profile: UInt32, scope: CandidateScope = .all, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) {
        scratch.begin()
        scratch.settledRoots.removeAll(keepingCapacity: true)
        if scope == .outsiders { scratch.settledRoots.append(root(of: profile)) }
        scratch.skipsSettled = scope == .outsiders
        let shop = profiles[Int(profile)].shop
        switch rules.mode {
        case .exact: break
        case .evidence: weighCandidates(of: profile, shop, rules, &scratch)
        case .email, .address: shareCandidates(of: profile, rules.mode, &scratch)
        }
        addSourceFindings(of: profile, &scratch)
    }

    // MARK: By evidence

    private func weighCandidates(
        of profile: UInt32, _ shop: UInt16, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) {
        prepareRows(of: profile, &scratch)
        gatherLeads(of: profile, shop, &scratch)
        prefetchComparisons(of: profile, rules.weigher, &scratch)
        for place in scratch.leads.indices { consider(profile, scratch.leads[place], rules, &scratch) }
    }

    /// Asks memory for how the profile and its leads compare, where each has shown one row.
    private func prefetchComparisons(of profile: UInt32, _ weigher: PairWeigher, _ scratch: inout ResolutionScratch) {
        guard scratch.ownRows.count == 1 else { return }
        let own = index.rows[Int(scratch.ownRows[0])].hash
        for place in scratch.leads.indices {
            let rows = index.profiles[Int(scratch.leads[place].profile)].rows
            guard rows.count == 1 else { continue }
            scratch.comparisons.prefetch(own, index.rows[Int(index.lists[rows, 0])].hash, by: weigher)
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
        let shop = profiles[Int(profile)].shop
        let classes = index.classes(of: index.rows.features(of: Int(scratch.ownRows[place])), shop: shop)
        scratch.classes[place] = classes
        return classes
    }

    private func consider(
        _ profile: UInt32, _ lead: Lead, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) {
        var otherRoot: UInt32 = 0
        if scratch.skipsSettled {
            otherRoot = root(of: lead.profile)
            if scratch.settledRoots.contains(otherRoot) { return }
        }
        let weight = weighAgreeing(profile, lead.profile, rules, &scratch)
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
        _ profile: UInt32, _ other: UInt32, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        let mayAgree = index.profiles[Int(profile)].sketch.mayAgree(index.profiles[Int(other)].sketch)
        return mayAgree ? weighAgreeing(profile, other, rules, &scratch) : .strangers
    }

    /// The same of two whose sketches may agree.
    private func weighAgreeing(
        _ profile: UInt32, _ other: UInt32, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        let own = index.profiles[Int(profile)]
        let its = index.profiles[Int(other)]
        let withheld = own.withheld.union(its.withheld)
        // Who has shown one row has its sketch.
        if own.rows.count == 1, its.rows.count == 1 {
            let row = Int(index.lists[its.rows, 0])
            return weigh(ownRow: 0, row, of: profile, withheld, rules.weigher, &scratch)
        }
        return weighRows(of: profile, other, withheld, rules.weigher, &scratch)
    }

    private func weighRows(
        of profile: UInt32, _ other: UInt32, _ withheld: FieldMask, _ weigher: PairWeigher,
        _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        var best: PairWeight?
        index.comparedRows(of: other, into: &scratch.otherRows)
        for place in scratch.ownRows.indices {
            let sketch = index.rows[Int(scratch.ownRows[place])].sketch
            for otherPlace in scratch.otherRows.indices {
                let row = Int(scratch.otherRows[otherPlace])
                guard sketch.mayAgree(index.rows[row].sketch) else { continue }
                let weight = weigh(ownRow: place, row, of: profile, withheld, weigher, &scratch)
                if best.map({ weight.isStronger(than: $0) }) ?? true { best = weight }
            }
        }
        return best ?? .strangers
    }

    /// How a prepared row of a profile compares with a row of another.
    private func weigh(
        ownRow place: Int, _ row: Int, of profile: UInt32, _ withheld: FieldMask, _ weigher: PairWeigher,
        _ scratch: inout ResolutionScratch
    ) -> PairWeight {
        let own = Int(scratch.ownRows[place])
        let classes = ownClasses(place, profile, &scratch)
        if index.rows[own].hasSecondAddress || index.rows[row].hasSecondAddress {
            return weigher.weigh(
                index.rows.features(of: own), index.rows.features(of: row), self.classes(classes, row, profile),
                withheld: withheld)
        }
        return scratch.comparisons.weight(
            of: index.rows[own].hash, index.rows[row].hash, classes, withheld: withheld, by: weigher
        ) {
            PairComparison(index.rows.features(of: own), index.rows.features(of: row))
        }
    }

    /// The classes by which rows with several addresses are weighed: the same from either side. Values that agree are one
    /// value, with one class, unless it is a second address that agrees: only the first is counted, so the commoner of the
    /// two stands.
    private func classes(_ own: FrequencyClasses, _ row: Int, _ profile: UInt32) -> FrequencyClasses {
        let shop = profiles[Int(profile)].shop
        return own.commoner(index.classes(of: index.rows.features(of: row), shop: shop))
    }

    /// How two profiles compare, whatever led to them.
    package func weigh(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> PairWeight {
        let shop = profiles[Int(one)].shop
        prepareRows(of: one, &scratch)
        return weigh(one, two, identities[Int(shop)].inForce, &scratch)
    }

    /// The candidates that an arriving party shares an identity key with, weighed against what it shows.
    func weighArrival(
        _ features: PartyFeatures, _ record: Span<UInt8>, of profile: UInt32?, shop: UInt16, _ rules: RulesInForce,
        _ scratch: inout ResolutionScratch
    ) {
        scratch.begin()
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
            index.prefetch(hash)
            scratch.arrivingKeys.append((key, hash))
        }
        for place in scratch.arrivingKeys.indices { index.prefetchValue(scratch.arrivingKeys[place].1) }
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
        _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> PairWeight? {
        let withheld = index.profiles[Int(other)].withheld
        var found: PairWeight?
        index.forEachComparedRow(of: other, &scratch.otherRows) { row in
            guard found == nil, sketch.mayAgree(index.rows[row].sketch) else { return }
            let weight = rules.weigher.weigh(
                features, index.rows.features(of: row), classes, withheld: withheld)
            if weight.verdict == .merge { found = weight }
        }
        return found
    }

    // MARK: By one value

    /// Everybody who carries the same value of these kinds, in a star as twins are.
    private func shareCandidates(
        of profile: UInt32, _ mode: MatchMode, _ scratch: inout ResolutionScratch
    ) {
        _ = scratch.isFirst(profile)
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
        index.forEachRow(of: one) { row in
            let person = index.rows[row].person
            index.forEachRow(of: two) { standing.join(person.standing(against: index.rows[$0].person)) }
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
}

extension MatchIndex {
    /// The rows of a profile that are compared.
    func comparedRows(of profile: UInt32, into numbers: inout [UInt32]) {
        numbers.removeAll(keepingCapacity: true)
        forEachRow(of: profile) { numbers.append(UInt32($0)) }
        guard numbers.count > mostRowsCompared else { return }
        numbers.sort { rows[Int($0)].hash < rows[Int($1)].hash }
        numbers.removeLast(numbers.count - mostRowsCompared)
    }

    /// Calls `body` with the rows of a profile that are compared.
    @inline(__always)
    func forEachComparedRow(of profile: UInt32, _ buffer: inout [UInt32], _ body: (Int) -> Void) {
        let shown = profiles[Int(profile)].rows
        if Int(shown.count) <= mostRowsCompared {
            for position in (0..<Int(shown.count)).reversed() { body(Int(lists[shown, position])) }
        } else {
            comparedRows(of: profile, into: &buffer)
            for row in buffer { body(Int(row)) }
        }
    }
}
