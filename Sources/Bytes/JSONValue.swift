/// A JSON document as an immutable tree, for paths that are not hot: payloads whose shape is only known by looking.
///
/// Nothing is rounded or reordered on the way: a number is the text that was sent, members keep their order.
/// Hot paths pull from `JSONReader` instead, which allocates nothing.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The digits exactly as sent, for instance `706405506930370084` or `1.50`.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Names may repeat; look-ups take the last one, as most parsers do.
    case object([JSONMember])
}

/// One name and its value within an object.
package struct JSONMember: Equatable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

// MARK: Reading

extension JSONValue {
    /// Reads a whole document: one value with nothing but white space around it, at most `JSONReader.maximumDepth`
    /// deep. Malformed UTF-8 inside strings is repaired; check before, where that matters.
    package init(parsing bytes: Span<UInt8>) throws(JSONError) {
        var reader = JSONReader(bytes)
        self = try Self.read(&reader)
        try reader.end()
    }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> JSONValue {
        switch try reader.peek() {
        case .string: return .string(reader.text(try reader.string()))
        case .number: return .number(reader.bytes.text(try reader.number()))
        case .bool: return .bool(try reader.bool())
        case .null:
            _ = try reader.null()
            return .null
        case .array:
            var elements: [JSONValue] = []
            var isFirst = true
            try reader.beginArray()
            while try reader.nextElement(&isFirst) { elements.append(try read(&reader)) }
            return .array(elements)
        case .object:
            var members: [JSONMember] = []
            var isFirst = true
            try reader.beginObject()
            while let name = try reader.nextKey(&isFirst) {
                members.append(JSONMember(reader.text(name), try read(&reader)))
            }
            return .object(members)
        }
    }
}

// MARK: Looking

extension JSONValue {
    /// A member's value; nil if there is none or this is no object. Takes time linear in the number of members.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The value at the end of a path of names; nil if a step is missing.
    package func member(_ path: String...) -> JSONValue? {
        var value = self
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        return value
    }

    /// The text of a string, or the digits of a number exactly as sent.
    package var exactText: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var members: [JSONMember]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

// MARK: Writing

extension JSONValue {
    /// Appends the document as one line without spaces.
    package func write(into output: inout ByteWriter) {
        switch self {
        case .null: output.null()
        case .bool(let value): output.bool(value)
        case .number(let digits): output.rawJSON(digits.utf8Span.span)
        case .string(let text): output.string(text)
        case .array(let elements):
            output.openArray()
            for element in elements { element.write(into: &output) }
            output.closeArray()
        case .object(let members):
            output.openObject()
            for member in members {
                output.key(member.name)
                member.value.write(into: &output)
            }
            output.closeObject()
        }
    }
}
