import Engine
import Server
import Store

/// The disk is full for a while, or one of its syncs fails.
///
/// Law: while nothing can be written, writes are refused by READONLY and whoever was settled before is still shown;
/// with room again, writing goes on by itself; after a failed sync nothing is acknowledged any more until a restart;
/// and nothing that was acknowledged is ever lost.
package final class TroubleWorkload {
    package enum Trouble: Sendable { case fullDisk, failedSync }

    private let plan: IngestPlan
    private let trouble: Trouble
    private let machine: SimulatedMachine
    private let world: CommerceWorld
    private var generator: SeededGenerator

    package init(_ trouble: Trouble, seed: UInt64) {
        var plan = IngestPlan(seed: seed)
        plan.configuration.durability = .always
        self.plan = plan
        self.trouble = trouble
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        world = CommerceWorld(seed: seed)
        generator = SeededGenerator(seed: seed &+ 77)
    }

    package func run() throws {
        let process = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        let clients = (0..<plan.clients).map { _ in SimulatedClient(process.connect(plan.connection)) }
        try settle(process)
        try drive(clients, steps: 300, until: { false })
        switch trouble {
        case .fullDisk: try fillDisk(process, clients)
        case .failedSync: try failSync(process, clients)
        }
        let history = try DecisionHistory(reading: CommerceWorld.folder, on: machine.disk)
        machine.crash()
        for client in clients { client.connection.discard() }
        let next = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        let survived = next.engine.recovery.lastSequence
        let model = try world.judge(history, survived: survived, isDurable: true)
        try StateAudit(next, against: model, of: world).run()
        try expectWritable(next, "after the restart")
    }

    // MARK: The troubles

    private func fillDisk(_ process: SimulatedProcess, _ clients: [SimulatedClient]) throws {
        let used = machine.disk.snapshotImage().files.values.reduce(0) { $0 + $1.count }
        let room = Int.random(in: 0...600, using: &generator)
        machine.disk.setFaults { $0.capacity = used + room }
        try drive(clients, steps: 20_000) { process.engine.status.failure != nil }
        try expectReadOnly(process)
        try drive(clients, steps: 200, until: { false })
        machine.disk.setFaults { $0.capacity = nil }
        machine.scheduler.advance(microseconds: 1_100_000)
        try finish(clients)
        machine.scheduler.drain()
        guard process.engine.status.failure == nil else { throw BrokenLaw("there is room, but nothing is written") }
        try expectWritable(process, "with room again")
    }

    private func failSync(_ process: SimulatedProcess, _ clients: [SimulatedClient]) throws {
        let syncs = Int.random(in: 0...6, using: &generator)
        machine.disk.setFaults { $0.failSyncAfter = syncs }
        try drive(clients, steps: 20_000) { process.engine.status.failure != nil }
        let released = process.releasedSequence
        try expectReadOnly(process)
        try drive(clients, steps: 300, until: { false })
        try finish(clients)
        machine.scheduler.advance(microseconds: 3_000_000)
        machine.scheduler.drain()
        guard process.releasedSequence == released, world.highestAcknowledged <= released else {
            throw BrokenLaw("event \(world.highestAcknowledged) was acknowledged after the sync of \(released) failed")
        }
        try expectReadOnly(process)
        let reply = try process.converse(["SNAPSHOT"], world)[0]
        guard reply.line.hasPrefix("ERR ") else { throw BrokenLaw("a snapshot after a failed sync: \(reply.line)") }
    }

    // MARK: Expectations

    /// Orders of a shop that nobody writes to afterwards.
    private func settle(_ process: SimulatedProcess) throws {
        let client = SimulatedClient(process.connect())
        world.bind(client, to: CommerceWorld.settledShop)
        for _ in 0..<3 { world.putSettled(client) }
        try finish([client])
    }

    private func expectReadOnly(_ process: SimulatedProcess) throws {
        guard process.engine.status.failure != nil else { throw BrokenLaw("the trouble went unnoticed") }
        // The directory hears of it a hop later; whatever comes before that is refused when its group fails.
        let replies = try process.converse(
            ["SHOP \(CommerceWorld.settledShop)", "CUSTOMER.360 C1", "CUSTOMER.FIND", "SHOP elsewhere", Self.order],
            world)
        guard replies[1].isOK, replies[2].isOK else {
            throw BrokenLaw("somebody settled is not shown while nothing can be written: \(replies[1].line)")
        }
        guard replies[4].line.hasPrefix("ERR READONLY") else {
            throw BrokenLaw("a write while nothing can be written: \(replies[4].line)")
        }
    }

    private func expectWritable(_ process: SimulatedProcess, _ when: String) throws {
        let reply = try process.converse(["SHOP \(CommerceWorld.settledShop)", "CUSTOMER.360 C1", "PING"], world)[1]
        guard reply.isOK else { throw BrokenLaw("C1 is not shown \(when): \(reply.line)") }
        let client = SimulatedClient(process.connect())
        let before = world.acknowledgedCount
        world.bind(client, to: CommerceWorld.settledShop)
        world.putSettled(client)
        try finish([client])
        guard world.acknowledgedCount == before + 1 else { throw BrokenLaw("no write is taken \(when)") }
    }

    /// Refused before it is decided, so that the model need not know it.
    private static let order =
        "ORDER.PUT {\"channel\":\"till\",\"number\":\"X\",\"placedAt\":\"2026-01-01T00:00:00Z\",\"currency\":\"EUR\",\"total\":\"1\"}"

    // MARK: Acting

    private func drive(_ clients: [SimulatedClient], steps: Int, until condition: () -> Bool) throws {
        for _ in 0..<steps {
            if condition() { return }
            guard world.generator.oneIn(3), let client = clients.randomElement(using: &world.generator) else {
                machine.scheduler.step()
                continue
            }
            if client.outstandingCount < 12 { world.ask(client) }
            client.send(&world.generator)
            for reply in try client.receive(&world.generator) { try world.hear(reply) }
        }
    }

    private func finish(_ clients: [SimulatedClient]) throws {
        for _ in 0..<50_000 {
            if clients.allSatisfy(\.isIdle) { return }
            for client in clients {
                client.send(&world.generator)
                for reply in try client.receive(&world.generator) { try world.hear(reply) }
            }
            machine.scheduler.step()
        }
        throw BrokenLaw("\(clients.map(\.outstandingCount)) requests were never answered")
    }
}
