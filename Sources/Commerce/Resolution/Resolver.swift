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

extension DirectoryState {
    /// What follows from weighing the profile now.
    package func plan(for profile: UInt32, _ scratch: inout ResolutionScratch) -> ResolutionPlan {
        let rules = identities[Int(profiles[Int(profile)].shop)]
        guard rules.mode != .exact else { return ResolutionPlan() }
        let home = profiles[Int(root(of: profile))]
        let isPlain = !home.isRestricted && (!home.isWeak || home.size < 2 * UInt32(BridgeAlarm.leastProfiles))
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
    package func write(
        _ plan: ResolutionPlan, cause profile: UInt32, at now: Timestamp, into events: inout EventWriter
    ) {
        events.customersResolved(
            plan, shop: UInt16(truncatingIfNeeded: profiles[Int(profile)].shop), cause: profile,
            order: index.origins[Int(profile)].cause, now: now)
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
        var isWeak = false
        for candidate in candidates where candidate.weight.verdict == .merge {
            let other = root(of: candidate.profile)
            if !roots.contains(other) {
                roots.append(other)
                isWeak = isWeak || self.isWeak(candidate.weight, identity)
            }
        }
        var size: UInt32 = 0
        for root in roots {
            if profiles[Int(root)].isRestricted { return false }
            isWeak = isWeak || profiles[Int(root)].isWeak
            size += profiles[Int(root)].size
        }
        // A weak finding may be a bridge as soon as both its ends can be dense.
        if isWeak, size >= 2 * UInt32(BridgeAlarm.leastProfiles) { return false }
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
        forEachLead(of: one, shop, &scratch) { _, _, others, _ in
            shares = shares || index.lists.contains(two, in: others)
        }
        return shares
    }

    /// Whether whole customers may become one without a closer look.
    func mayUnite(_ roots: [UInt32]) -> Bool {
        let clusters = roots.map { members(of: $0) }
        guard clusters.reduce(0, { $0 + $1.count }) <= 64 else { return false }
        // A bridge needs two halves; whether it is one takes a look at the whole.
        if clusters.count(where: { $0.count >= BridgeAlarm.leastProfiles }) > 1 { return false }
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

    private func finding(_ profile: UInt32, _ candidate: Candidate) -> PairFinding {
        PairFinding(
            newer: max(profile, candidate.profile), older: min(profile, candidate.profile), kind: candidate.kind,
            keyHash: candidate.keyHash, weight: candidate.weight)
    }

    private func withdrawn(_ one: UInt32, _ two: UInt32) -> PairFinding {
        PairFinding(
            newer: max(one, two), older: min(one, two), kind: 0, keyHash: 0,
            weight: PairWeight(score: 0, levels: 0, verdict: .none, reason: .none))
    }

    // MARK: The whole component

    private func componentPlan(
        _ seeds: [UInt32], _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> ResolutionPlan {
        var plan = ResolutionPlan()
        guard let graph = graph(around: seeds, rules, &scratch) else { return plan }
        let clustering = clusters(of: graph, rules)
        if !isDivided(as: clustering.groups) { plan.groups = clustering.groups }
        addFindings(clustering, graph, to: &plan)
        return plan
    }

    /// Everything that hangs together with the seeds: by today's verdicts, by customers as they are, by people's word.
    func graph(
        around seeds: [UInt32], _ rules: ShopIdentity, _ scratch: inout ResolutionScratch
    ) -> FindingGraph? {
        var places: [UInt32: Int] = [:]
        var found: [(UInt32, PairFinding, isBind: Bool)] = []
        var order: [UInt32] = []
        func reach(_ profile: UInt32) {
            guard places[profile] == nil else { return }
            for member in members(of: profile) where places[member] == nil {
                places[member] = order.count
                order.append(member)
            }
        }
        for seed in seeds { reach(seed) }
        var next = 0
        while next < order.count {
            guard order.count <= mostProfilesOfComponent else { return nil }
            let profile = order[next]
            next += 1
            findCandidates(of: profile, rules, &scratch)
            for candidate in scratch.candidates where candidate.weight.verdict == .merge {
                reach(candidate.profile)
                found.append((profile, finding(profile, candidate), false))
            }
            for number in decisions.live(of: profile) where decisions.all[number].kind == .together {
                let decision = decisions.all[number]
                let other = decision.left[0] == profile ? decision.right[0] : decision.left[0]
                reach(other)
                let bind = PairFinding(
                    newer: max(profile, other), older: min(profile, other), kind: 0, keyHash: decision.sequence,
                    weight: PairWeight(score: .max, levels: 0, verdict: .merge, reason: .person))
                found.append((profile, bind, true))
            }
        }
        return sortedGraph(order, found)
    }

    private func sortedGraph(
        _ profiles: [UInt32], _ found: [(UInt32, PairFinding, isBind: Bool)]
    ) -> FindingGraph {
        var graph = FindingGraph()
        graph.profiles = profiles.sorted()
        graph.canonical = graph.profiles.map { index.origins[Int($0)].canonical }
        var places: [UInt32: Int] = [:]
        for (place, profile) in graph.profiles.enumerated() { places[profile] = place }
        var known: [UInt64: Int] = [:]
        for (_, finding, isBind) in found {
            guard let left = places[finding.older], let right = places[finding.newer] else { continue }
            let key = UInt64(finding.older) << 32 | UInt64(finding.newer)
            if let number = known[key] {
                if isBind { graph.edges[number] = .init(left: left, right: right, finding: finding, isBind: true) }
                continue
            }
            known[key] = graph.edges.count
            graph.edges.append(.init(left: left, right: right, finding: finding, isBind: isBind))
        }
        return graph
    }

    /// The customers that a component should be.
    func clusters(of graph: FindingGraph, _ rules: ShopIdentity) -> Clustering {
        var clustering = graph.clusters(mergeScore: rules.weigher.rules.mergeThreshold) { left, right in
            relation(graph.profiles[left], graph.profiles[right])
        }
        for group in clustering.groups.indices where !clustering.groups[group].isRestricted {
            clustering.groups[group].isRestricted = clustering.groups[group].profiles.contains {
                !decisions.live(of: $0).isEmpty
            }
        }
        return clustering
    }

    /// What keeps two profiles from being one customer; nil when nothing does.
    func separation(_ one: UInt32, _ two: UInt32) -> PairReason? {
        let standing = relation(one, two)
        return standing.reason ?? (standing.personal.isContradiction ? .contradiction : nil)
    }

    /// How two profiles stand to each other, whatever was found out about them.
    func relation(_ one: UInt32, _ two: UInt32) -> ProfileRelation {
        if decisions.separation(one, two) != nil { return ProfileRelation(reason: .excluded) }
        if knowsAsTwo(one, two) { return ProfileRelation(reason: .sourceKnowsTwo) }
        let isWeighed = identities[Int(profiles[Int(one)].shop)].mode == .evidence
        return ProfileRelation(personal: isWeighed ? standing(one, two) : PersonalStanding())
    }

    /// A source that knows each buyer once gave the two profiles different numbers of its own. It says otherwise itself
    /// when it gave both the same e-mail address.
    private func knowsAsTwo(_ one: UInt32, _ two: UInt32) -> Bool {
        let left = index.origins[Int(one)]
        let right = index.origins[Int(two)]
        guard left.source == right.source, left.hasReference, right.hasReference, one != two else { return false }
        let shop = Int(profiles[Int(one)].shop)
        guard identities[shop].declaredSources[left.source] ?? sources.knowsBuyersOnce(left.source) else {
            return false
        }
        return !sharesEmail(one, two)
    }

    private func sharesEmail(_ one: UInt32, _ two: UInt32) -> Bool {
        var shares = false
        index.forEachValue(of: one) { value in
            guard !shares, index.values[value].kind == ValueKind(.email) else { return }
            shares = index.carries(two, value)
        }
        return shares
    }

    /// Whether customers are divided this way already.
    private func isDivided(as groups: [CustomerGroup]) -> Bool {
        groups.allSatisfy { group in
            let root = root(of: group.profiles[0])
            let entry = profiles[Int(root)]
            return Int(entry.size) == group.profiles.count && entry.isRestricted == group.isRestricted
                && entry.lowest == number(of: group.profiles)
                && group.profiles.allSatisfy { self.root(of: $0) == root }
        }
    }

    /// Records what ties the groups, what was refused, and what holds no more.
    private func addFindings(_ clustering: Clustering, _ graph: FindingGraph, to plan: inout ResolutionPlan) {
        var groupOf: [UInt32: Int] = [:]
        for (number, group) in clustering.groups.enumerated() {
            for profile in group.profiles { groupOf[profile] = number }
        }
        let followed = Set(
            graph.edges.filter { groupOf[$0.finding.newer] == groupOf[$0.finding.older] }.map(\.finding.key))
        for finding in clustering.tree where finding.weight.reason != .person && !isRecorded(finding) {
            plan.pairs.append(finding)
        }
        var best: [UInt64: PairFinding] = [:]
        for finding in clustering.refused where groupOf[finding.newer] != groupOf[finding.older] {
            best[finding.key] = finding
        }
        for finding in best.values.sorted(by: { $0.key < $1.key }) where !isRecorded(finding) {
            plan.pairs.append(finding)
        }
        for profile in graph.profiles {
            forEachEdge(of: profile) { _, edge in
                guard edge.isMerge, edge.newer == profile, edge.keyKind != .order else { return }
                let key = UInt64(edge.older) << 32 | UInt64(edge.newer)
                if followed.contains(key) || best[key] != nil { return }
                plan.pairs.append(withdrawn(edge.newer, edge.older))
            }
        }
    }

    private func isRecorded(_ finding: PairFinding) -> Bool {
        guard let number = edgeNumber(finding.newer, finding.older) else { return false }
        let edge = edges[number]
        let rules = identities[Int(profiles[Int(edge.newer)].shop)]
        return edge.verdict == finding.weight.verdict.rawValue && edge.reason == finding.weight.reason.rawValue
            && isWeak(edge.weight, rules) == isWeak(finding.weight, rules)
    }
}

extension PairFinding {
    /// The same for the same two profiles.
    var key: UInt64 { UInt64(older) << 32 | UInt64(newer) }
}
