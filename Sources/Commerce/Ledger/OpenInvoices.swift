import Bytes

// What is open of posted invoices (B09). Invoices and their credit notes lie in the ledger, payments among the facts of their
// order on a shard; so the ledger says what is asked for, the shard what became of the order, and one function puts the two
// together. Nothing of it is stored: a payment, a credit note or a return shows at once.

/// A posted invoice, and what the ledger knows of the others of its order. Amounts are minor units.
package struct InvoiceTicket: Sendable {
    package let document: UInt32
    package let number: String
    package let recipient: String
    package let orderName: String
    package let currency: String
    package let digits: UInt8
    /// Milliseconds.
    package let postedAt: Int64
    package let customer: UInt32
    /// Where the order lies.
    package let profile: UInt32
    package let row: UInt32
    package let total: Int64
    /// By posted credit notes; what was paid out as a voucher lowers no invoice.
    package let credited: Int64
    /// Of all posted invoices of the order, and of those that are newer than this one.
    let order: InvoiceSums
    let newer: InvoiceSums
}

/// What invoices ask for, and what credit notes take off.
struct InvoiceSums: Sendable, Equatable {
    var total: Int64 = 0
    /// By credit notes for what came back or was cancelled: the order tells of that too.
    var returned: Int64 = 0
    /// By all others.
    var otherwise: Int64 = 0

    var left: Int64 { max(0, total - returned - otherwise) }

    static func += (sums: inout InvoiceSums, other: InvoiceSums) {
        sums.total += other.total
        sums.returned += other.returned
        sums.otherwise += other.otherwise
    }
}

/// What became of an order, in minor units of its currency.
package struct OrderMoney: Sendable, Equatable {
    var currency = ""
    /// What it costs less by cancellations and by articles that have arrived back.
    var lowered: Int64 = 0
    var paid: Int64 = 0
    var refunded: Int64 = 0
    /// Nothing is left of it.
    var isCancelled = false

    package init() {}
}

extension InvoiceTicket {
    /// What the customer still has to pay of it. Money is taken for the oldest invoice first. What came back lowers the sum once,
    /// whether a credit note has followed yet or not; money given back lowers it at least by itself, as it does for the order.
    package func open(_ money: OrderMoney) -> Int64 {
        let own = max(0, total - credited)
        guard money.currency == currency else { return own }
        guard !money.isCancelled else { return 0 }
        let lowered = max(max(order.returned, money.lowered) + order.otherwise, money.refunded)
        let due = order.total - lowered - money.paid + money.refunded
        return min(own, max(0, due - newer.left))
    }
}

extension DirectoryState {
    /// How many documents one look at the ledger takes in: others get their turns between two.
    private static let documentsPerLook = 512

    /// The next posted invoices of a shop from this document on, and where the next look begins; nil at the end.
    package func postedInvoices(of shop: UInt16, from: UInt32) -> (tickets: [InvoiceTicket], next: UInt32?) {
        let end = min(ledger.documents.count, Int(from) + Self.documentsPerLook)
        let numbers = (Int(from)..<max(Int(from), end)).map { UInt32($0) }
        return (tickets(numbers, shop: shop), end < ledger.documents.count ? UInt32(end) : nil)
    }

    /// Those of one customer.
    package func postedInvoices(
        of selector: CustomerSelector, shop: UInt16
    ) throws(Refusal) -> [InvoiceTicket] {
        var numbers: [UInt32] = []
        for profile in members(of: try serviced(selector, shop: shop)) {
            ledger.forEachDocument(of: profile) { number, _ in numbers.append(number) }
        }
        return tickets(numbers.sorted(), shop: shop)
    }

    /// The invoice with this number or id.
    package func postedInvoice(_ selector: DocumentSelector, shop: UInt16, at now: Timestamp) throws(Refusal)
        -> InvoiceTicket
    {
        let desk = LedgerDesk(shop: shop, actor: "", now: now, hasher: hasher(shop))
        let document = try ledger.find(selector, desk)
        guard let ticket = tickets([document], shop: shop).first else {
            throw Refusal(
                .refused, "invoice: \(ledger.name(ofDocument: document)) is no posted invoice; INVOICE.OPEN lists them")
        }
        return ticket
    }

    private func tickets(_ numbers: [UInt32], shop: UInt16) -> [InvoiceTicket] {
        var byProfile: [UInt32: [UInt32: [UInt32]]] = [:]
        var tickets: [InvoiceTicket] = []
        for number in numbers where isPostedInvoice(number) && ledger.documents[Int(number)].shop == shop {
            let entry = ledger.documents[Int(number)]
            let orders = byProfile[entry.profile] ?? invoices(of: entry.profile)
            byProfile[entry.profile] = orders
            tickets.append(ticket(number, entry, orders))
        }
        return tickets
    }

    private func isPostedInvoice(_ number: UInt32) -> Bool {
        let entry = ledger.documents[Int(number)]
        return entry.documentKind == .invoice && entry.documentStanding == .posted
            && !archive.isRemoved(DocumentReference(.ledger, number))
    }

    /// Posted invoices of a profile by their orders.
    private func invoices(of profile: UInt32) -> [UInt32: [UInt32]] {
        var orders: [UInt32: [UInt32]] = [:]
        ledger.forEachDocument(of: profile) { number, entry in
            guard isPostedInvoice(number) else { return }
            orders[ledger.open(entry.draft, DraftFacts()).order, default: []].append(number)
        }
        return orders
    }

    private func ticket(_ number: UInt32, _ entry: LedgerDocument, _ orders: [UInt32: [UInt32]]) -> InvoiceTicket {
        let draft = ledger.open(entry.draft, DraftFacts())
        let posting = ledger.open(entry.latest, PostFacts())
        var (all, newer) = (InvoiceSums(), InvoiceSums())
        for other in orders[draft.order] ?? [] {
            let sums = sums(of: other)
            all += sums
            if other > number { newer += sums }
        }
        let own = sums(of: number)
        let order = self.orders[Int(draft.order)]
        return InvoiceTicket(
            document: number, number: posting.number, recipient: posting.recipient, orderName: draft.orderName,
            currency: draft.currency, digits: entry.digits, postedAt: entry.changedAt,
            customer: customerNumber(of: entry.profile), profile: order.profile, row: order.row, total: entry.total,
            credited: own.returned + own.otherwise, order: all, newer: newer)
    }

    private func sums(of invoice: UInt32) -> InvoiceSums {
        var sums = InvoiceSums(total: ledger.documents[Int(invoice)].total)
        ledger.forEachCredit(of: invoice) { _, credit in
            guard credit.documentStanding == .posted else { return }
            let reason = ledger.open(credit.draft, DraftFacts()).reason
            if reason == .returned || reason == .cancelled {
                sums.returned += credit.total - credit.vouchered
            } else {
                sums.otherwise += credit.total - credit.vouchered
            }
        }
        return sums
    }
}

extension ShardState {
    /// What became of an order, and of its money.
    package func orderMoney(row number: UInt32) -> OrderMoney {
        let row = orders[Int(number)]
        let party = PartyRecord(records[variants[Int(row.variant)].record]).members
        let bytes = self.record(of: row.record)
        let record = PackedRecord(bytes.span, OrderShape.kinds)
        let life = OrderLife(
            OrderFrame(record, channel: party[PartyShape.channel], hasFacts: true), orderFacts(of: number))
        var money = OrderMoney()
        money.currency = life.frame.currency
        let digits = EInvoice.amountDigits(of: money.currency)
        // A platform may tell of parts of a cent; an invoice knows none.
        func units(_ value: Decimal64) -> Int64 {
            value.times(Decimal64(units: 1, scale: 0), decimals: digits)?.units ?? 0
        }
        money.isCancelled = life.isCancelled
        money.lowered = units(life.cancelledValue + life.receivedValue)
        money.paid = units(life.paid)
        money.refunded = units(life.refunded)
        return money
    }
}
