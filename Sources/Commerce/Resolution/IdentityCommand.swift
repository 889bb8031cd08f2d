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
    /// All of them or none; the first write to a shop may be this.
    case configure([SettingChange])
    case propose(MatchRules, basis: String)
    /// A version made from the active one.
    case proposeChange(RulesChange)
    case activate(version: Int)
    /// Holds a value back from matching (true), or lets it match whoever carries it.
    case watch(IdentityKey, isHeld: Bool)

    /// Whether it may put profiles together or apart.
    var dividesCustomers: Bool {
        switch self {
        case .merge, .split, .bind, .exclude, .release, .answer: true
        case .link, .configure, .propose, .proposeChange, .activate, .watch: false
        }
    }

    /// Whether it may be the first that a shop hears of.
    package var opensShop: Bool {
        guard case .configure(let changes) = self else { return false }
        return changes.allSatisfy { $0.source == nil }
    }
}

/// One setting of a shop, and what it is to be.
package struct SettingChange: Sendable, Equatable {
    package let setting: ShopSetting
    package let value: Int
    /// Of which source; nil where the setting is the whole shop's.
    package let source: SourceName?

    package init(_ setting: ShopSetting, _ value: Int, source: SourceName? = nil) {
        self.setting = setting
        self.value = value
        self.source = source
    }
}

/// What a command about who is who has brought about.
package enum IdentityOutcome: Sendable {
    /// `customers` are the living customers of all profiles concerned, as they are now, or would be in a preview.
    case decided(customers: [[UInt32]], numbers: [UInt32], isDuplicate: Bool, isPreview: Bool)
    /// Invoices of bookings stand in the way: the customer must not vanish. Those made elsewhere each by profile and row,
    /// those posted here by number.
    case blocked(from: UInt32, into: UInt32, invoices: [(profile: UInt32, row: UInt32)], numbers: [String])
    /// The version of the rules that was proposed or activated, or was so already.
    case version(Int, isDuplicate: Bool)
    case configured(isDuplicate: Bool)
}

/// A doubtful pair: for a person to decide.
package struct DoubtfulPair: Sendable {
    /// Names the pair in ACCEPT and REJECT.
    package let number: Int
    package let edge: EdgeEntry
    /// As it weighs today.
    package let pair: WeighedPair
}

/// A value that lost its force, or that a person gave it back.
package struct WatchedValue: Sendable {
    package let kind: IdentityKeyKind
    /// The hash by which matching knows it, bound to the shop.
    package let hash: UInt64
    package let shop: UInt16
    /// Carriers of it, some of them.
    package let carriers: [UInt32]
    package let carrierCount: Int
    package let state: ValueStateText
    package let watch: ValueWatch?
    /// Pairs of profiles that were put together by this value and are so no more, since it has lost its force.
    package let undone: [EdgeEntry]
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
