/// One section of a snapshot, as its writer named it.
package struct SnapshotSection: Equatable, Sendable {
    /// Position in the file, from 0.
    package let index: Int
    /// What kind of data: the engine's numbers.
    package let kind: UInt32
    /// Two words of the engine's choice, for instance shard and table.
    package let first: UInt64
    package let second: UInt64
}

/// A finished snapshot, as the manifest lists it.
package struct SnapshotEntry: Equatable, Sendable {
    /// It holds the state after this event.
    package let sequence: UInt64
    /// Milliseconds since 1970, as the caller gave them.
    package let createdAt: UInt64
    /// Size of the file.
    package let bytes: Int
    /// XXH64 of the whole file.
    package let checksum: UInt64
}
