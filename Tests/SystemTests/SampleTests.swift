import Client
import Foundation
import Testing

extension SystemTests {
    /// The platforms' own payloads, through the whole house.
    @Suite struct SampleTests {
        @Test func oneBuyerComesThroughAllChannels() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                for name in try Samples.names() { try Self.put(name, talk) }
                let sophie = try talk.ok(
                    "CUSTOMER.360 order=shopify:\(try Self.number(of: "shopify-sophie-order.json", talk))")
                let channels = Set(try #require(sophie.at("orders")?.elements).compactMap { $0.text("channel") })
                #expect(channels == Set(Samples.channels))
                #expect(sophie.text("totals.orders") == "\(sophie.count("orders") ?? -1)")

                let before = try Self.dossiers(talk)
                let sequence = try talk.sequence()
                for name in try Samples.names().reversed() { try Self.put(name, talk, again: true) }
                #expect(try talk.sequence() == sequence)
                #expect(try Self.dossiers(talk) == before)
                try server.kill()
                #expect(try Self.dossiers(try sandbox.start().connect()) == before)
            }
        }

        /// Whatever the platforms publish is taken in, or refused with a reason; the second time nothing changes.
        @Test func publishedPayloadsAreTakenInOnce() throws {
            guard let files = try Samples.published() else {
                print(
                    "LEFT OUT, LOUDLY: no ../shared/data/payloads beside the project: published payloads are not tried")
                return
            }
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                var first: [Reply] = []
                for (channel, file) in files {
                    let reply = try talk.ask("CHANNEL.PUT \(channel) " + Samples.oneLine(file))
                    first.append(reply)
                    switch reply.outcome {
                    case .error(let code, let text):
                        #expect(
                            ["INVALID", "SYNTAX", "TOOLARGE"].contains(code) && text.count > 10, "\(file): \(text)")
                    case .ok: try Self.check(reply, file.lastPathComponent)
                    }
                }
                let orders = try talk.info("orders")
                #expect(orders >= 25, "\(orders) orders")
                let before = try Self.dossiers(talk)
                let sequence = try talk.sequence()
                for ((channel, file), reply) in zip(files, first) {
                    let again = try talk.ask("CHANNEL.PUT \(channel) " + Samples.oneLine(file))
                    #expect(again.isOK == reply.isOK && again.rows.count == reply.rows.count, "\(file)")
                    #expect(try talk.sequence() == sequence, "\(file) changed something the second time")
                }
                #expect(try Self.dossiers(talk) == before)
            }
        }

        private static func put(_ name: String, _ talk: Talk, again: Bool = false) throws {
            let reply = try talk.ask("CHANNEL.PUT \(Samples.channel(of: name)) " + Samples.oneLine(name))
            try check(reply, name)
            for row in reply.rows where again {
                let row = try JSONValue(parsing: row)
                let isKnown = [row["duplicate"], row["stale"]].contains(.bool(true)) || row["error"] != nil
                #expect(isKnown, "\(name): \(row)")
            }
        }

        /// One row for each order and customer, all that were taken counted behind them.
        private static func check(_ reply: Reply, _ name: String) throws {
            guard case .ok(let text?) = reply.outcome else {
                Issue.record("\(name): \(reply.outcome)")
                return
            }
            let end = try JSONValue(parsing: text)
            let rows = try reply.rows.map { try JSONValue(parsing: $0) }
            for row in rows where row["fact"] != nil {
                #expect(row.text("order") != nil && row.text("seq") != nil, "\(name): \(row)")
            }
            for row in rows where row["error"] == nil && row["fact"] == nil {
                #expect(row.text("customer")?.hasPrefix("C") == true && row.text("seq") != nil, "\(name): \(row)")
                #expect(["created", "matched", "merged"].contains(row.text("resolution")), "\(name): \(row)")
            }
            #expect(end.text("updates") == "\(rows.count { $0["fact"] != nil })", "\(name)")
            let taken = rows.filter { $0["error"] == nil && $0["fact"] == nil }
            #expect(end.text("orders") == "\(taken.count { $0["order"] != nil })", "\(name)")
            #expect(end.text("customers") == "\(taken.count { $0["order"] == nil })", "\(name)")
        }

        private static func number(of name: String, _ talk: Talk) throws -> String {
            let rows = try talk.rows("CHANNEL.PUT \(Samples.channel(of: name)) " + Samples.oneLine(name)).rows
            let order = try #require(rows.first?.text("order"))
            return String(order.drop { $0 != ":" }.dropFirst())
        }

        /// Every dossier of the shop.
        private static func dossiers(_ talk: Talk) throws -> [Reply] {
            try talk.rows("CUSTOMER.FIND limit=1000").rows.map { row in
                try talk.ask("CUSTOMER.360 \(try #require(row.text("number")))")
            }
        }
    }
}
