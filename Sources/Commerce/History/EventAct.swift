import Bytes

// Events as acts of a customer's history: who did it and what it was, in front of what the feed shows of it.
extension ByteWriter {
    /// One act as a JSON object: `actor` is who said so; the channel, where a channel brought it; or `rules`,
    /// where no person's decision is behind it.
    package mutating func act(_ stored: StoredEvent, _ names: EventNames, _ scope: HistoryScope) {
        let (actor, summary) = stored.act(names)
        event(stored, names) { output in
            // Where the event itself names its actor, so does the feed's row.
            if let actor { output.member("actor", actor) }
            output.member("summary", summary)
        }
    }
}

extension StoredEvent {
    /// Who did it where the event itself has no actor, and a sentence of what it was.
    fileprivate func act(_ names: EventNames) -> (actor: String?, summary: String) {
        let span = bytes.span
        switch event.kind {
        case .profileRecorded: return (channel(names), "the channel told of the buyer")
        case .orderRecorded: return (channel(names), "order \(orderName(names)) came in")
        case .orderRevised: return (channel(names), "a newer version of order \(orderName(names)) came in")
        case .documentRecorded: return ("anonymous", "\(document) was filed")
        case .documentRevised: return ("anonymous", "a newer version of \(document) was filed")
        case .noteAdded: return (nil, "a note was added")
        case .fieldPinned: return (nil, "a value was pinned")
        case .fieldUnpinned: return (nil, "a pin was taken back")
        case .valueVerified: return (nil, "a VAT id was checked")
        case .orderFactRecorded, .orderFactHeld:
            let record = span.extracting(event.record.range)
            let kind = FactKind(rawValue: record[0]).map { "\($0.text)" } ?? "update"
            let order = names.text(names.orders[event.order]) ?? ""
            return (order.split { ":/".contains($0) }.first.map(String.init), "\(kind) of order \(order)")
        case .customersResolved: return (event.actor.range.isEmpty ? "rules" : nil, resolution)
        case .decisionMade: return (nil, decision)
        case .decisionWithdrawn: return (nil, "a decision was taken back")
        case .wishExpressed: return (nil, "a wish was recorded")
        case .languageChosen: return (nil, "a language was chosen")
        case .messageQueued: return (nil, "a message was queued")
        case .messagesLeased: return (worker, "a worker took the message")
        case .messageReported: return ("courier", "the message was reported on")
        case .messageWithheld: return ("gate", "the message was withheld")
        case .messageNotQueued: return (nil, "a message was withheld")
        case .documentDrafted: return (nil, "a document was drafted")
        case .documentRedrafted: return (nil, "a draft was edited")
        case .documentPosted: return (nil, "a document was posted")
        case .documentDiscarded: return (nil, "a draft was discarded")
        case .voucherIssued: return (nil, "a voucher was issued")
        case .voucherRedeemed: return (nil, "a voucher was redeemed")
        case .redemptionReversed: return (nil, "a redemption was reversed")
        case .chequeTaken: return (nil, "a cheque was taken in")
        case .chequePaid: return (nil, "a cheque was paid out")
        case .voucherRenewed: return (nil, "a voucher got another code")
        case .voucherExpired: return ("engine", "a voucher came to its end")
        case .documentAttached: return (nil, "a file was put into the dossier")
        case .documentLabelled: return (nil, "a document was labelled, or a label taken off")
        case .documentShared: return (nil, "it was said who may see a document")
        case .documentsSent: return (nil, "documents were sent")
        case .documentRemoved: return (nil, "a document was removed")
        case .customerTagged: return (nil, "a tag was put on")
        case .customerUntagged: return (nil, "a tag was taken off")
        case .customerBlocked: return (nil, "the customer was blocked")
        case .customerUnblocked: return (nil, "the block was taken back")
        case .brochureRequested: return (nil, "a brochure was asked for")
        case .brochuresPrinted: return (nil, "a brochure was printed, to be sent")
        case .brochuresWithdrawn: return (nil, "the request for a brochure was withdrawn")
        case .customerLoggedIn: return (nil, "the customer logged in")
        case .reportAsked: return (nil, "a report was asked for")
        case .engineInitialised, .identitySettled, .shopOpened, .rulesProposed, .rulesActivated, .shopConfigured,
            .valueWatched, .templateStored, .templateRemoved, .senderConfigured, .sellerDescribed, .seriesConfigured,
            .retentionChanged, .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested, .automationConfigured,
            .changesHandled, .termsPut, .termsRemoved:
            return (nil, "\(event.kind.word)")
        }
    }

    /// Who took messages to send them.
    private var worker: String? {
        do throws(EventError) {
            if case .messagesLeased(_, let worker, _) = try OutboxEvent(event, bytes.span) { return worker }
        } catch {
            preconditionFailure("an event that was applied does not read: \(error)")
        }
        return nil
    }

    /// Which channel brought it.
    private func channel(_ names: EventNames) -> String? {
        guard event.kind == .profileRecorded else {
            return orderName(names).split { ":/".contains($0) }.first.map(String.init)
        }
        guard event.party.isNewVariant else { return nil }
        return PartyRecord(bytes.span.extracting(event.party.record.range)).members.text(PartyShape.channel)
    }

    private func orderName(_ names: EventNames) -> String { names.orderName(of: event, bytes.span) ?? "" }

    private var decision: String {
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes.span, at: event.record.range.lowerBound)
            let kind = PersonDecision.Kind(rawValue: try reader.byte()) ?? .linked
            let isMerge = try reader.byte() & 1 != 0
            let left = Self.numbers(try reader.profiles())
            let right = Self.numbers(try reader.profiles())
            if isMerge { return "\(left) was merged into \(right)" }
            switch kind {
            case .together: return "\(left) and \(right) were said to be one customer"
            case .apart: return "\(left) and \(right) were said not to be one customer"
            case .linked: return "\(left) and \(right) were said to be related"
            }
        } catch {
            preconditionFailure("an event that was applied does not read: \(error)")
        }
    }

    private static func numbers(_ profiles: [UInt32]) -> String {
        profiles.map { "C\($0 + 1)" }.joined(separator: ", ")
    }

    private var document: String {
        let record = PackedRecord(bytes.span.extracting(event.record.range), DocumentShape.members)
        return "\(record.text(DocumentShape.kind)) \(record.text(DocumentShape.number))"
    }

    private var resolution: String {
        var customers: [String] = []
        event.forEachGroup(in: bytes.span) { group, _ in customers.append(Self.numbers(group.sorted())) }
        if customers.count == 1 { return "\(customers[0]) became one customer" }
        if customers.count > 1 { return "divided anew: \(customers.joined(separator: " | "))" }
        var merged: [String] = []
        event.forEachEdge(in: bytes.span) {
            if $0.weight.verdict == .merge { merged.append(Self.numbers([$0.older, $0.newer])) }
        }
        return merged.isEmpty ? "findings were noted" : "\(merged.joined(separator: "; ")) became one customer"
    }
}
