import Testing

@testable import Commerce

/// Two dense groups that one finding ties.
@Suite struct BridgeAlarmTests {
    private static let mergeScore: Int32 = 700

    /// Profiles 0 to 2 and 3 to 5, each with each, and one finding between 2 and 3.
    private static func graph(between score: Int32, isBind: Bool = false) -> FindingGraph {
        var graph = FindingGraph()
        graph.profiles = Array(0..<6)
        graph.canonical = (0..<6).map { UInt64($0) }
        var pairs: [(Int, Int, Int32)] = [(2, 3, score)]
        for group in [0, 3] {
            pairs += [(group, group + 1, 4_000), (group, group + 2, 4_000), (group + 1, group + 2, 4_000)]
        }
        for (left, right, score) in pairs {
            let finding = PairFinding(
                newer: UInt32(right), older: UInt32(left), kind: 0, keyHash: 1,
                weight: PairWeight(score: score, levels: 0, verdict: .merge, reason: .none))
            graph.edges.append(
                .init(left: left, right: right, finding: finding, isBind: isBind && right - left == 1 && left == 2))
        }
        return graph
    }

    @Test(arguments: [(mergeScore, 2), (mergeScore + 799, 2), (mergeScore + 800, 1)])
    func aWeakBridgeIsHeld(score: Int32, groups: Int) {
        let clustering = Self.graph(between: score).clusters(mergeScore: Self.mergeScore) { _, _ in ProfileRelation() }
        #expect(clustering.groups.count == groups)
        #expect(clustering.refused.map(\.weight.reason) == (groups == 2 ? [.bridge] : []))
        #expect(clustering.groups.allSatisfy { $0.isRestricted == (groups == 2) })
    }

    @Test func aPersonsWordIsNoBridge() {
        let clustering = Self.graph(between: Self.mergeScore, isBind: true)
            .clusters(mergeScore: Self.mergeScore) { _, _ in ProfileRelation() }
        #expect(clustering.groups.count == 1 && clustering.refused.isEmpty)
    }
}
