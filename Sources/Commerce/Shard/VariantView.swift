import Bytes

/// A variant opened for reading, and where its copy lies among the bytes of an answer: candidates point into that.
struct VariantView: ~Escapable {
    let party: PackedRecord
    let billing: PackedRecord
    /// Of the buyer, by the billing address, or else by the other.
    let country: CountryCode
    /// Where the party's members and those of the billing address begin in the answer's bytes.
    private let partyStart: Int
    private let billingStart: Int

    /// - Parameter copy: where the record's copy begins; zero where nothing points into one.
    @_lifetime(copy record)
    init(_ record: Span<UInt8>, copy: Int = 0) {
        party = PartyRecord(record).members
        billing = PackedRecord(party[PartyShape.billing], AddressShape.kinds)
        partyStart = copy
        billingStart = copy + party.range(of: PartyShape.billing).lowerBound
        if let country = CountryCode(billing[AddressShape.country]) {
            self.country = country
        } else {
            let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
            country = CountryCode(shipping[AddressShape.country]) ?? .unknown
        }
    }

    /// Where a member of the party lies in the answer's bytes; empty where there is none.
    @inline(__always) func own(_ place: Int) -> ByteRange { Self.range(party.range(of: place), behind: partyStart) }

    /// The same of a member of the billing address.
    @inline(__always) func other(_ place: Int) -> ByteRange {
        Self.range(billing.range(of: place), behind: billingStart)
    }

    @inline(__always) private static func range(_ range: Range<Int>, behind start: Int) -> ByteRange {
        ByteRange(start + range.lowerBound, start + range.upperBound)
    }
}

/// What an answer repeats of a variant, written once; ranges lie in the answer's bytes.
struct VariantFrame {
    /// Where it comes from.
    struct Head {
        /// Members `channel` and `store`.
        let members: ByteRange
        /// Their texts, escaped.
        let channel: ByteRange
        let store: ByteRange
    }

    let head: Head
    /// The member `billing`, and the member `shipping`; empty where there is none.
    let billing: ByteRange
    let shipping: ByteRange
    /// Whether its channel hands orders over only when they are paid.
    let isCollecting: Bool

    /// The address in the member `billing`, which is there.
    static func address(in billing: ByteRange) -> ByteRange {
        ByteRange(Int(billing.start) + #""billing":"#.utf8.count, Int(billing.end))
    }
}

/// A variant of the profile in hand.
struct VariantText {
    let row: UInt32
    /// The newest moment at which the channel said this, in milliseconds.
    let seenAt: Int64
    let frame: VariantFrame
    /// All that a profile tells of it, without braces; empty where nobody asks.
    let members: ByteRange
    /// What it says of single fields: places among the candidates.
    let candidates: Range<Int>
    /// Whether an import said it first.
    let isImported: Bool
    /// The oldest order that carries it, as far as orders were looked through.
    var firstOrder: StoredOrder?
}

extension DossierPartBuilder {
    /// Begins the next profile. What its variants repeat is kept until then.
    mutating func beginProfile() {
        variants.removeAll(keepingCapacity: true)
        lastVariant = 0
    }

    /// Writes what is told of a variant again and again, and its candidates.
    /// - Parameter isWhole: also all that a profile tells of it, which no list shows.
    mutating func add(_ number: UInt32, _ row: VariantRow, _ record: Span<UInt8>, of profile: UInt32, isWhole: Bool) {
        let copy = output.count
        output.append(record)
        output.append(UInt8(ascii: "\n"))
        let view = VariantView(record, copy: copy)
        let (frame, members) = isWhole ? whole(view, seenAt: row.seenAt) : (self.frame(view), .empty)
        let first = part.candidates.count
        addCandidates(view, frame, of: profile, at: row.seenAt, isJudged: isWhole)
        variants.append(
            VariantText(
                row: number, seenAt: row.seenAt, frame: frame, members: members,
                candidates: first..<part.candidates.count, isImported: row.order == 0))
    }

    /// The place of a variant of the profile in hand. Orders come in about the order of their variants.
    mutating func place(ofVariant row: UInt32) -> Int? {
        for step in variants.indices {
            let place = lastVariant + step < variants.count ? lastVariant + step : lastVariant + step - variants.count
            if variants[place].row == row {
                lastVariant = place
                return place
            }
        }
        return nil
    }

    // MARK: Text

    /// The frame alone.
    mutating func frame(_ view: VariantView) -> VariantFrame {
        let head = head(view)
        output.append(UInt8(ascii: "\n"))
        let billing = address("billing", view, PartyShape.billing)
        let shipping =
            isShippedToBilling(view) ? shippingLike(billing) : address("shipping", view, PartyShape.shipping)
        output.append(UInt8(ascii: "\n"))
        return frame(view, head, billing, shipping)
    }

    /// All members of a variant and when they were true, and the frame in them.
    private mutating func whole(_ view: VariantView, seenAt: Int64) -> (VariantFrame, members: ByteRange) {
        let head = head(view)
        output.texts(of: view.party, PartyShape.texts, ~Self.headPlaces)
        let billing = address("billing", view, PartyShape.billing)
        var shipping = address("shipping", view, PartyShape.shipping)
        if view.party.places & Self.tailPlaces != 0 {
            output.members(of: view.party.bytes, PartyShape.texts, omitting: ~Self.tailPlaces)
        }
        output.key("seenAt")
        output.timestamp(Timestamp(milliseconds: seenAt))
        unusable(view)
        if isShippedToBilling(view) { shipping = shippingLike(billing) }
        let members = ByteRange(Int(head.members.start), output.count)
        output.append(UInt8(ascii: "\n"))
        return (frame(view, head, billing, shipping), members)
    }

    private static let headPlaces: UInt64 = 1 << UInt64(PartyShape.channel) | 1 << UInt64(PartyShape.store)
    /// What comes behind the addresses.
    private static let tailPlaces: UInt64 =
        1 << UInt64(PartyShape.addresses) | 1 << UInt64(PartyShape.extra) | 1 << UInt64(PartyShape.updatedAt)

    private func frame(
        _ view: VariantView, _ head: VariantFrame.Head, _ billing: ByteRange, _ shipping: ByteRange
    ) -> VariantFrame {
        VariantFrame(
            head: head, billing: billing, shipping: shipping,
            isCollecting: OrderFrame.isCollecting(view.party[PartyShape.channel]))
    }

    /// Stands where no comma is needed.
    private mutating func head(_ view: VariantView) -> VariantFrame.Head {
        let start = output.count
        output.texts(of: view.party, PartyShape.texts, 1 << UInt64(PartyShape.channel))
        let channelEnd = output.count
        output.texts(of: view.party, PartyShape.texts, 1 << UInt64(PartyShape.store))
        let end = output.count
        return VariantFrame.Head(
            members: ByteRange(start, end), channel: ByteRange(start + #""channel":""#.utf8.count, channelEnd - 1),
            store: ByteRange(channelEnd + #","store":""#.utf8.count, end - 1))
    }

    private mutating func address(_ name: StaticString, _ view: VariantView, _ place: Int) -> ByteRange {
        guard view.party.has(place) else { return .empty }
        output.key(name)
        let start = output.count - name.utf8CodeUnitCount - 3
        output.address(view.party[place])
        return ByteRange(start, output.count)
    }

    private func isShippedToBilling(_ view: VariantView) -> Bool {
        view.party.has(PartyShape.shippingIsBilling) && view.party.has(PartyShape.billing)
    }

    /// The member `shipping` where it is the billing address, which is written already.
    private mutating func shippingLike(_ billing: ByteRange) -> ByteRange {
        output.key("shipping")
        let start = output.count - #""shipping":"#.utf8.count
        output.appendCopy(of: VariantFrame.address(in: billing).range)
        return ByteRange(start, output.count)
    }

    // MARK: What cannot be used

    /// Names the contact data of a variant that are wrong or stand for nobody, so that they tie it to no one: kept as they
    /// came, and marked.
    private mutating func unusable(_ view: VariantView) {
        var isListed = false
        let email = (field: DisplayField.email, own: PartyShape.email, other: AddressShape.email)
        unusable(view, email, "email", "billing.email", &isListed)
        let phone = (field: DisplayField.phone, own: PartyShape.phone, other: AddressShape.phone)
        unusable(view, phone, "phone", "billing.phone", &isListed)
        let vatId = (field: DisplayField.vatId, own: PartyShape.vatId, other: AddressShape.vatId)
        unusable(view, vatId, "vatId", "billing.vatId", &isListed)
        if isListed { output.closeArray() }
    }

    private mutating func unusable(
        _ view: VariantView, _ member: (field: DisplayField, own: Int, other: Int), _ ownName: StaticString,
        _ otherName: StaticString, _ isListed: inout Bool
    ) {
        if view.party.has(member.own), worth(member.field, view.own(member.own), view.country) == .worthless {
            list(ownName, &isListed)
        }
        if view.billing.has(member.other), worth(member.field, view.other(member.other), view.country) == .worthless {
            list(otherName, &isListed)
        }
    }

    private mutating func list(_ name: StaticString, _ isListed: inout Bool) {
        if !isListed {
            output.key("unusable")
            output.openArray()
        }
        isListed = true
        output.string(name)
    }
}

/// Texts that were judged for this answer already: most variants of a customer say the same.
struct JudgedTexts {
    private struct Judged {
        let field: DisplayField
        let country: CountryCode
        let text: ByteRange
        let worth: DisplayCandidate.Worth
    }

    private var judged: [Judged] = []
    /// More are not kept: looking through them would take longer than judging.
    private static let most = 16

    /// - Parameter text: lies in `bytes`, like all that was kept.
    func worth(
        _ field: DisplayField, _ text: ByteRange, _ country: CountryCode, in bytes: Span<UInt8>
    ) -> DisplayCandidate.Worth? {
        let value = bytes.extracting(text.range)
        for known in judged where known.field == field && known.country == country {
            if bytes.extracting(known.text.range).equals(value) { return known.worth }
        }
        return nil
    }

    mutating func keep(
        _ worth: DisplayCandidate.Worth, _ field: DisplayField, _ text: ByteRange, _ country: CountryCode
    ) {
        guard judged.count < Self.most else { return }
        judged.append(Judged(field: field, country: country, text: text, worth: worth))
    }
}
