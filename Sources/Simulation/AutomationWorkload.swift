import Bytes
import Commerce
import Engine
import Server
import Store

/// Updates of orders come shuffled and doubled, some before their order, while rules write to the customers; power fails at
/// random steps, several times over. What was not acknowledged is sent again.
///
/// Law: there is exactly one message for each change that a naive reader of the same updates finds, and none beside them;
/// and every message says what its change says. Vouchers come in between, issued twice under one id: for each of them a rule
/// sends the documents under a label, once.
package final class AutomationWorkload {
    private let plan: IngestPlan
    private let machine: SimulatedMachine
    private var generator: SeededGenerator
    /// What is sent, in its order.
    private let lines: [String]
    private let expected: [String]
    private var acknowledged = 0
    /// How many messages there were in the end, so that a test knows that it tests something.
    package private(set) var messageCount = 0

    private static let setup = [
        "SHOP.SENDER address=shop@theehuis.nl language=nl",
        #"TEMPLATE.PUT {"event":"order.delayed","language":"nl","subject":"s","body":"D {{delay.newDate}}"}"#,
        #"TEMPLATE.PUT {"event":"order.shipped","language":"nl","subject":"s","body":"S {{shipment.trackingCode}}"}"#,
        #"TEMPLATE.PUT {"event":"order.confirmed","language":"nl","subject":"s","body":"C"}"#,
        "SHOP.AUTOMATE event=order.delayed on=yes days=3650", "SHOP.AUTOMATE event=order.shipped on=yes",
        "SHOP.AUTOMATE event=order.confirmed on=yes",
        #"TEMPLATE.PUT {"event":"documents.sent","language":"nl","subject":"s","body":"V {{documents.names}}"}"#,
        #"ORDER.PUT {"channel":"web","number":"0","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","total":"1.00","#
            + #""customer":{"email":"zoe@vanderlinden.nl"}}"#,
        #"DOCUMENT.PUT {"kind":"report","number":"G-1","order":"web:0","issuedAt":"2026-01-01T00:00:00Z"}"#,
        "DOCUMENT.LABEL label=guide documents=G-1",
        #"RULE.PUT name=guide {"on":["voucher.issued"],"do":[{"send":{"label":"guide"}}]}"#,
        "RULE.ON guide force=yes",
    ]

    private static let vouchers = (1...6).map { "VOUCHER.ISSUE amount=1 currency=EUR customer=C1 id=v\($0)" }

    package init(seed: UInt64) {
        var plan = IngestPlan.withSnapshots(seed: seed)
        plan.configuration.durability = .always
        self.plan = plan
        machine = SimulatedMachine(seed: seed, layout: plan.layout)
        generator = SeededGenerator(seed: seed ^ 0x4155_544F)
        let updates = NaiveUpdates(&generator)
        var lines = updates.sent.map(\.line)
        for voucher in Self.vouchers + Self.vouchers {
            lines.insert(voucher, at: Int.random(in: 0...lines.count, using: &generator))
        }
        self.lines = lines
        expected = (updates.messages + ["web:0 C"] + Self.vouchers.map { _ in " V G-1" }).sorted()
    }

    package func run() throws {
        for _ in 0..<plan.lives where acknowledged < lines.count { try live(isLast: false) }
        try live(isLast: true)
        try judge(try start())
    }

    private func start() throws -> SimulatedProcess {
        do throws(StoreError) {
            return try SimulatedProcess(machine, plan.configuration, limits: plan.limits)
        } catch { throw BrokenLaw("the start failed: \(error)") }
    }

    private func live(isLast: Bool) throws {
        let process = try start()
        for reply in try converse(process, Self.setup) where !reply.isOK {
            throw BrokenLaw("\(reply.request.line) is refused: \(reply.line)")
        }
        let client = SimulatedClient(process.connect(plan.connection))
        var sent = acknowledged
        var steps = isLast ? Int.max : Int.random(in: 1...plan.stepsPerLife, using: &generator)
        while steps > 0, acknowledged < lines.count {
            steps -= 1
            guard generator.oneIn(3) else {
                machine.scheduler.step()
                continue
            }
            if client.outstandingCount < 8, sent < lines.count {
                let isSnapshot = generator.oneIn(60)
                client.ask(SimulatedRequest(.other(replyPrefix: ""), line: isSnapshot ? "SNAPSHOT" : lines[sent]))
                if !isSnapshot { sent += 1 }
            }
            client.send(&generator)
            for reply in try client.receive(&generator) where reply.request.line != "SNAPSHOT" {
                guard reply.isOK else { throw BrokenLaw("\(reply.request.line) is refused: \(reply.line)") }
                acknowledged += 1
            }
        }
        machine.crash()
        client.connection.discard()
    }

    // MARK: Judging

    /// Asks a new connection and waits for all answers.
    private func converse(_ process: SimulatedProcess, _ lines: [String]) throws -> [SimulatedReply] {
        let client = SimulatedClient(process.connect(plan.connection))
        for line in lines { client.ask(SimulatedRequest(.other(replyPrefix: ""), line: line)) }
        var replies: [SimulatedReply] = []
        for _ in 0..<400_000 {
            client.send(&generator)
            replies += try client.receive(&generator)
            if client.isIdle { return replies }
            machine.scheduler.step()
        }
        throw BrokenLaw("\(client.outstandingCount) questions were never answered")
    }

    private func judge(_ process: SimulatedProcess) throws {
        let listed = try converse(process, ["OUTBOX.LIST limit=1000"])[0]
        messageCount = listed.rows.count
        let numbers = try listed.rows.map { row in
            try JSONValue(parsing: Array(row.utf8).span)["message"]?.string ?? ""
        }
        var found: [String] = []
        for reply in try converse(process, numbers.map { "MESSAGE.SHOW \($0)" }) {
            let message = try reply.json()
            found.append("\(message["order"]?.string ?? "") \(message["body"]?.string ?? "")")
        }
        found.sort()
        guard found != expected else { return }
        let lost = expected.filter { line in found.count { $0 == line } < expected.count { $0 == line } }
        let more = found.filter { line in found.count { $0 == line } > expected.count { $0 == line } }
        throw BrokenLaw("messages differ from what a naive reader makes; lost: \(Set(lost)), too many: \(Set(more))")
    }
}

/// Updates as a careless sender tells them, and what anybody who reads them one by one would write to the customers.
private struct NaiveUpdates {
    struct Update {
        let line: String
        let order: String
        /// Nil: the order itself.
        let fact: String?
        let updatedAt: Int
        let text: String
    }

    private(set) var sent: [Update] = []
    private(set) var messages: [String] = []

    init(_ generator: inout SeededGenerator) {
        for number in 1...Int.random(in: 2...5, using: &generator) { tell(of: number, &generator) }
        sent.shuffle(using: &generator)
        for update in sent where generator.oneIn(3) {
            sent.insert(update, at: Int.random(in: 0...sent.count, using: &generator))
        }
        read()
    }

    private mutating func tell(of number: Int, _ generator: inout SeededGenerator) {
        let order = "web:\(number)"
        let line =
            #"ORDER.PUT {"channel":"web","number":"\#(number)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR","#
            + #""total":"1.00","customer":{"email":"anna\#(number)@vanderlinden.nl"}}"#
        sent.append(Update(line: line, order: order, fact: nil, updatedAt: 0, text: "C"))
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let id = "f\(Int.random(in: 1...2, using: &generator))"
            let at = Int.random(in: 1...9, using: &generator)
            let told = #""updatedAt":"2026-01-0\#(at)T00:00:00Z""#
            // The same moment always tells the same, as it is with senders that have a clock.
            let day = 10 + (at * 7 + number * 3) % 3
            if generator.oneIn(2) {
                let line = #"ORDER.DELAY order=\#(order) {"id":"\#(id)","until":"2026-02-\#(day)",\#(told)}"#
                sent.append(
                    Update(line: line, order: order, fact: "delay \(id)", updatedAt: at, text: "D 2026-02-\(day)"))
            } else {
                let line = #"ORDER.SHIP order=\#(order) {"id":"\#(id)","trackingCode":"3S\#(day)",\#(told)}"#
                sent.append(Update(line: line, order: order, fact: "ship \(id)", updatedAt: at, text: "S 3S\(day)"))
            }
        }
    }

    /// One by one: what is newer than what was known of the same thing is news if it says something else. What comes before
    /// its order is told of when the order has come.
    private mutating func read() {
        var orders: Set<String> = []
        var known: [String: (at: Int, text: String)] = [:]
        for update in sent {
            guard let fact = update.fact else {
                guard orders.insert(update.order).inserted else { continue }
                messages.append("\(update.order) C")
                for (name, told) in known where name.hasPrefix("\(update.order) ") {
                    messages.append("\(update.order) \(told.text)")
                }
                continue
            }
            let name = "\(update.order) \(fact)"
            if let before = known[name] {
                guard update.updatedAt > before.at else { continue }
                known[name] = (update.updatedAt, update.text)
                if before.text == update.text { continue }
            } else {
                known[name] = (update.updatedAt, update.text)
            }
            if orders.contains(update.order) { messages.append("\(update.order) \(update.text)") }
        }
    }
}
