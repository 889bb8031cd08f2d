/// The table of `PhoneCountries` in the form that look-ups want: flat arrays, built once.
struct PhonePlans: ~Copyable, Sendable {
    /// How one calling code's numbers look.
    struct Plan: Sendable {
        let callingCode: Int
        /// Digits dialled before a national number, with carrier codes, in the order in which they are tried; none where there are none (Italy keeps its 0).
        let trunks: Range<Int>
        let internationalPrefixes: Range<Int>
        fileprivate let rules: Range<Int>
    }

    /// Up to eight digits in one integer, a byte each, the first one lowest.
    struct Prefix: Sendable, BitwiseCopyable {
        let digits: UInt64
        let count: Int

        init(_ text: Substring) {
            count = text.utf8.count
            digits = text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1 - 0x30) }
        }
    }

    /// National numbers whose first `digits` digits lie in a range have one of these lengths.
    private struct Rule: Sendable {
        let digits: Int
        let lowest: Int
        let highest: Int
        /// Bit n: n digits are a valid length.
        let lengths: UInt32
    }

    static let shared = PhonePlans()

    private(set) var plans: [Plan] = []
    /// Trunk and international prefixes of all plans.
    private(set) var prefixes: [Prefix] = []
    private var rules: [Rule] = []
    /// Plan of a calling code of up to three digits; 255 where there is none.
    private var byCallingCode = [UInt8](repeating: 255, count: 1000)
    /// Plan of a country, by its two letters; 255 where there is none.
    private var byCountry = [UInt8](repeating: 255, count: 26 * 26)

    private init() {
        for words in Self.entries() {
            let first = rules.count
            for word in words.dropFirst(4) { addRules(word) }
            guard let callingCode = Int(words[0]) else { continue }
            byCallingCode[callingCode] = UInt8(plans.count)
            for country in words[1].split(separator: "+") where country != "-" {
                let letters = Array(country.utf8)
                byCountry[Int(letters[0] - 65) * 26 + Int(letters[1] - 65)] = UInt8(plans.count)
            }
            let trunks = addPrefixes(words[2])
            let internationalPrefixes = addPrefixes(words[3])
            plans.append(
                Plan(
                    callingCode: callingCode, trunks: trunks, internationalPrefixes: internationalPrefixes,
                    rules: first..<rules.count)
            )
        }
    }

    /// Index of the country's plan.
    func plan(of country: CountryCode) -> Int? {
        guard country.isKnown else { return nil }
        let first = Int(country.rawValue >> 8) - 65
        let second = Int(country.rawValue & 0xFF) - 65
        let plan = byCountry[first * 26 + second]
        return plan == 255 ? nil : Int(plan)
    }

    func plan(ofCallingCode code: Int) -> Int? {
        byCallingCode[code] == 255 ? nil : Int(byCallingCode[code])
    }

    /// Whether a national number may begin so and have that many digits.
    /// - Parameter leading: its first one, two and four digits as numbers.
    func allows(plan: Int, leading: (one: Int, two: Int, four: Int), length: Int) -> Bool {
        guard length < 32 else { return false }
        for index in plans[plan].rules {
            let rule = rules[index]
            let value = rule.digits == 1 ? leading.one : rule.digits == 2 ? leading.two : leading.four
            if value >= rule.lowest, value <= rule.highest, rule.lengths & (1 << UInt32(length)) != 0 { return true }
        }
        return false
    }

    /// The words of every plan; a line that begins with a blank goes on with the one before.
    private static func entries() -> [[Substring]] {
        var entries: [[Substring]] = []
        for line in PhoneCountries.text.description.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix(" "), !entries.isEmpty {
                entries[entries.count - 1] += words
            } else {
                entries.append(words)
            }
        }
        return entries
    }

    /// `0,8`; none is `-`.
    private mutating func addPrefixes(_ words: Substring) -> Range<Int> {
        let first = prefixes.count
        if words != "-" { prefixes += words.split(separator: ",").map(Prefix.init) }
        return first..<prefixes.count
    }

    /// `61-66,68:9,11-13`
    private mutating func addRules(_ word: Substring) {
        let halves = word.split(separator: ":")
        guard halves.count == 2 else { return }
        var lengths: UInt32 = 0
        for part in halves[1].split(separator: ",") {
            for length in Self.range(part) { lengths |= 1 << UInt32(length) }
        }
        for part in halves[0].split(separator: ",") {
            let range = Self.range(part)
            let digits = part.split(separator: "-")[0].count
            rules.append(Rule(digits: digits, lowest: range.lowerBound, highest: range.upperBound, lengths: lengths))
        }
    }

    private static func range(_ text: Substring) -> ClosedRange<Int> {
        let ends = text.split(separator: "-").compactMap { Int($0) }
        return (ends.first ?? 0)...(ends.last ?? 0)
    }
}
