/// Finds the list of a gram: three letters in a row in the lower 24 bits, never zero. Flat, so that noting the dozen grams of
/// a new word costs some dozen nanoseconds each.
struct GramTable: Sendable {
    private struct Entry: BitwiseCopyable {
        /// Zero where nothing stands.
        var gram: UInt32 = 0
        var list: UInt32 = 0
    }

    /// A power of two, at most three quarters of them taken.
    private var entries = [Entry](repeating: Entry(), count: 1_024)
    private var count = 0

    var allocatedBytes: Int { entries.count * MemoryLayout<Entry>.stride }

    @inline(__always) private func place(of gram: UInt32) -> Int {
        let mask = entries.count &- 1
        var place = Int(truncatingIfNeeded: (UInt64(gram) &* 0x9E37_79B9_7F4A_7C15) &>> 32) & mask
        while entries[place].gram != gram, entries[place].gram != 0 { place = (place &+ 1) & mask }
        return place
    }

    /// Nil for a gram that no word has.
    subscript(gram: UInt32) -> UInt32? {
        let entry = entries[place(of: gram)]
        return entry.gram == 0 ? nil : entry.list
    }

    /// - Precondition: the gram is not there.
    mutating func insert(_ gram: UInt32, list: UInt32) {
        precondition(gram != 0)
        count += 1
        if count * 4 > entries.count * 3 { grow() }
        entries[place(of: gram)] = Entry(gram: gram, list: list)
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: old.count * 2)
        for entry in old where entry.gram != 0 { entries[place(of: entry.gram)] = entry }
    }
}
