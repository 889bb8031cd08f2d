import Bytes

extension Event {
    /// Whether the records in it read, as far as that can be told before the state that it is applied to is there; if not,
    /// `validate` will say so.
    package func hasReadableRecords(_ bytes: Span<UInt8>) -> Bool {
        if kind == .orderRecorded || kind == .orderRevised {
            let record = bytes.extracting(record.range)
            guard PackedRecord.length(of: record, OrderShape.kinds) ?? 0 > 0 else { return false }
        }
        return !party.isNewVariant || PartyRecord.isWellFormed(bytes.extracting(party.record.range))
    }

    /// Whether it is asked for which order it is about.
    package var asksForOrder: Bool { kind == .documentRecorded || kind == .orderFactHeld }

    /// The order that a party came with, its number plus one; 0 if it came by itself.
    @inline(__always) var cause: UInt32 { kind == .profileRecorded ? 0 : subject + 1 }
}
