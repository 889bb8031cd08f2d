/// One record of a CSV file.
struct CSVRecord: Equatable {
    /// The line of the file that it begins on, from 1.
    let line: Int
    let cells: [[UInt8]]
}

/// Cuts the bytes of a CSV file into records as RFC 4180 says: quotes, doubled quotes and line breaks inside them, lines
/// ended by LF or CR LF; besides that semicolons and tabs between cells. Bytes may come in any pieces.
struct CSVReader {
    /// A record that grows past this many bytes has lost its closing quote.
    static let mostRecordBytes = 16 << 20

    struct Unending: Error, Equatable {
        /// Where the record begins.
        let line: Int
    }

    private enum State { case cellStart, plain, quoted, behindQuote }

    let separator: UInt8
    private var state = State.cellStart
    private var cell: [UInt8] = []
    private var cells: [[UInt8]] = []
    private var line = 1
    private var startLine = 1
    private var recordBytes = 0
    private var isQuoted = false

    init(separator: UInt8 = UInt8(ascii: ",")) { self.separator = separator }

    /// Reads on and hands each record that is complete to `body`.
    mutating func read(
        _ bytes: some Sequence<UInt8>, _ body: (CSVRecord) -> Void
    ) throws(Unending) {
        for byte in bytes {
            recordBytes += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            switch state {
            case .quoted:
                if byte == UInt8(ascii: "\"") { state = .behindQuote } else { cell.append(byte) }
            case .behindQuote where byte == UInt8(ascii: "\""):
                cell.append(byte)
                state = .quoted
            case .cellStart where byte == UInt8(ascii: "\""):
                state = .quoted
                isQuoted = true
            default: readPlain(byte, body)
            }
            guard recordBytes <= Self.mostRecordBytes else { throw Unending(line: startLine) }
        }
    }

    private mutating func readPlain(_ byte: UInt8, _ body: (CSVRecord) -> Void) {
        switch byte {
        case separator: endCell()
        case UInt8(ascii: "\n"): endRecord(body)
        case UInt8(ascii: "\r") where state == .behindQuote: break
        default:
            cell.append(byte)
            if state == .cellStart { state = .plain }
        }
    }

    /// The file has ended; its last line needs no line break.
    mutating func finish(_ body: (CSVRecord) -> Void) throws(Unending) {
        if state == .quoted { throw Unending(line: startLine) }
        if recordBytes > 0 { endRecord(body) }
    }

    private mutating func endCell() {
        cells.append(cell)
        cell.removeAll(keepingCapacity: true)
        state = .cellStart
    }

    private mutating func endRecord(_ body: (CSVRecord) -> Void) {
        if state != .behindQuote, cell.last == UInt8(ascii: "\r") { cell.removeLast() }
        endCell()
        // An empty line is no record.
        if cells.count > 1 || !cells[0].isEmpty || isQuoted { body(CSVRecord(line: startLine, cells: cells)) }
        cells.removeAll(keepingCapacity: true)
        startLine = line
        recordBytes = 0
        isQuoted = false
    }

    /// What stands between the cells of a file that begins so: whichever of comma, semicolon and tab its first line has most
    /// of, quoted text left out.
    static func separator(of beginning: some Sequence<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in beginning {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") { break }
            counts[byte, default: 0] += 1
        }
        let candidates = Array(",;\t".utf8)
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
    }
}
