import Testing

@testable import Bytes

struct ByteReaderTests {
    @Test(
        arguments: [
            ([], .truncated(offset: 0)), ([0x80], .truncated(offset: 0)), ([0xFF, 0xFF], .truncated(offset: 0)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2], .overlong(offset: 0)),
            ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], .overlong(offset: 0)),
        ] as [([UInt8], ByteReaderError)])
    func brokenVarintsAreRefused(bytes: [UInt8], error: ByteReaderError) {
        #expect(throws: error) {
            var reader = ByteReader(bytes.span)
            _ = try reader.varint()
        }
    }

    @Test func lengthsBeyondTheEndAreRefused() {
        let bytes: [UInt8] = [5, 1, 2]
        #expect(throws: ByteReaderError.truncated(offset: 0)) {
            var reader = ByteReader(bytes.span)
            _ = try reader.countedRange()
        }
        #expect(throws: ByteReaderError.truncated(offset: 1)) {
            var reader = ByteReader(bytes.span, at: 1)
            _ = try reader.range(count: 3)
        }
        #expect(throws: ByteReaderError.truncated(offset: 0)) {
            var reader = ByteReader(bytes.span)
            _ = try reader.littleEndian(UInt32.self)
        }
        #expect(throws: ByteReaderError.truncated(offset: 3)) {
            var reader = ByteReader(bytes.span, at: 3)
            _ = try reader.byte()
        }
    }

    /// A length of 2^63 and more must not wrap around.
    @Test func hugeLengthsAreRefused() {
        let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 7]
        #expect(throws: ByteReaderError.truncated(offset: 0)) {
            var reader = ByteReader(bytes.span)
            _ = try reader.countedRange()
        }
        #expect(throws: ByteReaderError.truncated(offset: 0)) {
            var reader = ByteReader(bytes.span)
            _ = try reader.range(count: -1)
        }
    }

    @Test func spansCompareByTheirBytes() {
        let bytes = Array("abcabc".utf8)
        let span = bytes.span
        let abc = span.extracting(0..<3)
        let literals = [abc.equals("abc"), abc.equals("abd"), span.equals("abc"), span.extracting(0..<0).equals("")]
        #expect(literals == [true, false, false, true])
        let spans = [abc.equals(span.extracting(3..<6)), abc.equals(span.extracting(2..<5)), abc.equals(span)]
        #expect(spans == [true, false, false])
        let copies = (span.text(1..<3), span.array)
        #expect(copies.0 == "bc" && copies.1 == bytes)
    }

    private enum Value: Equatable {
        case varint(UInt64)
        case zigzag(Int64)
        case fixed(UInt32)
        case counted([UInt8])
    }

    /// What was written comes back; cut anywhere, it is refused and never misread beyond the cut.
    @Test func randomValuesComeBackAndCutsAreFound() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let values = (0..<20).map { _ in randomValue(using: &random) }
            var writer = ByteWriter(capacity: 16)
            for value in values { write(value, into: &writer) }
            let bytes = writer.copyBytes()
            #expect(try read(bytes.span, like: values) == values, "seed \(seed)")
            let cut = Int.random(in: 0..<bytes.count, using: &random)
            #expect(throws: ByteReaderError.self, "seed \(seed)") {
                _ = try read(bytes.span.extracting(..<cut), like: values)
            }
        }
    }

    private func randomValue(using random: inout SeededGenerator) -> Value {
        let bits = UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .varint(bits)
        case 1: return .zigzag(Int64(bitPattern: bits))
        case 2: return .fixed(UInt32(truncatingIfNeeded: bits))
        default: return .counted([UInt8](repeating: UInt8(truncatingIfNeeded: bits), count: Int(bits % 300)))
        }
    }

    private func write(_ value: Value, into writer: inout ByteWriter) {
        switch value {
        case .varint(let number): writer.appendVarint(number)
        case .zigzag(let number): writer.appendZigzag(number)
        case .fixed(let number): writer.appendLittleEndian(number)
        case .counted(let bytes): writer.appendCounted(bytes.span)
        }
    }

    private func read(_ bytes: Span<UInt8>, like values: [Value]) throws(ByteReaderError) -> [Value] {
        var reader = ByteReader(bytes)
        var result: [Value] = []
        for value in values {
            switch value {
            case .varint: result.append(.varint(try reader.varint()))
            case .zigzag: result.append(.zigzag(try reader.zigzag()))
            case .fixed: result.append(.fixed(try reader.littleEndian()))
            case .counted: result.append(.counted(bytes.extracting(try reader.countedRange()).array))
            }
        }
        guard reader.isAtEnd else { throw .truncated(offset: reader.position) }
        return result
    }
}
