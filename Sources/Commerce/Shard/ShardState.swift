import Bytes

// The state of one shard: the heavy data of its profiles, as packed records found through small rows.
//
// Profile p of shard s (of n) is row p / n here. Rows of a profile's orders, variants, documents and notes form
// lists, newest first, linked by row number plus one; zero ends a list.

struct ProfileRow: BitwiseCopyable, Sendable {
    var newestVariant: UInt32 = 0
    var newestOrder: UInt32 = 0
    var newestDocument: UInt32 = 0
    var newestNote: UInt32 = 0
}

struct VariantRow: BitwiseCopyable, Sendable {
    var record: ByteArena.Reference
    /// The newest moment at which the channel said this, in milliseconds.
    var seenAt: Int64
    /// When the engine first recorded it, in milliseconds.
    var recordedAt: Int64
    var next: UInt32
    /// Number of the order that first brought it plus one; zero for an import.
    var order: UInt32
}

/// The current version of an order.
struct OrderRow: BitwiseCopyable, Sendable {
    var record: StoredOrder
    var variant: UInt32
    var next: UInt32
    /// The version before, as a row of `versions` plus one.
    var previous: UInt32
    var versions: UInt32
}

/// A version that was replaced.
struct VersionRow: BitwiseCopyable, Sendable {
    var record: StoredOrder
    var variant: UInt32
    var previous: UInt32
}

struct DocumentRow: BitwiseCopyable, Sendable {
    var record: ByteArena.Reference
    var recordedAt: Int64
    var next: UInt32
    var previous: UInt32
}

struct NoteRow: BitwiseCopyable, Sendable {
    /// Actor (counted), then the text.
    var record: ByteArena.Reference
    var recordedAt: Int64
    var next: UInt32
    var unused: UInt32 = 0
}

package struct ShardState: Sendable {
    package let number: Int
    package let shardCount: Int
    /// The last event applied to this shard.
    package internal(set) var sequence: UInt64 = 0

    var profiles = PagedArray<ProfileRow>()
    var variants = PagedArray<VariantRow>()
    var orders = PagedArray<OrderRow>()
    var versions = PagedArray<VersionRow>()
    var documents = PagedArray<DocumentRow>()
    var notes = PagedArray<NoteRow>()
    var assertions = PagedArray<AssertionRow>()
    /// By profile row: its newest row of `assertions` plus one. As long as the last profile that has any; not on disk.
    var newestAssertions = PagedArray<UInt32>()
    var facts = PagedArray<FactRow>()
    /// By order row: its newest row of `facts` plus one. As long as the last order that has any; not on disk.
    var newestFacts = PagedArray<UInt32>()
    /// Contents of the ledger's documents: see ContentRows.swift.
    var contents = PagedArray<ContentRow>()
    /// What the lines of orders name: see StoredOrders.swift.
    var articles = ArticleTable()
    var records = ByteArena()

    package init(number: Int, of shardCount: Int) {
        self.number = number
        self.shardCount = shardCount
    }

    @inline(__always) func row(of profile: UInt32) -> Int { Int(profile) / shardCount }

    /// Bytes held by tables and records.
    package var allocatedBytes: Int {
        profiles.allocatedBytes + variants.allocatedBytes + orders.allocatedBytes + versions.allocatedBytes
            + documents.allocatedBytes + notes.allocatedBytes + records.allocatedBytes + assertions.allocatedBytes
            + newestAssertions.allocatedBytes + facts.allocatedBytes + newestFacts.allocatedBytes
            + contents.allocatedBytes + articles.allocatedBytes
    }
}

// MARK: - Evolve

extension ShardState {
    /// Applies an event about a profile of this shard.
    /// - Parameters:
    ///   - bytes: the event's own.
    ///   - scratch: used again for each event.
    package mutating func evolve(
        _ event: Event, _ bytes: Span<UInt8>, sequence: UInt64, _ scratch: inout ByteWriter
    ) {
        self.sequence = sequence
        switch event.kind {
        case .profileRecorded: evolveParty(event, bytes, order: nil)
        case .orderRecorded:
            evolveParty(event, bytes, order: event.subject)
            let record = store(order: bytes.extracting(event.record.range), &scratch)
            let profile = row(of: event.party.profile)
            let order = orders.append(
                OrderRow(
                    record: record, variant: event.party.variantRow, next: profiles[profile].newestOrder, previous: 0,
                    versions: 1))
            profiles[profile].newestOrder = UInt32(order + 1)
        case .orderRevised:
            evolveParty(event, bytes, order: event.subject)
            reviseOrder(event, bytes, &scratch)
        case .documentRecorded:
            let profile = row(of: event.party.profile)
            let document = documents.append(
                DocumentRow(
                    record: records.append(bytes.extracting(event.record.range)), recordedAt: event.recordedAt,
                    next: profiles[profile].newestDocument, previous: 0))
            profiles[profile].newestDocument = UInt32(document + 1)
        case .documentRevised:
            documents[Int(event.row)].record = records.append(bytes.extracting(event.record.range))
        case .noteAdded: evolveNote(event, bytes)
        case .fieldPinned, .fieldUnpinned, .valueVerified: evolveAssertion(event, bytes, sequence: sequence)
        case .orderFactRecorded: evolveFact(event, bytes)
        case .documentDrafted, .documentRedrafted, .documentPosted: evolveContent(event, bytes)
        default: preconditionFailure("an event that concerns no shard")
        }
    }

    private mutating func reviseOrder(_ event: Event, _ bytes: Span<UInt8>, _ scratch: inout ByteWriter) {
        let order = Int(event.row)
        var row = orders[order]
        let previous = versions.append(
            VersionRow(record: row.record, variant: row.variant, previous: row.previous))
        row.record = store(order: bytes.extracting(event.record.range), &scratch)
        row.variant = event.party.variantRow
        row.previous = UInt32(previous + 1)
        row.versions += 1
        orders[order] = row
    }

    private mutating func evolveNote(_ event: Event, _ bytes: Span<UInt8>) {
        let profile = row(of: event.party.profile)
        var record = ByteWriter(capacity: 64)
        record.appendCounted(bytes.extracting(event.actor.range))
        record.append(bytes.extracting(event.record.range))
        let note = notes.append(
            NoteRow(
                record: records.append(record.span), recordedAt: event.recordedAt, next: profiles[profile].newestNote))
        profiles[profile].newestNote = UInt32(note + 1)
    }

    private mutating func evolveParty(_ event: Event, _ bytes: Span<UInt8>, order: UInt32?) {
        let party = event.party
        if party.isNewProfile { profiles.append(ProfileRow()) }
        if party.isNewVariant {
            let profile = row(of: party.profile)
            variants.append(
                VariantRow(
                    record: records.append(bytes.extracting(party.record.range)), seenAt: event.seenAt,
                    recordedAt: event.recordedAt, next: profiles[profile].newestVariant,
                    order: order.map { $0 + 1 } ?? 0))
            profiles[profile].newestVariant = party.variantRow + 1
        } else if variants[Int(party.variantRow)].seenAt < event.seenAt {
            variants[Int(party.variantRow)].seenAt = event.seenAt
        }
    }
}

// MARK: - Records by row

extension ShardState {
    /// The packed party record of a variant.
    @inline(__always) func withParty(row: UInt32, _ body: (Span<UInt8>) -> Void) {
        body(records[variants[Int(row)].record])
    }

    /// The packed record of a document.
    package func withDocument(row: UInt32, _ body: (Span<UInt8>, _ recordedAt: Int64) -> Void) {
        body(records[documents[Int(row)].record], documents[Int(row)].recordedAt)
    }
}

// MARK: - Walks

extension ShardState {
    func forEachVariant(of profile: UInt32, _ body: (Int, VariantRow) -> Void) {
        var next = profiles[row(of: profile)].newestVariant
        while next != 0 {
            let variant = variants[Int(next - 1)]
            body(Int(next - 1), variant)
            next = variant.next
        }
    }

    func forEachOrder(of profile: UInt32, _ body: (_ row: UInt32, OrderRow) -> Void) {
        var next = profiles[row(of: profile)].newestOrder
        while next != 0 {
            let order = orders[Int(next - 1)]
            body(next - 1, order)
            next = order.next
        }
    }

    func forEachDocument(of profile: UInt32, _ body: (UInt32, DocumentRow) -> Void) {
        var next = profiles[row(of: profile)].newestDocument
        while next != 0 {
            let document = documents[Int(next - 1)]
            body(next - 1, document)
            next = document.next
        }
    }

    func forEachNote(of profile: UInt32, _ body: (NoteRow) -> Void) {
        var next = profiles[row(of: profile)].newestNote
        while next != 0 {
            let note = notes[Int(next - 1)]
            body(note)
            next = note.next
        }
    }
}
