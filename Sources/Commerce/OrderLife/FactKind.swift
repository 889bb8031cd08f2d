import Bytes

/// What can happen to an order after it came in. The raw values are written to disk.
package enum FactKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case shipment = 1
    case delay = 2
    case `return` = 3
    /// Articles of a return that arrived in a warehouse.
    case receipt = 4
    case cancellation = 5
    case refund = 6
    case payment = 7
    /// A booked part of a journey.
    case booking = 8
    /// The channel's own word for where the order stands.
    case status = 9

    /// As it stands in the name of a fact: `shipment:914587795`.
    package var text: StaticString {
        switch self {
        case .shipment: "shipment"
        case .delay: "delay"
        case .return: "return"
        case .receipt: "receipt"
        case .cancellation: "cancellation"
        case .refund: "refund"
        case .payment: "payment"
        case .booking: "booking"
        case .status: "status"
        }
    }

    /// The members of the packed record: `id` first, `extra` and `updatedAt` last, whatever the kind.
    package var members: [Member] { shape.members }

    var shape: FactShape {
        switch self {
        case .shipment: .shipment
        case .delay: .delay
        case .return: .return
        case .receipt: .receipt
        case .cancellation: .cancellation
        case .refund: .refund
        case .payment: .payment
        case .booking: .booking
        case .status: .status
        }
    }
}

/// The members of one kind of fact, in packed order, and where those lie that the fold asks for by their meaning.
package final class FactShape: Sendable {
    package let members: [Member]
    let names: MemberNames
    /// Place of the moment at which it happened, by the merchant's or the channel's clock.
    let at: Int
    /// Places of members that not every kind has.
    let state, status, currency, amount, returned, cancelled, arrival, deliveredAt, trackingCode, lines: Int?

    static let id = 0
    var extra: Int { members.count - 2 }
    var updatedAt: Int { members.count - 1 }

    private init(_ own: [Member], at: StaticString) {
        let all = [Member("id")] + own + [Member("extra", .extra), Member("updatedAt", .moment)]
        members = all
        names = MemberNames(all)
        func place(_ name: StaticString) -> Int? { all.firstIndex { $0.name.isSame(as: name) } }
        self.at = place(at) ?? 0
        state = place("state")
        status = place("status")
        currency = place("currency")
        amount = place("amount")
        returned = place("return")
        cancelled = place("cancellation")
        arrival = place("until") ?? place("expectedAt")
        deliveredAt = place("deliveredAt")
        trackingCode = place("trackingCode")
        lines = place("lines")
    }

    /// The place of the member with this name; nil where the kind has none such.
    func place(_ name: StaticString) -> Int? { members.firstIndex { $0.name.isSame(as: name) } }

    static let shipment = FactShape(
        [
            Member("carrier"), Member("trackingCode"), Member("trackingUrl"), Member("shippedAt", .moment),
            Member("expectedAt", .moment), Member("deliveredAt", .moment), Member("state"),
            Member("lines", .factLines),
        ], at: "shippedAt")
    static let delay = FactShape(
        [Member("until", .moment), Member("reason"), Member("announcedAt", .moment)], at: "announcedAt")
    static let `return` = FactShape(
        [
            Member("reason"), Member("announcedAt", .moment), Member("carrier"), Member("trackingCode"),
            Member("state"), Member("lines", .factLines),
        ], at: "announcedAt")
    static let receipt = FactShape(
        [Member("return"), Member("warehouse"), Member("receivedAt", .moment), Member("lines", .factLines)],
        at: "receivedAt")
    static let cancellation = FactShape(
        [Member("reason"), Member("cancelledAt", .moment), Member("lines", .factLines)], at: "cancelledAt")
    static let refund = FactShape(
        [
            Member("amount", .decimal), Member("currency"), Member("reason"), Member("return"),
            Member("cancellation"), Member("refundedAt", .moment), Member("lines", .factLines),
        ], at: "refundedAt")
    static let payment = FactShape(
        [
            Member("amount", .decimal), Member("currency"), Member("method"), Member("reference"),
            Member("paidAt", .moment),
        ], at: "paidAt")
    static let booking = FactShape(
        [
            Member("part"), Member("status"), Member("registeredAt", .moment), Member("tripStart", .moment),
            Member("tripEnd", .moment),
        ], at: "registeredAt")
    static let status = FactShape([Member("status"), Member("at", .moment)], at: "at")
}

/// Which articles of the order a fact is about. `line` is the channel's id of the order's line.
package enum FactLineShape: RecordShape {
    package static let members: [Member] = [
        Member("line"), Member("sku"), Member("quantity", .decimal), Member("state"), Member("reason"),
        Member("warehouse"), Member("receivedAt", .moment), Member("extra", .extra),
    ]
    static let names = MemberNames(members)

    static let kinds = MemberKinds(members)

    package static let line = 0, sku = 1, quantity = 2, state = 3, reason = 4, warehouse = 5, receivedAt = 6
    package static let extra = 7
}

extension StaticString {
    func isSame(as other: StaticString) -> Bool {
        guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
        for index in 0..<utf8CodeUnitCount where utf8Start[index] != other.utf8Start[index] { return false }
        return true
    }
}
