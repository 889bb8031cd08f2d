import Bytes

/// Who decides where and when, and what the directory knows that the ledger does not.
struct LedgerDesk {
    let shop: UInt16
    let actor: String
    let now: Timestamp
    let hasher: KeyHasher
    /// The profile that the command is about, looked up by the directory.
    var profile: UInt32?

    func key(_ kind: LedgerDocumentKind, _ number: String) -> UInt64 {
        hasher.document([UInt8](number.utf8).span, kind: [UInt8]("\(kind.text)".utf8).span)
    }
}

/// What becomes of a command: an event to be written, or what stands already.
enum LedgerVerdict {
    case event(LedgerEvent)
    /// Nothing changes; the reply shows this subject.
    case duplicate(UInt32)
    case outdated
}

extension LedgerState {
    /// Every rule of documents, numbers and money. Pure.
    /// - Parameter isNumberKnown: whether a document from elsewhere has the number of this hash.
    func decide(
        _ command: LedgerCommand, _ desk: LedgerDesk, isNumberKnown: (UInt64) -> Bool
    ) throws(Refusal) -> LedgerVerdict {
        switch command {
        case .describeSeller(let seller): decideSeller(seller, desk)
        case .setSeries(let kind, let pattern, let next): try decideSeries(kind, pattern, next, desk)
        case .draft(let request): try decideDraft(request, desk)
        case .redraft(let document, let version, let content, let total):
            try decideRedraft(document, version, content, total, desk)
        case .post(let request): try decidePost(request, desk, isNumberKnown)
        case .discard(let selector): try decideDiscard(selector, desk)
        case .issue(let terms, let code, _, let creditNote): try decideIssue(terms, code, creditNote, desk)
        case .renew(let selector, let code, let id, let reason):
            try decideRenewal(selector, code, id: id, reason: reason, desk)
        case .redeem(let request): try decideRedeem(request, desk)
        case .reverse(let id, let reason): try decideReverse(id, reason, desk)
        case .takeCheque(let selector, let reason): try decideTake(selector, reason, desk)
        case .payCheque(let selector, let reference): try decidePay(selector, reference, desk)
        case .archive, .service: preconditionFailure("decided by the directory")
        }
    }

    // MARK: Seller and series

    private func decideSeller(_ seller: Seller, _ desk: LedgerDesk) -> LedgerVerdict {
        if shops[desk.shop]?.seller == seller { return .duplicate(0) }
        return .event(LedgerEvent(.sellerDescribed, SellerFacts(seller: seller, actor: desk.actor)))
    }

    private func decideSeries(
        _ kind: LedgerDocumentKind, _ pattern: String?, _ next: UInt32?, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        let shop = shops[desk.shop] ?? LedgerShop()
        let series = shop.series(kind)
        let wanted = try NumberPattern(pattern ?? series.pattern)
        let year = wanted.year(of: desk.now)
        let current = try NumberPattern(series.pattern)
        let inForce = series.counter(of: current.year(of: desk.now))
        guard wanted == current || !inForce.isUsed else {
            throw Refusal(
                .refused,
                "pattern: numbers of \(series.pattern) are in use"
                    + (current.hasYear ? " this year; a new pattern can begin with the next" : ""))
        }
        for other in LedgerDocumentKind.allCases where other != kind && shop.series(other).pattern == wanted.text {
            throw Refusal(.refused, "pattern: \(other.text) has the same; a number must name one document")
        }
        let counter = series.counter(of: year)
        if let next, next != counter.next, counter.isUsed {
            throw Refusal(
                .refused, "next: the series is in use, its next number is \(counter.next); a gap may not be made")
        }
        if wanted == current, next ?? counter.next == counter.next { return .duplicate(0) }
        return .event(
            LedgerEvent(
                .seriesConfigured,
                SeriesFacts(kind: kind, pattern: wanted.text, year: year, next: next ?? 0, actor: desk.actor)))
    }
}
