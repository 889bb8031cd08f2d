import Bytes

// Tables as earlier versions of the snapshot format had them: read, and written no more.

/// Kind 2.
struct FirstProfileEntry: BitwiseCopyable, Sendable {
    var parent: UInt32
    var next: UInt32
    var lowest: UInt32
    var size: UInt32
    var newestEdge: UInt32
    var shop: UInt32
    /// See `ImportEntry`; its row plus one, zero where there is none.
    var importedRow: UInt32
    var flags: UInt32
    var importedAt: Int64
    var lastSequence: UInt64

    var current: ProfileEntry {
        ProfileEntry(
            parent: parent, next: next, lowest: lowest, size: size, newestEdge: newestEdge,
            shop: UInt16(truncatingIfNeeded: shop), flags: UInt16(truncatingIfNeeded: flags),
            lastSequence: lastSequence)
    }
}

/// Kind 7: all of them are merges.
struct FirstEdgeEntry: BitwiseCopyable, Sendable {
    var keyHash: UInt64
    var sequence: UInt64
    var newer: UInt32
    var older: UInt32
    var nextOfNewer: UInt32
    var nextOfOlder: UInt32
    var order: UInt32
    var kind: UInt32

    var current: EdgeEntry {
        EdgeEntry(
            keyHash: keyHash, sequence: sequence, at: 0, levels: 0, newer: newer, older: older,
            nextOfNewer: nextOfNewer, nextOfOlder: nextOfOlder, order: order, score: 0, version: 0,
            kind: UInt8(truncatingIfNeeded: kind), verdict: PairVerdict.merge.rawValue, reason: 0)
    }
}

/// Kind 8.
struct SecondEdgeEntry: BitwiseCopyable, Sendable {
    var keyHash: UInt64
    var sequence: UInt64
    var at: Int64
    var levels: UInt64
    var newer: UInt32
    var older: UInt32
    var nextOfNewer: UInt32
    var nextOfOlder: UInt32
    var order: UInt32
    var score: Int32
    var version: UInt16
    var kind: UInt8
    var verdict: UInt8
    var reason: UInt8
    var flags: UInt8
    var unused: (UInt8, UInt8)

    var current: EdgeEntry {
        var edge = EdgeEntry(
            keyHash: keyHash, sequence: sequence, at: at, levels: levels, newer: newer, older: older,
            nextOfNewer: nextOfNewer, nextOfOlder: nextOfOlder, order: order, score: score, version: version,
            kind: kind, verdict: verdict, reason: reason)
        edge.isUndone = flags & 1 != 0
        return edge
    }
}

/// Kind 4.
struct FirstKeyEntry: BitwiseCopyable, Sendable {
    var hash: UInt64
    var profile: UInt32
    /// How many variants brought it, which nobody asks for.
    var uses: UInt32

    var current: KeyEntry { KeyEntry(hash: hash, profile: profile) }
}

/// Kind 18.
struct FirstOrderRow: BitwiseCopyable, Sendable {
    var record: UInt64
    var variant: UInt32
    var next: UInt32
    var previous: UInt32
    /// How many there were, which the versions tell.
    var versions: UInt32

    var current: OrderRow {
        OrderRow(
            record: StoredOrder(ByteArena.Reference(rawValue: record)), variant: variant, next: next,
            previous: previous)
    }
}

extension PagedArray {
    /// Appends entries of an older kind; false if the bytes are not whole entries of it.
    mutating func append<Older: BitwiseCopyable & Sendable>(_ bytes: Span<UInt8>, _ current: (Older) -> Entry) -> Bool {
        var older = PagedArray<Older>()
        guard older.append(rawBytes: bytes) else { return false }
        for number in 0..<older.count { append(current(older[number])) }
        return true
    }
}
