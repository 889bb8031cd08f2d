import Bytes

/// A fact about an order, ready to be decided. Ranges lie in the batch's bytes.
package struct PreparedFact: Sendable, BitwiseCopyable {
    package let kind: FactKind
    /// The order as the sender named it.
    package var orderName: ByteRange = .empty
    /// The fact's own id.
    package var id: ByteRange = .empty
    /// Kind (1), then the packed record.
    package var record: ByteRange = .empty
    /// Hash of kind and id; the directory adds whose it is.
    package var nameHash: UInt64 = 0
    package var contentHash: UInt64 = 0
    /// Milliseconds; `PreparedOrder.noUpdateTime` when the sender gave none.
    package var updatedAt: Int64 = PreparedOrder.noUpdateTime
}

/// Hashes of facts. They decide which of two tellings of the same moment wins, so they are the same in every data folder:
/// the seed is a constant.
enum FactHash {
    private static let hash = Hash64(seed: 0xFAC7_0F0A_0D05_51E2)

    static func name(_ kind: FactKind, _ id: Span<UInt8>) -> UInt64 { hash.hash(id, salt: UInt64(kind.rawValue)) }

    /// - Parameter presence: which members the content has.
    static func content(_ content: Span<UInt8>, presence: UInt64) -> UInt64 { hash.hash(content, salt: presence) }
}

// ORDER.SHIP, ORDER.RETURN and the others, and the updates that channels send.
extension CommandDecoder {
    /// Packs a fact about the order named. Appends the name, the id and the record to `output`.
    ///
    /// A fact without an `id` gets one from its content: told again it is the same, told differently it is another.
    package mutating func fact(
        _ kind: FactKind, of order: Span<UInt8>, _ json: Span<UInt8>, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedFact {
        try keeping(&output) { scratch, output throws(Refusal) in
            var reader = JSONReader(json)
            scratch.extra.removeAll()
            var members = MemberTable()
            try members.read(&reader, kind.shape.names, path: "fact", extra: &scratch.extra)
            try Self.expectEnd(&reader)
            _ = try OrderName(order)
            var fact = PreparedFact(kind: kind)
            let start = output.count
            output.append(order)
            fact.orderName = ByteRange(start, output.count)
            try FactPacker(json, kind, members).pack(&scratch, &fact, into: &output)
            return fact
        }
    }
}

private struct FactPacker: ~Copyable, ~Escapable {
    let json: Span<UInt8>
    let kind: FactKind
    let shape: FactShape
    let members: MemberTable

    @_lifetime(copy json)
    init(_ json: Span<UInt8>, _ kind: FactKind, _ members: consuming MemberTable) {
        self.json = json
        self.kind = kind
        self.members = members
        shape = kind.shape
    }

    func pack(
        _ scratch: inout PackingScratch, _ fact: inout PreparedFact, into output: inout ByteWriter
    ) throws(Refusal) {
        try checkRequired()
        var presence: UInt64 = scratch.extra.count > 0 ? 1 << UInt64(shape.extra) : 0
        for place in 1..<shape.extra where members.has(place) { presence |= 1 << UInt64(place) }
        scratch.normalised.removeAll()
        for place in 1..<shape.extra where members.has(place) { try pack(place, &scratch) }
        if scratch.extra.count > 0 {
            scratch.normalised.appendVarint(UInt64(scratch.extra.count))
            scratch.normalised.append(contentsOf: scratch.extra)
        }
        fact.contentHash = FactHash.content(scratch.normalised.span, presence: presence)

        try appendId(&fact, into: &output)
        let start = output.count
        output.append(kind.rawValue)
        let hasTime = members.has(shape.updatedAt)
        output.appendVarint(presence | 1 << UInt64(FactShape.id) | (hasTime ? 1 << UInt64(shape.updatedAt) : 0))
        output.appendVarint(UInt64(fact.id.range.count))
        for index in fact.id.range { output.append(output.byte(at: index)) }
        output.append(contentsOf: scratch.normalised)
        if hasTime {
            fact.updatedAt = try moment(members[shape.updatedAt], "updatedAt").milliseconds
            output.appendZigzag(fact.updatedAt)
        }
        fact.record = ByteRange(start, output.count)
    }

    private func appendId(_ fact: inout PreparedFact, into output: inout ByteWriter) throws(Refusal) {
        let start = output.count
        if members.has(FactShape.id) {
            try RecordPacker(json).plainText(members[FactShape.id], "id", into: &output)
            try NameRule.check(number: output.span.extracting(start..<output.count), "id")
        } else {
            output.append(String(fact.contentHash, radix: 16))
        }
        fact.id = ByteRange(start, output.count)
        fact.nameHash = FactHash.name(kind, output.span.extracting(fact.id.range))
    }

    // MARK: Members

    private func pack(_ place: Int, _ scratch: inout PackingScratch) throws(Refusal) {
        let name = shape.members[place].name
        switch shape.members[place].kind {
        case .decimal: scratch.normalised.appendPacked(try amount(members[place], name))
        case .moment: scratch.normalised.appendZigzag(try moment(members[place], name).milliseconds)
        case .factLines: try lines(members[place], &scratch)
        default: try RecordPacker(json).text(members[place], name, into: &scratch.normalised)
        }
    }

    /// More than nothing, with the decimals of its currency; of the order's own, which may not be known yet, two.
    private func amount(_ slot: MemberTable.Slot, _ name: StaticString) throws(Refusal) -> Decimal64 {
        let value = try RecordPacker(json).decimal(slot, name).shortest
        guard value.units > 0 else { throw .invalid("\(name)", "must be more than 0") }
        let currency = shape.place("currency") ?? FactShape.id
        let digits = Decimal64.minorUnitDigits(of: json.extracting(members[currency].range))
        guard let scaled = value.scaled(to: digits) else { throw .invalid("\(name)", "is too large") }
        return scaled
    }

    /// A moment, or a day, which counts from its beginning in UTC.
    private func moment(_ slot: MemberTable.Slot, _ name: StaticString) throws(Refusal) -> Timestamp {
        guard slot.form == .text, slot.range.count == 10 else { return try RecordPacker(json).moment(slot, name) }
        var text = ByteWriter(capacity: 20)
        text.append(json.extracting(slot.range))
        text.append("T00:00:00Z")
        guard let day = Timestamp(rfc3339: text.span) else {
            throw .invalid("\(name)", "must be a day such as \"2026-03-01\" or a moment in RFC 3339")
        }
        return day
    }

    private func lines(_ slot: MemberTable.Slot, _ scratch: inout PackingScratch) throws(Refusal) {
        guard slot.form == .nested else { throw .invalid("lines", "must be a list") }
        let lengthAt = scratch.normalised.count
        scratch.normalised.appendLittleEndian(UInt32(0))
        var reader = JSONReader(json, at: slot.range.lowerBound)
        var isFirst = true
        while try RecordPacker.nextObject(&reader, &isFirst, "lines") != nil { try line(&reader, &scratch) }
        let length = scratch.normalised.count - lengthAt - 4
        guard length > 0 else { throw .invalid("lines", "must not be empty; leave them out for the whole order") }
        scratch.normalised.overwriteUInt32(UInt32(length), at: lengthAt)
    }

    private func line(_ reader: inout JSONReader, _ scratch: inout PackingScratch) throws(Refusal) {
        reader.resume(at: try scratch.nested.read(json, at: reader.position, FactLineShape.names, path: "lines"))
        let places = scratch.nested.members.places
        guard scratch.nested.members.has(FactLineShape.line) || scratch.nested.members.has(FactLineShape.sku) else {
            throw .invalid("lines", "each needs a sku, or as line the channel's id of the order's line")
        }
        let lengthAt = scratch.normalised.count
        scratch.normalised.appendLittleEndian(UInt32(0))
        let bitmap = places | (scratch.nested.extra.count > 0 ? 1 << UInt64(FactLineShape.extra) : 0)
        scratch.normalised.appendVarint(bitmap)
        for place in 0..<FactLineShape.extra where places & (1 << UInt64(place)) != 0 {
            try pack(scratch.nested.members[place], place, &scratch)
        }
        if scratch.nested.extra.count > 0 {
            scratch.normalised.appendVarint(UInt64(scratch.nested.extra.count))
            scratch.normalised.append(contentsOf: scratch.nested.extra)
        }
        let length = scratch.normalised.count - lengthAt - 4
        scratch.normalised.overwriteUInt32(UInt32(length), at: lengthAt)
    }

    private func pack(
        _ slot: MemberTable.Slot, _ place: Int, _ scratch: inout PackingScratch
    ) throws(Refusal) {
        switch place {
        case FactLineShape.quantity:
            let quantity = try RecordPacker(json).decimal(slot, "lines.quantity").shortest
            guard quantity.units > 0 else { throw .invalid("lines.quantity", "must be more than 0") }
            scratch.normalised.appendPacked(quantity)
        case FactLineShape.receivedAt:
            scratch.normalised.appendZigzag(try moment(slot, "lines.receivedAt").milliseconds)
        case FactLineShape.state:
            guard ReturnState.named(json.extracting(slot.range)) != nil else {
                throw .invalid("lines.state", "must be announced, received or cancelled")
            }
            try RecordPacker(json).text(slot, "lines.state", into: &scratch.normalised)
        default: try RecordPacker(json).text(slot, FactLineShape.members[place].name, into: &scratch.normalised)
        }
    }

    // MARK: Rules

    private func checkRequired() throws(Refusal) {
        switch kind {
        case .delay: try require("until", "the new date")
        case .receipt: try require("return", "the id of the return that arrived")
        case .refund, .payment: try require("amount", "a decimal such as \"39.90\"")
        case .status: try require("status", "the channel's word")
        case .booking:
            guard has("part") || has("status") || has("tripStart") || has("tripEnd") else {
                throw .invalid("status", "is required, or part, tripStart or tripEnd: what changed?")
            }
        case .return: try checkState(["announced", "received", "cancelled"])
        case .shipment, .cancellation: break
        }
    }

    private func has(_ name: StaticString) -> Bool {
        guard let place = shape.place(name) else { return false }
        return members.has(place)
    }

    private func require(_ name: StaticString, _ what: String) throws(Refusal) {
        guard has(name) else { throw .invalid("\(name)", "is required: \(what)") }
    }

    private func checkState(_ words: [String]) throws(Refusal) {
        guard let place = shape.place("state"), members.has(place) else { return }
        guard words.contains(json.text(members[place].range)) else {
            throw .invalid("state", "must be \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")")
        }
    }
}
