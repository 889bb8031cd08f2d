import Bytes

// Rows of the feed about documents with numbers, and about money.
extension ByteWriter {
    mutating func ledger(_ event: Event, _ bytes: Span<UInt8>, _ names: EventNames) throws(ByteReaderError) {
        let facts = bytes.extracting(event.facts.range)
        if event.party.profile != .max { profile("profile", event.party.profile) }
        switch event.kind {
        case .sellerDescribed:
            let said = try SellerFacts().reading(facts)
            key("seller")
            said.seller.write(into: &self)
            member("actor", said.actor)
        case .seriesConfigured:
            let said = try SeriesFacts().reading(facts)
            key("kind")
            word(said.kind.text)
            member("pattern", said.pattern)
            if said.next > 0 {
                key("next")
                number(said.next)
            }
            member("actor", said.actor)
        case .documentDrafted: draft(try DraftFacts().reading(facts), event, names)
        case .documentRedrafted, .documentDiscarded:
            let said = try DocumentFacts().reading(facts)
            document(said.document)
            total(said.total, ofDocument: said.document, names)
            member("recipient", said.recipient)
            member("actor", said.actor)
        case .documentPosted:
            let said = try PostFacts().reading(facts)
            document(said.document)
            member("number", said.number)
            total(said.total, ofDocument: said.document, names)
            member("recipient", said.recipient)
            member("actor", said.actor)
        case .voucherIssued: issue(try IssueFacts().reading(facts), names)
        case .voucherRedeemed: redemption(try RedeemFacts().reading(facts), names)
        case .redemptionReversed:
            let said = try MoneyFacts().reading(facts)
            let redemption = names.redemptions[said.subject]
            money(said, voucher: redemption?.voucher, names)
            member("id", redemption?.id)
            member("reason", said.words.isEmpty ? nil : said.words)
            member("actor", said.actor)
        case .voucherRenewed:
            let said = try RenewFacts().reading(facts)
            member("voucher", "V\(said.voucher + 1)")
            let renewal = said.issue.renewals.last
            member("id", renewal?.id)
            member("reason", renewal.flatMap { $0.reason.isEmpty ? nil : $0.reason })
            member("actor", renewal?.actor)
        case .voucherExpired:
            let said = try MoneyFacts().reading(facts)
            money(said, voucher: said.subject, names)
            member("actor", said.actor)
        case .chequeTaken, .chequePaid:
            let said = try MoneyFacts().reading(facts)
            money(said, voucher: said.subject, names)
            if event.kind == .chequePaid { key("reference") } else { key("reason") }
            string(said.words)
            member("actor", said.actor)
        default: break
        }
    }

    // MARK: Documents

    private mutating func draft(_ said: DraftFacts, _ event: Event, _ names: EventNames) {
        let place = EventNames.ContentPlace(profile: event.party.profile, row: event.row)
        if let number = names.documents[place] { document(number) }
        key("kind")
        word(said.kind.text)
        member("order", said.orderName)
        if let invoice = said.invoice { member("credits", "D\(invoice + 1)") }
        member("total", amount: said.total, digits: EInvoice.amountDigits(of: said.currency))
        member("currency", said.currency)
        member("recipient", said.recipient)
        member("return", said.returnId.isEmpty ? nil : said.returnId)
        if said.reason != .none {
            key("reason")
            word(said.reason.text)
        }
        member("note", said.note.isEmpty ? nil : said.note)
        member("actor", said.actor)
    }

    private mutating func document(_ number: UInt32) { member("document", "D\(number + 1)") }

    private mutating func total(_ total: Int64, ofDocument document: UInt32, _ names: EventNames) {
        guard let digits = names.documentDigits[document] else { return }
        member("total", amount: total, digits: digits)
        member("currency", names.documentCurrencies[document])
    }

    // MARK: Vouchers

    private mutating func issue(_ said: IssueFacts, _ names: EventNames) {
        let digits = EInvoice.amountDigits(of: said.terms.currency)
        member("voucher", names.vouchers[said.codeHash].map { "V\($0 + 1)" })
        member("id", said.terms.id.isEmpty ? nil : said.terms.id)
        member("amount", amount: said.terms.owed, digits: digits)
        member("extra", amount: said.terms.extra, digits: digits)
        member("currency", said.terms.currency)
        member("description", said.terms.description.isEmpty ? nil : said.terms.description)
        member("reason", said.terms.reason.isEmpty ? nil : said.terms.reason)
        if let startsAt = said.terms.startsAt { moment("startsAt", at: startsAt) }
        if let expiresAt = said.terms.expiresAt { moment("expiresAt", at: expiresAt) }
        if let creditNote = said.creditNote { member("creditNote", "D\(creditNote + 1)") }
        member("actor", said.actor)
    }

    private mutating func redemption(_ said: RedeemFacts, _ names: EventNames) {
        let currency = names.voucherCurrencies[said.voucher] ?? ""
        member("voucher", "V\(said.voucher + 1)")
        member("id", said.id)
        member("amount", amount: said.amount, digits: EInvoice.amountDigits(of: currency))
        member("currency", currency)
        key("in")
        word(said.place.text)
        member("order", said.order.isEmpty ? nil : said.order)
        member("actor", said.actor)
    }

    private mutating func money(_ said: MoneyFacts, voucher: UInt32?, _ names: EventNames) {
        guard let voucher, let currency = names.voucherCurrencies[voucher] else { return }
        member("voucher", "V\(voucher + 1)")
        member("amount", amount: said.amount, digits: EInvoice.amountDigits(of: currency))
        member("currency", currency)
    }
}
