import Bytes

/// One platform's way of writing orders and customers.
protocol Platform: SendableMetatype {
    /// The canonical name of the channel.
    static var channel: String { get }

    /// Takes the payload out of its envelopes and says what is in it.
    static func open(_ document: JSONValue) throws(ChannelError.Reason) -> PlatformPayload
    static func order(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalOrder
    static func profile(_ fields: ChannelFields, store: String) throws(ChannelError.Reason) -> CanonicalProfile
    /// What an order's body tells of its life besides the order itself.
    static func facts(ofOrder fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact]
    /// What a body tells that is no order: a shipment, a return, a refund.
    static func facts(ofUpdate fields: ChannelFields) throws(ChannelError.Reason) -> [CanonicalFact]
    /// What to call the order or customer in a reply.
    static func name(of fields: ChannelFields) -> String
}

/// What a platform's payload turned out to hold.
struct PlatformPayload {
    enum Part {
        case order(ChannelFields)
        case customer(ChannelFields)
        /// Something that happened to an order.
        case update(ChannelFields)
        /// Something in a list that is neither, or not enough of it.
        case refused(name: String, ChannelError.Reason)
    }

    /// Whether the payload can hold several items, so that one that fails must not fail the others.
    let isList: Bool
    let parts: [Part]

    static func single(_ part: Part) -> PlatformPayload { PlatformPayload(isList: false, parts: [part]) }

    /// The parts of a list.
    /// - Throws: the reason of all its elements if they are refused for one and the same, such as a list of refunds.
    static func list(
        _ elements: [JSONValue], path: String, _ classify: (ChannelFields) throws(ChannelError.Reason) -> Part
    ) throws(ChannelError.Reason) -> PlatformPayload {
        var parts: [Part] = []
        for (index, element) in elements.enumerated() {
            do throws(ChannelError.Reason) {
                parts.append(try classify(ChannelFields(element, path: "\(path)[\(index)]")))
            } catch {
                parts.append(.refused(name: "item \(index + 1)", error))
            }
        }
        return try list(parts)
    }

    /// A list of parts that were classified already; throws as the other one does.
    static func list(_ parts: [Part]) throws(ChannelError.Reason) -> PlatformPayload {
        let reasons = parts.map { part in
            if case .refused(_, let reason) = part { reason } else { nil as ChannelError.Reason? }
        }
        if let first = reasons.first, let shared = first, reasons.allSatisfy({ $0 == shared }) { throw shared }
        return PlatformPayload(isList: true, parts: parts)
    }
}

/// The reading that several platforms share.
extension Platform {
    /// An ISO 4217 code; every platform writes three letters.
    static func currency(_ fields: ChannelFields, _ name: String) throws(ChannelError.Reason) -> String? {
        guard let text = fields.text(name) else { return nil }
        let isCode = text.utf8.count == 3 && text.utf8.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
        guard isCode else { throw .badValue(path: fields.path(name), text: String(text.prefix(80))) }
        return text.uppercased()
    }

    static func sum(_ amounts: [ExactDecimal], path: String) throws(ChannelError.Reason) -> ExactDecimal {
        var total = ExactDecimal.zero
        for amount in amounts {
            guard let next = total.adding(amount) else { throw .badValue(path: path, text: "the sum is out of range") }
            total = next
        }
        return total
    }

    /// A tax rate that comes as a fraction, in percent.
    static func percent(_ fraction: ExactDecimal?) -> ExactDecimal? { fraction?.multiplied(by: ExactDecimal(100)) }
}

extension Optional {
    /// The value, or the refusal that names the missing field.
    func required(_ path: String) throws(ChannelError.Reason) -> Wrapped {
        guard let self else { throw .missingField(path) }
        return self
    }
}
