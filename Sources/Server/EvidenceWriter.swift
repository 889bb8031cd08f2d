import Bytes
import Commerce
import Engine

/// Writes the answer of `CUSTOMER.WHY`.
enum EvidenceWriter {
    /// - Parameter values: the value behind each edge of the plan, as the newer profile gave it.
    static func write(_ plan: EvidencePlan, values: [String?], into output: inout ByteWriter) {
        output.openObject()
        output.key("customer")
        output.customerNumber(plan.first.number)
        if let second = plan.second {
            let isSame = second.number == plan.first.number
            output.key("same")
            output.bool(isSame)
            if !isSame { apart(second, into: &output) }
        }
        output.key("profiles")
        output.openArray()
        for profile in plan.first.profiles { output.customerNumber(profile + 1) }
        output.closeArray()
        output.key("evidence")
        output.openArray()
        for (edge, value) in zip(plan.edges, values) { item(edge, value, into: &output) }
        output.closeArray()
        output.closeObject()
    }

    private static func apart(_ other: CustomerMembers, into output: inout ByteWriter) {
        output.key("other")
        output.customerNumber(other.number)
        output.key("otherProfiles")
        output.openArray()
        for profile in other.profiles { output.customerNumber(profile + 1) }
        output.closeArray()
        output.key("reason")
        output.string(
            "no e-mail address, phone, VAT id, postal address with name, or channel reference is the same on both sides"
                as String)
    }

    private static func item(_ edge: EdgeEntry, _ value: String?, into output: inout ByteWriter) {
        output.openObject()
        output.key("key")
        let kind = IdentityKeyKind(rawValue: UInt8(truncatingIfNeeded: edge.kind)) ?? .order
        output.string("\(kind.text)" as String)
        if let value {
            output.key("value")
            output.string(value)
        }
        output.key("profiles")
        output.openArray()
        output.customerNumber(edge.older + 1)
        output.customerNumber(edge.newer + 1)
        output.closeArray()
        output.key("seq")
        output.number(edge.sequence)
        output.closeObject()
    }
}
