import Bytes

/// Where a journal ends: what the next writer must know. Recovery finds it.
package struct JournalEnd: Equatable, Sendable {
    /// The sequence number that the next event gets; 1 in an empty journal.
    package var nextSequence: UInt64
    /// Header checksum of the last valid group; 0 if there is none.
    package var chain: UInt64
    /// The segment to go on with; nil = the next group begins a new one.
    package var segment: String?
    /// Bytes of that segment that are valid.
    package var offset: Int
    /// Bytes of that segment which its own headers, or a clean stop, say to be durable; the groups between here and
    /// `offset` were perhaps only ever in the page cache.
    package var durableOffset: Int
    /// The torn end to be cut before anything is written; nil if the journal ends well.
    package var tornCut: TornCut?

    /// A journal that has not begun.
    package static let empty = JournalEnd(
        nextSequence: 1, chain: 0, segment: nil, offset: 0, durableOffset: 0, tornCut: nil)
}

/// The end of the last segment that a crash left half written.
package struct TornCut: Equatable, Sendable, CustomStringConvertible {
    /// The segment's name in the data folder.
    package let file: String
    /// Where the valid part ends, in bytes.
    package let offset: Int
    package let bytes: Int
    /// The last sequence number before the cut; 0 if there is none.
    package let lastGoodSequence: UInt64
    /// What stood there.
    package let reason: Damage.Reason

    package var description: String {
        "\(file) is torn at offset \(offset) (\(reason.rawValue)): \(bytes) bytes cut after sequence \(lastGoodSequence)"
    }
}

/// The part of the segment now being written that is on disk for sure.
package struct LiveSegment: Equatable, Sendable {
    package let file: String
    package let bytes: Int
    package let sequence: UInt64
}

/// Appends groups of events to the journal. Confined to one thread at a time: the journal's lane.
///
/// Every call blocks on the disk. Once a call has thrown `.failed`, every later one throws the same error.
package final class JournalWriter {
    package struct Options: Equatable, Sendable {
        /// A segment that has reached this many bytes is ended.
        package var segmentBytes: Int
        package init(segmentBytes: Int = 64 << 20) { self.segmentBytes = segmentBytes }
    }

    /// The segment being written.
    private struct Segment {
        let name: String
        let file: any File
        /// Where the next group goes, in bytes.
        var offset: Int
        /// Bytes that are durable.
        var syncedOffset: Int
    }

    /// The sequence number that the next group must begin with.
    package private(set) var nextSequence: UInt64
    /// The highest sequence number known to be durable.
    package private(set) var syncedSequence: UInt64
    /// Bytes written to disk since this writer was opened.
    package private(set) var bytesWritten = 0

    private let folder: DataFolder
    private let options: Options
    private var encoder: BlockEncoder
    private var segment: Segment
    /// Set once and for ever by an error after which the state of the disk is unknown.
    private var failure: StoreError?

    private init(_ folder: DataFolder, _ end: JournalEnd, _ options: Options, _ segment: Segment) {
        self.folder = folder
        self.options = options
        self.segment = segment
        encoder = BlockEncoder(chain: end.chain)
        nextSequence = end.nextSequence
        syncedSequence = end.nextSequence - 1
    }

    /// Opens the journal where recovery found its end: saves and cuts a torn end, removes the clean-stop file, and
    /// makes both durable before it returns.
    package static func open(
        _ folder: DataFolder, at end: JournalEnd, options: Options = Options()
    ) throws(StoreError) -> JournalWriter {
        let segment = try fileOperation { () throws(FileError) -> Segment in
            if let cut = end.tornCut { try TornEnd.save(cut, in: folder) }
            let segment = try resume(folder, end)
            try CleanStop.remove(folder)
            return segment
        }
        return JournalWriter(folder, end, options, segment)
    }

    /// Opens the last segment and makes durable what is valid of it: from now on it counts.
    ///
    /// What may never have reached the disk is written again. If a sync had failed before this process, the kernel may
    /// show those bytes and yet hold them for clean; a sync alone would then succeed without writing anything. But they
    /// may also be on disk and have been acknowledged, so they are written into a copy that takes the segment's name
    /// when it is durable: a crash on the way leaves one whole segment or the other. Only a disk without room for the
    /// copy has them written over themselves.
    private static func resume(_ folder: DataFolder, _ end: JournalEnd) throws(FileError) -> Segment {
        guard let name = end.segment else { return try begin(folder, end.nextSequence) }
        let system = folder.fileSystem
        var isCopied = end.durableOffset == end.offset
        if !isCopied { isCopied = try replaceByCopy(name, bytes: end.offset, in: folder) }
        let file = try system.open(folder.path + "/" + name, .write)
        try file.truncate(to: end.offset)
        if !isCopied { try file.copy(end.durableOffset..<end.offset, to: file, at: end.durableOffset) }
        try file.synchronizeData()
        try system.synchronizeFolder(folder.path)
        return Segment(name: name, file: file, offset: end.offset, syncedOffset: end.offset)
    }

    /// Puts a durable copy of the segment's first `bytes` bytes in its place, as one step that survives a crash whole.
    /// - Returns: false, and the segment is as it was, when the disk has no room for it.
    private static func replaceByCopy(_ name: String, bytes: Int, in folder: DataFolder) throws(FileError) -> Bool {
        let system = folder.fileSystem
        let path = folder.path + "/" + name
        let aside = path + ".tmp"
        do throws(FileError) {
            let source = try system.open(path, .read)
            let copy = try system.open(aside, .write)
            try copy.truncate(to: 0)
            try source.copy(0..<bytes, to: copy, at: 0)
            try copy.synchronizeData()
            try copy.close()
            try source.close()
        } catch {
            guard error.isDiskFull else { throw error }
            if try system.list(folder.path).contains(name + ".tmp") { try system.remove(aside) }
            return false
        }
        try system.rename(aside, to: path)
        try system.synchronizeFolder(folder.path)
        return true
    }

    // MARK: Appending

    /// Writes one group: `count` events, each preceded by its length as a varint, at most
    /// `BlockHeader.maximumContent` bytes in all. It is durable only after `sync`.
    ///
    /// `.diskFull` means that nothing was written; the same group may be appended later.
    /// - Precondition: `firstSequence == nextSequence`, `count >= 1`.
    package func append(_ events: Span<UInt8>, firstSequence: UInt64, count: Int) throws(StoreError) {
        precondition(firstSequence == nextSequence, "sequence numbers have no gaps")
        precondition(count >= 1 && count <= events.count && events.count <= BlockHeader.maximumContent)
        if let failure { throw failure }
        try turnOverFullSegment()
        let header = encoder.encode(
            .events, count: UInt32(count), first: firstSequence, second: syncedSequence, content: events)
        do throws(FileError) {
            try encoder.write(to: segment.file, at: segment.offset)
        } catch { throw takeBack(error) }
        encoder.accept(header)
        segment.offset += header.blockLength
        bytesWritten += header.blockLength
        nextSequence += UInt64(count)
    }

    /// Begins the next segment if this one has its size. It is made durable first, since only the last segment may
    /// ever be torn.
    private func turnOverFullSegment() throws(StoreError) {
        guard segment.offset >= options.segmentBytes else { return }
        try sync()
        let fresh = try fileOperation { () throws(FileError) in
            try Self.create(FileName.segment(nextSequence), in: folder)
        }
        do throws(FileError) {
            try folder.fileSystem.synchronizeFolder(folder.path)
            try segment.file.close()
        } catch { throw fail(error) }
        segment = fresh
    }

    private static func create(_ name: String, in folder: DataFolder) throws(FileError) -> Segment {
        let file = try folder.fileSystem.open(folder.path + "/" + name, .createNew)
        return Segment(name: name, file: file, offset: 0, syncedOffset: 0)
    }

    /// Begins the first segment, or one beside older ones that are not gone on with: those a salvage has read, or one
    /// whose end was lost while a snapshot held more. It is made at once, so that the next start begins with it.
    private static func begin(_ folder: DataFolder, _ sequence: UInt64) throws(FileError) -> Segment {
        let name = FileName.segment(sequence)
        // One of this name can only be a segment whose events are all lost; its bytes are kept.
        try TornEnd.moveAside(name, in: folder)
        let segment = try create(name, in: folder)
        try folder.fileSystem.synchronizeFolder(folder.path)
        return segment
    }

    /// Undoes a group that was not wholly written.
    private func takeBack(_ error: FileError) -> StoreError {
        do throws(FileError) {
            try segment.file.truncate(to: segment.offset)
        } catch { return fail(error) }
        return error.isDiskFull ? .diskFull(error) : fail(error)
    }

    private func fail(_ error: FileError) -> StoreError {
        let failed = StoreError.failed(error)
        failure = failed
        return failed
    }

    // MARK: Durability

    /// Makes everything appended so far durable. A failure is final.
    package func sync() throws(StoreError) {
        if let failure { throw failure }
        guard segment.syncedOffset < segment.offset else { return }
        do throws(FileError) { try segment.file.synchronizeData() } catch { throw fail(error) }
        segment.syncedOffset = segment.offset
        syncedSequence = nextSequence - 1
    }

    /// Syncs, leaves the clean-stop file and closes. Nothing may be called afterwards.
    package func finish() throws(StoreError) {
        try sync()
        do throws(FileError) {
            try CleanStop(sequence: nextSequence - 1, chain: encoder.chain).write(folder)
            try segment.file.close()
        } catch { throw fail(error) }
    }

    /// The live segment up to the last sync, for an online verify.
    package var durableEnd: LiveSegment {
        LiveSegment(file: segment.name, bytes: segment.syncedOffset, sequence: syncedSequence)
    }

    /// The live segment up to the last write: what may be shown where nobody waits for the disk.
    package var writtenEnd: LiveSegment {
        LiveSegment(file: segment.name, bytes: segment.offset, sequence: nextSequence - 1)
    }
}

/// The torn end of a segment on its way out. Nothing is thrown away: the bytes are kept beside the segment.
private enum TornEnd {
    /// Copies the bytes that are to be cut, durably.
    static func save(_ cut: TornCut, in folder: DataFolder) throws(FileError) {
        let system = folder.fileSystem
        let source = try system.open(folder.path + "/" + cut.file, .read)
        let name = try freeName("\(cut.file).cut-\(cut.offset)", in: folder)
        let target = try system.open(folder.path + "/" + name, .createNew)
        try source.copy(cut.offset..<(cut.offset + cut.bytes), to: target, at: 0)
        try target.synchronizeData()
        try target.close()
        try source.close()
        try system.synchronizeFolder(folder.path)
    }

    /// Renames a whole segment, if there is one of that name.
    static func moveAside(_ name: String, in folder: DataFolder) throws(FileError) {
        guard try folder.fileSystem.list(folder.path).contains(name) else { return }
        let aside = try freeName("\(name).cut-0", in: folder)
        try folder.fileSystem.rename(folder.path + "/" + name, to: folder.path + "/" + aside)
    }

    private static func freeName(_ name: String, in folder: DataFolder) throws(FileError) -> String {
        let taken = Set(try folder.fileSystem.list(folder.path))
        var candidate = name
        var number = 2
        while taken.contains(candidate) {
            candidate = "\(name).\(number)"
            number += 1
        }
        return candidate
    }
}
