/// How well customers match the true buyers, over pairs of items: a pair is right where both items have the same buyer
/// and the same customer.
package struct PairScore: Equatable, Sendable {
    /// Pairs of one customer and one buyer.
    package var right = 0
    /// Pairs of one customer.
    package var predicted = 0
    /// Pairs of one buyer.
    package var actual = 0

    /// Of the pairs put together, the share that belongs together; 1 where nothing was put together.
    package var precision: Double { predicted == 0 ? 1 : Double(right) / Double(predicted) }
    /// Of the pairs that belong together, the share that was put together; 1 where none belongs together.
    package var recall: Double { actual == 0 ? 1 : Double(right) / Double(actual) }
    package var f1: Double {
        precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
}

/// One item: an order, or a profile, with the customer it was given and the buyer it is of.
package struct Assignment: Hashable, Sendable {
    package let customer: UInt32
    package let buyer: UInt32
    /// What the item came through, so that orders can be counted by profile.
    package let channel: UInt8

    package init(customer: UInt32, buyer: UInt32, channel: UInt8 = 0) {
        self.customer = customer
        self.buyer = buyer
        self.channel = channel
    }
}

/// The comparison of customers with the truth.
package struct TruthCheck: Sendable {
    /// A customer that holds more than one buyer.
    package struct OverMerge: Equatable, Sendable {
        package let customer: UInt32
        /// Buyers with their numbers of orders, most orders first.
        package let buyers: [(buyer: UInt32, orders: Int)]
        package static func == (left: Self, right: Self) -> Bool {
            left.customer == right.customer && left.buyers.elementsEqual(right.buyers, by: ==)
        }
    }

    package private(set) var orders = PairScore()
    /// Over distinct profiles: one buyer on one channel as one customer counts once, however many orders there are.
    package private(set) var profiles = PairScore()
    package private(set) var customerCount = 0
    package private(set) var buyerCount = 0
    package private(set) var overMergeCount = 0
    /// The worst first: those with the most buyers.
    package private(set) var worstOverMerges: [OverMerge] = []
    /// Buyers spread over more than one customer.
    package private(set) var splitCount = 0

    /// - Parameter samples: how many over-merges are kept.
    package init(_ assignments: [Assignment], samples: Int = 5) {
        orders = Self.score(assignments)
        profiles = Self.score(Array(Set(assignments)))
        let byCustomer = Self.runs(assignments.map { UInt64($0.customer) << 32 | UInt64($0.buyer) })
        let byBuyer = Self.runs(assignments.map { UInt64($0.buyer) << 32 | UInt64($0.customer) })
        customerCount = byCustomer.count
        buyerCount = byBuyer.count
        splitCount = byBuyer.reduce(0) { $0 + ($1.cells.count > 1 ? 1 : 0) }
        let overMerges = byCustomer.filter { $0.cells.count > 1 }
        overMergeCount = overMerges.count
        let worst = overMerges.sorted { ($1.cells.count, $0.key) < ($0.cells.count, $1.key) }.prefix(samples)
        worstOverMerges = worst.map { run in
            OverMerge(
                customer: run.key,
                buyers: run.cells.map { (buyer: $0.value, orders: $0.count) }.sorted { $0.orders > $1.orders })
        }
    }

    private struct Run {
        let key: UInt32
        var cells: [(value: UInt32, count: Int)]
        var total: Int { cells.reduce(0) { $0 + $1.count } }
    }

    /// Groups packed pairs (key in the upper half) by key, and within a key by value.
    private static func runs(_ pairs: [UInt64]) -> [Run] {
        var result: [Run] = []
        for pair in pairs.sorted() {
            let key = UInt32(pair >> 32)
            let value = UInt32(truncatingIfNeeded: pair)
            if result.last?.key != key { result.append(Run(key: key, cells: [])) }
            let run = result.count - 1
            if let last = result[run].cells.last, last.value == value {
                result[run].cells[result[run].cells.count - 1].count += 1
            } else {
                result[run].cells.append((value, 1))
            }
        }
        return result
    }

    private static func score(_ items: [Assignment]) -> PairScore {
        func pairs(_ count: Int) -> Int { count * (count - 1) / 2 }
        var score = PairScore()
        for run in runs(items.map { UInt64($0.customer) << 32 | UInt64($0.buyer) }) {
            score.predicted += pairs(run.total)
            for cell in run.cells { score.right += pairs(cell.count) }
        }
        for run in runs(items.map { UInt64($0.buyer) << 32 | UInt64($0.customer) }) { score.actual += pairs(run.total) }
        return score
    }
}
