import Bytes

// Everything that hangs together with a profile, laid out and clustered anew: where a person's word, a contradiction, a source
// or a bridge stands in the way of simply merging.
extension DirectoryState {
    func componentPlan(
        _ seeds: [UInt32], _ rules: RulesInForce, _ scratch: inout ResolutionScratch
    ) -> ResolutionPlan {
        var plan = ResolutionPlan()
        guard let graph = graph(around: seeds, rules, &scratch) else { return plan }
        let clustering = clusters(of: graph, rules)
        if !isDivided(as: clustering.groups) { plan.groups = clustering.groups }
        addFindings(clustering, graph, to: &plan)
        if plan.isEmpty { scratch.noteLaidOut(graph.profiles, at: sequence) }
        return plan
    }

    /// Everything that hangs together with the seeds: by today's verdicts, by customers as they are, by people's word.
    func graph(
        around seeds: [UInt32], _ rules: RulesInForce, _ scratch: inout ResolutionScratch
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
        scratch.beginComponent()
        defer { scratch.endComponent() }
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
            scratch.noteExpanded(profile)
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
    func clusters(of graph: FindingGraph, _ rules: RulesInForce) -> Clustering {
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
        let shop = Int(profiles[Int(edge.newer)].shop)
        return edge.verdict == finding.weight.verdict.rawValue && edge.reason == finding.weight.reason.rawValue
            && isWeak(edge.weight, shop: shop) == isWeak(finding.weight, shop: shop)
    }
}
