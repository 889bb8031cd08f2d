import Bytes

// Which customers the bridge alarm has to look at. Laying out a whole customer anew costs a search for each of its
// profiles; what is recorded tells in a few steps that most of them cannot hide a bridge.

/// A finding that ties two profiles of a customer, or will.
struct Tie {
    var one: UInt32
    var two: UInt32
    var isWeak: Bool
}

extension DirectoryState {
    /// Whether customers that become one may hang together by one weak finding between two halves that can be dense.
    ///
    /// A bridge of all findings is a bridge of any of them that tie the whole, and parts it alike: so without a weak bridge
    /// among those recorded there is none at all. More may be recorded nowhere, so a yes needs a closer look.
    /// - Parameter ties: what ties them, or a profile that is about to be taken in.
    func mayHideBridge(_ roots: [UInt32], _ ties: [Tie]) -> Bool {
        let shop = Int(profiles[Int(roots[0])].shop)
        var places: [UInt32: Int] = [:]
        func place(_ profile: UInt32) -> Int {
            if let known = places[profile] { return known }
            let place = places.count
            places[profile] = place
            return place
        }
        var strong: [(Int, Int)] = []
        var weak: [(Int, Int)] = []
        func add(_ tie: Tie) {
            let ends = (place(tie.one), place(tie.two))
            if tie.isWeak { weak.append(ends) } else { strong.append(ends) }
        }
        for root in roots {
            forEachMember(of: root) { member in
                _ = place(member)
                forEachEdge(of: member) { _, edge in
                    // Seen from its newer end alone: each is met once.
                    guard edge.isMerge, edge.newer == member, roots.contains(self.root(of: edge.older)) else { return }
                    add(Tie(one: edge.newer, two: edge.older, isWeak: isWeak(edge.weight, shop: shop)))
                }
            }
        }
        ties.forEach(add)
        return TiedParts(count: places.count, strong).hidesBridge(weak)
    }

    @inline(__always) private func forEachMember(of root: UInt32, _ body: (UInt32) -> Void) {
        var current = root
        repeat {
            body(current)
            current = profiles[Int(current)].next
        } while current != root
    }
}

/// What hangs together by strong findings.
struct TiedParts {
    private var parents: [Int]
    private var sizes: [Int]

    init(count: Int, _ ties: [(Int, Int)]) {
        parents = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        for tie in ties { unite(tie.0, tie.1) }
    }

    private func root(_ place: Int) -> Int {
        var current = place
        while parents[current] != current { current = parents[current] }
        return current
    }

    private mutating func unite(_ one: Int, _ two: Int) {
        let (left, right) = (root(one), root(two))
        guard left != right else { return }
        let (upper, lower) = sizes[left] >= sizes[right] ? (left, right) : (right, left)
        parents[lower] = upper
        sizes[upper] += sizes[lower]
    }

    private func isOne(_ size: Int) -> Bool { parents.isEmpty || sizes[root(0)] == size }

    /// Whether one of the weak ties may part the whole into halves that are large enough.
    func hidesBridge(_ weak: [(Int, Int)]) -> Bool {
        if isOne(parents.count) { return false }
        for left in weak.indices {
            var without = self
            for other in weak.indices where other != left { without.unite(weak[other].0, weak[other].1) }
            let halves = (without.root(weak[left].0), without.root(weak[left].1))
            let sizes = (without.sizes[halves.0], without.sizes[halves.1])
            // What is not tied by anything on record is not judged here.
            guard halves.0 == halves.1 ? sizes.0 == parents.count : sizes.0 + sizes.1 == parents.count else {
                return true
            }
            if halves.0 != halves.1, min(sizes.0, sizes.1) >= BridgeAlarm.leastProfiles { return true }
        }
        return weak.isEmpty
    }
}
