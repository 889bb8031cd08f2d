import Bytes

// Facts on the shard: what was told of each order last. One row for each fact; what is told anew replaces it (the journal
// keeps both).

struct FactRow: BitwiseCopyable, Sendable {
    /// Kind (1), then the packed record.
    var record: ByteArena.Reference
    /// Row of the order.
    var order: UInt32
    /// Next older row of the order plus one.
    var next: UInt32
}

extension ShardState {
    mutating func evolveFact(_ event: Event, _ bytes: Span<UInt8>) {
        let record = records.append(bytes.extracting(event.record.range))
        guard Int(event.row) == facts.count else {
            facts[Int(event.row)].record = record
            return
        }
        facts.append(FactRow(record: record, order: event.orderRow, next: newestFact(of: event.orderRow)))
        linkFact(event.row)
    }

    private func newestFact(of order: UInt32) -> UInt32 {
        Int(order) < newestFacts.count ? newestFacts[Int(order)] : 0
    }

    private mutating func linkFact(_ number: UInt32) {
        let order = Int(facts[Int(number)].order)
        while newestFacts.count <= order { newestFacts.append(0) }
        newestFacts[order] = number + 1
    }

    /// What is known of an order, in no order that means anything.
    func orderFacts(of order: UInt32) -> [OrderFact] {
        var found: [OrderFact] = []
        forEachFact(of: order) { found.append(OrderFact($0)) }
        return found
    }

    /// Calls `body` with what was told of each fact last: kind (1), then the packed record.
    func forEachFact(of order: UInt32, _ body: (Span<UInt8>) -> Void) {
        var next = newestFact(of: order)
        while next != 0 {
            let row = facts[Int(next - 1)]
            body(records[row.record])
            next = row.next
        }
    }

    /// Whether anything happened to the order.
    @inline(__always) func hasFacts(_ order: UInt32) -> Bool { newestFact(of: order) != 0 }

    /// What ORDER.LIFE answers: which order, whose, and its life.
    package func lifeJSON(order: UInt32, into output: inout ByteWriter) {
        let row = orders[Int(order)]
        let party = PartyRecord(records[variants[Int(row.variant)].record]).members
        let bytes = self.record(of: row.record)
        let record = PackedRecord(bytes.span, OrderShape.kinds)
        let facts = orderFacts(of: order)
        output.openObject()
        output.key("channel")
        output.string(party[PartyShape.channel])
        output.key("store")
        output.string(party[PartyShape.store])
        output.key("number")
        output.string(record[OrderShape.number])
        output.key("life")
        output.life(OrderLife(OrderFrame(record, channel: party[PartyShape.channel], hasFacts: true), facts))
        output.closeObject()
    }

    /// Names of the members in which a sent fact differs from the one stored.
    package func factDifferences(row: UInt32, record: Span<UInt8>) -> [String] {
        FactDifferences.names(record, records[facts[Int(row)].record])
    }

    // MARK: Snapshots

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func loadFacts(_ bytes: Span<UInt8>) -> Bool {
        let first = facts.count
        guard facts.append(rawBytes: bytes) else { return false }
        for number in first..<facts.count {
            guard Int(facts[number].order) < orders.count else { return false }
            linkFact(UInt32(number))
        }
        return true
    }

    func areFactsConsistent() -> Bool {
        for row in 0..<facts.count {
            guard records.contains(facts[row].record), Int(facts[row].next) <= row,
                OrderFact.isWellFormed(records[facts[row].record])
            else { return false }
        }
        return true
    }
}
