import Bytes

/// Writes one snapshot over time, section by section, beside the running engine. Confined to one thread at a time: the
/// snapshot's lane.
///
/// Nothing counts before `finish` has returned. A writer that is dropped or has thrown leaves a `.tmp` file, which the
/// next `begin` removes, and what a crash left of files that were being removed; a full disk is no more than a snapshot
/// that failed.
package final class SnapshotWriter {
    /// The largest content of one chunk in bytes.
    package static let maximumChunk = 1 << 20

    /// Bytes that are written before they are synced. What waits for the disk at once would otherwise grow with the snapshot,
    /// and with it how long the journal's own sync has to wait behind it: with 4 MiB one order in 3,700 waited longer than 5 ms
    /// while a million were written, with about a chunk's length none of 33,000 did, and the snapshot took no longer.
    static let mostUnsynced = 256 << 10

    private let folder: DataFolder
    private let sequence: UInt64
    private let createdAt: UInt64
    private let file: any File
    private let temporaryName: String
    private var offset = 0
    private var syncedOffset = 0
    private var encoder = BlockEncoder(chain: 0)
    private var pending = ByteWriter(capacity: SnapshotWriter.maximumChunk)
    private var sections = 0
    private var contentBytes = 0
    private var isInSection = false
    private var chunks = 0
    private var sectionBytes = 0

    private init(_ folder: DataFolder, _ sequence: UInt64, _ createdAt: UInt64, _ name: String, _ file: any File) {
        self.folder = folder
        self.sequence = sequence
        self.createdAt = createdAt
        temporaryName = name
        self.file = file
    }

    /// Begins the snapshot of the state after `sequence`, which must be durable in the journal before `finish`.
    /// - Parameter createdAt: milliseconds since 1970.
    package static func begin(
        _ folder: DataFolder, sequence: UInt64, createdAt: UInt64
    ) throws(StoreError) -> SnapshotWriter {
        let name = FileName.snapshot(sequence) + ".tmp"
        let file = try fileOperation { () throws(FileError) in
            for stale in try folder.fileSystem.list(folder.path) where FileName.isLeftover(stale) {
                try folder.fileSystem.removeInPieces(folder.path + "/" + stale, in: folder.path)
            }
            return try folder.fileSystem.open(folder.path + "/" + name, .createNew)
        }
        let writer = SnapshotWriter(folder, sequence, createdAt, name, file)
        try writer.put(.snapshotBegin, first: sequence, second: createdAt)
        return writer
    }

    /// - Precondition: no section is open.
    package func beginSection(kind: UInt32, first: UInt64, second: UInt64) throws(StoreError) {
        precondition(!isInSection, "the section before has not ended")
        isInSection = true
        chunks = 0
        sectionBytes = 0
        try put(.sectionBegin, count: kind, first: first, second: second)
    }

    /// Adds to the open section. What one call writes lies in one chunk for the reader, unless it is longer than
    /// `maximumChunk`: then chunk borders fall inside it.
    package func write(_ bytes: Span<UInt8>) throws(StoreError) {
        precondition(isInSection, "no section is open")
        if pending.count + bytes.count > Self.maximumChunk { try flush() }
        var taken = 0
        while taken < bytes.count {
            let end = min(bytes.count, taken + Self.maximumChunk)
            pending.append(bytes.extracting(taken..<end))
            taken = end
            if pending.count == Self.maximumChunk { try flush() }
        }
    }

    /// - Precondition: a section is open.
    package func endSection() throws(StoreError) {
        precondition(isInSection, "no section is open")
        try flush()
        try put(
            .sectionEnd, count: UInt32(truncatingIfNeeded: chunks), first: UInt64(sections),
            second: UInt64(sectionBytes))
        isInSection = false
        sections += 1
    }

    /// Ends the file, makes it durable, reads it back and verifies it, gives it its name, writes the manifest and then
    /// removes what neither the two newest snapshots nor the history need: older snapshots, and journal segments wholly
    /// below the oldest that stays.
    package func finish(history: HistoryChoice = .days(0)) throws(StoreError) -> SnapshotEntry {
        precondition(!isInSection, "the last section has not ended")
        try put(
            .snapshotEnd, count: UInt32(truncatingIfNeeded: sections), first: UInt64(contentBytes), second: sequence)
        try fileOperation { () throws(FileError) in
            try file.synchronizeData()
            try file.close()
        }
        var reader = try SnapshotReader(folder, temporaryName, sequence: sequence)
        let summary = try reader.read(unpacking: true, onChunk: { _, _ throws(StoreError) in })
        guard summary.entry.checksum == encoder.chain else {
            throw .damaged([Damage(.counts, file: temporaryName, offset: 0)])
        }
        try fileOperation { () throws(FileError) in
            let path = folder.path + "/"
            try folder.fileSystem.rename(path + temporaryName, to: path + FileName.snapshot(sequence))
            try folder.fileSystem.synchronizeFolder(folder.path)
        }
        try Retention.keep(folder, newest: summary.entry, history: history)
        return summary.entry
    }

    private func flush() throws(StoreError) {
        guard pending.count > 0 else { return }
        // Taken out of `self` while it is read, and put back so that its memory is used again.
        var chunk = ByteWriter(capacity: 16)
        swap(&chunk, &pending)
        try put(
            .chunk, count: UInt32(truncatingIfNeeded: chunks), first: UInt64(sections), second: UInt64(sectionBytes),
            content: chunk.span)
        chunks += 1
        sectionBytes += chunk.count
        contentBytes += chunk.count
        chunk.removeAll()
        swap(&chunk, &pending)
    }

    private func put(
        _ kind: BlockKind, count: UInt32 = 0, first: UInt64, second: UInt64, content: Span<UInt8> = Span()
    ) throws(StoreError) {
        let header = encoder.encode(kind, count: count, first: first, second: second, content: content)
        try fileOperation { () throws(FileError) in try encoder.write(to: file, at: offset) }
        encoder.accept(header)
        offset += header.blockLength
        guard offset - syncedOffset >= Self.mostUnsynced else { return }
        try fileOperation { () throws(FileError) in try file.synchronizeData() }
        syncedOffset = offset
    }
}
