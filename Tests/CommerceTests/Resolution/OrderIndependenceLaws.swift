import Bytes
import Testing

@testable import Commerce

/// Who is who is a function of the data, the rules and people's word: never of the order in which the data came, of when
/// it was weighed, or of restarts.
@Suite struct OrderIndependenceLaws {
    static let plans: [BuyerPopulation.Plan] = {
        var sparse = BuyerPopulation.Plan("hardly more than names and addresses")
        sparse.isSparse = true
        var quarantine = BuyerPopulation.Plan("one e-mail address on many unlike names")
        quarantine.households = 12
        quarantine.sharers = 14
        var block = BuyerPopulation.Plan("a street full of one name")
        block.households = 4
        block.neighbours = 44
        var names = BuyerPopulation.Plan("a name that becomes common")
        names.households = 8
        names.namesakes = 30
        var clerk = BuyerPopulation.Plan("one clerk who orders all day")
        clerk.households = 6
        clerk.repeats = 24
        return [BuyerPopulation.Plan("households"), sparse, quarantine, block, names, clerk]
    }()

    @Test(arguments: plans) func anyOrderGivesTheSameCustomers(plan: BuyerPopulation.Plan) throws {
        let seed = testSeed()
        try compareOrders(plan, seed: seed, mode: .evidence, count: 10)
    }

    @Test(arguments: [MatchMode.email, .address]) func soDoOtherMatchModes(mode: MatchMode) throws {
        let seed = testSeed()
        for plan in [Self.plans[0], Self.plans[2], Self.plans[3]] {
            try compareOrders(plan, seed: seed, mode: mode, count: 6)
        }
    }

    /// What came while one value said it all is not posted for matching; a shop that begins to weigh finds it all the same,
    /// however often it changed its mind and whether or not it was restarted meanwhile.
    @Test func aShopMayBeginToWeighAtAnyTime() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for plan in [Self.plans[0], Self.plans[3], Self.plans[4]] {
            let orders = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders)
            var steady = ResolutionWorld(shards: 2, mode: .evidence)
            try steady.feed(orders, restartsOneIn: orders.count, using: &random)
            steady.settle()
            for first in [MatchMode.email, .address, .exact] {
                let what = "\(plan.name), \(first) first, seed \(seed)"
                var changing = ResolutionWorld(shards: 2, mode: first)
                var mode = first
                for piece in 0..<4 {
                    let part = orders[(orders.count * piece / 4)..<(orders.count * (piece + 1) / 4)]
                    try changing.feed(Array(part), restartsOneIn: part.count / 2, using: &random)
                    mode = piece == 3 || mode != .evidence ? .evidence : first
                    let change = SettingChange(.matchMode, Int(mode.rawValue))
                    _ = try changing.world.perform(.configure([change]))
                }
                changing.settle()
                changing.expectNoDifferences(what)
                #expect(changing.export == steady.export, "\(what)")
            }
        }
    }

    /// Where one value says it all an arrival finds everything, and a start from a snapshot does not find it again.
    @Test(arguments: [MatchMode.email, .address]) func aStartWritesNothingWhereOneValueSaysAll(mode: MatchMode) throws {
        let seed = testSeed()
        for plan in Self.plans {
            var world = ResolutionWorld(shards: 2, mode: mode)
            for order in try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders) { try world.feed(order) }
            world.settle()
            let customers = world.export
            try world.reload()
            #expect(world.world.directory.waitingProfiles < world.profiles.count)
            world.settle()
            #expect(world.world.journal.isEmpty, "\(plan.name), \(mode), seed \(seed)")
            #expect(world.export == customers)
        }
    }

    /// What the journal says is weighed a start that reads it does not weigh again, and goes on as if it had never stopped.
    @Test func aStartFromTheJournalWeighsNothingTwice() throws {
        let seed = testSeed()
        for plan in Self.plans {
            let orders = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders)
            var steady = ResolutionWorld(shards: 2)
            var restarted = ResolutionWorld(shards: 2)
            for order in orders.prefix(orders.count / 2) {
                try steady.feed(order)
                try restarted.feed(order)
            }
            steady.settle()
            restarted.settle()
            restarted.world.markRest()
            try restarted.replay()
            let isAtRest = restarted.world.directory.isAtRest
            #expect(isAtRest, "\(plan.name), seed \(seed)")
            for order in orders.dropFirst(orders.count / 2) {
                try steady.feed(order)
                try restarted.feed(order)
            }
            steady.settle()
            restarted.settle()
            #expect(restarted.export == steady.export, "\(plan.name), seed \(seed)")
        }
    }

    /// What came since everything was weighed, and whom people spoke about, a start has weighed as if it had never happened;
    /// each finding names the order that it was made for.
    @Test(arguments: [false, true]) func aStartKnowsWhatIsToBeWeighedAndWhy(isReload: Bool) throws {
        let seed = testSeed()
        for plan in Self.plans {
            let what = "\(plan.name), seed \(seed)"
            let orders = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders)
            var steady = ResolutionWorld(shards: 2)
            var restarted = ResolutionWorld(shards: 2)
            try steady.feedMarking(orders)
            try restarted.feedMarking(orders)
            if isReload { try restarted.reload() } else { try restarted.replay() }
            let waiting = (steady.world.directory.listedProfiles, restarted.world.directory.listedProfiles)
            #expect(waiting.0 == waiting.1 && waiting.0 > 0, "\(what)")
            steady.settle()
            restarted.settle()
            #expect(restarted.findings == steady.findings, "\(what)")
        }
    }

    /// A start that weighs everybody again withdraws nothing: a block that closed has done so already. Of these populations; in
    /// others a few findings still come and go with a start.
    @Test(arguments: [2, 3, 6, 10] as [UInt64]) func aStartWithdrawsNothing(seed: UInt64) throws {
        var plan = BuyerPopulation.Plan("a name that becomes common")
        plan.households = 8
        plan.namesakes = 30
        var world = ResolutionWorld(shards: 2)
        for order in try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders) {
            try world.feed(order)
            world.settle()
        }
        let before = world.doubtsAndLinks
        try world.replay()
        world.settle()
        let gone = before.subtracting(world.doubtsAndLinks)
        #expect(!before.isEmpty && gone.isEmpty)
    }

    /// A shop that grows past 1,024 variants weighs everything anew, for names say less in a larger shop.
    @Test func growingPastAClassOfShops() throws {
        var plan = BuyerPopulation.Plan("a shop that grows")
        plan.households = 230
        plan.namesakes = 40
        try compareOrders(plan, seed: testSeed(), mode: .evidence, count: 2)
    }

    /// What weighing remembers from one profile to the next saves work and changes no decision.
    @Test func memoryChangesNothing() throws {
        let seed = testSeed()
        var timesRemembered = 0
        for plan in Self.plans {
            let orders = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders)
            var remembering = ResolutionWorld(shards: 2)
            var forgetful = ResolutionWorld(shards: 2)
            forgetful.world.forgets = true
            for piece in 0..<4 {
                for order in orders[(orders.count * piece / 4)..<(orders.count * (piece + 1) / 4)] {
                    try remembering.feed(order)
                    try forgetful.feed(order)
                }
                remembering.settle()
                forgetful.settle()
            }
            #expect(remembering.world.journal == forgetful.world.journal, "\(plan.name), seed \(seed)")
            timesRemembered += remembering.world.laidOutAlready
        }
        #expect(timesRemembered > 0)
    }

    private func compareOrders(_ plan: BuyerPopulation.Plan, seed: UInt64, mode: MatchMode, count: Int) throws {
        var orders = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders)
        var random = SeededGenerator(seed: seed)
        var expected: [[String]]?
        for round in 0..<count {
            let what = "\(plan.name), \(mode), seed \(seed), round \(round)"
            var world = ResolutionWorld(shards: Int.random(in: 1...4, using: &random), mode: mode)
            try world.feed(orders, restartsOneIn: orders.count / 2, using: &random)
            world.settle()
            world.expectNoDifferences(what)
            let export = world.export
            #expect(export.reduce(0) { $0 + $1.count } == world.profiles.count)
            if let expected, export != expected {
                let other = Set(export).subtracting(expected)
                Issue.record("\(what): \(other) instead of \(Set(expected).subtracting(export))")
            }
            if expected == nil {
                #expect(export.contains { $0.count > 1 } && export.count > 2, "\(what): nothing to tell apart")
                print("\(what): \(orders.count) orders, \(world.profiles.count) profiles, \(export.count) customers")
            }
            if expected == nil { expectSymmetry(&world, what, using: &random) }
            expected = expected ?? export
            orders.shuffle(using: &random)
        }
    }

    /// Two profiles weigh the same from either side.
    private func expectSymmetry(
        _ world: inout ResolutionWorld, _ what: String, using random: inout SeededGenerator
    ) {
        let profiles = world.profiles
        for _ in 0..<500 {
            guard let one = profiles.randomElement(using: &random), let two = profiles.randomElement(using: &random)
            else { return }
            let there = world.world.directory.weigh(one, two, &world.world.scratch)
            let back = world.world.directory.weigh(two, one, &world.world.scratch)
            #expect(there.score == back.score && there.verdict == back.verdict, "\(what): \(one), \(two)")
        }
    }
}

extension ResolutionWorld {
    /// Feeds half of the orders, has all of it weighed and says so in the journal, then the rest, and a person's word.
    fileprivate mutating func feedMarking(_ orders: [Packed<PreparedOrder>]) throws {
        for (number, order) in orders.enumerated() {
            if number == orders.count / 2 {
                settle()
                world.markRest()
            }
            try feed(order)
        }
        let customers = Set(numbers).sorted()
        _ = try world.perform(.exclude(customers[0], customers[customers.count - 1], reason: "two people"))
    }

    /// Findings that are no merges, and stand.
    fileprivate var doubtsAndLinks: Set<String> {
        let edges = world.directory.edges
        return Set(
            (0..<edges.count).map { edges[$0] }.filter { !$0.isMerge && $0.verdict != PairVerdict.none.rawValue }
                .map { "\($0.newer) \($0.older) \($0.verdict)" })
    }

    /// What was found, and by which orders.
    fileprivate var findings: [String] {
        let edges = world.directory.edges
        return (0..<edges.count).map { number in
            let edge = edges[number]
            return "\(edge.newer) \(edge.older) \(edge.verdict) \(edge.score) by \(edge.order)"
        }
    }
}
