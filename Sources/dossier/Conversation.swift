import Client

/// The console on a terminal: reads a line, runs it, shows the reply, and again.
final class Conversation {
    private let session: Session
    private let historyFile = HistoryFile()
    private var printer: Printer
    private var showsTime = false
    private var editor: LineEditor
    private var decoder = KeyDecoder()
    private var screen = LineScreen(columns: 80, rows: 24)
    /// Keys typed ahead, while a command was running.
    private var waitingKeys: [Key] = []
    private var isOver = false

    private static let prompt = "dossier> "
    /// How long an escape waits for the rest of its sequence, in milliseconds.
    private static let escapeDelay: Int32 = 50

    init(_ options: Options) {
        session = Session(options)
        printer = Printer(showsJSON: options.showsJSON)
        editor = LineEditor(
            history: historyFile?.load() ?? History(), completer: Completer(localCommands: LocalCommand.names))
    }

    func run() -> Int32 {
        Terminal.catchSignals()
        do throws(Session.Failure) {
            try session.connect()
            try learnCommands()
        } catch {
            return printer.show(error)
        }
        Terminal.writeLines(["Connected. HELP lists the server's commands, .help the console's; Tab completes."])
        while !isOver, let line = Terminal.withRawMode(readLine) { run(line) }
        return Program.Status.ok
    }

    /// Completion knows what the server says about itself. A server that says nothing only leaves it empty.
    private func learnCommands() throws(Session.Failure) {
        editor.completer.commands = try session.request("HELP").rows.compactMap(CommandHelp.init(row:))
    }

    // MARK: Running

    private func run(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        if editor.remember(line), let kept = editor.history.lines.last { historyFile?.append(kept) }
        if let command = LocalCommand(line) { return run(command) }
        if session.hasLostServer() { Terminal.writeError("The server went away; connecting again.") }
        runOnServer(line)
    }

    private func run(_ command: LocalCommand) {
        switch command {
        case .help: Terminal.write(LocalCommand.helpText + "\n")
        case .quit: isOver = true
        case .json(let isOn): printer.showsJSON = isOn
        case .time(let isOn): showsTime = isOn
        case .wrong(let reason): Terminal.writeError(reason)
        }
    }

    private func runOnServer(_ line: String) {
        _ = Terminal.takeInterrupt()
        let start = ContinuousClock.now
        do throws(Session.Failure) {
            let reply = try session.request(line)
            let duration = ContinuousClock.now - start
            printer.show(reply)
            if showsTime { Terminal.writeLines([Terminal.outputStyle.dim(Conversation.text(of: duration))]) }
            if line.split(separator: " ").first?.uppercased() == "QUIT" { isOver = true }
        } catch {
            _ = printer.show(error)
            if !session.isConnected { Terminal.writeError("The next command connects again.") }
        }
    }

    private static func text(of duration: Duration) -> String {
        duration.formattedMilliseconds + " ms"
    }

    // MARK: Reading a line

    /// Nil when the person is done. Runs in raw mode.
    private func readLine() -> String? {
        redraw()
        while true {
            while !waitingKeys.isEmpty {
                switch editor.handle(waitingKeys.removeFirst()) {
                case .submit(let line):
                    leave(line)
                    return line
                case .end:
                    leave("")
                    return nil
                case let action: perform(action)
                }
            }
            redraw()
            guard readKeys() else { return nil }
        }
    }

    private func perform(_ action: LineEditor.Action) {
        switch action {
        case .cancel:
            Terminal.write(screen.finish())
        case .clearScreen:
            Terminal.write(screen.clear())
        case .list(let candidates):
            redraw()
            Terminal.write(screen.finish())
            Terminal.writeLines(ColumnList.lines(of: candidates, width: screen.columns))
        case .redraw, .submit, .end: break
        }
    }

    /// False at the end of the input.
    private func readKeys() -> Bool {
        switch Terminal.read(
            from: Terminal.standardInput, timeoutMilliseconds: decoder.isWaiting ? Conversation.escapeDelay : nil)
        {
        case .bytes(let bytes): waitingKeys += decoder.keys(of: bytes)
        case .silence: waitingKeys += [decoder.flush()].compactMap { $0 }
        case .interrupted: break
        case .end: return false
        }
        return true
    }

    private func redraw() {
        if let size = Terminal.size { (screen.columns, screen.rows) = size }
        Terminal.write(screen.draw(prompt: editor.prompt(Conversation.prompt), line: editor.line))
    }

    /// The line as it was submitted stays on the screen, also when it was typed ahead and never drawn.
    private func leave(_ line: String) {
        Terminal.write(screen.draw(prompt: Conversation.prompt, line: EditedLine(line)) + screen.finish())
    }
}

/// Words side by side, as many in a line as fit.
package enum ColumnList {
    package static func lines(of words: [String], width: Int) -> [String] {
        let cell = (words.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        let perLine = max(1, width / cell)
        return stride(from: 0, to: words.count, by: perLine).map { start in
            let line = words[start..<min(words.count, start + perLine)]
            return line.dropLast().map { DisplayWidth.padded($0, to: cell) }.joined() + (line.last ?? "")
        }
    }
}

extension Duration {
    /// Milliseconds with two decimals.
    fileprivate var formattedMilliseconds: String {
        let hundredths = components.seconds * 100_000 + components.attoseconds / 10_000_000_000_000
        let decimals = String(hundredths % 100)
        return "\(hundredths / 100)." + (decimals.count == 1 ? "0" : "") + decimals
    }
}
