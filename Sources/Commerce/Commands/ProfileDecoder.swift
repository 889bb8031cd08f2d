import Bytes

// CUSTOMER.PUT: a profile without an order (an import, a registration).
extension CommandDecoder {
    /// Packs a profile. Appends the party record to `output`.
    package mutating func profile(
        _ json: Span<UInt8>, _ hasher: KeyHasher, into output: inout ByteWriter
    ) throws(Refusal) -> PreparedProfile {
        try keeping(&output) { scratch, output throws(Refusal) in
            var reader = JSONReader(json)
            scratch.extra.removeAll()
            var members = MemberTable()
            try members.read(&reader, PartyShape.names, path: "profile", extra: &scratch.extra)
            try Self.expectEnd(&reader)
            let packer = RecordPacker(json)
            try Self.source(
                packer, channel: members[PartyShape.channel], store: members[PartyShape.store], &scratch)
            guard members.has(PartyShape.ref) else {
                throw .invalid("ref", "is required: the channel's own number of the customer")
            }
            var profile = PreparedProfile()
            if members.has(PartyShape.updatedAt) {
                profile.updatedAt = try packer.moment(members[PartyShape.updatedAt], "updatedAt").milliseconds
            }
            let source = PartySource(
                person: members, billing: members[PartyShape.billing], shipping: members[PartyShape.shipping])
            profile.party = try PartyPacker(json, hasher).pack(
                source, orderHash: 0, scratch: &scratch, into: &output)
            return profile
        }
    }
}
