import Commerce
import Store

/// When a write is acknowledged.
package enum Durability: String, Sendable, CaseIterable {
    /// When it is on the disk (fdatasync): nothing acknowledged is ever lost.
    case always
    /// When the operating system has it; on the disk within a second. A power cut may take that second.
    case everysec
    /// When the operating system has it; on the disk when it pleases.
    case os
}

/// How an engine is set up.
package struct EngineConfiguration: Sendable {
    package var folder: String
    package var durability = Durability.always
    /// Shards of a new data folder, 1 to 256; an existing folder keeps what it was made with.
    package var shards = 4
    /// Seed of the hashes of a new data folder; random in production.
    package var seed: UInt64 = 0
    package var segmentBytes = 64 << 20
    /// A snapshot is written when the journal has grown by so many bytes since the last one; 0 for never.
    package var snapshotJournalBytes = 256 << 20
    /// A snapshot is written when the last one is so many seconds old and anything has changed; 0 for never.
    package var snapshotSeconds = 900
    /// Writes are refused when the journal since the last good snapshot exceeds so many bytes: snapshots fail, and a
    /// restart would take ever longer.
    package var maximumJournalBytes = 16 << 30
    package var recovery = RecoveryMode.strict
    package var recoveryThreads = RecoveryThreads()
    /// How much of the journal stays beyond what a start needs: what feeds and questions about the past reach back to.
    package var history = HistoryChoice.all
    /// How a new shop decides who is who; an existing one keeps what it was opened or configured with.
    package var matchMode = MatchMode.evidence

    package var files = FileLimits()

    /// Where voucher codes come from: 64 bits at a time that nobody can foresee.
    package var random: @Sendable () -> UInt64 = { .random(in: .min ... .max) }

    /// Hears how each snapshot went, on the snapshot lane.
    package var onSnapshot: (@Sendable (Result<SnapshotEntry, StoreError>) -> Void)?

    /// Hears on the directory's lane when matching is there, so that nothing waits for the start any more; not in a new folder.
    package var onMatching: (@Sendable () -> Void)?

    package init(folder: String) { self.folder = folder }
}
