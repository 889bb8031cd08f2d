import Bytes
import Testing

@testable import Commerce

/// People who decide at random while orders come in, and what must hold after each of their decisions.
struct DecisionPanel: ~Copyable {
    private var world: ResolutionWorld
    private var random: SeededGenerator
    private var waiting: [Packed<PreparedOrder>]
    private let seed: UInt64
    private var orderCount = 0

    init(_ plan: BuyerPopulation.Plan, seed: UInt64) throws {
        waiting = try ResolutionWorld.decode(BuyerPopulation(plan, seed: seed).orders.reversed())
        world = ResolutionWorld()
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    // MARK: Steps

    mutating func step() throws {
        if orderCount < 10 || random.oneIn(3) { return try order() }
        if random.oneIn(3) { world.world.settle(most: Int.random(in: 0..<6, using: &random)) }
        if random.oneIn(25) { try world.restart(using: &random) }
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: try mergeAndSplit()
        case 2:
            _ = attempt(.merge(from: one(), into: one(), isPreview: random.oneIn(4), reason: "seen both"))
        case 3: try split()
        case 4: _ = attempt(.bind(one(), one(), reason: ""))
        case 5: _ = attempt(.exclude(one(), one(), reason: "asked them"))
        case 6: _ = attempt(.link(one(), one(), reason: "a couple"))
        case 7: _ = attempt(.release(one(), one()))
        default: answer()
        }
        check()
    }

    private mutating func order() throws {
        guard let order = waiting.popLast() else { return }
        try world.feed(order)
        orderCount += 1
    }

    private mutating func one() -> UInt32 {
        UInt32(Int.random(in: 1...world.world.directory.profiles.count, using: &random))
    }

    /// nil if it was refused.
    private mutating func attempt(_ command: IdentityCommand) -> IdentityOutcome? {
        do throws(Refusal) { return try world.world.perform(command) } catch { return nil }
    }

    /// Taking back a merge restores what was there before, to the number.
    private mutating func mergeAndSplit() throws {
        world.settle()
        let numbers = world.numbers
        let from = numbers[Int(one()) - 1]
        let into = numbers[Int(one()) - 1]
        guard from != into, attempt(.merge(from: from, into: into, isPreview: false, reason: "")) != nil else { return }
        #expect(world.numbers[Int(from) - 1] == world.numbers[Int(into) - 1], "seed \(seed)")
        if random.oneIn(3) { return }
        #expect(attempt(.split(from, profiles: [], isPreview: false, reason: "")) != nil, "seed \(seed)")
        world.settle()
        #expect(world.numbers == numbers, "seed \(seed): C\(from) into C\(into) and back")
    }

    /// What is taken out of a customer is out.
    private mutating func split() throws {
        let profile = one()
        let members = world.world.directory.members(of: profile - 1)
        let taken = members.filter { _ in Bool.random(using: &random) }
        guard attempt(.split(profile, profiles: taken.map { $0 + 1 }, isPreview: false, reason: "")) != nil else {
            return
        }
        guard !taken.isEmpty else { return }
        world.settle()
        let rest = Set(members).subtracting(taken)
        for one in taken { #expect(rest.isDisjoint(with: world.world.directory.members(of: one)), "seed \(seed)") }
    }

    private mutating func answer() {
        let pairs = world.world.directory.doubtfulPairs(
            of: 0, reason: nil, offset: 0, limit: 50, &world.world.scratch
        ).pairs
        guard let pair = pairs.randomElement(using: &random) else { return }
        let isSame = Bool.random(using: &random)
        guard attempt(.answer(pair: pair.number, isSame: isSame, reason: "called them")) != nil else { return }
        let numbers = world.numbers
        let areOne = numbers[Int(pair.edge.newer)] == numbers[Int(pair.edge.older)]
        #expect(areOne == isSame, "seed \(seed): pair \(pair.number)")
    }

    // MARK: What must hold

    /// Every number answers, nothing is lost, and nobody overrules a person.
    private func check() {
        let count = world.world.directory.orders.count
        #expect(count == orderCount, "seed \(seed)")
        var seen = Set<UInt32>()
        var customers = 0
        for profile in 0..<UInt32(world.world.directory.profiles.count) {
            let members = world.world.directory.members(of: profile)
            let number = world.world.directory.customerNumber(of: profile)
            #expect(members.contains(profile) && members.contains(number - 1), "seed \(seed): C\(profile + 1)")
            if seen.insert(number).inserted { customers += 1 }
        }
        #expect(customers == world.world.directory.customerCount, "seed \(seed)")
        for decision in world.world.directory.decisions.all where decision.isLive {
            for left in decision.left {
                for right in decision.right where decision.kind != .linked {
                    let areOne = world.world.directory.root(of: left) == world.world.directory.root(of: right)
                    #expect(areOne == (decision.kind == .together), "seed \(seed): \(decision)")
                }
            }
        }
        checkRelated(world.world.directory)
    }

    /// Who is related is what looking through everything finds, and of many links between two customers the same is shown
    /// whatever came in which order: that of the lowest profiles.
    private func checkRelated(_ directory: borrowing DirectoryState) {
        for profile in 0..<UInt32(directory.profiles.count) {
            guard directory.customerNumber(of: profile) == profile + 1 else { continue }
            let members = directory.members(of: profile)
            var roots: Set<UInt32> = []
            for decision in directory.decisions.all where decision.isLive && decision.kind == .linked {
                for (here, there) in [(decision.left, decision.right), (decision.right, decision.left)]
                where !Set(here).isDisjoint(with: members) { roots.insert(directory.root(of: there[0])) }
            }
            var lowest: [UInt32: (member: UInt32, other: UInt32, at: Int64)] = [:]
            for number in 0..<directory.edges.count {
                let edge = directory.edges[number]
                guard edge.verdict == PairVerdict.link.rawValue else { continue }
                for (member, other) in [(edge.newer, edge.older), (edge.older, edge.newer)]
                where members.contains(member) {
                    let root = directory.root(of: other)
                    roots.insert(root)
                    if let known = lowest[root], (known.member, known.other) <= (member, other) { continue }
                    lowest[root] = (member, other, edge.at)
                }
            }
            roots.remove(directory.root(of: profile))
            var related: [UInt32] = []
            for (other, tie) in directory.related(to: members) {
                let root = directory.root(of: other)
                related.append(root)
                guard case .finding(_, let at) = tie else { continue }
                #expect(lowest[root]?.other == other && lowest[root]?.at == at, "seed \(seed): C\(profile + 1)")
            }
            #expect(related.count == roots.count && Set(related) == roots, "seed \(seed): C\(profile + 1)")
        }
    }

    /// The rest of the orders, then everything weighed: nothing would be divided otherwise, and a restart says the same.
    mutating func finish() throws {
        while !waiting.isEmpty { try order() }
        world.settle()
        check()
        world.expectNoDifferences("seed \(seed)")
        let export = world.export
        let numbers = world.numbers
        for isReload in [true, false] {
            if isReload { try world.reload() } else { try world.replay() }
            #expect(world.export == export && world.numbers == numbers, "seed \(seed)")
            world.settle()
            check()
            #expect(world.export == export && world.numbers == numbers, "seed \(seed)")
            world.expectNoDifferences("seed \(seed), restarted")
        }
    }
}
