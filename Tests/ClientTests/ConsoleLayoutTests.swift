import Client
import Testing
import dossier

@Suite struct ConsoleWidthTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{0301}", 1), ("日本", 4), ("한글", 4), ("ｱ", 1), ("Ａ", 2), ("😀", 2), ("👨‍👩‍👧", 2),
        ("🇳🇱", 2), ("❤\u{FE0F}", 2), ("…", 1), ("\u{200B}", 0), ("→", 1),
    ])
    func countsCells(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
        ("abc", 1, "…"), ("abc", 0, ""),
    ])
    func cuts(text: String, width: Int, expected: String) {
        #expect(DisplayWidth.truncated(text, to: width) == expected)
    }
}

@Suite struct ConsoleWrapTests {
    @Test(arguments: [
        ("a bc def", 4, ["a bc", "def"]), ("abcdef gh", 4, ["abcd", "ef", "gh"]), ("", 4, [""]),
        ("日本語 日", 5, ["日本", "語 日"]),
        ("ab  c", 10, ["ab c"]), ("日", 1, ["日"]),
    ])
    func wraps(text: String, width: Int, expected: [String]) {
        #expect(DisplayWidth.wrapped(text, to: width) == expected)
    }
}

private func lines(_ json: [String], width: Int? = nil) throws -> [String] {
    TextTable(objects: try json.map { try JSONValue(parsing: $0) }).lines(width: width)
}

@Suite struct ConsoleTableTests {
    @Test func alignsByCells() throws {
        #expect(
            try lines([#"{"name":"日本","n":5,"total":"9.95"}"#, #"{"name":"Jan","n":1200,"total":"1019.00"}"#]) == [
                "name     n    total",
                "日本     5     9.95",
                "Jan   1200  1019.00",
            ])
    }

    @Test func dropsEmptyColumnsAndKeepsTheOrderOfMembers() throws {
        #expect(
            try lines([#"{"b":"1","x":null,"y":"","a":"2"}"#, #"{"b":"3","c":true,"x":null}"#]) == [
                "b  a  c",
                "1  2",
                "3     true",
            ])
        #expect(try lines(["{}"]).isEmpty)
    }

    @Test func takesCellsFromTheWidestColumns() throws {
        let row = #"{"id":"17","title":"A very long title that goes on","city":"Amsterdam"}"#
        #expect(
            try lines([row, row], width: 30) == [
                "id  title            city",
                "17  A very long ti…  Amsterdam",
                "17  A very long ti…  Amsterdam",
            ])
        for width in 20...60 {
            #expect(try lines([row, row], width: width).allSatisfy { DisplayWidth.of($0) <= width }, "width \(width)")
        }
        #expect(try lines([row], width: 60)[1] == "17  A very long title that goes on  Amsterdam")
    }

    @Test func aRowAloneIsNotCut() throws {
        let row = #"{"command":"PING","summary":"Answers that the server is there."}"#
        #expect(try lines([row], width: 50).count == 2)
        #expect(
            try lines([row], width: 28) == [
                "command  PING",
                "summary  Answers that the",
                "         server is there.",
            ])
    }

    @Test func becomesBlocksWhereColumnsDoNotFit() throws {
        let row = #"{"first":"abcdefgh","second":"12345678","third":"ABCDEFGHIJKLMNOP"}"#
        #expect(
            try lines([row, row], width: 18) == [
                "first   abcdefgh", "second  12345678", "third   ABCDEFGHIJ", "        KLMNOP", "",
                "first   abcdefgh", "second  12345678", "third   ABCDEFGHIJ", "        KLMNOP",
            ])
    }

    @Test(arguments: [
        (#""a\u001b[31mb\u0007""#, "a·[31mb·"), (#""a\nb\tc""#, "a⏎b c"), (#""x\u202ey""#, "x·y"),
        ("[1,\"a\",null]", "1, a, "),
        (#"{"a":1,"b":"","c":{"d":2}}"#, "a: 1, c: d: 2"), ("true", "true"), ("null", ""), ("1.10", "1.10"),
        (
            #"{"street":"Keizersgracht","houseNumber":"12-2","postalCode":"1015 KD","city":"Amsterdam","country":"NL"}"#,
            "Keizersgracht 12-2, 1015 KD Amsterdam, NL"
        ),
    ])
    func showsAValueInOneLine(json: String, expected: String) throws {
        #expect(CellText.of(try JSONValue(parsing: json)) == expected)
    }
}

@Suite struct ConsoleReplyTests {
    private let layout = ReplyLayout(width: nil)

    @Test func showsRowsAndTheirSummary() {
        let reply = Reply(rows: [#"{"n":"1"}"#, #"{"n":"2"}"#], outcome: .ok(#"{"total":2,"from":1,"to":2}"#))
        #expect(layout.lines(of: reply) == ["n", "1", "2", "total 2 · from 1 · to 2"])
        #expect(layout.errorLine(of: reply) == nil)
    }

    @Test(arguments: [
        (Reply(outcome: .ok(nil)), ["OK"]), (Reply(outcome: .ok("{}")), ["OK"]),
        (Reply(outcome: .ok("not json")), ["not json"]),
        (Reply(rows: ["not\u{1B}json"], outcome: .ok(nil)), ["not·json"]),
        (Reply(rows: ["1", "2"], outcome: .ok(nil)), ["1", "2"]),
        (Reply(outcome: .ok(#"{"pong":true}"#)), ["pong  true"]),
        (
            Reply(outcome: .ok(#"{"a":1,"deep":{"list":[{"x":1},{"x":22}],"b":"c"},"none":null,"tags":["u","v"]}"#)),
            ["a     1", "tags  u, v", "deep", "  b  c", "  list", "     x", "     1", "    22"]
        ),
    ])
    func showsAResult(reply: Reply, expected: [String]) {
        #expect(layout.lines(of: reply) == expected)
    }

    @Test func tellsAnErrorWithItsCode() {
        let reply = Reply(outcome: .error(code: "NOTFOUND", text: "no customer \u{1B}[2J17"))
        #expect(layout.errorLine(of: reply) == "NOTFOUND: no customer ·[2J17")
        #expect(layout.lines(of: reply).isEmpty)
        let red = ReplyLayout(width: nil, style: Style(isColoured: true))
        #expect(red.errorLine(of: reply) == "\u{1B}[31mNOTFOUND:\u{1B}[0m no customer ·[2J17")
    }

    private static let dossier = """
        {"customer":{"number":"1004","language":"nl"},"profiles":[{"channel":"bol","store":"main","firstName":"Jan",\
        "lastName":"Jansen","ref":null},{"channel":"shopify","store":"winkel","ref":"98","name":"J. Jansen"}],\
        "orders":[{"channel":"bol","store":"main","number":"A1","placedAt":"2026-03-01T10:22:31Z","status":"open",\
        "total":"39.90","currency":"EUR","lines":[{"sku":"M","title":"Mug","quantity":2},{"sku":"K","quantity":1}]}],\
        "documents":[{"number":"INV-1","kind":"invoice","order":"bol:A1","total":"39.90","currency":"EUR"}],"messages":[],\
        "totals":{"orders":1,"value":{"EUR":"39.90"}},"notes":[{"text":"calls often"}]}
        """

    @Test func showsADossierAsAPage() {
        #expect(
            layout.lines(of: Reply(outcome: .ok(Self.dossier))) == [
                "Customer 1004 Jan Jansen", "language  nl", "totals: orders 1 · value EUR: 39.90", "",
                "Profiles (2)",
                "channel  store   ref  name",
                "bol                   Jan Jansen",
                "shopify  winkel  98   J. Jansen", "",
                "Orders (1)",
                "channel  number  placedAt          status  total  currency  lines",
                "bol      A1      2026-03-01 10:22  open    39.90  EUR       2 × Mug, 1 × K", "",
                "Documents (1)",
                "number  kind     order   total  currency",
                "INV-1   invoice  bol:A1  39.90  EUR", "",
                "notes",
                "  text",
                "  calls often",
            ])
    }

    @Test func showsWhereValuesComeFrom() {
        let dossier = """
            {"customer":{"number":"C1","email":"a@b.nl","sources":{"email":{"profile":"C1","at":"2026-01-01T00:00:00Z",\
            "rule":"pinned"},"phone":{"channel":"bol","store":"main","order":"bol:7","profile":"C2",\
            "at":"2026-01-02T00:00:00Z","rule":"newest"}},"pins":[{"field":"email","value":"a@b.nl","actor":"eva",\
            "at":"2026-01-01T00:00:00Z"}]},"profiles":[]}
            """
        #expect(
            layout.lines(of: Reply(outcome: .ok(dossier))) == [
                "Customer C1", "email  a@b.nl", "", "Sources (2)",
                "field  rule    channel  order  profile  at",
                "email  pinned                  C1       2026-01-01T00:00:00Z",
                "phone  newest  bol      bol:7  C2       2026-01-02T00:00:00Z", "", "Pins (1)",
                "field  value   actor  at",
                "email  a@b.nl  eva    2026-01-01T00:00:00Z",
            ])
    }

    @Test(arguments: [20, 40, 60, 80])
    func keepsADossierWithinTheWidth(width: Int) {
        let lines = ReplyLayout(width: width).lines(of: Reply(outcome: .ok(Self.dossier)))
        #expect(
            lines.filter { !$0.hasPrefix("totals") && !$0.hasPrefix("Customer") }.allSatisfy {
                DisplayWidth.of($0) <= width
            })
    }
}

@Suite struct ConsoleOptionsTests {
    private static func options(_ change: (inout Options) -> Void) -> Invocation {
        var options = Options()
        change(&options)
        return .run(options)
    }

    @Test(arguments: [
        ([], options { _ in }), (["--help"], .help), (["-h", "x"], .help), (["--version"], .version),
        (["PING"], options { $0.command = ["PING"] }),
        (
            ["--host", "h", "--port=7", "--shop", "s", "--json"],
            options { ($0.host, $0.port, $0.shop, $0.showsJSON) = ("h", 7, "s", true) }
        ),
        (["--timeout", "0", "X", "--json"], options { ($0.timeout, $0.command) = (nil, ["X", "--json"]) }),
        (["--timeout=1.5", "--", "-x"], options { ($0.timeout, $0.command) = (1.5, ["-x"]) }),
        (["--file", "-", "ORDER.PUT"], options { ($0.file, $0.command) = ("-", ["ORDER.PUT"]) }),
    ])
    func reads(arguments: [String], expected: Invocation) throws {
        #expect(try Invocation(arguments: arguments) == expected)
    }

    @Test(arguments: [
        ["--port"], ["--port", "0"], ["--port", "70000"], ["--port", "x"], ["--timeout", "-1"], ["--bad"], ["--json=1"],
        ["--file", "x"], ["--timeout", "nan"],
    ])
    func refuses(arguments: [String]) {
        #expect(throws: UsageError.self) { try Invocation(arguments: arguments) }
    }

    @Test func helpNamesEveryOption() {
        for option in [
            "--host", "--port", "--shop", "--json", "--file", "--timeout", "--help", "--version", "NO_COLOR",
        ] {
            #expect(Invocation.helpText.contains(option))
        }
        #expect(Invocation.helpText.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test(arguments: [
        (".help", LocalCommand.help), (" .QUIT ", .quit), (".json on", .json(true)), (".json off", .json(false)),
        (".time on", .time(true)), (".time off", .time(false)), (".json", .wrong(".json takes on or off")),
        (".what", .wrong("there is no .what; try .help")), ("PING", nil), ("", nil),
    ])
    func knowsItsOwnCommands(line: String, expected: LocalCommand?) {
        #expect(LocalCommand(line) == expected)
    }

    @Test(arguments: [1, 2, 3, 100])
    func cutsPipedBytesIntoLines(size: Int) {
        let bytes = Array("# note\r\nPING\r\n\n  \n  # x\nÉ x\nLAST".utf8)
        var lines = CommandLines()
        var taken: [CommandLines.Line] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines.append(Array(bytes[start..<min(bytes.count, start + size)]))
            taken += lines.take()
        }
        #expect(!lines.isFinished)
        lines.finish()
        taken += lines.take()
        #expect(lines.isFinished)
        #expect(taken.map(\.text) == ["PING", "É x", "LAST"])
        #expect(taken.map(\.number) == [2, 6, 7])
    }
}

@Suite struct ConsoleDoubtfulPairTests {
    @Test func showsWhoTheTwoAre() throws {
        let row = """
            {"pair":4,"score":22.13,"reason":"birthDatesDiffer","text":"the dates of birth differ",\
            "a":{"number":"C4","name":"Zebulon Quist","birthDate":"1950-01-02","billing":{"street":"Dorpsstraat 3",\
            "city":"Uithuizen"},"profiles":["C4"]},"b":{"number":"C5","name":"Z. Quist","profiles":["C5"]},"waterfall":[]}
            """
        let reply = Reply(rows: [row], outcome: .ok(#"{"total":1}"#))
        let lines = ReplyLayout(width: nil).lines(of: reply)
        #expect(lines.count == 3 && lines[0].hasPrefix("pair  score  a ") && lines[2] == "total 1")
        #expect(
            lines[1]
                == "   4  22.13  C4 Zebulon Quist, 1950-01-02, Dorpsstraat 3 Uithuizen  C5 Z. Quist  the dates of birth differ"
        )
    }
}
