import Bytes
import Commerce
import Engine
import Simulation
import Store
import Synchronization
import Testing

/// A start answers questions before matching is there; whatever has to be decided waits for it.
@Suite struct StartTests {
    /// An engine whose matching is made when `other` runs.
    private struct House {
        let engine: Engine
        let lane = HandLane()
        let other = HandLane()
        private let answers = Answers()

        init(_ disk: SimulatedDisk) throws {
            let (lane, other) = (lane, other)
            engine = try lane.entered {
                try Engine.open(
                    EngineConfiguration(folder: "data"), on: disk, clock: FixedClock(),
                    lanes: EngineLanes(directory: lane, shards: [lane], journal: lane, snapshot: lane, matching: other),
                    holder: "test")
            }
            lane.run()
        }

        /// Sends commands as a session; `name` tells their answer from others.
        func send(
            _ name: String, from session: AnyObject? = nil,
            _ make: (inout CommandDecoder, KeyHasher, inout ByteWriter) throws -> PreparedCommand
        ) throws {
            var decoder = CommandDecoder()
            var bytes = ByteWriter()
            let command = try make(&decoder, engine.hasher(shop: "main"), &bytes)
            let batch = CommandBatch(
                shop: "main", actor: "test", bytes: bytes.copyBytes(), commands: [command],
                session: session.map(ObjectIdentifier.init))
            let (engine, lane, answers) = (engine, lane, answers)
            lane.post {
                engine.submit(batch, from: lane) { outcome in answers.add(name, outcome.outcomes[0]) }
            }
            lane.run()
        }

        func put(_ name: String, order: Int, from session: AnyObject? = nil) throws {
            let json = Array(
                #"{"channel":"shopify","number":"\#(order)","placedAt":"2026-03-01T10:22:31Z","currency":"EUR","customer":{"email":"b\#(order)@example.org"},"total":"10.00"}"#
                    .utf8)
            try send(name, from: session) { decoder, hasher, bytes in
                .order(try decoder.order(json.span, hasher, into: &bytes))
            }
        }

        func ask(_ name: String, _ query: CustomerQuery, from session: AnyObject? = nil) throws {
            try send(name, from: session) { _, _, _ in .query(query) }
        }

        func makeMatching() {
            other.run()
            lane.run()
        }

        /// Names of the answers that came since the last time, those that are refusals with a `!`.
        func taken() -> [String] { answers.take() }

        func counts() -> DirectoryCounts? {
            let counts = Mutex<DirectoryCounts?>(nil)
            engine.counts(from: lane) { found, _ in counts.withLock { $0 = found } }
            lane.run()
            return counts.withLock { $0 }
        }

        /// What INFO asks for beside the counts.
        func history() -> JournalHistory? {
            let history = Mutex<JournalHistory?>(nil)
            let (engine, lane) = (engine, lane)
            lane.post {
                engine.history(from: lane) { found in
                    if case .success(let found) = found { history.withLock { $0 = found } }
                }
            }
            lane.run()
            return history.withLock { $0 }
        }

        func stop() -> Bool {
            let isDone = Mutex(false)
            let engine = engine
            lane.post { engine.stop { error in isDone.withLock { $0 = error == nil } } }
            lane.run()
            return isDone.withLock { $0 }
        }
    }

    private final class Answers: Sendable {
        private let names = Mutex<[String]>([])

        func add(_ name: String, _ outcome: CommandOutcome) {
            let isRefused = if case .refused = outcome { true } else { false }
            names.withLock { $0.append(isRefused ? name + "!" : name) }
        }

        func take() -> [String] {
            names.withLock { names in
                defer { names = [] }
                return names
            }
        }
    }

    private final class Client {}

    private static func dossier(ofOrder number: Int) throws -> CustomerQuery {
        .dossier(.order(try OrderName(Array("shopify:\(number)".utf8).span)), offset: 0, limit: 10)
    }

    /// A folder with three orders, in the journal or in a snapshot.
    private static func folder(isSnapshotted: Bool) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let house = try House(disk)
        for order in 1...3 { try house.put("put", order: order) }
        if isSnapshotted {
            let engine = house.engine
            house.lane.post { engine.snapshot { _ in } }
            house.lane.run()
        }
        #expect(house.stop())
        return disk
    }

    @Test(arguments: [false, true]) func questionsPassTheWritesThatWait(isSnapshotted: Bool) throws {
        let house = try House(try Self.folder(isSnapshotted: isSnapshotted))
        let (writer, reader) = (Client(), Client())
        #expect(house.counts()?.isMatchingAway == true)
        #expect(house.counts()?.orders == 3)
        #expect(house.history() != nil)

        try house.ask("before", Self.dossier(ofOrder: 1), from: writer)
        try house.put("write", order: 4, from: writer)
        try house.put("second", order: 5, from: writer)
        try house.ask("other", Self.dossier(ofOrder: 2), from: reader)
        try house.ask("unknown", Self.dossier(ofOrder: 4), from: reader)
        #expect(house.taken() == ["before", "other", "unknown!"])

        // What its own session has written is to be seen, what nobody knows yet cannot be told.
        try house.ask("own", Self.dossier(ofOrder: 4), from: writer)
        try house.ask("doubtful", .doubtfulPairs(nil, offset: 0, limit: 10), from: reader)
        try house.ask("behind", Self.dossier(ofOrder: 3), from: reader)
        try house.ask("nobody's", Self.dossier(ofOrder: 3))
        #expect(house.taken() == ["nobody's"])
        #expect(house.counts()?.orders == 3)

        house.makeMatching()
        #expect(house.taken() == ["write", "second", "own", "doubtful", "behind"])
        #expect(house.counts()?.orders == 5)
        #expect(house.counts()?.isMatchingAway == false)
        try house.put("after", order: 6, from: writer)
        #expect(house.taken() == ["after"])
        #expect(house.stop())
    }

    /// What has waited does not hold the lane up all at once.
    @Test func whatHasWaitedGoesOnABatchATurn() throws {
        let house = try House(try Self.folder(isSnapshotted: true))
        for order in 4...20 { try house.put("write", order: order) }
        house.other.run()
        let soon = Mutex<[String]>([])
        house.lane.post { soon.withLock { $0 = house.taken() } }
        house.lane.run()
        #expect(soon.withLock { $0 } == ["write"])
        #expect(house.taken().count == 16)
        #expect(house.counts()?.orders == 20)
    }

    @Test func aNewFolderHasNothingToWaitFor() throws {
        let house = try House(SimulatedDisk())
        try house.put("write", order: 1)
        #expect(house.taken() == ["write"])
    }

    /// Whoever stops before matching is there has a clean end, and nothing of it is made afterwards.
    @Test func aStopWaitsForNoMatching() throws {
        let disk = try Self.folder(isSnapshotted: true)
        let house = try House(disk)
        #expect(house.stop())
        #expect(disk.snapshotImage().files["data/clean-stop"] != nil)
        house.makeMatching()
        #expect(house.counts()?.isMatchingAway == true)
    }
}
