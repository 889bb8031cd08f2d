import Bytes

/// Looks a draft through before it becomes a legal document, and fills in what the shop says on all of them.
package enum DocumentPosting {
    /// The request to post; refuses with everything that is missing or wrong, at once.
    package static func request(_ draft: DocumentContent, _ ticket: DocumentTicket) throws(Refusal) -> PostRequest {
        guard let seller = ticket.seller else {
            throw Refusal(.refused, "seller: this shop has not said who sells; SHOP.SELLER does")
        }
        var content = draft
        content.invoice.seller = seller.party
        // A credit note says by what means too: Dutch sellers must, whichever way the money goes (NL-R-007).
        content.invoice.payment = content.invoice.payment ?? seller.payment
        if ticket.kind == .invoice {
            content.invoice.paymentTerms = content.invoice.paymentTerms ?? seller.paymentTerms
            if content.invoice.dueDate == nil, let days = seller.paymentDays {
                content.invoice.dueDate = EInvoice.Date(
                    Timestamp(milliseconds: ticket.postedAt.milliseconds + Int64(days) * 86_400_000))
            }
        }
        let profile = profile(of: content)
        var problems: [String] = []
        if content.isBusiness, !(content.invoice.buyer.vatId.map(VATNumber.isValid) ?? false) {
            problems.append("the recipient is a company and has no valid VAT id (BT-48)")
        }
        let document = numbered(content, ticket)
        problems += EInvoiceRules.findings(in: document, profile: profile).map { "\($0.sentence) [\($0.rule)]" }
        guard problems.isEmpty else {
            throw Refusal(.refused, "the document lacks: \(problems.joined(separator: "; "))")
        }
        return PostRequest(
            document: ticket.document, version: ticket.version, sellerVersion: ticket.sellerVersion, content: content,
            total: try content.total(), profile: profile)
    }

    /// The network delivers to companies that have an address on it; for all others the plain standard.
    private static func profile(of content: DocumentContent) -> EInvoiceProfile {
        guard content.isBusiness, let address = content.invoice.buyer.electronicAddress else { return .en16931 }
        // From Greece the network wants numbers of six parts, which the series here are not.
        guard EInvoiceRules.nation(of: content.invoice.seller) != "GR" else { return .en16931 }
        return address.scheme == "EM" ? .en16931 : .peppol
    }

    /// The document as it reads with the number and the day that the ledger gave it, or would give it now.
    package static func numbered(_ content: DocumentContent, _ ticket: DocumentTicket) -> EInvoice {
        var invoice = content.invoice
        invoice.number = ticket.number
        invoice.issueDate = EInvoice.Date(ticket.postedAt)
        return invoice
    }

    /// The posted document as UBL. The same document always gives the same bytes.
    package static func ubl(_ content: DocumentContent, _ ticket: DocumentTicket) throws(Refusal) -> [UInt8] {
        guard ticket.standing == .posted else {
            throw Refusal(
                .refused, "document: D\(ticket.document + 1) is not posted; only a posted one is an e-invoice")
        }
        do throws(EInvoiceError) {
            return try UBLWriter(profile: ticket.einvoice).bytes(of: numbered(content, ticket))
        } catch {
            throw error.refusal(currency: content.invoice.currency)
        }
    }
}
