import Client

/// Shows a JSON value in one line of plain text.
package enum CellText {
    package static func of(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let bool): bool ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): visible(text)
        case .array(let elements): elements.map(of).joined(separator: ", ")
        case .object(let members):
            postalAddress(value)
                ?? members.filter { !$0.value.isEmpty }
                .map { "\(visible($0.name)): \(of($0.value))" }.joined(separator: ", ")
        }
    }

    /// Numbers and amounts stand at the right edge of their column; the digits of names (order numbers) do not.
    package static func isNumeric(_ value: JSONValue) -> Bool {
        switch value {
        case .number: true
        case .string(let text): text.wholeMatch(of: #/-?[0-9]+\.[0-9]{2,}/#) != nil
        default: false
        }
    }

    /// An address in one line, as it would stand on an envelope; nil for an object that is none.
    private static func postalAddress(_ value: JSONValue) -> String? {
        guard value["city"]?.text != nil || value["postalCode"]?.text != nil else { return nil }
        let parts = [["name"], ["street", "houseNumber"], ["postalCode", "city"], ["country"]].map { names in
            names.compactMap { value[$0]?.text }.filter { !$0.isEmpty }.joined(separator: " ")
        }
        return visible(parts.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    /// Text from outside must not steer the terminal: controls, and marks that turn the direction of writing, become
    /// visible signs.
    package static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(isUnsafe(scalar) ? (scalar == "\n" ? "⏎" : scalar == "\t" ? " " : "·") : scalar)
        }
        return String(result)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
