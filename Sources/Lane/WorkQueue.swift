import Synchronization

/// What other threads hand to a lane: one queue for plain calls and for the jobs of actors, so that both keep the
/// order in which a caller posted them.
final class WorkQueue: Sendable {
    enum Work: Sendable {
        case call(@Sendable () -> Void)
        case job(UnownedJob)
    }

    private struct State {
        var waiting: [Work] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    /// True while the lane sleeps or is about to. It is set before the lane looks at the queue a last time, and the
    /// lock orders that look against every append: either the lane sees the work, or the poster sees the flag.
    private let isAsleep = Atomic<Bool>(false)
    /// An eventfd. It is watched edge-triggered and never read: each write alone is the news.
    let wakeDescriptor: Int32

    init() throws(SystemCallError) {
        wakeDescriptor = try SystemCalls.createEvent()
    }

    deinit { SystemCalls.close(wakeDescriptor) }

    /// Any thread. False after `close`: the work was dropped.
    func append(_ work: Work) -> Bool {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.waiting.append(work)
            return true
        }
        // The first of many posters wakes the lane; the plain load keeps the others off the shared cache line.
        if isTaken, isAsleep.load(ordering: .relaxed), isAsleep.exchange(false, ordering: .relaxed) {
            SystemCalls.signalEvent(wakeDescriptor)
        }
        return isTaken
    }

    /// The lane's thread. Exchanges everything that waits for the empty array `batch`, whose memory is used again.
    func take(into batch: inout [Work]) {
        precondition(batch.isEmpty)
        state.withLock { swap(&$0.waiting, &batch) }
    }

    /// The lane's thread. True if it may sleep: nothing waits, and whoever posts from now on writes the eventfd.
    func prepareToSleep() -> Bool {
        isAsleep.store(true, ordering: .relaxed)
        if state.withLock({ $0.waiting.isEmpty }) { return true }
        isAsleep.store(false, ordering: .relaxed)
        return false
    }

    /// The lane's thread, after a sleep that may have ended for another reason than a post.
    func didWake() { isAsleep.store(false, ordering: .relaxed) }

    /// The lane's thread. Nothing is accepted any more; what waits can still be taken.
    func close() { state.withLock { $0.isClosed = true } }
}
