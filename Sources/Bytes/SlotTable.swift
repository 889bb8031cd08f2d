import CLinux

/// What a `SlotTable` holds under a hash.
@usableFromInline
package protocol HashSlot: BitwiseCopyable, Sendable {
    associatedtype Rank: FixedWidthInteger & UnsignedInteger & Sendable
    /// The upper bits of the hash, as many as the slot keeps. Slots lie in the order of their ranks.
    var rank: Rank { get }
    var isVacant: Bool { get }
    /// A slot that is free; its rank is the highest there is.
    static var vacant: Self { get }
}

/// Open addressing with the slots in the order of their hashes, which is what `HashIndex` and `PostingTable` are made of.
///
/// A hash has a home: the higher the hash, the further behind. Slots lie at their home or, pushed out by others, behind it,
/// and always in order, so a search ends at the first slot that is not below what is searched, found or not. That allows
/// fuller tables than searching for a gap does, and since the order stays when homes are added, growing is a pass to the end
/// of the larger memory and one from front to back, by a quarter at a time: between 64 and 80 of 100 homes are taken, where
/// doubling takes 37 to 75.
///
/// The table is split into 64 parts, chosen by the lowest bits of the hash, that grow one by one: growing never stops the
/// caller for longer than one part takes. Entries are never removed. Never written to disk. This file owns the unsafe code
/// of hash tables.
@usableFromInline
struct SlotTable<Slot: HashSlot>: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.
    @usableFromInline struct Part {
        @usableFromInline var slots: UnsafeMutablePointer<Slot>
        @usableFromInline var homes: Int
        /// Places behind the last home, for what collisions push out; the last of them is always vacant.
        @usableFromInline var spare: Int
        @usableFromInline var count: Int

        @inlinable var places: Int { homes + spare }
        @inlinable var end: UnsafeMutablePointer<Slot> { slots + (places - 1) }
    }

    @inlinable static var parts: Int { 64 }
    private static var firstHomes: Int { 12 }
    private static var firstSpare: Int { 4 }

    @usableFromInline let parts: UnsafeMutablePointer<Part>

    @usableFromInline init() {
        parts = .allocate(capacity: Self.parts)
        for number in 0..<Self.parts {
            (parts + number).initialize(to: Self.makePart(homes: Self.firstHomes, spare: Self.firstSpare))
        }
    }

    // Inlinable, since the compiler inlines the setters of what holds a table and then fails where it may not go on.
    @inlinable deinit { Self.freeAll(parts) }

    @usableFromInline static func freeAll(_ parts: UnsafeMutablePointer<Part>) {
        for number in 0..<Self.parts { free(parts[number]) }
        parts.deallocate()
    }

    private static func makePart(homes: Int, spare: Int) -> Part {
        let places = homes + spare
        let memory = LargeMemory.allocate(places * MemoryLayout<Slot>.stride)
        let slots = memory.bindMemory(to: Slot.self, capacity: places)
        slots.initialize(repeating: .vacant, count: places)
        return Part(slots: slots, homes: homes, spare: spare, count: 0)
    }

    private static func free(_ part: Part) {
        LargeMemory.free(part.slots, part.places * MemoryLayout<Slot>.stride)
    }

    /// Bytes held by the slots.
    var allocatedBytes: Int {
        (0..<Self.parts).reduce(0) { $0 + parts[$1].places * MemoryLayout<Slot>.stride }
    }

    // MARK: Search

    @inlinable @inline(__always) static func part(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (parts - 1) }

    @inlinable @inline(__always) static func rank(_ hash: UInt64) -> Slot.Rank {
        Slot.Rank(truncatingIfNeeded: hash >> UInt64(64 - Slot.Rank.bitWidth))
    }

    /// Ranks are spread evenly over the homes, in order.
    @inlinable @inline(__always) static func home(_ rank: Slot.Rank, _ part: Part) -> UnsafeMutablePointer<Slot> {
        let homes = Slot.Rank(truncatingIfNeeded: part.homes)
        return part.slots + Int(truncatingIfNeeded: rank.multipliedFullWidth(by: homes).high)
    }

    /// The first slot whose rank is not below that of the hash. Those of the same rank lie behind one another, and then one
    /// comes that is of a higher rank or vacant.
    @inlinable @inline(__always) func first(_ hash: UInt64) -> UnsafeMutablePointer<Slot> {
        let rank = Self.rank(hash)
        var slot = Self.home(rank, parts[Self.part(hash)])
        while slot.pointee.rank < rank { slot += 1 }
        return slot
    }

    /// Asks memory for what `first` will look at; waits for nothing.
    @inlinable @inline(__always) func prefetch(_ hash: UInt64) {
        prefetch_line(Self.home(Self.rank(hash), parts[Self.part(hash)]))
    }

    // MARK: Growth

    /// Adds a slot, whose rank is that of the hash.
    @inlinable mutating func insert(_ slot: Slot, _ hash: UInt64) {
        let number = Self.part(hash)
        if (parts[number].count + 1) * 5 > parts[number].homes * 4 {
            rebuild(number, homes: parts[number].homes + parts[number].homes / 4 + 1)
        }
        while true {
            let place = first(hash)
            var vacant = place
            while !vacant.pointee.isVacant { vacant += 1 }
            guard vacant < parts[number].end else {
                rebuild(number, homes: parts[number].homes, spare: parts[number].spare * 2)
                continue
            }
            while vacant > place {
                vacant.pointee = (vacant - 1).pointee
                vacant -= 1
            }
            place.pointee = slot
            parts[number].count += 1
            return
        }
    }

    /// Makes room for so many slots more, if their hashes are spread evenly.
    @usableFromInline mutating func reserve(_ more: Int) {
        let share = more / Self.parts
        for number in 0..<Self.parts {
            // As many parts get more than their share as get less: by three standard deviations hardly one does.
            let most = parts[number].count + share + 3 * Int(Double(share).squareRoot())
            if most * 5 > parts[number].homes * 4 { rebuild(number, homes: most * 5 / 4 + 1) }
        }
    }

    /// Adds homes, in the memory that there is and some behind it: what a part has touched already is not asked of the kernel
    /// again, which clears every page that it gives.
    /// - Parameter spare: as before where it is nil, or as many as are needed.
    @inline(never) @usableFromInline mutating func rebuild(_ number: Int, homes: Int, spare: Int? = nil) {
        precondition(homes < Int(UInt32.max), "a table of hashes is full")
        var part = parts[number]
        let before = part.places
        part.homes = homes
        part.spare = spare ?? part.spare
        part.slots = Self.grow(part.slots, from: before, to: part.places)
        Self.gather(part, from: before)
        parts[number] = part
        if !Self.spread(part) { rebuild(number, homes: homes, spare: part.spare * 2) }
    }

    private static func grow(_ slots: UnsafeMutablePointer<Slot>, from old: Int, to new: Int)
        -> UnsafeMutablePointer<Slot>
    {
        let stride = MemoryLayout<Slot>.stride
        return LargeMemory.grow(UnsafeMutableRawPointer(slots), from: old * stride, to: new * stride)
            .bindMemory(to: Slot.self, capacity: new)
    }

    /// Moves what lies in the first places to the end of the part.
    private static func gather(_ part: Part, from places: Int) {
        var target = part.slots + part.places
        var source = part.slots + places
        while source > part.slots {
            source -= 1
            guard !source.pointee.isVacant else { continue }
            target -= 1
            target.pointee = source.pointee
        }
    }

    /// Brings what lies at the end of the part to its homes, from front to back, and vacates the rest. A slot that would not
    /// go before where it lies leaves too few places for those behind it.
    /// - Returns: false if there were too few; what is left lies at the end still.
    private static func spread(_ part: Part) -> Bool {
        let end = part.slots + part.places
        var next = end - part.count
        var free = part.slots
        while next < end {
            let place = max(free, home(next.pointee.rank, part))
            guard place < next else { break }
            vacate(free, upTo: place)
            place.pointee = next.pointee
            free = place + 1
            next += 1
        }
        vacate(free, upTo: next)
        return next == end
    }

    private static func vacate(_ first: UnsafeMutablePointer<Slot>, upTo end: UnsafeMutablePointer<Slot>) {
        first.update(repeating: .vacant, count: end - first)
    }
}
