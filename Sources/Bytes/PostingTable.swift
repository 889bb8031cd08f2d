/// A flat map from 64-bit hashes to lists of numbers: whoever carries a value, by the value's hash.
///
/// A slot is 16 bytes and says all about a value that has one carrier, so most look-ups touch one cache line. The whole
/// hash is the value's name: two values whose hashes are the same are one. The lists live in an arena of the caller's. Never
/// written to disk, rebuilt at load.
@usableFromInline
package struct PostingTable: ~Copyable, Sendable {
    @usableFromInline struct Slot: HashSlot {
        @usableFromInline let rank: UInt64
        /// Empty in a slot that is vacant; closed where the numbers are no longer kept.
        @usableFromInline var list: SmallList

        @inlinable init(rank: UInt64, list: SmallList) {
            self.rank = rank
            self.list = list
        }

        @inlinable var isVacant: Bool { list.count == 0 }
        @inlinable static var vacant: Slot { Slot(rank: .max, list: SmallList()) }
    }

    @usableFromInline var slots = SlotTable<Slot>()

    package init() {}

    /// Bytes held by the slots.
    package var allocatedBytes: Int { slots.allocatedBytes }

    /// Asks memory for what `list(of:)` will look at; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ hash: UInt64) { slots.prefetch(hash) }

    /// Asks memory for what `add` will look at behind the slot, which should be near by now.
    @inlinable @inline(__always) package func prefetchList(of hash: UInt64, in lists: borrowing ListArena) {
        let slot = slots.first(hash).pointee
        guard slot.rank == hash, !slot.list.isClosed else { return }
        lists.prefetchEnd(slot.list)
    }

    /// The numbers under a hash; empty where there are none or they are no longer kept.
    @inlinable package func list(of hash: UInt64) -> SmallList {
        let slot = slots.first(hash).pointee
        return slot.rank == hash && !slot.list.isClosed ? slot.list : SmallList()
    }

    /// Where a number that is to be added may stand already, so that it is left out.
    @usableFromInline package enum Repeats: Sendable, CaseIterable {
        /// Nowhere, or it is added all the same.
        case nowhere
        /// Last in the list: it was added under this hash just now, or never.
        case last
        case anywhere
    }

    /// Adds a number under a hash.
    /// - Returns: the list as it is now; nil if nothing was added.
    @inlinable package mutating func add(
        _ number: UInt32, to hash: UInt64, in lists: inout ListArena, repeats: Repeats
    ) -> SmallList? {
        let slot = slots.first(hash)
        guard slot.pointee.rank == hash, !slot.pointee.isVacant else {
            let list = SmallList(number)
            slots.insert(Slot(rank: hash, list: list), hash)
            return list
        }
        let known = slot.pointee.list
        if known.isClosed { return nil }
        switch repeats {
        case .nowhere: break
        case .last: if lists[known, Int(known.count) - 1] == number { return nil }
        case .anywhere: if lists.contains(number, in: known) { return nil }
        }
        lists.append(number, to: &slot.pointee.list)
        return slot.pointee.list
    }

    /// Keeps no numbers under the hash from now on.
    package mutating func close(_ hash: UInt64, in lists: inout ListArena) {
        let slot = slots.first(hash)
        guard slot.pointee.rank == hash, !slot.pointee.isVacant else { return }
        if !slot.pointee.list.isClosed { lists.removeAll(&slot.pointee.list) }
        slot.pointee.list = .closed
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
