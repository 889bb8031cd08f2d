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

/// What belongs to one customer as it is now: its profiles, and what came through them. Whatever an event calls by one of
/// these concerns the customer. So the history follows merges and splits: it tells of each member since its first event.
package struct HistoryScope: Sendable {
    private let profiles: Set<UInt32>
    private let decisions: Set<Int>
    private let vouchers: Set<UInt32>
    private let redemptions: Set<UInt32>
    private let messages: Set<UInt32>

    fileprivate init(
        profiles: Set<UInt32>, decisions: Set<Int>, vouchers: Set<UInt32>, redemptions: Set<UInt32>,
        messages: Set<UInt32>
    ) {
        self.profiles = profiles
        self.decisions = decisions
        self.vouchers = vouchers
        self.redemptions = redemptions
        self.messages = messages
    }

    /// Whether the event concerns the customer.
    package func holds(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        switch event.kind {
        case .profileRecorded, .orderRecorded, .orderRevised:
            return profiles.contains(event.party.profile) || isTied(event, bytes)
        case .documentRecorded, .documentRevised, .noteAdded, .fieldPinned, .fieldUnpinned, .valueVerified,
            .orderFactRecorded:
            return profiles.contains(event.party.profile)
        case .customersResolved: return isTied(event, bytes) || isGrouped(event, bytes)
        case .decisionMade, .decisionWithdrawn:
            do throws(ByteReaderError) { return try isDecided(event, bytes) } catch { return false }
        case .wishExpressed, .languageChosen, .messageQueued, .messagesLeased, .messageReported, .messageWithheld,
            .messageNotQueued:
            return isWritten(event, bytes)
        case .documentDrafted, .documentRedrafted, .documentPosted, .documentDiscarded, .voucherIssued,
            .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid, .voucherRenewed, .voucherExpired:
            do throws(ByteReaderError) { return try isPaid(event, bytes) } catch { return false }
        case .documentAttached, .documentLabelled, .documentShared, .documentsSent, .documentRemoved:
            do throws(ByteReaderError) { return try isFiled(event, bytes) } catch { return false }
        case .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
            return isLabelled(event, bytes)
        case .brochureRequested, .customerLoggedIn, .reportAsked: return profiles.contains(event.party.profile)
        case .brochuresPrinted, .brochuresWithdrawn:
            do throws(ByteReaderError) { return try isMarked(event, bytes) } catch { return false }
        case .engineInitialised, .identitySettled, .shopOpened, .rulesProposed, .rulesActivated, .shopConfigured,
            .valueWatched, .orderFactHeld, .templateStored, .templateRemoved, .senderConfigured, .sellerDescribed,
            .seriesConfigured, .retentionChanged, .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested,
            .automationConfigured, .changesHandled, .termsPut, .termsRemoved:
            return false
        }
    }

    /// Whether a finding that matters ties one of the members to anybody.
    private func isTied(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        guard event.party.edgeCount > 0 else { return false }
        var isFound = false
        event.forEachEdge(in: bytes) {
            isFound = isFound || profiles.contains($0.older) || profiles.contains($0.newer)
        }
        return isFound
    }

    private func isGrouped(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        var isFound = false
        event.forEachGroup(in: bytes) { group, _ in isFound = isFound || group.contains { profiles.contains($0) } }
        return isFound
    }

    private func isDecided(_ event: Event, _ bytes: Span<UInt8>) throws(ByteReaderError) -> Bool {
        var reader = ByteReader(bytes, at: event.record.range.lowerBound)
        guard event.kind == .decisionMade else { return decisions.contains(Int(try reader.varint())) }
        _ = try reader.byte()
        _ = try reader.byte()
        return try (reader.profiles() + reader.profiles()).contains { profiles.contains($0) }
    }

    private func isWritten(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        do throws(EventError) {
            switch try OutboxEvent(event, bytes) {
            case .wishExpressed(let profile, _, _, _), .languageChosen(let profile, _, _),
                .messageQueued(_, let profile, _, _, _), .messageNotQueued(_, let profile, _, _, _):
                return profiles.contains(profile)
            case .messagesLeased(let messages, _, _): return messages.contains { self.messages.contains($0) }
            case .messageReported(let message, _, _, _, _), .messageWithheld(let message, _, _):
                return messages.contains(message)
            case .templateStored, .templateRemoved, .senderConfigured: return false
            }
        } catch {
            return false
        }
    }

    private func isLabelled(_ event: Event, _ bytes: Span<UInt8>) -> Bool {
        do throws(EventError) {
            return try LabelEvent(event, bytes).profiles.contains { profiles.contains($0) }
        } catch {
            return false
        }
    }

    private func isMarked(_ event: Event, _ bytes: Span<UInt8>) throws(ByteReaderError) -> Bool {
        let said = try BrochureMarkFacts().reading(bytes.extracting(event.facts.range))
        return said.requests.contains { profiles.contains($0.profile) }
    }

    private func isFiled(_ event: Event, _ bytes: Span<UInt8>) throws(ByteReaderError) -> Bool {
        if event.kind == .documentAttached { return profiles.contains(event.party.profile) }
        let said = try MarkFacts().reading(bytes.extracting(event.facts.range))
        return said.documents.contains { profiles.contains($0.profile) }
    }

    private func isPaid(_ event: Event, _ bytes: Span<UInt8>) throws(ByteReaderError) -> Bool {
        if event.party.profile != .max { return profiles.contains(event.party.profile) }
        let facts = bytes.extracting(event.facts.range)
        switch event.kind {
        case .voucherRenewed: return vouchers.contains(try RenewFacts().reading(facts).voucher)
        case .voucherRedeemed: return vouchers.contains(try RedeemFacts().reading(facts).voucher)
        case .redemptionReversed: return redemptions.contains(try MoneyFacts().reading(facts).subject)
        case .chequeTaken, .chequePaid, .voucherExpired:
            return vouchers.contains(try MoneyFacts().reading(facts).subject)
        default: return false
        }
    }
}

extension DirectoryState {
    /// What belongs to the customer with these profiles.
    package func historyScope(of members: [UInt32], outbox: borrowing OutboxState) -> HistoryScope {
        var vouchers = Set<UInt32>()
        var messages = Set<UInt32>()
        for profile in members {
            ledger.forEachVoucher(of: profile) { number, _ in vouchers.insert(number) }
            outbox.forEachMessage(of: profile) { number, _ in messages.insert(number) }
        }
        return HistoryScope(
            profiles: Set(members), decisions: Set(members.flatMap { decisions.numbers(of: $0) }), vouchers: vouchers,
            redemptions: ledger.redemptions(of: vouchers), messages: messages)
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
