import Client

/// The program from its arguments to its exit status.
enum Program {
    enum Status {
        static let ok: Int32 = 0
        static let errorReply: Int32 = 1
        static let usage: Int32 = 2
        static let noConnection: Int32 = 3
        static let interrupted: Int32 = 130
    }

    static func run(arguments: [String]) -> Int32 {
        do throws(UsageError) {
            switch try Invocation(arguments: arguments) {
            case .help: Terminal.write(Invocation.helpText + "\n")
            case .version: Terminal.write(Invocation.versionText + "\n")
            case .run(let options): return run(options)
            case .importFile(let what, let options): return ImportRun.run(what, options)
            case .exportFile(let what, let options): return ExportRun.run(what, options)
            }
            return Status.ok
        } catch {
            return usage(error.reason)
        }
    }

    private static func run(_ options: Options) -> Int32 {
        if !options.command.isEmpty { return runOnce(options) }
        if Terminal.isInteractive { return Conversation(options).run() }
        return PipedCommands(options).run()
    }

    private static func runOnce(_ options: Options) -> Int32 {
        let line: String
        do throws(FileError) { line = try commandLine(options) } catch { return usage(error.reason) }
        let printer = Printer(showsJSON: options.showsJSON)
        do throws(Session.Failure) {
            let reply = try Session(options).request(line)
            printer.show(reply)
            return reply.isOK ? Status.ok : Status.errorReply
        } catch {
            return printer.show(error)
        }
    }

    private static func commandLine(_ options: Options) throws(FileError) -> String {
        let line = CommandText.line(ofShellWords: options.command)
        guard let file = options.file else { return line }
        return line + " " + JSONText.onOneLine(try TextFile.read(file))
    }

    private static func usage(_ reason: String) -> Int32 {
        Terminal.writeError("dossier: \(reason)\nTry dossier --help.")
        return Status.usage
    }
}

/// Shows replies on standard output and errors on standard error.
struct Printer {
    var showsJSON: Bool

    /// `place` says where an error belongs, such as a line of the input.
    func show(_ reply: Reply, place: String = "") {
        Terminal.writeLines(showsJSON ? Printer.rawLines(of: reply) : layout.lines(of: reply))
        let errors = ReplyLayout(width: nil, style: Terminal.errorStyle)
        if let line = errors.errorLine(of: reply) { Terminal.writeError(place + line) }
    }

    /// Shows why there is no reply and returns the exit status that says so.
    func show(_ failure: Session.Failure, place: String = "") -> Int32 {
        switch failure {
        case .client(let error):
            Terminal.writeError(place + "dossier: \(CellText.visible(error.description))")
            return error == .lineBreakInCommand ? Program.Status.usage : Program.Status.noConnection
        case .refused(let reply):
            show(reply, place: place)
            return Program.Status.errorReply
        }
    }

    private var layout: ReplyLayout {
        // In a file nothing is cut off, unless COLUMNS asks for it.
        let width = Terminal.size?.columns ?? Terminal.environment("COLUMNS").flatMap(Int.init)
        return ReplyLayout(width: width.map { max(20, $0) }, style: Terminal.outputStyle)
    }

    private static func rawLines(of reply: Reply) -> [String] {
        guard case .ok(let text?) = reply.outcome else { return reply.rows }
        return reply.rows + [text]
    }
}
