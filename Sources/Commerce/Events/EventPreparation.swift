import Bytes

/// What can be worked out of an event by itself, before the state that it is applied to is there.
package struct EventPreparation: Sendable, BitwiseCopyable {
    /// What matching compares of the party that the event brings; nil if it brings none.
    package var features: PartyFeatures?
}

extension FeatureExtractor {
    /// Prepares an event that came from a disk; nil if a record in it does not read, which `validate` will say then.
    package mutating func prepare(_ event: Event, _ bytes: Span<UInt8>) -> EventPreparation? {
        var preparation = EventPreparation()
        if event.kind == .orderRecorded || event.kind == .orderRevised {
            let record = bytes.extracting(event.record.range)
            guard PackedRecord.length(of: record, OrderShape.members) ?? 0 > 0 else { return nil }
        }
        if event.party.isNewVariant {
            let party = bytes.extracting(event.party.record.range)
            guard PartyRecord.isWellFormed(party) else { return nil }
            preparation.features = features(of: party)
        }
        return preparation
    }
}
