import Bytes

// Decide: vouchers and cheques. A voucher is money that the shop owes: it is spent in parts, once, or taken in and paid
// out, and never both.
extension LedgerState {
    func find(_ selector: VoucherSelector, _ desk: LedgerDesk) throws(Refusal) -> UInt32 {
        switch selector {
        case .code(let code):
            guard let voucher = voucher(withCode: code.hash), vouchers[Int(voucher)].shop == desk.shop else {
                if let voucher = self.voucher(renewedFrom: code.hash), vouchers[Int(voucher)].shop == desk.shop {
                    throw Refusal(.conflict, "code: V\(voucher + 1) was renewed; only its new code is good")
                }
                throw Refusal(.notFound, "code: this shop has issued no voucher with this code")
            }
            return voucher
        case .id(let place):
            guard Int(place) < vouchers.count, vouchers[Int(place)].shop == desk.shop else {
                throw Refusal(.notFound, "voucher: V\(place + 1) is not known in this shop")
            }
            return place
        }
    }

    func decideIssue(
        _ terms: VoucherTerms, _ code: VoucherCode, _ creditNote: DocumentSelector?, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        var source: UInt32?
        if let creditNote { source = try find(creditNote, desk) }
        if !terms.id.isEmpty, let known = voucher(issuedAs: terms.id, shop: desk.shop) {
            let before = open(vouchers[Int(known)].issue, IssueFacts())
            guard before.terms == terms, before.creditNote == source else {
                throw Refusal(.conflict, "id: \(terms.id) has issued V\(known + 1) already, with other terms")
            }
            return .duplicate(known)
        }
        guard terms.owed >= 0, terms.extra >= 0, terms.owed + terms.extra > 0 else {
            throw .invalid("amount", "must be above zero")
        }
        if let expiresAt = terms.expiresAt, expiresAt <= terms.startsAt ?? desk.now.milliseconds {
            throw .invalid("expiresAt", "must be later than the start")
        }
        if let source { try checkSource(source, terms) }
        guard voucher(withCode: code.hash) == nil, voucher(renewedFrom: code.hash) == nil else {
            throw Refusal(.busy, "the code that was drawn is in use; send the command again")
        }
        let facts = IssueFacts(
            terms: terms, codeHash: code.hash, tail: code.tail, creditNote: source, actor: desk.actor)
        let profile = source.map { documents[Int($0)].profile } ?? desk.profile
        return .event(LedgerEvent(.voucherIssued, facts, profile: profile))
    }

    /// What a credit note owes is paid by vouchers once; the extra is apart from it (X12).
    private func checkSource(_ creditNote: UInt32, _ terms: VoucherTerms) throws(Refusal) {
        let entry = documents[Int(creditNote)]
        guard entry.documentKind == .creditNote, entry.documentStanding == .posted else {
            throw Refusal(.refused, "creditNote: only a posted credit note can be paid by a voucher")
        }
        guard open(entry.draft, DraftFacts()).currency == terms.currency else {
            throw Refusal(.conflict, "currency: the credit note is in another")
        }
        let left = entry.total - entry.vouchered
        guard terms.owed <= left else {
            throw Refusal(
                .refused,
                "amount: \(text(terms.owed, entry.digits)) is more than the \(text(left, entry.digits)) that the"
                    + " credit note still owes; what is given on top is extra=")
        }
    }

    func decideRedeem(_ request: RedeemRequest, _ desk: LedgerDesk) throws(Refusal) -> LedgerVerdict {
        let voucher = try find(request.voucher, desk)
        let entry = vouchers[Int(voucher)]
        let currency = open(entry.issue, IssueFacts()).terms.currency
        let amount = try Money.minorUnits(request.amount, "amount", currency)
        guard amount > 0 else { throw .invalid("amount", "must be above zero") }
        guard request.currency ?? currency == currency else {
            throw Refusal(.conflict, "currency: the voucher is in \(currency)")
        }
        if let known = redemption(request.id, shop: desk.shop) {
            return try repeated(known, voucher, amount)
        }
        try checkAlive(voucher, entry, desk.now)
        guard amount <= entry.left else {
            throw Refusal(
                .conflict,
                "amount: \(text(amount, entry.digits)) is more than the \(text(entry.left, entry.digits)) \(currency)"
                    + " that is left")
        }
        let facts = RedeemFacts(
            voucher: voucher, amount: amount, id: request.id, place: request.place, order: request.order,
            actor: desk.actor)
        return .event(LedgerEvent(.voucherRedeemed, facts, profile: Self.profile(entry)))
    }

    private func repeated(
        _ known: Int, _ voucher: UInt32, _ amount: Int64
    ) throws(Refusal) -> LedgerVerdict {
        let before = redemptions[known]
        guard before.voucher == voucher, before.amount == amount else {
            throw Refusal(.conflict, "id: another redemption has it, of another amount or voucher")
        }
        guard before.reversedAt == 0 else {
            throw Refusal(.conflict, "id: this redemption was reversed; a new one needs a new id")
        }
        return .duplicate(voucher)
    }

    private func checkAlive(_ voucher: UInt32, _ entry: LedgerVoucher, _ now: Timestamp) throws(Refusal) {
        guard !entry.isTaken else {
            throw Refusal(.conflict, "voucher: V\(voucher + 1) was taken in to be paid out; nothing is left of it")
        }
        guard now.milliseconds >= entry.startsAt else {
            throw Refusal(
                .refused, "startsAt: not valid before \(Timestamp(milliseconds: entry.startsAt).rfc3339)")
        }
        guard !entry.hasExpired(at: now.milliseconds) else {
            throw Refusal(
                .refused, "expiresAt: expired at \(Timestamp(milliseconds: entry.expiresAt).rfc3339)")
        }
    }

    func decideReverse(_ id: String, _ reason: String, _ desk: LedgerDesk) throws(Refusal) -> LedgerVerdict {
        guard let known = redemption(id, shop: desk.shop) else {
            throw Refusal(.notFound, "id: this shop knows no such redemption")
        }
        let redemption = redemptions[known]
        guard redemption.reversedAt == 0 else { return .duplicate(redemption.voucher) }
        let entry = vouchers[Int(redemption.voucher)]
        guard !entry.isTaken else {
            throw Refusal(
                .refused, "voucher: V\(redemption.voucher + 1) was taken in to be paid out and cannot live again")
        }
        let facts = MoneyFacts(subject: UInt32(known), amount: redemption.amount, words: reason, actor: desk.actor)
        return .event(LedgerEvent(.redemptionReversed, facts, profile: Self.profile(entry)))
    }

    /// X13: a cheque becomes a claim to money. From here on it cannot be spent.
    func decideTake(
        _ selector: VoucherSelector, _ reason: String, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        let voucher = try find(selector, desk)
        let entry = vouchers[Int(voucher)]
        guard !entry.isTaken else { return .duplicate(voucher) }
        try checkAlive(voucher, entry, desk.now)
        // What was redeemed came out of what was owed first; the extra is no money.
        let amount = max(0, entry.owed - entry.redeemed)
        guard amount > 0 else {
            throw Refusal(.conflict, "voucher: nothing that was owed is left of V\(voucher + 1)")
        }
        let facts = MoneyFacts(subject: voucher, amount: amount, words: reason, actor: desk.actor)
        return .event(LedgerEvent(.chequeTaken, facts, profile: Self.profile(entry)))
    }

    func decidePay(
        _ selector: VoucherSelector, _ reference: String, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        let voucher = try find(selector, desk)
        let entry = vouchers[Int(voucher)]
        guard entry.isTaken else {
            throw Refusal(.refused, "voucher: V\(voucher + 1) can still be spent; CHEQUE.TAKE takes it in first")
        }
        guard entry.paidAt == 0 else {
            let before = open(entry.payment, MoneyFacts()).words
            guard before == reference else {
                throw Refusal(.conflict, "reference: V\(voucher + 1) was paid out as \(before) already")
            }
            return .duplicate(voucher)
        }
        let facts = MoneyFacts(subject: voucher, amount: entry.taken, words: reference, actor: desk.actor)
        return .event(LedgerEvent(.chequePaid, facts, profile: Self.profile(entry)))
    }

    static func profile(_ entry: LedgerVoucher) -> UInt32? { entry.profile == 0 ? nil : entry.profile - 1 }
}

extension Timestamp {
    /// `2026-03-01T10:22:31Z`.
    var rfc3339: String {
        var output = ByteWriter(capacity: 40)
        output.timestamp(self)
        return String(String(decoding: output.copyBytes(), as: UTF8.self).dropFirst().dropLast())
    }
}
