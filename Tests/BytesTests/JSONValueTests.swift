import Testing

@testable import Bytes

struct JSONValueTests {
    @Test(arguments: [
        ("706405506930370084", "706405506930370084"), ("1.50", "1.50"), ("-0.0", "-0.0"), ("1E+400", "1E+400"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("\"1.50\"", "1.50"),
    ])
    func exactTextIsWhatWasSent(json: String, text: String) throws {
        #expect(try parsed(json).get().exactText == text)
    }

    @Test func lookUpsTellKindsApart() throws {
        let value = try parsed(#"{"a":{"b":[1,true,null,"x"]},"c":"","d":false}"#).get()
        #expect(value.member("a", "b")?.array?.count == 4)
        #expect(value.member("a", "x", "y") == nil && value.member("c", "b") == nil)
        #expect(value["c"]?.string == "" && value["c"]?.array == nil && value["c"]?.members == nil)
        #expect(value["d"]?.bool == false && value["d"]?.exactText == nil && value["a"]?.exactText == nil)
        #expect(value["missing"] == nil && JSONValue.null["a"] == nil)
        #expect(value.member("a", "b")?.array?.map { $0 == .null } == [false, false, true, false])
    }

    @Test func membersKeepTheirOrderAndTheLastOfOneNameCounts() throws {
        let value = try parsed(#"{"z":1,"a":2,"z":3}"#).get()
        #expect(value.members?.map(\.name) == ["z", "a", "z"])
        #expect(value["z"]?.exactText == "3")
        #expect(value.text == #"{"z":1,"a":2,"z":3}"#)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""é😀""#, "é😀"),
        (#""\u0000""#, "\u{0}"),
    ])
    func escapesAreDecoded(json: String, text: String) throws {
        #expect(try parsed(json).get() == .string(text))
    }

    @Test func escapedNamesAreFound() throws {
        #expect(try parsed(#"{"\u0061\n":1}"#).get()["a\n"]?.exactText == "1")
    }

    @Test func depthIsLimitedToTheReadersMaximum() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try parsed(nested(JSONReader.maximumDepth)).get().text == nested(JSONReader.maximumDepth))
        #expect(
            parsed(nested(JSONReader.maximumDepth + 1)) == .failure(JSONError(.tooDeep, at: JSONReader.maximumDepth)))
    }

    @Test func oneLongArrayIsReadInOneGo() throws {
        let value = try parsed("[" + String(repeating: "{\"a\":1},", count: 100_000) + "0]").get()
        #expect(value.array?.count == 100_001)
    }

    @Test func randomDocumentsComeBack() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let value = JSONValue.random(depth: 5, using: &random)
            let text = value.text
            #expect(!text.utf8.contains { $0 < 0x20 }, "seed \(seed): a line must stay a line")
            #expect(parsed(text) == .success(value), "seed \(seed)")
        }
    }

    /// White space between tokens changes nothing; any strict prefix of a document in brackets is cut short.
    @Test func randomDocumentsSurviveSpaceAndNoPrefixIsWhole() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let value = JSONValue.array([.random(depth: 3, using: &random)])
            #expect(parsed(" \r\n\t\(value.text)\n ") == .success(value), "seed \(seed)")
            let bytes = Array(value.text.utf8)
            for length in 0..<bytes.count {
                #expect(throws: JSONError.self, "seed \(seed), cut at \(length)") {
                    _ = try JSONValue(parsing: bytes.span.extracting(..<length))
                }
            }
        }
    }

    @Test func mutatedDocumentsNeverCrash() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let insertions = Array("{}[]\",:\\u0-.eE tfn".utf8)
        for _ in 0..<3000 {
            var bytes = Array(JSONValue.random(depth: 4, using: &random).text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                bytes.insert(insertions.randomElement(using: &random) ?? 0, at: index)
                bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
            }
            guard case .success(let value) = parsed(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(parsed(value.text) == .success(value), "seed \(seed)")
        }
    }
}
