/// The rows of a comma-separated text, read forgivingly: blanks around a value do not belong to it, a value may stand
/// in quotes also behind blanks, and lines may end with CR LF.
struct CommaSeparatedText {
    /// The names in the first line.
    let columns: [String]
    /// The values of the other lines, as many as there are columns; what a short line lacks is empty.
    let rows: [[String]]

    private let places: [String: Int]

    /// - Parameter quotes: what may stand around a value. An apostrophe belongs here only where a file quotes with it:
    ///   elsewhere it begins names.
    /// - Throws: `broken`, naming the line, if a row has more values than there are columns or a quote stays open.
    init(_ text: String, quotes: Set<UInt8> = [UInt8(ascii: "\"")]) throws(BenchmarkError) {
        var parser = CommaSeparatedParser(bytes: Array(text.utf8), quotes: quotes)
        guard let header = try parser.row() else { throw .broken("a file without a header line") }
        var rows: [[String]] = []
        while let row = try parser.row() {
            guard row.count <= header.count else {
                throw .broken("line \(parser.line - 1) has \(row.count) values for \(header.count) columns")
            }
            rows.append(row + Array(repeating: "", count: header.count - row.count))
        }
        columns = header
        self.rows = rows
        places = Dictionary(
            header.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// Where a column stands in each row.
    func place(of column: String) -> Int? { places[column] }
}

private struct CommaSeparatedParser {
    let bytes: [UInt8]
    let quotes: Set<UInt8>
    var position = 0
    /// The number of the line that is read next, from 1.
    var line = 1

    init(bytes: [UInt8], quotes: Set<UInt8>) {
        self.bytes = bytes
        self.quotes = quotes
    }

    private static let comma = UInt8(ascii: ",")
    private static let blank = UInt8(ascii: " ")
    private static let lineFeed = UInt8(ascii: "\n")

    /// The next line that holds anything; nil at the end.
    mutating func row() throws(BenchmarkError) -> [String]? {
        while position < bytes.count, bytes[position] == Self.lineFeed || bytes[position] == 0x0D {
            if bytes[position] == Self.lineFeed { line += 1 }
            position += 1
        }
        guard position < bytes.count else { return nil }
        var values: [String] = []
        while true {
            values.append(try value())
            guard position < bytes.count, bytes[position] == Self.comma else { break }
            position += 1
        }
        position += 1
        line += 1
        return values
    }

    private mutating func value() throws(BenchmarkError) -> String {
        skipBlanks()
        guard position < bytes.count, quotes.contains(bytes[position]) else { return plainValue() }
        let quoted = try quotedValue(by: bytes[position])
        // Whatever stands between the closing quote and the comma says nothing.
        _ = plainValue()
        return quoted
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == Self.blank { position += 1 }
    }

    private mutating func plainValue() -> String {
        let start = position
        while position < bytes.count, bytes[position] != Self.comma, bytes[position] != Self.lineFeed { position += 1 }
        var end = position
        while end > start, bytes[end - 1] == Self.blank || bytes[end - 1] == 0x0D { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// A quote within is doubled.
    private mutating func quotedValue(by quote: UInt8) throws(BenchmarkError) -> String {
        var value: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == quote else {
                if byte == Self.lineFeed { line += 1 }
                value.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == quote else {
                return String(decoding: value, as: UTF8.self)
            }
            value.append(quote)
            position += 1
        }
        throw .broken("a quote stays open to the end of the file")
    }
}
