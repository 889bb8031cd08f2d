import Bytes

// What differs between a stored record and one that was sent: the text of a CONFLICT.
extension ShardState {
    /// Names of the members in which a sent order differs from the stored version. `party` and `record` are packed.
    package func orderDifferences(row: UInt32, party: Span<UInt8>, record: Span<UInt8>) -> [String] {
        let order = orders[Int(row)]
        let storedParty = PartyRecord(records[variants[Int(order.variant)].record])
        let bytes = self.record(of: order.record)
        let stored = PackedRecord(bytes.span, OrderShape.members)
        return PackedRecord(record, OrderShape.members).differences(from: stored, OrderShape.members)
            + PartyRecord(party).members.differences(from: storedParty.members, PartyShape.members)
            .map { $0 == "billing" || $0 == "shipping" ? $0 : "customer.\($0)" }
    }

    /// Names of the members in which a sent document differs from the stored version.
    package func documentDifferences(row: UInt32, record: Span<UInt8>) -> [String] {
        let stored = PackedRecord(records[documents[Int(row)].record], DocumentShape.members)
        return PackedRecord(record, DocumentShape.members).differences(from: stored, DocumentShape.members)
    }
}

extension PackedRecord {
    func differences(from other: PackedRecord, _ shape: [Member]) -> [String] {
        var names: [String] = []
        for place in shape.indices where !self[place].equals(other[place]) {
            names.append(shape[place].kind == .extra ? "other members" : "\(shape[place].name)")
        }
        if self.has(PartyShape.shippingIsBilling) != other.has(PartyShape.shippingIsBilling) {
            names.append("shipping")
        }
        return names
    }
}
