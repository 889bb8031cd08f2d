/// Values as shops and spreadsheets write them, brought into the protocol's form. What is not understood stays as it is, so
/// that the server says what is wrong with it.
struct ValueRepair: Equatable, Sendable {
    /// Which of `3/4/2026` is the month; nil lets only those days through that can be meant in one way.
    var isMonthFirst: Bool?
    /// `1,234` is a little more than one: as a rule where semicolons part the cells.
    var hasDecimalComma = false

    // MARK: Moments

    /// A moment in RFC 3339; a time without a zone is taken for UTC.
    func moment(_ text: String) -> String {
        var rest = Substring(text)
        guard let day = day(&rest) else { return text }
        while let first = rest.first, first == " " || first == "T" || first == "," { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return "\(day)T00:00:00Z" }
        guard let time = Self.time(&rest) else { return text }
        while rest.first == " " { rest = rest.dropFirst() }
        guard let zone = Self.zone(rest) else { return text }
        return "\(day)T\(time)\(zone)"
    }

    private func day(_ text: inout Substring) -> String? {
        let end = text.firstIndex { !$0.isNumber && !"-/.".contains($0) } ?? text.endIndex
        let word = text[..<end]
        guard let separator = word.first(where: { !$0.isNumber }) else { return nil }
        let parts = word.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard parts.count == 3, parts.allSatisfy({ $0 > 0 }) else { return nil }
        text = text[end...]
        if word.prefix(while: \.isNumber).count == 4 { return Self.day(parts[0], parts[1], parts[2]) }
        if separator == "/" || isMonthFirst != nil {
            guard let isMonthFirst = isMonthFirst ?? Self.isMonthFirst(parts) else { return nil }
            return isMonthFirst ? Self.day(parts[2], parts[0], parts[1]) : Self.day(parts[2], parts[1], parts[0])
        }
        return Self.day(parts[2], parts[1], parts[0])
    }

    private static func isMonthFirst(_ parts: [Int]) -> Bool? {
        parts[0] > 12 ? false : parts[1] > 12 || parts[0] == parts[1] ? true : nil
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> String? {
        guard (1000...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        return "\(year)-\(two(month))-\(two(day))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func time(_ text: inout Substring) -> String? {
        let end = text.firstIndex { !$0.isNumber && $0 != ":" && $0 != "." } ?? text.endIndex
        let parts = text[..<end].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
        let second = parts.count == 3 ? parts[2] : "00"
        guard (0...23).contains(hour), (0...59).contains(minute), second.first?.isNumber == true else { return nil }
        text = text[end...]
        return "\(two(hour)):\(two(minute)):\(second.count < 2 ? "0\(second)" : String(second))"
    }

    private static func zone(_ text: Substring) -> String? {
        switch text {
        case "", "Z", "z", "UTC", "GMT": return "Z"
        default: break
        }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, digits.allSatisfy(\.isNumber) else { return nil }
        return "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
    }

    // MARK: Numbers

    /// A decimal with a point and no signs for thousands.
    func decimal(_ text: String) -> String {
        let isPart: (Character) -> Bool = { $0.isASCII && ($0.isNumber || ".,-+'".contains($0)) }
        // A currency may stand before or behind.
        guard let first = text.firstIndex(where: isPart), let last = text.lastIndex(where: isPart),
            text[first...last].allSatisfy({ isPart($0) || $0.isWhitespace }), text.contains(where: \.isNumber),
            text[..<first].count <= 4, text[last...].count <= 5
        else { return text }
        var number = text[first...last].filter { $0 != "'" && $0 != "+" && !$0.isWhitespace }
        let lastComma = number.lastIndex(of: ",")
        let lastPoint = number.lastIndex(of: ".")
        if let lastComma, lastPoint.map({ $0 < lastComma }) ?? isDecimal(comma: lastComma, in: number) {
            number = number.filter { $0 != "." }.replacing(",", with: ".")
        } else {
            number = number.filter { $0 != "," }
        }
        return number
    }

    private func isDecimal(comma: String.Index, in number: String) -> Bool {
        guard number.filter({ $0 == "," }).count == 1 else { return false }
        return hasDecimalComma || number.distance(from: comma, to: number.endIndex) != 4
    }

    /// A number that went through a spreadsheet: `17850.0`.
    static func reference(_ text: String) -> String {
        guard text.hasSuffix(".0"), text.dropLast(2).allSatisfy(\.isNumber), text.count > 2 else { return text }
        return String(text.dropLast(2))
    }
}
