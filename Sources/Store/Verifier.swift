import Glibc

/// What one file of the store turned out to be.
package struct FileVerdict: Equatable, Sendable {
    package enum Kind: String, Equatable, Sendable { case journal, snapshot, manifest, cleanStop, folder, content }

    package let file: String
    package let kind: Kind
    package var bytes = 0
    /// First sequence number in it; 0 if none.
    package var firstSequence: UInt64 = 0
    /// Last sequence number in it; 0 if none.
    package var lastSequence: UInt64 = 0
    /// Groups of a segment, sections of a snapshot.
    package var blocks = 0
    /// Events of a segment, bytes of content of a snapshot.
    package var items = 0
    package var damage: [Damage] = []
    package var tornCut: TornCut?

    init(_ kind: Kind, file: String) {
        self.kind = kind
        self.file = file
    }
}

/// The result of reading everything.
package struct VerifyReport: Equatable, Sendable {
    package internal(set) var files: [FileVerdict] = []
    /// Damage between files: gaps, missing ones, one that could not be read to its end.
    package internal(set) var damage: [Damage] = []
    /// The last sequence number that is there, in a snapshot or in the journal.
    package fileprivate(set) var lastSequence: UInt64 = 0

    /// Whether nothing at all is damaged; a torn end is not damage.
    package var isIntact: Bool { damage.isEmpty && files.allSatisfy(\.damage.isEmpty) }
}

/// Reads every file of a data folder and judges it. Never changes anything and needs no lock.
package enum Verifier {
    /// - Parameter live: the segment that a running writer is appending to, which is read only so far; nil offline.
    package static func verify(
        _ path: String, on fileSystem: any FileSystem, live: LiveSegment? = nil
    ) throws(StoreError) -> VerifyReport {
        // Beside a running server, files may be retired between listing and reading; then it begins again.
        for _ in 0..<(live == nil ? 0 : 3) {
            do throws(StoreError) { return try pass(path, on: fileSystem, live: live) } catch {
                guard error.isMissingFile else { throw error }
            }
        }
        return try pass(path, on: fileSystem, live: live)
    }

    private static func pass(
        _ path: String, on fileSystem: any FileSystem, live: LiveSegment?
    ) throws(StoreError) -> VerifyReport {
        let names = try fileOperation { () throws(FileError) in try fileSystem.list(path) }
        let folder = DataFolder(unlocked: path, on: fileSystem)
        var report = VerifyReport()
        try addSmallFiles(folder, names, &report)
        let snapshots = try addSnapshots(folder, names, &report)
        try addJournal(folder, names, live, snapshots, &report)
        try addContents(folder, &report)
        return report
    }

    private static func addSmallFiles(
        _ folder: DataFolder, _ names: [String], _ report: inout VerifyReport
    ) throws(StoreError) {
        var description = FileVerdict(.folder, file: FileName.folder)
        description.damage = try damage(in: FileName.folder) { () throws(StoreError) in
            guard names.contains(FileName.folder) else {
                throw .damaged([Damage(.missing, file: FileName.folder, offset: 0)])
            }
            _ = try DataFolder.inspect(folder.path, on: folder.fileSystem)
        }
        report.files.append(description)
        if names.contains(FileName.manifest) {
            var verdict = FileVerdict(.manifest, file: FileName.manifest)
            verdict.damage = try damage(in: FileName.manifest) { () throws(StoreError) in
                let manifest = try SnapshotManifest.read(folder, names: names)
                for entry in manifest?.entries ?? [] where !names.contains(entry.file) {
                    report.damage.append(Damage(.missing, file: entry.file, offset: 0))
                }
            }
            report.files.append(verdict)
        }
        if names.contains(FileName.cleanStop) {
            var verdict = FileVerdict(.cleanStop, file: FileName.cleanStop)
            verdict.damage = try damage(in: FileName.cleanStop) { () throws(StoreError) in
                verdict.lastSequence = try CleanStop.read(folder, names: names)?.sequence ?? 0
            }
            report.files.append(verdict)
        }
    }

    /// - Returns: the sequence numbers of the intact snapshots, ascending.
    private static func addSnapshots(
        _ folder: DataFolder, _ names: [String], _ report: inout VerifyReport
    ) throws(StoreError) -> [UInt64] {
        var intact: [UInt64] = []
        for sequence in names.compactMap(FileName.snapshotSequence).sorted() {
            var verdict = FileVerdict(.snapshot, file: FileName.snapshot(sequence))
            verdict.lastSequence = sequence
            verdict.damage = try damage(in: verdict.file) { () throws(StoreError) in
                var reader = try SnapshotReader(folder, verdict.file, sequence: sequence)
                let summary = try reader.read(unpacking: true, onChunk: { _, _ throws(StoreError) in })
                verdict.bytes = summary.entry.bytes
                verdict.blocks = summary.sections
                verdict.items = summary.contentBytes
            }
            if verdict.damage.isEmpty { intact.append(sequence) }
            report.files.append(verdict)
        }
        report.lastSequence = intact.last ?? 0
        return intact
    }

    private static func addJournal(
        _ folder: DataFolder, _ names: [String], _ live: LiveSegment?, _ snapshots: [UInt64],
        _ report: inout VerifyReport
    ) throws(StoreError) {
        var firsts = names.compactMap(FileName.segmentSequence).sorted()
        // A segment may be newer than the durable end that the running server named.
        if let live, let last = FileName.segmentSequence(live.file) { firsts.removeAll { $0 > last } }
        var request = JournalReader.Request(segments: firsts.map(FileName.segment), mode: .salvage, live: live)
        // A damaged note was judged above.
        do throws(StoreError) { request.cleanStop = try CleanStop.read(folder, names: names) } catch {}
        var journal = JournalReader(folder, request)
        let broken = try damage(in: FileName.segment(firsts.first ?? 1)) { () throws(StoreError) in
            _ = try journal.read(onEvent: { _, _ throws(StoreError) in })
        }
        report.damage += broken
        if let contradiction = journal.endDamage { report.damage.append(contradiction) }
        for summary in journal.summaries {
            report.files.append(verdict(of: summary, needed: snapshots.first ?? 0))
            report.lastSequence = max(report.lastSequence, summary.lastSequence)
        }
        // Each kept snapshot is of use only with the journal after it.
        let oldest = snapshots.first ?? 0
        if let first = firsts.first, first > oldest + 1 {
            report.damage.append(
                Damage(
                    .missing, file: FileName.segment(oldest + 1), offset: 0, firstSequence: oldest + 1,
                    lastSequence: first - 1))
        } else if firsts.isEmpty && oldest > 0 {
            report.damage.append(
                Damage(.missing, file: FileName.segment(oldest + 1), offset: 0, firstSequence: oldest + 1))
        }
    }

    private static func verdict(of summary: SegmentSummary, needed: UInt64) -> FileVerdict {
        var verdict = FileVerdict(.journal, file: summary.file)
        verdict.bytes = summary.bytes
        verdict.firstSequence = summary.firstSequence
        verdict.lastSequence = summary.lastSequence
        verdict.blocks = summary.groups
        verdict.items = summary.events
        // A crash while old segments were being removed may leave some of them; nobody needs what lies between.
        verdict.damage = summary.damage.filter { $0.reason != .gap || ($0.lastSequence ?? .max) > needed }
        verdict.tornCut = summary.tornCut
        return verdict
    }

    /// What `body` found wrong. A file that cannot be read is damaged; the other files are still worth reading.
    static func damage(
        in file: String, _ body: () throws(StoreError) -> Void
    ) throws(StoreError) -> [Damage] {
        do throws(StoreError) {
            try body()
            return []
        } catch {
            switch error {
            case .damaged(let found): return found
            case .unsupportedVersion(let file, _): return [Damage(.version, file: file, offset: 0)]
            case .file(let failure) where failure.code == EIO: return [Damage(.unreadable, file: file, offset: 0)]
            default: throw error
            }
        }
    }
}

extension StoreError {
    fileprivate var isMissingFile: Bool {
        guard case .file(let error) = self else { return false }
        return error.code == ENOENT
    }
}
