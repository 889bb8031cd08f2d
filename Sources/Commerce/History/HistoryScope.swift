import Bytes

/// The head that all events have.
package struct EventHead: Sendable {
    package let kind: EventKind
    /// Milliseconds.
    package let recordedAt: Int64
    package let shop: UInt16

    package init(_ bytes: Span<UInt8>) throws(EventError) {
        let raw: UInt8
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes)
            raw = try reader.byte()
            recordedAt = Int64(bitPattern: try reader.varint())
            shop = UInt16(truncatingIfNeeded: try reader.varint())
        } catch {
            throw .malformed(error)
        }
        guard let kind = EventKind(rawValue: raw) else { throw .unknownKind(raw) }
        self.kind = kind
    }
}

/// Something that an event calls by a number and that belongs to customers.
package struct HistorySubject: Hashable, Sendable {
    package enum Kind: UInt64, Sendable { case profile, decision, voucher, redemption, message }

    /// Kind and number.
    package let rawValue: UInt64

    init(_ kind: Kind, _ number: UInt32) { rawValue = kind.rawValue << 32 | UInt64(number) }
}

/// What belongs to one customer as it is now: its profiles, and what came through them. Whatever an event calls by one of
/// these concerns the customer. So the history follows merges and splits: it tells of each member since its first event.
package struct HistoryScope: Sendable {
    package let subjects: Set<HistorySubject>

    /// Whether the event concerns the customer.
    package func holds(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        var isFound = false
        event.forEachSubject(in: bytes) { isFound = isFound || subjects.contains($0) }
        return isFound
    }
}

extension Event {
    /// Calls `body` with all that the event concerns, of some things more than once.
    /// - Parameter bytes: the event's own.
    package func forEachSubject(in bytes: Span<UInt8>, _ body: (HistorySubject) -> Void) {
        switch kind {
        case .profileRecorded, .orderRecorded, .orderRevised:
            body(HistorySubject(.profile, party.profile))
            forEachTied(bytes, body)
        case .documentRecorded, .documentRevised, .noteAdded, .fieldPinned, .fieldUnpinned, .valueVerified,
            .orderFactRecorded, .brochureRequested, .customerLoggedIn, .reportAsked:
            body(HistorySubject(.profile, party.profile))
        case .customersResolved:
            forEachTied(bytes, body)
            forEachGroup(in: bytes) { group, _ in for profile in group { body(HistorySubject(.profile, profile)) } }
        case .decisionMade, .decisionWithdrawn, .documentDrafted, .documentRedrafted, .documentPosted,
            .documentDiscarded, .voucherIssued, .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid,
            .voucherRenewed, .voucherExpired, .documentAttached, .documentLabelled, .documentShared, .documentsSent,
            .documentRemoved, .brochuresPrinted, .brochuresWithdrawn:
            do throws(ByteReaderError) { try readSubjects(bytes, body) } catch {
                preconditionFailure("an event that was applied does not read: \(error)")
            }
        case .wishExpressed, .languageChosen, .messageQueued, .messagesLeased, .messageReported, .messageWithheld,
            .messageNotQueued, .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
            do throws(EventError) { try openSubjects(bytes, body) } catch {
                preconditionFailure("an event that was applied does not read: \(error)")
            }
        case .engineInitialised, .identitySettled, .shopOpened, .rulesProposed, .rulesActivated, .shopConfigured,
            .valueWatched, .orderFactHeld, .templateStored, .templateRemoved, .senderConfigured, .sellerDescribed,
            .seriesConfigured, .retentionChanged, .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested,
            .automationConfigured, .changesHandled, .termsPut, .termsRemoved:
            break
        }
    }

    /// Both ends of the findings that matter.
    private func forEachTied(_ bytes: Span<UInt8>, _ body: (HistorySubject) -> Void) {
        guard party.edgeCount > 0 else { return }
        forEachEdge(in: bytes) {
            body(HistorySubject(.profile, $0.older))
            body(HistorySubject(.profile, $0.newer))
        }
    }

    private func readSubjects(
        _ bytes: Span<UInt8>, _ body: (HistorySubject) -> Void
    ) throws(ByteReaderError) {
        switch kind {
        case .decisionMade, .decisionWithdrawn:
            var reader = ByteReader(bytes, at: record.range.lowerBound)
            guard kind == .decisionMade else {
                return body(HistorySubject(.decision, UInt32(truncatingIfNeeded: try reader.varint())))
            }
            _ = try reader.byte()
            _ = try reader.byte()
            for profile in try reader.profiles() + reader.profiles() { body(HistorySubject(.profile, profile)) }
        case .documentAttached: body(HistorySubject(.profile, party.profile))
        case .documentLabelled, .documentShared, .documentsSent, .documentRemoved:
            let said = try MarkFacts().reading(bytes.extracting(facts.range))
            for document in said.documents { body(HistorySubject(.profile, document.profile)) }
        case .brochuresPrinted, .brochuresWithdrawn:
            let said = try BrochureMarkFacts().reading(bytes.extracting(facts.range))
            for request in said.requests { body(HistorySubject(.profile, request.profile)) }
        default: try readMoney(bytes.extracting(facts.range), body)
        }
    }

    private func readMoney(_ facts: Span<UInt8>, _ body: (HistorySubject) -> Void) throws(ByteReaderError) {
        if party.profile != .max { return body(HistorySubject(.profile, party.profile)) }
        switch kind {
        case .voucherRenewed: body(HistorySubject(.voucher, try RenewFacts().reading(facts).voucher))
        case .voucherRedeemed: body(HistorySubject(.voucher, try RedeemFacts().reading(facts).voucher))
        case .redemptionReversed: body(HistorySubject(.redemption, try MoneyFacts().reading(facts).subject))
        case .chequeTaken, .chequePaid, .voucherExpired:
            body(HistorySubject(.voucher, try MoneyFacts().reading(facts).subject))
        default: break
        }
    }

    private func openSubjects(_ bytes: Span<UInt8>, _ body: (HistorySubject) -> Void) throws(EventError) {
        switch kind {
        case .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
            for profile in try LabelEvent(self, bytes).profiles { body(HistorySubject(.profile, profile)) }
        default:
            switch try OutboxEvent(self, bytes) {
            case .wishExpressed(let profile, _, _, _), .languageChosen(let profile, _, _),
                .messageQueued(_, let profile, _, _, _), .messageNotQueued(_, let profile, _, _, _):
                body(HistorySubject(.profile, profile))
            case .messagesLeased(let messages, _, _):
                for message in messages { body(HistorySubject(.message, message)) }
            case .messageReported(let message, _, _, _, _), .messageWithheld(let message, _, _):
                body(HistorySubject(.message, message))
            case .templateStored, .templateRemoved, .senderConfigured: break
            }
        }
    }
}

extension DirectoryState {
    /// What belongs to the customer with these profiles.
    package func historyScope(of members: [UInt32], outbox: borrowing OutboxState) -> HistoryScope {
        var subjects = Set(members.map { HistorySubject(.profile, $0) })
        var vouchers = Set<UInt32>()
        for profile in members {
            ledger.forEachVoucher(of: profile) { number, _ in vouchers.insert(number) }
            outbox.forEachMessage(of: profile) { number, _ in subjects.insert(HistorySubject(.message, number)) }
            for number in decisions.numbers(of: profile) { subjects.insert(HistorySubject(.decision, UInt32(number))) }
        }
        for voucher in vouchers { subjects.insert(HistorySubject(.voucher, voucher)) }
        for redemption in ledger.redemptions(of: vouchers) { subjects.insert(HistorySubject(.redemption, redemption)) }
        return HistoryScope(subjects: subjects)
    }
}

extension LedgerState {
    fileprivate func redemptions(of vouchers: Set<UInt32>) -> Set<UInt32> {
        var numbers = Set<UInt32>()
        for voucher in vouchers {
            var next = self.vouchers[Int(voucher)].newestRedemption
            while next != 0 {
                numbers.insert(next - 1)
                next = redemptions[Int(next - 1)].next
            }
        }
        return numbers
    }
}
