import Bytes
import Glibc

/// Where a group of the journal lies, so that reading can go on there without looking for it.
package struct JournalPosition: Equatable, Sendable {
    /// The segment's name.
    let segment: String
    let offset: Int
    /// The sequence number of the group's first event.
    let first: UInt64
}

/// Reads what is kept of the journal from any event on, beside its running writer and never beyond what that has named as
/// its end. Damage is an error: this is not recovery, nothing is judged to be torn here. Memory grows with the largest
/// group only. Blocks on the disk; confined to one thread at a time.
package struct JournalCursor: ~Copyable {
    private let folder: DataFolder
    private let live: LiveSegment
    /// Segments that are still to be read, the one in hand first.
    private var segments: [String]
    private var blocks: BlockReader
    /// The sequence number of the next group.
    private var expected: UInt64
    private let from: UInt64

    /// - Parameters:
    ///   - from: the first event wanted; it must be kept.
    ///   - live: what of the journal may be read.
    ///   - position: of the group that holds `from`, where it is known from before.
    package init(
        _ folder: DataFolder, from: UInt64, live: LiveSegment, at position: JournalPosition? = nil
    ) throws(StoreError) {
        let history = try JournalHistory.segments(of: folder, live: live)
        guard let start = history.lastIndex(where: { $0 <= from }) else {
            throw .damaged([
                Damage(.missing, file: FileName.segment(from), offset: 0, firstSequence: from, lastSequence: from)
            ])
        }
        let names = history[start...].map(FileName.segment)
        var blocks = try BlockReader(folder, names[0], limit: names[0] == live.file ? live.bytes : nil)
        var expected = history[start]
        if let position, position.segment == names[0], position.first <= from, position.offset <= blocks.size {
            blocks.skip(to: position.offset)
            expected = position.first
        }
        self.folder = folder
        self.live = live
        self.from = from
        self.segments = names
        self.expected = expected
        self.blocks = blocks
    }

    /// Delivers the events of the next group that are not before `from`.
    /// - Parameter body: gets an event with its sequence number; false = no more of this group is wanted.
    /// - Returns: where the group lies; nil at the end of what may be read.
    package mutating func readGroup(
        _ body: (UInt64, Span<UInt8>) throws(StoreError) -> Bool
    ) throws(StoreError) -> JournalPosition? {
        while true {
            let start = blocks.offset
            let first = from
            switch try blocks.next(unpacking: { $0.kind == .events && $0.last >= first }) {
            case .end:
                guard try nextSegment() else { return nil }
            case .damage(let reason):
                throw .damaged([Damage(reason, file: blocks.name, offset: start, firstSequence: expected)])
            case .block(let header):
                try check(header, at: start)
                expected = header.last + 1
                guard header.last >= from else { continue }
                try deliver(header, body)
                return JournalPosition(segment: blocks.name, offset: start, first: header.first)
            }
        }
    }

    private mutating func nextSegment() throws(StoreError) -> Bool {
        guard segments.count > 1 else { return false }
        segments.removeFirst()
        let first = FileName.segmentSequence(segments[0]) ?? 0
        guard first == expected else {
            throw .damaged([
                Damage(.gap, file: segments[0], offset: 0, firstSequence: expected, lastSequence: first &- 1)
            ])
        }
        blocks = try BlockReader(folder, segments[0], limit: segments[0] == live.file ? live.bytes : nil)
        return true
    }

    private func check(_ header: BlockHeader, at offset: Int) throws(StoreError) {
        guard header.kind == .events else { throw .damaged([Damage(.order, file: blocks.name, offset: offset)]) }
        guard header.first == expected else {
            throw .damaged([
                Damage(
                    .sequence, file: blocks.name, offset: offset, firstSequence: expected,
                    lastSequence: max(expected, header.first &- 1))
            ])
        }
    }

    private func deliver(
        _ header: BlockHeader, _ body: (UInt64, Span<UInt8>) throws(StoreError) -> Bool
    ) throws(StoreError) {
        let content = blocks.content.span
        var reader = ByteReader(content)
        for sequence in header.first...header.last {
            let range: Range<Int>
            do throws(ByteReaderError) { range = try reader.countedRange() } catch {
                throw .damaged([Damage(.events, file: blocks.name, offset: 0, firstSequence: header.first)])
            }
            guard sequence >= from else { continue }
            guard try body(sequence, content.extracting(range)) else { return }
        }
    }
}

/// What is kept of the journal: for feeds, questions about the past, and `INFO`.
package struct JournalHistory: Equatable, Sendable {
    /// The oldest event that is kept.
    package let oldest: UInt64
    /// Bytes of all segments that are kept.
    package let bytes: Int
    package let segments: Int
    /// Sequence numbers of the snapshots that are kept, ascending; the state can be built as it was after each of them.
    package let snapshots: [UInt64]

    /// The first event after which the state can be built: 1 if the journal is there from its beginning; nil for none.
    package var oldestState: UInt64? { oldest <= 1 ? 1 : snapshots.first { $0 + 1 >= oldest } }

    /// Looks at the folder's files; their content is not read. Blocks on the disk.
    package static func inspect(_ folder: DataFolder, live: LiveSegment) throws(StoreError) -> JournalHistory {
        let kept = try segments(of: folder, live: live)
        return try fileOperation { () throws(FileError) in
            var bytes = 0
            for first in kept {
                let file = try folder.fileSystem.open(folder.path + "/" + FileName.segment(first), .read)
                bytes += try file.size()
                try file.close()
            }
            let names = try folder.fileSystem.list(folder.path)
            return JournalHistory(
                oldest: kept.first ?? live.sequence + 1, bytes: bytes, segments: kept.count,
                snapshots: names.compactMap(FileName.snapshotSequence).sorted())
        }
    }

    /// The first sequence numbers of the segments up to the live one, ascending.
    static func segments(of folder: DataFolder, live: LiveSegment) throws(StoreError) -> [UInt64] {
        let names = try fileOperation { () throws(FileError) in try folder.fileSystem.list(folder.path) }
        let last = FileName.segmentSequence(live.file) ?? 0
        return names.compactMap(FileName.segmentSequence).filter { $0 <= last }.sorted()
    }
}

extension StoreError {
    /// Whether a file was removed between listing the folder and reading it.
    package var isAboutMissingFile: Bool {
        guard case .file(let error) = self else { return false }
        return error.code == ENOENT
    }
}
