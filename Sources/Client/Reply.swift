/// One reply: its rows, then how it ended.
package struct Reply: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        /// The JSON text behind OK, nil when OK stood alone.
        case ok(String?)
        /// The stable code (`SYNTAX`, `NOTFOUND`, ...) and the sentence behind it.
        case error(code: String, text: String)
    }

    /// The JSON text of each ROW, in the order they came.
    package var rows: [String]
    package var outcome: Outcome

    package init(rows: [String] = [], outcome: Outcome) {
        self.rows = rows
        self.outcome = outcome
    }

    package var isOK: Bool {
        if case .ok = outcome { true } else { false }
    }
}

/// Cuts the bytes of a connection into replies. Bytes may arrive in any pieces; each byte is looked at once.
package struct ReplyReader {
    /// Longest line that is accepted, in bytes. It protects the memory of a client that talks to something else.
    package let maximumLineLength: Int
    private var bytes: [UInt8] = []
    private var lineStart = 0
    private var scanned = 0
    private var rows: [String] = []

    package init(maximumLineLength: Int = 1 << 30) {
        self.maximumLineLength = maximumLineLength
    }

    package mutating func append(_ more: some Collection<UInt8>) {
        dropConsumedBytes()
        bytes.append(contentsOf: more)
    }

    /// The next whole reply, nil when more bytes are needed.
    package mutating func next() throws(ClientError) -> Reply? {
        while let line = try nextLine() {
            if let reply = try finish(line) { return reply }
        }
        return nil
    }

    private mutating func finish(_ line: String) throws(ClientError) -> Reply? {
        let outcome: Reply.Outcome
        if line.hasPrefix("ROW ") {
            rows.append(String(line.dropFirst(4)))
            return nil
        } else if line == "OK" {
            outcome = .ok(nil)
        } else if line.hasPrefix("OK ") {
            outcome = .ok(String(line.dropFirst(3)))
        } else if line.hasPrefix("ERR ") {
            let words = line.dropFirst(4).split(separator: " ", maxSplits: 1)
            outcome = .error(
                code: words.first.map(String.init) ?? "", text: words.dropFirst().first.map(String.init) ?? "")
        } else {
            throw .malformedReply(line: line)
        }
        defer { rows = [] }
        return Reply(rows: rows, outcome: outcome)
    }

    private mutating func nextLine() throws(ClientError) -> String? {
        guard let end = bytes[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = bytes.count
            guard bytes.count - lineStart <= maximumLineLength else { throw .replyTooLong(limit: maximumLineLength) }
            return nil
        }
        let hasReturn = end > lineStart && bytes[end - 1] == UInt8(ascii: "\r")
        let line = String(decoding: bytes[lineStart..<(hasReturn ? end - 1 : end)], as: UTF8.self)
        lineStart = end + 1
        scanned = lineStart
        return line
    }

    private mutating func dropConsumedBytes() {
        // Moving the rest down is worth it only when most of the buffer is behind us.
        guard lineStart > bytes.count / 2 else { return }
        bytes.removeFirst(lineStart)
        scanned -= lineStart
        lineStart = 0
    }
}
