import Bytes
import Commerce
import Engine
import Wire

// Price terms, brochures, log-ins and open invoices in a session. What the directory decides alone goes into the batch; lists
// that show customers or money take their time.
extension Session {
    func service(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let hasher = try currentHasher()
        if let query = try RequestReader.serviceQuery(request, name, hasher) {
            return builder.query(.ledger(.service(query)), tag: tag)
        }
        let actor = try name == .customerLogIn ? RequestReader.actorOfLogIn(request) : RequestReader.actor(request)
        if let command = try RequestReader.service(request, name, hasher) {
            return builder.ledger(.service(command), actor: actor, tag: tag)
        }
        guard case .success(let engine) = host.engine else { return }
        let asker = Asker(shop: shop, actor: actor, lane: host.lane)
        switch name {
        case .brochureList: try brochures(request, engine, asker, tag: tag)
        case .invoiceOpen: try openInvoices(request, engine, asker, tag: tag)
        default:
            let wanted = try RequestReader.reminder(request)
            answer(tag) {
                engine.remind(of: wanted.invoice, url: wanted.url, language: wanted.language, for: asker, $0)
            }
        }
    }

    private func brochures(
        _ request: RequestLine, _ engine: Engine, _ asker: Asker, tag: [UInt8]?
    ) throws(Refusal) {
        let wanted = try RequestReader.brochures(request)
        render(
            tag, { engine.brochures(wanted.brochure, offset: wanted.offset, limit: wanted.limit, for: asker, $0) }
        ) { found, output in
            for row in found.page {
                output.beginRow()
                output.rawJSON(row.copy.members.span)
                output.key("customer")
                DossierWriter.customer(row.copy.customer.number, row.parts, into: &output)
                output.endReply()
            }
            output.beginOK(tag: tag)
            output.range(total: found.total, offset: wanted.offset, count: found.page.count)
            output.key("heldBack")
            output.number(found.heldBack)
            output.endReply()
        }
    }

    private func openInvoices(
        _ request: RequestLine, _ engine: Engine, _ asker: Asker, tag: [UInt8]?
    ) throws(Refusal) {
        let wanted = try RequestReader.openInvoices(request)
        let now = engine.now.milliseconds
        let before = now - Int64(wanted.days) * 86_400_000
        render(tag, { engine.openInvoices(of: wanted.customer, before: before, for: asker, $0) }) { all, output in
            let page = all.dropFirst(wanted.offset).prefix(wanted.limit)
            for invoice in page {
                output.beginRow()
                invoice.members(into: &output)
                output.key("days")
                output.number(max(0, now - invoice.ticket.postedAt) / 86_400_000)
                output.endReply()
            }
            output.beginOK(tag: tag)
            output.range(total: all.count, offset: wanted.offset, count: page.count)
            output.sums(of: all)
            output.endReply()
        }
    }
}

extension ByteWriter {
    /// What is open of all of them, by currency.
    fileprivate mutating func sums(of invoices: [OpenInvoice]) {
        var sums: [String: (amount: Int64, digits: UInt8)] = [:]
        for invoice in invoices {
            let known = sums[invoice.ticket.currency]?.amount ?? 0
            // More than there is money in the world stays at that.
            let (sum, isTooLarge) = known.addingReportingOverflow(invoice.open)
            sums[invoice.ticket.currency] = (isTooLarge ? .max : sum, invoice.ticket.digits)
        }
        key("open")
        openObject()
        for (currency, sum) in sums.sorted(by: { $0.key < $1.key }) {
            key(currency)
            decimal(Decimal64(units: sum.amount, scale: sum.digits))
        }
        closeObject()
    }
}
