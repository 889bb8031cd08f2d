/// The inside of a lane: everything only its own thread may touch, and the turn of the loop.
final class LaneLoop {
    /// Work that posts work is carried on within one turn, so that a chain of calls between actors of the lane ends in one
    /// write, for this long; then the sockets have their turn, however cheap or dear a piece is.
    private static let leastPostedNanoseconds: UInt64 = 5_000_000
    /// What the sockets brought in must not grow faster than the work behind it gets done: posted work may take so many
    /// times as long as the turn has taken before it.
    private static let postedShare: UInt64 = 3

    private let queue: WorkQueue
    private var batch: [WorkQueue.Work] = []
    private let wakeSource = WakeSource()
    var poller: Poller
    var timers = Timers()
    var hooks: [() -> Void] = []
    /// Set by posted work; the loop ends after that turn.
    var isStopping = false
    /// When the present turn began, on the monotonic clock.
    private(set) var nowNanoseconds = SystemCalls.monotonicNanoseconds()
    /// The same in whole seconds: enough for idle time-outs, and four bytes in each connection.
    private(set) var nowSeconds: UInt32 = 0

    /// Memory that all connections of the lane read into, one after the other.
    private(set) lazy var scratch = ReadScratch()
    var outputs = OutputPool()
    private var connections: [Connection] = []
    /// Connections with something to do at the end of this turn. A connection stands here at most once.
    private var marked: [Connection] = []
    /// Connections that may get their unread input again, at the beginning of the next turn.
    private var resumed: [Connection] = []
    private var visited: [Connection] = []
    private var sweepTimer: LaneTimer?

    init(queue: WorkQueue) throws(SystemCallError) {
        self.queue = queue
        poller = try Poller()
        try poller.add(queue.wakeDescriptor, interest: [.read, .edgeTriggered], source: wakeSource)
    }

    func run(on executor: UnownedSerialExecutor) {
        while !isStopping { turn(on: executor) }
        finish(on: executor)
    }

    private func turn(on executor: UnownedSerialExecutor) {
        let eventCount = poller.wait(timeoutMilliseconds: timeoutMilliseconds())
        queue.didWake()
        nowNanoseconds = SystemCalls.monotonicNanoseconds()
        nowSeconds = UInt32(truncatingIfNeeded: nowNanoseconds / 1_000_000_000)
        deliverResumed()
        for index in 0..<eventCount {
            if let event = poller.event(at: index) { event.source.ready(event.readiness) }
        }
        while let work = timers.takeDue(nowNanoseconds: nowNanoseconds) { work() }
        runPosted(on: executor)
        for hook in hooks { hook() }
        visitMarked()
    }

    private func timeoutMilliseconds() -> Int32 {
        guard marked.isEmpty, resumed.isEmpty else { return 0 }
        guard let deadline = timers.nextDeadlineNanoseconds else { return queue.prepareToSleep() ? -1 : 0 }
        let now = SystemCalls.monotonicNanoseconds()
        // A lane that goes on at once is not asleep: nobody has to wake it.
        guard deadline > now, queue.prepareToSleep() else { return 0 }
        return Int32(clamping: (deadline - now + 999_999) / 1_000_000)
    }

    private func runPosted(on executor: UnownedSerialExecutor) {
        let start = SystemCalls.monotonicNanoseconds()
        let end = start + max(Self.leastPostedNanoseconds, Self.postedShare * (start - nowNanoseconds))
        while runBatch(on: executor), SystemCalls.monotonicNanoseconds() < end {}
    }

    /// Runs what waits now, and says whether that was anything. Work posted meanwhile waits for the next batch.
    private func runBatch(on executor: UnownedSerialExecutor) -> Bool {
        queue.take(into: &batch)
        for work in batch {
            switch work {
            case .call(let call): call()
            case .job(let job): job.runSynchronously(on: executor)
            }
        }
        defer { batch.removeAll(keepingCapacity: true) }
        return !batch.isEmpty
    }

    /// Everything posted before the stop has run. What the farewell itself posts still runs, and then whatever came
    /// in until the queue was closed; there are few of these batches, because others may post without end.
    private func finish(on executor: UnownedSerialExecutor) {
        closeSources()
        _ = runBatch(on: executor)
        queue.close()
        _ = runBatch(on: executor)
        // Work of these last moments may have opened another connection.
        closeSources()
        timers.removeAll()
        hooks.removeAll()
        resumed.removeAll()
    }

    private func closeSources() {
        for source in poller.sources { source.laneStopped() }
        while !marked.isEmpty { visitMarked() }
    }

    // MARK: Connections

    func add(_ connection: Connection) {
        connection.index = connections.count
        connections.append(connection)
        if sweepTimer == nil { startSweeping() }
    }

    func remove(_ connection: Connection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.index] = last
            last.index = connection.index
        }
    }

    /// Has `connection` visited at the end of this turn; the connection sees to it that this happens once a turn.
    func mark(_ connection: Connection) { marked.append(connection) }

    /// Has `connection` offered its unread input again at the beginning of the next turn.
    func resume(_ connection: Connection) { resumed.append(connection) }

    /// Those that are marked during the visits wait for the next turn, which then comes at once.
    private func visitMarked() {
        guard !marked.isEmpty else { return }
        swap(&marked, &visited)
        for connection in visited { connection.finishTurn() }
        visited.removeAll(keepingCapacity: true)
    }

    private func deliverResumed() {
        guard !resumed.isEmpty else { return }
        swap(&resumed, &visited)
        for connection in visited { connection.deliverAgain() }
        visited.removeAll(keepingCapacity: true)
    }

    /// One timer for all connections of the lane: once a second it looks for those that idle or linger.
    private func startSweeping() {
        let timer = LaneTimer()
        sweepTimer = timer
        let second: UInt64 = 1_000_000_000
        timers.add(timer, deadlineNanoseconds: nowNanoseconds + second, intervalNanoseconds: second) { [unowned self] in
            if connections.isEmpty {
                timer.cancel()
                sweepTimer = nil
            }
            for connection in connections { connection.sweep() }
        }
    }
}

/// The eventfd of the work queue: waking up is all it is for.
private final class WakeSource: EventSource {
    func ready(_ readiness: Readiness) {}
    func laneStopped() {}
}
