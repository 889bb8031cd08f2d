import Bytes

// What matching needs is not on disk: a start makes it of the records, however they came to be there. Whatever follows from
// single records (features) is made in pieces on all cores; taking it in, in the order in which the records came, is left to
// one. Nothing else that a start does needs it, so that the directory answers questions meanwhile.

/// All that matching is made of, as it stood at one moment. Pages of tables are shared until somebody writes to them.
package struct MatchingSource: Sendable {
    fileprivate let records: StoredRecords
    fileprivate let profiles: PagedArray<ProfileEntry>
    fileprivate let modes: [MatchMode]
    fileprivate let sources: SourceTable
    fileprivate let watches: [ValueWatch]
    /// Variants below this one have been weighed.
    fileprivate let settledVariants: Int
    /// Whether everything is to be weighed again.
    fileprivate let isSwept: Bool
    /// Profiles that people decided about since all was weighed.
    fileprivate let decided: [UInt32]
}

/// Nobody wants it any more.
private struct Cancellation: Error {}

extension DirectoryState {
    /// What matching is to be made of now.
    /// - Parameter shards: all of them, in order.
    package func matchingSource(_ shards: [ShardState]) -> MatchingSource {
        MatchingSource(
            records: StoredRecords(variants: variants, orders: orders, shards: shards), profiles: profiles,
            modes: identities.map(\.mode), sources: sources, watches: watches, settledVariants: Int(settledVariants),
            isSwept: sweepSequence > settledSequence,
            decided: decisions.all.flatMap { decision in
                max(decision.sequence, decision.withdrawnSequence) > settledSequence
                    ? decision.left + decision.right : []
            })
    }

    /// Leaves out what matching needs, until `takeMatching`: events may be applied, nothing may be decided.
    package mutating func leaveOutMatching() {
        precondition(profiles.count == 0, "matching knows profiles already")
        isMatchingAway = true
    }

    /// Takes what was made of this state's records; no event may have been applied since.
    package mutating func takeMatching(_ made: inout MatchIndex) {
        precondition(isMatchingAway && made.profiles.count == profiles.count, "made of other records")
        swap(&index, &made)
        isMatchingAway = false
    }

    /// Has matching heed something. While it is away that is left to whoever makes it.
    mutating func heed(_ body: (inout MatchIndex) -> Void) {
        if !isMatchingAway { body(&index) }
    }
}

extension MatchIndex {
    /// How far ahead memory is asked for what a variant's keys will look at.
    private static let variantsAhead = 4

    /// Takes in every variant. Values that people spoke about come first, so that their word stands.
    /// - Parameters:
    ///   - threads: how many may work at once; the outcome is the same.
    ///   - isCancelled: asked now and then.
    /// - Returns: false if it was cancelled; nothing may be done with the index then.
    package mutating func fill(from source: MatchingSource, threads: Int, isCancelled: () -> Bool) -> Bool {
        for watch in source.watches { apply(watch) }
        do throws(Cancellation) {
            try takeVariants(source, threads, isCancelled)
        } catch {
            return false
        }
        if source.isSwept { sweep(shop: nil) }
        for profile in source.decided { markDirty(profile) }
        return true
    }

    private mutating func takeVariants(
        _ source: MatchingSource, _ threads: Int, _ isCancelled: () -> Bool
    ) throws(Cancellation) {
        let pieces = Pieces(of: source.records.variants.count)
        var sources = source.sources
        isForgetful = source.settledVariants > 0
        defer { isForgetful = false }
        try PieceWork.run(pieces.count, threads: threads) {
            source.records.features(of: pieces[$0])
        } take: { (piece, features) throws(Cancellation) in
            if isCancelled() { throw Cancellation() }
            for (number, features) in zip(pieces[piece], features) {
                if number == source.settledVariants { isForgetful = false }
                prefetchKeys(number + Self.variantsAhead, of: source)
                take(number, features, of: source, &sources)
            }
        }
    }

    private mutating func take(
        _ number: Int, _ features: PartyFeatures, of source: MatchingSource, _ sources: inout SourceTable
    ) {
        let profile = source.records.variants[number].profile
        let shop = source.profiles[Int(profile)].shop
        let mode = source.modes[Int(shop)]
        source.records.withParty(number) { record, order in
            // Profiles are numbered in the order of their first variants.
            let showsMore = add(
                record, of: profile, isNew: Int(profile) == profiles.count, shop: shop, features,
                isWeighed: mode == .evidence, &sources)
            if showsMore, !isSettled(profile, mode, source.profiles) { markNew(profile) }
            note(cause: order, of: profile)
        }
    }

    private func prefetchKeys(_ number: Int, of source: MatchingSource) {
        guard number < source.records.variants.count else { return }
        let shop = source.profiles[Int(source.records.variants[number].profile)].shop
        source.records.withParty(number) { record, _ in
            PartyRecord.forEachKey(of: record) { prefetch($0, shop: shop) }
        }
    }
}

extension MatchIndex {
    /// Takes in a party record.
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

    /// Whether an arrival itself found all that weighing could: where one value says it all, everybody who carries the
    /// profile's values is of its customer by now.
    func isSettled(_ profile: UInt32, _ mode: MatchMode, _ profiles: borrowing PagedArray<ProfileEntry>) -> Bool {
        guard mode != .evidence else { return false }
        let root = profiles.root(of: profile)
        guard !profiles[Int(root)].isRestricted else { return false }
        var isSettled = true
        forEachValue(of: profile) { number in
            guard isSettled, values[number].isDecisive(in: mode) else { return }
            let carriers = values[number].carriers
            let seen = centre(of: carriers) == profile ? Int(carriers.count) : 1
            for position in 0..<seen where profiles.root(of: lists[carriers, position]) != root { isSettled = false }
        }
        return isSettled
    }

    /// Lets a person's word about a value stand.
    mutating func apply(_ watch: ValueWatch) {
        let kind = ValueKind(watch.key.kind)
        setState(watch.state, of: valueForDecision(Self.scoped(watch.key.hash, kind, shop: watch.shop), kind))
    }
}
