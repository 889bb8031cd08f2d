import Testing

@testable import Bytes

@Suite struct HashIndexTests {
    /// A table as the index wants it: it keeps the full hash of each entry.
    struct Table: ~Copyable {
        var hashes: [UInt64] = []
        var index = HashIndex()

        mutating func insert(_ hash: UInt64) {
            index.insert(hash, hashes.count)
            hashes.append(hash)
        }

        func find(_ hash: UInt64) -> Int? { index.find(hash) { hashes[$0] == hash } }
    }

    /// How hashes are drawn: those of real life, and those that meet in every way they can.
    enum Draw: CaseIterable {
        case spread, oneHome, lastHome, oneTag, onePart

        func hash(using random: inout SeededGenerator) -> UInt64 {
            let any = random.next()
            return switch self {
            case .spread: any
            // Parts are chosen by the lowest six bits, homes by the upper ones.
            case .oneHome: any >> 16 | 0x1234 << 48
            // What is pushed out has to find room behind the last home.
            case .lastHome: any | 0xFFFF_0000_0000_0000
            case .oneTag: any >> 32 | 0xDEAD_BEEF << 32
            case .onePart: any << 6
            }
        }
    }

    @Test(arguments: Draw.allCases) func findsWhatADictionaryFinds(draw: Draw) {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var table = Table()
        var model: [UInt64: Int] = [:]
        for step in 0..<6_000 {
            let hash = draw.hash(using: &random)
            #expect(table.find(hash) == model[hash], "seed \(seed), step \(step)")
            if model[hash] == nil {
                model[hash] = table.hashes.count
                table.insert(hash)
            }
        }
        #expect(table.index.count == model.count)
        for (hash, entry) in model { #expect(table.find(hash) == entry, "seed \(seed)") }
        for _ in 0..<1_000 {
            let hash = draw.hash(using: &random)
            #expect(table.find(hash) == model[hash], "seed \(seed)")
        }
    }

    /// All at once comes to what one by one comes to, in the same room where hashes are spread as hashes are.
    @Test(arguments: Draw.allCases, [0, 1, 100, 767, 768, 769, 20_000])
    func insertsATableAtOnce(draw: Draw, count: Int) {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var known: Set<UInt64> = []
        // In one slot's chain or one part everything is a walk over all: fewer will do.
        let count = draw == .spread ? count : min(count, 1_000)
        while known.count < count { known.insert(draw.hash(using: &random)) }
        let hashes = known.sorted { $0 &* 3 < $1 &* 3 }
        var index = HashIndex()
        index.insertAll(count) { hashes[$0] }
        var plain = HashIndex()
        for number in hashes.indices { plain.insert(hashes[number], number) }
        #expect(index.count == count)
        #expect(hashes.indices.allSatisfy { number in index.find(hashes[number]) { $0 == number } == number })
        #expect(index.allocatedBytes <= plain.allocatedBytes * 5 / 4 + 64 * 16 * 8, "seed \(seed)")
    }

    @Test(arguments: [UInt64(0), .max, 1, 1 << 63, 0xFFFF_FFFF, 0xFFFF_FFFF_0000_0000])
    func extremeHashesAreHashesLikeOthers(hash: UInt64) {
        var table = Table()
        #expect(table.find(hash) == nil)
        table.insert(hash)
        #expect(table.find(hash) == 0)
        #expect(table.find(hash ^ 1 << 40) == nil)
    }

    @Test func aShortTagNeverDecides() {
        var table = Table()
        table.insert(0x7777_7777_1111_1140)
        #expect(table.find(0x7777_7777_2222_2240) == nil)
        table.insert(0x7777_7777_2222_2240)
        #expect(table.find(0x7777_7777_1111_1140) == 0)
        #expect(table.find(0x7777_7777_2222_2240) == 1)
    }

    @Test func growsPartByPart() {
        var table = Table()
        let empty = table.index.allocatedBytes
        #expect(empty == 64 * 16 * 8)
        for number in 0..<9 { table.insert(UInt64(number) * 64) }
        #expect(table.index.allocatedBytes == empty)
        table.insert(9 * 64)
        #expect(table.index.allocatedBytes == empty + 4 * 8)
    }

    @Test func isNeverEmptierThanAThird() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var table = Table()
        for count in 1...200_000 {
            table.insert(random.next())
            guard count > 20_000, count % 1_000 == 0 else { continue }
            #expect(table.index.allocatedBytes * 62 < count * 8 * 100, "seed \(seed), \(count) entries")
        }
    }
}
