import Bytes

/// Writes one snapshot over time, section by section, beside the running engine. Confined to one thread at a time: the
/// snapshot's lane.
///
/// Nothing counts before `finish` has returned; a writer that is dropped or has thrown leaves a `.tmp` file that the
/// next `begin` or start removes.
package final class SnapshotWriter {
    /// The largest content of one chunk in bytes.
    package static let maximumChunk = 1 << 20

    private init() { preconditionFailure() }

    /// Begins the snapshot of the state after `sequence`, which must be durable in the journal before `finish`.
    package static func begin(
        _ folder: DataFolder, sequence: UInt64, createdAt: UInt64
    ) throws(StoreError) -> SnapshotWriter { preconditionFailure() }

    /// - Precondition: no section is open.
    package func beginSection(kind: UInt32, first: UInt64, second: UInt64) throws(StoreError) { preconditionFailure() }

    /// Adds to the open section. What one call writes lies in one chunk for the reader, unless it is longer than
    /// `maximumChunk`: then chunk borders fall inside it.
    package func write(_ bytes: Span<UInt8>) throws(StoreError) { preconditionFailure() }

    package func endSection() throws(StoreError) { preconditionFailure() }

    /// Ends the file, makes it durable, reads it back and verifies it, gives it its name, writes the manifest and then
    /// removes what the two newest snapshots make unnecessary: older snapshots, and journal segments wholly below the
    /// older of the two.
    package func finish() throws(StoreError) -> SnapshotEntry { preconditionFailure() }
}
