import Bytes
import Commerce
import Engine
import Simulation
import Store
import Synchronization
import Testing

/// A start on several threads comes to what one thread comes to: the same state, or the same error.
@Suite struct RecoveryThreadsTests {
    /// - Parameter leastWaiting: with 0 the reading thread leaves no work to the other, beyond the queue's room all it may;
    ///   between them, what a small folder hands over depends on who is faster.
    private static func threads(_ count: Int, leastWaiting: Int = 2) -> RecoveryThreads {
        var threads = RecoveryThreads()
        threads.count = count
        threads.leastBytes = 0
        threads.leastWaiting = leastWaiting
        return threads
    }

    private static let several = [
        threads(2), threads(2, leastWaiting: 0), threads(2, leastWaiting: .max), threads(3),
        threads(3, leastWaiting: 0), threads(3, leastWaiting: .max),
    ]

    private static func open(_ disk: SimulatedDisk, _ lane: HandLane, _ threads: RecoveryThreads) throws -> Engine {
        var configuration = EngineConfiguration(folder: "data")
        configuration.recoveryThreads = threads
        return try lane.entered {
            try Engine.open(
                configuration, on: disk, clock: FixedClock(),
                lanes: EngineLanes(directory: lane, shards: [lane], journal: lane, snapshot: lane), holder: "test")
        }
    }

    private static let syllables = [
        "ba", "ko", "ri", "mel", "tus", "van", "dor", "sli", "ge", "nup", "fa", "wim", "zo", "hert", "lu",
    ]

    /// Orders of some 300 people, each written in one of two ways, so that some of it is weighed and merged.
    private static func ingest(
        _ numbers: Range<Int>, shop: String = "main", _ engine: Engine, _ lane: HandLane,
        _ random: inout SeededGenerator
    ) throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 64) {
            var decoder = CommandDecoder()
            var bytes = ByteWriter()
            var commands: [PreparedCommand] = []
            for number in start..<min(start + 64, numbers.upperBound) {
                let person = Int.random(in: 0..<300, using: &random)
                let isMisspelt = Bool.random(using: &random)
                let first = first(ofPerson: person, isMisspelt ? "h" : "")
                let last = syllables[person * 7 % 15] + syllables[person * 11 % 13] + syllables[person / 15 % 15]
                let house = person + (number % 9 == 0 ? 1_000 : 1)
                let mail = email(ofPerson: person, isMisspelt ? "h" : "")
                let kind = number % 50 == 0 ? #""kind":"booking","# : ""
                let json = """
                    {"channel":"shopify","number":"\(number)",\(kind)"placedAt":"2026-03-01T10:22:31Z","currency":"EUR",\
                    "customer":{"firstName":"\(first)","lastName":"\(last)","email":"\(mail)"},\
                    "billing":{"street":"Dorpsstraat \(house)","postalCode":"1234 AB","city":"Utrecht","country":"NL"},\
                    "total":"10.00","lines":[{"sku":"A-\(house)","title":"Thing \(house)","quantity":"1","price":"10.00"}]}
                    """
                let line = Array(json.utf8)
                commands.append(
                    .order(try decoder.order(line.span, engine.hasher(shop: shop), into: &bytes)))
            }
            submit(CommandBatch(shop: shop, actor: "test", bytes: bytes.copyBytes(), commands: commands), engine, lane)
        }
    }

    /// - Returns: how many commands were not refused.
    @discardableResult
    private static func submit(_ batch: CommandBatch, _ engine: Engine, _ lane: HandLane) -> Int {
        let taken = Mutex(0)
        lane.post {
            engine.submit(batch, from: lane) { outcome in
                taken.withLock { taken in
                    taken = outcome.outcomes.count { if case .refused = $0 { false } else { true } }
                }
            }
        }
        lane.run()
        return taken.withLock { $0 }
    }

    /// What people say about customers and shops, and what changes how everybody is weighed.
    /// - Returns: whether it was taken in.
    private static func decide(
        shop: String, _ engine: Engine, _ lane: HandLane, _ random: inout SeededGenerator
    ) -> Bool {
        let modes: [MatchMode] = [.evidence, .email, .exact]
        let customers = (0..<2).map { _ in UInt32.random(in: 1...250, using: &random) }
        let email = Array(email(ofPerson: Int.random(in: 0..<300, using: &random), "").utf8)
        let command: IdentityCommand =
            switch Int.random(in: 0..<6, using: &random) {
            case 0: .exclude(customers[0], customers[1], reason: "two people")
            case 1: .bind(customers[0], customers[1], reason: "one person")
            case 2, 3: .watch(engine.hasher(shop: shop).key(.email, email.span), isHeld: true)
            default: .configure([SettingChange(.matchMode, Int(modes.randomElement(using: &random)!.rawValue))])
            }
        let batch = CommandBatch(shop: shop, actor: "test", bytes: [], commands: [.identity(command, actor: "test")])
        return submit(batch, engine, lane) == 1
    }

    private static func first(ofPerson person: Int, _ ending: String) -> String {
        syllables[person % 15] + syllables[person / 15 % 15] + ending
    }

    private static func email(ofPerson person: Int, _ ending: String) -> String {
        "\(first(ofPerson: person, ending)).\(person)@example.org"
    }

    /// A folder whose events are by turns such that what matching needs can follow behind, and such that it cannot.
    private static func mixedFolder(_ seed: UInt64) throws -> DiskImage {
        var random = SeededGenerator(seed: seed)
        let disk = SimulatedDisk()
        let lane = HandLane()
        let engine = try open(disk, lane, threads(1))
        lane.run()
        var next = 0
        var decided = 0
        for _ in 0..<6 {
            let shop = Int.random(in: 0..<3, using: &random) == 0 ? "second" : "main"
            let count = Int.random(in: 100..<900, using: &random)
            try ingest(next..<next + count, shop: shop, engine, lane, &random)
            next += count
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                decided += decide(shop: shop, engine, lane, &random) ? 1 : 0
            }
        }
        #expect(decided > 0, "seed \(seed)")
        return disk.snapshotImage()
    }

    private static func snapshot(_ engine: Engine, _ lane: HandLane) {
        lane.post { engine.snapshot { _ in } }
        lane.run()
    }

    /// A folder with a snapshot of the first orders, where one is wanted, and the rest in the journal.
    private static func folder(
        _ seed: UInt64, snapshotAfter snapshotted: Int, orders count: Int = 900
    ) throws -> DiskImage {
        var random = SeededGenerator(seed: seed)
        let disk = SimulatedDisk()
        let lane = HandLane()
        let engine = try open(disk, lane, threads(1))
        lane.run()
        if snapshotted > 0 {
            try ingest(0..<snapshotted, engine, lane, &random)
            snapshot(engine, lane)
        }
        try ingest(snapshotted..<count, engine, lane, &random)
        return disk.snapshotImage()
    }

    /// What comes of a start.
    private struct Life: Equatable {
        /// Values that people or the engine keep from matching, as the engine tells them.
        var watched: [String] = []
        var image = DiskImage()
    }

    /// Opens the folder, goes on with it and snapshots it: every byte on the disk afterwards follows from what was restored.
    private static func life(_ image: DiskImage, seed: UInt64, _ threads: RecoveryThreads) throws -> Life {
        var random = SeededGenerator(seed: seed ^ 1)
        let disk = SimulatedDisk(image)
        let lane = HandLane()
        let engine = try open(disk, lane, threads)
        lane.run()
        var life = Life()
        for shop in ["main", "second"] { life.watched.append(watchedValues(shop, engine, lane)) }
        try ingest(900..<1_100, engine, lane, &random)
        snapshot(engine, lane)
        life.image = disk.snapshotImage()
        return life
    }

    private static func watchedValues(_ shop: String, _ engine: Engine, _ lane: HandLane) -> String {
        let query = PreparedCommand.query(.watchedValues(offset: 0, limit: 1_000))
        let told = Mutex("")
        lane.post {
            engine.submit(CommandBatch(shop: shop, actor: "test", bytes: [], commands: [query]), from: lane) {
                outcome in
                told.withLock { $0 = "\(outcome.outcomes)" }
            }
        }
        lane.run()
        return told.withLock { $0 }
    }

    @Test(arguments: [0, 500, 900])
    func everyNumberOfThreadsRestoresTheSame(snapshotted: Int) throws {
        let seed = testSeed()
        let image = try Self.folder(seed, snapshotAfter: snapshotted)
        let plain = try Self.life(image, seed: seed, Self.threads(1))
        #expect(plain.image.files.keys.contains { $0.contains("snapshot-") })
        for threads in Self.several {
            let life = try Self.life(image, seed: seed, threads)
            #expect(life == plain, "\(threads), seed \(seed)")
        }
    }

    @Test(arguments: 0..<4) func whatOtherThreadsTakeInIsFetchedBackInTime(round: UInt64) throws {
        let seed = testSeed() &+ round
        let image = try Self.mixedFolder(seed)
        let plain = try Self.life(image, seed: seed, Self.threads(1))
        for threads in Self.several {
            let life = try Self.life(image, seed: seed, threads)
            #expect(life == plain, "\(threads), seed \(seed)")
        }
    }

    /// What a start says of a folder.
    private static func outcome(_ image: DiskImage, _ threads: RecoveryThreads) -> String {
        let lane = HandLane()
        do {
            let engine = try open(SimulatedDisk(image), lane, threads)
            return "\(engine.recovery)"
        } catch {
            return "\(error)"
        }
    }

    @Test func damageIsToldAsOneThreadTellsIt() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let image = try Self.folder(seed, snapshotAfter: 400, orders: 900)
        let files = image.files.keys.filter { $0.hasSuffix(".lz4") }.sorted()
        var refused = 0
        for _ in 0..<24 {
            var broken = image
            let file = files.randomElement(using: &random)!
            let size = broken.files[file]!.count
            let place = Int.random(in: 0..<size, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: broken.files[file]![place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: broken.files[file]!.removeLast(size - place)
            default: broken.files[file] = nil
            }
            let plain = Self.outcome(broken, Self.threads(1))
            for threads in Self.several.prefix(3) {
                #expect(Self.outcome(broken, threads) == plain, "\(threads), \(file) at \(place), seed \(seed)")
            }
            refused += plain.contains("damage") ? 1 : 0
        }
        #expect(refused > 3)
    }
}
