import Bytes
import Commerce

// The grammar of a request line:
//
//   request  = command *( SP argument ) [ SP json ]
//   argument = token | quoted | name "=" ( token | quoted )
//   json     = an object or array; runs to the end of the line
//
// A token holds neither blanks nor quotes and does not begin with a bracket. A quoted text escapes `"` and `\` by `\`,
// and knows `\n`, `\t`, `\r`.

/// One argument of a request: where its text lies in the line, still escaped.
package struct Argument: Sendable, Equatable {
    /// The name before `=`; empty for a plain argument.
    package let name: Range<Int>
    package let value: Range<Int>
    package let hasEscapes: Bool
    /// The first eight bytes of the name, so that most others are told apart by one comparison.
    let nameWord: UInt64
    /// The name holds ASCII and no capital letters, as nearly everybody writes it.
    let isLowercase: Bool

    fileprivate init(_ name: Range<Int>, _ value: Range<Int>, hasEscapes: Bool, of line: Span<UInt8>) {
        self.name = name
        self.value = value
        self.hasEscapes = hasEscapes
        let name = line.extracting(name)
        nameWord = name.firstWord
        isLowercase = name.isLowercase
    }
}

/// The name of an argument, in lower case, to compare with what a request says.
struct ArgumentName: Sendable {
    let text: String
    fileprivate let word: UInt64
    fileprivate let count: Int

    init(_ text: String) {
        let bytes = [UInt8](text.utf8)
        self.text = text
        word = bytes.span.firstWord
        count = bytes.count
    }
}

/// A request line taken apart. Ranges lie in the line.
package struct RequestLine: ~Escapable {
    package let bytes: Span<UInt8>
    package private(set) var command: Range<Int> = 0..<0
    package private(set) var arguments: [Argument] = []
    /// The JSON at the end of the line, if there is one.
    package private(set) var json: Range<Int>?

    /// Takes the line apart; it must be without its line feed.
    @_lifetime(copy line)
    package init(_ line: Span<UInt8>) throws(Refusal) {
        bytes = line
        var end = line.count
        if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var position = 0
        Self.skipBlanks(line, &position, end)
        command = Self.token(line, &position, end)
        while true {
            Self.skipBlanks(line, &position, end)
            guard position < end else { return }
            let byte = line[position]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                json = position..<end
                return
            }
            guard arguments.count < 64 else { throw Refusal(.syntax, "more than 64 arguments") }
            if arguments.isEmpty { arguments.reserveCapacity(4) }
            arguments.append(try Self.argument(line, &position, end))
        }
    }

    private static func skipBlanks(_ line: Span<UInt8>, _ position: inout Int, _ end: Int) {
        while position < end, line[position] == UInt8(ascii: " ") || line[position] == 0x09 { position += 1 }
    }

    private static func token(_ line: Span<UInt8>, _ position: inout Int, _ end: Int) -> Range<Int> {
        let start = position
        while position < end, line[position] != UInt8(ascii: " "), line[position] != 0x09 { position += 1 }
        return start..<position
    }

    private static func argument(
        _ line: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(Refusal) -> Argument {
        if line[position] == UInt8(ascii: "\"") {
            let (value, hasEscapes) = try quoted(line, &position, end)
            return Argument(position..<position, value, hasEscapes: hasEscapes, of: line)
        }
        let start = position
        var name = position..<position
        var valueStart = start
        while position < end, line[position] != UInt8(ascii: " "), line[position] != 0x09 {
            let byte = line[position]
            if byte == UInt8(ascii: "="), name.isEmpty, position > start {
                name = start..<position
                valueStart = position + 1
                if valueStart < end, line[valueStart] == UInt8(ascii: "\"") {
                    position = valueStart
                    let (value, hasEscapes) = try quoted(line, &position, end)
                    return Argument(name, value, hasEscapes: hasEscapes, of: line)
                }
            } else if byte == UInt8(ascii: "\"") {
                throw Refusal(.syntax, "a quote inside an argument, at byte \(position)")
            }
            position += 1
        }
        return Argument(name, valueStart..<position, hasEscapes: false, of: line)
    }

    private static func quoted(
        _ line: Span<UInt8>, _ position: inout Int, _ end: Int
    ) throws(Refusal) -> (Range<Int>, Bool) {
        let opening = position
        position += 1
        let start = position
        var hasEscapes = false
        while position < end, line[position] != UInt8(ascii: "\"") {
            if line[position] == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        guard position < end else { throw Refusal(.syntax, "a quote without its end, at byte \(opening)") }
        let value = start..<position
        position += 1
        guard position == end || line[position] == UInt8(ascii: " ") || line[position] == 0x09 else {
            throw Refusal(.syntax, "a blank is missing behind the quote, at byte \(position)")
        }
        return (value, hasEscapes)
    }

    // MARK: Values

    /// The argument's value without its escapes.
    package func value(_ argument: Argument) -> [UInt8] {
        let raw = bytes.extracting(argument.value)
        guard argument.hasEscapes else { return raw.array }
        var value: [UInt8] = []
        var index = 0
        while index < raw.count {
            var byte = raw[index]
            if byte == UInt8(ascii: "\\") {
                index += 1
                byte = Self.unescaped(raw[index])
            }
            value.append(byte)
            index += 1
        }
        return value
    }

    /// Lends the argument's value without its escapes; copied only where it has some.
    func withValue<Result>(
        _ argument: Argument, _ body: (Span<UInt8>) throws(Refusal) -> Result
    ) throws(Refusal) -> Result {
        guard argument.hasEscapes else { return try body(bytes.extracting(argument.value)) }
        return try body(value(argument).span)
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        default: byte
        }
    }

    /// The argument's name; empty for a plain one.
    package func name(_ argument: Argument) -> String {
        let name = bytes.text(argument.name)
        return argument.isLowercase ? name : name.lowercased()
    }

    /// Whether the argument has this name, which must be in lower case.
    package func isNamed(_ argument: Argument, _ name: String) -> Bool {
        guard argument.isLowercase else { return self.name(argument) == name }
        return argument.name.count == name.utf8.count
            && bytes.extracting(argument.name).equals(name.utf8Span.span)
    }

    func isNamed(_ argument: Argument, _ name: ArgumentName) -> Bool {
        guard argument.isLowercase else { return self.name(argument) == name.text }
        guard argument.nameWord == name.word, argument.name.count == name.count else { return false }
        return name.count <= 8 || isNamed(argument, name.text)
    }

    /// Whether two arguments have one name.
    func haveOneName(_ one: Argument, _ other: Argument) -> Bool {
        guard one.isLowercase, other.isLowercase else { return name(one) == name(other) }
        return one.nameWord == other.nameWord && bytes.extracting(one.name).equals(bytes.extracting(other.name))
    }

    /// The value of the first argument with this name.
    package func argument(named name: String) -> [UInt8]? { first(named: name).map { value($0) } }

    /// The first argument with this name.
    func first(named name: String) -> Argument? {
        for argument in arguments where !argument.name.isEmpty && isNamed(argument, name) { return argument }
        return nil
    }

    /// The plain arguments, in order.
    package var plainArguments: [[UInt8]] { arguments.filter { $0.name.isEmpty }.map { value($0) } }
}

extension Span where Element == UInt8 {
    /// The first eight bytes, or as many as there are, the first one lowest.
    fileprivate var firstWord: UInt64 { word(from: 0) }

    /// Whether every byte is ASCII and no capital letter.
    fileprivate var isLowercase: Bool {
        for index in 0..<count {
            let byte = self[unchecked: index]
            if byte >= 0x80 || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) { return false }
        }
        return true
    }
}
