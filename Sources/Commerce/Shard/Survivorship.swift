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
    private let contenders: [Contender]
    /// Their places field by field; those of a field in the order in which the parts have them.
    private let places: [Int]
    /// Where the places of each field begin, and where the last ones end.
    private let starts: [Int]

    init(_ parts: [DossierPart]) {
        self.parts = parts
        var contenders: [Contender] = []
        contenders.reserveCapacity(parts.reduce(0) { $0 + $1.candidates.count })
        var starts = [Int](repeating: 0, count: DisplayField.allCases.count + 1)
        for (number, part) in parts.enumerated() {
            for candidate in part.candidates {
                contenders.append(Contender(part: number, candidate: candidate))
                starts[Int(candidate.field.rawValue) + 1] += 1
            }
        }
        for field in 1..<starts.count { starts[field] += starts[field - 1] }
        var next = starts
        var places = [Int](repeating: 0, count: contenders.count)
        for place in contenders.indices {
            let field = Int(contenders[place].candidate.field.rawValue)
            places[next[field]] = place
            next[field] += 1
        }
        (self.contenders, self.places, self.starts) = (contenders, places, starts)
        pins = parts.flatMap(\.pins).sorted { $0.sequence > $1.sequence }
        unpins = Self.lastWords(parts.flatMap(\.unpins), pinned: pins)
        verifications = Self.newest(parts.flatMap(\.verifications))
    }

    private static func lastWords(_ all: [Unpin], pinned: [Pin]) -> [Unpin] {
        guard !all.isEmpty else { return [] }
        var seen = Set(pinned.map(\.field))
        return all.sorted { $0.sequence > $1.sequence }.filter { seen.insert($0.field).inserted }
    }

    private static func newest(_ all: [Verification]) -> [Verification] {
        guard !all.isEmpty else { return [] }
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

    /// The bytes that a range of a candidate of this part stands for.
    func bytes(_ part: Int, _ range: ByteRange) -> ArraySlice<UInt8> { parts[part].bytes[range.range] }

    // MARK: Rules 2 to 5

    /// The candidate that wins the field; pins are not asked.
    func winner(_ field: DisplayField) -> (contender: Contender, rule: SurvivalRule)? {
        winner(field, among: places(of: field))
    }

    /// The same among those that `isWanted`.
    func winner(
        _ field: DisplayField, where isWanted: (Contender) -> Bool
    ) -> (contender: Contender, rule: SurvivalRule)? {
        winner(field, among: places(of: field).filter { isWanted(contenders[$0]) }[...])
    }

    private func places(of field: DisplayField) -> ArraySlice<Int> {
        places[starts[Int(field.rawValue)]..<starts[Int(field.rawValue) + 1]]
    }

    /// A contender's place, and which value it says: a number of `values`.
    private struct Vote {
        let place: Int
        let value: Int
    }

    /// Values that a contender is compared with before its own is taken for another one.
    private static let comparedValues = 8

    private func winner(
        _ field: DisplayField, among all: ArraySlice<Int>
    ) -> (contender: Contender, rule: SurvivalRule)? {
        guard let first = all.first else { return nil }
        // What everybody says alike needs no weighing.
        let isVerified = field == .vatId && !verifications.isEmpty
        if !isVerified, all.allSatisfy({ isAlike($0, first) }) {
            return (contenders[newest(all.lazy.map { Vote(place: $0, value: 0) }) { _ in true }.place], .newest)
        }
        // What some say alike is weighed once. `values` are places of those who said each first.
        var values: [Int] = []
        let votes = all.map { place in
            let known = values.indices.suffix(Self.comparedValues).last { isAlike(place, values[$0]) }
            if known == nil { values.append(place) }
            return Vote(place: place, value: known ?? values.count - 1)
        }
        let worths = values.map { worth(of: contenders[$0]) }
        guard let best = worths.max() else { return nil }
        let winner = newest(votes) { worths[$0] == best }
        let rule: SurvivalRule = best == .verified ? .verified : .newest
        guard field == .name || field == .billing, worths.count(where: { $0 == best }) > 1 else {
            return (contenders[winner.place], rule)
        }
        let forms = values.indices.map { worths[$0] == best ? form(of: contenders[values[$0]]) : nil }
        return fullest(winner, rule, votes, forms, field)
    }

    /// Goes on from the newest to what says more of the same, as long as anybody does.
    /// - Parameter forms: of the values that are worth enough, and so of the newest one's.
    private func fullest(
        _ newest: Vote, _ rule: SurvivalRule, _ votes: [Vote], _ forms: [[UInt8]?], _ field: DisplayField
    ) -> (contender: Contender, rule: SurvivalRule) {
        var (winner, rule) = (newest, rule)
        // Each step says strictly more, so that this ends.
        while let winning = forms[winner.value] {
            let isFuller = forms.map { form in form.map { self.isFuller($0, than: winning, field) } ?? false }
            guard isFuller.contains(true) else { break }
            winner = self.newest(votes) { isFuller[$0] }
            rule = .mostComplete
        }
        return (contenders[winner.place], rule)
    }

    /// The newest of those whose value is chosen, one at least.
    private func newest(_ votes: some Sequence<Vote>, where isChosen: (_ value: Int) -> Bool) -> Vote {
        var newest: Vote?
        for vote in votes where isChosen(vote.value) {
            if let known = newest, !isOlder(contenders[known.place], contenders[vote.place]) { continue }
            newest = vote
        }
        guard let newest else { preconditionFailure("of no values none is the newest") }
        return newest
    }

    private func isAlike(_ left: Int, _ right: Int) -> Bool { isAlike(contenders[left], contenders[right]) }

    private func isAlike(_ left: Contender, _ right: Contender) -> Bool {
        let (one, other) = (left.candidate, right.candidate)
        return one.hasFullName == other.hasFullName && one.country == other.country
            && isSame(left.part, one.value, right.part, other.value)
            && isSame(left.part, one.firstName, right.part, other.firstName)
            && isSame(left.part, one.lastName, right.part, other.lastName)
    }

    private func isSame(_ left: Int, _ one: ByteRange, _ right: Int, _ other: ByteRange) -> Bool {
        // What one part says again lies where it stands already.
        if left == right, one.start == other.start, one.end == other.end { return true }
        let (first, second) = (parts[left].bytes, parts[right].bytes)
        return first.span.extracting(one.range).equals(second.span.extracting(other.range))
    }

    private func worth(of contender: Contender) -> DisplayCandidate.Worth {
        let bytes = parts[contender.part].bytes
        let worth = contender.candidate.worth(in: bytes.span)
        guard contender.candidate.field == .vatId, !verifications.isEmpty else { return worth }
        let vat = form(of: contender)
        guard let known = verifications.first(where: { $0.verdict.vat.elementsEqual(vat) }) else { return worth }
        return known.verdict.isValid ? .verified : .worthless
    }

    /// The value in one form, by which spellings are compared.
    func form(of contender: Contender) -> [UInt8] {
        var form = ByteWriter(capacity: 64)
        let bytes = parts[contender.part].bytes
        contender.candidate.form(in: bytes.span, into: &form)
        return form.copyBytes()
    }

    private func isOlder(_ left: Contender, _ right: Contender) -> Bool {
        let (one, other) = (left.candidate, right.candidate)
        if one.at != other.at { return one.at < other.at }
        return isBefore(left, right, \.value) ?? isBefore(left, right, \.firstName) ?? isBefore(left, right, \.lastName)
            ?? isBefore(left, right, \.source) ?? (one.profile > other.profile)
    }

    /// By the bytes at a range of each; nil where they are the same.
    private func isBefore(
        _ left: Contender, _ right: Contender, _ range: KeyPath<DisplayCandidate, ByteRange>
    ) -> Bool? {
        let (one, other) = (left.candidate[keyPath: range], right.candidate[keyPath: range])
        if isSame(left.part, one, right.part, other) { return nil }
        return bytes(left.part, one).lexicographicallyPrecedes(bytes(right.part, other))
    }

    private func isFuller(_ one: [UInt8], than other: [UInt8], _ field: DisplayField) -> Bool {
        field == .name
            ? Spelling.isFuller(name: one.span, than: other.span)
            : Spelling.isFuller(address: one.span, than: other.span)
    }
}
