import Client
import Dispatch
import Testing

@Suite struct ClientTests {
    @Test(arguments: [
        ("OK\n", Reply(outcome: .ok(nil))),
        ("OK {\"pong\":true}\r\n", Reply(outcome: .ok("{\"pong\":true}"))),
        ("ROW {\"a\":1}\nROW {\"a\":2}\nOK\n", Reply(rows: ["{\"a\":1}", "{\"a\":2}"], outcome: .ok(nil))),
        (
            "ERR NOTFOUND there is no customer 17\n",
            Reply(outcome: .error(code: "NOTFOUND", text: "there is no customer 17"))
        ),
        ("ERR BUSY\n", Reply(outcome: .error(code: "BUSY", text: ""))),
        ("ROW {}\nERR INTERNAL x\n", Reply(rows: ["{}"], outcome: .error(code: "INTERNAL", text: "x"))),
    ])
    func readsAReply(text: String, expected: Reply) throws {
        let server = try FakeServer { peer in
            while peer.readLine() != nil { peer.write(text) }
        }
        let client = try Client(port: server.port)
        #expect(try client.request("PING") == expected)
        #expect(try client.request("PING") == expected)
    }

    @Test func receivesPipelinedRepliesInOrder() throws {
        let server = try FakeServer { peer in
            while let line = peer.readLine() { peer.write("ROW \"\(line)\"\nOK\n") }
        }
        let client = try Client(port: server.port)
        for number in 0..<5000 { try client.send("C\(number)") }
        #expect(client.pendingReplies == 5000)
        for number in 0..<5000 { #expect(try client.receive().rows == ["\"C\(number)\""]) }
        #expect(client.pendingReplies == 0)
    }

    /// The server stops reading while nobody takes its replies: a client that only wrote would wait for ever.
    @Test func readsWhileItWrites() throws {
        let answer = "ROW \"" + String(repeating: "r", count: 16000) + "\"\nOK\n"
        let server = try FakeServer { peer in
            while peer.readLine() != nil { peer.write(answer) }
        }
        let client = try Client(port: server.port)
        let command = String(repeating: "c", count: 8000)
        for _ in 0..<2000 { try client.send(command) }
        for _ in 0..<2000 { #expect(try client.receive().rows.first?.utf8.count == 16002) }
    }

    @Test func readsAHugeRowInPieces() throws {
        let row = "\"" + String(repeating: "é", count: 4_000_000) + "\""
        let server = try FakeServer { peer in
            guard peer.readLine() != nil else { return }
            peer.write("ROW ")
            peer.write(row)
            peer.write("\nOK {\"rows\":1}\n")
        }
        let reply = try Client(port: server.port).request("BIG")
        #expect(reply.rows == [row])
        #expect(reply.outcome == .ok("{\"rows\":1}"))
    }

    @Test(arguments: [
        ("", ClientError.closed),
        ("ROW {}\n", .closed),
        ("HTTP/1.1 400 Bad Request\n", .malformedReply(line: "HTTP/1.1 400 Bad Request")),
        ("OKAY\n", .malformedReply(line: "OKAY")),
        ("ROW\n", .malformedReply(line: "ROW")),
    ])
    func tellsWhatIsWrongWithAReply(text: String, expected: ClientError) throws {
        let server = try FakeServer { peer in
            if peer.readLine() != nil { peer.write(text) }
        }
        let client = try Client(port: server.port)
        #expect(throws: expected) { try client.request("PING") }
    }

    @Test func tellsThatThereIsNoServer() throws {
        let port = try FakeServer.freePort()
        let error = #expect(throws: ClientError.self) { try Client(port: port) }
        #expect(error == .noServer(host: "127.0.0.1", port: port))
        #expect(error?.description.contains("start one with tools/run") == true)
    }

    @Test func givesUpOnASilentServer() throws {
        let server = try FakeServer { peer in while peer.readLine() != nil {} }
        let client = try Client(port: server.port, timeouts: .init(reply: .milliseconds(30)))
        #expect(throws: ClientError.replyTimedOut(seconds: 0.03)) { try client.request("PING") }
    }

    /// A server that refuses a connection says why and hangs up; the reason must not be lost to a failing write.
    @Test func readsTheLastWordsOfAServer() throws {
        let server = try FakeServer { peer in
            guard peer.readLine() != nil else { return }
            peer.write("OK\nERR BUSY too many connections\n")
        }
        let client = try Client(port: server.port)
        for number in 0..<100 { try client.send("C\(number)") }
        #expect(try client.receive().isOK)
        #expect(try client.receive().outcome == .error(code: "BUSY", text: "too many connections"))
        #expect(throws: ClientError.closed) { try client.receive() }
    }

    @Test func sendsNothingOfALineWithABreak() throws {
        let server = try FakeServer(answering: { "OK \"\($0)\"\n" })
        let client = try Client(port: server.port)
        #expect(throws: ClientError.lineBreakInCommand) { try client.send("PING\nQUIT") }
        #expect(try client.request("PING").outcome == .ok("\"PING\""))
    }

    @Test func knowsADeadConnection() throws {
        let closed = DispatchSemaphore(value: 0)
        let server = try FakeServer { peer in
            // Once the second connection is served, the first is closed: they are served one after another.
            if peer.readLine() == "FIRST" { peer.write("OK\n") } else { closed.signal() }
        }
        let client = try Client(port: server.port)
        #expect(client.isAlive())
        #expect(try client.request("FIRST").isOK)
        let second = try Client(port: server.port)
        try second.send("SECOND")
        try second.flush()
        closed.wait()
        #expect(!client.isAlive())
        client.close()
        #expect(throws: ClientError.closed) { try client.send("PING") }
    }
}

@Suite struct ReplyReaderTests {
    private static let text = "OK\nROW {\"a\":\"é\"}\nROW {}\r\nOK {\"n\":2}\nERR SYNTAX what\nROW 1\nOK\n"

    @Test(arguments: 1...40)
    func piecesDoNotMatter(size: Int) throws {
        var whole = ReplyReader()
        whole.append(Array(Self.text.utf8))
        var expected: [Reply] = []
        while let reply = try whole.next() { expected.append(reply) }
        #expect(expected.count == 4)

        var reader = ReplyReader()
        var replies: [Reply] = []
        let bytes = Array(Self.text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.append(bytes[start..<min(bytes.count, start + size)])
            while let reply = try reader.next() { replies.append(reply) }
        }
        #expect(replies == expected)
    }

    @Test func refusesALineWithoutEnd() throws {
        var reader = ReplyReader(maximumLineLength: 100)
        reader.append(Array(repeating: UInt8(ascii: "x"), count: 100))
        #expect(try reader.next() == nil)
        reader.append([UInt8(ascii: "x")])
        #expect(throws: ClientError.replyTooLong(limit: 100)) { try reader.next() }
    }
}

@Suite struct CommandTextTests {
    @Test(arguments: [
        ("1004", "1004"), ("jan@example.nl", "jan@example.nl"), ("shopify:S-1", "shopify:S-1"), ("", "\"\""),
        ("Jan Jansen", "\"Jan Jansen\""), ("a=b", "\"a=b\""), ("{x", "\"{x\""), ("[x", "\"[x\""), ("é", "é"),
        ("say \"hi\"", "\"say \\\"hi\\\"\""), ("back\\slash", "\"back\\\\slash\""),
        ("a\nb", #""a\nb""#), ("a\r\n", #""a\r\n""#), ("\\n", #""\\n""#),
    ])
    func quotesWhatNeedsIt(value: String, expected: String) {
        #expect(CommandText.argument(value) == expected)
    }

    @Test(arguments: [
        ("31612345678", "phone=31612345678"), ("a=b", "phone=a=b"), ("", "phone=\"\""), ("a b", "phone=\"a b\""),
        ("{x", "phone={x"),
    ])
    func namesArguments(value: String, expected: String) {
        #expect(CommandText.argument("phone", value) == expected)
    }

    @Test(arguments: [
        (["PING"], "PING"), (["CUSTOMER.FIND name=\"Jan Jansen\""], "CUSTOMER.FIND name=\"Jan Jansen\""), ([], ""),
        (["CUSTOMER.FIND", "name=Jan Jansen", "country=NL"], "CUSTOMER.FIND name=\"Jan Jansen\" country=NL"),
        (["NOTE", "two words", "a"], "NOTE \"two words\" a"), (["X", "=a", "1=2"], "X \"=a\" \"1=2\""),
        (["ORDER.PUT", "{\n \"a\": \"b c\"\n}"], "ORDER.PUT {\"a\":\"b c\"}"),
    ])
    func buildsALineOfShellWords(words: [String], expected: String) {
        #expect(CommandText.line(ofShellWords: words) == expected)
    }

    /// Whatever is written must come back the same through the grammar, read here in the plainest way.
    @Test func everyArgumentComesBack() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = ConsoleRandom(seed: seed)
        let alphabet: [Character] = ["a", "é", " ", "\"", "\\", "=", "{", "[", "1", "\t", "日", "\n", "\r", "n", "r"]
        for _ in 0..<2000 {
            let value = String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            #expect(Self.read(CommandText.argument(value)) == value, "seed \(seed)")
            #expect(Self.read(String(CommandText.argument("n", value).dropFirst(2))) == value, "seed \(seed)")
        }
    }

    private static func read(_ text: String) -> String? {
        guard text.hasPrefix("\"") else { return text.contains(where: \.isWhitespace) || text.isEmpty ? nil : text }
        var value = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            guard let taken = character == "\\" ? rest.popFirst() : character else { return nil }
            let breaks: [Character: Character] = ["n": "\n", "r": "\r"]
            value.append(character == "\\" ? breaks[taken] ?? taken : taken)
        }
        return rest.isEmpty ? value : nil
    }

    @Test(arguments: [
        ("{ \"a\" : [ 1 ,\r\n\t2 ] }\n", "{\"a\":[1,2]}"), ("\"a  b\"", "\"a  b\""), ("\u{FEFF}{}", "{}"),
        ("{\"a\":\"x\ny\"}", "{\"a\":\"x\\ny\"}"), ("\"\\\" {\n}\"", "\"\\\" {\\n}\""), ("\"\\\\\" : 1", "\"\\\\\":1"),
        ("\"back\\\nslash\"", "\"back\\nslash\""),
    ])
    func putsJSONOnOneLine(text: String, expected: String) {
        #expect(JSONText.onOneLine(text) == expected)
    }
}

/// SplitMix64: small, and the same everywhere for the same seed.
struct ConsoleRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct JSONValueTests {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("\"\"", .string("")),
        ("9007199254740993", .number("9007199254740993")), ("-0.10e+2", .number("-0.10e+2")), ("[]", .array([])),
        ("[1, \"a\"]", .array([.number("1"), .string("a")])), ("{}", .object([])),
        (
            "{\"b\":1,\"a\":{}}",
            .object([JSONMember(name: "b", value: .number("1")), JSONMember(name: "a", value: .object([]))])
        ),
        (#""\u00e9\n\"\\\/""#, .string("é\n\"\\/")), (#""\ud83d\ude00""#, .string("😀")),
        (#""\ud83dx""#, .string("\u{FFFD}x")),
        (#""\ude00\ud83d\u0041""#, .string("\u{FFFD}\u{FFFD}A")),
    ])
    func reads(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        "", "nul", "01", "-", "1.", "1e", "[1,]", "[1", "{\"a\"}", "{a:1}", "{\"a\":1,}", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\\u+123\"", "1 2", "\"a\nb\"", "+1", "tru", "{\"a\":1", "]",
    ])
    func refuses(text: String) {
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: text) }
        #expect(JSONValue(ifParsing: text) == nil)
    }

    @Test func boundsItsDepth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(JSONValue.maximumDepth)) }
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: nested(JSONValue.maximumDepth + 1)) }
        #expect(throws: JSONTextError.self) { try JSONValue(parsing: nested(100_000)) }
    }

    @Test func findsMembers() throws {
        let value = try JSONValue(parsing: #"{"a":{"b":"x"},"n":12,"a":1}"#)
        #expect(value["a"]?["b"]?.text == "x")
        #expect(value["n"]?.text == "12")
        #expect(value["c"] == nil && value["n"]?["x"] == nil)
    }
}
