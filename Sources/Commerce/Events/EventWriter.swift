import Bytes

/// Writes events, one at a time, and frames each with its length as the journal wants them.
package struct EventWriter: ~Copyable {
    /// The framed events of the batch so far.
    package private(set) var framed = ByteWriter(capacity: 64 * 1024)
    package private(set) var count = 0
    private var event = ByteWriter(capacity: 4 * 1024)
    private var edges = ByteWriter(capacity: 256)

    package init() {}

    package mutating func removeAll() {
        framed.removeAll()
        framed.shrink(to: 1 << 20)
        count = 0
    }

    /// The bytes of the event written last.
    package var last: Span<UInt8> { @_lifetime(borrow self) get { event.span } }

    mutating func begin(_ kind: EventKind, _ now: Timestamp, shop: UInt16) {
        event.removeAll()
        event.append(kind.rawValue)
        event.appendVarint(UInt64(bitPattern: now.milliseconds))
        event.appendVarint(UInt64(shop))
    }

    mutating func end() {
        framed.appendVarint(UInt64(event.count))
        framed.append(contentsOf: event)
        count += 1
    }

    mutating func engineInitialised(shards: Int, seed: UInt64, now: Timestamp) {
        begin(.engineInitialised, now, shop: 0)
        event.appendVarint(UInt64(shards))
        event.appendLittleEndian(seed)
        end()
    }

    mutating func shopOpened(_ shop: UInt16, name: String, mode: MatchMode, now: Timestamp) {
        begin(.shopOpened, now, shop: shop)
        text(name)
        event.append(mode.rawValue)
        end()
    }

    mutating func beginEdges() { edges.removeAll() }

    /// An edge of the party in hand.
    mutating func edge(_ finding: PairFinding, isWeighed: Bool) { edges.edge(finding, isWeighed: isWeighed) }

    mutating func party(_ change: PartyChange, record: Span<UInt8>, seenAt: Int64) {
        event.appendVarint(UInt64(change.profile))
        event.append((change.isNewProfile ? 1 : 0) | (change.isNewVariant ? 2 : 0) | (change.isWeighed ? 4 : 0))
        event.appendVarint(UInt64(change.variantRow))
        if change.isNewVariant {
            event.appendLittleEndian(change.contentHash)
            event.appendCounted(record)
            event.appendVarint(UInt64(change.edgeCount))
            event.append(contentsOf: edges)
        }
        event.appendZigzag(seenAt)
    }

    mutating func subject(
        _ subject: UInt32, row: UInt32, keyHash: UInt64, contentHash: UInt64, updatedAt: Int64, record: Span<UInt8>
    ) {
        event.appendVarint(UInt64(subject))
        event.appendVarint(UInt64(row))
        event.appendLittleEndian(keyHash)
        event.appendLittleEndian(contentHash)
        if updatedAt == PreparedOrder.noUpdateTime {
            event.append(0)
        } else {
            event.append(1)
            event.appendZigzag(updatedAt)
        }
        event.appendCounted(record)
    }

    mutating func profile(_ profile: UInt32) { event.appendVarint(UInt64(profile)) }

    mutating func note(row: UInt32, actor: Span<UInt8>, text: Span<UInt8>) {
        event.appendVarint(UInt64(row))
        event.appendCounted(actor)
        event.appendCounted(text)
    }

    mutating func assertion(row: UInt32, actor: Span<UInt8>, at: Int64, record: Span<UInt8>) {
        event.appendVarint(UInt64(row))
        event.appendCounted(actor)
        event.appendZigzag(at)
        event.appendCounted(record)
    }

    /// An event of the ledger, whole.
    mutating func ofLedger(_ kind: EventKind, _ event: LedgerEvent, row: UInt32, shop: UInt16, now: Timestamp) {
        begin(kind, now, shop: shop)
        self.event.appendVarint(UInt64(event.profile.map { $0 + 1 } ?? 0))
        self.event.appendVarint(UInt64(row))
        self.event.appendCounted(event.content.span)
        self.event.append(event.facts)
        end()
    }

    // MARK: Identity

    mutating func byte(_ value: UInt8) { event.append(value) }
    mutating func varint(_ value: UInt64) { event.appendVarint(value) }
    mutating func zigzag(_ value: Int64) { event.appendZigzag(value) }
    mutating func hash(_ value: UInt64) { event.appendLittleEndian(value) }

    mutating func text(_ value: String) {
        event.appendVarint(UInt64(value.utf8.count))
        event.append(value)
    }

    mutating func counted(_ bytes: Span<UInt8>) { event.appendCounted(bytes) }

    mutating func pairs(_ pairs: [PairFinding]) {
        event.appendVarint(UInt64(pairs.count))
        for pair in pairs {
            event.appendVarint(UInt64(pair.newer))
            event.edge(pair, isWeighed: true)
        }
    }

    mutating func groups(_ groups: [CustomerGroup]) {
        event.appendVarint(UInt64(groups.count))
        for group in groups {
            event.append(group.isRestricted ? 1 : 0)
            event.appendVarint(UInt64(group.profiles.count))
            for profile in group.profiles { event.appendVarint(UInt64(profile)) }
        }
    }
}

extension ByteWriter {
    fileprivate mutating func edge(_ finding: PairFinding, isWeighed: Bool) {
        append(finding.kind)
        appendVarint(UInt64(finding.older))
        appendLittleEndian(finding.keyHash)
        guard isWeighed else { return }
        appendZigzag(Int64(finding.weight.score))
        appendLittleEndian(finding.weight.levels)
        append(finding.weight.verdict.rawValue)
        append(finding.weight.reason.rawValue)
    }
}
