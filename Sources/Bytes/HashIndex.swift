import CLinux

/// A flat open-addressing index from 64-bit hashes to entry numbers of a table that keeps the full hash.
///
/// A slot holds 32 bits of the hash and the entry number: eight bytes. A hit is confirmed against the
/// table (`matches`), so a short tag never decides. The index is split into 64 parts that grow one by one: growing
/// never stops the caller for longer than one part takes. Never written to disk, rebuilt at load. This file owns
/// the unsafe code of indexes.
@usableFromInline
package struct HashIndex: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.
    @usableFromInline struct Slot {
        @usableFromInline var tag: UInt32
        /// Entry number plus one; zero is an empty slot.
        @usableFromInline var entry: UInt32

        @inlinable init(tag: UInt32, entry: UInt32) {
            self.tag = tag
            self.entry = entry
        }
    }

    @usableFromInline struct Part {
        @usableFromInline var slots: UnsafeMutablePointer<Slot>
        @usableFromInline var mask: Int
        @usableFromInline var count: Int
    }

    @inlinable static var partBits: UInt64 { 6 }
    private static let firstCapacity = 16

    @usableFromInline let parts: UnsafeMutablePointer<Part>
    /// Entries in the index.
    @usableFromInline package internal(set) var count = 0

    package init() {
        parts = .allocate(capacity: 1 << Int(Self.partBits))
        for number in 0..<(1 << Int(Self.partBits)) {
            (parts + number).initialize(to: Self.makePart(capacity: Self.firstCapacity))
        }
    }

    deinit {
        for number in 0..<(1 << Int(Self.partBits)) { parts[number].slots.deallocate() }
        parts.deallocate()
    }

    private static func makePart(capacity: Int) -> Part {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
        slots.initialize(repeating: Slot(tag: 0, entry: 0), count: capacity)
        return Part(slots: slots, mask: capacity - 1, count: 0)
    }

    /// Bytes held by the slots.
    package var allocatedBytes: Int {
        (0..<(1 << Int(Self.partBits))).reduce(0) { $0 + (parts[$1].mask + 1) * MemoryLayout<Slot>.stride }
    }

    // The upper bits choose the part; the lower 32 are the tag, whose low bits are the home slot. So growing needs
    // nothing but the slots.
    @inlinable static func part(_ hash: UInt64) -> Int { Int(hash >> (64 - partBits)) }

    /// The entry whose hash is `hash`, confirmed by `matches`.
    @inlinable package func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        let part = parts[Self.part(hash)]
        let tag = UInt32(truncatingIfNeeded: hash)
        var position = Int(tag) & part.mask
        while true {
            let slot = part.slots[position]
            if slot.entry == 0 { return nil }
            if slot.tag == tag, matches(Int(slot.entry - 1)) { return Int(slot.entry - 1) }
            position = (position + 1) & part.mask
        }
    }

    /// Asks memory for what `find` will look at; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ hash: UInt64) {
        let part = parts[Self.part(hash)]
        prefetch_line(part.slots + (Int(UInt32(truncatingIfNeeded: hash)) & part.mask))
    }

    /// Adds an entry that `find` does not find yet. At most 2^32 - 2 entries.
    @inlinable package mutating func insert(_ hash: UInt64, _ entry: Int) {
        precondition(entry >= 0 && entry < Int(UInt32.max))
        let number = Self.part(hash)
        if (parts[number].count + 1) * 4 > (parts[number].mask + 1) * 3 { grow(number) }
        Self.place(Slot(tag: UInt32(truncatingIfNeeded: hash), entry: UInt32(entry + 1)), in: parts[number])
        parts[number].count += 1
        count += 1
    }

    /// Adds the entries 0 to `count` - 1 of a table that is new to the index, each under its own hash. Room is made at once,
    /// and what a few entries will look at is asked for before any of it is waited for.
    @inlinable package mutating func insertAll(_ count: Int, hash: (Int) -> UInt64) {
        reserve(count)
        for start in stride(from: 0, to: count, by: 16) {
            let end = min(count, start + 16)
            for entry in start..<end { prefetch(hash(entry)) }
            for entry in start..<end { insert(hash(entry), entry) }
        }
    }

    /// Makes room for so many entries more, as much as adding them one by one would end with.
    @usableFromInline package mutating func reserve(_ more: Int) {
        let share = more >> Int(Self.partBits)
        for number in 0..<(1 << Int(Self.partBits)) {
            while (parts[number].count + share) * 4 > (parts[number].mask + 1) * 3 { grow(number) }
        }
    }

    @inlinable static func place(_ slot: Slot, in part: Part) {
        var position = Int(slot.tag) & part.mask
        while part.slots[position].entry != 0 { position = (position + 1) & part.mask }
        part.slots[position] = slot
    }

    @inline(never) @usableFromInline mutating func grow(_ number: Int) {
        let old = parts[number]
        var larger = Self.makePart(capacity: (old.mask + 1) * 2)
        for position in 0...old.mask where old.slots[position].entry != 0 {
            Self.place(old.slots[position], in: larger)
        }
        larger.count = old.count
        old.slots.deallocate()
        parts[number] = larger
    }
}
