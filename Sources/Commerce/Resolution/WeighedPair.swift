import Bytes

/// What of one profile was compared: one of the rows that it has shown.
package struct ComparedRow: Hashable, Sendable {
    package let profile: UInt32
    /// Hash of the row's features.
    package let hash: UInt64
    /// Whether the buyer's second address was the one that agreed best.
    package let isSecondAddress: Bool
}

/// Two profiles as they weigh today, with everything that led to the sum.
package struct WeighedPair: Sendable {
    package let weight: PairWeight
    package let waterfall: PairWaterfall
    package let one: ComparedRow
    package let two: ComparedRow
}

extension DirectoryState {
    /// How two profiles compare today, and by which of their rows; the same weight as `weigh`.
    package func weighedPair(_ one: UInt32, _ two: UInt32, _ scratch: inout ResolutionScratch) -> WeighedPair {
        let shop = profiles[Int(one)].shop
        let weigher = identities[Int(shop)].weigher
        let withheld = index.profiles[Int(one)].withheld.union(index.profiles[Int(two)].withheld)
        index.comparedRows(of: one, into: &scratch.ownRows)
        index.comparedRows(of: two, into: &scratch.otherRows)
        var best: (weight: PairWeight, classes: FrequencyClasses, own: Int, other: Int)?
        for own in scratch.ownRows {
            let features = index.rows.features(of: Int(own))
            let classes = index.classes(of: features, shop: shop)
            for other in scratch.otherRows {
                let weight = weigher.weigh(
                    features, index.rows.features(of: Int(other)), classes, withheld: withheld)
                if best.map({ weight.isStronger(than: $0.weight) }) ?? true {
                    best = (weight, classes, Int(own), Int(other))
                }
            }
        }
        guard let best else { preconditionFailure("a profile without a row of features") }
        let (left, right) = addresses(
            best.weight, index.rows.features(of: best.own), index.rows.features(of: best.other))
        return WeighedPair(
            weight: best.weight, waterfall: weigher.waterfall(of: best.weight, best.classes),
            one: ComparedRow(profile: one, hash: index.rows[best.own].hash, isSecondAddress: left),
            two: ComparedRow(profile: two, hash: index.rows[best.other].hash, isSecondAddress: right))
    }

    /// Which of their addresses agreed as the weight says: the second (true) or the first.
    private func addresses(
        _ weight: PairWeight, _ left: PartyFeatures, _ right: PartyFeatures
    ) -> (Bool, Bool) {
        let pairs = [
            (false, false, left.firstAddress, right.firstAddress),
            (true, false, left.secondAddress, right.firstAddress),
            (false, true, left.firstAddress, right.secondAddress),
            (true, true, left.secondAddress, right.secondAddress),
        ]
        let found = pairs.first { _, _, one, other in
            let levels = AddressComparison(one, other)
            return levels.street == weight[.street] && levels.houseNumber == weight[.houseNumber]
                && levels.addition == weight[.addition] && levels.postalCode == weight[.postalCode]
                && levels.city == weight[.city] && levels.state == weight[.state]
        }
        return found.map { ($0.0, $0.1) } ?? (false, false)
    }
}
