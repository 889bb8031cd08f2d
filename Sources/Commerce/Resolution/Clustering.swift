// Clusters: which profiles are one customer, given what was found out about them. Pure: the same findings give the same
// clusters, whatever order they come in.
//
// Findings are taken strongest first. Two groups become one unless something keeps them apart: a person's word, a
// contradiction (father and son), or a source that knows them as two. Then a group that hangs together by one weak finding
// between two dense halves is cut there: the bridge alarm. What was not done goes to the queue, for a person.

/// Some profiles and everything that was found out about them.
struct FindingGraph {
    struct Edge {
        /// Places in `profiles`.
        var left: Int
        var right: Int
        var finding: PairFinding
        /// A person said so.
        var isBind: Bool
    }

    /// Sorted.
    var profiles: [UInt32] = []
    /// Names of the profiles that do not depend on their arrival, place by place.
    var canonical: [UInt64] = []
    var edges: [Edge] = []
}

/// Profiles that are one customer.
package struct CustomerGroup: Sendable, Equatable {
    /// Sorted.
    package var profiles: [UInt32]
    /// Something kept a finding from being followed here, so that newcomers need a look at the whole.
    package var isRestricted: Bool
}

/// What became of a graph.
struct Clustering {
    var groups: [CustomerGroup] = []
    /// Findings that tie the groups: one less than profiles in each.
    var tree: [PairFinding] = []
    /// Findings that were not followed, each with its reason.
    var refused: [PairFinding] = []
    /// Profiles that were put together though some around them contradict each other.
    var disputed: Set<UInt32> = []
}

/// The bridge alarm's measures.
enum BridgeAlarm {
    /// Profiles that each half must have.
    static let leastProfiles = 3
    /// A half is dense when at least this share of its pairs, in percent, was found to be the same by itself.
    static let leastDensityPercent = 66
    /// A finding that beats the threshold of a merge by so much is not weak, in 1/100 bit.
    static let safeMargin: Int32 = 800
}

extension FindingGraph {
    /// - Parameters:
    ///   - mergeScore: the score at which two profiles are merged without a person.
    ///   - relation: how two profiles (places) stand to each other.
    func clusters(mergeScore: Int32, relation: (Int, Int) -> ProfileRelation) -> Clustering {
        var forest = Forest(count: profiles.count)
        var separations = KnownSeparations()
        var result = Clustering()
        var followed: [Edge] = []
        var waiting = edges.sorted(by: isStronger)
        // What was refused between two may be followed once more of their like stand around them.
        while true {
            let before = followed.count
            var refused: [(edge: Edge, reason: PairReason)] = []
            for edge in waiting {
                let left = forest.root(edge.left)
                let right = forest.root(edge.right)
                if left != right {
                    let (reason, isDisputed) = separations.find(left, right, of: forest, relation)
                    if let reason, !edge.isBind {
                        refused.append((edge, reason))
                        continue
                    }
                    if reason != nil { forest.mix(left, right) }
                    if isDisputed { result.disputed.formUnion([edge.finding.newer, edge.finding.older]) }
                    forest.unite(left, right)
                }
                followed.append(edge)
            }
            result.refused = refused.map { $0.edge.finding.lowered($0.reason) }
            if refused.isEmpty || followed.count == before { break }
            waiting = refused.map(\.edge)
        }
        cutBridges(&followed, mergeScore: mergeScore, &result)
        finish(followed, &result)
        return result
    }

    /// Strongest first; ties are broken by the profiles' own names.
    private func isStronger(_ one: Edge, _ two: Edge) -> Bool {
        if one.isBind != two.isBind { return one.isBind }
        if one.finding.weight.score != two.finding.weight.score {
            return one.finding.weight.score > two.finding.weight.score
        }
        return names(of: one) < names(of: two)
    }

    private func names(of edge: Edge) -> (UInt64, UInt64) {
        let left = canonical[edge.left]
        let right = canonical[edge.right]
        return (min(left, right), max(left, right))
    }

    // MARK: Bridges

    /// Takes out each weak finding that alone holds two dense halves together.
    private func cutBridges(_ followed: inout [Edge], mergeScore: Int32, _ result: inout Clustering) {
        guard profiles.count >= 2 * BridgeAlarm.leastProfiles else { return }
        var walk = BridgeWalk(count: profiles.count, edges: followed)
        let bridges = walk.bridges()
        var cut: Set<Int> = []
        for bridge in bridges {
            let edge = followed[bridge.edge]
            guard !edge.isBind, edge.finding.weight.score < mergeScore + BridgeAlarm.safeMargin else { continue }
            let halves = walk.halves(of: bridge.edge)
            guard halves.allSatisfy(\.isDense) else { continue }
            cut.insert(bridge.edge)
            result.refused.append(edge.finding.lowered(.bridge))
        }
        if !cut.isEmpty { followed = followed.indices.filter { !cut.contains($0) }.map { followed[$0] } }
    }

    private func finish(_ followed: [Edge], _ result: inout Clustering) {
        var forest = Forest(count: profiles.count)
        for edge in followed where forest.unite(forest.root(edge.left), forest.root(edge.right)) {
            result.tree.append(edge.finding)
        }
        var places: [Int: Int] = [:]
        for place in profiles.indices {
            let root = forest.root(place)
            if let group = places[root] {
                result.groups[group].profiles.append(profiles[place])
            } else {
                places[root] = result.groups.count
                result.groups.append(CustomerGroup(profiles: [profiles[place]], isRestricted: false))
            }
        }
        // Where a newcomer's word may tip the scales, each one takes a look at the whole.
        let restricted = result.disputed.union(result.refused.flatMap { [$0.newer, $0.older] })
        guard !restricted.isEmpty else { return }
        for group in result.groups.indices {
            result.groups[group].isRestricted = result.groups[group].profiles.contains { restricted.contains($0) }
        }
    }
}

extension PairFinding {
    /// The same finding, not followed for a reason: for a person to decide.
    func lowered(_ reason: PairReason) -> PairFinding {
        var lowered = self
        lowered.weight.verdict = .queue
        lowered.weight.reason = reason
        return lowered
    }
}

/// How two profiles stand to each other, whatever was found out about them.
struct ProfileRelation {
    /// What keeps them apart by itself.
    var reason: PairReason?
    var personal = PersonalStanding()
}

/// Groups that grow together, with their members at hand.
private struct Forest {
    private var parents: [Int]
    private var members: [[Int]]
    /// A person put contradicting profiles together here, so that contradictions say no more.
    private var isMixed: [Bool]

    init(count: Int) {
        parents = Array(0..<count)
        members = (0..<count).map { [$0] }
        isMixed = Array(repeating: false, count: count)
    }

    mutating func root(_ place: Int) -> Int {
        var current = place
        while parents[current] != current {
            parents[current] = parents[parents[current]]
            current = parents[current]
        }
        return current
    }

    @discardableResult
    mutating func unite(_ left: Int, _ right: Int) -> Bool {
        guard left != right else { return false }
        let (upper, lower) = members[left].count >= members[right].count ? (left, right) : (right, left)
        parents[lower] = upper
        members[upper] += members[lower]
        members[lower] = []
        isMixed[upper] = isMixed[upper] || isMixed[lower]
        return true
    }

    func size(_ root: Int) -> Int { members[root].count }

    mutating func mix(_ left: Int, _ right: Int) {
        isMixed[left] = true
        isMixed[right] = true
    }

    /// What keeps two groups apart; a person's word before anything else. Names and dates are counted over all pairs of
    /// members: among ten spellings of one buyer a garbled one must not stand against nine good ones, but one Johanna
    /// stands against three times Jan, and initials count on neither side. Members born on one day speak for one buyer
    /// whatever they are called, for those around them may not tell when they were born.
    /// - Returns: what keeps them apart, and whether anything spoke against their being one.
    func separation(
        _ left: Int, _ right: Int, _ between: (Int, Int) -> ProfileRelation
    ) -> (reason: PairReason?, isDisputed: Bool) {
        var found: PairReason?
        var names = (against: 0, for: 0)
        var dates = (against: 0, for: 0)
        for one in members[left] {
            for two in members[right] {
                let relation = between(one, two)
                if relation.reason == .excluded { return (.excluded, true) }
                found = found ?? relation.reason
                if relation.personal.namesDiffer { names.against += 1 }
                if relation.personal.namesAgree || relation.personal.datesAgree { names.for += 1 }
                if relation.personal.datesDiffer { dates.against += 1 }
                if relation.personal.datesAgree { dates.for += 1 }
            }
        }
        let isDisputed = names.against > 0 || dates.against > 0
        if isMixed[left] || isMixed[right] { return (nil, isDisputed) }
        let isContradicted =
            names.against > names.for || dates.against > 0 && dates.against >= dates.for
        return (found ?? (isContradicted ? .contradiction : nil), isDisputed)
    }
}

/// What was found between groups that did not become one: many findings tie the same two groups, and the answer is the same
/// until one of them grows.
private struct KnownSeparations {
    private struct Groups: Hashable {
        let left: Int
        let right: Int
        let sizes: Int
    }

    private var known: [Groups: (reason: PairReason?, isDisputed: Bool)] = [:]

    mutating func find(
        _ left: Int, _ right: Int, of forest: Forest, _ between: (Int, Int) -> ProfileRelation
    ) -> (reason: PairReason?, isDisputed: Bool) {
        let groups = Groups(
            left: min(left, right), right: max(left, right), sizes: forest.size(left) + forest.size(right))
        if let answer = known[groups] { return answer }
        let answer = forest.separation(left, right, between)
        if answer.reason != nil { known[groups] = answer }
        return answer
    }
}

/// Finds the edges without which a graph would fall apart (Tarjan 1974), without recursion.
private struct BridgeWalk {
    struct Bridge {
        let edge: Int
    }
    struct Half {
        let isDense: Bool
    }

    private let edges: [FindingGraph.Edge]
    private var adjacent: [[(place: Int, edge: Int)]]

    init(count: Int, edges: [FindingGraph.Edge]) {
        self.edges = edges
        adjacent = Array(repeating: [], count: count)
        for (number, edge) in edges.enumerated() {
            adjacent[edge.left].append((edge.right, number))
            adjacent[edge.right].append((edge.left, number))
        }
    }

    mutating func bridges() -> [Bridge] {
        var order = [Int](repeating: 0, count: adjacent.count)
        var low = [Int](repeating: 0, count: adjacent.count)
        var clock = 0
        var found: [Bridge] = []
        for start in adjacent.indices where order[start] == 0 {
            clock += 1
            order[start] = clock
            low[start] = clock
            var stack: [(place: Int, via: Int, next: Int)] = [(start, -1, 0)]
            while let top = stack.last {
                if top.next < adjacent[top.place].count {
                    stack[stack.count - 1].next += 1
                    let step = adjacent[top.place][top.next]
                    guard step.edge != top.via else { continue }
                    if order[step.place] == 0 {
                        clock += 1
                        order[step.place] = clock
                        low[step.place] = clock
                        stack.append((step.place, step.edge, 0))
                    } else {
                        low[top.place] = min(low[top.place], order[step.place])
                    }
                } else {
                    stack.removeLast()
                    guard let parent = stack.last else { continue }
                    low[parent.place] = min(low[parent.place], low[top.place])
                    if low[top.place] > order[parent.place] { found.append(Bridge(edge: top.via)) }
                }
            }
        }
        return found
    }

    /// Both sides of a bridge.
    func halves(of bridge: Int) -> [Half] {
        [edges[bridge].left, edges[bridge].right].map { start in
            var seen: Set<Int> = [start]
            var waiting = [start]
            var ends = 0
            while let place = waiting.popLast() {
                for step in adjacent[place] where step.edge != bridge {
                    ends += 1
                    if seen.insert(step.place).inserted { waiting.append(step.place) }
                }
            }
            let pairs = seen.count * (seen.count - 1) / 2
            let isDense =
                seen.count >= BridgeAlarm.leastProfiles && ends / 2 * 100 >= pairs * BridgeAlarm.leastDensityPercent
            return Half(isDense: isDense)
        }
    }
}
