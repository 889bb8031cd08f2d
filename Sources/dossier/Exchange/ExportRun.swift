import Client

/// `dossier export`: page after page from the server into a file that takes its place when it is whole.
final class ExportRun {
    private static let rowsPerPage = 2_000

    private let options: ExportOptions
    private let console: Options
    private let interruption = Interruption()
    private var progress: ProgressLine
    private let table: RecordTable
    private var rows = 0
    private var guests = 0
    private var cursor: String

    init(_ options: ExportOptions, _ console: Options) {
        self.options = options
        self.console = console
        cursor = options.after
        progress = ProgressLine(seconds: options.progressSeconds)
        table = RecordTable(options.showsCustomers ? .shownCustomers : .of(options.kind))
    }

    static func run(_ options: ExportOptions, _ console: Options) -> Int32 {
        Terminal.catchSignals()
        let run = ExportRun(options, console)
        do throws(ImportProblem) { return try run.export() } catch {
            run.progress.clear()
            Terminal.writeError("dossier: \(CellText.visible(error.reason))")
            return Program.Status.usage
        }
    }

    private func export() throws(ImportProblem) -> Int32 {
        let file = try ExchangeFile.writing(options.out)
        if options.chosenFormat == .csv { try file.write(csv([table.header])) }
        var isDone = false
        while !isDone {
            guard !interruption.isWanted else {
                progress.clear()
                Terminal.writeError("stopped behind \(rows) rows; nothing was put in place of \(options.out)")
                return Program.Status.interrupted
            }
            let reply: Reply
            do throws(Session.Failure) { reply = try page() } catch {
                progress.clear()
                return Printer(showsJSON: false).show(error)
            }
            guard case .ok(let text?) = reply.outcome, let end = JSONValue(ifParsing: text) else {
                progress.clear()
                Printer(showsJSON: false).show(reply)
                return Program.Status.errorReply
            }
            try file.write(bytes(of: reply.rows))
            rows += reply.rows.count
            guests += end["guests"]?.text.flatMap { Int($0) } ?? 0
            cursor = end["next"]?.text ?? cursor
            isDone = end["done"] == .bool(true)
            progress.show(rows: rows, done: nil, note: "")
        }
        try file.finish()
        progress.clear()
        tellEnd()
        return Program.Status.ok
    }

    private func tellEnd() {
        if guests > 0 {
            Terminal.writeError(
                "\(guests) guests are not among them: their orders bring them back; --shape customer shows them")
        }
        Terminal.writeError(
            "\(rows) rows; \(progress.rateText(rows)); what comes later is behind --after \(cursor)")
    }

    // MARK: Pages

    private var client: Client?

    /// The next page; asked for again on a new connection when one breaks, which costs nothing but time.
    private func page() throws(Session.Failure) -> Reply {
        let deadline = ContinuousClock.now + .seconds(options.patienceSeconds)
        var pause: Int32 = 100
        while true {
            do throws(Session.Failure) {
                let reply = try ask()
                guard case .error("LOADING", _) = reply.outcome, ContinuousClock.now < deadline else { return reply }
            } catch {
                client = nil
                guard rows > 0, ContinuousClock.now < deadline, !interruption.isWanted else { throw error }
            }
            ExchangeFile.pause(milliseconds: pause)
            pause = min(pause * 2, 5_000)
        }
    }

    private func ask() throws(Session.Failure) -> Reply {
        let interruption = interruption
        let client =
            if let client { client } else { try Session(console).connect(shouldStop: { interruption.isUrgent }) }
        self.client = client
        do throws(ClientError) { return try client.request(command) } catch { throw .client(error) }
    }

    private var command: String {
        var line = "\(options.kind.exportCommand) after=\(cursor) limit=\(Self.rowsPerPage)"
        if options.showsCustomers { line += " shape=customer" }
        for (name, value) in [
            ("since", options.since), ("channel", options.channel),
            ("actor", options.actor ?? Terminal.environment("USER")),
        ] {
            if let value, !value.isEmpty { line += " " + CommandText.argument(name, value) }
        }
        return line
    }

    // MARK: Rows

    private func bytes(of rows: [String]) throws(ImportProblem) -> [UInt8] {
        var output: [UInt8] = []
        for row in rows {
            do throws(JSONSlices.Malformed) { try append(Array(row.utf8), to: &output) } catch {
                throw ImportProblem(reason: "the server sent a row that is not JSON, at its byte \(error.offset)")
            }
        }
        return output
    }

    private func append(_ row: [UInt8], to output: inout [UInt8]) throws(JSONSlices.Malformed) {
        let members = try JSONSlices.members(row)
        var object: [UInt8] = []
        if options.kind == .facts {
            // Kind and order stand beside the fact.
            let wanted = members.filter { ["kind", "order", "fact"].contains($0.name) }
            object = [UInt8(ascii: "{")]
            object += wanted.map { Array(row[$0.whole]) }.joined(separator: [UInt8(ascii: ",")])
            object.append(UInt8(ascii: "}"))
        } else {
            let name = options.showsCustomers ? "customer" : options.kind.member
            if let member = members.first(where: { $0.name == name }) { object = Array(row[member.value]) }
        }
        if options.chosenFormat == .csv {
            output += csv(try table.rows(of: object))
        } else {
            output += object
            output.append(UInt8(ascii: "\n"))
        }
    }

    private func csv(_ rows: [[[UInt8]]]) -> [UInt8] {
        var output: [UInt8] = []
        for row in rows { CSVText.append(row, to: &output) }
        return output
    }
}
