import Bytes
import Testing

@testable import Commerce

/// Tables as earlier versions wrote them load into those of today.
struct OlderTablesTests {
    private static func bytes<Entry: BitwiseCopyable>(of entries: [Entry]) -> [UInt8] {
        entries.withUnsafeBytes { Array($0) }
    }

    private static func number<T: FixedWidthInteger>(_ random: inout SeededGenerator) -> T {
        T.random(in: T.min...T.max, using: &random)
    }

    @Test func edgesLoad() {
        var random = SeededGenerator(seed: 5)
        let older = (0..<300).map { _ in
            SecondEdgeEntry(
                keyHash: Self.number(&random), sequence: UInt64.random(in: 0..<1 << 48, using: &random),
                at: Int64.random(in: 0..<1 << 47, using: &random), levels: Self.number(&random),
                newer: Self.number(&random), older: Self.number(&random), nextOfNewer: Self.number(&random),
                nextOfOlder: Self.number(&random), order: Self.number(&random), score: Self.number(&random),
                version: Self.number(&random), kind: UInt8.random(in: 0...8, using: &random),
                verdict: UInt8.random(in: 0...3, using: &random),
                reason: PairReason.allCases.randomElement(using: &random)!.rawValue,
                flags: UInt8.random(in: 0...1, using: &random), unused: (0, 0))
        }
        var directory = DirectoryState()
        let isRead = directory.load(.secondEdges, Self.bytes(of: older).span)
        #expect(isRead)
        #expect(directory.edges.count == older.count)
        for (number, old) in older.enumerated() {
            let edge = directory.edges[number]
            #expect(edge.keyHash == old.keyHash && edge.levels == old.levels && edge.score == old.score)
            #expect(edge.sequence == old.sequence && edge.at == old.at && edge.version == old.version)
            #expect(edge.newer == old.newer && edge.older == old.older && edge.order == old.order)
            #expect(edge.nextOfNewer == old.nextOfNewer && edge.nextOfOlder == old.nextOfOlder)
            #expect(edge.kind == old.kind && edge.verdict == old.verdict && edge.reason == old.reason)
            #expect(edge.isUndone == (old.flags == 1))
        }
        let isCutRead = directory.load(.secondEdges, Self.bytes(of: older).span.extracting(0..<63))
        #expect(!isCutRead)
    }

    @Test func profilesLoadWithTheirImports() {
        var random = SeededGenerator(seed: 6)
        let older = (0..<300).map { number in
            FirstProfileEntry(
                parent: Self.number(&random), next: Self.number(&random), lowest: Self.number(&random),
                size: Self.number(&random), newestEdge: Self.number(&random),
                shop: UInt32.random(in: 0...UInt32(UInt16.max), using: &random),
                importedRow: number % 3 == 0 ? UInt32.random(in: 1 ... .max, using: &random) : 0,
                flags: UInt32.random(in: 0...3, using: &random), importedAt: Self.number(&random),
                lastSequence: Self.number(&random))
        }
        var directory = DirectoryState()
        let isRead = directory.load(.firstProfiles, Self.bytes(of: older).span)
        #expect(isRead && directory.profiles.count == older.count && directory.imports.entries.count == 100)
        for (number, old) in older.enumerated() {
            let entry = directory.profiles[number]
            #expect(entry.parent == old.parent && entry.next == old.next && entry.lowest == old.lowest)
            #expect(entry.size == old.size && entry.newestEdge == old.newestEdge && entry.shop == old.shop)
            #expect(entry.flags == old.flags && entry.lastSequence == old.lastSequence)
            let known = directory.imports.entry(of: UInt32(number))
            #expect((known?.row).map { $0 + 1 } ?? 0 == old.importedRow)
            #expect(known == nil || known?.at == old.importedAt)
        }
        let isCutRead = directory.load(.firstProfiles, Self.bytes(of: older).span.extracting(0..<47))
        var strange = older[0]
        strange.shop = 1 << 16
        let isStrangeRead = directory.load(.firstProfiles, Self.bytes(of: [strange]).span)
        #expect(!isCutRead && !isStrangeRead)
    }

    /// What shares a byte leaves its neighbour alone.
    @Test func anEdgesKindAndItsPastAreApart() {
        var edge = EdgeEntry(
            keyHash: 1, sequence: 2, at: -3, levels: 4, newer: 5, older: 6, nextOfNewer: 7, nextOfOlder: 8, order: 9,
            score: -10, version: 11, kind: 8, verdict: PairVerdict.merge.rawValue, reason: PairReason.bridge.rawValue)
        #expect(edge.at == -3 && edge.sequence == 2 && edge.kind == 8 && !edge.isUndone && edge.isMerge)
        #expect(edge.reason == PairReason.bridge.rawValue)
        edge.isUndone = true
        #expect(edge.isUndone && edge.kind == 8)
        edge.kind = 3
        #expect(edge.isUndone && edge.kind == 3)
        edge.isUndone = false
        #expect(!edge.isUndone && edge.kind == 3)
        #expect(PairReason.allCases.allSatisfy { $0.rawValue < 64 })
        #expect(IdentityKeyKind.allCases.allSatisfy { $0.rawValue < 128 })
    }

    @Test func keysAndOrdersLoad() {
        let names: Range<UInt32> = 1..<201
        let keys = names.map { name in FirstKeyEntry(hash: UInt64(name) << 33, profile: name, uses: 3) }
        var directory = DirectoryState()
        let areKeysRead = directory.load(.firstKeys, Self.bytes(of: keys).span)
        #expect(areKeysRead)
        let agrees = keys.indices.allSatisfy {
            directory.keys[$0].hash == keys[$0].hash && directory.keys[$0].profile == keys[$0].profile
        }
        #expect(agrees && directory.keys.count == keys.count)

        let numbers: Range<UInt32> = 1..<201
        let rows = numbers.map { number in
            FirstOrderRow(
                record: UInt64(number) << 24, variant: number, next: number &* 2, previous: number &* 3, versions: 2)
        }
        var shard = ShardState(number: 0, of: 1)
        var partial = ByteWriter()
        let areRowsRead = shard.load(.firstShardOrders, Self.bytes(of: rows).span, partial: &partial)
        #expect(areRowsRead)
        let areAlike = rows.indices.allSatisfy {
            let row = shard.orders[$0]
            return row.record.reference.rawValue == rows[$0].record && row.variant == rows[$0].variant
                && row.next == rows[$0].next && row.previous == rows[$0].previous
        }
        #expect(areAlike && shard.orders.count == rows.count)
    }
}
