/// A pair's score taken apart, in 1/100 bit: prior, parts and `addressCut` add up to it.
package struct PairWaterfall: Sendable, Equatable {
    /// What one field adds or takes.
    package struct Part: Sendable, Equatable {
        package let field: MatchField
        package let level: PairLevel
        package let score: Int32
    }

    /// What a pair of this shop weighs before anything is compared.
    package let prior: Int32
    /// Fields that both sides have, in the order of `MatchField`.
    package let parts: [Part]
    /// What the parts of an address weigh beyond the most that they may weigh together; 0 or less.
    package let addressCut: Int32

    package var score: Int32 { parts.reduce(prior + addressCut) { $0 + $1.score } }
}

extension MatchField {
    /// Parts of a postal address, which weigh no more together than `MatchRules.addressLimit`.
    package var isOfAddress: Bool {
        switch self {
        case .street, .houseNumber, .addition, .postalCode, .city, .state: true
        default: false
        }
    }

    /// Whose values are counted, so that a common one weighs less than a rare one.
    var counted: FrequencyField? {
        switch self {
        case .firstName: .firstName
        case .lastName: .lastName
        case .company: .company
        case .postalCode: .postalCode
        case .city: .city
        default: nil
        }
    }
}

extension PairWeigher {
    /// Takes apart what `weigh` gave for these classes.
    package func waterfall(of weight: PairWeight, _ classes: FrequencyClasses) -> PairWaterfall {
        var parts: [PairWaterfall.Part] = []
        var address: Int32 = 0
        for field in MatchField.allCases where weight[field] != .missing {
            let level = weight[field]
            let score = field.counted.map { value(field, level, $0, classes) } ?? rules.weight(field, level)
            parts.append(.init(field: field, level: level, score: score))
            if field.isOfAddress { address += score }
        }
        return PairWaterfall(
            prior: prior(classes), parts: parts, addressCut: min(0, rules.addressLimit - address))
    }
}
