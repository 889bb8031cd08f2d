import Bytes

// Facts in events.
//
//   orderFactRecorded: profile (varint) order (varint) row of the order (varint) fact (varint) row (varint)
//                      key hash (8) content hash (8) updated record (counted)
//   orderFactHeld:     order's key hash (8) fact (varint) row, always 0 (varint) key hash (8) content hash (8) updated
//                      record (counted) [ the order's name (counted) ]      ; older events have no name
//
// A fact about an order that is not known yet is held; when the order has come it is recorded, under the same number. A
// newer telling of a fact is the same event again. The key hash is that of the order's name and the fact's.

extension EventWriter {
    mutating func fact(
        _ number: UInt32, row: UInt32, keyHash: UInt64, _ fact: PreparedFact, record: Span<UInt8>
    ) {
        subject(
            number, row: row, keyHash: keyHash, contentHash: fact.contentHash, updatedAt: fact.updatedAt,
            record: record)
    }
}

/// One fact as the directory knows it.
struct FactEntry: BitwiseCopyable, Sendable {
    /// Hash of the order's name and the fact's.
    var keyHash: UInt64
    var contentHash: UInt64
    /// Milliseconds; `PreparedOrder.noUpdateTime` when the sender gave none.
    var updatedAt: Int64
    /// The event that told it last.
    var sequence: UInt64
    /// The order's number; `FactEntry.held` while it is not known.
    var order: UInt32
    /// Row on the shard of the order's profile; 0 while the order is not known.
    var row: UInt32

    static let held = UInt32.max
}

/// A fact that waits for its order: kept whole in the directory, since no shard is its home yet.
struct HeldFact: Sendable {
    /// Its number.
    let fact: UInt32
    let record: [UInt8]
}
