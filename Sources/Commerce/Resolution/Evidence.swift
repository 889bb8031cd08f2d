// Evidence: what was found out about two profiles, and when.

/// What was found out about two profiles: one entry per pair and shop. The layout is written to disk.
///
/// Merges are recorded where they brought customers together, doubtful and linked pairs always; a pair that no longer
/// holds stays with verdict `none`, so that its history can be told.
package struct EdgeEntry: BitwiseCopyable, Sendable {
    /// The value that led to the pair: an identity key's hash, or the hash of a blocking key.
    package var keyHash: UInt64
    /// The event that recorded the verdict.
    package var sequence: UInt64
    /// When, in milliseconds.
    package var at: Int64
    /// Agreement level per field, see `PairWeight.levels`; zero where nothing was weighed.
    package var levels: UInt64
    /// The profile that came later, and the one that was there before.
    package var newer: UInt32
    package var older: UInt32
    /// Next edge of each end plus one.
    var nextOfNewer: UInt32
    var nextOfOlder: UInt32
    /// Number of the order that brought the evidence plus one; zero when none did.
    package var order: UInt32
    /// 1/100 bit.
    package var score: Int32
    /// The version of the shop's rules that weighed; zero for exact keys.
    package var version: UInt16
    /// An `IdentityKeyKind`; zero where a blocking key led to the pair.
    package var kind: UInt8
    /// A `PairVerdict`.
    package var verdict: UInt8
    /// A `PairReason`.
    package var reason: UInt8
    /// 1: it was a merge once and is none any more; key and kind are those that led to the merge.
    var flags: UInt8 = 0
    /// Fills the gap that alignment leaves, so that no stray bytes of memory reach a snapshot.
    var unused: (UInt8, UInt8) = (0, 0)

    package var isMerge: Bool { verdict == PairVerdict.merge.rawValue }
    /// Whether it put two customers together once and does so no more.
    var isUndone: Bool { flags & 1 != 0 }
    package var keyKind: IdentityKeyKind? { IdentityKeyKind(rawValue: kind) }

    package var weight: PairWeight {
        PairWeight(
            score: score, levels: levels, verdict: PairVerdict(rawValue: verdict) ?? .none,
            reason: PairReason(rawValue: reason) ?? .none)
    }

    /// The other end.
    func other(than profile: UInt32) -> UInt32 { newer == profile ? older : newer }
}

/// An edge as the first version of the snapshot format had it.
struct FirstEdgeEntry: BitwiseCopyable, Sendable {
    var keyHash: UInt64
    var sequence: UInt64
    var newer: UInt32
    var older: UInt32
    var nextOfNewer: UInt32
    var nextOfOlder: UInt32
    var order: UInt32
    var kind: UInt32

    var current: EdgeEntry {
        EdgeEntry(
            keyHash: keyHash, sequence: sequence, at: 0, levels: 0, newer: newer, older: older,
            nextOfNewer: nextOfNewer, nextOfOlder: nextOfOlder, order: order, score: 0, version: 0,
            kind: UInt8(truncatingIfNeeded: kind), verdict: PairVerdict.merge.rawValue, reason: 0)
    }
}

/// A verdict about two profiles on its way into an event.
package struct PairFinding: Sendable, Equatable {
    package var newer: UInt32
    package var older: UInt32
    /// An `IdentityKeyKind`; zero where a blocking key led to the pair.
    package var kind: UInt8
    package var keyHash: UInt64
    package var weight: PairWeight
}
