import Bytes
import Commerce
import Store
import Synchronization

/// How the last snapshots went, for `INFO`.
package struct SnapshotStatus: Sendable, Equatable {
    package var isRunning = false
    /// The event after which the last good snapshot was taken; zero if there was none since the server started.
    package var sequence: UInt64 = 0
    package var bytes = 0
    package var milliseconds: Int64 = 0
    package var finishedAt: Timestamp?
    /// Why the last one failed; nil when it did not.
    package var failure: String?
}

/// A consistent cut of the whole engine at one event.
struct EngineCapture: Sendable {
    let directory: DirectoryCapture
    let outbox: OutboxCapture
    let automation: AutomationState
    let shards: [ShardState]
}

/// Writes snapshots on a lane of its own. It retains pages and stops nobody.
package actor Snapshotter {
    package nonisolated let lane: any EngineLane
    private let folder: DataFolder
    private let clock: any WallClock
    private let history: HistoryChoice
    private let status = Mutex(SnapshotStatus())

    package nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }

    init(_ folder: DataFolder, clock: any WallClock, history: HistoryChoice, on lane: any EngineLane) {
        self.folder = folder
        self.history = history
        self.clock = clock
        self.lane = lane
    }

    /// How it goes; may be asked from any thread, also while a snapshot is being written.
    package nonisolated var currentStatus: SnapshotStatus { status.withLock { $0 } }

    /// Writes the capture, whose last event must be on the disk already.
    func write(_ capture: EngineCapture) -> Result<SnapshotEntry, StoreError> {
        let started = clock.now()
        status.withLock { $0.isRunning = true }
        defer { status.withLock { $0.isRunning = false } }
        do throws(StoreError) {
            let writer = try SnapshotWriter.begin(
                folder, sequence: capture.directory.sequence, createdAt: UInt64(max(0, started.milliseconds)))
            let sink = SnapshotSink(writer)
            try capture.directory.write(to: sink)
            try capture.outbox.write(to: sink)
            try capture.automation.write(to: sink)
            for shard in capture.shards { try shard.write(to: sink) }
            let entry = try writer.finish(history: history)
            let finished = clock.now()
            status.withLock {
                $0.sequence = entry.sequence
                $0.bytes = entry.bytes
                $0.milliseconds = finished.milliseconds - started.milliseconds
                $0.finishedAt = finished
                $0.failure = nil
            }
            return .success(entry)
        } catch {
            status.withLock { $0.failure = error.description }
            return .failure(error)
        }
    }
}

/// Tables as sections of a snapshot file.
private struct SnapshotSink: TableSink {
    let writer: SnapshotWriter

    init(_ writer: SnapshotWriter) { self.writer = writer }

    func begin(_ kind: TableKind, shard: Int, entries: Int) throws(StoreError) {
        try writer.beginSection(kind: kind.rawValue, first: UInt64(shard), second: UInt64(entries))
    }

    func write(_ bytes: Span<UInt8>) throws(StoreError) { try writer.write(bytes) }

    func end() throws(StoreError) { try writer.endSection() }
}

/// Why there is no new snapshot.
package enum SnapshotFailure: Error, Sendable, CustomStringConvertible {
    case alreadyRunning
    case store(StoreError)

    package var description: String {
        switch self {
        case .alreadyRunning: "a snapshot is being written already"
        case .store(let error): error.description
        }
    }
}
