import Bytes
import Simulation
import Testing

@testable import Store

/// What of the journal stays, and reading it from any event on.
@Suite struct HistoryTests {
    private static let day: UInt64 = 86_400_000

    /// One event a segment, and a snapshot after each, so many hours apart.
    private static func folder(_ history: HistoryChoice, hours: UInt64, count: UInt64 = 60) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter(segmentBytes: 1)
        for number in 1...count {
            try writer.append(group: [[UInt8(number)]])
            try writer.sync()
            let snapshot = try SnapshotWriter.begin(
                folder, sequence: number, createdAt: number * hours * 3_600_000)
            try snapshot.beginSection(kind: 1, first: 0, second: 0)
            try snapshot.write([UInt8](1...UInt8(number)).span)
            try snapshot.endSection()
            _ = try snapshot.finish(history: history)
        }
        folder.close()
        return disk
    }

    private static func kept(_ disk: SimulatedDisk) throws -> (segments: [UInt64], snapshots: [UInt64]) {
        let names = try disk.list(StoreFixture.path)
        return (
            names.compactMap(FileName.segmentSequence).sorted(), names.compactMap(FileName.snapshotSequence).sorted()
        )
    }

    @Test func allIsKeptOrNothingBeyondTwoSnapshots() throws {
        let all = try Self.kept(try Self.folder(.all, hours: 6))
        #expect(all.segments == Array(1...60) && all.snapshots == [59, 60])
        let none = try Self.kept(try Self.folder(.days(0), hours: 6))
        #expect(none.segments == [60] && none.snapshots == [59, 60])
    }

    @Test(arguments: [(days: 1, hours: 6), (3, 6), (3, 24), (3, 100), (100, 6)] as [(days: Int, hours: UInt64)])
    func soManyDaysCanAlwaysBeBuilt(_ days: Int, _ hours: UInt64) throws {
        let disk = try Self.folder(.days(days), hours: hours)
        let (segments, snapshots) = try Self.kept(disk)
        // The moment that is so many days before the newest snapshot: a snapshot from before it, and all behind that.
        let age = 60 * hours * 3_600_000
        let moment = age > UInt64(days) * Self.day ? age - UInt64(days) * Self.day : 0
        let base = snapshots.last { $0 * hours * 3_600_000 <= moment } ?? 0
        #expect((segments.first ?? .max) <= base + 1 && segments == Array((segments.first ?? 0)...60))
        // And not much more than that.
        #expect(base == 0 || snapshots.prefix(2).contains(base))
        #expect(snapshots.count <= days + 4)
        guard case .started(let chunks, let events, _) = StoreFixture(disk).start() else {
            Issue.record("the folder does not start")
            return
        }
        #expect(chunks.flatMap { $0 } + events.flatMap { $0 } == [UInt8](1...60))
        #expect(try Verifier.verify(StoreFixture.path, on: disk).isIntact)
    }

    @Test(arguments: [1, 40, 400, 4_000])
    func everyEventIsFoundFromEveryOther(segmentBytes: Int) throws {
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter(segmentBytes: segmentBytes)
        var generator = SeededGenerator(seed: UInt64(segmentBytes))
        var events: [[UInt8]] = []
        while events.count < 60 {
            let group = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                generator.bytes(Int.random(in: 1...30, using: &generator))
            }
            try writer.append(group: group)
            try writer.sync()
            events += group
        }
        // What is written and not synced is not shown.
        try writer.append(group: [[1], [2]])
        let live = writer.durableEnd
        #expect(live.sequence == UInt64(events.count))
        for from in 1...events.count {
            var cursor = try JournalCursor(folder, from: UInt64(from), live: live)
            var found: [[UInt8]] = []
            var last: JournalPosition?
            while let position = try cursor.readGroup({ sequence, bytes in
                #expect(sequence == UInt64(from + found.count))
                found.append(bytes.array)
                return true
            }) { last = position }
            #expect(found == Array(events[(from - 1)...]))
            // A place that was known finds the same.
            var again = try JournalCursor(folder, from: UInt64(events.count), live: live, at: last)
            var end: [[UInt8]] = []
            _ = try again.readGroup { _, bytes in
                end.append(bytes.array)
                return true
            }
            #expect(end == [events[events.count - 1]])
        }
        #expect(try JournalHistory.inspect(folder, live: live).oldest == 1)
        folder.close()
    }
}
