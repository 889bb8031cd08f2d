import Client
import Foundation
import Testing

extension SystemTests {
    /// What DESIGN.md promises to every client, form by form.
    @Suite struct ContractTests {
        @Test func putsOrders() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--match", "exact"]).connect()
                #expect(try talk.ask("PING") == Reply(outcome: .ok(#"{"pong":true}"#)))
                let created = try talk.ask("ORDER.PUT " + Story.order)
                let number = #""order":"shopify:S-1000123","customer":"C1""#
                let sequence = try talk.sequence()
                #expect(
                    created.outcome
                        == .ok(#"{\#(number),"resolution":"created","duplicate":false,"seq":\#(sequence)}"#))
                let again = try talk.ok("ORDER.PUT " + Story.order)
                #expect(again.at("duplicate") == .bool(true) && again.text("customer") == "C1")
                #expect(again.text("order") == "shopify:S-1000123" && again.text("seq") == "\(sequence)")
                #expect(try talk.sequence() == sequence)

                let matched = try talk.ok(Story.order("shopify", "S-2", customer: #""ref":"98122""#))
                #expect(matched.text("resolution") == "matched" && matched.text("customer") == "C1")
                let other = try talk.ok(Story.order("woocommerce", "1", customer: #""phone":"+31612345678""#))
                #expect(other.text("resolution") == "created" && other.text("customer") == "C2")
                let tying = #""email":"sophie@vanderlinden.nl","phone":"+31612345678""#
                let merged = try talk.ok(Story.order("bol", "1", customer: tying))
                #expect(merged.text("resolution") == "merged" && merged.text("customer") == "C1")
                #expect(try talk.ok("CUSTOMER.360 C2").text("customer.number") == "C1")
                let stored = try talk.ok(Story.order("bol", "1", customer: tying, more: #","store":"nl2""#))
                #expect(stored.at("duplicate") == .bool(false))
                #expect(try talk.ok("ORDER.GET bol/nl2:1").text("store") == "nl2")
                #expect(try talk.ok("ORDER.GET bol/main:1").text("store") == "main")
            }
        }

        @Test func keepsTheNewestVersionOfAnOrder() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                func put(_ total: String, _ updated: String?) -> String {
                    let more = updated.map { #","updatedAt":"\#($0)""# } ?? ""
                    return Story.order("bol", "9", customer: #""email":"a@vanderlinden.nl""#, total: total, more: more)
                }
                try talk.ok(put("10.00", nil))
                try talk.refused(put("11.00", nil), "CONFLICT", "total")
                #expect(try talk.ok(put("11.00", "2026-05-01T00:00:00Z")).at("duplicate") == .bool(false))
                #expect(try talk.ok("ORDER.GET bol:9").text("total") == "11.00")
                let sequence = try talk.sequence()
                #expect(try talk.ok(put("12.00", "2026-04-30T00:00:00Z")).at("stale") == .bool(true))
                #expect(try talk.ok(put("11.00", "2026-05-01T00:00:00Z")).at("duplicate") == .bool(true))
                #expect(try talk.sequence() == sequence)
                try talk.refused(put("12.00", "2026-05-01T00:00:00Z"), "CONFLICT", "total")
                try talk.refused(put("12.00", nil), "CONFLICT", "total")
                try talk.refused(
                    put("11.00", nil).replacing("a@vander", with: "b@vander").dropLast() + #","status":"open"}"#,
                    "CONFLICT", "email", "status")
                #expect(try talk.ok(put("12.00", "2026-05-01T00:00:01+00:00")).at("duplicate") == .bool(false))
                #expect(try talk.ok("CUSTOMER.360 C1").text("totals.orders") == "1")
            }
        }

        @Test func putsProfilesAndDocuments() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                let profile = #"CUSTOMER.PUT {"channel":"crm","ref":"r-1","email":"a@vanderlinden.nl"}"#
                let created = try talk.ok(profile)
                #expect(created.text("customer") == "C1" && created.text("resolution") == "created")
                let sequence = try talk.sequence()
                #expect(created.text("seq") == "\(sequence)")
                #expect(try talk.ok(profile).at("duplicate") == .bool(true))
                #expect(try talk.sequence() == sequence)
                #expect(try talk.ok(profile.replacing("a@", with: "b@")).text("customer") == "C1")
                #expect(try talk.ok("CUSTOMER.360 email=b@vanderlinden.nl").text("customer.number") == "C1")
                #expect(try talk.ok("CUSTOMER.360 email=a@vanderlinden.nl").text("customer.number") == "C1")

                try talk.ok(Story.order("bol", "1", customer: #""ref":"7""#))
                func document(_ total: String, _ more: String = "") -> String {
                    #"DOCUMENT.PUT {"kind":"invoice","number":"I-1","order":"bol:1","total":"\#(total)","currency":"EUR"\#(more)}"#
                }
                let filed = try talk.ok(document("10.00"))
                #expect(filed.text("document") == "I-1" && filed.text("customer") == "C2")
                let filedSequence = try talk.sequence()
                #expect(try talk.ok(document("10.00")).at("duplicate") == .bool(true))
                #expect(try talk.sequence() == filedSequence)
                try talk.refused(document("11.00"), "CONFLICT", "total")
                try talk.ok(document("12.00", #","updatedAt":"2026-05-02T00:00:00Z""#))
                #expect(
                    try talk.ok(document("9.00", #","updatedAt":"2026-05-01T00:00:00Z""#)).at("stale") == .bool(true))
                let dossier = try talk.ok("CUSTOMER.360 document=I-1")
                #expect(dossier.count("documents") == 1 && dossier.text("documents.0.total") == "12.00")
                #expect(dossier.text("documents.0.order") == "bol:1" && dossier.text("documents.0.kind") == "invoice")
            }
        }

        @Test func putsPayloadsOfPlatforms() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                let payload = try Samples.oneLine("bol-sophie-order.json")
                let (rows, end) = try talk.rows("CHANNEL.PUT bol store=nl " + payload)
                #expect(rows.count == 1 && end.text("orders") == "1" && end.text("customers") == "0")
                let row = try #require(rows.first)
                #expect(row.at("duplicate") == .bool(false))
                let number = try #require(row.text("order")).split(separator: ":").last ?? ""
                #expect(try talk.ok("ORDER.GET bol/nl:\(number)").text("store") == "nl")
                #expect(row.text("resolution") == "created" && row.text("customer") == "C1" && row.text("seq") != nil)
                let again = try talk.rows("channel.put BOL store=nl " + payload).rows
                #expect(again.first?.at("duplicate") == .bool(true))
                let customer = try talk.rows("CHANNEL.PUT shopify " + Samples.oneLine("shopify-sophie-customer.json"))
                #expect(customer.rows.first?.text("customer") == "C1" && customer.end.text("customers") == "1")
                // Nothing in it, and nothing in it that can be taken, are answered like everything else.
                let empty = try talk.rows("CHANNEL.PUT shopify {\"orders\":[]}")
                #expect(empty.rows.isEmpty && empty.end.text("orders") == "0")
                let odd = try talk.rows("CHANNEL.PUT woocommerce tag=t [{\"id\":7,\"number\":\"7\",\"line_items\":[]}]")
                #expect(odd.rows.count == 1 && odd.rows.first?.text("error") == "INVALID" && odd.end.text("tag") == "t")
            }
        }

        /// An answer shows what was sent before its question, and nothing that was sent after.
        @Test func answersInOrder() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", ["--lanes", "2"]).connect()
                let lines = (1...500).flatMap {
                    [
                        Story.order("bol", "\($0)", customer: #""ref":"1""#), "CUSTOMER.360 C1 limit=1 tag=\($0)",
                        "PING tag=\($0)",
                    ]
                }
                let replies = try talk.pipeline(lines)
                for index in 1...500 {
                    let three = try replies[(index * 3 - 3)..<(index * 3)].map { reply in
                        guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(reply.outcome)") }
                        return try JSONValue(parsing: text)
                    }
                    #expect(three[0].text("order") == "bol:\(index)")
                    #expect(three[1].text("tag") == "\(index)" && three[1].text("totals.orders") == "\(index)")
                    #expect(three[2].text("tag") == "\(index)")
                }
            }
        }

        @Test func answersTheSameDossierByEveryKey() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Story.tell(talk)
                let first = try talk.ok(Story.sophie[0])
                for question in Story.sophie { #expect(try talk.ok(question) == first, "\(question)") }
                // Asked all at once they are answered no differently.
                let single = try Story.sophie.map { try talk.ask($0) }
                #expect(try talk.pipeline(Story.sophie) == single)

                #expect(first.text("customer.number") == "C1")
                #expect(first.text("totals.orders") == "4" && first.count("orders") == 4)
                #expect(first.count("documents") == 3 && first.count("messages") == 0)
                #expect(first.text("totals.amounts.EUR") == "55.90" && first.text("totals.amounts.JPY") == "1250")
                for order in try #require(first.at("orders")?.elements) {
                    for field in ["channel", "store", "number", "placedAt", "status", "total", "currency", "lines"] {
                        #expect(order[field] != nil, "an order has a \(field)")
                    }
                }
                for document in try #require(first.at("documents")?.elements) where document.text("kind") != "upload" {
                    for field in ["number", "kind", "order", "total", "currency"] {
                        #expect(document[field] != nil, "a document has a \(field)")
                    }
                }
                let bol = try talk.ok("ORDER.GET bol:A2K8290LP8")
                #expect(bol.text("status") == "shipped" && bol.text("total") == "6.00")
                #expect(bol == first.at("orders")?.elements?.first { $0.text("channel") == "bol" })
            }
        }

        @Test func findsAndExplains() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Story.tell(talk)
                let all = try talk.rows("CUSTOMER.FIND")
                #expect(all.rows.map { $0.text("number") } == ["C1", "C4"])
                #expect(["total", "from", "to"].map { all.end.text($0) } == ["2", "1", "2"])
                #expect(try talk.rows("CUSTOMER.FIND offset=1 limit=1").rows == [all.rows[1]])
                #expect(try talk.rows("CUSTOMER.FIND offset=9").end.text("total") == "2")
                #expect(
                    try talk.rows("CUSTOMER.FIND email=sophie@vanderlinden.nl vat=NL804124188B01").rows == [all.rows[0]]
                )
                #expect(try talk.rows("CUSTOMER.FIND email=sophie@vanderlinden.nl number=C4").rows == [])
                #expect(try talk.rows("CUSTOMER.FIND email=somebody@vanderlinden.nl").end.text("total") == "0")

                let why = try talk.ok("CUSTOMER.WHY C1")
                let keys = Set(try #require(why.at("evidence")?.elements).compactMap { $0.text("key") })
                #expect(keys.isSuperset(of: ["email", "phone"]))
                #expect(try talk.ok("CUSTOMER.WHY C1 C2").at("same") == .bool(true))
                let apart = try talk.ok("CUSTOMER.WHY C1 C4")
                #expect(apart.at("same") == .bool(false) && apart.text("reason") != nil)
            }
        }

        @Test func keepsShopsApart() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try Story.tell(talk)
                let main = try talk.ok("CUSTOMER.360 email=sophie@vanderlinden.nl")
                #expect(try talk.ok("SHOP other") == .object([JSONMember(name: "shop", value: .string("other"))]))
                let other = try talk.ok("CUSTOMER.360 email=sophie@vanderlinden.nl")
                #expect(other.text("totals.orders") == "1" && main.text("totals.orders") == "4")
                let number = try #require(other.text("customer.number"))
                #expect(number != "C1")
                for question in ["C1", "phone=+31612345678", "order=bol:A2K8290LP8", "document=CN-1", "ref=crm:r-17"] {
                    try talk.refused("CUSTOMER.360 " + question, "NOTFOUND")
                }
                try talk.refused("ORDER.GET bol:A2K8290LP8", "NOTFOUND")
                try talk.refused("NOTE.ADD C1 hello", "NOTFOUND")
                try talk.refused("CUSTOMER.WHY C1", "NOTFOUND")
                try talk.refused(#"DOCUMENT.PUT {"kind":"upload","number":"x","customer":"C1"}"#, "NOTFOUND")
                #expect(try talk.rows("CUSTOMER.FIND").rows.map { $0.text("number") } == [number])
                #expect(try talk.ok("SHOP").text("shop") == "other")
                try talk.ok("SHOP main")
                try talk.refused("CUSTOMER.360 \(number)", "NOTFOUND")
                try talk.ok("SHOP never-written")
                #expect(try talk.rows("CUSTOMER.FIND").end.text("total") == "0")
                try talk.refused("CUSTOMER.360 C1", "NOTFOUND")
                try talk.refused("NOTE.ADD C1 hello", "NOTFOUND")
                try talk.refused(#"DOCUMENT.PUT {"kind":"upload","number":"x","customer":"C1"}"#, "NOTFOUND")
                try talk.refused("SHOP Not/A/Shop", "INVALID", "shop")
            }
        }

        @Test func helpNamesOnlyCommandsThatExist() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                let help = try talk.rows("HELP").rows
                let names = try help.map { try #require($0.text("command")) }
                let core = ["PING", "ORDER.PUT", "CHANNEL.PUT", "CUSTOMER.PUT", "CUSTOMER.360", "CUSTOMER.FIND"]
                #expect(Set(names).isSuperset(of: core + ["CUSTOMER.WHY", "DOCUMENT.PUT", "NOTE.ADD", "ORDER.GET"]))
                #expect(Set(names).isSuperset(of: ["SNAPSHOT", "INFO", "VERIFY", "HELP", "AUTH", "SHOP", "QUIT"]))
                for name in names {
                    let one = try talk.rows("HELP \(name.lowercased())").rows
                    #expect(one.count == 1 && one.first?.text("command") == name)
                    guard name != "QUIT" else { continue }
                    if case .error("UNKNOWN", let text) = try talk.ask(name).outcome {
                        Issue.record("\(name): \(text)")
                    }
                }
                try talk.refused("HELP NO.SUCH", "UNKNOWN")
                try talk.refused("NO.SUCH thing", "UNKNOWN", "NO.SUCH")
                try talk.refused("AUTH token", "REFUSED")
                #expect(try talk.ask("QUIT") == Reply(outcome: .ok(nil)))
                #expect(throws: ClientError.closed) { try talk.client.request("PING") }
            }
        }

        @Test func tellsHowItIs() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try Story.tell(talk)
                let info = try talk.ok("INFO")
                #expect(info.text("state") == "ready" && info.text("durability") == "always")
                #expect(info.text("shops") == "2" && info.text("orders") == "6" && info.text("customers") == "3")
                #expect(info.text("documents") == "4" && info.text("seq") == info.text("durableSeq"))
                let snapshot = try talk.ok("SNAPSHOT")
                #expect(snapshot.text("seq") == info.text("seq"))
                let verify = try talk.rows("VERIFY")
                #expect(verify.end.text("verdict") == "clean" && verify.end.text("seq") == info.text("seq"))
                #expect(verify.rows.contains { $0.text("file") == snapshot.text("snapshot") })
                try server.stop()
                let offline = try runProgram("dossierd", ["verify", sandbox.path("data")])
                #expect(offline.ending == .exit(0) && offline.output.contains("\"verdict\":\"clean\""))
            }
        }

        /// The whole answers, byte by byte, on the other side of a clean stop, a pulled plug and a snapshot.
        @Test(arguments: ["clean", "killed", "snapshot", "snapshot and killed", "two lanes"])
        func survivesRestarts(_ way: String) throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", way == "two lanes" ? ["--lanes", "2", "--shards", "7"] : [])
                try Story.tell(try server.connect())
                let before = try Story.answers(server)
                // One order, one customer and one key of the other shop are unknown.
                #expect(before.count { $0.isOK } == before.count - 2)
                if way.hasPrefix("snapshot") { try server.connect().ok("SNAPSHOT") }
                if way.contains("killed") { try server.kill() } else { try server.stop() }
                server = try sandbox.start("data", way == "two lanes" ? ["--lanes", "3"] : [])
                #expect(server.log.contains(way.contains("killed") ? "stop=crash-or-new" : "stop=clean"))
                if way.hasPrefix("snapshot") { #expect(server.log.contains("replayed=0")) }
                for (question, (old, new)) in zip(Story.questions, zip(before, try Story.answers(server))) {
                    #expect(old == new, "\(question)")
                }
                // Telling it all again changes nothing but a remark more.
                let talk = try server.connect()
                let sequence = try talk.sequence()
                try talk.ok("ORDER.PUT " + Story.order)
                #expect(try talk.sequence() == sequence)
                let more = try talk.ok(Story.order("bol", "new", customer: #""phone":"+31612345678""#))
                #expect(more.text("customer") == "C1" && more.text("seq") == "\(sequence + 1)")
            }
        }
    }
}
