import Client
import Foundation
import Synchronization
import Testing

extension SystemTests {
    /// The plug pulled under full load, again and again, on one data folder.
    @Suite struct KillTests {
        static let rounds = 20
        static let writers = 4
        /// So many orders are acknowledged in a round before the plug is pulled, and up to twice as many.
        static let ordersPerRound = 300

        @Test func nothingAcknowledgedIsLost() throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("KillTests: seed \(seed)")
            var random = Seeded(seed)
            try Sandbox.with { sandbox in
                // Small enough for kills in the middle of new segments and snapshots.
                let options = ["--segment-bytes", "150000", "--snapshot-bytes", "400000"]
                let ledger = Ledger()
                for round in 0..<Self.rounds {
                    let server = try sandbox.start("data", options)
                    try ledger.check(server, sample: 100, random: &random)
                    let goal = ledger.count + Self.ordersPerRound + Int(random.next() % UInt64(Self.ordersPerRound))
                    let group = DispatchGroup()
                    for writer in 0..<Self.writers {
                        group.enter()
                        Thread.detachNewThread {
                            ledger.write(server.port, round: round, writer: writer)
                            group.leave()
                        }
                    }
                    #expect(ledger.wait(for: goal, seconds: 30), "round \(round): too few acknowledged")
                    try server.kill()
                    #expect(group.wait(timeout: .now() + 30) == .success)
                }
                let server = try sandbox.start("data", options)
                try ledger.check(server, sample: .max, random: &random)
                try ledger.checkAll(server)
                try server.stop()
                #expect(try runProgram("dossierd", ["verify", sandbox.path("data")]).ending == .exit(0))
            }
        }
    }
}

/// What the writers sent, and what of it was acknowledged.
private final class Ledger: Sendable {
    private struct State {
        var acknowledged: [String: String] = [:]
        var sent: [String: String] = [:]
        var goal: (count: Int, reached: DispatchSemaphore)?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.acknowledged.count } }

    func wait(for goal: Int, seconds: Int) -> Bool {
        let reached = DispatchSemaphore(value: 0)
        state.withLock {
            if $0.acknowledged.count >= goal { reached.signal() } else { $0.goal = (goal, reached) }
        }
        return reached.wait(timeout: .now() + .seconds(seconds)) == .success
    }

    /// Sends orders 32 deep until the connection breaks.
    func write(_ port: UInt16, round: Int, writer: Int) {
        var waiting: [String] = []
        do throws(ClientError) {
            let client = try Client(port: port)
            for index in 0... {
                let number = "\(round).\(writer).\(index)"
                let line = Self.order(number, buyer: (index * 7 + writer) % 150)
                state.withLock { $0.sent[number] = line }
                waiting.append(number)
                try client.send(line)
                guard waiting.count == 32 else { continue }
                for number in waiting.prefix(16) { acknowledge(number, try client.receive()) }
                waiting.removeFirst(16)
            }
        } catch {
            switch error {
            case .closed, .noServer: return
            default: Issue.record("writer \(writer): \(error)")
            }
        }
    }

    private func acknowledge(_ number: String, _ reply: Reply) {
        guard case .ok(let text?) = reply.outcome else {
            Issue.record("\(number): \(reply.outcome)")
            return
        }
        state.withLock {
            $0.acknowledged[number] = text
            guard let goal = $0.goal, $0.acknowledged.count >= goal.count else { return }
            goal.reached.signal()
            $0.goal = nil
        }
    }

    /// Buyers are tied by e-mail, phone or number, so that customers merge while the plug is pulled.
    private static func order(_ number: String, buyer: Int) -> String {
        let phone = 610_000_000 + buyer / 2 * 7_919
        let keys = [
            #""email":"buyer\#(buyer)@vanderlinden.nl""#, #""ref":"r\#(buyer)","email":"buyer\#(buyer)@vanderlinden.nl""#,
            #""ref":"r\#(buyer)""#, #""phone":"+31\#(phone)","ref":"r\#(buyer)""#,
        ]
        let kind = number.utf8.reduce(0) { $0 + Int($1) } % (buyer % 10 == 0 ? 4 : 3)
        let lines = #","lines":[{"sku":"A-\#(number)","quantity":3,"unitPrice":"1.23","vatRate":"21"}]"#
        return Story.order("web", number, customer: keys[kind], total: "3.69", more: lines)
    }

    /// Asks for acknowledged orders, and sends again what was not acknowledged: it was there wholly or not at all.
    func check(_ server: RunningServer, sample: Int, random: inout Seeded) throws {
        let (acknowledged, sent) = state.withLock { ($0.acknowledged.keys.sorted(), $0.sent) }
        let talk = try server.connect()
        let unanswered = Set(sent.keys).subtracting(acknowledged).sorted()
        let before = try talk.info("orders")
        var newcomers = 0
        for (number, reply) in zip(unanswered, try talk.pipeline(unanswered.map { sent[$0] ?? "" })) {
            guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(number): \(reply.outcome)") }
            if text.contains(#""duplicate":false"#) { newcomers += 1 }
            state.withLock { $0.acknowledged[number] = text }
        }
        // Exactly the acknowledged ones and those of the unanswered that had become durable, each once.
        let survivors = unanswered.count - newcomers
        #expect(before == acknowledged.count + survivors)
        #expect(try talk.info("orders") == sent.count)
        let asked = sample == .max ? acknowledged : (0..<min(sample, acknowledged.count)).map { _ in
            acknowledged[Int(random.next() % UInt64(acknowledged.count))]
        }
        for (number, reply) in zip(asked, try talk.pipeline(asked.map { "ORDER.GET web:\($0)" })) {
            guard case .ok(let text?) = reply.outcome else {
                Issue.record("\(number) was acknowledged and is lost: \(reply.outcome)")
                continue
            }
            let isWhole = text.contains(#""number":"\#(number)""#) && text.contains(#""sku":"A-\#(number)""#)
            #expect(isWhole && text.contains(#""total":"3.69""#), "half an order: \(text)")
        }
    }

    /// Every order is in exactly one dossier, and the sums are right.
    func checkAll(_ server: RunningServer) throws {
        let sent = state.withLock { Set($0.sent.keys) }
        let talk = try server.connect()
        let customers = try talk.rows("CUSTOMER.FIND limit=1000").rows.map { try #require($0.text("number")) }
        var found: [String] = []
        for customer in customers {
            let dossier = try talk.ok("CUSTOMER.360 \(customer) limit=100000")
            let numbers = try #require(dossier.at("orders")?.elements).compactMap { $0.text("number") }
            let cents = numbers.count * 369
            #expect(dossier.text("totals.orders") == "\(numbers.count)")
            #expect(dossier.text("totals.amounts.EUR") == "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)")
            found += numbers
        }
        #expect(found.count == sent.count && Set(found) == sent)
        print("KillTests: \(sent.count) orders of \(customers.count) customers survived \(SystemTests.KillTests.rounds) kills")
    }
}

/// A generator with a seed that can be printed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
