import Bytes

// The value behind an identity key, for people: the indexes hold hashes only, so it is looked up in the
// records of the profile that brought it.
extension ShardState {
    /// The value of a key as the profile gave it; nil if no variant has it. Matching knows the key by a hash of its own.
    func value(of profile: UInt32, _ kind: IdentityKeyKind, _ hash: UInt64, shop: UInt16, hasher: KeyHasher) -> String?
    {
        var value: String?
        forEachVariant(of: profile) { _, variant in
            guard value == nil else { return }
            let bytes = records[variant.record]
            var found: IdentityKey?
            PartyRecord.forEachKey(of: bytes) { key in
                guard key.kind == kind else { return }
                if key.hash == hash || MatchIndex.scoped(key.hash, ValueKind(kind), shop: shop) == hash { found = key }
            }
            if let found { value = PartyRecord(bytes).members.value(of: found, hasher: hasher) }
        }
        return value
    }
}

extension PackedRecord {
    /// The text of a party's member that normalises to this key.
    fileprivate func value(of key: IdentityKey, hasher: KeyHasher) -> String? {
        let billing = PackedRecord(self[PartyShape.billing], AddressShape.members)
        let shipping = PackedRecord(self[PartyShape.shipping], AddressShape.members)
        let country = CountryCode(billing[AddressShape.country]) ?? CountryCode(shipping[AddressShape.country])
        switch key.kind {
        case .email, .relayEmail:
            return [text(PartyShape.email), billing.text(AddressShape.email), shipping.text(AddressShape.email)].first {
                emailKey($0, hasher) == key
            }
        case .phone:
            return [text(PartyShape.phone), billing.text(AddressShape.phone), shipping.text(AddressShape.phone)].first {
                phoneKey($0, country ?? .unknown, hasher) == key
            }
        case .vat: return [text(PartyShape.vatId), billing.text(AddressShape.vatId)].first { !$0.isEmpty }
        case .channelReference: return text(PartyShape.ref)
        case .address, .place: return billing.addressText.isEmpty ? shipping.addressText : billing.addressText
        case .order, .relayLookup: return nil
        }
    }

    private func emailKey(_ text: String, _ hasher: KeyHasher) -> IdentityKey? {
        let bytes = [UInt8](text.utf8)
        var normalised = ByteWriter()
        switch EmailAddress.normalise(bytes.span, into: &normalised) {
        case .real: return hasher.key(.email, normalised.span)
        case .relay:
            return hasher.key(
                .relayEmail, normalised.span, channel: self[PartyShape.channel], store: self[PartyShape.store])
        case .constant, .placeholder, .invalid: return nil
        }
    }

    private func phoneKey(_ text: String, _ country: CountryCode, _ hasher: KeyHasher) -> IdentityKey? {
        let bytes = [UInt8](text.utf8)
        var normalised = ByteWriter()
        guard PhoneNumber.normalise(bytes.span, country: country, into: &normalised) == .valid else { return nil }
        return hasher.key(.phone, normalised.span)
    }

    /// An address on one line.
    private var addressText: String {
        let street = [AddressShape.street, AddressShape.houseNumber, AddressShape.addition].map { text($0) }
        let city = [AddressShape.postalCode, AddressShape.city, AddressShape.country].map { text($0) }
        return (street + city).filter { !$0.isEmpty }.joined(separator: " ")
    }
}
