import Bytes
import Commerce
import Engine
import Simulation
import Store
import Synchronization
import Wire

@testable import Server

/// A lane that runs one job when the test says so, on the test's own thread. The whole house lives on one thread.
final class SteppedLane: EngineLane, @unchecked Sendable {
    private static nonisolated(unsafe) var current: SteppedLane?
    private var jobs: [@Sendable () -> Void] = []

    var hasJobs: Bool { !jobs.isEmpty }
    var isCurrent: Bool { Self.current === self }

    @discardableResult func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        jobs.append(work)
        return true
    }

    /// A short wait, such as that of a group of events, is over as soon as its turn comes; nothing in these tests waits for
    /// longer.
    func post(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        if delay < .milliseconds(100) { jobs.append(work) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.append { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { precondition(isCurrent, "entered from another lane") }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    func runOne() { enter(jobs.removeFirst()) }

    func enter(_ body: () -> Void) {
        let before = Self.current
        Self.current = self
        body()
        Self.current = before
    }
}

struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 1_772_360_551_000) }
}

/// What a client would see of one session, and when it saw it.
final class CollectedOutput: SessionOutput {
    private(set) var text = ""
    private(set) var isReadingPaused = false
    private(set) var isClosed = false
    var isFull = false
    var onText: (String) -> Void = { _ in }

    func write(_ body: (inout ByteWriter) -> Void) {
        var writer = ByteWriter()
        body(&writer)
        let added = String(decoding: writer.copyBytes(), as: UTF8.self)
        text += added
        if !added.isEmpty { onText(added) }
    }

    func pauseReading() { isReadingPaused = true }
    func resumeReading() { isReadingPaused = false }
    func closeAfterFlush() { isClosed = true }
}

/// Who shares a lane in a stepped house.
enum Wiring: CaseIterable {
    case oneLane
    /// Sessions and shards on one, the directory on another, as in a server with two.
    case directoryApart
    /// Sessions, directory, journal and two kinds of shards each on their own.
    case apart

    /// The lane of the sessions, the directory, two of shards, the journal and the snapshots.
    fileprivate var places: [Int] {
        switch self {
        case .oneLane: [0, 0, 0, 0, 0, 0]
        case .directoryApart: [0, 1, 0, 0, 2, 3]
        case .apart: [0, 1, 2, 3, 4, 5]
        }
    }
}

/// An engine on lanes that are stepped in a random order, and sessions on it.
final class SteppedHouse: SessionHost {
    private(set) var engine: Result<Engine, Refusal> = .failure(Refusal(.loading, "not opened yet"))
    var limits = SessionLimits()
    var answers = AnswerCache()
    let replyMemory = ReplyMemory()
    var journalFailure: String?
    let lane: any EngineLane
    private let lanes: [SteppedLane]
    private var awaiting: [Session] = []
    private var random: SeededGenerator

    /// - Parameter matchMode: with anything but exact keys, weighing goes on behind the replies.
    init(seed: UInt64, _ wiring: Wiring, matchMode: MatchMode = .evidence) throws(StoreError) {
        random = SeededGenerator(seed: seed)
        let places = wiring.places
        lanes = (0...(places.max() ?? 0)).map { _ in SteppedLane() }
        lane = lanes[0]
        var configuration = EngineConfiguration(folder: "/data")
        configuration.shards = 3
        configuration.seed = 11
        configuration.matchMode = matchMode
        let at = { (role: Int) in self.lanes[places[role]] }
        let engine = try Engine.open(
            configuration, on: SimulatedDisk(), clock: FixedClock(),
            lanes: EngineLanes(directory: at(1), shards: [at(2), at(3)], journal: at(4), snapshot: at(5)),
            holder: "test")
        let journal = engine.journal
        let house = Unchecked(self)
        at(4).post {
            journal.assumeIsolated { $0.subscribe { _ in house.value.lane.post { house.value.released() } } }
        }
        self.engine = .success(engine)
        runAll()
    }

    private struct Unchecked: @unchecked Sendable {
        unowned let value: SteppedHouse

        init(_ value: SteppedHouse) { self.value = value }
    }

    var releasedSequence: UInt64 {
        guard case .success(let engine) = engine else { return 0 }
        return engine.status.releasedSequence.load(ordering: .acquiring)
    }

    func awaitRelease(_ session: Session) { awaiting.append(session) }

    func administer(
        _ command: CommandName, session: Session, tag: [UInt8]?, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        lane.post { completion([UInt8]("OK {\"administered\":true}\n".utf8)) }
    }

    private func released() {
        let ready = awaiting
        awaiting = []
        for session in ready { session.released() }
    }

    /// Runs one job of some lane; false if there is none.
    @discardableResult func step() -> Bool { step(lanes) }

    private func step(_ lanes: [SteppedLane]) -> Bool {
        guard let lane = lanes.filter(\.hasJobs).randomElement(using: &random) else { return false }
        lane.runOne()
        return true
    }

    func runAll() { while step() {} }

    /// Two clients send all they have in turns, with a few steps of the house between.
    func serve(_ one: SteppedClient, _ other: SteppedClient) {
        var isBusy = true
        while isBusy {
            let isFirstBusy = one.deliver()
            let isSecondBusy = other.deliver()
            isBusy = isFirstBusy || isSecondBusy
            for _ in 0..<random(0..<5) { step() }
        }
        runAll()
    }

    /// Everything goes on but the journal, as if its disk took its time.
    /// - Precondition: the house has several lanes.
    func runAllButJournal() {
        let others = lanes.indices.filter { $0 != 4 }.map { lanes[$0] }
        while step(others) {}
    }

    func enter(_ body: () -> Void) { lanes[0].enter(body) }

    func random(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
}

/// A client of one session: sends its script in random pieces while the house goes on.
final class SteppedClient {
    let output = CollectedOutput()
    let session: Session
    private let house: SteppedHouse
    private var unsent: [UInt8]
    private var buffer: [UInt8] = []
    private let largestPiece: Int

    init(_ house: SteppedHouse, sends lines: [String], largestPiece: Int = 400) {
        self.house = house
        self.largestPiece = largestPiece
        unsent = [UInt8](lines.joined(separator: "\n").utf8) + [0x0A]
        session = Session(host: house, output: output)
    }

    /// Delivers a piece; false when everything has been taken.
    func deliver() -> Bool {
        guard !unsent.isEmpty || !buffer.isEmpty else { return false }
        guard !output.isReadingPaused else { return true }
        let count = min(unsent.count, house.random(1..<largestPiece))
        buffer += unsent.prefix(count)
        unsent.removeFirst(count)
        house.enter { buffer.removeFirst(session.received(buffer.span)) }
        return true
    }
}
