import Bytes

// ORDER.PUT: the canonical order of the protocol, packed in one pass over its members.
extension CommandDecoder {
    /// Packs an order. Appends to `output`: the order's name, the party record, the order record.
    package mutating func order(
        _ json: Span<UInt8>, _ hasher: KeyHasher, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedOrder {
        try keeping(&output) { scratch, output throws(Refusal) in
            try OrderPacker(json, hasher).pack(&scratch, into: &output)
        }
    }
}

private struct OrderPacker: ~Escapable {
    let json: Span<UInt8>
    let hasher: KeyHasher

    @_lifetime(copy json)
    init(_ json: Span<UInt8>, _ hasher: KeyHasher) {
        self.json = json
        self.hasher = hasher
    }

    func pack(_ scratch: inout PackingScratch, into output: inout ByteWriter) throws(Refusal) -> PreparedOrder {
        var reader = JSONReader(json)
        scratch.orderExtra.removeAll()
        var members = MemberTable()
        try members.read(&reader, OrderInputShape.names, path: "order", extra: &scratch.orderExtra)
        try CommandDecoder.expectEnd(&reader)

        let packer = RecordPacker(json)
        try CommandDecoder.source(
            packer, channel: members[OrderInputShape.channel], store: members[OrderInputShape.store], &scratch)

        var order = PreparedOrder()
        let number = try appendName(members[OrderInputShape.number], scratch, &order, into: &output)
        order.keyHash = hasher.order(
            output.span.extracting(number), channel: scratch.channel.span, store: scratch.store.span)

        var source = PartySource()
        try read(members, into: &source, &scratch)
        order.party = try PartyPacker(json, hasher).pack(
            source, orderHash: order.keyHash, scratch: &scratch, into: &output)
        try appendRecord(members, number: number, &scratch, &order, into: &output)
        return order
    }

    /// Appends `channel:number` or `channel/store:number` and returns where the number lies.
    private func appendName(
        _ slot: MemberTable.Slot, _ scratch: borrowing PackingScratch, _ order: inout PreparedOrder,
        into output: inout ByteWriter
    ) throws(Refusal) -> Range<Int> {
        guard slot.form != .absent else { throw .invalid("number", "is required") }
        let start = output.count
        output.append(scratch.channel.span)
        if !scratch.store.span.equals("main") {
            let slash = output.count
            output.append(UInt8(ascii: "/"))
            output.append(scratch.store.span)
            order.storeInName = ByteRange(slash, output.count)
        }
        output.append(UInt8(ascii: ":"))
        let numberStart = output.count
        try RecordPacker(json).plainText(slot, "number", into: &output)
        try NameRule.check(number: output.span.extracting(numberStart..<output.count), "number")
        order.name = ByteRange(start, output.count)
        return numberStart..<output.count
    }

    private func read(
        _ members: MemberTable, into source: inout PartySource, _ scratch: inout PackingScratch
    ) throws(Refusal) {
        scratch.extra.removeAll()
        let customer = members[OrderInputShape.customer]
        if customer.form != .absent {
            guard customer.form == .nested else { throw .invalid("customer", "must be an object") }
            var reader = JSONReader(json, at: customer.range.lowerBound)
            try source.person.read(&reader, PartyShape.names, path: "customer", extra: &scratch.extra)
        }
        // Some senders put the addresses into the customer.
        let (billing, shipping) = (OrderInputShape.billing, OrderInputShape.shipping)
        source.billing = members.has(billing) ? members[billing] : source.person[PartyShape.billing]
        source.shipping = members.has(shipping) ? members[shipping] : source.person[PartyShape.shipping]
    }

    // MARK: The order's own record

    private func appendRecord(
        _ members: MemberTable, number: Range<Int>, _ scratch: inout PackingScratch, _ order: inout PreparedOrder,
        into output: inout ByteWriter
    ) throws(Refusal) {
        let packer = RecordPacker(json)
        let placedAt = try required(members, OrderInputShape.placedAt)
        let placed = try packer.moment(placedAt, "placedAt")
        let currency = try currency(required(members, OrderInputShape.currency))
        let total = try money(required(members, OrderInputShape.total), "total", currency)
        var updated: Timestamp?
        if members.has(OrderInputShape.updatedAt) {
            updated = try packer.moment(members[OrderInputShape.updatedAt], "updatedAt")
        }

        let start = output.count
        let bitmap = bitmap(members, hasExtra: scratch.orderExtra.count > 0)
        output.appendVarint(bitmap)
        let contentStart = output.count
        output.appendVarint(UInt64(number.count))
        output.appendCopy(of: number)
        output.appendZigzag(placed.milliseconds)
        try packer.texts(
            members, members.places(OrderInputShape.status...OrderInputShape.kind), OrderInputShape.members,
            into: &output)
        output.appendCounted(json.extracting(currency))
        output.appendPacked(total)
        if members.has(OrderInputShape.lines) {
            try lines(members[OrderInputShape.lines], currency, &scratch, into: &output)
        }
        if scratch.orderExtra.count > 0 { output.appendCounted(scratch.orderExtra.span) }
        // `updatedAt` orders the versions of an order; it is not part of what they say.
        let presence = bitmap & ~(1 << UInt64(OrderShape.updatedAt))
        order.contentHash = hasher.content(
            output.span.extracting(contentStart..<output.count), salt: order.party.contentHash &+ presence)
        if let updated { output.appendZigzag(updated.milliseconds) }

        order.record = ByteRange(start, output.count)
        order.placedAt = placed.milliseconds
        order.updatedAt = updated?.milliseconds ?? PreparedOrder.noUpdateTime
    }

    private func required(_ members: MemberTable, _ place: Int) throws(Refusal) -> MemberTable.Slot {
        guard members.has(place) else { throw .invalid("\(OrderInputShape.members[place].name)", "is required") }
        return members[place]
    }

    private func bitmap(_ members: MemberTable, hasExtra: Bool) -> UInt64 {
        var bitmap: UInt64 = 1 << UInt64(OrderShape.number) | 1 << UInt64(OrderShape.placedAt)
        bitmap |= 1 << UInt64(OrderShape.currency) | 1 << UInt64(OrderShape.total)
        func set(_ place: Int, _ condition: Bool) { if condition { bitmap |= 1 << UInt64(place) } }
        set(OrderShape.status, members.has(OrderInputShape.status))
        set(OrderShape.kind, members.has(OrderInputShape.kind))
        set(OrderShape.lines, members.has(OrderInputShape.lines))
        set(OrderShape.extra, hasExtra)
        set(OrderShape.updatedAt, members.has(OrderInputShape.updatedAt))
        return bitmap
    }

    /// Checks a currency code and returns where it lies.
    private func currency(_ slot: MemberTable.Slot) throws(Refusal) -> Range<Int> {
        let code = json.extracting(slot.range)
        var isCode = slot.form == .text && code.count == 3
        for index in 0..<code.count where code[index] < UInt8(ascii: "A") || code[index] > UInt8(ascii: "Z") {
            isCode = false
        }
        guard isCode else { throw .invalid("currency", "must be three capital letters of ISO 4217, such as \"EUR\"") }
        return slot.range
    }

    /// An amount with at least the decimals of its currency's minor unit, so that 39.9 and 39.90 are the same.
    private func money(
        _ slot: MemberTable.Slot, _ name: StaticString, _ currency: Range<Int>
    ) throws(Refusal) -> Decimal64 {
        let value = try RecordPacker(json).decimal(slot, name)
        let digits = Decimal64.minorUnitDigits(of: json.extracting(currency))
        guard let scaled = value.shortest.scaled(to: digits) else { throw .invalid("\(name)", "is too large") }
        return scaled
    }

    private func lines(
        _ slot: MemberTable.Slot, _ currency: Range<Int>, _ scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) {
        guard slot.form == .nested else { throw .invalid("lines", "must be a list") }
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        var reader = JSONReader(json, at: slot.range.lowerBound)
        var isFirst = true
        while let start = try RecordPacker.nextObject(&reader, &isFirst, "lines") {
            reader.resume(at: try line(start, currency, &scratch, into: &output))
        }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
    }

    /// Packs the line whose JSON begins at `start` and returns where it ends.
    private func line(
        _ start: Int, _ currency: Range<Int>, _ scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) -> Int {
        var reader = JSONReader(json, at: start)
        scratch.innerExtra.removeAll()
        var members = MemberTable()
        try members.read(&reader, LineShape.names, path: "lines", extra: &scratch.innerExtra)
        let packer = RecordPacker(json)
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        output.appendVarint(members.places | (scratch.innerExtra.count > 0 ? 1 << UInt64(LineShape.extra) : 0))
        if members.has(LineShape.sku) { try packer.text(members[LineShape.sku], "lines.sku", into: &output) }
        if members.has(LineShape.title) { try packer.text(members[LineShape.title], "lines.title", into: &output) }
        if members.has(LineShape.quantity) {
            output.appendPacked(try packer.decimal(members[LineShape.quantity], "lines.quantity").shortest)
        }
        if members.has(LineShape.unitPrice) {
            output.appendPacked(try money(members[LineShape.unitPrice], "lines.unitPrice", currency))
        }
        if members.has(LineShape.vatRate) {
            output.appendPacked(try packer.decimal(members[LineShape.vatRate], "lines.vatRate").shortest)
        }
        if scratch.innerExtra.count > 0 { output.appendCounted(scratch.innerExtra.span) }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
        return reader.position
    }
}
