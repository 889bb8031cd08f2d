import Testing

@testable import Bytes

@Suite struct ByteArenaTests {
    private static func record(_ size: Int, using random: inout SeededGenerator) -> [UInt8] {
        let first = UInt8.random(in: 0 ... .max, using: &random)
        return (0..<size).map { first &+ UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    /// Sizes around the borders: nothing, one byte, what just fits into a page, what does not.
    static let sizes = [0, 1, 3, 100, 65_531, 65_532, 65_533, 65_536, 200_000]

    @Test(arguments: sizes) func keepsARecordOfAnySize(size: Int) {
        var random = SeededGenerator(seed: UInt64(size))
        var arena = ByteArena()
        let before = Self.record(10, using: &random)
        let record = Self.record(size, using: &random)
        let after = Self.record(10, using: &random)
        let references = [arena.append(before.span), arena.append(record.span), arena.append(after.span)]
        #expect(arena[references[0]].array == before)
        #expect(arena[references[1]].array == record)
        #expect(arena[references[2]].array == after)
        #expect(references.allSatisfy { arena.contains($0) })
    }

    /// Several arenas that share pages, each beside a list that says what it must hold.
    @Test func copiesNeverSeeEachOthersRecords() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var arenas = [ByteArena()]
        var models: [[(reference: ByteArena.Reference, bytes: [UInt8])]] = [[]]
        for _ in 0..<3_000 {
            let chosen = Int.random(in: 0..<arenas.count, using: &random)
            if Int.random(in: 0..<100, using: &random) == 0 {
                if arenas.count < 5 {
                    arenas.append(arenas[chosen])
                    models.append(models[chosen])
                } else {
                    let target = Int.random(in: 0..<arenas.count, using: &random)
                    arenas[target] = arenas[chosen]
                    models[target] = models[chosen]
                }
                continue
            }
            let isLarge = Int.random(in: 0..<200, using: &random) == 0
            let size = isLarge ? Self.sizes.randomElement(using: &random) ?? 0 : Int.random(in: 0..<900, using: &random)
            let bytes = Self.record(size, using: &random)
            models[chosen].append((arenas[chosen].append(bytes.span), bytes))
        }
        for (arena, model) in zip(arenas, models) {
            #expect(model.allSatisfy { arena[$0.reference].array == $0.bytes }, "seed \(seed)")
        }
    }

    @Test func pagesGiveTheSameArenaBackAndItGoesOn() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var arena = ByteArena()
        var records: [(reference: ByteArena.Reference, bytes: [UInt8])] = []
        for size in Self.sizes + (0..<500).map({ $0 * 7 }) {
            let bytes = Self.record(size, using: &random)
            records.append((arena.append(bytes.span), bytes))
        }
        var loaded = ByteArena()
        arena.forEachPage { loaded.append(page: $0) }
        for size in [5, 70_000, 5] {
            let bytes = Self.record(size, using: &random)
            records.append((loaded.append(bytes.span), bytes))
        }
        #expect(records.allSatisfy { loaded[$0.reference].array == $0.bytes }, "seed \(seed)")
    }

    @Test func aReferenceThatPointsNowhereIsNotContained() {
        var arena = ByteArena()
        let record = [UInt8](repeating: 0xFF, count: 50)
        let reference = arena.append(record.span)
        #expect(arena.contains(reference))
        for wrong: UInt64 in [1, 3, 51, 54, 1 << 24, 7 << 40, .max] {
            #expect(!arena.contains(ByteArena.Reference(rawValue: wrong)), "\(wrong)")
        }
        #expect(!ByteArena().contains(reference))
    }

    @Test func countsTheBytesOfItsPages() {
        var arena = ByteArena()
        #expect(arena.allocatedBytes == 0)
        _ = arena.append([1].span)
        #expect(arena.allocatedBytes == ByteArena.pageSize)
        _ = arena.append([UInt8](repeating: 0, count: 100_000).span)
        #expect(arena.allocatedBytes == ByteArena.pageSize + 100_004)
    }

    @Test(arguments: [100, 1_000, 10_000])
    func whatAnAppendCopiesDoesNotGrowWithTheArena(pages: Int) {
        var arena = ByteArena()
        for _ in 0..<pages { arena.append(page: [UInt8](repeating: 1, count: 60_000).span) }
        let snapshot = arena
        _ = arena.append([1, 2, 3].span)
        let copied = arena.bytesApart(from: snapshot)
        #expect(copied > 0 && copied <= ByteArena.pageSize + 64 * 2 * 8, "\(copied) bytes")
    }
}
