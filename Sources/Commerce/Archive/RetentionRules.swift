/// How long the documents of a shop stay, by kind and country.
///
/// Unless the shop says otherwise, all of them stay seven years: the Dutch Algemene wet inzake rijksbelastingen, article 52,
/// paragraph 4, asks that of a business's books, papers and other data carriers. Where another country's law asks for
/// something else, the shop says so for it. A saved itinerary is no part of the books; it lasts 30 days.
///
/// A clock runs from the moment of issue for so many calendar years (UTC). One that began on 29 February ends on 1 March of a
/// year without that day: never a day too early. A rule that shortens holds for documents issued after it; one that
/// lengthens holds for all. So nobody can shorten a clock that runs.
struct RetentionRules: Sendable {
    struct Rule: Sendable {
        let kind: String
        /// Empty for every country without a rule of its own.
        let country: String
        let years: Int
        let source: String
        let actor: String
        /// Milliseconds.
        let since: Int64
    }

    static let standardYears = 7
    static let standardSource = "AWR art. 52(4), Netherlands"
    static let itineraryDays: Int64 = 30
    static let itineraryMilliseconds = itineraryDays * 86_400_000

    /// Oldest first.
    private(set) var rules: [Rule] = []

    mutating func add(_ rule: Rule) { rules.append(rule) }

    /// The rule in force for new documents; nil where the standard holds.
    func rule(_ kind: String, _ country: String, at moment: Int64 = .max) -> Rule? {
        let known = rules.filter { $0.kind == kind && $0.since <= moment }
        return (country.isEmpty ? nil : known.last { $0.country == country }) ?? known.last { $0.country.isEmpty }
    }

    /// When the clock of a document issued at `start` ends.
    func end(of kind: String, _ country: String, from start: Int64) -> Timestamp {
        var years = rule(kind, country, at: start)?.years ?? Self.standardYears
        for later in rules where later.since > start && later.kind == kind {
            if let inForce = rule(kind, country, at: later.since) { years = max(years, inForce.years) }
        }
        return Timestamp(milliseconds: start).adding(years: years)
    }
}
