import Bytes

/// A value that may show on the customer: what one variant says of one field.
package struct DisplayCandidate: Sendable {
    /// What a value is worth before anybody asks how old it is; better ones are greater.
    package enum Worth: UInt8, Comparable, Sendable {
        /// Malformed, filled in to get past a form, or refused by an outside authority.
        case worthless
        /// A marketplace's forwarding address, a VAT id of a kind that cannot be checked.
        case doubtful
        case real
        /// An outside authority said so.
        case verified

        package static func < (left: Worth, right: Worth) -> Bool { left.rawValue < right.rawValue }
    }

    /// `.name` stands for all three name fields, which come from one source together.
    package let field: DisplayField
    /// The newest moment at which the channel said so, in milliseconds.
    package let at: Int64
    /// Verdicts are not counted yet: the shards of a customer do not know of each other.
    package let worth: Worth
    package let profile: UInt32
    // Ranges lie in the part's bytes.
    /// The value as text; a billing address as JSON.
    package let value: ByteRange
    /// First and last name beside the full name in `value`; empty where the source does not tell them apart.
    package let firstName: ByteRange
    package let lastName: ByteRange
    /// The value in one form, by which spellings are compared: of names and addresses (see `Spelling`) and VAT ids.
    package let form: ByteRange
    /// Where it came from: JSON members `channel`, `store` and, if an order brought it, `order`, without the brace
    /// that closes them.
    package let source: ByteRange
}

// MARK: - What a variant says

extension ShardState {
    /// Adds what each variant of the profile says.
    func addCandidates(of profile: UInt32, to builder: inout DossierPartBuilder) {
        let orders = firstOrders(of: profile)
        forEachVariant(of: profile) { row, variant in
            let bytes = records[variant.record]
            let party = PartyRecord(bytes).members
            // An import says itself what it says; orders that repeat it did not bring it.
            let order = variant.order == 0 ? nil : orders[UInt32(row)]
            let start = builder.output.count
            builder.output.source(party, order: order.map { records[$0].array })
            let writer = CandidateWriter(
                profile: profile, at: variant.seenAt, source: ByteRange(start, builder.output.count))
            builder.output.append(UInt8(ascii: "\n"))
            writer.write(party, to: &builder)
        }
    }

    /// The first order of the profile that carries each variant, in any of its versions. Orders are walked from the
    /// newest to the oldest, so that the oldest stays.
    private func firstOrders(of profile: UInt32) -> [UInt32: ByteArena.Reference] {
        var first: [UInt32: ByteArena.Reference] = [:]
        forEachOrder(of: profile) { _, order in
            first[order.variant] = order.record
            var previous = order.previous
            while previous != 0 {
                let version = versions[Int(previous - 1)]
                first[version.variant] = order.record
                previous = version.previous
            }
        }
        return first
    }
}

/// Writes the candidates of one variant.
private struct CandidateWriter {
    let profile: UInt32
    let at: Int64
    let source: ByteRange

    func write(_ party: PackedRecord, to builder: inout DossierPartBuilder) {
        let billing = PackedRecord(party[PartyShape.billing], AddressShape.kinds)
        let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
        let country =
            CountryCode(billing[AddressShape.country]) ?? CountryCode(shipping[AddressShape.country]) ?? .unknown
        writeName(party, billing, to: &builder)
        // The buyer's own word goes before what stands in an address: a log-in e-mail before one for correspondence.
        choose(.company, party[PartyShape.company], billing[AddressShape.company], country, to: &builder)
        choose(.email, party[PartyShape.email], billing[AddressShape.email], country, to: &builder)
        choose(.phone, party[PartyShape.phone], billing[AddressShape.phone], country, to: &builder)
        choose(.vatId, party[PartyShape.vatId], billing[AddressShape.vatId], country, to: &builder)
        choose(.birthDate, party[PartyShape.birthDate], Span(), country, to: &builder)
        choose(.language, party[PartyShape.language], Span(), country, to: &builder)
        guard party.has(PartyShape.billing) else { return }
        let start = builder.output.count
        builder.output.address(party[PartyShape.billing])
        let value = builder.end(start)
        let form = builder.form { Spelling.address(billing, into: &$0) }
        add(.billing, Self.worth(ofAddress: billing), value, form: form, to: &builder)
    }

    /// Adds the better of two values that one source gives; the first where they are worth the same.
    private func choose(
        _ field: DisplayField, _ own: Span<UInt8>, _ other: Span<UInt8>, _ country: CountryCode,
        to builder: inout DossierPartBuilder
    ) {
        let ownWorth = own.count > 0 ? Self.worth(field, own, country) : nil
        let otherWorth = other.count > 0 ? Self.worth(field, other, country) : nil
        if let otherWorth, ownWorth.map({ $0 < otherWorth }) ?? true {
            text(field, other, otherWorth, country, to: &builder)
        } else if let ownWorth {
            text(field, own, ownWorth, country, to: &builder)
        }
    }

    private func text(
        _ field: DisplayField, _ text: Span<UInt8>, _ worth: DisplayCandidate.Worth, _ country: CountryCode,
        to builder: inout DossierPartBuilder
    ) {
        let start = builder.output.count
        builder.output.append(text)
        let value = builder.end(start)
        guard field == .vatId else { return add(field, worth, value, form: .empty, to: &builder) }
        let form = builder.form { _ = VATNumber.normalise(text, country: country, into: &$0) }
        add(field, worth, value, form: form, to: &builder)
    }

    private func add(
        _ field: DisplayField, _ worth: DisplayCandidate.Worth, _ value: ByteRange, first: ByteRange = .empty,
        last: ByteRange = .empty, form: ByteRange, to builder: inout DossierPartBuilder
    ) {
        builder.part.candidates.append(
            DisplayCandidate(
                field: field, at: at, worth: worth, profile: profile, value: value, firstName: first, lastName: last,
                form: form, source: source))
    }

    // MARK: Names

    /// The buyer's own name, or that of the billing address where the own one says nothing.
    private func writeName(_ party: PackedRecord, _ billing: PackedRecord, to builder: inout DossierPartBuilder) {
        let own = Self.worth(
            ofName: party[PartyShape.name], party[PartyShape.firstName], party[PartyShape.lastName])
        let other = Self.worth(
            ofName: billing[AddressShape.name], billing[AddressShape.firstName], billing[AddressShape.lastName])
        if let other, own.map({ $0 < other }) ?? true {
            name(
                billing[AddressShape.firstName], billing[AddressShape.lastName], billing[AddressShape.name], other,
                to: &builder)
        } else if let own {
            name(party[PartyShape.firstName], party[PartyShape.lastName], party[PartyShape.name], own, to: &builder)
        }
    }

    private func name(
        _ first: Span<UInt8>, _ last: Span<UInt8>, _ full: Span<UInt8>, _ worth: DisplayCandidate.Worth,
        to builder: inout DossierPartBuilder
    ) {
        let start = builder.output.count
        if full.count > 0 { builder.output.append(full) } else { builder.output.joined(first, last) }
        let value = builder.end(start)
        let firstStart = builder.output.count
        builder.output.append(first)
        let firstName = builder.end(firstStart)
        let lastStart = builder.output.count
        builder.output.append(last)
        let lastName = builder.end(lastStart)
        let form = builder.form { Spelling.name(first: first, last: last, full: full, into: &$0) }
        add(.name, worth, value, first: firstName, last: lastName, form: form, to: &builder)
    }

    // MARK: Worth

    /// Marketplaces that hide their buyers tell a city or a country; neither hides an address.
    private static func worth(ofAddress address: PackedRecord) -> DisplayCandidate.Worth {
        if address.has(AddressShape.street) || address.has(AddressShape.postalCode) { return .real }
        return address.has(AddressShape.city) ? .doubtful : .worthless
    }

    /// Nil where there is no name at all.
    private static func worth(
        ofName full: Span<UInt8>, _ first: Span<UInt8>, _ last: Span<UInt8>
    ) -> DisplayCandidate.Worth? {
        guard full.count > 0 || first.count > 0 || last.count > 0 else { return nil }
        let isPlaceholder =
            full.count > 0
            ? NameWords(full).isPlaceholder : NameWords(first).isPlaceholder && NameWords(last).isPlaceholder
        return isPlaceholder ? .worthless : .real
    }

    static func worth(
        _ field: DisplayField, _ value: Span<UInt8>, _ country: CountryCode
    ) -> DisplayCandidate.Worth {
        var normalised = ByteWriter(capacity: 64)
        switch field {
        case .email:
            return switch EmailAddress.normalise(value, into: &normalised) {
            case .real: .real
            case .relay: .doubtful
            case .constant, .placeholder, .invalid: .worthless
            }
        case .phone:
            return PhoneNumber.normalise(value, country: country, into: &normalised) == .valid ? .real : .worthless
        case .vatId:
            return switch VATNumber.normalise(value, country: country, into: &normalised) {
            case .valid: .real
            case .unsupported: .doubtful
            case .invalid, .placeholder: .worthless
            }
        case .company: return EmailJunk.isPlaceholder(word: value) ? .worthless : .real
        case .name, .firstName, .lastName, .birthDate, .language, .billing: return .real
        }
    }
}

extension ByteWriter {
    /// Names the contact data of a variant that are wrong or stand for nobody, so that they tie it to no one: kept as they
    /// came, and marked.
    mutating func unusable(_ party: PackedRecord) {
        let billing = PackedRecord(party[PartyShape.billing], AddressShape.kinds)
        let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
        let country =
            CountryCode(billing[AddressShape.country]) ?? CountryCode(shipping[AddressShape.country]) ?? .unknown
        var names: [StaticString] = []
        func check(_ field: DisplayField, _ own: Int, _ ownName: StaticString, _ other: Int, _ otherName: StaticString)
        {
            if party.has(own), CandidateWriter.worth(field, party[own], country) == .worthless { names.append(ownName) }
            if billing.has(other), CandidateWriter.worth(field, billing[other], country) == .worthless {
                names.append(otherName)
            }
        }
        check(.email, PartyShape.email, "email", AddressShape.email, "billing.email")
        check(.phone, PartyShape.phone, "phone", AddressShape.phone, "billing.phone")
        check(.vatId, PartyShape.vatId, "vatId", AddressShape.vatId, "billing.vatId")
        guard !names.isEmpty else { return }
        key("unusable")
        openArray()
        for name in names { string("\(name)" as String) }
        closeArray()
    }
}

extension DossierPartBuilder {
    /// Ends a piece of text that began at `start`. The line feed keeps the next JSON from starting with a comma.
    fileprivate mutating func end(_ start: Int) -> ByteRange {
        let range = ByteRange(start, output.count)
        output.append(UInt8(ascii: "\n"))
        return range
    }

    fileprivate mutating func form(_ body: (inout ByteWriter) -> Void) -> ByteRange {
        let start = output.count
        body(&output)
        return end(start)
    }
}

extension ByteWriter {
    /// The open beginning of a source. An order is named with its store unless that is `main`, so that the name finds it.
    fileprivate mutating func source(_ party: PackedRecord, order: [UInt8]?) {
        openObject()
        key("channel")
        string(party[PartyShape.channel])
        key("store")
        string(party[PartyShape.store])
        guard let order else { return }
        let number = PackedRecord(order.span, OrderShape.members)
        var name = ByteWriter(capacity: 64)
        name.append(party[PartyShape.channel])
        if !party[PartyShape.store].equals("main") {
            name.append(UInt8(ascii: "/"))
            name.append(party[PartyShape.store])
        }
        name.append(UInt8(ascii: ":"))
        name.append(number[OrderShape.number])
        key("order")
        string(contentsOf: name)
    }

    /// Two names with a blank between them.
    mutating func joined(_ first: Span<UInt8>, _ last: Span<UInt8>) {
        append(first)
        if first.count > 0, last.count > 0 { append(UInt8(ascii: " ")) }
        append(last)
    }
}
