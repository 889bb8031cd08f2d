import Bytes

// The life of an order as JSON: what ORDER.LIFE answers, and the member `life` of an order that has facts.
extension ByteWriter {
    /// One object.
    mutating func life(_ life: OrderLife) {
        openObject()
        key("status")
        string(life.status)
        if life.channelStatus != life.status {
            key("channelStatus")
            string(life.channelStatus)
        }
        if life.isDelayed {
            key("delayed")
            bool(true)
        }
        arrival(of: life)
        lines(of: life)
        for (name, kind) in Self.lists { facts(name, kind, of: life) }
        booking(of: life)
        amounts(of: life)
        closeObject()
    }

    private static let lists: [(StaticString, FactKind)] = [
        ("shipments", .shipment), ("delays", .delay), ("returns", .return), ("receipts", .receipt),
        ("cancellations", .cancellation), ("refunds", .refund), ("payments", .payment),
    ]

    private mutating func arrival(of life: OrderLife) {
        guard let arrival = life.arrival else { return }
        key("arrival")
        openObject()
        key("date")
        if let moment = arrival.moment { timestamp(moment) } else { string(arrival.words ?? "") }
        key("source")
        string(arrival.source.rawValue)
        closeObject()
    }

    private mutating func lines(of life: OrderLife) {
        key("lines")
        openArray()
        for line in life.lines.all {
            openObject()
            if !line.line.id.isEmpty {
                key("line")
                string(line.line.id)
            }
            if !line.line.sku.isEmpty {
                key("sku")
                string(line.line.sku)
            }
            if !line.line.title.isEmpty {
                key("title")
                string(line.line.title)
            }
            let quantities: [(StaticString, Decimal64)] = [
                ("quantity", line.line.quantity), ("shipped", line.shipped), ("cancelled", line.cancelled),
                ("returned", line.returned), ("received", line.received), ("open", line.open),
            ]
            for (name, quantity) in quantities {
                key(name)
                decimal(quantity.shortest)
            }
            closeObject()
        }
        closeArray()
        if life.lines.unmatched > 0 {
            key("unmatchedLines")
            number(life.lines.unmatched)
        }
    }

    // MARK: Facts

    private mutating func facts(_ name: StaticString, _ kind: FactKind, of life: OrderLife) {
        let facts = life.facts(kind)
        guard !facts.isEmpty else { return }
        key(name)
        openArray()
        for fact in facts {
            openObject()
            members(fact.members, kind.members)
            switch kind {
            case .shipment:
                key("trackAndTrace")
                bool(fact.hasTrackingCode)
            case .return: linked(fact, of: life)
            case .cancellation: refunds(of: fact, in: life)
            default: break
            }
            closeObject()
        }
        closeArray()
    }

    /// What became of a return: what has arrived, and the money.
    private mutating func linked(_ fact: OrderFact, of life: OrderLife) {
        let receipts = life.receipts(of: fact)
        if !receipts.isEmpty {
            key("receipts")
            openArray()
            for receipt in receipts { string(receipt.id) }
            closeArray()
        }
        refunds(of: fact, in: life)
    }

    private mutating func refunds(of fact: OrderFact, in life: OrderLife) {
        let refunds = life.refunds(of: fact)
        key("refunded")
        bool(!refunds.isEmpty)
        guard !refunds.isEmpty else { return }
        key("refundIds")
        openArray()
        for refund in refunds { string(refund.id) }
        closeArray()
        if let last = refunds.compactMap({ $0.moment("refundedAt") }).max() {
            key("refundedAt")
            timestamp(last)
        }
    }

    /// The journey: from the first start to the last end of what is booked, and its parts.
    private mutating func booking(of life: OrderLife) {
        let parts = life.facts(.booking).sorted { $0.id < $1.id }
        guard !parts.isEmpty else { return }
        let alive = parts.filter { $0.state.lowercased() != "cancelled" }
        key("booking")
        openObject()
        moment("registeredAt", parts.compactMap { $0.moment("registeredAt") }.min())
        moment("tripStart", alive.compactMap { $0.moment("tripStart") }.min())
        moment("tripEnd", alive.compactMap { $0.moment("tripEnd") }.max())
        key("parts")
        openArray()
        for part in parts {
            openObject()
            members(part.members, FactKind.booking.members)
            closeObject()
        }
        closeArray()
        closeObject()
    }

    private mutating func moment(_ name: StaticString, _ moment: Timestamp?) {
        guard let moment else { return }
        key(name)
        timestamp(moment)
    }

    private mutating func amounts(of life: OrderLife) {
        key("amounts")
        openObject()
        key("currency")
        string(life.frame.currency)
        let amounts: [(StaticString, Decimal64)] = [
            ("total", life.frame.total), ("paid", life.paid), ("refunded", life.refunded),
            ("cancelled", life.cancelledValue), ("received", life.receivedValue), ("open", life.open),
        ]
        for (name, amount) in amounts {
            key(name)
            decimal(amount.scaled(to: life.frame.decimals) ?? amount)
        }
        let others = life.facts.count {
            ($0.kind == .refund || $0.kind == .payment) && !life.isInOrderCurrency($0)
        }
        if others > 0 {
            key("inOtherCurrencies")
            number(others)
        }
        closeObject()
    }
}
