import Bytes
import Testing

@testable import Commerce

/// The addition to a house number decides between neighbours, so it has to reach the address key.
@Suite struct ChannelAddressTests {
    private static func keys(extension addition: String) throws -> [IdentityKey] {
        let payload = Array(
            """
            {"orderId":"A2K8290LP8","orderPlacedDateTime":"2026-06-01T09:30:00+02:00","billingDetails":{"firstName":"Anna",
            "surname":"de Vries","streetName":"Keizersgracht","houseNumber":"12","houseNumberExtension":"\(addition)",
            "zipCode":"1015 KD","city":"Amsterdam","countryCode":"NL"},
            "orderItems":[{"orderItemId":"1","quantity":1,"unitPrice":6.25}]}
            """.utf8)
        let item = try #require(try ChannelReader.read(channel: "bol", store: "main", payload: payload.span).first)
        return try keys(order: item.json)
    }

    private static func keys(order json: [UInt8]) throws -> [IdentityKey] {
        var decoder = CommandDecoder()
        var output = ByteWriter()
        let hasher = KeyHasher(hash: Hash64(seed: 7), shopName: "main")
        let order = try decoder.order(json.span, hasher, into: &output)
        var keys: [IdentityKey] = []
        PartyRecord.forEachKey(of: output.span.extracting(order.party.record.range)) { keys.append($0) }
        return keys
    }

    @Test func neighboursAreNotOne() throws {
        let first = try Self.keys(extension: "1")
        let second = try Self.keys(extension: "2")
        #expect(first.map(\.kind).contains(.address) && first.map(\.kind) == second.map(\.kind))
        #expect(!first.contains { second.contains($0) })
    }

    @Test func theSameDoorIsOneHoweverTheChannelPartsIt() throws {
        let inOneField = Array(
            """
            {"channel":"crm","number":"1","placedAt":"2026-06-01T09:30:00Z","currency":"EUR","total":"1",
            "billing":{"name":"A. de Vries","street":"Keizersgracht 12-2","postalCode":"1015KD","country":"NL"}}
            """.utf8)
        let parted = try Self.keys(extension: "2")
        let whole = try Self.keys(order: inOneField)
        #expect(parted == whole)
    }
}
