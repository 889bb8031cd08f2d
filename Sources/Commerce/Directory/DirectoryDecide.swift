import Bytes

// Decide: what is new; whose it is, ArrivalDecide.swift says. Pure: reads the state, writes events, changes nothing; the
// caller applies each event with `evolve` before it decides the next command.

/// How an arriving party found its customer.
package enum Resolution: UInt8, Sendable {
    case created, matched, merged

    /// As it stands in replies.
    package var text: StaticString {
        switch self {
        case .created: "created"
        case .matched: "matched"
        case .merged: "merged"
        }
    }
}

/// What became of an order, profile or document.
package enum Verdict: Sendable, Equatable {
    /// New; one event was written.
    case recorded(Resolution)
    /// A newer version of a known one; one event was written.
    case revised(Resolution)
    /// Word for word known already.
    case duplicate
    /// Older than what is known.
    case stale
    /// Differs from what is known, and nothing says which is newer.
    case conflict
}

/// The outcome of a write: whom it concerns and which entry.
package struct Decision: Sendable, Equatable {
    package let verdict: Verdict
    package let profile: UInt32
    /// Number of the order or document in the directory; zero for a profile.
    package let subject: UInt32
}

extension DirectoryState {
    // MARK: The first events

    package func initialise(shards: Int, seed: UInt64, at now: Timestamp, into events: inout EventWriter) {
        precondition(!isInitialised && (1...256).contains(shards))
        events.engineInitialised(shards: shards, seed: seed, now: now)
    }

    package func openShop(
        _ name: String, mode: MatchMode = .evidence, at now: Timestamp, into events: inout EventWriter
    ) throws(Refusal) {
        guard shops.count < 60_000 else { throw Refusal(.refused, "no more than 60,000 shops in one engine") }
        events.shopOpened(UInt16(shops.count), name: name, mode: mode, now: now)
    }

    // MARK: Orders

    /// Asks memory for what deciding an order will look at first.
    @inline(__always) package func prefetch(_ order: PreparedOrder) {
        orderIndex.prefetch(order.keyHash)
        variantIndex.prefetch(order.party.contentHash)
        if order.party.referenceHash != 0 { keyIndex.prefetch(order.party.referenceHash) }
    }

    /// Asks memory for what telling whose a prefetched order is will look at.
    @inline(__always) package func prefetchParty(_ order: PreparedOrder, in bytes: Span<UInt8>, shop: UInt16) {
        if let known = findVariant(order.party.contentHash) {
            profiles.prefetch(Int(variants[known].profile))
        } else {
            PartyRecord.forEachKey(of: bytes.extracting(order.party.record.range)) { key in
                keyIndex.prefetch(key.hash)
                index.prefetch(key, shop: shop)
            }
        }
    }

    /// Decides an order: known, newer, older, contradicting, or new, and then whose.
    package func decide(
        _ order: PreparedOrder, in bytes: Span<UInt8>, shop: UInt16, at now: Timestamp,
        _ scratch: inout ResolutionScratch, into events: inout EventWriter
    ) -> Decision {
        if let known = findOrder(order.keyHash) {
            return decideAgain(order, known, in: bytes, shop: shop, at: now, &scratch, into: &events)
        }
        let home = home(of: order.party)
        events.begin(.orderRecorded, now, shop: shop)
        let resolution = party(
            order.party, home, in: bytes, shop: shop, seenAt: seenAt(order), &scratch, into: &events)
        let subject = UInt32(orders.count)
        events.subject(
            subject, row: rows[shard(of: home.profile)].orders, keyHash: order.keyHash, contentHash: order.contentHash,
            updatedAt: order.version, record: bytes.extracting(order.record.range))
        events.end()
        return Decision(verdict: .recorded(resolution), profile: home.profile, subject: subject)
    }

    /// An order that is known: idempotent without a time window.
    private func decideAgain(
        _ order: PreparedOrder, _ known: Int, in bytes: Span<UInt8>, shop: UInt16, at now: Timestamp,
        _ scratch: inout ResolutionScratch, into events: inout EventWriter
    ) -> Decision {
        let entry = orders[known]
        let verdict = version(
            entry, contentHash: order.contentHash, updatedAt: order.updatedAt, tieBreak: order.tieBreak)
        guard verdict == .revised(.matched) else {
            return Decision(verdict: verdict, profile: entry.profile, subject: UInt32(known))
        }
        var home = home(of: order.party, orderOf: entry.profile)
        home.isKnownVariant = home.isKnownVariant && variants[home.variant].profile == entry.profile
        home.profile = entry.profile
        events.begin(.orderRevised, now, shop: shop)
        let resolution = party(
            order.party, home, in: bytes, shop: shop, seenAt: seenAt(order), &scratch, into: &events)
        events.subject(
            UInt32(known), row: entry.row, keyHash: order.keyHash, contentHash: order.contentHash,
            updatedAt: order.version, record: bytes.extracting(order.record.range))
        events.end()
        return Decision(
            verdict: .revised(resolution == .created ? .matched : resolution), profile: entry.profile,
            subject: UInt32(known))
    }

    /// The rule of versions, the same for orders and documents: `updatedAt` alone tells newer from older, and what a platform
    /// tells of one second is placed within it.
    private func version(
        _ entry: SubjectEntry, contentHash: UInt64, updatedAt: Int64, tieBreak: Int64 = 0
    ) -> Verdict {
        let none = PreparedOrder.noUpdateTime
        if entry.contentHash == contentHash, updatedAt <= entry.updatedAt { return .duplicate }
        if updatedAt == none { return .conflict }
        let version = updatedAt + tieBreak
        if entry.updatedAt == none || version > entry.updatedAt { return .revised(.matched) }
        if version < entry.updatedAt { return .stale }
        guard tieBreak > 0 else { return .conflict }
        return contentHash > entry.contentHash ? .revised(.matched) : .stale
    }

    private func seenAt(_ order: PreparedOrder) -> Int64 {
        order.updatedAt == PreparedOrder.noUpdateTime ? order.placedAt : order.updatedAt
    }

    // MARK: Profiles

    /// Decides a profile that came without an order. A repeat of what came last changes nothing; what is older than
    /// it, by `updatedAt`, neither.
    package func decide(
        _ profile: PreparedProfile, in bytes: Span<UInt8>, shop: UInt16, at now: Timestamp,
        _ scratch: inout ResolutionScratch, into events: inout EventWriter
    ) -> Decision {
        let home = home(of: profile.party)
        let hasTime = profile.updatedAt != PreparedOrder.noUpdateTime
        if !home.isNew {
            if let known = imports.entry(of: home.profile) {
                let isSame = home.isKnownVariant && variants[home.variant].row == known.row
                if isSame, !hasTime || profile.updatedAt <= known.at {
                    return Decision(verdict: .duplicate, profile: home.profile, subject: 0)
                }
                if hasTime, profile.updatedAt < known.at {
                    return Decision(verdict: .stale, profile: home.profile, subject: 0)
                }
            }
        }
        events.begin(.profileRecorded, now, shop: shop)
        let seenAt = hasTime ? profile.updatedAt : now.milliseconds
        let resolution = party(
            profile.party, home, in: bytes, shop: shop, seenAt: seenAt, &scratch, into: &events)
        events.end()
        return Decision(
            verdict: home.isNew ? .recorded(resolution) : .revised(resolution), profile: home.profile, subject: 0)
    }

    // MARK: Documents and notes

    package func decide(
        _ document: PreparedDocument, in bytes: Span<UInt8>, shop: UInt16, at now: Timestamp,
        into events: inout EventWriter
    ) throws(Refusal) -> Decision {
        let known = findDocument(document.keyHash)
        if let known {
            let entry = documents[known]
            let verdict = version(entry, contentHash: document.contentHash, updatedAt: document.updatedAt)
            guard verdict == .revised(.matched) else {
                return Decision(verdict: verdict, profile: entry.profile, subject: UInt32(known))
            }
        }
        let profile = try owner(of: document, in: bytes, shop: shop)
        if let known, documents[known].profile != profile {
            throw Refusal(.conflict, "order: the document is known for another order")
        }
        let subject = UInt32(known ?? documents.count)
        events.begin(known == nil ? .documentRecorded : .documentRevised, now, shop: shop)
        events.profile(profile)
        events.subject(
            subject, row: known.map { documents[$0].row } ?? rows[shard(of: profile)].documents,
            keyHash: document.keyHash, contentHash: document.contentHash, updatedAt: document.updatedAt,
            record: bytes.extracting(document.record.range))
        events.end()
        return Decision(
            verdict: known == nil ? .recorded(.matched) : .revised(.matched), profile: profile, subject: subject)
    }

    private func owner(
        of document: PreparedDocument, in bytes: Span<UInt8>, shop: UInt16
    ) throws(Refusal) -> UInt32 {
        if !document.orderName.range.isEmpty {
            let name = try OrderName(bytes.extracting(document.orderName.range))
            guard let order = order(named: name, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop; put the order first")
            }
            return orders[order].profile
        }
        guard let profile = profile(.number(document.customerNumber), shop: shop) else {
            throw Refusal(
                .notFound, "customer: C\(document.customerNumber) is not known in this shop; CUSTOMER.FIND lists who is"
            )
        }
        return profile
    }

    package func decide(
        _ note: PreparedNote, in bytes: Span<UInt8>, actor: Span<UInt8>, shop: UInt16, at now: Timestamp,
        into events: inout EventWriter
    ) throws(Refusal) -> Decision {
        let profile = try profile(numbered: note.customerNumber, shop: shop)
        events.begin(.noteAdded, now, shop: shop)
        events.profile(profile)
        events.note(row: rows[shard(of: profile)].notes, actor: actor, text: bytes.extracting(note.text.range))
        events.end()
        return Decision(verdict: .recorded(.matched), profile: profile, subject: 0)
    }
}
