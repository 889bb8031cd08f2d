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
    package let profile: UInt32
    /// Of the source's address: national telephone numbers and VAT ids are read there.
    let country: CountryCode
    /// Whether `value` is a name as the source has it, not put together of the two others.
    let hasFullName: Bool
    // Ranges lie in the part's bytes.
    /// The value as text; a billing address as JSON.
    package let value: ByteRange
    /// First and last name beside the full name in `value`; empty where the source does not tell them apart.
    package let firstName: ByteRange
    package let lastName: ByteRange
    /// Of a billing address the packed record.
    let packed: ByteRange
    /// Where it came from: JSON members `channel`, `store` and, if an order brought it, `order`, without the brace
    /// that closes them.
    package let source: ByteRange
}

// What candidates are weighed by. Most customers say the same everywhere, so it is worked out only where they do not.
extension DisplayCandidate {
    /// Where the value of the field lies; of a candidate for names each of the three.
    func range(of field: DisplayField) -> ByteRange {
        switch field {
        case .firstName: firstName
        case .lastName: lastName
        default: value
        }
    }

    /// Verdicts are not counted yet: the shards of a customer do not know of each other.
    func worth(in bytes: Span<UInt8>) -> Worth {
        let text = bytes.extracting(value.range)
        switch field {
        case .name, .firstName, .lastName:
            return Self.worth(
                ofName: hasFullName ? text : Span(), bytes.extracting(firstName.range),
                bytes.extracting(lastName.range)) ?? .worthless
        case .billing: return Self.worth(ofAddress: PackedRecord(bytes.extracting(packed.range), AddressShape.kinds))
        default: return Self.worth(field, text, country)
        }
    }

    /// The value in one form, by which spellings are compared: of names and addresses (see `Spelling`) and VAT ids.
    func form(in bytes: Span<UInt8>, into output: inout ByteWriter) {
        let text = bytes.extracting(value.range)
        switch field {
        case .name, .firstName, .lastName:
            Spelling.name(
                first: bytes.extracting(firstName.range), last: bytes.extracting(lastName.range),
                full: hasFullName ? text : Span(), into: &output)
        case .billing:
            Spelling.address(PackedRecord(bytes.extracting(packed.range), AddressShape.kinds), into: &output)
        case .vatId: _ = VATNumber.normalise(text, country: country, into: &output)
        default: break
        }
    }

    /// Marketplaces that hide their buyers tell a city or a country; neither hides an address.
    private static func worth(ofAddress address: PackedRecord) -> Worth {
        if address.has(AddressShape.street) || address.has(AddressShape.postalCode) { return .real }
        return address.has(AddressShape.city) ? .doubtful : .worthless
    }

    /// Nil where there is no name at all.
    fileprivate static func worth(
        ofName full: Span<UInt8>, _ first: Span<UInt8>, _ last: Span<UInt8>
    ) -> Worth? {
        guard full.count > 0 || first.count > 0 || last.count > 0 else { return nil }
        let isPlaceholder =
            full.count > 0
            ? NameWords(full).isPlaceholder : NameWords(first).isPlaceholder && NameWords(last).isPlaceholder
        return isPlaceholder ? .worthless : .real
    }

    fileprivate static func worth(_ field: DisplayField, _ value: Span<UInt8>, _ country: CountryCode) -> Worth {
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

    static func isWorthless(_ field: DisplayField, _ value: Span<UInt8>, _ country: CountryCode) -> Bool {
        worth(field, value, country) == .worthless
    }
}

// MARK: - What a variant says

extension ShardState {
    /// Adds what each variant of the profile says.
    func addCandidates(of profile: UInt32, to builder: inout DossierPartBuilder) {
        let orders = firstOrders(of: profile)
        forEachVariant(of: profile) { row, variant in
            let view = VariantView(records[variant.record])
            // An import says itself what it says; orders that repeat it did not bring it.
            let order = variant.order == 0 ? nil : orders.first { $0.variant == UInt32(row) }
            let start = builder.output.count
            builder.output.source(view.party)
            if let order { builder.output.source(view.party, order: records[order.record]) }
            let writer = CandidateWriter(
                profile: profile, at: variant.seenAt, source: ByteRange(start, builder.output.count),
                country: view.country)
            builder.output.append(UInt8(ascii: "\n"))
            writer.write(view.party, view.billing, to: &builder)
        }
    }

    /// The first order of the profile that carries each variant, in any of its versions. Orders are walked from the
    /// newest to the oldest, so that the oldest stays.
    private func firstOrders(of profile: UInt32) -> [FirstOrders.Entry] {
        var first = FirstOrders()
        forEachOrder(of: profile) { _, order in
            first.note(order.variant, order.record)
            var previous = order.previous
            while previous != 0 {
                let version = versions[Int(previous - 1)]
                first.note(version.variant, order.record)
                previous = version.previous
            }
        }
        return first.entries
    }
}

/// The order that was noted last for each variant.
private struct FirstOrders {
    struct Entry {
        let variant: UInt32
        var record: ByteArena.Reference
    }

    private(set) var entries: [Entry] = []
    private var last = 0

    mutating func note(_ variant: UInt32, _ record: ByteArena.Reference) {
        // Mostly the same variant again.
        if last >= entries.count || entries[last].variant != variant {
            guard let known = entries.firstIndex(where: { $0.variant == variant }) else {
                last = entries.count
                return entries.append(Entry(variant: variant, record: record))
            }
            last = known
        }
        entries[last].record = record
    }
}

/// Writes the candidates of one variant.
private struct CandidateWriter {
    let profile: UInt32
    let at: Int64
    let source: ByteRange
    let country: CountryCode

    func write(_ party: PackedRecord, _ billing: PackedRecord, to builder: inout DossierPartBuilder) {
        writeName(party, billing, to: &builder)
        // The buyer's own word goes before what stands in an address: a log-in e-mail before one for correspondence.
        choose(.company, party[PartyShape.company], billing[AddressShape.company], to: &builder)
        choose(.email, party[PartyShape.email], billing[AddressShape.email], to: &builder)
        choose(.phone, party[PartyShape.phone], billing[AddressShape.phone], to: &builder)
        choose(.vatId, party[PartyShape.vatId], billing[AddressShape.vatId], to: &builder)
        choose(.birthDate, party[PartyShape.birthDate], Span(), to: &builder)
        choose(.language, party[PartyShape.language], Span(), to: &builder)
        guard party.has(PartyShape.billing) else { return }
        let start = builder.output.count
        builder.output.address(party[PartyShape.billing])
        let value = builder.end(start)
        add(.billing, value, packed: builder.text(party[PartyShape.billing]), to: &builder)
    }

    /// Adds the better of two values that one source gives; the first where they are worth the same.
    private func choose(
        _ field: DisplayField, _ own: Span<UInt8>, _ other: Span<UInt8>, to builder: inout DossierPartBuilder
    ) {
        guard own.count > 0 || other.count > 0 else { return }
        let value = builder.text(isBetter(field, other, than: own) ? other : own)
        add(field, value, to: &builder)
    }

    private func isBetter(_ field: DisplayField, _ other: Span<UInt8>, than own: Span<UInt8>) -> Bool {
        if own.count == 0 || other.count == 0 || own.equals(other) { return own.count == 0 }
        let worth = DisplayCandidate.worth(field, own, country)
        return worth != .real && worth < DisplayCandidate.worth(field, other, country)
    }

    private func add(
        _ field: DisplayField, _ value: ByteRange, first: ByteRange = .empty, last: ByteRange = .empty,
        hasFullName: Bool = true, packed: ByteRange = .empty, to builder: inout DossierPartBuilder
    ) {
        builder.part.candidates.append(
            DisplayCandidate(
                field: field, at: at, profile: profile, country: country, hasFullName: hasFullName, value: value,
                firstName: first, lastName: last, packed: packed, source: source))
    }

    // MARK: Names

    /// The buyer's own name, or that of the billing address where the own one says nothing.
    private func writeName(_ party: PackedRecord, _ billing: PackedRecord, to builder: inout DossierPartBuilder) {
        let hasOwn = party.has(PartyShape.name) || party.has(PartyShape.firstName) || party.has(PartyShape.lastName)
        let hasOther =
            billing.has(AddressShape.name) || billing.has(AddressShape.firstName) || billing.has(AddressShape.lastName)
        guard hasOwn || hasOther else { return }
        if isBetter(billing, hasOther, than: party, hasOwn) {
            name(
                billing[AddressShape.firstName], billing[AddressShape.lastName], billing[AddressShape.name],
                to: &builder)
        } else {
            name(party[PartyShape.firstName], party[PartyShape.lastName], party[PartyShape.name], to: &builder)
        }
    }

    private func isBetter(
        _ billing: PackedRecord, _ hasOther: Bool, than party: PackedRecord, _ hasOwn: Bool
    ) -> Bool {
        guard hasOwn, hasOther else { return hasOther }
        let own = DisplayCandidate.worth(
            ofName: party[PartyShape.name], party[PartyShape.firstName], party[PartyShape.lastName])
        guard own != .real else { return false }
        let other = DisplayCandidate.worth(
            ofName: billing[AddressShape.name], billing[AddressShape.firstName], billing[AddressShape.lastName])
        return other == .real
    }

    private func name(
        _ first: Span<UInt8>, _ last: Span<UInt8>, _ full: Span<UInt8>, to builder: inout DossierPartBuilder
    ) {
        let start = builder.output.count
        if full.count > 0 { builder.output.append(full) } else { builder.output.joined(first, last) }
        let value = builder.end(start)
        add(
            .name, value, first: builder.text(first), last: builder.text(last), hasFullName: full.count > 0,
            to: &builder)
    }
}

extension DossierPartBuilder {
    /// Ends a piece of text that began at `start`. The line feed keeps the next JSON from starting with a comma.
    fileprivate mutating func end(_ start: Int) -> ByteRange {
        let range = ByteRange(start, output.count)
        output.append(UInt8(ascii: "\n"))
        return range
    }

    fileprivate mutating func text(_ text: Span<UInt8>) -> ByteRange {
        let start = output.count
        output.append(text)
        return end(start)
    }
}

extension ByteWriter {
    /// The open beginning of a source.
    fileprivate mutating func source(_ party: PackedRecord) {
        openObject()
        key("channel")
        string(party[PartyShape.channel])
        key("store")
        string(party[PartyShape.store])
    }

    /// The order that brought it, named with its store unless that is `main`, so that the name finds it.
    fileprivate mutating func source(_ party: PackedRecord, order: Span<UInt8>) {
        key("order")
        beginString()
        appendEscaped(party[PartyShape.channel])
        if !party[PartyShape.store].equals("main") {
            append(UInt8(ascii: "/"))
            appendEscaped(party[PartyShape.store])
        }
        append(UInt8(ascii: ":"))
        appendEscaped(PackedRecord(order, OrderShape.kinds)[OrderShape.number])
        append(UInt8(ascii: "\""))
    }

    /// Two names with a blank between them.
    mutating func joined(_ first: Span<UInt8>, _ last: Span<UInt8>) {
        append(first)
        if first.count > 0, last.count > 0 { append(UInt8(ascii: " ")) }
        append(last)
    }
}
