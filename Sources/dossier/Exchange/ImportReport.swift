import Client

/// What became of a row.
enum RowOutcome: Equatable, Sendable {
    /// `created`, `matched`, `merged`, `revised`, `recorded`, `duplicate` or `stale`; whose it is, if the server says.
    case taken(String, customer: String?)
    case refused(code: String, text: String)

    init(_ reply: Reply) {
        switch reply.outcome {
        case .error(let code, let text): self = .refused(code: code, text: text)
        case .ok(let text):
            let json = text.flatMap { JSONValue(ifParsing: $0) } ?? .null
            self = .taken(Self.word(json), customer: json["customer"]?.text)
        }
    }

    private static func word(_ json: JSONValue) -> String {
        for word in ["duplicate", "stale", "revised"] where json[word] == .bool(true) { return word }
        return json["resolution"]?.text ?? "recorded"
    }
}

/// Counts the rows of an import and writes their results where they were asked for.
final class ImportReport {
    private let results: ExchangeFile?
    private let isCSV: Bool
    private(set) var counts: [String: Int] = [:]
    private(set) var rows = 0
    /// The line of the row that was answered last.
    private(set) var lastLine = 0
    private(set) var problem: ImportProblem?

    var refused: Int { counts["refused"] ?? 0 }

    /// - Parameter path: a file for all results, CSV if it is called so, else NDJSON; nil shows only the refused rows, on
    ///   standard error.
    init(_ path: String?) throws(ImportProblem) {
        results = try path.map { path throws(ImportProblem) in try ExchangeFile.writing(path) }
        isCSV = path?.hasSuffix(".csv") ?? false
        if isCSV {
            try writeCells(["line", "name", "result", "customer", "code", "text"])
        }
    }

    func add(_ row: ImportRow, _ outcome: RowOutcome) {
        rows += 1
        lastLine = max(lastLine, row.line)
        let name: String
        switch row {
        case .put(_, let text, _), .refused(_, let text, _, _): name = text
        }
        switch outcome {
        case .taken(let word, _): counts[word, default: 0] += 1
        case .refused(let code, let text):
            counts["refused", default: 0] += 1
            if results == nil {
                let place = name.isEmpty ? "line \(row.line)" : "line \(row.line) (\(name))"
                Terminal.writeError("\(place): \(code) \(CellText.visible(text))")
            }
        }
        guard results != nil, problem == nil else { return }
        do throws(ImportProblem) { try write(row.line, name, outcome) } catch { problem = error }
    }

    func finish() throws(ImportProblem) {
        if let problem { throw problem }
        try results?.finish()
    }

    private func write(_ line: Int, _ name: String, _ outcome: RowOutcome) throws(ImportProblem) {
        var members: [(String, String)] = [("name", name)]
        switch outcome {
        case .taken(let word, let customer):
            members.append(("result", word))
            if let customer { members.append(("customer", customer)) }
        case .refused(let code, let text): members += [("result", "refused"), ("code", code), ("text", text)]
        }
        guard !isCSV else {
            let cells = Dictionary(members) { one, _ in one }
            return try writeCells(
                ["\(line)"] + ["name", "result", "customer", "code", "text"].map { cells[$0] ?? "" })
        }
        var json = Array("{\"line\":\(line)".utf8)
        for (name, value) in members {
            json += Array(",\"\(name)\":".utf8)
            JSONSlices.append(string: value.utf8, to: &json)
        }
        try results?.write(json + Array("}\n".utf8))
    }

    private func writeCells(_ cells: [String]) throws(ImportProblem) {
        var bytes: [UInt8] = []
        CSVText.append(cells.map { Array($0.utf8) }, to: &bytes)
        try results?.write(bytes)
    }

    /// One line that says what became of everything.
    var summary: String {
        let words = ["created", "matched", "merged", "revised", "recorded", "duplicate", "stale", "refused"]
        let parts = words.compactMap { word in counts[word].map { "\($0) \(word)" } }
        return "\(rows) rows" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }
}

/// How far long work has come: a line that is written over on a terminal, else a new one every few seconds.
struct ProgressLine {
    private let isTerminal: Bool
    private let interval: Duration
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now

    init(seconds: Double, isTerminal: Bool = ExchangeFile.isErrorTerminal) {
        self.isTerminal = isTerminal
        interval = isTerminal ? .milliseconds(200) : .seconds(seconds)
    }

    /// - Parameters:
    ///   - done: the part of the work that is behind, from 0 to 1; nil if nobody knows.
    ///   - note: what else is worth saying, such as how many were refused.
    mutating func show(rows: Int, done: Double?, note: String) {
        let now = ContinuousClock.now
        guard now - last >= interval else { return }
        last = now
        let seconds = Self.seconds(now - start)
        var line = "\(rows) rows, \(Int(Double(rows) / max(seconds, 0.001))) rows/s\(note)"
        if let done, done > 0.001, done < 1 {
            line += ", \(Int(done * 100))%, \(Self.time(seconds * (1 - done) / done)) left"
        }
        if isTerminal { Terminal.write("\r\u{1B}[K" + line, to: 2) } else { Terminal.writeError(line) }
    }

    /// Takes the line away.
    func clear() { if isTerminal { Terminal.write("\r\u{1B}[K", to: 2) } }

    var rateText: (Int) -> String {
        let seconds = Self.seconds(ContinuousClock.now - start)
        return { rows in "\(Self.time(seconds)), \(Int(Double(rows) / max(seconds, 0.001))) rows/s" }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        return whole < 3_600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    }
}
