import Bytes
import Testing

@testable import Commerce

/// What is read by the word comes to the same as on the plain way: by the byte, by a fresh decoder, by cutting names.
struct PlainWayTests {
    // MARK: Names

    private static let words = [
        "Jan", "J.", "S.", "x.", "Jeroen", "Joep", "Aaltje", "IJsbrand", "Dennis", "Maria", "de", "van", "der",
        "van den", "Vries",
        "Bakker", "Devos", "Vandenberg", "Dekker", "Müller", "Haan", "Dent", "Dr.", "jr.", "III", "Dhr.", "O'Brien",
        "aaa", "oo", "aa",
        "ae", "Ee", "test", "guest", "n/a", "Amazon", "Business", "y", "d", "v", "v.d.", "'t", "zu", "Al", "ibn", "Sr.",
        "Mc-Kay",
        "Oudekerkvandenbroek", "García", "Ii", "te", "Hd", "tav", "",
    ]

    private func name(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...4, using: &random)
        let name = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
        return Bool.random(using: &random) ? name : Bool.random(using: &random) ? name.uppercased() : name.lowercased()
    }

    /// With a blank behind it a name is cut into words, and means the same.
    @Test func plainNamesSayWhatTheirWordsSay() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let (first, last, full) = (name(&random), name(&random), name(&random))
            let names = [(first, last, ""), (first, last, full), ("", "", full), (first, "", ""), ("", last, "")]
            guard let (first, last, full) = names.randomElement(using: &random) else { continue }
            func slow(_ text: String) -> String { text.isEmpty ? text : text + " " }
            let texts = "seed \(seed): \(first)|\(last)|\(full)"
            #expect(key(first, last, full) == key(slow(first), slow(last), slow(full)), "\(texts)")
            #expect(features(first, last, full) == features(slow(first), slow(last), slow(full)), "\(texts)")
        }
    }

    @Test(arguments: [
        ("Maria van Dijk", "dyk/m"), ("J. Bakker", "bakker/j"), ("Joep Jansen", "jansen/j"), ("S. Bos", nil),
    ])
    func plainFullNamesAreFound(_ name: String, _ key: String?) {
        let plain = PlainFullName(Array(name.utf8).span)
        #expect((plain == nil) == (key == nil))
        if let key { #expect(self.key("", "", name) == key) }
    }

    private func key(_ first: String, _ last: String, _ full: String) -> String? {
        var output = ByteWriter()
        let found = PersonName.appendFamilyKey(
            first: Array(first.utf8).span, last: Array(last.utf8).span, full: Array(full.utf8).span, into: &output)
        return found ? output.span.text : output.count == 0 ? nil : "bytes without a key"
    }

    private func features(_ first: String, _ last: String, _ full: String) -> PartyFeatures {
        var extractor = FeatureExtractor()
        var features = PartyFeatures()
        extractor.names(
            first: Array(first.utf8).span, last: Array(last.utf8).span, full: Array(full.utf8).span, &features)
        return features
    }

    // MARK: Orders

    /// What a decoder has read before, accepted or refused, shows nowhere in what it reads next.
    @Test func aDecoderThatHasReadMuchReadsLikeAFreshOne() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var decoder = CommandDecoder()
        for _ in 0..<3_000 {
            let json = disturbed(OrderSample(using: &random).json(using: &random), &random)
            let (used, fresh) = (decode(json, &decoder), decode(json))
            #expect(used == fresh, "seed \(seed): \(json)")
        }
    }

    /// Objects of one length at one place, in commands of every kind: what was noted of one is not taken for another.
    @Test func whatStandsAtTheSamePlaceIsReadAnew() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var decoder = CommandDecoder()
        var outcomes = Set<String>()
        for _ in 0..<2_000 {
            func object() -> String {
                let name = ["name", "city", "vats"].randomElement(using: &random) ?? ""
                let value = ["Bakker", "Visser", "Utrech"].randomElement(using: &random) ?? ""
                return "{\"\(name)\":\"\(value)\"}"
            }
            let addresses = "\"billing\":\(object()),\"shipping\":\(object())"
            let kind = Int.random(in: 0..<4, using: &random)
            let json =
                switch kind {
                case 0: #"{"channel":"web","ref":"1234567",\#(addresses),"addresses":[\#(object()),\#(object())]}"#
                case 1: #"{"kind":"invoice","number":"1","order":"web:1","recipient":\#(object())}"#
                case 2: #"{"kind":"invoice","number":"1","order":"web:1","total":"1","recipient":\#(object())}"#
                default:
                    #"{"channel":"web","number":"1",\#(addresses),"currency":"EUR","total":"3","#
                        + #""placedAt":"2026-03-01T10:22:31Z","lines":[\#(object())]}"#
                }
            var fresh = CommandDecoder()
            let outcome = decode(json, kind, &fresh)
            #expect(decode(json, kind, &decoder) == outcome, "seed \(seed): \(json)")
            outcomes.insert(outcome)
        }
        #expect(outcomes.count > 100 && outcomes.allSatisfy { $0.hasPrefix("Prepared") }, "\(outcomes.first ?? "")")
    }

    private func decode(_ json: String, _ kind: Int, _ decoder: inout CommandDecoder) -> String {
        var output = ByteWriter()
        let bytes = Array(json.utf8)
        do throws(Refusal) {
            let command =
                switch kind {
                case 0: "\(try decoder.profile(bytes.span, mainHasher, into: &output))"
                case 1, 2: "\(try decoder.document(bytes.span, mainHasher, into: &output))"
                default: "\(try decoder.order(bytes.span, mainHasher, into: &output))"
                }
            return "\(command) \(output.copyBytes())"
        } catch {
            return "\(error)"
        }
    }

    /// The last of two members counts, wherever it stands, and so does the last currency for the decimals of the lines.
    @Test(arguments: [
        #""lines":[{"sku":"a","unitPrice":"1.50"}],"currency":"JPY""#,
        #""currency":"EUR","lines":[{"sku":"a","unitPrice":"1.50"}],"currency":"JPY""#,
        #""currency":"JPY","lines":[{"sku":"b","x":1}],"lines":[{"sku":"a","unitPrice":"1.5"}]"#,
        #""currency":"JPY","lines":null,"lines":[{"sku":"a","unitPrice":"1.5"}]"#,
        #""currency":"JPY","customer":{"email":"a@b.nl","x":2},"lines":[{"sku":"a","unitPrice":"1.5"}],"customer":null"#,
        #""billing":{"name":"A"},"billing":null,"currency":"JPY","lines":[{"sku":"a","unitPrice":"1.5"}],"shipping":null"#,
    ])
    func whatComesTwiceCountsOnce(_ members: String) throws(Refusal) {
        let head = #"{"channel":"web","number":"1","total":"3","placedAt":"2026-03-01T10:22:31Z","#
        let plain = try decodeOrder(head + #""currency":"JPY","lines":[{"sku":"a","unitPrice":"1.5"}]}"#)
        #expect(try decodeOrder(head + members + "}").bytes == plain.bytes)
    }

    @Test func aRepeatedAddressIsTheOneThatCountsInTheEnd() throws(Refusal) {
        let head = #"{"channel":"web","number":"1","currency":"EUR","total":"3","placedAt":"2026-03-01T10:22:31Z","#
        let (one, two) = (#"{"name":"Jan Bakker","city":"Ede"}"#, #"{"name":"Piet Bakker","city":"Epe"}"#)
        let twice = try decodeOrder(head + "\"billing\":\(one),\"shipping\":\(one),\"billing\":\(two)}")
        let once = try decodeOrder(head + "\"billing\":\(two),\"shipping\":\(one)}")
        #expect(twice.bytes == once.bytes)
    }

    /// An address teaches the table that a fifth place follows; in a line that place is where unknown members are kept.
    @Test func whatFollowsInAnAddressIsNotLookedForInALine() throws(Refusal) {
        let addresses = #"{"ref":"1","addresses":[{"name":"A","company":"B","postalCode":"1012 JS"}]}"#
        let line = #"{"sku":"a","title":"b","extra":"c"}"#
        let json =
            #"{"channel":"web","number":"1","currency":"EUR","total":"3","placedAt":"2026-03-01T10:22:31Z","customer":"#
            + addresses + #","lines":["# + line + "]}"
        var decoder = CommandDecoder()
        for _ in 0..<3 { #expect(decode(json, &decoder) == decode(json)) }
        #expect(try decodeOrder(json).recordJSON.contains(#""extra":"c""#))
    }

    private func disturbed(_ json: String, _ random: inout SeededGenerator) -> String {
        var bytes = Array(json.utf8)
        if Int.random(in: 0..<4, using: &random) == 0 {
            let index = Int.random(in: bytes.indices, using: &random)
            bytes[index] = Array("{}[]\":,\\0-tfn ".utf8).randomElement(using: &random) ?? 0
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decode(_ json: String) -> String {
        var decoder = CommandDecoder()
        return decode(json, &decoder)
    }

    private func decode(_ json: String, _ decoder: inout CommandDecoder) -> String {
        var output = ByteWriter()
        let bytes = Array(json.utf8)
        do throws(Refusal) {
            let order = try decoder.order(bytes.span, mainHasher, into: &output)
            return "\(order) \(output.copyBytes())"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Values

    @Test func decimalsAreReadAsTheyAreWritten() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let signs = Array("0123456789012345678901234567890123456789.....-a/:".utf8)
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 0...11, using: &random)).map { _ in signs.randomElement(using: &random) ?? 0
            }
            #expect(Decimal64(text.span) == Self.decimal(text), "seed \(seed): \(text.span.text)")
        }
    }

    private static func decimal(_ text: [UInt8]) -> Decimal64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = (isNegative ? text.dropFirst() : text[...]).split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        let units = parts.joined().reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return Decimal64(units: isNegative ? -units : units, scale: parts.count == 2 ? UInt8(parts[1].count) : 0)
    }

    /// One byte of a moment is changed: it is read only where a digit took a digit's place, or a blank that of the T.
    @Test func momentsAreReadByTheLetter() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50_000 {
            let moment = Timestamp(
                milliseconds: Int64.random(in: -60_000_000_000...250_000_000_000, using: &random) * 1_000)
            var writer = ByteWriter()
            writer.timestamp(moment)
            var text = Array(writer.copyBytes().dropFirst().dropLast())
            #expect(Timestamp(rfc3339: text.span) == moment, "seed \(seed): \(text.span.text)")
            let index = Int.random(in: 0..<19, using: &random)
            let wasDigit = (0x30...0x39).contains(text[index])
            text[index] = UInt8.random(in: 0...255, using: &random)
            let isDigit = (0x30...0x39).contains(text[index])
            let mayBeRead =
                wasDigit
                ? isDigit
                : index == 10 ? " tT".utf8.contains(text[index]) : "-:".utf8.contains(text[index])
            if let read = Timestamp(rfc3339: text.span) {
                var again = ByteWriter()
                again.timestamp(read)
                let same = zip(again.copyBytes().dropFirst(), text).enumerated().allSatisfy {
                    $0.offset == 10 || $0.element.0 == $0.element.1
                }
                #expect(mayBeRead && (same || text[17] == UInt8(ascii: "6")), "seed \(seed): \(text.span.text)")
            }
        }
    }
}
