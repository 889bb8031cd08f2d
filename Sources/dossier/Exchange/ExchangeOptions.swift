import Client

/// How rows stand in a file.
package enum ExchangeFormat: String, Sendable { case csv, ndjson }

/// `dossier import …`
package struct ImportOptions: Equatable, Sendable {
    var file = "-"
    var kind = ExchangeKind.orders
    var format: ExchangeFormat?
    /// Header to path; `-` leaves the column out.
    var map: [String: String] = [:]
    /// Path to value, for what no column says.
    var constants: [String: String] = [:]
    var isDryRun = false
    var results: String?
    var shop: String?
    var connections = 1
    var fromLine = 1
    var progressSeconds = 10.0
    var patienceSeconds = 120.0
    var isMonthFirst: Bool?
    var numbersHold = false
}

/// `dossier export …`
package struct ExportOptions: Equatable, Sendable {
    var kind = ExchangeKind.orders
    var format: ExchangeFormat?
    var out = "-"
    var since: String?
    var channel: String?
    var after = "0"
    var actor: String?
    var shop: String?
    var showsCustomers = false
    var progressSeconds = 10.0
    var patienceSeconds = 120.0
}

/// Options behind the word `import` or `export`, `--name value` or `--name=value`, in any order with the file.
struct ExchangeArguments {
    private(set) var plain: [String] = []
    private(set) var values: [(name: String, value: String)] = []

    /// - Parameter flags: options without a value.
    init(_ words: [String], flags: Set<String>) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word != "--" else {
                plain.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if flags.contains(parts[0]), parts.count == 1 {
                values.append((parts[0], ""))
            } else if parts.count == 2 {
                values.append((parts[0], parts[1]))
            } else {
                guard let value = rest.popFirst() else { throw UsageError(reason: "\(word) needs a value") }
                values.append((word, value))
            }
        }
    }

    static func kind(_ text: String) throws(UsageError) -> ExchangeKind {
        guard let kind = ExchangeKind(rawValue: text) else {
            throw UsageError(
                reason: "--kind takes \(ExchangeKind.allCases.map(\.rawValue).joined(separator: ", ")), not \(text)")
        }
        return kind
    }

    static func format(_ text: String) throws(UsageError) -> ExchangeFormat {
        guard let format = ExchangeFormat(rawValue: text) else {
            throw UsageError(reason: "--format takes csv or ndjson, not \(text)")
        }
        return format
    }

    static func number(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                reason: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        return number
    }

    /// `a=b,c=d`.
    static func pairs(_ text: String, _ name: String) throws(UsageError) -> [String: String] {
        var pairs: [String: String] = [:]
        for part in text.split(separator: ",") {
            // A header may hold an equals sign, a path does not.
            guard let equals = part.lastIndex(of: "=") else {
                throw UsageError(reason: "\(name) takes name=value,name=value, not \(text)")
            }
            pairs[String(part[..<equals])] = String(part[part.index(after: equals)...])
        }
        return pairs
    }
}

extension ImportOptions {
    /// Reads the words behind `import`.
    init(words: [String]) throws(UsageError) {
        let arguments = try ExchangeArguments(words, flags: ["--dry-run", "--numbers-hold"])
        var chosenKind: ExchangeKind?
        for (name, value) in arguments.values {
            if name == "--kind" { chosenKind = try ExchangeArguments.kind(value) } else { try set(name, value) }
        }
        guard let chosenKind else {
            throw UsageError(reason: "import needs --kind customers, orders, documents or facts")
        }
        kind = chosenKind
        guard arguments.plain.count <= 1 else {
            throw UsageError(reason: "import takes one file, or - for standard input")
        }
        file = arguments.plain.first ?? "-"
    }

    private mutating func set(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--format": format = try ExchangeArguments.format(value)
        case "--map": map.merge(try ExchangeArguments.pairs(value, name)) { $1 }
        case "--set": constants.merge(try ExchangeArguments.pairs(value, name)) { $1 }
        case "--dry-run": isDryRun = true
        case "--numbers-hold": numbersHold = true
        case "--results": results = value
        case "--shop": shop = value
        case "--connections": connections = try ExchangeArguments.number(value, name, 1...64)
        case "--from-line": fromLine = try ExchangeArguments.number(value, name, 1...Int(Int32.max))
        case "--progress": progressSeconds = Double(try ExchangeArguments.number(value, name, 1...86_400))
        case "--patience": patienceSeconds = Double(try ExchangeArguments.number(value, name, 0...86_400))
        case "--dates":
            guard value == "dmy" || value == "mdy" else {
                throw UsageError(reason: "--dates takes dmy or mdy, not \(value)")
            }
            isMonthFirst = value == "mdy"
        default: throw UsageError(reason: "import has no option \(name)")
        }
    }
}

extension ExportOptions {
    /// Reads the words behind `export`.
    init(words: [String]) throws(UsageError) {
        let arguments = try ExchangeArguments(words, flags: [])
        var chosenKind: ExchangeKind?
        for (name, value) in arguments.values {
            if name == "--kind" { chosenKind = try ExchangeArguments.kind(value) } else { try set(name, value) }
        }
        guard let chosenKind else {
            throw UsageError(reason: "export needs --kind customers, orders, documents or facts")
        }
        kind = chosenKind
        guard arguments.plain.isEmpty else { throw UsageError(reason: "export takes no file; --out names one") }
        guard !showsCustomers || kind == .customers else {
            throw UsageError(reason: "--shape goes with --kind customers")
        }
    }

    private mutating func set(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--format": format = try ExchangeArguments.format(value)
        case "--out": out = value
        case "--since": since = value
        case "--channel": channel = value
        case "--after": after = value
        case "--actor": actor = value
        case "--shop": shop = value
        case "--shape":
            guard value == "profile" || value == "customer" else {
                throw UsageError(reason: "--shape takes profile or customer, not \(value)")
            }
            showsCustomers = value == "customer"
        case "--progress": progressSeconds = Double(try ExchangeArguments.number(value, name, 1...86_400))
        case "--patience": patienceSeconds = Double(try ExchangeArguments.number(value, name, 0...86_400))
        default: throw UsageError(reason: "export has no option \(name)")
        }
    }

    /// The format as asked for, or as the file is called.
    var chosenFormat: ExchangeFormat { format ?? (out.hasSuffix(".csv") ? .csv : .ndjson) }
}
