import Bytes

/// Works out of events from a disk what follows from each by itself, before the state that they are applied to is there.
package struct EventPreparer: ~Copyable, Sendable {
    private var extractor = FeatureExtractor()

    package init() {}

    /// Whether the records in the event read; if not, `validate` will say so.
    /// - Parameter features: gets what matching compares of the party, if the event brings one.
    package mutating func prepare(
        _ event: Event, _ bytes: Span<UInt8>, appendingTo features: inout [PartyFeatures]
    ) -> Bool {
        if event.kind == .orderRecorded || event.kind == .orderRevised {
            let record = bytes.extracting(event.record.range)
            guard PackedRecord.length(of: record, OrderShape.kinds) ?? 0 > 0 else { return false }
        }
        if event.party.isNewVariant {
            let party = bytes.extracting(event.party.record.range)
            guard PartyRecord.isWellFormed(party) else { return false }
            features.append(extractor.features(of: party))
        }
        return true
    }
}
