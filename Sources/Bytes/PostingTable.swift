import CLinux

/// A flat open-addressing map from 64-bit hashes to lists of numbers: whoever carries a value, by the value's hash.
///
/// A slot is 16 bytes and says all about a value that has one carrier, so most look-ups touch one cache line. The whole
/// hash is the value's name: two values whose hashes are the same are one. The table is split into 64 parts that grow one by
/// one: growing never stops the caller for longer than one part takes. The lists live in an arena of the caller's. Never
/// written to disk, rebuilt at load. This file owns the unsafe code of the table.
@usableFromInline
package struct PostingTable: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.
    @usableFromInline struct Slot {
        @usableFromInline var hash: UInt64
        /// Empty in a slot that is free; closed (`closedPlace`) where the numbers are no longer kept.
        @usableFromInline var list: SmallList

        @inlinable init() {
            hash = 0
            list = SmallList()
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
        slots.initialize(repeating: Slot(), count: capacity)
        return Part(slots: slots, mask: capacity - 1, count: 0)
    }

    /// Bytes held by the slots.
    package var allocatedBytes: Int {
        (0..<(1 << Int(Self.partBits))).reduce(0) { $0 + (parts[$1].mask + 1) * MemoryLayout<Slot>.stride }
    }

    @inlinable static func part(_ hash: UInt64) -> Int { Int(hash >> (64 - partBits)) }

    /// Asks memory for what `list(of:)` will look at; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ hash: UInt64) {
        let part = parts[Self.part(hash)]
        prefetch_line(part.slots + (Int(truncatingIfNeeded: hash) & part.mask))
    }

    /// The numbers under a hash; empty where there are none or they are no longer kept.
    @inlinable package func list(of hash: UInt64) -> SmallList {
        let part = parts[Self.part(hash)]
        var position = Int(truncatingIfNeeded: hash) & part.mask
        while true {
            let slot = part.slots[position]
            if slot.list.count == 0 { return SmallList() }
            if slot.hash == hash { return slot.list.isClosed ? SmallList() : slot.list }
            position = (position + 1) & part.mask
        }
    }

    /// Adds a number under a hash.
    /// - Parameter isDistinct: whether a number that is there already is left out.
    /// - Returns: the list as it is now; nil if nothing was added.
    @inlinable package mutating func add(
        _ number: UInt32, to hash: UInt64, in lists: inout ListArena, isDistinct: Bool
    ) -> SmallList? {
        let partNumber = Self.part(hash)
        if (parts[partNumber].count + 1) * 4 > (parts[partNumber].mask + 1) * 3 { grow(partNumber) }
        let part = parts[partNumber]
        var position = Int(truncatingIfNeeded: hash) & part.mask
        while part.slots[position].list.count != 0, part.slots[position].hash != hash {
            position = (position + 1) & part.mask
        }
        let slot = part.slots + position
        if slot.pointee.list.count == 0 {
            slot.pointee.hash = hash
            slot.pointee.list = SmallList(number)
            parts[partNumber].count += 1
            return slot.pointee.list
        }
        if slot.pointee.list.isClosed || isDistinct && lists.contains(number, in: slot.pointee.list) { return nil }
        lists.append(number, to: &slot.pointee.list)
        return slot.pointee.list
    }

    /// Keeps no numbers under the hash from now on.
    package mutating func close(_ hash: UInt64, in lists: inout ListArena) {
        let part = parts[Self.part(hash)]
        var position = Int(truncatingIfNeeded: hash) & part.mask
        while part.slots[position].list.count != 0 {
            if part.slots[position].hash == hash {
                if !part.slots[position].list.isClosed { lists.removeAll(&part.slots[position].list) }
                part.slots[position].list = .closed
                return
            }
            position = (position + 1) & part.mask
        }
    }

    @inline(never) @usableFromInline mutating func grow(_ number: Int) {
        let old = parts[number]
        let larger = Self.makePart(capacity: (old.mask + 1) * 2)
        for place in 0...old.mask where old.slots[place].list.count != 0 {
            var position = Int(truncatingIfNeeded: old.slots[place].hash) & larger.mask
            while larger.slots[position].list.count != 0 { position = (position + 1) & larger.mask }
            larger.slots[position] = old.slots[place]
        }
        old.slots.deallocate()
        parts[number] = Part(slots: larger.slots, mask: larger.mask, count: old.count)
    }
}

extension SmallList {
    /// Stands where the numbers are no longer kept.
    @usableFromInline static var closed: SmallList {
        var list = SmallList(.max)
        list.count = .max
        return list
    }

    @inlinable var isClosed: Bool { count == .max }
}
