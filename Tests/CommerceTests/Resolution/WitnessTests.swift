import Testing

@testable import Commerce

/// What others around two profiles say about whether they are one customer.
@Suite struct WitnessTests {
    private typealias Pair = (one: Int, two: Int, score: Int32)

    private static func clusters(
        _ pairs: [Pair], profiles: Int, _ relation: (Int, Int) -> PersonalStanding
    ) -> Clustering {
        var graph = FindingGraph()
        graph.profiles = Array(0..<UInt32(profiles))
        graph.canonical = (0..<profiles).map { UInt64($0) }
        for (one, two, score) in pairs {
            let finding = PairFinding(
                newer: UInt32(two), older: UInt32(one), kind: 0, keyHash: 1,
                weight: PairWeight(score: score, levels: 0, verdict: .merge, reason: .none))
            graph.edges.append(.init(left: one, right: two, finding: finding, isBind: false))
        }
        return graph.clusters(mergeScore: 600) { ProfileRelation(personal: relation(min($0, $1), max($0, $1))) }
    }

    /// Two say when they were born, a third is silent; another given name with the same date is one buyer with all three,
    /// with no date it is somebody else of the house.
    @Test(arguments: [(true, 1), (false, 2)])
    func aDateSpeaksForThoseAroundIt(isDateKnown: Bool, groups: Int) {
        let clustering = Self.clusters([(0, 1, 4_000), (1, 2, 3_000), (0, 3, 2_000)], profiles: 4) { one, two in
            var standing = PersonalStanding()
            standing.namesAgree = two < 3
            standing.datesAgree = two == 3 && one < 2 && isDateKnown
            standing.namesDiffer = two == 3 && !standing.datesAgree
            return standing
        }
        #expect(clustering.groups.count == groups)
    }

    /// The strongest finding ties two whose names differ. Refused at first, it is followed once somebody stands beside
    /// the one whose name is the other's; two who are called otherwise outweigh one.
    @Test(arguments: [(1, 1), (2, 2)])
    func whatWasRefusedIsLookedAtAgain(against: Int, groups: Int) {
        let clustering = Self.clusters([(0, 1, 4_000), (0, 2, 3_000), (0, 3, 2_900)], profiles: 4) { one, two in
            var standing = PersonalStanding()
            switch (one, two) {
            case (0, 1): standing.namesDiffer = true
            case (1, 2): standing.namesAgree = true
            case (1, 3): standing.namesDiffer = against == 2
            default: break
            }
            return standing
        }
        #expect(clustering.groups.count == groups)
        #expect(clustering.refused.map(\.weight.reason) == (groups == 2 ? [.contradiction] : []))
    }
}
