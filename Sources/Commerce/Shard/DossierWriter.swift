import Bytes

/// Puts the parts of a dossier together: the answer of `CUSTOMER.360`.
package enum DossierWriter {
    /// Writes the dossier as one JSON object; see `writeMembers`.
    package static func write(
        number: UInt32, parts: [DossierPart], messages: [UInt8] = Array(#""messages":[]"#.utf8), offset: Int,
        limit: Int,
        sequence: UInt64, into output: inout ByteWriter,
        related: (inout ByteWriter) -> Void = { _ in }
    ) {
        output.openObject()
        writeMembers(
            number: number, parts: parts, messages: messages, offset: offset, limit: limit, sequence: sequence,
            into: &output, related: related)
        output.closeObject()
    }

    /// Writes the dossier without its braces.
    /// - Parameters:
    ///   - number: the living number of the customer.
    ///   - offset: orders to leave out, newest first.
    ///   - limit: most orders to show; totals always count all of them.
    ///   - sequence: the last event that touched the customer.
    ///   - messages: JSON members about messages and wishes.
    ///   - related: writes the elements of the list of related customers.
    package static func writeMembers(
        number: UInt32, parts: [DossierPart], messages: [UInt8], offset: Int, limit: Int, sequence: UInt64,
        into output: inout ByteWriter, related: (inout ByteWriter) -> Void
    ) {
        let documents = livingDocuments(parts)
        writeBeginning(number: number, parts, documents, offset: offset, limit: limit, into: &output)
        writeMiddle(messages, into: &output, related: related)
        writeEnd(parts, documents, offset: offset, limit: limit, sequence: sequence, into: &output)
    }

    /// Writes what shards know of the customer: the members of a dossier that come before those of `writeMiddle`.
    /// - Parameter documents: of `livingDocuments`.
    package static func writeBeginning(
        number: UInt32, _ parts: [DossierPart], _ documents: [LivingDocument], offset: Int, limit: Int,
        into output: inout ByteWriter
    ) {
        output.key("customer")
        CustomerWriter(parts).write(number, isWhole: true, into: &output)
        // The oldest profile first: it gives the customer its number.
        list("profiles", parts, { $0.profiles }, into: &output) { $0.profile < $1.profile }
        list("orders", parts, { $0.orders }, offset: offset, limit: limit, into: &output, by: newestFirst)
        self.documents(documents, parts, into: &output)
        if parts.contains(where: { !$0.vouchers.isEmpty }) {
            list("vouchers", parts, { $0.vouchers }, into: &output, by: newestFirst)
        }
        if parts.contains(where: { !$0.returns.isEmpty }) {
            list("returns", parts, { $0.returns }, into: &output, by: newestFirst)
        }
        list("notes", parts, { $0.notes }, into: &output, by: newestFirst)
    }

    /// Writes the members of a dossier that the directory tells.
    package static func writeMiddle(
        _ messages: [UInt8], into output: inout ByteWriter, related: (inout ByteWriter) -> Void
    ) {
        output.rawJSON(messages.span)
        output.key("related")
        output.openArray()
        related(&output)
        output.closeArray()
    }

    /// Writes the members of a dossier that come behind those of `writeMiddle`.
    package static func writeEnd(
        _ parts: [DossierPart], _ documents: [LivingDocument], offset: Int, limit: Int, sequence: UInt64,
        into output: inout ByteWriter
    ) {
        let orderCount = parts.reduce(0) { $0 + $1.orders.count + $1.hiddenOrders }
        totals(parts, orders: orderCount, documents: documents.count, into: &output)
        let shown = max(0, min(limit, orderCount - offset))
        output.key("from")
        output.number(shown == 0 ? 0 : offset + 1)
        output.key("to")
        output.number(shown == 0 ? 0 : offset + shown)
        output.key("seq")
        output.number(sequence)
    }

    /// The customer alone: what `CUSTOMER.FIND` shows in a row.
    /// - Parameter withProfiles: also what each profile says, as `CUSTOMER.PUT` takes it: for exports.
    package static func customer(
        _ number: UInt32, _ parts: [DossierPart], withProfiles: Bool = false, into output: inout ByteWriter
    ) {
        let profiles: ((inout ByteWriter) -> Void)? =
            withProfiles ? { list("profiles", parts, { $0.profiles }, into: &$0) { $0.profile < $1.profile } } : nil
        CustomerWriter(parts).write(number, isWhole: false, into: &output, more: profiles)
    }

    /// A page of a customer's orders over all channels, the newest first, and how many there are.
    package static func orders(of parts: [DossierPart], _ listing: OrderListing) -> (page: [[UInt8]], total: Int) {
        let start = listing.channel.map { Array(#"{"channel":""#.utf8) + $0 + Array("\",".utf8) }
        var all: [(part: Int, piece: DossierPart.Piece)] = []
        for (number, part) in parts.enumerated() {
            for piece in part.orders where piece.at >= listing.since {
                if let start, !part.bytes[piece.json.range].starts(with: start) { continue }
                all.append((number, piece))
            }
        }
        all.sort { newestFirst($0.piece, $1.piece) }
        let page = all.dropFirst(listing.offset).prefix(listing.limit).map {
            Array(parts[$0.part].bytes[$0.piece.json.range])
        }
        return (page, all.count)
    }

    /// By what a customer is sorted in a list by names: folded UTF-8, byte by byte.
    package static func sortName(_ parts: [DossierPart]) -> [UInt8] { CustomerWriter(parts).sortName }

    private static func newestFirst(_ left: DossierPart.Piece, _ right: DossierPart.Piece) -> Bool {
        left.at == right.at ? left.profile > right.profile : left.at > right.at
    }

    private static func newestFirst(_ left: Entry, _ right: Entry) -> Bool {
        left.at == right.at ? left.profile > right.profile : left.at > right.at
    }

    /// A piece of a part, with what it is sorted by.
    private struct Entry {
        let at: Int64
        let profile: UInt32
        let part: UInt32
        let json: ByteRange
    }

    private static func entries(
        _ parts: [DossierPart], _ pieces: (DossierPart) -> [DossierPart.Piece], by isBefore: (Entry, Entry) -> Bool
    ) -> [Entry] {
        var all: [Entry] = []
        for (number, part) in parts.enumerated() {
            let pieces = pieces(part)
            all.reserveCapacity(all.count + pieces.count)
            for piece in pieces {
                all.append(Entry(at: piece.at, profile: piece.profile, part: UInt32(number), json: piece.json))
            }
        }
        // Sorting keeps the order of equals.
        let isSorted = all.indices.dropFirst().allSatisfy { !isBefore(all[$0], all[$0 - 1]) }
        if !isSorted { all.sort(by: isBefore) }
        return all
    }

    private static func list(
        _ name: StaticString, _ parts: [DossierPart], _ pieces: (DossierPart) -> [DossierPart.Piece],
        offset: Int = 0, limit: Int = .max, into output: inout ByteWriter, by isBefore: (Entry, Entry) -> Bool
    ) {
        output.key(name)
        output.openArray()
        for entry in entries(parts, pieces, by: isBefore).dropFirst(offset).prefix(limit) {
            let bytes = parts[Int(entry.part)].bytes
            output.rawJSON(bytes.span.extracting(entry.json.range))
        }
        output.closeArray()
    }

    /// A document and the part that tells of it.
    package typealias LivingDocument = (part: Int, piece: DossierPart.Piece)

    /// Documents that were not removed, newest first.
    package static func livingDocuments(_ parts: [DossierPart]) -> [LivingDocument] {
        var all: [LivingDocument] = []
        for (number, part) in parts.enumerated() {
            for piece in part.documents where marks(of: piece, parts)?.isEmpty != true { all.append((number, piece)) }
        }
        return all.sorted { newestFirst($0.piece, $1.piece) }
    }

    /// What the archive says of a document from elsewhere: members, empty if it was removed; nil where it says nothing.
    private static func marks(of piece: DossierPart.Piece, _ parts: [DossierPart]) -> ArraySlice<UInt8>? {
        guard piece.row > 0 else { return nil }
        for part in parts {
            if let range = part.marks[DossierPart.Row(profile: piece.profile, row: piece.row)] {
                return part.bytes[range.range]
            }
        }
        return nil
    }

    private static func documents(
        _ living: [LivingDocument], _ parts: [DossierPart], into output: inout ByteWriter
    ) {
        output.key("documents")
        output.openArray()
        for (part, piece) in living {
            var json = Array(parts[part].bytes[piece.json.range])
            if let marks = marks(of: piece, parts) {
                json.removeLast()
                json += [UInt8(ascii: ",")] + marks + [UInt8(ascii: "}")]
            }
            output.rawJSON(json.span)
        }
        output.closeArray()
    }

    private static func totals(_ parts: [DossierPart], orders: Int, documents: Int, into output: inout ByteWriter) {
        output.key("totals")
        output.openObject()
        output.key("orders")
        output.number(orders)
        output.key("documents")
        output.number(documents)
        output.key("profiles")
        output.number(parts.reduce(0) { $0 + $1.profiles.count })
        var tally = CustomerTally()
        for part in parts { tally.add(part.tally) }
        tally.writeAmounts(into: &output)
        tally.write(into: &output)
        if tally.unsummedOrders > 0 {
            output.key("unsummedOrders")
            output.number(tally.unsummedOrders)
        }
        output.closeObject()
    }
}
