import Bytes

/// A set of profiles, a row of bits for each shard: profile p of n shards is row p / n of shard p % n.
package struct ProfileSet: Sendable, Equatable {
    package internal(set) var rows: [BitRow]

    package init(shards: Int) { rows = Array(repeating: BitRow(), count: shards) }

    package init(_ rows: [BitRow]) { self.rows = rows }

    package var count: Int { rows.reduce(0) { $0 + $1.count } }

    package var allocatedBytes: Int { rows.reduce(0) { $0 + $1.allocatedBytes } }

    @inline(__always) package func contains(_ profile: UInt32) -> Bool {
        rows[Int(profile) % rows.count].contains(Int(profile) / rows.count)
    }

    @inline(__always) package mutating func insert(_ profile: UInt32) {
        rows[Int(profile) % rows.count].insert(Int(profile) / rows.count)
    }

    package mutating func remove(_ profile: UInt32) {
        rows[Int(profile) % rows.count].remove(Int(profile) / rows.count)
    }

    package mutating func formIntersection(_ other: ProfileSet) {
        for shard in rows.indices { rows[shard].formIntersection(other.rows[shard]) }
    }

    package mutating func subtract(_ other: ProfileSet) {
        for shard in rows.indices { rows[shard].subtract(other.rows[shard]) }
    }

    /// Calls `body` with each profile that is in both.
    @inline(__always) package func forEach(alsoIn other: ProfileSet, _ body: (UInt32) -> Void) {
        for shard in rows.indices {
            rows[shard].forEach(alsoIn: other.rows[shard]) { body(UInt32($0 * rows.count + shard)) }
        }
    }

    /// Members from the `offset`-th on, by rising or falling number, `limit` at most.
    package func page(offset: Int, limit: Int, isFalling: Bool) -> [UInt32] {
        let places = rows.map { $0.words.count }.max() ?? 0
        var page: [UInt32] = []
        var skipped = 0
        for step in 0..<places where page.count < limit {
            let place = isFalling ? places - 1 - step : step
            let count = rows.reduce(0) { $0 + ($1.words.count > place ? $1.words[place].nonzeroBitCount : 0) }
            if skipped + count <= offset {
                skipped += count
                continue
            }
            let members = members(at: place)
            for member in isFalling ? members.reversed() : members {
                if skipped >= offset, page.count < limit { page.append(member) }
                skipped += 1
            }
        }
        return page
    }

    /// How far somebody has come who takes the members bit by bit.
    package struct Place: Sendable {
        fileprivate var place = 0
        fileprivate var taken = 0

        package init() {}

        fileprivate init(place: Int, taken: Int) { (self.place, self.taken) = (place, taken) }
    }

    /// The next members by rising number, `limit` at most; none at the end.
    package func members(_ limit: Int, from place: inout Place) -> [UInt32] {
        let places = rows.map { $0.words.count }.max() ?? 0
        var page: [UInt32] = []
        while place.place < places {
            let rest = members(at: place.place).dropFirst(place.taken)
            let taken = min(rest.count, limit - page.count)
            page += rest.prefix(taken)
            place.taken += taken
            if taken < rest.count { break }
            place = Place(place: place.place + 1, taken: 0)
        }
        return page
    }

    /// The members of 64 rows of all shards, by rising number.
    private func members(at place: Int) -> [UInt32] {
        var members: [UInt32] = []
        for (shard, row) in rows.enumerated() where row.words.count > place {
            var word = row.words[place]
            while word != 0 {
                members.append(UInt32((place << 6 + word.trailingZeroBitCount) * rows.count + shard))
                word &= word - 1
            }
        }
        return members.sorted()
    }
}
