import Bytes

// The service in a snapshot: terms as one counted list, two tables of rows, and pages of texts. None of them for a folder that
// never had any.

/// The tables at one moment; sharing their pages costs nothing.
struct ServiceCapture: Sendable {
    fileprivate let terms: [UInt8]
    fileprivate let brochures: PagedArray<BrochureRow>
    fileprivate let logIns: PagedArray<LogInRow>
    fileprivate let records: ByteArena

    func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        if !terms.isEmpty {
            try sink.begin(.terms, shard: 0, entries: 1)
            try sink.write(terms.span)
            try sink.end()
        }
        if logIns.count > 0 { try sink.table(.logIns, 0, logIns) }
        guard brochures.count > 0 else { return }
        try sink.table(.brochures, 0, brochures)
        try sink.begin(.brochureRecords, shard: 0, entries: 0)
        try records.forEachFramedPage { page throws(Sink.Failure) in try sink.write(page) }
        try sink.end()
    }
}

private struct TermsRows: FieldCoded {
    struct Row {
        var shop: UInt16 = 0
        var stored = StoredTerms()
    }

    var rows: [Row] = []

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.list(&rows, Row()) { row, coder throws(ByteReaderError) in
            try coder.number(&row.shop)
            try row.stored.terms.code(&coder)
            try coder.text(&row.stored.actor)
            try coder.integer(&row.stored.at)
            try coder.number(&row.stored.version)
        }
    }
}

extension ServiceState {
    func capture() -> ServiceCapture {
        var rows = TermsRows()
        for (shop, terms) in terms.sorted(by: { $0.key < $1.key }) {
            for stored in terms.values.sorted(by: { $0.terms.id < $1.terms.id }) {
                rows.rows.append(TermsRows.Row(shop: shop, stored: stored))
            }
        }
        return ServiceCapture(
            terms: rows.rows.isEmpty ? [] : rows.packed, brochures: brochures, logIns: logIns, records: records)
    }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .terms: loadedTerms += bytes.array
        case .brochures: return brochures.append(rawBytes: bytes)
        case .logIns: return logIns.append(rawBytes: bytes)
        case .brochureRecords: loadedRecords += bytes.array
        default: return false
        }
        return true
    }

    /// Builds what is derived once all tables are loaded; false if they do not fit together.
    mutating func finishLoading(profiles: Int, shopCount: Int) -> Bool {
        let pages = loadedRecords
        loadedRecords = []
        guard records.append(framedPages: pages.span), loadTerms(shopCount: shopCount) else { return false }
        for number in 0..<brochures.count {
            let row = brochures[number]
            guard records.contains(row.facts), records.contains(row.closing), Int(row.next) <= number,
                Int(row.profile) < profiles, Int(row.shop) < shopCount, BrochureStanding(rawValue: row.standing) != nil,
                reads(row)
            else { return false }
            note(row, UInt32(number))
        }
        for number in 0..<logIns.count {
            guard Int(logIns[number].profile) < profiles else { return false }
            note(logIns[number], number)
        }
        return true
    }

    private mutating func loadTerms(shopCount: Int) -> Bool {
        let bytes = loadedTerms
        loadedTerms = []
        guard !bytes.isEmpty else { return true }
        do throws(ByteReaderError) {
            for row in try TermsRows().reading(bytes.span).rows {
                guard Int(row.shop) < shopCount else { return false }
                terms[row.shop, default: [:]][row.stored.terms.id] = row.stored
            }
            return true
        } catch {
            return false
        }
    }

    private func reads(_ row: BrochureRow) -> Bool {
        do throws(ByteReaderError) {
            _ = try BrochureFacts().reading(records[row.facts])
            guard row.state != .waiting else { return true }
            var reader = ByteReader(records[row.closing])
            _ = try reader.countedRange()
            return true
        } catch {
            return false
        }
    }
}
