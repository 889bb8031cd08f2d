import Bytes
import Testing

@testable import Commerce

/// Tables that are read byte by byte say what reading them as Strings says.
@Suite struct StaticTableTests {
    private struct Entry {
        var callingCode: Int
        var countries: [String]
        var trunks: [String]
        var internationalPrefixes: [String]
        var rules: [(first: Substring, last: Substring, lengths: Set<Int>)]
    }

    private static func ends(_ text: Substring) -> (first: Substring, last: Substring) {
        let ends = text.split(separator: "-")
        return (ends[0], ends[ends.count - 1])
    }

    private static func entries() -> [Entry] {
        var lines: [String] = []
        for line in PhoneCountries.text.description.split(separator: "\n") {
            if line.hasPrefix(" ") { lines[lines.count - 1] += line } else { lines.append(String(line)) }
        }
        return lines.map { line in
            let words = line.split(separator: " ")
            func list(_ word: Substring, _ separator: Character) -> [String] {
                word == "-" ? [] : word.split(separator: separator).map(String.init)
            }
            let rules = words.dropFirst(4).flatMap { word in
                let halves = word.split(separator: ":")
                let lengths = halves[1].split(separator: ",").flatMap { part in
                    let (first, last) = ends(part)
                    return Array(Int(first)!...Int(last)!)
                }
                return halves[0].split(separator: ",").map { part in
                    let (first, last) = ends(part)
                    return (first: first, last: last, lengths: Set(lengths))
                }
            }
            return Entry(
                callingCode: Int(words[0])!, countries: list(words[1], "+"), trunks: list(words[2], ","),
                internationalPrefixes: list(words[3], ","), rules: rules)
        }
    }

    private static func text(_ prefix: PhonePlans.Prefix) -> String {
        (0..<prefix.count).map { String(prefix.digits >> UInt64($0 * 8) & 0xFF) }.joined()
    }

    private static func matchesPlan(_ number: Int, _ entry: Entry) -> Bool {
        let plan = PhonePlans.shared.plans[number]
        return plan.callingCode == entry.callingCode
            && plan.trunks.map { text(PhonePlans.shared.prefixes[$0]) } == entry.trunks
            && plan.internationalPrefixes.map { text(PhonePlans.shared.prefixes[$0]) } == entry.internationalPrefixes
    }

    @Test func phonePlansAreThoseOfTheTable() {
        let entries = Self.entries()
        #expect(entries.count == PhonePlans.shared.plans.count && entries.count > 150)
        for (number, entry) in entries.enumerated() {
            #expect(Self.matchesPlan(number, entry), "+\(entry.callingCode)")
            #expect(PhonePlans.shared.plan(ofCallingCode: entry.callingCode) == number)
            for country in entry.countries {
                let code = Array(country.utf8)
                #expect(CountryCode(code.span).flatMap { PhonePlans.shared.plan(of: $0) } == number, "\(country)")
            }
        }
    }

    /// Every beginning of four digits with every length, against the rules as they are written.
    @Test func phoneRulesAllowWhatTheTableSays() {
        for (number, entry) in Self.entries().enumerated() {
            for leading in stride(from: number % 7, to: 10_000, by: 7) {
                let digits = (one: leading / 1_000, two: leading / 100, four: leading)
                var lengths: Set<Int> = []
                for rule in entry.rules {
                    let value = rule.first.count == 1 ? digits.one : rule.first.count == 2 ? digits.two : digits.four
                    if (Int(rule.first)!...Int(rule.last)!).contains(value) { lengths.formUnion(rule.lengths) }
                }
                let allowed = Set(
                    (0..<20).filter { PhonePlans.shared.allows(plan: number, leading: digits, length: $0) })
                guard allowed != lengths else { continue }
                Issue.record("+\(entry.callingCode) \(leading): \(allowed.sorted()) instead of \(lengths.sorted())")
                return
            }
        }
    }

    @Test func wordTablesHoldEveryWordOfTheirText() {
        let text: StaticString = "straße str  strasse\n\n é\nweg str"
        func packed(_ word: String) -> WordTable.PackedWord {
            let bytes = Array(word.utf8)
            return WordTable.pack(bytes.span)
        }
        let folded = WordTable(text)
        #expect(folded.canonical(packed("str")) == packed("strasse") && folded.contains(packed("strasse")))
        #expect(folded.canonical(packed("weg")) == packed("weg") && folded.canonical(packed("e")) == packed("e"))
        #expect(!folded.contains(packed("straße")) && !folded.contains(packed("")))
        let plain = WordTable(text, folds: false)
        #expect(plain.canonical(packed("str")) == packed("straße") && !plain.contains(packed("e")))
    }
}
