import Commerce
import Engine
import Foundation
import Server
import Store

/// What the command line asks for.
enum Arguments {
    case serve(ServerOptions)
    case verify(String)
    case help
    case version
    case usage(String)

    static let helpText = """
        dossierd: the Dossier server, an in-memory customer-360 engine.

        usage: dossierd --data DIR [options]
               dossierd verify DIR        read a data folder and check every byte; changes nothing

        options (each also as an environment variable, e.g. DOSSIER_PORT for --port; the option wins)
          --data DIR                data folder; made if it is not there
          --address ADDRESS         address to listen on (127.0.0.1)
          --port N                  port to listen on; 0 for any free one (7360)
          --durability WHEN         when a write is acknowledged (always)
                                      always    when it is on the disk
                                      everysec  when the system has it; on the disk within a second
                                      os        when the system has it
          --match MODE              how a new shop decides who is who (evidence)
                                      evidence  by the weight of all fields together
                                      email     by the same real e-mail address
                                      address   by the same postal address
                                      exact     by any identity key in common, names not looked at
          --lanes N                 threads: one for the directory, the others for
                                      connections and shards (half the cores, at least 2; 1 where there is one core)
          --shards N                shards of a new data folder, 1 to 256 (4)
          --connections N           most connections at a time (20000)
          --idle SECONDS            close connections idle for so long; 0 for never (0)
          --line-bytes N            longest request line (8388608)
          --segment-bytes N         size of a journal segment (67108864)
          --snapshot-bytes N        snapshot when the journal has grown by so much; 0 for never (268435456)
          --snapshot-seconds N      snapshot when the last one is so old and anything changed; 0 for never (900)
          --file-bytes N            largest file that a dossier takes (16777216)
          --file-uploads N          most uploads of a connection that are not attached yet (8)
          --file-seconds N          throw an upload away that nobody goes on with or attaches for so long (600)
          --journal-limit N         refuse writes when the journal since the last snapshot exceeds so much (17179869184)
          --history all|N           how much of the journal is kept for FEED and questions about the past: all of it,
                                    or that of N days; 0 for what a start needs (all)
          --salvage                 start although data is damaged: skip what cannot be read and say what is lost
          --help, --version

        Signals: SIGTERM and SIGINT finish what was accepted, write the clean-stop marker and end.
        Exit status: 0 stopped in order, 1 could not start or stop in order, 2 wrong arguments.
        """

    private static let names = [
        "data", "address", "port", "durability", "match", "lanes", "shards", "connections", "idle", "line-bytes",
        "segment-bytes", "snapshot-bytes", "snapshot-seconds", "journal-limit", "history",
        "file-bytes", "file-uploads", "file-seconds",
    ]

    static func parse(_ arguments: [String], _ environment: [String: String]) -> Arguments {
        if arguments.first == "verify" {
            guard arguments.count == 2 else { return .usage("verify takes one folder") }
            return .verify(arguments[1])
        }
        var values: [String: String] = [:]
        for name in names {
            let variable = "DOSSIER_" + name.uppercased().replacingOccurrences(of: "-", with: "_")
            if let value = environment[variable] { values[name] = value }
        }
        var isSalvage = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--salvage": isSalvage = true
            default:
                guard argument.hasPrefix("--") else { return .usage("unexpected argument \(argument)") }
                let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                guard names.contains(name) else { return .usage("no option \(argument)") }
                guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                    return .usage("--\(name) wants a value")
                }
                values[name] = value
            }
        }
        return serve(values, isSalvage: isSalvage)
    }

    private static func serve(_ values: [String: String], isSalvage: Bool) -> Arguments {
        guard let folder = values["data"], !folder.isEmpty else { return .usage("--data DIR is required") }
        var engine = EngineConfiguration(folder: folder)
        engine.seed = .random(in: .min ... .max)
        if isSalvage { engine.recovery = .salvage }
        if let text = values["durability"] {
            guard let durability = Durability(rawValue: text) else {
                return .usage("--durability must be always, everysec or os")
            }
            engine.durability = durability
        }
        if let text = values["match"] {
            guard let mode = MatchMode(text: text) else {
                return .usage("--match must be evidence, email, address or exact")
            }
            engine.matchMode = mode
        }
        if let text = values["history"] {
            guard let history = HistoryChoice(text) else { return .usage("--history must be all or a number of days") }
            engine.history = history
        }
        var options = ServerOptions(engine: engine)
        let processors = ProcessInfo.processInfo.activeProcessorCount
        options.lanes = max(min(2, processors), processors / 2)
        if let address = values["address"] { options.address = address }
        if let problem = numbers(values, &options) { return .usage(problem) }
        return .serve(options)
    }

    /// Sets the numeric options; returns what is wrong with one.
    private static func numbers(_ values: [String: String], _ options: inout ServerOptions) -> String? {
        func number(_ name: String, _ range: ClosedRange<Int>, _ set: (Int) -> Void) -> String? {
            guard let text = values[name] else { return nil }
            guard let value = Int(text), range.contains(value) else {
                return "--\(name) must be a number from \(range.lowerBound) to \(range.upperBound)"
            }
            set(value)
            return nil
        }
        let files =
            number("file-bytes", 0...(1 << 30)) { options.engine.files.bytes = $0 }
            ?? number("file-uploads", 1...10_000) { options.engine.files.uploads = $0 }
            ?? number("file-seconds", 1...1_000_000) { options.engine.files.seconds = $0 }
        if let files { return files }
        return number("port", 0...65_535) { options.port = UInt16($0) }
            ?? number("lanes", 1...256) { options.lanes = $0 }
            ?? number("shards", 1...256) { options.engine.shards = $0 }
            ?? number("connections", 1...1_000_000) { options.maximumConnections = $0 }
            ?? number("idle", 0...1_000_000) { options.idleSeconds = UInt32($0) }
            ?? number("line-bytes", 1_024...(64 << 20)) { options.session.lineBytes = $0 }
            ?? number("segment-bytes", 1_024...(1 << 40)) { options.engine.segmentBytes = $0 }
            ?? number("snapshot-bytes", 0...(1 << 50)) { options.engine.snapshotJournalBytes = $0 }
            ?? number("snapshot-seconds", 0...1_000_000_000) { options.engine.snapshotSeconds = $0 }
            ?? number("journal-limit", 1_024...(1 << 50)) { options.engine.maximumJournalBytes = $0 }
    }
}
