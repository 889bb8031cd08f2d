import Bytes

/// Whom the evidence relates to whom without making them one: derived from the edges, never written to disk.
///
/// A household of some profiles each has a link between nearly any two of them. Who asks who is related wants one for each
/// customer, so a profile keeps the other ends of its links only as far as they belong to several customers, of each the
/// lowest. Two that come to be one later may both stay; when customers are divided, what was left out has to be put back
/// (`rebuild`). So the lowest of each customer is always there, whatever came in which order.
struct LinkTable: ~Copyable, Sendable {
    /// By profile: 0 for none, the other end plus one, or behind the highest bit the number of a list.
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

    /// Calls `body` with the other ends of the profile's links, at least one of each customer.
    @inline(__always) func forEach(of profile: UInt32, _ body: (UInt32) -> Void) {
        guard Int(profile) < slots.count else { return }
        let slot = slots[Int(profile)]
        guard slot & Self.listBit != 0 else {
            if slot != 0 { body(slot - 1) }
            return
        }
        let list = lists[Int(slot & ~Self.listBit)]
        for position in 0..<Int(list.count) { body(arena[list, position]) }
    }

    /// Notes the other end of a link of the profile.
    mutating func add(_ other: UInt32, to profile: UInt32, _ profiles: PagedArray<ProfileEntry>) {
        while slots.count <= Int(profile) { slots.append(0) }
        let slot = slots[Int(profile)]
        if slot & Self.listBit != 0 { return add(other, toList: Int(slot & ~Self.listBit), profiles) }
        guard slot != 0, slot - 1 != other, profiles.root(of: slot - 1) != profiles.root(of: other) else {
            slots[Int(profile)] = slot == 0 ? other + 1 : min(slot, other + 1)
            return
        }
        var list = SmallList(slot - 1)
        arena.append(other, to: &list)
        slots[Int(profile)] = UInt32(lists.append(list)) | Self.listBit
    }

    private mutating func add(_ other: UInt32, toList number: Int, _ profiles: PagedArray<ProfileEntry>) {
        var list = lists[number]
        let root = profiles.root(of: other)
        for position in 0..<Int(list.count) {
            let known = arena[list, position]
            guard known == other || profiles.root(of: known) == root else { continue }
            arena.replace(position, of: &list, with: min(known, other))
            lists[number] = list
            return
        }
        arena.append(other, to: &list)
        lists[number] = list
    }

    /// Keeps these other ends of the profile's links, and none of those it had.
    mutating func rebuild(_ profile: UInt32, with others: [UInt32], _ profiles: PagedArray<ProfileEntry>) {
        guard Int(profile) < slots.count else { return }
        let slot = slots[Int(profile)]
        if slot & Self.listBit == 0 {
            slots[Int(profile)] = 0
        } else {
            var list = lists[Int(slot & ~Self.listBit)]
            arena.removeAll(&list)
            lists[Int(slot & ~Self.listBit)] = list
        }
        for other in others { add(other, to: profile, profiles) }
    }
}

extension DirectoryState {
    /// Notes whom an edge relates.
    mutating func noteLink(_ edge: EdgeEntry) {
        guard edge.isLink else { return }
        links.add(edge.older, to: edge.newer, profiles)
        links.add(edge.newer, to: edge.older, profiles)
    }

    /// Brings the links of a profile in line with its edges: one of them is no link any more.
    mutating func rebuildLinks(of profile: UInt32) {
        var others: [UInt32] = []
        forEachEdge(of: profile) { _, edge in if edge.isLink { others.append(edge.other(than: profile)) } }
        links.rebuild(profile, with: others, profiles)
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

    /// The edge that relates two profiles of which one is among the links of the other.
    func link(_ one: UInt32, _ two: UInt32) -> EdgeEntry {
        var next = profiles[Int(one)].newestEdge
        while next != 0 {
            let edge = edges[Int(next - 1)]
            if edge.isLink, edge.other(than: one) == two { return edge }
            next = edge.next(of: one)
        }
        preconditionFailure("profiles \(one) and \(two) are linked by no edge")
    }

    /// The customers that links lead to from these profiles, other than theirs: for each the first of the profiles that has a
    /// link to it, and the lowest of its profiles at the other end.
    /// - Parameters:
    ///   - members: the customer's profiles, lowest first.
    ///   - seen: roots that are left out; those found are added.
    func linked(to members: [UInt32], _ seen: inout ProfileMarks) -> [(member: UInt32, other: UInt32)] {
        var found: [(member: UInt32, other: UInt32)] = []
        for member in members {
            links.forEach(of: member) { other in
                let root = root(of: other)
                if seen.insert(root) { return found.append((member, other)) }
                // Two that were of two customers when they were noted.
                guard let last = found.lastIndex(where: { $0.member == member && self.root(of: $0.other) == root })
                else {
                    return
                }
                found[last].other = min(found[last].other, other)
            }
        }
        return found
    }
}
