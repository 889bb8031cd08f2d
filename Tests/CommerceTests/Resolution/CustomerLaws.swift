import Bytes
import Testing

@testable import Commerce

/// Who is never one customer, and what a shop may rely on.
@Suite struct CustomerLaws {
    private static func order(
        _ number: Int, channel: String = "bol", shop: String = "main", more: String = "", _ party: String
    ) throws -> Packed<PreparedOrder> {
        try decodeOrder(
            """
            {"channel":"\(channel)","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",
            "total":"1"\(more),\(party)}
            """, DirectoryWorld.hasher(shop))
    }

    // MARK: One address on ten thousand orders

    /// Amazon Business: buyers of thousands of firms behind one e-mail address. Whether the address is a known constant or
    /// one that nobody has heard of, no two people become one by it.
    @Test(arguments: ["no-reply@business.amazon.com", "einkauf@sammelkonto-bestellungen.de"])
    func oneEmailAddressOnTenThousandOrdersMergesNobody(email: String) throws {
        let firsts = ["Jan", "Petra", "Ahmed", "Sophie", "Thomas", "Fatima", "Hans", "Emma", "Daan", "Maria"]
        let lasts = ["Jansen", "Bakker", "Yilmaz", "Peeters", "Koster", "Novak", "Garcia", "Rossi", "Weber", "Dubois"]
        var world = ResolutionWorld(shards: 1)
        for number in 0..<10_000 {
            let last = lasts[number / 10 % 10] + Self.letters(number / 100)
            let person = "\"firstName\":\"\(firsts[number % 10])\",\"lastName\":\"\(last)\""
            try world.feed(
                Self.order(
                    number, channel: "amazon",
                    "\"customer\":{\"email\":\"\(email)\",\"company\":\"Amazon Business EU\",\(person)}"))
            if number % 50 == 0 { world.settle() }
        }
        world.settle()
        #expect(world.profiles.count == 10_000)
        #expect(world.world.directory.customerCount == 10_000)
        world.expectNoDifferences(email)
    }

    /// A different word for each number below a hundred: family names that are not alike.
    private static func letters(_ number: Int) -> String {
        let syllables = ["mo", "sti", "kra", "ven", "dul", "por", "gat", "hin", "bex", "zul"]
        return syllables[number / 10 % 10] + syllables[number % 10]
    }

    // MARK: Households

    private static let home =
        #""billing":{"street":"Kerkweg","houseNumber":"7","postalCode":"1234 AB","city":"Ede","country":"NL"}"#

    @Test func aFamilyOfFourIsFourCustomersAllLinked() throws {
        var world = ResolutionWorld()
        for (number, first) in ["Jan", "Fatima", "Sophie", "Thomas"].enumerated() {
            try world.feed(
                Self.order(
                    number,
                    #""customer":{"firstName":"\#(first)","lastName":"Visser","phone":"+31318123456"},\#(Self.home)"#))
        }
        world.settle()
        #expect(world.numbers == [1, 2, 3, 4])
        for profile in world.profiles {
            let related = world.world.directory.related(to: world.world.directory.members(of: profile))
            #expect(related.map(\.profile) == world.profiles.filter { $0 != profile })
        }
    }

    /// A finding that holds no more relates nobody, and those beside it stay.
    @Test func whatIsNoLinkAnyMoreRelatesNobody() throws {
        var world = ResolutionWorld()
        for (number, first) in ["Jan", "Fatima", "Sophie"].enumerated() {
            try world.feed(
                Self.order(
                    number,
                    #""customer":{"firstName":"\#(first)","lastName":"Visser","phone":"+31318123456"},\#(Self.home)"#))
        }
        world.settle()
        func related(_ profile: UInt32) -> [UInt32] {
            world.world.directory.related(to: world.world.directory.members(of: profile)).map(\.profile)
        }
        #expect(related(0) == [1, 2] && related(1) == [0, 2] && related(2) == [0, 1])
        let nothing = PairWeight(score: 0, levels: 0, verdict: .none, reason: .none)
        for (newer, older, rest) in [
            (UInt32(1), UInt32(0), [[2], [2], [0, 1]] as [[UInt32]]), (2, 0, [[], [2], [1]]),
        ] {
            world.world.directory.addEdge(
                PairFinding(newer: newer, older: older, kind: 0, keyHash: 1, weight: nothing), order: 0, at: 9)
            #expect([related(0), related(1), related(2)] == rest)
        }
    }

    @Test func fatherAndSonOfOneNameWaitForAPerson() throws {
        var world = ResolutionWorld()
        for (number, birthDate) in ["1952-03-14", "1981-11-02"].enumerated() {
            try world.feed(
                Self.order(
                    number,
                    #""customer":{"firstName":"Hans","lastName":"Visser","birthDate":"\#(birthDate)"},\#(Self.home)"#))
        }
        world.settle()
        #expect(world.numbers == [1, 2])
        #expect(world.doubtfulPairs() == [["bol/main#0", "bol/main#1"]])
    }

    /// A profile that turns out to be somebody else, because a later order says more, leaves the customer that it was in.
    @Test func whoTurnsOutToBeSomebodyElseLeaves() throws {
        var world = ResolutionWorld()
        func hans(_ birthDate: String?) -> String {
            let date = birthDate.map { #","birthDate":"\#($0)""# } ?? ""
            return #""firstName":"Hans","lastName":"Visser"\#(date)"#
        }
        let mail = #""email":"visser@ziggo.nl""#
        try world.feed(Self.order(1, "\"customer\":{\(hans("1952-03-14")),\(mail)},\(Self.home)"))
        try world.feed(Self.order(2, "\"customer\":{\(hans(nil)),\(mail)},\(Self.home)"))
        try world.feed(
            Self.order(3, channel: "web", "\"customer\":{\"ref\":\"77\",\(hans(nil)),\(mail)},\(Self.home)"))
        world.settle()
        #expect(world.numbers == [1, 1, 1])
        try world.feed(
            Self.order(4, channel: "web", "\"customer\":{\"ref\":\"77\",\(hans("1981-11-02"))},\(Self.home)"))
        world.settle()
        #expect(world.numbers[0] != world.numbers[2])
        world.expectNoDifferences("the son has told his date of birth")
    }

    // MARK: Shops

    @Test func twoShopsWithTheSameDataShareNobody() throws {
        let seed = testSeed()
        let orders = BuyerPopulation(.init("two shops"), seed: seed).orders
        var world = ResolutionWorld()
        var random = SeededGenerator(seed: seed)
        for json in orders {
            for shop in ["main", "other"].shuffled(using: &random) {
                let packed = try decodeOrder(json, DirectoryWorld.hasher(shop))
                _ = try world.world.order(packed, shop: shop, now: 5_000)
            }
            if random.oneIn(4) { world.world.settle(most: 5) }
        }
        world.settle()
        let count = world.world.directory.profiles.count
        for profile in 0..<UInt32(count) {
            let shop = world.world.directory.profiles[Int(profile)].shop
            for member in world.world.directory.members(of: profile) {
                #expect(world.world.directory.profiles[Int(member)].shop == shop, "seed \(seed)")
            }
        }
        for (number, shop) in ["main", "other"].enumerated() {
            #expect(world.world.directory.customers(of: UInt16(number), offset: 0, limit: 1).total > 2, "\(shop)")
        }
        // What people decide in one shop cannot name anybody of the other.
        let (one, other) = (world.world.directory.customerNumber(of: 0), world.world.directory.customerNumber(of: 1))
        let refused = refusal { () throws(Refusal) in _ = try world.world.perform(.bind(one, other, reason: "")) }
        #expect(refused?.code == .notFound)
    }

    // MARK: Invoiced bookings

    @Test func anInvoicedBookingKeepsItsCustomerFromVanishing() throws {
        var world = ResolutionWorld()
        let sophie = #""customer":{"firstName":"Sophie","lastName":"Visser","email":"sophie@ziggo.nl"}"#
        let ahmed = #""customer":{"firstName":"Ahmed","lastName":"Yilmaz","email":"ahmed@ziggo.nl"}"#
        try world.feed(Self.order(1, more: #","kind":"booking""#, sophie))
        try world.feed(Self.order(2, ahmed))
        _ = try world.world.document(
            #"{"kind":"invoice","number":"I-1","order":"bol:1","total":"1","currency":"EUR"}"#, shop: "main", now: 5_000
        )
        world.settle()
        for isRestarted in [false, true] {
            if isRestarted { try world.reload() }
            guard
                case .blocked(let from, let into, let invoices, _) =
                    try world.world.perform(.merge(from: 1, into: 2, isPreview: false, reason: ""))
            else {
                Issue.record("a customer with an invoiced booking vanished")
                return
            }
            #expect(from == 1 && into == 2 && invoices.count == 1)
            #expect(world.numbers == [1, 2])
        }
        _ = try world.world.perform(.merge(from: 2, into: 1, isPreview: false, reason: ""))
        #expect(world.numbers == [1, 1])
        _ = try world.world.perform(.split(2, profiles: [], isPreview: false, reason: ""))
        _ = try world.world.perform(.configure([SettingChange(.protectsBookings, 0)]))
        _ = try world.world.perform(.merge(from: 1, into: 2, isPreview: false, reason: ""))
        #expect(world.numbers == [2, 2])
    }
}
