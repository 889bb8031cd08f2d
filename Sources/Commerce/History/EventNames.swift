import Bytes

/// How people call what events know by numbers and hashes. Names never change, so the state of now may be asked about any
/// event that it holds.
package struct EventNames: Sendable {
    var orders: [UInt32: RecordQuestion] = [:]
    /// Orders that a fact waited for, by the hash of their names; those that never came have no name here.
    var awaitedOrders: [UInt64: RecordQuestion] = [:]
    var values: [IdentityKey: RecordQuestion] = [:]
    /// Documents of the ledger by where their content lies.
    var documents: [ContentPlace: UInt32] = [:]
    /// Decimals of the currency by document.
    var documentDigits: [UInt32: UInt8] = [:]
    var documentCurrencies: [UInt32: String] = [:]
    /// Vouchers by the hash of their code.
    var vouchers: [[UInt8]: UInt32] = [:]
    var voucherCurrencies: [UInt32: String] = [:]
    var redemptions: [UInt32: (voucher: UInt32, id: String)] = [:]
    /// By the identifier under which they were queued.
    var messages: [String: UInt32] = [:]
    var decisions: [Int: PersonDecision] = [:]
    /// Files in dossiers by the event that put them there.
    var filed: [UInt64: UInt32] = [:]
    /// Versions of rules by the event that proposed them.
    var versions: [UInt64: Int] = [:]
    /// `channel/store` by the number of the source.
    var sources: [UInt16: String] = [:]
    /// What the shards have answered; to be filled in before rows are written.
    package var answers: [RecordQuestion: [String]] = [:]

    package init() {}

    struct ContentPlace: Hashable, Sendable {
        let profile: UInt32
        let row: UInt32
    }

    /// What the shards are to be asked.
    package func questions(about events: [StoredEvent]) -> Set<RecordQuestion> {
        var questions = Set(orders.values).union(awaitedOrders.values).union(values.values)
        for stored in events {
            guard let party = stored.event.knownParty else { continue }
            questions.insert(party)
            questions.insert(.order(profile: stored.event.party.profile, row: stored.event.row))
        }
        return questions
    }

    func text(_ question: RecordQuestion?) -> String? { question.flatMap { answers[$0]?.first } }

    /// The name of the order that an event brought.
    func orderName(of event: Event, _ bytes: Span<UInt8>) -> String? {
        guard event.party.isNewVariant else {
            return text(.order(profile: event.party.profile, row: event.row))
        }
        let party = PartyRecord(bytes.extracting(event.party.record.range)).members
        let number = PackedRecord(bytes.extracting(event.record.range), OrderShape.members).text(OrderShape.number)
        let store = party.text(PartyShape.store)
        return party.text(PartyShape.channel) + (store == "main" ? "" : "/\(store)") + ":\(number)"
    }

    /// The order that a fact waits for, as its sender named it; where an older event does not say, its name if it came.
    func awaitedOrder(of event: Event, _ bytes: Span<UInt8>) -> String? {
        let name = bytes.text(event.orderName.range)
        return name.isEmpty ? text(awaitedOrders[event.orderKey]) : name
    }
}

extension Event {
    /// The variant of a profile that an order came with when the event does not bring it itself.
    var knownParty: RecordQuestion? {
        guard kind == .orderRecorded || kind == .orderRevised, !party.isNewVariant else { return nil }
        return .party(profile: party.profile, row: party.variantRow)
    }
}

extension EventKind {
    /// Whether the directory must be asked for names.
    package var hasNames: Bool {
        switch self {
        case .profileRecorded, .orderRecorded, .orderRevised, .documentRecorded, .documentRevised, .noteAdded,
            .fieldPinned, .fieldUnpinned, .valueVerified, .shopOpened, .engineInitialised, .identitySettled,
            .templateStored, .templateRemoved, .senderConfigured, .wishExpressed, .languageChosen, .messagesLeased,
            .messageReported, .messageWithheld, .rulesActivated, .decisionMade, .sellerDescribed, .seriesConfigured,
            .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked, .documentLabelled,
            .documentShared, .documentsSent, .documentRemoved, .retentionChanged, .rulePut, .ruleSwitched, .ruleMoved,
            .ruleRemoved, .ruleTested, .automationConfigured, .changesHandled, .termsPut, .termsRemoved,
            .brochureRequested, .brochuresPrinted, .brochuresWithdrawn, .customerLoggedIn, .reportAsked:
            false
        case .orderFactRecorded, .orderFactHeld, .customersResolved, .decisionWithdrawn, .rulesProposed,
            .shopConfigured, .valueWatched, .messageQueued, .messageNotQueued, .documentDrafted, .documentRedrafted,
            .documentPosted,
            .documentDiscarded, .voucherIssued, .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid,
            .voucherRenewed, .voucherExpired, .documentAttached:
            true
        }
    }
}

extension DirectoryState {
    /// The names of what these events of one shop are about.
    package func names(of events: [StoredEvent], outbox: borrowing OutboxState) -> EventNames {
        var names = EventNames()
        for stored in events {
            do throws(EventError) { try add(stored, outbox, to: &names) } catch {
                preconditionFailure("an event that was applied does not read: \(error)")
            }
        }
        return names
    }

    private func add(
        _ stored: StoredEvent, _ outbox: borrowing OutboxState, to names: inout EventNames
    ) throws(EventError) {
        let event = stored.event
        switch event.kind {
        case .orderFactRecorded: name(order: event.order, in: &names)
        case .orderFactHeld:
            if let order = findOrder(event.orderKey) {
                names.awaitedOrders[event.orderKey] = .order(
                    profile: orders[order].profile, row: orders[order].row)
            }
        case .customersResolved: if event.subject > 0 { name(order: event.subject - 1, in: &names) }
        case .messageQueued, .messageNotQueued:
            switch try OutboxEvent(event, stored.bytes.span) {
            case .messageQueued(_, _, _, _, let record), .messageNotQueued(_, _, _, let record, _):
                names.messages[record.identifier] = outbox.message(
                    identified: record.identifier, shop: event.shop, isQueued: event.kind == .messageQueued)
            default: break
            }
        case .documentAttached: names.filed[stored.sequence] = archive.filed(by: stored.sequence)
        case let kind where kind.isOfLedger: try ledger.add(stored, to: &names)
        default:
            do throws(ByteReaderError) { try addIdentity(stored, to: &names) } catch { throw .malformed(error) }
        }
    }

    private func name(order: UInt32, in names: inout EventNames) {
        guard Int(order) < orders.count else { return }
        names.orders[order] = .order(profile: orders[Int(order)].profile, row: orders[Int(order)].row)
    }

    private func addIdentity(_ stored: StoredEvent, to names: inout EventNames) throws(ByteReaderError) {
        let event = stored.event
        var reader = ByteReader(stored.bytes.span, at: event.record.range.lowerBound)
        switch event.kind {
        case .decisionWithdrawn:
            let number = Int(try reader.varint())
            names.decisions[number] = decisions.all[number]
        case .rulesProposed:
            let actor = try reader.string()
            let version = identities[Int(event.shop)].versions.firstIndex {
                $0.proposedAt == event.recordedAt && $0.proposedBy == actor
            }
            names.versions[stored.sequence] = version.map { $0 + 1 }
        case .shopConfigured: for (number, name) in sources.all(of: event.shop) { names.sources[number] = name }
        case .valueWatched:
            let kind = IdentityKeyKind(rawValue: try reader.byte()) ?? .email
            let key = IdentityKey(kind: kind, hash: try reader.littleEndian())
            guard let entry = findKey(key.hash) else { return }
            names.values[key] = .key(profile: keys[entry].profile, kind, hash: key.hash, shop: event.shop)
        default: break
        }
    }
}

extension LedgerState {
    fileprivate func add(_ stored: StoredEvent, to names: inout EventNames) throws(EventError) {
        let event = stored.event
        let facts = stored.bytes.span.extracting(event.facts.range)
        do throws(ByteReaderError) {
            switch event.kind {
            case .documentDrafted: addDraft(event, to: &names)
            case .documentRedrafted, .documentDiscarded:
                add(document: try DocumentFacts().reading(facts).document, to: &names)
            case .documentPosted: add(document: try PostFacts().reading(facts).document, to: &names)
            case .voucherIssued:
                let hash = try IssueFacts().reading(facts).codeHash
                names.vouchers[hash] = voucher(withCode: hash) ?? voucher(renewedFrom: hash)
            case .voucherRedeemed: add(voucher: try RedeemFacts().reading(facts).voucher, to: &names)
            case .redemptionReversed:
                let number = try MoneyFacts().reading(facts).subject
                let redemption = redemptions[Int(number)]
                names.redemptions[number] = (redemption.voucher, open(redemption.facts, RedeemFacts()).id)
                add(voucher: redemption.voucher, to: &names)
            case .chequeTaken, .chequePaid, .voucherExpired:
                add(voucher: try MoneyFacts().reading(facts).subject, to: &names)
            default: break
            }
        } catch {
            throw .malformed(error)
        }
    }

    /// A draft does not say its own number; where its content lies does.
    private func addDraft(_ event: Event, to names: inout EventNames) {
        forEachDocument(of: event.party.profile) { number, document in
            guard document.row == event.row else { return }
            names.documents[EventNames.ContentPlace(profile: event.party.profile, row: event.row)] = number
        }
    }

    private func add(document: UInt32, to names: inout EventNames) {
        names.documentDigits[document] = documents[Int(document)].digits
        names.documentCurrencies[document] = open(documents[Int(document)].draft, DraftFacts()).currency
    }

    private func add(voucher: UInt32, to names: inout EventNames) {
        names.voucherCurrencies[voucher] = open(vouchers[Int(voucher)].issue, IssueFacts()).terms.currency
    }
}
