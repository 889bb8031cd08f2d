/// What a message is about. The raw values are written to disk.
package enum MessageEvent: UInt8, Sendable, CaseIterable {
    case orderConfirmed = 1
    case orderChanged = 2
    case orderShipped = 3
    case orderDelayed = 4
    case orderCancelled = 5
    case orderRefunded = 6
    case orderQuestion = 7
    case returnReceived = 8
    case documentIssued = 9
    case voucherIssued = 10
    case reviewRequest = 11
    case mailing = 12
    case newsletter = 13
    case orderDelivered = 14
    case returnAnnounced = 15
    /// Documents that staff chose, or all under a label.
    case documentsSent = 16
    /// Something is open of an invoice, and the customer is asked to pay it.
    case invoiceReminder = 17

    /// As it stands in commands and replies.
    package var word: String {
        switch self {
        case .orderConfirmed: "order.confirmed"
        case .orderChanged: "order.changed"
        case .orderShipped: "order.shipped"
        case .orderDelayed: "order.delayed"
        case .orderCancelled: "order.cancelled"
        case .orderRefunded: "order.refunded"
        case .orderQuestion: "order.question"
        case .returnReceived: "return.received"
        case .documentIssued: "document.issued"
        case .voucherIssued: "voucher.issued"
        case .reviewRequest: "review.request"
        case .mailing: "customer.mailing"
        case .newsletter: "customer.newsletter"
        case .orderDelivered: "order.delivered"
        case .returnAnnounced: "return.announced"
        case .documentsSent: "documents.sent"
        case .invoiceReminder: "invoice.reminder"
        }
    }

    package init?(word: String) {
        guard let event = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = event
    }

    /// What the gate of a channel decides by.
    package var purpose: MessagePurpose {
        switch self {
        case .orderConfirmed: .confirmation
        case .orderShipped, .orderDelivered: .shipping
        case .orderChanged, .orderDelayed, .orderCancelled, .orderRefunded, .orderQuestion, .returnReceived,
            .documentIssued, .returnAnnounced, .documentsSent, .invoiceReminder:
            .service
        case .voucherIssued: .voucher
        case .reviewRequest: .review
        case .mailing: .mailing
        case .newsletter: .newsletter
        }
    }

    /// Whether it is about an order, so that it goes to the address that came with it.
    package var needsOrder: Bool { self != .documentsSent && followsOrder }

    /// Whether it goes to the address of its order where it has one.
    package var followsOrder: Bool { self != .mailing && self != .newsletter }
}

/// Why somebody writes to a customer.
package enum MessagePurpose: Sendable, CaseIterable {
    /// The order came in.
    case confirmation
    /// The order is on its way.
    case shipping
    /// What the customer has to know, or to say, for the order to come to its end.
    case service
    /// Money for a later purchase.
    case voucher
    case review
    case mailing
    case newsletter

    package var word: String { "\(self)" }

    /// Whether the order itself is reason enough; otherwise it is advertising, and the customer's wishes decide.
    var isForTheOrder: Bool { self == .confirmation || self == .shipping || self == .service || self == .voucher }
}
