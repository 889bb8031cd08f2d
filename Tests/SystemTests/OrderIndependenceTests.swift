import Bytes
import Client
import Foundation
import Load
import Testing

extension SystemTests {
    /// The same orders in other orders, with the plug pulled between them: the same customers, to the byte.
    @Suite struct OrderIndependenceTests {
        /// `DOSSIER_ORDERS` tries it with more.
        static let orderCount = ProcessInfo.processInfo.environment["DOSSIER_ORDERS"].flatMap(Int.init) ?? 2_000

        @Test func whoIsWhoDoesNotDependOnTheOrderOfArrival() throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            print("OrderIndependenceTests: seed \(seed), \(Self.orderCount) orders")
            var random = Seeded(seed)
            let book = OrderBook(seed: seed, orders: Self.orderCount, buyers: Self.orderCount / 3 + 10)
            var lines = (0..<book.count).map { ordinal in
                var line = ByteWriter()
                line.append(book.order(ordinal))
                return "ORDER.PUT " + String(decoding: line.copyBytes(), as: UTF8.self)
            }
            var expected: String?
            for round in 0..<3 {
                let export = try Self.customers(lines, round: round, using: &random)
                #expect(export == expected ?? export, "seed \(seed), round \(round)")
                expected = expected ?? export
                lines.shuffle(using: &random)
            }
        }

        /// Sends the orders with two kills in between, and tells who is who in the end.
        private static func customers(
            _ lines: [String], round: Int, using random: inout Seeded
        ) throws -> String {
            try Sandbox.with { sandbox in
                let started = ContinuousClock.now
                // Small enough for kills in the middle of new segments and snapshots.
                let options = ["--segment-bytes", "400000", "--snapshot-bytes", "1000000"]
                let cuts = (0..<2).map { _ in Int(random.next() % UInt64(lines.count)) }.sorted()
                var server = try sandbox.start("data", orderCount > 10_000 ? [] : options)
                var first = 0
                for cut in cuts {
                    try send(lines[first..<cut], to: server)
                    try server.kill()
                    server = try sandbox.start("data", orderCount > 10_000 ? [] : options)
                    // Half of what came last comes again.
                    first = max(0, cut - (cut - first) / 2)
                }
                try send(lines[first...], to: server)
                let talk = try server.connect(reply: .seconds(600))
                try talk.ok("IDENTITY.SETTLE")
                let check = try talk.ok("IDENTITY.CHECK")
                #expect(check.text("differences") == "0", "\(check)")
                let customers = try talk.rows("IDENTITY.EXPORT").rows.map { row in
                    try #require(row.at("profiles")?.elements).map { "\($0)" }.sorted().joined(separator: " ")
                }
                let took = ContinuousClock.now - started
                print("OrderIndependenceTests: round \(round): \(customers.count) customers in \(took); \(check)")
                #expect(customers.count > 1 && customers.count < lines.count)
                try server.stop()
                return customers.sorted().joined(separator: "\n")
            }
        }

        private static func send(_ lines: ArraySlice<String>, to server: RunningServer) throws {
            let talk = try server.connect()
            var waiting = 0
            func receive() throws {
                let reply = try talk.client.receive()
                waiting -= 1
                guard reply.isOK else { throw TestFailure("\(reply.outcome)") }
            }
            for line in lines {
                try talk.client.send(line)
                waiting += 1
                if waiting == 256 { for _ in 0..<128 { try receive() } }
            }
            while waiting > 0 { try receive() }
        }
    }
}
