import Client
import Foundation
import Testing

extension SystemTests {
    /// What the commands about files, documents, rules, tags, lists, money and history are told wrongly, by the hundreds: a
    /// typed error that says what to do next, and nothing changes.
    @Suite struct RefusalTests {
        /// Two shops, each with one of everything. Answers what the names in the lines above stand for: `$` what is this
        /// shop's, `@` what is the other's.
        private static func fill(_ talk: Talk) throws -> [String: String] {
            var names: [String: String] = [:]
            for (mark, shop, number) in [("$", "main", "1"), ("@", "other", "7")] {
                try talk.ok("SHOP \(shop)")
                try talk.ok(order(number, shop))
                names["\(mark)order"] = "web:\(number)"
                let customer = try #require(talk.rows("CUSTOMER.SEARCH").rows.first?.text("number"))
                names["\(mark)customer"] = customer
                try talk.ok(LedgerTests.seller)
                let draft = try #require(talk.ok("DOCUMENT.CREATE order=web:\(number)").text("document"))
                names["\(mark)document"] = draft
                names["\(mark)invoice"] = try talk.ok("DOCUMENT.POST \(draft)").text("number")
                let voucher = try talk.ok("VOUCHER.ISSUE amount=10.00 currency=EUR customer=\(customer) id=gift")
                names["\(mark)voucher"] = voucher.text("voucher")
                let code = try #require(voucher.text("code"))
                names["\(mark)code"] = code
                try talk.ok("VOUCHER.REDEEM code=\(code) amount=1.00 id=old")
                let file = try ArchiveTests.upload(talk, [1, 2, 3])
                names["\(mark)file"] = try talk.ok("DOCUMENT.ATTACH customer=\(customer) file=\(file) label=x")
                    .text("document")
                try talk.ok("CUSTOMER.TAG \(customer) regular cause=loyal")
                try talk.ok("RULE.PUT name=regular \(WrongCommand.rule)")
                try talk.ok(#"FACT.PUT kind=refund order=web:\#(number) {"id":"r","amount":"1.00"}"#)
            }
            try talk.ok("SHOP main")
            names["$draft"] = try talk.ok("DOCUMENT.CREATE order=web:1").text("document")
            let code = try #require(names["$code"])
            names["$mistyped"] = (code.first == "2" ? "3" : "2") + code.dropFirst()
            names["$upload"] = try ArchiveTests.upload(talk, [4, 5])
            names["$other"] = try talk.ok("FILE.BEGIN name=half bytes=100").text("id")
            return names
        }

        private static func order(_ number: String, _ shop: String) -> String {
            let more = #"""
                ,"billing":{"name":"Anna Vos","street":"Dam 1","postalCode":"1012 JS","city":"Amsterdam","country":"NL"},\#
                "lines":[{"sku":"A","title":"Thee","quantity":2,"unitPrice":"5.00","vatRate":"21"}]
                """#
            return Story.order(
                "web", number, customer: #""email":"a@\#(shop).example","name":"Anna Vos""#, more: more)
        }

        /// All that can be taken out of both shops, and how far the journal is.
        private static func everythingKnown(_ talk: Talk, _ names: [String: String]) throws -> [Reply] {
            try ["$", "@"].flatMap { mark in
                func name(_ what: String) -> String { names[mark + what] ?? "" }
                return try talk.pipeline(
                    [mark == "$" ? "SHOP main" : "SHOP other", "CUSTOMER.360 \(name("customer"))"]
                        + ["ORDER.DOCUMENTS \(name("order"))", "ORDER.LIFE \(name("order"))", "RULE.LIST", "RULE.LOG"]
                        + ["VOUCHER.SHOW voucher=\(name("voucher"))", "DOCUMENT.SHOW \(name("document"))"]
                        + ["DOCUMENT.SHOW \(name("file"))", "DOCUMENT.FETCH \(name("file"))", "SHOP.RETENTION"]
                        + ["SHOP.AUTOMATE", "CUSTOMER.SEARCH full=yes", "SHOP.SELLER", "SHOP.SERIES", "OUTBOX.LIST"]
                        + ["SHOP.SETTINGS", "ORDER.EXPORT", "CUSTOMER.EXPORT", "DOCUMENT.EXPORT", "FACT.EXPORT"])
            } + [try talk.ask("SHOP main")]
        }

        @Test(arguments: WrongCommand.everything)
        func refusesAndChangesNothing(_ wrong: WrongCommand) throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                let names = try Self.fill(talk)
                let known = try Self.everythingKnown(talk, names)
                let (before, files) = (try talk.sequence(), try ArchiveTests.files(sandbox))
                for (line, codes) in wrong.lines {
                    let line = names.reduce(line) { $0.replacing($1.key, with: $1.value) }
                    let shown = line.prefix(120)
                    guard case .error(let code, let text) = try talk.ask(line).outcome else {
                        Issue.record("\(shown) was not refused")
                        continue
                    }
                    #expect(codes.contains(code), "\(shown): \(code) \(text)")
                    #expect(text.utf8.count < 700, "\(shown): the refusal has \(text.utf8.count) bytes")
                    #expect(text.contains { $0 == " " }, "\(shown): what now? \(text)")
                }
                #expect(try talk.sequence() == before)
                #expect(try Self.everythingKnown(talk, names) == known)
                #expect(try ArchiveTests.files(sandbox) == files)
            }
        }

        /// Commands as they are meant, which change something when they come whole.
        private static let right = [
            #"FILE.BEGIN name=a.pdf type=text/plain bytes=3"#, #"FILE.PART id=$other {"data":"YQ=="}"#,
            "DOCUMENT.ATTACH customer=C1 file=$upload name=Gebruiksaanwijzing actor=anna",
            "DOCUMENT.LABEL label=spring documents=$invoice", "DOCUMENT.SHARE $file visibility=customer actor=anna",
            #"SHOP.RETENTION kind=invoice years=9 country=BE source="WBTW art. 60""#, "REPORT.CUSTOMER C1 file=yes",
            #"RULE.PUT name=spring {"on":["order.placed"],"do":[{"tag":"spring"}]}"#,
            "RULE.ON name=regular force=yes actor=anna", "SHOP.AUTOMATE days=20",
            #"CUSTOMER.TAG C1 spring "late payer" actor=anna"#, #"CUSTOMER.BLOCK C1 reason="does not pay""#,
            "CUSTOMER.BULK action=tag value=spring all=yes",
            #"CUSTOMER.BULK action=block reason="does not pay" country=NL"#,
            #"FACT.PUT kind=shipment order=web:1 {"id":"s1","trackingCode":"3S"}"#,
            #"VOUCHER.ISSUE amount=5.00 currency=EUR customer=C1 description="For the cup""#,
            "VOUCHER.REDEEM code=$code amount=1.00 id=new", #"VOUCHER.RENEW voucher=V1 id=new reason="card lost""#,
            "CHEQUE.TAKE voucher=V1 actor=anna", "FEED from=1", "CUSTOMER.SEARCH text=anna",
        ]

        /// Bytes that are no UTF-8, anywhere in a line that would do something: nothing is done, and the connection goes on.
        @Test func bytesThatAreNoTextChangeNothing() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                let names = try Self.fill(talk)
                let known = try Self.everythingKnown(talk, names)
                let (before, raw) = (try talk.sequence(), try RawConnection(server.port))
                for line in Self.right {
                    let bytes = Array(names.reduce(line) { $0.replacing($1.key, with: $1.value) }.utf8)
                    for wrong in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
                        for place in [bytes.count / 2, bytes.count] {
                            let sent = bytes[..<place] + wrong.map(UInt8.init) + bytes[place...] + [0x0A]
                            try raw.send(sent)
                            let reply = try #require(raw.readLines(1).first)
                            #expect(reply.hasPrefix("ERR SYNTAX "), "\(line) with \(wrong) at \(place): \(reply)")
                        }
                    }
                }
                #expect(try talk.sequence() == before)
                #expect(try Self.everythingKnown(talk, names) == known)
            }
        }

        /// A client that is cut off in the midst of a line has said nothing.
        @Test func linesCutInHalfChangeNothing() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                let names = try Self.fill(talk)
                let known = try Self.everythingKnown(talk, names)
                let before = try talk.sequence()
                for line in Self.right {
                    let bytes = Array(names.reduce(line) { $0.replacing($1.key, with: $1.value) }.utf8)
                    // Whole but for its end, too: the line feed is what says that it is meant.
                    for count in [1, bytes.count / 2, bytes.count - 1, bytes.count] {
                        let raw = try RawConnection(server.port)
                        try raw.send(bytes[..<count])
                        raw.finishSending()
                        let reply = String(decoding: try raw.readToEnd(), as: UTF8.self)
                        #expect(reply.isEmpty || reply.hasPrefix("ERR SYNTAX "), "\(line) cut at \(count): \(reply)")
                    }
                }
                #expect(try talk.sequence() == before)
                #expect(try Self.everythingKnown(talk, names) == known)
            }
        }
    }
}
