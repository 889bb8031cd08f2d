import Bytes

// What an order's shard tells of a change: the values that a template may show, and what conditions ask for.
extension ShardState {
    /// - Parameter row: the order's.
    package func detail(of change: Change, row: UInt32) -> ChangeDetail {
        var detail = ChangeDetail()
        guard change.order > 0 else { return detail }
        let order = orders[Int(row)]
        let bytes = self.record(of: order.record)
        let record = PackedRecord(bytes.span, OrderShape.kinds)
        let party = PartyRecord(records[variants[Int(order.variant)].record]).members
        let frame = OrderFrame(record, channel: party[PartyShape.channel], hasFacts: true)
        detail.order = messageOrder(row: row)
        detail.total = record.decimal(OrderShape.total)
        if record.has(OrderShape.kind) { detail.kind = record.text(OrderShape.kind) }
        let billing = PackedRecord(party[PartyShape.billing], AddressShape.members)
        detail.billingCountry = CountryCode(billing[AddressShape.country]) ?? .unknown
        if !change.fact.isEmpty {
            let fact = OrderFact(change.fact.span)
            let returned =
                fact.returnId.isEmpty ? nil : orderFacts(of: row).first { $0.kind == .return && $0.id == fact.returnId }
            detail.values = ChangeValues(fact, returned, frame).values(for: change.kind)
        } else if change.kind == .orderChanged {
            detail.values["change.text"] = versionText(order, toldAt: change.happenedAt)
        } else {
            detail.values["change.text"] = "\(change.kind.word)"
        }
        return detail
    }

    /// The changes that facts known of an order would have been: what a test of a rule looks at.
    package func pastChanges(of order: UInt32, row: UInt32, profile: UInt32, shop: UInt16, sequence: UInt64) -> [Change]
    {
        let bytes = self.record(of: orders[Int(row)].record)
        let record = PackedRecord(bytes.span, OrderShape.kinds)
        let placedAt = record.moment(OrderShape.placedAt)?.milliseconds ?? 0
        func change(_ kind: ChangeKind, _ place: Int, _ at: Int64, _ fact: [UInt8]) -> Change {
            Change(
                sequence: sequence, place: UInt32(place), kind: kind, shop: shop, profile: profile,
                order: kind.isAboutOrder ? order + 1 : 0, at: at, happenedAt: at, fact: fact)
        }
        var changes = [change(.orderPlaced, 0, placedAt, []), change(.customerChanged, 1, placedAt, [])]
        if orders[Int(row)].versions > 1 {
            let updatedAt = record.moment(OrderShape.updatedAt)?.milliseconds ?? placedAt
            changes.append(change(.orderChanged, 2, updatedAt, []))
        }
        for fact in factRecords(of: row) {
            for telling in Telling.all(in: fact.span) {
                changes.append(change(telling.kind, changes.count, telling.happenedAt ?? placedAt, fact))
            }
        }
        return changes
    }

    private func factRecords(of order: UInt32) -> [[UInt8]] {
        var found: [[UInt8]] = []
        forEachFact(of: order) { found.append($0.array) }
        return found
    }

    // MARK: Versions

    /// What the version that was told at this moment changed, member by member and line by line.
    private func versionText(_ order: OrderRow, toldAt: Int64) -> String {
        var newer = (record: order.record, variant: order.variant)
        var previous = order.previous
        while previous != 0 {
            let older = versions[Int(previous - 1)]
            let newerBytes = self.record(of: newer.record)
            let record = PackedRecord(newerBytes.span, OrderShape.kinds)
            if record.moment(OrderShape.updatedAt)?.milliseconds == toldAt {
                let olderBytes = self.record(of: older.record)
                return VersionDifference(
                    PackedRecord(olderBytes.span, OrderShape.kinds), record,
                    PartyRecord(records[variants[Int(older.variant)].record]).members,
                    PartyRecord(records[variants[Int(newer.variant)].record]).members
                ).text
            }
            newer = (older.record, older.variant)
            previous = older.previous
        }
        return ChangeKind.orderChanged.word
    }
}

/// What differs between two versions of an order, in words that people read: `status: open -> paid; + 1 x Cup`.
private struct VersionDifference {
    private(set) var parts: [String] = []

    var text: String { parts.isEmpty ? "details" : parts.joined(separator: "; ") }

    init(_ old: PackedRecord, _ new: PackedRecord, _ oldParty: PackedRecord, _ newParty: PackedRecord) {
        for (name, place) in [
            ("status", OrderShape.status), ("kind", OrderShape.kind), ("currency", OrderShape.currency),
        ] where !old[place].equals(new[place]) {
            note(name, old.text(place), new.text(place))
        }
        lines(Self.lines(of: old), Self.lines(of: new))
        if !old[OrderShape.total].equals(new[OrderShape.total]) {
            note("total", Self.text(old.decimal(OrderShape.total)), Self.text(new.decimal(OrderShape.total)))
        }
        for (name, place) in [("delivery address", PartyShape.shipping), ("billing address", PartyShape.billing)]
        where !oldParty[place].equals(newParty[place]) {
            note(name, Self.address(oldParty[place]), Self.address(newParty[place]))
        }
    }

    private mutating func note(_ name: String, _ old: String, _ new: String) {
        parts.append("\(name): \(old.isEmpty ? "-" : old) -> \(new.isEmpty ? "-" : new)")
    }

    private static func lines(of order: PackedRecord) -> [(name: String, quantity: Decimal64)] {
        var lines: [(name: String, quantity: Decimal64)] = []
        order.forEachElement(OrderShape.lines) {
            let line = OrderLine(PackedRecord($0, LineShape.members), hasNames: true, decimals: 2)
            let name = line.shownName
            if let place = lines.firstIndex(where: { $0.name == name }) {
                lines[place].quantity = lines[place].quantity + line.quantity
            } else {
                lines.append((name, line.quantity))
            }
        }
        return lines
    }

    private mutating func lines(
        _ old: [(name: String, quantity: Decimal64)], _ new: [(name: String, quantity: Decimal64)]
    ) {
        for line in new {
            let before = old.first { $0.name == line.name }?.quantity
            guard let before else {
                parts.append("+ \(Self.text(line.quantity)) x \(line.name)")
                continue
            }
            if before < line.quantity || line.quantity < before {
                parts.append("\(Self.text(before)) x \(line.name) -> \(Self.text(line.quantity)) x \(line.name)")
            }
        }
        for line in old where !new.contains(where: { $0.name == line.name }) {
            parts.append("- \(Self.text(line.quantity)) x \(line.name)")
        }
    }

    private static func address(_ bytes: Span<UInt8>) -> String {
        let address = PackedRecord(bytes, AddressShape.members)
        let street = [AddressShape.street, AddressShape.houseNumber].map { address.text($0) }
        let city = [AddressShape.postalCode, AddressShape.city, AddressShape.country].map { address.text($0) }
        return [street, city].map { $0.filter { !$0.isEmpty }.joined(separator: " ") }.filter { !$0.isEmpty }
            .joined(separator: ", ")
    }

    private static func text(_ decimal: Decimal64?) -> String { decimal?.plainText ?? "" }
}

extension OrderLine {
    /// What people call the article.
    var shownName: String { !title.isEmpty ? title : !sku.isEmpty ? sku : !ean.isEmpty ? ean : id }
}

extension Decimal64 {
    /// The decimal as people write it, without needless zeros behind whole numbers of articles.
    var plainText: String {
        var output = ByteWriter(capacity: 32)
        output.appendDecimal(self)
        return output.span.text
    }
}

// MARK: - Facts

/// What a fact brings for a template.
private struct ChangeValues {
    private let fact: OrderFact
    private let frame: OrderFrame
    /// The return that a receipt belongs to, if it is known.
    private let announced: OrderFact?

    init(_ fact: OrderFact, _ announced: OrderFact?, _ frame: OrderFrame) {
        self.fact = fact
        self.announced = announced
        self.frame = frame
    }

    func values(for kind: ChangeKind) -> [String: String] {
        var values: [String: String] = [:]
        switch fact.kind {
        case .shipment:
            values["shipment.trackingCode"] = text("trackingCode")
            values["shipment.carrier"] = text("carrier")
            values["shipment.trackingUrl"] = text("trackingUrl")
            values["delivery.date"] = fact.deliveredAt?.dayText
        case .delay:
            values["delay.newDate"] = fact.moment("until")?.dayText
            values["delay.reason"] = text("reason")
        case .return, .receipt:
            values["return.number"] = fact.kind == .return ? fact.id : fact.returnId
            values["return.reason"] = text("reason")
            values["return.articles"] = articles(received: kind == .returnReceived)
        case .cancellation:
            values["cancellation.reason"] = text("reason")
            values["cancellation.articles"] = articles(received: false)
        case .refund:
            values["refund.amount"] = fact.amount.plainText
            values["refund.currency"] = fact.currency ?? frame.currency
        case .payment, .booking, .status: break
        }
        values["change.text"] = changeText(kind)
        return values
    }

    private func text(_ name: StaticString) -> String? { fact.kind.shape.place(name).map { fact.members.text($0) } }

    /// `1 x Green tea, 2 x Cup`; all of the order where the fact names no articles.
    private func articles(received: Bool) -> String {
        var lines = fact.lines
        if lines.isEmpty, fact.kind == .receipt { lines = announced?.lines ?? [] }
        if received, fact.kind == .return, fact.state != "received" { lines = lines.filter { $0.state == .received } }
        guard !lines.isEmpty else {
            return frame.lines.map { "\($0.quantity.plainText) x \($0.shownName)" }.joined(separator: ", ")
        }
        return lines.map { line in
            let ordered = frame.lines.first { $0.isMeant(by: line) }
            let name = ordered?.shownName ?? (line.sku.isEmpty ? line.line : line.sku)
            let quantity = line.quantity ?? ordered?.quantity
            return quantity.map { "\($0.plainText) x \(name)" } ?? name
        }.joined(separator: ", ")
    }

    /// The change in one line, for templates that tell of any change.
    private func changeText(_ kind: ChangeKind) -> String {
        let said: [String?] =
            switch fact.kind {
            case .shipment:
                [
                    text("carrier"), text("trackingCode"), text("state"),
                    fact.moment("expectedAt").map { "expected \($0.dayText)" }, fact.deliveredAt?.dayText,
                ]
            case .delay: [fact.moment("until")?.dayText, text("reason")]
            case .return, .receipt: [articles(received: kind == .returnReceived), text("reason")]
            case .cancellation: [articles(received: false), text("reason")]
            case .refund, .payment: ["\(fact.amount.plainText) \(fact.currency ?? frame.currency)"]
            case .booking:
                [text("part"), text("status"), fact.moment("tripStart")?.dayText, fact.moment("tripEnd")?.dayText]
            case .status: [text("status")]
            }
        return "\(fact.kind.text): " + said.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
