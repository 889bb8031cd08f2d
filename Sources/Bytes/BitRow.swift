/// A set of small numbers, a bit for each; as long as its greatest number needs.
package struct BitRow: Sendable, Equatable {
    package private(set) var words: [UInt64] = []

    package init() {}

    package var allocatedBytes: Int { words.capacity * 8 }

    /// Numbers in the set.
    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    @inline(__always) package func contains(_ number: Int) -> Bool {
        number >> 6 < words.count && words[number >> 6] & (1 << UInt64(number & 63)) != 0
    }

    @inline(__always) package mutating func insert(_ number: Int) {
        let place = number >> 6
        if place >= words.count { extend(to: place + 1) }
        words[place] |= 1 << UInt64(number & 63)
    }

    package mutating func remove(_ number: Int) {
        if number >> 6 < words.count { words[number >> 6] &= ~(1 << UInt64(number & 63)) }
    }

    package mutating func formUnion(_ other: BitRow) {
        if other.words.count > words.count { extend(to: other.words.count) }
        for place in 0..<other.words.count { words[place] |= other.words[place] }
    }

    package mutating func formIntersection(_ other: BitRow) {
        if words.count > other.words.count { words.removeLast(words.count - other.words.count) }
        for place in 0..<words.count { words[place] &= other.words[place] }
    }

    package mutating func subtract(_ other: BitRow) {
        for place in 0..<min(words.count, other.words.count) { words[place] &= ~other.words[place] }
    }

    /// Calls `body` with each number that is in both, in rising order.
    @inline(__always) package func forEach(alsoIn other: BitRow, _ body: (Int) -> Void) {
        for place in 0..<min(words.count, other.words.count) {
            var word = words[place] & other.words[place]
            while word != 0 {
                body(place << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }

    private mutating func extend(to count: Int) {
        words.append(contentsOf: repeatElement(0, count: count - words.count))
    }
}
