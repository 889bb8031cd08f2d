import Bytes

// E-mail, telephone and VAT number: the first of each that is worth something.
extension FeatureExtractor {
    mutating func contacts(
        _ party: PackedRecord, _ billing: PackedRecord, _ country: CountryCode, _ features: inout PartyFeatures
    ) {
        email(party[PartyShape.email], party, &features)
        email(billing[AddressShape.email], party, &features)
        phone(party[PartyShape.phone], country, &features)
        phone(billing[AddressShape.phone], country, &features)
        vat(party[PartyShape.vatId], country, &features)
        vat(billing[AddressShape.vatId], country, &features)
    }

    /// What the buyer's own shipping address adds.
    mutating func shippingContacts(
        _ shipping: PackedRecord, _ party: PackedRecord, _ country: CountryCode, _ features: inout PartyFeatures
    ) {
        email(shipping[AddressShape.email], party, &features)
        phone(shipping[AddressShape.phone], country, &features)
        vat(shipping[AddressShape.vatId], country, &features)
    }

    private mutating func email(_ raw: Span<UInt8>, _ party: PackedRecord, _ features: inout PartyFeatures) {
        // A relay gives way to a real address.
        guard raw.count > 0, features.emailKind != .real else { return }
        scratch.removeAll()
        let kind = EmailAddress.normalise(raw, into: &scratch)
        if kind == .invalid, features.emailKind == .none, raw.count <= 64 { return unusableEmail(raw, &features) }
        guard kind == .real || (kind == .relay && features.emailKind != .relay) else { return }
        if kind == .relay {
            scratch.append(UInt8(ascii: " "))
            scratch.append(party[PartyShape.channel])
            scratch.append(UInt8(ascii: "/"))
            scratch.append(party[PartyShape.store])
            features.emailLocal = ShortText()
            features.emailKind = .relay
            features.emailHash = FeatureHash.short(scratch.span, salt: 4)
            return
        }
        let address = scratch.span
        let at = ASCII.lastIndex(of: UInt8(ascii: "@"), in: address) ?? address.count
        features.emailKind = .real
        features.emailHash = FeatureHash.short(address, salt: 4)
        features.emailLocal = ShortText(address.extracting(0..<at))
        let domain = FeatureHash.short(address.extracting(at..<address.count), salt: 5)
        features.emailDomain = UInt16(truncatingIfNeeded: domain >> 8) | 1
    }

    private func unusableEmail(_ raw: Span<UInt8>, _ features: inout PartyFeatures) {
        guard let at = ASCII.firstIndex(of: UInt8(ascii: "@"), in: raw), at >= 4 else { return }
        var local = FoldedText()
        for index in 0..<at { local.append(ASCII.lowercased(raw[index])) }
        features.emailKind = .unusable
        features.emailHash = FeatureHash.short(raw, salt: 7)
        features.emailLocal = ShortText(local.span)
    }

    private mutating func phone(_ raw: Span<UInt8>, _ country: CountryCode, _ features: inout PartyFeatures) {
        guard raw.count > 0, !features.phone.isValid else { return }
        scratch.removeAll()
        switch PhoneNumber.normalise(raw, country: country, into: &scratch) {
        case .valid: features.phone = PhoneFeature(digits: Self.digits(scratch.span), isValid: true)
        case .invalid where features.phone.isEmpty && raw.count <= 40:
            let digits = Self.digits(raw)
            // Fewer than six digits are an extension or a slip.
            if digits >> 20 != 0 { features.phone = PhoneFeature(digits: digits, isValid: false) }
        default: break
        }
    }

    /// The last 15 digits, four bits each.
    private static func digits(_ text: Span<UInt8>) -> UInt64 {
        var digits: UInt64 = 0
        for index in 0..<text.count where ASCII.isDigit(text[index]) {
            digits = (digits << 4 | UInt64(text[index] - 0x30)) & 0x0FFF_FFFF_FFFF_FFFF
        }
        return digits
    }

    private mutating func vat(_ raw: Span<UInt8>, _ country: CountryCode, _ features: inout PartyFeatures) {
        guard raw.count > 0, features.vatHash == 0 else { return }
        scratch.removeAll()
        if VATNumber.normalise(raw, country: country, into: &scratch) == .valid {
            features.vatHash = FeatureHash.short(scratch.span, salt: 6)
        }
    }
}
