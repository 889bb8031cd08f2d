import Commerce

/// Commands of one connection in request order, decoded and packed: the unit in which work travels.
package struct CommandBatch: Sendable {
    package let shop: String
    /// Who is asking; filed with notes and decisions.
    package let actor: String
    /// The packed records that the commands point into.
    package let bytes: [UInt8]
    package let commands: [PreparedCommand]
    /// The connection, where its batches have to be decided in their order; nil where each waits for the one before it.
    package let session: ObjectIdentifier?

    package init(
        shop: String, actor: String, bytes: [UInt8], commands: [PreparedCommand], session: ObjectIdentifier? = nil
    ) {
        self.shop = shop
        self.actor = actor
        self.bytes = bytes
        self.commands = commands
        self.session = session
    }
}

/// A customer as the directory knows it: its living number and its profiles, oldest first.
package struct CustomerMembers: Sendable, Equatable {
    package let number: UInt32
    package let profiles: [UInt32]
    /// The last event that touched it.
    package let sequence: UInt64
    /// What stands on it; nil where nothing does.
    package var labels: CustomerLabels?
}

/// What the directory decided about one command. Nearly all were written: what is rarer and holds more than numbers stands by
/// itself, so that the outcomes of a batch of orders are plain memory.
package enum CommandOutcome: Sendable {
    /// An order, profile or document; `row` is its row on the profile's shard, `isStoreNamed` whether the order's name
    /// must say its store.
    case written(
        Verdict, profile: UInt32, customer: UInt32, row: UInt32, sequence: UInt64, isStoreNamed: Bool)
    /// `sequence` is the last event that the reply shows.
    case conflict(Conflict, sequence: UInt64)
    case note(customer: UInt32, sequence: UInt64)
    /// A pin, its removal or an outside verdict; `profile` is the one whose number was named.
    case asserted(Verdict, profile: UInt32, customer: UInt32, sequence: UInt64)
    indirect case fact(FactOutcome)
    case dossier(DossierOutcome)
    indirect case customers([CustomerMembers], total: Int, offset: Int)
    indirect case orders(CustomerMembers, OrderListing)
    indirect case evidence(EvidencePlan)
    case order(profile: UInt32, row: UInt32)
    case life(profile: UInt32, row: UInt32)
    indirect case identity(IdentityOutcome, sequence: UInt64)
    indirect case message(MessageOutcome, sequence: UInt64)
    indirect case explanation(PairExplanation, CustomerMembers, CustomerMembers)
    indirect case history([Step], CustomerMembers, shop: UInt16)
    indirect case doubtfulPairs(
        [DoubtfulPair], customers: [(CustomerMembers, CustomerMembers)], total: Int, offset: Int)
    /// `customers`: for each value living numbers of some of its carriers' customers.
    indirect case watchedValues([WatchedValue], customers: [[UInt32]], total: Int, offset: Int)
    indirect case identityStatus(IdentityStatus)
    indirect case rules(ShopIdentity, version: Int?)
    indirect case settings(ShopSettings)
    /// Customers that would be taken apart; their number is `total`.
    indirect case divisions([CustomerSample], total: Int)
    indirect case ledger(LedgerAnswer)
    /// What stands on a customer after a command about tags or blocks.
    indirect case labels(CustomerLabels, profile: UInt32, customer: UInt32, sequence: UInt64, isDuplicate: Bool)
    /// About rules.
    indirect case rule(RuleReply, sequence: UInt64)
    indirect case refused(Refusal)
}

/// What became of a fact about an order.
package struct FactOutcome: Sendable {
    package let verdict: Verdict
    /// The profile of the order; nil while the order is not known.
    package let profile: UInt32?
    package let customer: UInt32?
    /// Row on the profile's shard.
    package let row: UInt32
    package let sequence: UInt64
}

/// What the directory knows of a dossier, of which a page of orders is shown.
///
/// A class, so that handing it on from lane to lane counts one reference and not those of all its lists.
package final class DossierOutcome: Sendable {
    package let customer: CustomerMembers
    package let related: [RelatedCustomer]
    /// What the outbox and the service tell of the customer, as JSON members.
    package let messages: [UInt8]
    /// Documents and vouchers that the ledger keeps.
    package let ledger: DossierPart
    package let offset: Int
    package let limit: Int

    init(
        _ customer: CustomerMembers, related: [RelatedCustomer], messages: [UInt8], ledger: DossierPart, offset: Int,
        limit: Int
    ) {
        self.customer = customer
        self.related = related
        self.messages = messages
        self.ledger = ledger
        self.offset = offset
        self.limit = limit
    }
}

/// A customer that has to do with another and is not the same.
package struct RelatedCustomer: Sendable {
    package let number: UInt32
    package let tie: CustomerTie
}

/// Why profiles are one customer, or two profiles are not: what the directory knows of it.
package struct EvidencePlan: Sendable {
    package let first: CustomerMembers
    /// The second customer asked for, when there was one.
    package let second: CustomerMembers?
    package let edges: [EdgeEntry]
    package let shop: UInt16
}

/// Customers as they are, and as they would be.
package struct CustomerSample: Sendable {
    package let before: [CustomerMembers]
    package let after: [CustomerMembers]
}

/// The outcomes of a batch, in its order.
package struct BatchOutcome: Sendable {
    package var outcomes: [CommandOutcome]
    /// The replies may leave when this event is durable: it is the last one that any of them shows.
    package var releaseSequence: UInt64

    /// Adds the next command's outcome, and the last event that it shows.
    mutating func add(_ outcome: CommandOutcome, releaseSequence sequence: UInt64) {
        outcomes.append(outcome)
        releaseSequence = max(releaseSequence, sequence)
    }
}
