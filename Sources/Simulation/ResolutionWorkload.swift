import Bytes
import Commerce
import Engine
import Server
import Store

/// Orders of few people under many guises, weighed behind the replies, and people who decide; power fails in the midst.
///
/// Law: once everything has been sent and weighed, the customers are those of a world that never crashed; nothing would be
/// divided otherwise; and what a person was told is decided holds.
package final class ResolutionWorkload {
    /// A decision that was acknowledged, about two customers by their numbers at the time.
    private struct Decision {
        let areOne: Bool
        let one: String
        let two: String
    }

    private let plan: IngestPlan
    private let machine: SimulatedMachine
    /// Lends `converse` its chance; its buyers order nothing.
    private let world: CommerceWorld
    private var generator: SeededGenerator
    private let orders: [String]
    private let decides: Bool
    private var sent = 0
    /// Customers that orders were acknowledged with, and that nobody has decided about.
    private var undecided: [String] = []
    private var decisions: [Decision] = []
    /// Decisions under way, in the order of asking.
    private var asked: [Decision] = []

    /// How often it came to that, so that a test knows that it tests something.
    package private(set) var decisionCount = 0
    package private(set) var customerCount = 0
    package private(set) var profileCount = 0

    /// - Parameter decides: whether people decide, too; otherwise the customers are compared with another world's.
    package init(seed: UInt64, decides: Bool) {
        var plan = IngestPlan.withSnapshots(seed: seed)
        plan.configuration.matchMode = .evidence
        plan.configuration.durability = .always
        self.plan = plan
        self.decides = decides
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        world = CommerceWorld(seed: seed)
        generator = SeededGenerator(seed: seed &+ 99)
        orders = Self.orders(&generator)
    }

    package func run() throws {
        for _ in 0..<plan.lives { try live() }
        let process = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        try judgeDecisions(process)
        // Whatever a crash has swallowed comes again; the rest is known.
        let customers = try settledCustomers(process, orders)
        try judgeDecisions(process)
        customerCount = customers.count
        profileCount = customers.reduce(0) { $0 + $1.count }
        if decides { return }
        let calm = SimulatedMachine(seed: plan.seed &+ 1, layout: plan.layout)
        let other = try SimulatedProcess(calm, plan.configuration, limits: plan.limits)
        let expected = try settledCustomers(other, orders.shuffled(using: &generator))
        guard customers == expected else {
            throw BrokenLaw(
                "after crashes \(Set(customers).subtracting(expected)), without \(Set(expected).subtracting(customers))"
            )
        }
    }

    // MARK: Lives

    private func live() throws {
        let process = try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        try judgeDecisions(process)
        let client = SimulatedClient(process.connect(plan.connection))
        for _ in 0..<Int.random(in: 50...plan.stepsPerLife + 50, using: &generator) {
            if generator.oneIn(60) { machine.scheduler.advance(microseconds: 400_000) }
            guard generator.oneIn(3) else {
                machine.scheduler.step()
                continue
            }
            if client.outstandingCount < 6 { ask(client) }
            client.send(&generator)
            for reply in try client.receive(&generator) { try hear(reply) }
        }
        machine.crash()
        client.connection.discard()
        asked = []
    }

    private func ask(_ client: SimulatedClient) {
        if generator.oneIn(30) { return ask(client, "SNAPSHOT") }
        if decides, undecided.count > 1, generator.oneIn(4) {
            let one = undecided.remove(at: Int.random(in: undecided.indices, using: &generator))
            let two = undecided.remove(at: Int.random(in: undecided.indices, using: &generator))
            let areOne = generator.oneIn(2)
            asked.append(Decision(areOne: areOne, one: one, two: two))
            return ask(client, "CUSTOMER.\(areOne ? "BIND" : "EXCLUDE") \(one) \(two)")
        }
        // Now and then one that is known already.
        let isAgain = sent > 0 && (sent == orders.count || generator.oneIn(6))
        let number = isAgain ? Int.random(in: 0..<sent, using: &generator) : sent
        if !isAgain { sent += 1 }
        ask(client, orders[number])
    }

    private func ask(_ client: SimulatedClient, _ line: String) {
        client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line))
    }

    private func hear(_ reply: SimulatedReply) throws {
        let line = reply.request.line
        if line.hasPrefix("CUSTOMER.") {
            let decision = asked.removeFirst()
            // Refused where an earlier decision stands in the way.
            guard reply.isOK else { return }
            decisions.append(decision)
            decisionCount += 1
        } else if line.hasPrefix("ORDER.PUT") {
            guard reply.isOK, let customer = try reply.json()["customer"]?.string else {
                throw BrokenLaw("\(line) was answered by \(reply.line)")
            }
            if !undecided.contains(customer), !decisions.contains(where: { $0.one == customer || $0.two == customer }),
                !asked.contains(where: { $0.one == customer || $0.two == customer })
            {
                undecided.append(customer)
            }
        }
    }

    // MARK: Judging

    /// What was acknowledged is still so. One question about both: between two of them weighing may go on.
    private func judgeDecisions(_ process: SimulatedProcess) throws {
        guard !decisions.isEmpty else { return }
        let replies = try process.converse(decisions.map { "CUSTOMER.WHY \($0.one) \($0.two)" }, world)
        for (decision, reply) in zip(decisions, replies) {
            guard try reply.json()["same"]?.bool == decision.areOne else {
                throw BrokenLaw("\(decision) was acknowledged, but the answer is \(reply.line)")
            }
        }
    }

    /// The customers by the names of their profiles, once these orders are there and everything is weighed.
    private func settledCustomers(_ process: SimulatedProcess, _ lines: [String]) throws -> [[String]] {
        let replies = try process.converse(
            lines + ["IDENTITY.SETTLE", "IDENTITY.CHECK", "IDENTITY.EXPORT"], world)
        for reply in replies where !reply.isOK {
            throw BrokenLaw("\(reply.request.line) was answered by \(reply.line)")
        }
        guard replies[lines.count + 1].line.contains("\"differences\":0") else {
            throw BrokenLaw("who is who does not follow from the data: \(replies[lines.count + 1])")
        }
        return try replies[lines.count + 2].rows.map { row in
            let json = try JSONValue(parsing: Array(row.utf8).span)
            return (json["profiles"]?.array ?? []).compactMap(\.string).sorted()
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    // MARK: People

    /// Each order number occurs once, so that a second delivery is one.
    private static func orders(_ generator: inout SeededGenerator) -> [String] {
        let names = [
            ("Anna", "Bakker"), ("Piet", "Jansen"), ("Anna", "Jansen"), ("Hans", "Vermeulen"), ("Johanna", "Bakker"),
        ]
        return (0..<Int.random(in: 20...70, using: &generator)).map { number in
            let person = Int.random(in: 0..<12, using: &generator)
            let (first, last) = names[person % names.count]
            var members = ["\"firstName\":\"\(generator.oneIn(5) ? "\(first.prefix(1))." : first)\""]
            members.append("\"lastName\":\"\(generator.oneIn(6) ? last + "s" : last)\"")
            if generator.oneIn(2) { members.append("\"email\":\"klant\(person)@kaasboerderij.nl\"") }
            // Two of a house share a telephone.
            if generator.oneIn(2) { members.append("\"phone\":\"+3161234567\(person / 2)\"") }
            if person < 4, generator.oneIn(2) { members.append("\"birthDate\":\"19\(50 + person * 9)-10-1\(person)\"") }
            let channel = ["shopify", "bol", "till"].randomElement(using: &generator) ?? "till"
            if channel == "shopify", person % 3 > 0 { members.append("\"ref\":\"r-\(person)\"") }
            let billing =
                generator.oneIn(3)
                ? "{\"country\":\"NL\"}"
                : "{\"street\":\"Dorpsstraat\",\"houseNumber\":\"\(person / 2 + 1)\",\"postalCode\":\"1234 AB\",\"city\":\"Hoorn\",\"country\":\"NL\"}"
            return
                "ORDER.PUT {\"channel\":\"\(channel)\",\"number\":\"\(number)\",\"placedAt\":\"2026-01-01T00:00:00Z\",\"currency\":\"EUR\",\"total\":\"1\",\"customer\":{\(members.joined(separator: ","))},\"billing\":\(billing)}"
        }
    }
}
