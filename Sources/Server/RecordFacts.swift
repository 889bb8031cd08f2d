import Bytes
import Commerce
import Engine

/// What the records told about an explanation: the values behind hashes, the names behind numbers.
struct RecordFacts: Sendable {
    var answers: [RecordQuestion: [String]] = [:]

    /// A text for each `MatchField`; empty where there is none.
    func values(_ row: ComparedRow) -> [String] {
        let values = answers[.values(row)] ?? []
        return values.isEmpty ? [String](repeating: "", count: MatchField.allCases.count) : values
    }

    func order(_ place: OrderPlace) -> String? { answers[.order(profile: place.profile, row: place.row)]?.first }

    /// The value by which an edge was found, as one of the two profiles gave it.
    func key(of edge: EdgeEntry, shop: UInt16) -> String? {
        RecordQuestion.keys(of: edge, shop: shop).lazy.compactMap { answers[$0]?.first }.first
    }
}

extension RecordQuestion {
    static func pair(_ pair: WeighedPair) -> [RecordQuestion] { [.values(pair.one), .values(pair.two)] }

    static func order(_ place: OrderPlace) -> RecordQuestion { .order(profile: place.profile, row: place.row) }

    /// Either profile may have given the value that led to the edge.
    static func keys(of edge: EdgeEntry, shop: UInt16) -> [RecordQuestion] {
        guard let kind = edge.keyKind, kind != .order else { return [] }
        return [edge.newer, edge.older].map { .key(profile: $0, kind, hash: edge.keyHash, shop: shop) }
    }

    /// What a step's sentence needs.
    static func step(_ step: Step, shop: UInt16) -> [RecordQuestion] {
        var questions = step.pair.map { pair($0) } ?? []
        if let order = step.order { questions.append(.order(order)) }
        if case .finding(let edge) = step.cause { questions += keys(of: edge, shop: shop) }
        return questions
    }
}
