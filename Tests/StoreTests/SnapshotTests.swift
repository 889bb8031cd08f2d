import Bytes
import Simulation
import Store
import Testing

/// Ten events in five segments, then a snapshot after each of `at`.
private func folderWithSnapshots(_ at: [UInt64], events count: Int = 10) throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let (folder, writer) = try StoreFixture(disk).openWriter(segmentBytes: 100)
    for number in 1...count {
        try writer.append(group: [[UInt8(number)]])
        try writer.sync()
        if at.contains(UInt64(number)) {
            let snapshot = try SnapshotWriter.begin(folder, sequence: UInt64(number), createdAt: 1000)
            try snapshot.section(1, (1...number).map { [UInt8($0)] })
            try snapshot.section(2, [])
            _ = try snapshot.finish()
        }
    }
    folder.close()
    return disk
}

/// The state that an outcome stands for: the numbers 1 to n, out of the snapshot and the events.
private func numbers(_ outcome: StartOutcome) -> [UInt8]? {
    guard case .started(let chunks, let events, _) = outcome else { return nil }
    return chunks.flatMap { $0 } + events.flatMap { $0 }
}

@Suite struct SnapshotTests {
    @Test(arguments: 0..<30)
    func everySectionComesBack(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter()
        try writer.append(group: [[1]])
        try writer.sync()
        let snapshot = try SnapshotWriter.begin(folder, sequence: 1, createdAt: 77)
        var model: [SnapshotSection: [[UInt8]]] = [:]
        var order: [SnapshotSection] = []
        for index in 0..<Int.random(in: 0...6, using: &generator) {
            let section = SnapshotSection(
                index: index, kind: UInt32(truncatingIfNeeded: generator.next()), first: generator.next(),
                second: generator.next())
            let largest = generator.oneIn(8) ? 900_000 : 300
            let pieces = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                generator.bytes(Int.random(in: 0...largest, using: &generator))
            }
            try snapshot.beginSection(kind: section.kind, first: section.first, second: section.second)
            for piece in pieces { try snapshot.write(piece.span) }
            try snapshot.endSection()
            model[section] = pieces
            order.append(section)
        }
        let entry = try snapshot.finish()
        #expect(entry.sequence == 1 && entry.createdAt == 77)
        #expect(entry.bytes == disk.snapshotImage()[entry.file].count)

        var found: [SnapshotSection: [[UInt8]]] = [:]
        var foundOrder: [SnapshotSection] = []
        let plan = try Recovery.scan(folder)
        _ = try Recovery.replay(
            plan, from: folder,
            onChunk: { (section, bytes) throws(StoreError) in
                if foundOrder.last != section { foundOrder.append(section) }
                found[section, default: []].append(bytes.array)
            }, onEvent: { _, _ throws(StoreError) in })
        #expect(foundOrder == order)
        for section in order {
            let chunks = found[section] ?? []
            let pieces = model[section] ?? []
            #expect(chunks.flatMap { $0 } == pieces.flatMap { $0 })
            #expect(chunks.allSatisfy { $0.count <= SnapshotWriter.maximumChunk })
            // Chunks end where pieces end.
            var ends = Set<Int>()
            var total = 0
            for piece in pieces {
                total += piece.count
                ends.insert(total)
            }
            total = 0
            for chunk in chunks where !chunk.isEmpty {
                total += chunk.count
                #expect(ends.contains(total))
            }
        }
    }

    @Test func aPieceLargerThanAChunkIsSplit() throws {
        var generator = SeededGenerator(seed: 5)
        let large = generator.bytes(SnapshotWriter.maximumChunk * 2 + 5)
        let disk = SimulatedDisk()
        let (folder, writer) = try StoreFixture(disk).openWriter()
        try writer.append(group: [[1]])
        try writer.sync()
        let snapshot = try SnapshotWriter.begin(folder, sequence: 1, createdAt: 0)
        try snapshot.section(3, [[1, 2], large])
        _ = try snapshot.finish()
        folder.close()
        guard case .started(let chunks, let events, _) = StoreFixture(disk).start() else {
            Issue.record("did not start")
            return
        }
        #expect(events.isEmpty)
        #expect(chunks.map(\.count) == [2, SnapshotWriter.maximumChunk, SnapshotWriter.maximumChunk, 5])
        #expect(chunks.flatMap { $0 } == [1, 2] + large)
    }

    @Test func retentionKeepsTwoGenerationsAndWhatTheyNeed() throws {
        let disk = try folderWithSnapshots([3, 6, 9])
        let names = try disk.list("data")
        #expect(names.compactMap(FileName.snapshotSequence) == [6, 9])
        // Two events a segment: 5 and 6 lie in the segment that begins with 5, which is wholly below 7.
        #expect(names.compactMap(FileName.segmentSequence) == [7, 9])
        #expect(numbers(StoreFixture(disk).start()) == Array(1...10))
        let fallback = SimulatedDisk(disk.snapshotImage().removing(FileName.snapshot(9)))
        #expect(numbers(StoreFixture(fallback).start()) == Array(1...10))
    }

    @Test(arguments: 2..<9)
    func theOlderGenerationAloneIsEnough(older: UInt64) throws {
        for newest in (older + 1)...10 {
            let disk = try folderWithSnapshots([1, older, newest])
            let segments = try disk.list("data").compactMap(FileName.segmentSequence)
            // The segment of two events that holds the first event after the older snapshot, and all later ones.
            #expect(segments.first == (older % 2 == 0 ? older + 1 : older))
            let fallback = SimulatedDisk(disk.snapshotImage().removing(FileName.snapshot(newest)))
            #expect(numbers(StoreFixture(fallback).start()) == Array(1...10), "\(older), \(newest)")
        }
    }

    @Test func theFirstSnapshotRemovesNothing() throws {
        let disk = try folderWithSnapshots([9])
        #expect(try disk.list("data").compactMap(FileName.segmentSequence) == [1, 3, 5, 7, 9])
    }

    @Test func everyFlippedByteOfTheNewestSnapshotFallsBack() throws {
        let image = try folderWithSnapshots([4, 8]).snapshotImage()
        let newest = FileName.snapshot(8)
        for offset in 0..<image[newest].count {
            for pattern in [0xFF, 0x01] as [UInt8] {
                let disk = SimulatedDisk(image.changing(newest) { $0[offset] ^= pattern })
                let outcome = StoreFixture(disk).start()
                #expect(numbers(outcome) == Array(1...10), "offset \(offset)")
                guard case .started(_, _, let report) = outcome else { continue }
                #expect(report.snapshot?.sequence == 4)
                #expect(report.damage.map(\.file) == [newest], "offset \(offset)")
            }
        }
        for length in 0..<image[newest].count {
            let disk = SimulatedDisk(image.changing(newest) { $0.removeLast($0.count - length) })
            let outcome = StoreFixture(disk).start()
            #expect(numbers(outcome) == Array(1...10), "length \(length)")
            guard case .started(_, _, let report) = outcome else { continue }
            #expect(report.snapshot?.sequence == 4 && report.damage.count == 1)
        }
    }

    /// A chunk with the right place and size, out of another snapshot: only the header after it tells.
    @Test func aChunkOfAnotherSnapshotIsSeen() throws {
        func image(_ salt: UInt8) throws -> DiskImage {
            let disk = SimulatedDisk()
            let (folder, writer) = try StoreFixture(disk).openWriter()
            try writer.append(group: [[1]])
            try writer.sync()
            let snapshot = try SnapshotWriter.begin(folder, sequence: 1, createdAt: 1)
            try snapshot.section(1, [[salt, salt]])
            _ = try snapshot.finish()
            return disk.snapshotImage()
        }
        let name = FileName.snapshot(1)
        let (one, other) = (try image(1), try image(2))
        let borders = groupBorders(one[name])
        #expect(borders == groupBorders(other[name]))
        // Blocks: begin, section, chunk, end of section, end.
        let chunk = borders[2]..<borders[3]
        let mixed = one.changing(name) { $0.replaceSubrange(chunk, with: other[name][chunk]) }
        guard case .started(let chunks, let events, let report) = StoreFixture(SimulatedDisk(mixed)).start() else {
            Issue.record("did not start")
            return
        }
        #expect(chunks == [] && events == [[1]])
        #expect(report.damage.map(\.reason) == [.chain] && report.damage.first?.offset == chunk.upperBound)
    }

    /// A segment that was begun when only the snapshot before it had been read: it still follows the older ones.
    @Test func aSegmentBegunAfterASnapshotFollowsTheOlderOnes() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter(segmentBytes: 100)
        for number in UInt8(1)...4 { try writer.append(group: [[number]]) }
        try writer.sync()
        let full = disk.snapshotImage().files.values.reduce(0) { $0 + $1.count } + 1
        disk.setFaults { $0.capacity = full }
        #expect(throws: StoreError.self) { try writer.append(group: [[5]]) }
        disk.setFaults { $0.capacity = nil }
        #expect(try fixture.segments().last == FileName.segment(5))
        let snapshot = try SnapshotWriter.begin(folder, sequence: 4, createdAt: 0)
        try snapshot.section(1, [[1, 2, 3, 4]])
        _ = try snapshot.finish()
        folder.close()
        let (_, next) = try fixture.openWriter(segmentBytes: 100)
        for number in UInt8(5)...6 { try next.append(group: [[number]]) }
        try next.sync()
        disk.crash(seed: 1)
        #expect(numbers(fixture.start()) == Array(1...6))
        let journalOnly = disk.snapshotImage().removing(FileName.snapshot(4)).removing(FileName.manifest)
        #expect(numbers(StoreFixture(SimulatedDisk(journalOnly)).start()) == Array(1...6))
    }

    @Test func noIntactSnapshotIsRefusedWithEveryName() throws {
        let image = try folderWithSnapshots([4, 8]).snapshotImage()
        let broken = image.changing(FileName.snapshot(4)) { $0[100] ^= 1 }.changing(FileName.snapshot(8)) { $0 += [0] }
        guard case .refused(let damage) = StoreFixture(SimulatedDisk(broken)).start() else {
            Issue.record("started without a snapshot")
            return
        }
        #expect(Set(damage.map(\.file)) == [FileName.segment(1), FileName.snapshot(4), FileName.snapshot(8)])
        #expect(damage.first?.firstSequence == 1 && damage.first?.lastSequence == 4)
    }

    @Test func aSnapshotThatIsGoneIsMissedAndItsEventsAreDemanded() throws {
        let image = try folderWithSnapshots([4, 8]).snapshotImage()
        let without = image.removing(FileName.snapshot(8))
        guard case .started(_, _, let report) = StoreFixture(SimulatedDisk(without)).start() else {
            Issue.record("did not fall back")
            return
        }
        #expect(report.damage.map(\.reason) == [.missing])
        // The journal no longer reaches what the lost snapshot held.
        let shorter = without.removing(FileName.segment(9)).removing(FileName.segment(7))
        guard case .refused(let damage) = StoreFixture(SimulatedDisk(shorter)).start() else {
            Issue.record("events 7 and 8 were lost silently")
            return
        }
        #expect(damage.first?.reason == .endsEarly && damage.first?.lastSequence == 8)
    }

    @Test func aDamagedManifestIsToldAndStopsNothing() throws {
        let image = try folderWithSnapshots([4, 8]).snapshotImage()
        for offset in 0..<image[FileName.manifest].count {
            let disk = SimulatedDisk(image.changing(FileName.manifest) { $0[offset] ^= 1 })
            let outcome = StoreFixture(disk).start()
            #expect(numbers(outcome) == Array(1...10))
            guard case .started(_, _, let report) = outcome else { continue }
            #expect(report.damage.map(\.file) == [FileName.manifest], "offset \(offset)")
        }
    }

    @Test func anAbandonedSnapshotLeavesNoTrace() throws {
        let disk = try folderWithSnapshots([4])
        let (folder, _) = try StoreFixture(disk).openWriter()
        _ = try SnapshotWriter.begin(folder, sequence: 10, createdAt: 1)
        #expect(try disk.list("data").contains(FileName.snapshot(10) + ".tmp"))
        // Nor does a segment whose removal was cut short; what a person has set aside stays.
        disk.replace("data/" + FileName.segment(1) + ".removing", with: [1, 2, 3])
        disk.replace("data/" + FileName.segment(1) + ".old", with: [1, 2, 3])
        disk.replace("data/notes.removing", with: [1, 2, 3])
        let again = try SnapshotWriter.begin(folder, sequence: 9, createdAt: 1)
        _ = try again.finish()
        #expect(try disk.list("data").filter { $0.hasSuffix(".tmp") } == [])
        #expect(
            try disk.list("data").filter { $0.hasSuffix(".removing") || $0.hasSuffix(".old") }
                == [FileName.segment(1) + ".old", "notes.removing"])
    }
}
