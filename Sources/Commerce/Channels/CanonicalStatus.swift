/// Where an order stands as a whole.
enum CanonicalStatus: String {
    /// Placed, but payment or the platform's approval is awaited: not to be shipped yet.
    case pending
    /// Accepted, and not shipped yet.
    case open
    /// Held back by the merchant or the platform.
    case onHold
    case partiallyShipped
    case shipped
    case delivered
    /// The platform counts it as done without telling about a shipment.
    case completed
    case cancelled
    /// All the money went back and nothing is left to do.
    case refunded
    /// Payment or fulfilment did not succeed.
    case failed
}

/// Where the money of an order stands, if the platform tells.
enum CanonicalPaymentStatus: String {
    case pending, authorized, partiallyPaid, paid, partiallyRefunded, refunded, voided
}
