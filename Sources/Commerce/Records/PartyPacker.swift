import Bytes

// Packs what a command says about one buyer, and works out the identity keys on the way.
//
// A party record in memory and on disk: the members of `PartyShape`, then the identity keys, nine bytes each (kind,
// hash), then one byte with their number. The keys stand in the record so that a later version of the
// normalisers never changes what an old journal means.

/// The JSON texts that make up a party: they stand in different places of an order and of a profile. Channel and store
/// stand in the scratch, checked and lower-cased.
struct PartySource {
    /// The members of `customer` (of an order) or of the profile itself.
    var person = MemberTable()
    var billing = MemberTable.Slot()
    var shipping = MemberTable.Slot()
}

/// Reusable buffers of the packers: one per session, so that packing allocates nothing.
package struct PackingScratch: ~Copyable {
    var channel = ByteWriter()
    var store = ByteWriter()
    var orderExtra = ByteWriter()
    var extra = ByteWriter()
    var innerExtra = ByteWriter()
    var addresses = ByteWriter()
    var normalised = ByteWriter()
    var familyKey = ByteWriter()
    var keys = IdentityKeySet()

    package init() {}
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
        _ source: PartySource, orderHash: UInt64, scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedParty {
        let start = output.count
        try packMembers(source, &scratch, into: &output)
        let membersEnd = output.count
        scratch.keys.removeAll()
        collectKeys(PackedRecord(output.span.extracting(start..<membersEnd), PartyShape.kinds), &scratch)

        var party = PreparedParty()
        let isAnonymous = scratch.keys.count == 0
        party.contentHash = hasher.content(
            output.span.extracting(start..<membersEnd), salt: isAnonymous ? orderHash : 0)
        if source.person.has(PartyShape.ref) { party.referenceHash = scratch.keys[0].hash }
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
        _ source: PartySource, _ scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) {
        let (billingEnd, shippingIsBilling) = try packAddresses(source, &scratch)
        output.appendVarint(bitmap(source, hasExtra: scratch.extra.count > 0, shippingIsBilling: shippingIsBilling))
        output.appendCounted(scratch.channel.span)
        output.appendCounted(scratch.store.span)
        try RecordPacker(bytes).texts(
            source.person, source.person.places(PartyShape.ref...PartyShape.language), PartyShape.members, into: &output
        )
        output.append(scratch.addresses.span.extracting(0..<(shippingIsBilling ? billingEnd : scratch.addresses.count)))
        if source.person.has(PartyShape.addresses) {
            try addresses(source.person[PartyShape.addresses], &scratch, into: &output)
        }
        if scratch.extra.count > 0 { output.appendCounted(scratch.extra.span) }
    }

    private func bitmap(_ source: PartySource, hasExtra: Bool, shippingIsBilling: Bool) -> UInt64 {
        var bitmap = source.person.places(PartyShape.ref...PartyShape.language)
        func set(_ place: Int, _ condition: Bool) { if condition { bitmap |= 1 << UInt64(place) } }
        set(PartyShape.channel, true)
        set(PartyShape.store, true)
        set(PartyShape.billing, source.billing.form != .absent)
        set(PartyShape.shipping, source.shipping.form != .absent && !shippingIsBilling)
        set(PartyShape.addresses, source.person.has(PartyShape.addresses))
        set(PartyShape.extra, hasExtra)
        set(PartyShape.shippingIsBilling, shippingIsBilling)
        return bitmap
    }

    /// Packs billing and shipping address into the scratch and returns where the first ends. Most orders ship to the
    /// billing address, which is stored once, however the two were spelled.
    private func packAddresses(
        _ source: PartySource, _ scratch: inout PackingScratch
    ) throws(Refusal) -> (billingEnd: Int, shippingIsBilling: Bool) {
        scratch.addresses.removeAll()
        if source.billing.form != .absent {
            try address(source.billing, "billing", &scratch.innerExtra, into: &scratch.addresses)
        }
        let billingEnd = scratch.addresses.count
        guard source.shipping.form != .absent else { return (billingEnd, false) }
        if bytes.extracting(source.billing.range).equals(bytes.extracting(source.shipping.range)) {
            return (billingEnd, true)
        }
        try address(source.shipping, "shipping", &scratch.innerExtra, into: &scratch.addresses)
        let both = scratch.addresses.span
        return (billingEnd, both.extracting(0..<billingEnd).equals(both.extracting(billingEnd..<both.count)))
    }

    /// Appends a counted address record.
    func address(
        _ slot: MemberTable.Slot, _ path: StaticString, _ extra: inout ByteWriter, into output: inout ByteWriter
    ) throws(Refusal) {
        guard slot.form == .nested else { throw .invalid("\(path)", "must be an object") }
        _ = try address(at: slot.range.lowerBound, path, &extra, into: &output)
    }

    /// Appends a counted record of the address whose JSON begins at `start` and returns where it ends.
    private func address(
        at start: Int, _ path: StaticString, _ extra: inout ByteWriter, into output: inout ByteWriter
    ) throws(Refusal) -> Int {
        extra.removeAll()
        var reader = JSONReader(bytes, at: start)
        var table = MemberTable()
        try table.read(&reader, AddressShape.names, path: path, extra: &extra)
        // The length is a fixed four bytes, so that it can be set when the record is there.
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        output.appendVarint(table.places | (extra.count > 0 ? 1 << UInt64(AddressShape.extra) : 0))
        try RecordPacker(bytes).texts(table, table.places, AddressShape.members, into: &output)
        if extra.count > 0 { output.appendCounted(extra.span) }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
        return reader.position
    }

    /// Appends a list: its length in bytes (four), then counted addresses.
    private func addresses(
        _ slot: MemberTable.Slot, _ scratch: inout PackingScratch, into output: inout ByteWriter
    ) throws(Refusal) {
        let lengthAt = output.count
        output.appendLittleEndian(UInt32(0))
        var reader = JSONReader(bytes, at: slot.range.lowerBound)
        var isFirst = true
        while let start = try RecordPacker.nextObject(&reader, &isFirst, "addresses") {
            reader.resume(at: try address(at: start, "addresses", &scratch.innerExtra, into: &output))
        }
        output.overwriteUInt32(UInt32(output.count - lengthAt - 4), at: lengthAt)
    }
}
