/// A JSON value as a tree, for showing and for checks; it keeps the order of members and the spelling of numbers, so an
/// id above 2^53 and a price of 1.10 come out as they went in. Not for hot paths.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The digits as they stood in the text.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

package struct JSONMember: Equatable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The member of an object by name (the first of that name); nil for anything else.
    package subscript(name: String) -> JSONValue? {
        members?.first { $0.name == name }?.value
    }

    /// The elements of an array; nil for anything else.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; nil for anything else.
    package var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The text of a string, or the digits of a number; nil for anything else.
    package var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    /// Nothing to show: null, an empty string, array or object.
    package var isEmpty: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .bool, .number: false
        }
    }
}

/// A text that is not JSON; the offset counts UTF-8 bytes from its beginning.
package struct JSONTextError: Error, Equatable, Sendable {
    package let offset: Int
}

extension JSONValue {
    /// Deeper nesting is refused, so that no text can exhaust the stack.
    package static let maximumDepth = 128

    /// Reads one value; only white space may follow it.
    package init(parsing text: String) throws(JSONTextError) {
        var parser = JSONTreeParser(bytes: Array(text.utf8))
        self = try parser.parse()
    }

    /// Reads one value, or answers nil where the caller can show the text as it is instead.
    package init?(ifParsing text: String) {
        do throws(JSONTextError) {
            try self.init(parsing: text)
        } catch {
            return nil
        }
    }
}

/// A recursive descent over the bytes of one text.
private struct JSONTreeParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func parse() throws(JSONTextError) -> JSONValue {
        let value = try parseValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure }
        return value
    }

    private var failure: JSONTextError { JSONTextError(offset: position) }
    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        position += 1
        return true
    }

    private mutating func parseValue(depth: Int) throws(JSONTextError) -> JSONValue {
        guard depth < JSONValue.maximumDepth else { throw failure }
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: return try parseNumber()
        }
    }

    private mutating func parseWord(_ word: String, _ value: JSONValue) throws(JSONTextError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure }
        position += word.utf8.count
        return value
    }

    private mutating func parseNumber() throws(JSONTextError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let firstDigit = position
        let wholeDigits = skipDigits()
        guard wholeDigits == 1 || (wholeDigits > 1 && bytes[firstDigit] != UInt8(ascii: "0")) else { throw failure }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() > 0 else { throw failure }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            guard skipDigits() > 0 else { throw failure }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func parseArray(depth: Int) throws(JSONTextError) -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            elements.append(try parseValue(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure }
        return .array(elements)
    }

    private mutating func parseObject(depth: Int) throws(JSONTextError) -> JSONValue {
        var members: [JSONMember] = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            let name = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure }
            members.append(JSONMember(name: name, value: try parseValue(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure }
        return .object(members)
    }

    private mutating func parseString() throws(JSONTextError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure }
        var text = ""
        var runStart = position
        while let byte {
            guard byte >= 0x20 else { throw failure }
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            text += String(decoding: bytes[runStart..<position], as: UTF8.self)
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            text.unicodeScalars.append(try parseEscape())
            runStart = position
        }
        throw failure
    }

    /// The scalar behind a backslash. Half of a surrogate pair stands for no character and is shown as U+FFFD.
    private mutating func parseEscape() throws(JSONTextError) -> Unicode.Scalar {
        guard let byte else { throw failure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseCodeUnits()
        default: throw failure
        }
    }

    private mutating func parseCodeUnits() throws(JSONTextError) -> Unicode.Scalar {
        let unit = try parseCodeUnit()
        let afterFirst = position
        guard UTF16.isLeadSurrogate(unit), bytes[position...].starts(with: #"\u"#.utf8) else {
            return Unicode.Scalar(unit) ?? "\u{FFFD}"
        }
        position += 2
        let second = try parseCodeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            position = afterFirst
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(second) - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func parseCodeUnit() throws(JSONTextError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure }
        let digits = bytes[position..<position + 4]
        // Checked here because a radix reader also takes a sign.
        guard digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure }
        position += 4
        return unit
    }
}
