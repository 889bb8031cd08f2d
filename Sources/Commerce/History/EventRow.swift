import Bytes

// Events as rows of the feed. A row says what happened in the words of the commands: names of orders, numbers of
// profiles, documents, vouchers and messages, amounts as decimal strings, times as RFC 3339. Numbers of rows, places in
// tables and hashes stay inside, and so do codes of vouchers and the texts of messages, which may hold one.

extension ByteWriter {
    /// One event as a JSON object.
    /// - Parameter detail: further members behind the head.
    package mutating func event(
        _ stored: StoredEvent, _ names: EventNames, detail: (inout ByteWriter) -> Void = { _ in }
    ) {
        openObject()
        key("seq")
        number(stored.sequence)
        key("time")
        timestamp(Timestamp(milliseconds: stored.event.recordedAt))
        key("event")
        word(stored.event.kind.word)
        detail(&self)
        do throws(EventError) { try eventMembers(stored, names) } catch {
            preconditionFailure("an event that was applied does not read: \(error)")
        }
        closeObject()
    }

    private mutating func eventMembers(_ stored: StoredEvent, _ names: EventNames) throws(EventError) {
        let event = stored.event
        let bytes = stored.bytes.span
        switch event.kind {
        case .engineInitialised, .identitySettled: break
        case .shopOpened:
            key("shop")
            string(bytes.extracting(event.record.range))
            key("matchMode")
            string("\(MatchMode(rawValue: UInt8(truncatingIfNeeded: event.row)) ?? .exact)" as String)
        case .profileRecorded: party(event, bytes)
        case .orderRecorded, .orderRevised: order(event, bytes, names)
        case .documentRecorded, .documentRevised:
            profile("profile", event.party.profile)
            key("document")
            string(PackedRecord(bytes.extracting(event.record.range), DocumentShape.members)[DocumentShape.number])
            record("data", bytes.extracting(event.record.range), DocumentShape.members)
        case .noteAdded:
            profile("profile", event.party.profile)
            key("text")
            string(bytes.extracting(event.record.range))
            key("actor")
            string(bytes.extracting(event.actor.range))
        case .fieldPinned, .fieldUnpinned, .valueVerified: assertion(event, bytes)
        case .orderFactRecorded, .orderFactHeld: fact(event, bytes, names)
        case .customersResolved: resolved(event, bytes, names)
        case .decisionMade, .decisionWithdrawn, .rulesProposed, .rulesActivated, .shopConfigured, .valueWatched:
            do throws(ByteReaderError) { try identity(stored, names) } catch { throw .malformed(error) }
        case .templateStored, .templateRemoved, .senderConfigured, .wishExpressed, .languageChosen, .messageQueued,
            .messagesLeased, .messageReported, .messageWithheld, .messageNotQueued:
            correspondence(try OutboxEvent(event, bytes), names)
        case .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
            label(try LabelEvent(event, bytes))
        case .sellerDescribed, .seriesConfigured, .documentDrafted, .documentRedrafted, .documentPosted,
            .documentDiscarded, .voucherIssued, .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid,
            .voucherRenewed, .voucherExpired:
            do throws(ByteReaderError) { try ledger(event, bytes, names) } catch { throw .malformed(error) }
        case .documentAttached, .documentLabelled, .documentShared, .documentsSent, .documentRemoved,
            .retentionChanged:
            do throws(ByteReaderError) { try archive(stored, names) } catch { throw .malformed(error) }
        case .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested, .automationConfigured, .changesHandled:
            automation(try AutomationEvent(event, bytes))
        case .termsPut, .termsRemoved, .brochureRequested, .brochuresPrinted, .brochuresWithdrawn, .customerLoggedIn,
            .reportAsked:
            do throws(ByteReaderError) { try service(event, bytes) } catch { throw .malformed(error) }
        }
    }

    // MARK: What all of them use

    /// A string of the program's own, which needs no escaping.
    mutating func word(_ text: StaticString) {
        key(text)
        truncate(to: count - 1)
    }

    mutating func profile(_ name: StaticString, _ profile: UInt32) {
        key(name)
        customerNumber(profile + 1)
    }

    mutating func profiles(_ name: StaticString, _ profiles: [UInt32]) {
        key(name)
        openArray()
        for profile in profiles { customerNumber(profile + 1) }
        closeArray()
    }

    /// A packed record as an object.
    mutating func record(_ name: StaticString, _ bytes: Span<UInt8>, _ shape: [Member]) {
        key(name)
        openObject()
        members(PackedRecord(bytes, shape), shape)
        closeObject()
    }

    mutating func moment(_ name: StaticString, at milliseconds: Int64) {
        key(name)
        timestamp(Timestamp(milliseconds: milliseconds))
    }

    // MARK: Buyers and orders

    /// What a channel says of a buyer.
    mutating func buyer(_ bytes: Span<UInt8>) {
        let members = PartyRecord(bytes).members
        openObject()
        self.members(members, PartyShape.members)
        if members.has(PartyShape.shippingIsBilling) {
            key("shipping")
            address(members[PartyShape.billing])
        }
        closeObject()
    }

    private mutating func party(_ event: Event, _ bytes: Span<UInt8>) {
        profile("profile", event.party.profile)
        if event.party.isNewProfile {
            key("isNew")
            bool(true)
        }
        if event.party.isNewVariant {
            key("buyer")
            buyer(bytes.extracting(event.party.record.range))
        }
        moment("seenAt", at: event.seenAt)
        ties(event, bytes)
    }

    private mutating func order(_ event: Event, _ bytes: Span<UInt8>, _ names: EventNames) {
        member("order", names.orderName(of: event, bytes))
        party(event, bytes)
        if let known = names.text(event.knownParty) {
            key("buyer")
            rawJSON([UInt8](known.utf8).span)
        }
        record("data", bytes.extracting(event.record.range), OrderShape.members)
    }

    /// What profiles have in common, as it was found. Those with the verdict `merge` are one customer from now on, unless
    /// `customers` says how they are divided.
    private mutating func ties(_ event: Event, _ bytes: Span<UInt8>) {
        guard event.party.edgeCount > 0 else { return }
        key("ties")
        openArray()
        event.forEachEdge(in: bytes) { pair in
            openObject()
            profiles("profiles", [pair.older, pair.newer])
            if let kind = IdentityKeyKind(rawValue: pair.kind) {
                key("by")
                word(kind.text)
            }
            key("verdict")
            string("\(pair.weight.verdict)" as String)
            if event.party.isWeighed {
                key("score")
                decimal(Decimal64(units: Int64(pair.weight.score), scale: 2))
                if pair.weight.reason != .none {
                    key("reason")
                    word(pair.weight.reason.text)
                }
            }
            closeObject()
        }
        closeArray()
    }

    private mutating func resolved(_ event: Event, _ bytes: Span<UInt8>, _ names: EventNames) {
        profile("profile", event.party.profile)
        if event.subject > 0, let order = names.text(names.orders[event.subject - 1]) {
            key("order")
            string(order)
        }
        ties(event, bytes)
        member("actor", event.actor.range.isEmpty ? nil : bytes.text(event.actor.range))
        guard event.groupCount > 0 else { return }
        key("customers")
        openArray()
        event.forEachGroup(in: bytes) { group, _ in
            openArray()
            for profile in group.sorted() { customerNumber(profile + 1) }
            closeArray()
        }
        closeArray()
    }

    private mutating func fact(_ event: Event, _ bytes: Span<UInt8>, _ names: EventNames) {
        let record = bytes.extracting(event.record.range)
        let isHeld = event.kind == .orderFactHeld
        if !isHeld { profile("profile", event.party.profile) }
        member("order", isHeld ? names.awaitedOrder(of: event, bytes) : names.text(names.orders[event.order]))
        guard let kind = FactKind(rawValue: record[0]) else { return }
        let members = PackedRecord(record.extracting(1..<record.count), kind.members)
        member("fact", "\(kind.text):\(members.text(FactShape.id))")
        self.record("data", record.extracting(1..<record.count), kind.members)
    }

    private mutating func assertion(_ event: Event, _ bytes: Span<UInt8>) {
        profile("profile", event.party.profile)
        switch Assertion(event.kind, packed: bytes.extracting(event.record.range)) {
        case .pin(let field, .text(let text)):
            key("field")
            word(field.text)
            key("value")
            string(text.span)
        case .pin(let field, .profile(let profile)):
            key("field")
            word(field.text)
            self.profile("valueOf", profile)
        case .unpin(let field):
            key("field")
            word(field.text)
        case .verify(let verdict):
            if verdict.isOfEmail { key("email") } else { key("vatId") }
            string(verdict.vat.span)
            key("verdict")
            string((verdict.isValid ? "valid" : "invalid") as String)
            key("source")
            string(verdict.source.span)
            moment("at", at: event.seenAt)
        case nil: break
        }
        key("actor")
        string(bytes.extracting(event.actor.range))
    }
}
