import Bytes
import Client
import Foundation
import Testing

extension SystemTests {
    /// Files in dossiers, labels, sending, retention, reports and the history of documents over TCP, before and after the
    /// plug was pulled.
    @Suite struct ArchiveTests {
        /// Uploads in parts of 70,000 bytes and answers the upload's name.
        @discardableResult
        static func upload(_ talk: Talk, _ content: [UInt8], name: String = "handleiding.pdf") throws -> String {
            let id = try #require(
                talk.ok("FILE.BEGIN name=\(name) type=application/pdf bytes=\(content.count)").text("id"))
            for start in stride(from: 0, to: content.count, by: 70_000) {
                let part = Array(content[start..<min(start + 70_000, content.count)])
                try talk.ok(#"FILE.PART id=\#(id) {"data":"\#(Data(part).base64EncodedString())"}"#)
            }
            let hash = ContentHash(SHA256.digest(content))?.description ?? ""
            #expect(try talk.ok("FILE.END id=\(id) sha256=\(hash)").text("bytes") == "\(content.count)")
            return id
        }

        static func fetch(_ talk: Talk, _ document: String) throws -> [UInt8] {
            try talk.rows("DOCUMENT.FETCH \(document)").rows.flatMap { row in
                [UInt8](try #require(Data(base64Encoded: row.text("data") ?? "")))
            }
        }

        static let content = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

        static func begin(_ server: RunningServer) throws -> Talk {
            let talk = try server.connect()
            try talk.ok("ORDER.PUT " + Story.order)
            try talk.ok(LedgerTests.seller)
            try talk.ok("DOCUMENT.CREATE order=shopify:S-1000123 actor=anna")
            try talk.ok("DOCUMENT.POST D1 actor=piet")
            return talk
        }

        static func files(_ sandbox: Sandbox) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: sandbox.path("data/files")).sorted()
        }

        // MARK: T19, B08, B13, T03, T22

        @Test func filesAreInTheDossierOnceAndSurvive() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                let file = try Self.upload(talk, Self.content)
                let attach = "DOCUMENT.ATTACH document=D1 file=\(file) actor=anna"
                let first = try talk.ok("\(attach) visibility=customer label=garantie")
                #expect(first.text("document") == "F1" && first.text("language") == "nl")
                #expect(try talk.ok("\(attach) visibility=customer").at("duplicate") == .bool(true))
                let other = try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(file) name=intern.pdf language=de-AT")
                #expect(other.text("visibility") == "internal" && other.text("language") == "de-AT")
                try talk.ok("CUSTOMER.LANGUAGE C1 fr")
                #expect(
                    try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(file) name=fr.pdf").text("language") == "fr")
                #expect(try talk.ok("DOCUMENT.CREATE order=shopify:S-1000123").text("document") == "D2")
                #expect(try talk.ok("DOCUMENT.SHOW D2").text("language") == "fr")
                try talk.ok(#"DOCUMENT.EDIT D2 {"language":"es"}"#)
                #expect(try talk.ok("DOCUMENT.SHOW D2").text("language") == "es")
                #expect(try Self.files(sandbox).count == 1, "the same content is kept once")
                try talk.ok("DOCUMENT.SHARE F2 visibility=customer actor=eva")
                try talk.ok("DOCUMENT.LABEL label=garantie documents=D1,F2 actor=eva")
                let questions = ["CUSTOMER.360 C1", "DOCUMENT.SHOW D1", "DOCUMENT.SHOW F2", "DOCUMENT.FETCH F1"]
                let before = try questions.map { try talk.ask($0) }
                let shown = try talk.ok("CUSTOMER.360 C1").at("documents")?.elements ?? []
                #expect(shown.count == 5)
                #expect(shown.first { $0.text("document") == "D1" }?.text("labels.0") == "garantie")
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    let again = try server.connect()
                    #expect(try questions.map { try again.ask($0) } == before)
                    #expect(try Self.fetch(again, "D1") == Self.content)
                    #expect(try again.rows("VERIFY").rows.contains { $0.text("kind") == "content" })
                }
            }
        }

        @Test func uploadsAreCheckedAndBelongToTheirConnection() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start("data", ["--file-bytes", "100", "--file-uploads", "2"])
                let talk = try Self.begin(server)
                try talk.refused("FILE.BEGIN name=a bytes=101", "TOOLARGE", "100 bytes")
                try talk.refused("FILE.BEGIN name=a/b", "INVALID", "folders")
                try talk.refused("FILE.BEGIN name=a type=pdf", "INVALID", "type")
                try talk.ok("FILE.BEGIN name=a bytes=3")
                try talk.refused(#"FILE.PART id=U1 {"data":"a"}"#, "INVALID", "base64")
                try talk.refused(#"FILE.PART id=U9 {"data":""}"#, "NOTFOUND", "U9")
                try talk.refused("DOCUMENT.ATTACH customer=C1 file=U1", "REFUSED", "FILE.END")
                try talk.ok(#"FILE.PART id=U1 {"data":"YWI="}"#)
                try talk.refused("FILE.END id=U1", "CONFLICT", "3 were announced, 2 have come")
                try talk.refused(#"FILE.PART id=U1 {"data":"YWI="}"#, "NOTFOUND", "U1")
                try talk.ok("FILE.BEGIN name=b")
                try talk.ok(#"FILE.PART id=U2 {"data":"YWI="}"#)
                try talk.refused("FILE.END id=U2 sha256=\(String(repeating: "0", count: 64))", "CONFLICT", "sha256")
                try talk.ok("FILE.BEGIN name=c")
                try talk.ok("FILE.BEGIN name=d")
                try talk.refused("FILE.BEGIN name=e", "BUSY", "2 uploads")
                try talk.ok("FILE.END id=U3")
                try server.connect().refused("DOCUMENT.ATTACH customer=C1 file=U3", "NOTFOUND", "U3")
                try talk.refused("DOCUMENT.ATTACH customer=C9 file=U3", "NOTFOUND", "C9")
                try talk.refused("DOCUMENT.ATTACH file=U3", "INVALID", "document")
                try talk.ok("SHOP other")
                try talk.ok("ORDER.PUT " + Story.order)
                try talk.refused("DOCUMENT.ATTACH customer=C2 file=U3", "NOTFOUND", "U3")
                try talk.ok("SHOP main")
                #expect(try talk.ok("DOCUMENT.ATTACH customer=C1 file=U3").text("bytes") == "0")
                try talk.ok("SHOP other")
                for line in ["DOCUMENT.SHOW F1", "DOCUMENT.FETCH F1", "DOCUMENT.REMOVE F1", "DOCUMENT.FETCH D1"] {
                    try talk.refused(line, "NOTFOUND", "document")
                }
            }
        }

        @Test func damageIsNamedAndMendedAndLeftoversGo() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try Self.begin(server)
                try talk.ok("DOCUMENT.ATTACH order=shopify:S-1000123 file=\(try Self.upload(talk, Self.content))")
                try talk.ok("FILE.BEGIN name=half")
                let name = try #require(try Self.files(sandbox).first { $0.hasSuffix(".lz4") })
                #expect(try Self.files(sandbox).count == 2)
                try server.kill()
                let path = sandbox.path("data/files/\(name)")
                var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
                bytes[200] ^= 1
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                server = try sandbox.start()
                talk = try server.connect()
                #expect(Self.eventually { try Self.files(sandbox) == [name] }, "what a crash left goes")
                try talk.refused(
                    "DOCUMENT.FETCH F1", "INTERNAL", String(name.dropLast(4)), "attach the same file again")
                try talk.refused("VERIFY", "INTERNAL", name)
                try Self.upload(talk, Self.content)
                #expect(try Self.fetch(talk, "F1") == Self.content)
                try FileManager.default.removeItem(atPath: path)
                try talk.refused("DOCUMENT.FETCH F1", "INTERNAL", String(name.dropLast(4)))
                try talk.refused("VERIFY", "INTERNAL", "a file that must be there is missing")
            }
        }

        // MARK: T20, T21

        @Test func aWholeLabelIsSentInOneAction() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                let file = try Self.upload(talk, [1, 2, 3])
                try talk.ok("DOCUMENT.ATTACH document=D1 file=\(file) visibility=customer label=garantie")
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(file) name=intern.pdf")
                try talk.ok(LedgerTests.company("1"))
                try talk.ok("DOCUMENT.PUT {\"kind\":\"invoice\",\"number\":\"X-1\",\"order\":\"web:1\"}")
                try talk.ok("DOCUMENT.LABEL label=garantie documents=D1,X-1 actor=eva")
                try talk.refused("DOCUMENT.SEND label=niets", "NOTFOUND", "label")
                try talk.refused("DOCUMENT.SEND documents=F2", "REFUSED", "internal")
                try talk.refused("DOCUMENT.SEND documents=D1", "REFUSED", "SHOP.SENDER")
                try talk.ok("SHOP.SENDER address=info@winkel.example name=Winkel language=nl")
                try talk.ok(
                    #"TEMPLATE.PUT {"event":"documents.sent","language":"nl","subject":"Post","body":"{{documents.names}}"}"#
                )
                let (rows, end) = try talk.rows("DOCUMENT.SEND label=garantie actor=eva")
                #expect(rows.count == 2 && end.text("messages") == "2" && end.text("refused") == "0")
                let number = try #require(talk.ok("DOCUMENT.SHOW D1").text("number"))
                let message = try #require(rows[0].text("message"))
                #expect(try talk.ok("MESSAGE.SHOW \(message)").text("body") == "handleiding.pdf, \(number)")
                let again = try talk.rows("DOCUMENT.SEND label=garantie").rows
                #expect(again.allSatisfy { $0.at("duplicate") == .bool(true) })
                try talk.ok("DOCUMENT.UNLABEL label=garantie documents=X-1")
                #expect(try talk.rows("DOCUMENT.SEND label=garantie id=2").rows.count == 1)
                let before = try talk.ask("DOCUMENT.SHOW F1")
                #expect(try talk.ok("DOCUMENT.SHOW F1").text("sent.0.by") == "eva")
                try server.kill()
                server = try sandbox.start()
                #expect(try server.connect().ask("DOCUMENT.SHOW F1") == before)
            }
        }

        // MARK: W08, T24, T25

        @Test func documentsStayAsLongAsTheyMust() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                var talk = try Self.begin(server)
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(try Self.upload(talk, Self.content))")
                for line in ["DOCUMENT.REMOVE D1", "DOCUMENT.REMOVE F1"] {
                    try talk.refused(line, "REFUSED", "has to stay until 2033-")
                }
                func put(_ number: String, _ kind: String, _ at: String) throws {
                    try talk.ok(
                        #"DOCUMENT.PUT {"kind":"\#(kind)","number":"\#(number)","order":"shopify:S-1000123","issuedAt":"\#(at)T08:00:00Z"}"#
                    )
                }
                try put("L-1", "invoice", "2024-02-29")
                try talk.refused("DOCUMENT.REMOVE L-1", "REFUSED", "until 2031-03-01T08:00:00Z")
                try talk.ok("SHOP.RETENTION kind=invoice years=8 source=longer")
                try talk.refused("DOCUMENT.REMOVE L-1", "REFUSED", "until 2032-02-29T08:00:00Z")
                try put("O-1", "credit-note", "2015-01-01")
                try talk.ok("DOCUMENT.REMOVE O-1 actor=eva")
                try talk.refused("DOCUMENT.REMOVE O-1", "NOTFOUND", "removed")
                // A shorter time never shortens a clock that runs.
                try talk.ok("SHOP.RETENTION kind=upload years=0 country=BE")
                try talk.ok("SHOP.RETENTION kind=upload years=0")
                try talk.refused("DOCUMENT.REMOVE F1", "REFUSED", "until 2033-")
                let short = try Self.upload(talk, [7, 7, 7])
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(short) name=kort.pdf")
                #expect(try Self.files(sandbox).count == 2)
                try talk.ok("DOCUMENT.REMOVE F2 actor=eva")
                // A saved itinerary is read only and goes by itself.
                let trip = "DOCUMENT.ATTACH customer=C1 file=\(short) kind=itinerary name=reis.pdf"
                #expect(try talk.ok(trip).text("goneAt")?.hasPrefix("202") == true)
                try talk.refused("DOCUMENT.REMOVE F3", "REFUSED", "read only")
                try talk.refused("DOCUMENT.SHARE F3 visibility=internal", "REFUSED", "read only")
                try put("T-1", "itinerary", "2026-02-28")
                try put("T-2", "itinerary", "2099-02-28")
                #expect(Self.eventually { try talk.ask("CUSTOMER.360 document=T-1").outcome.isError })
                let documents = try talk.ok("CUSTOMER.360 C1").at("documents")?.elements?.compactMap {
                    $0.text("number")
                }
                #expect(documents?.contains("T-1") == false && documents?.contains("O-1") == false)
                #expect(documents?.contains("T-2") == true)
                let before = try talk.ask("CUSTOMER.360 C1")
                for snapshot in [false, true] {
                    if snapshot { try talk.ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    talk = try server.connect()
                    #expect(try talk.ask("CUSTOMER.360 C1") == before)
                    try talk.refused("DOCUMENT.REMOVE L-1", "REFUSED", "2032-02-29")
                }
                #expect(try Self.fetch(talk, "F3") == [7, 7, 7], "another document refers to the content")
            }
        }

        @Test func aContentGoesWhenNothingRefersToIt() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try Self.begin(server)
                try talk.ok("SHOP.RETENTION kind=upload years=0")
                do {
                    let other = try server.connect()
                    try other.ok("DOCUMENT.ATTACH customer=C1 file=\(try Self.upload(other, Self.content))")
                    try other.ok("DOCUMENT.REMOVE F1")
                    #expect(try Self.files(sandbox).count == 1, "the upload may still be attached")
                    try other.ok("QUIT")
                }
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(try Self.upload(talk, [1]))")
                try talk.ok("DOCUMENT.ATTACH customer=C1 file=\(try Self.upload(talk, [2], name: "b"))")
                try talk.ok("DOCUMENT.REMOVE F2")
                #expect(Self.eventually { try Self.files(sandbox).count == 2 })
                #expect(try Self.fetch(talk, "F3") == [2])
            }
        }

        static func eventually(_ condition: () throws -> Bool) -> Bool {
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end {
                do { if try condition() { return true } } catch { return false }
                sched_yield()
            }
            return false
        }

        // MARK: X14, X15, T23, T27

        @Test func theHistoryOfAnOrdersDocumentsNamesBothActors() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                let number = try #require(talk.ok("DOCUMENT.SHOW D1").text("number"))
                try talk.ok(#"DOCUMENT.CREDIT document=\#(number) actor=kees {"reason":"damage","amount":"5.00"}"#)
                try talk.ok("DOCUMENT.POST D2 actor=lot")
                try talk.ok("DOCUMENT.CREATE order=shopify:S-1000123 actor=anna")
                try talk.ok("DOCUMENT.DISCARD D3 actor=eva")
                try talk.ok("DOCUMENT.ATTACH document=D1 file=\(try Self.upload(talk, [1, 2, 3])) actor=mo")
                let acts = try talk.rows("ORDER.DOCUMENTS shopify:S-1000123").rows
                let told = acts.map { "\($0.text("act") ?? "") \($0.text("by") ?? "")" }
                #expect(
                    told == [
                        "drafted anna", "posted piet", "drafted kees", "posted lot", "drafted anna", "discarded eva",
                        "filed mo",
                    ])
                #expect(acts[2].text("credits") == number)
                let report = try talk.rows("REPORT.CUSTOMER C1 file=yes actor=eva")
                #expect(report.rows.first?.text("text")?.contains("Sophie van der Linden") == true)
                #expect(report.end.text("document") == "F2")
                let filed = String(decoding: try Self.fetch(talk, "F2"), as: UTF8.self)
                #expect(filed == report.rows.map { ($0.text("text") ?? "") + "\n" }.joined())
                #expect(try talk.ok("DOCUMENT.SHOW F2").text("kind") == "report")
                let before = try talk.ask("ORDER.DOCUMENTS shopify:S-1000123")
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    #expect(try server.connect().ask("ORDER.DOCUMENTS shopify:S-1000123") == before)
                }
            }
        }

        // MARK: X09 to X12, T17, X07

        @Test func aVoucherIsRenewedAndEndsByItself() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                // X11, X12: the buyer paid with somebody else's gift card; the extra is apart from what was owed.
                let issued = try talk.ok(
                    #"VOUCHER.ISSUE amount=10.00 extra=2.50 currency=EUR customer=C1 reason="paid by another's gift card""#
                )
                let old = try #require(issued.text("code"))
                let renewed = try talk.ok("VOUCHER.RENEW code=\(old) id=r1 reason=lost actor=eva")
                let new = try #require(renewed.text("code"))
                #expect(new != old && renewed.text("left") == "12.50" && renewed.text("extra") == "2.50")
                #expect(try talk.ok("VOUCHER.RENEW code=\(old) id=r1").at("code") == nil)
                try talk.refused("VOUCHER.REDEEM code=\(old) amount=1.00 id=x", "CONFLICT", "renewed")
                try talk.refused("VOUCHER.RENEW code=\(old) id=r2", "CONFLICT", "renewed")
                try talk.ok("VOUCHER.REDEEM code=\(new) amount=4.00 id=x in=store")
                let soon = Date(timeIntervalSinceNow: 2).formatted(.iso8601)
                try talk.ok("VOUCHER.ISSUE amount=7.00 currency=EUR customer=C1 id=w expiresAt=\(soon)")
                let sequence = try talk.sequence()
                #expect(Self.eventually { try talk.sequence() > sequence }, "the end is an event")
                let ended = try talk.ok("VOUCHER.SHOW voucher=V2")
                #expect(
                    ended.text("expired") == "7.00" && ended.text("left") == "0.00" && ended.text("state") == "expired")
                try talk.refused("VOUCHER.RENEW voucher=V2 id=r3", "CONFLICT", "nothing is left")
                let questions = ["VOUCHER.SHOW code=\(new)", "VOUCHER.SHOW voucher=V2", "CUSTOMER.360 C1"]
                let before = try questions.map { try talk.ask($0) }
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    let again = try server.connect()
                    #expect(try questions.map { try again.ask($0) } == before)
                    try again.refused("VOUCHER.SHOW code=\(old)", "CONFLICT", "renewed")
                }
            }
        }

        @Test func noLineIsCreditedForMoreThanWasInvoiced() throws {
            try Sandbox.with { sandbox in
                let talk = try Self.begin(sandbox.start())
                let number = try #require(talk.ok("DOCUMENT.SHOW D1").text("number"))
                func credit(_ quantity: Int, _ more: String = "") -> String {
                    #"DOCUMENT.CREDIT document=\#(number) \#(more) {"lines":[{"line":"1","quantity":\#(quantity)}],"reason":"return","note":"n"}"#
                }
                try talk.ok(credit(1))
                try talk.ok(#"DOCUMENT.CREDIT document=\#(number) {"amount":"0.05","reason":"damage"}"#)
                try talk.ok("DOCUMENT.DISCARD D2")
                try talk.refused(credit(2), "REFUSED", "amount")
                try talk.ok("DOCUMENT.DISCARD D3")
                try talk.ok(credit(1))
                try talk.refused(credit(2), "REFUSED")
                try talk.ok(credit(2, "allowMore=yes"))
            }
        }

        @Test func aBookingInvoicedHereKeepsItsCustomer() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try server.connect()
                try talk.ok(LedgerTests.seller)
                func order(_ number: Int, _ name: String, _ more: String) -> String {
                    """
                    ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR",\
                    \(more)"customer":{"email":"\(name)@ziggo.nl"},"billing":{"name":"\(name) Vis","street":"Dam",\
                    "houseNumber":"\(number)","postalCode":"1012 JS","city":"Amsterdam","country":"NL"},\
                    "lines":[{"title":"Trip","quantity":1,"unitPrice":"12.10","vatRate":"21"}],"total":"12.10"}
                    """
                }
                try talk.ok(order(1, "Sophie", #""kind":"booking","#))
                try talk.ok(order(2, "Ahmed", ""))
                try talk.ok("DOCUMENT.CREATE order=web:1")
                #expect(try talk.ok("CUSTOMER.MERGE C1 C2 preview=yes").at("blockers") == nil)
                let number = try #require(talk.ok("DOCUMENT.POST D1").text("number"))
                try talk.refused("CUSTOMER.MERGE C1 C2", "REFUSED", number, "CUSTOMER.MERGE C2 C1")
                #expect(try talk.info("documents") == 1)
                try talk.ok("CUSTOMER.MERGE C2 C1")
            }
        }
    }
}

extension Reply.Outcome {
    fileprivate var isError: Bool { if case .error = self { true } else { false } }
}
