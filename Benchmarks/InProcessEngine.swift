import Bytes
import Commerce
import Dispatch
import Engine
import Lane
import Server
import Store
import Synchronization

/// An engine in this process on a real disk: one lane for directory and shards, one for the journal, one for snapshots.
final class InProcessEngine: Sendable {
    let lane: Lane
    let engine: Engine
    private let journalLane: Lane
    private let snapshotLane: Lane
    /// Seconds that opening took: until questions are answered.
    let openingSeconds: Double
    private let opening = Opening()

    init(_ folder: String, durability: Durability, matchMode: MatchMode = .evidence) throws(BenchmarkError) {
        var configuration = EngineConfiguration(folder: folder)
        configuration.durability = durability
        configuration.matchMode = matchMode
        configuration.seed = OrderLines.seed
        // Snapshots come when a benchmark wants them.
        configuration.snapshotJournalBytes = 0
        configuration.snapshotSeconds = 0
        do {
            lane = try Lane(name: "lane-0")
            journalLane = try Lane(name: "journal")
            snapshotLane = try Lane(name: "snapshot")
            for lane in [lane, journalLane, snapshotLane] { lane.start() }
            configuration.onMatching = { [opening] in opening.matchingIsReady() }
            engine = try Engine.open(
                configuration, on: LinuxFileSystem(), clock: SystemClock(),
                lanes: EngineLanes(directory: lane, shards: [lane], journal: journalLane, snapshot: snapshotLane),
                holder: "Benchmarks")
            openingSeconds = opening.watch.seconds
        } catch {
            throw .broken("the engine does not open: \(error)")
        }
    }

    /// Seconds from the opening until writes are taken too; not of a new folder. Waits for that, once.
    func secondsToWrites() -> Double { opening.secondsToMatching() }

    /// Runs `body` on the lane and waits until it has called what it is given.
    func onLane<Value: Sendable>(_ body: @escaping @Sendable (_ finish: @escaping @Sendable (Value) -> Void) -> Void)
        throws(BenchmarkError) -> Value
    {
        let result = Mutex<Value?>(nil)
        let done = DispatchSemaphore(value: 0)
        lane.post {
            body { value in
                result.withLock { $0 = value }
                done.signal()
            }
        }
        done.wait()
        guard let value = result.withLock({ $0 }) else { throw .broken("the lane gave no answer") }
        return value
    }

    /// Decodes and submits orders in batches, and waits until all of them may be acknowledged.
    func ingest(_ orders: OrderLines, batch size: Int) throws(BenchmarkError) {
        let engine = engine
        let lane = lane
        let failure: BenchmarkError? = try onLane { finish in
            var decoder = CommandDecoder()
            let hasher = engine.hasher(shop: "main")
            do throws(BenchmarkError) {
                for start in stride(from: 0, to: orders.count, by: size) {
                    let batch = try orders.batch(start..<min(start + size, orders.count), &decoder, hasher)
                    engine.submit(batch, from: lane) { consume($0.outcomes.count) }
                }
            } catch {
                return finish(error)
            }
            let last = engine.directory.assumeIsolated { $0.lastSequence() }
            Self.whenReleased(last, engine, finish)
        }
        if let failure { throw failure }
    }

    /// Calls `finish` once, as soon as the event may be acknowledged or the journal has failed.
    private static func whenReleased(
        _ sequence: UInt64, _ engine: Engine, _ finish: @escaping @Sendable (BenchmarkError?) -> Void
    ) {
        let journal = engine.journal
        let once = Once(finish)
        journal.lane.post {
            journal.assumeIsolated { journal in
                if journal.status.releasedSequence.load(ordering: .acquiring) >= sequence { return once.call(nil) }
                journal.subscribe { change in
                    switch change {
                    case .released(let released): if released >= sequence { once.call(nil) }
                    case .failed(let reason): once.call(.broken("the journal failed: \(reason)"))
                    case .recovered: break
                    }
                }
            }
        }
    }

    func snapshot() throws(BenchmarkError) {
        let engine = engine
        let failure: String? = try onLane { finish in
            engine.snapshot { result in
                if case .failure(let failure) = result { finish("\(failure)") } else { finish(nil) }
            }
        }
        if let failure { throw .broken("no snapshot: \(failure)") }
    }

    /// Stops in order and ends the lanes.
    func close() throws(BenchmarkError) {
        let engine = engine
        let failure: String? = try onLane { finish in engine.stop { finish($0?.description) } }
        for lane in [lane, snapshotLane, journalLane] { lane.stop() }
        for lane in [lane, snapshotLane, journalLane] { lane.join() }
        if let failure { throw .broken("the engine does not stop in order: \(failure)") }
    }
}

/// Calls its body the first time only.
private final class Once: Sendable {
    private let body: @Sendable (BenchmarkError?) -> Void
    private let isDone = Atomic<Bool>(false)

    init(_ body: @escaping @Sendable (BenchmarkError?) -> Void) { self.body = body }

    func call(_ failure: BenchmarkError?) {
        guard !isDone.exchange(true, ordering: .acquiringAndReleasing) else { return }
        body(failure)
    }
}

/// How an opening went on.
private final class Opening: Sendable {
    let watch = Stopwatch()
    private let seconds = Mutex(0.0)
    private let isReady = DispatchSemaphore(value: 0)

    func matchingIsReady() {
        seconds.withLock { $0 = watch.seconds }
        isReady.signal()
    }

    func secondsToMatching() -> Double {
        isReady.wait()
        return seconds.withLock { $0 }
    }
}
