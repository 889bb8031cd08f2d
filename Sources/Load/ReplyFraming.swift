import Bytes
import Glibc

/// How the bytes that a server sends are cut into replies.
package enum ReplyFraming: Sendable {
    /// Lines; those that start with `ROW ` come before the one that ends the reply.
    case lines
    /// Redis: a line, or a counted string.
    case resp
    /// Tarantool: counted packets that name their request, for they may overtake each other.
    case iproto
    /// PostgreSQL: messages up to `ReadyForQuery`.
    case postgres

    /// What a connection says first of itself.
    var opening: [UInt8] { self == .postgres ? PostgresMessages.opening : [] }

    /// Replies to `opening`, and what the server says unasked; they belong to no request.
    var greetings: Int {
        switch self {
        case .lines, .resp: 0
        case .iproto: 1
        case .postgres: 2
        }
    }

    /// The first whole reply from `offset` on; nil when more bytes must come.
    /// - Parameter isGreeting: whether it is one of `greetings`.
    func next(in bytes: Span<UInt8>, from offset: Int, isGreeting: Bool) -> ReplyFrame? {
        switch self {
        case .lines: Self.line(bytes, offset)
        case .resp: Self.redis(bytes, offset)
        case .iproto: isGreeting ? TarantoolPackets.greeting(bytes, offset) : TarantoolPackets.next(bytes, offset)
        case .postgres: PostgresMessages.next(bytes, offset)
        }
    }

    private static func line(_ bytes: Span<UInt8>, _ offset: Int) -> ReplyFrame? {
        guard let end = lineEnd(bytes, from: offset) else { return nil }
        let line = bytes.extracting(offset..<end)
        let isRow = line.count >= 4 && line[unchecked: 0] == UInt8(ascii: "R") && line.extracting(0..<4).equals("ROW ")
        return ReplyFrame(isRow ? .row : .answer, offset..<end, end: end + 1)
    }

    /// Lines keep their first byte, for it tells an error from an answer; of a counted string only the string is left.
    private static func redis(_ bytes: Span<UInt8>, _ offset: Int) -> ReplyFrame? {
        guard let end = lineEnd(bytes, from: offset) else { return nil }
        let line = offset..<max(offset, end - 1)
        guard bytes[offset] == UInt8(ascii: "$") else { return ReplyFrame(.answer, line, end: end + 1) }
        guard let count = Int(bytes.text((offset + 1)..<line.upperBound)), count >= 0 else {
            return ReplyFrame(.error, line, end: end + 1)
        }
        let start = end + 1
        guard bytes.count >= start + count + 2 else { return nil }
        return ReplyFrame(.answer, start..<(start + count), end: start + count + 2)
    }

    @inline(__always) private static func lineEnd(_ bytes: Span<UInt8>, from offset: Int) -> Int? {
        guard offset < bytes.count else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base + offset, 10, buffer.count - offset) else {
                return nil
            }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }
}

/// One reply among the bytes of a connection.
package struct ReplyFrame: Equatable {
    package enum Kind: Sendable {
        case answer
        /// A part of a reply that is not yet complete.
        case row
        /// The server says by its framing that it could not; the content is its message.
        case error
    }

    let kind: Kind
    /// What a handler reads.
    let content: Range<Int>
    /// Where the next reply starts.
    let end: Int
    /// Which request this answers, by position among all of the run; nil where replies come in order.
    let position: Int?

    init(_ kind: Kind, _ content: Range<Int>, end: Int, position: Int? = nil) {
        self.kind = kind
        self.content = content
        self.end = end
        self.position = position
    }
}
