import Testing

@testable import Commerce

/// What is open of the invoices of an order (B09), whatever was credited, sent back, paid and paid back.
@Suite struct OpenInvoiceLaws {
    /// Invoices of one order, the oldest first, as the ledger would tell of them.
    private static func tickets(_ invoices: [InvoiceSums]) -> [InvoiceTicket] {
        var all = InvoiceSums()
        for invoice in invoices { all += invoice }
        return invoices.indices.map { place in
            var newer = InvoiceSums()
            for invoice in invoices[(place + 1)...] { newer += invoice }
            let own = invoices[place]
            return InvoiceTicket(
                document: UInt32(place), number: "\(place)", recipient: "", orderName: "web:1", currency: "EUR",
                digits: 2,
                postedAt: Int64(place), customer: 1, profile: 0, row: 0, total: own.total,
                credited: own.returned + own.otherwise, order: all, newer: newer)
        }
    }

    @Test(arguments: 0..<200) func theSumIsWhatIsDueAndTheOldestIsPaidFirst(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func amount(_ most: Int64) -> Int64 {
            Bool.random(using: &random) ? 0 : Int64.random(in: 0...most, using: &random)
        }
        let invoices = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let total = Int64.random(in: 1...100, using: &random)
            let returned = amount(total)
            return InvoiceSums(total: total, returned: returned, otherwise: amount(total - returned))
        }
        let tickets = Self.tickets(invoices)
        var money = OrderMoney()
        money.currency = "EUR"
        money.lowered = amount(200)
        money.paid = amount(300)
        money.refunded = amount(money.paid)
        let open = tickets.map { $0.open(money) }

        let total = invoices.reduce(0) { $0 + $1.total }
        let returned = max(invoices.reduce(0) { $0 + $1.returned }, money.lowered)
        let lowered = max(returned + invoices.reduce(0) { $0 + $1.otherwise }, money.refunded)
        let due = max(0, total - lowered - money.paid + money.refunded)
        #expect(open.reduce(0, +) == min(due, invoices.reduce(0) { $0 + $1.left }), "seed \(seed)")
        for (place, amount) in open.enumerated() {
            #expect((0...invoices[place].left).contains(amount), "seed \(seed)")
            // As long as something is open of an older one, nothing is paid of those behind it.
            guard amount > 0 else { continue }
            for newer in (place + 1)..<max(place + 1, open.count) {
                #expect(open[newer] == invoices[newer].left, "seed \(seed)")
            }
        }
        money.paid += amount(100)
        #expect(zip(tickets, open).allSatisfy { $0.open(money) <= $1 }, "seed \(seed): paying more opened something")
        money.isCancelled = true
        #expect(tickets.allSatisfy { $0.open(money) == 0 })
        money.currency = "USD"
        #expect(zip(tickets, invoices).allSatisfy { $0.open(money) == $1.left })
    }
}
