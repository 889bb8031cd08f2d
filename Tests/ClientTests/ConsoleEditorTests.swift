import Testing
import dossier

private let escape = "\u{1B}"

@Suite struct ConsoleKeyTests {
    @Test(arguments: [
        ("a", [Key.text("a")]), ("é日😀", [.text("é"), .text("日"), .text("😀")]), ("\r", [.enter]), ("\t", [.tab]),
        ("\u{7F}\u{08}", [.backspace, .backspace]), ("\u{01}\u{12}", [.control("a"), .control("r")]),
        (escape + "[A" + escape + "OB", [.up, .down]), (escape + "[C" + escape + "[1;5C", [.right, .wordRight]),
        (escape + "[D" + escape + "[1;3D", [.left, .wordLeft]), (escape + "[H" + escape + "OF", [.home, .end]),
        (escape + "[1~" + escape + "[4~" + escape + "[3~", [.home, .end, .delete]),
        (escape + "bx", [.alt("b"), .text("x")]),
        (escape + "\u{7F}", [.alt("\u{7F}")]),
        (escape + "[200~a\nb" + escape + "[x" + escape + "[201~c", [.paste("a\nb" + escape + "[x"), .text("c")]),
        (escape + "[5~x", [.text("x")]),
    ])
    func decodes(text: String, expected: [Key]) {
        var whole = KeyDecoder()
        #expect(whole.keys(of: text.utf8) == expected)
        // The same bytes one by one, as a slow line brings them.
        var pieces = KeyDecoder()
        #expect(text.utf8.flatMap { pieces.keys(of: [$0]) } == expected)
        #expect(!pieces.isWaiting)
    }

    @Test func aLoneEscapeIsAKeyOnceNothingFollows() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(of: [0x1B]).isEmpty)
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == .escape)
        #expect(!decoder.isWaiting)
        #expect(decoder.keys(of: "a".utf8) == [.text("a")])
    }

    @Test(
        arguments: [[0xFF, 0x61], [0xE6, 0x61], [0xC3, 0x61], [0xED, 0xA0, 0x80, 0x61], [0x80, 0x61]] as [[UInt8]])
    func dropsWhatIsNotUTF8(bytes: [UInt8]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(of: bytes).last == .text("a"))
    }
}

/// Types the bytes of a text into an editor and returns what the keys did.
private func type(_ text: String, into editor: inout LineEditor) -> [LineEditor.Action] {
    var decoder = KeyDecoder()
    return decoder.keys(of: text.utf8).map { editor.handle($0) }
}

@Suite struct ConsoleEditorTests {
    /// Keys, then the line with a bar where the cursor is.
    @Test(arguments: [
        ("abc", "abc|"), ("abc\u{01}x", "x|abc"), ("abc\u{01}\u{05}x", "abcx|"), ("ab\(escape)[Dx", "ax|b"),
        ("日本\(escape)[Dé", "日é|本"), ("e\u{0301}x\u{7F}\u{7F}", "|"), ("👨‍👩‍👧x\u{02}\u{7F}", "|x"),
        ("abc\(escape)[D\(escape)[3~", "ab|"), ("one two\u{17}", "one |"), ("one two  \u{17}", "one |"),
        ("a.b c=d\u{17}", "a.b |"), ("abc def\(escape)b\u{0B}", "abc |"), ("abc def\(escape)b\u{15}", "|def"),
        ("abc def\(escape)b\u{15}\u{05}\u{19}", "defabc |"), ("a.b c\u{01}\(escape)f\(escape)fx", "a.bx| c"),
        ("abc def\(escape)\u{7F}", "abc |"), ("abc def\u{01}\(escape)d", "| def"),
        ("a\u{02}\u{02}\u{06}\u{06}b", "ab|"),
        ("ab\u{01}\u{04}", "|b"), ("\u{7F}\(escape)[3~\u{0B}\u{15}\u{17}", "|"),
        ("X \(escape)[200~{\n  \"a\": 1\r\n}\n\(escape)[201~", "X {   \"a\": 1 }|"),
        ("\(escape)[200~a\tb\u{7}\(escape)[201~", "a b |"),
    ])
    func edits(keys: String, expected: String) {
        var editor = LineEditor()
        _ = type(keys, into: &editor)
        #expect(editor.line.before + "|" + editor.line.after == expected)
    }

    @Test func tellsWhatToDo() {
        var editor = LineEditor()
        #expect(type("PING\r", into: &editor).last == .submit("PING"))
        #expect(editor.line.text.isEmpty)
        #expect(type("abc\u{03}", into: &editor).last == .cancel)
        #expect(editor.line.text.isEmpty)
        #expect(type("\u{0C}", into: &editor) == [.clearScreen])
        #expect(type("\u{04}", into: &editor) == [.end])
    }

    @Test(arguments: [
        (escape + "[A", "two"), (escape + "[A" + escape + "[A", "one"), ("\u{10}\u{10}\u{10}\u{10}", "one"),
        ("dra\u{10}\u{0E}ft", "draft"), ("\u{10}\u{10}\u{0E}", "two"), ("\u{0E}x", "x"), ("\u{10}!\r\u{10}", "two"),
        // Reverse search: newest first, again for older, a query that fails keeps the line it had.
        ("\u{12}o", "two"), ("\u{12}o\u{12}", "one"), ("\u{12}one", "one"), ("\u{12}ONE", "one"), ("\u{12}onx", "one"),
        ("\u{12}onx\u{7F}", "one"),
        ("dr\u{12}one\u{07}", "dr"), ("\u{12}one\(escape)[D!", "on!e"), ("\u{12}one\u{01}>", ">one"),
        ("\u{12}one\u{0E}", "two"),
    ])
    func recalls(keys: String, expected: String) {
        var editor = LineEditor(history: History(["one", "two"]))
        _ = type(keys, into: &editor)
        #expect(editor.line.text == expected)
    }

    @Test func showsTheSearchInThePrompt() {
        var editor = LineEditor(history: History(["one"]))
        #expect(editor.prompt("> ") == "> ")
        _ = type("\u{12}on", into: &editor)
        #expect(editor.prompt("> ") == "(search 'on') ")
        _ = type("x", into: &editor)
        #expect(editor.prompt("> ") == "(no match for 'onx') ")
        #expect(type("\r", into: &editor) == [.submit("one")])
        #expect(editor.prompt("> ") == "> ")
    }

    private static let completer = Completer(
        commands: [
            CommandHelp(command: "CUSTOMER.360", arguments: "<number> or email=… phone=… e_mail=x email=…"),
            CommandHelp(command: "CUSTOMER.FIND", arguments: "key=value …"),
            CommandHelp(command: "PING", arguments: ""),
        ], localCommands: LocalCommand.names)

    @Test(arguments: [
        ("pi\t", "PING "), ("c\t", "CUSTOMER."), ("customer.f\t", "CUSTOMER.FIND "), ("x\t", "x"), (".q\t", ".quit "),
        ("customer.360 p\t", "customer.360 phone="), ("CUSTOMER.360 phone=1 e\t", "CUSTOMER.360 phone=1 e"),
        ("CUSTOMER.360 email=1 e\t", "CUSTOMER.360 email=1 e_mail="), ("HELP pi\t", "HELP PING "),
        ("HELP PING p\t", "HELP PING p"),
        ("CUSTOMER.360 {\"p\t", "CUSTOMER.360 {\"p"), ("pi x\(escape)b\u{02}\t", "PING  x"), ("NOPE e\t", "NOPE e"),
    ])
    func completes(keys: String, expected: String) {
        var editor = LineEditor(completer: Self.completer)
        _ = type(keys, into: &editor)
        #expect(editor.line.text == expected)
    }

    @Test func listsCandidatesWhenItCannotGoOn() {
        var editor = LineEditor(completer: Self.completer)
        #expect(type("c\t\t", into: &editor).last == .list(["CUSTOMER.360", "CUSTOMER.FIND"]))
        #expect(editor.line.text == "CUSTOMER.")
        #expect(ColumnList.lines(of: ["aaa", "b", "cc"], width: 11) == ["aaa  b", "cc"])
        #expect(ColumnList.lines(of: ["aaa", "b"], width: 2) == ["aaa", "b"])
    }

    @Test func readsHelpRows() {
        let row = #"{"command":"ORDER.PUT","arguments":"[tag=…] {order}","summary":"Takes an order."}"#
        let help = CommandHelp(row: row)
        #expect(help == CommandHelp(command: "ORDER.PUT", arguments: "[tag=…] {order}", summary: "Takes an order."))
        #expect(help?.argumentNames == ["tag="])
        #expect(CommandHelp(row: "{}") == nil)
        #expect(CommandHelp(row: "text") == nil)
    }

    @Test(arguments: [
        ("AUTH x", false), ("  auth x", false), ("X password=1", false), ("X Token=1", false), ("", false),
        ("  ", false),
        ("last", false), (String(repeating: "x", count: 9000), false), ("PING", true), ("last ", false),
        ("CUSTOMER.FIND name=AUTH", true),
    ])
    func remembersWhatIsNoSecret(line: String, isKept: Bool) {
        var history = History(["last"])
        let wasKept = history.add(line)
        #expect(wasKept == isKept)
        #expect(history.lines == (isKept ? ["last", line] : ["last"]))
    }

    @Test func boundsTheHistory() {
        var history = History((0..<5000).map { "C\($0)" } + ["AUTH x"])
        #expect(history.lines.count == History.limit)
        let wasKept = history.add("new")
        #expect(wasKept)
        #expect(history.lines.count == History.limit)
        #expect(history.lines.last == "new" && history.lines.first == "C4001")
    }
}

/// A terminal of a few rows, just enough of one to see what a person would see.
private struct TinyTerminal {
    let columns: Int
    var cells: [[Character]] = [[]]
    var row = 0
    var column = 0

    init(columns: Int) { self.columns = columns }

    mutating func feed(_ text: String) {
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                row += 1
                while cells.count <= row { cells.append([]) }
            case "\u{1B}":
                _ = rest.popFirst()
                let digits = rest.prefix { $0.properties.numericType != nil }
                rest = rest.dropFirst(digits.count)
                steer(rest.popFirst() ?? " ", Int(String(digits)) ?? 1)
            default: put(Character(scalar))
            }
        }
    }

    private mutating func steer(_ command: Unicode.Scalar, _ count: Int) {
        switch command {
        case "A": row -= count
        case "B": row += count
        case "C": column += count
        case "J":
            cells.removeSubrange((row + 1)...)
            cells[row] = Array(cells[row].prefix(column))
        default: Issue.record("an unknown escape sequence: \(command)")
        }
    }

    private mutating func put(_ character: Character) {
        let width = DisplayWidth.of(character)
        #expect(column + width <= columns, "drawn past the edge")
        while cells[row].count < column + width { cells[row].append(" ") }
        cells[row][column] = character
        if width == 2 { cells[row][column + 1] = "\u{0}" }
        column += width
    }

    var text: [String] { cells.map { String($0.filter { $0 != "\u{0}" }) } }
}

@Suite struct ConsoleScreenTests {
    @Test(arguments: [
        ("abc", 10, ["> abc"], 0, 5), ("abcdefghij", 10, ["> abcdefgh", "ij"], 1, 2),
        ("abcdefgh", 10, ["> abcdefgh", ""], 1, 0),
        ("日本語日", 10, ["> 日本語日", ""], 1, 0), ("a日本語日", 10, ["> a日本語", "日"], 1, 2),
    ])
    func wraps(line: String, columns: Int, expected: [String], row: Int, column: Int) {
        var screen = LineScreen(columns: columns, rows: 24)
        var terminal = TinyTerminal(columns: columns)
        terminal.feed(screen.draw(prompt: "> ", line: EditedLine(line)))
        #expect(terminal.text == expected)
        #expect(terminal.row == row && terminal.column == column)
    }

    /// Whatever is typed, the screen shows the line and nothing else, with the cursor where the text before it ends.
    @Test func showsWhatIsTyped() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = ConsoleRandom(seed: seed)
        let keys = [
            "a", "b", "日", " ", "\u{01}", "\u{05}", "\u{7F}", "\u{17}", escape + "[D", escape + "[C", "lorem ipsum",
            "\u{19}",
        ]
        for columns in [5, 8, 13] {
            var editor = LineEditor()
            var screen = LineScreen(columns: columns, rows: 1000)
            var terminal = TinyTerminal(columns: columns)
            for _ in 0..<300 {
                _ = type(keys.randomElement(using: &random) ?? "a", into: &editor)
                terminal.feed(screen.draw(prompt: "> ", line: editor.line))
                let (rows, cursor) = Self.wrapped("> " + editor.line.text, at: 2 + editor.line.before.count, columns)
                #expect(terminal.text == rows, "seed \(seed)")
                #expect((terminal.row, terminal.column) == cursor, "seed \(seed)")
            }
        }
    }

    /// The plainest way to wrap: character after character. The cursor stands before the character at the index.
    private static func wrapped(_ text: String, at index: Int, _ columns: Int) -> ([String], (Int, Int)) {
        var rows = [""]
        var used = 0
        var cursor = (0, 0)
        for (offset, character) in text.enumerated() {
            if offset == index { cursor = (rows.count - 1, used) }
            let width = character == "日" ? 2 : 1
            if used + width > columns {
                rows.append("")
                used = 0
            }
            rows[rows.count - 1].append(character)
            used += width
            if used == columns {
                rows.append("")
                used = 0
            }
        }
        return (rows, index == text.count ? (rows.count - 1, used) : cursor)
    }

    @Test func showsThePartAroundTheCursorOfALineLongerThanTheScreen() {
        var line = EditedLine((0..<10).map { String(repeating: String($0), count: 10) }.joined())
        var screen = LineScreen(columns: 10, rows: 3)
        var terminal = TinyTerminal(columns: 10)
        terminal.feed(screen.draw(prompt: "", line: line))
        #expect(terminal.text == ["8888888888", "9999999999", ""])
        line.moveHome()
        terminal.feed(screen.draw(prompt: "", line: line))
        #expect(terminal.text == ["0000000000", "1111111111", "2222222222"])
        #expect(terminal.row == 0 && terminal.column == 0)
        terminal.feed(screen.finish())
        #expect(terminal.row == 3 && terminal.column == 0)
    }
}
