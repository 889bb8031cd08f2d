/// The fields that a pair may teach something about, one bit each, in the order of `MatchField`.
package struct TaughtFields: OptionSet, Hashable, BitwiseCopyable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package init(_ field: MatchField) { rawValue = 1 << UInt16(field.rawValue) }

    package static let all = TaughtFields(rawValue: 1 << UInt16(MatchField.allCases.count) - 1)

    /// What a pair teaches that met by a blocking key of this kind: every field that the key does not hold. A key that
    /// holds the family name brings no two together whose family names differ, so that its pairs tell nothing of how often
    /// those of one person do.
    package init(metBy kind: PartyFeatures.BlockingKind) {
        let held: TaughtFields =
            switch kind {
            case .birthDateAndInitial, .initialsAndBirthMonth, .initialsAndBirthYear, .initialsAndBirthDay:
                [Self(.firstName), Self(.lastName), Self(.birthDate)]
            case .names: [Self(.firstName), Self(.lastName)]
            case .lastNameAndPostalCode: [Self(.lastName), Self(.postalCode), Self(.city)]
            case .firstNameAndPostalCode: [Self(.firstName), Self(.postalCode), Self(.city)]
            case .streetAndNumber: [Self(.street), Self(.houseNumber)]
            case .postalCodeAndNumber: [Self(.postalCode), Self(.city), Self(.houseNumber)]
            case .phoneDigits: Self(.phone)
            case .initialsAndPhoneEnd: [Self(.firstName), Self(.lastName), Self(.phone)]
            case .emailLocal: Self(.email)
            case .companyAndPlace: [Self(.company), Self(.city)]
            case .firstNameAndPlace, .lastNameAndPlace: [Self(.firstName), Self(.lastName), Self(.city)]
            }
        self = Self.all.subtracting(held)
    }
}

/// How often pairs agree in which way: all that learning looks at. The order in which pairs are added leaves no trace.
package struct AgreementCounts: Sendable, Equatable {
    /// Pairs that agree alike, that the active rules judge alike, and that teach about the same fields.
    package struct Pattern: Hashable, Sendable {
        /// As in `PairWeight`.
        package let levels: UInt64
        package let verdict: PairVerdict
        package let taught: TaughtFields

        package init(levels: UInt64, verdict: PairVerdict, taught: TaughtFields) {
            self.levels = levels
            self.verdict = verdict
            self.taught = taught
        }

        fileprivate var order: (UInt64, UInt8, UInt16) { (levels, verdict.rawValue, taught.rawValue) }
    }

    private var candidates: [Pattern: Int] = [:]
    /// Pairs of strangers by field and level, as the weights in `MatchRules` stand.
    private(set) var strangers = [Int](repeating: 0, count: MatchField.allCases.count * 16)
    package private(set) var candidatePairs = 0
    package private(set) var strangerPairs = 0
    /// Profiles whose candidates were looked at, and the share that these candidates are of the shop's.
    package var profiles = 0
    package var share = 1.0

    package init() {}

    /// Adds pairs that some value has brought together.
    package mutating func addCandidate(_ weight: PairWeight, taught: TaughtFields, count: Int = 1) {
        candidates[Pattern(levels: weight.levels, verdict: weight.verdict, taught: taught), default: 0] += count
        candidatePairs += count
    }

    /// Adds a pair that only chance has brought together. One that is the same or doubtful by the active rules is left
    /// out: among a thousand customers as many random pairs are one person as are born on one day by chance.
    package mutating func addStrangers(_ weight: PairWeight) {
        guard weight.verdict < .queue else { return }
        strangerPairs += 1
        for field in MatchField.allCases { strangers[Int(field.rawValue) * 16 + Int(weight[field].rawValue)] += 1 }
    }

    /// In an order that depends on nothing but the patterns: sums of fractions depend on it.
    var sortedPatterns: [(pattern: Pattern, count: Int)] {
        candidates.map { ($0.key, $0.value) }.sorted { $0.0.order < $1.0.order }
    }
}
