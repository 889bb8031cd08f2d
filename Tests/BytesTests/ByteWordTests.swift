import Testing

@testable import Bytes

/// Every question that is asked of eight bytes at once, against the same question asked of one byte after the other.
struct ByteWordTests {
    private static let alphabet = Array("\0 \"'(),-./09:<@AZ[\\`az{\u{7F}".utf8) + [0x1F, 0x80, 0xC3, 0xFF]

    private func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in Self.alphabet.randomElement(using: &generator) ?? 0 }
    }

    @Test func wordsHoldTheBytesAndZerosAbove() {
        let bytes = [UInt8](1...40)
        for count in 0...40 {
            let span = bytes.span.extracting(0..<count)
            for offset in 0...count {
                let rest = (0..<8).map { offset + $0 < count ? UInt64(bytes[offset + $0]) << UInt64($0 * 8) : 0 }
                #expect(span.word(from: offset) == rest.reduce(0, |))
                for length in 0...min(16, count - offset) {
                    let (low, high) = span.words(at: offset, count: length)
                    let expected = (0..<16).map { $0 < length ? bytes[offset + $0] : 0 }
                    #expect((0..<8).map { UInt8(truncatingIfNeeded: low >> UInt64($0 * 8)) } == Array(expected[..<8]))
                    #expect((0..<8).map { UInt8(truncatingIfNeeded: high >> UInt64($0 * 8)) } == Array(expected[8...]))
                }
            }
        }
    }

    @Test func marksAreThoseOfTheBytes() {
        let seed = testSeed()
        print("ByteWordTests.marksAreThoseOfTheBytes seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let bytes = random(8, &generator)
            let word = bytes.span.word(at: 0)
            func marks(_ question: (UInt8) -> Bool) -> UInt64 {
                bytes.enumerated().reduce(0) { $0 | (question($1.element) ? 0x80 << UInt64($1.offset * 8) : 0) }
            }
            let byte = Self.alphabet.randomElement(using: &generator) ?? 0
            let equal = marks { $0 == byte }
            #expect(ByteWord.equal(byte, in: word) == equal, "\(bytes) \(byte)")
            let bits = bytes.indices.reduce(UInt64(0)) { $0 | (bytes[$1] == byte ? 1 << UInt64($1) : 0) }
            #expect(ByteWord.bits(of: equal) == bits)
            #expect(ByteWord.digits(in: word) == marks { (0x30...0x39).contains($0) })
            let firstOfJSON = marks { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
            #expect(
                ByteWord.index(of: ByteWord.firstOfJSON(in: word)) == ByteWord.index(of: firstOfJSON), "\(bytes)")
            #expect(ByteWord.index(of: ByteWord.first(byte, in: word)) == ByteWord.index(of: equal), "\(bytes) \(byte)")
            let controls = marks { $0 < 0x20 }
            #expect(ByteWord.index(of: ByteWord.firstControl(in: word)) == ByteWord.index(of: controls), "\(bytes)")
            #expect(ByteWord.lettersAndDigits(in: word) == marks(isLetterOrDigit), "\(bytes)")
        }
    }

    @Test func lowerCaseIsThatOfTheLetters() {
        for byte in UInt8(0)..<0x80 {
            let lower = (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
            #expect(ByteWord.lowercased(ByteWord.repeating(byte)) == ByteWord.repeating(lower))
        }
    }

    @Test func spansAnswerLikeTheirBytes() {
        let seed = testSeed()
        print("ByteWordTests.spansAnswerLikeTheirBytes seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let bytes = random(Int.random(in: 0...30, using: &generator), &generator)
            let span = bytes.span
            #expect(span.isLettersAndDigits == bytes.allSatisfy(isLetterOrDigit), "\(bytes)")
            #expect(span.containsDigit == bytes.contains { (0x30...0x39).contains($0) }, "\(bytes)")
            var other = bytes
            if !other.isEmpty, Bool.random(using: &generator) { other[other.count - 1] ^= 1 }
            #expect(span.equals(other.span) == (bytes == other), "\(bytes)")
        }
    }

    @Test func shortTextsAreAppendedWhole() {
        var writer = ByteWriter(capacity: 16)
        var expected: [UInt8] = []
        for count in 0...40 {
            let bytes = [UInt8](repeating: UInt8(count), count: count)
            writer.append(bytes.span)
            writer.append(word: 0x0706_0504_0302_0100, count: count % 9)
            writer.appendCopy(of: 0..<count)
            expected += bytes + (0..<(count % 9)).map(UInt8.init)
            expected += expected[..<count]
            #expect(writer.copyBytes() == expected)
        }
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
