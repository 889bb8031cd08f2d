import Bytes

// Who shares a value with a profile, before anybody is compared.

/// Somebody who shares a value with the profile in hand, and which.
struct Lead {
    var profile: UInt32
    var kind: ValueKind
    var hash: UInt64
}

/// A value of the profile in hand, and who carries it besides.
struct SharedValue {
    var kind: ValueKind
    var hash: UInt64
    var others: SmallList
}

extension DirectoryState {
    /// Fills `scratch.leads` with everybody who shares a value with the profile and may agree with it. In steps, each of
    /// which asks for the memory that the next one looks at: waiting for memory is most of the work.
    func gatherLeads(of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch) {
        gatherSharedValues(of: profile, shop, &scratch)
        gatherSharers(of: profile, &scratch)
        let sketch = index.profiles[Int(profile)].sketch
        var kept = 0
        for place in scratch.leads.indices {
            let lead = scratch.leads[place]
            let entry = index.profiles[Int(lead.profile)]
            let implied = lead.kind.implied
            guard sketch.mayAgree(entry.sketch, beside: implied),
                scratch.isFirst(lead.profile, comesAgain: !implied.isEmpty)
            else { continue }
            scratch.leads[kept] = lead
            kept += 1
            profiles.prefetch(Int(lead.profile))
            index.prefetchRow(of: entry)
        }
        scratch.leads.removeLast(scratch.leads.count - kept)
    }

    /// Fills `scratch.leads` with everybody who shares a value with the profile. Most values lead to the same few, so each
    /// comes once; but who shares a value that implies something may share another one that does not, and comes again.
    private func gatherSharers(of profile: UInt32, _ scratch: inout ResolutionScratch) {
        scratch.leads.removeAll(keepingCapacity: true)
        scratch.met.removeAll()
        scratch.met.insert(profile)
        for place in scratch.sharedValues.indices {
            let value = scratch.sharedValues[place]
            let comesAgain = !value.kind.implied.isEmpty
            for position in 0..<Int(value.others.count) {
                let other = index.lists[value.others, position]
                if comesAgain ? scratch.met.contains(other) : !scratch.met.insert(other) { continue }
                scratch.leads.append(Lead(profile: other, kind: value.kind, hash: value.hash))
                index.profiles.prefetch(Int(other))
            }
        }
    }

    /// Fills `scratch.sharedValues` with the values of the profile that lead to others: all who carry it or, in a star, the
    /// centre alone. First its identity keys, then what follows from its features.
    func gatherSharedValues(of profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch) {
        scratch.sharedValues.removeAll(keepingCapacity: true)
        gatherSharedKeys(of: profile, &scratch)
        index.forEachRow(of: profile) { row in gatherSharedBlocks(of: row, profile, shop, &scratch) }
    }

    /// Adds the identity keys to `scratch.sharedValues`.
    func gatherSharedKeys(of profile: UInt32, _ scratch: inout ResolutionScratch) {
        index.forEachValue(of: profile) { number in index.values.prefetch(number) }
        index.forEachValue(of: profile) { number in
            let value = index.values[number]
            guard let others = index.leads(from: profile, value) else { return }
            scratch.share(SharedValue(kind: value.kind, hash: value.hash, others: others), index.lists)
        }
    }

    /// Adds those who show the very same features, and those who stand in a block with them.
    func gatherSharedBlocks(
        of row: Int, _ profile: UInt32, _ shop: UInt16, _ scratch: inout ResolutionScratch
    ) {
        scratch.postingKeys.removeAll()
        MatchIndex.appendBlocks(of: index.rows.features(of: row), shop: shop, to: &scratch.postingKeys)
        for place in 0..<scratch.postingKeys.count { index.postings.prefetch(scratch.postingKeys[place].hash) }
        if let others = index.leads(from: profile, twins: index.twins(of: row, shop: shop)) {
            scratch.share(SharedValue(kind: .twin, hash: index.rows[row].hash, others: others), index.lists)
        }
        for place in 0..<scratch.postingKeys.count {
            let key = scratch.postingKeys[place]
            let others = index.postings.list(of: key.hash)
            guard others.count > 1 else { continue }
            scratch.share(SharedValue(kind: key.kind, hash: key.hash, others: others), index.lists)
        }
    }
}

extension ValueEntry {
    /// Whether whoever shares the key is compared.
    var isCompared: Bool {
        guard kind != ValueKind(.place) else { return false }
        return state == .released || (state == .active && carriers.count <= kind.largestBlock)
    }

    /// Whether the carriers are compared with the centre only: there are too many to compare each with each.
    var isStar: Bool { state == .retired && kind != ValueKind(.place) }
}

extension MatchIndex {
    /// Twins in greater numbers are compared with the centre only.
    private static let mostTwins: UInt32 = 16

    /// Whom a key leads its carrier to; nil for nobody.
    @inline(__always) func leads(from profile: UInt32, _ value: ValueEntry) -> SmallList? {
        guard value.carriers.count > 1 else { return nil }
        if value.isStar { return star(value.carriers, from: profile) }
        return value.isCompared ? value.carriers : nil
    }

    @inline(__always) func leads(from profile: UInt32, twins: SmallList) -> SmallList? {
        guard twins.count > 1 else { return nil }
        return twins.count > Self.mostTwins ? star(twins, from: profile) : twins
    }

    /// The carriers of what very many carry stand in a star around the one with the lowest name of its own, so that a
    /// buyer with ten thousand orders has ten thousand pairs and not fifty million.
    private func star(_ carriers: SmallList, from profile: UInt32) -> SmallList {
        let centre = centre(of: carriers)
        return centre == profile ? carriers : SmallList(centre)
    }
}
