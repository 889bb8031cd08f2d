import Client

/// `dossier import`: rows of a file to the server, many on their way at a time, a result for each.
final class ImportRun {
    private static let rowsPerBatch = 256
    private static let bytesPerBatch = 256 << 10

    private let options: ImportOptions
    private let console: Options
    private let report: ImportReport
    private var progress: ProgressLine
    private let interruption = Interruption()

    init(_ options: ImportOptions, _ console: Options) throws(ImportProblem) {
        self.options = options
        self.console = console
        report = try ImportReport(options.results)
        progress = ProgressLine(seconds: options.progressSeconds)
    }

    static func run(_ options: ImportOptions, _ console: Options) -> Int32 {
        Terminal.catchSignals()
        do throws(ImportProblem) {
            let run = try ImportRun(options, console)
            return try options.isDryRun ? run.tryOut() : run.carry()
        } catch {
            Terminal.writeError("dossier: \(CellText.visible(error.reason))")
            return Program.Status.usage
        }
    }

    private func source() throws(ImportProblem) -> ImportSource {
        let interruption = interruption
        return try ImportSource(options) { interruption.isWanted }
    }

    // MARK: Trying out

    /// Reads everything and sends nothing.
    private func tryOut() throws(ImportProblem) -> Int32 {
        var source = try source()
        var shown = 0
        while let row = try source.next() {
            switch row {
            case .refused(_, _, let code, let text): report.add(row, .refused(code: code, text: text))
            case .put(let line, _, let command):
                report.add(row, .taken("readable", customer: nil))
                guard shown < 3 else { continue }
                shown += 1
                Terminal.write("line \(line): \(String(decoding: command, as: UTF8.self))\n")
            }
        }
        for line in source.plan?.description ?? [] { Terminal.write("column \(line)\n") }
        tellEncoding(source)
        Terminal.writeError("dry run, nothing was sent: \(report.rows) rows, \(report.refused) refused")
        try report.finish()
        return report.refused == 0 ? Program.Status.ok : Program.Status.errorReply
    }

    // MARK: Carrying

    private func carry() throws(ImportProblem) -> Int32 {
        var source = try source()
        var links: [ImportLink] = []
        do throws(Session.Failure) {
            for _ in 0..<options.connections {
                let interruption = interruption
                let link = ImportLink(
                    console, patience: .seconds(options.patienceSeconds), isStopped: { interruption.isWanted },
                    isGivenUp: { interruption.isUrgent })
                try link.connect()
                links.append(link)
            }
        } catch {
            return Printer(showsJSON: false).show(error)
        }
        var failure: Session.Failure?
        do throws(Session.Failure) { try carry(&source, over: links) } catch { failure = error }
        return try finish(source, failure)
    }

    /// Two batches at most on each connection: while the server works on one, the next is read.
    private func carry(_ source: inout ImportSource, over links: [ImportLink]) throws(Session.Failure) {
        var turn = 0
        while !interruption.isWanted, let batch = nextBatch(&source) {
            let link = links[turn % links.count]
            while link.batchCount >= 2 { try settle(link, source) }
            try link.send(batch)
            turn += 1
        }
        while let link = links.first(where: { $0.batchCount > 0 }) { try settle(link, source) }
    }

    private func settle(_ link: ImportLink, _ source: ImportSource) throws(Session.Failure) {
        try link.settle { report.add($0.row, RowOutcome($0.reply)) }
        let done = source.size.map { Double(source.bytesRead) / Double(max(1, $0)) }
        progress.show(rows: report.rows, done: done, note: report.refused > 0 ? ", \(report.refused) refused" : "")
    }

    /// Rows to send; those that cannot be are reported at once. Nil at the end of the file.
    private func nextBatch(_ source: inout ImportSource) -> [ImportRow]? {
        var batch: [ImportRow] = []
        var bytes = 0
        while batch.count < Self.rowsPerBatch, bytes < Self.bytesPerBatch {
            do throws(ImportProblem) {
                guard let row = try source.next() else { break }
                switch row {
                case .refused(_, _, let code, let text): report.add(row, .refused(code: code, text: text))
                case .put(_, _, let command):
                    batch.append(row)
                    bytes += command.count
                }
            } catch {
                fileProblem = error
                break
            }
        }
        return batch.isEmpty ? nil : batch
    }

    /// Why the file could not be read to its end.
    private var fileProblem: ImportProblem?

    // MARK: The end

    private func finish(_ source: ImportSource, _ failure: Session.Failure?) throws(ImportProblem) -> Int32 {
        progress.clear()
        tellEncoding(source)
        try report.finish()
        Terminal.writeError("\(report.summary); \(progress.rateText(report.rows))")
        if let fileProblem { Terminal.writeError("dossier: \(CellText.visible(fileProblem.reason))") }
        if let failure {
            let status = Printer(showsJSON: false).show(failure)
            tellHowToGoOn()
            return status
        }
        if interruption.isWanted {
            tellHowToGoOn()
            return Program.Status.interrupted
        }
        return report.refused == 0 && fileProblem == nil ? Program.Status.ok : Program.Status.errorReply
    }

    private func tellEncoding(_ source: ImportSource) {
        guard source.otherEncoding.count > 0 else { return }
        Terminal.writeError(
            "\(source.otherEncoding.count) rows are not UTF-8 and were read as Windows-1252, the first in line \(source.otherEncoding.firstLine)"
        )
    }

    private func tellHowToGoOn() {
        let line =
            options.connections == 1 ? " or, to skip what is in already, with --from-line \(report.lastLine + 1)" : ""
        Terminal.writeError(
            "stopped behind line \(report.lastLine); go on by the same command: what is in already changes nothing\(line)"
        )
    }
}

/// Ctrl-C: once to end when what is under way is answered, twice to end at once.
final class Interruption {
    private var count = 0

    private func look() { if Terminal.takeInterrupt() { count += 1 } }

    var isWanted: Bool {
        look()
        return count > 0
    }

    var isUrgent: Bool {
        look()
        return count > 1
    }
}
