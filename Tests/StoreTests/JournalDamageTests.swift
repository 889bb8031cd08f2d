import Bytes
import Simulation
import Store
import Testing

/// A small journal of three segments, and every harm that can be done to it.
private struct SmallJournal {
    let image: DiskImage
    let events: [[UInt8]]
    let segments: [String]
    /// Offsets in the last segment where a group begins, and its end.
    let borders: [Int]

    init(cleanStop: Bool) throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        var generator = SeededGenerator(seed: 7)
        let (folder, writer) = try fixture.openWriter(segmentBytes: 400)
        var events: [[UInt8]] = []
        for _ in 0..<8 {
            let group = makeEvents(3, from: events.count + 1, &generator)
            try writer.append(group: group)
            try writer.sync()
            events += group
        }
        if cleanStop { try writer.finish() }
        folder.close()
        self.events = events
        image = disk.snapshotImage()
        segments = try fixture.segments()
        let bytes = image[segments.last ?? ""]
        borders = groupBorders(bytes)
    }

    /// The law: everything, or a torn end with a prefix and a report of exactly what was cut, or a refusal with names.
    func check(_ outcome: StartOutcome, mayBeTorn: Bool, _ what: String) {
        switch outcome {
        case .started(_, let found, let report):
            #expect(report.damage.isEmpty, "\(what)")
            guard let cut = report.tornCut else {
                #expect(found == events, "silently fewer: \(what)")
                return
            }
            #expect(mayBeTorn, "\(what)")
            #expect(found == Array(events.prefix(found.count)), "\(what)")
            #expect(cut.lastGoodSequence == UInt64(found.count) && cut.file == segments.last, "\(what)")
            #expect(cut.bytes > 0 && cut.offset >= 0, "\(what)")
        case .refused(let damage):
            #expect(!damage.isEmpty, "\(what)")
            for place in damage {
                #expect(image.files.keys.contains("data/" + place.file), "\(what): \(place)")
                #expect(place.firstSequence > 0, "\(what): \(place)")
            }
        case .otherError(let error):
            guard case .unsupportedVersion = error else {
                Issue.record("\(what): \(error)")
                return
            }
        }
    }
}

func groupBorders(_ bytes: [UInt8]) -> [Int] {
    var borders = [0]
    while let start = borders.last, start + 64 <= bytes.count {
        let length = (0..<4).reduce(0) { $0 | Int(bytes[start + 12 + $1]) << (8 * $1) }
        borders.append(start + 64 + length)
    }
    return borders
}

@Suite struct JournalDamageTests {
    @Test(arguments: [false, true])
    func everyFlippedByte(cleanStop: Bool) throws {
        let journal = try SmallJournal(cleanStop: cleanStop)
        try #require(journal.segments.count >= 3 && journal.borders.count >= 3)
        let lastGroup = journal.borders[journal.borders.count - 2]
        for segment in journal.segments {
            let isLast = segment == journal.segments.last
            for offset in 0..<journal.image[segment].count {
                for pattern in [0xFF, 0x01, 0x80] as [UInt8] {
                    let image = journal.image.changing(segment) { $0[offset] ^= pattern }
                    let outcome = StoreFixture(SimulatedDisk(image)).start()
                    // Groups before the last one are known to be durable from the headers after them.
                    let mayBeTorn = isLast && !cleanStop && offset >= lastGroup
                    journal.check(outcome, mayBeTorn: mayBeTorn, "\(segment) offset \(offset) xor \(pattern)")
                    if case .started(_, _, let report) = outcome { #expect(report.tornCut != nil) }
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func everyLength(cleanStop: Bool) throws {
        let journal = try SmallJournal(cleanStop: cleanStop)
        for segment in journal.segments {
            let isLast = segment == journal.segments.last
            let borders = groupBorders(journal.image[segment])
            for length in 0..<journal.image[segment].count {
                let image = journal.image.changing(segment) { $0.removeLast($0.count - length) }
                let outcome = StoreFixture(SimulatedDisk(image)).start()
                if isLast && !cleanStop && borders.contains(length) {
                    // Nothing can tell this from a crash before the group was written.
                    guard case .started(_, let events, let report) = outcome else {
                        Issue.record("\(segment) cut to \(length): \(outcome)")
                        continue
                    }
                    #expect(report.tornCut == nil && events == Array(journal.events.prefix(events.count)))
                    continue
                }
                journal.check(outcome, mayBeTorn: isLast && !cleanStop, "\(segment) cut to \(length)")
                guard !isLast || cleanStop else { continue }
                if case .started = outcome { Issue.record("\(segment) cut to \(length) went unseen") }
            }
        }
    }

    @Test(arguments: [1, 2, 7, 8, 63, 64, 65, 500, 511, 512, 4096, 70_000, 1 << 20, (1 << 20) + 3, 3 << 20])
    func tailsOfZerosAndGarbage(length: Int) throws {
        var generator = SeededGenerator(seed: UInt64(length))
        for cleanStop in [false, true] {
            let journal = try SmallJournal(cleanStop: cleanStop)
            let last = try #require(journal.segments.last)
            for garbage in [false, true] {
                let tail = garbage ? generator.bytes(length) : [UInt8](repeating: 0, count: length)
                let image = journal.image.changing(last) { $0 += tail }
                let outcome = StoreFixture(SimulatedDisk(image)).start()
                guard !cleanStop else {
                    guard case .refused(let damage) = outcome else {
                        Issue.record("a tail after a clean stop was accepted")
                        continue
                    }
                    #expect(damage.map(\.file) == [last] && damage[0].offset == journal.image[last].count)
                    continue
                }
                guard case .started(_, let events, let report) = outcome, let cut = report.tornCut else {
                    Issue.record("\(outcome)")
                    continue
                }
                #expect(events == journal.events && cut.bytes == length && cut.offset == journal.image[last].count)
                if !garbage { #expect(cut.reason == .zeroFilled) }
            }
        }
    }

    /// The groups of one segment in another order: index lists in place of the groups 0, 1, 2.
    @Test(arguments: [
        [1, 0, 2], [0, 2, 1], [0, 0, 1, 2], [0, 1, 1, 2], [0, 2], [1, 2], [0, 1, 2, 0], [2], [0, 1, 2, 2],
    ])
    func groupsInAnotherOrder(order: [Int]) throws {
        let disk = SimulatedDisk()
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        let groups: [[[UInt8]]] = [[[1], [2]], [[3]], [[4], [5]]]
        for group in groups {
            try writer.append(group: group)
            try writer.sync()
        }
        folder.close()
        let name = FileName.segment(1)
        let borders = groupBorders(disk.snapshotImage()[name])
        let image = disk.snapshotImage().changing(name) { bytes in
            let pieces = zip(borders, borders.dropFirst()).map { Array(bytes[$0..<$1]) }
            bytes = order.flatMap { pieces[$0] }
        }
        let outcome = StoreFixture(SimulatedDisk(image)).start()
        switch outcome {
        case .started(_, let events, let report):
            // A repeated group may pass for a torn end where no later header says that what is cut was durable.
            let all = groups.flatMap { $0 }
            #expect(report.tornCut != nil && events == Array(all.prefix(events.count)) && events.count >= 3)
            #expect(order == [0, 1, 1, 2] || events == all)
        case .refused(let damage):
            #expect(damage.first?.file == name && damage.first.map { $0.firstSequence > 0 } == true)
            #expect(order.prefix(2) != [0, 1] || order == [0, 1])
        case .otherError(let error): Issue.record("\(error)")
        }
    }

    /// A group with the right numbers and checksums, out of another history: only the chain tells.
    @Test(arguments: [0, 1, 2])
    func aGroupOfAnotherHistory(foreign: Int) throws {
        func journal(_ salt: UInt8) throws -> SimulatedDisk {
            let disk = SimulatedDisk()
            let (folder, writer) = try StoreFixture(disk).openWriter()
            for number in UInt8(1)...3 {
                try writer.append(group: [[number, salt]])
                try writer.sync()
            }
            folder.close()
            return disk
        }
        let name = FileName.segment(1)
        let (image, other) = (try journal(1).snapshotImage(), try journal(2).snapshotImage())
        let borders = groupBorders(image[name])
        let mixed = image.changing(name) { bytes in
            bytes.replaceSubrange(
                borders[foreign]..<borders[foreign + 1], with: other[name][borders[foreign]..<borders[foreign + 1]])
        }
        switch (foreign, StoreFixture(SimulatedDisk(mixed)).start()) {
        case (2, .started(_, let events, let report)):
            #expect(events == [[1, 1], [2, 1]] && report.tornCut?.reason == .chain)
        case (_, .refused(let damage)):
            #expect(damage.map(\.reason) == [.chain] && foreign < 2)
            #expect(damage[0].firstSequence == UInt64(max(foreign, 1) + 1))
        case (_, let outcome): Issue.record("\(outcome)")
        }
    }

    @Test(arguments: [false, true])
    func missingAndSwappedSegments(cleanStop: Bool) throws {
        let journal = try SmallJournal(cleanStop: cleanStop)
        for (index, segment) in journal.segments.enumerated() {
            let outcome = StoreFixture(SimulatedDisk(journal.image.removing(segment))).start()
            if index == journal.segments.count - 1 && !cleanStop {
                // A segment that was never begun looks the same; nothing but a clean stop could tell.
                guard case .started = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
                continue
            }
            guard case .refused(let damage) = outcome else {
                Issue.record("\(segment) was not missed")
                continue
            }
            #expect(damage[0].firstSequence == FileName.segmentSequence(segment))
        }
        let (first, second) = (journal.segments[0], journal.segments[1])
        let swapped = journal.image.changing(first) { $0 = journal.image[second] }
            .changing(second) { $0 = journal.image[first] }
        guard case .refused = StoreFixture(SimulatedDisk(swapped)).start() else {
            Issue.record("swapped segments were accepted")
            return
        }
    }

    @Test func everyFlippedByteOfTheCleanStopFile() throws {
        let journal = try SmallJournal(cleanStop: true)
        for offset in 0..<journal.image[FileName.cleanStop].count {
            let image = journal.image.changing(FileName.cleanStop) { $0[offset] ^= 0x01 }
            switch StoreFixture(SimulatedDisk(image)).start() {
            case .refused(let damage): #expect(damage[0].file == FileName.cleanStop)
            case let other: Issue.record("offset \(offset): \(other)")
            }
        }
        let lost = journal.image.removing(FileName.cleanStop)
        guard case .started(_, let events, _) = StoreFixture(SimulatedDisk(lost)).start() else {
            Issue.record("did not start")
            return
        }
        #expect(events == journal.events)
    }

    @Test func aTornEndIsKeptBesideAndTheJournalGoesOn() throws {
        let journal = try SmallJournal(cleanStop: false)
        let last = try #require(journal.segments.last)
        let good = journal.image[last].count
        let disk = SimulatedDisk(journal.image.changing(last) { $0 += [1, 2, 3] })
        let fixture = StoreFixture(disk)
        let (folder, writer) = try fixture.openWriter()
        try writer.append(group: [[9]])
        try writer.sync()
        folder.close()
        #expect(disk.snapshotImage()["\(last).cut-\(good)"] == [1, 2, 3])
        disk.crash(seed: 3)
        guard case .started(_, let events, let report) = fixture.start() else {
            Issue.record("did not start")
            return
        }
        #expect(events == journal.events + [[9]] && report.tornCut == nil)
    }

    @Test(arguments: 0..<300)
    func garbageNeverCrashes(seed: Int) throws {
        let journal = try SmallJournal(cleanStop: false)
        var generator = SeededGenerator(seed: UInt64(seed))
        var image = journal.image
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let segment = journal.segments.randomElement(using: &generator) ?? ""
            image = image.changing(segment) { bytes in
                guard !bytes.isEmpty else { return }
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = Int.random(in: start...bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes.replaceSubrange(start..<end, with: generator.bytes(end - start))
                case 1: bytes.removeSubrange(start..<end)
                default: bytes.insert(contentsOf: Array(bytes[start..<end]), at: start)
                }
            }
        }
        let fixture = StoreFixture(SimulatedDisk(image))
        if case .started(_, let events, _) = fixture.start() {
            #expect(events == Array(journal.events.prefix(events.count)), "seed \(seed)")
        }
        if case .started(_, let events, let report) = fixture.start(mode: .salvage) {
            let lost = Set(journal.events).subtracting(events).count
            #expect(lost == 0 || !report.damage.isEmpty || report.tornCut != nil || report.lastSequence < 24)
        }
    }
}
