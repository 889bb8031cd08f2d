import Bytes

// Tags and blocks in a snapshot: two tables of rows and pages of texts. None of them for a folder that never had any.

/// The tables at one moment; sharing their pages costs nothing.
struct LabelCapture: Sendable {
    fileprivate let rows: PagedArray<LabelRow>
    fileprivate let tags: PagedArray<TagRow>
    fileprivate let records: ByteArena

    func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        guard rows.count > 0 else { return }
        try sink.table(.tags, 0, tags)
        try sink.table(.labels, 0, rows)
        try sink.begin(.labelRecords, shard: 0, entries: 0)
        try records.forEachFramedPage { page throws(Sink.Failure) in try sink.write(page) }
        try sink.end()
    }
}

extension LabelState {
    func capture() -> LabelCapture { LabelCapture(rows: rows, tags: tags, records: records) }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .tags: return tags.append(rawBytes: bytes)
        case .labels: return rows.append(rawBytes: bytes)
        case .labelRecords:
            loadedRecords += bytes.array
            return true
        default: return false
        }
    }

    /// Builds what is derived once all tables are loaded; false if they do not fit together.
    mutating func finishLoading(profiles: Int, shopCount: Int) -> Bool {
        let pages = loadedRecords
        loadedRecords = []
        guard records.append(framedPages: pages.span) else { return false }
        for number in 0..<tags.count {
            let row = tags[number]
            guard records.contains(row.text), Int(row.shop) < shopCount, let tag = CustomerTag(records[row.text].text)
            else { return false }
            tagNumbers[ShopTag(shop: UInt16(row.shop), tag: tag)] = UInt32(number)
            carriers.append([])
        }
        for number in 0..<rows.count {
            let row = rows[number]
            guard records.contains(row.detail), Int(row.next) <= number, Int(row.profile) < profiles,
                Int(row.shop) < shopCount, Int(row.tag) <= tags.count, reads(row)
            else { return false }
            note(row, UInt32(number))
        }
        return true
    }

    private func reads(_ row: LabelRow) -> Bool {
        do throws(ByteReaderError) {
            var reader = ByteReader(records[row.detail])
            _ = try reader.countedRange()
            return true
        } catch {
            return false
        }
    }
}
