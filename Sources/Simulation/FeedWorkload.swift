import Bytes
import Commerce
import Engine
import Server
import Store

/// Clients write, others follow the feed and ask about the past; power fails at a random step, several times over.
///
/// Law: what the feed has told of an event it always tells of it, after every crash too; who goes on with `next` has heard of
/// every event exactly once, in order; and the past answers what was answered then.
package final class FeedWorkload {
    private let plan: IngestPlan
    private let machine: SimulatedMachine
    private var generator: SeededGenerator
    /// Rows by sequence number, as anybody was told them.
    private var told: [UInt64: String] = [:]
    /// Where each follower goes on, and what it has heard before.
    private var positions: [UInt64] = []
    private var heard: [[UInt64]] = []
    /// Answers of CUSTOMER.360 by question and the last event that they show.
    private var dossiers: [String: [UInt64: String]] = [:]
    private var marks = 0
    /// How often it came to that, so that a test knows that it tests something.
    package private(set) var toldCount = 0
    package private(set) var pastCount = 0

    package init(seed: UInt64) {
        var plan = IngestPlan.withSnapshots(seed: seed)
        plan.configuration.durability = .always
        plan.configuration.history = .all
        plan.damagesSnapshots = false
        self.plan = plan
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        generator = SeededGenerator(seed: seed ^ 0x4645_4544)
        positions = Array(repeating: 1, count: plan.clients)
        heard = Array(repeating: [], count: plan.clients)
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
        let followers = positions.map { _ in SimulatedClient(process.connect(plan.connection)) }
        let writers = (0..<plan.clients).map { _ in SimulatedClient(process.connect(plan.connection)) }
        for _ in 0..<Int.random(in: 1...plan.stepsPerLife * 2, using: &generator) {
            if generator.oneIn(40) { machine.scheduler.advance(microseconds: 400_000) }
            guard generator.oneIn(3), let number = positions.indices.randomElement(using: &generator) else {
                machine.scheduler.step()
                continue
            }
            let isFollower = generator.oneIn(2)
            let client = (isFollower ? followers : writers)[number]
            if client.outstandingCount < (isFollower ? 1 : 6) {
                ask(client, isFollower ? followLine(number) : writeLine())
            }
            client.send(&generator)
            for reply in try client.receive(&generator) { try hear(reply, follower: isFollower ? number : nil) }
        }
        machine.crash()
        for client in followers + writers { client.connection.discard() }
    }

    // MARK: Asking

    private func ask(_ client: SimulatedClient, _ line: String) {
        client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line))
    }

    private func followLine(_ number: Int) -> String {
        let limit = generator.oneIn(2) ? " limit=\(Int.random(in: 1...9, using: &generator))" : ""
        let wait = generator.oneIn(3) ? " wait=1" : ""
        return "FEED from=\(positions[number])\(limit)\(wait)"
    }

    private func writeLine() -> String {
        let buyer = Int.random(in: 1...3, using: &generator)
        marks += 1
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...3:
            let number = Int.random(in: 1...30, using: &generator)
            return
                #"ORDER.PUT {"channel":"web","number":"\#(number)-\#(buyer)","placedAt":"2026-01-01T00:00:00Z","#
                + #""updatedAt":"2026-01-01T00:\#(10 + marks % 50):00Z","currency":"EUR","total":"\#(marks).00","#
                + #""customer":{"ref":"\#(buyer)"}}"#
        case 4, 5: return "NOTE.ADD C\(buyer) \"mark \(marks)\" actor=anna"
        case 6: return "CUSTOMER.MERGE C\(buyer) C\(Int.random(in: 1...3, using: &generator)) reason=x"
        case 7: return "CUSTOMER.SPLIT C\(buyer)"
        case 8 where generator.oneIn(4): return "SNAPSHOT"
        default: return "CUSTOMER.360 C\(buyer)"
        }
    }

    // MARK: Hearing

    private func hear(_ reply: SimulatedReply, follower: Int?) throws {
        let line = reply.request.line
        guard let follower else {
            // On lanes of their own shards answer a little later than the directory, and may show more than `seq` says.
            let isOneMoment = plan.layout == .single || plan.layout == .oneLane
            guard reply.isOK, isOneMoment, line.hasPrefix("CUSTOMER.360") else { return }
            guard let sequence = try reply.json()["seq"]?.exactText.flatMap({ UInt64($0) }) else { return }
            dossiers[line, default: [:]][sequence] = reply.line
            return
        }
        guard reply.isOK else {
            guard reply.line.hasPrefix("ERR NOTFOUND") else { throw BrokenLaw("\(line) was answered \(reply.line)") }
            return
        }
        for row in reply.rows {
            let sequence = try remember(row)
            guard sequence >= positions[follower], sequence > heard[follower].last ?? 0 else {
                throw BrokenLaw("\(line) told of \(sequence) again")
            }
            heard[follower].append(sequence)
        }
        guard let next = try reply.json()["next"]?.exactText.flatMap({ UInt64($0) }), next > heard[follower].last ?? 0
        else { throw BrokenLaw("\(line) does not say how to go on: \(reply.line)") }
        positions[follower] = next
    }

    private func remember(_ row: String) throws -> UInt64 {
        guard let sequence = try JSONValue(parsing: Array(row.utf8).span)["seq"]?.exactText.flatMap({ UInt64($0) })
        else {
            throw BrokenLaw("a row without a number: \(row)")
        }
        if let before = told[sequence], before != row { throw BrokenLaw("\(before) became \(row)") }
        told[sequence] = row
        toldCount += 1
        return sequence
    }

    // MARK: Judging

    private func judge(_ process: SimulatedProcess) throws {
        let whole = try converse(process, ["FEED from=1"])[0]
        let sequences = try whole.rows.map { try remember($0) }
        // Nobody was told of an event that a crash took back.
        guard told.keys.sorted() == sequences else { throw BrokenLaw("an event that was told is gone") }
        for (follower, position) in positions.enumerated() {
            guard heard[follower] == sequences.filter({ $0 < position }) else {
                throw BrokenLaw("follower \(follower) has not heard of everything before \(position)")
            }
        }
        for (line, answers) in dossiers.sorted(by: { $0.key < $1.key }) {
            for (sequence, answer) in answers.shuffled(using: &generator).prefix(4) {
                let past = try converse(process, ["\(line) at=\(sequence)"])[0].line
                guard let end = past.firstRange(of: #","at":{"seq":\#(sequence),"#)?.lowerBound,
                    past[..<end] + "}" == answer
                else { throw BrokenLaw("\(line) was\n\(answer)\nand is said to have been\n\(past)") }
                pastCount += 1
            }
        }
    }

    /// Asks a new connection and waits for all answers.
    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        let client = SimulatedClient(process.connect(plan.connection))
        for line in lines { ask(client, line) }
        var replies: [SimulatedReply] = []
        for _ in 0..<200_000 {
            client.send(&generator)
            replies += try client.receive(&generator)
            if client.isIdle { return replies }
            machine.scheduler.step()
        }
        throw BrokenLaw("\(client.outstandingCount) questions were never answered: \(lines)")
    }
}
