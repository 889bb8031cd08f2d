import Bytes

package enum RecoveryMode: Equatable, Sendable {
    /// Damage anywhere but at a torn end is an error.
    case strict
    /// The operator's decision: what is damaged is left out, and reported event by event.
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
    /// The last event that the state now holds; 0 = none.
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
        preconditionFailure()
    }

    /// Reads the plan's files in order. An error in the middle means: throw away what was built so far.
    /// - Parameters:
    ///   - onChunk: a piece of a snapshot's section, in the order written; what one `SnapshotWriter.write` wrote is
    ///     whole in it. A section without bytes comes as one empty chunk.
    ///   - onEvent: an event and its sequence number.
    /// - Returns: the report, and where the journal is to be opened.
    package static func replay(
        _ plan: RecoveryPlan, from folder: DataFolder,
        onChunk: (SnapshotSection, Span<UInt8>) throws(StoreError) -> Void,
        onEvent: (UInt64, Span<UInt8>) throws(StoreError) -> Void,
        onProgress: (RecoveryProgress) -> Void = { _ in }
    ) throws(StoreError) -> (report: RecoveryReport, end: JournalEnd) { preconditionFailure() }
}
