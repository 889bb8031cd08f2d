import Testing

@testable import Commerce

/// Which customers may hide a bridge, by what is recorded of them.
@Suite struct WeakTiesTests {
    @Test(
        arguments: [
            // Two triangles that hang together weakly.
            (6, [(0, 1), (1, 2), (3, 4), (4, 5)], [(2, 3)], true),
            // Twice: neither tie alone holds them.
            (6, [(0, 1), (1, 2), (3, 4), (4, 5)], [(2, 3), (0, 5)], false),
            // One side is too small to be dense.
            (6, [(0, 1), (1, 2), (2, 3), (4, 5)], [(3, 4)], false),
            // A weak tie inside, and a strong one across.
            (6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], [(0, 2)], false),
            // A chain of weak ties: the one in the middle parts it.
            (6, [(0, 1), (4, 5)], [(1, 2), (2, 3), (3, 4)], true),
            // What ties them is recorded nowhere.
            (6, [(0, 1), (1, 2), (3, 4), (4, 5)], [], true),
        ] as [(Int, [(Int, Int)], [(Int, Int)], Bool)])
    func shapes(_ count: Int, _ strong: [(Int, Int)], _ weak: [(Int, Int)], _ hides: Bool) {
        #expect(TiedParts(count: count, strong).hidesBridge(weak) == hides)
    }

    /// Against taking out one tie after another and walking through what is left.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func theSameAsTakingOutEachTie(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 2...12, using: &random)
            var ties: [(ends: (Int, Int), isWeak: Bool)] = []
            // A tree ties the whole; further ties make rings.
            for place in 1..<count {
                ties.append(((Int.random(in: 0..<place, using: &random), place), Bool.random(using: &random)))
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let ends = (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
                ties.append((ends, Bool.random(using: &random)))
            }
            let expected = ties.indices.contains { out in
                guard ties[out].isWeak else { return false }
                let rest = ties.indices.filter { $0 != out }.map { ties[$0].ends }
                let half = Self.reached(from: ties[out].ends.0, by: rest)
                return !half.contains(ties[out].ends.1)
                    && min(half.count, count - half.count) >= BridgeAlarm.leastProfiles
            }
            let parts = TiedParts(count: count, ties.filter { !$0.isWeak }.map(\.ends))
            #expect(parts.hidesBridge(ties.filter(\.isWeak).map(\.ends)) == expected, "\(ties)")
        }
    }

    private static func reached(from start: Int, by ties: [(Int, Int)]) -> Set<Int> {
        var found: Set<Int> = [start]
        var waiting = [start]
        while let place = waiting.popLast() {
            for (one, other) in ties where one == place || other == place {
                let next = one == place ? other : one
                if found.insert(next).inserted { waiting.append(next) }
            }
        }
        return found
    }
}
