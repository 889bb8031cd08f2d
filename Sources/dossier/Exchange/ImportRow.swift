import Client

/// A row of a file: a command for the server, or why there is none.
enum ImportRow: Equatable, Sendable {
    /// `name` is the row's own number or reference, for people.
    case put(line: Int, name: String, command: [UInt8])
    case refused(line: Int, name: String, code: String, text: String)

    var line: Int {
        switch self {
        case .put(let line, _, _), .refused(let line, _, _, _): line
        }
    }

    /// `{"kind":…,"order":…,"fact":{…}}` as the command that puts it.
    static func fact(_ bytes: [UInt8], line: Int) -> ImportRow {
        var texts: [String: String] = [:]
        var fact: [UInt8] = []
        do throws(JSONSlices.Malformed) {
            for member in try JSONSlices.members(bytes) {
                if member.name == "fact" {
                    fact = Array(bytes[member.value])
                } else {
                    texts[member.name] = JSONSlices.text(bytes, member.value)
                }
            }
        } catch {
            return .refused(line: line, name: "", code: "SYNTAX", text: "not JSON: at byte \(error.offset) of the line")
        }
        let name = texts["order"] ?? ""
        guard let kind = texts["kind"], !name.isEmpty, fact.first == UInt8(ascii: "{") else {
            return .refused(
                line: line, name: name, code: "INVALID", text: "kind, order and fact (an object) are required")
        }
        let head = "FACT.PUT \(CommandText.argument("kind", kind)) \(CommandText.argument("order", name)) "
        return .put(line: line, name: name, command: Array(head.utf8) + fact)
    }

    /// A line of NDJSON as the command that puts it; nil for an empty one.
    static func ndjson(_ bytes: [UInt8], kind: ExchangeKind, line: Int) -> ImportRow? {
        let text = Array(bytes.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed())
        guard let first = text.first else { return nil }
        guard first == UInt8(ascii: "{") else {
            return .refused(line: line, name: "", code: "SYNTAX", text: "each line is one JSON object")
        }
        if kind == .facts { return fact(text, line: line) }
        return .put(line: line, name: name(in: text, kind), command: Array("\(kind.putCommand) ".utf8) + text)
    }

    private static func name(in text: [UInt8], _ kind: ExchangeKind) -> String {
        do throws(JSONSlices.Malformed) {
            let member = try JSONSlices.members(text).first { $0.name == kind.nameMember }
            return member.map { JSONSlices.text(text, $0.value) } ?? ""
        } catch {
            // The server says what is wrong with it.
            return ""
        }
    }

    /// A document that hangs on a customer's number means that customer on the server that gave the number, and somebody
    /// else elsewhere.
    func heedingNumbers(of kind: ExchangeKind) -> ImportRow {
        guard kind == .documents, case .put(let line, let name, let command) = self else { return self }
        let json = Array(command.dropFirst(kind.putCommand.utf8.count + 1))
        do throws(JSONSlices.Malformed) {
            let names = Set(try JSONSlices.members(json).map(\.name))
            guard names.contains("customer"), !names.contains("order") else { return self }
        } catch {
            return self
        }
        return .refused(
            line: line, name: name, code: "REFUSED",
            text:
                "names a customer by a number of the server that it came from; --numbers-hold says that it is this one")
    }
}
