import Bytes

// Pins and verdicts in the directory: who said what last, as hashes. What was said lives on the shard.
//
// An assertion stays with the profile whose number was named, so that it goes where that profile goes, through
// merges and splits. Each profile has one slot for each field and each VAT id that something was said of.

/// The slot of one profile for one field or VAT id.
struct AssertionEntry: BitwiseCopyable, Sendable {
    /// Hash of profile and subject.
    var slot: UInt64
    /// Hash of what was said last; zero when it was taken back.
    var contentHash: UInt64
    /// When it was true, in milliseconds; for a verdict, when it was given.
    var at: Int64
    /// The event that said it.
    var sequence: UInt64
    var profile: UInt32
    /// Row on the profile's shard.
    var row: UInt32
}

/// Whom an assertion concerns.
package struct AssertionPlan: Sendable, Equatable {
    /// The profile whose number was named.
    package let profile: UInt32
    /// The profiles whose slots it changes: for an unpin all of the customer that have the field pinned.
    package let targets: [UInt32]
}

// MARK: - Decide

extension DirectoryState {
    /// How far ahead of the server's clock another clock may be, in milliseconds.
    static let clockTolerance: Int64 = 5 * 60_000

    /// Checks an assertion against what is known.
    package func plan(
        _ request: CustomerAssertion, shop: UInt16, at now: Timestamp
    ) throws(Refusal) -> AssertionPlan {
        let number = request.customerNumber
        let profile = try profile(numbered: number, shop: shop)
        if let at = request.at, at > now.milliseconds + Self.clockTolerance {
            throw .invalid("at", "lies in the future; leave it out for now")
        }
        switch request.assertion {
        case .pin(_, .profile(let other)):
            guard self.profile(.number(other + 1), shop: shop) != nil else {
                throw Refusal(
                    .notFound, "profile: C\(other + 1) is not known in this shop; CUSTOMER.360 C\(number) lists its")
            }
            guard root(of: other) == root(of: profile) else {
                throw .invalid(
                    "profile",
                    "C\(other + 1) is not a profile of customer C\(number); CUSTOMER.360 C\(number) lists them")
            }
            return AssertionPlan(profile: profile, targets: [profile])
        case .pin, .verify: return AssertionPlan(profile: profile, targets: [profile])
        case .unpin(let field): return AssertionPlan(profile: profile, targets: holders(ofPin: field, with: profile))
        }
    }

    /// Decides the assertion for one target of its plan; writes one event, or none for a repeat or an older verdict.
    package func decide(
        _ request: CustomerAssertion, target: UInt32, actor: Span<UInt8>, shop: UInt16, at now: Timestamp,
        into events: inout EventWriter
    ) -> Decision {
        var record = ByteWriter(capacity: 64)
        request.assertion.pack(into: &record)
        let known = findAssertion(slot(target, request.assertion.subject))
        if let known, let verdict = settled(request, assertions[known], contentHash(record.span), now) {
            return Decision(verdict: verdict, profile: target, subject: UInt32(known))
        }
        events.begin(request.assertion.eventKind, now, shop: shop)
        events.profile(target)
        events.assertion(
            row: known.map { assertions[$0].row } ?? rows[shard(of: target)].assertions, actor: actor,
            at: request.at ?? now.milliseconds, record: record.span)
        events.end()
        return Decision(
            verdict: known == nil ? .recorded(.matched) : .revised(.matched), profile: target,
            subject: UInt32(known ?? assertions.count))
    }

    /// Why the assertion changes nothing; nil if it does. A verdict without a time repeats the last one like it; with
    /// one it may not be older than that.
    private func settled(
        _ request: CustomerAssertion, _ entry: AssertionEntry, _ content: UInt64, _ now: Timestamp
    ) -> Verdict? {
        let isSame = entry.contentHash == content
        switch request.assertion {
        case .pin(let field, _): return isSame && isNewestPin(entry, of: field) ? .duplicate : nil
        case .unpin: return entry.contentHash == 0 ? .duplicate : nil
        case .verify:
            if isSame, request.at ?? entry.at == entry.at { return .duplicate }
            return request.at ?? now.milliseconds < entry.at ? .stale : nil
        }
    }

    /// Whether no other profile of the customer pinned the field later.
    private func isNewestPin(_ entry: AssertionEntry, of field: DisplayField) -> Bool {
        members(of: entry.profile).allSatisfy { pin(of: field, $0)?.sequence ?? 0 <= entry.sequence }
    }

    private func holders(ofPin field: DisplayField, with profile: UInt32) -> [UInt32] {
        members(of: profile).filter { pin(of: field, $0) != nil }
    }

    private func pin(of field: DisplayField, _ profile: UInt32) -> AssertionEntry? {
        guard let number = findAssertion(slot(profile, .field(field))) else { return nil }
        return assertions[number].contentHash == 0 ? nil : assertions[number]
    }

    /// The event behind a decision that changed nothing.
    package func sequence(ofAssertion number: UInt32) -> UInt64 { assertions[Int(number)].sequence }

    // MARK: Hashes

    private func findAssertion(_ slot: UInt64) -> Int? {
        assertionIndex.find(slot) { assertions[$0].slot == slot }
    }

    private func slot(_ profile: UInt32, _ subject: AssertionSubject) -> UInt64 {
        let hash = Hash64(seed: seed)
        switch subject {
        case .field(let field): return hash.hash([field.rawValue].span, salt: UInt64(profile) << 8 | 1)
        case .vat(let vat): return hash.hash(vat.span, salt: UInt64(profile) << 8 | 2)
        }
    }

    /// Never zero.
    private func contentHash(_ record: Span<UInt8>) -> UInt64 { Hash64(seed: seed).hash(record, salt: 5) | 1 }
}

// MARK: - Evolve

extension DirectoryState {
    func validateAssertion(_ event: Event, _ bytes: Span<UInt8>, _ rows: ShardRows) throws(EventError) {
        guard let assertion = Assertion(event.kind, packed: bytes.extracting(event.record.range)) else {
            throw .inconsistent("an assertion that does not read")
        }
        if case .pin(_, .profile(let other)) = assertion {
            try Self.check(Int(other) < profiles.count, "a pin to an unknown profile")
        }
        let known = findAssertion(slot(event.party.profile, assertion.subject))
        let row = known.map { assertions[$0].row } ?? rows.assertions
        try Self.check(event.row == row, "a wrong row of an assertion")
    }

    mutating func evolveAssertion(_ event: Event, _ bytes: Span<UInt8>) {
        let record = bytes.extracting(event.record.range)
        guard let assertion = Assertion(event.kind, packed: record) else {
            preconditionFailure("an assertion that was validated does not read")
        }
        let profile = event.party.profile
        let entry = AssertionEntry(
            slot: slot(profile, assertion.subject),
            contentHash: event.kind == .fieldUnpinned ? 0 : contentHash(record), at: event.seenAt, sequence: sequence,
            profile: profile, row: event.row)
        if let known = findAssertion(entry.slot) {
            assertions[known] = entry
        } else {
            assertionIndex.insert(entry.slot, assertions.append(entry))
            rows[shard(of: profile)].assertions += 1
        }
    }

    /// Takes in a piece of a snapshot's table. There is one row for each entry, so that counting these gives the rows of
    /// each shard; the header, which older versions wrote too, need not say it.
    mutating func loadAssertions(_ bytes: Span<UInt8>) -> Bool {
        let first = assertions.count
        guard assertions.append(rawBytes: bytes) else { return false }
        for number in first..<assertions.count { rows[shard(of: assertions[number].profile)].assertions += 1 }
        return true
    }
}
