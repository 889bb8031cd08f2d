import Bytes
import Commerce

/// What happens to orders after they came in.
extension CommandTable {
    static let orderLife: [CommandDescription] = [
        fact(
            .orderShip, "ORDER.SHIP", "order=channel[/store]:number {shipment}",
            "records a parcel of an order, with its track and trace code",
            "Members: id, carrier, trackingCode, trackingUrl, shippedAt, expectedAt, deliveredAt, state, lines, updatedAt. Without lines it is everything not shipped yet. Lines: [{\"sku\":…,\"quantity\":…}], or line= the channel's id of the order's line; without a quantity all of the line."
        ),
        fact(
            .orderDelay, "ORDER.DELAY", "order=channel[/store]:number {delay}",
            "records that an order comes later, and when",
            "Required: until, a day or a moment. Members: id, until, reason, announcedAt, updatedAt."),
        fact(
            .orderReturn, "ORDER.RETURN", "order=channel[/store]:number {return}", "records that articles come back",
            "Members: id, reason, announcedAt, carrier, trackingCode, state, lines, updatedAt. state, of the return or of a line: announced, received or cancelled. Lines may say reason, warehouse and receivedAt too; without lines it is everything."
        ),
        fact(
            .returnReceive, "RETURN.RECEIVE", "order=channel[/store]:number {receipt}",
            "records what arrived of a return, article by article",
            "Required: return, the return's id. Members: id, return, warehouse, receivedAt, lines, updatedAt. Without lines it is the whole return. The return may be told later."
        ),
        fact(
            .orderCancel, "ORDER.CANCEL", "order=channel[/store]:number {cancellation}",
            "records that an order, or lines of it, is cancelled",
            "Members: id, reason, cancelledAt, lines, updatedAt. Without lines it is everything not shipped."),
        fact(
            .orderRefund, "ORDER.REFUND", "order=channel[/store]:number {refund}",
            "records money that went back to the buyer",
            "Required: amount. Members: id, amount, currency (the order's unless given), reason, return and cancellation (ids of what it is for), refundedAt, lines, updatedAt."
        ),
        fact(
            .paymentRecord, "PAYMENT.RECORD", "order=channel[/store]:number {payment}",
            "records money that the buyer paid",
            "Required: amount. Members: id, amount, currency (the order's unless given), method, reference, paidAt, updatedAt. Once a payment is known, what the order itself says of being paid no longer counts."
        ),
        fact(
            .bookingUpdate, "BOOKING.UPDATE", "order=channel[/store]:number {booking}",
            "records a change of a travel booking",
            "Members: id (of the booked part), part, status, registeredAt, tripStart, tripEnd, updatedAt; at least one of part, status, tripStart and tripEnd."
        ),
        CommandDescription(
            name: .orderLife, text: "ORDER.LIFE", arguments: "channel[/store]:number [at=time|seq]",
            summary: "shows everything that happened to one order, and what follows from it",
            details:
                "Status, arrival, lines with quantities shipped, cancelled, returned, received and open, shipments, delays, returns with their refunds, cancellations, refunds, payments, booking, amounts with what is open. Computed from the order and the facts about it; never stored.",
            options: ["at"], plainArguments: 1, takesJSON: false),
    ]

    /// One of the commands that record a fact.
    private static func fact(
        _ name: CommandName, _ text: StaticString, _ arguments: StaticString, _ summary: StaticString,
        _ details: StaticString
    ) -> CommandDescription {
        CommandDescription(
            name: name, text: text, arguments: arguments, summary: summary, details: details,
            options: ["order"], plainArguments: 0, takesJSON: true)
    }
}

extension CommandName {
    /// What kind of fact the command records; nil if it records none.
    package var factKind: FactKind? {
        switch self {
        case .orderShip: .shipment
        case .orderDelay: .delay
        case .orderReturn: .return
        case .returnReceive: .receipt
        case .orderCancel: .cancellation
        case .orderRefund: .refund
        case .paymentRecord: .payment
        case .bookingUpdate: .booking
        default: nil
        }
    }
}

extension RequestReader {
    /// The name of the order that a fact is about.
    package static func factOrder(_ request: RequestLine) throws(Refusal) -> [UInt8] {
        guard let order = request.argument(named: "order") else {
            throw .invalid("order", "is required: order=channel:number, or order=channel/store:number")
        }
        _ = try OrderName(order.span)
        return order
    }
}
