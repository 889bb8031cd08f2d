import Bytes
import Testing

@testable import Commerce

/// A party may say next to nothing; what is absent must read as absent, also in an optimised build.
@Suite struct AbsentAddressTests {
    private static let hasher = KeyHasher(hash: Hash64(seed: 7), shopName: "main")

    @Test(arguments: [
        (#"{"channel":"crm","ref":"r-17"}"#, 1),
        (#"{"channel":"crm","ref":"r-17","email":"a.devries@example.com"}"#, 2),
        (#"{"channel":"crm","ref":"r-17","firstName":"Anna","lastName":"de Vries","birthDate":"1970-02-28"}"#, 1),
    ])
    func aProfileWithoutAddressesPacks(_ json: String, keys: Int) throws {
        var decoder = CommandDecoder()
        var output = ByteWriter()
        let text = Array(json.utf8)
        let profile = try decoder.profile(text.span, Self.hasher, into: &output)
        let record = output.span.extracting(profile.party.record.range)
        var count = 0
        PartyRecord.forEachKey(of: record) { _ in count += 1 }
        #expect(count == keys)
        #expect(PartyRecord(record).members.text(PartyShape.ref) == "r-17")
    }

    @Test func aRecordWithoutBytesSaysNothing() {
        let record = PackedRecord(Span(), AddressShape.members)
        #expect(AddressShape.members.indices.allSatisfy { !record.has($0) && record[$0].count == 0 })
    }
}
