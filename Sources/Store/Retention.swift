/// What may be removed once a new snapshot counts.
enum Retention {
    /// Writes the manifest for the newest snapshot and the one before it, then removes what neither needs. The order
    /// of the steps is such that a crash between any two leaves a folder that starts.
    static func keepTwo(_ folder: DataFolder, newest: SnapshotEntry) throws(StoreError) {
        let names = try fileOperation { () throws(FileError) in try folder.fileSystem.list(folder.path) }
        let older = try newestIntact(below: newest.sequence, names, folder)
        let kept = [newest] + (older.map { [$0] } ?? [])
        try fileOperation { () throws(FileError) in try SnapshotManifest(entries: kept).write(folder) }
        // Until there are two, the journal is kept from its beginning: it is the second generation.
        guard let older else { return }
        // Snapshots first: at no moment may one be there without the journal after it.
        try remove(snapshots(names, below: older.sequence), folder)
        try remove(segments(names, below: older.sequence), folder)
    }

    private static func remove(_ names: [String], _ folder: DataFolder) throws(StoreError) {
        guard !names.isEmpty else { return }
        try fileOperation { () throws(FileError) in
            for name in names { try folder.fileSystem.remove(folder.path + "/" + name) }
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

    private static func snapshots(_ names: [String], below sequence: UInt64) -> [String] {
        names.filter { FileName.snapshotSequence($0).map { $0 < sequence } ?? false }
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
