import Bytes

// Variants that came without an order: customers that a channel or a person put in by themselves. Most profiles never have
// one, so what is known of it stands beside them.

/// The last variant of a profile that came without an order. The layout is written to disk.
package struct ImportEntry: BitwiseCopyable, Sendable {
    package let profile: UInt32
    /// Row of the variant on the profile's shard.
    package let row: UInt32
    /// When the channel says that it was true, in milliseconds.
    package let at: Int64
}

/// One entry for each profile that was ever put in without an order, in the order in which that happened first.
struct ImportTable: ~Copyable, Sendable {
    private(set) var entries = PagedArray<ImportEntry>()
    private var index = HashIndex()

    var allocatedBytes: Int { entries.allocatedBytes + index.allocatedBytes }

    /// The last variant of the profile that came without an order; nil if none did.
    func entry(of profile: UInt32) -> ImportEntry? { place(of: profile).map { entries[$0] } }

    /// Notes an entry, in place of the one that its profile had.
    mutating func note(_ entry: ImportEntry) {
        if let known = place(of: entry.profile) {
            entries[known] = entry
        } else {
            index.insert(Self.hash(entry.profile), entries.append(entry))
        }
    }

    private func place(of profile: UInt32) -> Int? {
        index.find(Self.hash(profile)) { entries[$0].profile == profile }
    }

    private static func hash(_ profile: UInt32) -> UInt64 { Hash64(seed: 0).combine(UInt64(profile), 0) }

    // MARK: Snapshots

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func load(_ bytes: Span<UInt8>) -> Bool {
        var loaded = PagedArray<ImportEntry>()
        guard loaded.append(rawBytes: bytes) else { return false }
        for number in 0..<loaded.count {
            guard place(of: loaded[number].profile) == nil else { return false }
            note(loaded[number])
        }
        return true
    }
}

extension DirectoryState {
    /// Takes in a piece of the table of profiles as earlier versions wrote it; false if it cannot be one.
    mutating func loadFirstProfiles(_ bytes: Span<UInt8>) -> Bool {
        var loaded = PagedArray<FirstProfileEntry>()
        guard loaded.append(rawBytes: bytes) else { return false }
        for number in 0..<loaded.count {
            let entry = loaded[number]
            guard entry.shop <= UInt16.max else { return false }
            let profile = profiles.append(entry.current)
            guard entry.importedRow > 0 else { continue }
            imports.note(
                ImportEntry(profile: UInt32(profile), row: entry.importedRow - 1, at: entry.importedAt))
        }
        return true
    }

    /// Whether every import is one of a variant that is there.
    func areImportsConsistent() -> Bool {
        for number in 0..<imports.entries.count {
            let entry = imports.entries[number]
            guard Int(entry.profile) < profiles.count, entry.row < rows[shard(of: entry.profile)].variants else {
                return false
            }
        }
        return true
    }
}
