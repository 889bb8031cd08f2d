import Bytes
import Simulation
import Store
import Testing

/// What a start on a folder came to, in the only shapes that are allowed.
enum StartOutcome: Equatable {
    /// Started; the snapshot's chunks and the events, and the report.
    case started(chunks: [[UInt8]], events: [[UInt8]], report: RecoveryReport)
    case refused([Damage])
    case otherError(StoreError)
}

/// One folder on one disk, with what a test does to it.
struct StoreFixture {
    static let path = "data"
    static let seed = FolderSeed(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
    let fileSystem: any FileSystem
    let path: String

    init(_ fileSystem: any FileSystem, path: String = StoreFixture.path) {
        self.fileSystem = fileSystem
        self.path = path
    }

    func openFolder() throws(StoreError) -> DataFolder {
        try DataFolder.open(path, on: fileSystem, holder: "pid 1", newSeed: Self.seed)
    }

    /// Reads everything back, as a server does at start; writes nothing.
    func start(mode: RecoveryMode = .strict) -> StartOutcome {
        do throws(StoreError) {
            let folder = try openFolder()
            defer { folder.close() }
            let recovered = try recover(folder, mode: mode)
            return .started(chunks: recovered.chunks, events: recovered.events, report: recovered.report)
        } catch {
            if case .damaged(let damage) = error { return .refused(damage) }
            return .otherError(error)
        }
    }

    func recover(
        _ folder: DataFolder, mode: RecoveryMode = .strict
    ) throws(StoreError) -> (chunks: [[UInt8]], events: [[UInt8]], report: RecoveryReport, end: JournalEnd) {
        var chunks: [[UInt8]] = []
        var events: [[UInt8]] = []
        let plan = try Recovery.scan(folder, mode: mode)
        var expected = (plan.snapshot?.sequence ?? 0) + 1
        let (report, end) = try Recovery.replay(
            plan, from: folder,
            onChunk: { (_, bytes) throws(StoreError) in chunks.append(bytes.array) },
            onEvent: { (sequence, bytes) throws(StoreError) in
                if mode == .strict { #expect(sequence == expected) }
                expected = sequence + 1
                events.append(bytes.array)
            })
        return (chunks, events, report, end)
    }

    /// Opens the folder for writing, as a server does after its recovery.
    func openWriter(segmentBytes: Int = 64 << 20) throws(StoreError) -> (folder: DataFolder, writer: JournalWriter) {
        let folder = try openFolder()
        do throws(StoreError) {
            let end = try recover(folder).end
            return (folder, try JournalWriter.open(folder, at: end, options: .init(segmentBytes: segmentBytes)))
        } catch {
            folder.close()
            throw error
        }
    }

    func segments() throws -> [String] { try fileSystem.list(path).filter { FileName.segmentSequence($0) != nil } }
}

extension JournalWriter {
    /// Appends one group.
    func append(group: [[UInt8]]) throws(StoreError) {
        var framed = ByteWriter()
        for event in group { framed.appendCounted(event.span) }
        try append(framed.span, firstSequence: nextSequence, count: group.count)
    }
}

extension SnapshotWriter {
    /// Writes a section of one write per piece.
    func section(_ kind: UInt32, _ pieces: [[UInt8]]) throws(StoreError) {
        try beginSection(kind: kind, first: UInt64(kind) * 10, second: UInt64(kind) * 100)
        for piece in pieces { try write(piece.span) }
        try endSection()
    }
}

/// Events that differ from each other and compress a little.
func makeEvents(_ count: Int, from first: Int = 1, _ generator: inout SeededGenerator) -> [[UInt8]] {
    (0..<count).map { index in
        let size = Int.random(in: 0..<40, using: &generator)
        return Array("event \(first + index):".utf8) + generator.bytes(size)
    }
}

extension DiskImage {
    /// The same files with one of them changed.
    func changing(_ file: String, _ change: (inout [UInt8]) -> Void) -> DiskImage {
        var copy = self
        let path = StoreFixture.path + "/" + file
        change(&copy.files[path, default: []])
        return copy
    }

    func removing(_ file: String) -> DiskImage {
        var copy = self
        copy.files[StoreFixture.path + "/" + file] = nil
        return copy
    }

    subscript(_ file: String) -> [UInt8] { files[StoreFixture.path + "/" + file] ?? [] }
}
