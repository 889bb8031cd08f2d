import Bytes

/// What matching needs, away from the directory: while a start applies the journal it is filled by itself, since nothing that
/// the directory does with most events depends on it.
package struct MatchingPart: ~Copyable, Sendable {
    fileprivate var index = MatchIndex()
    fileprivate var sources = SourceTable()
    private var extractor = FeatureExtractor()

    package init() {}

    /// Asks memory for what an event will look at; waits for nothing.
    package func prefetch(_ event: Event, _ bytes: Span<UInt8>) { index.prefetchKeys(of: event, bytes) }

    /// Takes in an event that the directory has taken in without it (`DirectoryState.isApart`).
    /// - Parameter features: of its party, if they are known already.
    package mutating func evolve(_ event: Event, _ bytes: Span<UInt8>, _ features: PartyFeatures?) {
        if event.kind == .identitySettled { index.settle() }
        guard event.party.isNewVariant else { return }
        let record = bytes.extracting(event.party.record.range)
        let showsMore = index.add(
            record, of: event.party.profile, isNew: event.party.isNewProfile, shop: event.shop,
            features ?? extractor.features(of: record), isWeighed: true, &sources)
        if showsMore { index.markNew(event.party.profile) }
        index.note(cause: event.cause, of: event.party.profile)
    }
}

extension MatchIndex {
    /// Takes a party record into what matching needs.
    /// - Parameters:
    ///   - isNew: whether it is the profile's first.
    ///   - isWeighed: whether the shop weighs evidence, so that features lead to candidates.
    /// - Returns: whether the profile shows something new, so that it is to be weighed.
    mutating func add(
        _ record: Span<UInt8>, of profile: UInt32, isNew: Bool, shop: UInt16, _ features: PartyFeatures,
        isWeighed: Bool, _ sources: inout SourceTable
    ) -> Bool {
        if isNew {
            guard let origin = PartyOrigin(record) else { preconditionFailure("a party without channel and store") }
            addProfile(record, origin, source: sources.note(origin, shop: shop))
        }
        return add(features, to: profile, shop: shop, isWeighed: isWeighed) { body in
            PartyRecord.forEachKey(of: record, body)
        }
    }
}

extension Event {
    /// The order that a party came with, its number plus one; 0 if it came by itself.
    @inline(__always) var cause: UInt32 { kind == .profileRecorded ? 0 : subject + 1 }
}

extension DirectoryState {
    /// Exchanges what matching needs. While it is away only events may be applied that are apart from it.
    package mutating func exchange(_ matching: inout MatchingPart) {
        swap(&index, &matching.index)
        swap(&sources, &matching.sources)
        isMatchingAway.toggle()
    }

    /// Whether all that an event does to what matching needs follows from the event itself, and nothing else that it does
    /// depends on that. Events of shops that are not known yet are not.
    package func isApart(_ event: Event) -> Bool {
        switch event.kind {
        case .profileRecorded, .orderRecorded, .orderRevised:
            identities.indices.contains(Int(event.shop)) && identities[Int(event.shop)].mode == .evidence
        case .documentRecorded, .documentRevised, .noteAdded, .fieldPinned, .fieldUnpinned, .valueVerified,
            .orderFactRecorded, .orderFactHeld, .customersResolved, .identitySettled:
            true
        case let kind:
            kind.isOfLedger || kind.isOfLabels || kind.isOfArchive || kind.isOfService || kind.concernsOutbox
                || kind.concernsRules
        }
    }
}
