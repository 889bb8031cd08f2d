import Bytes
import Commerce
import Store
import Synchronization

/// A moment of the past, built and ready to be asked. It must be given back with `Past.close`.
package struct PastMoment: Sendable {
    /// The engine as it was. It answers questions; writes are refused.
    package let engine: Engine
    /// The last event that had happened.
    package let sequence: UInt64
    /// The moment asked about; for a sequence number that of its event.
    package let time: Timestamp
}

/// Builds the engine as it was, on a lane of its own, and holds on to it for a while.
///
/// The past is a recovery that stops early: the newest snapshot before the moment, then the journal behind it, through the
/// code that applied the events first. One moment is held at a time; a later one is reached by going on from it. It takes
/// the memory of a second engine of that age, which is given back when nobody has asked for a minute.
package actor Past {
    package nonisolated let lane: any EngineLane
    private let isStopping = Atomic<Bool>(false)
    private var held: HeldPast?
    private var isOpen = false
    private var waiting: [@Sendable (isolated Past) -> Void] = []
    /// Counts questions: who finds it unchanged after a while knows that nobody has asked.
    private var questions = 0

    private static let mostWaiting = 16
    private static let holdSeconds = 60

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(on lane: any EngineLane) { self.lane = lane }

    /// Has a build under way end soon; it is answered by an error. May be called on any lane.
    nonisolated func stop() { isStopping.store(true, ordering: .releasing) }

    /// Builds the moment, when those who asked before are done. `completion` runs on this lane; after a success `close`
    /// must follow.
    func open(
        _ point: PastPoint, of engine: Engine, _ completion: @escaping @Sendable (Result<PastMoment, Refusal>) -> Void
    ) {
        guard !isOpen else {
            guard waiting.count < Self.mostWaiting else {
                return completion(
                    .failure(Refusal(.busy, "at: \(Self.mostWaiting) questions about the past wait; ask again later")))
            }
            return waiting.append { $0.open(point, of: engine, completion) }
        }
        isOpen = true
        questions += 1
        let journal = engine.journal
        journal.lane.run {
            let live = journal.assumeIsolated { $0.shownSegment() }
            self.lane.run {
                self.assumeIsolated { past in
                    let result = past.moment(point, of: engine, live)
                    if case .failure = result { past.close() }
                    completion(result)
                }
            }
        }
    }

    /// The question is answered; the next one may come.
    func close() {
        isOpen = false
        if !waiting.isEmpty {
            let next = waiting.removeFirst()
            lane.post { self.assumeIsolated { next($0) } }
            return
        }
        let asked = questions
        lane.post(after: .seconds(Self.holdSeconds)) {
            self.assumeIsolated { if $0.questions == asked, !$0.isOpen { $0.held = nil } }
        }
    }

    // MARK: Building

    private func moment(_ point: PastPoint, of engine: Engine, _ live: LiveSegment) -> Result<PastMoment, Refusal> {
        do throws(StoreError) {
            let history = try JournalHistory.inspect(engine.folder, live: live)
            if let refusal = point.refusal(last: live.sequence, history, now: engine.now) { return .failure(refusal) }
            let past = try reach(point, of: engine, history, live)
            guard past.sequence > 0 else {
                return .failure(
                    Refusal(.refused, "at: nothing that is kept is so old; \(point.advice(history))"))
            }
            held = past
            let time = point.time ?? Timestamp(milliseconds: past.lastAt)
            past.clock.set(time)
            return .success(PastMoment(engine: past.engine, sequence: past.sequence, time: time))
        } catch {
            held = nil
            return .failure(Refusal(.internal, "at: the past cannot be read: \(error); VERIFY says more"))
        }
    }

    private func reach(
        _ point: PastPoint, of engine: Engine, _ history: JournalHistory, _ live: LiveSegment
    ) throws(StoreError) -> HeldPast {
        if let held, point.isReached(by: held) { return held }
        var builder = PastBuilder()
        if let held, point.isBehind(held) {
            builder.takeOver(held)
        } else {
            self.held = nil
            try builder.begin(before: point, in: engine.folder, hasWholeJournal: history.oldest <= 1)
        }
        self.held = nil
        if builder.hasBeginning { try builder.goOn(to: point, in: engine.folder, live, isStopping) }
        return builder.finish(of: engine, on: lane)
    }
}

/// The moment that is held.
struct HeldPast: Sendable {
    let engine: Engine
    let clock: PastClock
    /// The last event that it holds; 0 for none.
    let sequence: UInt64
    /// Milliseconds: when that event happened.
    let lastAt: Int64
}

/// The time at which questions about the past are asked: then, not now.
final class PastClock: WallClock {
    private let time = Mutex(Timestamp(milliseconds: 0))

    func now() -> Timestamp { time.withLock { $0 } }

    func set(_ time: Timestamp) { self.time.withLock { $0 = time } }
}

/// Puts a moment together, out of files or out of an earlier one.
private struct PastBuilder: ~Copyable {
    private var state = EngineState()
    private var sequence: UInt64 = 0
    private var lastAt: Int64 = 0
    /// Whether there is something to go on from: a snapshot, or the journal from its first event on.
    private(set) var hasBeginning = true

    /// Takes the state out of a moment that is held; nobody may ask that one any more.
    mutating func takeOver(_ held: HeldPast) {
        held.engine.directory.assumeIsolated { $0.exchange(&state.directory, &state.outbox) }
        state.shards = held.engine.shards.map { shard in shard.assumeIsolated { $0.takeState() } }
        sequence = held.sequence
        lastAt = held.lastAt
    }

    /// Loads the newest snapshot from before the point, if there is one.
    mutating func begin(
        before point: PastPoint, in folder: DataFolder, hasWholeJournal: Bool
    ) throws(StoreError) {
        if let base = try PastReader.base(folder, where: { point.isAfter($0) }) {
            try PastReader.read(base, in: folder) { section, bytes throws(StoreError) in
                try state.load(section, bytes)
            }
            sequence = base.sequence
            lastAt = Int64(clamping: base.createdAt)
        } else {
            hasBeginning = hasWholeJournal
        }
        try state.finishLoading()
    }

    mutating func goOn(
        to point: PastPoint, in folder: DataFolder, _ live: LiveSegment, _ isStopping: borrowing Atomic<Bool>
    ) throws(StoreError) {
        try PastReader.replay(from: sequence + 1, in: folder, live: live) { next, bytes throws(StoreError) in
            let head: EventHead
            do throws(EventError) { head = try EventHead(bytes) } catch {
                throw .rejected(sequence: next, reason: "\(error)")
            }
            guard point.includes(next, at: head.recordedAt) else { return false }
            if isStopping.load(ordering: .relaxed) { throw .rejected(sequence: next, reason: "the server is stopping") }
            try state.apply(next, bytes)
            sequence = next
            lastAt = head.recordedAt
            return true
        }
    }

    consuming func finish(of engine: Engine, on lane: any EngineLane) -> HeldPast {
        state.finish()
        state.makeMatching()
        let clock = PastClock()
        let (sequence, lastAt) = (sequence, lastAt)
        let past = Engine(past: state, after: sequence, of: engine, clock: clock, on: lane)
        return HeldPast(engine: past, clock: clock, sequence: sequence, lastAt: lastAt)
    }
}

extension PastPoint {
    /// The moment, where that is what was asked about.
    fileprivate var time: Timestamp? {
        if case .time(let time) = self { time } else { nil }
    }

    fileprivate func includes(_ sequence: UInt64, at recordedAt: Int64) -> Bool {
        switch self {
        case .sequence(let last): sequence <= last
        case .time(let time): recordedAt <= time.milliseconds
        }
    }

    fileprivate func isAfter(_ base: PastReader.Base) -> Bool {
        includes(base.sequence, at: Int64(clamping: base.createdAt))
    }

    fileprivate func isBehind(_ held: HeldPast) -> Bool { includes(held.sequence, at: held.lastAt) }

    /// Of a time only the next event tells.
    fileprivate func isReached(by held: HeldPast) -> Bool { self == .sequence(held.sequence) }

    fileprivate func refusal(last: UInt64, _ history: JournalHistory, now: Timestamp) -> Refusal? {
        switch self {
        case .sequence(let sequence):
            if sequence > last {
                return Refusal(.refused, "at: event \(sequence) has not happened yet; the last one is \(last)")
            }
            if let oldest = history.oldestState, sequence >= oldest { return nil }
            return Refusal(.refused, "at: event \(sequence) is not kept any more; \(advice(history))")
        case .time(let time):
            return time > now ? Refusal(.refused, "at: that is in the future; leave at= out to ask about now") : nil
        }
    }

    fileprivate func advice(_ history: JournalHistory) -> String {
        history.oldestState.map { "the oldest moment is at=\($0)" } ?? "nothing of the past is kept"
    }
}

extension Engine {
    /// Builds a moment of the past; one at a time, others wait. `completion` runs on `lane`; after a success
    /// `closePast` must follow.
    package func openPast(
        _ point: PastPoint, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<PastMoment, Refusal>) -> Void
    ) {
        let past = past
        past.lane.post {
            past.assumeIsolated { past in past.open(point, of: self) { result in lane.run { completion(result) } } }
        }
    }

    /// The moment has been asked; it must not be used any more.
    package func closePast() {
        let past = past
        past.lane.post { past.assumeIsolated { $0.close() } }
    }
}
