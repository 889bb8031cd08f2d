import Bytes

/// Documents with a legal number. The raw values are written to disk.
package enum LedgerDocumentKind: UInt8, Sendable, CaseIterable {
    case invoice = 1
    case creditNote = 2

    /// As documents from elsewhere name it, too.
    package var text: StaticString {
        switch self {
        case .invoice: "invoice"
        case .creditNote: "credit-note"
        }
    }

    var standardPattern: String {
        switch self {
        case .invoice: "INV-{year}-{number:5}"
        case .creditNote: "CN-{year}-{number:5}"
        }
    }

    package init?(named text: String) {
        guard let kind = Self.allCases.first(where: { "\($0.text)" == text.lowercased() }) else { return nil }
        self = kind
    }
}

/// How the numbers of a series read: `INV-{year}-{number:5}` gives `INV-2026-00017`.
///
/// `{number}` must be there, `:5` fills it up to five digits. With `{year}` the numbers begin anew each year; without
/// it they go on, since a number may never come twice. (Directive 2006/112/EC, article 226: "a sequential number,
/// based on one or more series, which uniquely identifies the invoice".)
struct NumberPattern: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        case year
        case number(digits: Int)
    }

    let text: String
    private let parts: [Part]

    init(_ text: String) throws(Refusal) {
        guard (1...40).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("pattern", "1 to 40 printable ASCII characters without blanks")
        }
        var parts: [Part] = []
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            guard let end = rest[brace...].firstIndex(of: "}") else { throw Self.misread }
            parts.append(try Self.part(rest[rest.index(after: brace)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        guard parts.count(where: { if case .number = $0 { true } else { false } }) == 1,
            parts.count(where: { $0 == .year }) <= 1, parts.first.map({ !Self.isDraftLike($0, parts.count) }) ?? false
        else { throw Self.misread }
        self.text = text
        self.parts = parts
    }

    private static func part(_ name: Substring) throws(Refusal) -> Part {
        if name == "year" { return .year }
        if name == "number" { return .number(digits: 1) }
        guard name.hasPrefix("number:"), let digits = Int(name.dropFirst(7)), (1...9).contains(digits) else {
            throw misread
        }
        return .number(digits: digits)
    }

    /// `D{number}` would read as the id of a draft.
    private static func isDraftLike(_ first: Part, _ count: Int) -> Bool {
        guard case .text(let text) = first else { return false }
        return count == 2 && text.uppercased() == "D"
    }

    private static let misread = Refusal.invalid(
        "pattern", "must hold {number} or {number:5} once and {year} once at most, such as INV-{year}-{number:5}")

    var hasYear: Bool { parts.contains(.year) }

    /// The year that a document of `now` is counted in; 0 where the years do not matter.
    func year(of now: Timestamp) -> Int32 { hasYear ? Int32(now.civilDate.year) : 0 }

    func number(_ place: UInt32, year: Int32) -> String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .year: return "\(year)"
            case .number(let digits):
                let number = "\(place)"
                return String(repeating: "0", count: max(0, digits - number.count)) + number
            }
        }.joined()
    }
}

/// The numbers of one kind of document in one shop.
struct NumberSeries: FieldCoded {
    var pattern = ""
    /// By year: the number that comes next, and whether one was taken.
    var counters: [Counter] = []

    struct Counter: Equatable, Sendable {
        var year: Int32 = 0
        var next: UInt32 = 1
        var isUsed = false
    }

    func counter(of year: Int32) -> Counter {
        counters.first { $0.year == year } ?? Counter(year: year)
    }

    mutating func set(_ counter: Counter) {
        if let known = counters.firstIndex(where: { $0.year == counter.year }) {
            counters[known] = counter
        } else {
            counters.append(counter)
        }
    }

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&pattern)
        try coder.list(&counters, Counter()) { counter, coder throws(ByteReaderError) in
            try coder.number(&counter.year)
            try coder.number(&counter.next)
            try coder.flag(&counter.isUsed)
        }
    }
}
