import Bytes

// The ledger inside the directory: who a command is about, where content lies, and the answers.
extension DirectoryState {
    /// Decides a command of the ledger; writes one event at most. Pure, as every `decide`.
    package func decide(
        _ command: LedgerCommand, shop: UInt16, actor: String, at now: Timestamp, into events: inout EventWriter
    ) throws(Refusal) -> LedgerDecision {
        if case .archive(let command) = command {
            return try decide(command, shop: shop, actor: actor, at: now, into: &events)
        }
        var desk = LedgerDesk(shop: shop, actor: actor, now: now, hasher: hasher(shop))
        switch command {
        case .draft(let request):
            let order = orders[Int(request.order)]
            // A credit note is made from its invoice, whatever has become of the order.
            guard request.invoice != nil || order.sequence == request.orderSequence else { return .outdated }
            guard request.returnId.isEmpty || knows(.return, request.returnId, of: order) else {
                throw Refusal(
                    .notFound,
                    "return: \(request.orderName) has no return \(request.returnId); ORDER.RETURN tells of it")
            }
            desk.profile = order.profile
        case .issue(_, _, let customer?, _): desk.profile = try profile(numbered: customer, shop: shop)
        default: break
        }
        switch try ledger.decide(command, desk, isNumberKnown: { findDocument($0) != nil }) {
        case .event(let event):
            events.ofLedger(event.kind, event, row: row(of: event, command), shop: shop, now: now)
            return .written
        case .duplicate(let subject): return .duplicate(subject)
        case .outdated: return .outdated
        }
    }

    /// Where the content of an event belongs on its shard.
    private func row(of event: LedgerEvent, _ command: LedgerCommand) -> UInt32 {
        guard let profile = event.profile, event.kind.concernsShard else { return 0 }
        return switch command {
        case .redraft(let document, _, _, _): ledger.documents[Int(document)].row
        case .post(let request): ledger.documents[Int(request.document)].row
        default: rows[shard(of: profile)].contents
        }
    }

    func validateLedger(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let profile = event.party.profile
        try Self.check(profile == .max || Int(profile) < profiles.count, "an unknown profile")
        if event.kind == .documentDrafted {
            try Self.check(
                profile != .max && event.row == rows[Int(profile) % shardCount].contents, "a wrong row of contents")
        }
        if event.kind.concernsShard {
            do throws(ByteReaderError) { _ = try DocumentContent().reading(bytes.extracting(event.record.range)) } catch
            {
                throw .malformed(error)
            }
        }
        try ledger.validate(event, bytes)
    }

    mutating func evolveLedger(_ event: Event, _ bytes: Span<UInt8>) {
        ledger.evolve(event, bytes, sequence: sequence)
        let profile = event.party.profile
        guard profile != .max else { return }
        if event.kind == .documentDrafted { rows[shard(of: profile)].contents += 1 }
        touch(profile)
    }

    /// Reads the ledger's tables of a snapshot, once all are there; false if they do not fit together.
    package mutating func takeLedger() -> Bool {
        var contents = [UInt32](repeating: 0, count: shardCount)
        let isSound = ledger.finishLoading(profiles: profiles.count, contents: &contents)
        for shard in rows.indices { rows[shard].contents = contents[shard] }
        return isSound
    }
}

/// What became of a command of the ledger.
package enum LedgerDecision: Sendable, Equatable {
    /// One event was written, and is to be applied.
    case written
    /// Known already; the number of what it is about.
    case duplicate(UInt32)
    /// Made from something that has changed since.
    case outdated
}

// MARK: - Answers

extension DirectoryState {
    /// The reply to a command that was decided, and applied.
    package func answer(
        _ command: LedgerCommand, _ decision: LedgerDecision, shop: UInt16, at now: Timestamp
    ) throws(Refusal) -> LedgerAnswer {
        if decision == .outdated { return .outdated }
        var output = ByteWriter(capacity: 512)
        output.openObject()
        if case .archive(let command) = command {
            try members(of: command, decision, shop: shop, into: &output)
        } else {
            try ledger.members(of: command, decision, hasher(shop), shop, now, into: &output)
        }
        if let profile = profile(of: command, decision) {
            output.key("customer")
            output.customerNumber(customerNumber(of: profile))
        }
        output.key("duplicate")
        output.bool(decision != .written)
        output.key("seq")
        output.number(sequence)
        output.closeObject()
        return .reply(output.copyBytes())
    }

    private func profile(of command: LedgerCommand, _ decision: LedgerDecision) -> UInt32? {
        switch command {
        case .draft: ledger.documents[ledger.documents.count - 1].profile
        case .redraft(let document, _, _, _): ledger.documents[Int(document)].profile
        case .post(let request): ledger.documents[Int(request.document)].profile
        default: nil
        }
    }

    package func answer(_ query: LedgerQuery, shop: UInt16, at now: Timestamp) throws(Refusal) -> LedgerAnswer {
        let desk = LedgerDesk(shop: shop, actor: "", now: now, hasher: hasher(shop))
        switch query {
        case .order(let name):
            guard let number = order(named: name, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop; put the order first")
            }
            let entry = orders[number]
            return .order(
                OrderTicket(
                    order: UInt32(number), sequence: entry.sequence, profile: entry.profile, row: entry.row,
                    seller: ledger.shops[shop]?.seller))
        case .document(let selector):
            let document = try ledger.find(selector, desk)
            guard !archive.isRemoved(DocumentReference(.ledger, document)) else {
                throw Refusal(.notFound, "document: \(ledger.name(ofDocument: document)) was removed")
            }
            return .document(try ticket(document, desk))
        case .archive(let query): return try answer(query, shop: shop)
        case .service(let query): return .listing(try answer(query, shop: shop, at: now))
        case .seller, .series, .voucher:
            var output = ByteWriter(capacity: 512)
            try ledger.write(query, desk, into: &output)
            return .reply(output.copyBytes())
        }
    }

    private func ticket(_ document: UInt32, _ desk: LedgerDesk) throws(Refusal) -> DocumentTicket {
        let entry = ledger.documents[Int(document)]
        let draft = ledger.open(entry.draft, DraftFacts())
        let customer = customerNumber(of: entry.profile)
        var json = ByteWriter(capacity: 512)
        ledger.members(ofDocument: document, into: &json)
        marks(of: DocumentReference(.ledger, document), into: &json)
        json.key("customer")
        json.customerNumber(customer)
        let shop = ledger.shops[desk.shop]
        let isPosted = entry.documentStanding == .posted
        let posting = isPosted ? ledger.open(entry.latest, PostFacts()) : PostFacts()
        return DocumentTicket(
            document: document, kind: entry.documentKind, standing: entry.documentStanding, version: entry.version,
            profile: entry.profile, row: entry.row, order: draft.order, orderName: draft.orderName,
            number: isPosted ? posting.number : try ledger.nextNumber(entry.documentKind, desk),
            postedAt: Timestamp(milliseconds: isPosted ? entry.changedAt : desk.now.milliseconds),
            einvoice: posting.profile, seller: shop?.seller, sellerVersion: shop?.sellerVersion ?? 0,
            invoice: draft.invoice, customer: customer, left: entry.left, json: json.copyBytes())
    }
}
