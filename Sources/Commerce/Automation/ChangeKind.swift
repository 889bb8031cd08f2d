/// What can change of an order or a customer so that a rule may act on it. The raw values are written to disk.
package enum ChangeKind: UInt8, Sendable, CaseIterable {
    case orderPlaced = 1
    /// A newer version of the order, or something about it that has no word of its own.
    case orderChanged = 2
    /// A shipment got a track and trace code: no code, no such change.
    case orderShipped = 3
    case orderDelivered = 4
    case orderDelayed = 5
    case returnAnnounced = 6
    case returnReceived = 7
    case orderCancelled = 8
    case orderRefunded = 9
    case orderPaid = 10
    case bookingChanged = 11
    case statusChanged = 12
    /// A profile came, or profiles became one customer or ceased to be one.
    case customerChanged = 13
    /// A document that was made here got its number.
    case documentPosted = 14
    /// A file came into a dossier.
    case documentAttached = 15
    /// To somebody who is known; one for whoever holds it is no change of anybody.
    case voucherIssued = 16

    /// As it stands in a rule.
    package var word: String {
        switch self {
        case .orderPlaced: "order.placed"
        case .orderChanged: "order.changed"
        case .orderShipped: "order.shipped"
        case .orderDelivered: "order.delivered"
        case .orderDelayed: "order.delayed"
        case .returnAnnounced: "return.announced"
        case .returnReceived: "return.received"
        case .orderCancelled: "order.cancelled"
        case .orderRefunded: "order.refunded"
        case .orderPaid: "order.paid"
        case .bookingChanged: "booking.changed"
        case .statusChanged: "status.changed"
        case .customerChanged: "customer.changed"
        case .documentPosted: "document.posted"
        case .documentAttached: "document.attached"
        case .voucherIssued: "voucher.issued"
        }
    }

    package init?(word: String) {
        guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }

    package static var words: String { allCases.map(\.word).joined(separator: ", ") }

    /// Whether it may be about an order. Files and vouchers are not always.
    package var isAboutOrder: Bool { self != .customerChanged }

    /// Whether it brings a document, which a rule may label or send.
    package var bringsDocument: Bool { self == .documentPosted || self == .documentAttached }

    /// Whether it names something of ledger or archive beside its customer.
    var hasThing: Bool { bringsDocument || self == .voucherIssued }

    /// The message that tells of it when a shop has said no more than that it wants such messages.
    package var message: MessageEvent? {
        switch self {
        case .orderPlaced: .orderConfirmed
        case .orderShipped: .orderShipped
        case .orderDelivered: .orderDelivered
        case .orderDelayed: .orderDelayed
        case .returnAnnounced: .returnAnnounced
        case .returnReceived: .returnReceived
        case .orderCancelled: .orderCancelled
        case .orderRefunded: .orderRefunded
        case .orderChanged, .orderPaid, .bookingChanged, .statusChanged: .orderChanged
        case .documentPosted: .documentIssued
        // Most files are for the shop alone, and of a voucher only its issuer knows the code.
        case .customerChanged, .documentAttached, .voucherIssued: nil
        }
    }

    /// Names of the values that such a change brings for a template. Some may be empty.
    var values: Set<String> {
        let own: Set<String> =
            switch self {
            case .orderShipped: ["shipment.trackingCode", "shipment.carrier", "shipment.trackingUrl"]
            case .orderDelivered:
                ["delivery.date", "shipment.trackingCode", "shipment.carrier", "shipment.trackingUrl"]
            case .orderDelayed: ["delay.newDate", "delay.reason"]
            case .returnAnnounced, .returnReceived: ["return.articles", "return.number", "return.reason"]
            case .orderCancelled: ["cancellation.reason", "cancellation.articles"]
            case .orderRefunded: ["refund.amount", "refund.currency"]
            case .documentPosted: ["document.number", "document.total"]
            case .voucherIssued: ["voucher.amount", "voucher.currency", "voucher.startDate"]
            case .orderPlaced, .orderChanged, .orderPaid, .bookingChanged, .statusChanged, .customerChanged,
                .documentAttached:
                []
            }
        return isAboutOrder ? own.union(["change.text"]) : own
    }

    /// Why no message of this event can tell of such a change; nil if one can.
    func problem(telling event: MessageEvent) -> String? {
        if event.needsOrder, !isAboutOrder { return "\(event.word) is about an order, \(word) is not" }
        let missing = Placeholder.all(of: event).first { $0.isData && $0.isRequired && !values.contains($0.name) }
        return missing.map { "\(event.word) needs \($0.name), which \(word) does not bring" }
    }
}
