import Bytes
import Commerce
import Engine
import Server
import Store

/// Several clients queue, take and report messages; power fails at a random step, several times over.
///
/// Law: an identifier always names the same message; no attempt is given to two workers, and none begins before the lease
/// of the one before has ended; whatever was acknowledged is there after every crash; and the state of a message is what
/// its history says.
package final class MessageWorkload {
    private let plan: IngestPlan
    private let machine: SimulatedMachine
    private var generator: SeededGenerator
    /// Messages by identifier, as replies named them.
    private var numbers: [String: String] = [:]
    /// `message#attempt`, as workers got them.
    private var taken: Set<String> = []
    /// What was acknowledged last of each message that got further than `failed`.
    private var furthest: [String: MessageState] = [:]
    /// How often it came to that, so that a test knows that it tests something.
    package private(set) var takenCount = 0
    package private(set) var reportedCount = 0

    private static let leaseSeconds = 1
    private static let setup = [
        #"ORDER.PUT {"channel":"web","number":"1","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1.00","#
            + #""customer":{"email":"anna@vanderlinden.nl"}}"#,
        "SHOP.SENDER address=shop@theehuis.nl language=nl",
        #"TEMPLATE.PUT {"event":"order.delayed","language":"nl","subject":"s","body":"{{delay.newDate}}"}"#,
    ]

    package init(seed: UInt64) {
        var plan = IngestPlan.withSnapshots(seed: seed)
        plan.configuration.durability = .always
        self.plan = plan
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        generator = SeededGenerator(seed: seed ^ 0x4D45_5353)
    }

    package func run() throws {
        for _ in 0..<plan.lives { try live() }
        try judge(try start())
    }

    private func start() throws -> SimulatedProcess {
        do throws(StoreError) {
            return try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        } catch { throw BrokenLaw("the start failed: \(error)") }
    }

    private func live() throws {
        let process = try start()
        try judge(process)
        _ = try converse(process, Self.setup)
        let clients = (0..<plan.clients).map { _ in SimulatedClient(process.connect(plan.connection)) }
        for _ in 0..<Int.random(in: 1...plan.stepsPerLife * 2, using: &generator) {
            if generator.oneIn(40) { machine.scheduler.advance(microseconds: 400_000) }
            guard generator.oneIn(3), let number = clients.indices.randomElement(using: &generator) else {
                machine.scheduler.step()
                continue
            }
            let client = clients[number]
            if client.outstandingCount < 8 { ask(client, worker: number) }
            client.send(&generator)
            for reply in try client.receive(&generator) { try hear(reply) }
        }
        machine.crash()
        for client in clients { client.connection.discard() }
    }

    // MARK: Asking and hearing

    private func ask(_ client: SimulatedClient, worker: Int) {
        client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line(worker)))
    }

    private func line(_ worker: Int) -> String {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...3:
            let identifier = "m\(Int.random(in: 0..<40, using: &generator))"
            return #"MESSAGE.QUEUE event=order.delayed order=web:1 id=\#(identifier) {"delay.newDate":"x"}"#
        case 4, 5: return "OUTBOX.TAKE worker=w\(worker) limit=2 lease=\(Self.leaseSeconds)"
        case 6 where generator.oneIn(4): return "SNAPSHOT"
        case 6: return "OUTBOX.LIST"
        default:
            guard let attempt = taken.sorted().randomElement(using: &generator) else { return "PING" }
            let parts = attempt.split(separator: "#")
            let state = MessageState.reportable.randomElement(using: &generator) ?? .sent
            return "OUTBOX.DONE \(parts[0]) attempt=\(parts[1]) state=\(state.word)"
        }
    }

    private func hear(_ reply: SimulatedReply) throws {
        guard reply.isOK else { return }
        let line = reply.request.line
        if line.hasPrefix("MESSAGE.QUEUE") {
            let json = try reply.json()
            guard let identifier = json["id"]?.string, let message = json["message"]?.string else {
                throw BrokenLaw("no message in \(reply.line)")
            }
            if let known = numbers[identifier], known != message {
                throw BrokenLaw("\(identifier) was \(known) and is \(message)")
            }
            numbers[identifier] = message
        } else if line.hasPrefix("OUTBOX.TAKE") {
            for row in reply.rows { try hear(taken: row) }
        } else if line.hasPrefix("OUTBOX.DONE") {
            let words = line.split(separator: " ").map(String.init)
            reportedCount += 1
            guard let word = words.last?.split(separator: "=").last, let state = MessageState(reported: String(word)),
                state != .failed
            else { return }
            furthest[words[1]] = max(furthest[words[1]] ?? state, state)
        }
    }

    private func hear(taken row: String) throws {
        let json = try JSONValue(parsing: Array(row.utf8).span)
        guard let message = json["message"]?.string, let attempt = json["attempt"]?.exactText else {
            throw BrokenLaw("no attempt in \(row)")
        }
        takenCount += 1
        guard taken.insert("\(message)#\(attempt)").inserted else {
            throw BrokenLaw("attempt \(attempt) of \(message) was given out twice")
        }
    }

    // MARK: Judging

    /// Asks a new connection and waits for all answers.
    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        let client = SimulatedClient(process.connect(plan.connection))
        for line in lines { client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line)) }
        var replies: [SimulatedReply] = []
        for _ in 0..<200_000 {
            client.send(&generator)
            replies += try client.receive(&generator)
            if client.isIdle { return replies }
            machine.scheduler.step()
        }
        throw BrokenLaw("\(client.outstandingCount) questions were never answered")
    }

    private func judge(_ process: SimulatedProcess) throws {
        let messages = Set(numbers.values).union(taken.map { String($0.prefix { $0 != "#" }) }).union(furthest.keys)
        let sorted = messages.sorted()
        for (message, reply) in zip(sorted, try converse(process, sorted.map { "MESSAGE.SHOW \($0)" })) {
            guard reply.isOK else { throw BrokenLaw("\(message) is lost: \(reply.line)") }
            try judge(message, try reply.json())
        }
    }

    private func judge(_ message: String, _ shown: JSONValue) throws {
        guard let word = shown["state"]?.string, let steps = shown["history"]?.array, let id = shown["id"]?.string
        else {
            throw BrokenLaw("\(message) is half there")
        }
        if let known = numbers[id], known != message { throw BrokenLaw("\(id) is \(known) and \(message)") }
        var leases: [(attempt: Int, at: Int64)] = []
        var failures: Set<Int> = []
        var reported: MessageState?
        for step in steps {
            guard let word = step["state"]?.string, let text = step["at"]?.string,
                let at = Timestamp(rfc3339: Array(text.utf8).span)?.milliseconds
            else { throw BrokenLaw("\(message) has a step without state or time") }
            let attempt = step["attempt"]?.exactText.flatMap { Int($0) } ?? 0
            switch MessageState(reported: word) {
            case .failed: failures.insert(attempt)
            case let state?: reported = max(reported ?? state, state)
            case nil: if word == "leased" { leases.append((attempt, at)) }
            }
        }
        for (one, next) in zip(leases, leases.dropFirst()) {
            let isFree = next.at - one.at >= Int64(Self.leaseSeconds) * 1_000 || failures.contains(one.attempt)
            guard next.attempt == one.attempt + 1, isFree else {
                throw BrokenLaw("attempt \(next.attempt) of \(message) began while another worker had it")
            }
        }
        if let acknowledged = furthest[message], acknowledged > reported ?? .queued {
            throw BrokenLaw("\(message) was acknowledged as \(acknowledged) and is \(word)")
        }
        guard reported == nil || reported?.word == word,
            reported != nil || !["sent", "delivered", "bounced"].contains(word)
        else { throw BrokenLaw("\(message) is \(word), its history says \(String(describing: reported))") }
        for attempt in taken where attempt.hasPrefix("\(message)#") {
            guard leases.contains(where: { "\(message)#\($0.attempt)" == attempt }) else {
                throw BrokenLaw("\(attempt) was given to a worker and is lost")
            }
        }
    }
}
