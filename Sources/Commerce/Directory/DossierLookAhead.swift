import Bytes

// A dossier follows references through tables that lie far apart: from a key to a profile, around the ring of its
// customer's profiles, along their links to those at the other end. Where a batch asks for many dossiers, all of them go
// one reference further at a time, so that memory is waited for once a step instead of once a reference.

/// Dossiers that a batch asks for, on their way through the tables.
private struct DossierLookAhead {
    /// Longer ways are left to the answer itself: a buyer with ten thousand profiles must not hold up the others.
    static let mostSteps = 16
    static let mostWalks = 1_024

    /// A way around a customer's profiles.
    struct Ring {
        let start: UInt32
        var profile: UInt32
    }

    var rings: [Ring]
    /// Profiles that the rings came by.
    var members: [UInt32] = []
    /// Their links.
    var links: [(member: UInt32, edge: Int)] = []
}

extension DirectoryState {
    /// Asks memory for what the dossiers of these customers will look at. Changes nothing, and waits for a few of the
    /// places at most.
    package func prefetchDossiers(of customers: [CustomerSelector]) {
        for customer in customers { if let hash = customer.likelyHash { keyIndex.prefetch(hash) } }
        for customer in customers {
            guard let hash = customer.likelyHash else { continue }
            _ = keyIndex.find(hash) { entry in
                keys.prefetch(entry)
                return false
            }
        }
        var ahead = DossierLookAhead(
            rings: customers.compactMap { likelyProfile($0) }.map { .init(start: $0, profile: $0) })
        for ring in ahead.rings { profiles.prefetch(Int(ring.profile)) }
        for _ in 0..<DossierLookAhead.mostSteps where !ahead.rings.isEmpty { stepRings(&ahead) }
        for member in ahead.members {
            links.forEach(of: member) { edge in
                guard ahead.links.count < DossierLookAhead.mostWalks else { return }
                ahead.links.append((member, edge))
                edges.prefetch(edge)
            }
        }
        let ends = ahead.links.map { Int(edges[$0.edge].other(than: $0.member)) }
        for end in ends { profiles.prefetch(end) }
        for end in ends { profiles.prefetch(Int(profiles[end].parent)) }
    }

    private func likelyProfile(_ customer: CustomerSelector) -> UInt32? {
        if let hash = customer.likelyHash { return findKey(hash).map { keys[$0].profile } }
        guard case .number(let number) = customer, number > 0, Int(number) <= profiles.count else { return nil }
        return number - 1
    }

    /// Every ring goes on to its next profile; what is there to be followed from this one is noted.
    private func stepRings(_ ahead: inout DossierLookAhead) {
        var kept = 0
        for place in ahead.rings.indices {
            var ring = ahead.rings[place]
            let entry = profiles[Int(ring.profile)]
            profiles.prefetch(Int(entry.parent))
            if !links.isEmpty, ahead.members.count < DossierLookAhead.mostWalks {
                ahead.members.append(ring.profile)
                links.prefetch(ring.profile)
            }
            guard entry.next != ring.start else { continue }
            profiles.prefetch(Int(entry.next))
            ring.profile = entry.next
            ahead.rings[kept] = ring
            kept += 1
        }
        ahead.rings.removeLast(ahead.rings.count - kept)
    }
}

extension CustomerSelector {
    /// The key that names the customer in all likelihood; nil where no key does.
    fileprivate var likelyHash: UInt64? {
        switch self {
        case .key(let key): key.hash
        case .keys(let keys): keys.first?.hash
        case .number, .order, .reference, .document: nil
        }
    }
}
