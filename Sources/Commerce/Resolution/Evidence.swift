import Bytes

// Evidence: what was found out about two profiles, and when.

/// What was found out about two profiles: one entry per pair and shop. The layout is written to disk.
///
/// Merges are recorded where they brought customers together, doubtful and linked pairs always; a pair that no longer
/// holds stays with verdict `none`, so that its history can be told.
package struct EdgeEntry: BitwiseCopyable, Sendable {
    /// The value that led to the pair: an identity key's hash, or the hash of a blocking key.
    package var keyHash: UInt64
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
    let sequence48: PackedWord48
    let at48: PackedWord48
    /// The version of the shop's rules that weighed; zero for exact keys.
    package var version: UInt16
    /// The lower seven bits: an `IdentityKeyKind`. The highest: see `isUndone`.
    private(set) var kindAndUndone: UInt8
    /// The lower two bits: a `PairVerdict`. The others: a `PairReason`.
    private(set) var verdictAndReason: UInt8

    init(
        keyHash: UInt64, sequence: UInt64, at: Int64, levels: UInt64, newer: UInt32, older: UInt32,
        nextOfNewer: UInt32, nextOfOlder: UInt32, order: UInt32, score: Int32, version: UInt16, kind: UInt8,
        verdict: UInt8, reason: UInt8
    ) {
        self.keyHash = keyHash
        self.levels = levels
        self.newer = newer
        self.older = older
        self.nextOfNewer = nextOfNewer
        self.nextOfOlder = nextOfOlder
        self.order = order
        self.score = score
        sequence48 = PackedWord48(sequence)
        at48 = PackedWord48(at)
        self.version = version
        kindAndUndone = kind & 0x7F
        verdictAndReason = verdict & 3 | reason << 2
    }

    /// The event that recorded the verdict.
    package var sequence: UInt64 { sequence48.value }
    /// When, in milliseconds.
    package var at: Int64 { at48.signedValue }
    /// An `IdentityKeyKind`; zero where a blocking key led to the pair.
    package var kind: UInt8 {
        get { kindAndUndone & 0x7F }
        set { kindAndUndone = kindAndUndone & 0x80 | newValue & 0x7F }
    }
    /// A `PairVerdict`.
    package var verdict: UInt8 { verdictAndReason & 3 }
    /// A `PairReason`.
    package var reason: UInt8 { verdictAndReason >> 2 }
    /// Whether it put two customers together once and does so no more; key and kind are those that led to the merge.
    var isUndone: Bool {
        get { kindAndUndone & 0x80 != 0 }
        set { kindAndUndone = kind | (newValue ? 0x80 : 0) }
    }

    /// Whether it relates the two without making them one.
    var isLink: Bool { verdict == PairVerdict.link.rawValue }
    package var isMerge: Bool { verdict == PairVerdict.merge.rawValue }
    package var keyKind: IdentityKeyKind? { IdentityKeyKind(rawValue: kind) }

    package var weight: PairWeight {
        PairWeight(
            score: score, levels: levels, verdict: PairVerdict(rawValue: verdict) ?? .none,
            reason: PairReason(rawValue: reason) ?? .none)
    }

    /// The other end.
    func other(than profile: UInt32) -> UInt32 { newer == profile ? older : newer }

    /// The edge that one of the ends got before this one, by its number plus one; 0 for none.
    @inline(__always) func next(of profile: UInt32) -> UInt32 { newer == profile ? nextOfNewer : nextOfOlder }
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
