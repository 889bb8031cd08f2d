import Bytes

/// Pairs of rows that were weighed lately: a component is laid out anew whenever one of its profiles is weighed, and of
/// its pairs one or two are new. Four in five are found here. A row is named by the hash of its features and rules by their
/// fingerprint, so that what is kept is true of any state. 2 MiB, as soon as anything is compared.
struct ComparisonCache: ~Copyable, Sendable {
    private struct Entry: BitwiseCopyable {
        /// 0 where nothing is kept yet.
        var key: UInt64 = 0
        var comparison = PairComparison()
        /// What it weighs where nothing is withheld, with these classes: those of no shop as long as it was not weighed.
        var verdict = PairVerdict.none
        var reason = PairReason.none
        var score: Int32 = 0
        var classes = FrequencyClasses(population: .max)

        @inline(__always) var weight: PairWeight {
            PairWeight(score: score, levels: comparison.levels, verdict: verdict, reason: reason)
        }
    }

    private static let entryBits = 16

    private var entries: [Entry] = []
    /// Comparisons that were made because they were not kept.
    private(set) var made = 0

    @inline(__always) private static func key(_ one: UInt64, _ other: UInt64, _ weigher: PairWeigher) -> UInt64 {
        (Hash64(seed: 0).combine(min(one, other), max(one, other)) ^ weigher.fingerprint) | 1
    }

    /// The highest bits find the place; the lowest is given away to tell a key from none.
    @inline(__always) private static func place(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: key >> UInt64(64 - entryBits))
    }

    /// Asks memory for what is kept of two rows; waits for nothing.
    @inline(__always) func prefetch(_ one: UInt64, _ other: UInt64, by weigher: PairWeigher) {
        guard !entries.isEmpty else { return }
        entries.span.prefetch(Self.place(of: Self.key(one, other, weigher)))
    }

    /// What two rows, by their hashes, weigh by a weigher's rules. Each has one address at most.
    /// - Parameter compare: gives their comparison where it is not kept.
    @inline(__always)
    mutating func weight(
        of one: UInt64, _ other: UInt64, _ classes: FrequencyClasses, withheld: FieldMask, by weigher: PairWeigher,
        _ compare: () -> PairComparison
    ) -> PairWeight {
        let key = Self.key(one, other, weigher)
        let place = Self.place(of: key)
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: 1 << Self.entryBits) }
        if entries[place].key != key {
            made += 1
            entries[place] = Entry(key: key, comparison: compare())
        } else if entries[place].classes == classes, withheld.isEmpty {
            return entries[place].weight
        }
        return weigh(place, classes, withheld, weigher)
    }

    /// Weighs a comparison that is kept.
    private mutating func weigh(
        _ place: Int, _ classes: FrequencyClasses, _ withheld: FieldMask, _ weigher: PairWeigher
    ) -> PairWeight {
        let comparison = entries[place].comparison
        guard withheld.isEmpty else { return weigher.weigh(comparison, classes, withheld: withheld) }
        // From the other side, values that differ have other classes, which do not count.
        if comparison.counts(classes, like: entries[place].classes) { return entries[place].weight }
        let weight = weigher.weigh(comparison, classes, withheld: [])
        entries[place].score = weight.score
        entries[place].verdict = weight.verdict
        entries[place].reason = weight.reason
        entries[place].classes = classes
        return weight
    }
}
