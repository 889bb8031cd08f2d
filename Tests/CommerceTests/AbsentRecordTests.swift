import Bytes
import Testing

@testable import Commerce

/// What a record does not hold reads as nothing. An order without an address once read memory that was gone, which
/// only an optimised build showed: `swift test -c release` is where this bites.
struct AbsentRecordTests {
    @Test func noBytesSayNothing() {
        let record = PackedRecord([UInt8]().span, AddressShape.members)
        #expect((0..<AddressShape.members.count).allSatisfy { !record.has($0) && record[$0].count == 0 })
        #expect(record.end == 0)
    }

    @Test func anOrderWithoutAddressesBringsItsEmailAlone() throws {
        let json = [UInt8](
            #"""
            {"channel":"shopify","number":"1","placedAt":"2026-03-01T10:22:31Z","currency":"EUR",
            "customer":{"email":"jan@example.org"},"total":"10.00"}
            """#.utf8)
        let hasher = KeyHasher(hash: Hash64(seed: 7), shopName: "main")
        var decoder = CommandDecoder()
        var output = ByteWriter()
        let order = try decoder.order(json.span, hasher, into: &output)
        var keys: [IdentityKey] = []
        PartyRecord.forEachKey(of: output.span.extracting(order.party.record.range)) { keys.append($0) }
        let email = [UInt8]("jan@example.org".utf8)
        #expect(keys == [hasher.key(.email, email.span)])
    }
}
