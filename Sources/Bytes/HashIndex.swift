/// A flat index from 64-bit hashes to entry numbers of a table that keeps the full hash.
///
/// A slot holds 32 bits of the hash and the entry number: eight bytes. A hit is confirmed against the table (`matches`), so a
/// short tag never decides. Never written to disk, rebuilt at load.
@usableFromInline
package struct HashIndex: ~Copyable, Sendable {
    @usableFromInline struct Slot: HashSlot {
        @usableFromInline let rank: UInt32
        /// Entry number plus one; zero in a vacant slot.
        @usableFromInline let entry: UInt32

        @inlinable init(rank: UInt32, entry: UInt32) {
            self.rank = rank
            self.entry = entry
        }

        @inlinable var isVacant: Bool { entry == 0 }
        @inlinable static var vacant: Slot { Slot(rank: .max, entry: 0) }
    }

    @usableFromInline var slots = SlotTable<Slot>()
    /// Entries in the index.
    @usableFromInline package internal(set) var count = 0

    package init() {}

    /// Bytes held by the slots.
    package var allocatedBytes: Int { slots.allocatedBytes }

    /// The entry whose hash is `hash`, confirmed by `matches`.
    @inlinable package func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        let rank = SlotTable<Slot>.rank(hash)
        var slot = slots.first(hash)
        while slot.pointee.rank == rank, !slot.pointee.isVacant {
            let entry = Int(slot.pointee.entry) - 1
            if matches(entry) { return entry }
            slot += 1
        }
        return nil
    }

    /// Asks memory for what `find` will look at; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ hash: UInt64) { slots.prefetch(hash) }

    /// Adds an entry that `find` does not find yet. At most 2^32 - 2 entries.
    @inlinable package mutating func insert(_ hash: UInt64, _ entry: Int) {
        precondition(entry >= 0 && entry < Int(UInt32.max))
        slots.insert(Slot(rank: SlotTable<Slot>.rank(hash), entry: UInt32(entry + 1)), hash)
        count += 1
    }

    /// Adds the entries 0 to `count` - 1 of a table that is new to the index, each under its own hash. Room is made at once,
    /// and what a few entries will look at is asked for before any of it is waited for.
    @inlinable package mutating func insertAll(_ count: Int, hash: (Int) -> UInt64) {
        slots.reserve(count)
        for start in stride(from: 0, to: count, by: 16) {
            let end = min(count, start + 16)
            for entry in start..<end { prefetch(hash(entry)) }
            for entry in start..<end { insert(hash(entry), entry) }
        }
    }
}
