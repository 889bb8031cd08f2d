import Bytes

// What the ledger's documents say, on the shard of their order's profile: packed invoices (see InvoiceCodec.swift). The
// ledger knows the row of each.

struct ContentRow: BitwiseCopyable, Sendable {
    /// The current content; after posting it never changes.
    var record: ByteArena.Reference
}

extension ShardState {
    mutating func evolveContent(_ event: Event, _ bytes: Span<UInt8>) {
        let row = ContentRow(record: records.append(bytes.extracting(event.record.range)))
        if event.kind == .documentDrafted {
            contents.append(row)
        } else {
            contents[Int(event.row)] = row
        }
    }

    /// The document's content, without number and date.
    package func content(row: UInt32) -> DocumentContent {
        do throws(ByteReaderError) { return try DocumentContent().reading(records[contents[Int(row)].record]) } catch {
            preconditionFailure("a document's content does not read: \(error)")
        }
    }

    func areContentsConsistent() -> Bool {
        for row in 0..<contents.count where !records.contains(contents[row].record) { return false }
        return true
    }

    /// An order and the party that placed it, packed: what a document is made from.
    package func orderSource(row: UInt32) -> (order: [UInt8], party: [UInt8]) {
        let order = orders[Int(row)]
        return (record(of: order.record), records[variants[Int(order.variant)].record].array)
    }
}
