import Bytes

/// Articles of a shard's order lines, each once: SKU and title, as they stand next to each other in a packed line. A shop
/// sells some thousand things a hundred thousand times, and a fifth of an order's memory was their names.
///
/// An article gets a number when it comes the second time, so that what is sold once (an engraving, a gift for one person)
/// takes no place here. Articles are never removed: they are what the shop sells, and belong to nobody.
struct ArticleTable: Sendable {
    /// Most articles of a shard: growing beyond would stop the lane for milliseconds. Others stay where they are said.
    static let mostArticles = 1 << 18
    /// Shorter ones are no longer than what would stand for them.
    private static let fewestBytes = 6
    private static let firstSlots = 64
    private static let seenHashes = 1 << 14

    private struct Entry: BitwiseCopyable, Sendable {
        let hash: UInt64
        let text: ByteArena.Reference
    }

    private var texts = ByteArena()
    private var entries = PagedArray<Entry>()
    /// Open addressing; a number plus one, zero in a free slot.
    private var slots = [UInt32](repeating: 0, count: firstSlots)
    /// By the lowest bits of the hash, others of what came last: what is found here has come before. Empty until something came.
    private var seen: [UInt16] = []

    var count: Int { entries.count }

    var allocatedBytes: Int {
        texts.allocatedBytes + entries.allocatedBytes + slots.capacity * MemoryLayout<UInt32>.stride
            + seen.capacity * MemoryLayout<UInt16>.stride
    }

    /// The article's bytes.
    subscript(number: Int) -> Span<UInt8> {
        @_lifetime(borrow self) get { texts[entries[number].text] }
    }

    /// The number of an article that came; nil if it has none yet.
    mutating func number(of article: Span<UInt8>) -> Int? {
        guard article.count >= Self.fewestBytes else { return nil }
        let hash = Hash64(seed: 0).hash(article)
        let slot = slot(of: article, hash)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        guard hasCome(hash), entries.count < Self.mostArticles else { return nil }
        return append(article, hash, slot)
    }

    /// Adds the next article of a snapshot; false if it is there already, which none can be.
    mutating func load(_ article: Span<UInt8>) -> Bool {
        let hash = Hash64(seed: 0).hash(article)
        let slot = slot(of: article, hash)
        guard slots[slot] == 0, entries.count < Self.mostArticles else { return false }
        append(article, hash, slot)
        return true
    }

    @discardableResult
    private mutating func append(_ article: Span<UInt8>, _ hash: UInt64, _ slot: Int) -> Int {
        let number = entries.append(Entry(hash: hash, text: texts.append(article)))
        slots[slot] = UInt32(number + 1)
        if entries.count * 2 > slots.count { grow() }
        return number
    }

    /// Where the article stands, or would.
    private func slot(of article: Span<UInt8>, _ hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if entries[number].hash == hash, self[number].equals(article) { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 0..<entries.count {
            var slot = Int(truncatingIfNeeded: entries[number].hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    /// Whether something with this hash came lately; it has from now on.
    private mutating func hasCome(_ hash: UInt64) -> Bool {
        if seen.isEmpty { seen = [UInt16](repeating: 0, count: Self.seenHashes) }
        let place = Int(truncatingIfNeeded: hash) & (Self.seenHashes - 1)
        let mark = UInt16(truncatingIfNeeded: hash >> 48)
        if seen[place] == mark { return true }
        seen[place] = mark
        return false
    }
}
