import Commerce
import Engine

/// One thread that plays many: it holds the queues of all lanes and picks, from a seed, which lane runs its next job.
///
/// Each lane is first in, first out, as the real one is; between lanes any order may come about. The same seed and the
/// same work give the same order, which `traceHash` tells. Time stands still while anything is ready, but for a little
/// that each step takes, and jumps to the next timer when nothing is.
///
/// Confined to the thread that made it.
package final class SimulatedScheduler: @unchecked Sendable {
    fileprivate enum Work {
        case call(@Sendable () -> Void)
        case job(UnownedJob)
    }

    private struct Timer {
        let deadlineMicroseconds: Int64
        let serial: Int
        let lane: Int
        let work: @Sendable () -> Void
    }

    package var generator: SeededGenerator
    private var queues: [[Work]] = []
    private var heads: [Int] = []
    private var names: [String] = []
    private var timers: [Timer] = []
    private var timerSerial = 0
    private var nowMicroseconds: Int64 = 1_772_000_000_000_000
    private var currentLane: Int?
    /// Lanes that are rarely picked for a while, as if their thread slept or their disk were busy.
    private var slowLanes: Set<Int> = []
    private var stepsOfSlowness = 0
    /// Jobs run so far.
    package private(set) var stepCount = 0
    /// A hash of which lane ran in which order.
    package private(set) var traceHash: UInt64 = 0xCBF2_9CE4_8422_2325

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Makes a lane. Lanes cannot be taken away; after `discardAll` they may be used by the next life.
    package func makeLane(_ name: String) -> SimulatedLane {
        queues.append([])
        heads.append(0)
        names.append(name)
        return SimulatedLane(scheduler: self, number: queues.count - 1, name: name)
    }

    /// Simulated time.
    package var now: Timestamp { Timestamp(milliseconds: nowMicroseconds / 1_000) }

    /// Whether a job waits on any lane, timers apart.
    package var isReady: Bool { queues.indices.contains { heads[$0] < queues[$0].count } }

    // MARK: Running

    /// Runs one job of a lane that the seed picks; when none waits, time jumps to the next timer.
    /// - Returns: false if there is nothing to do at all.
    @discardableResult package func step() -> Bool {
        advance(microseconds: Int64.random(in: 0...40, using: &generator))
        if !isReady, let next = timers.first {
            nowMicroseconds = max(nowMicroseconds, next.deadlineMicroseconds)
            fireTimers()
        }
        guard let lane = pick() else { return false }
        stepCount += 1
        traceHash = (traceHash ^ UInt64(lane + 1)) &* 0x0000_0100_0000_01B3
        let work = take(lane)
        currentLane = lane
        defer { currentLane = nil }
        switch work {
        case .call(let call): call()
        case .job(let job): job.runSynchronously(on: SimulatedLane.executor(self, lane))
        }
        return true
    }

    /// One of the lanes that have a job.
    private func pick() -> Int? {
        if stepsOfSlowness == 0 {
            slowLanes = Set(queues.indices.filter { _ in generator.oneIn(3) })
            stepsOfSlowness = Int.random(in: 10...200, using: &generator)
        }
        stepsOfSlowness -= 1
        let ready = queues.indices.filter { heads[$0] < queues[$0].count }
        let quick = ready.filter { !slowLanes.contains($0) }
        let isSlowTurn = quick.isEmpty || generator.oneIn(30)
        return (isSlowTurn ? ready : quick).randomElement(using: &generator)
    }

    /// Runs until `condition` holds; false if it does not within so many steps.
    package func run(steps: Int = 200_000, until condition: () -> Bool) -> Bool {
        for _ in 0..<steps {
            if condition() { return true }
            guard step() else { return condition() }
        }
        return condition()
    }

    /// Runs jobs until none waits; timers do not fire.
    package func drain(steps: Int = 200_000) {
        var stepsLeft = steps
        while stepsLeft > 0, isReady {
            step()
            stepsLeft -= 1
        }
    }

    /// Lets time pass; timers that become due wait on their lanes.
    package func advance(microseconds: Int64) {
        nowMicroseconds += microseconds
        fireTimers()
    }

    /// Forgets every job and timer: the process is gone.
    package func discardAll() {
        for lane in queues.indices {
            queues[lane] = []
            heads[lane] = 0
        }
        timers = []
    }

    private func fireTimers() {
        while let first = timers.first, first.deadlineMicroseconds <= nowMicroseconds {
            timers.removeFirst()
            queues[first.lane].append(.call(first.work))
        }
    }

    private func take(_ lane: Int) -> Work {
        let work = queues[lane][heads[lane]]
        heads[lane] += 1
        if heads[lane] == queues[lane].count {
            queues[lane].removeAll(keepingCapacity: true)
            heads[lane] = 0
        }
        return work
    }

    // MARK: For lanes

    fileprivate func isCurrent(_ lane: Int) -> Bool { currentLane == lane }

    fileprivate func append(_ work: Work, to lane: Int) { queues[lane].append(work) }

    fileprivate func append(_ work: @escaping @Sendable () -> Void, to lane: Int, after delay: Duration) {
        let (seconds, attoseconds) = delay.components
        let microseconds = max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        timerSerial += 1
        let timer = Timer(
            deadlineMicroseconds: nowMicroseconds + microseconds, serial: timerSerial, lane: lane, work: work)
        let place = timers.firstIndex { $0.deadlineMicroseconds > timer.deadlineMicroseconds } ?? timers.count
        timers.insert(timer, at: place)
    }

    /// The lane's executor, for running a job that the Swift runtime handed over. The lane is kept by its actors.
    fileprivate var executors: [Int: UnownedSerialExecutor] = [:]
}

/// A lane of a `SimulatedScheduler`: a queue instead of a thread. Confined to the scheduler's thread.
package final class SimulatedLane: EngineLane {
    private let scheduler: SimulatedScheduler
    private let number: Int
    /// For people.
    package let name: String

    fileprivate init(scheduler: SimulatedScheduler, number: Int, name: String) {
        self.scheduler = scheduler
        self.number = number
        self.name = name
        scheduler.executors[number] = asUnownedSerialExecutor()
    }

    fileprivate static func executor(_ scheduler: SimulatedScheduler, _ number: Int) -> UnownedSerialExecutor {
        guard let executor = scheduler.executors[number] else { preconditionFailure("a lane without an executor") }
        return executor
    }

    package var isCurrent: Bool { scheduler.isCurrent(number) }

    @discardableResult package func post(_ work: @escaping @Sendable () -> Void) -> Bool {
        scheduler.append(.call(work), to: number)
        return true
    }

    package func post(after delay: Duration, _ work: @escaping @Sendable () -> Void) {
        scheduler.append(work, to: number, after: delay)
    }

    package func enqueue(_ job: consuming ExecutorJob) { scheduler.append(.job(UnownedJob(job)), to: number) }

    package func checkIsolated() { precondition(isCurrent, "not on lane \(name)") }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }
}

/// The scheduler's time as the engine sees it.
package struct SimulatedClock: WallClock {
    private let scheduler: SimulatedScheduler

    package init(_ scheduler: SimulatedScheduler) { self.scheduler = scheduler }

    package func now() -> Timestamp { scheduler.now }
}
