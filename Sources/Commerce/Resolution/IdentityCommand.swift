/// A command about who is who. Profiles stand for the customers they belong to.
package enum IdentityCommand: Sendable {
    /// Two customers become one; the first one's number is retired and redirects for ever.
    case merge(from: UInt32, into: UInt32, isPreview: Bool, reason: String)
    /// Takes profiles out of their customer; without profiles, takes back the merge that retired the number.
    case split(UInt32, profiles: [UInt32], isPreview: Bool, reason: String)
    /// The two profiles are one customer, whatever the rules say.
    case bind(UInt32, UInt32, reason: String)
    /// The two customers, or two profiles of one, are never one customer.
    case exclude(UInt32, UInt32, reason: String)
    /// Related, not the same.
    case link(UInt32, UInt32, reason: String)
    /// Takes back what people decided about the two.
    case release(UInt32, UInt32)
    /// Decides a doubtful pair, by its number.
    case answer(pair: Int, isSame: Bool, reason: String)
    case configure(ShopSetting, value: Int, source: OrderName?)
    case propose(MatchRules, basis: String)
    case activate(version: Int)
    /// Holds a value back from matching (true), or lets it match whoever carries it.
    case watch(IdentityKey, isHeld: Bool)

    /// Whether it may put profiles together or apart.
    var dividesCustomers: Bool {
        switch self {
        case .merge, .split, .bind, .exclude, .release, .answer: true
        case .link, .configure, .propose, .activate, .watch: false
        }
    }
}

/// What a command about who is who has brought about.
package enum IdentityOutcome: Sendable {
    /// `customers` are the living customers of all profiles concerned, as they are now, or would be in a preview.
    case decided(customers: [[UInt32]], numbers: [UInt32], isDuplicate: Bool, isPreview: Bool)
    /// Invoices of bookings stand in the way (each its profile and row): the customer must not vanish.
    case blocked(from: UInt32, into: UInt32, invoices: [(profile: UInt32, row: UInt32)])
    case version(Int)
    case configured
}

/// A doubtful pair: for a person to decide.
package struct DoubtfulPair: Sendable {
    /// Names the pair in ACCEPT and REJECT.
    package let number: Int
    package let edge: EdgeEntry
    /// As it weighs today.
    package let weight: PairWeight
}

/// A value that lost its force, or that a person gave it back.
package struct WatchedValue: Sendable {
    package let kind: IdentityKeyKind
    /// Carriers of it, some of them.
    package let carriers: [UInt32]
    package let carrierCount: Int
    package let state: ValueStateText
    package let watch: ValueWatch?
}

/// How a value stands.
package enum ValueStateText: String, Sendable {
    case quarantined, held, released
}

/// How resolution is doing in one shop.
package struct IdentityStatus: Sendable {
    package let identity: ShopIdentity
    package let waitingProfiles: Int
    package let doubtfulPairs: Int
    package let quarantinedValues: Int
    package let decisions: Int
    package let sequence: UInt64
}
