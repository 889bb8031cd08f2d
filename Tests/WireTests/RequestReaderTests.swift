import Bytes
import Commerce
import Testing

@testable import Wire

@Suite struct RequestReaderTests {
    private let hasher = KeyHasher(hash: Hash64(seed: 1), shopName: "main")

    /// Reads a question as a session does.
    private func query(_ line: String) -> Result<CustomerQuery, Refusal> {
        let bytes = [UInt8](line.utf8)
        do throws(Refusal) {
            let request = try RequestLine(bytes.span)
            guard let command = CommandTable.find(bytes.span.extracting(request.command)) else {
                throw Refusal(.unknown, "")
            }
            try RequestReader.check(request, command)
            return .success(try RequestReader.query(request, command.name, hasher))
        } catch {
            return .failure(error)
        }
    }

    private func selector(_ text: String) -> CustomerSelector? {
        guard case .success(.dossier(let selector, _, _)) = query("CUSTOMER.360 \(text)") else { return nil }
        return selector
    }

    private func key(_ kind: IdentityKeyKind, _ text: String) -> IdentityKey {
        hasher.key(kind, [UInt8](text.utf8).span)
    }

    @Test func namesACustomerInEveryWay() throws {
        #expect(selector("C17") == .number(17))
        #expect(selector("number=c17") == .number(17))
        #expect(selector("email=\" Anna@Example.NL \"") == .key(key(.email, "anna@example.nl")))
        #expect(selector("email=x1@marketplace.amazon.nl") == .key(key(.relayLookup, "x1@marketplace.amazon.nl")))
        #expect(selector("EMail=anna@example.nl") == .key(key(.email, "anna@example.nl")))
        #expect(selector("vat=NL004495445B01") == .key(key(.vat, "NL004495445B01")))
        let order = try OrderName([UInt8]("shopify:1".utf8).span)
        let inMain = try OrderName([UInt8]("shopify/main:1".utf8).span)
        #expect(selector("order=shopify:1") == .order(order))
        #expect(selector("order=shopify/main:1") == .order(inMain))
        #expect(selector("document=INV-1") == .document(number: [UInt8]("INV-1".utf8).span, hasher))
        #expect(selector("ref=Shopify:1") == .reference(order))
        #expect(selector("ref=shopify/main:1") == .reference(inMain))
        guard case .keys(let keys) = selector("phone=\"06 1234 5678\"") else {
            Issue.record("no keys")
            return
        }
        #expect(keys.contains(key(.phone, "+31612345678")))
    }

    @Test(arguments: [
        ("CUSTOMER.360", RefusalCode.syntax), ("CUSTOMER.360 C1 C2", .syntax),
        ("CUSTOMER.360 C1 email=a@b.nl", .syntax),
        ("CUSTOMER.360 email=a@b.nl ref=shopify:1", .syntax), ("CUSTOMER.360 document1=x", .syntax),
        ("CUSTOMER.360 documen=x", .syntax), ("CUSTOMER.360 email=a@b.nl EMAIL=a@b.nl", .syntax),
        ("CUSTOMER.360 17", .invalid), ("CUSTOMER.360 number=0", .invalid), ("CUSTOMER.360 mail=a@b.nl", .syntax),
        ("CUSTOMER.360 email=none", .invalid), ("CUSTOMER.360 phone=12", .invalid), ("CUSTOMER.360 vat=NL1", .invalid),
        ("CUSTOMER.360 ref=17", .invalid), ("CUSTOMER.360 order=17", .invalid), ("CUSTOMER.360 C1 {}", .syntax),
        ("CUSTOMER.360 C1 limit=-1", .invalid), ("CUSTOMER.360 C1 limit=x", .invalid),
        ("CUSTOMER.360 C1 offset=", .invalid),
        ("CUSTOMER.360 C1 limit=1000000000", .invalid), ("CUSTOMER.FIND limit=1001", .invalid),
        ("CUSTOMER.FIND C1", .syntax), ("CUSTOMER.WHY", .syntax), ("CUSTOMER.WHY C1 C2 C3", .syntax),
        ("CUSTOMER.WHY C1 x", .invalid), ("ORDER.GET", .syntax), ("ORDER.GET a:1 b:1", .syntax),
        ("ORDER.GET 17", .invalid),
        ("PING x", .syntax), ("PING {}", .syntax), ("INFO tags=1", .syntax),
    ])
    func refuses(line: String, code: RefusalCode) {
        guard case .failure(let refusal) = query(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(refusal.code == code, "\(refusal)")
    }

    @Test func pagesAndLimits() {
        guard case .success(.dossier(_, let offset, let limit)) = query("CUSTOMER.360 C1 tag=x limit=5 offset=7"),
            case .success(.dossier(_, 0, 1_000)) = query("CUSTOMER.360 C1"),
            case .success(.find(let selectors, 0, 100)) = query("CUSTOMER.FIND email=a@b.nl number=C1"),
            case .success(.find(let none, 3, 1_000)) = query("CUSTOMER.FIND offset=3 limit=1000"),
            case .success(.explain(.number(1), .number(2))) = query("CUSTOMER.WHY C1 C2"),
            case .success(.why(.number(1), nil)) = query("CUSTOMER.WHY C1")
        else {
            Issue.record("a question is read wrongly")
            return
        }
        #expect(offset == 7 && limit == 5 && selectors.count == 2 && none.isEmpty)
    }

    @Test func assertions() throws {
        func read(_ line: String) throws(Refusal) -> CustomerAssertion {
            let request = [UInt8](line.utf8)
            let parsed = try RequestLine(request.span)
            guard let command = CommandTable.find(parsed.bytes.extracting(parsed.command)) else {
                throw Refusal(.unknown, line)
            }
            try RequestReader.check(parsed, command)
            return try RequestReader.assertion(parsed, command.name)
        }
        func pin(_ field: DisplayField, _ text: String) -> Assertion { .pin(field, .text([UInt8](text.utf8))) }
        let vat = Assertion.Verdict(
            vat: [UInt8]("NL804124188B01".utf8), isValid: false, source: [UInt8]("the tax office".utf8))
        for (line, expected) in [
            ("CUSTOMER.PIN C3 email a@b.nl", CustomerAssertion(customerNumber: 3, pin(.email, "a@b.nl"))),
            (
                #"customer.pin c3 company "A \"B\"" tag=x"#,
                CustomerAssertion(customerNumber: 3, pin(.company, #"A "B""#))
            ),
            ("CUSTOMER.PIN C3 billing profile=C7", CustomerAssertion(customerNumber: 3, .pin(.billing, .profile(6)))),
            ("CUSTOMER.UNPIN C3 vatId", CustomerAssertion(customerNumber: 3, .unpin(.vatId))),
            (
                #"CUSTOMER.VERIFY C3 vat="nl 8041.24.188.B01" verdict=invalid source="the tax office" at=1970-01-01T00:00:01Z"#,
                CustomerAssertion(customerNumber: 3, .verify(vat), at: 1_000)
            ),
        ] {
            #expect(try read(line) == expected, "\(line)")
        }
        for (line, code) in [
            ("CUSTOMER.PIN", RefusalCode.syntax), ("CUSTOMER.PIN C3 email", .syntax),
            ("CUSTOMER.PIN C3 email a@b.nl profile=C7", .syntax), ("CUSTOMER.PIN C3 email a b", .syntax),
            ("CUSTOMER.PIN 3 email a@b.nl", .invalid), ("CUSTOMER.PIN C3 mail a@b.nl", .invalid),
            ("CUSTOMER.PIN C3 Email a@b.nl", .invalid), ("CUSTOMER.PIN C3 email profile=7", .invalid),
            ("CUSTOMER.PIN C3 email profile=C0", .invalid), ("CUSTOMER.PIN C3 email ab", .invalid),
            ("CUSTOMER.PIN C3 billing x", .invalid), ("CUSTOMER.PIN C3 email from=C7", .syntax),
            ("CUSTOMER.UNPIN C3", .syntax), ("CUSTOMER.UNPIN C3 email x", .syntax), ("CUSTOMER.UNPIN C3 x", .invalid),
            ("CUSTOMER.VERIFY C3", .syntax), ("CUSTOMER.VERIFY C3 vat=NL804124188B01 verdict=valid", .syntax),
            ("CUSTOMER.VERIFY C3 vat=NL1 verdict=valid source=VIES", .invalid),
            ("CUSTOMER.VERIFY C3 vat=NL804124188B01 verdict=yes source=VIES", .invalid),
            ("CUSTOMER.VERIFY C3 vat=NL804124188B01 verdict=valid source=\"\"", .invalid),
            ("CUSTOMER.VERIFY C3 vat=NL804124188B01 verdict=valid source=VIES at=today", .invalid),
        ] {
            #expect {
                _ = try read(line)
            } throws: {
                ($0 as? Refusal)?.code == code
            }
        }
    }

    @Test func notesShopsAndPayloads() throws {
        func note(_ line: String) throws(Refusal) -> (customer: UInt32, text: [UInt8]) {
            try RequestReader.note(try RequestLine([UInt8](line.utf8).span))
        }
        let read = try note("NOTE.ADD C3 \"two words\"")
        #expect(read.customer == 3 && read.text == [UInt8]("two words".utf8))
        for line in [
            "NOTE.ADD", "NOTE.ADD C3", "NOTE.ADD 3 x", "NOTE.ADD C3 \"\"",
            "NOTE.ADD C3 " + String(repeating: "x", count: 10_001),
        ] {
            #expect(throws: Refusal.self) { _ = try note(line) }
        }
        #expect(try RequestReader.shopName([UInt8]("winkel-2.nl_x".utf8)) == "winkel-2.nl_x")
        for name in ["", "Winkel", "a b", "é", String(repeating: "a", count: 65)] {
            #expect(throws: Refusal.self) { try RequestReader.shopName([UInt8](name.utf8)) }
        }
        for (line, isObject, isPayload) in [("X {}", true, true), ("X []", false, true), ("X a", false, false)] {
            let bytes = [UInt8](line.utf8)
            #expect(
                isTaken { () throws(Refusal) in _ = try RequestReader.json(try RequestLine(bytes.span)) } == isObject)
            #expect(
                isTaken { () throws(Refusal) in _ = try RequestReader.payload(try RequestLine(bytes.span)) }
                    == isPayload)
        }
    }

    private func isTaken(_ body: () throws(Refusal) -> Void) -> Bool {
        do throws(Refusal) {
            try body()
            return true
        } catch {
            return false
        }
    }
}
