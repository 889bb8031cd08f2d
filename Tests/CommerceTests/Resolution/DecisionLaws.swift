import Testing

@testable import Commerce

/// What people decide holds, can be taken back, and loses nothing.
@Suite struct DecisionLaws {
    private static let plan: BuyerPopulation.Plan = {
        var plan = BuyerPopulation.Plan("people decide")
        plan.households = 10
        plan.sharers = 3
        return plan
    }()

    @Test func decisionsHoldInAnySequence() throws {
        let seed = testSeed()
        for round in 0..<UInt64(4) {
            var panel = try DecisionPanel(Self.plan, seed: seed &+ round)
            for _ in 0..<120 { try panel.step() }
            try panel.finish()
        }
    }

    /// A merge that is taken back leaves no trace in who is who: same customers, same numbers, whatever came meanwhile.
    @Test func mergeThenSplitIsAsIfNothingHadHappened() throws {
        let seed = testSeed()
        for round in 0..<UInt64(8) {
            let seed = seed &+ round
            var random = SeededGenerator(seed: seed)
            let orders = try ResolutionWorld.decode(BuyerPopulation(Self.plan, seed: seed).orders)
            let third = orders.count / 3
            var merged = ResolutionWorld()
            var plain = ResolutionWorld()
            try merged.feed(Array(orders.prefix(third)), using: &random)
            try plain.feed(Array(orders.prefix(third)), using: &random)
            merged.settle()
            plain.settle()
            guard let (from, into) = Self.twoCustomers(of: merged, using: &random) else { continue }
            _ = try merged.world.perform(.merge(from: from, into: into, isPreview: false, reason: "one person"))
            #expect(merged.world.directory.customerNumber(of: from - 1) == into, "seed \(seed)")
            try merged.feed(Array(orders[third..<(2 * third)]), using: &random)
            try plain.feed(Array(orders[third..<(2 * third)]), using: &random)
            _ = try merged.world.perform(.split(from, profiles: [], isPreview: false, reason: "two people"))
            try merged.feed(Array(orders.dropFirst(2 * third)), using: &random)
            try plain.feed(Array(orders.dropFirst(2 * third)), using: &random)
            merged.settle()
            plain.settle()
            merged.expectNoDifferences("seed \(seed)")
            #expect(merged.export == plain.export, "seed \(seed)")
            #expect(merged.numbers == plain.numbers, "seed \(seed)")
        }
    }

    /// Living numbers of two customers.
    private static func twoCustomers(
        of world: borrowing ResolutionWorld, using random: inout SeededGenerator
    ) -> (UInt32, UInt32)? {
        let numbers = Set(world.numbers).sorted()
        guard numbers.count > 1, let one = numbers.randomElement(using: &random) else { return nil }
        guard let two = numbers.filter({ $0 != one }).randomElement(using: &random) else { return nil }
        return (one, two)
    }

    @Test func whatAPersonKeepsApartIsNotTiedAgain() throws {
        var world = ResolutionWorld()
        func order(_ number: Int, _ party: String) throws -> Packed<PreparedOrder> {
            try decodeOrder(
                """
                {"channel":"bol","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1",
                "customer":{"firstName":"Sophie","lastName":"Visser",\(party)}}
                """, DirectoryWorld.hasher("main"))
        }
        try world.feed(order(1, #""email":"sophie@ziggo.nl""#))
        try world.feed(order(2, #""email":"sophie@ziggo.nl","phone":"+31612345678""#))
        world.settle()
        #expect(world.numbers == [1, 1])
        _ = try world.world.perform(.split(1, profiles: [2], isPreview: false, reason: "two Sophies"))
        #expect(world.numbers == [1, 2])
        try world.feed(order(3, #""email":"sophie@ziggo.nl","birthDate":"1990-10-10""#))
        world.settle()
        #expect(world.numbers[0] != world.numbers[1])
        world.expectNoDifferences("with a bridge between the two")
        // Refused as long as that stands, and by name.
        let refused = refusal { () throws(Refusal) in _ = try world.world.perform(.bind(1, 2, reason: "")) }
        #expect(refused?.text.contains("anna decided") == true)
        _ = try world.world.perform(.release(1, 2))
        #expect(world.numbers == [1, 1, 1])
    }

    /// A shop that goes by exact keys has nothing that could follow a person's word: it says so, and nothing changes.
    @Test func exactKeysAskNobody() throws {
        var world = ResolutionWorld(mode: .exact)
        for (number, party) in [
            #""email":"a@ziggo.nl""#, #""email":"a@ziggo.nl","phone":"+31612345678""#, #""email":"b@ziggo.nl""#,
        ].enumerated() {
            try world.feed(
                decodeOrder(
                    """
                    {"channel":"bol","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1",
                    "customer":{\(party)}}
                    """, DirectoryWorld.hasher("main")))
        }
        #expect(world.numbers == [1, 1, 3])
        let commands: [IdentityCommand] = [
            .merge(from: 3, into: 1, isPreview: false, reason: ""), .bind(1, 3, reason: ""),
            .split(1, profiles: [2], isPreview: false, reason: ""), .exclude(1, 3, reason: ""), .release(1, 3),
        ]
        for command in commands {
            let refused = refusal { () throws(Refusal) in _ = try world.world.perform(command) }
            #expect(refused?.code == .refused)
        }
        #expect(world.numbers == [1, 1, 3])
    }

    /// The number that a merge names stays, though lower ones were in the customer that vanished; others lead to it.
    @Test func mergedCustomersKeepTheNumberTheyWereMergedInto() throws {
        var world = ResolutionWorld()
        for (number, name) in ["Sophie", "Sophie", "Ahmed"].enumerated() {
            try world.feed(
                decodeOrder(
                    """
                    {"channel":"bol","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1",
                    "customer":{"firstName":"\(name)","lastName":"Visser","email":"\(name)@ziggo.nl",
                    "phone":"+3161234567\(number)"}}
                    """, DirectoryWorld.hasher("main")))
        }
        world.settle()
        #expect(world.numbers == [1, 1, 3])
        _ = try world.world.perform(.merge(from: 1, into: 3, isPreview: false, reason: "one person"))
        #expect(world.numbers == [3, 3, 3])
        try world.reload()
        #expect(world.numbers == [3, 3, 3])
        _ = try world.world.perform(.split(1, profiles: [], isPreview: false, reason: "two after all"))
        #expect(world.numbers == [1, 1, 3])
    }
}

extension ResolutionWorld {
    /// The living number of each profile of the shop.
    var numbers: [UInt32] { profiles.map { world.directory.customerNumber(of: $0) } }
}
