import Bytes

/// Amazon's Selling Partner API: Orders v0, which gives an order in several answers, and Orders 2026-01-01, which gives
/// it in one.
///
/// The v0 answers of one order (getOrder, getOrderAddress, getOrderBuyerInfo, getOrderItems) come as an array, or as an
/// object with any member names; they are joined by AmazonOrderId. The order alone is enough, the other parts alone are
/// refused.
enum AmazonPlatform: Platform {
    static let channel = "amazon"

    static func name(of fields: ChannelFields) -> String {
        fields.text("AmazonOrderId", "orderId") ?? "without AmazonOrderId"
    }

    static func order(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder {
        try fields.has("orderId", "createdTime") ? current(fields, store: store) : v0(fields, store: store)
    }

    static func profile(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalProfile {
        throw .notAnOrder("a customer, which Amazon does not have")
    }

    // MARK: Envelopes

    static func open(_ document: JSONValue) throws(ChannelError.Reason) -> PlatformPayload {
        var bodies: [AmazonBody] = []
        let isList = collect(document, into: &bodies, depth: 0)
        if !bodies.isEmpty, !bodies.contains(where: \.isOfAnOrder) { throw .notAnOrder(what(bodies, document)) }
        let parts = join(bodies)
        return isList || parts.count > 1 ? try PlatformPayload.list(parts) : try one(parts)
    }

    /// What a payload without anything of an order is.
    private static func what(_ bodies: [AmazonBody], _ document: JSONValue) -> String {
        for case .other(let what) in bodies.map(\.kind) { return what }
        return ChannelFields(bodies.count == 1 ? bodies[0].fields.value : document).unknown
    }

    private static func one(_ parts: [PlatformPayload.Part]) throws(ChannelError.Reason) -> PlatformPayload {
        guard let part = parts.first else { throw .notAnOrder("an empty answer") }
        if case .refused(_, let reason) = part { throw reason }
        return .single(part)
    }

    /// Envelopes nest at most three deep: a bundle of answers, each with its payload, which may be a list.
    private static let maximumDepth = 4

    /// Adds the answers found in a value; returns whether it is a list of orders, which may be empty.
    private static func collect(_ value: JSONValue, into bodies: inout [AmazonBody], depth: Int) -> Bool {
        if let elements = value.array, depth < maximumDepth {
            for element in elements { _ = collect(element, into: &bodies, depth: depth + 1) }
            return elements.isEmpty || elements.count > 1
        }
        guard let members = value.members else {
            bodies.append(AmazonBody(ChannelFields(value)))
            return false
        }
        for name in ["Orders", "orders", "returns"] {
            guard let orders = value[name]?.array else { continue }
            for (index, order) in orders.enumerated() {
                bodies.append(AmazonBody(ChannelFields(order, path: "\(name)[\(index)]")))
            }
            return true
        }
        for name in ["payload", "order"] where value[name]?.members != nil && depth < maximumDepth {
            // A bundle may call its members so too, beside others.
            if members.allSatisfy({ $0.name == name || $0.value.members == nil }) {
                return collect(value[name] ?? .null, into: &bodies, depth: depth + 1)
            }
        }
        let body = AmazonBody(ChannelFields(value))
        let isBundle = !members.isEmpty && members.allSatisfy { $0.value.members != nil || $0.value.array != nil }
        guard isBundle, body.kind == .unknown, depth < maximumDepth else {
            bodies.append(body)
            return false
        }
        for member in members { _ = collect(member.value, into: &bodies, depth: depth + 1) }
        return false
    }

    // MARK: Joining

    /// One part for each order, in order of appearance, with the members of its other answers; what belongs to none is
    /// refused. Of several orders with one id the last gets them.
    private static func join(_ bodies: [AmazonBody]) -> [PlatformPayload.Part] {
        var pieces: [String: [AmazonBody]] = [:]
        var lastOrder: [String: Int] = [:]
        for (index, body) in bodies.enumerated() {
            guard let id = body.orderId else { continue }
            if body.kind == .order { lastOrder[id] = index } else { pieces[id, default: []].append(body) }
        }
        var parts: [PlatformPayload.Part] = []
        for (index, body) in bodies.enumerated() {
            switch body.kind {
            case .order:
                let own = body.orderId.flatMap { lastOrder[$0] == index ? pieces[$0] : nil }
                parts.append(.order(body.joined(with: own ?? [])))
            case .update: parts.append(.update(body.fields))
            case .currentOrder: parts.append(.order(body.fields))
            case .other(let what): parts.append(.refused(name: body.name, .notAnOrder(what)))
            case .unknown: parts.append(.refused(name: body.name, .notAnOrder(body.fields.unknown)))
            case .piece(let what):
                if let id = body.orderId, lastOrder[id] != nil { continue }
                parts.append(
                    .refused(
                        name: body.name,
                        .incomplete(what, needs: "send it in one array with the answer of getOrder for the same order"))
                )
            }
        }
        return parts
    }
}
