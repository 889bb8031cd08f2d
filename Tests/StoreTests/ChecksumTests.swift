import Bytes
import Simulation
import Testing

@Suite struct ChecksumTests {
    /// Values that other implementations of XXH64 give.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
            ("asdf", 0x4158_72F5_99CE_A71E), ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func knownValues(text: String, value: UInt64) { #expect(Checksum.of(Array(text.utf8).span) == value) }

    @Test(arguments: 0..<60)
    func piecesGiveTheSameAsTheWhole(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bytes = generator.bytes(Int.random(in: 0...300, using: &generator))
        var checksum = Checksum()
        var start = 0
        while start < bytes.count {
            let end = Int.random(in: (start + 1)...bytes.count, using: &generator)
            checksum.add(bytes.span.extracting(start..<end))
            start = end
        }
        #expect(checksum.value == Checksum.of(bytes.span))
    }
}

@Suite struct LZ4FrameTests {
    @Test(arguments: [0, 1, 12, 100, 65_535, 65_536, 262_144, 262_145, 1_000_000])
    func contentComesBack(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let encoder = LZ4FrameEncoder()
        let decoder = LZ4FrameDecoder()
        for content in [generator.bytes(size), [UInt8](repeating: 7, count: size)] {
            var frame = ByteWriter()
            encoder.compress(content.span, into: &frame)
            var unpacked = ByteWriter()
            try decoder.decompress(frame.span, count: size, into: &unpacked)
            #expect(unpacked.copyBytes() == content)
            #expect(throws: LZ4FrameError.self) {
                try decoder.decompress(frame.span, count: size + 1, into: &unpacked)
            }
            if size > 0 {
                #expect(throws: LZ4FrameError.self) {
                    try decoder.decompress(frame.span, count: size - 1, into: &unpacked)
                }
            }
            #expect(unpacked.count == size)
        }
    }

    @Test func everyFlippedByteAndEveryLengthIsSeen() {
        let encoder = LZ4FrameEncoder()
        let decoder = LZ4FrameDecoder()
        let content = Array("a text, a text, a text that compresses a little, a text".utf8)
        var frame = ByteWriter()
        encoder.compress(content.span, into: &frame)
        let bytes = frame.copyBytes()
        var unpacked = ByteWriter()
        for offset in bytes.indices {
            for pattern in UInt8(1)...255 {
                var broken = bytes
                broken[offset] ^= pattern
                unpacked.removeAll()
                do throws(LZ4FrameError) {
                    try decoder.decompress(broken.span, count: content.count, into: &unpacked)
                    #expect(unpacked.copyBytes() == content)
                } catch { #expect(unpacked.count == 0) }
            }
            #expect(throws: LZ4FrameError.self) {
                try decoder.decompress(bytes.span.extracting(0..<offset), count: content.count, into: &unpacked)
            }
        }
    }
}
