import Bytes

/// Reads the past: a snapshot from before a moment, then the journal behind it up to that moment. Changes nothing and is
/// no recovery: damage is an error, and what the running writer has not yet named as its end is not read.
package enum PastReader {
    /// A snapshot to begin with.
    package struct Base: Sendable {
        package let sequence: UInt64
        /// Milliseconds since 1970.
        package let createdAt: UInt64
    }

    /// The newest snapshot that `isBefore` takes; nil if the journal is to be read from its first event on, for which it
    /// must be kept from there. Blocks on the disk.
    package static func base(
        _ folder: DataFolder, where isBefore: (Base) -> Bool
    ) throws(StoreError) -> Base? {
        let names = try fileOperation { () throws(FileError) in try folder.fileSystem.list(folder.path) }
        for sequence in names.compactMap(FileName.snapshotSequence).sorted(by: >) {
            guard let createdAt = try SnapshotReader.createdAt(folder, FileName.snapshot(sequence)) else { continue }
            let base = Base(sequence: sequence, createdAt: createdAt)
            if isBefore(base) { return base }
        }
        return nil
    }

    /// Delivers a snapshot's sections, as recovery does.
    package static func read(
        _ base: Base, in folder: DataFolder, onChunk: (SnapshotSection, Span<UInt8>) throws(StoreError) -> Void
    ) throws(StoreError) {
        var reader = try SnapshotReader(folder, FileName.snapshot(base.sequence), sequence: base.sequence)
        _ = try reader.read(unpacking: true, onChunk: onChunk)
    }

    /// Delivers the events from `first` on until `body` wants no more or the end of what may be read.
    package static func replay(
        from first: UInt64, in folder: DataFolder, live: LiveSegment,
        _ body: (UInt64, Span<UInt8>) throws(StoreError) -> Bool
    ) throws(StoreError) {
        guard first <= live.sequence else { return }
        var cursor = try JournalCursor(folder, from: first, live: live)
        var isWanted = true
        while isWanted {
            let group = try cursor.readGroup { sequence, bytes throws(StoreError) in
                isWanted = try body(sequence, bytes)
                return isWanted
            }
            guard group != nil else { return }
        }
    }
}
