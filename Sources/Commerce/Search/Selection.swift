import Bytes

/// In which order customers are listed.
package enum SearchSort: Sendable, CaseIterable {
    /// The oldest customer first.
    case number
    /// The customer that was last to come first.
    case newest
    /// By the name that shows; for a short list.
    case name

    package var isFalling: Bool { self == .newest }
}

/// Which customers of a shop are meant: all that fit everything that is said.
package struct Selection: Sendable {
    /// What their texts must have, and their marks.
    package var terms: [SearchTerm] = []
    /// Names of the first term as a document's number.
    package var documents: [UInt64] = []
    package var tagged: [CustomerTag] = []
    package var untagged: [CustomerTag] = []
    package var isBlocked: Bool?
    /// These alone, by their numbers; nil for all.
    package var numbers: [UInt32]?

    package init() {}
}

extension DirectoryState {
    /// The leaders of the customers that are meant. The map must be up to date.
    /// - Parameter found: for each shard, term by term, the rows that have it.
    package mutating func select(_ selection: Selection, found: [[BitRow]], shop: UInt16) -> ProfileSet {
        var result = leaders(of: shop)
        for (number, term) in selection.terms.enumerated() {
            var leaders = leaders(of: ProfileSet(found.map { $0[number] }))
            addNamed(term, number == 0 ? selection.documents : [], to: &leaders)
            result.formIntersection(leaders)
        }
        for tag in selection.tagged { result.formIntersection(leaders(of: labels.carriers(of: tag, shop: shop) ?? [])) }
        for tag in selection.untagged { result.subtract(leaders(of: labels.carriers(of: tag, shop: shop) ?? [])) }
        if let isBlocked = selection.isBlocked {
            let blocked = leaders(of: labels.carriers(of: nil, shop: shop) ?? [])
            if isBlocked { result.formIntersection(blocked) } else { result.subtract(blocked) }
        }
        if let numbers = selection.numbers {
            let known = numbers.filter { $0 > 0 && Int($0) <= profiles.count }
            result.formIntersection(leaders(of: Set(known.map { $0 - 1 })))
        }
        return result
    }

    /// What is found by its whole number, which no text holds: customers, and documents that were made here.
    private func addNamed(_ term: SearchTerm, _ documents: [UInt64], to leaders: inout ProfileSet) {
        guard case .part(let part) = term else { return }
        let digits = part.first == UInt8(ascii: "c") ? part.dropFirst() : part[...]
        if let number = UInt32(String(decoding: digits, as: UTF8.self)), number > 0, Int(number) <= profiles.count {
            leaders.insert(profiles[Int(root(of: number - 1))].lowest)
        }
        for hash in documents {
            if let profile = ledger.profile(ofDocument: hash) {
                leaders.insert(profiles[Int(root(of: profile))].lowest)
            }
        }
    }
}
