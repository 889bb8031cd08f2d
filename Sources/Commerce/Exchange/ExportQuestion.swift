/// What can be taken out of a shop, each in the form in which it can be put again.
package enum ExportKind: Sendable, Equatable {
    /// Source records: what `CUSTOMER.PUT` takes.
    case profiles
    /// Customers with the values that show; for people, not for putting.
    case customers
    case orders
    /// Documents that were made elsewhere: what `DOCUMENT.PUT` takes.
    case documents
    /// What happened to orders: what `FACT.PUT` takes.
    case facts

    /// How the log names it.
    package var text: String { "\(self)" }
}

/// One request for a slice of an export.
///
/// A cursor is how many entries of the directory's table are passed; tables only grow and entries keep their numbers, so
/// that nothing that stood there at the start of an export is left out or told twice, whatever is written meanwhile.
package struct ExportQuestion: Sendable {
    package let kind: ExportKind
    /// The cursor: entries below it are passed already.
    package let after: Int
    /// Most rows, at least 1.
    package let limit: Int
    /// Only what came through this channel, in lower case; everything unless given.
    package var channel: [UInt8]?
    /// Only what was said at this moment or later, in milliseconds.
    package var since: Int64?

    package init(_ kind: ExportKind, after: Int, limit: Int, channel: [UInt8]? = nil, since: Int64? = nil) {
        self.kind = kind
        self.after = after
        self.limit = limit
        self.channel = channel
        self.since = since
    }
}

/// One row to be: what the directory knows of it.
package struct ExportItem: Sendable, BitwiseCopyable {
    /// Number of the entry plus one: where an export goes on behind this row.
    package let cursor: UInt32
    package let profile: UInt32
    /// Living number of the customer.
    package let customer: UInt32
    /// Row of the order, document or fact on the profile's shard. Of a profile: row of the variant that was put last plus
    /// one, zero if none was ever put.
    let row: UInt32
    /// When a profile's variant was put, in milliseconds.
    let at: Int64
}

/// What the directory answers: the rows to be, and how far it looked.
package struct ExportSlice: Sendable {
    package var items: [ExportItem] = []
    /// The cursor behind the last entry that was looked at.
    package var next = 0
    /// Nothing stands behind it.
    package var isDone = false

    package init() {}
}

/// Rows of one shard: objects, in the order of their cursors.
package struct ExportRows: Sendable {
    package struct Row: Sendable {
        package let cursor: UInt32
        package let bytes: ByteRange
    }

    package internal(set) var bytes: [UInt8] = []
    package internal(set) var rows: [Row] = []
    /// The first item that did not find room; nil if all did.
    package internal(set) var firstLeftOut: UInt32?
    /// Cursors of profiles without a reference: only their orders can bring them back.
    package internal(set) var guests: [UInt32] = []

    package init() {}
}
