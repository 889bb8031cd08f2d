import Client
import Foundation
import Testing

/// A connection of a test: a line in, a reply out, with the checks that nearly every test makes.
final class Talk {
    let client: Client

    init(_ client: Client) { self.client = client }

    func ask(_ line: String) throws -> Reply { try client.request(line) }

    /// The JSON behind OK; the test cannot go on without it.
    @discardableResult
    func ok(_ line: String) throws -> JSONValue {
        switch try ask(line).outcome {
        case .ok(let text?): return try JSONValue(parsing: text)
        case .ok(nil): return .null
        case .error(let code, let text): throw TestFailure("\(code) \(text), to \(line.prefix(300))")
        }
    }

    /// The rows, each as JSON, and what closes them.
    func rows(_ line: String) throws -> (rows: [JSONValue], end: JSONValue) {
        let reply = try ask(line)
        guard case .ok(let text) = reply.outcome else { throw TestFailure("\(reply.outcome), to \(line.prefix(300))") }
        return (try reply.rows.map { try JSONValue(parsing: $0) }, try text.map { try JSONValue(parsing: $0) } ?? .null)
    }

    /// Sends lines all at once and gathers the replies.
    func pipeline(_ lines: [String]) throws -> [Reply] {
        for line in lines { try client.send(line) }
        return try lines.map { _ in try client.receive() }
    }

    /// Expects an error of this code whose text has these words, and that nothing was changed by it.
    func refused(_ line: String, _ code: String, _ words: String..., location: SourceLocation = #_sourceLocation) throws
    {
        let before = try sequence()
        let reply = try ask(line)
        guard case .error(let found, let text) = reply.outcome, found == code else {
            Issue.record("\(line.prefix(200)): \(code) expected, not \(reply.outcome)", sourceLocation: location)
            return
        }
        for word in words where !word.isEmpty && !text.contains(word) {
            Issue.record("\(line.prefix(200)): \(text) does not say \(word)", sourceLocation: location)
        }
        #expect(try sequence() == before, "\(line.prefix(200)) changed something", sourceLocation: location)
    }

    /// One of INFO's numbers.
    func info(_ name: String) throws -> Int {
        let info = try ok("INFO")
        guard let value = info[name]?.text.flatMap({ Int($0) }) else { throw TestFailure("INFO names no \(name)") }
        return value
    }

    func sequence() throws -> Int { try info("seq") }
}

extension JSONValue {
    /// The value at the end of a path of member names and list positions, e.g. `orders.0.lines.1.sku`.
    func at(_ path: String) -> JSONValue? {
        var value: JSONValue? = self
        for step in path.split(separator: ".") {
            if let place = Int(step), let elements = value?.elements {
                value = elements.indices.contains(place) ? elements[place] : nil
            } else {
                value = value?[String(step)]
            }
        }
        return value
    }

    /// The text or digits at a path.
    func text(_ path: String) -> String? { at(path)?.text }

    /// The length of the list at a path.
    func count(_ path: String) -> Int? { at(path)?.elements?.count }
}
