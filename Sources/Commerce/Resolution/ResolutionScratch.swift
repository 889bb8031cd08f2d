import Bytes

/// A profile that shares a value with the one in hand, and how the two compare.
struct Candidate {
    var profile: UInt32
    /// The value that led to it.
    var keyHash: UInt64
    /// An `IdentityKeyKind`, or zero for a blocking key.
    var kind: UInt8
    var weight: PairWeight
}

/// Buffers of matching, used again for each profile. One per thread of work.
package struct ResolutionScratch: ~Copyable, Sendable {
    var extractor = FeatureExtractor()
    var candidates: [Candidate] = []
    /// Customers whose further profiles are not compared.
    var settledRoots: [UInt32] = []
    var skipsSettled = false
    /// The rows of the profile in hand that are compared, and their classes as far as they were asked for.
    var ownRows: [UInt32] = []
    var classes: [FrequencyClasses?] = []
    var otherRows: [UInt32] = []
    /// What was extracted last, and from which content.
    var features = PartyFeatures()
    var featuresHash: UInt64 = 0
    var comparisons = ComparisonCache()
    /// What the profile in hand is posted under, what of it others share, and whom that leads to.
    var postingKeys = PostingKeys()
    var sharedValues: [SharedValue] = []
    var leads: [Lead] = []
    /// Identity keys of an arriving party, and the hashes that they have in their shop.
    var arrivingKeys: [(IdentityKey, UInt64)] = []
    /// Whom the shared values lead to, but for those that another value may lead to again.
    var met = ProfileMarks()
    private var seen = ProfileMarks()
    /// Profiles of a component whose pairs are all known: a pair is the same from either side.
    private var expanded = ProfileMarks()
    /// Profiles of components that were laid out and are divided as they should be, as long as nothing has changed since.
    private var laidOut = ProfileMarks()
    /// The last event when they were.
    private var laidOutSequence: UInt64 = 0

    package init() {}

    /// The features of a party if they were the last to be extracted.
    package mutating func takeFeatures(of party: PreparedParty) -> PartyFeatures? {
        guard featuresHash == party.contentHash, featuresHash != 0 else { return nil }
        featuresHash = 0
        return features
    }

    mutating func begin() {
        candidates.removeAll(keepingCapacity: true)
        seen.removeAll()
    }

    mutating func beginComponent() { expanded.removeAll() }

    mutating func endComponent() { expanded.removeAll() }

    mutating func noteExpanded(_ profile: UInt32) { expanded.insert(profile) }

    /// Notes that a component is divided as it should be after the event `sequence`.
    mutating func noteLaidOut(_ component: [UInt32], at sequence: UInt64) {
        if sequence != laidOutSequence { laidOut.removeAll() }
        laidOutSequence = sequence
        for profile in component { laidOut.insert(profile) }
    }

    /// Whether the component of the profile is known to be divided as it should be: from whichever of its profiles it is
    /// laid out, it is the same.
    func isLaidOut(_ profile: UInt32, at sequence: UInt64) -> Bool {
        sequence == laidOutSequence && laidOut.contains(profile)
    }

    /// Comparisons of two rows so far, but for those with several addresses and those of arrivals.
    package var comparisonsMade: Int { comparisons.made }

    /// Notes a value that leads to others, and asks memory for who they are.
    @inline(__always) mutating func share(_ value: SharedValue, _ lists: borrowing ListArena) {
        lists.prefetch(value.others)
        sharedValues.append(value)
    }

    /// Whether the profile was not seen since `begin`, and its pairs are still to be found.
    /// - Parameter comesAgain: whether it may be asked about again.
    @inline(__always) mutating func isFirst(_ profile: UInt32, comesAgain: Bool = true) -> Bool {
        guard expanded.isEmpty || !expanded.contains(profile) else { return false }
        return comesAgain ? seen.insert(profile) : seen.isEmpty || !seen.contains(profile)
    }
}
