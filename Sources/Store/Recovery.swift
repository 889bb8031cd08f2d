import Bytes

package enum RecoveryMode: Equatable, Sendable {
    /// Damage anywhere but at a torn end is an error.
    case strict
    /// The operator's decision: what is damaged is left out, and reported by sequence numbers. The journal then goes on
    /// in a new segment; take a snapshot at once, or the next strict start meets the same damage.
    case salvage
}

/// What a recovery will read.
package struct RecoveryPlan: Sendable {
    package let mode: RecoveryMode
    /// The snapshot to begin with; nil = the journal from its first event on.
    package let snapshot: SnapshotEntry?
    /// Names of the segments to replay, in order.
    package let segments: [String]
    /// Damage that does not stop the recovery, for instance in the newer of two snapshots. To be told loudly.
    package let damage: [Damage]
    /// Bytes to read, for the progress.
    package let bytes: Int
    let cleanStop: CleanStop?
    /// The newest snapshot that is or was there, usable or not: what it held must be reached.
    let newestSnapshot: (file: String, sequence: UInt64)?
}

/// How far a recovery has come.
package struct RecoveryProgress: Equatable, Sendable {
    package let bytesDone: Int
    package let bytesTotal: Int
    /// The last event replayed, or the snapshot's sequence number.
    package let sequence: UInt64
}

/// What a recovery has done.
package struct RecoveryReport: Equatable, Sendable {
    package var snapshot: SnapshotEntry?
    package var eventsReplayed: UInt64 = 0
    /// The last event that the state now holds; 0 = none. After a salvage, lost events are counted in.
    package var lastSequence: UInt64 = 0
    /// Whether the last run stopped cleanly.
    package var wasCleanStop = false
    package var tornCut: TornCut?
    /// Everything damaged that was passed by; in strict mode never any lost event.
    package var damage: [Damage] = []
}

/// Brings back the state: a snapshot, then the events after it. Changes nothing on disk; `JournalWriter.open` does.
package enum Recovery {
    /// Chooses the newest intact snapshot and the segments after it; refuses a folder that does not hold everything.
    package static func scan(_ folder: DataFolder, mode: RecoveryMode = .strict) throws(StoreError) -> RecoveryPlan {
        let names = try fileOperation { () throws(FileError) in try folder.fileSystem.list(folder.path) }
        var damage: [Damage] = []
        let manifest = try passing(&damage) { () throws(StoreError) in
            try SnapshotManifest.read(folder, names: names)
        }
        let cleanStop = try readCleanStop(folder, names, mode, &damage)
        let listed = manifest??.entries ?? []
        for entry in listed where !names.contains(entry.file) {
            damage.append(Damage(.missing, file: entry.file, offset: 0, firstSequence: 1, lastSequence: entry.sequence))
        }
        let snapshot = try newestIntact(folder, names, &damage)
        let claimed = (names.compactMap(FileName.snapshotSequence) + listed.map(\.sequence)).max()
        let segments = try neededSegments(names, after: snapshot?.sequence ?? 0, mode, &damage)
        return RecoveryPlan(
            mode: mode, snapshot: snapshot, segments: segments, damage: damage,
            bytes: try totalBytes(folder, segments, snapshot), cleanStop: cleanStop,
            newestSnapshot: claimed.map { (FileName.snapshot($0), $0) })
    }

    /// Reads the plan's files in order. An error in the middle means: throw away what was built so far.
    /// - Parameters:
    ///   - wantsPacked: asked before each piece of a snapshot, whether it is to come packed, to `onPacked`.
    ///   - onChunk: a piece of a snapshot's section, in the order written; what one `SnapshotWriter.write` wrote is
    ///     whole in it. A section without bytes comes as one empty chunk.
    ///   - onSnapshotEnd: the snapshot is whole; the journal has not been looked at yet.
    ///   - onEvent: an event and its sequence number.
    /// - Returns: the report, and where the journal is to be opened.
    package static func replay(
        _ plan: RecoveryPlan, from folder: DataFolder, wantsPacked: () -> Bool = { false },
        onPacked: (PackedChunk) throws(StoreError) -> Void = { _ throws(StoreError) in },
        onChunk: (SnapshotSection, Span<UInt8>) throws(StoreError) -> Void,
        onSnapshotEnd: () throws(StoreError) -> Void = { () throws(StoreError) in },
        onEvent: (UInt64, Span<UInt8>) throws(StoreError) -> Void,
        onProgress: (RecoveryProgress) -> Void = { _ in }
    ) throws(StoreError) -> (report: RecoveryReport, end: JournalEnd) {
        var bytesBefore = 0
        func progress(_ bytes: Int, _ sequence: UInt64) {
            onProgress(
                RecoveryProgress(bytesDone: bytesBefore + bytes, bytesTotal: plan.bytes, sequence: sequence))
        }
        if let snapshot = plan.snapshot {
            var reader = try SnapshotReader(folder, snapshot.file, sequence: snapshot.sequence)
            _ = try reader.read(
                unpacking: true, wantsPacked: wantsPacked, onPacked: onPacked, onChunk: onChunk,
                onProgress: { progress($0, snapshot.sequence) })
            bytesBefore = snapshot.bytes
            try onSnapshotEnd()
        }
        var journal = JournalReader(
            folder,
            JournalReader.Request(
                segments: plan.segments, after: plan.snapshot?.sequence ?? 0, mode: plan.mode,
                cleanStop: plan.cleanStop))
        var end: JournalEnd
        do throws(StoreError) {
            end = try journal.read(onEvent: onEvent, onProgress: progress)
        } catch {
            guard case .damaged(let found) = error else { throw error }
            throw .damaged(found + plan.damage)
        }
        let report = try report(plan, journal, end)
        end.nextSequence = report.lastSequence + 1
        onProgress(
            RecoveryProgress(bytesDone: plan.bytes, bytesTotal: plan.bytes, sequence: report.lastSequence))
        return (report, end)
    }

    private static func report(
        _ plan: RecoveryPlan, _ journal: borrowing JournalReader, _ end: JournalEnd
    ) throws(StoreError) -> RecoveryReport {
        var report = RecoveryReport()
        report.snapshot = plan.snapshot
        report.eventsReplayed = journal.eventsDelivered
        report.lastSequence = end.nextSequence - 1
        report.wasCleanStop = plan.cleanStop != nil
        report.tornCut = end.tornCut
        report.damage = plan.damage + journal.damage
        let reached = (journal.expected ?? 1) - 1
        let size = journal.summaries.last?.bytes ?? 0
        // A snapshot may outlive the journal's unsynced end where the operator chose not to wait for the disk.
        if let snapshot = plan.snapshot, let file = plan.segments.last, reached < snapshot.sequence {
            report.damage.append(
                Damage(
                    .endsEarly, file: file, offset: size, firstSequence: reached + 1,
                    lastSequence: snapshot.sequence))
        }
        // What a snapshot that cannot be used had held must have come back from the journal.
        if let newest = plan.newestSnapshot, report.lastSequence < newest.sequence {
            let lost = Damage(
                .endsEarly, file: plan.segments.last ?? newest.file, offset: size,
                firstSequence: report.lastSequence + 1, lastSequence: newest.sequence)
            guard plan.mode == .salvage else { throw .damaged([lost] + plan.damage) }
            report.damage.append(lost)
            report.lastSequence = newest.sequence
        }
        return report
    }

    // MARK: Choosing

    /// Runs `body`; damage is noted instead of thrown.
    private static func passing<Result>(
        _ damage: inout [Damage], _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result? {
        do throws(StoreError) { return try body() } catch {
            guard case .damaged(let found) = error else { throw error }
            damage += found
            return nil
        }
    }

    private static func readCleanStop(
        _ folder: DataFolder, _ names: [String], _ mode: RecoveryMode, _ damage: inout [Damage]
    ) throws(StoreError) -> CleanStop? {
        if mode == .strict { return try CleanStop.read(folder, names: names) }
        return try passing(&damage) { () throws(StoreError) in try CleanStop.read(folder, names: names) } ?? nil
    }

    private static func newestIntact(
        _ folder: DataFolder, _ names: [String], _ damage: inout [Damage]
    ) throws(StoreError) -> SnapshotEntry? {
        for sequence in names.compactMap(FileName.snapshotSequence).sorted(by: >) {
            let entry = try passing(&damage) { () throws(StoreError) in
                var reader = try SnapshotReader(folder, FileName.snapshot(sequence), sequence: sequence)
                return try reader.read(unpacking: false, onChunk: { _, _ throws(StoreError) in }).entry
            }
            if let entry { return entry }
        }
        return nil
    }

    /// The segment that holds the event after `sequence`, or would, and all later ones.
    private static func neededSegments(
        _ names: [String], after sequence: UInt64, _ mode: RecoveryMode, _ damage: inout [Damage]
    ) throws(StoreError) -> [String] {
        let firsts = names.compactMap(FileName.segmentSequence).sorted()
        if let start = firsts.lastIndex(where: { $0 <= sequence + 1 }) { return firsts[start...].map(FileName.segment) }
        // Nothing at all is a new folder; else the journal has lost its beginning, or itself.
        guard sequence > 0 || !firsts.isEmpty || !damage.isEmpty else { return [] }
        let missing = Damage(
            .missing, file: FileName.segment(sequence + 1), offset: 0, firstSequence: sequence + 1,
            lastSequence: firsts.first.map { $0 - 1 })
        guard mode == .salvage else { throw .damaged([missing] + damage) }
        damage.append(missing)
        return firsts.map(FileName.segment)
    }

    private static func totalBytes(
        _ folder: DataFolder, _ segments: [String], _ snapshot: SnapshotEntry?
    ) throws(StoreError) -> Int {
        try fileOperation { () throws(FileError) in
            var total = snapshot?.bytes ?? 0
            for segment in segments {
                let file = try folder.fileSystem.open(folder.path + "/" + segment, .read)
                total += try file.size()
                try file.close()
            }
            return total
        }
    }
}
