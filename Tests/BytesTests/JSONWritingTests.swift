import Foundation
import Testing

@testable import Bytes

struct JSONWritingTests {
    @Test func commasPutThemselves() {
        let text = written { writer in
            writer.append("ROW ")
            writer.openObject()
            writer.key("a")
            writer.number(-1)
            writer.key("list" as String)
            writer.openArray()
            writer.string("x")
            writer.bool(true)
            writer.null()
            writer.openArray()
            writer.closeArray()
            writer.openObject()
            writer.closeObject()
            writer.rawJSON(Array("1.50".utf8).span)
            writer.closeArray()
            writer.key("b")
            writer.bool(false)
            writer.closeObject()
        }
        #expect(text == #"ROW {"a":-1,"list":["x",true,null,[],{},1.50],"b":false}"#)
    }

    @Test func twoLinesNeedNoComma() {
        let text = written { writer in
            writer.openObject()
            writer.closeObject()
            writer.append("\n")
            writer.openArray()
            writer.closeArray()
        }
        #expect(text == "{}\n[]")
    }

    /// A string may end in any of the bytes after which no comma is put.
    @Test(arguments: ["{", "[", ":", " ", "\n", ",", "\\", "\""])
    func commaComesAfterStringsOfAnyEnd(text: String) throws {
        let json = written { writer in
            writer.openArray()
            writer.string(text)
            writer.string(text)
            writer.closeArray()
        }
        #expect(try parsed(json).get() == .array([.string(text), .string(text)]))
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("a\nb\r\t", #""a\nb\r\t""#),
        ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#), ("é😀/", #""é😀/""#),
    ])
    func stringsAreEscaped(text: String, json: String) {
        #expect(written { $0.string(text) } == json)
    }

    @Test(arguments: [0, 7, -7, 10, 99, 100, Int64.max, Int64.min])
    func integersAreDecimal(value: Int64) {
        #expect(written { $0.appendDecimal(value) } == String(value))
        #expect(written { $0.number(value) } == String(value))
    }

    /// Another parser reads what we write.
    @Test func foundationReadsWhatIsWritten() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x300, using: &random)) }
            let text = String(String.UnicodeScalarView(scalars))
            let json = written { $0.string(text) }
            let read = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
            #expect((read as? String)?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "seed \(seed)")
        }
    }
}

@Suite struct DecimalWritingTests {
    @Test(
        arguments: [
            (0, 0, "0"), (0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (3_990, 2, "39.90"), (-3_990, 2, "-39.90"),
            (1, 12, "0.000000000001"), (123, 0, "123"), (4_294_967_296, 3, "4294967.296"),
            (Int64.max, 0, "9223372036854775807"), (Int64.min, 0, "-9223372036854775808"),
            (Int64.max, 12, "9223372.036854775807"), (Int64.min, 18, "-9.223372036854775808"),
        ] as [(Int64, Int, String)])
    func decimalsAreWrittenDigitByDigit(_ value: Int64, _ scale: Int, _ text: String) {
        var output = ByteWriter(capacity: 16)
        output.appendDecimal(value, scale: scale)
        #expect(output.span.text == text)
    }

    @Test func memberNamesLoseTheirCommaAtTheBeginningOfAnObject() {
        var output = ByteWriter(capacity: 16)
        let name = Array(",\"aMemberOf16Bytes\":\"".utf8)
        func word(_ place: Int) -> UInt64 {
            let start = min(place * 8, name.count)
            return name.span.word(at: start, count: min(8, name.count - start))
        }
        output.openObject()
        for _ in 0..<2 {
            output.append(member: word(0), word(1), word(2), count: name.count)
            output.append("x\"")
        }
        output.closeObject()
        #expect(output.span.text == #"{"aMemberOf16Bytes":"x","aMemberOf16Bytes":"x"}"#)
    }

    @Test func escapesStandWhereTheyStandInAnyLength() {
        for length in 0..<40 {
            for place in 0..<max(length, 1) {
                var text = Array(repeating: UInt8(ascii: "a"), count: length)
                if length > 0 { text[place] = UInt8(ascii: "\"") }
                var output = ByteWriter(capacity: 16)
                output.string(text.span)
                let expected = String(decoding: text, as: UTF8.self).replacing("\"", with: "\\\"")
                #expect(output.span.text == "\"\(expected)\"")
            }
        }
    }

    /// Against digits that Swift writes, with the point put in by hand.
    @Test func decimalsAreTheirDigitsWithAPoint() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let bits = UInt64.random(in: 0..<64, using: &random)
            let value = Int64(truncatingIfNeeded: random.next() >> bits)
            let scale = Int.random(in: 0...18, using: &random)
            var digits = String(value.magnitude)
            digits = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
            let text =
                (value < 0 ? "-" : "") + digits.dropLast(scale) + (scale > 0 ? "." : "") + digits.suffix(scale)
            #expect(written { $0.appendDecimal(value, scale: scale) } == text, "seed \(seed): \(value), \(scale)")
        }
    }

    /// Against escaping byte by byte, of texts in which much, little or nothing must be escaped.
    @Test func textsAreEscapedByteByByte() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let rarity = [1, 8, 60, 10_000].randomElement(using: &random) ?? 1
            let text = (0..<Int.random(in: 0..<70, using: &random)).map { _ in
                Int.random(in: 0..<rarity, using: &random) == 0
                    ? UInt8.random(in: .min ... .max, using: &random) : UInt8.random(in: 0x80...0xF0, using: &random)
            }
            var expected: [UInt8] = []
            for byte in text {
                switch byte {
                case 0x22, 0x5C: expected += [0x5C, byte]
                case 0x0A: expected += Array("\\n".utf8)
                case 0x0D: expected += Array("\\r".utf8)
                case 0x09: expected += Array("\\t".utf8)
                case 0..<0x20, 0x7F:
                    expected += Array("\\u00".utf8) + (byte < 0x10 ? [0x30] : []) + Array(String(byte, radix: 16).utf8)
                default: expected.append(byte)
                }
            }
            var output = ByteWriter(capacity: 16)
            output.append("x")
            output.appendEscaped(text.span)
            #expect(output.copyBytes(from: 1) == expected, "seed \(seed): \(text)")
        }
    }
}
