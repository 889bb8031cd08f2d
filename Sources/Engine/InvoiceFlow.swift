import Bytes
import Commerce

/// An invoice of which something is to be paid.
package struct OpenInvoice: Sendable {
    package let ticket: InvoiceTicket
    /// Minor units; above zero.
    package let open: Int64
}

// The ledger is looked through in the directory, what became of the orders is asked of the shards.
extension Engine {
    /// All invoices of a shop, or of a customer, with something to pay, the oldest first.
    /// - Parameter before: posted then or earlier, in milliseconds.
    package func openInvoices(
        of customer: CustomerSelector?, before: Int64, for asker: Asker,
        _ completion: @escaping Answering<[OpenInvoice]>
    ) {
        let directory = directory
        guard let customer else { return openInvoices(from: 0, before: before, found: [], for: asker, completion) }
        directory.lane.run {
            switch directory.assumeIsolated({ $0.postedInvoices(of: customer, shopNamed: asker.shop) }) {
            case .failure(let refusal): asker.lane.run { completion(.failure(refusal), 0) }
            case .success(let tickets):
                self.open(tickets, before: before, for: asker) { self.finish($0, for: asker, completion) }
            }
        }
    }

    /// Look by look, so that everybody gets a turn between two. What each found stays a list of its own: to join them at
    /// every step would copy all of them each time.
    private func openInvoices(
        from: UInt32, before: Int64, found: [[OpenInvoice]], for asker: Asker,
        _ completion: @escaping Answering<[OpenInvoice]>
    ) {
        let directory = directory
        directory.lane.run {
            let (tickets, next) = directory.assumeIsolated { $0.postedInvoices(ofShopNamed: asker.shop, from: from) }
            self.open(tickets, before: before, for: asker) { more in
                guard let next else { return self.finish((found + [more]).flatMap(\.self), for: asker, completion) }
                asker.lane.post {
                    self.openInvoices(from: next, before: before, found: found + [more], for: asker, completion)
                }
            }
        }
    }

    private func finish(_ found: [OpenInvoice], for asker: Asker, _ completion: @escaping Answering<[OpenInvoice]>) {
        let sorted = found.sorted {
            ($0.ticket.postedAt, $0.ticket.document) < ($1.ticket.postedAt, $1.ticket.document)
        }
        lastSequence(from: asker.lane) { completion(.success(sorted), $0) }
    }

    /// Those of which something is open. `completion` runs on the asker's lane.
    private func open(
        _ tickets: [InvoiceTicket], before: Int64, for asker: Asker,
        _ completion: @escaping @Sendable ([OpenInvoice]) -> Void
    ) {
        let wanted = tickets.filter { $0.postedAt <= before && $0.total > $0.credited }
        let byShard = Dictionary(grouping: wanted) { Int($0.profile) % shards.count }
        let gathering = Gathering<OpenInvoice>(byShard.count, from: asker.lane, completion)
        for (number, tickets) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = shards[number]
            shard.lane.run { gathering.add(shard.assumeIsolated { $0.open(tickets) }) }
        }
    }

    /// Queues the message that asks for what is open of an invoice, once a day.
    package func remind(
        of invoice: DocumentSelector, url: String, language: LanguageTag?, for asker: Asker,
        _ completion: @escaping Answering<[UInt8]>
    ) {
        let directory = directory
        directory.lane.run {
            let (result, now) = directory.assumeIsolated { $0.postedInvoice(invoice, shopNamed: asker.shop) }
            switch result {
            case .failure(let refusal): asker.lane.run { completion(.failure(refusal), 0) }
            case .success(let ticket):
                self.open([ticket], before: .max, for: asker) { found in
                    guard let found = found.first else {
                        let refusal = Refusal(
                            .refused, "invoice: nothing is open of \(ticket.number); INVOICE.OPEN lists what is")
                        return self.lastSequence(from: asker.lane) { completion(.failure(refusal), $0) }
                    }
                    var message = found.reminder(url: url, on: now)
                    message.language = language
                    self.queue(message, about: found, for: asker, completion)
                }
            }
        }
    }

    private func queue(
        _ message: MessageRequest, about invoice: OpenInvoice, for asker: Asker,
        _ completion: @escaping Answering<[UInt8]>
    ) {
        let order: OrderName
        do throws(Refusal) { order = try OrderName([UInt8](invoice.ticket.orderName.utf8).span) } catch {
            return completion(.failure(error), 0)
        }
        messageFacts(of: .order(order), shopNamed: asker.shop, from: asker.lane) { found in
            switch found {
            case .failure(let refusal): completion(.failure(refusal), 0)
            case .success(let facts):
                let command = PreparedCommand.message(.queue(message, facts), actor: asker.actor)
                let batch = CommandBatch(shop: asker.shop, actor: asker.actor, bytes: [], commands: [command])
                self.submit(batch, from: asker.lane) { outcome in
                    switch outcome.outcomes[0] {
                    case .message(.queued(let view, let isDuplicate), _):
                        completion(
                            .success(invoice.reply(view, isDuplicate: isDuplicate)), outcome.releaseSequence)
                    case .refused(let refusal): completion(.failure(refusal), outcome.releaseSequence)
                    default: preconditionFailure("a message is queued or refused")
                    }
                }
            }
        }
    }
}

extension Shard {
    fileprivate func open(_ tickets: [InvoiceTicket]) -> [OpenInvoice] {
        tickets.compactMap { ticket in
            let open = ticket.open(orderMoney(row: ticket.row))
            return open > 0 ? OpenInvoice(ticket: ticket, open: open) : nil
        }
    }
}

extension Directory {
    fileprivate func postedInvoices(ofShopNamed name: String, from: UInt32) -> (tickets: [InvoiceTicket], next: UInt32?)
    {
        state.shop(named: name).map { state.postedInvoices(of: $0, from: from) } ?? ([], nil)
    }

    fileprivate func postedInvoices(
        of customer: CustomerSelector, shopNamed name: String
    ) -> Result<[InvoiceTicket], Refusal> {
        do throws(Refusal) {
            guard let shop = state.shop(named: name) else { throw Self.empty(name) }
            return .success(try state.postedInvoices(of: customer, shop: shop))
        } catch {
            return .failure(error)
        }
    }

    fileprivate func postedInvoice(
        _ invoice: DocumentSelector, shopNamed name: String
    ) -> (Result<InvoiceTicket, Refusal>, now: Timestamp) {
        let now = clock.now()
        do throws(Refusal) {
            guard let shop = state.shop(named: name) else { throw Self.empty(name) }
            return (.success(try state.postedInvoice(invoice, shop: shop, at: now)), now)
        } catch {
            return (.failure(error), now)
        }
    }
}

extension OpenInvoice {
    fileprivate func reminder(url: String, on now: Timestamp) -> MessageRequest {
        var message = MessageRequest(event: .invoiceReminder)
        message.identifier = "invoice.reminder \(ticket.number) \(now.dayText)"
        message.data = [
            "invoice.number": ticket.number, "invoice.open": text(open), "invoice.currency": ticket.currency,
            "invoice.date": Timestamp(milliseconds: ticket.postedAt).dayText, "invoice.total": text(ticket.total),
        ]
        if !url.isEmpty { message.data["invoice.url"] = url }
        return message
    }

    private func text(_ amount: Int64) -> String {
        var output = ByteWriter(capacity: 32)
        output.appendDecimal(Decimal64(units: amount, scale: ticket.digits))
        return output.span.text
    }

    fileprivate func reply(_ message: MessageView, isDuplicate: Bool) -> [UInt8] {
        var output = ByteWriter(capacity: 256)
        output.openObject()
        members(into: &output)
        output.key("message")
        if let number = message.number { output.string(MessageNumber.text(number)) } else { output.null() }
        output.key("to")
        output.string(message.record.toAddress)
        output.key("language")
        output.string(message.record.language)
        output.key("duplicate")
        output.bool(isDuplicate)
        output.key("seq")
        output.number(message.sequence)
        output.closeObject()
        return output.copyBytes()
    }

    /// What lists show of it.
    package func members(into output: inout ByteWriter) {
        output.key("invoice")
        output.string(ticket.number)
        output.key("document")
        output.string("D\(ticket.document + 1)")
        output.key("customer")
        output.customerNumber(ticket.customer)
        output.key("recipient")
        output.string(ticket.recipient)
        output.key("order")
        output.string(ticket.orderName)
        output.key("postedAt")
        output.timestamp(Timestamp(milliseconds: ticket.postedAt))
        output.key("currency")
        output.string(ticket.currency)
        for (name, amount) in [("total", ticket.total), ("credited", ticket.credited), ("open", open)] {
            output.key(name)
            output.decimal(Decimal64(units: amount, scale: ticket.digits))
        }
    }
}
