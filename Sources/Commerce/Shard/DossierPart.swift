import Bytes

/// What one shard knows about a customer: pieces of JSON with what is needed to sort and sum them. The session's lane
/// puts the parts of all shards together (`DossierWriter`), since a customer's profiles may live on several.
///
/// A class, so that handing it on counts one reference and not those of all its lists.
package final class DossierPart: Sendable {
    /// A piece of JSON and the moment by which such pieces are sorted.
    package struct Piece: Sendable {
        package let at: Int64
        /// Number of the profile that it came through plus one.
        package let profile: UInt32
        package let json: ByteRange
        /// Row of a document from elsewhere plus one; zero for all others, which need none.
        package var row: UInt32 = 0
    }

    /// A document from elsewhere: its profile, and its row on that profile's shard, both plus one.
    package struct Row: Hashable, Sendable {
        package let profile: UInt32
        package let row: UInt32
    }

    /// What a part tells, while it is collected.
    struct Contents {
        var bytes: [UInt8] = []
        var profiles: [Piece] = []
        var orders: [Piece] = []
        var documents: [Piece] = []
        var notes: [Piece] = []
        var vouchers: [Piece] = []
        var returns: [Piece] = []
        var marks: [Row: ByteRange] = [:]
        var candidates: [DisplayCandidate] = []
        var pins: [Pin] = []
        var unpins: [Unpin] = []
        var verifications: [Verification] = []
        var tally = CustomerTally()
        var hiddenOrders = 0
        var orderCount: Int?
    }

    /// The part of those who know nothing.
    package static let nothing = DossierPart(Contents())

    private let contents: Contents
    /// What stands on the customer: the directory's part, and only where there is anything.
    package let labels: CustomerLabels?

    init(_ contents: consuming Contents) {
        self.contents = contents
        labels = nil
    }

    /// The part that tells what stands on the customer.
    package init(_ labels: CustomerLabels) {
        contents = Contents()
        self.labels = labels
    }

    package var bytes: [UInt8] { contents.bytes }
    package var profiles: [Piece] { contents.profiles }
    package var orders: [Piece] { contents.orders }
    package var documents: [Piece] { contents.documents }
    package var notes: [Piece] { contents.notes }
    package var vouchers: [Piece] { contents.vouchers }
    /// Returns with the credit notes that were made for them.
    package var returns: [Piece] { contents.returns }
    /// What the archive says of documents from elsewhere: JSON members, or nothing for one that was removed.
    package var marks: [Row: ByteRange] { contents.marks }
    package var candidates: [DisplayCandidate] { contents.candidates }
    package var pins: [Pin] { contents.pins }
    package var unpins: [Unpin] { contents.unpins }
    package var verifications: [Verification] { contents.verifications }
    /// What was ordered, what is open and what came back.
    package var tally: CustomerTally { contents.tally }
    /// Orders that are counted and summed, and were too old to be asked for.
    package var hiddenOrders: Int { contents.hiddenOrders }
    /// Orders, counted for a list that does not show them.
    package var orderCount: Int? { contents.orderCount }
}

extension DossierPart {
    /// Whether there is nothing in it at all, of a part that has no tally.
    package var isEmpty: Bool { bytes.isEmpty && marks.isEmpty }

    /// Sum of order totals by currency.
    package var amounts: [(currency: String, sum: Decimal64)] { tally.amounts }
}

/// Collects a part: text in `output`, and what points into it.
package struct DossierPartBuilder: ~Copyable {
    var part = DossierPart.Contents()
    var output: ByteWriter
    /// What answers repeat of the variants of the profile in hand, the newest first; see `VariantText`.
    var variants: [VariantText] = []
    /// Where the last one was found.
    var lastVariant = 0
    var judgedTexts = JudgedTexts()
    /// The place of the last candidate of each field, -1 where there is none.
    var lastCandidates = InlineArray<10, Int>(repeating: -1)

    /// - Parameter capacity: bytes that are likely to be written.
    package init(capacity: Int = 1_024) { output = ByteWriter(capacity: capacity) }

    package consuming func finish() -> DossierPart {
        part.bytes = output.copyBytes()
        return DossierPart(part)
    }

    /// Ends a piece that began at `start`. The line feed keeps the next piece from starting with a comma.
    mutating func piece(_ at: Int64, _ profile: UInt32, from start: Int) -> DossierPart.Piece {
        let piece = DossierPart.Piece(at: at, profile: profile + 1, json: ByteRange(start, output.count))
        output.append(UInt8(ascii: "\n"))
        return piece
    }
}
