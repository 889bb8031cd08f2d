import Bytes

/// Weighs two variants: the sum of what each field's agreement is worth (Fellegi and Sunter, "A Theory for Record
/// Linkage", 1969), then the laws that no sum may overrule (`PairJudge`). Integers only; symmetric; no state. A class, so
/// that what is in force for a shop is handed on by one reference and not by one for each table.
package final class PairWeigher: Sendable {
    package let rules: MatchRules
    /// What the agreement on a counted value weighs, by field, class of the shop's size and class of the value.
    private let rarity: [Int32]
    private let priors: [Int32]
    /// Tells rules from others: the same on every machine.
    let fingerprint: UInt64

    package init(_ rules: MatchRules) {
        self.rules = rules
        fingerprint = Self.fingerprint(rules)
        rarity = Self.rarity(rules)
        priors = (0..<FrequencyClasses.populationClasses).map { rules.prior - Int32($0) * 500 }
    }

    private static func fingerprint(_ rules: MatchRules) -> UInt64 {
        var encoded = ByteWriter()
        rules.encode(into: &encoded)
        return Hash64(seed: 0).hash(encoded.span)
    }

    package func weigh(
        _ left: PartyFeatures, _ right: PartyFeatures, _ classes: FrequencyClasses, withheld: FieldMask
    ) -> PairWeight {
        let comparison = PairComparison(left, right)
        var address = AddressComparison(comparison.levels)
        if !left.hasOneAddress(beside: right) { address = bestAddress(address, left, right, classes) }
        return weigh(comparison, address, classes, withheld: withheld)
    }

    /// Weighs two variants of which each has one address at most (`PartyFeatures.hasOneAddress`).
    func weigh(_ comparison: PairComparison, _ classes: FrequencyClasses, withheld: FieldMask) -> PairWeight {
        weigh(comparison, AddressComparison(comparison.levels), classes, withheld: withheld)
    }

    private func weigh(
        _ comparison: PairComparison, _ address: AddressComparison, _ classes: FrequencyClasses, withheld: FieldMask
    ) -> PairWeight {
        var weight = PairWeight(score: prior(classes), levels: comparison.levels, verdict: .none, reason: .none)
        var traits = comparison.traits
        var address = address
        if !withheld.isEmpty {
            weight.levels &= ~withheld.levels
            if withheld.contains(.birthDate) { traits.subtract(.ofDates) }
            if withheld.contains(.address) { address = AddressComparison() }
        }
        weight.score +=
            value(.firstName, weight[.firstName], .firstName, classes)
            + value(.lastName, weight[.lastName], .lastName, classes)
            + value(.company, weight[.company], .company, classes)
            + rules.weight(.birthDate, weight[.birthDate]) + rules.weight(.email, weight[.email])
            + rules.weight(.phone, weight[.phone]) + rules.weight(.vat, weight[.vat])
            + rules.weight(.generation, weight[.generation])
        address.sum = sum(address, classes)
        weight.setAddress(address)
        weight.score += address.sum
        PairJudge(
            weight: weight, address: address, traits: traits, mergeThreshold: rules.mergeThreshold,
            queueThreshold: rules.queueThreshold
        ).decide(&weight)
        return weight
    }

    @inline(__always) func prior(_ classes: FrequencyClasses) -> Int32 {
        priors[min(Int(classes.population), FrequencyClasses.populationClasses - 1)]
    }

    @inline(__always) func value(
        _ field: MatchField, _ level: PairLevel, _ counted: FrequencyField, _ classes: FrequencyClasses
    ) -> Int32 {
        level == .same ? rules.weight(field, .same) + rarity(counted, classes) : rules.weight(field, level)
    }

    // MARK: Addresses

    /// The pair of addresses that agrees best, of the pair of the first ones and the others.
    private func bestAddress(
        _ first: AddressComparison, _ left: PartyFeatures, _ right: PartyFeatures, _ classes: FrequencyClasses
    ) -> AddressComparison {
        var best = first
        best.sum = sum(best, classes)
        func consider(_ one: AddressFeatures, _ other: AddressFeatures) {
            var comparison = AddressComparison(one, other)
            comparison.sum = sum(comparison, classes)
            if comparison.sum > best.sum { best = comparison }
        }
        if !left.secondAddress.isEmpty { consider(left.secondAddress, right.firstAddress) }
        if !right.secondAddress.isEmpty { consider(left.firstAddress, right.secondAddress) }
        if !left.secondAddress.isEmpty, !right.secondAddress.isEmpty {
            consider(left.secondAddress, right.secondAddress)
        }
        return best
    }

    private func sum(_ address: AddressComparison, _ classes: FrequencyClasses) -> Int32 {
        let sum =
            rules.weight(.street, address.street) + rules.weight(.houseNumber, address.houseNumber)
            + rules.weight(.addition, address.addition)
            + value(.postalCode, address.postalCode, .postalCode, classes) + value(.city, address.city, .city, classes)
            + rules.weight(.state, address.state)
        return min(sum, rules.addressLimit)
    }

    // MARK: Frequencies

    @inline(__always) private func rarity(_ field: FrequencyField, _ classes: FrequencyClasses) -> Int32 {
        let population = min(Int(classes.population), FrequencyClasses.populationClasses - 1)
        let value = min(Int(classes[field]), FrequencyClasses.valueClasses - 1)
        let row = Int(field.rawValue) * FrequencyClasses.populationClasses + population
        return rarity[row * FrequencyClasses.valueClasses + value]
    }

    /// log2(1 / u) in 1/100 bit; u is the share of the value among the shop's variants, drawn towards the prior frequency
    /// as long as few were counted.
    private static func rarity(_ rules: MatchRules) -> [Int32] {
        var table: [Int32] = []
        let strength = UInt64(rules.priorStrength)
        for field in FrequencyField.allCases {
            let prior = UInt64(rules.priorPerMillion[Int(field.rawValue)])
            for population in 0..<FrequencyClasses.populationClasses {
                let all = FrequencyClasses.typicalCount(populationClass: UInt8(population)) + strength
                for value in 0..<FrequencyClasses.valueClasses {
                    let count = FrequencyClasses.typicalCount(valueClass: UInt8(value))
                    let share = min(count * 1_000_000 + strength * prior, all * 1_000_000)
                    table.append(BitLogarithm.hundredths(all * 1_000_000) - BitLogarithm.hundredths(max(share, 1)))
                }
            }
        }
        return table
    }
}
