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
        let rules = identities[Int(profiles[Int(profile)].shop)].inForce
        guard rules.mode != .exact else { return ResolutionPlan() }
        let root = root(of: profile)
        let home = profiles[Int(root)]
        let mayBridge = home.isWeak && home.size >= 2 * UInt32(BridgeAlarm.leastProfiles)
        let isPlain = !home.isRestricted && !(mayBridge && mayHideBridge([root], []))
        let needs = index.origins[Int(profile)].weighing
        if isPlain, !needs.contains(.isSearched), holdsAll(profile, needs, rules, &scratch) { return ResolutionPlan() }
        if isPlain, agreesAtHome(profile, needs, rules), holdsPast(profile, needs, rules, &scratch) {
            findCandidates(of: profile, scope: .outsiders, rules, &scratch)
            if isSimple(profile, scratch.candidates) { return simplePlan(profile, scratch.candidates) }
        }
        // A value that grows common has everybody who shares it weighed: one component, again and again.
        if scratch.isLaidOut(profile, at: sequence) { return ResolutionPlan() }
        return componentPlan([profile], rules, &scratch)
    }

    /// What follows for customers about whom a person has just decided something.
    package func plan(forAll seeds: [UInt32], _ scratch: inout ResolutionScratch) -> ResolutionPlan {
        guard let first = seeds.first else { return ResolutionPlan() }
        return componentPlan(seeds, identities[Int(profiles[Int(first)].shop)].inForce, &scratch)
    }

    /// Writes a plan as one event. It carries the order that brought the profile's newest data.
    /// - Parameter actor: whose decision it follows from; empty where the rules alone say it.
    package func write(
        _ plan: ResolutionPlan, cause profile: UInt32, actor: String = "", at now: Timestamp,
        into events: inout EventWriter
    ) {
        events.customersResolved(
            plan, shop: profiles[Int(profile)].shop, cause: profile,
            order: index.origins[Int(profile)].cause, actor: actor, now: now)
    }

    // MARK: The queue

    /// Whether nothing waits to be weighed, as far as that is known.
    package var isAtRest: Bool { index.queue.isEmpty && !isMatchingAway }
    /// Profiles that wait to be weighed.
    package var waitingProfiles: Int { index.queue.count }
    /// Those among them that new data or decisions have touched; the others a sweep will come to.
    package var listedProfiles: Int { index.queue.listedCount }
    package var variantCount: Int { variants.count }

    /// Profiles that a sweep passes over at once.
    private static let mostPassedOver = 4_096

    /// The next profile to weigh; nil if there is none, or none near: the queue is empty only when `isAtRest`.
    package mutating func takeDirty() -> UInt32? {
        lookAhead()
        for _ in 0..<Self.mostPassedOver {
            guard let profile = index.nextInQueue() else { return nil }
            guard index.isDue(profile, of: profiles[Int(profile)].shop) else { continue }
            index.beginWeighing(profile)
            return profile
        }
        return nil
    }

    /// Asks memory for what weighing the next profiles will look at first: of one some places on what stands at a known
    /// place, of those behind this one what that names.
    private func lookAhead() {
        if let later = index.queue.next(after: 3).map(Int.init) {
            profiles.prefetch(later)
            index.profiles.prefetch(later)
            index.origins.prefetch(later)
        }
        if let next = index.queue.next(after: 2).map(Int.init) { index.prefetchKeyNumbers(of: next) }
        if let soon = index.queue.next(after: 1).map(Int.init) {
            index.prefetchRow(of: index.profiles[soon])
            index.prefetchKeys(of: soon)
            let edge = profiles[soon].newestEdge
            if edge != 0 { edges.prefetch(Int(edge) - 1) }
        }
    }

    /// Whether the journal should say that all is weighed: not for each new order, but before a restart would have too
    /// much to weigh again.
    package var owesRestMark: Bool {
        variants.count >= Int(settledVariants) + 4_096 || sweepSequence > settledSequence
    }

    // MARK: The simple case

    /// Whether nothing stands in the way: every verdict of the past holds, and nothing keeps the customers apart.
    private func isSimple(_ profile: UInt32, _ candidates: [Candidate]) -> Bool {
        let shop = Int(profiles[Int(profile)].shop)
        let home = root(of: profile)
        var others: [UInt32] = []
        var ties: [Tie] = []
        for candidate in candidates where candidate.weight.verdict == .merge {
            let other = root(of: candidate.profile)
            if other != home, !others.contains(other) { others.append(other) }
            ties.append(Tie(one: profile, two: candidate.profile, isWeak: self.isWeak(candidate.weight, shop: shop)))
        }
        if profiles[Int(home)].isRestricted { return false }
        if others.contains(where: { profiles[Int($0)].isRestricted }) { return false }
        let size = others.reduce(profiles[Int(home)].size) { $0 + profiles[Int($1)].size }
        let isWeak =
            profiles[Int(home)].isWeak || ties.contains { $0.isWeak } || others.contains { profiles[Int($0)].isWeak }
        // A weak finding may be a bridge as soon as both its ends can be dense.
        if isWeak, size >= 2 * UInt32(BridgeAlarm.leastProfiles), mayHideBridge([home] + others, ties) { return false }
        return others.isEmpty || mayUnite([home] + others)
    }

    /// Whether what the profile shows by now still fits the other profiles of its customer: one that shows more than when
    /// it joined them may contradict them.
    private func agreesAtHome(_ profile: UInt32, _ needs: WeighingNeeds, _ rules: RulesInForce) -> Bool {
        guard rules.mode == .evidence else { return true }
        // One that shows what it always did fits those whom it joined, unless another match mode had it join them.
        guard index.profiles[Int(profile)].rows.count > 1 || needs.contains(.isChecked) else { return true }
        var other = profiles[Int(profile)].next
        while other != profile {
            if separation(profile, other) != nil { return false }
            other = profiles[Int(other)].next
        }
        return true
    }

    /// Whether every merge that was recorded for the profile still stands. New data of its own undo none.
    private func holdsPast(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> Bool {
        guard rules.mode == .evidence else { return sharesPast(profile, rules, &scratch) }
        if needs.isDisjoint(with: [.isChecked, .isRecounted, .isUnled]) { return true }
        return holds(profile, needs, rules, &scratch) { $0.isMerge }
    }

    /// Whether everything that was recorded for the profile would be found today: enough to know where no new candidates
    /// are to be expected.
    private func holdsAll(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> Bool {
        rules.mode != .evidence || holds(profile, needs, rules, &scratch) { $0.weight.verdict != .none }
    }

    private func holds(
        _ profile: UInt32, _ needs: WeighingNeeds, _ rules: RulesInForce, _ scratch: inout ResolutionScratch,
        where isOf: (EdgeEntry) -> Bool
    ) -> Bool {
        let shop = profiles[Int(profile)].shop
        let population = index.populationClass(of: shop)
        let isRecount = needs.contains(.isRecounted)
        var arePrepared = false
        var isHeld = true
        forEachEdge(of: profile) { _, edge in
            guard isHeld, isOf(edge), edge.keyKind != .order else { return }
            if needs.contains(.isChecked) || isRecount && !rules.weigher.isFirm(edge.weight, population: population) {
                if !arePrepared { prepareRows(of: profile, &scratch) }
                arePrepared = true
                isHeld = holds(edge, profile, rules, &scratch)
            } else if needs.contains(.isUnled) {
                isHeld = shareValue(profile, edge.other(than: profile), &scratch)
            }
        }
        return isHeld
    }

    /// Whether a finding would be recorded today as it was. Needs `prepareRows`.
    private func holds(
        _ edge: EdgeEntry, _ profile: UInt32, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> Bool {
        if edge.isMerge { return stands(edge, profile, rules, &scratch) }
        let weight = weigh(profile, edge.other(than: profile), rules, &scratch)
        return weight.verdict == edge.weight.verdict && weight.reason == edge.weight.reason
    }

    /// The same where one value says it all.
    private func sharesPast(
        _ profile: UInt32, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
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
        _ edge: EdgeEntry, _ profile: UInt32, _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> Bool {
        let other = edge.other(than: profile)
        guard shareValue(profile, other, &scratch) else { return false }
        let weight = weigh(profile, other, rules, &scratch)
        return weight.verdict == .merge && (!isWeak(weight, rules) || isWeak(edge.weight, rules))
    }

    /// Whether a value that leads to candidates still leads from one to the other. Most share an identity key, so that
    /// blocks are not asked.
    private func shareValue(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> Bool {
        let sketches = (index.profiles[Int(one)].sketch, index.profiles[Int(two)].sketch)
        func isShared() -> Bool {
            scratch.sharedValues.contains { value in
                sketches.0.mayAgree(sketches.1, beside: value.kind.implied)
                    && index.lists.contains(two, in: value.others)
            }
        }
        scratch.sharedValues.removeAll(keepingCapacity: true)
        gatherSharedKeys(of: one, &scratch)
        if isShared() { return true }
        let shop = profiles[Int(one)].shop
        scratch.sharedValues.removeAll(keepingCapacity: true)
        index.forEachRow(of: one) { row in gatherSharedBlocks(of: row, one, shop, &scratch) }
        return isShared()
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
        let home = root(of: profile)
        var others: [UInt32] = []
        var best: [Candidate] = []
        for candidate in candidates where candidate.weight.verdict == .merge {
            let other = root(of: candidate.profile)
            if other == home { continue }
            if let place = others.firstIndex(of: other) {
                if isBefore(candidate, best[place]) { best[place] = candidate }
            } else {
                others.append(other)
                best.append(candidate)
            }
        }
        if best.count > 1 { best.sort { $0.profile < $1.profile } }
        for candidate in best { plan.pairs.append(finding(profile, candidate)) }
        addNews(profile, candidates, joined: others, to: &plan)
        return plan
    }

    private func isBefore(_ one: Candidate, _ two: Candidate) -> Bool {
        one.weight.score == two.weight.score ? one.profile < two.profile : one.weight.score > two.weight.score
    }

    /// Doubtful and linked pairs whose verdict is new, and recorded ones that hold no more.
    /// - Parameter others: customers that the profile's own becomes one with.
    private func addNews(
        _ profile: UInt32, _ candidates: [Candidate], joined others: [UInt32], to plan: inout ResolutionPlan
    ) {
        let home = root(of: profile)
        for candidate in candidates where candidate.weight.verdict != .merge {
            let root = root(of: candidate.profile)
            if root == home || others.contains(root) { continue }
            let weight = candidate.weight
            if let known = edgeNumber(profile, candidate.profile).map({ edges[$0] }),
                known.verdict == weight.verdict.rawValue, known.reason == weight.reason.rawValue
            {
                continue
            }
            plan.pairs.append(finding(profile, candidate))
        }
        var gone: [UInt32] = []
        forEachEdge(of: profile) { _, edge in
            guard edge.verdict == PairVerdict.queue.rawValue || edge.verdict == PairVerdict.link.rawValue else {
                return
            }
            let other = edge.other(than: profile)
            if !candidates.contains(where: { $0.profile == other }) { gone.append(other) }
        }
        if gone.count > 1 { gone.sort() }
        for other in gone { plan.pairs.append(withdrawn(profile, other)) }
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
