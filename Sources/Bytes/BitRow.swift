/// A set of small numbers, a bit for each; as long as its greatest number needs.
@usableFromInline
package struct BitRow: Sendable, Equatable {
    @usableFromInline package private(set) var words: [UInt64] = []

    @inlinable package init() {}

    package var allocatedBytes: Int { words.capacity * 8 }

    /// Numbers in the set.
    package var count: Int {
        var count = 0
        for word in words { count &+= word.nonzeroBitCount }
        return count
    }

    @inlinable @inline(__always) package func contains(_ number: Int) -> Bool {
        number >> 6 < words.count && words[number >> 6] & (1 &<< UInt64(truncatingIfNeeded: number & 63)) != 0
    }

    @inlinable @inline(__always) package mutating func insert(_ number: Int) {
        let place = number >> 6
        if place >= words.count { extend(to: place + 1) }
        words[place] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
    }

    package mutating func remove(_ number: Int) {
        if number >> 6 < words.count { words[number >> 6] &= ~(1 << UInt64(number & 63)) }
    }

    package mutating func formUnion(_ other: BitRow) {
        if other.words.count > words.count { extend(to: other.words.count) }
        combine(other, other.words.count) { $0 | $1 }
    }

    package mutating func formIntersection(_ other: BitRow) {
        if words.count > other.words.count { words.removeLast(words.count - other.words.count) }
        combine(other, words.count) { $0 & $1 }
    }

    package mutating func subtract(_ other: BitRow) {
        combine(other, min(words.count, other.words.count)) { $0 & ~$1 }
    }

    /// Word by word in one go, which the processor does for several at once.
    @inline(__always)
    private mutating func combine(_ other: BitRow, _ count: Int, _ body: (UInt64, UInt64) -> UInt64) {
        let others = other.words.span
        var own = words.mutableSpan
        precondition(count <= own.count && count <= others.count)
        for place in 0..<count { own[unchecked: place] = body(own[unchecked: place], others[unchecked: place]) }
    }

    /// Calls `body` with each number that is in both, in rising order.
    @inlinable @inline(__always) package func forEach(alsoIn other: BitRow, _ body: (Int) -> Void) {
        for place in 0..<min(words.count, other.words.count) {
            var word = words[place] & other.words[place]
            while word != 0 {
                body(place << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }

    @usableFromInline mutating func extend(to count: Int) {
        words.append(contentsOf: repeatElement(0, count: count - words.count))
    }
}
