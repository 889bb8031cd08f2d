import Testing

@testable import Bytes

@Suite struct StaticTextTests {
    @Test func bytesAreThoseOfTheText() {
        let text: StaticString = "straße\n x"
        #expect(text.bytes.array == Array("straße\n x".utf8))
        let empty: StaticString = ""
        #expect(empty.bytes.array == [])
    }

    /// Against the standard library's `split`, which leaves out what is empty too.
    @Test func partsAreWhatSplitGives() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<12, using: &random)).map { _ in UInt8.random(in: 0..<3, using: &random)
            }
            var parts: [[UInt8]] = []
            bytes.span.forEachPart(separatedBy: 0) { parts.append($0.array) }
            #expect(parts == bytes.split(separator: 0).map(Array.init), "\(bytes), seed \(seed)")
        }
    }
}

@Suite struct SkippedVarintTests {
    /// Where reading ends, or what it throws.
    private static func outcome(
        _ bytes: [UInt8], _ read: (inout ByteReader) throws(ByteReaderError) -> Void
    ) -> Result<Int, ByteReaderError> {
        var reader = ByteReader(bytes.span)
        do throws(ByteReaderError) {
            try read(&reader)
            return .success(reader.position)
        } catch {
            return .failure(error)
        }
    }

    @Test func skippingEndsWhereReadingEnds() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<5_000 {
            // Mostly bytes that go on, so that all lengths come up, those of no number among them.
            let bytes = (0..<Int.random(in: 0..<14, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random) | (Int.random(in: 0..<6, using: &random) > 0 ? 0x80 : 0)
            }
            let read = Self.outcome(bytes) { reader throws(ByteReaderError) in _ = try reader.varint() }
            let skipped = Self.outcome(bytes) { reader throws(ByteReaderError) in try reader.skipVarint() }
            #expect(read == skipped, "\(bytes), seed \(seed)")
            if case .failure = read { refused += 1 }
        }
        #expect(refused > 100 && refused < 4_900)
    }
}
