import Bytes

// Which identity keys a party brings.
//
// The buyer is who stands in `customer`, or else in the billing address. The shipping address tells something about
// the buyer only where it names the same person (family name and first initial): a gift goes to somebody else.
extension PartyPacker {
    func collectKeys(_ party: PackedRecord, _ scratch: inout PackingScratch) {
        let billing = PackedRecord(party[PartyShape.billing], AddressShape.kinds)
        let billingCountry = CountryCode(billing[AddressShape.country])
        let country = billingCountry ?? shippingCountry(party)

        if party.has(PartyShape.ref) {
            let key = hasher.key(
                .channelReference, party[PartyShape.ref], channel: party[PartyShape.channel],
                store: party[PartyShape.store])
            scratch.keys.insert(key)
        }
        email(party[PartyShape.email], party, &scratch)
        email(billing[AddressShape.email], party, &scratch)
        phone(party[PartyShape.phone], country, &scratch)
        phone(billing[AddressShape.phone], country, &scratch)
        vat(party[PartyShape.vatId], country, &scratch)
        vat(billing[AddressShape.vatId], country, &scratch)

        guard buyerKey(party, billing, &scratch) else { return }
        let namesBuyer = names(billing, theBuyerOf: party, &scratch)
        address(billing, in: billingCountry, isBuyer: namesBuyer, &scratch)
        if party.has(PartyShape.shipping) { shippingKeys(party, &scratch) }
        party.forEachElement(PartyShape.addresses) { bytes in
            let other = PackedRecord(bytes, AddressShape.kinds)
            guard isBuyer(other, party, &scratch) else { return }
            address(other, in: CountryCode(other[AddressShape.country]), isBuyer: true, &scratch)
        }
    }

    private func shippingKeys(_ party: PackedRecord, _ scratch: inout PackingScratch) {
        let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
        guard isBuyer(shipping, party, &scratch) else { return }
        email(shipping[AddressShape.email], party, &scratch)
        let country = CountryCode(shipping[AddressShape.country])
        phone(shipping[AddressShape.phone], country ?? .unknown, &scratch)
        address(shipping, in: country, isBuyer: true, &scratch)
    }

    /// The country that a number without one is read with, where the billing address has none.
    private func shippingCountry(_ party: PackedRecord) -> CountryCode {
        guard party.has(PartyShape.shipping) else { return .unknown }
        let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
        return CountryCode(shipping[AddressShape.country]) ?? .unknown
    }

    // MARK: Single values

    private func email(_ raw: Span<UInt8>, _ party: PackedRecord, _ scratch: inout PackingScratch) {
        guard raw.count > 0 else { return }
        scratch.normalised.removeAll()
        switch EmailAddress.normalise(raw, into: &scratch.normalised) {
        case .real: scratch.keys.insert(hasher.key(.email, scratch.normalised.span))
        case .relay:
            scratch.keys.insert(
                hasher.key(
                    .relayEmail, scratch.normalised.span, channel: party[PartyShape.channel],
                    store: party[PartyShape.store]))
            scratch.keys.insert(hasher.key(.relayLookup, scratch.normalised.span))
        case .constant, .placeholder, .invalid: break
        }
    }

    private func phone(_ raw: Span<UInt8>, _ country: CountryCode, _ scratch: inout PackingScratch) {
        guard raw.count > 0 else { return }
        scratch.normalised.removeAll()
        if PhoneNumber.normalise(raw, country: country, into: &scratch.normalised) == .valid {
            scratch.keys.insert(hasher.key(.phone, scratch.normalised.span))
        }
    }

    private func vat(_ raw: Span<UInt8>, _ country: CountryCode, _ scratch: inout PackingScratch) {
        guard raw.count > 0 else { return }
        scratch.normalised.removeAll()
        if VATNumber.normalise(raw, country: country, into: &scratch.normalised) == .valid {
            scratch.keys.insert(hasher.key(.vat, scratch.normalised.span))
        }
    }

    // MARK: Address with name

    /// Puts the buyer's family name and initial into `scratch.familyKey`; false when there is no usable name.
    private func buyerKey(_ party: PackedRecord, _ billing: PackedRecord, _ scratch: inout PackingScratch) -> Bool {
        scratch.familyKey.removeAll()
        scratch.hasPlainName = PersonName.appendPlainKey(
            first: party[PartyShape.firstName], last: party[PartyShape.lastName], into: &scratch.familyKey)
        if scratch.hasPlainName { return true }
        if PersonName.appendFamilyKey(
            first: party[PartyShape.firstName], last: party[PartyShape.lastName], full: party[PartyShape.name],
            into: &scratch.familyKey)
        {
            return true
        }
        return billing.appendFamilyKey(into: &scratch.familyKey)
    }

    /// Whether an address names the buyer, or nobody at all.
    private func isBuyer(_ address: PackedRecord, _ party: PackedRecord, _ scratch: inout PackingScratch) -> Bool {
        if names(address, theBuyerOf: party, &scratch) { return true }
        scratch.normalised.removeAll()
        guard address.appendFamilyKey(into: &scratch.normalised) else { return !address.hasName }
        return scratch.normalised.span.equals(scratch.familyKey.span)
    }

    /// Whether an address has the buyer's name, byte for byte, where that is plain words, so that it has the buyer's key.
    private func names(
        _ address: PackedRecord, theBuyerOf party: PackedRecord, _ scratch: inout PackingScratch
    ) -> Bool {
        guard scratch.hasPlainName else { return false }
        let (first, last) = (party[PartyShape.firstName], party[PartyShape.lastName])
        if address.has(AddressShape.firstName) || address.has(AddressShape.lastName) {
            return address[AddressShape.firstName].equals(first) && address[AddressShape.lastName].equals(last)
        }
        let name = address[AddressShape.name]
        return name.count == first.count + 1 + last.count && name[first.count] == UInt8(ascii: " ")
            && name.extracting(0..<first.count).equals(first)
            && name.extracting((first.count + 1)..<name.count).equals(last)
    }

    /// - Parameter isBuyer: the address is known to name the buyer, or nobody.
    private func address(
        _ address: PackedRecord, in country: CountryCode?, isBuyer: Bool, _ scratch: inout PackingScratch
    ) {
        scratch.normalised.removeAll()
        guard
            PostalAddress.appendKey(
                street: address[AddressShape.street], houseNumber: address[AddressShape.houseNumber],
                addition: address[AddressShape.addition], postalCode: address[AddressShape.postalCode],
                city: address[AddressShape.city], country: country ?? .unknown,
                into: &scratch.normalised)
        else { return }
        scratch.keys.insert(hasher.key(.place, scratch.normalised.span))
        scratch.normalised.append(UInt8(ascii: "|"))
        if isBuyer || !address.appendFamilyKey(into: &scratch.normalised) {
            scratch.normalised.append(contentsOf: scratch.familyKey)
        }
        scratch.keys.insert(hasher.key(.address, scratch.normalised.span))
    }
}

extension PackedRecord {
    fileprivate var hasName: Bool {
        has(AddressShape.name) || has(AddressShape.firstName) || has(AddressShape.lastName)
    }

    fileprivate func appendFamilyKey(into output: inout ByteWriter) -> Bool {
        PersonName.appendFamilyKey(
            first: self[AddressShape.firstName], last: self[AddressShape.lastName], full: self[AddressShape.name],
            into: &output)
    }
}
