import Bytes

// What a shard tells of profiles: one walk over the variants of each, which are written once and copied wherever an order,
// a profile or a source says them again; then one over its orders.
extension ShardState {
    /// Most orders of a line or two take no more.
    private static let likelyOrderBytes = 512
    /// Most profiles take no more, and what points into them.
    private static let likelyProfileBytes = 2_048
    /// Most profiles say a name, an address and three or four other things.
    private static let likelyCandidates = 8

    /// Gathers what this shard knows about the profiles, all of which live here.
    /// - Parameter mostOrders: of the orders only so many are told, the newest; all are counted and summed.
    package func dossierPart(of profiles: [UInt32], mostOrders: Int = .max) -> DossierPart {
        var builder = DossierPartBuilder()
        addDossier(of: profiles, mostOrders: mostOrders, to: &builder)
        return builder.finish()
    }

    /// The same behind what other shards of one lane know about the customer.
    package func addDossier(
        of profiles: [UInt32], mostOrders: Int = .max, to builder: inout DossierPartBuilder
    ) {
        let orderCount = countAhead(profiles)
        var hidden = orderCount > mostOrders ? hiddenOrders(of: profiles, count: orderCount - mostOrders) : []
        let told = min(orderCount, mostOrders)
        builder.output.reserve(profiles.count * Self.likelyProfileBytes + told * Self.likelyOrderBytes)
        builder.part.orders.reserveCapacity(builder.part.orders.count + told)
        builder.part.candidates.reserveCapacity(
            builder.part.candidates.count + profiles.count * Self.likelyCandidates)
        builder.part.hiddenOrders += hidden.count
        var opened = ByteWriter(capacity: Self.likelyOrderBytes)
        for profile in profiles {
            addProfile(profile, to: &builder)
            addOrders(of: profile, except: &hidden, &opened, to: &builder)
            builder.addSources(self)
            forEachDocument(of: profile) { addDocument($0, $1, profile, to: &builder) }
            forEachNote(of: profile) { row in
                let start = builder.output.count
                builder.output.note(records[row.record], at: Timestamp(milliseconds: row.recordedAt))
                let piece = builder.piece(row.recordedAt, profile, from: start)
                builder.part.notes.append(piece)
            }
            addAssertions(of: profile, to: &builder)
        }
    }

    /// Counts the orders, and asks memory for the records that are read then: of customers who were not asked for lately they
    /// lie far apart, and the walk waits for their rows only.
    private func countAhead(_ profiles: [UInt32]) -> Int {
        var count = 0
        for profile in profiles {
            forEachVariant(of: profile) { _, variant in records.prefetch(variant.record) }
            forEachOrder(of: profile) { _, order in
                records.prefetch(order.record.reference)
                count += 1
            }
        }
        return count
    }

    private func addAssertions(of profile: UInt32, to builder: inout DossierPartBuilder) {
        forEachPin(of: profile) { builder.part.pins.append($0) }
        forEachUnpin(of: profile) { builder.part.unpins.append($0) }
        forEachVerification(of: profile) { builder.part.verifications.append($0) }
    }

    /// The rows of the oldest orders of the profiles, the last one first in which `forEachOrder` comes to them.
    private func hiddenOrders(of profiles: [UInt32], count: Int) -> [UInt32] {
        var all: [(at: Int64, profile: UInt32, place: Int, row: UInt32)] = []
        for profile in profiles {
            forEachOrder(of: profile) { number, row in
                let at = head(of: row.record).moment(OrderShape.placedAt)
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
        addList(of: profiles, to: &builder)
        return builder.finish()
    }

    /// The same behind what other shards of one lane know about the customer.
    package func addList(of profiles: [UInt32], to builder: inout DossierPartBuilder) {
        var orders = 0
        for profile in profiles {
            addVariants(of: profile, isWhole: false, to: &builder)
            forEachOrder(of: profile) { _, row in
                noteOrder(row, in: &builder)
                orders += 1
            }
            builder.addSources(self)
            forEachPin(of: profile) { builder.part.pins.append($0) }
            forEachVerification(of: profile) { builder.part.verifications.append($0) }
        }
        builder.part.orderCount = (builder.part.orderCount ?? 0) + orders
    }

    // MARK: The profile and its variants

    private func addVariants(of profile: UInt32, isWhole: Bool, to builder: inout DossierPartBuilder) {
        builder.beginProfile()
        forEachVariant(of: profile) { row, variant in
            builder.add(UInt32(row), variant, records[variant.record], of: profile, isWhole: isWhole)
        }
    }

    /// The profile with its newest variant; every other one is kept with the moment it was true.
    private func addProfile(_ profile: UInt32, to builder: inout DossierPartBuilder) {
        addVariants(of: profile, isWhole: true, to: &builder)
        guard var newest = builder.variants.indices.first else { return }
        for place in builder.variants.indices where builder.variants[place].seenAt > builder.variants[newest].seenAt {
            newest = place
        }
        let start = builder.output.count
        builder.output.openObject()
        builder.output.key("profile")
        builder.output.customerNumber(profile + 1)
        builder.output.append(UInt8(ascii: ","))
        builder.output.appendCopy(of: builder.variants[newest].members.range)
        if builder.variants.count > 1 { addVariants(except: newest, to: &builder) }
        builder.output.closeObject()
        let piece = builder.piece(builder.variants[newest].seenAt, profile, from: start)
        builder.part.profiles.append(piece)
    }

    private func addVariants(except shown: Int, to builder: inout DossierPartBuilder) {
        builder.output.key("variants")
        builder.output.openArray()
        for place in builder.variants.indices where place != shown {
            builder.output.openObject()
            builder.output.appendCopy(of: builder.variants[place].members.range)
            builder.output.closeObject()
        }
        builder.output.closeArray()
    }

    // MARK: Orders

    private func addOrders(
        of profile: UInt32, except hidden: inout [UInt32], _ opened: inout ByteWriter,
        to builder: inout DossierPartBuilder
    ) {
        forEachOrder(of: profile) { number, row in
            let variant = noteOrder(row, in: &builder)
            open(row.record, into: &opened)
            if hidden.last == number {
                hidden.removeLast()
                tally(number, row, opened.span, in: &builder)
            } else {
                addOrder(number, row, opened.span, variant, profile, to: &builder)
            }
        }
    }

    /// Notes that the order carries its variants, those of older versions too. Orders are walked from the newest to the oldest,
    /// so that the oldest stays.
    /// - Returns: the place of the present one; nil if it is of another profile.
    @discardableResult
    private func noteOrder(_ order: OrderRow, in builder: inout DossierPartBuilder) -> Int? {
        let place = builder.place(ofVariant: order.variant)
        if let place { builder.variants[place].firstOrder = order.record }
        var previous = order.previous
        while previous != 0 {
            let version = versions[Int(previous - 1)]
            if let place = builder.place(ofVariant: version.variant) {
                builder.variants[place].firstOrder = order.record
            }
            previous = version.previous
        }
        return place
    }

    /// One order as a reply shows it.
    package func orderJSON(row: UInt32, into output: inout ByteWriter) {
        var builder = DossierPartBuilder()
        var opened = ByteWriter(capacity: Self.likelyOrderBytes)
        open(orders[Int(row)].record, into: &opened)
        addOrder(row, orders[Int(row)], opened.span, nil, 0, to: &builder)
        output.append(builder.output.span.extracting(builder.part.orders[0].json.range))
    }

    /// An order with the addresses that came with it, and what happened to it since.
    /// - Parameters:
    ///   - bytes: its record.
    ///   - variant: its place among those of the profile in hand; nil if it is not there.
    private func addOrder(
        _ number: UInt32, _ row: OrderRow, _ bytes: Span<UInt8>, _ variant: Int?, _ profile: UInt32,
        to builder: inout DossierPartBuilder
    ) {
        let frame =
            variant.map { builder.variants[$0].frame }
            ?? builder.frame(VariantView(records[variants[Int(row.variant)].record]))
        let start = builder.output.count
        let record = PackedRecord(bytes, OrderShape.kinds)
        builder.output.openObject()
        builder.output.appendCopy(of: frame.head.members.range)
        if hasFacts(number) {
            addLivingOrder(number, row, record, frame, to: &builder)
        } else {
            builder.output.members(of: bytes, OrderShape.texts)
            builder.output.rest(ofOrder: record, row, status: record.has(OrderShape.status) ? "" : "open", frame)
            builder.part.tally.add(record, isCollecting: frame.isCollecting)
        }
        builder.output.closeObject()
        let placedAt = record.moment(OrderShape.placedAt)?.milliseconds ?? 0
        let piece = builder.piece(placedAt, profile, from: start)
        builder.part.orders.append(piece)
    }

    /// Counts and sums an order that is not told.
    private func tally(
        _ number: UInt32, _ row: OrderRow, _ bytes: Span<UInt8>, in builder: inout DossierPartBuilder
    ) {
        let party = records[variants[Int(row.variant)].record]
        let record = PackedRecord(bytes, OrderShape.kinds)
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
        _ number: UInt32, _ row: OrderRow, _ record: PackedRecord, _ frame: VariantFrame,
        to builder: inout DossierPartBuilder
    ) {
        let life = life(of: number, record, records[variants[Int(row.variant)].record])
        builder.output.members(of: record.bytes, OrderShape.texts, omitting: 1 << UInt64(OrderShape.status))
        builder.output.rest(ofOrder: record, row, status: life.status, frame)
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
}

extension ByteWriter {
    /// What an order has beside the members that it came with.
    /// - Parameters:
    ///   - status: nothing where it came with it.
    ///   - frame: where its addresses are written already.
    fileprivate mutating func rest(
        ofOrder record: PackedRecord, _ row: OrderRow, status: String, _ frame: VariantFrame
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
        again(frame.billing)
        again(frame.shipping)
        if row.versions > 1 {
            key("versions")
            number(row.versions)
        }
    }

    /// A member that was written before; nothing where there is none.
    private mutating func again(_ member: ByteRange) {
        guard !member.isEmpty else { return }
        append(UInt8(ascii: ","))
        appendCopy(of: member.range)
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
