import Bytes
import Simulation
import Store
import Testing

@Suite struct JournalTests {
    @Test(arguments: 0..<40)
    func everyEventComesBack(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let fixture = StoreFixture(SimulatedDisk())
        var model: [[UInt8]] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let (folder, writer) = try fixture.openWriter(segmentBytes: Int.random(in: 100...4000, using: &generator))
            #expect(writer.nextSequence == UInt64(model.count) + 1)
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let group = makeEvents(Int.random(in: 1...30, using: &generator), from: model.count + 1, &generator)
                try writer.append(group: group)
                model += group
                if generator.oneIn(3) { try writer.sync() }
            }
            if generator.oneIn(2) { try writer.finish() }
            folder.close()
        }
        guard case .started(_, let events, let report) = fixture.start() else {
            Issue.record("did not start, seed \(seed)")
            return
        }
        #expect(events == model)
        #expect(report.lastSequence == UInt64(model.count))
        #expect(report.tornCut == nil && report.damage.isEmpty)
    }

    @Test func eventsMayBeEmptyAndLarge() throws {
        let fixture = StoreFixture(SimulatedDisk())
        var generator = SeededGenerator(seed: 1)
        let large = generator.bytes(3 << 20)
        let (_, writer) = try fixture.openWriter()
        try writer.append(group: [[], large, []])
        try writer.append(group: [[], []])
        try writer.sync()
        #expect(writer.syncedSequence == 5)
        (fixture.fileSystem as? SimulatedDisk)?.crash(seed: 1)
        guard case .started(_, let events, _) = fixture.start() else {
            Issue.record("did not start")
            return
        }
        #expect(events == [[], large, [], [], []])
    }

    @Test func segmentsEndAtTheirSize() throws {
        let fixture = StoreFixture(SimulatedDisk())
        var generator = SeededGenerator(seed: 2)
        let (_, writer) = try fixture.openWriter(segmentBytes: 300)
        for _ in 0..<10 { try writer.append(group: [generator.bytes(100)]) }
        // A group takes 64 + 15 + 101 + 8 bytes: two groups fill a segment.
        #expect(try fixture.segments() == [1, 3, 5, 7, 9].map(FileName.segment))
    }

    @Test func oneSyncMakesManyGroupsDurable() throws {
        let disk = SimulatedDisk()
        let (_, writer) = try StoreFixture(disk).openWriter()
        try writer.append(group: [[1]])
        let before = disk.syncCount
        for byte in UInt8(2)...50 { try writer.append(group: [[byte]]) }
        #expect(writer.syncedSequence == 0)
        try writer.sync()
        try writer.sync()
        #expect(writer.syncedSequence == 50)
        #expect(disk.syncCount == before + 1)
    }

    @Test func aSecondOwnerIsRefusedAndNamed() throws {
        let disk = SimulatedDisk()
        let folder = try DataFolder.open("data", on: disk, holder: "pid 4711", newSeed: StoreFixture.seed)
        #expect(throws: StoreError.locked(path: "data/LOCK", holder: "pid 4711")) {
            try DataFolder.open("data", on: disk, holder: "pid 4712", newSeed: StoreFixture.seed)
        }
        folder.close()
        let again = try DataFolder.open(
            "data", on: disk, holder: "pid 4712", newSeed: FolderSeed(high: 1, low: 2))
        #expect(again.seed == StoreFixture.seed)
        #expect(folder.wasCreated && !again.wasCreated)
    }

    @Test func salvageNamesExactlyWhatIsLost() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        for byte in UInt8(1)...9 {
            try writer.append(group: [[byte], [byte + 100]])
            try writer.sync()
        }
        folder.close()
        let groupBytes = disk.snapshotImage()[FileName.segment(1)].count / 9
        // The frames of the groups with events 5, 6 and 9, 10.
        let image = disk.snapshotImage().changing(FileName.segment(1)) { bytes in
            bytes[2 * groupBytes + 70] ^= 0xFF
            bytes[4 * groupBytes + 70] ^= 0xFF
        }
        let broken = StoreFixture(SimulatedDisk(image))
        let first = Damage(
            .frame, file: FileName.segment(1), offset: 2 * groupBytes, firstSequence: 5, lastSequence: 6)
        let second = Damage(
            .frame, file: FileName.segment(1), offset: 4 * groupBytes, firstSequence: 9, lastSequence: 10)
        #expect(broken.start() == .refused([first]))
        guard case .started(_, let events, let report) = broken.start(mode: .salvage) else {
            Issue.record("did not start")
            return
        }
        #expect(report.damage == [first, second])
        #expect(report.lastSequence == 18)
        #expect(events.map { $0[0] } == [1, 101, 2, 102, 4, 104, 6, 106, 7, 107, 8, 108, 9, 109])
        // After a salvage the journal goes on in a new segment, and nothing of the old one is touched.
        let salvaged = try broken.openFolder()
        let end = try broken.recover(salvaged, mode: .salvage).end
        let next = try JournalWriter.open(salvaged, at: end)
        try next.append(group: [[200]])
        #expect(try broken.segments() == [FileName.segment(1), FileName.segment(19)])
    }
}
