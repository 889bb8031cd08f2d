import Bytes

/// What of a profile is looked at when it turns up as a candidate: 32 bytes.
struct MatchProfile: BitwiseCopyable, Sendable {
    var sketch = PairSketch()
    /// What it has shown, by row of `FeatureTable`, the oldest first: one, but for profiles whose channel spells the same buyer
    /// in several ways.
    var rows = SmallList()
    var withheld: FieldMask = []
}

/// The rest of what matching knows of a profile.
struct MatchOrigin: BitwiseCopyable, Sendable {
    /// A name of the profile that does not depend on when it arrived.
    var canonical: UInt64
    /// Numbers of the identity keys that it carries.
    var identityKeys = SmallList()
    /// Number of the order that made it dirty plus one; 0 when none did.
    var cause: UInt32 = 0
    /// Number in `SourceTable`.
    var source: UInt16
    /// Whether the channel gave the buyer a number of its own.
    var hasReference: Bool
    var weighing = WeighingNeeds()
}

/// Why a profile has to be weighed, or is being weighed.
struct WeighingNeeds: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt8

    /// Others may have become candidates since it was weighed, so that they have to be looked for.
    static let wantsSearch = WeighingNeeds(rawValue: 1)
    /// What was found before may hold no more. New data alone never undoes a finding.
    static let wantsCheck = WeighingNeeds(rawValue: 2)
    /// A name has become commoner, so that agreeing in it weighs less; nothing else may have undone what was found.
    static let wantsRecount = WeighingNeeds(rawValue: 4)
    /// A block has closed, so that it leads to nobody any more; what was found weighs what it did.
    static let wantsLeads = WeighingNeeds(rawValue: 8)
    /// The same four of the weighing in hand.
    static let isSearched = WeighingNeeds(rawValue: 16)
    static let isChecked = WeighingNeeds(rawValue: 32)
    static let isRecounted = WeighingNeeds(rawValue: 64)
    static let isUnled = WeighingNeeds(rawValue: 128)

    /// Whether the profile waits to be weighed.
    var isDirty: Bool { rawValue & 0x0F != 0 }
    /// What is to be done now, and nothing is left to do.
    var inHand: WeighingNeeds { WeighingNeeds(rawValue: rawValue << 4) }
}
