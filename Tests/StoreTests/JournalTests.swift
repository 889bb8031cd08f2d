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
        #expect(try broken.segments() == [FileName.segment(1), FileName.segment(19)])
        // Strict again only once a snapshot stands in for what was lost.
        let snapshot = try SnapshotWriter.begin(salvaged, sequence: 18, createdAt: 0)
        try snapshot.section(1, [])
        salvaged.close()
        #expect(broken.start() == .refused([first]))
        _ = try snapshot.finish()
        try next.append(group: [[200]])
        guard case .started(_, let after, let clean) = broken.start() else {
            Issue.record("did not start after the salvage")
            return
        }
        #expect(after == [[200]] && clean.damage.isEmpty && clean.lastSequence == 19)
    }

    /// A salvage of a journal of which nothing is left: its bytes are kept under another name.
    @Test func aJournalOfRubbishIsSetAside() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        try writer.append(group: [[1]])
        try writer.finish()
        folder.close()
        let rubbish = [UInt8](repeating: 0xAB, count: 300)
        let broken = StoreFixture(SimulatedDisk(disk.snapshotImage().changing(FileName.segment(1)) { $0 = rubbish }))
        guard case .refused = broken.start() else {
            Issue.record("rubbish was accepted")
            return
        }
        let salvaged = try broken.openFolder()
        let recovered = try broken.recover(salvaged, mode: .salvage)
        #expect(recovered.report.damage.contains { $0.firstSequence == 1 && $0.lastSequence == 1 })
        let next = try JournalWriter.open(salvaged, at: recovered.end)
        #expect(next.nextSequence == 2)
        #expect(try broken.segments() == [FileName.segment(1), FileName.segment(2)])
    }

    /// Headers whose checksums are right and whose fields are hostile: no crash, no event that was not written.
    @Test(arguments: 0..<300)
    func sealedHeadersWithHostileFields(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        for number in UInt8(1)...4 {
            try writer.append(group: [[number], [number]])
            try writer.sync()
        }
        let snapshot = try SnapshotWriter.begin(folder, sequence: 8, createdAt: 1)
        try snapshot.section(1, [[1], [2]])
        _ = try snapshot.finish()
        try writer.finish()
        folder.close()
        var image = disk.snapshotImage()
        let file =
            [FileName.segment(1), FileName.snapshot(8), FileName.cleanStop].randomElement(using: &generator) ?? ""
        if file == FileName.segment(1) { image = image.removing(FileName.snapshot(8)) }
        let start = groupBorders(image[file]).dropLast().randomElement(using: &generator) ?? 0
        let extremes: [[UInt8]] = [
            [0], [1], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [UInt8](repeating: 0xFF, count: 8),
            [UInt8](repeating: 0xFF, count: 7) + [0x7F], [0, 0, 0, 4], generator.bytes(4),
        ]
        let hostile = image.changing(file) { bytes in
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let value = extremes.randomElement(using: &generator) ?? []
                let field = [8, 10, 12, 16, 20, 24, 32, 40, 48].randomElement(using: &generator) ?? 8
                let at = start + min(field, 56 - value.count)
                bytes.replaceSubrange(at..<(at + value.count), with: value)
            }
            var checksum = ByteWriter()
            checksum.appendLittleEndian(Checksum.of(bytes.span.extracting(start..<(start + 56))))
            bytes.replaceSubrange((start + 56)..<(start + 64), with: checksum.copyBytes())
        }
        let broken = StoreFixture(SimulatedDisk(hostile))
        _ = broken.start(mode: .salvage)
        _ = broken.isIntact()
        if case .started(_, let events, let report) = broken.start(), report.snapshot == nil {
            #expect(events == [[1], [1], [2], [2], [3], [3], [4], [4]], "seed \(seed)")
        }
    }
}
