import Bytes
import Testing

@testable import Load

/// Replies of four protocols, cut at every byte: no half of a reply is taken for a whole one.
@Suite struct ReplyFramingTests {
    private struct Case {
        let framing: ReplyFraming
        let reply: [UInt8]
        let kind: ReplyFrame.Kind
        let content: String
        var position: Int?
    }

    private static let cases: [Case] = [
        Case(framing: .lines, reply: bytes("OK {\"a\":1}\n"), kind: .answer, content: "OK {\"a\":1}"),
        Case(framing: .lines, reply: bytes("ROW {}\n"), kind: .row, content: "ROW {}"),
        Case(framing: .resp, reply: bytes("+C7 matched 0\r\n"), kind: .answer, content: "+C7 matched 0"),
        Case(framing: .resp, reply: bytes("-ERR no\r\n"), kind: .answer, content: "-ERR no"),
        Case(framing: .resp, reply: bytes("$5\r\na\r\nbc\r\n"), kind: .answer, content: "a\r\nbc"),
        Case(framing: .resp, reply: bytes("$-1\r\n"), kind: .error, content: "$-1"),
        Case(
            framing: .iproto, reply: packet(code: 0, sync: 70_000, body: [0x30, 0x91, 0xA2] + bytes("C9")),
            kind: .answer, content: "C9", position: 70_000),
        Case(
            framing: .iproto, reply: packet(code: 0x8020, sync: 3, body: [0x31, 0xD9, 4] + bytes("oops")),
            kind: .error, content: "oops", position: 3),
        Case(
            framing: .postgres,
            reply: message("2", []) + message("D", [0, 1, 0, 0, 0, 2] + bytes("C4")) + message("C", bytes("SELECT 1\0"))
                + message("Z", bytes("I")), kind: .answer, content: "C4"),
        Case(
            framing: .postgres,
            reply: message("E", bytes("SERROR\0C40P01\0Mdeadlock\0\0")) + message("Z", bytes("I")), kind: .error,
            content: "deadlock"),
    ]

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// As Tarantool writes it: numbers of the header at their widest, a map of one as the body.
    private static func packet(code: UInt32, sync: UInt64, body: [UInt8]) -> [UInt8] {
        func big(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        let header = [0x83, 0x00, 0xCE] + big(code) + [0x01, 0xCF] + big(sync) + [0x05, 0xCE] + big(UInt32(84))
        let rest = header + [0x81] + body
        return [0xCE] + big(UInt32(rest.count)) + rest
    }

    private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        let length = UInt32(body.count + 4)
        return [type.asciiValue ?? 0] + withUnsafeBytes(of: length.bigEndian) { Array($0) } + body
    }

    @Test func repliesAreCutWhereTheyEnd() throws {
        for item in Self.cases {
            // Something stands before and after it.
            let before: [UInt8] = [1, 2, 3]
            for count in 0..<item.reply.count {
                let part = before + item.reply.prefix(count)
                let early = item.framing.next(in: part.span, from: 3, isGreeting: false)
                #expect(early == nil, "\(item.content) \(count)")
            }
            let whole = before + item.reply + item.reply.prefix(3)
            let found = item.framing.next(in: whole.span, from: 3, isGreeting: false)
            let frame = try #require(found)
            #expect(frame.kind == item.kind && frame.end == 3 + item.reply.count && frame.position == item.position)
            let content = whole.span.text(frame.content)
            #expect(content == item.content)
        }
    }

    @Test func tarantoolGreetsWithTwoLines() {
        let greeting = [UInt8](repeating: 0x20, count: 128)
        let whole = ReplyFraming.iproto.next(in: greeting.span, from: 0, isGreeting: true)
        let part = ReplyFraming.iproto.next(in: greeting.span.extracting(0..<127), from: 0, isGreeting: true)
        #expect(whole?.end == 128 && part == nil)
    }

    @Test func repliesMayOvertakeEachOther() {
        let connection = Connection(token: 0)
        let chunk = RequestChunk(
            bytes: [1, 2, 3, 4], ends: [1, 2, 3, 4],
            requests: (0..<4).map { RequestChunk.Request(kind: .order, subject: UInt32($0)) })
        connection.enqueue(.init(first: 0, count: 4, sentAt: 1), of: chunk)
        connection.answer(position: 2)
        connection.answer(position: 1)
        #expect(connection.inFlight == 4 && connection.oldest?.first == 0)
        connection.answer(position: 0)
        #expect(connection.inFlight == 1 && connection.oldest?.first == 3)
        connection.answer(position: 3)
        #expect(connection.inFlight == 0 && connection.oldest == nil)
    }
}
