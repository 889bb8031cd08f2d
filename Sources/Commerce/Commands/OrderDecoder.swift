import Bytes

// ORDER.PUT: the canonical order of the protocol, packed in one pass over its members.
extension CommandDecoder {
    /// Packs an order. Appends to `output`: the order's name, the party record, the order record.
    package mutating func order(
        _ json: Span<UInt8>, _ hasher: KeyHasher, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedOrder {
        do throws(Refusal) {
            return try keeping(&output) { scratch, output throws(Refusal) in
                try OrderPacker(json, hasher, readsAhead: true).pack(&scratch, into: &output)
            }
        } catch {}
        // Of several faults the one that is named does not depend on which member came first: what is refused is read again,
        // each object in its turn.
        return try keeping(&output) { scratch, output throws(Refusal) in
            try OrderPacker(json, hasher, readsAhead: false).pack(&scratch, into: &output)
        }
    }
}

private struct OrderPacker: ~Escapable {
    let json: Span<UInt8>
    let hasher: KeyHasher
    /// Whether the objects inside are read on the way to the end of the command, or stepped over until their turn comes.
    let readsAhead: Bool

    @_lifetime(copy json)
    init(_ json: Span<UInt8>, _ hasher: KeyHasher, readsAhead: Bool) {
        self.json = json
        self.hasher = hasher
        self.readsAhead = readsAhead
    }

    func pack(_ scratch: inout PackingScratch, into output: inout ByteWriter) throws(Refusal) -> PreparedOrder {
        try read(&scratch)
        let packer = RecordPacker(json)
        try CommandDecoder.source(
            packer, channel: scratch.order[OrderInputShape.channel], store: scratch.order[OrderInputShape.store],
            &scratch)

        var order = PreparedOrder()
        let number = try appendName(&scratch, &order, into: &output)
        order.keyHash = hasher.order(
            output.span.extracting(number), channel: scratch.channel.span, store: scratch.store.span)

        try readCustomer(&scratch)
        // Some senders put the addresses into the customer.
        let (billing, shipping) = (OrderInputShape.billing, OrderInputShape.shipping)
        order.party = try PartyPacker(json, hasher).pack(
            billing: scratch.order.has(billing) ? scratch.order[billing] : scratch.person[PartyShape.billing],
            shipping: scratch.order.has(shipping) ? scratch.order[shipping] : scratch.person[PartyShape.shipping],
            orderHash: order.keyHash, scratch: &scratch, into: &output)
        try appendRecord(number: number, &scratch, &order, into: &output)
        return order
    }

    // MARK: Reading

    /// Notes where everything lies, in one pass over the text.
    private func read(_ scratch: inout PackingScratch) throws(Refusal) {
        scratch.orderExtra.removeAll()
        scratch.extra.removeAll()
        scratch.person.removeAll()
        var reader = JSONReader(json)
        try scratch.order.begin(&reader, path: "order")
        while let place = try scratch.order.nextNested(
            &reader, OrderInputShape.names, path: "order", extra: &scratch.orderExtra)
        {
            let start = reader.position
            reader.resume(at: try readNested(place, at: start, &scratch))
            scratch.order.note(MemberTable.Slot(.nested, start..<reader.position), at: place)
        }
        try CommandDecoder.expectEnd(&reader)
    }

    /// Reads the object or list that begins at `start`, or steps over it, and returns where it ends.
    private func readNested(_ place: Int, at start: Int, _ scratch: inout PackingScratch) throws(Refusal) -> Int {
        var reader = JSONReader(json, at: start)
        switch place {
        case _ where !readsAhead:
            do throws(JSONError) { _ = try reader.skipNested() } catch { throw .json(error, "order") }
        case OrderInputShape.customer: return try readCustomer(at: start, &scratch)
        case OrderInputShape.billing:
            return try scratch.billing.read(json, at: start, AddressShape.names, path: "billing")
        case OrderInputShape.shipping:
            // Most orders ship to the billing address and write it twice.
            let billing = scratch.order[OrderInputShape.billing].range
            if reader.skipRepetition(of: billing) {
                scratch.repeated = (billing, start..<reader.position)
                break
            }
            return try scratch.shipping.read(json, at: start, AddressShape.names, path: "shipping")
        case OrderInputShape.lines where scratch.order[OrderInputShape.currency].form == .text:
            return try packLines(at: start, scratch.order[OrderInputShape.currency].range, &scratch)
        default:
            do throws(JSONError) { _ = try reader.skipNested() } catch { throw .json(error, "order") }
        }
        return reader.position
    }

    /// Makes sure that the customer was read, the one that counts.
    private func readCustomer(_ scratch: inout PackingScratch) throws(Refusal) {
        let slot = scratch.order[OrderInputShape.customer]
        guard slot.form != .absent else {
            scratch.person.removeAll()
            return scratch.extra.removeAll()
        }
        guard slot.form == .nested else { throw .invalid("customer", "must be an object") }
        if scratch.customer != slot.range { _ = try readCustomer(at: slot.range.lowerBound, &scratch) }
    }

    private func readCustomer(at start: Int, _ scratch: inout PackingScratch) throws(Refusal) -> Int {
        scratch.extra.removeAll()
        var reader = JSONReader(json, at: start)
        try scratch.person.read(&reader, PartyShape.names, path: "customer", extra: &scratch.extra)
        scratch.customer = start..<reader.position
        return reader.position
    }

    // MARK: The order's name

    /// Appends `channel:number` or `channel/store:number` and returns where the number lies.
    private func appendName(
        _ scratch: inout PackingScratch, _ order: inout PreparedOrder, into output: inout ByteWriter
    ) throws(Refusal) -> Range<Int> {
        let slot = scratch.order[OrderInputShape.number]
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

    // MARK: The order's own record

    private func appendRecord(
        number: Range<Int>, _ scratch: inout PackingScratch, _ order: inout PreparedOrder,
        into output: inout ByteWriter
    ) throws(Refusal) {
        let packer = RecordPacker(json)
        let placed = try packer.moment(required(scratch.order, OrderInputShape.placedAt), "placedAt")
        let currency = try currency(required(scratch.order, OrderInputShape.currency))
        let digits = Decimal64.minorUnitDigits(of: json.extracting(currency))
        let total = try money(required(scratch.order, OrderInputShape.total), "total", digits)
        var updated: Timestamp?
        if scratch.order.has(OrderInputShape.updatedAt) {
            updated = try packer.moment(scratch.order[OrderInputShape.updatedAt], "updatedAt")
        }

        let start = output.count
        let bitmap = bitmap(scratch.order, hasExtra: scratch.orderExtra.count > 0)
        output.appendVarint(bitmap)
        let contentStart = output.count
        output.appendVarint(UInt64(number.count))
        output.appendCopy(of: number)
        output.appendZigzag(placed.milliseconds)
        try packer.texts(
            scratch.order, scratch.order.places(OrderInputShape.status...OrderInputShape.kind),
            OrderInputShape.members, into: &output)
        output.appendCounted(json, currency)
        output.appendPacked(total)
        if scratch.order.has(OrderInputShape.lines) { try appendLines(currency, &scratch, into: &output) }
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

    private func required(_ members: borrowing MemberTable, _ place: Int) throws(Refusal) -> MemberTable.Slot {
        guard members.has(place) else { throw .invalid("\(OrderInputShape.members[place].name)", "is required") }
        return members[place]
    }

    private func bitmap(_ members: borrowing MemberTable, hasExtra: Bool) -> UInt64 {
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
        _ slot: MemberTable.Slot, _ name: StaticString, _ digits: UInt8
    ) throws(Refusal) -> Decimal64 {
        let value = try RecordPacker(json).decimal(slot, name)
        let shorter = value.scale > digits ? value.shortest : value
        guard let scaled = shorter.scaled(to: digits) else { throw .invalid("\(name)", "is too large") }
        return scaled
    }

    // MARK: Lines

    /// Appends the lines: their length in bytes (four), then counted records.
    private func appendLines(
        _ currency: Range<Int>, _ scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) {
        let slot = scratch.order[OrderInputShape.lines]
        guard slot.form == .nested else { throw .invalid("lines", "must be a list") }
        if !scratch.lines.holds(slot, currency) { _ = try packLines(at: slot.range.lowerBound, currency, &scratch) }
        output.appendLittleEndian(UInt32(scratch.lines.packed.count))
        output.append(contentsOf: scratch.lines.packed)
    }

    /// Packs the list that begins at `start` into the scratch and returns where it ends.
    private func packLines(
        at start: Int, _ currency: Range<Int>, _ scratch: inout PackingScratch
    ) throws(Refusal) -> Int {
        scratch.lines.forget()
        var reader = JSONReader(json, at: start)
        var isFirst = true
        let digits = Decimal64.minorUnitDigits(of: json.extracting(currency))
        while let lineStart = try RecordPacker.nextObject(&reader, &isFirst, "lines") {
            reader.resume(at: try scratch.nested.read(json, at: lineStart, LineShape.names, path: "lines"))
            try append(scratch.nested, digits, into: &scratch.lines.packed)
        }
        scratch.lines.remember(start..<reader.position, currency)
        return reader.position
    }

    /// Appends the counted record of a line.
    private func append(
        _ line: borrowing NestedTable, _ digits: UInt8, into output: inout ByteWriter
    ) throws(Refusal) {
        let packer = RecordPacker(json)
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        output.appendVarint(line.members.places | (line.extra.count > 0 ? 1 << UInt64(LineShape.extra) : 0))
        if line.members.has(LineShape.sku) {
            try packer.text(line.members[LineShape.sku], "lines.sku", into: &output)
        }
        if line.members.has(LineShape.title) {
            try packer.text(line.members[LineShape.title], "lines.title", into: &output)
        }
        if line.members.has(LineShape.quantity) {
            output.appendPacked(try packer.decimal(line.members[LineShape.quantity], "lines.quantity").shortest)
        }
        if line.members.has(LineShape.unitPrice) {
            output.appendPacked(try money(line.members[LineShape.unitPrice], "lines.unitPrice", digits))
        }
        if line.members.has(LineShape.vatRate) {
            output.appendPacked(try packer.decimal(line.members[LineShape.vatRate], "lines.vatRate").shortest)
        }
        if line.extra.count > 0 { output.appendCounted(line.extra.span) }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
    }
}

/// The lines of an order, packed while the order was read: only the currency has to come before them, since it says how
/// many decimals their amounts have.
struct PackedLines: ~Copyable {
    var packed = ByteWriter()
    private var range = 0..<0
    private var currency = 0..<0

    mutating func forget() {
        packed.removeAll()
        range = 0..<0
    }

    mutating func remember(_ range: Range<Int>, _ currency: Range<Int>) {
        self.range = range
        self.currency = currency
    }

    /// Whether these are the lines at `slot`, in the currency that stands at `currency`.
    func holds(_ slot: MemberTable.Slot, _ currency: Range<Int>) -> Bool {
        !range.isEmpty && range == slot.range && self.currency == currency
    }
}
