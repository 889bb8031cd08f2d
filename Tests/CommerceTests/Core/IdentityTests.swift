import Bytes
import Testing

@testable import Commerce

/// Which parties are the same buyer, by which key, and which are not.
@Suite struct IdentityTests {
    /// What two orders say, and the kinds of keys by which they are the same buyer.
    struct Pair: Sendable, CustomTestStringConvertible {
        let what: String
        let one: String
        let two: String
        let ties: Set<IdentityKeyKind>
        var stores = ("shopify", "main", "bol", "main")

        var testDescription: String { what }
    }

    private static func keys(_ party: String, channel: String, store: String) throws(Refusal) -> [IdentityKey] {
        let json = """
            {"channel":"\(channel)","store":"\(store)","number":"1","placedAt":"2026-03-01T10:22:31Z","currency":"EUR",
            "total":"1",\(party)}
            """
        return try decodeOrder(json).keys
    }

    private static let amsterdam =
        #""street":"Keizersgracht","houseNumber":"12","postalCode":"1015 CJ","city":"Amsterdam","country":"NL""#
    private static let sameWritten =
        #""street":"KEIZERSGRACHT 12","postalCode":"1015cj","city":"AMSTERDAM","country":"nl""#
    private static let gent =
        #""street":"Veldstraat","houseNumber":"3","postalCode":"9000","city":"Gent","country":"BE""#

    static let pairs: [Pair] = [
        Pair(
            what: "one e-mail address in two spellings", one: #""customer":{"email":"Anna.Visser@Example.nl"}"#,
            two: #""customer":{"email":" anna.visser@example.nl "}"#, ties: [.email]),
        Pair(
            what: "an e-mail address in customer and in billing", one: #""customer":{"email":"a.b@example.nl"}"#,
            two: #""billing":{"email":"a.b@example.nl"}"#, ties: [.email]),
        Pair(
            what: "two e-mail addresses", one: #""customer":{"email":"anna@example.nl"}"#,
            two: #""customer":{"email":"bert@example.nl"}"#, ties: []),
        Pair(
            what: "an e-mail address that is none", one: #""customer":{"email":"none"}"#,
            two: #""customer":{"email":"none"}"#, ties: []),
        Pair(
            what: "a placeholder of tills", one: #""customer":{"email":"noemail@noemail.com"}"#,
            two: #""customer":{"email":"noemail@noemail.com"}"#, ties: []),
        Pair(
            what: "a national and an international number",
            one: #""customer":{"phone":"06 1234 5678"},"billing":{"country":"NL"}"#,
            two: #""customer":{"phone":"+31612345678"}"#, ties: [.phone]),
        Pair(
            what: "one national number in two countries",
            one: #""customer":{"phone":"0612345678"},"billing":{"country":"NL"}"#,
            two: #""customer":{"phone":"0612345678"},"billing":{"country":"FR"}"#, ties: []),
        Pair(
            what: "a number that is none", one: #""customer":{"phone":"000000"},"billing":{"country":"NL"}"#,
            two: #""customer":{"phone":"000000"},"billing":{"country":"NL"}"#, ties: []),
        Pair(
            what: "one VAT id in two spellings", one: #""customer":{"vatId":"NL004495445B01"}"#,
            two: #""billing":{"vatId":"NL 0044.95.445.B01","country":"NL"}"#, ties: [.vat]),
        Pair(
            what: "a VAT id with wrong check digits", one: #""customer":{"vatId":"NL004495446B01"}"#,
            two: #""customer":{"vatId":"NL004495446B01"}"#, ties: []),
        Pair(
            what: "one person at one address in two spellings",
            one: #""customer":{"firstName":"Anna","lastName":"de Vries"},"billing":{\#(amsterdam)}"#,
            two: #""billing":{"name":"A. DE VRIES",\#(sameWritten)}"#, ties: [.address]),
        Pair(
            what: "a household: one family name, two initials",
            one: #""billing":{"name":"Anna de Vries",\#(amsterdam)}"#,
            two: #""billing":{"name":"Bert de Vries",\#(amsterdam)}"#, ties: []),
        Pair(
            what: "one name at two addresses", one: #""billing":{"name":"Anna de Vries",\#(amsterdam)}"#,
            two: #""billing":{"name":"Anna de Vries",\#(gent)}"#, ties: []),
        Pair(
            what: "an address without a name", one: #""billing":{\#(amsterdam)}"#, two: #""billing":{\#(amsterdam)}"#,
            ties: []),
        Pair(
            what: "a gift: shipped to somebody else, who is a customer too",
            one: """
                "customer":{"firstName":"Anna","lastName":"Visser"},"billing":{"name":"Anna Visser",\(gent)},
                "shipping":{"name":"Bert de Vries","phone":"+31612345678","email":"bert@example.nl",\(amsterdam)}
                """,
            two:
                #""customer":{"email":"bert@example.nl","phone":"+31612345678"},"billing":{"name":"Bert de Vries",\#(amsterdam)}"#,
            ties: []),
        Pair(
            what: "shipped to the buyer's other address",
            one: """
                "billing":{"name":"Anna de Vries",\(gent)},
                "shipping":{"name":"Anna de Vries","email":"anna@example.nl","phone":"+31612345678",\(amsterdam)}
                """,
            two:
                #""customer":{"email":"anna@example.nl","phone":"0031612345678"},"billing":{"name":"A de Vries",\#(sameWritten)}"#,
            ties: [.email, .phone, .address]),
        Pair(
            what: "a relay address on another channel", one: #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#,
            two: #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#, ties: []),
        Pair(
            what: "a relay address in one store", one: #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#,
            two: #""customer":{"email":"X1Y2@marketplace.amazon.nl"}"#, ties: [.relayEmail],
            stores: ("amazon", "main", "amazon", "main")),
        Pair(
            what: "a relay address in another store of the channel",
            one: #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#,
            two: #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#, ties: [],
            stores: ("amazon", "nl", "amazon", "de")),
        Pair(
            what: "one reference in one store", one: #""customer":{"ref":"17"}"#, two: #""customer":{"ref":17}"#,
            ties: [.channelReference], stores: ("shopify", "main", "Shopify", "Main")),
        Pair(
            what: "one reference in two stores", one: #""customer":{"ref":"17"}"#, two: #""customer":{"ref":"17"}"#,
            ties: [], stores: ("shopify", "a", "shopify", "b")),
        Pair(
            what: "one reference on two channels", one: #""customer":{"ref":"17"}"#, two: #""customer":{"ref":"17"}"#,
            ties: []),
        Pair(what: "nothing known of either", one: #""x":1"#, two: #""x":1"#, ties: []),
        Pair(
            what: "two companies that share nothing but the street",
            one: #""customer":{"company":"Bakkerij BV"},"billing":{"company":"Bakkerij BV",\#(amsterdam)}"#,
            two: #""customer":{"company":"Slagerij BV"},"billing":{"company":"Slagerij BV",\#(amsterdam)}"#, ties: []),
    ]

    @Test(arguments: pairs) func tiesExactlyBy(pair: Pair) throws {
        let one = try Self.keys(pair.one, channel: pair.stores.0, store: pair.stores.1)
        let two = try Self.keys(pair.two, channel: pair.stores.2, store: pair.stores.3)
        let shared = Set(one).intersection(two).filter(\.kind.ties)
        #expect(Set(shared.map(\.kind)) == pair.ties, "\(one) \(two)")
    }

    @Test func aRelayAddressIsFoundFromAnywhere() throws {
        let party = #""customer":{"email":"x1y2@marketplace.amazon.nl"}"#
        let one = try Self.keys(party, channel: "amazon", store: "nl")
        let two = try Self.keys(party, channel: "bol", store: "de")
        #expect(Set(one).intersection(two).map(\.kind) == [.relayLookup])
    }

    @Test func everyAddressOfAProfileCounts() throws {
        let profile = try decodeProfile(
            """
            {"channel":"crm","ref":"1","firstName":"Anna","lastName":"de Vries",
            "addresses":[{\(Self.amsterdam)},{"name":"Bert Bakker",\(Self.gent)}]}
            """)
        let keys = profile.keys(profile.command.party.record)
        let home = try Self.keys(
            #""billing":{"name":"Anna de Vries",\#(Self.amsterdam)}"#, channel: "bol", store: "main")
        let bert = try Self.keys(#""billing":{"name":"Bert Bakker",\#(Self.gent)}"#, channel: "bol", store: "main")
        #expect(!Set(keys).isDisjoint(with: home))
        #expect(Set(keys).isDisjoint(with: bert))
    }

    @Test func keysAreFewAndNeverTwice() throws {
        let addresses = (0..<40).map {
            "{\"street\":\"Dam\",\"houseNumber\":\"\($0 + 1)\",\"postalCode\":\"1012 JS\",\"city\":\"Amsterdam\",\"country\":\"NL\"}"
        }
        let profile = try decodeProfile(
            """
            {"channel":"crm","ref":"1","name":"Anna de Vries","email":"anna@example.nl","billing":{"email":"anna@example.nl"},
            "addresses":[\(addresses.joined(separator: ","))]}
            """)
        let keys = profile.keys(profile.command.party.record)
        #expect(keys.count == IdentityKeySet.capacity && Set(keys).count == keys.count)
        #expect(keys.first?.kind == .channelReference)
        #expect(keys.filter { $0.kind == .email }.count == 1)
    }

    @Test func buyersWithoutAKeyAreNeverOneVariant() throws {
        func order(_ number: Int) throws(Refusal) -> PreparedOrder {
            try decodeOrder(OrderDecoderTests.order(["number": "\"\(number)\"", "customer": #"{"name":"Anna"}"#]))
                .command
        }
        #expect(try order(1).party.contentHash != order(2).party.contentHash)
        #expect(try order(1).party.contentHash == order(1).party.contentHash)
    }
}
