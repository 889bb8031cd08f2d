import Bytes

// The proof that customers are a function of the data, the rules and people's word: everything is weighed and clustered
// anew, beside what stands, and compared. The same walk with other rules says what a change of rules would bring.

/// A walk over all profiles of a shop, component by component, a slice at a time.
package struct IdentityWalk: Sendable {
    package let shop: UInt16
    /// Other rules than those in force; nil for the check.
    package let rules: ShopIdentity?
    /// The event after which it began.
    package let sequence: UInt64
    private var next: UInt32 = 0
    private var isSeen: [Bool]
    package private(set) var profiles = 0
    package private(set) var customers = 0
    package private(set) var merges = 0
    package private(set) var splits = 0
    /// Components that would be divided otherwise: as they are, and as they would be.
    package private(set) var samples: [CustomerDivision] = []
    package private(set) var isDone = false

    private static let mostSamples = 20

    /// - Parameter rules: rules to try instead of those in force.
    package init(shop: UInt16, rules: MatchRules?, of state: borrowing DirectoryState) {
        self.shop = shop
        sequence = state.sequence
        if let rules {
            var identity = state.identities[Int(shop)]
            identity.tryOut(rules)
            self.rules = identity
        } else {
            self.rules = nil
        }
        isSeen = Array(repeating: false, count: state.profiles.count)
    }

    /// Walks on over at least `count` profiles, unless the end comes first.
    package mutating func advance(
        _ count: Int, in state: borrowing DirectoryState, _ scratch: inout ResolutionScratch
    ) {
        var done = 0
        while done < count {
            guard Int(next) < isSeen.count else {
                isDone = true
                return
            }
            let profile = next
            next += 1
            guard !isSeen[Int(profile)], state.profiles[Int(profile)].shop == shop else {
                done += 1
                continue
            }
            done += look(profile, state, &scratch)
        }
    }

    /// Looks at the component of one profile, and returns how many profiles it has.
    private mutating func look(
        _ profile: UInt32, _ state: borrowing DirectoryState, _ scratch: inout ResolutionScratch
    ) -> Int {
        let rules = (self.rules ?? state.identities[Int(shop)]).inForce
        guard rules.mode != .exact, let graph = state.graph(around: [profile], rules, &scratch) else {
            isSeen[Int(profile)] = true
            return 1
        }
        for member in graph.profiles where Int(member) < isSeen.count { isSeen[Int(member)] = true }
        let after = state.clusters(of: graph, rules).groups.map(\.profiles)
        let before = Dictionary(grouping: graph.profiles) { state.root(of: $0) }.values.sorted { $0[0] < $1[0] }
        profiles += graph.profiles.count
        customers += after.count
        compare(before, after)
        return graph.profiles.count
    }

    private mutating func compare(_ before: [[UInt32]], _ after: [[UInt32]]) {
        let left = before.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        let right = after.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        guard left != right else { return }
        var groupBefore: [UInt32: Int] = [:]
        var groupAfter: [UInt32: Int] = [:]
        for (number, group) in left.enumerated() { for profile in group { groupBefore[profile] = number } }
        for (number, group) in right.enumerated() { for profile in group { groupAfter[profile] = number } }
        for group in right { merges += Set(group.map { groupBefore[$0] ?? -1 }).count - 1 }
        for group in left { splits += Set(group.map { groupAfter[$0] ?? -1 }).count - 1 }
        if samples.count < Self.mostSamples { samples.append(CustomerDivision(before: left, after: right)) }
    }
}

extension ShopIdentity {
    /// Puts rules into force without a version of their own.
    mutating func tryOut(_ rules: MatchRules) {
        versions.append(RulesVersion(rules: rules, proposedBy: "", proposedAt: 0, basis: ""))
        activeVersion = UInt16(versions.count)
        weigher = PairWeigher(rules)
    }
}
