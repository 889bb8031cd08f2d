import Bytes

// The buyer's addresses: billing, shipping where it names the buyer or nobody, then the others; the first two that
// differ are kept.
extension FeatureExtractor {
    mutating func addresses(
        _ party: PackedRecord, _ billing: PackedRecord, _ shipping: PackedRecord, _ isShippingToBuyer: Bool,
        _ features: inout PartyFeatures
    ) {
        if party.has(PartyShape.billing) { features.firstAddress = address(billing) }
        if isShippingToBuyer { Self.keep(address(shipping), &features) }
        guard party.has(PartyShape.addresses), features.secondAddress.isEmpty else { return }
        var reader = ByteReader(party[PartyShape.addresses])
        while features.secondAddress.isEmpty, let range = reader.nextRecord() {
            let other = PackedRecord(reader.bytes.extracting(range), AddressShape.kinds)
            if namesBuyer(other, features) { Self.keep(address(other), &features) }
        }
    }

    private static func keep(_ address: AddressFeatures, _ features: inout PartyFeatures) {
        guard !address.isEmpty, address != features.firstAddress else { return }
        if features.firstAddress.isEmpty {
            features.firstAddress = address
        } else if features.secondAddress.isEmpty {
            features.secondAddress = address
        }
    }

    /// Whether an address names the buyer (family name and initial), or nobody at all.
    mutating func namesBuyer(_ address: PackedRecord, _ features: PartyFeatures) -> Bool {
        let (first, last) = (address[AddressShape.firstName], address[AddressShape.lastName])
        let full = address[AddressShape.name]
        guard first.count > 0 || last.count > 0 || full.count > 0 else { return true }
        var named = PartyFeatures()
        names(first: first, last: last, full: full, &named)
        guard named.hasName else { return true }
        return named.lastName == features.lastName && named.firstLow & 0xFF == features.firstLow & 0xFF
    }

    private mutating func address(_ record: PackedRecord) -> AddressFeatures {
        var features = AddressFeatures()
        let country = CountryCode(record[AddressShape.country]) ?? .unknown
        features.country = country.rawValue
        scratch.removeAll()
        if PostalCode.append(record[AddressShape.postalCode], country: country, to: &scratch) {
            features.postalCode = ShortText(scratch.span).low
        }
        features.city = folded(record[AddressShape.city]).low
        features.state = UInt16(truncatingIfNeeded: folded(record[AddressShape.state]).low)
        let street = record[AddressShape.street]
        let (number, addition) = (record[AddressShape.houseNumber], record[AddressShape.addition])
        guard street.count <= StreetSplitter.longestLine, number.count <= 64, addition.count <= 64 else {
            return features
        }
        var door = DoorNumber()
        let line = door.read(street: street, houseNumber: number, addition: addition, country: country)
        read(door, &features)
        var key = StreetKey(street.extracting(line))
        key.shortenSuffix()
        features.street = ShortText(key.text.span)
        if features.addition == 0 { features.addition = secondLine(record[AddressShape.extra]).low }
        return features
    }

    private func read(_ door: borrowing DoorNumber, _ features: inout AddressFeatures) {
        let text = door.text.span
        var index = 0
        while index < text.count, ASCII.isDigit(text[index]) {
            features.houseNumber = features.houseNumber << 4 | UInt32(text[index] - 0x30)
            index += 1
        }
        features.addition = ShortText(text.extracting(index..<text.count)).low
    }

    private mutating func folded(_ text: Span<UInt8>) -> ShortText {
        guard text.count > 0, text.count <= 100 else { return ShortText() }
        scratch.removeAll()
        Folding.fold(text, into: &scratch)
        return ShortText(scratch.span)
    }

    /// The first of `extraLines`, which stands in the extra members as JSON: a building, an estate, a care-of.
    private mutating func secondLine(_ extra: Span<UInt8>) -> ShortText {
        let name: StaticString = "\"extraLines\":[\""
        let length = name.utf8CodeUnitCount
        guard extra.count > length else { return ShortText() }
        for start in 0..<(extra.count - length) where extra[start] == UInt8(ascii: "\"") {
            guard extra.extracting(start..<(start + length)).equals(name) else { continue }
            var end = start + length
            while end < extra.count, extra[end] != UInt8(ascii: "\"") { end += 1 }
            return folded(extra.extracting((start + length)..<end))
        }
        return ShortText()
    }
}

extension ByteReader {
    /// The next element of a packed list, which carries its length in four bytes; nil at the end.
    @_lifetime(self: copy self)
    fileprivate mutating func nextRecord() -> Range<Int>? {
        do throws(ByteReaderError) {
            if isAtEnd { return nil }
            return try range(count: Int(try littleEndian(UInt32.self)))
        } catch {
            preconditionFailure("a packed list does not read: \(error)")
        }
    }
}
