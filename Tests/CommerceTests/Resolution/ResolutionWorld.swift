import Bytes
import Testing

@testable import Commerce

/// A directory that is fed with orders while weighing goes on behind them at random, and that restarts now and then.
struct ResolutionWorld: ~Copyable {
    var world: DirectoryWorld
    /// Events of lives that ended with a snapshot.
    private var history: [[UInt8]] = []
    private(set) var restarts = 0
    let shop: String

    init(shards: Int = 3, mode: MatchMode = .evidence, shop: String = "main") {
        world = DirectoryWorld(shards: shards, mode: mode)
        world.settlesBehindWrites = false
        self.shop = shop
    }

    static func decode(_ orders: [String], shop: String = "main") throws -> [Packed<PreparedOrder>] {
        try orders.map { try decodeOrder($0, DirectoryWorld.hasher(shop)) }
    }

    // MARK: Life

    mutating func feed(_ order: Packed<PreparedOrder>) throws(Refusal) {
        _ = try world.order(order, shop: shop, now: 5_000)
    }

    /// Feeds orders; between them weighing goes on a little, and now and then the world restarts.
    mutating func feed(
        _ orders: [Packed<PreparedOrder>], restartsOneIn most: Int = 80, using random: inout SeededGenerator
    ) throws {
        for order in orders {
            try feed(order)
            if random.oneIn(3) { world.settle(most: Int.random(in: 0..<6, using: &random)) }
            if random.oneIn(most) { try restart(using: &random) }
        }
    }

    mutating func settle() { world.settle() }

    /// Starts again from a snapshot or from the journal, with or without the mark that all is weighed.
    mutating func restart(using random: inout SeededGenerator) throws {
        restarts += 1
        if random.oneIn(3) {
            world.settle()
            world.markRest()
        }
        if random.oneIn(2) { try reload() } else { try replay() }
    }

    mutating func reload() throws {
        guard let loaded = DirectoryWorld.load(DirectoryWorld.sections(world.capture())) else {
            throw Refusal(.conflict, "the snapshot does not load")
        }
        history += world.journal
        replace(loaded)
    }

    mutating func replay() throws {
        let all = history + world.journal
        history = []
        var replayed = DirectoryWorld()
        replayed.directory.leaveOutMatching()
        replayed.directory.leaveOutIndexes()
        for event in all { try replayed.apply(event) }
        replayed.directory.indexRest()
        replayed.makeMatching()
        replace(replayed)
    }

    private mutating func replace(_ other: consuming DirectoryWorld) {
        let mode = world.mode
        world = other
        world.mode = mode
        world.settlesBehindWrites = false
    }

    // MARK: Who is who

    /// The customers of the shop by the names of their profiles, which do not depend on when they arrived.
    var export: [[String]] {
        var groups: [UInt32: [String]] = [:]
        for profile in profiles { groups[world.directory.root(of: profile), default: []].append(name(of: profile)) }
        return groups.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }

    func name(of profile: UInt32) -> String {
        world.shards[world.directory.shard(of: profile)].profileName(profile)
    }

    /// The number of the shop, which must have been written to.
    var shopNumber: UInt16 {
        guard let number = world.directory.shop(named: shop) else { preconditionFailure("nothing was written") }
        return number
    }

    /// Profiles of the shop.
    var profiles: [UInt32] {
        let number = UInt32(shopNumber)
        return (0..<UInt32(world.directory.profiles.count)).filter { world.directory.profiles[Int($0)].shop == number }
    }

    /// Pairs of customers that wait for a person, each customer by the first name of its profiles.
    mutating func doubtfulPairs() -> Set<[String]> {
        let pairs = world.directory.doubtfulPairs(of: shopNumber, reason: nil, offset: 0, limit: .max, &world.scratch)
            .pairs
        return Set(pairs.map { pair in [customer(pair.edge.newer), customer(pair.edge.older)].sorted() })
    }

    /// The name of the customer that a profile belongs to.
    func customer(_ profile: UInt32) -> String {
        world.directory.members(of: profile).map { name(of: $0) }.min() ?? ""
    }

    /// Everything weighed and clustered anew, beside what stands.
    mutating func check() -> IdentityWalk {
        var walk = IdentityWalk(shop: shopNumber, rules: nil, of: world.directory)
        while !walk.isDone { walk.advance(1_000, in: world.directory, &world.scratch) }
        return walk
    }

    /// What is known of two profiles, for somebody who looks for the reason of a difference.
    private mutating func pair(_ one: UInt32, _ two: UInt32) -> String {
        let weight = world.directory.weigh(one, two, &world.scratch)
        let sketches = [one, two].map { world.directory.index.profiles[Int($0)].sketch }
        var verdicts: [String] = []
        world.directory.forEachEdge(of: one) { _, edge in
            if edge.other(than: one) == two { verdicts.append("\(edge.verdict) since \(edge.sequence)") }
        }
        return
            "; \(name(of: one)) and \(name(of: two)): \(weight.verdict) \(weight.score) \(weight.reason), sketches \(sketches[0].mayAgree(sketches[1])), apart by \(String(describing: world.directory.separation(one, two))), recorded \(verdicts)"
    }

    /// Expects that nothing would be divided otherwise.
    mutating func expectNoDifferences(_ comment: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let walk = check()
        guard walk.merges + walk.splits > 0 else { return }
        var samples: [String] = []
        for sample in walk.samples.prefix(2) {
            var text =
                "\(sample.before.map { $0.map { name(of: $0) } }) should be \(sample.after.map { $0.map { name(of: $0) } })"
            for one in sample.before.joined() {
                for two in sample.before.joined() where one < two { text += pair(one, two) }
            }
            samples.append(text)
        }
        Issue.record(
            "\(comment): \(walk.merges) merges and \(walk.splits) splits: \(samples)", sourceLocation: sourceLocation)
    }
}

extension SeededGenerator {
    mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
