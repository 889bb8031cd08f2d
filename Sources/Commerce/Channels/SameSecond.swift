import Bytes

/// Platforms date their orders to the second, and tell several states of one within it: created, paid and updated are three
/// messages. Which of them is newer their time does not say, and they arrive in any order. So the state that is further on
/// counts as the later one; of two that are equally far, the same one everywhere.
enum SameSecond {
    /// Orders what is told of one second: to be added, in milliseconds, to a time without a fraction.
    static func tieBreak(of order: CanonicalOrder, json: Span<UInt8>) -> Int64 {
        let status = statuses.firstIndex(of: order.status) ?? 0
        let payment = order.paymentStatus.flatMap { payments.firstIndex(of: $0) } ?? 0
        let progress = Int64(status * payments.count + payment)
        return 1 + progress * hashes + Int64(Hash64(seed: 0x5EC0_4D).hash(json) % UInt64(hashes))
    }

    /// What an order goes through. A payment that failed may be tried again.
    private static let statuses: [CanonicalStatus] = [
        .pending, .failed, .onHold, .open, .partiallyShipped, .shipped, .delivered, .completed, .cancelled, .refunded,
    ]

    private static let payments: [CanonicalPaymentStatus] = [
        .pending, .authorized, .partiallyPaid, .paid, .partiallyRefunded, .refunded, .voided,
    ]

    /// So many places for states that are equally far; all of them together stay below a second.
    private static let hashes: Int64 = 14
}
