import Bytes

// Events: facts that were decided, the unit of the journal. Live commands, recovery and replicas all go through
// them. An event's bytes are the same in the journal and on the way to the shards.
//
//   event   = kind (1 byte) recordedAt (varint, ms) shop (varint) body
//   engineInitialised: shards (varint) hash seed (8 bytes)
//   shopOpened:        name (counted) [ match mode (1) ]            ; without it: exact keys
//   profileRecorded:   party seenAt (zigzag, ms)
//   orderRecorded,
//   orderRevised:      party seenAt order (varint) row (varint) key hash (8) content hash (8) updated (1 byte, then
//                      zigzag ms if 1) record (counted)
//   documentRecorded,
//   documentRevised:   profile (varint) document (varint) row (varint) key hash (8) content hash (8) updated record
//   noteAdded:         profile (varint) row (varint) actor (counted) text (counted)
//   customersResolved: order (varint, plus one) profile (varint) pair count (varint) pairs group count (varint) groups
//                      [ actor (counted) ]                 ; who decided what it follows from; without: the rules
//   identitySettled:   variants (varint)
//   decisionMade,
//   decisionWithdrawn,
//   rulesProposed, rulesActivated, shopConfigured, valueWatched: see IdentityEvents.swift
//   fieldPinned,
//   fieldUnpinned,
//   valueVerified:     profile (varint) row (varint) actor (counted) at (zigzag, ms) assertion (counted)
//   orderFactRecorded,
//   orderFactHeld:     see FactEvents.swift
//   templateStored and what follows it: see Messages/OutboxEvent.swift
//   128 to 131, of tags and blocks: see Labels/LabelEvent.swift
//   136 to 142, of rules: see Automation/AutomationEvent.swift
//   64 to 74, of the ledger: profile plus one (varint, 0 for none) row (varint) content (counted) facts (the rest; see
//                      LedgerFacts.swift). Row and content: what the profile's shard keeps of a document
//   152 to 159, of ledger and archive: the same form; see also Archive/ArchiveFacts.swift
//   160 to 166, of the service: the same form; see Service/ServiceFacts.swift
//   party   = profile (varint) flags (1: bit 0 new profile, bit 1 new variant, bit 2 weighed) variant row (varint)
//             [ content hash (8) record (counted) edge count (varint) edges ]      ; only with a new variant
//   edge    = kind (1) other profile (varint) key hash (8) [ weight ]              ; the weight only if weighed
//   weight  = score (zigzag, 1/100 bit) levels (8) verdict (1) reason (1)
//   pair    = newer profile (varint) kind (1) older profile (varint) key hash (8) weight
//   group   = flags (1: bit 0 restricted) count (varint) profiles (varint each)
//
// Integers of fixed size are little-endian; "counted" is a varint length and the bytes.

/// What happened. The raw values are written to disk.
package enum EventKind: UInt8, Sendable, BitwiseCopyable {
    case engineInitialised = 1
    case shopOpened = 2
    case profileRecorded = 3
    case orderRecorded = 4
    case orderRevised = 5
    case documentRecorded = 6
    case documentRevised = 7
    case noteAdded = 8
    case customersResolved = 9
    case identitySettled = 10
    case decisionMade = 11
    case decisionWithdrawn = 12
    case rulesProposed = 13
    case rulesActivated = 14
    case shopConfigured = 15
    case valueWatched = 16
    case fieldPinned = 32
    case fieldUnpinned = 33
    case valueVerified = 34
    case orderFactRecorded = 48
    case orderFactHeld = 49
    case templateStored = 96
    case templateRemoved = 97
    case senderConfigured = 98
    case wishExpressed = 99
    case languageChosen = 100
    case messageQueued = 101
    case messagesLeased = 102
    case messageReported = 103
    case messageWithheld = 104
    /// Of the outbox too: a message that was to be made by itself and was not.
    case messageNotQueued = 168
    // Of the ledger: see LedgerFacts.swift.
    case sellerDescribed = 64
    case seriesConfigured = 65
    case documentDrafted = 66
    case documentRedrafted = 67
    case documentPosted = 68
    case documentDiscarded = 69
    case voucherIssued = 70
    case voucherRedeemed = 71
    case redemptionReversed = 72
    case chequeTaken = 73
    case chequePaid = 74
    // Of tags and blocks: see Labels/LabelEvent.swift.
    case customerTagged = 128
    case customerUntagged = 129
    case customerBlocked = 130
    case customerUnblocked = 131
    // Of rules: see Automation/AutomationEvent.swift.
    case rulePut = 136
    case ruleSwitched = 137
    case ruleMoved = 138
    case ruleRemoved = 139
    case ruleTested = 140
    case automationConfigured = 141
    case changesHandled = 142
    case voucherRenewed = 152
    case voucherExpired = 153
    // Of the archive: see Archive/ArchiveFacts.swift.
    case documentAttached = 154
    case documentLabelled = 155
    case documentShared = 156
    case documentsSent = 157
    case documentRemoved = 158
    case retentionChanged = 159
    // Of the service: see Service/ServiceFacts.swift.
    case termsPut = 160
    case termsRemoved = 161
    case brochureRequested = 162
    case brochuresPrinted = 163
    case brochuresWithdrawn = 164
    case customerLoggedIn = 165
    case reportAsked = 166

    /// Whether a shard keeps something of it.
    package var concernsShard: Bool {
        switch self {
        case .profileRecorded, .orderRecorded, .orderRevised, .documentRecorded, .documentRevised, .noteAdded,
            .fieldPinned, .fieldUnpinned, .valueVerified, .orderFactRecorded, .documentDrafted, .documentRedrafted,
            .documentPosted:
            true
        default: false
        }
    }

    /// Whether it is the ledger's: documents with numbers, vouchers, and what a shop has to say for them.
    package var isOfLedger: Bool { (64...95).contains(rawValue) || self == .voucherRenewed || self == .voucherExpired }

    /// Whether it is the archive's: files in dossiers, and what is said of any document.
    package var isOfArchive: Bool { (154...159).contains(rawValue) }
}

/// An event's bytes do not read: they are not ours, or a newer version wrote them.
package enum EventError: Error, Equatable {
    case unknownKind(UInt8)
    case malformed(ByteReaderError)
    /// The event does not follow from the state that it is applied to.
    case inconsistent(String)
}

/// What an event says about a profile.
package struct PartyChange: Sendable, BitwiseCopyable {
    package var profile: UInt32 = 0
    package var isNewProfile = false
    package var isNewVariant = false
    /// Row of the variant in the profile's shard.
    package var variantRow: UInt32 = 0
    package var contentHash: UInt64 = 0
    package var record: ByteRange = .empty
    package var edgeCount = 0
    package var edges: ByteRange = .empty
    /// Whether each edge carries its weight.
    package var isWeighed = false
}

/// An event opened for reading; ranges lie in the event's bytes.
package struct Event: Sendable, BitwiseCopyable {
    package var kind: EventKind
    package var recordedAt: Int64 = 0
    package var shop: UInt16 = 0
    package var party = PartyChange()
    /// Milliseconds: when the channel says that the party's data was true, or when the assertion was.
    package var seenAt: Int64 = 0
    /// Number of the order or document in the directory.
    package var subject: UInt32 = 0
    /// Its row in the profile's shard.
    package var row: UInt32 = 0
    package var keyHash: UInt64 = 0
    package var contentHash: UInt64 = 0
    package var updatedAt: Int64 = PreparedOrder.noUpdateTime
    /// The packed record, the shop's name, the note's text or the packed assertion.
    package var record: ByteRange = .empty
    package var actor: ByteRange = .empty
    /// What an event of the ledger says; its `record` is the document's content, empty where there is none.
    package var facts: ByteRange = .empty
    /// Groups of `customersResolved`.
    package var groupCount = 0
    package var groups: ByteRange = .empty
    /// Number, row and key hash of the order that a fact is about; the key of one that is not known yet.
    package var order: UInt32 = 0
    package var orderRow: UInt32 = 0
    package var orderKey: UInt64 = 0
    package var orderName: ByteRange = .empty
    /// Shards and hash seed of `engineInitialised`.
    package var shards = 0
    package var seed: UInt64 = 0

    package init(kind: EventKind) { self.kind = kind }

    package init(_ bytes: Span<UInt8>) throws(EventError) {
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes)
            let raw = try reader.byte()
            guard let kind = EventKind(rawValue: raw) else { throw ByteReaderError.overlong(offset: -Int(raw)) }
            self.kind = kind
            recordedAt = Int64(bitPattern: try reader.varint())
            shop = UInt16(truncatingIfNeeded: try reader.varint())
            switch kind {
            case .engineInitialised:
                shards = Int(truncatingIfNeeded: try reader.varint())
                seed = try reader.littleEndian()
            case .shopOpened:
                record = try reader.counted()
                if !reader.isAtEnd { row = UInt32(try reader.byte()) }
            case .profileRecorded: try readParty(&reader)
            case .orderRecorded, .orderRevised:
                try readParty(&reader)
                try readSubject(&reader)
            case .documentRecorded, .documentRevised:
                party.profile = try reader.varint32()
                try readSubject(&reader)
            case .noteAdded:
                party.profile = try reader.varint32()
                row = try reader.varint32()
                actor = try reader.counted()
                record = try reader.counted()
            case .fieldPinned, .fieldUnpinned, .valueVerified: try readAssertion(&reader)
            case .orderFactRecorded:
                party.profile = try reader.varint32()
                order = try reader.varint32()
                orderRow = try reader.varint32()
                try readSubject(&reader)
            case .orderFactHeld:
                orderKey = try reader.littleEndian()
                try readSubject(&reader)
                if !reader.isAtEnd { orderName = try reader.counted() }
            case .customersResolved: try readResolved(&reader)
            case .identitySettled: subject = try reader.varint32()
            case .decisionMade, .decisionWithdrawn, .rulesProposed, .rulesActivated, .shopConfigured, .valueWatched:
                record = ByteRange(reader.position, bytes.count)
            case .templateStored, .templateRemoved, .senderConfigured, .wishExpressed, .languageChosen, .messageQueued,
                .messagesLeased, .messageReported, .messageWithheld, .messageNotQueued:
                record = ByteRange(reader.position, bytes.count)
            case .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
                record = ByteRange(reader.position, bytes.count)
            case .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested, .automationConfigured,
                .changesHandled:
                record = ByteRange(reader.position, bytes.count)
            case .sellerDescribed, .seriesConfigured, .documentDrafted, .documentRedrafted, .documentPosted,
                .documentDiscarded, .voucherIssued, .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid,
                .voucherRenewed, .voucherExpired, .documentAttached, .documentLabelled, .documentShared,
                .documentsSent, .documentRemoved, .retentionChanged, .termsPut, .termsRemoved, .brochureRequested,
                .brochuresPrinted, .brochuresWithdrawn, .customerLoggedIn, .reportAsked:
                try readOfLedger(&reader)
            }
        } catch {
            if case .overlong(let offset) = error, offset < 0 { throw .unknownKind(UInt8(-offset)) }
            throw .malformed(error)
        }
    }

    @inline(__always)
    private mutating func readParty(_ reader: inout ByteReader) throws(ByteReaderError) {
        party.profile = try reader.varint32()
        let flags = try reader.byte()
        party.isNewProfile = flags & 1 != 0
        party.isNewVariant = flags & 2 != 0
        party.isWeighed = flags & 4 != 0
        party.variantRow = try reader.varint32()
        if party.isNewVariant {
            party.contentHash = try reader.littleEndian()
            party.record = try reader.counted()
            party.edgeCount = Int(try reader.varint32())
            let start = reader.position
            for _ in 0..<party.edgeCount { _ = try reader.edge(of: 0, isWeighed: party.isWeighed) }
            party.edges = ByteRange(start, reader.position)
        }
        seenAt = try reader.zigzag()
    }

    @inline(__always)
    private mutating func readSubject(_ reader: inout ByteReader) throws(ByteReaderError) {
        subject = try reader.varint32()
        row = try reader.varint32()
        keyHash = try reader.littleEndian()
        contentHash = try reader.littleEndian()
        if try reader.byte() == 1 { updatedAt = try reader.zigzag() }
        record = try reader.counted()
    }

    private mutating func readAssertion(_ reader: inout ByteReader) throws(ByteReaderError) {
        party.profile = try reader.varint32()
        row = try reader.varint32()
        actor = try reader.counted()
        seenAt = try reader.zigzag()
        record = try reader.counted()
    }

    private mutating func readOfLedger(_ reader: inout ByteReader) throws(ByteReaderError) {
        party.profile = try reader.varint32() &- 1
        row = try reader.varint32()
        record = try reader.counted()
        facts = ByteRange(reader.position, reader.bytes.count)
    }

    private mutating func readResolved(_ reader: inout ByteReader) throws(ByteReaderError) {
        subject = try reader.varint32()
        party.profile = try reader.varint32()
        party.isWeighed = true
        party.edgeCount = Int(try reader.varint32())
        let start = reader.position
        for _ in 0..<party.edgeCount {
            let newer = try reader.varint32()
            _ = try reader.edge(of: newer, isWeighed: true)
        }
        party.edges = ByteRange(start, reader.position)
        groupCount = Int(try reader.varint32())
        let firstGroup = reader.position
        for _ in 0..<groupCount {
            _ = try reader.byte()
            for _ in 0..<(try reader.varint32()) { _ = try reader.varint32() }
        }
        groups = ByteRange(firstGroup, reader.position)
        if !reader.isAtEnd { actor = try reader.counted() }
    }

    /// Calls `body` for each edge that the event brings.
    @inline(__always)
    package func forEachEdge(in bytes: Span<UInt8>, _ body: (PairFinding) -> Void) {
        var reader = ByteReader(bytes, at: party.edges.range.lowerBound)
        do throws(ByteReaderError) {
            for _ in 0..<party.edgeCount {
                let newer = kind == .customersResolved ? try reader.varint32() : party.profile
                body(try reader.edge(of: newer, isWeighed: party.isWeighed))
            }
        } catch {
            preconditionFailure("edges were read once already")
        }
    }

    /// Calls `body` for each group of profiles that are one customer from now on.
    package func forEachGroup(in bytes: Span<UInt8>, _ body: (_ profiles: [UInt32], _ isRestricted: Bool) -> Void) {
        var reader = ByteReader(bytes, at: groups.range.lowerBound)
        do throws(ByteReaderError) {
            for _ in 0..<groupCount {
                let flags = try reader.byte()
                var profiles: [UInt32] = []
                for _ in 0..<(try reader.varint32()) { profiles.append(try reader.varint32()) }
                body(profiles, flags & 1 != 0)
            }
        } catch {
            preconditionFailure("groups were read once already")
        }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    @inline(__always) mutating func varint32() throws(ByteReaderError) -> UInt32 {
        let start = position
        guard let value = UInt32(exactly: try varint()) else { throw .overlong(offset: start) }
        return value
    }

    @_lifetime(self: copy self)
    fileprivate mutating func edge(of newer: UInt32, isWeighed: Bool) throws(ByteReaderError) -> PairFinding {
        let kind = try byte()
        let older = try varint32()
        let keyHash: UInt64 = try littleEndian()
        var weight = PairWeight(score: 0, levels: 0, verdict: .merge, reason: .none)
        if isWeighed {
            let start = position
            guard let score = Int32(exactly: try zigzag()) else { throw .overlong(offset: start) }
            weight.score = score
            weight.levels = try littleEndian()
            weight.verdict = PairVerdict(rawValue: try byte()) ?? .none
            weight.reason = PairReason(rawValue: try byte()) ?? .none
        }
        return PairFinding(newer: newer, older: older, kind: kind, keyHash: keyHash, weight: weight)
    }

    @_lifetime(self: copy self)
    @inline(__always) fileprivate mutating func counted() throws(ByteReaderError) -> ByteRange {
        let range = try countedRange()
        return ByteRange(range.lowerBound, range.upperBound)
    }
}
