import Testing

@testable import Commerce

/// What packing, identity keys and features come to is written to disk or decides who is who: whoever makes them faster
/// must leave them as they are, to the byte. The values were made before there was any fast path.
struct ExtractionPinTests {
    @Test(
        arguments: [
            (1, 0xce3e6fb8d4ea1b70, 97),
            (2, 0x20926cc2303a423b, 85),
            (3, 0x21e95e84f5a2b102, 99),
            (4, 0x576500b45b53902f, 100),
            (5, 0xeb8354729f0802a, 92),
            (6, 0xa7e83888342a6375, 95),
        ] as [(UInt64, UInt64, Int)])
    func nothingChanged(seed: UInt64, value: UInt64, refusals: Int) {
        #expect(ExtractionDigest(seed: seed, orders: 1_000) == ExtractionDigest(value: value, refusals: refusals))
    }
}
