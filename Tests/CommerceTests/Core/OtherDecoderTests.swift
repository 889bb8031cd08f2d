import Bytes
import Testing

@testable import Commerce

@Suite struct ProfileDecoderTests {
    @Test func aProfileComesBackAsItWasSent() throws {
        let json = """
            {"channel":"crm","store":"main","ref":"r-17","email":"a@example.com","phone":"0612345678","firstName":"Anna",
            "lastName":"de Vries","name":"A. de Vries","company":"Bakkerij","vatId":"NL1","birthDate":"1970-02-28",
            "language":"nl","addresses":[{"street":"Dam","houseNumber":"1"},{},{"city":"Gent","box":7}],"vip":true}
            """
        let packed = try decodeProfile(json)
        #expect(try JSONValue(packed.partyJSON(packed.command.party.record)).sorted == JSONValue(json).sorted)
        #expect(packed.command.updatedAt == PreparedOrder.noUpdateTime)
        #expect(packed.command.party.referenceHash != 0)
    }

    @Test func updatedAtIsNoPartOfTheProfile() throws {
        let plain = try decodeProfile(#"{"channel":"crm","ref":"1"}"#).command
        let updated = try decodeProfile(#"{"channel":"crm","ref":"1","updatedAt":"1970-01-01T00:00:02Z"}"#).command
        #expect(updated.updatedAt == 2_000)
        #expect(updated.party.contentHash == plain.party.contentHash)
    }

    @Test(arguments: [
        (#"{"ref":"1"}"#, "channel"), (#"{"channel":"crm"}"#, "ref"), (#"{"channel":"crm","ref":""}"#, "ref"),
        (#"{"channel":"crm","ref":null}"#, "ref"), (#"{"channel":"crm","ref":{}}"#, "ref"),
        (#"{"channel":"crm","ref":"1","addresses":{}}"#, "addresses"),
        (#"{"channel":"crm","ref":"1","addresses":[3]}"#, "addresses"),
        (#"{"channel":"crm","ref":"1","email":false}"#, "email"),
        (#"{"channel":"crm","ref":"1","updatedAt":3}"#, "updatedAt"),
        (#"{"channel":"crm","ref":"1","billing":"x"}"#, "billing"),
        (#"{"channel":7,"ref":"1"}"#, "channel"), (#"{"channel":"crm","store":7,"ref":"1"}"#, "store"),
    ])
    func wrongProfilesAreRefusedByName(json: String, field: String) {
        let refusal = refusal { () throws(Refusal) in _ = try decodeProfile(json) }
        #expect(refusal?.code == .invalid && refusal?.text.hasPrefix("\(field): ") == true, "\(refusal as Any)")
    }

    @Test(arguments: ["", "{", "[]", "{}}", #"{"channel":"crm","ref":"1"} x"#])
    func whatIsNoObjectIsRefused(json: String) {
        #expect(refusal { () throws(Refusal) in _ = try decodeProfile(json) } != nil)
    }
}

@Suite struct DocumentDecoderTests {
    private static func document(_ kind: String, _ rest: String = "") -> String {
        #"{"kind":"\#(kind)","number":"INV-1","order":"shopify:1"\#(rest)}"#
    }

    private func refusal(_ json: String) -> Refusal? {
        CommerceTests.refusal { () throws(Refusal) in _ = try decodeDocument(json) }
    }

    @Test func aDocumentComesBackAsItWasSent() throws {
        let json = """
            {"kind":"invoice","number":"INV-2026-17","order":"shopify:S-1","customer":"C3",
            "issuedAt":"2026-03-01T10:30:00Z","total":"39.90","currency":"EUR",
            "recipient":{"name":"Anna","city":"Gent"},"pages":2,"updatedAt":"2026-03-02T10:30:00Z"}
            """
        let packed = try decodeDocument(json)
        #expect(
            try JSONValue(packed.json(packed.command.record, DocumentShape.members)).sorted == JSONValue(json).sorted)
        #expect(packed.bytes.span.text(packed.command.orderName.range) == "shopify:S-1")
        #expect(packed.command.customerNumber == 0)
    }

    @Test(arguments: [
        ("invoice", "invoice"), ("Invoice", "invoice"), ("CREDIT_NOTE", "credit-note"), ("credit note", "credit-note"),
        ("creditNote", "credit-note"), ("credit-note", "credit-note"), ("voucher", "voucher"), ("report", "report"),
        ("upload", "upload"), ("itinerary", "itinerary"),
    ])
    func kindsHaveOneSpelling(kind: String, kept: String) throws {
        let packed = try decodeDocument(Self.document(kind))
        #expect(try JSONValue(packed.json(packed.command.record, DocumentShape.members))["kind"]?.string == kept)
        #expect(packed.command.keyHash == (try decodeDocument(Self.document(kept)).command.keyHash))
        #expect(packed.command.contentHash == (try decodeDocument(Self.document(kept)).command.contentHash))
    }

    @Test(arguments: ["invoices", "invoic", "credit", "note", "-", " ", "\\u0069nvoice", "receipt"])
    func otherKindsAreRefused(kind: String) {
        #expect(refusal(Self.document(kind))?.text.hasPrefix("kind: ") == true)
    }

    @Test func kindAndNumberNameADocument() throws {
        let invoice = try decodeDocument(Self.document("invoice")).command
        let note = try decodeDocument(Self.document("credit-note")).command
        #expect(invoice.keyHash != note.keyHash)
        guard case .document(let hashes) = CustomerSelector.document(number: [UInt8]("INV-1".utf8).span, mainHasher)
        else {
            Issue.record("no document selector")
            return
        }
        #expect(hashes.contains(invoice.keyHash) && hashes.contains(note.keyHash))
    }

    @Test(arguments: [
        (#"{"number":"1","order":"a:1"}"#, "kind"), (#"{"kind":"invoice","order":"a:1"}"#, "number"),
        (#"{"kind":"invoice","number":"1"}"#, "order"), (#"{"kind":"invoice","number":"1","order":"a"}"#, "order"),
        (#"{"kind":"invoice","number":"1","order":{}}"#, "order"), (#"{"kind":1,"number":"1","order":"a:1"}"#, "kind"),
        (#"{"kind":"invoice","number":[],"order":"a:1"}"#, "number"),
        (#"{"kind":"invoice","number":"1","customer":"17"}"#, "customer"),
        (#"{"kind":"invoice","number":"1","customer":{}}"#, "customer"),
        (#"{"kind":"invoice","number":"1","order":"a:1","total":"x"}"#, "total"),
        (#"{"kind":"invoice","number":"1","order":"a:1","total":999999999999999999}"#, "total"),
        (#"{"kind":"invoice","number":"1","order":"a:1","issuedAt":"x"}"#, "issuedAt"),
        (#"{"kind":"invoice","number":"1","order":"a:1","updatedAt":1}"#, "updatedAt"),
        (#"{"kind":"invoice","number":"1","order":"a:1","recipient":"Anna"}"#, "recipient"),
        (#"{"kind":"invoice","number":"1","order":"a:1","currency":[]}"#, "currency"),
    ])
    func wrongDocumentsAreRefusedByName(json: String, field: String) {
        let refusal = refusal(json)
        #expect(refusal?.code == .invalid && refusal?.text.hasPrefix("\(field): ") == true, "\(refusal as Any)")
    }

    @Test func aRefusedDocumentLeavesNothingBehind() {
        var decoder = CommandDecoder()
        var output = ByteWriter()
        output.append("before")
        let bytes = [UInt8](Self.document("invoice", #","total":"1","recipient":{"name":[]}"#).utf8)
        #expect(throws: Refusal.self) { _ = try decoder.document(bytes.span, mainHasher, into: &output) }
        #expect(output.span.text == "before")
    }

    @Test func updatedAtIsNoPartOfTheContent() throws {
        let plain = try decodeDocument(Self.document("invoice")).command
        let updated = try decodeDocument(Self.document("invoice", #","updatedAt":"1970-01-01T00:00:01Z""#)).command
        #expect(updated.updatedAt == 1_000 && updated.contentHash == plain.contentHash)
        #expect(plain.updatedAt == PreparedOrder.noUpdateTime)
    }
}
