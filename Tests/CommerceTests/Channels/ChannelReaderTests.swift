import Bytes
import Testing

@testable import Commerce

/// Rules of the readers that no single file shows.
struct ChannelReaderTests {
    // MARK: Bytes and envelopes

    @Test func unknownChannelIsNamed() {
        #expect(refusal("etsy", Array("{}".utf8)) == .unknownChannel("etsy"))
    }

    @Test(arguments: ["bol", "BOL", "bol.com"])
    func channelNamesAreForgiving(name: String) throws {
        #expect(try read(name, bolOrder).first?.value["channel"]?.string == "bol")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/2 200\nA: b\n\n", "\u{FEFF}", "HTTP/1.1 200\r\n\r\n\u{FEFF} ",
    ])
    func headersAndByteOrderMarkAreSkipped(prefix: String) throws {
        #expect(try read("bol", prefix + bolOrder) == read("bol", bolOrder))
    }

    @Test(arguments: [
        "", " ", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK", "{", "[1,]", "{\"a\":1}x", "<html></html>",
        "webhook_id=143", "{'orderId':1}", "nul",
    ])
    func whatIsNotJSONIsRefusedAsSuch(payload: String) {
        for channel in ChannelReader.channels {
            guard case .notJSON = refusal(channel, Array(payload.utf8)) else {
                Issue.record("\(channel) \(payload)")
                return
            }
        }
    }

    @Test func invalidUTF8IsRefusedWithItsOffset() {
        #expect(refusal("bol", Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)) == .notUTF8(offset: 6))
    }

    @Test func tooDeepNestingIsRefused() {
        let deep = String(repeating: "[", count: 100_000)
        for channel in ChannelReader.channels {
            guard case .notJSON(.tooDeep, _) = refusal(channel, Array(deep.utf8)) else {
                Issue.record("\(channel) took it")
                return
            }
        }
    }

    @Test(arguments: ["{\"orders\":[]}", "[]"])
    func emptyListsAreNoError(payload: String) throws {
        for channel in ChannelReader.channels { #expect(try read(channel, payload).isEmpty) }
    }

    @Test(arguments: [
        "1", "\"text\"", "null", "true", "[1]", "[null,null]", "[[]]", "[{}]", "{\"a\":{}}", "{\"order\":null}",
    ])
    func otherShapesAreNoOrders(payload: String) {
        for channel in ChannelReader.channels {
            guard case .notAnOrder = refusal(channel, Array(payload.utf8)) else {
                Issue.record("\(channel) took \(payload)")
                continue
            }
        }
    }

    @Test func oneBadOrderDoesNotFailTheOthers() throws {
        let items = try read("bol", "{\"orders\":[\(bolOrder),{\"orderId\":\"R1\",\"orderItems\":[]},\(bolOrder)]}")
        #expect(items.map { $0.kind == .order } == [true, false, true])
        guard case .refused(let error) = items[1].kind else { return }
        #expect(error.sentence.contains("reduced order"))
    }

    // MARK: Required fields

    @Test(arguments: [
        ("shopify", "id"), ("shopify", "created_at"), ("shopify", "currency"), ("shopify", "total_price"),
        ("woocommerce", "number"), ("woocommerce", "date_created_gmt"), ("woocommerce", "currency"),
        ("woocommerce", "total"), ("bol", "orderId"), ("bol", "orderPlacedDateTime"), ("amazon", "AmazonOrderId"),
        ("amazon", "PurchaseDate"),
    ])
    func missingFieldIsNamed(channel: String, field: String) throws {
        let whole = try JSONValue(parsing: Array(minimal(channel).utf8).span)
        #expect(try read(channel, whole.oneLine).first?.kind == .order)
        for empty in [nil, JSONValue.null, .string(""), .string("  ")] {
            let members = (whole.members ?? []).compactMap { member in
                member.name == field ? empty.map { JSONMember(field, $0) } : member
            }
            let reason = refusal(channel, Array(JSONValue.object(members).oneLine.utf8))
            let isNamed = reason == .missingField(field) || reason == .badValue(path: field, text: "  ")
            #expect(isNamed, "\(empty ?? .bool(false)): \(String(describing: reason))")
        }
    }

    @Test(arguments: [
        ("shopify", "total_price", "\"1,50\""), ("shopify", "created_at", "\"yesterday\""),
        ("shopify", "currency", "\"€\""), ("shopify", "total_price", "true"), ("woocommerce", "total", "{}"),
        ("woocommerce", "date_modified_gmt", "\"{{now}}\""), ("bol", "orderPlacedDateTime", "[]"),
        ("amazon", "LastUpdateDate", "\"?\""),
    ])
    func badValueIsNamed(channel: String, field: String, value: String) throws {
        let whole = try JSONValue(parsing: Array(minimal(channel).utf8).span)
        let bad = try JSONValue(parsing: Array(value.utf8).span)
        let members = (whole.members ?? []).filter { $0.name != field } + [JSONMember(field, bad)]
        guard case .badValue(field, _) = refusal(channel, Array(JSONValue.object(members).oneLine.utf8)) else {
            Issue.record("\(field) = \(value) was taken")
            return
        }
    }

    @Test func longBadValuesAreCut() {
        let payload = minimal("shopify").replacing("\"12.50\"", with: "\"\(String(repeating: "é", count: 5000))\"")
        guard case .badValue(_, let text) = refusal("shopify", Array(payload.utf8)) else {
            Issue.record("taken")
            return
        }
        #expect(text.count == 80)
    }

    // MARK: Exactness

    @Test(arguments: [
        "9223372036854775807", "9007199254740993", "18446744073709551615", "123456789012345678901234567890",
    ])
    func idsStayExact(id: String) throws {
        let order = try read("shopify", minimal("shopify").replacing("\"id\":7", with: "\"id\":\(id)")).first?.value
        #expect(order?["number"]?.string == id)
    }

    @Test(arguments: [
        ("12.5", "12.50"), ("\"12.50\"", "12.50"), ("1250e-2", "12.50"), ("0.1", "0.10"),
        ("99999999999.99", "99999999999.99"),
    ])
    func moneyStaysExact(written: String, expected: String) throws {
        let order = try read("shopify", minimal("shopify").replacing("\"12.50\"", with: written)).first?.value
        #expect(order?["total"]?.string == expected)
    }

    @Test func bolTotalsAreExactSums() throws {
        let items = (0..<10).map { "{\"orderItemId\":\"\($0)\",\"quantity\":3,\"unitPrice\":0.1}" }.joined(
            separator: ",")
        let order = try read("bol", bolOrder.replacing("\"orderItems\":[]", with: "\"orderItems\":[\(items)]")).first?
            .value
        #expect(order?["total"]?.string == "3.00")
        #expect(order?["totalKnown"] == nil)
    }

    @Test func idsInExponentFormAreDigitsAgain() throws {
        let payload = minimal("shopify").replacing("\"id\":7", with: "\"id\":8.209829119461545e+17")
        #expect(try read("shopify", payload).first?.value["number"]?.string == "820982911946154500")
    }

    // MARK: Meaning

    @Test func privacyRequestsAreNotTakenForCustomers() {
        let payload =
            #"{"shop_id":1,"shop_domain":"x.example","customer":{"id":2,"email":"a@b.example"},"orders_to_redact":[3]}"#
        guard case .notAnOrder(let what) = refusal("shopify", Array(payload.utf8)) else {
            Issue.record("taken")
            return
        }
        #expect(what.contains("privacy request"))
    }

    @Test(arguments: ["create", "update"])
    func batchAnswersOfWooCommerceAreLists(name: String) throws {
        let payload = "{\"\(name)\":[\(minimal("woocommerce"))],\"delete\":[{\"id\":9}]}"
        #expect(try read("woocommerce", payload).map(\.name) == ["order 7"])
    }

    /// A company's name or "c/o" line ahead of the street, in countries where the house number comes last.
    @Test(arguments: [
        (["Teehaus GmbH", "Aachener Straße 45"], "DE", "Aachener Straße 45", ["Teehaus GmbH"]),
        (["Oudegracht 231", "2e verdieping"], "NL", "Oudegracht 231", ["2e verdieping"]),
        (["Receiving", "Suite 200"], "US", "Receiving", ["Suite 200"]),
        (["Dorfplatz"], "AT", "Dorfplatz", []), ([], "NL", nil, []),
    ])
    func streetIsFoundAmongAddressLines(lines: [String], country: String, street: String?, others: [String]) {
        var address = CanonicalAddress()
        address.setCountry(code: country, name: nil)
        address.setStreet(lines: lines, name: nil, number: nil, addition: nil)
        #expect(address.street == street && address.extraLines == others)
    }

    @Test func emptyEmailsAreNone() throws {
        let payload =
            minimal("woocommerce").dropLast() + ",\"billing\":{\"email\":\"\",\"phone\":\" \",\"city\":\"Ede\"}}"
        let order = try #require(try read("woocommerce", String(payload)).first).value
        #expect(order["customer"] == nil && order["billing"] == .object([JSONMember("city", .string("Ede"))]))
    }

    @Test(arguments: [
        "_billing_vat_number", "_vat_number", "_billing_eu_vat_number", "billing_eu_vat_number", "_oss_vat_number",
        "vat_number", "vatnumber", "vat_nr", "vatnr", "vat_id", "btwnummer", "btw_nummer", "btwnr", "btw_nr",
        "_billing_btw_nummer", "_billing_dic", "_billing_dic_dph",
    ])
    func vatIdIsFoundUnderPluginKeys(key: String) throws {
        let meta = "{\"key\":\"is_vat_exempt\",\"value\":\"yes\"},{\"key\":\"\(key)\",\"value\":\" NL804124188B01 \"}"
        let payload = minimal("woocommerce").dropLast() + ",\"meta_data\":[\(meta)]}"
        let customer = try #require(try read("woocommerce", String(payload)).first).value["customer"]
        #expect(customer?["vatId"]?.string == "NL804124188B01")
        #expect(customer?["taxExempt"] == .bool(true))
    }

    @Test func laterPartsWinOverTheOrderOfAmazon() throws {
        let payload = """
            [\(minimal("amazon")),{"payload":{"AmazonOrderId":"1-2-3","ShippingAddress":{"City":"Ede"}}},
             {"payload":{"AmazonOrderId":"9-9-9","OrderItems":[]}}]
            """
        let items = try read("amazon", payload)
        #expect(items.map(\.name) == ["order 1-2-3", "order 9-9-9"])
        #expect(items[0].value.member("shipping", "city")?.string == "Ede")
        guard case .refused(let error) = items[1].kind else {
            Issue.record("a part without its order was taken")
            return
        }
        #expect(error.sentence.contains("getOrder"))
    }

    private let bolOrder = """
        {"orderId":"A1","orderPlacedDateTime":"2026-01-01T00:00:00Z","shipmentDetails":{"city":"Ede"},"orderItems":[]}
        """

    private func minimal(_ channel: String) -> String {
        switch channel {
        case "shopify":
            #"{"id":7,"order_number":1,"created_at":"2026-01-01T00:00:00Z","currency":"EUR","total_price":"12.50"}"#
        case "woocommerce":
            #"{"order_key":"k","number":"7","date_created_gmt":"2026-01-01T00:00:00","currency":"EUR","total":"12.50"}"#
        case "amazon": #"{"AmazonOrderId":"1-2-3","PurchaseDate":"2026-01-01T00:00:00Z","OrderStatus":"Pending"}"#
        default: bolOrder
        }
    }
}
