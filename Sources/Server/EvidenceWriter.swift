import Bytes
import Commerce
import Engine

/// Writes the answer of `CUSTOMER.WHY` about one customer: everything that ties its profiles.
enum EvidenceWriter {
    static func write(_ plan: EvidencePlan, _ facts: RecordFacts, into output: inout ByteWriter) {
        output.openObject()
        output.key("customer")
        output.customerNumber(plan.first.number)
        output.key("profiles")
        output.numbers(plan.first.profiles)
        output.key("evidence")
        output.openArray()
        for edge in plan.edges { item(edge, facts.key(of: edge, shop: plan.shop), into: &output) }
        output.closeArray()
        output.closeObject()
    }

    /// - Parameter value: the value that led to the pair, as one of the two gave it.
    private static func item(_ edge: EdgeEntry, _ value: String?, into output: inout ByteWriter) {
        output.openObject()
        output.key("key")
        output.string(edge.keyKind.map { "\($0.text)" } ?? "fields")
        if let value {
            output.key("value")
            output.string(value)
        }
        output.key("profiles")
        output.numbers([edge.older, edge.newer])
        if edge.version > 0 {
            output.key("score")
            output.bits(edge.score)
            output.key("levels")
            levels(edge, into: &output)
            output.key("version")
            output.number(edge.version)
        }
        if edge.at != 0 {
            output.key("at")
            output.timestamp(Timestamp(milliseconds: edge.at))
        }
        output.key("seq")
        output.number(edge.sequence)
        output.closeObject()
    }

    /// How far each field agreed when the verdict was taken.
    private static func levels(_ edge: EdgeEntry, into output: inout ByteWriter) {
        let weight = PairWeight(score: edge.score, levels: edge.levels, verdict: .none, reason: .none)
        output.openObject()
        for field in MatchField.allCases where weight[field] != .missing {
            output.key("\(field)" as String)
            output.string("\(weight[field])" as String)
        }
        output.closeObject()
    }
}
