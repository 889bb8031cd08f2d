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
            try scratch.person.read(&reader, PartyShape.names, path: "profile", extra: &scratch.extra)
            try Self.expectEnd(&reader)
            let packer = RecordPacker(json)
            try Self.source(
                packer, channel: scratch.person[PartyShape.channel], store: scratch.person[PartyShape.store], &scratch)
            guard scratch.person.has(PartyShape.ref) else {
                throw .invalid("ref", "is required: the channel's own number of the customer")
            }
            var profile = PreparedProfile()
            if scratch.person.has(PartyShape.updatedAt) {
                profile.updatedAt = try packer.moment(scratch.person[PartyShape.updatedAt], "updatedAt").milliseconds
            }
            profile.party = try PartyPacker(json, hasher).pack(
                billing: scratch.person[PartyShape.billing], shipping: scratch.person[PartyShape.shipping],
                orderHash: 0, scratch: &scratch, into: &output)
            return profile
        }
    }
}
