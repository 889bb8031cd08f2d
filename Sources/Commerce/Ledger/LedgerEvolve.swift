import Bytes

// Evolve: the only code that changes the ledger. Live commands and recovery both come here.
extension LedgerState {
    /// Takes in an event. It cannot fail on what `decide` made; `validate` is asked first where events come from a disk.
    mutating func evolve(_ event: Event, _ bytes: Span<UInt8>, sequence: UInt64) {
        let facts = bytes.extracting(event.facts.range)
        do throws(ByteReaderError) {
            switch event.kind {
            case .sellerDescribed:
                let said = try SellerFacts().reading(facts)
                shops[event.shop, default: LedgerShop()].seller = said.seller
                shops[event.shop]?.sellerVersion = sequence
                shops[event.shop]?.sellerActor = said.actor
            case .seriesConfigured: evolveSeries(try SeriesFacts().reading(facts), event.shop)
            case .documentDrafted: evolveDraft(try DraftFacts().reading(facts), facts, event, sequence)
            case .documentRedrafted, .documentDiscarded:
                evolveChange(try DocumentFacts().reading(facts), facts, event, sequence)
            case .documentPosted: evolvePosting(try PostFacts().reading(facts), facts, event, sequence)
            case .voucherIssued: evolveIssue(try IssueFacts().reading(facts), facts, event, sequence)
            case .voucherRenewed: evolveRenewal(try RenewFacts().reading(facts), sequence)
            case .voucherRedeemed: evolveRedemption(try RedeemFacts().reading(facts), facts, event, sequence)
            default: evolveMoney(try MoneyFacts().reading(facts), facts, event, sequence)
            }
        } catch {
            preconditionFailure("an event that was validated does not read: \(error)")
        }
    }

    private mutating func evolveSeries(_ said: SeriesFacts, _ shop: UInt16) {
        var series = shops[shop]?.series(said.kind) ?? NumberSeries()
        if series.pattern != said.pattern { series.counters.removeAll { !$0.isUsed } }
        series.pattern = said.pattern
        if said.next > 0 {
            var counter = series.counter(of: said.year)
            counter.next = said.next
            series.set(counter)
        }
        shops[shop, default: LedgerShop()].series[said.kind.rawValue] = series
    }

    // MARK: Documents

    private mutating func evolveDraft(_ said: DraftFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64) {
        let number = UInt32(documents.count)
        let profile = event.party.profile
        let reference = facts.append(bytes)
        var document = LedgerDocument(
            draft: reference, latest: reference, total: said.total, createdAt: event.recordedAt,
            changedAt: event.recordedAt, version: sequence, profile: profile, row: event.row,
            invoice: said.invoice.map { $0 + 1 } ?? 0, nextOfProfile: newestDocument[profile] ?? 0,
            digits: EInvoice.amountDigits(of: said.currency), kind: said.kind.rawValue,
            standing: LedgerDocumentStanding.draft.rawValue, shop: event.shop)
        if let invoice = said.invoice {
            var credited = documents[Int(invoice)]
            document.nextCredit = credited.newestCredit
            credited.newestCredit = number + 1
            credited.credited += said.total
            documents[Int(invoice)] = credited
        }
        documents.append(document)
        newestDocument[profile] = number + 1
    }

    private mutating func evolveChange(_ said: DocumentFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64)
    {
        var document = documents[Int(said.document)]
        document.latest = facts.append(bytes)
        document.changedAt = event.recordedAt
        document.version = sequence
        if event.kind == .documentDiscarded {
            document.standing = LedgerDocumentStanding.discarded.rawValue
            if document.invoice > 0 { documents[Int(document.invoice - 1)].credited -= document.total }
        } else {
            document.total = said.total
        }
        documents[Int(said.document)] = document
    }

    private mutating func evolvePosting(_ said: PostFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64) {
        var document = documents[Int(said.document)]
        document.latest = facts.append(bytes)
        document.keyHash = UInt64(bitPattern: said.keyHash)
        document.changedAt = event.recordedAt
        document.version = sequence
        document.standing = LedgerDocumentStanding.posted.rawValue
        documents[Int(said.document)] = document
        documentIndex.insert(document.keyHash, Int(said.document))
        var shop = shops[event.shop] ?? LedgerShop()
        var series = shop.series(document.documentKind)
        series.set(NumberSeries.Counter(year: said.year, next: said.place + 1, isUsed: true))
        shop.series[document.kind] = series
        shops[event.shop] = shop
    }

    // MARK: Vouchers

    private mutating func evolveIssue(_ said: IssueFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64) {
        let terms = said.terms
        let number = UInt32(vouchers.count)
        let profile: UInt32? = event.party.profile == .max ? nil : event.party.profile
        let reference = facts.append(bytes)
        let voucher = LedgerVoucher(
            issue: reference, taking: reference, payment: reference, codeHash: Self.prefix(of: said.codeHash),
            idHash: terms.id.isEmpty ? 0 : Self.hash(terms.id, event.shop), owed: terms.owed, extra: terms.extra,
            issuedAt: event.recordedAt, startsAt: terms.startsAt ?? event.recordedAt,
            expiresAt: terms.expiresAt ?? .max, version: sequence, profile: profile.map { $0 + 1 } ?? 0,
            creditNote: said.creditNote.map { $0 + 1 } ?? 0,
            nextOfProfile: profile.flatMap { newestVoucher[$0] } ?? 0,
            digits: EInvoice.amountDigits(of: terms.currency), shop: event.shop)
        vouchers.append(voucher)
        codeIndex.insert(voucher.codeHash, Int(number))
        if !terms.id.isEmpty { issueIndex.insert(voucher.idHash, Int(number)) }
        if let profile { newestVoucher[profile] = number + 1 }
        if let creditNote = said.creditNote { documents[Int(creditNote)].vouchered += terms.owed }
        noteExpiry(of: number)
    }

    private mutating func evolveRedemption(
        _ said: RedeemFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64
    ) {
        let reference = facts.append(bytes)
        var voucher = vouchers[Int(said.voucher)]
        let redemption = LedgerRedemption(
            facts: reference, reversal: reference, idHash: Self.hash(said.id, event.shop), amount: said.amount,
            at: event.recordedAt, sequence: sequence, voucher: said.voucher, next: voucher.newestRedemption)
        let number = redemptions.append(redemption)
        redemptionIndex.insert(redemption.idHash, number)
        voucher.newestRedemption = UInt32(number + 1)
        voucher.redeemed += said.amount
        voucher.version = sequence
        vouchers[Int(said.voucher)] = voucher
        noteExpiry(of: said.voucher)
    }

    /// A reversal, a taking in or a paying out.
    private mutating func evolveMoney(_ said: MoneyFacts, _ bytes: Span<UInt8>, _ event: Event, _ sequence: UInt64) {
        let reference = facts.append(bytes)
        var number = Int(said.subject)
        if event.kind == .redemptionReversed {
            redemptions[number].reversal = reference
            redemptions[number].reversedAt = event.recordedAt
            number = Int(redemptions[number].voucher)
        }
        var voucher = vouchers[number]
        switch event.kind {
        case .redemptionReversed: voucher.redeemed -= said.amount
        case .voucherExpired:
            voucher.lapsed += said.amount
            voucher.marks |= 1
        case .chequeTaken:
            voucher.taking = reference
            voucher.taken = said.amount
            voucher.lapsed = voucher.left
            voucher.takenAt = event.recordedAt
        default:
            voucher.payment = reference
            voucher.paidAt = event.recordedAt
        }
        voucher.version = sequence
        vouchers[number] = voucher
        noteExpiry(of: UInt32(number))
    }

    /// The code that was issued dies in the event that brings the new one; the money is not touched.
    private mutating func evolveRenewal(_ said: RenewFacts, _ sequence: UInt64) {
        let packed = said.issue.packed
        let number = Int(said.voucher)
        vouchers[number].issue = facts.append(packed.span)
        vouchers[number].codeHash = Self.prefix(of: said.issue.codeHash)
        vouchers[number].marks |= 2
        vouchers[number].version = sequence
        codeIndex.insert(vouchers[number].codeHash, number)
    }

    /// Keeps a voucher's end in mind while there is something to expire.
    mutating func noteExpiry(of number: UInt32) {
        let voucher = vouchers[Int(number)]
        if voucher.expiresAt != .max, voucher.left > 0 {
            expiries.set(number, at: voucher.expiresAt)
        } else {
            expiries.remove(number)
        }
    }
}

// MARK: - Validate

extension LedgerState {
    /// Whether an event from a disk follows from this state: only what would break the tables.
    func validate(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let facts = bytes.extracting(event.facts.range)
        let follows: Bool
        do throws(ByteReaderError) {
            follows =
                switch event.kind {
                case .sellerDescribed: isSound(try SellerFacts().reading(facts))
                case .seriesConfigured: isSound(try SeriesFacts().reading(facts))
                case .documentDrafted: isSound(try DraftFacts().reading(facts), event)
                case .documentRedrafted, .documentDiscarded:
                    isDraft(try DocumentFacts().reading(facts).document, event)
                case .documentPosted: isDraft(try PostFacts().reading(facts).document, event)
                case .voucherIssued: isSound(try IssueFacts().reading(facts))
                case .voucherRenewed: isSound(try RenewFacts().reading(facts))
                case .voucherRedeemed: isSound(try RedeemFacts().reading(facts))
                default: isSound(try MoneyFacts().reading(facts), event.kind)
                }
        } catch {
            throw .malformed(error)
        }
        guard follows else { throw .inconsistent("an event that the ledger cannot take") }
    }

    private func isSound(_ said: SellerFacts) -> Bool { true }

    private func isSound(_ said: SeriesFacts) -> Bool {
        do throws(Refusal) { _ = try NumberPattern(said.pattern) } catch { return false }
        return true
    }

    private func isSound(_ said: DraftFacts, _ event: Event) -> Bool {
        event.party.profile != .max && said.total >= 0 && said.invoice.map { Int($0) < documents.count } ?? true
    }

    private func isDraft(_ document: UInt32, _ event: Event) -> Bool {
        guard Int(document) < documents.count else { return false }
        let entry = documents[Int(document)]
        let isContent = event.kind == .documentDiscarded || entry.row == event.row
        return entry.documentStanding == .draft && entry.profile == event.party.profile && isContent
    }

    private func isSound(_ said: IssueFacts) -> Bool {
        said.codeHash.count == 32 && said.terms.owed >= 0 && said.terms.extra >= 0
            && said.creditNote.map { Int($0) < documents.count } ?? true
    }

    private func isSound(_ said: RenewFacts) -> Bool {
        Int(said.voucher) < vouchers.count && isSound(said.issue) && !said.issue.renewals.isEmpty
            && said.issue.renewals.allSatisfy { $0.codeHash.count == 32 }
    }

    private func isSound(_ said: RedeemFacts) -> Bool {
        Int(said.voucher) < vouchers.count && said.amount > 0 && said.amount <= vouchers[Int(said.voucher)].left
    }

    private func isSound(_ said: MoneyFacts, _ kind: EventKind) -> Bool {
        if kind == .redemptionReversed {
            return Int(said.subject) < redemptions.count && redemptions[Int(said.subject)].reversedAt == 0
                && redemptions[Int(said.subject)].amount == said.amount
        }
        guard Int(said.subject) < vouchers.count else { return false }
        let voucher = vouchers[Int(said.subject)]
        if kind == .voucherExpired { return said.amount == voucher.left && said.amount > 0 }
        return kind == .chequePaid
            ? voucher.isTaken : !voucher.isTaken && said.amount > 0 && said.amount <= voucher.left
    }
}
