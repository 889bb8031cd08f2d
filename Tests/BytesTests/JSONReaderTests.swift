import Testing

@testable import Bytes

struct JSONReaderTests {
    @Test(
        arguments: [
            ("", .endOfInput, 0), ("  ", .endOfInput, 2), ("{", .endOfInput, 1), ("[1", .endOfInput, 2),
            ("{\"a\"", .endOfInput, 4), ("{\"a\":", .endOfInput, 5), ("\"abc", .endOfInput, 4),
            ("\"a\\", .endOfInput, 3),
            ("\"\\u12\" ", .badEscape, 1), ("\"\\u12", .endOfInput, 5), ("\"\\u12G4\"", .badEscape, 1),
            ("\"\\x\"", .badEscape, 1),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\\n\u{1}\"", .controlCharacter, 3),
            ("01", .badNumber, 0), ("-", .badNumber, 1), ("-01", .badNumber, 1), ("1.", .badNumber, 2),
            ("1.e5", .badNumber, 2),
            ("1e", .badNumber, 2), ("1e+", .badNumber, 3), ("-x", .badNumber, 1),
            ("tru", .wrongType, 0), ("nul", .unexpectedByte, 0), ("True", .unexpectedByte, 0),
            ("+1", .unexpectedByte, 0),
            (".5", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0),
            ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3),
            ("[1}", .unexpectedByte, 2),
            ("{,}", .wrongType, 1), ("{\"a\":1,}", .wrongType, 7), ("{a:1}", .wrongType, 1), ("{1:2}", .wrongType, 1),
            ("{\"a\" 1}", .unexpectedByte, 5), ("{\"a\":1 \"b\":2}", .unexpectedByte, 7),
            ("{\"a\":}", .unexpectedByte, 5),
            ("1 2", .trailingBytes, 2), ("{}}", .trailingBytes, 2), ("nullx", .trailingBytes, 4),
            ("\"a\"\"b\"", .trailingBytes, 3),
            ("/* */1", .unexpectedByte, 0), ("\u{FEFF}1", .unexpectedByte, 0),
        ] as [(String, JSONError.Reason, Int)])
    func malformedTextIsRefusedWithItsPlace(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(parsed(text) == .failure(JSONError(reason, at: offset)))
        // Skipping checks the same grammar as reading.
        let bytes = Array(text.utf8)
        #expect(throws: JSONError(reason, at: offset)) {
            var reader = JSONReader(bytes.span)
            _ = try reader.skipValue()
            try reader.end()
        }
    }

    @Test func valuesArePulledInTheirOrder() throws {
        let bytes = Array(#" { "id" : 12 , "tags":["a\tb" , true,null] , "n":-1.5e3 } "#.utf8)
        var reader = JSONReader(bytes.span)
        var isFirst = true
        #expect(try reader.peek() == .object)
        try reader.beginObject()
        #expect(reader.text(try #require(try reader.nextKey(&isFirst))) == "id")
        #expect(reader.bytes.text(try reader.number()) == "12")
        #expect(reader.text(try #require(try reader.nextKey(&isFirst))) == "tags")
        var isFirstElement = true
        try reader.beginArray()
        #expect(try reader.nextElement(&isFirstElement))
        let escaped = try reader.string()
        #expect(escaped.hasEscapes && reader.text(escaped) == "a\tb")
        #expect(try reader.nextElement(&isFirstElement))
        #expect(try reader.null() == false)
        #expect(try reader.bool())
        #expect(try reader.nextElement(&isFirstElement))
        #expect(try reader.null())
        #expect(try reader.nextElement(&isFirstElement) == false)
        #expect(reader.text(try #require(try reader.nextKey(&isFirst))) == "n")
        #expect(reader.bytes.text(try reader.number()) == "-1.5e3")
        #expect(try reader.nextKey(&isFirst) == nil)
        try reader.end()
    }

    @Test func wrongTypeLeavesTheReaderWhereItWas() throws {
        let bytes = Array("  17".utf8)
        var reader = JSONReader(bytes.span)
        #expect(throws: JSONError(.wrongType, at: 2)) { _ = try reader.string() }
        #expect(throws: JSONError(.wrongType, at: 2)) { _ = try reader.bool() }
        #expect(throws: JSONError(.wrongType, at: 2)) { try reader.beginArray() }
        #expect(throws: JSONError(.wrongType, at: 2)) { try reader.beginObject() }
        #expect(reader.bytes.text(try reader.number()) == "17")
        try reader.end()
    }

    @Test func skippedValuesAreTheirExactText() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let values = (0..<4).map { _ in JSONValue.random(depth: 3, using: &random) }
            let bytes = Array(JSONValue.array(values).text.utf8)
            var reader = JSONReader(bytes.span)
            var isFirst = true
            try reader.beginArray()
            for value in values {
                #expect(try reader.nextElement(&isFirst))
                #expect(reader.bytes.text(try reader.skipValue()) == value.text, "seed \(seed)")
            }
            #expect(try reader.nextElement(&isFirst) == false)
        }
    }

    @Test func readingCanBeginAtAnOffset() throws {
        let bytes = Array("ORDER.PUT {\"a\":1}".utf8)
        var reader = JSONReader(bytes.span, at: 10)
        #expect(reader.bytes.text(try reader.skipValue()) == "{\"a\":1}")
        try reader.end()
    }
}
