import Dispatch
import Glibc
import Lane
import Testing

/// A lane that is stopped when the test is over.
func withLane(_ name: String = "test", _ body: (Lane) throws -> Void) throws {
    let lane = try Lane(name: name)
    lane.start()
    defer {
        lane.stop()
        lane.join()
    }
    try body(lane)
}

/// Runs `work` on the lane and waits for what it returns.
func on<Value: Sendable>(_ lane: Lane, _ work: @escaping @Sendable () -> Value) -> Value? {
    let answer = Mailbox<Value>()
    lane.post { answer.put(work()) }
    return answer.take()
}

/// Written on one lane only, read when the lane says so.
private final class Log<Element>: @unchecked Sendable {
    var entries: [Element] = []
}

private actor Counter {
    let lane: Lane
    var count = 0
    nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(on lane: Lane) { self.lane = lane }

    func increment() -> Int {
        precondition(lane.isCurrent)
        count += 1
        return count
    }
}

@Suite(.serialized) struct LaneTests {
    @Test func postedWorkRunsInOrderOfEachCallerAndNoneIsLost() throws {
        let callers = 4
        let postsPerCaller = 250_000
        try withLane { lane in
            let log = Log<[Int]>()
            log.entries = [[Int]](repeating: [], count: callers)
            DispatchQueue.concurrentPerform(iterations: callers) { caller in
                for number in 0..<postsPerCaller { lane.post { log.entries[caller].append(number) } }
            }
            let entries = try #require(on(lane) { log.entries })
            for caller in 0..<callers { #expect(entries[caller] == Array(0..<postsPerCaller)) }
        }
    }

    /// Work that goes on slice by slice, however long, keeps nobody else from the lane: a timer is due between two slices.
    @Test func workThatPostsItselfLetsOthersHaveTheirTurn() throws {
        try withLane { lane in
            let slices = Log<Int>()
            let others = Mailbox<Int>()
            @Sendable func slice() {
                let end = DispatchTime.now().uptimeNanoseconds + 2_000_000
                while DispatchTime.now().uptimeNanoseconds < end {}
                slices.entries.append(slices.entries.count)
                if slices.entries.count < 300 { lane.post(slice) }
            }
            lane.post {
                lane.schedule(after: .zero) { others.put(slices.entries.count) }
                slice()
            }
            let slicesBefore = try #require(others.take())
            #expect(slicesBefore < 30)
        }
    }

    /// Every post waits for the one before it, so the lane falls asleep in between: a wake-up lost once hangs here.
    @Test func wakeUpsAreNotLostBetweenLanesThatSleep() throws {
        let hops = 100_000
        try withLane("ping") { ping in
            try withLane("pong") { pong in
                let done = Mailbox<Int>()
                @Sendable func hop(_ number: Int) {
                    if number == hops { return done.put(number) }
                    (number % 2 == 0 ? ping : pong).post { hop(number + 1) }
                }
                for _ in 0..<3 { hop(0) }
                for _ in 0..<3 { #expect(done.take() == hops) }
            }
        }
    }

    @Test func aMillionPostsFromSeveralThreadsInBurstsAllRun() throws {
        try withLane { lane in
            let log = Log<Int>()
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                for burst in 0..<2_000 {
                    let size = burst % 250
                    for _ in 0..<size { lane.post { log.entries.append(1) } }
                    // Gives the lane a chance to fall asleep just as the next burst begins.
                    sched_yield()
                }
            }
            #expect(on(lane) { log.entries.count } == 4 * 8 * (0..<250).reduce(0, +))
        }
    }

    @Test func actorsRunOnTheLaneByAwaitAndByAssumeIsolated() async throws {
        let lane = try Lane(name: "actor")
        lane.start()
        let counter = Counter(on: lane)
        #expect(await counter.increment() == 1)
        let entered = Mailbox<Int>()
        lane.post { entered.put(counter.assumeIsolated { $0.increment() }) }
        #expect(entered.take() == 2)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1_000 { group.addTask { _ = await counter.increment() } }
        }
        #expect(await counter.count == 1_002)
        #expect(!lane.isCurrent)
        #expect(on(lane) { lane.isCurrent } == true)
        lane.stop()
        lane.join()
    }

    @Test func anActorCannotBeEnteredFromAnotherThread() async {
        await #expect(processExitsWith: .failure) {
            let lane = try Lane(name: "home")
            lane.start()
            let counter = Counter(on: lane)
            func enter() { _ = counter.assumeIsolated { $0.increment() } }
            enter()
        }
    }

    @Test func schedulingFromAnotherThreadStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let lane = try Lane(name: "home")
            lane.start()
            lane.schedule(after: .zero) {}
        }
    }

    @Test func hooksRunOncePerTurnAfterAllPostedWork() throws {
        let lane = try Lane(name: "hooks")
        let log = Log<String>()
        lane.atEndOfTurn { log.entries.append("hook") }
        lane.post {
            log.entries.append("first")
            lane.post {
                log.entries.append("chained")
                lane.post { log.entries.append("chained twice") }
            }
        }
        lane.post { log.entries.append("second") }
        lane.start()
        let done = Mailbox<[String]>()
        lane.post { lane.schedule(after: .milliseconds(1)) { done.put(log.entries) } }
        let entries = try #require(done.take())
        #expect(entries.filter { $0 != "hook" } == ["first", "second", "chained", "chained twice"])
        let firstHook = try #require(entries.firstIndex(of: "hook"))
        #expect(firstHook >= 4)
        lane.stop()
        lane.join()
    }

    @Test func timersFireInOrderOfTheirDeadlines() throws {
        try withLane { lane in
            let fired = Mailbox<Int>()
            lane.post {
                for delay in [30, 10, 20, 10] {
                    lane.schedule(after: .milliseconds(delay)) { fired.put(delay) }
                }
                lane.schedule(after: .milliseconds(15)) { fired.put(0) }.cancel()
            }
            let order = (0..<4).map { _ in fired.take() }
            #expect(order == [10, 10, 20, 30])
        }
    }

    @Test func aTimerNeverFiresEarlyAndRepeatsUntilCancelled() throws {
        try withLane { lane in
            let beats = Mailbox<Duration>()
            let start = ContinuousClock.now
            lane.post {
                let log = Log<LaneTimer>()
                log.entries = [
                    lane.schedule(every: .milliseconds(5)) {
                        beats.put(ContinuousClock.now - start)
                        log.entries.append(log.entries[0])
                        if log.entries.count == 4 {
                            log.entries[0].cancel()
                            lane.schedule(after: .milliseconds(20)) { beats.put(.zero) }
                        }
                    }
                ]
            }
            for beat in 1...3 {
                let time = try #require(beats.take())
                #expect(time >= .milliseconds(5 * beat))
            }
            #expect(beats.take() == .zero)
        }
    }

    /// What `post` accepted has run when `join` returns, even while others post on.
    @Test func stoppingABusyLaneRunsAllItAccepted() throws {
        for _ in 0..<50 {
            let lane = try Lane(name: "busy")
            lane.start()
            let ran = Log<Int>()
            let accepted = Mailbox<Int>()
            let begun = Mailbox<Void>()
            for _ in 0..<2 {
                DispatchQueue.global().async {
                    var count = 0
                    while lane.post({ ran.entries.append(1) }) {
                        count += 1
                        if count == 100 { begun.put(()) }
                    }
                    accepted.put(count)
                }
            }
            #expect(begun.take() != nil)
            lane.stop()
            lane.join()
            let acceptedCount = try #require(accepted.take()) + #require(accepted.take())
            #expect(ran.entries.count == acceptedCount)
            #expect(!lane.post {})
        }
    }

    @Test func signalsArriveOnTheLane() throws {
        try withLane { lane in
            let received = Mailbox<Int32>()
            // Made on the lane, so that no thread of the tests goes on with these signals blocked.
            lane.post {
                do {
                    _ = try Signals([SIGTERM, SIGUSR1], on: lane) { number in
                        precondition(lane.isCurrent)
                        received.put(number)
                    }
                } catch {
                    received.put(-1)
                }
            }
            // To the lane's own thread, since the other threads of this process do not block it.
            lane.post { pthread_kill(pthread_self(), SIGUSR1) }
            #expect(received.take() == SIGUSR1)
            lane.post { pthread_kill(pthread_self(), SIGTERM) }
            #expect(received.take() == SIGTERM)
        }
    }
}
