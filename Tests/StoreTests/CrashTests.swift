import Bytes
import Simulation
import Store
import Testing

@Suite struct CrashTests {
    /// Append, sync, snapshot, crash, recover, again and again on one disk: what was synced is there, nothing is half.
    @Test(arguments: 0..<300)
    func whatWasSyncedSurvives(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        var written: [[UInt8]] = []
        var synced = 0
        for life in 0..<8 {
            let where_ = "seed \(seed), life \(life)"
            let state = try #require(StartState(fixture.start()), "\(where_)")
            #expect(
                state.events.count >= synced && state.events == Array(written.prefix(state.events.count)), "\(where_)")
            written = state.events
            synced = written.count
            let (folder, writer) = try fixture.openWriter(segmentBytes: 1500)
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let largest = generator.oneIn(3) ? 30 : 3
                let group = makeEvents(
                    Int.random(in: 1...largest, using: &generator), from: written.count + 1, &generator)
                try writer.append(group: group)
                written += group
                if generator.oneIn(3) {
                    try writer.sync()
                }
                synced = Int(writer.syncedSequence)
                if generator.oneIn(5) { try snapshot(folder, writer, written, &generator) }
            }
            if generator.oneIn(6) {
                try writer.finish()
                synced = written.count
            }
            folder.close()
            disk.crash(seed: generator.next())
        }
    }

    /// A snapshot whose chunks are the events themselves; sometimes left unfinished.
    private func snapshot(
        _ folder: DataFolder, _ writer: JournalWriter, _ written: [[UInt8]], _ generator: inout SeededGenerator
    ) throws(StoreError) {
        try writer.sync()
        let snapshot = try SnapshotWriter.begin(folder, sequence: writer.syncedSequence, createdAt: 1)
        try snapshot.beginSection(kind: 1, first: 0, second: 0)
        for event in written {
            var framed = ByteWriter()
            framed.appendCounted(event.span)
            try snapshot.write(framed.span)
        }
        try snapshot.endSection()
        if !generator.oneIn(4) { _ = try snapshot.finish() }
    }

    /// Without waiting for the disk, a snapshot can hold more than the journal does after a crash: nothing is lost, it
    /// is told, and the journal goes on.
    @Test(arguments: 0..<60)
    func aSnapshotMayHoldMoreThanTheJournal(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        let written = makeEvents(60, &generator)
        for start in stride(from: 0, to: 60, by: 10) { try writer.append(group: Array(written[start..<(start + 10)])) }
        let snapshot = try SnapshotWriter.begin(folder, sequence: 60, createdAt: 1)
        try snapshot.section(1, [[1]])
        _ = try snapshot.finish()
        for life in 0..<3 {
            disk.crash(seed: generator.next())
            guard case .started(let chunks, let events, let report) = fixture.start() else {
                Issue.record("seed \(seed), life \(life): \(fixture.start())")
                return
            }
            #expect(chunks == [[1]] && events.count == life && report.lastSequence == UInt64(60 + life))
            let (_, next) = try fixture.openWriter()
            try next.append(group: [[UInt8(life)]])
            try next.sync()
        }
    }

    /// Power lost at each sync of a life with three snapshots and a clean stop: whatever was half done, it starts, and
    /// nothing is called damaged.
    @Test(arguments: 0..<45)
    func aCrashAtEachStep(step: Int) throws {
        for seed in UInt64(0)..<25 {
            var generator = SeededGenerator(seed: seed)
            let disk = SimulatedDisk()
            let fixture = StoreFixture(disk)
            var written: [[UInt8]] = []
            var synced = 0
            disk.setFaults { $0.failSyncAfter = step }
            do throws(StoreError) {
                let (folder, writer) = try fixture.openWriter(segmentBytes: 300)
                for number in 1...9 {
                    let group = makeEvents(2, from: written.count + 1, &generator)
                    try writer.append(group: group)
                    written += group
                    try writer.sync()
                    synced = written.count
                    if number % 3 == 0 { try snapshot(folder, writer, written, &generator) }
                }
                try writer.finish()
                folder.close()
            } catch { #expect("\(error)".contains("synchronize"), "only the sync that was made to fail may fail") }
            disk.crash(seed: seed)
            let events = try #require(StartState(fixture.start())?.events, "step \(step), seed \(seed)")
            #expect(events.count >= synced && events == Array(written.prefix(events.count)), "\(step), \(seed)")
            #expect(try Verifier.verify("data", on: disk).isIntact, "step \(step), seed \(seed)")
        }
    }

    /// A crash in the very start: the cut is made, or not, and the next start still finds everything.
    @Test(arguments: 0..<100)
    func aCrashDuringTheRepair(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (_, writer) = try fixture.openWriter()
        try writer.append(group: [[1], [2]])
        try writer.sync()
        try writer.append(group: [generator.bytes(3000)])
        disk.crash(seed: generator.next())
        for _ in 0..<4 {
            let (_, again) = try fixture.openWriter()
            #expect(again.nextSequence == 3 || again.nextSequence == 4)
            disk.crash(seed: generator.next())
        }
    }

    /// Power lost at each change that a start makes after a crash, on a disk that turns a sector into garbage even when it
    /// was overwritten by what it held: what was acknowledged is there afterwards, and the next start takes up from it.
    @Test(arguments: 0..<14)
    func aCrashAtEachStepOfAStart(step: Int) throws {
        for seed in UInt64(0)..<40 {
            var generator = SeededGenerator(seed: seed)
            let disk = SimulatedDisk()
            let fixture = StoreFixture(disk)
            let (_, writer) = try fixture.openWriter(segmentBytes: 1 << 20)
            let written = makeEvents(12, &generator)
            for start in stride(from: 0, to: 12, by: 3) {
                try writer.append(group: Array(written[start..<(start + 3)]))
            }
            try writer.sync()
            try writer.append(group: [generator.bytes(2000)])
            disk.crash(seed: generator.next())
            disk.setFaults { $0.dieAfter = step }
            // It fails, unless it had fewer changes to make than that.
            do throws(StoreError) { _ = try fixture.openWriter() } catch { #expect(!"\(error)".isEmpty) }
            disk.crash(seed: generator.next())
            let events = try #require(StartState(fixture.start())?.events, "step \(step), seed \(seed)")
            #expect(Array(events.prefix(12)) == written, "step \(step), seed \(seed)")
            let (_, again) = try fixture.openWriter()
            try again.append(group: [[7]])
            try again.sync()
            disk.crash(seed: generator.next())
            #expect(StartState(fixture.start())?.events == events + [[7]], "step \(step), seed \(seed)")
        }
    }

    /// After a clean stop nothing is unproven, and nothing is copied.
    @Test func aCleanStopIsGoneOnWithInPlace() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        try writer.append(group: [[1]])
        try writer.finish()
        folder.close()
        let before = disk.snapshotImage().files.keys.sorted()
        // No room for a byte more: a copy could not be made.
        disk.setFaults { $0.capacity = 0 }
        let (_, again) = try fixture.openWriter()
        #expect(again.nextSequence == 2)
        #expect(disk.snapshotImage().files.keys.sorted() == before.filter { !$0.hasSuffix("clean-stop") })
    }

    @Test(arguments: 0..<200)
    func aFullDiskIsResumed(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter(segmentBytes: 1000)
        if generator.oneIn(2) {
            let seed = generator.next()
            disk.setFaults { $0.shortWriteSeed = seed }
        }
        var model: [[UInt8]] = []
        var refusals = 0
        var capacity = Int.random(in: 200...2000, using: &generator)
        for _ in 0..<30 {
            disk.setFaults { [capacity] in $0.capacity = capacity }
            let group = makeEvents(Int.random(in: 1...8, using: &generator), from: model.count + 1, &generator)
            do throws(StoreError) {
                try writer.append(group: group)
                model += group
            } catch {
                guard case .diskFull = error else { throw error }
                refusals += 1
                #expect(writer.nextSequence == UInt64(model.count) + 1)
                // What was written before is whole, also for a reader now.
                #expect(fixture.isIntact())
                capacity += Int.random(in: 50...400, using: &generator)
            }
        }
        try writer.sync()
        folder.close()
        disk.crash(seed: 1)
        #expect(StartState(fixture.start())?.events == model, "seed \(seed)")
        #expect(refusals > 0, "seed \(seed)")
    }

    @Test func aFailedSyncIsFinal() throws {
        let disk = SimulatedDisk()
        let (_, writer) = try StoreFixture(disk).openWriter()
        try writer.append(group: [[1]])
        try writer.sync()
        try writer.append(group: [[2]])
        disk.setFaults { $0.failSyncAfter = 0 }
        let error = #expect(throws: StoreError.self) { try writer.sync() }
        guard case .failed(let cause)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause.operation == .synchronize)
        #expect(throws: StoreError.failed(cause)) { try writer.sync() }
        #expect(throws: StoreError.failed(cause)) { try writer.append(group: [[3]]) }
        #expect(throws: StoreError.failed(cause)) { try writer.finish() }
        #expect(writer.syncedSequence == 1)
    }

    /// After a failed sync the cache shows what the disk does not hold. A restart that builds on it must save it first.
    @Test(arguments: 0..<50)
    func aRestartAfterAFailedSyncTrustsNoCache(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        var model = makeEvents(20, &generator)
        try writer.append(group: model)
        for _ in 0..<seed { try disk.synchronizeFolder("data") }
        disk.setFaults { $0.failSyncAfter = 0 }
        #expect(throws: StoreError.self) { try writer.sync() }
        folder.close()
        let (_, next) = try fixture.openWriter()
        #expect(next.syncedSequence == 20)
        let group = makeEvents(3, from: 21, &generator)
        try next.append(group: group)
        try next.sync()
        model += group
        disk.crash(seed: generator.next())
        #expect(StartState(fixture.start())?.events == model, "seed \(seed)")
    }

    @Test func aFailedWriteIsFinalAndLeavesNoHalfGroup() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        try writer.append(group: [[1]])
        disk.setFaults { $0.failWriteAfter = 0 }
        #expect(throws: StoreError.self) { try writer.append(group: [[2]]) }
        folder.close()
        guard case .started(_, let events, let report) = fixture.start() else {
            Issue.record("did not start")
            return
        }
        #expect(events == [[1]] && report.tornCut == nil)
    }

    /// A read error is neither damage nor a torn end: nothing may be cut because of it.
    @Test func aReadErrorIsNotDamage() throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter(segmentBytes: 200)
        for byte in UInt8(1)...9 { try writer.append(group: [[byte], [byte], [byte]]) }
        try writer.sync()
        folder.close()
        for read in 0..<6 {
            disk.setFaults { $0.failReadAfter = read }
            guard case .otherError(.file(let error)) = fixture.start() else { continue }
            #expect(error.operation == .read && error.code == 5)
        }
        disk.setFaults { $0.failReadAfter = 0 }
        guard case .otherError(.file) = fixture.start() else {
            Issue.record("the read error was passed over")
            return
        }
    }
}

/// All events that a start brought back, whether from the snapshot or from the journal.
private struct StartState {
    var events: [[UInt8]] = []

    init?(_ outcome: StartOutcome) {
        guard case .started(let chunks, let replayed, let report) = outcome, report.damage.isEmpty else { return nil }
        for chunk in chunks {
            var reader = ByteReader(chunk.span)
            while !reader.isAtEnd {
                guard let range = try? reader.countedRange() else { return nil }
                events.append(Array(chunk[range]))
            }
        }
        events += replayed
    }
}

extension StoreFixture {
    func isIntact() -> Bool {
        do throws(StoreError) {
            let report = try Verifier.verify(path, on: fileSystem)
            return report.isIntact && report.files.allSatisfy { $0.tornCut == nil }
        } catch { return false }
    }
}
