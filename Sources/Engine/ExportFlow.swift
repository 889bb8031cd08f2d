import Bytes
import Commerce

/// One slice of an export, ready to be sent.
package struct ExportAnswer: Sendable {
    /// JSON objects, each ended by a line feed.
    package var bytes: [UInt8] = []
    package var rows: [ByteRange] = []
    /// Where the next slice begins.
    package var next = 0
    /// Nothing stood behind it at this moment.
    package var isDone = false
    /// Profiles without a reference, which only orders can bring back.
    package var guests = 0

    package init() {}
}

// An export goes slice by slice, each asked for by the client: the directory says which entries are next, the shards
// write them. No slice is longer than a look at a few thousand entries and a megabyte of each shard, and nothing is held
// between two of them.
extension Engine {
    /// The next rows of a shop, in the order of arrival; none if the shop does not exist. `completion` runs on `lane`.
    package func export(
        _ question: ExportQuestion, ofShopNamed name: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (ExportAnswer) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            let (slice, customers) = directory.assumeIsolated { $0.exportSlice(question, ofShopNamed: name) }
            if question.kind == .customers {
                self.exportCustomers(customers, slice, question, from: lane, completion)
            } else {
                self.exportRows(slice, question, from: lane, completion)
            }
        }
    }

    private func exportRows(
        _ slice: ExportSlice, _ question: ExportQuestion, from lane: any EngineLane,
        _ completion: @escaping @Sendable (ExportAnswer) -> Void
    ) {
        let byShard = Dictionary(grouping: slice.items) { Int($0.profile) % shards.count }
        let gathering = Gathering<ExportRows>(byShard.count, from: lane) { parts in
            completion(ExportAnswer(slice, parts))
        }
        for (number, items) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = shards[number]
            shard.lane.run { gathering.add([shard.assumeIsolated { $0.exportRows(of: items, question) }]) }
        }
    }

    /// Customers have their profiles on several shards: their parts are gathered as those of a dossier are.
    private func exportCustomers(
        _ customers: [CustomerMembers], _ slice: ExportSlice, _ question: ExportQuestion, from lane: any EngineLane,
        _ completion: @escaping @Sendable (ExportAnswer) -> Void
    ) {
        parts(of: customers, from: lane) { parts in
            var answer = ExportAnswer()
            answer.next = slice.next
            answer.isDone = slice.isDone
            var output = ByteWriter(capacity: 64 << 10)
            for (place, customer) in customers.enumerated() {
                let saidAt = parts[place].flatMap(\.profiles).map(\.at).max() ?? .min
                if let since = question.since, saidAt < since { continue }
                let start = output.count
                output.openObject()
                output.key("cursor")
                output.string("\(slice.items[place].cursor)" as String)
                output.key("customer")
                DossierWriter.customer(customer.number, parts[place], into: &output)
                output.closeObject()
                answer.rows.append(ByteRange(start, output.count))
                output.append(UInt8(ascii: "\n"))
            }
            answer.bytes = output.copyBytes()
            completion(answer)
        }
    }
}

extension ExportAnswer {
    /// Puts the rows of all shards in the order of their cursors, up to the first that did not find room.
    fileprivate init(_ slice: ExportSlice, _ parts: [ExportRows]) {
        let end = parts.compactMap(\.firstLeftOut).min()
        next = end.map { Int($0) - 1 } ?? slice.next
        isDone = slice.isDone && end == nil
        guests = parts.reduce(0) { $0 + $1.guests.count { $0 < end ?? .max } }
        var all: [(part: Int, row: ExportRows.Row)] = []
        for (number, part) in parts.enumerated() {
            for row in part.rows where row.cursor < end ?? .max { all.append((number, row)) }
        }
        all.sort { $0.row.cursor < $1.row.cursor }
        var output = ByteWriter(capacity: parts.reduce(0) { $0 + $1.bytes.count })
        for (number, row) in all {
            let start = output.count
            let bytes = parts[number].bytes
            output.append(bytes.span.extracting(row.bytes.range))
            rows.append(ByteRange(start, output.count))
            output.append(UInt8(ascii: "\n"))
        }
        bytes = output.copyBytes()
    }
}

extension Directory {
    /// The next entries and, where customers are asked for, their profiles.
    fileprivate func exportSlice(
        _ question: ExportQuestion, ofShopNamed name: String
    ) -> (ExportSlice, [CustomerMembers]) {
        guard let shop = state.shop(named: name) else {
            var nothing = ExportSlice()
            nothing.isDone = true
            return (nothing, [])
        }
        let slice = state.exportSlice(question, shop: shop)
        return (slice, question.kind == .customers ? slice.items.map { members($0.profile) } : [])
    }
}

extension Shard {
    fileprivate func exportRows(of items: [ExportItem], _ question: ExportQuestion) -> ExportRows {
        state.exportRows(of: items, question)
    }
}
