import Bytes

// Questions about who is who. Nothing here changes anything.

/// One reason for which two profiles are one customer: a finding or a person's decision, in the order of time.
package struct Step: Sendable {
    package enum Cause: Sendable {
        case finding(EdgeEntry)
        case decision(number: Int, PersonDecision)
    }

    package let cause: Cause
    package let one: UInt32
    package let two: UInt32
    package let at: Int64
    package let sequence: UInt64
    /// As the pair weighs today; nil for a decision.
    package let pair: WeighedPair?
    /// The order that brought it, if one did.
    package let order: OrderPlace?
}

/// Where an order lies: the profile that it came through, and its row on that profile's shard.
package struct OrderPlace: Sendable, Hashable {
    package let profile: UInt32
    package let row: UInt32
}

/// Why two customers have to do with each other and are not the same.
package enum CustomerTie: Sendable {
    /// The evidence says so: a household, or a company and its people.
    case finding(PairReason, at: Int64)
    indirect case decision(PersonDecision)
}

/// What ties two profiles, or keeps them apart.
package struct PairExplanation: Sendable {
    package let shop: UInt16
    package let one: UInt32
    package let two: UInt32
    package let isSame: Bool
    /// The steps that lead from one to the other when they are one customer.
    package let path: [Step]
    /// The two weighed directly, today; where they belong to two customers, the pair of profiles of the two that agrees
    /// best.
    package let pair: WeighedPair
    package let rules: MatchRules
    package let version: UInt16
    package let mode: MatchMode
    /// What keeps them apart beside the weight.
    package let separation: PairReason?
    /// People's decisions about the two customers that stand.
    package let decisions: [PersonDecision]
    /// What is recorded about the pair, or else about another pair of the two customers.
    package let edge: EdgeEntry?
    /// Nothing waits to be weighed: what is not recorded was never compared.
    package let isAtRest: Bool
    /// Of one of the two customers not all profiles were compared, but this many.
    package let comparedProfiles: Int?

    /// The two would be weighed as more than strangers, but nothing that only few carry has ever led from one to the other.
    package var isUncompared: Bool {
        !isSame && mode == .evidence && edge == nil && separation == nil && isAtRest && pair.weight.verdict != .none
    }
}

extension DirectoryState {
    /// Everything that made one customer of these profiles, oldest first.
    package func history(of members: [UInt32], _ scratch: inout ResolutionScratch) -> [Step] {
        var steps: [Step] = []
        var numbers = Set<Int>()
        var seen = Set<Int>()
        for member in members {
            forEachEdge(of: member) { number, edge in
                if edge.isMerge, members.contains(edge.other(than: member)) { numbers.insert(number) }
            }
            seen.formUnion(decisions.numbers(of: member))
        }
        for number in numbers { steps.append(step(edges[number], &scratch)) }
        for number in seen { steps.append(step(number)) }
        return steps.sorted { $0.sequence < $1.sequence }
    }

    private func step(_ edge: EdgeEntry, _ scratch: inout ResolutionScratch) -> Step {
        Step(
            cause: .finding(edge), one: edge.older, two: edge.newer, at: edge.at, sequence: edge.sequence,
            pair: weighedPair(edge.older, edge.newer, &scratch), order: orderPlace(edge.order))
    }

    /// - Parameter number: number of the order plus one; 0 for none.
    private func orderPlace(_ number: UInt32) -> OrderPlace? {
        guard number > 0 else { return nil }
        let order = orders[Int(number - 1)]
        return OrderPlace(profile: order.profile, row: order.row)
    }

    private func step(_ number: Int) -> Step {
        let decision = decisions.all[number]
        return Step(
            cause: .decision(number: number, decision), one: decision.left[0], two: decision.right[0],
            at: decision.at, sequence: decision.sequence, pair: nil, order: nil)
    }

    /// Profiles of a customer that an explanation compares with those of another.
    private static let mostCompared = 32

    /// What ties two profiles, or keeps them apart.
    package func explain(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> PairExplanation {
        let identity = identities[Int(profiles[Int(one)].shop)]
        let isSame = root(of: one) == root(of: two)
        let between = one == two ? [] : path(from: one, to: two, &scratch)
        var separation: PairReason?
        var best = weighedPair(one, two, &scratch)
        var edge = edgeNumber(one, two)
        if !isSame {
            for left in members(of: one).prefix(Self.mostCompared) {
                for right in members(of: two).prefix(Self.mostCompared) {
                    separation = separation ?? self.separation(left, right)
                    edge = edge ?? edgeNumber(left, right)
                    let pair = weighedPair(left, right, &scratch)
                    if pair.weight.isStronger(than: best.weight) { best = pair }
                }
            }
        }
        let largest = isSame ? 0 : max(members(of: one).count, members(of: two).count)
        let concerned = Set(members(of: one).flatMap { decisions.live(of: $0) })
            .intersection(members(of: two).flatMap { decisions.live(of: $0) })
        return PairExplanation(
            shop: profiles[Int(one)].shop, one: one, two: two, isSame: isSame,
            path: between, pair: best, rules: identity.rules,
            version: identity.activeVersion, mode: identity.mode, separation: separation,
            decisions: concerned.sorted().map { decisions.all[$0] },
            edge: edge.map { edges[$0] },
            isAtRest: isAtRest, comparedProfiles: largest > Self.mostCompared ? Self.mostCompared : nil)
    }

    /// The fewest steps that lead from one profile to another of the same customer.
    private func path(from one: UInt32, to two: UInt32, _ scratch: inout ResolutionScratch) -> [Step] {
        var cameFrom: [UInt32: Step] = [:]
        var waiting = [one]
        var next = 0
        while next < waiting.count, cameFrom[two] == nil {
            let profile = waiting[next]
            next += 1
            func reach(_ other: UInt32, _ step: @autoclosure () -> Step) {
                guard other != one, cameFrom[other] == nil else { return }
                cameFrom[other] = step()
                waiting.append(other)
            }
            for number in decisions.live(of: profile) where decisions.all[number].kind == .together {
                let decision = decisions.all[number]
                reach(decision.left[0] == profile ? decision.right[0] : decision.left[0], step(number))
            }
            forEachEdge(of: profile) { _, edge in
                guard edge.isMerge, root(of: edge.newer) == root(of: edge.older) else { return }
                reach(edge.other(than: profile), step(edge, &scratch))
            }
        }
        var steps: [Step] = []
        var current = two
        while current != one, let step = cameFrom[current] {
            steps.append(step)
            current = step.one == current ? step.two : step.one
        }
        return steps.reversed()
    }

    // MARK: The queue

    /// Doubtful pairs of a shop that wait for a person, the likeliest first: one per pair of customers.
    package func doubtfulPairs(
        of shop: UInt16, reason: PairReason?, offset: Int, limit: Int, _ scratch: inout ResolutionScratch
    ) -> (pairs: [DoubtfulPair], total: Int) {
        var best: [UInt64: (number: Int, score: Int32)] = [:]
        for number in Set(doubtfulEdges) {
            let edge = edges[Int(number)]
            guard edge.verdict == PairVerdict.queue.rawValue, profiles[Int(edge.newer)].shop == shop,
                reason.map({ $0.rawValue == edge.reason }) ?? true
            else { continue }
            let left = root(of: edge.newer)
            let right = root(of: edge.older)
            guard left != right, !isDecided(edge.newer, edge.older) else { continue }
            let key = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
            if let known = best[key], (known.score, -known.number) >= (edge.score, -Int(number)) { continue }
            best[key] = (Int(number), edge.score)
        }
        let sorted = best.values.sorted { ($0.score, -$0.number) > ($1.score, -$1.number) }
        let page = sorted.dropFirst(offset).prefix(limit).map { item in
            let edge = edges[item.number]
            return DoubtfulPair(
                number: item.number + 1, edge: edge, pair: weighedPair(edge.older, edge.newer, &scratch))
        }
        return (Array(page), sorted.count)
    }

    /// Whether a person said that the customers of the two are two.
    private func isDecided(_ one: UInt32, _ two: UInt32) -> Bool {
        guard !decisions.isEmpty else { return false }
        return members(of: one).contains { left in
            members(of: two).contains { decisions.separation(left, $0) != nil }
        }
    }

    // MARK: Related customers

    /// Customers that are related to this one: by people's word, or by evidence that makes no more of it (a household).
    package func related(to members: [UInt32]) -> [(profile: UInt32, tie: CustomerTie)] {
        guard !decisions.isEmpty || !links.isEmpty else { return [] }
        var seen = ProfileMarks(places: 16)
        seen.insert(root(of: members[0]))
        var result: [(profile: UInt32, tie: CustomerTie)] = []
        for member in members {
            guard !decisions.isEmpty else { break }
            for number in decisions.live(of: member) where decisions.all[number].kind == .linked {
                let decision = decisions.all[number]
                let other = decision.left.contains(member) ? decision.right[0] : decision.left[0]
                if seen.insert(root(of: other)) { result.append((other, .decision(decision))) }
            }
        }
        for (other, edge) in linked(to: members, &seen) {
            result.append((other, .finding(PairReason(rawValue: edge.reason) ?? .none, at: edge.at)))
        }
        if result.count > 1 { result.sort { $0.profile < $1.profile } }
        return result
    }

    // MARK: Values without force

    /// Values of a shop that are in quarantine, held or released.
    package func watchedValues(of shop: UInt16, offset: Int, limit: Int) -> (values: [WatchedValue], total: Int) {
        var found: [WatchedValue] = []
        var total = 0
        for number in index.watchedValues {
            let value = index.values[Int(number)]
            guard value.state != .active, value.state != .retired, let kind = value.kind.identityKey else { continue }
            let watch = watches.first { watch in
                MatchIndex.scoped(watch.key.hash, ValueKind(watch.key.kind), shop: watch.shop) == value.hash
            }
            var carriers: [UInt32] = []
            index.forEachCarrier(of: Int(number)) { if carriers.count < 100 { carriers.append($0) } }
            let belongs = carriers.first.map { profiles[Int($0)].shop == shop } ?? (watch?.shop == shop)
            guard belongs else { continue }
            if total >= offset, found.count < limit {
                let state: ValueStateText =
                    value.state == .held ? .held : value.state == .released ? .released : .quarantined
                found.append(
                    WatchedValue(
                        kind: kind, hash: value.hash, shop: shop, carriers: carriers,
                        carrierCount: Int(value.carriers.count),
                        state: state, watch: watch, undone: undonePairs(of: Int(number))))
            }
            total += 1
        }
        return (found, total)
    }

    /// Pairs of profiles that a value once put together, and that are not put together any more.
    private func undonePairs(of value: Int) -> [EdgeEntry] {
        let hash = index.values[value].hash
        var found: [UInt64: EdgeEntry] = [:]
        var left = 1_000
        index.forEachCarrier(of: value) { carrier in
            guard left > 0 else { return }
            left -= 1
            forEachEdge(of: carrier) { number, edge in
                let isIt = edge.keyHash == hash || isScoped(edge, hash)
                if isIt, edge.isUndone { found[UInt64(number)] = edge }
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether the edge's key is the value that matching knows by this hash.
    private func isScoped(_ edge: EdgeEntry, _ hash: UInt64) -> Bool {
        guard let kind = edge.keyKind else { return false }
        let shop = profiles[Int(edge.newer)].shop
        return MatchIndex.scoped(edge.keyHash, ValueKind(kind), shop: shop) == hash
    }

    /// How resolution is doing in one shop.
    package func identityStatus(of shop: UInt16, _ scratch: inout ResolutionScratch) -> IdentityStatus {
        IdentityStatus(
            identity: identities[Int(shop)], waitingProfiles: waitingProfiles,
            doubtfulPairs: doubtfulPairs(of: shop, reason: nil, offset: 0, limit: 0, &scratch).total,
            quarantinedValues: watchedValues(of: shop, offset: 0, limit: 0).total,
            decisions: decisions.all.count { $0.shop == shop && $0.isLive }, sequence: sequence)
    }
}
