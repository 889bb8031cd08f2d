/// How much of the past stays on the disk beyond what a start needs.
package enum HistoryChoice: Equatable, Sendable {
    /// The whole journal, from its first event on.
    case all
    /// The journal of so many days, with a snapshot a day to begin with; 0 for what a start needs and nothing more.
    case days(Int)

    package init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if let days = Int(text), (0...36_500).contains(days) {
            self = .days(days)
        } else {
            return nil
        }
    }

    /// As it stands on the command line: `all`, or a number of days.
    package var text: String {
        switch self {
        case .all: "all"
        case .days(let days): "\(days)"
        }
    }
}

/// What may be removed once a new snapshot counts.
enum Retention {
    private static let dayMilliseconds: UInt64 = 86_400_000

    /// Writes the manifest for the newest snapshot and the one before it, then removes what neither they nor the history
    /// need. The order of the steps is such that a crash between any two leaves a folder that starts.
    static func keep(_ folder: DataFolder, newest: SnapshotEntry, history: HistoryChoice) throws(StoreError) {
        let names = try fileOperation { () throws(FileError) in try folder.fileSystem.list(folder.path) }
        let older = try newestIntact(below: newest.sequence, names, folder)
        let kept = [newest] + (older.map { [$0] } ?? [])
        try fileOperation { () throws(FileError) in try SnapshotManifest(entries: kept).write(folder) }
        // Until there are two, the journal is kept from its beginning: it is the second generation.
        guard let older else { return }
        let below = snapshots(names, below: older.sequence)
        guard case .days(let days) = history else { return try remove(below.map(FileName.snapshot), folder) }
        let bases = try days == 0 ? ([], older.sequence) : bases(below, folder, days: days, now: newest.createdAt)
        // Snapshots first: at no moment may one be there without the journal after it.
        try remove(below.filter { !bases.kept.contains($0) }.map(FileName.snapshot), folder)
        if let first = bases.first { try remove(segments(names, below: first), folder) }
    }

    /// The older snapshots that stay, one a day, and the newest of those older than so many days, from which everything
    /// younger can be built; nil while there is none: then all of the journal is younger than that.
    private static func bases(
        _ sequences: [UInt64], _ folder: DataFolder, days: Int, now: UInt64
    ) throws(StoreError) -> (kept: [UInt64], first: UInt64?) {
        let age = UInt64(days) * dayMilliseconds
        var kept: [(sequence: UInt64, createdAt: UInt64)] = []
        for sequence in sequences {
            guard let createdAt = try SnapshotReader.createdAt(folder, FileName.snapshot(sequence)) else { continue }
            if let last = kept.last, createdAt < last.createdAt + dayMilliseconds { continue }
            kept.append((sequence, createdAt))
        }
        let first = kept.lastIndex { $0.createdAt + age <= now }
        return (kept[(first ?? 0)...].map(\.sequence), first.map { kept[$0].sequence })
    }

    private static func remove(_ names: [String], _ folder: DataFolder) throws(StoreError) {
        guard !names.isEmpty else { return }
        try fileOperation { () throws(FileError) in
            for name in names { try folder.fileSystem.removeInPieces(folder.path + "/" + name, in: folder.path) }
            try folder.fileSystem.synchronizeFolder(folder.path)
        }
    }

    /// The snapshot to fall back to: read through again, since a damaged one is no second generation.
    private static func newestIntact(
        below sequence: UInt64, _ names: [String], _ folder: DataFolder
    ) throws(StoreError) -> SnapshotEntry? {
        for older in names.compactMap(FileName.snapshotSequence).sorted(by: >) where older < sequence {
            do throws(StoreError) {
                var reader = try SnapshotReader(folder, FileName.snapshot(older), sequence: older)
                return try reader.read(unpacking: false, onChunk: { _, _ throws(StoreError) in }).entry
            } catch {
                guard case .damaged = error else { throw error }
            }
        }
        return nil
    }

    private static func snapshots(_ names: [String], below sequence: UInt64) -> [UInt64] {
        names.compactMap(FileName.snapshotSequence).filter { $0 < sequence }.sorted()
    }

    /// Segments whose last event is not above `sequence`, oldest first, with the cut ends kept beside them. A segment
    /// ends where the next one begins, so the last one always stays.
    private static func segments(_ names: [String], below sequence: UInt64) -> [String] {
        let firsts = names.compactMap(FileName.segmentSequence).sorted()
        let ended = zip(firsts, firsts.dropFirst()).filter { $1 <= sequence + 1 }.map(\.0)
        return ended.flatMap { first in
            let name = FileName.segment(first)
            return [name] + names.filter { $0.hasPrefix(name + ".cut-") }
        }
    }
}
