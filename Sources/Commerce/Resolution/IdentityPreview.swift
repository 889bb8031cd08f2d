import Bytes

// What a decision would bring, without taking it: the state is changed, looked at and put back within one turn of the
// directory's lane, so that nobody else ever sees it.

/// Customers as they are, and as they would be: profiles of each.
package struct CustomerDivision: Sendable {
    package let before: [[UInt32]]
    package let after: [[UInt32]]

    package init(before: [[UInt32]], after: [[UInt32]]) {
        self.before = before
        self.after = after
    }
}

extension DirectoryState {
    /// The customers that these profiles would be if decisions were withdrawn, and their numbers; as they are if too many
    /// hang together to be looked at in one go.
    mutating func preview(
        _ members: [UInt32], withdrawing numbers: [Int], _ scratch: inout ResolutionScratch
    ) -> (customers: [[UInt32]], numbers: [UInt32]) {
        let saved = decisions
        for number in numbers { decisions.withdraw(number, by: "", at: 0, sequence: 0) }
        let groups = groups(around: members, &scratch) ?? [members]
        let concerned = groups.filter { group in group.contains { members.contains($0) } }
        let living = concerned.map { number(of: $0) + 1 }
        decisions = saved
        return (concerned, living)
    }

    private func groups(around profiles: [UInt32], _ scratch: inout ResolutionScratch) -> [[UInt32]]? {
        let rules = identities[Int(self.profiles[Int(profiles[0])].shop)].inForce
        guard let graph = graph(around: profiles, rules, &scratch) else { return nil }
        return clusters(of: graph, rules).groups.map(\.profiles)
    }

    /// Customers that holding a value back would take apart; at most `limit`, and how many.
    package mutating func previewHold(
        of key: IdentityKey, shop: UInt16, limit: Int, _ scratch: inout ResolutionScratch
    ) -> (divisions: [CustomerDivision], total: Int) {
        guard let value = index.find(MatchIndex.scoped(key.hash, ValueKind(key.kind), shop: shop)) else {
            return ([], 0)
        }
        var roots = Set<UInt32>()
        index.forEachCarrier(of: value) { roots.insert(root(of: $0)) }
        let state = index.values[value].state
        index.setState(.held, of: value)
        defer { index.setState(state, of: value) }
        var divisions: [CustomerDivision] = []
        var total = 0
        for root in roots.sorted() {
            let members = members(of: root)
            guard members.count > 1, let groups = groups(around: members, &scratch) else { continue }
            let parts = groups.filter { group in group.contains { members.contains($0) } }
            guard parts.count > 1 else { continue }
            total += 1
            if divisions.count < limit { divisions.append(CustomerDivision(before: [members], after: parts)) }
        }
        return (divisions, total)
    }
}
