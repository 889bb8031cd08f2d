import Bytes

// The life of an order, computed at the moment of reading from the order's present version and the facts about it.
// Nothing here is stored, and nothing depends on the order in which the facts were told: they are sorted first.

/// Where an order stands, and what became of its articles and its money.
struct OrderLife {
    let frame: OrderFrame
    /// By moment and id.
    let facts: [OrderFact]
    /// The channel's word: of the order itself, unless a newer message had another.
    let channelStatus: String
    let lines: LineLives

    init(_ frame: OrderFrame, _ facts: [OrderFact]) {
        self.frame = frame
        self.facts = facts.sorted(by: OrderFact.isBefore)
        let newest = self.facts.last { $0.kind == .status && $0.at > frame.updatedAt }
        channelStatus = newest?.state ?? frame.status
        lines = LineLives(frame.lines, self.facts, isCancelled: channelStatus == "cancelled")
    }

    func facts(_ kind: FactKind) -> [OrderFact] { facts.filter { $0.kind == kind } }

    // MARK: Status

    /// The further along of what the channel says and what the facts add up to.
    var status: String {
        let said = channelStatus
        if Self.progress(of: said) < Self.progress(of: "cancelled"), let booked = bookingStatus { return booked }
        guard let found = statusOfFacts else { return said }
        return Self.progress(of: found) > Self.progress(of: said) ? found : said
    }

    private static func progress(of status: String) -> Int {
        switch status {
        case "pending": 0
        case "partiallyShipped": 2
        case "shipped", "completed": 3
        case "delivered": 4
        case "partiallyReturned": 5
        case "returned": 6
        case "refunded": 7
        case "cancelled", "failed": 8
        default: 1
        }
    }

    /// That of the booked part that changed last.
    private var bookingStatus: String? {
        facts(.booking).filter { !$0.state.isEmpty }.max { ($0.toldAt, $0.id) < ($1.toldAt, $1.id) }?.state
    }

    private var statusOfFacts: String? {
        if isCancelled { return "cancelled" }
        if refunded.isPositive, !(refunded < frame.total) { return "refunded" }
        let received = lines.sum(\.received)
        if received.isPositive { return received < lines.sum(\.sold) ? "partiallyReturned" : "returned" }
        let shipments = facts(.shipment).filter { !$0.isVoid }
        guard !shipments.isEmpty else { return nil }
        if lines.sum(\.open).isPositive { return "partiallyShipped" }
        return shipments.allSatisfy { $0.deliveredAt != nil } ? "delivered" : "shipped"
    }

    /// Everything that was ordered is cancelled.
    var isCancelled: Bool {
        if channelStatus == "cancelled" { return true }
        let isWhole = facts.contains { $0.kind == .cancellation && $0.lines.isEmpty }
        if isWhole, !lines.sum(\.shipped).isPositive { return true }
        return !lines.all.isEmpty && lines.all.allSatisfy { !$0.sold.isPositive }
    }

    // MARK: When does it arrive

    enum ArrivalSource: String {
        /// All of it has arrived.
        case delivered
        case shipment, delay
        /// Promised with the order.
        case order
    }

    /// The moment, or the channel's own words for it, and who said so: of shipments and delays the one told last.
    var arrival: (moment: Timestamp?, words: String?, source: ArrivalSource)? {
        if isCancelled { return nil }
        let shipments = facts(.shipment).filter { !$0.isVoid }
        let delivered = shipments.compactMap(\.deliveredAt)
        if let last = delivered.max(), delivered.count == shipments.count, !lines.sum(\.open).isPositive {
            return (last, nil, .delivered)
        }
        var told: (at: Int64, moment: Timestamp, source: ArrivalSource)?
        for fact in facts where !fact.isVoid && fact.deliveredAt == nil {
            guard let moment = fact.arrivesAt, told.map({ ($0.at, $0.moment) <= (fact.at, moment) }) ?? true else {
                continue
            }
            told = (fact.at, moment, fact.kind == .delay ? .delay : .shipment)
        }
        if let told { return (told.moment, nil, told.source) }
        return frame.deliverBy.map { (nil, $0, .order) }
    }

    /// A delay was announced and not everything is on its way.
    var isDelayed: Bool {
        guard !isCancelled, !facts(.delay).isEmpty else { return false }
        return lines.all.isEmpty ? facts(.shipment).isEmpty : lines.sum(\.open).isPositive
    }

    // MARK: Money, in the order's currency

    private func sum(_ kind: FactKind) -> Decimal64 {
        facts.reduce(Decimal64(units: 0, scale: frame.decimals)) { sum, fact in
            guard fact.kind == kind, isInOrderCurrency(fact) else { return sum }
            return sum + fact.amount
        }
    }

    /// Money of another currency is shown and not counted.
    func isInOrderCurrency(_ fact: OrderFact) -> Bool {
        fact.currency == nil || fact.currency == frame.currency
    }

    /// What was paid back.
    var refunded: Decimal64 { sum(.refund) }

    /// What was paid: by the payments known, or else all of it if the order says so.
    var paid: Decimal64 {
        if facts.contains(where: { $0.kind == .payment }) { return sum(.payment) }
        return frame.isPaidAlready ? frame.total : Decimal64(units: 0, scale: frame.decimals)
    }

    /// What the order costs less by cancellations: its whole total if nothing is left of it.
    var cancelledValue: Decimal64 {
        isCancelled ? frame.total : lines.sum { $0.line.value(of: $0.cancelled, decimals: frame.decimals) }
    }

    /// What the articles cost that have arrived back.
    var receivedValue: Decimal64 { lines.sum { $0.line.value(of: $0.received, decimals: frame.decimals) } }

    /// What the buyer still has to pay; below zero what is still to be paid back. Money given back lowers what the order
    /// costs at least by itself, so that a refund out of goodwill leaves nothing open.
    var open: Decimal64 {
        let lowered = isCancelled ? frame.total : cancelledValue + receivedValue
        return frame.total - (lowered < refunded ? refunded : lowered) - paid + refunded
    }

    // MARK: Links

    /// The refunds that name this return or cancellation.
    func refunds(of fact: OrderFact) -> [OrderFact] {
        facts(.refund).filter {
            fact.kind == .return ? $0.returnId == fact.id : fact.kind == .cancellation && $0.cancellationId == fact.id
        }
    }

    /// What has arrived of a return.
    func receipts(of fact: OrderFact) -> [OrderFact] {
        facts(.receipt).filter { fact.kind == .return && $0.returnId == fact.id }
    }
}
