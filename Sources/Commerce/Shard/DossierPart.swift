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
struct DossierPartBuilder: ~Copyable {
    var part = DossierPart.Contents()
    var output: ByteWriter

    /// - Parameter capacity: bytes that are likely to be written.
    init(capacity: Int = 1_024) { output = ByteWriter(capacity: capacity) }

    consuming func finish() -> DossierPart {
        part.bytes = output.copyBytes()
        return DossierPart(part)
    }

    /// Ends a piece that began at `start`. The line feed keeps the next piece from starting with a comma.
    mutating func piece(_ at: Int64, _ profile: UInt32, from start: Int) -> DossierPart.Piece {
        let piece = DossierPart.Piece(at: at, profile: profile + 1, json: ByteRange(start, output.count))
        output.append(UInt8(ascii: "\n"))
        return piece
    }

    // MARK: What orders of one variant have in common

    /// Pieces of JSON that every order of a variant repeats.
    struct Frame {
        let variant: UInt32
        /// The open beginning, with channel and store.
        let head: Range<Int>
        /// Members of the addresses; may be empty.
        let tail: Range<Int>
        /// Whether its channel hands orders over only when they are paid.
        let isCollecting: Bool
    }

    private var frames: [Frame] = []
    var contacts = JudgedContacts()
    /// More are not kept: looking through them would take longer than writing them.
    private static let mostFrames = 16

    /// - Parameter party: the variant's record.
    mutating func frame(of variant: UInt32, _ party: Span<UInt8>) -> Frame {
        for frame in frames where frame.variant == variant { return frame }
        let members = PartyRecord(party).members
        let start = output.count
        output.openObject()
        output.key("channel")
        output.string(members[PartyShape.channel])
        output.key("store")
        output.string(members[PartyShape.store])
        let end = output.count
        output.append(UInt8(ascii: "\n"))
        output.addresses(of: members)
        let frame = Frame(
            variant: variant, head: start..<end, tail: (end + 1)..<output.count,
            isCollecting: OrderFrame.isCollecting(members[PartyShape.channel]))
        output.append(UInt8(ascii: "\n"))
        if frames.count < Self.mostFrames { frames.append(frame) }
        return frame
    }
}

extension ShardState {
    /// Most orders of a line or two take no more.
    private static let likelyOrderBytes = 512
    /// Most profiles say a name, an address and three or four other things.
    private static let likelyCandidates = 8

    /// Gathers what this shard knows about the profiles, all of which live here.
    /// - Parameter mostOrders: of the orders only so many are told, the newest; all are counted and summed.
    package func dossierPart(of profiles: [UInt32], mostOrders: Int = .max) -> DossierPart {
        var orderCount = 0
        for profile in profiles { forEachOrder(of: profile) { _, _ in orderCount += 1 } }
        var hidden = orderCount > mostOrders ? hiddenOrders(of: profiles, count: orderCount - mostOrders) : []
        var builder = DossierPartBuilder(capacity: 4_096 + min(orderCount, mostOrders) * Self.likelyOrderBytes)
        builder.part.orders.reserveCapacity(min(orderCount, mostOrders))
        builder.part.candidates.reserveCapacity(profiles.count * Self.likelyCandidates)
        builder.part.hiddenOrders = hidden.count
        for profile in profiles {
            addProfile(profile, to: &builder)
            forEachOrder(of: profile) { number, row in
                if hidden.last == number {
                    hidden.removeLast()
                    tally(number, row, in: &builder)
                } else {
                    addOrder(number, row, profile, to: &builder)
                }
            }
            forEachDocument(of: profile) { addDocument($0, $1, profile, to: &builder) }
            forEachNote(of: profile) { row in
                let start = builder.output.count
                builder.output.note(records[row.record], at: Timestamp(milliseconds: row.recordedAt))
                let piece = builder.piece(row.recordedAt, profile, from: start)
                builder.part.notes.append(piece)
            }
            forEachPin(of: profile) { builder.part.pins.append($0) }
            forEachUnpin(of: profile) { builder.part.unpins.append($0) }
            forEachVerification(of: profile) { builder.part.verifications.append($0) }
        }
        return builder.finish()
    }

    /// The rows of the oldest orders of the profiles, the last one first in which `forEachOrder` comes to them.
    private func hiddenOrders(of profiles: [UInt32], count: Int) -> [UInt32] {
        var all: [(at: Int64, profile: UInt32, place: Int, row: UInt32)] = []
        for profile in profiles {
            forEachOrder(of: profile) { number, row in
                let at = PackedRecord(records[row.record], OrderShape.kinds).moment(OrderShape.placedAt)
                all.append((at?.milliseconds ?? 0, profile, all.count, number))
            }
        }
        // As the writer sorts them: of equals that one comes first which it met first.
        all.sort { ($0.at, $0.profile, -$0.place) < ($1.at, $1.profile, -$1.place) }
        return all[..<count].sorted { $0.place > $1.place }.map(\.row)
    }

    /// What a list shows of the profiles, all of which live here: values, and how many orders there are.
    package func listPart(of profiles: [UInt32]) -> DossierPart {
        var builder = DossierPartBuilder()
        var orders = 0
        for profile in profiles {
            addCandidates(of: profile, to: &builder)
            forEachOrder(of: profile) { _, _ in orders += 1 }
            forEachPin(of: profile) { builder.part.pins.append($0) }
            forEachVerification(of: profile) { builder.part.verifications.append($0) }
        }
        builder.part.orderCount = orders
        return builder.finish()
    }

    /// One order as a reply shows it.
    package func orderJSON(row: UInt32, into output: inout ByteWriter) {
        var builder = DossierPartBuilder()
        addOrder(row, orders[Int(row)], 0, to: &builder)
        output.append(builder.output.span.extracting(builder.part.orders[0].json.range))
    }

    /// An order with the addresses that came with it, and what happened to it since.
    private func addOrder(
        _ number: UInt32, _ row: OrderRow, _ profile: UInt32, to builder: inout DossierPartBuilder
    ) {
        let frame = builder.frame(of: row.variant, records[variants[Int(row.variant)].record])
        let start = builder.output.count
        let bytes = records[row.record]
        let record = PackedRecord(bytes, OrderShape.kinds)
        builder.output.appendCopy(of: frame.head)
        if hasFacts(number) {
            addLivingOrder(number, row, record, frame, to: &builder)
        } else {
            builder.output.members(of: bytes, OrderShape.texts)
            builder.output.rest(ofOrder: record, row, status: record.has(OrderShape.status) ? "" : "open", frame.tail)
            builder.part.tally.add(record, isCollecting: frame.isCollecting)
        }
        builder.output.closeObject()
        let placedAt = record.moment(OrderShape.placedAt)?.milliseconds ?? 0
        let piece = builder.piece(placedAt, profile, from: start)
        builder.part.orders.append(piece)
    }

    /// Counts and sums an order that is not told.
    private func tally(_ number: UInt32, _ row: OrderRow, in builder: inout DossierPartBuilder) {
        let party = records[variants[Int(row.variant)].record]
        let record = PackedRecord(records[row.record], OrderShape.kinds)
        if hasFacts(number) {
            builder.part.tally.add(life(of: number, record, party))
            builder.part.tally.sum(record)
        } else {
            let isCollecting = OrderFrame.isCollecting(PartyRecord(party).members[PartyShape.channel])
            builder.part.tally.add(record, isCollecting: isCollecting)
        }
    }

    private func life(of number: UInt32, _ record: PackedRecord, _ party: Span<UInt8>) -> OrderLife {
        let channel = PartyRecord(party).members[PartyShape.channel]
        return OrderLife(OrderFrame(record, channel: channel, hasFacts: true), orderFacts(of: number))
    }

    private func addLivingOrder(
        _ number: UInt32, _ row: OrderRow, _ record: PackedRecord, _ frame: DossierPartBuilder.Frame,
        to builder: inout DossierPartBuilder
    ) {
        let life = life(of: number, record, records[variants[Int(row.variant)].record])
        builder.output.members(of: record.bytes, OrderShape.texts, omitting: 1 << UInt64(OrderShape.status))
        builder.output.rest(ofOrder: record, row, status: life.status, frame.tail)
        builder.output.key("life")
        builder.output.life(life)
        builder.part.tally.add(life)
        builder.part.tally.sum(record)
    }

    private func addDocument(
        _ number: UInt32, _ row: DocumentRow, _ profile: UInt32, to builder: inout DossierPartBuilder
    ) {
        let start = builder.output.count
        let record = PackedRecord(records[row.record], DocumentShape.members)
        builder.output.openObject()
        builder.output.members(record, DocumentShape.members)
        builder.output.closeObject()
        let at = record.moment(DocumentShape.issuedAt)?.milliseconds ?? row.recordedAt
        var piece = builder.piece(at, profile, from: start)
        piece.row = number + 1
        builder.part.documents.append(piece)
    }

    // MARK: The profile and its variants

    private func addProfile(_ profile: UInt32, to builder: inout DossierPartBuilder) {
        let start = builder.output.count
        var newest: (row: Int, at: Int64)?
        var variantCount = 0
        forEachVariant(of: profile) { row, variant in
            variantCount += 1
            if newest.map({ variant.seenAt > $0.at }) ?? true { newest = (row, variant.seenAt) }
        }
        guard let newest else { return }
        builder.output.openObject()
        builder.output.key("profile")
        builder.output.customerNumber(profile + 1)
        builder.variant(VariantView(records[variants[newest.row].record]), seenAt: newest.at)
        if variantCount > 1 { addOlderVariants(profile, except: newest.row, to: &builder) }
        builder.output.closeObject()
        let piece = builder.piece(newest.at, profile, from: start)
        builder.part.profiles.append(piece)
        addCandidates(of: profile, to: &builder)
    }

    /// Every variant is kept with the moment it was true.
    private func addOlderVariants(_ profile: UInt32, except shown: Int, to builder: inout DossierPartBuilder) {
        builder.output.key("variants")
        builder.output.openArray()
        forEachVariant(of: profile) { row, variant in
            guard row != shown else { return }
            builder.output.openObject()
            builder.variant(VariantView(records[variant.record]), seenAt: variant.seenAt)
            builder.output.closeObject()
        }
        builder.output.closeArray()
    }
}

extension ByteWriter {
    /// What an order has beside the members that it came with.
    /// - Parameters:
    ///   - status: nothing where it came with it.
    ///   - addresses: where its addresses are written already.
    fileprivate mutating func rest(
        ofOrder record: PackedRecord, _ row: OrderRow, status: String, _ addresses: Range<Int>
    ) {
        if !status.isEmpty {
            key("status")
            string(status)
        }
        if !record.has(OrderShape.lines) {
            key("lines")
            openArray()
            closeArray()
        }
        if !addresses.isEmpty {
            append(UInt8(ascii: ","))
            appendCopy(of: addresses)
        }
        if row.versions > 1 {
            key("versions")
            number(row.versions)
        }
    }

    /// The members `billing` and `shipping` of an order.
    fileprivate mutating func addresses(of party: PackedRecord) {
        if party.has(PartyShape.billing) {
            key("billing")
            address(party[PartyShape.billing])
        }
        if party.has(PartyShape.shipping) || party.has(PartyShape.shippingIsBilling) {
            key("shipping")
            address(party[party.has(PartyShape.shipping) ? PartyShape.shipping : PartyShape.billing])
        }
    }

    fileprivate mutating func note(_ record: Span<UInt8>, at: Timestamp) {
        var reader = ByteReader(record)
        openObject()
        key("at")
        timestamp(at)
        do throws(ByteReaderError) {
            let actor = try reader.countedRange()
            key("actor")
            string(record.extracting(actor))
            key("text")
            string(record.extracting(reader.position..<record.count))
        } catch {
            preconditionFailure("a note does not read: \(error)")
        }
        closeObject()
    }
}
