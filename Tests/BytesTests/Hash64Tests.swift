import Testing

@testable import Bytes

@Suite struct Hash64Tests {
    let hash = Hash64(seed: 0x1234_5678_9ABC_DEF0)

    private func of(_ text: String, salt: UInt64 = 0, seed: UInt64? = nil) -> UInt64 {
        let bytes = [UInt8](text.utf8)
        return (seed.map { Hash64(seed: $0) } ?? hash).hash(bytes.span, salt: salt)
    }

    /// Hashes are written to disk. A change here breaks every data folder there is.
    @Test func valuesNeverChange() {
        let values = ["", "a", "sophie@example.com", "0123456789abcdef", "0123456789abcdef0"].map { of($0) }
        #expect(
            values == [
                2_963_753_579_335_089_064, 10_943_058_802_644_052_459, 4_959_889_772_758_564_227,
                9_061_575_428_977_275_543, 1_910_941_903_275_338_189,
            ])
        #expect(hash.combine(1, 2) == 17_516_475_309_867_770_526)
    }

    @Test func whereTheBytesLieDoesNotMatter() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        let text = (0..<100).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
        for count in 0...64 {
            let alone = Array(text[20..<(20 + count)])
            let inside = text.span.extracting(20..<(20 + count))
            #expect(hash.hash(alone.span) == hash.hash(inside), "seed \(seed), \(count) bytes")
        }
    }

    @Test func seedAndSaltSeparate() {
        #expect(of("a", salt: 1) != of("a", salt: 2))
        #expect(of("a", seed: 1) != of("a", seed: 2))
        #expect(of("", salt: 1) != of("", salt: 2))
        #expect(hash.combine(1, 2) != hash.combine(2, 1))
    }

    /// Zeros, prefixes and the same bytes with a border at another place are where weak hashes meet.
    @Test func similarTextsDiffer() {
        var seen: Set<UInt64> = []
        var count = 0
        func add(_ bytes: [UInt8]) {
            seen.insert(hash.hash(bytes.span))
            count += 1
        }
        for length in 0...100 { add([UInt8](repeating: 0, count: length)) }
        for length in 1...100 { add([UInt8](repeating: 0xFF, count: length)) }
        for position in 0..<40 {
            for bit in 0..<8 {
                var bytes = [UInt8](repeating: 0, count: 40)
                bytes[position] = 1 << UInt8(bit)
                add(bytes)
            }
        }
        for number in 0..<50_000 { add([UInt8]("C\(number)@example.com".utf8)) }
        #expect(seen.count == count)
    }

    /// Flipping one bit of the text turns over half of the hash's bits, whichever bit it is.
    @Test(arguments: [1, 7, 8, 15, 16, 17, 33]) func everyBitCounts(length: Int) {
        var random = SeededGenerator(seed: UInt64(length))
        var flips = [Int](repeating: 0, count: 64)
        let trials = 400
        for _ in 0..<trials {
            var bytes = (0..<length).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            let before = hash.hash(bytes.span)
            bytes[Int.random(in: 0..<length, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let changed = before ^ hash.hash(bytes.span)
            for bit in 0..<64 where changed >> UInt64(bit) & 1 == 1 { flips[bit] += 1 }
        }
        for (bit, count) in flips.enumerated() { #expect((trials / 4...trials * 3 / 4).contains(count), "bit \(bit)") }
    }
}
