/// What one file of the store turned out to be.
package struct FileVerdict: Equatable, Sendable {
    package enum Kind: String, Equatable, Sendable { case journal, snapshot, manifest, cleanStop, folder }

    package let file: String
    package let kind: Kind
    package let bytes: Int
    /// First sequence number in it; 0 if none.
    package let firstSequence: UInt64
    /// Last sequence number in it; 0 if none.
    package let lastSequence: UInt64
    /// Groups of a segment, sections of a snapshot.
    package let blocks: Int
    /// Events of a segment, bytes of content of a snapshot.
    package let items: Int
    package let damage: [Damage]
    package let tornCut: TornCut?
}

/// The result of reading everything.
package struct VerifyReport: Equatable, Sendable {
    package let files: [FileVerdict]
    /// Damage between files: gaps, missing ones.
    package let damage: [Damage]
    /// The last sequence number that a start would reach.
    package let lastSequence: UInt64

    /// Whether nothing at all is damaged; a torn end is not damage.
    package var isIntact: Bool { damage.isEmpty && files.allSatisfy(\.damage.isEmpty) }
}

/// Reads every file of a data folder and judges it. Never changes anything and needs no lock.
package enum Verifier {
    /// - Parameter live: the segment that a running writer is appending to, which is read only so far; nil offline.
    package static func verify(
        _ path: String, on fileSystem: any FileSystem, live: LiveSegment? = nil
    ) throws(StoreError) -> VerifyReport { preconditionFailure() }
}
