import Bytes

// Decide: drafts, numbers, credit notes. A posted document never changes; what is wrong with it is put right by a credit
// note (Directive 2006/112/EC, article 219; in the Netherlands article 35 of the Wet OB 1968).
extension LedgerState {
    /// The document in this shop. A shop hears of another's documents as little as of those that never were.
    func find(_ selector: DocumentSelector, _ desk: LedgerDesk) throws(Refusal) -> UInt32 {
        switch selector {
        case .id(let place):
            guard Int(place) < documents.count, documents[Int(place)].shop == desk.shop else {
                throw Refusal(.notFound, "document: D\(place + 1) is not known in this shop")
            }
            return place
        case .number(let number):
            for kind in LedgerDocumentKind.allCases {
                if let place = document(withKey: desk.key(kind, number)) { return place }
            }
            throw Refusal(.notFound, "document: this shop has made no document with number \(number)")
        }
    }

    func decideDraft(_ request: DraftRequest, _ desk: LedgerDesk) throws(Refusal) -> LedgerVerdict {
        guard request.total >= 0 else { throw Refusal(.refused, "total: a document over less than nothing") }
        if let invoice = request.invoice { try checkCredit(of: invoice, request) }
        let facts = DraftFacts(
            kind: request.kind, order: request.order, orderName: request.orderName, invoice: request.invoice,
            currency: request.content.invoice.currency, total: request.total,
            recipient: request.content.invoice.buyer.name,
            reason: request.reason, note: request.note, actor: desk.actor, creditedLines: request.creditedLines,
            returnId: request.returnId)
        return .event(
            LedgerEvent(.documentDrafted, facts, profile: desk.profile, content: request.content.packed))
    }

    /// All credit notes of an invoice together, drafts included, are its total at most (X07).
    private func checkCredit(of invoice: UInt32, _ request: DraftRequest) throws(Refusal) {
        let entry = documents[Int(invoice)]
        guard entry.documentKind == .invoice, entry.documentStanding == .posted else {
            throw Refusal(.refused, "document: only a posted invoice can be credited")
        }
        guard request.total > 0 else { throw .invalid("amount", "must be above zero") }
        guard request.total <= entry.left || request.allowsMore else {
            let (wanted, left) = (text(request.total, entry.digits), text(entry.left, entry.digits))
            throw Refusal(
                .refused,
                "amount: \(wanted) is more than the \(left) that is left of the invoice to credit; allowMore=yes"
                    + " with a note does it all the same")
        }
        if !request.allowsMore { try checkLines(of: invoice, request) }
    }

    /// No line is credited for more than was invoiced of it, over all credit notes by lines that stand.
    private func checkLines(of invoice: UInt32, _ request: DraftRequest) throws(Refusal) {
        guard !request.creditedLines.isEmpty else { return }
        var credited = request.creditedLines
        forEachCredit(of: invoice) { _, credit in
            guard credit.documentStanding != .discarded else { return }
            credited += open(credit.draft, DraftFacts()).creditedLines
        }
        for invoiced in request.invoicedLines {
            let sum = credited.reduce(Decimal64.zero) { $1.line == invoiced.line ? $0 + $1.quantity : $0 }
            let wanted = request.creditedLines.contains { $0.line == invoiced.line }
            guard wanted, invoiced.quantity < sum else { continue }
            throw Refusal(
                .refused,
                "lines: of line \(invoiced.line) \(invoiced.quantity.shortest.text) were invoiced, and all credit notes"
                    + " together would take off \(sum.shortest.text); allowMore=yes with a note does it all the same")
        }
    }

    func decideRedraft(
        _ document: UInt32, _ version: UInt64, _ content: DocumentContent, _ total: Int64, _ desk: LedgerDesk
    ) throws(Refusal) -> LedgerVerdict {
        let entry = documents[Int(document)]
        guard entry.version == version else { return .outdated }
        guard entry.documentStanding == .draft else { throw Self.isFinal(document, entry) }
        let facts = DocumentFacts(
            document: document, total: total, recipient: content.invoice.buyer.name, actor: desk.actor)
        return .event(
            LedgerEvent(.documentRedrafted, facts, profile: entry.profile, content: content.packed))
    }

    /// Takes the number in the event that posts, so that a crash leaves neither a gap nor a double.
    func decidePost(
        _ request: PostRequest, _ desk: LedgerDesk, _ isNumberKnown: (UInt64) -> Bool
    ) throws(Refusal) -> LedgerVerdict {
        let entry = documents[Int(request.document)]
        if entry.documentStanding == .posted { return .duplicate(request.document) }
        let shop = shops[desk.shop] ?? LedgerShop()
        guard entry.version == request.version, shop.sellerVersion == request.sellerVersion else { return .outdated }
        guard entry.documentStanding == .draft else { throw Self.isFinal(request.document, entry) }
        let series = shop.series(entry.documentKind)
        let pattern = try NumberPattern(series.pattern)
        let year = pattern.year(of: desk.now)
        let counter = series.counter(of: year)
        let number = pattern.number(counter.next, year: year)
        let key = desk.key(entry.documentKind, number)
        guard !isNumberKnown(key), document(withKey: key) == nil else {
            throw Refusal(
                .refused, "number: \(number) is taken by a document from elsewhere; SHOP.SERIES moves the series")
        }
        let facts = PostFacts(
            document: request.document, number: number, keyHash: Int64(bitPattern: key), year: year,
            place: counter.next, total: request.total, recipient: request.content.invoice.buyer.name,
            profile: request.profile, actor: desk.actor, country: request.content.invoice.buyer.address.country)
        return .event(
            LedgerEvent(.documentPosted, facts, profile: entry.profile, content: request.content.packed))
    }

    func decideDiscard(_ selector: DocumentSelector, _ desk: LedgerDesk) throws(Refusal) -> LedgerVerdict {
        let document = try find(selector, desk)
        let entry = documents[Int(document)]
        switch entry.documentStanding {
        case .discarded: return .duplicate(document)
        case .posted: throw Self.isFinal(document, entry)
        case .draft:
            let facts = DocumentFacts(document: document, total: entry.total, actor: desk.actor)
            return .event(LedgerEvent(.documentDiscarded, facts, profile: entry.profile))
        }
    }

    static func isFinal(_ document: UInt32, _ entry: LedgerDocument) -> Refusal {
        entry.documentStanding == .posted
            ? Refusal(.refused, "document: D\(document + 1) is posted and stays as it is; DOCUMENT.CREDIT corrects it")
            : Refusal(.refused, "document: D\(document + 1) was discarded")
    }

    func text(_ amount: Int64, _ digits: UInt8) -> String { Decimal64(units: amount, scale: digits).text }
}
