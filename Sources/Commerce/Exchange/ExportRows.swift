import Bytes

// What the rows say: the shard's part of an export. Each record is written as the command that puts it takes it, from the
// packed record alone, so that putting it into an empty engine makes the same packed record again.
extension ShardState {
    /// Bytes of rows that one shard makes for one slice; the row that passes it is the last one.
    private static let bytesPerSlice = 1 << 20

    /// The rows of those items that the question wants; all items live here and stand in the order of their cursors.
    package func exportRows(of items: [ExportItem], _ question: ExportQuestion) -> ExportRows {
        var rows = ExportRows()
        var output = ByteWriter(capacity: 64 << 10)
        for item in items {
            guard output.count < Self.bytesPerSlice else {
                rows.firstLeftOut = item.cursor
                break
            }
            let start = output.count
            switch question.kind {
            case .profiles: exportProfile(item, question, &rows.guests, into: &output)
            case .orders: exportOrder(item, question, into: &output)
            case .documents: exportDocument(item, question, into: &output)
            case .facts: exportFact(item, question, into: &output)
            case .customers: preconditionFailure("customers are gathered from several shards")
            }
            guard output.count > start else { continue }
            rows.rows.append(ExportRows.Row(cursor: item.cursor, bytes: ByteRange(start, output.count)))
            // Keeps the next row from starting with a comma.
            output.append(UInt8(ascii: "\n"))
        }
        rows.bytes = output.copyBytes()
        return rows
    }

    // MARK: Orders

    private func exportOrder(_ item: ExportItem, _ question: ExportQuestion, into output: inout ByteWriter) {
        let row = orders[Int(item.row)]
        let party = PartyRecord(records[variants[Int(row.variant)].record]).members
        let bytes = record(of: row.record)
        let order = PackedRecord(bytes.span, OrderShape.kinds)
        let saidAt = order.moment(OrderShape.updatedAt) ?? order.moment(OrderShape.placedAt)
        guard question.wants(party, saidAt?.milliseconds) else { return }
        output.beginExportRow(item)
        output.key("customer")
        output.customerNumber(item.customer)
        output.key("order")
        output.canonicalOrder(order, party)
        output.closeObject()
    }

    // MARK: Profiles

    private func exportProfile(
        _ item: ExportItem, _ question: ExportQuestion, _ guests: inout [UInt32], into output: inout ByteWriter
    ) {
        guard let (variant, at) = variantToExport(item) else { return }
        let party = PartyRecord(records[variant.record]).members
        guard question.wants(party, at) else { return }
        guard party.has(PartyShape.ref) else {
            guests.append(item.cursor)
            return
        }
        output.beginExportRow(item)
        output.key("customer")
        output.customerNumber(item.customer)
        output.key("profile")
        output.openObject()
        output.members(party, PartyShape.members)
        if party.has(PartyShape.shippingIsBilling) {
            output.key("shipping")
            output.address(party[PartyShape.billing])
        }
        output.key("updatedAt")
        output.timestamp(Timestamp(milliseconds: at))
        output.closeObject()
        output.closeObject()
    }

    /// What was put last, or else what the newest order says under the reference that the profile began with: an order may be
    /// revised to name another one, which has a profile of its own.
    private func variantToExport(_ item: ExportItem) -> (VariantRow, at: Int64)? {
        if item.row > 0 { return (variants[Int(item.row - 1)], item.at) }
        var first: VariantRow?
        forEachVariant(of: item.profile) { _, variant in first = variant }
        guard let first else { return nil }
        let own = reference(of: first)
        var newest: VariantRow?
        forEachVariant(of: item.profile) { _, variant in
            guard newest.map({ variant.seenAt > $0.seenAt }) ?? true, reference(of: variant) == own else { return }
            newest = variant
        }
        return newest.map { ($0, $0.seenAt) }
    }

    private func reference(of variant: VariantRow) -> [UInt8] {
        PartyRecord(records[variant.record]).members[PartyShape.ref].array
    }

    // MARK: Documents

    private func exportDocument(_ item: ExportItem, _ question: ExportQuestion, into output: inout ByteWriter) {
        let row = documents[Int(item.row)]
        let document = PackedRecord(records[row.record], DocumentShape.members)
        let saidAt = document.moment(DocumentShape.updatedAt) ?? document.moment(DocumentShape.issuedAt)
        if let channel = question.channel, !document[DocumentShape.order].isName(of: channel) { return }
        if let since = question.since, saidAt?.milliseconds ?? row.recordedAt < since { return }
        output.beginExportRow(item)
        output.key("customer")
        output.customerNumber(item.customer)
        output.key("document")
        output.openObject()
        output.members(document, DocumentShape.members)
        output.closeObject()
        output.closeObject()
    }

    // MARK: Facts

    private func exportFact(_ item: ExportItem, _ question: ExportQuestion, into output: inout ByteWriter) {
        let row = facts[Int(item.row)]
        let fact = OrderFact(records[row.record])
        let order = orders[Int(row.order)]
        let party = PartyRecord(records[variants[Int(order.variant)].record]).members
        guard question.wants(party, fact.toldAt) else { return }
        output.beginExportRow(item)
        output.key("kind")
        output.string("\(fact.kind.text)" as String)
        output.key("order")
        // The store always, so that the name means the same order wherever it is put.
        output.string(
            "\(party.text(PartyShape.channel))/\(party.text(PartyShape.store)):"
                + number(of: order.record).text)
        output.key("fact")
        output.openObject()
        output.members(fact.members, fact.kind.members)
        output.closeObject()
        output.closeObject()
    }
}

extension ExportQuestion {
    fileprivate func wants(_ party: PackedRecord, _ saidAt: Int64?) -> Bool {
        if let channel, !party[PartyShape.channel].equals(channel.span) { return false }
        if let since { return (saidAt ?? .min) >= since }
        return true
    }
}

extension Span where Element == UInt8 {
    /// Whether these are the name of an order of the channel: `channel:number` or `channel/store:number`.
    fileprivate func isName(of channel: [UInt8]) -> Bool {
        guard count > channel.count else { return false }
        let end = self[channel.count]
        return (end == UInt8(ascii: ":") || end == UInt8(ascii: "/"))
            && extracting(0..<channel.count).equals(channel.span)
    }
}

extension ByteWriter {
    fileprivate mutating func beginExportRow(_ item: ExportItem) {
        openObject()
        key("cursor")
        string("\(item.cursor)" as String)
    }

    /// The order as `ORDER.PUT` takes it.
    fileprivate mutating func canonicalOrder(_ order: PackedRecord, _ party: PackedRecord) {
        openObject()
        key("channel")
        string(party[PartyShape.channel])
        key("store")
        string(party[PartyShape.store])
        for place in [OrderShape.number, OrderShape.placedAt, OrderShape.updatedAt] { member(order, place) }
        for place in OrderShape.status...OrderShape.total { member(order, place) }
        canonicalBuyer(party)
        if party.has(PartyShape.billing) {
            key("billing")
            address(party[PartyShape.billing])
        }
        if party.has(PartyShape.shipping) || party.has(PartyShape.shippingIsBilling) {
            key("shipping")
            address(party[party.has(PartyShape.shipping) ? PartyShape.shipping : PartyShape.billing])
        }
        for place in [OrderShape.lines, OrderShape.extra] { member(order, place) }
        closeObject()
    }

    private mutating func member(_ order: PackedRecord, _ place: Int) {
        if order.has(place) { member(order, place, OrderShape.members[place]) }
    }

    private static let buyerPlaces =
        Array(PartyShape.ref...PartyShape.language) + [PartyShape.addresses, PartyShape.extra]

    /// The member `customer`: what the order says of the buyer besides the addresses; nothing if it says nothing.
    private mutating func canonicalBuyer(_ party: PackedRecord) {
        let places = Self.buyerPlaces
        guard places.contains(where: { party.has($0) }) else { return }
        key("customer")
        openObject()
        for place in places where party.has(place) { member(party, place, PartyShape.members[place]) }
        closeObject()
    }
}
