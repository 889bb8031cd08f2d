import Bytes

// What only the records of documents from elsewhere tell.
extension ShardState {
    package func documentClock(row: UInt32) -> DocumentClock {
        let entry = documents[Int(row)]
        let document = PackedRecord(records[entry.record], DocumentShape.members)
        let recipient = PackedRecord(document[DocumentShape.recipient], AddressShape.members)
        return DocumentClock(
            kind: document.text(DocumentShape.kind), country: recipient.text(AddressShape.country),
            start: document.moment(DocumentShape.issuedAt)?.milliseconds ?? entry.recordedAt)
    }

    /// Documents that name the order, as rows of its history, oldest first.
    package func documentRows(of profile: UInt32, _ order: OrderName, except removed: Set<UInt32>) -> [[UInt8]] {
        var rows: [(at: Int64, json: [UInt8])] = []
        forEachDocument(of: profile) { number, entry in
            guard !removed.contains(number) else { return }
            let document = PackedRecord(records[entry.record], DocumentShape.members)
            guard document.has(DocumentShape.order) else { return }
            do throws(Refusal) {
                let name = try OrderName(document[DocumentShape.order])
                let isSameStore = name.store == order.store || name.store == nil || order.store == nil
                guard name.channel == order.channel, name.number == order.number, isSameStore else { return }
            } catch {
                return
            }
            let at = document.moment(DocumentShape.issuedAt)?.milliseconds ?? entry.recordedAt
            var output = ByteWriter(capacity: 256)
            output.openObject()
            output.key("at")
            output.timestamp(Timestamp(milliseconds: at))
            output.member("act", "issued-elsewhere")
            output.key("by")
            output.null()
            output.member("document", document.text(DocumentShape.number))
            output.member("kind", document.text(DocumentShape.kind))
            output.closeObject()
            rows.append((at, output.copyBytes()))
        }
        return rows.sorted { $0.at < $1.at }.map(\.json)
    }
}
