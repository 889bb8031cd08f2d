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
    /// What it is worth, where that was asked already; verdicts are not counted.
    let judged: Worth?
    /// Where it came from: JSON members `channel`, `store` and, if an order brought it, `order`, without the brace
    /// that closes them.
    package internal(set) var source = ByteRange.empty
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
        if let judged { return judged }
        let text = bytes.extracting(value.range)
        switch field {
        case .name, .firstName, .lastName:
            return Self.worth(
                ofName: hasFullName ? text : Span(), bytes.extracting(firstName.range),
                bytes.extracting(lastName.range))
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

    private static func worth(ofName full: Span<UInt8>, _ first: Span<UInt8>, _ last: Span<UInt8>) -> Worth {
        if full.count > 0 { return worth(.name, full, .unknown) }
        let isNamed = first.count > 0 || last.count > 0
        return isNamed ? max(worth(.name, first, .unknown), worth(.name, last, .unknown)) : .worthless
    }

    /// What a text is worth by itself; of a name, whether its words stand for nobody.
    static func worth(_ field: DisplayField, _ value: Span<UInt8>, _ country: CountryCode) -> Worth {
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
        case .name: return NameWords(value).isPlaceholder ? .worthless : .real
        case .firstName, .lastName, .birthDate, .language, .billing: return .real
        }
    }
}

// MARK: - What a variant says

extension DossierPartBuilder {
    /// Adds what a variant says of single fields; `addSources` tells later where it came from.
    /// - Parameter isJudged: whether to keep what values are worth. Lists ask for that only where it matters.
    mutating func addCandidates(
        _ view: VariantView, _ frame: VariantFrame, of profile: UInt32, at: Int64, isJudged: Bool
    ) {
        let writer = CandidateWriter(profile: profile, at: at, country: view.country, isJudged: isJudged)
        writer.addName(view, to: &self)
        // The buyer's own word goes before what stands in an address: a log-in e-mail before one for correspondence.
        writer.choose(.company, view.own(PartyShape.company), view.other(AddressShape.company), to: &self)
        writer.choose(.email, view.own(PartyShape.email), view.other(AddressShape.email), to: &self)
        writer.choose(.phone, view.own(PartyShape.phone), view.other(AddressShape.phone), to: &self)
        writer.choose(.vatId, view.own(PartyShape.vatId), view.other(AddressShape.vatId), to: &self)
        writer.choose(.birthDate, view.own(PartyShape.birthDate), .empty, to: &self)
        writer.choose(.language, view.own(PartyShape.language), .empty, to: &self)
        guard view.party.has(PartyShape.billing) else { return }
        writer.add(.billing, VariantFrame.address(in: frame.billing), packed: view.own(PartyShape.billing), to: &self)
    }

    /// Writes for each variant of the profile in hand where it came from: an import says itself what it says; orders that
    /// repeat it did not bring it.
    mutating func addSources(_ state: borrowing ShardState) {
        for variant in variants where !variant.candidates.isEmpty {
            let start = output.count
            output.openObject()
            output.appendCopy(of: variant.frame.head.members.range)
            if !variant.isImported, let order = variant.firstOrder {
                addOrder(state.number(of: order), variant.frame.head)
            }
            let source = ByteRange(start, output.count)
            output.append(UInt8(ascii: "\n"))
            for place in variant.candidates { part.candidates[place].source = source }
        }
    }

    /// The order that brought it, named with its store unless that is `main`, so that the name finds it.
    private mutating func addOrder(_ number: Span<UInt8>, _ head: VariantFrame.Head) {
        output.key("order")
        output.beginString()
        output.appendCopy(of: head.channel.range)
        if !output.span.extracting(head.store.range).equals("main") {
            output.append(UInt8(ascii: "/"))
            output.appendCopy(of: head.store.range)
        }
        output.append(UInt8(ascii: ":"))
        output.appendEscaped(number)
        output.append(UInt8(ascii: "\""))
    }

    /// What a text that lies in the output is worth.
    mutating func worth(_ field: DisplayField, _ text: ByteRange, _ country: CountryCode) -> DisplayCandidate.Worth {
        if let known = judgedTexts.worth(field, text, country, in: output.span) { return known }
        let worth = DisplayCandidate.worth(field, output.span.extracting(text.range), country)
        judgedTexts.keep(worth, field, text, country)
        return worth
    }

    /// The same of a name of three parts, the last two of which stand for the first where it is empty.
    fileprivate mutating func worth(of name: NameRanges) -> DisplayCandidate.Worth {
        if !name.full.isEmpty { return worth(.name, name.full, .unknown) }
        return max(worth(.name, name.first, .unknown), worth(.name, name.last, .unknown))
    }
}

/// Where the parts of a name lie.
private struct NameRanges {
    let full: ByteRange
    let first: ByteRange
    let last: ByteRange

    var isEmpty: Bool { full.isEmpty && first.isEmpty && last.isEmpty }
}

/// Adds the candidates of one variant.
private struct CandidateWriter {
    let profile: UInt32
    let at: Int64
    let country: CountryCode
    let isJudged: Bool

    /// Adds the better of two values that one source gives; the first where they are worth the same.
    func choose(_ field: DisplayField, _ own: ByteRange, _ other: ByteRange, to builder: inout DossierPartBuilder) {
        guard !own.isEmpty || !other.isEmpty else { return }
        let value = isBetter(field, other, than: own, &builder) ? other : own
        let judged: DisplayCandidate.Worth? =
            switch field {
            case .company, .email, .phone, .vatId: isJudged ? builder.worth(field, value, country) : nil
            default: nil
            }
        add(field, value, judged: judged, to: &builder)
    }

    private func isBetter(
        _ field: DisplayField, _ other: ByteRange, than own: ByteRange, _ builder: inout DossierPartBuilder
    ) -> Bool {
        if own.isEmpty || other.isEmpty { return own.isEmpty }
        let worth = builder.worth(field, own, country)
        return worth != .real && worth < builder.worth(field, other, country)
    }

    func add(
        _ field: DisplayField, _ value: ByteRange, first: ByteRange = .empty, last: ByteRange = .empty,
        hasFullName: Bool = true, packed: ByteRange = .empty, judged: DisplayCandidate.Worth? = nil,
        to builder: inout DossierPartBuilder
    ) {
        let known = builder.lastCandidate(of: field)
        let value = builder.shared(value, known?.value)
        let (first, last) = (builder.shared(first, known?.firstName), builder.shared(last, known?.lastName))
        builder.append(
            DisplayCandidate(
                field: field, at: at, profile: profile, country: country, hasFullName: hasFullName, value: value,
                firstName: first, lastName: last, packed: packed, judged: judged))
    }

    /// Adds the buyer's own name, or that of the billing address where the own one says nothing.
    func addName(_ view: VariantView, to builder: inout DossierPartBuilder) {
        let own = NameRanges(
            full: view.own(PartyShape.name), first: view.own(PartyShape.firstName),
            last: view.own(PartyShape.lastName))
        let other = NameRanges(
            full: view.other(AddressShape.name), first: view.other(AddressShape.firstName),
            last: view.other(AddressShape.lastName))
        guard !own.isEmpty || !other.isEmpty else { return }
        let isOther =
            own.isEmpty || (!other.isEmpty && builder.worth(of: own) != .real && builder.worth(of: other) == .real)
        let name = isOther ? other : own
        add(
            .name, name.full.isEmpty ? builder.joined(name.first, name.last) : name.full, first: name.first,
            last: name.last, hasFullName: !name.full.isEmpty, judged: isJudged ? builder.worth(of: name) : nil,
            to: &builder)
    }
}

extension DossierPartBuilder {
    fileprivate func lastCandidate(of field: DisplayField) -> DisplayCandidate? {
        let place = lastCandidates[Int(field.rawValue)]
        return place < 0 ? nil : part.candidates[place]
    }

    /// A text, or where the same one stood before: most variants say what the last one said, and values that lie in one place
    /// need not be compared byte by byte.
    fileprivate func shared(_ text: ByteRange, _ known: ByteRange?) -> ByteRange {
        guard let known, !text.isEmpty else { return text }
        let bytes = output.span
        return bytes.extracting(known.range).equals(bytes.extracting(text.range)) ? known : text
    }

    fileprivate mutating func append(_ candidate: DisplayCandidate) {
        lastCandidates[Int(candidate.field.rawValue)] = part.candidates.count
        part.candidates.append(candidate)
    }

    /// Two names with a blank between them.
    fileprivate mutating func joined(_ first: ByteRange, _ last: ByteRange) -> ByteRange {
        if first.isEmpty || last.isEmpty { return first.isEmpty ? last : first }
        let start = output.count
        output.appendCopy(of: first.range)
        output.append(UInt8(ascii: " "))
        output.appendCopy(of: last.range)
        let end = output.count
        output.append(UInt8(ascii: "\n"))
        return ByteRange(start, end)
    }
}

extension ByteWriter {
    /// Two names with a blank between them.
    mutating func joined(_ first: Span<UInt8>, _ last: Span<UInt8>) {
        append(first)
        if first.count > 0, last.count > 0 { append(UInt8(ascii: " ")) }
        append(last)
    }
}
