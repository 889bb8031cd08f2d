import Testing

/// What an argument must not hold, by what it is, and the codes that it may get.
struct WrongValues: Sendable {
    let codes: Set<String>
    let texts: [String]

    private init(_ codes: String, _ texts: [String]) {
        self.codes = Set(codes.split(separator: " ").map(String.init))
        self.texts = texts
    }

    /// These besides.
    func and(_ more: String...) -> WrongValues { WrongValues(codes.joined(separator: " "), texts + more) }

    static func only(_ texts: String..., codes: String = "INVALID") -> WrongValues { WrongValues(codes, texts) }

    static let long = String(repeating: "x", count: 1 << 16)
    static let digits = String(repeating: "9", count: 1 << 16)

    /// Control characters and what no name is as long as.
    static let word = WrongValues("INVALID", [#""a\tb""#, "\"a\u{7F}\"", "a\u{0}b", "a\u{1B}[2J", #"" ""#, long])
    /// The same where a word is required.
    static let name = word.and(#""""#)
    static let count = WrongValues(
        "INVALID", ["0", "-1", "+1", "1.5", "x", "٣", "NaN", "1e3", "99999999999999999999", #""""#, digits])
    /// Where nought is a number like another.
    static let offset = WrongValues("INVALID", Array(count.texts.dropFirst()))
    static let customer = WrongValues(
        "INVALID NOTFOUND",
        ["17", "x", "C0", "C-1", "C1.5", "C4294967296", "C99999999999999999999", "ç1", "C١", #""""#, "C" + digits]
            + ["C999", "C4294967295", "@customer"])
    static let order = WrongValues(
        "INVALID NOTFOUND", ["web", ":1", "web:", "web:none", "/main:1", "İ:1", #""""#, "web:\(long)", "@order"])
    /// Documents, drafts and files by id or number.
    static let document = WrongValues(
        "INVALID NOTFOUND",
        [
            "D0", "D-1", "D999", "F0", "F999", "D4294967296", "F99999999999999999999", "INV-1999-1", "İ", #""""#,
            long,
        ]
            + ["@document", "@file"])
    static let upload = WrongValues(
        "INVALID NOTFOUND", ["U0", "U-1", "U999", "1", "x", "U99999999999999999999", #""""#, long])
    static let moment = WrongValues(
        "INVALID", ["never", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "1e300", "-1", "NaN", #""""#, long])
    static let amount = WrongValues(
        "INVALID", ["0", "-1", "-0.01", "1.005", "1e300", "NaN", "٣", "x", "99999999999999999999", #""""#, digits])
    static let choice = WrongValues("INVALID", ["perhaps", "YES!", "İ", "1", #""""#, long])
    static let language = WrongValues(
        "INVALID", ["x", "nederlands", "1", "n l", "ñl", "nl-", long].map { "\"\($0)\"" })
    static let country = WrongValues("INVALID", ["x", "NLD1", "11", "İ", "ñl", long])
}

/// One command with everything wrong that can be said to it.
///
/// `right` is said as it is meant; for each argument named, and each place (`1` is the first), every wrong value takes its
/// place. What no command takes is tried with all.
struct WrongCommand: Sendable {
    let command: String
    let lines: [(line: String, codes: Set<String>)]

    init(
        _ command: String, _ right: String, takesJSON: Bool = false, _ wrong: KeyValuePairs<String, WrongValues> = [:],
        lines more: KeyValuePairs<String, [String]> = [:]
    ) {
        let words = right.split(separator: " ").map(String.init)
        func said(_ words: [String]) -> String { ([command] + words).joined(separator: " ") }
        var lines: [(String, Set<String>)] = [
            (said(words + ["shoes=1"]), ["SYNTAX", "INVALID"]), (said(words + [#""open"#]), ["SYNTAX"]),
            (said(words + ["\(WrongValues.long)=1"]), ["SYNTAX", "INVALID"]),
            (said(words + ["x"] + Array(repeating: "y", count: 30)), ["SYNTAX", "INVALID"]),
        ]
        if let named = words.first(where: { $0.contains("=") }) { lines.append((said(words + [named]), ["SYNTAX"])) }
        if !takesJSON { lines.append((said(words + [#"{"a":1}"#]), ["SYNTAX"])) }
        lines.append((said(words + [#"{"a":"#]), ["SYNTAX"]))
        for (name, values) in wrong {
            for value in values.texts {
                var changed = words
                if let place = Int(name) {
                    changed[place - 1] = value
                } else if let place = changed.firstIndex(where: { $0.hasPrefix("\(name)=") }) {
                    changed[place] = "\(name)=\(value)"
                } else {
                    // JSON runs to the end of the line, so that arguments stand before it.
                    let end = changed.firstIndex { $0.hasPrefix("{") } ?? changed.count
                    changed.insert("\(name)=\(value)", at: end)
                }
                lines.append((said(changed), values.codes))
            }
        }
        for (codes, texts) in more {
            let codes = Set(codes.split(separator: " ").map(String.init))
            lines += texts.map { ("\(command) \($0)", codes) }
        }
        self.command = command
        self.lines = lines
    }
}

extension WrongCommand: CustomTestStringConvertible {
    var testDescription: String { command }
}
