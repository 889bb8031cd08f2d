import Testing

@testable import Bytes

/// Members whose name was made beforehand, against the plain way of writing them.
struct JSONMemberTests {
    private static let alphabet = Array("abcdefgh \"\\/\u{7F}\u{01}\n\u{1F}ü€🙂".utf8)

    /// Every length around the words that are copied at once, at every distance from the end of the bytes, with and without
    /// something to escape.
    @Test func textsOfMembersAreWrittenAsStringsAre() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for count in 0..<40 {
            for behind in 0..<10 {
                for isPlain in [true, false] {
                    let letters = isPlain ? 8 : Self.alphabet.count
                    let bytes = (0..<(3 + count + behind)).map { _ in
                        Self.alphabet[Int.random(in: 0..<letters, using: &random)]
                    }
                    let text = 3..<(3 + count)
                    for isFirst in [true, false] {
                        #expect(
                            member(bytes, text, isFirst: isFirst) == plainMember(bytes, text, isFirst: isFirst),
                            "seed \(seed), \(count) bytes, \(behind) behind")
                    }
                }
            }
        }
    }

    private func member(_ bytes: [UInt8], _ text: Range<Int>, isFirst: Bool) -> [UInt8] {
        let name = Array(#","houseNumber":""#.utf8)
        var output = ByteWriter(capacity: 16)
        output.append(isFirst ? "{" : #"{"a":1"#)
        output.append(
            member: name.span.word(at: 0), name.span.word(at: 8), 0, count: name.count, isFirst: isFirst,
            text: bytes.span, text)
        output.closeObject()
        return output.copyBytes()
    }

    private func plainMember(_ bytes: [UInt8], _ text: Range<Int>, isFirst: Bool) -> [UInt8] {
        var output = ByteWriter(capacity: 16)
        output.append(isFirst ? #"{"houseNumber":""# : #"{"a":1,"houseNumber":""#)
        for byte in bytes[text] {
            switch byte {
            case UInt8(ascii: "\""): output.append(#"\""#)
            case UInt8(ascii: "\\"): output.append(#"\\"#)
            case 0x0A: output.append(#"\n"#)
            case 0x01: output.append(#"\u0001"#)
            case 0x1F: output.append(#"\u001f"#)
            case 0x7F: output.append(#"\u007f"#)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
        output.closeObject()
        return output.copyBytes()
    }
}
