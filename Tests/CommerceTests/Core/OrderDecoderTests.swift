import Bytes
import Testing

@testable import Commerce

@Suite struct OrderDecoderTests {
    /// The smallest order that is one, with members replaced, added or (nil) left out. Values are JSON texts.
    static func order(_ changes: KeyValuePairs<String, String?> = [:]) -> String {
        var members: [(name: String, value: String)] = [
            ("channel", "\"shopify\""), ("number", "\"1\""), ("placedAt", "\"2026-03-01T10:22:31Z\""),
            ("currency", "\"EUR\""), ("total", "\"39.90\""),
        ]
        for (name, value) in changes {
            members.removeAll { $0.name == name }
            if let value { members.append((name, value)) }
        }
        return "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func refusal(_ json: String) -> Refusal? {
        CommerceTests.refusal { () throws(Refusal) in _ = try decodeOrder(json) }
    }

    // MARK: Random orders

    @Test func everyOrderComesBackAsItWasSent() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_500 {
            let sample = OrderSample(using: &random)
            let json = sample.json(using: &random)
            let packed = try decodeOrder(json)
            #expect(packed.name == sample.expectedName, "seed \(seed): \(json)")
            #expect(try JSONValue(packed.recordJSON).sorted == sample.expectedRecord, "seed \(seed): \(json)")
            #expect(try JSONValue(packed.partyJSON).sorted == sample.expectedParty, "seed \(seed): \(json)")
        }
    }

    @Test func theOrderOfMembersAndTheirSpellingDoNotMatter() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let sample = OrderSample(using: &random, unknownMembers: false)
            let one = try decodeOrder(sample.json(using: &random))
            let two = try decodeOrder(sample.json(using: &random))
            #expect(one.command.contentHash == two.command.contentHash, "seed \(seed)")
            #expect(one.command.keyHash == two.command.keyHash, "seed \(seed)")
            #expect(one.command.party.contentHash == two.command.party.contentHash, "seed \(seed)")
            #expect(one.keys == two.keys, "seed \(seed)")
        }
    }

    @Test func brokenTextIsRefusedAndLeavesNothingBehind() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var decoder = CommandDecoder()
        var output = ByteWriter()
        output.append("before")
        for _ in 0..<1_500 {
            var bytes = [UInt8](OrderSample(using: &random).json(using: &random).utf8)
            for _ in 0..<Int.random(in: 1..<4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = [UInt8]("{}[]\":,\\0-tfn \u{1}".utf8).randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: index)
                default: bytes.removeSubrange(index...)
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            let start = output.count
            do throws(Refusal) { _ = try decoder.order(bytes.span, mainHasher, into: &output) } catch {
                #expect(output.count == start, "seed \(seed)")
                #expect([.invalid, .syntax, .tooLarge].contains(error.code), "seed \(seed): \(error)")
            }
        }
        #expect(output.span.extracting(0..<6).text == "before")
    }

    // MARK: Refusals

    @Test(arguments: ["channel", "number", "placedAt", "currency", "total"])
    func requiredMembersAreNamed(member: String) {
        for json in [Self.order([member: nil]), Self.order([member: "null"]), Self.order([member: "\"\""])] {
            let refusal = refusal(json)
            #expect(
                refusal?.code == .invalid && refusal?.text.hasPrefix("\(member): ") == true,
                "\(json): \(refusal as Any)")
        }
    }

    @Test(arguments: [
        ("channel", "7"), ("channel", "{}"), ("channel", "\"a b\""), ("channel", "\"é\""), ("channel", "\"\\u0020\""),
        ("store", "7"), ("store", "[]"), ("store", "\"a/b\""), ("number", "true"), ("number", "{}"), ("number", "[]"),
        ("number", "\"a\\nb\""), ("number", "\"\\u007f\""), ("placedAt", "1"), ("placedAt", "\"yesterday\""),
        ("placedAt", "{}"), ("updatedAt", "1772360551"), ("updatedAt", "\"2026-02-30T00:00:00Z\""),
        ("status", "true"), ("status", "[]"), ("kind", "{}"), ("currency", "\"eur\""), ("currency", "\"EURO\""),
        ("currency", "978"), ("currency", "\"\\u0045UR\""), ("total", "\"1,5\""), ("total", "1e2"), ("total", "true"),
        ("total", "\"1000000000000000000\""), ("total", "99999999999999999"), ("lines", "{}"), ("lines", "\"a\""),
        ("lines", "[1]"), ("lines", "[[]]"), ("lines", "[null]"), ("customer", "\"jan\""), ("customer", "[]"),
        ("customer", "true"), ("billing", "\"Keizersgracht 1\""), ("billing", "[]"), ("shipping", "1"),
        ("shipping", "false"),
    ])
    func wrongValuesAreRefusedByName(member: String, value: String) {
        let refusal = refusal(Self.order([member: value]))
        #expect(refusal?.code == .invalid, "\(refusal as Any)")
        #expect(refusal?.text.hasPrefix("\(member): ") == true, "\(refusal as Any)")
    }

    @Test(arguments: [
        ("customer", "{\"email\":true}", "email"), ("customer", "{\"ref\":{}}", "ref"),
        ("customer", "{\"addresses\":{}}", "addresses"), ("customer", "{\"addresses\":[1]}", "addresses"),
        ("customer", "{\"birthDate\":[]}", "birthDate"), ("billing", "{\"city\":false}", "city"),
        ("shipping", "{\"country\":[\"NL\"]}", "country"), ("lines", "[{\"quantity\":\"two\"}]", "lines.quantity"),
        ("lines", "[{\"unitPrice\":{}}]", "lines.unitPrice"), ("lines", "[{},{\"vatRate\":true}]", "lines.vatRate"),
        ("lines", "[{\"sku\":[]}]", "lines.sku"), ("lines", "[{\"title\":{}}]", "lines.title"),
    ])
    func wrongValuesInsideAreRefusedByName(member: String, value: String, named: String) {
        let refusal = refusal(Self.order([member: value]))
        #expect(refusal?.code == .invalid && refusal?.text.hasPrefix("\(named): ") == true, "\(refusal as Any)")
    }

    @Test(arguments: ["", " ", "{", "{}x", "[]", "null", "\"a\"", "{\"a\":1,}", "{\"a\":}", "{'a':1}", "{\"a\":1}{}"])
    func whatIsNoObjectIsRefused(json: String) {
        #expect([.syntax, .invalid].contains(refusal(json)?.code))
    }

    @Test func namesHaveLimits() {
        let longest = String(repeating: "n", count: 128)
        #expect(refusal(Self.order(["number": "\"\(longest)\""])) == nil)
        #expect(refusal(Self.order(["number": "\"\(longest)n\""]))?.code == .invalid)
        #expect(refusal(Self.order(["channel": "\"\(longest.prefix(64))\""])) == nil)
        #expect(refusal(Self.order(["channel": "\"\(longest.prefix(65))\""]))?.code == .invalid)
    }

    @Test func deepNestingIsRefusedAndNotFollowed() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(refusal(Self.order(["x": deep]))?.code == .tooLarge)
        let fine = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(refusal(Self.order(["x": fine])) == nil)
    }

    @Test func aHugeFieldIsKeptWhole() throws {
        let text = String(repeating: "é", count: 1_000_000)
        let packed = try decodeOrder(Self.order(["lines": "[{\"title\":\"\(text)\"}]", "x": "\"\(text)\""]))
        let json = try JSONValue(packed.recordJSON)
        #expect(json["lines"]?.array?.first?["title"]?.string == text)
        #expect(json["x"]?.string == text)
    }

    // MARK: What is the same order

    @Test(arguments: [
        ("total", "\"39.9\""), ("total", "39.90"), ("total", "39.9"), ("total", "\"39.900\""), ("total", "\"039.90\""),
        ("placedAt", "\"2026-03-01T11:22:31+01:00\""), ("placedAt", "\"2026-03-01T10:22:31.000Z\""),
        ("placedAt", "\"2026-03-01T11:22:31\\u002B01:00\""), ("channel", "\"\\u0073hopify\""),
        ("channel", "\"Shopify\""), ("store", "\"main\""), ("store", "\"MAIN\""), ("store", "null"),
        ("number", "1"), ("status", "null"), ("status", "\"\""), ("updatedAt", "\"2026-04-01T00:00:00Z\""),
        ("customer", "{}"), ("customer", "null"),
    ])
    func sameOrder(member: String, value: String) throws {
        let plain = try decodeOrder(Self.order()).command
        let other = try decodeOrder(Self.order([member: value])).command
        #expect(other.keyHash == plain.keyHash)
        #expect(other.contentHash == plain.contentHash)
    }

    /// An order that ships to its billing address stays the same order when its sender spells the two differently.
    @Test(arguments: [
        #"{"city":"Gent","name":"A"}"#, #"{"name":"A","city":"Gent"}"#, #"{"name":"A" , "city":"Gent","state":null}"#,
        #"{"name":"\u0041","city":"Gent"}"#,
    ])
    func shippingToTheBillingAddress(spelling: String) throws {
        let billing = #"{"name":"A","city":"Gent"}"#
        let plain = try decodeOrder(Self.order(["billing": billing, "shipping": billing]))
        let other = try decodeOrder(Self.order(["billing": billing, "shipping": spelling]))
        #expect(other.command.contentHash == plain.command.contentHash)
        #expect(other.partyJSON == plain.partyJSON)
    }

    @Test(arguments: [
        ("total", "\"39.91\""), ("total", "\"-39.90\""), ("currency", "\"USD\""), ("status", "\"open\""),
        ("kind", "\"booking\""), ("lines", "[]"), ("lines", "[{}]"), ("lines", "[{\"sku\":\"a\"}]"),
        ("customer", "{\"email\":\"a@example.com\"}"), ("billing", "{\"city\":\"Gent\"}"),
        ("shipping", "{\"city\":\"Gent\"}"),
        ("x", "1"), ("placedAt", "\"2026-03-01T10:22:32Z\""),
    ])
    func differentContentOfOneOrder(member: String, value: String) throws {
        let plain = try decodeOrder(Self.order()).command
        let other = try decodeOrder(Self.order([member: value])).command
        #expect(other.keyHash == plain.keyHash)
        #expect(other.contentHash != plain.contentHash)
    }

    @Test func theSameTextInAnotherMemberIsAnotherContent() throws {
        let texts =
            ["status", "kind"].map { Self.order([$0: "\"open\""]) }
            + ["billing", "shipping"].map { Self.order([$0: "{\"city\":\"Gent\"}"]) }
            + ["email", "firstName", "lastName"].map { Self.order(["customer": "{\"\($0)\":\"x\"}"]) }
        let hashes = try texts.map { json throws(Refusal) in try decodeOrder(json).command.contentHash }
        #expect(Set(hashes).count == texts.count)
    }

    @Test(arguments: [("number", "\"2\""), ("channel", "\"bol\""), ("store", "\"winkel\"")])
    func anotherOrder(member: String, value: String) throws {
        let plain = try decodeOrder(Self.order()).command
        #expect(try decodeOrder(Self.order([member: value])).command.keyHash != plain.keyHash)
    }

    @Test func anotherShopSharesNothing() throws {
        let json = Self.order(["customer": "{\"ref\":\"1\",\"email\":\"a@example.com\"}"])
        let one = try decodeOrder(json)
        let two = try decodeOrder(json, KeyHasher(hash: Hash64(seed: 7), shopName: "other"))
        #expect(one.command.keyHash != two.command.keyHash)
        #expect(one.command.contentHash != two.command.contentHash)
        #expect(one.command.party.contentHash != two.command.party.contentHash)
        #expect(Set(one.keys).isDisjoint(with: two.keys))
    }

    @Test func updatedAtIsReadAndKeptBesideTheContent() throws {
        let plain = try decodeOrder(Self.order()).command
        let updated = try decodeOrder(Self.order(["updatedAt": "\"1970-01-01T00:00:01Z\""]))
        #expect(plain.updatedAt == PreparedOrder.noUpdateTime)
        #expect(updated.command.updatedAt == 1_000)
        #expect(try JSONValue(updated.recordJSON)["updatedAt"]?.string == "1970-01-01T00:00:01Z")
    }

    // MARK: Odd but allowed

    @Test func theLastOfSeveralMembersCounts() throws {
        let json = """
            {"channel":"x","channel":"shopify","number":"9","number":"1","total":"1","total":"39.90","status":"a",
            "status":null,"placedAt":"2026-03-01T10:22:31Z","currency":"USD","currency":"EUR",
            "customer":{"email":"a@b.nl"},"customer":{}}
            """
        let command = try decodeOrder(json).command
        #expect(command.contentHash == (try decodeOrder(Self.order()).command.contentHash))
    }

    @Test func unknownMembersAreKeptWordForWordAtAllLevels() throws {
        let unknown = #""a\u0062c":{"x" :[1.0,2e5 , null],"é":"\u00e9\/"}"#
        let packed = try decodeOrder(
            """
            {"channel":"shopify",\(unknown),"number":"1","placedAt":"2026-03-01T10:22:31Z","currency":"EUR","total":"1",
            "customer":{\(unknown)},"billing":{\(unknown)},"shipping":{"city":"x",\(unknown)},"lines":[{\(unknown)}]}
            """)
        #expect(packed.recordJSON.components(unknown) == 2)
        #expect(packed.partyJSON.components(unknown) == 3)
    }

    @Test(arguments: [
        (#"\u0041"#, "A"), (#"\ud83d\ude00"#, "😀"), (#"\ud83d"#, "\u{FFFD}"), (#"\ude00x"#, "\u{FFFD}x"),
        (#"\ud83d\u0041"#, "\u{FFFD}A"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0000"#, "\0"),
    ])
    func escapesAreUnderstood(escaped: String, text: String) throws {
        let packed = try decodeOrder(Self.order(["status": "\"\(escaped)\""]))
        #expect(try JSONValue(packed.recordJSON)["status"]?.string == text)
    }
}

extension String {
    /// How often `part` occurs.
    func components(_ part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
