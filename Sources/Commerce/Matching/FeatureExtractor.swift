import Bytes

/// Turns packed party records into features. Owns the buffers that the normalisers write to: one per lane; no
/// allocation once they have grown.
package struct FeatureExtractor: ~Copyable, Sendable {
    var scratch = ByteWriter(capacity: 512)

    package init() {}

    /// - Parameter party: a packed party record, identity keys included.
    package mutating func features(of party: Span<UInt8>) -> PartyFeatures {
        let members = PartyRecord(party).members
        let billing = PackedRecord(members[PartyShape.billing], AddressShape.kinds)
        let shipping = PackedRecord(members[PartyShape.shipping], AddressShape.kinds)
        let country =
            CountryCode(billing[AddressShape.country]) ?? CountryCode(shipping[AddressShape.country]) ?? .unknown
        var features = PartyFeatures()
        names(members, billing, &features)
        company(members, billing, &features)
        features.birthDate = BirthDate(members[PartyShape.birthDate])
        contacts(members, billing, country, &features)
        let isShippingToBuyer = members.has(PartyShape.shipping) && namesBuyer(shipping, features)
        if isShippingToBuyer {
            shippingContacts(
                shipping, members, CountryCode(shipping[AddressShape.country]) ?? country, &features)
        }
        addresses(members, billing, shipping, isShippingToBuyer, &features)
        features.nameSignature = Self.signature(features)
        return features
    }

    private static func signature(_ features: PartyFeatures) -> UInt32 {
        if !features.lastName.isEmpty {
            let sound = UInt64(features.lastNameSound) << 8 | (features.firstLow & 0xFF)
            return FeatureHash.short(sound, salt: 1)
        }
        if features.companyHash != 0 { return features.companyHash }
        return features.firstLow == 0 ? 0 : FeatureHash.short(UInt64(features.firstNameSound), salt: 2)
    }

    private mutating func company(_ party: PackedRecord, _ billing: PackedRecord, _ features: inout PartyFeatures) {
        let own = party[PartyShape.company]
        let text = own.count > 0 ? own : billing[AddressShape.company]
        guard text.count > 0 else { return }
        scratch.removeAll()
        guard CompanyName.fold(text, into: &scratch) else { return }
        features.company = ShortText(scratch.span)
        features.companyHash = FeatureHash.short(scratch.span, salt: 3)
    }
}

/// Hashes without a seed: features are the same on every machine.
enum FeatureHash {
    private static let hash = Hash64(seed: 0)

    /// Never 0, which means absent.
    static func short(_ bytes: Span<UInt8>, salt: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.hash(bytes, salt: salt) >> 32) | 1
    }

    static func short(_ value: UInt64, salt: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.combine(value, salt) >> 32) | 1
    }

    @inline(__always) static func combine(_ left: UInt64, _ right: UInt64) -> UInt64 { hash.combine(left, right) }
}
