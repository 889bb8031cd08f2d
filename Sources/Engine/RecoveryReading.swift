import Bytes
import Commerce
import Store

// A start in several threads: one reads the files, checks and unpacks them, and prepares what can be worked out of an event by
// itself; another, the caller's, takes everything in, in the order of the files; one has the shards take in the events that the
// caller's took in; and one has memory ready. What comes out, errors included, is what one thread alone would come to.
//
// What matching needs is left out: it is made of the records behind the start, while questions are answered already.

/// How many threads a start may use.
package struct RecoveryThreads: Sendable {
    /// With one everything happens on the caller's.
    package var count = PieceWork.coreCount
    /// Files of fewer bytes in all are not worth a thread.
    package var leastBytes = 1 << 20
    /// With fewer steps waiting, the next chunk goes out packed, and the next batch unprepared: that is what the caller's
    /// thread can do as well, and otherwise it would soon have nothing to do.
    package var leastWaiting = 2

    package init() {}

    func areWorth(_ plan: RecoveryPlan) -> Bool { count > 1 && plan.bytes >= leastBytes }
}

/// What the reading thread hands over, in the order of the files.
enum RecoveryStep: Sendable {
    case chunk(SnapshotSection, [UInt8])
    case packedChunk(PackedChunk)
    /// All chunks of the snapshot have come.
    case snapshotEnd
    case events(EventBatch)
    case progress(RecoveryProgress)
    case end(Result<RecoveryEnd, StoreError>)
}

/// What a recovery comes to beside the state.
struct RecoveryEnd: Sendable {
    let report: RecoveryReport
    let journal: JournalEnd
}

/// Events from the journal, copied and prepared.
struct EventBatch: Sendable {
    struct Item: Sendable {
        let event: Event
        let range: ByteRange
        /// False where nobody had the time, or the event, or a record in it, does not read: its bytes are applied as one
        /// thread alone would, which says what is wrong.
        let isPrepared: Bool

        static func unprepared(_ range: ByteRange) -> Item {
            Item(event: Event(kind: .engineInitialised), range: range, isPrepared: false)
        }
    }

    /// Sequence number of the first event; the others follow.
    let first: UInt64
    let bytes: [UInt8]
    let items: [Item]

    @inline(__always) func event(_ number: Int) throws(EventError) -> Event {
        items[number].isPrepared ? items[number].event : try Event(bytes.span.extracting(range(of: number)))
    }

    /// Of the event among the bytes.
    @inline(__always) func range(of number: Int) -> Range<Int> { items[number].range.range }
}

/// Fills batches.
private struct EventBatcher: ~Copyable {
    private static let mostBytes = 128 << 10
    private static let mostEvents = 512

    private var bytes = ByteWriter(capacity: EventBatcher.mostBytes)
    private var items: [EventBatch.Item] = []
    private var first: UInt64 = 0
    private var isPreparing = false

    /// Adds an event.
    /// - Parameter isPreparing: asked where a batch begins; if not, its events are left as they are.
    /// - Returns: the batch before it, if that is full or the event does not follow it.
    mutating func append(
        _ sequence: UInt64, _ event: Span<UInt8>, isPreparing: @autoclosure () -> Bool
    ) -> EventBatch? {
        let isWhole = items.count >= Self.mostEvents || bytes.count + event.count > Self.mostBytes
        let done = isWhole || sequence != first + UInt64(items.count) ? takeRest() : nil
        if items.isEmpty {
            first = sequence
            items.reserveCapacity(Self.mostEvents)
            self.isPreparing = isPreparing()
        }
        bytes.append(event)
        items.append(prepared(event, ByteRange(bytes.count - event.count, bytes.count)))
        return done
    }

    private func prepared(_ bytes: Span<UInt8>, _ range: ByteRange) -> EventBatch.Item {
        guard isPreparing else { return .unprepared(range) }
        do throws(EventError) {
            let event = try Event(bytes)
            guard event.hasReadableRecords(bytes) else { return .unprepared(range) }
            return EventBatch.Item(event: event, range: range, isPrepared: true)
        } catch {
            return .unprepared(range)
        }
    }

    /// What is not handed out yet; nil if that is nothing.
    mutating func takeRest() -> EventBatch? {
        guard !items.isEmpty else { return nil }
        defer {
            bytes.removeAll()
            items = []
        }
        return EventBatch(first: first, bytes: bytes.copyBytes(), items: items)
    }
}

/// The reading thread.
private final class RecoveryReading: Sendable {
    /// Steps that may wait: enough that neither waits for the other's every step.
    private static let mostWaiting = 8

    private let plan: RecoveryPlan
    private let folder: DataFolder
    private let leastWaiting: Int
    let steps = BoundedQueue<RecoveryStep>(capacity: RecoveryReading.mostWaiting)

    init(_ plan: RecoveryPlan, _ folder: DataFolder, _ threads: RecoveryThreads) {
        self.plan = plan
        self.folder = folder
        leastWaiting = threads.leastWaiting
    }

    func run() {
        var batcher = EventBatcher()
        let result: Result<RecoveryEnd, StoreError>
        do throws(StoreError) {
            let (report, end) = try Recovery.replay(
                plan, from: folder, wantsPacked: { isWaitedFor },
                onPacked: { chunk throws(StoreError) in try send(.packedChunk(chunk)) },
                onChunk: { section, bytes throws(StoreError) in try send(.chunk(section, bytes.array)) },
                onSnapshotEnd: { () throws(StoreError) in try send(.snapshotEnd) },
                onEvent: { sequence, bytes throws(StoreError) in
                    let batch = batcher.append(sequence, bytes, isPreparing: !isWaitedFor)
                    if let batch { try send(.events(batch)) }
                },
                onProgress: { _ = steps.append(.progress($0)) })
            result = .success(RecoveryEnd(report: report, journal: end))
        } catch {
            result = .failure(error)
        }
        // Whatever is wrong with an event is told before what is wrong with the bytes behind it.
        if let rest = batcher.takeRest() { _ = steps.append(.events(rest)) }
        _ = steps.append(.end(result))
    }

    private var isWaitedFor: Bool { steps.waitingCount < leastWaiting }

    private func send(_ step: RecoveryStep) throws(StoreError) {
        // Nobody hears this: who takes the steps has left with an error of its own.
        if !steps.append(step) { throw .rejected(sequence: nil, reason: "nobody takes what is read") }
    }
}

extension EngineState {
    /// Fills the state with what the plan's files hold. After an error the state is to be thrown away.
    mutating func recover(
        _ plan: RecoveryPlan, from folder: DataFolder, progress: (RecoveryProgress) -> Void
    ) throws(StoreError) -> RecoveryEnd {
        let end =
            threads.areWorth(plan)
            ? try takeSteps(plan, from: folder, progress) : try replay(plan, from: folder, progress)
        finish()
        return end
    }

    private mutating func replay(
        _ plan: RecoveryPlan, from folder: DataFolder, _ progress: (RecoveryProgress) -> Void
    ) throws(StoreError) -> RecoveryEnd {
        let (report, end) = try Recovery.replay(
            plan, from: folder,
            onChunk: { section, bytes throws(StoreError) in try load(section, bytes) },
            onSnapshotEnd: { () throws(StoreError) in try finishLoading() },
            onEvent: { sequence, bytes throws(StoreError) in try apply(sequence, bytes) },
            onProgress: progress)
        return RecoveryEnd(report: report, journal: end)
    }

    private mutating func takeSteps(
        _ plan: RecoveryPlan, from folder: DataFolder, _ progress: (RecoveryProgress) -> Void
    ) throws(StoreError) -> RecoveryEnd {
        let reading = RecoveryReading(plan, folder, threads)
        let filling = ShardFilling()
        let supply = PageSupply()
        let readingThread = WorkerThread { reading.run() }
        let shardThread = WorkerThread { filling.run() }
        let supplyThread = WorkerThread { supply.run() }
        let result: Result<RecoveryEnd, StoreError>
        do throws(StoreError) {
            result = try takeSteps(reading.steps, filling, progress)
        } catch {
            result = .failure(error)
        }
        takeBack(filling)
        reading.steps.close()
        filling.close()
        supply.close()
        readingThread.join()
        shardThread.join()
        supplyThread.join()
        return try result.get()
    }

    private mutating func takeSteps(
        _ steps: BoundedQueue<RecoveryStep>, _ filling: ShardFilling, _ progress: (RecoveryProgress) -> Void
    ) throws(StoreError) -> Result<RecoveryEnd, StoreError> {
        let decoder = LZ4FrameDecoder()
        var content = ByteWriter()
        while let step = steps.next() {
            switch step {
            case .chunk(let section, let bytes): try load(section, bytes.span)
            case .packedChunk(let chunk):
                try chunk.unpack(with: decoder, into: &content)
                try load(chunk.section, content.span)
            case .snapshotEnd: try finishLoading()
            case .events(let batch):
                try apply(batch, filling)
            case .progress(let reached): progress(reached)
            case .end(let result): return result
            }
        }
        preconditionFailure("the reading thread ended without saying so")
    }
}
