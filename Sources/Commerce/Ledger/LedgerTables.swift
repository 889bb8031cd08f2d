import Bytes

// The ledger in a snapshot: what shops have said (one counted list), three tables as they lie in memory, and the facts
// of the events, page after page. Indexes are built anew.

/// The ledger's tables at one moment; sharing their pages costs nothing.
struct LedgerCapture: Sendable {
    fileprivate let shops: [UInt8]
    fileprivate let documents: PagedArray<LedgerDocument>
    fileprivate let vouchers: PagedArray<LedgerVoucher>
    fileprivate let redemptions: PagedArray<LedgerRedemption>
    fileprivate let facts: ByteArena

    func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        try sink.begin(.ledgerShops, shard: 0, entries: 1)
        try sink.write(shops.span)
        try sink.end()
        try sink.table(.ledgerDocuments, 0, documents)
        try sink.table(.ledgerVouchers, 0, vouchers)
        try sink.table(.ledgerRedemptions, 0, redemptions)
        try sink.begin(.ledgerFacts, shard: 0, entries: 0)
        try facts.forEachFramedPage { page throws(Sink.Failure) in try sink.write(page) }
        try sink.end()
    }
}

private struct ShopRow: FieldCoded {
    var number: UInt16 = 0
    var shop = LedgerShop()

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&number)
        try coder.optional(&shop.seller, Seller()) { seller, coder throws(ByteReaderError) in
            try seller.code(&coder)
        }
        try coder.number(&shop.sellerVersion)
        try coder.text(&shop.sellerActor)
        var series = shop.series.sorted { $0.key < $1.key }.map { SeriesRow(kind: $0.key, series: $0.value) }
        try coder.list(&series, SeriesRow()) { row, coder throws(ByteReaderError) in
            try coder.number(&row.kind)
            try row.series.code(&coder)
        }
        for row in series { shop.series[row.kind] = row.series }
    }

    private struct SeriesRow {
        var kind: UInt8 = 0
        var series = NumberSeries()
    }
}

private struct ShopRows: FieldCoded {
    var rows: [ShopRow] = []

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.list(&rows, ShopRow()) { row, coder throws(ByteReaderError) in try row.code(&coder) }
    }
}

extension LedgerState {
    func capture() -> LedgerCapture {
        let rows = shops.sorted { $0.key < $1.key }.map { ShopRow(number: $0.key, shop: $0.value) }
        return LedgerCapture(
            shops: ShopRows(rows: rows).packed, documents: documents, vouchers: vouchers, redemptions: redemptions,
            facts: facts)
    }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .ledgerShops: loadedShops += bytes.array
        case .ledgerDocuments: return documents.append(rawBytes: bytes)
        case .ledgerVouchers: return vouchers.append(rawBytes: bytes)
        case .ledgerRedemptions: return redemptions.append(rawBytes: bytes)
        case .ledgerFacts: loadedFacts += bytes.array
        default: return false
        }
        return true
    }

    /// Reads what came in pieces, checks that the tables fit together, and builds the indexes.
    /// - Parameter contents: contents that each shard holds, counted here.
    mutating func finishLoading(profiles: Int, contents: inout [UInt32]) -> Bool {
        defer {
            loadedShops = []
            loadedFacts = []
        }
        let pages = loadedFacts
        guard facts.append(framedPages: pages.span) else { return false }
        if !loadedShops.isEmpty {
            do throws(ByteReaderError) {
                for row in try ShopRows().reading(loadedShops.span).rows { shops[row.number] = row.shop }
            } catch {
                return false
            }
        }
        guard isConsistent(profiles: profiles) else { return false }
        for number in 0..<documents.count {
            let shard = Int(documents[number].profile) % contents.count
            contents[shard] = max(contents[shard], documents[number].row + 1)
        }
        rebuildIndexes()
        return true
    }

    private func isConsistent(profiles: Int) -> Bool {
        for number in 0..<documents.count {
            let entry = documents[number]
            guard Int(entry.profile) < profiles, Int(entry.nextOfProfile) <= number, Int(entry.nextCredit) <= number,
                Int(entry.newestCredit) <= documents.count, Int(entry.invoice) <= number,
                LedgerDocumentKind(rawValue: entry.kind) != nil,
                LedgerDocumentStanding(rawValue: entry.standing) != nil, facts.contains(entry.draft),
                facts.contains(entry.latest)
            else { return false }
        }
        for number in 0..<vouchers.count {
            let entry = vouchers[number]
            guard Int(entry.profile) <= profiles, Int(entry.nextOfProfile) <= number,
                Int(entry.creditNote) <= documents.count, Int(entry.newestRedemption) <= redemptions.count,
                entry.left >= 0, facts.contains(entry.issue), facts.contains(entry.taking),
                facts.contains(entry.payment)
            else { return false }
        }
        for number in 0..<redemptions.count {
            let entry = redemptions[number]
            guard Int(entry.voucher) < vouchers.count, Int(entry.next) <= number, facts.contains(entry.facts),
                facts.contains(entry.reversal)
            else { return false }
        }
        return true
    }

    private mutating func rebuildIndexes() {
        for number in 0..<documents.count {
            let entry = documents[number]
            newestDocument[entry.profile] = UInt32(number + 1)
            if entry.documentStanding == .posted { documentIndex.insert(entry.keyHash, number) }
        }
        for number in 0..<vouchers.count {
            let entry = vouchers[number]
            codeIndex.insert(entry.codeHash, number)
            if entry.isRenewed {
                for renewal in open(entry.issue, IssueFacts()).renewals {
                    codeIndex.insert(Self.prefix(of: renewal.codeHash), number)
                }
            }
            noteExpiry(of: UInt32(number))
            if entry.idHash != 0 { issueIndex.insert(entry.idHash, number) }
            if entry.profile > 0 { newestVoucher[entry.profile - 1] = UInt32(number + 1) }
        }
        for number in 0..<redemptions.count { redemptionIndex.insert(redemptions[number].idHash, number) }
    }
}
