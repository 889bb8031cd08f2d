import Testing

@testable import Bytes

struct ByteWriterTests {
    @Test(
        arguments: [
            (0, [0]), (1, [1]), (0x7F, [0x7F]), (0x80, [0x80, 1]), (300, [0xAC, 2]), (0x3FFF, [0xFF, 0x7F]),
            (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        ] as [(UInt64, [UInt8])])
    func varintsAreLEB128(value: UInt64, bytes: [UInt8]) throws {
        var writer = ByteWriter()
        writer.appendVarint(value)
        #expect(writer.copyBytes() == bytes)
        var reader = ByteReader(bytes.span)
        #expect(try reader.varint() == value)
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
    }

    @Test(arguments: [(0, [0]), (-1, [1]), (1, [2]), (-64, [0x7F]), (64, [0x80, 1])] as [(Int64, [UInt8])])
    func zigzagPutsSmallMagnitudesFirst(value: Int64, bytes: [UInt8]) throws {
        var writer = ByteWriter()
        writer.appendZigzag(value)
        #expect(writer.copyBytes() == bytes)
        var reader = ByteReader(bytes.span)
        #expect(try reader.zigzag() == value)
    }

    @Test func littleEndianIsLeastSignificantFirst() throws {
        var writer = ByteWriter()
        writer.appendLittleEndian(UInt32(0x0102_0304))
        writer.appendLittleEndian(Int16(-2))
        #expect(writer.copyBytes() == [4, 3, 2, 1, 0xFE, 0xFF])
        let bytes = writer.copyBytes()
        var reader = ByteReader(bytes.span)
        #expect(try reader.littleEndian(UInt32.self) == 0x0102_0304)
        #expect(try reader.littleEndian(Int16.self) == -2)
    }

    @Test func anEarlierLengthCanBeOverwritten() {
        var writer = ByteWriter()
        writer.appendLittleEndian(UInt32(0))
        writer.append("payload")
        writer.overwriteUInt32(7, at: 0)
        #expect(writer.copyBytes() == [7, 0, 0, 0] + Array("payload".utf8))
        #expect(writer.copyBytes(from: 4) == Array("payload".utf8))
    }

    @Test func removedBytesAreGoneAndMemoryStays() {
        var writer = ByteWriter(capacity: 16)
        #expect(writer.lastByte == nil)
        writer.append(Array("abcdefgh".utf8))
        writer.removeFirst(3)
        #expect(writer.span.text == "defgh" && writer.lastByte == UInt8(ascii: "h"))
        writer.truncate(to: 2)
        #expect(writer.span.text == "de")
        writer.removeFirst(2)
        #expect(writer.count == 0)
        writer.append(String(repeating: "x", count: 1000))
        writer.shrink(to: 16)
        #expect(writer.count == 1000)
        writer.removeAll()
        writer.shrink(to: 16)
        writer.append("again")
        #expect(writer.span.text == "again")
    }

    @Test func uninitializedMemoryIsCountedAsFilled() {
        var writer = ByteWriter(capacity: 16)
        writer.append("ab")
        writer.appendUninitialized(100) { memory in
            memory.storeBytes(of: UInt8(ascii: "c"), as: UInt8.self)
            return 1
        }
        #expect(writer.span.text == "abc")
    }

    /// A long random sequence of appends, against an array that grows byte by byte.
    @Test func randomAppendsAgreeWithAnArray() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var writer = ByteWriter(capacity: 16)
        var model: [UInt8] = []
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0 ... .max, using: &random)
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                writer.append(bytes)
                model += bytes
            case 1:
                writer.append(bytes.first ?? 0)
                model.append(bytes.first ?? 0)
            case 2:
                writer.appendCounted(bytes.span)
                model += [UInt8(bytes.count)] + bytes
            case 3:
                let value = UInt64.random(in: 0 ... .max, using: &random)
                writer.appendLittleEndian(value)
                model += (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
            case 4:
                let cut = Int.random(in: 0...min(30, model.count), using: &random)
                writer.removeFirst(cut)
                model.removeFirst(cut)
            default:
                let kept = max(model.count - Int.random(in: 0..<30, using: &random), 0)
                writer.truncate(to: kept)
                model.removeLast(model.count - kept)
            }
            try #require(writer.count == model.count, "seed \(seed)")
        }
        #expect(writer.copyBytes() == model, "seed \(seed)")
    }
}
