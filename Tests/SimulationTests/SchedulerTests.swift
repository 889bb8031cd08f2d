import Commerce
import Engine
import Simulation
import Testing

/// The ground that every other simulation stands on: a seed is a reproducer.
@Suite struct SchedulerTests {
    private func trace(_ seed: UInt64) throws -> UInt64 {
        var plan = IngestPlan(seed: 7)
        plan.seed = seed
        plan.layout = .apart
        plan.lives = 2
        let workload = IngestWorkload(plan)
        try workload.run()
        return workload.machine.scheduler.traceHash
    }

    @Test func theSameSeedGivesTheSameInterleaving() throws { #expect(try trace(11) == trace(11)) }

    @Test func anotherSeedGivesAnotherInterleaving() throws { #expect(try trace(11) != trace(12)) }

    @Test func aLaneKeepsTheOrderOfItsWork() {
        let scheduler = SimulatedScheduler(seed: 3)
        let lanes = [scheduler.makeLane("a"), scheduler.makeLane("b")]
        let log = Log()
        for number in 0..<20 {
            let lane = lanes[number % 2]
            lane.post {
                #expect(lane.isCurrent && !lanes[(number + 1) % 2].isCurrent)
                log.numbers.append(number)
            }
        }
        scheduler.drain()
        #expect(log.numbers.filter { $0 % 2 == 0 } == Array(stride(from: 0, to: 20, by: 2)))
        #expect(log.numbers.filter { $0 % 2 == 1 } == Array(stride(from: 1, to: 20, by: 2)))
        #expect(log.numbers != Array(0..<20) && !lanes[0].isCurrent)
    }

    @Test func timeJumpsToTheNextTimer() {
        let scheduler = SimulatedScheduler(seed: 3)
        let lane = scheduler.makeLane("a")
        let start = scheduler.now
        let log = Log()
        lane.post(after: .seconds(10)) { log.numbers.append(2) }
        lane.post(after: .seconds(5)) { log.numbers.append(1) }
        #expect(scheduler.run { log.numbers.count == 2 })
        #expect(log.numbers == [1, 2] && scheduler.now.milliseconds - start.milliseconds >= 10_000)
        #expect(!scheduler.step())
    }

    /// Jobs of the Swift runtime take the same way as posted work.
    @Test func actorsRunOnTheirLane() {
        let scheduler = SimulatedScheduler(seed: 3)
        let counter = Counter(on: scheduler.makeLane("a"))
        let log = Log()
        // Runs here until it has to wait for the actor, whose job then stands in the lane's queue.
        Task.immediate { await counter.count(in: log) }
        #expect(log.numbers.isEmpty && scheduler.isReady)
        scheduler.drain()
        counter.lane.post { counter.assumeIsolated { $0.count(in: log) } }
        scheduler.drain()
        #expect(log.numbers == [1, 2])
    }

    private final class Log: @unchecked Sendable { var numbers: [Int] = [] }

    private actor Counter {
        nonisolated let lane: SimulatedLane
        private var count = 0
        nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

        init(on lane: SimulatedLane) { self.lane = lane }

        func count(in log: Log) {
            count += 1
            log.numbers.append(count)
        }
    }
}
