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

/// Somebody who shares a value with the profile in hand, and which.
struct Lead {
    var profile: UInt32
    var kind: ValueKind
    var hash: UInt64
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
    /// What the profile in hand is posted under, and whom that leads to.
    var postingKeys: [PostingKey] = []
    var leads: [Lead] = []
    /// Identity keys of an arriving party, and the hashes that they have in their shop.
    var arrivingKeys: [(IdentityKey, UInt64)] = []
    /// Keeps look-ahead reads from being optimised away.
    var touched: UInt64 = 0
    private var seen = ProfileMarks()
    /// Profiles of a component whose pairs are all known: a pair is the same from either side.
    private var expanded = ProfileMarks()

    package init() {}

    /// The features of a party if they were the last to be extracted.
    package mutating func takeFeatures(of party: PreparedParty) -> PartyFeatures? {
        guard featuresHash == party.contentHash, featuresHash != 0 else { return nil }
        featuresHash = 0
        return features
    }

    mutating func begin(profiles: Int) {
        candidates.removeAll(keepingCapacity: true)
        seen.begin(profiles: profiles)
    }

    mutating func beginComponent(profiles: Int) { expanded.begin(profiles: profiles) }

    mutating func endComponent() { expanded.end() }

    mutating func noteExpanded(_ profile: UInt32) { expanded.mark(profile) }

    /// Comparisons of two rows so far, but for those with several addresses and those of arrivals.
    package var comparisonsMade: Int { comparisons.made }

    /// Whether `isFirst` was asked about the profile since `begin`.
    @inline(__always) func isSeen(_ profile: UInt32) -> Bool { seen.isMarked(profile) }

    /// Whether the profile was not seen since `begin`, and its pairs are still to be found.
    @inline(__always) mutating func isFirst(_ profile: UInt32) -> Bool {
        if seen.isMarked(profile) { return false }
        seen.mark(profile)
        return !expanded.isMarked(profile)
    }
}

/// A set of profiles that is emptied in no time.
private struct ProfileMarks {
    private var stamps: [UInt32] = []
    private var epoch: UInt32 = 0
    private var isActive = false

    mutating func begin(profiles: Int) {
        if stamps.count < profiles {
            stamps.append(contentsOf: repeatElement(0, count: max(profiles, stamps.count * 3 / 2) - stamps.count))
        }
        epoch &+= 1
        if epoch == 0 {
            for index in stamps.indices { stamps[index] = 0 }
            epoch = 1
        }
        isActive = true
    }

    mutating func end() { isActive = false }

    @inline(__always) mutating func mark(_ profile: UInt32) { stamps[Int(profile)] = epoch }

    @inline(__always) func isMarked(_ profile: UInt32) -> Bool { isActive && stamps[Int(profile)] == epoch }
}
