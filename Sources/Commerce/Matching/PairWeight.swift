/// What is compared of two variants, in the order of the levels' digits in `PairWeight`. The raw values are written to
/// disk.
package enum MatchField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case firstName, lastName, company, birthDate, email, phone, vat, street, houseNumber, addition, postalCode, city
    case state, generation

    /// As a support agent calls it.
    package var text: StaticString {
        switch self {
        case .firstName: "first name"
        case .lastName: "last name"
        case .company: "company"
        case .birthDate: "date of birth"
        case .email: "e-mail address"
        case .phone: "telephone number"
        case .vat: "VAT number"
        case .street: "street"
        case .houseNumber: "house number"
        case .addition: "addition or second line of the address"
        case .postalCode: "postcode"
        case .city: "town"
        case .state: "state or province"
        case .generation: "junior or senior"
        }
    }
}

/// How far two values agree. The raw values are written to disk and index the rules' tables.
package enum PairLevel: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// One side has no value, or it may not be used: no evidence.
    case missing = 0
    case differs
    /// They differ, but one of them is written as no name is.
    case garbled
    /// More alike than chance makes them.
    case similar
    /// Written otherwise, sounds the same.
    case sounds
    /// Two slips of the pen.
    case close
    /// One slip: a letter or digit more, less, other, or two exchanged.
    case near
    /// One is the other's initial.
    case initial
    /// One is a part or a short form of the other.
    case part
    /// First and last name have changed places, or day and month.
    case swapped
    /// The same e-mail name at another provider, the same last digits of a number.
    case local
    case same

    package var text: StaticString {
        switch self {
        case .missing: "not known on both sides"
        case .differs: "differs"
        case .garbled: "differs, but one of them looks misspelt"
        case .similar: "similar"
        case .sounds: "sounds the same"
        case .close: "same but for two slips"
        case .near: "same but for one slip"
        case .initial: "one is the initial of the other"
        case .part: "one is part of the other"
        case .swapped: "same, parts exchanged"
        case .local: "same but for its domain or area code"
        case .same: "the same"
        }
    }
}

/// What is to be done with a pair. The raw values are written to disk.
package enum PairVerdict: UInt8, Sendable, BitwiseCopyable, Comparable {
    case none = 0
    /// Related, not the same: a household, a company and its people.
    case link
    /// A person decides.
    case queue
    /// The same buyer, without asking anybody.
    case merge

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Why the verdict is lower, or higher, than the score alone would give. The raw values are written to disk.
package enum PairReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case none = 0
    case firstNamesDiffer, lastNamesDiffer, birthDatesDiffer, generationsDiffer, contactsDiffer, onlyInitial
    case noPersonalEvidence, onlyName, sameCompany, companiesDiffer, sameVATNumber
    // What is not between the two variants, but around them.
    case said = 32
    case person, excluded, contradiction, sourceKnowsTwo, bridge

    package var text: StaticString {
        switch self {
        case .none: "the weight of the evidence decides"
        case .firstNamesDiffer: "the first names differ: members of one household or firm share the rest"
        case .lastNamesDiffer: "the last names differ"
        case .birthDatesDiffer: "the dates of birth differ: father and son may share name and address"
        case .generationsDiffer: "one is junior, the other senior"
        case .contactsDiffer: "e-mail address and telephone number both differ and no date of birth tells more"
        case .onlyInitial: "only an initial is known of a first name"
        case .noPersonalEvidence: "nothing that agrees belongs to one person alone"
        case .onlyName: "only the name agrees, with nothing beside it that people do not share"
        case .sameCompany: "one company, different people"
        case .companiesDiffer: "the companies differ"
        case .sameVATNumber: "one VAT number and one company: the firm is the customer, whoever ordered"
        case .said: "the channel itself, or the shop's match mode, says that they are one"
        case .person: "a person decided that they are one"
        case .excluded: "a person decided that they are not one"
        case .contradiction: "profiles around them contradict each other: other first names or dates of birth"
        case .sourceKnowsTwo: "the channel knows them as two accounts"
        case .bridge: "one weak finding would tie two groups that each hang together well: a person should look"
        }
    }
}

/// Two variants, weighed.
package struct PairWeight: BitwiseCopyable, Sendable, Equatable {
    /// Evidence in 1/100 bit, the prior included: 0 is an even chance.
    package var score: Int32
    /// `PairLevel` for each `MatchField`, four bits each, the first field lowest.
    package var levels: UInt64
    package var verdict: PairVerdict
    package var reason: PairReason

    package init(score: Int32, levels: UInt64, verdict: PairVerdict, reason: PairReason) {
        self.score = score
        self.levels = levels
        self.verdict = verdict
        self.reason = reason
    }

    @inline(__always) package subscript(_ field: MatchField) -> PairLevel {
        get { PairLevel(rawValue: UInt8(levels >> (UInt64(field.rawValue) * 4) & 0xF)) ?? .missing }
        set {
            let shift = UInt64(field.rawValue) * 4
            levels = levels & ~(0xF << shift) | UInt64(newValue.rawValue) << shift
        }
    }
}

/// Fields that count as missing in one comparison.
package struct FieldMask: OptionSet, BitwiseCopyable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let email = FieldMask(rawValue: 1)
    package static let phone = FieldMask(rawValue: 2)
    package static let vat = FieldMask(rawValue: 4)
    package static let address = FieldMask(rawValue: 8)
    package static let company = FieldMask(rawValue: 16)
    package static let birthDate = FieldMask(rawValue: 32)

    /// The digits of the fields in `PairWeight.levels`.
    @inline(__always) var levels: UInt64 {
        var levels: UInt64 = 0
        if contains(.email) { levels |= Self.digit(.email) }
        if contains(.phone) { levels |= Self.digit(.phone) }
        if contains(.vat) { levels |= Self.digit(.vat) }
        if contains(.company) { levels |= Self.digit(.company) }
        if contains(.birthDate) { levels |= Self.digit(.birthDate) }
        return levels
    }

    private static func digit(_ field: MatchField) -> UInt64 { 0xF << (UInt64(field.rawValue) * 4) }
}
