import Bytes

// Decide: a voucher whose code was lost or read by others gets a new one (X09), and a voucher whose end has come is closed.
extension LedgerState {
    /// The voucher, however it is named: also by the code that this very renewal has killed.
    func renewed(_ selector: VoucherSelector, id: String, _ desk: LedgerDesk) throws(Refusal) -> UInt32 {
        if case .code(let code) = selector, let voucher = voucher(renewedFrom: code.hash),
            vouchers[Int(voucher)].shop == desk.shop,
            open(vouchers[Int(voucher)].issue, IssueFacts()).renewals.contains(where: {
                $0.codeHash == code.hash && $0.id == id
            })
        {
            return voucher
        }
        return try find(selector, desk)
    }

    /// One event: at no moment are both codes good, or none.
    func decideRenewal(
        _ selector: VoucherSelector, _ code: VoucherCode, id: String, reason: String, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        let voucher = try renewed(selector, id: id, desk)
        let entry = vouchers[Int(voucher)]
        var issue = open(entry.issue, IssueFacts())
        if issue.renewals.contains(where: { $0.id == id }) { return .duplicate(voucher) }
        guard !entry.isTaken, entry.left > 0, !entry.hasExpired(at: desk.now.milliseconds) else {
            throw Refusal(.conflict, "voucher: nothing is left of V\(voucher + 1) that a new code could spend")
        }
        guard self.voucher(withCode: code.hash) == nil, self.voucher(renewedFrom: code.hash) == nil else {
            throw Refusal(.busy, "the code that was drawn is in use; send the command again")
        }
        issue.renewals.append(
            RenewalFacts(
                codeHash: issue.codeHash, at: desk.now.milliseconds, id: id, reason: reason, actor: desk.actor))
        issue.codeHash = code.hash
        issue.tail = code.tail
        let facts = RenewFacts(voucher: voucher, issue: issue)
        return .event(LedgerEvent(.voucherRenewed, facts, profile: Self.profile(entry)))
    }
}

extension DirectoryState {
    /// Writes an event for a voucher whose end has come with something left. Answers whether there was one.
    package func decideExpiry(at now: Timestamp, into events: inout EventWriter) -> Bool {
        var due: UInt32?
        ledger.expiries.forEachDue(at: now.milliseconds) { number in
            due = number
            return false
        }
        guard let due else { return false }
        let voucher = ledger.vouchers[Int(due)]
        let facts = MoneyFacts(subject: due, amount: voucher.left, words: "", actor: "engine")
        write(.voucherExpired, facts, LedgerState.profile(voucher), voucher.shop, now, &events)
        return true
    }
}
