import Bytes

// What the ledger shows, as JSON.
extension LedgerState {
    /// The number that the next document of the kind will get if nothing comes between.
    func nextNumber(_ kind: LedgerDocumentKind, _ desk: LedgerDesk) throws(Refusal) -> String {
        let series = (shops[desk.shop] ?? LedgerShop()).series(kind)
        let pattern = try NumberPattern(series.pattern)
        let year = pattern.year(of: desk.now)
        return pattern.number(series.counter(of: year).next, year: year)
    }

    /// What the reply to a write says of its subject, without braces.
    func members(
        of command: LedgerCommand, _ decision: LedgerDecision, _ hasher: KeyHasher, _ shop: UInt16, _ now: Timestamp,
        into output: inout ByteWriter
    ) throws(Refusal) {
        let desk = LedgerDesk(shop: shop, actor: "", now: now, hasher: hasher)
        switch command {
        case .describeSeller(let seller): output.member("seller", seller.party.name)
        case .setSeries(let kind, _, _): try series(kind, desk, into: &output)
        case .draft: members(ofDocument: UInt32(documents.count - 1), into: &output)
        case .redraft(let document, _, _, _): members(ofDocument: document, into: &output)
        case .post(let request): members(ofDocument: request.document, into: &output)
        case .discard(let selector): members(ofDocument: try find(selector, desk), into: &output)
        case .issue(_, let code, _, _):
            let voucher = if case .duplicate(let known) = decision { known } else { UInt32(vouchers.count - 1) }
            // A repeat has drawn another code, which is nobody's.
            output.member("code", decision == .written ? code.text : nil)
            members(ofVoucher: voucher, now, into: &output)
        case .renew(let selector, let code, let id, _):
            // The code that named it may be dead by now.
            let voucher = try renewed(selector, id: id, desk)
            output.member("code", decision == .written ? code.text : nil)
            members(ofVoucher: voucher, now, into: &output)
        case .redeem(let request): members(ofVoucher: try find(request.voucher, desk), now, into: &output)
        case .reverse(let id, _):
            guard let known = redemption(id, shop: shop) else { return }
            members(ofVoucher: redemptions[known].voucher, now, into: &output)
        case .takeCheque(let selector, _), .payCheque(let selector, _):
            members(ofVoucher: try find(selector, desk), now, into: &output)
        case .archive, .service: preconditionFailure("shown by the directory")
        }
    }

    /// The object that answers a question.
    func write(_ query: LedgerQuery, _ desk: LedgerDesk, into output: inout ByteWriter) throws(Refusal) {
        switch query {
        case .seller:
            guard let seller = shops[desk.shop]?.seller else {
                throw Refusal(.notFound, "seller: not described yet; SHOP.SELLER {…} does")
            }
            seller.write(into: &output)
        case .series:
            output.openObject()
            output.key("series")
            output.openArray()
            for kind in LedgerDocumentKind.allCases {
                output.openObject()
                try series(kind, desk, into: &output)
                output.closeObject()
            }
            output.closeArray()
            output.closeObject()
        case .voucher(let selector):
            let voucher = try find(selector, desk)
            output.openObject()
            members(ofVoucher: voucher, desk.now, into: &output)
            redemptions(of: voucher, into: &output)
            output.closeObject()
        case .order, .document, .archive, .service: preconditionFailure("answered by the directory")
        }
    }

    private func series(
        _ kind: LedgerDocumentKind, _ desk: LedgerDesk, into output: inout ByteWriter
    ) throws(Refusal) {
        let series = (shops[desk.shop] ?? LedgerShop()).series(kind)
        output.key("kind")
        output.string("\(kind.text)")
        output.member("pattern", series.pattern)
        output.member("next", try nextNumber(kind, desk))
        output.key("used")
        output.bool(series.counter(of: try NumberPattern(series.pattern).year(of: desk.now)).isUsed)
    }

    // MARK: Documents

    /// What is known of a document without its content.
    func members(ofDocument number: UInt32, into output: inout ByteWriter) {
        let entry = documents[Int(number)]
        let draft = open(entry.draft, DraftFacts())
        output.member("document", "D\(number + 1)")
        output.key("kind")
        output.string("\(entry.documentKind.text)")
        output.key("state")
        output.string("\(entry.documentStanding.text)")
        output.key("number")
        if entry.documentStanding == .posted {
            output.string(open(entry.latest, PostFacts()).number)
        } else {
            output.null()
        }
        output.member("order", draft.orderName)
        output.member("total", amount: entry.total, digits: entry.digits)
        output.member("currency", draft.currency)
        history(entry, draft, into: &output)
        if let invoice = draft.invoice {
            output.key("credits")
            name(ofDocument: invoice, into: &output)
            output.key("reason")
            output.string("\(draft.reason.text)")
            output.member("note", draft.note.isEmpty ? nil : draft.note)
            output.member("return", draft.returnId.isEmpty ? nil : draft.returnId)
        }
        credits(number, entry, into: &output)
    }

    /// Who made it and who posted it (X14, X15).
    private func history(_ entry: LedgerDocument, _ draft: DraftFacts, into output: inout ByteWriter) {
        output.key("createdAt")
        output.timestamp(Timestamp(milliseconds: entry.createdAt))
        output.member("createdBy", draft.actor)
        switch entry.documentStanding {
        case .posted:
            let posting = open(entry.latest, PostFacts())
            output.member("recipient", posting.recipient)
            output.key("issuedAt")
            output.timestamp(Timestamp(milliseconds: entry.changedAt))
            output.key("postedAt")
            output.timestamp(Timestamp(milliseconds: entry.changedAt))
            output.member("postedBy", posting.actor)
        case .discarded:
            output.key("discardedAt")
            output.timestamp(Timestamp(milliseconds: entry.changedAt))
            output.member("discardedBy", open(entry.latest, DocumentFacts()).actor)
        case .draft:
            // An edit has facts of its own.
            let isEdited = entry.latest != entry.draft
            output.member(
                "recipient", isEdited ? open(entry.latest, DocumentFacts()).recipient : draft.recipient)
        }
    }

    private func credits(_ number: UInt32, _ entry: LedgerDocument, into output: inout ByteWriter) {
        guard entry.documentKind == .invoice, entry.newestCredit > 0 else { return }
        output.key("creditNotes")
        output.openArray()
        forEachCredit(of: number) { credit, entry in
            guard entry.documentStanding != .discarded else { return }
            name(ofDocument: credit, into: &output)
        }
        output.closeArray()
        output.member("credited", amount: entry.credited, digits: entry.digits)
        output.member("left", amount: entry.left, digits: entry.digits)
    }

    /// Its legal number, or its id while it has none.
    private func name(ofDocument number: UInt32, into output: inout ByteWriter) {
        let entry = documents[Int(number)]
        output.string(
            entry.documentStanding == .posted ? open(entry.latest, PostFacts()).number : "D\(number + 1)")
    }

    // MARK: Vouchers

    /// A voucher with everything but its code: `issued` is always the sum of the four behind `left`, and `left`.
    func members(ofVoucher number: UInt32, _ now: Timestamp, into output: inout ByteWriter) {
        let entry = vouchers[Int(number)]
        let issue = open(entry.issue, IssueFacts())
        let hasExpired = entry.hasExpired(at: now.milliseconds)
        output.member("voucher", "V\(number + 1)")
        output.member("maskedCode", "****-****-****-****-\(issue.tail)")
        output.key("state")
        output.string(state(entry, now))
        output.member("currency", issue.terms.currency)
        output.member("amount", amount: entry.owed, digits: entry.digits)
        output.member("extra", amount: entry.extra, digits: entry.digits)
        output.member("issued", amount: entry.owed + entry.extra, digits: entry.digits)
        output.member("left", amount: hasExpired ? 0 : entry.left, digits: entry.digits)
        let expired = (entry.isExpired ? entry.lapsed : 0) + (hasExpired ? entry.left : 0)
        output.member("redeemed", amount: entry.redeemed, digits: entry.digits)
        output.member("expired", amount: expired, digits: entry.digits)
        output.member("takenIn", amount: entry.taken, digits: entry.digits)
        output.member("lapsed", amount: entry.isExpired ? 0 : entry.lapsed, digits: entry.digits)
        output.member("description", issue.terms.description.isEmpty ? nil : issue.terms.description)
        output.member("reason", issue.terms.reason.isEmpty ? nil : issue.terms.reason)
        output.key("startsAt")
        output.timestamp(Timestamp(milliseconds: entry.startsAt))
        if entry.expiresAt != .max {
            output.key("expiresAt")
            output.timestamp(Timestamp(milliseconds: entry.expiresAt))
        }
        if entry.creditNote > 0 {
            output.key("creditNote")
            name(ofDocument: entry.creditNote - 1, into: &output)
        }
        output.key("issuedAt")
        output.timestamp(Timestamp(milliseconds: entry.issuedAt))
        output.member("issuedBy", issue.actor)
        renewals(issue, into: &output)
        cheque(entry, into: &output)
    }

    private func renewals(_ issue: IssueFacts, into output: inout ByteWriter) {
        guard !issue.renewals.isEmpty else { return }
        output.key("renewals")
        output.openArray()
        for renewal in issue.renewals {
            output.openObject()
            output.key("at")
            output.timestamp(Timestamp(milliseconds: renewal.at))
            output.member("by", renewal.actor)
            output.member("reason", renewal.reason.isEmpty ? nil : renewal.reason)
            output.closeObject()
        }
        output.closeArray()
    }

    private func state(_ entry: LedgerVoucher, _ now: Timestamp) -> String {
        if entry.paidAt != 0 { return "paid-out" }
        if entry.isTaken { return "taken-in" }
        if entry.isExpired || (entry.left > 0 && entry.hasExpired(at: now.milliseconds)) { return "expired" }
        if entry.left == 0 { return "redeemed" }
        return now.milliseconds < entry.startsAt ? "waiting" : "valid"
    }

    private func cheque(_ entry: LedgerVoucher, into output: inout ByteWriter) {
        guard entry.isTaken else { return }
        let taking = open(entry.taking, MoneyFacts())
        output.key("takenAt")
        output.timestamp(Timestamp(milliseconds: entry.takenAt))
        output.member("takenBy", taking.actor)
        guard entry.paidAt != 0 else { return }
        let payment = open(entry.payment, MoneyFacts())
        output.key("paidAt")
        output.timestamp(Timestamp(milliseconds: entry.paidAt))
        output.member("paidBy", payment.actor)
        output.member("reference", payment.words)
    }

    func redemptions(of voucher: UInt32, into output: inout ByteWriter) {
        let digits = vouchers[Int(voucher)].digits
        output.key("redemptions")
        output.openArray()
        forEachRedemption(of: voucher) { redemption in
            let said = open(redemption.facts, RedeemFacts())
            output.openObject()
            output.member("id", said.id)
            output.member("amount", amount: said.amount, digits: digits)
            output.key("in")
            output.string("\(said.place.text)")
            output.member("order", said.order.isEmpty ? nil : said.order)
            output.key("at")
            output.timestamp(Timestamp(milliseconds: redemption.at))
            output.member("by", said.actor)
            if redemption.reversedAt != 0 {
                let reversal = open(redemption.reversal, MoneyFacts())
                output.key("reversedAt")
                output.timestamp(Timestamp(milliseconds: redemption.reversedAt))
                output.member("reversedBy", reversal.actor)
                output.member("reversedFor", reversal.words.isEmpty ? nil : reversal.words)
            }
            output.closeObject()
        }
        output.closeArray()
    }
}
