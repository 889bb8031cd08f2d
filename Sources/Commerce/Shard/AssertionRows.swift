import Bytes

// Pins and verdicts on the shard: what was said, by whom and when. One row for each slot of the directory; what is
// said again replaces it (the journal keeps both).

struct AssertionRow: BitwiseCopyable, Sendable {
    /// Kind of event (1), actor (counted), then the packed assertion.
    var record: ByteArena.Reference
    var recordedAt: Int64
    /// When it was true, in milliseconds; for a verdict, when it was given.
    var at: Int64
    /// The event that said it: the order in which people spoke, where the clock does not tell.
    var sequence: UInt64
    var profile: UInt32
    /// Next older row of the profile plus one.
    var next: UInt32
}

/// A pin in force: what shows on the field unless a newer pin of it says otherwise.
package struct Pin: Sendable {
    package let field: DisplayField
    package let choice: PinnedChoice
    package let actor: [UInt8]
    /// Milliseconds.
    package let at: Int64
    package let sequence: UInt64
    /// The profile that it stays with.
    package let profile: UInt32
}

/// That a field's pin was taken back.
package struct Unpin: Sendable {
    package let field: DisplayField
    package let actor: [UInt8]
    /// Milliseconds.
    package let at: Int64
    package let sequence: UInt64
}

/// The last verdict of an outside authority on a VAT id of one profile.
package struct Verification: Sendable {
    package let verdict: Assertion.Verdict
    package let actor: [UInt8]
    /// When the verdict was given, in milliseconds.
    package let at: Int64
    package let recordedAt: Int64
    package let sequence: UInt64
}

extension ShardState {
    mutating func evolveAssertion(_ event: Event, _ bytes: Span<UInt8>, sequence: UInt64) {
        var record = ByteWriter(capacity: 64)
        record.append(event.kind.rawValue)
        record.appendCounted(bytes.extracting(event.actor.range))
        record.append(bytes.extracting(event.record.range))
        let isNew = Int(event.row) == assertions.count
        let row = AssertionRow(
            record: records.append(record.span), recordedAt: event.recordedAt, at: event.seenAt, sequence: sequence,
            profile: event.party.profile,
            next: isNew ? newestAssertion(of: event.party.profile) : assertions[Int(event.row)].next)
        guard isNew else {
            assertions[Int(event.row)] = row
            return
        }
        assertions.append(row)
        linkAssertion(event.row)
    }

    private func newestAssertion(of profile: UInt32) -> UInt32 {
        let row = row(of: profile)
        return row < newestAssertions.count ? newestAssertions[row] : 0
    }

    private mutating func linkAssertion(_ number: UInt32) {
        let row = row(of: assertions[Int(number)].profile)
        while newestAssertions.count <= row { newestAssertions.append(0) }
        newestAssertions[row] = number + 1
    }

    /// Calls `body` with each pin that was not taken back.
    func forEachPin(of profile: UInt32, _ body: (Pin) -> Void) {
        forEachAssertion(of: profile) { row, actor, assertion in
            guard case .pin(let field, let choice) = assertion else { return }
            body(
                Pin(
                    field: field, choice: choice, actor: actor, at: row.recordedAt, sequence: row.sequence,
                    profile: profile))
        }
    }

    /// Calls `body` with each pin that was taken back and not set again.
    func forEachUnpin(of profile: UInt32, _ body: (Unpin) -> Void) {
        forEachAssertion(of: profile) { row, actor, assertion in
            guard case .unpin(let field) = assertion else { return }
            body(Unpin(field: field, actor: actor, at: row.recordedAt, sequence: row.sequence))
        }
    }

    func forEachVerification(of profile: UInt32, _ body: (Verification) -> Void) {
        forEachAssertion(of: profile) { row, actor, assertion in
            guard case .verify(let verdict) = assertion else { return }
            body(
                Verification(
                    verdict: verdict, actor: actor, at: row.at, recordedAt: row.recordedAt, sequence: row.sequence))
        }
    }

    private func forEachAssertion(of profile: UInt32, _ body: (AssertionRow, [UInt8], Assertion) -> Void) {
        var next = newestAssertion(of: profile)
        while next != 0 {
            let row = assertions[Int(next - 1)]
            let (actor, assertion) = Self.open(records[row.record])
            body(row, actor, assertion)
            next = row.next
        }
    }

    private static func open(_ record: Span<UInt8>) -> ([UInt8], Assertion) {
        var reader = ByteReader(record)
        do throws(ByteReaderError) {
            let kind = EventKind(rawValue: try reader.byte()) ?? .noteAdded
            let actor = record.extracting(try reader.countedRange()).array
            if let assertion = Assertion(kind, packed: record.extracting(reader.position..<record.count)) {
                return (actor, assertion)
            }
        } catch {
            preconditionFailure("an assertion does not read: \(error)")
        }
        preconditionFailure("an assertion does not read")
    }

    // MARK: Snapshots

    /// Takes in a piece of a snapshot's table, which comes behind that of the profiles; false if it cannot be one.
    mutating func loadAssertions(_ bytes: Span<UInt8>) -> Bool {
        let first = assertions.count
        guard assertions.append(rawBytes: bytes) else { return false }
        for number in first..<assertions.count {
            let profile = assertions[number].profile
            guard Int(profile) % shardCount == self.number, row(of: profile) < profiles.count else { return false }
            linkAssertion(UInt32(number))
        }
        return true
    }

    func areAssertionsConsistent() -> Bool {
        for row in 0..<assertions.count {
            guard records.contains(assertions[row].record), Int(assertions[row].next) <= row else { return false }
        }
        return true
    }
}
