import Bytes
import Commerce
import Store
import Synchronization

/// What everybody may know about the journal without asking its lane.
package final class JournalStatus: Sendable {
    /// The last event whose acknowledgement may leave.
    package let releasedSequence = Atomic<UInt64>(0)
    /// The last event known to be on the disk.
    package let syncedSequence = Atomic<UInt64>(0)
    /// Bytes written since the server started.
    package let bytesWritten = Atomic<Int>(0)
    /// Groups committed since the server started.
    package let groups = Atomic<Int>(0)
    private let failureText = Mutex<String?>(nil)

    /// Why nothing can be written at the moment; nil when all is well.
    package var failure: String? { failureText.withLock { $0 } }

    func set(failure: String?) { failureText.withLock { $0 = failure } }
}

/// The journal: one writer, group commit. While one fdatasync runs, the next group fills.
///
/// This actor owns the rule of durability: what `JournalStatus.releasedSequence` says may be acknowledged, nothing
/// else. It lives on a lane of its own, since writing blocks.
package actor Journal {
    package nonisolated let lane: any EngineLane
    package nonisolated let status = JournalStatus()
    /// None in an engine of the past.
    private let writer: JournalWriter?
    private let durability: Durability

    /// Events that are not written yet, framed; the first of them is `firstPending`.
    private var pending = ByteWriter(capacity: 1 << 20)
    private var firstPending: UInt64
    private var pendingCount = 0
    /// Events that no longer fit into the pending group: a full disk keeps it from leaving while batches still come.
    private var held: [(events: [UInt8], count: Int)] = []
    private var heldCount = 0
    private var isCommitPosted = false
    private var pacing = GroupPacing()
    /// The group waits for more, until it is worth a sync or its time is over.
    private var isWaiting = false
    private var isFinished = false
    /// Why the last write or sync failed; nil when it did not.
    private var failure: StoreError?
    private var subscribers: [@Sendable (JournalChange) -> Void] = []
    private var waitingForSync: [(sequence: UInt64, body: @Sendable (StoreError?) -> Void)] = []
    private var waitingForRelease: [(sequence: UInt64, body: @Sendable () -> Void)] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(_ writer: sending JournalWriter, durability: Durability, on lane: any EngineLane) {
        self.writer = writer
        self.durability = durability
        self.lane = lane
        firstPending = writer.nextSequence
        status.releasedSequence.store(writer.nextSequence - 1, ordering: .releasing)
        status.syncedSequence.store(writer.nextSequence - 1, ordering: .releasing)
    }

    /// The journal of an engine of the past: it ended long ago and takes nothing.
    init(endedAfter sequence: UInt64, on lane: any EngineLane) {
        writer = nil
        durability = .always
        self.lane = lane
        firstPending = sequence + 1
        isFinished = true
        status.releasedSequence.store(sequence, ordering: .releasing)
        status.syncedSequence.store(sequence, ordering: .releasing)
    }

    /// Calls `body` on the journal's lane whenever events became durable, or writing failed or works again.
    package func subscribe(_ body: @escaping @Sendable (JournalChange) -> Void) { subscribers.append(body) }

    /// Starts what has to happen by the clock.
    func start() {
        if durability == .everysec { postSync() }
    }

    // MARK: Appending

    /// Takes framed events. They are written with everything else that has arrived by then.
    func append(_ events: [UInt8], first: UInt64, count: Int) {
        precondition(
            first == firstPending + UInt64(pendingCount + heldCount), "events reach the journal in their order")
        if !held.isEmpty || pending.count + events.count > BlockHeader.maximumContent {
            held.append((events, count))
            heldCount += count
            return postCommit()
        }
        pending.append(events)
        pendingCount += count
        // The journal's lane runs what is posted in order: appends that wait already come before this commit.
        let isFull = isWaiting && pendingCount >= pacing.worth
        if isFull || pending.count >= Self.largestGroup { commit() } else { postCommit() }
    }

    /// Half of what one group may hold, so that one more batch always fits.
    private static let largestGroup = BlockHeader.maximumContent / 2

    /// Moves what is held into the next group, as far as it fits.
    private func takeHeld() {
        while let next = held.first, pending.count + next.events.count <= BlockHeader.maximumContent {
            pending.append(next.events)
            pendingCount += next.count
            heldCount -= next.count
            held.removeFirst()
        }
        if pendingCount > 0 { postCommit() }
    }

    private func postCommit() {
        guard !isCommitPosted, !isWaiting else { return }
        if durability == .always, pacing.waits(pendingCount) {
            isWaiting = true
            let first = firstPending
            return lane.post(after: GroupPacing.longestWait) { self.assumeIsolated { $0.endWait(ofGroupFrom: first) } }
        }
        isCommitPosted = true
        lane.post { self.assumeIsolated { $0.commit() } }
    }

    private func endWait(ofGroupFrom first: UInt64) {
        if isWaiting, firstPending == first { commit() }
    }

    private func commit() {
        isCommitPosted = false
        let hasWaited = isWaiting
        isWaiting = false
        guard pendingCount > 0, !isFinished, let writer else { return }
        pacing.note(count: pendingCount, hasWaited: hasWaited)
        do throws(StoreError) {
            try writer.append(pending.span, firstSequence: firstPending, count: pendingCount)
            firstPending += UInt64(pendingCount)
            pendingCount = 0
            pending.removeAll()
            pending.shrink(to: 4 << 20)
            takeHeld()
            if durability == .always { try writer.sync() }
            status.bytesWritten.store(writer.bytesWritten, ordering: .relaxed)
            status.groups.add(1, ordering: .relaxed)
            if status.failure != nil { recovered() }
            release(writer)
        } catch {
            fail(error)
        }
    }

    /// Publishes what may be acknowledged now.
    private func release(_ writer: JournalWriter) {
        let released = durability == .always ? writer.syncedSequence : writer.nextSequence - 1
        status.syncedSequence.store(writer.syncedSequence, ordering: .releasing)
        status.releasedSequence.store(released, ordering: .releasing)
        for subscriber in subscribers { subscriber(.released(released)) }
        let synced = writer.syncedSequence
        for item in Self.take(&waitingForSync, where: { $0.sequence <= synced }) { item.body(nil) }
        for item in Self.take(&waitingForRelease, where: { $0.sequence <= released }) { item.body() }
    }

    private static func take<Item>(_ items: inout [Item], where isReady: (Item) -> Bool) -> [Item] {
        guard !items.isEmpty else { return [] }
        let ready = items.filter(isReady)
        items.removeAll(where: isReady)
        return ready
    }

    // MARK: Trouble

    /// A full disk may have room again: the group waits and is tried each second. Any other failure is final: what
    /// reached the disk is unknown, so nothing more is acknowledged until a restart has read it.
    private func fail(_ error: StoreError) {
        failure = error
        status.set(failure: error.description)
        for subscriber in subscribers { subscriber(.failed(error.description)) }
        for item in Self.take(&waitingForSync, where: { _ in true }) { item.body(error) }
        if case .diskFull = error {
            lane.post(after: .seconds(1)) { self.assumeIsolated { $0.commit() } }
        } else {
            isFinished = true
        }
    }

    private func recovered() {
        failure = nil
        status.set(failure: nil)
        for subscriber in subscribers { subscriber(.recovered) }
    }

    // MARK: Waiting and stopping

    /// Runs `body` on this lane when the event is on the disk, or with the reason when writing fails before it is.
    func whenSynced(_ sequence: UInt64, _ body: @escaping @Sendable (StoreError?) -> Void) {
        if status.syncedSequence.load(ordering: .relaxed) >= sequence { return body(nil) }
        if isFinished, let failure { return body(failure) }
        waitingForSync.append((sequence, body))
        if durability != .always { syncNow() }
    }

    /// Runs `body` on this lane when the event may be shown.
    func whenReleased(_ sequence: UInt64, _ body: @escaping @Sendable () -> Void) {
        if status.releasedSequence.load(ordering: .acquiring) >= sequence { return body() }
        waitingForRelease.append((sequence, body))
    }

    private func postSync() {
        lane.post(after: .seconds(1)) {
            self.assumeIsolated { journal in
                guard !journal.isFinished else { return }
                journal.syncNow()
                journal.postSync()
            }
        }
    }

    private func syncNow() {
        guard !isFinished, let writer else { return }
        commit()
        do throws(StoreError) {
            try writer.sync()
            release(writer)
        } catch {
            fail(error)
        }
    }

    /// The live segment up to the last sync, for an online verify.
    package func liveSegment() -> LiveSegment? { writer?.durableEnd }

    /// The live segment as far as its events may be shown: the same rule as for `JournalStatus.releasedSequence`.
    func shownSegment() -> LiveSegment {
        guard let writer else { preconditionFailure("an engine of the past has no files") }
        return durability == .always ? writer.durableEnd : writer.writtenEnd
    }

    /// Writes and syncs what is left and the clean-stop marker. Returns why there is no marker; nil if there is one.
    func finish() -> StoreError? {
        guard !isFinished else { return failure }
        repeat { commit() } while pendingCount > 0 && failure == nil
        guard pendingCount == 0, !isFinished, let writer else { return failure }
        isFinished = true
        do throws(StoreError) {
            try writer.finish()
            release(writer)
            return nil
        } catch {
            return error
        }
    }
}

/// What the journal tells the others.
package enum JournalChange: Sendable, Equatable {
    /// Events up to this one may be acknowledged.
    case released(UInt64)
    /// Nothing can be written: why.
    case failed(String)
    /// Writing works again.
    case recovered
}
