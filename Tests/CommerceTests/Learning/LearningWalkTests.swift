import Bytes
import Testing

@testable import Commerce

/// Learning from a directory's own profiles.
@Suite struct LearningWalkTests {
    private static let firstNames = ["Anna", "Bram", "Cornelia", "Dirk", "Emma", "Floris", "Geertje", "Hendrik"]
    private static let lastNames = ["Visser", "Bakker", "Dijkstra", "Meijer", "Mulder", "Brouwer", "Hoekstra"]
    private static let streets = ["Kerkstraat", "Dorpsweg", "Molenlaan", "Lindenplein", "Stationsweg", "Havenkade"]

    /// Two profiles of each of 130 people: the second has another street, and a slip in the family name of every third.
    static let profiles: [String] = (0..<130).flatMap { number -> [String] in
        var random = SeededGenerator(seed: UInt64(number))
        func pick(_ names: [String]) -> String { names[Int(random.next() % UInt64(names.count))] }
        let first = pick(firstNames)
        let last = pick(lastNames)
        let day = "\(1950 + random.next() % 50)-0\(1 + random.next() % 9)-\(10 + random.next() % 18)"
        func profile(_ part: Int, _ last: String) -> String {
            """
            {"channel":"import","ref":"\(number)-\(part)","firstName":"\(first)","lastName":"\(last)","birthDate":"\(day)",
            "email":"\(first).\(number)@example.nl","billing":{"street":"\(pick(streets))","houseNumber":
            "\(1 + random.next() % 90)","postalCode":"\(1000 + random.next() % 8000) AB","city":"Utrecht","country":"NL"}}
            """
        }
        return [profile(0, last), profile(1, number % 3 == 0 ? String(last.dropLast(2)) + "xr" : last)]
    }

    private static func world(_ profiles: [String]) throws -> DirectoryWorld {
        var world = DirectoryWorld(shards: 2)
        for (time, profile) in profiles.enumerated() {
            _ = try world.profile(profile, shop: "main", now: Int64(time + 1))
        }
        return world
    }

    private static func walked(_ world: borrowing DirectoryWorld) -> LearningWalk {
        var scratch = ResolutionScratch()
        var walk = LearningWalk(shop: 0, of: world.directory)
        while !walk.isDone { walk.advance(64, in: world.directory, &scratch) }
        return walk
    }

    @Test func learnsTheSameWhateverTheOrderOfArrival() throws {
        let walk = Self.walked(try Self.world(Self.profiles))
        #expect(walk.rows == 260)
        #expect(walk.basis.hasPrefix("260 profiles, "))
        #expect(walk.rules.differsEnough(from: .standard), "\(walk.basis)")
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2 {
            let other = Self.walked(try Self.world(Self.profiles.shuffled(using: &random)))
            #expect(other.rules == walk.rules)
            #expect(other.basis == walk.basis)
        }
    }

    /// The mark that says how large the shop was survives a replay and a snapshot.
    @Test func remembersFromHowManyRowsItLearned() throws {
        var world = try Self.world(Array(Self.profiles.prefix(4)))
        var rules = MatchRules.standard
        rules.set(.email, .same, 2_000)
        for rows in [0, 5_000] {
            var events = EventWriter()
            events.rulesProposed(
                rules, basis: "4 profiles", rows: rows, shop: 0, actor: RulesVersion.learning,
                now: Timestamp(milliseconds: 9))
            try world.apply(events.last.array)
        }
        #expect(world.directory.identities[0].versions.map(\.rows) == [0, 0, 5_000])
        var replayed = DirectoryWorld()
        for event in world.journal { try replayed.apply(event) }
        #expect(replayed.directory.identities[0].versions == world.directory.identities[0].versions)
        if let loaded = DirectoryWorld.load(DirectoryWorld.sections(world.capture())) {
            #expect(loaded.directory.identities[0].versions == world.directory.identities[0].versions)
        } else {
            Issue.record("the snapshot does not load")
        }
        // What learning proposed is never what it starts from.
        #expect(world.directory.identities[0].learningBase == .standard)
    }

    /// Snapshots written before versions had rows, and before it was told who set what.
    @Test func readsFormerTablesOfIdentity() throws {
        let world = try Self.world(Array(Self.profiles.prefix(4)))
        for (format, isKnown) in [(0, false), (1, true), (2, true), (3, true), (4, false)] as [(UInt8, Bool)] {
            var sections = DirectoryWorld.sections(world.capture())
            for place in sections.indices where sections[place].kind == .identity {
                sections[place].chunks[0][0] = format
                // The one shop's count of settings; it is 0, as are those of decisions and values behind it.
                if format < 3 { sections[place].chunks[0].removeLast() }
            }
            let loaded = DirectoryWorld.load(sections)
            switch loaded {
            case .some: #expect(isKnown, "format \(format)")
            case .none: #expect(!isKnown, "format \(format)")
            }
        }
    }

    @Test func learnsUnaskedWhenAShopHasDoubled() throws {
        let world = try Self.world(Array(Self.profiles.prefix(4)))
        #expect(world.directory.rowCount(of: 0) == 4)
        #expect(world.directory.shopToLearnFrom(attempts: [:]) == nil)
        #expect(world.directory.shopToLearnFrom(attempts: [:], leastRows: 4) == 0)
        #expect(world.directory.shopToLearnFrom(attempts: [0: 2], leastRows: 4) == 0)
        #expect(world.directory.shopToLearnFrom(attempts: [0: 3], leastRows: 4) == nil)
    }
}
