import Bytes

/// Comparisons of rows that were made lately: a component is laid out anew whenever one of its profiles is weighed, and of
/// its pairs one or two are new. Half of all comparisons are found here. A row is named by the hash of its features, so
/// that what is kept is true of any state. 1.5 MiB, as soon as anything is compared.
struct ComparisonCache: ~Copyable, Sendable {
    private struct Entry: BitwiseCopyable {
        /// 0 where nothing is kept yet.
        var key: UInt64 = 0
        var comparison = PairComparison()
    }

    private static let entryBits = 16

    private var entries: [Entry] = []
    /// Comparisons that were made because they were not kept.
    private(set) var made = 0

    /// The comparison of two rows by their hashes: the kept one, or what `compare` gives.
    @inline(__always)
    mutating func comparison(_ one: UInt64, _ other: UInt64, _ compare: () -> PairComparison) -> PairComparison {
        let key = Hash64(seed: 0).combine(min(one, other), max(one, other)) | 1
        // The highest bits find the place; the lowest is given away to tell a key from none.
        let place = Int(truncatingIfNeeded: key >> UInt64(64 - Self.entryBits))
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: 1 << Self.entryBits) }
        if entries[place].key == key { return entries[place].comparison }
        let comparison = compare()
        made += 1
        entries[place] = Entry(key: key, comparison: comparison)
        return comparison
    }
}
