import Bytes

// The archive in a snapshot: its entries as they lie in memory, and their facts, page after page. What is derived is worked
// out anew.

/// The archive's tables at one moment; sharing their pages costs nothing.
struct ArchiveCapture: Sendable {
    fileprivate let entries: PagedArray<ArchiveEntry>
    fileprivate let facts: ByteArena

    func write<Sink: TableSink>(to sink: Sink) throws(Sink.Failure) {
        try sink.table(.archiveEntries, 0, entries)
        try sink.begin(.archiveFacts, shard: 0, entries: 0)
        try facts.forEachFramedPage { page throws(Sink.Failure) in try sink.write(page) }
        try sink.end()
    }
}

extension ArchiveState {
    func capture() -> ArchiveCapture { ArchiveCapture(entries: entries, facts: facts) }

    /// Takes in a piece of a snapshot's table; false if it cannot be one.
    mutating func load(_ kind: TableKind, _ bytes: Span<UInt8>) -> Bool {
        switch kind {
        case .archiveEntries: return entries.append(rawBytes: bytes)
        case .archiveFacts: loadedFacts += bytes.array
        default: return false
        }
        return true
    }

    /// Reads what came in pieces and works the entries in; false if they do not fit together.
    /// - Parameter isKnown: whether there is such a document of the ledger, or from elsewhere.
    mutating func finishLoading(profiles: Int, shops: Int, _ isKnown: (DocumentReference) -> Bool) -> Bool {
        let pages = loadedFacts
        loadedFacts = []
        guard facts.append(framedPages: pages.span) else { return false }
        for place in 0..<entries.count {
            let entry = entries[place]
            guard let kind = EventKind(rawValue: entry.kind), kind.isOfArchive, facts.contains(entry.facts),
                Int(entry.profile) <= profiles, Int(entry.shop) < shops
            else { return false }
            let filedCount = filed.count
            do throws(EventError) {
                let profile = entry.profile == 0 ? UInt32.max : entry.profile - 1
                try validate(kind, facts[entry.facts], profile: profile, profiles: profiles) {
                    $0.origin == .filed ? Int($0.number) < filedCount : isKnown($0)
                }
            } catch {
                return false
            }
            apply(UInt32(place), entry)
        }
        return true
    }
}
