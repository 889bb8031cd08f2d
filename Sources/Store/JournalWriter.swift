import Bytes

/// Where a journal ends: what the next writer must know. Recovery finds it.
package struct JournalEnd: Equatable, Sendable {
    /// The sequence number that the next event gets; 1 in an empty journal.
    package var nextSequence: UInt64
    /// Header checksum of the last valid group; 0 if there is none.
    package var chain: UInt64
    /// The segment to go on with; nil = the next group begins a new one.
    package var segment: String?
    /// Bytes of that segment that are valid.
    package var offset: Int
    /// The torn end to be cut before anything is written; nil if the journal ends well.
    package var tornCut: TornCut?

    /// A journal that has not begun.
    package static let empty = JournalEnd(nextSequence: 1, chain: 0, segment: nil, offset: 0, tornCut: nil)
}

/// The end of the last segment that a crash left half written.
package struct TornCut: Equatable, Sendable, CustomStringConvertible {
    /// The segment's name in the data folder.
    package let file: String
    /// Where the valid part ends, in bytes.
    package let offset: Int
    package let bytes: Int
    /// The last sequence number before the cut; 0 if there is none.
    package let lastGoodSequence: UInt64
    /// What stood there.
    package let reason: Damage.Reason

    package var description: String {
        "\(file) is torn at offset \(offset) (\(reason.rawValue)): \(bytes) bytes cut after sequence \(lastGoodSequence)"
    }
}

/// Appends groups of events to the journal. Confined to one thread at a time: the journal's lane.
///
/// Every call blocks on the disk. Once a call has thrown `.failed`, every later one throws the same error.
package final class JournalWriter {
    package struct Options: Equatable, Sendable {
        /// A segment that has reached this many bytes is ended.
        package var segmentBytes: Int
        package init(segmentBytes: Int = 64 << 20) { self.segmentBytes = segmentBytes }
    }

    /// The sequence number that the next group must begin with.
    package private(set) var nextSequence: UInt64
    /// The highest sequence number known to be durable.
    package private(set) var syncedSequence: UInt64
    /// Bytes written to disk since this writer was opened.
    package private(set) var bytesWritten = 0

    private init() { preconditionFailure() }

    /// Opens the journal where recovery found its end: saves and cuts a torn end, removes the clean-stop file, and
    /// makes both durable before it returns.
    package static func open(
        _ folder: DataFolder, at end: JournalEnd, options: Options = Options()
    ) throws(StoreError) -> JournalWriter { preconditionFailure() }

    /// Writes one group: `count` events, each preceded by its length as a varint, at most
    /// `BlockHeader.maximumContent` bytes in all. It is durable only after `sync`.
    ///
    /// `.diskFull` means that nothing was written; the same group may be appended later.
    /// - Precondition: `firstSequence == nextSequence`, `count >= 1`.
    package func append(_ events: Span<UInt8>, firstSequence: UInt64, count: Int) throws(StoreError) {
        preconditionFailure()
    }

    /// Makes everything appended so far durable. A failure is final.
    package func sync() throws(StoreError) { preconditionFailure() }

    /// Syncs, leaves the clean-stop file and closes. Nothing may be called afterwards.
    package func finish() throws(StoreError) { preconditionFailure() }

    /// The live segment up to the last sync, for an online verify; nil if nothing was written since opening.
    package var durableEnd: LiveSegment? { preconditionFailure() }
}

/// The part of the segment now being written that is on disk for sure.
package struct LiveSegment: Equatable, Sendable {
    package let file: String
    package let bytes: Int
    package let sequence: UInt64
}
