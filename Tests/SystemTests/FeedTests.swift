import Client
import Foundation
import Synchronization
import Testing

extension SystemTests {
    /// Section I of the checklist, "a change feed on the same protocol, resumable from any sequence number, merges and splits
    /// included", over TCP, before and after the plug is pulled.
    @Suite struct FeedTests {
        /// Small segments, so that every test reads over their borders.
        static let options = ["--segment-bytes", "1024"]

        /// At least one event of every kind that a shop has.
        static func tellEverything(_ talk: Talk) throws {
            for line in [
                #"ORDER.SHIP order=web:1 {"id":"early","carrier":"PostNL"}"#,
                Story.order("web", "1", customer: #""email":"a@x.nl","firstName":"Anna","lastName":"Smit""#),
                Story.order(
                    "web", "1", customer: #""email":"a@x.nl","firstName":"Anna","lastName":"Smit""#, total: "12.00",
                    more: #","updatedAt":"2026-05-01T00:00:00Z""#),
                Story.order("shopify", "7", customer: #""email":"b@x.nl""#, total: "121.00"),
                #"CUSTOMER.PUT {"channel":"crm","ref":"r1","email":"c@x.nl"}"#,
                #"DOCUMENT.PUT {"kind":"upload","number":"scan","customer":"C1"}"#,
                #"DOCUMENT.PUT {"kind":"upload","number":"scan","customer":"C1","total":"1","updatedAt":"2026-05-01T00:00:00Z"}"#,
                #"NOTE.ADD C1 "likes \"tea\"" actor=anna"#, "CUSTOMER.PIN C1 company Theehuis actor=anna",
                "CUSTOMER.UNPIN C1 company actor=anna",
                "CUSTOMER.VERIFY C1 vat=NL804124188B01 verdict=valid source=VIES actor=anna",
                "CUSTOMER.MERGE C2 C1 reason=same actor=anna", "CUSTOMER.SPLIT C2 actor=joost",
                #"IDENTITY.PROPOSE actor=anna {"basis":"looked at","mergeThreshold":7.5}"#,
                "IDENTITY.ACTIVATE 2 actor=anna",
                "SHOP.CONFIGURE bookings=allow actor=anna", "QUARANTINE.HOLD email=a@x.nl actor=anna",
                TemplateLines.shipped, "SHOP.SENDER address=shop@x.nl name=Shop language=nl actor=anna",
                "CUSTOMER.TAG C1 vip actor=anna", "CUSTOMER.UNTAG C1 vip actor=anna",
                "CUSTOMER.BLOCK C1 reason=late actor=anna", "CUSTOMER.UNBLOCK C1 actor=anna",
                "CUSTOMER.WISHES C1 mailing=yes actor=anna", "CUSTOMER.LANGUAGE C1 fr actor=anna",
                #"MESSAGE.QUEUE event=order.shipped order=web:1 id=m1 {"shipment":{"trackingCode":"3S1"}}"#,
                "OUTBOX.TAKE worker=w1", "OUTBOX.DONE M1 state=sent", "TEMPLATE.REMOVE order.shipped nl actor=anna",
                "SHOP.SERIES kind=invoice pattern=F{number:4} actor=anna", LedgerTests.seller,
                "ORDER.PUT " + Story.order, "DOCUMENT.CREATE order=shopify:S-1000123 actor=anna",
                "DOCUMENT.EDIT D1 actor=anna {}", "DOCUMENT.POST D1 actor=piet",
                #"DOCUMENT.CREDIT document=F0001 actor=anna {"amount":"5.00","reason":"damage"}"#,
                "DOCUMENT.DISCARD D2 actor=anna",
                "VOUCHER.ISSUE customer=C1 amount=10.00 extra=2.00 currency=EUR description=Tea actor=anna",
            ] { try talk.attempt(line) }
        }

        /// Events that need answers of earlier commands.
        private static func tellOfRulesAndFiles(_ talk: Talk) throws {
            for line in [
                #"RULE.PUT name=first actor=anna {"on":["order.placed"],"do":[{"note":"x"}]}"#,
                #"RULE.PUT name=second actor=anna {"on":["order.placed"],"do":[{"tag":"new"}]}"#,
                "RULE.TEST name=second actor=anna", "RULE.ON name=second actor=anna",
                "RULE.MOVE name=second before=first actor=anna", "SHOP.AUTOMATE days=3650 actor=anna",
                Story.order("web", "2", customer: #""email":"a@x.nl""#), "RULE.OFF name=second actor=anna",
                "RULE.REMOVE name=first actor=anna", "SHOP.RETENTION kind=invoice country=BE years=10 actor=anna",
                #"TEMPLATE.PUT {"event":"documents.sent","language":"nl","subject":"Post","body":"{{documents.names}}"}"#,
                "CUSTOMER.LANGUAGE C1 nl",
            ] { try talk.ok(line) }
            let file = try ArchiveTests.upload(talk, [1, 2, 3])
            try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(file) visibility=customer actor=anna")
            try talk.ok("DOCUMENT.LABEL label=manual documents=F1 actor=anna")
            try talk.ok("DOCUMENT.SHARE F1 visibility=internal actor=anna")
            try talk.ok("DOCUMENT.SHARE F1 visibility=customer actor=anna")
            try talk.attempt("DOCUMENT.SEND label=manual actor=anna")
        }

        @Test func everyEventComesInTheWordsOfTheProtocolAndSurvivesEverything() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", Self.options)
                var talk = try server.connect()
                try Self.tellEverything(talk)
                let code = try talk.ok("VOUCHER.ISSUE amount=5.00 currency=EUR description=x").text("code") ?? ""
                try talk.ok("VOUCHER.REDEEM code=\(code) amount=2.00 id=r1 actor=till")
                try talk.ok("VOUCHER.REVERSE id=r1 reason=undone actor=till")
                try talk.ok("CHEQUE.TAKE voucher=V2 actor=anna")
                try talk.ok("CHEQUE.PAY voucher=V2 reference=tr_1 actor=anna")
                let other = try talk.ok("VOUCHER.ISSUE amount=3.00 currency=EUR description=y").text("code") ?? ""
                let renewed = try talk.ok("VOUCHER.RENEW code=\(other) id=r2 reason=lost actor=eva").text("code") ?? ""
                try Self.tellOfRulesAndFiles(talk)
                let before = try talk.ask("FEED from=1")
                let rows = try before.rows.map { try JSONValue(parsing: $0) }
                let words = Set(rows.compactMap { $0.text("event") })
                for word in [
                    "shopOpened", "orderFactHeld", "orderRecorded", "orderFactRecorded", "orderRevised",
                    "profileRecorded", "documentRecorded", "documentRevised", "noteAdded", "fieldPinned",
                    "fieldUnpinned", "valueVerified", "decisionMade", "decisionWithdrawn", "customersResolved",
                    "templateStored", "senderConfigured", "wishExpressed", "languageChosen", "messageQueued",
                    "messagesLeased", "messageReported", "voucherIssued", "voucherRedeemed", "redemptionReversed",
                    "chequeTaken", "chequePaid", "rulesProposed", "rulesActivated", "shopConfigured", "valueWatched",
                    "templateRemoved", "sellerDescribed", "seriesConfigured", "documentDrafted", "documentRedrafted",
                    "documentPosted", "documentDiscarded", "customerTagged", "customerUntagged", "customerBlocked",
                    "customerUnblocked", "voucherRenewed", "rulePut", "ruleTested", "ruleSwitched", "ruleMoved",
                    "ruleRemoved", "automationConfigured", "changesHandled", "documentAttached", "documentLabelled",
                    "documentShared", "documentsSent", "retentionChanged",
                ] { #expect(words.contains(word), "no \(word)") }
                // Codes are secrets, and so are texts that may hold one.
                for code in [code, other, renewed] {
                    let compact = code.replacing("-", with: "")
                    #expect(!before.rows.contains { $0.contains(code) || $0.contains(compact) })
                }
                let held = try #require(rows.first { $0.text("event") == "orderFactHeld" })
                #expect(held.text("order") == "web:1" && held.text("fact") == "shipment:early")
                let posted = try #require(rows.first { $0.text("event") == "documentPosted" })
                #expect(
                    posted.text("document") == "D1" && posted.text("number") == "F0001"
                        && posted.text("total") == "39.90" && posted.text("actor") == "piet")
                let attached = try #require(rows.first { $0.text("event") == "documentAttached" })
                #expect(attached.text("document") == "F1" && attached.text("name") == "handleiding.pdf")
                let handled = try #require(rows.first { $0.text("event") == "changesHandled" })
                #expect(handled.text("changes.0.outcomes.0.rule") == "second")
                let redeemed = try #require(rows.first { $0.text("event") == "voucherRedeemed" })
                #expect(redeemed.text("voucher") == "V2" && redeemed.text("amount") == "2.00")
                for _ in 0..<3 {
                    try talk.ok("SNAPSHOT")
                    try server.kill()
                    server = try sandbox.start("data", Self.options)
                    talk = try server.connect()
                    #expect(try talk.ask("FEED from=1").rows.prefix(before.rows.count).elementsEqual(before.rows))
                    try talk.ok(#"NOTE.ADD C1 "again""#)
                }
                #expect(try talk.ok("INFO").text("history.oldestSeq") == "1")
                #expect(try talk.rows("VERIFY").end.text("verdict") == "clean")
            }
        }

        @Test func aReaderResumesAnywhere() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", Self.options).connect()
                try Self.tellEverything(talk)
                let whole = try talk.ask("FEED from=1").rows
                let last = try talk.sequence()
                for limit in [1, 3, 100] {
                    var found: [String] = []
                    var next = 1
                    while next <= last {
                        let reply = try talk.ask("FEED from=\(next) limit=\(limit)")
                        guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(reply.outcome)") }
                        found += reply.rows
                        next = Int(try JSONValue(parsing: text).text("next") ?? "") ?? .max
                    }
                    #expect(found == whole && next == last + 1)
                }
                #expect(try talk.rows("FEED from=3 to=5").rows.map { $0.text("seq") } == ["3", "4", "5"])
            }
        }

        @Test func aShopSeesItsOwnAlone() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", Self.options).connect()
                try Story.tell(talk)
                let main = try talk.ask("FEED from=1").rows
                try talk.ok("SHOP other")
                let other = try talk.ask("FEED from=1").rows
                #expect(Set(main).isDisjoint(with: other) && !other.isEmpty)
                // Between them all events but the engine's own.
                #expect(main.count + other.count <= (try talk.sequence()))
                #expect(!other.contains { $0.contains("bol") } && main.contains { $0.contains("bol") })
                try talk.ok("SHOP third")
                try talk.refused("FEED from=1", "NOTFOUND", "nothing is known in shop third")
            }
        }

        @Test(arguments: [
            ("FEED", "INVALID", "is required"), ("FEED from=x", "INVALID", "sequence number"),
            ("FEED from=0", "INVALID", "sequence number"), ("FEED from=-1", "INVALID", "sequence number"),
            ("FEED from=99999999999999999999", "INVALID", "sequence number"),
            ("FEED from=9000", "REFUSED", "waits for the next"), ("FEED from=1 limit=0", "INVALID", "at least 1"),
            ("FEED from=1 wait=61", "INVALID", "60 seconds at most"), ("FEED from=1 at=2", "SYNTAX", "takes no at="),
            ("CUSTOMER.HISTORY", "SYNTAX", "exactly one"), ("CUSTOMER.HISTORY C99", "NOTFOUND", "CUSTOMER.FIND"),
        ])
        func whatCannotBeToldIsRefused(_ line: String, _ code: String, _ words: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok("ORDER.PUT " + Story.order)
                try talk.refused(line, code, words)
            }
        }

        @Test("T18: a customer's history among many events is all of it, whatever comes meanwhile and after a crash")
        func historiesAreWholeAmongManyEvents() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start("data", ["--segment-bytes", "262144"])
                var talk = try server.connect()
                var expected: Set<String> = []
                func put(_ numbers: Range<Int>) throws {
                    let lines = numbers.map { number in
                        Story.order(
                            "web", "\(number)",
                            customer:
                                #""ref":"\#(number % 400 == 7 ? "regular" : "r\(number)")","lastName":"N\#(number)""#)
                    }
                    for (number, reply) in zip(numbers, try talk.pipeline(lines)) {
                        guard case .ok(let text?) = reply.outcome else { throw TestFailure("\(reply.outcome)") }
                        if number % 400 == 7 { expected.insert(try JSONValue(parsing: text).text("seq") ?? "") }
                    }
                }
                func history() throws -> Set<String> {
                    var seen: Set<String> = []
                    var next = ""
                    while true {
                        let (rows, end) = try talk.rows("CUSTOMER.HISTORY order=web:7 limit=3\(next)")
                        let found = rows.compactMap { row in
                            row.text("event")?.hasPrefix("order") == true ? row.text("seq") : nil
                        }
                        #expect(seen.isDisjoint(with: found), "told twice")
                        seen.formUnion(found)
                        if rows.isEmpty { return seen }
                        next = " from=\(end.text("next") ?? "")"
                    }
                }
                try put(0..<4_000)
                #expect(try history() == expected && expected.count == 10)
                try put(4_000..<7_000)
                #expect(try history() == expected && expected.count == 18)
                try server.kill()
                server = try sandbox.start("data", ["--segment-bytes", "262144"])
                talk = try server.connect()
                #expect(try history() == expected)
                try put(7_000..<7_600)
                #expect(try history() == expected && expected.count == 19)
            }
        }

        @Test func waitingNeedsNoPolling() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", Self.options)
                let (follower, writer) = (try server.connect(), try server.connect())
                try writer.ok("ORDER.PUT " + Story.order)
                let next = try writer.sequence() + 1
                // Nothing comes in time.
                let empty = try follower.rows("FEED from=\(next) wait=1")
                #expect(empty.rows.isEmpty && empty.end.text("next") == "\(next)")
                try follower.client.send("FEED from=\(next) wait=60")
                // What happens in another shop wakes nobody.
                try writer.ok("SHOP other")
                try writer.ok("ORDER.PUT " + Story.order)
                try writer.ok("SHOP main")
                let began = Date()
                try writer.ok(#"NOTE.ADD C1 "now""#)
                let reply = try follower.client.receive()
                #expect(reply.rows.count == 1 && reply.rows[0].contains("noteAdded"))
                #expect(Date().timeIntervalSince(began) < 5)
                // A server that stops holds nobody.
                let waiting = try RawConnection(server.port)
                try waiting.send("PING\nFEED from=\(try writer.sequence() + 1) wait=60\n")
                #expect(try waiting.readLines(1).count == 1)
                _ = try writer.sequence()
                try server.stop()
                #expect(try waiting.readLines(1).first?.hasPrefix("OK {\"from\"") == true)
            }
        }

        @Test func aReaderThatDoesNotReadHarmsNobody() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--snapshot-seconds", "0"])
                let talk = try server.connect()
                let padding = String(repeating: "x", count: 4_000)
                let count = 3_000
                for start in stride(from: 0, to: count, by: 200) {
                    let lines = (start..<(start + 200)).map {
                        Story.order(
                            "web", "\($0)", customer: #""ref":"\#($0 % 50)""#, more: #","remark":"\#(padding)""#)
                    }
                    _ = try talk.pipeline(lines)
                }
                let before = try talk.info("residentBytes")
                let slow = try (0..<4).map { _ in try RawConnection(server.port, receiveBuffer: 4_096) }
                for reader in slow { try reader.send("FEED from=1\n") }
                // Others write and read meanwhile.
                for number in 0..<50 {
                    try talk.ok("NOTE.ADD C1 \"\(number)\"")
                    _ = try talk.ok("CUSTOMER.360 C2 limit=1")
                }
                let grown = try talk.info("residentBytes") - before
                // Four readers of 13 MB each: a high-water mark and a page for each of them.
                #expect(grown < 24 << 20, "grew by \(grown) bytes")
                for reader in slow {
                    let lines = try reader.readLines(count + 1)
                    #expect(lines.count == count + 1 && lines.allSatisfy { $0.hasPrefix("ROW ") })
                }
            }
        }

        @Test func whatIsNotKeptIsRefusedByItsName() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start("data", Self.options + ["--history", "0"]).connect()
                try Self.tellEverything(talk)
                for number in 0..<3 {
                    for note in 0..<20 { try talk.ok("NOTE.ADD C1 \"\(number) \(note) \(UUID())\"") }
                    try talk.ok("SNAPSHOT")
                }
                let oldest = try #require(try talk.ok("INFO").text("history.oldestSeq").flatMap { Int($0) })
                #expect(oldest > 1)
                try talk.refused("FEED from=1", "REFUSED", "from=\(oldest) is the oldest")
                #expect(try talk.rows("FEED from=\(oldest)").rows.first?.text("seq") == "\(oldest)")
                try talk.refused("CUSTOMER.360 C1 at=3", "REFUSED", "the oldest moment is at=")
                try talk.refused("CUSTOMER.360 C1 at=2020-01-01T00:00:00Z", "REFUSED", "the oldest moment is at=")
                // The history begins where the journal does.
                let first = try talk.rows("CUSTOMER.HISTORY C1").rows.first
                #expect((first?.text("seq").flatMap { Int($0) } ?? 0) >= oldest)
            }
        }
    }

    enum TemplateLines {
        static let shipped =
            #"TEMPLATE.PUT actor=anna {"event":"order.shipped","language":"nl","subject":"Verzonden","#
            + #""body":"{{order.number}} {{shipment.trackingCode}}"}"#
    }
}

extension Talk {
    /// Sends a line of which only matters what comes of it, if anything does.
    func attempt(_ line: String) throws {
        if case .error(let code, let text) = try ask(line).outcome { Issue.record("\(code) \(text), to \(line)") }
    }
}
