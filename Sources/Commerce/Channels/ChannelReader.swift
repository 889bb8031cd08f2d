import Bytes

/// Translates the platforms' own payloads into the canonical orders and profiles of ORDER.PUT and CUSTOMER.PUT, and their
/// updates into the facts of ORDER.SHIP and the others.
///
/// A pure function of its arguments: the same bytes always give the same items, so that a delivery that comes twice is
/// recognised as such. Any thread may call it. It allocates freely; hot streams come as canonical orders.
package enum ChannelReader {
    /// The channels that have a reader, by their canonical names.
    package static let channels = platforms.map { $0.channel }

    private static let platforms: [any Platform.Type] = [
        ShopifyPlatform.self, WooCommercePlatform.self, AmazonPlatform.self, BolPlatform.self,
    ]

    /// Reads one payload: the body of an API answer or webhook, or a whole HTTP answer with its headers.
    ///
    /// - Parameters:
    ///   - channel: `shopify`, `woocommerce`, `amazon` or `bol` (also `bol.com`), in any case.
    ///   - store: the store on that channel, as the merchant names it.
    /// - Returns: the items in the payload's order; none if it is a list without orders. In a list each item can be
    ///   refused by itself, also all of them.
    /// - Throws: if the payload as a whole is no order, customer or update, or its only item is refused.
    package static func read(
        channel: String, store: String, payload: Span<UInt8>
    ) throws(ChannelError) -> [ChannelItem] {
        let name = channel.lowercased() == "bol.com" ? "bol" : channel.lowercased()
        guard let platform = platforms.first(where: { $0.channel == name }) else {
            throw ChannelError(.unknownChannel(channel))
        }
        let content: PlatformPayload
        do throws(ChannelError.Reason) {
            content = try platform.open(try document(payload))
        } catch {
            throw ChannelError(error)
        }
        var items: [ChannelItem] = []
        for part in content.parts {
            let found = self.items(part, platform: platform, store: store)
            if case .refused(let error) = found.first?.kind, !content.isList { throw error }
            items += found
        }
        return items
    }

    /// An order or customer with what else its body tells, or the facts of an update.
    private static func items(
        _ part: PlatformPayload.Part, platform: any Platform.Type, store: String
    ) -> [ChannelItem] {
        switch part {
        case .order(let fields):
            let name = "order \(platform.name(of: fields).prefix(80))"
            var canonical: CanonicalOrder?
            var order = item(.order, name) { () throws(ChannelError.Reason) in
                let read = try platform.order(fields, store: store)
                canonical = read
                return read.json
            }
            if case .refused = order.kind { return [order] }
            if let canonical { order.tieBreak = SameSecond.tieBreak(of: canonical, json: order.json.span) }
            order.consent = consent(platform, fields, store: store, isOrder: true)
            return [order]
                + facts(platform, store, "an update of \(name)") { () throws(ChannelError.Reason) in
                    try platform.facts(ofOrder: fields)
                }
        case .customer(let fields):
            var customer = item(.customer, "customer \(platform.name(of: fields).prefix(80))") {
                () throws(ChannelError.Reason) in try platform.profile(fields, store: store).json
            }
            if case .customer = customer.kind {
                customer.consent = consent(platform, fields, store: store, isOrder: false)
            }
            return [customer]
        case .update(let fields):
            return facts(
                platform, store, "update \((fields.id("id", "shipmentId", "returnId") ?? "without id").prefix(80))"
            ) {
                () throws(ChannelError.Reason) in try platform.facts(ofUpdate: fields)
            }
        case .refused(let name, let reason): return [.refused(reason, name)]
        }
    }

    private static func consent(
        _ platform: any Platform.Type, _ fields: ChannelFields, store: String, isOrder: Bool
    ) -> ChannelConsent? {
        guard let said = platform.consent(fields, isOrder: isOrder) else { return nil }
        return ChannelConsent(
            subject: "\(platform.channel)/\(store):\(platform.name(of: fields))", isOrder: isOrder,
            isGiven: said.isGiven, at: Int64(said.at.millisecondsSince1970))
    }

    private static func item(
        _ kind: ChannelItem.Kind, _ name: String, _ json: () throws(ChannelError.Reason) -> JSONValue
    ) -> ChannelItem {
        do throws(ChannelError.Reason) { return ChannelItem(kind: kind, name: name, json: try json().bytes) } catch {
            return .refused(error, name)
        }
    }

    private static func facts(
        _ platform: any Platform.Type, _ store: String, _ name: String,
        _ read: () throws(ChannelError.Reason) -> [CanonicalFact]
    ) -> [ChannelItem] {
        do throws(ChannelError.Reason) {
            return try read().map { fact in
                ChannelItem(
                    kind: .fact(fact.kind, order: "\(platform.channel)/\(store):\(fact.order)"),
                    name: "\(fact.kind.text) of order \(fact.order.prefix(80))", json: fact.json.bytes)
            }
        } catch {
            return [.refused(error, name)]
        }
    }

    // MARK: Bytes

    private static func document(_ payload: Span<UInt8>) throws(ChannelError.Reason) -> JSONValue {
        let start = bodyStart(payload)
        let body = payload.extracting(start...)
        do {
            _ = try UTF8Span(validating: body)
        } catch {
            throw .notUTF8(offset: start + error.byteOffsets.lowerBound)
        }
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw .notJSON(error.reason, offset: start + error.offset)
        }
    }

    /// Where the JSON begins: after the headers of an HTTP answer, after a byte order mark.
    private static func bodyStart(_ payload: Span<UInt8>) -> Int {
        var start = 0
        if payload.count > 5, payload.extracting(..<5).equals("HTTP/") { start = endOfHeaders(payload) }
        if payload.count >= start + 3, payload.extracting(start..<start + 3).equals("\u{FEFF}") { start += 3 }
        return start
    }

    /// The offset after the first empty line; the end if there is none.
    private static func endOfHeaders(_ payload: Span<UInt8>) -> Int {
        var isLineEmpty = false
        for index in 0..<payload.count {
            switch payload[index] {
            case UInt8(ascii: "\r"): continue
            case UInt8(ascii: "\n"):
                if isLineEmpty { return index + 1 }
                isLineEmpty = true
            default: isLineEmpty = false
            }
        }
        return payload.count
    }
}

extension ChannelItem {
    fileprivate static func refused(_ reason: ChannelError.Reason, _ name: String) -> ChannelItem {
        ChannelItem(kind: .refused(ChannelError(reason, item: name)), name: name, json: [])
    }
}

extension JSONValue {
    /// The document as one line of UTF-8.
    fileprivate var bytes: [UInt8] {
        var output = ByteWriter(capacity: 1024)
        write(into: &output)
        return output.copyBytes()
    }
}
