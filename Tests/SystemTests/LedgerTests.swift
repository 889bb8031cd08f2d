import Client
import Testing

extension SystemTests {
    /// Documents, numbers, credit notes, vouchers and cheques over TCP, before and after the plug was pulled.
    @Suite struct LedgerTests {
        static let seller = """
            SHOP.SELLER actor=owner {"name":"Winkel BV","street":"Prinsengracht 1","postalCode":"1015 KD",\
            "city":"Amsterdam","country":"NL","vatId":"NL804124188B01",\
            "registration":{"value":"12345678","scheme":"0106"},\
            "electronicAddress":{"value":"12345678","scheme":"0106"},"iban":"NL91ABNA0417164300","paymentDays":14}
            """

        static func company(_ number: String, _ more: String = "") -> String {
            """
            ORDER.PUT {"channel":"web","number":"\(number)","placedAt":"2026-04-02T08:00:00Z","currency":"EUR",\
            "customer":{"email":"inkoop@vries.be","company":"De Vries BV"\(more)},"billing":{"company":"De Vries BV",\
            "street":"Rue Haute","houseNumber":"7","postalCode":"1000","city":"Bruxelles","country":"BE"},\
            "lines":[{"sku":"T","title":"Tea","quantity":3,"unitPrice":"9.99","vatRate":"21"}],"total":"29.97"}
            """
        }

        private static func begin(_ server: RunningServer) throws -> Talk {
            let talk = try server.connect()
            try talk.ok("ORDER.PUT " + Story.order)
            try talk.ok(seller)
            return talk
        }

        // MARK: W06, X14, X15

        @Test func anInvoiceIsDraftedPostedAndStays() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                let draft = try talk.ok("DOCUMENT.CREATE order=shopify:S-1000123 actor=anna")
                #expect(draft.text("document") == "D1" && draft.at("number") == .null)
                let posted = try talk.ok("DOCUMENT.POST D1 actor=piet")
                let number = try #require(posted.text("number"))
                #expect(number.hasPrefix("INV-20") && number.hasSuffix("-00001"))
                #expect(try talk.ok("DOCUMENT.POST D1 actor=other").text("number") == number)
                #expect(try talk.ok("DOCUMENT.POST D1").at("duplicate") == .bool(true))
                try talk.refused("DOCUMENT.DISCARD D1", "REFUSED", "posted")
                try talk.refused("DOCUMENT.EDIT D1 {}", "REFUSED", "posted")
                try talk.refused("SHOP.SERIES kind=invoice next=7", "REFUSED", "in use")
                try talk.refused("SHOP.SERIES kind=invoice pattern=X{number}", "REFUSED", "in use")
                let questions = [
                    "DOCUMENT.SHOW \(number)", "CUSTOMER.360 document=\(number)", "DOCUMENT.UBL \(number)",
                    "SHOP.SERIES",
                    "SHOP.SELLER",
                ]
                let before = try questions.map { try talk.ask($0) }
                let shown = try talk.ok("DOCUMENT.SHOW D1")
                #expect(shown.text("createdBy") == "anna" && shown.text("postedBy") == "piet")
                #expect(shown.text("recipient") == "Sophie van der Linden" && shown.text("sums.payable") == "39.90")
                #expect(
                    try talk.ok("DOCUMENT.UBL \(number)").text("ubl")?.contains("<cbc:ID>\(number)</cbc:ID>") == true)
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    #expect(try questions.map { try server.connect().ask($0) } == before)
                }
                let next = try server.connect()
                try next.ok("DOCUMENT.CREATE order=shopify:S-1000123")
                #expect(try next.ok("DOCUMENT.POST D2").text("number")?.hasSuffix("-00002") == true)
            }
        }

        @Test func whatIsMissingIsSaidAllAtOnce() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.company("1"))
                try talk.ok("DOCUMENT.CREATE order=web:1")
                try talk.refused("DOCUMENT.POST D1", "REFUSED", "SHOP.SELLER")
                try talk.ok(#"SHOP.SELLER {"name":"W","country":"NL"}"#)
                try talk.refused(
                    "DOCUMENT.POST D1", "REFUSED", "VAT id (BT-48)", "[BR-CO-26]", "[BR-S-02]", "[BR-CO-25]")
                try talk.ok(Self.seller)
                try talk.refused("DOCUMENT.POST D1", "REFUSED", "VAT id (BT-48)")
                try talk.ok(#"DOCUMENT.EDIT D1 {"recipient":{"vatId":"BE0417497106"}}"#)
                #expect(try talk.ok("DOCUMENT.POST D1").text("state") == "posted")
                try talk.ok(
                    #"DOCUMENT.CREATE order=web:1 {"recipient":{"vatId":"BE0417497106","electronicAddress":{"value":"0417497106","scheme":"0208"}}}"#
                )
                let number = try #require(talk.ok("DOCUMENT.POST D2").text("number"))
                let ubl = try talk.ok("DOCUMENT.UBL \(number)")
                #expect(ubl.text("profile") == "peppol" && ubl.text("ubl")?.contains("peppol.eu") == true)
            }
        }

        @Test(arguments: [
            ("DOCUMENT.CREATE order=web:9", "NOTFOUND", "order"), ("DOCUMENT.CREATE", "INVALID", "order"),
            ("DOCUMENT.CREATE order=web:1 {\"recipent\":{}}", "INVALID", "recipent"),
            ("DOCUMENT.CREATE order=web:1 kind=credit-note", "INVALID", "DOCUMENT.CREDIT"),
            (
                "DOCUMENT.CREATE order=web:1 {\"lines\":[{\"title\":\"x\",\"unitPrice\":\"1\",\"vatRate\":\"21\"}]}",
                "REFUSED", "29.97"
            ),
            ("DOCUMENT.POST D9", "NOTFOUND", "D9"), ("DOCUMENT.SHOW X-1", "NOTFOUND", "X-1"),
            ("DOCUMENT.UBL D1", "REFUSED", "not posted"),
            ("DOCUMENT.CREDIT document=D1 {\"reason\":\"damage\"}", "REFUSED", "posted invoice"),
            ("DOCUMENT.CREDIT document=D1 {\"reason\":\"mood\"}", "INVALID", "reason"),
            ("DOCUMENT.CREDIT document=D1 {\"reason\":\"other\"}", "INVALID", "note"),
            ("SHOP.SERIES kind=invoice pattern=X", "INVALID", "pattern"),
            ("SHOP.SERIES kind=invoice pattern=CN-{year}-{number:5}", "REFUSED", "credit-note"),
            ("SHOP.SELLER {\"nmae\":\"x\"}", "INVALID", "nmae"),
            ("VOUCHER.ISSUE currency=EUR", "INVALID", "amount"), ("VOUCHER.ISSUE amount=5", "INVALID", "currency"),
            ("VOUCHER.ISSUE amount=5 currency=EUR customer=C99", "NOTFOUND", "C99"),
            ("VOUCHER.ISSUE amount=5 currency=EUR creditNote=D1", "REFUSED", "creditNote"),
            ("VOUCHER.SHOW code=ABCD", "INVALID", "code"), ("VOUCHER.SHOW voucher=V9", "NOTFOUND", "V9"),
            ("VOUCHER.REVERSE id=nothing", "NOTFOUND", "id"), ("CHEQUE.PAY voucher=V9 reference=x", "NOTFOUND", "V9"),
        ])
        func whatIsWrongChangesNothing(_ line: String, _ code: String, _ word: String) throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.company("1"))
                try talk.ok("DOCUMENT.CREATE order=web:1")
                try talk.refused(line, code, word)
            }
        }

        /// Orders as channels bring them: prices without VAT, discounts that the price has had, rates that nobody names.
        @Test func channelOrdersBecomeInvoices() throws {
            try Sandbox.with { sandbox in
                let talk = try sandbox.start().connect()
                try talk.ok(Self.seller)
                let woo = """
                    ORDER.PUT {"channel":"woocommerce","number":"1","placedAt":"2026-01-12T19:45:10Z","currency":"EUR",\
                    "total":"32.59","paymentStatus":"paid","pricesIncludeTax":false,"discountTotal":"2.53",\
                    "billing":{"name":"S. L","street":"Dam","houseNumber":"1","city":"Amsterdam","country":"NL"},\
                    "lines":[{"title":"Thee","quantity":"2","unitPrice":"13.715","total":"27.43","tax":"2.47"},\
                    {"title":"Zakje","quantity":"1","unitPrice":"2.47","vatRate":"9","total":"2.47","discount":"2.53"}]}
                    """
                try talk.ok(woo)
                let draft = try talk.ok("DOCUMENT.CREATE order=woocommerce:1")
                #expect(draft.text("total") == "32.59")
                let shown = try talk.ok("DOCUMENT.SHOW D1")
                #expect(shown.text("sums.payable") == "0.00" && shown.text("lines.0.vatRate") == "9")
                #expect(try talk.ok("DOCUMENT.POST D1").text("state") == "posted")
                try talk.ok(
                    #"ORDER.PUT {"channel":"bol","number":"2","placedAt":"2026-05-18T11:45:59Z","currency":"EUR","total":"25.00","billing":{"name":"S","city":"Breda","country":"NL"},"shippingTotal":"5.00","lines":[{"title":"A","quantity":2,"unitPrice":"10.00"}]}"#
                )
                try talk.refused("DOCUMENT.CREATE order=bol:2", "REFUSED", "lines[0].vatRate")
                #expect(try talk.ok(#"DOCUMENT.CREATE order=bol:2 {"vatRate":"21"}"#).text("total") == "25.00")
                #expect(try talk.ok("DOCUMENT.POST D2").text("state") == "posted")
            }
        }

        // MARK: X07, X08

        @Test func creditNotesNeverExceedTheInvoice() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try Self.begin(server)
                try talk.ok("DOCUMENT.CREATE order=shopify:S-1000123")
                let invoice = try #require(talk.ok("DOCUMENT.POST D1").text("number"))
                func credit(_ json: String, _ options: String = "") -> String {
                    "DOCUMENT.CREDIT document=\(invoice) \(options) \(json)"
                }
                try talk.refused(credit(#"{"amount":"40.00","reason":"damage"}"#), "REFUSED", "39.90")
                #expect(
                    try talk.ok(credit(#"{"lines":[{"line":"1","quantity":1}],"reason":"return"}"#)).text("total")
                        == "19.95")
                try talk.refused(credit(#"{"amount":"20.00","reason":"damage"}"#), "REFUSED", "19.95")
                try talk.refused(credit(#"{"lines":[{"line":"7"}],"reason":"return"}"#), "INVALID", "line 7")
                try talk.refused(credit(#"{"amount":"20.00","reason":"damage"}"#, "allowMore=yes"), "INVALID", "note")
                let more = #"{"amount":"20.00","reason":"damage","note":"the whole box"}"#
                #expect(try talk.ok(credit(more, "allowMore=yes")).text("total") == "20.00")
                try talk.ok("DOCUMENT.DISCARD D3 actor=anna")
                #expect(try talk.ok("DOCUMENT.SHOW D1").text("left") == "19.95")
                #expect(try talk.ok("DOCUMENT.POST D2").text("number")?.hasPrefix("CN-") == true)
                let number = try #require(talk.ok("DOCUMENT.SHOW D2").text("number"))
                let ubl = try #require(talk.ok("DOCUMENT.UBL \(number)").text("ubl"))
                #expect(ubl.contains("<CreditNote ") && ubl.contains(invoice))
                let dossier = try talk.ok("CUSTOMER.360 document=\(number)")
                let credited = dossier.at("documents")?.elements?.first { $0.text("document") == "D2" }
                #expect(credited?.text("credits") == invoice && credited?.text("reason") == "return")
            }
        }

        // MARK: X09 to X13

        @Test("X10 X09: valid in webshop and store, and of many who want it at once one wins")
        func aVoucherIsSpentOnceHoweverManyWantIt() throws {
            try Sandbox.with { sandbox in
                var server = try sandbox.start()
                let talk = try Self.begin(server)
                let code = try #require(
                    talk.ok("VOUCHER.ISSUE amount=25.00 currency=EUR customer=C1 id=a").text("code"))
                let again = try talk.ok("VOUCHER.ISSUE amount=25.00 currency=EUR customer=C1 id=a")
                #expect(again.at("duplicate") == .bool(true) && again.at("code") == nil)
                let talks = try (0..<32).map { _ in try server.connect() }
                for (number, talk) in talks.enumerated() {
                    try talk.client.send("VOUCHER.REDEEM code=\(code) amount=20.00 id=r\(number) in=store")
                }
                let outcomes = try talks.map { try $0.client.receive().outcome }
                var winners = 0
                for outcome in outcomes {
                    switch outcome {
                    case .ok: winners += 1
                    case .error(let code, let text):
                        #expect(code == "CONFLICT" && text.contains("5.00 EUR that is left"))
                    }
                }
                #expect(winners == 1)
                let questions = ["VOUCHER.SHOW code=\(code.lowercased())", "CUSTOMER.360 C1"]
                let before = try questions.map { try talk.ask($0) }
                for snapshot in [false, true] {
                    if snapshot { try server.connect().ok("SNAPSHOT") }
                    try server.kill()
                    server = try sandbox.start()
                    #expect(try questions.map { try server.connect().ask($0) } == before)
                }
                let dossier = try server.connect().ok("CUSTOMER.360 C1")
                #expect(dossier.text("vouchers.0.left") == "5.00")
                #expect(dossier.text("vouchers.0.maskedCode") == "****-****-****-****-\(code.suffix(2))")
                #expect(!"\(before)".contains(code), "a code was told again")
            }
        }

        @Test func aVoucherHasItsTimesAndAChequeDiesWhenItIsTakenIn() throws {
            try Sandbox.with { sandbox in
                let server = try sandbox.start()
                let talk = try Self.begin(server)
                func issue(_ more: String) throws -> String {
                    try #require(talk.ok("VOUCHER.ISSUE amount=10.00 currency=EUR \(more)").text("code"))
                }
                let early = try issue("startsAt=2099-01-01T00:00:00Z")
                try talk.refused("VOUCHER.REDEEM code=\(early) amount=1 id=e", "REFUSED", "2099")
                let late = try issue("startsAt=2020-01-01T00:00:00Z expiresAt=2021-01-01T00:00:00Z")
                try talk.refused("VOUCHER.REDEEM code=\(late) amount=1 id=l", "REFUSED", "2021")
                #expect(try talk.ok("VOUCHER.SHOW code=\(late)").text("expired") == "10.00")
                let code = try issue("extra=5.00")
                let redeem = "VOUCHER.REDEEM code=\(code) amount=4.00 id=one"
                try talk.ok(redeem)
                #expect(try talk.ok(redeem).at("duplicate") == .bool(true))
                try talk.refused("VOUCHER.REDEEM code=\(code) amount=5.00 id=one", "CONFLICT", "id")
                try talk.refused("VOUCHER.REDEEM code=\(code) amount=1.00 id=two currency=USD", "CONFLICT", "EUR")
                try talk.refused("CHEQUE.PAY code=\(code) reference=x", "REFUSED", "CHEQUE.TAKE")
                let taken = try talk.ok("CHEQUE.TAKE code=\(code) actor=anna")
                #expect(
                    taken.text("takenIn") == "6.00" && taken.text("lapsed") == "5.00" && taken.text("left") == "0.00")
                try talk.refused("VOUCHER.REDEEM code=\(code) amount=1.00 id=two", "CONFLICT", "taken in")
                try talk.refused("VOUCHER.REVERSE id=one", "REFUSED", "taken in")
                try talk.ok("CHEQUE.PAY code=\(code) reference=mollie-1")
                #expect(try talk.ok("CHEQUE.PAY code=\(code) reference=mollie-1").at("duplicate") == .bool(true))
                try talk.refused("CHEQUE.PAY code=\(code) reference=mollie-2", "CONFLICT", "mollie-1")
                try talk.ok("SHOP other")
                try talk.ok("ORDER.PUT " + Story.order)
                try talk.refused("VOUCHER.SHOW code=\(code)", "NOTFOUND", "code")
                try talk.refused("VOUCHER.SHOW voucher=V3", "NOTFOUND", "V3")
            }
        }
    }
}
