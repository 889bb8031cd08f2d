import Bytes

/// A range of bytes inside a batch.
package struct ByteRange: Sendable, BitwiseCopyable {
    package let start: UInt32
    package let end: UInt32

    package init(_ start: Int, _ end: Int) {
        self.start = UInt32(start)
        self.end = UInt32(end)
    }

    package static let empty = ByteRange(0, 0)

    package var range: Range<Int> { Int(start)..<Int(end) }
    package var isEmpty: Bool { start == end }
}

/// What a command says about one buyer, packed and with its identity keys worked out.
package struct PreparedParty: Sendable, BitwiseCopyable {
    /// The packed record: identity keys, then the members of `PartyShape` (see `PartyRecord`).
    package var record: ByteRange = .empty
    /// Hash of the record's content: the same data from the same source is the same variant.
    package var contentHash: UInt64 = 0
    /// The key of the channel's own customer number; zero when the channel gave none.
    package var referenceHash: UInt64 = 0
}

/// An order ready to be decided: everything that needs parsing, normalising or hashing is done.
package struct PreparedOrder: Sendable, BitwiseCopyable {
    package var party = PreparedParty()
    /// The packed record (see `OrderShape`).
    package var record: ByteRange = .empty
    /// How replies name the order: `channel:number` or `channel/store:number`.
    package var name: ByteRange = .empty
    package var keyHash: UInt64 = 0
    /// Where `/store` stands in the name; empty for store `main`.
    package var storeInName: ByteRange = .empty
    /// Hash of order and party without `updatedAt`.
    package var contentHash: UInt64 = 0
    /// Milliseconds; `noUpdateTime` when the sender gave none.
    package var updatedAt: Int64 = noUpdateTime
    package var placedAt: Int64 = 0
    /// Of an order that a platform dates to the second: its place within it, 1 to 999. Zero for all others.
    package private(set) var tieBreak: Int64 = 0

    package static let noUpdateTime = Int64.min

    /// What orders its versions.
    var version: Int64 { updatedAt &+ tieBreak }

    /// Places what a platform tells of one second; without effect where its time is exact, or missing.
    package mutating func placeWithinSecond(_ place: Int64) {
        if updatedAt != Self.noUpdateTime, updatedAt % 1_000 == 0 { tieBreak = place }
    }
}

/// A profile without an order.
package struct PreparedProfile: Sendable, BitwiseCopyable {
    package var party = PreparedParty()
    /// Milliseconds; `PreparedOrder.noUpdateTime` when the sender gave none.
    package var updatedAt: Int64 = PreparedOrder.noUpdateTime
}

/// A document made elsewhere.
package struct PreparedDocument: Sendable, BitwiseCopyable {
    package var record: ByteRange = .empty
    package var keyHash: UInt64 = 0
    package var contentHash: UInt64 = 0
    package var updatedAt: Int64 = PreparedOrder.noUpdateTime
    /// The name of the order it belongs to; empty when it names a customer instead.
    package var orderName: ByteRange = .empty
    /// The number of the customer it belongs to; zero when it names an order.
    package var customerNumber: UInt32 = 0
}

/// A remark about a customer.
package struct PreparedNote: Sendable, BitwiseCopyable {
    package let customerNumber: UInt32
    package let text: ByteRange

    package init(customerNumber: UInt32, text: ByteRange) {
        self.customerNumber = customerNumber
        self.text = text
    }
}

/// How a command names a customer.
package enum CustomerSelector: Sendable, Equatable {
    case number(UInt32)
    case key(IdentityKey)
    /// The first of these keys that anybody has: a telephone number without its country is tried for several.
    case keys([IdentityKey])
    case order(OrderName)
    /// The channel's own number of the customer.
    case reference(OrderName)
    /// The hashes under which a document of this number may be known, one per kind.
    case document([UInt64])
}

/// A question about customers. Changes nothing.
package enum CustomerQuery: Sendable {
    case dossier(CustomerSelector, offset: Int, limit: Int)
    case find([CustomerSelector], offset: Int, limit: Int)
    case why(CustomerSelector, CustomerSelector?)
    case order(OrderName)
    /// Everything that happened to an order.
    case life(OrderName)
    /// What ties two profiles, or keeps them apart.
    case explain(CustomerSelector, CustomerSelector)
    /// How a customer came to be, step by step.
    case history(CustomerSelector)
    case doubtfulPairs(PairReason?, offset: Int, limit: Int)
    case watchedValues(offset: Int, limit: Int)
    case identityStatus
    /// The versions of the rules, or one of them whole.
    case rules(version: Int?)
    case settings
    /// What holding a value back would take apart.
    case holdPreview(IdentityKey)
    case ledger(LedgerQuery)
    case orders(CustomerSelector, OrderListing)
}

/// Which orders of a customer are shown, the newest first.
package struct OrderListing: Sendable, Equatable {
    package let offset: Int
    package let limit: Int
    /// Of this channel alone.
    package let channel: [UInt8]?
    /// Placed then or later, in milliseconds.
    package let since: Int64

    package init(offset: Int, limit: Int, channel: [UInt8]?, since: Int64) {
        self.offset = offset
        self.limit = limit
        self.channel = channel
        self.since = since
    }
}

/// One command of a batch, ready for the directory. Nearly all are orders, so that what is rarer and holds more than bytes
/// stands by itself: a batch of orders is copied and dropped as plain memory.
package enum PreparedCommand: Sendable {
    case order(PreparedOrder)
    case profile(PreparedProfile)
    case document(PreparedDocument)
    /// `actor`: who remarks it.
    indirect case note(PreparedNote, actor: String)
    indirect case fact(PreparedFact)
    /// `actor`: who says so.
    indirect case assertion(CustomerAssertion, actor: String)
    /// `actor`: who decides.
    indirect case identity(IdentityCommand, actor: String)
    /// `actor`: who says or asks for it.
    indirect case message(MessageCommand, actor: String)
    /// `actor`: who does it.
    indirect case ledger(LedgerCommand, actor: String)
    /// `actor`: who does it.
    indirect case label(LabelCommand, actor: String)
    /// `actor`: who says so.
    indirect case rule(RuleCommand, actor: String)
    indirect case query(CustomerQuery)
}
