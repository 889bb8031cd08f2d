import CLinux

/// A list of 32-bit numbers in a `ListArena`: eight bytes, and nothing besides as long as it has a single number.
@usableFromInline
package struct SmallList: BitwiseCopyable, Sendable, Equatable {
    /// Numbers in the list.
    @usableFromInline package internal(set) var count: UInt32
    /// The number itself where there is one; where they lie in the arena, in pairs, where there are more.
    @usableFromInline var place: UInt32

    /// An empty list.
    @inlinable package init() {
        count = 0
        place = 0
    }

    /// A list of one number.
    @inlinable package init(_ number: UInt32) {
        count = 1
        place = number
    }
}

/// Memory for very many short lists of 32-bit numbers, most of which stay short: each lies in one piece, so that walking
/// it waits for memory once and not at every step.
///
/// A list of two numbers or more has a room of 2, 4, 6, 8, 12, 16, 24 numbers and so on; one that outgrows its room moves,
/// and its room is given to the next list of that size. This file owns the unsafe code of lists.
@usableFromInline
package struct ListArena: ~Copyable, @unchecked Sendable {
    // Sendable although it holds pointers: it cannot be copied, so whoever has it is its only user.
    @usableFromInline var numbers: UnsafeMutablePointer<UInt32>
    /// Numbers that there is room for, and those given away.
    @usableFromInline var capacity: Int
    @usableFromInline var used = 0
    /// For each size the first room that was given back, plus one; each names the next in its first number.
    @usableFromInline var vacant = [UInt32](repeating: 0, count: 64)

    package init() {
        capacity = 1_024
        numbers = LargeMemory.allocate(Self.bytes(capacity)).bindMemory(to: UInt32.self, capacity: capacity)
    }

    deinit { LargeMemory.free(numbers, Self.bytes(capacity)) }

    private static func bytes(_ numbers: Int) -> Int { numbers * MemoryLayout<UInt32>.stride }

    /// Bytes of lists that are there or were; room that was never used takes no memory.
    package var allocatedBytes: Int { Self.bytes(used) }

    /// The number at a position below the list's count.
    @inlinable package subscript(list: SmallList, position: Int) -> UInt32 {
        @inline(__always) get {
            assert(position >= 0 && position < Int(list.count))
            return list.count == 1 ? list.place : numbers[Int(list.place) * 2 + position]
        }
    }

    /// Asks memory for the first numbers of a list; waits for nothing.
    @inlinable @inline(__always) package func prefetch(_ list: SmallList) {
        if list.count > 1 { prefetch_line(numbers + Int(list.place) * 2) }
    }

    /// Asks memory for the place where the list goes on; waits for nothing.
    @inlinable @inline(__always) package func prefetchEnd(_ list: SmallList) {
        if list.count > 1 { prefetch_line(numbers + Int(list.place) * 2 + Int(list.count)) }
    }

    /// Whether the number is in the list.
    @inlinable package func contains(_ number: UInt32, in list: SmallList) -> Bool {
        for position in 0..<Int(list.count) where self[list, position] == number { return true }
        return false
    }

    /// Adds a number at the end of the list.
    @inlinable package mutating func append(_ number: UInt32, to list: inout SmallList) {
        let count = Int(list.count)
        switch count {
        case 0: list.place = number
        case 1:
            let room = allocate(Self.size(2))
            numbers[Int(room) * 2] = list.place
            numbers[Int(room) * 2 + 1] = number
            list.place = room
        default:
            if Self.room(Self.size(list.count)) == count { move(&list) }
            numbers[Int(list.place) * 2 + count] = number
        }
        list.count += 1
    }

    /// Puts a number in the place of the one at a position below the list's count.
    package mutating func replace(_ position: Int, of list: inout SmallList, with number: UInt32) {
        precondition(position >= 0 && position < Int(list.count))
        if list.count == 1 { list.place = number } else { numbers[Int(list.place) * 2 + position] = number }
    }

    /// Exchanges the first number with the last.
    @inlinable package mutating func bringLastToFront(_ list: SmallList) {
        guard list.count > 1 else { return }
        let first = Int(list.place) * 2
        let last = first + Int(list.count) - 1
        (numbers[first], numbers[last]) = (numbers[last], numbers[first])
    }

    /// Empties the list and gives its room to others.
    package mutating func removeAll(_ list: inout SmallList) {
        if list.count > 1 { giveBack(list.place, Self.size(list.count)) }
        list = SmallList()
    }

    /// The smallest size of a room that holds so many numbers, two or more: odd ones are powers of two, even ones half as
    /// much again as the power below. There is none of 3, since rooms come in pairs of numbers.
    @inlinable static func size(_ count: UInt32) -> Int {
        let last = count - 1
        let power = 31 - last.leadingZeroBitCount
        return power < 2 ? 2 * power + 1 : 2 * power + Int(last >> UInt32(power - 1)) & 1
    }

    /// Numbers in a room of the size.
    @inlinable static func room(_ size: Int) -> Int { size & 1 == 1 ? 2 << (size >> 1) : 3 << (size >> 1 - 1) }

    /// Gives a list whose room is full the next larger one.
    @inline(never) @usableFromInline mutating func move(_ list: inout SmallList) {
        let size = Self.size(list.count)
        let room = allocate(Self.size(list.count + 1))
        (numbers + Int(room) * 2).update(from: numbers + Int(list.place) * 2, count: Int(list.count))
        giveBack(list.place, size)
        list.place = room
    }

    private mutating func giveBack(_ room: UInt32, _ size: Int) {
        numbers[Int(room) * 2] = vacant[size]
        vacant[size] = room + 1
    }

    @usableFromInline mutating func allocate(_ size: Int) -> UInt32 {
        if vacant[size] != 0 {
            let room = vacant[size] - 1
            vacant[size] = numbers[Int(room) * 2]
            return room
        }
        let room = used / 2
        used += Self.room(size)
        if used > capacity { grow() }
        precondition(room < Int(UInt32.max))
        return UInt32(room)
    }

    private mutating func grow() {
        let old = capacity
        while capacity < used { capacity += max(capacity / 2, 1_024) }
        let larger = LargeMemory.grow(numbers, from: Self.bytes(old), to: Self.bytes(capacity))
        numbers = larger.bindMemory(to: UInt32.self, capacity: capacity)
    }
}
