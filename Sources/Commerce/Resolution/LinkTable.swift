import Bytes

/// Whom the evidence relates to whom without making them one: derived from the edges, never written to disk.
///
/// A household of some profiles each has a link between nearly any two of them. Who asks who is related wants one for each
/// customer, so a profile keeps its links only as far as their other ends belong to several customers, of each the one to the
/// lowest. Two that come to be one later may both stay; when customers are divided, what was left out has to be put back
/// (`rebuild`). So the link to the lowest of each customer is always there, whatever came in which order.
struct LinkTable: ~Copyable, Sendable {
    /// By profile: 0 for none, the number of an edge plus one, or behind the highest bit the number of a list of edges.
    private var slots = PagedArray<UInt32>()
    private var lists = PagedArray<SmallList>()
    private var arena = ListArena()

    private static let listBit: UInt32 = 1 << 31

    var allocatedBytes: Int { slots.allocatedBytes + lists.allocatedBytes + arena.allocatedBytes }

    /// Whether nothing relates any profile to another.
    var isEmpty: Bool { slots.count == 0 }

    /// Asks memory for what `forEach` will look at first; waits for nothing.
    @inline(__always) func prefetch(_ profile: UInt32) {
        if Int(profile) < slots.count { slots.prefetch(Int(profile)) }
    }

    /// Calls `body` with the edges that are the profile's links, at least one to each customer.
    @inline(__always) func forEach(of profile: UInt32, _ body: (Int) -> Void) {
        guard Int(profile) < slots.count else { return }
        let slot = slots[Int(profile)]
        guard slot & Self.listBit != 0 else {
            if slot != 0 { body(Int(slot - 1)) }
            return
        }
        let list = lists[Int(slot & ~Self.listBit)]
        for position in 0..<Int(list.count) { body(Int(arena[list, position])) }
    }

    /// Notes an edge that is a link of the profile.
    mutating func add(_ edge: Int, to profile: UInt32, _ ends: LinkEnds) {
        while slots.count <= Int(profile) { slots.append(0) }
        let slot = slots[Int(profile)]
        if slot & Self.listBit != 0 { return add(UInt32(edge), of: profile, toList: Int(slot & ~Self.listBit), ends) }
        guard slot != 0, !ends.leadToOne(slot - 1, UInt32(edge), from: profile) else {
            let kept = slot == 0 ? UInt32(edge) : ends.lower(slot - 1, UInt32(edge), from: profile)
            slots[Int(profile)] = kept + 1
            return
        }
        var list = SmallList(slot - 1)
        arena.append(UInt32(edge), to: &list)
        slots[Int(profile)] = UInt32(lists.append(list)) | Self.listBit
    }

    private mutating func add(_ edge: UInt32, of profile: UInt32, toList number: Int, _ ends: LinkEnds) {
        var list = lists[number]
        for position in 0..<Int(list.count) {
            let known = arena[list, position]
            guard ends.leadToOne(known, edge, from: profile) else { continue }
            arena.replace(position, of: &list, with: ends.lower(known, edge, from: profile))
            lists[number] = list
            return
        }
        arena.append(edge, to: &list)
        lists[number] = list
    }

    /// Keeps these of the profile's links, and none of those it had.
    mutating func rebuild(_ profile: UInt32, with links: [Int], _ ends: LinkEnds) {
        guard Int(profile) < slots.count else { return }
        let slot = slots[Int(profile)]
        if slot & Self.listBit == 0 {
            slots[Int(profile)] = 0
        } else {
            var list = lists[Int(slot & ~Self.listBit)]
            arena.removeAll(&list)
            lists[Int(slot & ~Self.listBit)] = list
        }
        for edge in links { add(edge, to: profile, ends) }
    }
}

/// Where links lead to.
struct LinkEnds {
    let edges: PagedArray<EdgeEntry>
    let profiles: PagedArray<ProfileEntry>

    /// Whether two links of a profile lead to the same customer.
    func leadToOne(_ one: UInt32, _ two: UInt32, from profile: UInt32) -> Bool {
        let (left, right) = (other(of: one, from: profile), other(of: two, from: profile))
        return left == right || profiles.root(of: left) == profiles.root(of: right)
    }

    /// The link to the lower of two profiles; of two to the same one the newer.
    func lower(_ one: UInt32, _ two: UInt32, from profile: UInt32) -> UInt32 {
        let (left, right) = (other(of: one, from: profile), other(of: two, from: profile))
        return left == right ? max(one, two) : left < right ? one : two
    }

    private func other(of edge: UInt32, from profile: UInt32) -> UInt32 { edges[Int(edge)].other(than: profile) }
}

extension DirectoryState {
    /// Notes whom an edge relates.
    mutating func noteLink(_ edge: EdgeEntry, _ number: Int) {
        guard edge.isLink else { return }
        let ends = LinkEnds(edges: edges, profiles: profiles)
        links.add(number, to: edge.newer, ends)
        links.add(number, to: edge.older, ends)
    }

    /// Brings the links of a profile in line with its edges: one of them is no link any more.
    mutating func rebuildLinks(of profile: UInt32) {
        var linking: [Int] = []
        forEachEdge(of: profile) { number, edge in if edge.isLink { linking.append(number) } }
        links.rebuild(profile, with: linking, LinkEnds(edges: edges, profiles: profiles))
    }

    /// Puts back what was left out while these profiles were of fewer customers: at their own links and at the other ends.
    mutating func rebuildLinks(ofDivided divided: some Sequence<UInt32>) {
        guard !links.isEmpty else { return }
        var affected = Set<UInt32>()
        for profile in divided {
            affected.insert(profile)
            forEachEdge(of: profile) { _, edge in if edge.isLink { affected.insert(edge.other(than: profile)) } }
        }
        for profile in affected { rebuildLinks(of: profile) }
    }

    /// The customers that links lead to from these profiles, other than theirs: for each the first of the profiles that has a
    /// link to it, and the lowest of its profiles at the other end.
    /// - Parameters:
    ///   - members: the customer's profiles, lowest first.
    ///   - seen: roots that are left out; those found are added.
    func linked(to members: [UInt32], _ seen: inout ProfileMarks) -> [(other: UInt32, edge: EdgeEntry)] {
        var found: [(other: UInt32, edge: EdgeEntry)] = []
        for member in members {
            let firstOfMember = found.count
            links.forEach(of: member) { number in
                let edge = edges[number]
                let other = edge.other(than: member)
                let root = root(of: other)
                if seen.insert(root) { return found.append((other, edge)) }
                // Two that were of two customers when they were noted.
                let last = found[firstOfMember...].firstIndex { self.root(of: $0.other) == root }
                if let last, other < found[last].other { found[last] = (other, edge) }
            }
        }
        return found
    }
}
