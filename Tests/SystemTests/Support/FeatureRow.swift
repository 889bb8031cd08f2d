import Client
import Testing

/// A row of the checklist as a table: what is told, and what must then be answered, now, after the plug was pulled, and
/// after that behind a snapshot. Each row has a shop of its own.
struct FeatureRow: Sendable, CustomTestStringConvertible {
    /// A question and what its answer must hold: values by their path (`orders.0.lines.1.sku`), `#` for a list's length, and
    /// for a refusal its code under `error` and words of it under `text`. `-` means that nothing stands there.
    struct Ask: Sendable {
        let line: String
        let expected: KeyValuePairs<String, String>

        init(_ line: String, _ expected: KeyValuePairs<String, String>) {
            self.line = line
            self.expected = expected
        }
    }

    let names: String
    let what: String
    let told: [String]
    let asks: [Ask]

    init(_ names: String, _ what: String, told: [String], asks: [Ask]) {
        self.names = names
        self.what = what
        self.told = told
        self.asks = asks
    }

    var testDescription: String { "\(names): \(what)" }

    /// Tells and asks, three times.
    func check() throws {
        try Sandbox.with { sandbox in
            var server = try sandbox.start()
            let talk = try server.connect()
            for line in told { try talk.ok(line) }
            try ask(talk, "at once")
            try server.kill()
            server = try sandbox.start()
            try ask(try server.connect(), "after a crash")
            try server.connect().ok("SNAPSHOT")
            try server.kill()
            server = try sandbox.start()
            try ask(try server.connect(), "after a snapshot and a crash")
        }
    }

    private func ask(_ talk: Talk, _ when: String) throws {
        for ask in asks {
            let reply = try talk.ask(ask.line)
            for (path, expected) in ask.expected {
                let found = try Self.value(path, in: reply)
                let isRight = path == "text" ? found.contains(expected) : found == expected
                #expect(isRight, "\(names), \(when), \(ask.line): \(path) is \(found), not \(expected)")
            }
        }
    }

    private static func value(_ path: String, in reply: Reply) throws -> String {
        let json: JSONValue
        switch reply.outcome {
        case .error(let code, let text): return path == "error" ? code : path == "text" ? text : "\(code) \(text)"
        case .ok(let text): json = try text.map { try JSONValue(parsing: $0) } ?? .null
        }
        if path == "rows" { return "\(reply.rows.count)" }
        if path.hasPrefix("row.") {
            guard let row = reply.rows.first else { return "-" }
            return text(try JSONValue(parsing: row), String(path.dropFirst(4)))
        }
        return text(json, path)
    }

    private static func text(_ json: JSONValue, _ path: String) -> String {
        if path.hasSuffix(".#") { return json.count(String(path.dropLast(2))).map(String.init) ?? "-" }
        switch json.at(path) {
        case .string(let text)?, .number(let text)?: return text
        case .bool(let value)?: return "\(value)"
        case .null?, nil: return "-"
        case .array?, .object?: return "something"
        }
    }
}
