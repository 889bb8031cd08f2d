/// Writes the arguments of a command line so that the server reads back exactly the same values.
package enum CommandText {
    /// A positional argument: bare where it can be, otherwise in double quotes.
    package static func argument(_ value: String) -> String {
        // A bare `a=b` would be read as a named argument, and a bracket as the beginning of the JSON.
        let isBare = isToken(value) && !value.contains("=") && !value.hasPrefix("{") && !value.hasPrefix("[")
        return isBare ? value : quoted(value)
    }

    /// A named argument, `name=value`; the name must be a token.
    package static func argument(_ name: String, _ value: String) -> String {
        precondition(isToken(name), "the name of an argument is a token")
        return name + "=" + (isToken(value) ? value : quoted(value))
    }

    /// In double quotes, with a backslash before each quote and backslash; a line break, which would end the command,
    /// is written as `\n` or `\r`.
    package static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\n": text += #"\n"#
            case "\r": text += #"\r"#
            case "\"", "\\": text += "\\" + String(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// One command line out of the words of a shell, which has already taken its own quotes away.
    ///
    /// A single word is taken as a whole line. A word that begins with a bracket is JSON and goes on one line as it is;
    /// one that reads `name=value` becomes a named argument; any other a positional one.
    package static func line(ofShellWords words: [String]) -> String {
        guard words.count > 1, let command = words.first else { return words.first ?? "" }
        return ([command] + words.dropFirst().map(shellArgument)).joined(separator: " ")
    }

    private static func shellArgument(_ word: String) -> String {
        if word.hasPrefix("{") || word.hasPrefix("[") { return JSONText.onOneLine(word) }
        guard let equals = word.firstIndex(of: "="), isName(word[..<equals]) else { return argument(word) }
        return argument(String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        let joints = Array("-_.".utf8)
        return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || joints.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isToken(_ text: String) -> Bool {
        let marks = Array(#""\"#.utf8)
        return !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !marks.contains($0) }
    }
}

/// JSON as text, for those who pass it on without reading it.
package enum JSONText {
    /// The same JSON without the white space between its parts, so that it fits on one line.
    ///
    /// A line break inside a string, which JSON forbids but hands produce, becomes `\n` or `\r` and so keeps its
    /// meaning; anything else in a string stays as it is. A byte order mark at the beginning is dropped.
    package static func onOneLine(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var isInString = false
        var isEscaped = false
        for byte in text.unicodeScalars.first == "\u{FEFF}" ? text.utf8.dropFirst(3) : text.utf8[...] {
            switch byte {
            case UInt8(ascii: "\n") where isInString: result += isEscaped ? [UInt8(ascii: "n")] : Array(#"\n"#.utf8)
            case UInt8(ascii: "\r") where isInString: result += isEscaped ? [UInt8(ascii: "r")] : Array(#"\r"#.utf8)
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                if isInString { result.append(byte) }
            case UInt8(ascii: "\"") where !isEscaped:
                isInString.toggle()
                result.append(byte)
            default: result.append(byte)
            }
            isEscaped = isInString && !isEscaped && byte == UInt8(ascii: "\\")
        }
        return String(decoding: result, as: UTF8.self)
    }
}
