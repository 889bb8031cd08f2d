import Bytes

// Whether tables that were read from a snapshot fit together, which each piece's checksum does not tell.

extension ShardState {
    /// Whether the loaded tables fit together: every reference and link points to something that is there.
    package func isConsistent(with expected: ShardRows, profileCount: Int) -> Bool {
        guard variants.count == Int(expected.variants), orders.count == Int(expected.orders),
            documents.count == Int(expected.documents), notes.count == Int(expected.notes),
            assertions.count == Int(expected.assertions), areAssertionsConsistent(),
            facts.count == Int(expected.facts), areFactsConsistent(),
            contents.count == Int(expected.contents), areContentsConsistent(),
            profiles.count == (profileCount + shardCount - 1 - number) / shardCount
        else { return false }
        for row in 0..<profiles.count {
            let profile = profiles[row]
            guard Int(profile.newestVariant) <= variants.count, Int(profile.newestOrder) <= orders.count,
                Int(profile.newestDocument) <= documents.count, Int(profile.newestNote) <= notes.count
            else { return false }
        }
        for row in 0..<variants.count {
            guard records.contains(variants[row].record), Int(variants[row].next) <= row else { return false }
        }
        for row in 0..<orders.count {
            let order = orders[row]
            guard records.contains(order.record.reference), Int(order.variant) < variants.count, Int(order.next) <= row,
                Int(order.previous) <= versions.count
            else { return false }
        }
        // That those of today read is seen to when bookings are looked for.
        var opened = ByteWriter()
        for row in 0..<versions.count {
            let version = versions[row]
            guard records.contains(version.record.reference), Int(version.variant) < variants.count,
                Int(version.previous) <= row, openIfReadable(version.record, into: &opened)
            else { return false }
        }
        for row in 0..<documents.count {
            guard records.contains(documents[row].record), Int(documents[row].next) <= row else { return false }
        }
        for row in 0..<notes.count {
            guard records.contains(notes[row].record), Int(notes[row].next) <= row else { return false }
        }
        return true
    }

    package var rows: ShardRows {
        var rows = ShardRows()
        rows.variants = UInt32(variants.count)
        rows.orders = UInt32(orders.count)
        rows.documents = UInt32(documents.count)
        rows.notes = UInt32(notes.count)
        rows.assertions = UInt32(assertions.count)
        rows.facts = UInt32(facts.count)
        rows.contents = UInt32(contents.count)
        return rows
    }
}

extension DirectoryState {
    /// Rows that a shard must hold, by the directory's own count.
    package func rows(ofShard shard: Int) -> ShardRows { rows[shard] }

    /// Whether the loaded tables fit together: every link points to something that is there, and every walk ends.
    package func isConsistent() -> Bool {
        let count = profiles.count
        for number in 0..<edges.count {
            let edge = edges[number]
            guard Int(edge.newer) < count, Int(edge.older) < count, Int(edge.nextOfNewer) <= number,
                Int(edge.nextOfOlder) <= number
            else { return false }
        }
        for number in 0..<variants.count where !holds(variants[number].profile, variants[number].row, { $0.variants }) {
            return false
        }
        for number in 0..<keys.count where Int(keys[number].profile) >= count { return false }
        for number in 0..<orders.count where !holds(orders[number].profile, orders[number].row, { $0.orders }) {
            return false
        }
        for number in 0..<documents.count
        where !holds(documents[number].profile, documents[number].row, { $0.documents }) {
            return false
        }
        for number in 0..<assertions.count
        where !holds(assertions[number].profile, assertions[number].row, { $0.assertions }) {
            return false
        }
        return areImportsConsistent() && areFactsConsistent() && areClustersConsistent()
    }

    @inline(__always)
    private func holds(_ profile: UInt32, _ row: UInt32, _ count: (ShardRows) -> UInt32) -> Bool {
        Int(profile) < profiles.count && row < count(rows[shard(of: profile)])
    }

    /// A tree grows by its larger part, so that sizes rise towards the root and no walk goes round; rings are closed if
    /// every profile is the next of exactly one.
    private func areClustersConsistent() -> Bool {
        let count = profiles.count
        var isNext = [Bool](repeating: false, count: count)
        for number in 0..<count {
            let entry = profiles[number]
            guard Int(entry.parent) < count, Int(entry.next) < count, Int(entry.lowest) < count,
                Int(entry.newestEdge) <= edges.count, Int(entry.shop) < shops.count,
                !isNext[Int(entry.next)],
                Int(entry.parent) == number || profiles[Int(entry.parent)].size > entry.size
            else { return false }
            isNext[Int(entry.next)] = true
        }
        return true
    }
}
