import Bytes
import Commerce
import Store

/// A law of a workload does not hold: what, where, and the seed is told by whoever ran it.
package struct BrokenLaw: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// What the engine decided, in order, as its journal tells it: every segment that ever was on the disk, also those that
/// retention has removed.
package struct DecisionHistory {
    /// One event, opened, with the marks that the workload put into its record.
    package struct Decision {
        package let sequence: UInt64
        package let event: Event
        package let bytes: [UInt8]
        /// The write's mark; nil for profiles and events without a record.
        package let mark: Int?
        package let buyerMark: Int?
        package let shopName: String?
    }

    package private(set) var decisions: [Decision] = []

    /// Reads all segments of the disk as readers see them now.
    /// - Parameter folder: path of the data folder.
    package init(reading folder: String, on disk: SimulatedDisk) throws {
        var files = disk.removedFiles().files
        for (path, bytes) in disk.snapshotImage().files { files[path] = bytes }
        files = files.filter { path, _ in
            let name = String(path.dropFirst(folder.count + 1))
            return FileName.segmentSequence(name) != nil || name == FileName.folder
        }
        let copy = SimulatedDisk(DiskImage(files: files))
        let opened = try DataFolder.open(
            folder, on: copy, holder: "historian", newSeed: FolderSeed(high: 1, low: 2))
        defer { opened.close() }
        let plan = try Recovery.scan(opened, mode: .strict)
        var decisions: [Decision] = []
        _ = try Recovery.replay(
            plan, from: opened, onChunk: { (_, _) throws(StoreError) in },
            onEvent: { (sequence, bytes) throws(StoreError) in
                do throws(EventError) {
                    decisions.append(try Self.open(sequence, bytes))
                } catch { throw .rejected(sequence: sequence, reason: "\(error)") }
            })
        self.decisions = decisions
    }

    private static func open(_ sequence: UInt64, _ bytes: Span<UInt8>) throws(EventError) -> Decision {
        let event = try Event(bytes)
        let text = bytes.array
        return Decision(
            sequence: sequence, event: event, bytes: text,
            mark: number(after: "\"mark\":\"m", in: text) ?? number(after: "mark m", in: text),
            buyerMark: number(after: "\"buyerMark\":\"b", in: text),
            shopName: event.kind == .shopOpened ? bytes.text(event.record.range) : nil)
    }

    private static func number(after label: String, in bytes: [UInt8]) -> Int? {
        let label = Array(label.utf8)
        guard bytes.count > label.count else { return nil }
        for start in 0...(bytes.count - label.count) where bytes[start] == label[0] {
            guard bytes[start..<(start + label.count)].elementsEqual(label) else { continue }
            let digits = bytes[(start + label.count)...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            return Int(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}

/// Feeds a reference model from a history.
package struct ModelReplay {
    package private(set) var model = ReferenceModel()
    /// What the model said about each event, by sequence number.
    package private(set) var outcomes: [UInt64: (write: SimulatedWrite, outcome: ModelOutcome)] = [:]
    package private(set) var lastSequence: UInt64 = 0
    private let writes: [SimulatedWrite]
    private let buyers: [SimulatedBuyer]
    private var shops: [String] = []
    private var shardCount = 1
    private var variantBuyers: [[UInt32]: Int] = [:]

    /// - Parameter writes: by mark.
    package init(writes: [SimulatedWrite], buyers: [SimulatedBuyer]) {
        self.writes = writes
        self.buyers = buyers
    }

    package mutating func apply(_ decision: DecisionHistory.Decision) throws {
        lastSequence = decision.sequence
        let event = decision.event
        switch event.kind {
        case .engineInitialised: shardCount = event.shards
        case .shopOpened: shops.append(decision.shopName ?? "")
        case .documentRecorded, .documentRevised, .noteAdded:
            try apply(try write(of: decision), decision)
        case .orderFactRecorded, .orderFactHeld:
            throw BrokenLaw("event \(decision.sequence) is a fact about an order, which these workloads do not tell")
        case .fieldPinned, .fieldUnpinned, .valueVerified:
            throw BrokenLaw("event \(decision.sequence) is an assertion, which no buyer of these workloads makes")
        case .orderRecorded, .orderRevised:
            rememberVariant(decision)
            try apply(try write(of: decision), decision)
        case .customerTagged, .customerUntagged, .customerBlocked, .customerUnblocked:
            throw BrokenLaw("event \(decision.sequence) is a label, which these workloads put on nobody")
        case .identitySettled: break
        case .customersResolved, .decisionMade, .decisionWithdrawn, .rulesProposed, .rulesActivated,
            .shopConfigured, .valueWatched:
            throw BrokenLaw("event \(decision.sequence) belongs to a match mode that the model does not know")
        case .templateStored, .templateRemoved, .senderConfigured, .wishExpressed, .languageChosen, .messageQueued,
            .messagesLeased, .messageReported, .messageWithheld, .messageNotQueued:
            throw BrokenLaw("event \(decision.sequence) is about messages, which no buyer of these workloads gets")
        case .sellerDescribed, .seriesConfigured, .documentDrafted, .documentRedrafted, .documentPosted,
            .documentDiscarded, .voucherIssued, .voucherRedeemed, .redemptionReversed, .chequeTaken, .chequePaid,
            .voucherRenewed, .voucherExpired:
            throw BrokenLaw("event \(decision.sequence) is the ledger's, which has a workload of its own")
        case .rulePut, .ruleSwitched, .ruleMoved, .ruleRemoved, .ruleTested, .automationConfigured, .changesHandled:
            throw BrokenLaw("event \(decision.sequence) is about rules, which have a workload of their own")
        case .documentAttached, .documentLabelled, .documentShared, .documentsSent, .documentRemoved,
            .retentionChanged:
            throw BrokenLaw("event \(decision.sequence) is the archive's, which has a workload of its own")
        case .termsPut, .termsRemoved, .brochureRequested, .brochuresPrinted, .brochuresWithdrawn, .customerLoggedIn,
            .reportAsked:
            throw BrokenLaw("event \(decision.sequence) is the service's, which has a workload of its own")
        case .profileRecorded:
            rememberVariant(decision)
            guard let buyer = variantBuyers[variantKey(event)] else {
                throw BrokenLaw("event \(decision.sequence) names a variant that nobody brought")
            }
            let profile = SimulatedWrite(
                mark: -1, shop: shops[Int(event.shop)], buyer: buyer, subject: .profile, updatedAt: nil)
            try apply(profile, decision)
        }
    }

    private func variantKey(_ event: Event) -> [UInt32] {
        [event.party.profile % UInt32(shardCount), event.party.variantRow]
    }

    private mutating func rememberVariant(_ decision: DecisionHistory.Decision) {
        if decision.event.party.isNewVariant { variantBuyers[variantKey(decision.event)] = decision.buyerMark }
    }

    private func write(of decision: DecisionHistory.Decision) throws -> SimulatedWrite {
        guard let mark = decision.mark, writes.indices.contains(mark) else {
            throw BrokenLaw("event \(decision.sequence) holds a record that nobody sent")
        }
        return writes[mark]
    }

    private mutating func apply(_ write: SimulatedWrite, _ decision: DecisionHistory.Decision) throws {
        let event = decision.event
        let shop = Int(event.shop)
        guard shops.indices.contains(shop), shops[shop] == write.shop else {
            throw BrokenLaw("event \(decision.sequence) is in another shop than it was sent to")
        }
        let updatedAt: Int64? =
            event.kind == .profileRecorded
            ? (event.seenAt <= SimulatedWrite.latestUpdate ? event.seenAt : nil)
            : (event.updatedAt == PreparedOrder.noUpdateTime ? nil : event.updatedAt)
        let outcome: ModelOutcome
        do {
            outcome = try model.apply(
                write, by: buyers[write.buyer], updatedAt: updatedAt, seenAt: event.seenAt, sequence: decision.sequence)
        } catch { throw BrokenLaw("\(error)") }
        guard outcome.profile == Int(event.party.profile) else {
            throw BrokenLaw(
                "event \(decision.sequence) (\(write)) went to profile \(event.party.profile), not \(outcome.profile)")
        }
        outcomes[decision.sequence] = (write, outcome)
    }
}
