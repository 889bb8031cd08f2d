import Commerce
import Engine
import Server
import Store

// What is simulated, and what is not.
//
// Real: the engine with all its actors, journal, snapshots, recovery; the sessions with their parser, batches, reply
// queue and back-pressure. Simulated: threads (a seeded scheduler picks whose job runs next), the disk (unsynced bytes
// are lost, torn or garbled by a crash, syncs fail, room runs out), the clock, the sockets. A job is never interrupted
// in the middle, so races inside one job are beyond it (the thread sanitizer is for them); epoll, the kernel's TCP and
// the listener are the business of the tests of Lane and of the real programs.
//
// A workload is setup, start, check, all from one seed, and its check is one law about the whole data.

/// How one run is set up; everything comes from the seed.
package struct IngestPlan {
    package var seed: UInt64
    package var layout: LaneLayout
    package var lives = 3
    package var stepsPerLife = 1_500
    package var clients = 3
    /// Whether clients ask for snapshots, and the engine takes them by its own thresholds.
    package var takesSnapshots = false
    package var configuration: EngineConfiguration
    package var limits = SessionLimits()
    package var connection = SimulatedConnection.Limits()

    /// Whether the newest snapshot may be found damaged after a crash.
    package var damagesSnapshots = false

    /// The same with snapshots: asked for, taken by size and by age, cut short by crashes, and damaged.
    package static func withSnapshots(seed: UInt64) -> IngestPlan {
        var plan = IngestPlan(seed: seed)
        var generator = SeededGenerator(seed: ~seed)
        plan.takesSnapshots = true
        plan.damagesSnapshots = true
        plan.configuration.snapshotJournalBytes =
            generator.oneIn(2) ? Int.random(in: 300...4_000, using: &generator) : 0
        plan.configuration.snapshotSeconds = Int.random(in: 0...3, using: &generator)
        plan.configuration.segmentBytes = Int.random(in: 200...1_500, using: &generator)
        plan.configuration.history = generator.oneIn(2) ? .all : .days(0)
        return plan
    }

    package init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        layout = LaneLayout.allCases.randomElement(using: &generator) ?? .single
        configuration = EngineConfiguration(folder: CommerceWorld.folder)
        configuration.shards = Int.random(in: 1...8, using: &generator)
        // The model says who is who by exact keys; `ResolutionWorkload` tries the evidence.
        configuration.matchMode = .exact
        configuration.seed = generator.next()
        configuration.segmentBytes = Int.random(in: 300...6_000, using: &generator)
        configuration.durability = generator.oneIn(6) ? .everysec : generator.oneIn(10) ? .os : .always
        configuration.snapshotJournalBytes = 0
        configuration.snapshotSeconds = 0
        limits.batchRequests = Int.random(in: 1...20, using: &generator)
        limits.batches = Int.random(in: 1...5, using: &generator)
        limits.waitingBytes = Int.random(in: 200...5_000, using: &generator)
        connection.kernelBytes = Int.random(in: 100...3_000, using: &generator)
        connection.highWaterBytes = Int.random(in: 300...5_000, using: &generator)
        connection.lowWaterBytes = connection.highWaterBytes / 4
        lives = Int.random(in: 2...4, using: &generator)
        clients = Int.random(in: 1...4, using: &generator)
        stepsPerLife = Int.random(in: 50...1_500, using: &generator)
        limits.batchQuestions = 1...Int.random(in: 1...20, using: &generator)
        limits.answerBytes = Int.random(in: 200...20_000, using: &generator)
    }
}

/// Several clients write and ask; power fails at a random step, several times over.
///
/// Law: every acknowledged write is there exactly once, each other one is wholly there or wholly absent, everything is
/// as the reference model says after the surviving decisions, every number ever given answers, no shop sees another,
/// and nothing that anybody was shown is taken back.
package final class IngestWorkload {
    package let plan: IngestPlan
    package let machine: SimulatedMachine
    package let world: CommerceWorld
    private var isDurable: Bool { plan.configuration.durability == .always }
    /// How often it came to that, so that a test knows that it tests something.
    package private(set) var snapshotCount = 0
    package private(set) var damageCount = 0
    /// What the restart must agree with.
    private var lastHistory: DecisionHistory?

    package init(_ plan: IngestPlan) {
        self.plan = plan
        machine = SimulatedMachine(seed: plan.seed, layout: plan.layout)
        world = CommerceWorld(seed: plan.seed)
    }

    package func run() throws {
        for _ in 0..<plan.lives { try live() }
        _ = try start()
    }

    /// Restarts on what the crash left, and judges it. Power may fail during the start too.
    private func start() throws -> SimulatedProcess {
        for _ in 0..<2 where world.generator.oneIn(3) {
            let changes = Int.random(in: 0..<12, using: &world.generator)
            machine.disk.setFaults { $0.dieAfter = changes }
            do throws(StoreError) {
                _ = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
            } catch {
                guard "\(error)".contains("errno 5") else { throw BrokenLaw("the start failed: \(error)") }
            }
            machine.crash()
        }
        let process: SimulatedProcess
        do throws(StoreError) {
            process = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        } catch { throw BrokenLaw("the start failed: \(error)") }
        let survived = process.engine.recovery.lastSequence
        guard let history = lastHistory else { return process }
        let model = try world.judge(history, survived: survived, isDurable: isDurable)
        try StateAudit(process, against: model, of: world).run()
        return process
    }

    private func live() throws {
        let process = try start()
        let clients = (0..<plan.clients).map { _ in SimulatedClient(process.connect(plan.connection)) }
        let steps = Int.random(in: 1...plan.stepsPerLife, using: &world.generator)
        if world.generator.oneIn(3) {
            let changes = Int.random(in: 0..<100, using: &world.generator)
            machine.disk.setFaults { $0.dieAfter = changes }
        }
        try drive(clients, steps: steps)
        if world.generator.oneIn(3) { try finish(clients) }
        snapshotCount += process.engine.snapshotter.currentStatus.sequence > 0 ? 1 : 0
        lastHistory = try DecisionHistory(reading: CommerceWorld.folder, on: machine.disk)
        machine.crash()
        for client in clients { client.connection.discard() }
        if plan.damagesSnapshots, world.generator.oneIn(3) { damageNewestSnapshot() }
    }

    /// Rot in the newest snapshot: the start falls back to the one before it, or to the journal alone.
    private func damageNewestSnapshot() {
        let files = machine.disk.snapshotImage().files
        let prefix = CommerceWorld.folder + "/"
        let newest = files.keys.filter { FileName.snapshotSequence(String($0.dropFirst(prefix.count))) != nil }.max()
        guard let newest, var bytes = files[newest], !bytes.isEmpty else { return }
        bytes[Int.random(in: 0..<bytes.count, using: &world.generator)] ^=
            1 << UInt8.random(in: 0..<8, using: &world.generator)
        machine.disk.replace(newest, with: bytes)
        damageCount += 1
    }

    /// Lets clients and lanes act in random turns.
    private func drive(_ clients: [SimulatedClient], steps: Int) throws {
        for _ in 0..<steps {
            if world.generator.oneIn(50) { machine.scheduler.advance(microseconds: 400_000) }
            guard world.generator.oneIn(3), let client = clients.randomElement(using: &world.generator) else {
                machine.scheduler.step()
                continue
            }
            if client.outstandingCount < 12 { ask(client) }
            client.send(&world.generator)
            if !world.generator.oneIn(3) { try hear(client) }
        }
    }

    private func ask(_ client: SimulatedClient) {
        if plan.takesSnapshots, world.generator.oneIn(25) {
            return client.ask(SimulatedRequest(.other(replyPrefix: ""), line: "SNAPSHOT"))
        }
        world.ask(client)
    }

    private func hear(_ client: SimulatedClient) throws {
        for reply in try client.receive(&world.generator) { try world.hear(reply) }
    }

    /// Nothing more is asked: everything asked is answered.
    private func finish(_ clients: [SimulatedClient]) throws {
        for _ in 0..<50_000 {
            if clients.allSatisfy(\.isIdle) { return }
            for client in clients {
                client.send(&world.generator)
                try hear(client)
            }
            machine.scheduler.step()
        }
        throw BrokenLaw("\(clients.map(\.outstandingCount)) requests were never answered")
    }
}
