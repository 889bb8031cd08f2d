/// Weighs two variants: the sum of what each field's agreement is worth (Fellegi and Sunter, "A Theory for Record
/// Linkage", 1969), then the laws that no sum may overrule (`PairJudge`). Integers only; symmetric; no state. A class, so
/// that what is in force for a shop is handed on by one reference and not by one for each table.
package final class PairWeigher: Sendable {
    package let rules: MatchRules
    /// What the agreement on a counted value weighs, by field, class of the shop's size and class of the value.
    private let rarity: [Int32]
    private let priors: [Int32]

    package init(_ rules: MatchRules) {
        self.rules = rules
        rarity = Self.rarity(rules)
        priors = (0..<FrequencyClasses.populationClasses).map { rules.prior - Int32($0) * 500 }
    }

    /// - Parameter isBrief: whether only a verdict matters. A pair that no address could bring to one is then let go before
    ///   its addresses are compared, with a score that says nothing.
    package func weigh(
        _ left: PartyFeatures, _ right: PartyFeatures, _ classes: FrequencyClasses, withheld: FieldMask,
        isBrief: Bool = false
    ) -> PairWeight {
        var weight = PairWeight(score: prior(classes), levels: 0, verdict: .none, reason: .none)
        let names = NameComparison(left, right)
        add(.firstName, names.first, .firstName, classes, to: &weight)
        add(.lastName, names.last, .lastName, classes, to: &weight)
        if !withheld.contains(.company) {
            add(.company, left.companyLevel(against: right), .company, classes, to: &weight)
        }
        if !withheld.contains(.birthDate) {
            add(.birthDate, left.birthDate.level(against: right.birthDate), to: &weight)
        }
        if !withheld.contains(.email) { add(.email, left.emailLevel(against: right), to: &weight) }
        if !withheld.contains(.phone) { add(.phone, left.phone.level(against: right.phone), to: &weight) }
        if !withheld.contains(.vat), left.vatHash != 0, right.vatHash != 0 {
            add(.vat, left.vatHash == right.vatHash ? .same : .differs, to: &weight)
        }
        if left.generation != .none, right.generation != .none {
            add(.generation, left.generation == right.generation ? .same : .differs, to: &weight)
        } else if left.generation != right.generation {
            add(.generation, .part, to: &weight)
        }
        if isBrief, !mayMatter(weight, left, right) { return .strangers }
        var address = AddressComparison()
        if !withheld.contains(.address) { address = addBestAddress(left, right, classes, to: &weight) }
        let isGenerationApart =
            weight[.birthDate] <= .similar && weight[.birthDate] != .missing
            && left.birthDate.isGenerationApart(from: right.birthDate)
        let isDateSlip = weight[.birthDate] >= .close && left.birthDate.isSlip(of: right.birthDate)
        PairJudge(
            weight: weight, address: address, isGenerationApart: isGenerationApart,
            isDecadesApart: left.birthDate.isDecadesApart(from: right.birthDate), isDateSlip: isDateSlip,
            names: names, rules: rules
        ).decide(&weight)
        return weight
    }

    /// Whether the best of addresses could still bring the pair to a verdict: by weight, or by what a household shares
    /// (`PairJudge`), which links two people however little they weigh together.
    @inline(__always) private func mayMatter(
        _ weight: PairWeight, _ left: PartyFeatures, _ right: PartyFeatures
    ) -> Bool {
        if weight.score + rules.addressLimit >= rules.queueThreshold { return true }
        if weight[.vat] == .same || weight[.email] == .same || weight[.phone] >= .local { return true }
        return weight[.lastName] >= .sounds && left.mayShareDoor(with: right)
    }

    @inline(__always) func prior(_ classes: FrequencyClasses) -> Int32 {
        priors[min(Int(classes.population), FrequencyClasses.populationClasses - 1)]
    }

    @inline(__always) private func add(_ field: MatchField, _ level: PairLevel, to weight: inout PairWeight) {
        weight[field] = level
        weight.score += rules.weight(field, level)
    }

    @inline(__always) private func add(
        _ field: MatchField, _ level: PairLevel, _ counted: FrequencyField, _ classes: FrequencyClasses,
        to weight: inout PairWeight
    ) {
        weight[field] = level
        weight.score += value(field, level, counted, classes)
    }

    @inline(__always) func value(
        _ field: MatchField, _ level: PairLevel, _ counted: FrequencyField, _ classes: FrequencyClasses
    ) -> Int32 {
        level == .same ? rules.weight(field, .same) + rarity(counted, classes) : rules.weight(field, level)
    }

    // MARK: Addresses

    /// Adds the pair of addresses that agrees best.
    private func addBestAddress(
        _ left: PartyFeatures, _ right: PartyFeatures, _ classes: FrequencyClasses, to weight: inout PairWeight
    ) -> AddressComparison {
        var best = AddressComparison(left.firstAddress, right.firstAddress)
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
        weight[.street] = best.street
        weight[.houseNumber] = best.houseNumber
        weight[.addition] = best.addition
        weight[.postalCode] = best.postalCode
        weight[.city] = best.city
        weight[.state] = best.state
        weight.score += best.sum
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
