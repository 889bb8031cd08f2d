import Bytes

/// What a condition of a rule may ask for: a closed set, so that a misspelt field is found when the rule is put.
package enum RuleField: Sendable, Equatable {
    case channel, store, deliveryCountry, billingCountry, language, status, kind, currency
    case total
    /// How many orders the customer has, over all profiles.
    case customerOrders
    /// What they add up to in one currency, as `totals.amounts` of a dossier has it.
    case customerSpent(currency: String)
    case customerTag
    /// `invoice`, `creditNote`, or what a file is.
    case documentKind
    case documentLabel
    case documentVisibility

    /// How its values compare.
    enum Values: Sendable { case text, number, set }

    var values: Values {
        switch self {
        case .channel, .store, .deliveryCountry, .billingCountry, .language, .status, .kind, .currency, .documentKind,
            .documentVisibility:
            .text
        case .total, .customerOrders, .customerSpent: .number
        case .customerTag, .documentLabel: .set
        }
    }

    /// Whether only a change of an order has it.
    var needsOrder: Bool {
        switch self {
        case .customerOrders, .customerSpent, .customerTag, .language, .documentKind, .documentLabel,
            .documentVisibility:
            false
        default: true
        }
    }

    /// Whether only a change that brings a document has it.
    var needsDocument: Bool { self == .documentKind || self == .documentLabel || self == .documentVisibility }

    package var word: String {
        switch self {
        case .customerSpent(let currency): "customer.spent.\(currency)"
        default: Self.plain.first { $0.field == self }?.word ?? ""
        }
    }

    private static let plain: [(word: String, field: RuleField)] = [
        ("channel", .channel), ("store", .store), ("delivery.country", .deliveryCountry),
        ("billing.country", .billingCountry), ("language", .language), ("order.status", .status),
        ("order.kind", .kind), ("order.currency", .currency), ("order.total", .total),
        ("customer.orders", .customerOrders), ("customer.tag", .customerTag), ("document.kind", .documentKind),
        ("document.label", .documentLabel), ("document.visibility", .documentVisibility),
    ]

    package static var words: String {
        (plain.map(\.word) + ["customer.spent.EUR"]).joined(separator: ", ")
    }

    init?(word: String) {
        if let found = Self.plain.first(where: { $0.word == word }) {
            self = found.field
            return
        }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "customer", parts[1] == "spent", parts[2].utf8.count == 3,
            parts[2].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        self = .customerSpent(currency: String(parts[2]))
    }
}

/// How a condition compares.
package enum RuleOperator: String, Sendable, CaseIterable {
    case `is`
    case isNot
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="

    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }

    var isOrdering: Bool { self != .is && self != .isNot }

    func holds(_ left: Decimal64, _ right: Decimal64) -> Bool {
        let isLess = left < right
        let isMore = right < left
        return switch self {
        case .is: !isLess && !isMore
        case .isNot: isLess || isMore
        case .less: isLess
        case .atMost: !isMore
        case .more: isMore
        case .atLeast: !isLess
        }
    }
}

/// One condition of a rule.
package indirect enum RuleCondition: Sendable, Equatable {
    /// The field is one of these words (or, with `isNot`, none of them). Case says nothing.
    case words(RuleField, isNot: Bool, [String])
    case number(RuleField, RuleOperator, Decimal64)
    /// At least one of these holds.
    case any([RuleCondition])

    func holds(for facts: ChangeFacts) -> Bool {
        switch self {
        case .words(let field, let isNot, let wanted):
            let found = facts.words(of: field)
            return wanted.contains { found.contains($0.lowercased()) } != isNot
        case .number(let field, let comparison, let value):
            return facts.number(of: field).map { comparison.holds($0, value) } ?? false
        case .any(let conditions): return conditions.contains { $0.holds(for: facts) }
        }
    }

    /// The fields that it asks for.
    var fields: [RuleField] {
        switch self {
        case .words(let field, _, _), .number(let field, _, _): [field]
        case .any(let conditions): conditions.flatMap(\.fields)
        }
    }
}
