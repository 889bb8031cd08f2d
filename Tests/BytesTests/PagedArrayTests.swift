import Testing

@testable import Bytes

@Suite struct PagedArrayTests {
    /// 12 bytes: no power of two, so that a page has a rest that no entry uses.
    struct Entry: BitwiseCopyable, Sendable, Equatable {
        var first: UInt32
        var second: UInt32
        var third: UInt32

        init(_ value: UInt32) {
            first = value
            second = value &* 3
            third = ~value
        }
    }

    typealias Table = PagedArray<Entry>

    @Test func pagesHoldAPowerOfTwoOfEntriesWithin16KiB() {
        #expect(PagedArray<UInt8>.entriesPerPage == 16_384)
        #expect(PagedArray<UInt64>.entriesPerPage == 2_048)
        #expect(Table.entriesPerPage == 1_024)
    }

    /// What a batch of writes has to copy behind a snapshot's beginning, in bytes: bounded by the entries that it writes,
    /// however many others there are.
    @Test(arguments: [10_000, 100_000, 1_000_000])
    func whatAWriteCopiesDoesNotGrowWithTheTable(count: Int) {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var table = Table()
        for number in 0..<count { table.append(Entry(UInt32(number))) }
        let names = 64 * 2 * 8
        for writes in [1, 64] {
            let snapshot = table
            #expect(table.bytesApart(from: snapshot) == 0)
            for _ in 0..<writes { table[Int.random(in: 0..<count, using: &random)] = Entry(7) }
            let copied = table.bytesApart(from: snapshot)
            #expect(copied > 0 && copied <= writes * (1_024 * 12 + names), "\(copied) bytes, seed \(seed)")
        }
        let snapshot = table
        table.append(Entry(8))
        #expect(table.bytesApart(from: snapshot) <= 1_024 * 12 + names)
    }

    @Test(arguments: [0, 1, 1_023, 1_024, 1_025, 65_535, 65_536, 65_537, 131_073])
    func appendsAcrossPageBorders(count: Int) {
        var table = Table()
        for number in 0..<count { #expect(table.append(Entry(UInt32(number))) == number) }
        #expect(table.count == count)
        #expect((0..<count).allSatisfy { table[$0] == Entry(UInt32($0)) })
        #expect(table.allocatedBytes == (count + 1_023) / 1_024 * 1_024 * 12)
    }

    /// Several tables that share pages, each beside an array that says what it must hold.
    @Test func copiesNeverSeeEachOthersWrites() {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        var tables = [Table()]
        var models: [[Entry]] = [[]]
        for _ in 0..<30_000 {
            let chosen = Int.random(in: 0..<tables.count, using: &random)
            switch Int.random(in: 0..<1_000, using: &random) {
            case 0..<5:
                let target = tables.count < 6 ? tables.count : Int.random(in: 0..<6, using: &random)
                if target == tables.count {
                    tables.append(tables[chosen])
                    models.append(models[chosen])
                } else {
                    tables[target] = tables[chosen]
                    models[target] = models[chosen]
                }
            case 5..<400 where !models[chosen].isEmpty:
                let index = Int.random(in: 0..<models[chosen].count, using: &random)
                let entry = Entry(UInt32.random(in: 0 ... .max, using: &random))
                tables[chosen][index] = entry
                models[chosen][index] = entry
            default:
                let entry = Entry(UInt32.random(in: 0 ... .max, using: &random))
                tables[chosen].append(entry)
                models[chosen].append(entry)
            }
        }
        for (table, model) in zip(tables, models) {
            #expect(table.count == model.count, "seed \(seed)")
            #expect(model.indices.allSatisfy { table[$0] == model[$0] }, "seed \(seed)")
        }
    }

    @Test func aWriteCopiesOnlyThePageItTouches() {
        var table = Table()
        for number in 0..<12_288 { table.append(Entry(UInt32(number))) }
        let snapshot = table
        table[5_000] = Entry(99)
        #expect(snapshot[5_000] == Entry(5_000))
        #expect(table[5_000] == Entry(99))
        #expect([0, 4_999, 5_001, 12_287].allSatisfy { table[$0] == snapshot[$0] })
    }

    @Test func anEntryAppendedBehindACopyIsNotSeenByIt() {
        var table = Table()
        table.append(Entry(1))
        var copy = table
        table.append(Entry(2))
        copy.append(Entry(3))
        #expect([table[0], table[1]] == [Entry(1), Entry(2)])
        #expect([copy[0], copy[1]] == [Entry(1), Entry(3)])
    }

    @Test(arguments: [0, 1, 1_024, 10_000, 70_000])
    func rawPagesGiveTheSameTableBack(count: Int) {
        var table = Table()
        for number in 0..<count { table.append(Entry(UInt32(number) &* 0x9E37_79B9)) }
        var pages: [[UInt8]] = []
        table.forEachPage { pages.append($0.array) }
        #expect(pages.map(\.count).reduce(0, +) == count * 12)
        #expect(pages.dropLast().allSatisfy { $0.count == 1_024 * 12 })

        var loaded = Table()
        for page in pages {
            let isWhole = loaded.append(rawBytes: page.span)
            #expect(isWhole)
        }
        #expect(loaded.count == count)
        #expect((0..<count).allSatisfy { loaded[$0] == table[$0] })
    }

    @Test func rawBytesThatEndInsideAnEntryAreRefused() {
        var table = Table()
        let bytes = [UInt8](repeating: 7, count: 25)
        let isWhole = table.append(rawBytes: bytes.span)
        #expect(!isWhole && table.count == 0)
    }

    @Test func anErrorOfTheVisitorStopsTheWalk() {
        struct Stop: Error {}
        var table = Table()
        for number in 0..<9_000 { table.append(Entry(UInt32(number))) }
        var visits = 0
        #expect(throws: Stop.self) {
            try table.forEachPage { (_: Span<UInt8>) throws(Stop) in
                visits += 1
                throw Stop()
            }
        }
        #expect(visits == 1)
    }
}
