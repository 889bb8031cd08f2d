import Bytes

// Which entries are next: the directory's part of an export. A look at so many entries and no more, since everybody who
// writes waits meanwhile.
extension DirectoryState {
    /// Most entries looked at for one slice: some ten microseconds where most belong to other shops.
    private static let entriesPerSlice = 8_192

    /// The next rows of a shop behind the cursor, in the order of their arrival.
    package func exportSlice(_ question: ExportQuestion, shop: UInt16) -> ExportSlice {
        switch question.kind {
        case .profiles: slice(question, of: profiles.count) { profileItem($0, shop: shop) }
        case .customers:
            slice(question, of: profiles.count) { number in
                guard profiles[Int(root(of: UInt32(number)))].lowest == UInt32(number) else { return nil }
                return profileItem(number, shop: shop)
            }
        case .orders: slice(question, of: orders.count) { item($0, orders[$0].profile, orders[$0].row, shop) }
        case .documents:
            slice(question, of: documents.count) { item($0, documents[$0].profile, documents[$0].row, shop) }
        case .facts: slice(question, of: facts.entries.count) { factItem($0, shop: shop) }
        }
    }

    private func slice(
        _ question: ExportQuestion, of count: Int, _ item: (Int) -> ExportItem?
    ) -> ExportSlice {
        var slice = ExportSlice()
        let first = min(question.after, count)
        let end = min(count, first + Self.entriesPerSlice)
        slice.next = first
        while slice.next < end, slice.items.count < question.limit {
            if let item = item(slice.next) { slice.items.append(item) }
            slice.next += 1
        }
        slice.isDone = slice.next == count
        return slice
    }

    private func item(_ number: Int, _ profile: UInt32, _ row: UInt32, _ shop: UInt16) -> ExportItem? {
        guard profiles[Int(profile)].shop == shop else { return nil }
        return ExportItem(
            cursor: UInt32(number + 1), profile: profile, customer: customerNumber(of: profile), row: row, at: 0)
    }

    private func profileItem(_ number: Int, shop: UInt16) -> ExportItem? {
        let entry = profiles[number]
        guard entry.shop == shop else { return nil }
        let known = imports.entry(of: UInt32(number))
        return ExportItem(
            cursor: UInt32(number + 1), profile: UInt32(number), customer: customerNumber(of: UInt32(number)),
            row: known.map { $0.row + 1 } ?? 0, at: known?.at ?? 0)
    }

    /// A fact that waits for its order has no name to go by yet; it comes out when its order has come.
    private func factItem(_ number: Int, shop: UInt16) -> ExportItem? {
        let entry = facts.entries[number]
        guard entry.order != FactEntry.held else { return nil }
        return item(number, orders[Int(entry.order)].profile, entry.row, shop)
    }
}
