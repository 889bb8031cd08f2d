import Bytes

// Packs what a command says about one buyer, and works out the identity keys on the way.
//
// A party record in memory and on disk: the members of `PartyShape`, then the identity keys, nine bytes each (kind,
// hash), then one byte with their number. The keys stand in the record so that a later version of the
// normalisers never changes what an old journal means.

/// Reusable buffers of the packers: one per session, so that packing allocates nothing.
package struct PackingScratch: ~Copyable {
    /// Channel and store, checked and lower-cased.
    var channel = ByteWriter()
    var store = ByteWriter()
    /// The members of `ORDER.PUT`'s object.
    var order = MemberTable()
    var orderExtra = ByteWriter()
    /// The members of `customer` (of an order) or of the profile itself.
    var person = MemberTable()
    /// Where the customer lies that was read.
    var customer = 0..<0
    var extra = ByteWriter()
    var billing = NestedTable()
    var shipping = NestedTable()
    /// A line, or one address of many.
    var nested = NestedTable()
    var lines = PackedLines()
    /// Where the shipping address was seen to repeat the billing address, byte for byte.
    var repeated = (billing: 0..<0, shipping: 0..<0)
    var addresses = ByteWriter()
    var normalised = ByteWriter()
    var familyKey = ByteWriter()
    /// Whether `familyKey` was made of a first and a last name that are plain words.
    var hasPlainName = false
    var keys = IdentityKeySet()

    package init() {}

    /// Another command comes, with other bytes at the same places.
    mutating func forgetCommand() {
        customer = 0..<0
        billing.forget()
        shipping.forget()
        nested.forget()
        repeated = (0..<0, 0..<0)
        lines.forget()
    }
}

/// The few keys of one party, without doubles.
struct IdentityKeySet {
    static let capacity = 12
    private(set) var count = 0
    private var keys: InlineArray<12, IdentityKey> = .init(repeating: IdentityKey(kind: .email, hash: 0))

    subscript(index: Int) -> IdentityKey { keys.span[index] }

    mutating func removeAll() { count = 0 }

    mutating func insert(_ key: IdentityKey) {
        for index in 0..<count where keys.span[index] == key { return }
        guard count < Self.capacity else { return }
        keys[count] = key
        count += 1
    }
}

struct PartyPacker: ~Escapable {
    let bytes: Span<UInt8>
    let hasher: KeyHasher

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ hasher: KeyHasher) {
        self.bytes = bytes
        self.hasher = hasher
    }

    /// Appends the party record to `output`. `orderHash` separates parties that carry no key at all: without one,
    /// two strangers who both gave no data would be the same buyer.
    func pack(
        billing: MemberTable.Slot, shipping: MemberTable.Slot, orderHash: UInt64, scratch: inout PackingScratch,
        into output: inout ByteWriter
    ) throws(Refusal) -> PreparedParty {
        let start = output.count
        try packMembers(billing, shipping, &scratch, into: &output)
        let membersEnd = output.count
        scratch.keys.removeAll()
        collectKeys(PackedRecord(output.span.extracting(start..<membersEnd), PartyShape.kinds), &scratch)

        var party = PreparedParty()
        let isAnonymous = scratch.keys.count == 0
        party.contentHash = hasher.content(
            output.span.extracting(start..<membersEnd), salt: isAnonymous ? orderHash : 0)
        if scratch.person.has(PartyShape.ref) { party.referenceHash = scratch.keys[0].hash }
        for index in 0..<scratch.keys.count {
            output.append(scratch.keys[index].kind.rawValue)
            output.appendLittleEndian(scratch.keys[index].hash)
        }
        output.append(UInt8(scratch.keys.count))
        party.record = ByteRange(start, output.count)
        return party
    }

    // MARK: Members

    private func packMembers(
        _ billing: MemberTable.Slot, _ shipping: MemberTable.Slot, _ scratch: inout PackingScratch,
        into output: inout ByteWriter
    ) throws(Refusal) {
        let (billingEnd, shippingIsBilling) = try packAddresses(billing, shipping, &scratch)
        let texts = scratch.person.places(PartyShape.ref...PartyShape.language)
        var bitmap = texts | 1 << UInt64(PartyShape.channel) | 1 << UInt64(PartyShape.store)
        func set(_ place: Int, _ condition: Bool) { if condition { bitmap |= 1 << UInt64(place) } }
        set(PartyShape.billing, billing.form != .absent)
        set(PartyShape.shipping, shipping.form != .absent && !shippingIsBilling)
        set(PartyShape.addresses, scratch.person.has(PartyShape.addresses))
        set(PartyShape.extra, scratch.extra.count > 0)
        set(PartyShape.shippingIsBilling, shippingIsBilling)

        output.appendVarint(bitmap)
        output.appendCounted(scratch.channel.span)
        output.appendCounted(scratch.store.span)
        try RecordPacker(bytes).texts(scratch.person, texts, PartyShape.members, into: &output)
        output.append(scratch.addresses.span.extracting(0..<(shippingIsBilling ? billingEnd : scratch.addresses.count)))
        if scratch.person.has(PartyShape.addresses) {
            try addresses(scratch.person[PartyShape.addresses], &scratch.nested, into: &output)
        }
        if scratch.extra.count > 0 { output.appendCounted(scratch.extra.span) }
    }

    /// Packs billing and shipping address into the scratch and returns where the first ends. Most orders ship to the
    /// billing address, which is stored once, however the two were spelled.
    private func packAddresses(
        _ billing: MemberTable.Slot, _ shipping: MemberTable.Slot, _ scratch: inout PackingScratch
    ) throws(Refusal) -> (billingEnd: Int, shippingIsBilling: Bool) {
        scratch.addresses.removeAll()
        if billing.form != .absent { try address(billing, "billing", &scratch.billing, into: &scratch.addresses) }
        let billingEnd = scratch.addresses.count
        guard shipping.form != .absent else { return (billingEnd, false) }
        if scratch.repeated.billing == billing.range, scratch.repeated.shipping == shipping.range {
            return (billingEnd, true)
        }
        try address(shipping, "shipping", &scratch.shipping, into: &scratch.addresses)
        let both = scratch.addresses.span
        return (billingEnd, both.extracting(0..<billingEnd).equals(both.extracting(billingEnd..<both.count)))
    }

    /// Appends a counted address record.
    func address(
        _ slot: MemberTable.Slot, _ path: StaticString, _ table: inout NestedTable, into output: inout ByteWriter
    ) throws(Refusal) {
        guard slot.form == .nested else { throw .invalid("\(path)", "must be an object") }
        if !table.holds(slot) {
            _ = try table.read(bytes, at: slot.range.lowerBound, AddressShape.names, path: path)
        }
        try append(table, into: &output)
    }

    /// Appends the counted record of the address whose members were read.
    private func append(_ address: borrowing NestedTable, into output: inout ByteWriter) throws(Refusal) {
        // The length is a fixed four bytes, so that it can be set when the record is there.
        let lengthAt = output.count
        let (places, hasExtra) = (address.members.places, address.extra.count > 0)
        output.appendLittleEndian(UInt32(0))
        output.appendVarint(places | (hasExtra ? 1 << UInt64(AddressShape.extra) : 0))
        try RecordPacker(bytes).texts(address.members, places, AddressShape.members, into: &output)
        if hasExtra { output.appendCounted(address.extra.span) }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
    }

    /// Appends a list: its length in bytes (four), then counted addresses.
    private func addresses(
        _ slot: MemberTable.Slot, _ table: inout NestedTable, into output: inout ByteWriter
    ) throws(Refusal) {
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        var reader = JSONReader(bytes, at: slot.range.lowerBound)
        var isFirst = true
        while let start = try RecordPacker.nextObject(&reader, &isFirst, "addresses") {
            reader.resume(at: try table.read(bytes, at: start, AddressShape.names, path: "addresses"))
            try append(table, into: &output)
        }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
    }
}
