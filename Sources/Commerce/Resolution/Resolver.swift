import Bytes

// Resolution: from a profile that has to be weighed to the event that says what follows. Pure: reads the state and makes a
// plan; the caller writes it as one `customersResolved` event and applies that with `evolve`.
//
// Most profiles are simple: they match one customer or none and nothing stands in the way. Where something does (a
// person's decision, a contradiction, a source's word, a verdict that no longer holds, a bridge) the whole component of
// profiles that hang together is laid out and clustered anew.

/// What follows from weighing a profile.
package struct ResolutionPlan: Sendable {
    /// Verdicts that are new or have changed; without groups, each merge among them unites two customers.
    var pairs: [PairFinding] = []
    /// How the profiles of a component are divided into customers; empty when merges alone say it.
    var groups: [CustomerGroup] = []

    package var isEmpty: Bool { pairs.isEmpty && groups.isEmpty }
}

/// A component with more profiles than this is left as it is: a hub that no rule foresaw.
let mostProfilesOfComponent = 20_000

/// Customers with more pairs of profiles between them are laid out as a whole before they become one.
private let mostPairsOfUnion = 4_096

extension DirectoryState {
    /// What follows from weighing the profile now.
    package func plan(for profile: UInt32, _ scratch: inout ResolutionScratch) -> ResolutionPlan {
        let rules = identities[Int(profiles[Int(profile)].shop)]
        guard rules.mode != .exact else { return ResolutionPlan() }
        let root = root(of: profile)
        let home = profiles[Int(root)]
        let mayBridge = home.isWeak && home.size >= 2 * UInt32(BridgeAlarm.leastProfiles)
        let isPlain = !home.isRestricted && !(mayBridge && mayHideBridge([root], []))
        let needs = index.origins[Int(profile)].weighing
        if isPlain, !needs.contains(.isSearched), holdsAll(profile, needs, rules, &scratch) { return ResolutionPlan() }
        if isPlain, agreesAtHome(profile, rules), holdsPast(profile, needs, rules, &scratch) {
            findCandidates(of: profile, scope: .outsiders, rules, &scratch)
            if isSimple(profile, scratch.candidates) { return simplePlan(profile, scratch.candidates) }
        }
        return componentPlan([profile], rules, &scratch)
    }

    /// What follows for customers about whom a person has just decided something.
    package func plan(forAll seeds: [UInt32], _ scratch: inout ResolutionScratch) -> ResolutionPlan {
        guard let first = seeds.first else { return ResolutionPlan() }
        return componentPlan(seeds, identities[Int(profiles[Int(first)].shop)], &scratch)
    }

    /// Writes a plan as one event. It carries the order that brought the profile's newest data.
    /// - Parameter actor: whose decision it follows from; empty where the rules alone say it.
    package func write(
        _ plan: ResolutionPlan, cause profile: UInt32, actor: String = "", at now: Timestamp,
        into events: inout EventWriter
    ) {
        events.customersResolved(
            plan, shop: UInt16(truncatingIfNeeded: profiles[Int(profile)].shop), cause: profile,
            order: index.origins[Int(profile)].cause, actor: actor, now: now)
    }

    // MARK: The queue

    /// Whether nothing waits to be weighed.
    package var isAtRest: Bool { index.queue.isEmpty }
    /// Profiles that wait to be weighed.
    package var waitingProfiles: Int { index.queue.count }
    package var variantCount: Int { variants.count }

    /// The next profile to weigh.
    package mutating func takeDirty() -> UInt32? { index.takeDirty() }

    /// Whether the journal should say that all is weighed: not for each new order, but before a restart would have too
    /// much to weigh again.
    package var owesRestMark: Bool {
        variants.count >= Int(settledVariants) + 4_096 || sweepSequence > settledSequence
    }

    // MARK: The simple case

    /// Whether nothing stands in the way: every verdict of the past holds, and nothing keeps the customers apart.
    private func isSimple(_ profile: UInt32, _ candidates: [Candidate]) -> Bool {
        let identity = identities[Int(profiles[Int(profile)].shop)]
        var roots = [root(of: profile)]
        var ties: [Tie] = []
        for candidate in candidates where candidate.weight.verdict == .merge {
            let other = root(of: candidate.profile)
            if !roots.contains(other) { roots.append(other) }
            ties.append(Tie(one: profile, two: candidate.profile, isWeak: self.isWeak(candidate.weight, identity)))
        }
        var size: UInt32 = 0
        for root in roots {
            if profiles[Int(root)].isRestricted { return false }
            size += profiles[Int(root)].size
        }
        let isWeak = ties.contains { $0.isWeak } || roots.contains { profiles[Int($0)].isWeak }
        // A weak finding may be a bridge as soon as both its ends can be dense.
        if isWeak, size >= 2 * UInt32(BridgeAlarm.leastProfiles), mayHideBridge(roots, ties) { return false }
        return roots.count == 1 || mayUnite(roots)
    }

    /// Whether what the profile shows by now still fits the other profiles of its customer: one that shows more than when
    /// it joined them may contradict them.
    private func agreesAtHome(_ profile: UInt32, _ rules: ShopIdentity) -> Bool {
        guard rules.mode == .evidence, index.profiles[Int(profile)].rowCount > 1 else { return true }
        return members(of: profile).allSatisfy { $0 == profile || separation(profile, $0) == nil }
    }

    /// Whether every merge that was recorded for the profile still stands. New data of its own undo none.
    private func holdsPast(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> Bool {
        guard rules.mode == .evidence else { return sharesPast(profile, rules, &scratch) }
        if needs.isDisjoint(with: [.isChecked, .isRecounted]) { return true }
        return holds(profile, needs, rules, &scratch) { $0.isMerge }
    }

    /// Whether everything that was recorded for the profile would be found today: enough to know where no new candidates
    /// are to be expected.
    private func holdsAll(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> Bool {
        rules.mode != .evidence || holds(profile, needs, rules, &scratch) { $0.weight.verdict != .none }
    }

    private func holds(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch,
        where isOf: (EdgeEntry) -> Bool
    ) -> Bool {
        let isRecount = !needs.contains(.isChecked)
        let shop = UInt16(truncatingIfNeeded: profiles[Int(profile)].shop)
        let population = index.populationClass(of: shop)
        var open: [EdgeEntry] = []
        forEachEdge(of: profile) { _, edge in
            guard isOf(edge), edge.keyKind != .order else { return }
            if isRecount, rules.weigher.isFirm(edge.weight, population: population) { return }
            open.append(edge)
        }
        guard !open.isEmpty else { return true }
        prepareRows(of: profile, shop, &scratch)
        return open.allSatisfy { edge in
            if edge.isMerge { return stands(edge, profile, rules, &scratch) }
            let weight = weigh(profile, edge.other(than: profile), rules, &scratch)
            return weight.verdict == edge.weight.verdict && weight.reason == edge.weight.reason
        }
    }

    /// The same where one value says it all.
    private func sharesPast(
        _ profile: UInt32, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> Bool {
        var merges: [EdgeEntry] = []
        forEachEdge(of: profile) { _, edge in if edge.isMerge, edge.keyKind != .order { merges.append(edge) } }
        guard !merges.isEmpty, rules.mode != .exact else { return true }
        findCandidates(of: profile, rules, &scratch)
        return merges.allSatisfy { edge in
            scratch.candidates.contains { $0.profile == edge.other(than: profile) }
        }
    }

    /// Whether a merge would be found today, and no weaker than it was recorded: one that hardly suffices by now may have
    /// become a bridge. Needs `prepareRows`.
    private func stands(
        _ edge: EdgeEntry, _ profile: UInt32, _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> Bool {
        let other = edge.other(than: profile)
        guard shareValue(profile, other, &scratch) else { return false }
        let weight = weigh(profile, other, rules, &scratch)
        return weight.verdict == .merge && (!isWeak(weight, rules) || isWeak(edge.weight, rules))
    }

    /// Whether a value that leads to candidates still leads from one to the other. Needs `prepareRows` of the first.
    private func shareValue(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> Bool {
        let shop = UInt16(truncatingIfNeeded: profiles[Int(one)].shop)
        var shares = false
        let sketches = (index.profiles[Int(one)].sketch, index.profiles[Int(two)].sketch)
        forEachLead(of: one, shop, &scratch) { kind, _, others, _ in
            shares =
                shares
                || sketches.0.mayAgree(sketches.1, beside: kind.implied) && index.lists.contains(two, in: others)
        }
        return shares
    }

    /// Whether whole customers may become one without a closer look.
    func mayUnite(_ roots: [UInt32]) -> Bool {
        let clusters = roots.map { members(of: $0) }
        guard clusters.reduce(1, { $0 * $1.count }) <= mostPairsOfUnion else { return false }
        for (number, left) in clusters.enumerated() {
            for right in clusters.dropFirst(number + 1) {
                for one in left {
                    for two in right where separation(one, two) != nil { return false }
                }
            }
        }
        return true
    }

    private func simplePlan(_ profile: UInt32, _ candidates: [Candidate]) -> ResolutionPlan {
        var plan = ResolutionPlan()
        var best: [UInt32: Candidate] = [:]
        let home = root(of: profile)
        for candidate in candidates where candidate.weight.verdict == .merge {
            let other = root(of: candidate.profile)
            guard other != home else { continue }
            if let known = best[other], !isBefore(candidate, known) { continue }
            best[other] = candidate
        }
        for candidate in best.values.sorted(by: { $0.profile < $1.profile }) {
            plan.pairs.append(finding(profile, candidate))
        }
        addNews(profile, candidates, joined: Set(best.keys).union([home]), to: &plan)
        return plan
    }

    private func isBefore(_ one: Candidate, _ two: Candidate) -> Bool {
        one.weight.score == two.weight.score ? one.profile < two.profile : one.weight.score > two.weight.score
    }

    /// Doubtful and linked pairs whose verdict is new, and recorded ones that hold no more.
    private func addNews(
        _ profile: UInt32, _ candidates: [Candidate], joined roots: Set<UInt32>, to plan: inout ResolutionPlan
    ) {
        var recorded: [UInt32: (verdict: UInt8, reason: UInt8)] = [:]
        forEachEdge(of: profile) { _, edge in
            recorded[edge.other(than: profile)] = (edge.verdict, edge.reason)
        }
        for candidate in candidates where candidate.weight.verdict != .merge {
            let known = recorded[candidate.profile]
            recorded[candidate.profile] = nil
            if roots.contains(root(of: candidate.profile)) { continue }
            let weight = candidate.weight
            if known?.verdict == weight.verdict.rawValue, known?.reason == weight.reason.rawValue { continue }
            plan.pairs.append(finding(profile, candidate))
        }
        for (other, known) in recorded.sorted(by: { $0.key < $1.key })
        where known.verdict == PairVerdict.queue.rawValue || known.verdict == PairVerdict.link.rawValue {
            if candidates.contains(where: { $0.profile == other }) { continue }
            plan.pairs.append(withdrawn(profile, other))
        }
    }

    func finding(_ profile: UInt32, _ candidate: Candidate) -> PairFinding {
        PairFinding(
            newer: max(profile, candidate.profile), older: min(profile, candidate.profile), kind: candidate.kind,
            keyHash: candidate.keyHash, weight: candidate.weight)
    }

    func withdrawn(_ one: UInt32, _ two: UInt32) -> PairFinding {
        PairFinding(
            newer: max(one, two), older: min(one, two), kind: 0, keyHash: 0,
            weight: PairWeight(score: 0, levels: 0, verdict: .none, reason: .none))
    }
}

extension PairFinding {
    /// The same for the same two profiles.
    var key: UInt64 { UInt64(older) << 32 | UInt64(newer) }
}
