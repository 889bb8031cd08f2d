import Bytes

/// A variant opened for reading: what is asked of it again and again is read once.
struct VariantView: ~Escapable {
    let party: PackedRecord
    let billing: PackedRecord
    /// Of the buyer, by the billing address, or else by the other.
    let country: CountryCode

    @_lifetime(copy record)
    init(_ record: Span<UInt8>) {
        party = PartyRecord(record).members
        billing = PackedRecord(party[PartyShape.billing], AddressShape.kinds)
        if let country = CountryCode(billing[AddressShape.country]) {
            self.country = country
        } else {
            let shipping = PackedRecord(party[PartyShape.shipping], AddressShape.kinds)
            country = CountryCode(shipping[AddressShape.country]) ?? .unknown
        }
    }
}

extension DossierPartBuilder {
    /// The members of a variant, and when they were true.
    mutating func variant(_ view: VariantView, seenAt: Int64) {
        output.members(of: view.party.bytes, PartyShape.texts)
        output.key("seenAt")
        output.timestamp(Timestamp(milliseconds: seenAt))
        unusable(view)
        if view.party.has(PartyShape.shippingIsBilling) {
            output.key("shipping")
            output.address(view.party[PartyShape.billing])
        }
    }

    /// Names the contact data of a variant that are wrong or stand for nobody, so that they tie it to no one: kept as they
    /// came, and marked.
    private mutating func unusable(_ view: VariantView) {
        var isListed = false
        for member in Self.contactMembers where view.party.has(member.own) || view.billing.has(member.other) {
            let (own, other) = (view.party[member.own], view.billing[member.other])
            let hasOwn = view.party.has(member.own)
            let isBad = hasOwn && contacts.isWorthless(member.field, own, view.country)
            if isBad { list(member.ownName, &isListed) }
            guard view.billing.has(member.other) else { continue }
            let isSame = hasOwn && own.equals(other)
            if isSame ? isBad : contacts.isWorthless(member.field, other, view.country) {
                list(member.otherName, &isListed)
            }
        }
        if isListed { output.closeArray() }
    }

    private mutating func list(_ name: StaticString, _ isListed: inout Bool) {
        if !isListed {
            output.key("unusable")
            output.openArray()
        }
        isListed = true
        output.string(name)
    }

    private struct ContactMember {
        let field: DisplayField
        let own: Int
        let ownName: StaticString
        let other: Int
        let otherName: StaticString
    }

    private static let contactMembers = [
        ContactMember(
            field: .email, own: PartyShape.email, ownName: "email", other: AddressShape.email,
            otherName: "billing.email"),
        ContactMember(
            field: .phone, own: PartyShape.phone, ownName: "phone", other: AddressShape.phone,
            otherName: "billing.phone"),
        ContactMember(
            field: .vatId, own: PartyShape.vatId, ownName: "vatId", other: AddressShape.vatId,
            otherName: "billing.vatId"),
    ]
}

/// Contact data that were judged for this answer already: most variants of a customer say the same.
struct JudgedContacts {
    private struct Judged {
        let field: DisplayField
        let country: CountryCode
        let isWorthless: Bool
        let text: [UInt8]
    }

    private var judged: [Judged] = []
    /// More are not kept: looking through them would take longer than judging.
    private static let most = 8

    mutating func isWorthless(_ field: DisplayField, _ text: Span<UInt8>, _ country: CountryCode) -> Bool {
        for known in judged where known.field == field && known.country == country && known.text.span.equals(text) {
            return known.isWorthless
        }
        let isWorthless = DisplayCandidate.isWorthless(field, text, country)
        if judged.count < Self.most {
            judged.append(Judged(field: field, country: country, isWorthless: isWorthless, text: text.array))
        }
        return isWorthless
    }
}
