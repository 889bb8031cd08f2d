import Bytes
import Commerce

/// Tags and blocks. (`tag=` is what every reply echoes, so tags stand as plain words.)
extension CommandTable {
    static let labels: [CommandDescription] = [
        CommandDescription(
            name: .customerTag, text: "CUSTOMER.TAG", arguments: "customer tag ... [cause=] [actor=]",
            summary: "puts tags on a customer",
            details:
                "Up to 20 tags: words such as vip, interest:tea or group:resellers, kept in lower case, at most 64 bytes, no comma. They follow the profile through merges and splits. What is there already answers duplicate:true.",
            options: ["cause", "actor"], plainArguments: 21, takesJSON: false),
        CommandDescription(
            name: .customerUntag, text: "CUSTOMER.UNTAG", arguments: "customer tag ... [actor=]",
            summary: "takes tags off a customer",
            details: "Off all its profiles. What is not there answers duplicate:true.",
            options: ["actor"], plainArguments: 21, takesJSON: false),
        CommandDescription(
            name: .customerBlock, text: "CUSTOMER.BLOCK", arguments: "customer reason= [actor=]",
            summary: "blocks a customer and says why", details: "Shown in the dossier and in every list.",
            options: ["reason", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerUnblock, text: "CUSTOMER.UNBLOCK", arguments: "customer [actor=]",
            summary: "unblocks a customer", details: "Takes back the blocks of all its profiles.",
            options: ["actor"], plainArguments: 1, takesJSON: false),
    ]
}

extension CommandName {
    /// Whether it is about tags or blocks of one customer.
    package var isOfLabels: Bool {
        switch self {
        case .customerTag, .customerUntag, .customerBlock, .customerUnblock, .customerGroup: true
        default: false
        }
    }
}

extension RequestReader {
    package static func label(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> LabelCommand {
        let plain = request.plainArguments
        guard let first = plain.first else { throw wrongUse(name) }
        let customer = try number(first)
        switch name {
        case .customerTag:
            return .tag(
                customer, try tags(plain.dropFirst(), name), cause: try text(request, "cause", bytes: 200) ?? "")
        case .customerUntag: return .untag(customer, try tags(plain.dropFirst(), name))
        case .customerBlock:
            guard let reason = try text(request, "reason", bytes: 1_000) else { throw wrongUse(name) }
            return .block(customer, reason: reason)
        case .customerGroup: return .group(customer, try group(plain.dropFirst().first, name))
        default: return .unblock(customer)
        }
    }

    private static func tags(_ words: ArraySlice<[UInt8]>, _ name: CommandName) throws(Refusal) -> [CustomerTag] {
        guard !words.isEmpty else { throw wrongUse(name) }
        var tags: [CustomerTag] = []
        for word in words { tags.append(try tag(word)) }
        return tags
    }

    static func tag(_ word: [UInt8]) throws(Refusal) -> CustomerTag {
        guard let tag = CustomerTag(String(decoding: word, as: UTF8.self)) else { throw .invalidTag }
        return tag
    }
}
