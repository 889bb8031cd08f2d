import Bytes

@testable import Commerce

/// The rules of survivorship word for word: every value weighed for itself, and compared with every other.
struct PlainSurvivorship {
    let parts: [DossierPart]
    let survivorship: Survivorship

    init(_ parts: [DossierPart]) {
        self.parts = parts
        survivorship = Survivorship(parts)
    }

    /// Who wins the field, as `description` writes it; nil where nobody says anything.
    func winner(_ field: DisplayField) -> String? {
        var all: [Contender] = []
        for (number, part) in parts.enumerated() {
            for candidate in part.candidates where candidate.field == field {
                all.append(Contender(part: number, candidate: candidate))
            }
        }
        let worths = all.map(worth)
        guard let best = worths.max() else { return nil }
        let worthy = zip(all, worths).filter { $1 == best }.map(\.0)
        var winner = newest(worthy)
        var rule: SurvivalRule = best == .verified ? .verified : .newest
        guard field == .name || field == .billing else { return description(winner, rule) }
        while true {
            let winning = survivorship.form(of: winner)
            let fuller = worthy.filter { isFuller(survivorship.form(of: $0), than: winning, field) }
            guard !fuller.isEmpty else { return description(winner, rule) }
            winner = newest(fuller)
            rule = .mostComplete
        }
    }

    func description(_ contender: Contender, _ rule: SurvivalRule) -> String {
        let texts = order(contender).dropFirst().map { String(decoding: $0, as: UTF8.self) }
        return "\(texts) C\(contender.candidate.profile + 1) \(contender.candidate.at) \(rule)"
    }

    private func worth(of contender: Contender) -> DisplayCandidate.Worth {
        let bytes = parts[contender.part].bytes
        let worth = contender.candidate.worth(in: bytes.span)
        guard contender.candidate.field == .vatId else { return worth }
        let vat = survivorship.form(of: contender)
        for known in survivorship.verifications where known.verdict.vat == vat {
            return known.verdict.isValid ? .verified : .worthless
        }
        return worth
    }

    /// By what the newest is told: of equals the first stays.
    private func newest(_ all: [Contender]) -> Contender {
        all.dropFirst().reduce(all[0]) { isBefore(order($0), $0, order($1), $1) ? $1 : $0 }
    }

    private func order(_ contender: Contender) -> [[UInt8]] {
        let candidate = contender.candidate
        let at = UInt64(bitPattern: candidate.at) ^ 1 << 63
        return [(0..<8).map { UInt8(truncatingIfNeeded: at >> UInt64(56 - $0 * 8)) }]
            + [candidate.value, candidate.firstName, candidate.lastName, candidate.source]
            .map { Array(survivorship.bytes(contender.part, $0)) }
    }

    private func isBefore(_ one: [[UInt8]], _ left: Contender, _ other: [[UInt8]], _ right: Contender) -> Bool {
        for (first, second) in zip(one, other) where first != second { return first.lexicographicallyPrecedes(second) }
        return left.candidate.profile > right.candidate.profile
    }

    private func isFuller(_ one: [UInt8], than other: [UInt8], _ field: DisplayField) -> Bool {
        field == .name
            ? Spelling.isFuller(name: one.span, than: other.span)
            : Spelling.isFuller(address: one.span, than: other.span)
    }
}
