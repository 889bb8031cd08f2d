import Bytes

// What a shop does for its customers beside orders: price terms of their groups, brochures by post, log-ins. A state machine of
// its own inside the directory's order of events. Who is in which group is a tag (Labels); that a report was asked for is an act
// of the history and nothing here.
//
// Invariants
// 1. `waiting` of a shop are exactly its brochure requests that are neither printed nor withdrawn.
// 2. A profile's requests are linked newest first by number plus one.

/// Where a brochure request stands. The raw values are written to disk.
enum BrochureStanding: UInt8 {
    case waiting = 0
    case printed = 1
    case withdrawn = 2

    var text: StaticString {
        switch self {
        case .waiting: "to-send"
        case .printed: "printed"
        case .withdrawn: "withdrawn"
        }
    }
}

/// A brochure that a customer wants, or once wanted.
struct BrochureRow: BitwiseCopyable, Sendable {
    /// `BrochureFacts`.
    var facts: ByteArena.Reference
    /// Who closed it (counted), then why; the facts' until then.
    var closing: ByteArena.Reference
    var requestedAt: Int64
    /// The print date, or when it was withdrawn; zero until then.
    var closedAt: Int64 = 0
    var profile: UInt32
    /// The profile's request before, plus one.
    var next: UInt32
    var shop: UInt16
    var standing: UInt8 = 0
    var unused: UInt8 = 0
    var unused2: UInt32 = 0

    var state: BrochureStanding { BrochureStanding(rawValue: standing) ?? .waiting }
}

/// A log-in, to know it again. Where it came from only the journal says.
struct LogInRow: BitwiseCopyable, Sendable {
    /// Hash of profile, moment and place.
    var hash: UInt64
    var at: Int64
    var profile: UInt32
    var unused: UInt32 = 0
}

/// Terms as they stand.
struct StoredTerms: Sendable {
    var terms = PriceTerms()
    var actor = ""
    /// Milliseconds.
    var at: Int64 = 0
    /// How often terms of this id were put.
    var version: Int32 = 0
}

package struct ServiceState: ~Copyable, Sendable {
    /// By shop, then id.
    var terms: [UInt16: [String: StoredTerms]] = [:]
    var brochures = PagedArray<BrochureRow>()
    var logIns = PagedArray<LogInRow>()
    var records = ByteArena()

    // Derived.
    /// By shop.
    var waiting: [UInt16: Set<UInt32>] = [:]
    /// By request: a number of its brochure, so that lists compare no texts.
    var kinds: [UInt32] = []
    var kindNumbers: [String: UInt32] = [:]
    /// By profile: its newest request plus one.
    var newestBrochure: [UInt32: UInt32] = [:]
    /// Requests by the names that their senders gave them.
    var requestNames: [RequestName: UInt32] = [:]
    var logInIndex = HashIndex()
    /// By profile.
    var logInCounts: [UInt32: (count: Int, lastAt: Int64)] = [:]

    /// Tables of unknown length while a snapshot is read.
    var loadedTerms: [UInt8] = []
    var loadedRecords: [UInt8] = []

    struct RequestName: Hashable {
        let shop: UInt16
        let id: String
    }

    package init() {}

    package var allocatedBytes: Int {
        // Of what is derived, an estimate.
        brochures.allocatedBytes + logIns.allocatedBytes + records.allocatedBytes + logInIndex.allocatedBytes
            + kinds.count * 4 + newestBrochure.count * 16 + requestNames.count * 64 + logInCounts.count * 40
    }
}

// MARK: - Look-ups

extension ServiceState {
    /// The terms of a group that hold at a moment, by their ids.
    /// - Parameter currency: nil for every currency.
    func terms(of group: String, shop: UInt16, at moment: Int64, currency: String? = nil) -> [PriceTerms] {
        (terms[shop] ?? [:]).values.map(\.terms)
            .filter { $0.group == group && $0.holds(at: moment) && currency ?? $0.currency == $0.currency }
            .sorted { $0.id < $1.id }
    }

    func facts(of brochure: UInt32) -> BrochureFacts {
        do throws(ByteReaderError) {
            return try BrochureFacts().reading(records[brochures[Int(brochure)].facts])
        } catch {
            preconditionFailure("a brochure request does not read: \(error)")
        }
    }

    /// Who printed or withdrew it, and why.
    func closing(of brochure: UInt32) -> (actor: String, reason: String) {
        do throws(ByteReaderError) {
            let bytes = records[brochures[Int(brochure)].closing]
            var reader = ByteReader(bytes)
            let actor = try reader.string()
            return (actor, bytes.text(reader.position..<bytes.count))
        } catch {
            preconditionFailure("the end of a brochure request does not read: \(error)")
        }
    }

    /// Calls `body` with the requests of a profile, newest first.
    func forEachBrochure(of profile: UInt32, _ body: (UInt32, BrochureRow) -> Void) {
        var next = newestBrochure[profile] ?? 0
        while next != 0 {
            let row = brochures[Int(next - 1)]
            body(next - 1, row)
            next = row.next
        }
    }

    static func hash(of said: LogInFacts, profile: UInt32) -> UInt64 {
        var content = ByteWriter(capacity: 32)
        content.appendLittleEndian(profile)
        content.appendZigzag(said.at)
        content.append(said.from)
        return Hash64(seed: 165).hash(content.span)
    }

    func knows(_ said: LogInFacts, profile: UInt32) -> Bool {
        let hash = Self.hash(of: said, profile: profile)
        return logInIndex.find(hash) { logIns[$0].hash == hash } != nil
    }
}

// MARK: - Evolve

extension ServiceState {
    /// The only code that changes the service; events of a journal were validated before. Answers whose customers changed.
    mutating func evolve(_ event: Event, _ bytes: Span<UInt8>) -> [UInt32] {
        do throws(ByteReaderError) {
            return try evolve(event, facts: bytes.extracting(event.facts.range))
        } catch {
            preconditionFailure("an event that was validated does not read: \(error)")
        }
    }

    private mutating func evolve(_ event: Event, facts: Span<UInt8>) throws(ByteReaderError) -> [UInt32] {
        let profile = event.party.profile
        switch event.kind {
        case .termsPut:
            let said = try TermsFacts().reading(facts)
            let version = (terms[event.shop]?[said.terms.id]?.version ?? 0) + 1
            terms[event.shop, default: [:]][said.terms.id] = StoredTerms(
                terms: said.terms, actor: said.actor, at: event.recordedAt, version: version)
            return []
        case .termsRemoved:
            terms[event.shop]?[try TermsFacts().reading(facts).terms.id] = nil
            return []
        case .brochureRequested:
            let reference = records.append(facts)
            let row = BrochureRow(
                facts: reference, closing: reference, requestedAt: event.recordedAt, profile: profile,
                next: newestBrochure[profile] ?? 0, shop: event.shop)
            note(row, UInt32(brochures.append(row)))
        case .brochuresPrinted, .brochuresWithdrawn:
            let said = try BrochureMarkFacts().reading(facts)
            close(said, event.kind == .brochuresPrinted ? .printed : .withdrawn)
            return said.requests.map(\.profile)
        case .customerLoggedIn:
            let said = try LogInFacts().reading(facts)
            let row = LogInRow(hash: Self.hash(of: said, profile: profile), at: said.at, profile: profile)
            note(row, logIns.append(row))
        default: break
        }
        return [profile]
    }

    private mutating func close(_ said: BrochureMarkFacts, _ standing: BrochureStanding) {
        var closing = ByteWriter(capacity: 32)
        closing.countedText(said.actor)
        closing.append(said.reason)
        let reference = records.append(closing.span)
        for request in said.requests {
            var row = brochures[Int(request.number)]
            row.closing = reference
            row.closedAt = said.at
            row.standing = standing.rawValue
            brochures[Int(request.number)] = row
            waiting[row.shop]?.remove(request.number)
        }
    }

    /// What is derived from a request.
    mutating func note(_ row: BrochureRow, _ number: UInt32) {
        newestBrochure[row.profile] = number + 1
        if row.state == .waiting { waiting[row.shop, default: []].insert(number) }
        let said = facts(of: number)
        let kind = kindNumbers[said.brochure] ?? UInt32(kindNumbers.count)
        kindNumbers[said.brochure] = kind
        kinds.append(kind)
        if !said.id.isEmpty { requestNames[RequestName(shop: row.shop, id: said.id)] = number }
    }

    mutating func note(_ row: LogInRow, _ number: Int) {
        logInIndex.insert(row.hash, number)
        let known = logInCounts[row.profile] ?? (0, .min)
        logInCounts[row.profile] = (known.count + 1, max(known.lastAt, row.at))
    }
}

// MARK: - Validate

extension ServiceState {
    /// Whether an event from a disk follows from this state: only what would break the tables.
    func validate(_ event: Event, _ bytes: Span<UInt8>, profiles: Int) throws(EventError) {
        let facts = bytes.extracting(event.facts.range)
        let isOfCustomer = Int(event.party.profile) < profiles
        let follows: Bool
        do throws(ByteReaderError) {
            switch event.kind {
            case .termsPut, .termsRemoved: follows = try !TermsFacts().reading(facts).terms.id.isEmpty
            case .brochureRequested:
                follows = try BrochureFacts().reading(facts).number == UInt32(brochures.count) && isOfCustomer
            case .brochuresPrinted, .brochuresWithdrawn:
                follows = try BrochureMarkFacts().reading(facts).requests.allSatisfy { request in
                    Int(request.number) < brochures.count && brochures[Int(request.number)].state == .waiting
                        && brochures[Int(request.number)].profile == request.profile
                }
            case .customerLoggedIn:
                _ = try LogInFacts().reading(facts)
                follows = isOfCustomer
            default:
                _ = try ReportFacts().reading(facts)
                follows = isOfCustomer
            }
        } catch {
            throw .malformed(error)
        }
        guard follows else { throw .inconsistent("an event that the service cannot take") }
    }
}
