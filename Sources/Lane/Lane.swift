import Glibc
import Synchronization

/// The lane whose thread this is, as an unmanaged reference. An identity of our own, because the optimiser may carry
/// the value of `pthread_self` across an await, from one thread to another.
private let currentLaneKey: pthread_key_t = {
    var key = pthread_key_t()
    let result = pthread_key_create(&key, nil)
    precondition(result == 0, "pthread_key_create failed with error \(result)")
    return key
}()

/// One thread that is an epoll loop and a serial executor.
///
/// Sessions and shards live on lanes: whatever is confined to a lane needs no lock, an actor on the lane is entered from
/// its own thread with `assumeIsolated` and without a hop, and work for another lane is posted in batches. A turn of the
/// loop is: wait for events, read from the descriptors that are ready (one read each), fire the timers that are due, run
/// everything that was posted, run the end-of-turn hooks, write each connection's output once. So many commands share
/// one write, and many replies one hook (a journal group, for instance).
///
/// A lane without sockets, for a journal whose fdatasync blocks, is the same thing: it sleeps until work is posted.
///
/// `post`, `enqueue`, `stop` and `join` may be called from any thread; `atEndOfTurn` and `schedule` on the lane, or
/// before it was started.
package final class Lane: SerialExecutor {
    private enum Phase {
        case created
        case running(pthread_t)
        case joined
    }

    /// Names the thread in `top -H` and debuggers, which show its first 15 bytes.
    package let name: String
    /// Whether others go before it when the cores are busy.
    private let isBackground: Bool
    private let queue: WorkQueue
    private let phase = Mutex(Phase.created)
    /// Confined to the lane's thread; before `start`, to the thread that made the lane.
    nonisolated(unsafe) let loop: LaneLoop

    /// The thread starts with `start`; what is posted before waits for it.
    /// - Parameter isBackground: for work that nobody waits for: where cores are few, a thread that writes a snapshot would
    ///   else keep one that has to answer from running for milliseconds.
    package init(name: String, isBackground: Bool = false) throws(SystemCallError) {
        self.name = name
        self.isBackground = isBackground
        queue = try WorkQueue()
        loop = try LaneLoop(queue: queue)
    }

    // MARK: Thread

    /// Starts the thread, which keeps the lane alive until it ends. Once per lane.
    package func start() {
        phase.withLock { phase in
            guard case .created = phase else { preconditionFailure("lane \(name) was started before") }
            phase = .running(makeThread())
        }
    }

    /// Asks the lane to end. Work posted before runs; connections get one last write and are closed with
    /// `.laneStopped`; work posted later may be dropped. So a lane whose actors others await is stopped last.
    package func stop() {
        post { self.loop.isStopping = true }
    }

    /// Returns when the thread has ended. Not to be called on the lane; a second call returns at once.
    package func join() {
        precondition(!isCurrent, "a lane cannot wait for itself")
        let thread: pthread_t? = phase.withLock { phase in
            guard case .running(let thread) = phase else { return nil }
            phase = .joined
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    /// Signals are for the threads that ask for them (see `Signals`), so a lane's thread is born with all blocked.
    private func makeThread() -> pthread_t {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Lane>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, retained.toOpaque())
        precondition(result == 0, "pthread_create failed with error \(result)")
        return thread
    }

    private func run() {
        pthread_setspecific(currentLaneKey, Unmanaged.passUnretained(self).toOpaque())
        SystemCalls.nameThread(name)
        if isBackground { SystemCalls.lowerThreadPriority() }
        loop.run(on: asUnownedSerialExecutor())
    }

    /// True on the lane's own thread.
    package var isCurrent: Bool {
        pthread_getspecific(currentLaneKey) == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    private func checkConfined(_ function: StaticString = #function) {
        if isCurrent { return }
        phase.withLock { phase in
            guard case .created = phase else { preconditionFailure("\(function) was not called on lane \(name)") }
        }
    }

    // MARK: Work

    /// Runs `work` on the lane, after what the same caller posted before. Never runs it at once, not even on the
    /// lane itself. Costs well under a microsecond while the lane is busy, and one system call when it sleeps.
    ///
    /// - Returns: false if the lane has ended and dropped the work; true means that it will run.
    @discardableResult package func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        queue.append(.call(work))
    }

    /// For the Swift runtime: jobs of actors on this lane take the same way as posted work. Jobs that come after the
    /// lane has ended never run.
    package func enqueue(_ job: consuming ExecutorJob) {
        _ = queue.append(.job(UnownedJob(job)))
    }

    /// For the Swift runtime; `actor.assumeIsolated` on the lane's own thread rests on it.
    package func checkIsolated() {
        precondition(isCurrent, "not on lane \(name)")
    }

    /// For the Swift runtime, which asks this before it resorts to `checkIsolated`.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Adds a hook that runs in every turn, when all posted work has run and before output is written. Hooks run in
    /// the order they were added, for as long as the lane lives.
    package func atEndOfTurn(_ hook: @escaping () -> Void) {
        checkConfined()
        loop.hooks.append(hook)
    }

    /// Runs `work` once, at the first turn that begins `delay` or more from now; up to a millisecond late even when idle.
    @discardableResult package func schedule(after delay: Duration, _ work: @escaping () -> Void) -> LaneTimer {
        schedule(after: delay, intervalNanoseconds: 0, work)
    }

    /// Runs `work` every `interval`, which must be positive. Beats missed while the lane was busy are left out.
    @discardableResult package func schedule(every interval: Duration, _ work: @escaping () -> Void) -> LaneTimer {
        precondition(interval > .zero, "the interval of a timer must be positive")
        return schedule(after: interval, intervalNanoseconds: interval.wholeNanoseconds, work)
    }

    private func schedule(
        after delay: Duration, intervalNanoseconds: UInt64, _ work: @escaping () -> Void
    ) -> LaneTimer {
        checkConfined()
        let timer = LaneTimer()
        loop.timers.add(
            timer, deadlineNanoseconds: SystemCalls.monotonicNanoseconds() + delay.wholeNanoseconds,
            intervalNanoseconds: intervalNanoseconds, work: work)
        return timer
    }
}

extension Duration {
    /// Rounded down to nanoseconds; 0 for a negative duration.
    fileprivate var wholeNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 || attoseconds < 0
            ? 0 : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
