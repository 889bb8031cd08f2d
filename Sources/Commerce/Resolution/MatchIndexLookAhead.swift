import Bytes

// What matching looks at lies far apart in memory, and waiting for it is most of its work. Whoever knows early what will be
// looked at asks for it here; each step needs what the one before it has asked for.
extension MatchIndex {
    // MARK: By key

    /// Asks memory for what `find` will look at.
    @inline(__always) func prefetch(_ hash: UInt64) { valueIndex.prefetch(hash) }

    /// The same of a key that will be taken in.
    @inline(__always) func prefetch(_ key: IdentityKey, shop: UInt16) {
        if key.kind.isNoted { prefetch(Self.scoped(key.hash, ValueKind(key.kind), shop: shop)) }
    }

    /// Then for what is known of a value, by its scoped hash.
    @inline(__always) func prefetchValue(_ hash: UInt64) {
        _ = valueIndex.find(hash) { number in
            values.prefetch(number)
            return true
        }
    }

    @inline(__always) func prefetchValue(_ key: IdentityKey, shop: UInt16) {
        if key.kind.isNoted { prefetchValue(Self.scoped(key.hash, ValueKind(key.kind), shop: shop)) }
    }

    /// Then for who carries it, and where the next carrier goes.
    @inline(__always) func prefetchCarriers(_ key: IdentityKey, shop: UInt16) {
        guard key.kind.isNoted, let number = find(Self.scoped(key.hash, ValueKind(key.kind), shop: shop)) else {
            return
        }
        lists.prefetch(values[number].carriers)
        lists.prefetchEnd(values[number].carriers)
    }

    // MARK: By profile

    /// Asks memory for the row of a profile that has shown one.
    @inline(__always) func prefetchRow(of profile: MatchProfile) {
        if profile.rows.count == 1 { rows.prefetch(Int(lists[profile.rows, 0])) } else { lists.prefetch(profile.rows) }
    }

    /// Asks memory for the numbers of a profile's identity keys.
    @inline(__always) func prefetchKeyNumbers(of profile: Int) { lists.prefetch(origins[profile].identityKeys) }

    /// Then for what is known of each.
    @inline(__always) func prefetchKeys(of profile: Int) {
        forEachValue(of: UInt32(profile)) { values.prefetch($0) }
    }
}
