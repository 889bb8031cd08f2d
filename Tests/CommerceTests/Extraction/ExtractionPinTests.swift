import Testing

@testable import Commerce

/// What packing, identity keys and features come to is written to disk or decides who is who: whoever makes them faster
/// must leave them as they are, to the byte. The values were made by the slow paths alone.
struct ExtractionPinTests {
    @Test(
        arguments: [
            (1, 0x706c7df2d86bd677, 97),
            (2, 0x620727b6b202015a, 85),
            (3, 0x3efde4f4417a86b0, 99),
            (4, 0x489f6ec1257e1e8f, 100),
            (5, 0xc410ee8eb66337e4, 92),
            (6, 0x682c86886e9e2036, 95),
        ] as [(UInt64, UInt64, Int)])
    func nothingChanged(seed: UInt64, value: UInt64, refusals: Int) {
        #expect(ExtractionDigest(seed: seed, orders: 1_000) == ExtractionDigest(value: value, refusals: refusals))
    }
}
