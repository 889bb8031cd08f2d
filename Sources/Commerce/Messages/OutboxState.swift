import Bytes

/// The outbox: templates, senders, wishes, and every message with how far it has come. A state machine of its own beside the
/// directory: `decide` holds the rules, `evolve` is the only code that changes it, time comes in from outside.
///
/// Messages are numbered from 0 in the order in which they were queued; people see `M1` for the first.
///
/// Invariants
/// 1. A message stands in its shop's queue exactly while it is queued or leased.
/// 2. The lists of a profile's messages and choices, and of a message's history, are linked newest first by row plus one.
package struct OutboxState: ~Copyable, Sendable {
    /// By the shop's number; shorter than the list of shops as long as the last of them have nothing.
    var shops: [ShopCorrespondence] = []
    var messages = PagedArray<MessageRow>()
    var history = PagedArray<HistoryRow>()
    var choices = PagedArray<ChoiceRow>()
    var records = ByteArena()

    // Derived, never written to disk.
    var identifierIndex = HashIndex()
    /// By profile: its newest message, and its newest choice, plus one.
    var newestMessages = PagedArray<UInt32>()
    var newestChoices = PagedArray<UInt32>()
    /// By shop: what may be taken, and when.
    var queues: [DueQueue] = []
    /// By shop, then by state: how many messages there are.
    var counts: [[Int]] = []
    /// The shop's table of templates while a snapshot is read.
    var loadedShops: [UInt8] = []
    var partialPage = ByteWriter(capacity: 16)

    package init() {}

    package var messageCount: Int { messages.count }

    /// Bytes held by tables and records.
    package var allocatedBytes: Int {
        messages.allocatedBytes + history.allocatedBytes + choices.allocatedBytes + records.allocatedBytes
            + identifierIndex.allocatedBytes + newestMessages.allocatedBytes + newestChoices.allocatedBytes
    }
}

// MARK: - Look-ups

extension OutboxState {
    func correspondence(of shop: UInt16) -> ShopCorrespondence {
        shops.indices.contains(Int(shop)) ? shops[Int(shop)] : ShopCorrespondence()
    }

    func record(_ row: MessageRow) -> MessageRecord {
        do throws(ByteReaderError) { return try MessageRecord(records[row.record]) } catch {
            preconditionFailure("a message's record does not read: \(error)")
        }
    }

    /// The message of the shop that was queued under this identifier, or the one that never was.
    func message(identified identifier: String, shop: UInt16, isQueued: Bool = true) -> UInt32? {
        let found = identifierIndex.find(Self.hash(identifier, shop: shop)) { number in
            let row = messages[number]
            return row.shop == shop && row.wasQueued == isQueued && record(row).identifier == identifier
        }
        return found.map { UInt32($0) }
    }

    static func hash(_ identifier: String, shop: UInt16) -> UInt64 {
        Hash64(seed: UInt64(shop)).hash(Array(identifier.utf8).span)
    }

    /// Calls `body` with the messages that came through a profile, newest first.
    func forEachMessage(of profile: UInt32, _ body: (UInt32, MessageRow) -> Void) {
        var next = Int(profile) < newestMessages.count ? newestMessages[Int(profile)] : 0
        while next != 0 {
            let row = messages[Int(next - 1)]
            body(next - 1, row)
            next = row.next
        }
    }

    /// The steps of a message, oldest first.
    package func steps(of message: UInt32) -> [MessageStep] {
        var steps: [MessageStep] = []
        var next = messages[Int(message)].history
        while next != 0 {
            let row = history[Int(next - 1)]
            steps.append(
                MessageStep(
                    state: MessageState(rawValue: row.state) ?? .failed, attempt: Int(row.attempt), at: row.at,
                    detail: records[row.detail].text))
            next = row.previous
        }
        return steps.reversed()
    }

    /// Whether there is a message or a wish of any of the profiles.
    package func hasCorrespondence(withAnyOf profiles: [UInt32]) -> Bool {
        profiles.contains { profile in
            let place = Int(profile)
            return (place < newestMessages.count && newestMessages[place] != 0)
                || (place < newestChoices.count && newestChoices[place] != 0)
        }
    }

    /// What was last said of each wish through any of the customer's profiles.
    package func wishes(of profiles: [UInt32]) -> CustomerWishes {
        var newest: [UInt8: (number: UInt32, row: ChoiceRow)] = [:]
        for profile in profiles where Int(profile) < newestChoices.count {
            var next = newestChoices[Int(profile)]
            while next != 0 {
                let row = choices[Int(next - 1)]
                if newest[row.kind].map({ $0.number < next }) ?? true { newest[row.kind] = (next, row) }
                next = row.next
            }
        }
        var wishes = CustomerWishes()
        for (_, choice) in newest.values { note(choice, in: &wishes) }
        return wishes
    }

    private func note(_ row: ChoiceRow, in wishes: inout CustomerWishes) {
        let detail = records[row.detail]
        do throws(ByteReaderError) {
            var reader = ByteReader(detail)
            let actor = try reader.string()
            if let subject = WishSubject(rawValue: row.kind) {
                wishes.wishes[subject] = Stated(value: row.value != 0, actor: actor, at: row.at)
            } else if let language = LanguageTag(detail.text(reader.position..<detail.count)) {
                wishes.language = Stated(value: language, actor: actor, at: row.at)
            }
        } catch {
            preconditionFailure("a choice does not read: \(error)")
        }
    }
}

extension ChoiceRow {
    /// The kind of a choice of language; the others are those of `WishSubject`.
    static let language: UInt8 = 0
}

/// One step of a message's life.
package struct MessageStep: Sendable, Equatable {
    package let state: MessageState
    /// Which attempt it speaks of; 0 before the first.
    package let attempt: Int
    /// Milliseconds.
    package let at: Int64
    /// The reason, or the worker that took it.
    package let detail: String
}
