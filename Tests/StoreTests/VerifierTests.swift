import Bytes
import Simulation
import Store
import Testing

@Suite struct VerifierTests {
    /// A journal of several segments, two snapshots, a live end that is not synced.
    private func makeDisk() throws -> (disk: SimulatedDisk, folder: DataFolder, writer: JournalWriter) {
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter(segmentBytes: 200)
        for number in UInt8(1)...12 {
            try writer.append(group: [[number, number]])
            try writer.sync()
            if number == 4 || number == 8 {
                let snapshot = try SnapshotWriter.begin(folder, sequence: UInt64(number), createdAt: 5)
                try snapshot.section(1, [[1, 2, 3]])
                _ = try snapshot.finish()
            }
        }
        return (disk, folder, writer)
    }

    @Test func everythingIsCounted() throws {
        let (disk, _, writer) = try makeDisk()
        try writer.finish()
        let report = try Verifier.verify("data", on: disk)
        #expect(report.isIntact && report.lastSequence == 12)
        let journal = report.files.filter { $0.kind == .journal }
        #expect(journal.reduce(0) { $0 + $1.items } == journal.reduce(0) { $0 + $1.blocks })
        #expect(journal.first.map { $0.firstSequence <= 5 } == true && journal.last?.lastSequence == 12)
        let snapshots = report.files.filter { $0.kind == .snapshot }
        #expect(snapshots.map(\.lastSequence) == [4, 8] && snapshots.map(\.items) == [3, 3])
        #expect(snapshots.map(\.blocks) == [1, 1])
        #expect(Set(report.files.map(\.kind)) == [.journal, .snapshot, .manifest, .cleanStop, .folder])
    }

    @Test func nothingIsChangedWhateverIsBroken() throws {
        let (disk, _, writer) = try makeDisk()
        try writer.finish()
        let image = disk.snapshotImage()
        for (path, bytes) in image.files where !path.hasSuffix(FileName.lock) {
            let name = String(path.dropFirst("data/".count))
            for offset in stride(from: 0, to: bytes.count, by: 5) {
                let broken = SimulatedDisk(image.changing(name) { $0[offset] ^= 0x10 })
                let before = broken.snapshotImage()
                let report = try Verifier.verify("data", on: broken)
                #expect(!report.isIntact, "\(name) offset \(offset)")
                let named = report.damage.map(\.file) + report.files.flatMap(\.damage).map(\.file)
                #expect(named.contains(name), "\(name) offset \(offset): \(named)")
                #expect(broken.snapshotImage() == before && broken.syncCount == 0)
            }
        }
    }

    @Test func aTornEndIsToldAndKept() throws {
        let (disk, _, _) = try makeDisk()
        let last = try #require(try disk.list("data").last { FileName.segmentSequence($0) != nil })
        let torn = SimulatedDisk(disk.snapshotImage().changing(last) { $0 += [7, 7, 7] })
        let before = torn.snapshotImage()
        let report = try Verifier.verify("data", on: torn)
        #expect(report.isIntact)
        #expect(report.files.compactMap(\.tornCut).map(\.bytes) == [3])
        #expect(torn.snapshotImage() == before)
    }

    @Test func theLiveSegmentIsReadUpToItsDurableEnd() throws {
        let (disk, _, writer) = try makeDisk()
        let durable = writer.durableEnd
        try writer.append(group: [[13]])
        let report = try Verifier.verify("data", on: disk, live: durable)
        #expect(report.isIntact && report.lastSequence == 12)
        // What is durable may not be torn, wherever it lies.
        let broken = SimulatedDisk(disk.snapshotImage().changing(durable.file) { $0[durable.bytes - 1] ^= 1 })
        let damaged = try Verifier.verify("data", on: broken, live: durable)
        #expect(damaged.files.flatMap(\.damage).map(\.firstSequence) == [12])
    }

    @Test func filesThatAreMissingAreNamed() throws {
        let (disk, _, writer) = try makeDisk()
        try writer.finish()
        let image = disk.snapshotImage()
        for name in image.files.keys.map({ String($0.dropFirst(5)) }) {
            // The manifest and the note of a clean stop may be missing; the lock holds nothing.
            guard
                FileName.segmentSequence(name) != nil || FileName.snapshotSequence(name) != nil
                    || name == FileName.folder
            else { continue }
            let report = try Verifier.verify("data", on: SimulatedDisk(image.removing(name)))
            #expect(!report.isIntact, "\(name) was not missed")
        }
    }
}
