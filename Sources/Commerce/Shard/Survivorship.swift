import Bytes

// Which value shows on the customer, and why. The whole rule:
//
//  1. What a person pinned. Of several pins the newest that says something; a pin to a profile that has left the customer
//     or tells nothing of the field says nothing.
//  2. What an outside authority found valid; only VAT ids are verified.
//  3. The real before the doubtful before the worthless: a marketplace's forwarding address never hides a real one, an
//     invalid VAT id or telephone number never hides a valid one, nor "n/a" a name, nor a city alone an address.
//  4. The newest, by the moment at which its channel said so, whenever it arrived here and whatever merge brought it.
//  5. But not a poorer spelling of what is known better: "Anna de Vries" stays when a newer order says "A. de Vries", an
//     address with postcode and house number when a newer one of the same place lacks them (see `Spelling`).
//
// First name, last name and name come from one source. What shows is a function of the set of variants, pins and
// verdicts: ties of time are broken by the bytes of the value, then of its source, never by who came first.

/// Why a value shows.
package enum SurvivalRule: Sendable {
    case pinned, verified, newest, mostComplete

    /// As it stands in replies.
    package var text: StaticString {
        switch self {
        case .pinned: "pinned"
        case .verified: "verified"
        case .newest: "newest"
        case .mostComplete: "most-complete"
        }
    }
}

/// A candidate and the part whose bytes it points into.
struct Contender {
    let part: Int
    let candidate: DisplayCandidate
}

/// Chooses among all that the shards know of one customer.
struct Survivorship {
    let parts: [DossierPart]
    /// Pins of the customer, newest first.
    let pins: [Pin]
    /// Fields of which nothing is pinned any more, with who took the last pin back, newest first.
    let unpins: [Unpin]
    /// The newest verdict on each VAT id, by VAT id.
    let verifications: [Verification]

    init(_ parts: [DossierPart]) {
        self.parts = parts
        pins = parts.flatMap(\.pins).sorted { $0.sequence > $1.sequence }
        unpins = Self.lastWords(parts.flatMap(\.unpins), pinned: Set(pins.map(\.field)))
        verifications = Self.newest(parts.flatMap(\.verifications))
    }

    private static func lastWords(_ all: [Unpin], pinned: Set<DisplayField>) -> [Unpin] {
        var seen = pinned
        return all.sorted { $0.sequence > $1.sequence }.filter { seen.insert($0.field).inserted }
    }

    private static func newest(_ all: [Verification]) -> [Verification] {
        var newest: [[UInt8]: Verification] = [:]
        for verification in all {
            if let known = newest[verification.verdict.vat],
                (known.at, known.sequence) > (verification.at, verification.sequence)
            {
                continue
            }
            newest[verification.verdict.vat] = verification
        }
        return newest.values.sorted { $0.verdict.vat.lexicographicallyPrecedes($1.verdict.vat) }
    }

    /// The bytes that a candidate's range stands for.
    func bytes(_ contender: Contender, _ range: KeyPath<DisplayCandidate, ByteRange>) -> ArraySlice<UInt8> {
        parts[contender.part].bytes[contender.candidate[keyPath: range].range]
    }

    // MARK: Rules 2 to 5

    /// The candidate that wins the field among those that `isWanted`; pins are not asked.
    func winner(
        _ field: DisplayField, where isWanted: (Contender) -> Bool = { _ in true }
    ) -> (contender: Contender, rule: SurvivalRule)? {
        let all = contenders(field).filter(isWanted)
        guard let best = all.map(worth).max() else { return nil }
        let worthy = all.filter { worth($0) == best }
        guard var winner = worthy.max(by: isOlder) else { return nil }
        var rule: SurvivalRule = best == .verified ? .verified : .newest
        // Each step says strictly more, so that this ends.
        while let fuller = worthy.filter({ isFuller($0, than: winner) }).max(by: isOlder) {
            winner = fuller
            rule = .mostComplete
        }
        return (winner, rule)
    }

    private func contenders(_ field: DisplayField) -> [Contender] {
        parts.indices.flatMap { part in
            parts[part].candidates.filter { $0.field == field }.map { Contender(part: part, candidate: $0) }
        }
    }

    private func worth(_ contender: Contender) -> DisplayCandidate.Worth {
        let worth = contender.candidate.worth
        guard contender.candidate.field == .vatId, !verifications.isEmpty else { return worth }
        let vat = bytes(contender, \.form)
        guard let known = verifications.first(where: { $0.verdict.vat.elementsEqual(vat) }) else { return worth }
        return known.verdict.isValid ? .verified : .worthless
    }

    private func isOlder(_ left: Contender, _ right: Contender) -> Bool {
        if left.candidate.at != right.candidate.at { return left.candidate.at < right.candidate.at }
        for range in [\DisplayCandidate.value, \.firstName, \.lastName, \.source] {
            let (one, other) = (bytes(left, range), bytes(right, range))
            if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) }
        }
        return left.candidate.profile > right.candidate.profile
    }

    private func isFuller(_ left: Contender, than right: Contender) -> Bool {
        let (one, other) = (bytes(left, \.form), bytes(right, \.form))
        switch left.candidate.field {
        case .name: return Spelling.isFuller(name: one.span, than: other.span)
        case .billing: return Spelling.isFuller(address: one.span, than: other.span)
        default: return false
        }
    }
}
