import Bytes
import Testing

@testable import Commerce

/// What is kept as bits, and what is read in one go, say the same as a walk over all words.
@Suite struct WordIndexTests {
    @Test(arguments: 0..<3)
    func saysWhatAWalkOverAllWordsSays(_ seed: Int) {
        var random = SplitMix(UInt64(seed))
        var index = WordIndex()
        var rows: [(word: String, row: Int)] = []
        // Enough words that begin alike for their rows to be kept as bits, and rows enough for words to be kept so.
        for row in 0..<9_000 {
            let words = ["an\(String(random.next() % 50_000, radix: 36))", "jan\(row % 7)", "b\(row % 3)sen"]
            for word in words where random.next() % 5 > 0 {
                index.add(Array(word.utf8).span, row: row)
                rows.append((word, row))
            }
        }
        for part in ["a", "an", "ja", "jan", "ans", "jan3", "an1", "b1sen", "1sen", "sen", "an12", "zz", "anything"] {
            let expected = Set(
                rows.filter { part.utf8.count < 3 ? $0.word.hasPrefix(part) : $0.word.contains(part) }.map(\.row))
            let found = index.rows(matching: .part(Array(part.utf8)))
            #expect((0..<9_000).allSatisfy { found.contains($0) == expected.contains($0) }, "seed \(seed), \(part)")
            #expect(found.count == expected.count, "seed \(seed), \(part)")
        }
    }

    @Test func gramsAreFoundAgain() {
        var table = GramTable()
        for gram in stride(from: UInt32(1), to: 40_000, by: 7) { table.insert(gram, list: gram / 7) }
        for gram in UInt32(1)..<40_000 {
            #expect(table[gram] == (gram % 7 == 1 ? gram / 7 : nil))
        }
    }

    @Test func membersComeBitByBit() {
        var random = SplitMix(7)
        var set = ProfileSet(shards: 3)
        for _ in 0..<500 { set.insert(UInt32(random.next() % 4_000)) }
        var place = ProfileSet.Place()
        var all: [UInt32] = []
        while true {
            let next = set.members(Int(random.next() % 90) + 1, from: &place)
            if next.isEmpty { break }
            all += next
        }
        #expect(all == set.page(offset: 0, limit: .max, isFalling: false))
    }
}
