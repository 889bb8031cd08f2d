import Bytes

/// The table of `PhoneCountries` in the form that look-ups want: flat arrays, built once.
struct PhonePlans: ~Copyable, Sendable {
    /// How one calling code's numbers look.
    struct Plan: Sendable {
        let callingCode: Int
        /// Digits dialled before a national number, with carrier codes, in the order in which they are tried; none where there are none (Italy keeps its 0).
        fileprivate(set) var trunks: Range<Int> = 0..<0
        fileprivate(set) var internationalPrefixes: Range<Int> = 0..<0
        fileprivate var rules: Range<Int> = 0..<0
    }

    /// Up to eight digits in one integer, a byte each, the first one lowest.
    struct Prefix: Sendable, BitwiseCopyable {
        let digits: UInt64
        let count: Int

        init(_ text: Span<UInt8>) {
            count = text.count
            digits = (0..<text.count).reduce(0) { $0 | UInt64(text[$1] - 0x30) << UInt64($1 * 8) }
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
        PhoneCountries.text.bytes.forEachPart(separatedBy: UInt8(ascii: "\n")) { line in
            // A line that begins with a blank goes on with the rules of the one before.
            var place = line[0] == UInt8(ascii: " ") ? 4 : 0
            line.forEachPart(separatedBy: UInt8(ascii: " ")) { word in
                take(word, place)
                place += 1
            }
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

    // MARK: Reading the table

    /// Takes in a word of a plan, by its place.
    private mutating func take(_ word: Span<UInt8>, _ place: Int) {
        switch place {
        case 0: addPlan(Self.number(word))
        case 1: word.forEachPart(separatedBy: UInt8(ascii: "+")) { addCountry($0) }
        case 2: plans[plans.count - 1].trunks = addPrefixes(word)
        case 3: plans[plans.count - 1].internationalPrefixes = addPrefixes(word)
        default: addRules(word)
        }
    }

    private mutating func addPlan(_ callingCode: Int) {
        byCallingCode[callingCode] = UInt8(plans.count)
        plans.append(Plan(callingCode: callingCode, rules: rules.count..<rules.count))
    }

    /// Two letters; a code of no country has `-`.
    private mutating func addCountry(_ letters: Span<UInt8>) {
        guard letters.count == 2 else { return }
        byCountry[Int(letters[0] - 65) * 26 + Int(letters[1] - 65)] = UInt8(plans.count - 1)
    }

    /// `0,8`; none is `-`.
    private mutating func addPrefixes(_ word: Span<UInt8>) -> Range<Int> {
        let first = prefixes.count
        if !word.equals("-") { word.forEachPart(separatedBy: UInt8(ascii: ",")) { prefixes.append(Prefix($0)) } }
        return first..<prefixes.count
    }

    /// `61-66,68:9,11-13`
    private mutating func addRules(_ word: Span<UInt8>) {
        let colon = (0..<word.count).first { word[$0] == UInt8(ascii: ":") } ?? word.count
        var lengths: UInt32 = 0
        word.extracting(min(colon + 1, word.count)..<word.count).forEachPart(separatedBy: UInt8(ascii: ",")) { part in
            for length in Self.ends(of: part).range { lengths |= 1 << UInt32(length) }
        }
        word.extracting(0..<colon).forEachPart(separatedBy: UInt8(ascii: ",")) { part in
            let (digits, range) = Self.ends(of: part)
            rules.append(Rule(digits: digits, lowest: range.lowerBound, highest: range.upperBound, lengths: lengths))
        }
        plans[plans.count - 1].rules = plans[plans.count - 1].rules.lowerBound..<rules.count
    }

    /// `61-66`, or `61` alone, and how many digits the first has.
    private static func ends(of part: Span<UInt8>) -> (digits: Int, range: ClosedRange<Int>) {
        let dash = (0..<part.count).first { part[$0] == UInt8(ascii: "-") } ?? part.count
        let lowest = number(part.extracting(0..<dash))
        return (dash, lowest...(dash == part.count ? lowest : number(part.extracting((dash + 1)..<part.count))))
    }

    private static func number(_ digits: Span<UInt8>) -> Int {
        (0..<digits.count).reduce(0) { $0 * 10 + Int(digits[$1] - 0x30) }
    }
}
