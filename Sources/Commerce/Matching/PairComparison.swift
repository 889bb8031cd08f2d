/// How two variants agree, field by field, and what the laws ask for besides: a pure and symmetric function of the two. What
/// is withheld, how common a value is and what agreement is worth come after it (`PairWeigher`), so that a comparison can
/// be kept. 16 bytes.
struct PairComparison: BitwiseCopyable, Sendable, Equatable {
    /// `PairLevel` for each `MatchField`, as in `PairWeight`. Of the addresses it is the first of each that are compared.
    private(set) var levels: UInt64 = 0
    private(set) var traits = PairTraits()

    /// Of two variants that show nothing.
    init() {}

    init(_ left: PartyFeatures, _ right: PartyFeatures) {
        let names = NameComparison(left.person, right.person)
        var weight = PairWeight(score: 0, levels: 0, verdict: .none, reason: .none)
        weight[.firstName] = names.first
        weight[.lastName] = names.last
        weight[.company] = left.companyLevel(against: right)
        let date = left.birthDate.level(against: right.birthDate)
        weight[.birthDate] = date
        weight[.email] = left.emailLevel(against: right)
        weight[.phone] = left.phone.level(against: right.phone)
        if left.vatHash != 0, right.vatHash != 0 {
            weight[.vat] = left.vatHash == right.vatHash ? .same : .differs
        }
        weight[.generation] = Self.generationLevel(left.generation, right.generation)
        weight.setAddress(AddressComparison(left.firstAddress, right.firstAddress))
        levels = weight.levels
        traits = names.traits
        guard date != .missing else { return }
        if left.birthDate.isDecadesApart(from: right.birthDate) { traits.insert(.isDecadesApart) }
        if date <= .similar, left.birthDate.isGenerationApart(from: right.birthDate) {
            traits.insert(.isGenerationApart)
        }
        if date >= .close, left.birthDate.isSlip(of: right.birthDate) { traits.insert(.isDateSlip) }
    }

    /// Whether two sets of classes weigh the same: only what agrees is counted.
    @inline(__always) func counts(_ classes: FrequencyClasses, like others: FrequencyClasses) -> Bool {
        @inline(__always) func isLike(_ counted: FrequencyField, _ field: MatchField) -> Bool {
            classes.isSame(as: others, counted) || !isSame(field)
        }
        return classes.population == others.population && isLike(.firstName, .firstName) && isLike(.lastName, .lastName)
            && isLike(.company, .company) && isLike(.postalCode, .postalCode) && isLike(.city, .city)
    }

    @inline(__always) private func isSame(_ field: MatchField) -> Bool {
        levels >> (UInt64(field.rawValue) * 4) & 0xF == UInt64(PairLevel.same.rawValue)
    }

    private static func generationLevel(
        _ left: PartyFeatures.Generation, _ right: PartyFeatures.Generation
    ) -> PairLevel {
        if left != .none, right != .none { return left == right ? .same : .differs }
        return left == right ? .missing : .part
    }
}

/// What the laws ask for beside the levels.
struct PairTraits: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt8

    /// One of the given names is none, or is a slip of the other, so that what differs in it tells no two people apart.
    static let isMisspelt = PairTraits(rawValue: 1)
    /// The given names are alike, and many bear the one while few or none bear the other.
    static let isSlipOfKnown = PairTraits(rawValue: 2)
    /// One of the given names is written as none is and holds little of the other.
    static let isOfAnother = PairTraits(rawValue: 4)
    /// The dates of birth are a generation apart, and no slip explains it.
    static let isGenerationApart = PairTraits(rawValue: 8)
    /// The years of birth are a generation apart, be it by one digit.
    static let isDecadesApart = PairTraits(rawValue: 16)
    /// The dates of birth lie in one year and differ by a slip: no two children of a family are born days apart.
    static let isDateSlip = PairTraits(rawValue: 32)

    /// Those that compare the dates of birth as they are written.
    static let ofDates: PairTraits = [.isGenerationApart, .isDateSlip]
}

extension PartyFeatures {
    /// Whether there is one address to compare and not several, of which the best would have to be chosen.
    @inline(__always) func hasOneAddress(beside other: PartyFeatures) -> Bool {
        secondAddress.isEmpty && other.secondAddress.isEmpty
    }
}

extension PairWeight {
    /// Sets the levels of an address's parts.
    @inline(__always) mutating func setAddress(_ address: AddressComparison) {
        self[.street] = address.street
        self[.houseNumber] = address.houseNumber
        self[.addition] = address.addition
        self[.postalCode] = address.postalCode
        self[.city] = address.city
        self[.state] = address.state
    }
}
