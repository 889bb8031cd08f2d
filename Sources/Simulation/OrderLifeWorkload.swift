import Bytes
import Engine
import Store

/// Facts about orders come in any order, twice, before and after their orders, while power is lost.
///
/// Law: what was acknowledged is known after a restart, and when everything has been told at last, every order's life is
/// the same, byte for byte, as on a quiet server that was told everything once.
package final class OrderLifeWorkload {
    private let plan: IngestPlan
    private let machine: SimulatedMachine
    private let world: CommerceWorld
    /// Every line that is ever sent.
    private let lines: [String]
    private var acknowledged: Set<String> = []
    private static let orders = 4

    package init(seed: UInt64) {
        plan = IngestPlan(seed: seed)
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        world = CommerceWorld(seed: seed)
        var generator = SeededGenerator(seed: seed &+ 815)
        lines = Self.orderLines + (0..<30).map { _ in Self.fact(&generator) }
    }

    package func run() throws {
        for _ in 0..<3 { try live() }
        let process = try start()
        try tellAll(process, lines.shuffled(using: &world.generator))
        let lives = try Self.lives(process, world)
        let quiet = SimulatedMachine(seed: 1, layout: .single)
        let reference = try SimulatedProcess(quiet, plan.configuration, limits: plan.limits)
        let quietWorld = CommerceWorld(seed: 1)
        _ = try reference.converse(lines, quietWorld)
        let expected = try Self.lives(reference, quietWorld)
        for (life, wanted) in zip(lives, expected) where life != wanted {
            throw BrokenLaw("told in disorder: \(life)\ntold in order:    \(wanted)")
        }
    }

    /// One life of the server, which ends when power is lost.
    private func live() throws {
        let process = try start()
        try checkAcknowledged(process)
        if world.generator.oneIn(2) {
            let changes = Int.random(in: 0..<60, using: &world.generator)
            machine.disk.setFaults { $0.dieAfter = changes }
        }
        let client = SimulatedClient(process.connect(plan.connection))
        for line in (lines + lines).shuffled(using: &world.generator).prefix(30) {
            client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line))
            if world.generator.oneIn(12) {
                client.ask(SimulatedRequest(.other(replyPrefix: ""), line: "SNAPSHOT"))
            }
        }
        for _ in 0..<Int.random(in: 1...1_500, using: &world.generator) {
            client.send(&world.generator)
            machine.scheduler.step()
            for reply in try client.receive(&world.generator) where reply.isOK {
                acknowledged.insert(reply.request.line)
            }
        }
        machine.crash()
        client.connection.discard()
    }

    private func start() throws -> SimulatedProcess {
        do throws(StoreError) { return try SimulatedProcess(machine, plan.configuration, limits: plan.limits) } catch {
            throw BrokenLaw("the start failed: \(error)")
        }
    }

    /// What was acknowledged changes nothing when it is told again, unless acknowledgements do not wait for the disk.
    private func checkAcknowledged(_ process: SimulatedProcess) throws {
        guard plan.configuration.durability == .always else { return }
        let told = acknowledged.filter { !$0.hasPrefix("SNAPSHOT") }.sorted()
        for reply in try process.converse(told, world) {
            let json = try reply.json()
            guard json["duplicate"]?.bool == true || json["stale"]?.bool == true else {
                throw BrokenLaw("\(reply.request.line) was acknowledged, and now answers \(reply.line)")
            }
        }
    }

    private func tellAll(_ process: SimulatedProcess, _ lines: [String]) throws {
        for reply in try process.converse(lines + lines.reversed(), world) where !reply.isOK {
            throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
        }
    }

    private static func lives(_ process: SimulatedProcess, _ world: CommerceWorld) throws -> [String] {
        let names = (0..<orders).flatMap { ["ORDER.LIFE web:\($0)", "ORDER.GET web:\($0)"] }
        return try process.converse(names, world).map(\.line)
    }

    // MARK: What is told

    private static let orderLines = (0..<orders).map { number in
        """
        ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"50.00",\
        "customer":{"ref":"b\(number)"},"lines":[{"sku":"A","quantity":3,"unitPrice":"10.00"},\
        {"sku":"B","quantity":2,"unitPrice":"10.00"}]}
        """
    }

    /// Few names and few moments, so that tellings meet in both.
    private static func fact(_ generator: inout SeededGenerator) -> String {
        let order = "order=web:\(Int.random(in: 0..<orders, using: &generator))"
        let id = Int.random(in: 0..<2, using: &generator)
        let day = "2026-02-0\(Int.random(in: 1...4, using: &generator))T00:00:00Z"
        let sku = generator.oneIn(2) ? "A" : "B"
        let quantity = Int.random(in: 1...3, using: &generator)
        let articles = #""lines":[{"sku":"\#(sku)","quantity":\#(quantity)}]"#
        let name = #""id":"\#(id)","updatedAt":"\#(day)""#
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return #"ORDER.SHIP \#(order) {\#(name),"trackingCode":"3S\#(quantity)",\#(articles)}"#
        case 1: return #"ORDER.DELAY \#(order) {\#(name),"until":"2026-03-0\#(quantity)"}"#
        case 2: return #"ORDER.RETURN \#(order) {\#(name),\#(articles)}"#
        case 3: return #"RETURN.RECEIVE \#(order) {\#(name),"return":"\#(id)","warehouse":"W\#(quantity)"}"#
        case 4: return #"ORDER.CANCEL \#(order) {\#(name),\#(articles)}"#
        case 5: return #"ORDER.REFUND \#(order) {\#(name),"amount":"\#(quantity)","return":"\#(id)"}"#
        case 6: return #"PAYMENT.RECORD \#(order) {"amount":"\#(quantity)"}"#
        default: return #"BOOKING.UPDATE \#(order) {\#(name),"part":"P\#(id)","status":"s\#(quantity)"}"#
        }
    }
}
