import Foundation

/// `tools/bench identity`: how right the resolution of identities is, on sets whose truth is known.
enum IdentityProgram {
    static let name = "identity"
    static let measures = "accuracy on labelled sets, record by record over TCP, with default settings"

    static let help = """
        Accuracy of identity resolution: feeds each labelled set record by record to a fresh dossierd in its default
        settings, waits until all is weighed, and compares its customers with the truth.

        usage: tools/bench identity [--set NAME …] [--sets FOLDER] [--peers] [--learning] [--json FILE]

          --set NAME      only sets whose name holds this, e.g. febrl/dataset1; may be given more than once
          --sets FOLDER   where the sets lie (../shared/data/identity, seen from the repository)
          --peers         Splink on the same files on this machine; it is installed from PyPI into the user's cache
          --learning      instead: the default rules beside rules learned from each set without its labels, in this process
          --json FILE     also write the figures to FILE
          --list          the sets that are there
          --help

        Precision, recall and F1 count pairs of records. A doubtful pair is one that the server leaves to a person.
        """

    struct Options: Equatable {
        var folder = LabelledSets.defaultFolder
        var names: [String] = []
        var hasPeers = false
        var isListing = false
        var isLearning = false
        var jsonFile: String?
    }

    /// - Returns: the exit status: 0 all measured, 1 something could not be, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") {
            print(help)
            return 0
        }
        guard let options = options(arguments) else {
            complain("usage: tools/bench identity [--set NAME …] [--sets FOLDER] [--peers] [--json FILE]")
            return 2
        }
        do throws(BenchmarkError) {
            let entries = try LabelledSets.find(in: options.folder).filter { entry in
                options.names.isEmpty || options.names.contains { entry.name.lowercased().contains($0.lowercased()) }
            }
            guard !entries.isEmpty else { throw .missing("no set is named so; see --list") }
            if options.isListing {
                for entry in entries { print(entry.name) }
                return 0
            }
            if options.isLearning {
                print(LearningAccuracy.head)
                for entry in entries {
                    print(try LearningAccuracy.line(try entry.read()))
                    fflush(nil)
                }
                return 0
            }
            return measure(entries, options)
        } catch {
            complain("\(error)")
            return 1
        }
    }

    /// nil if the arguments are wrong.
    static func options(_ arguments: [String]) -> Options? {
        var options = Options()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--peers": options.hasPeers = true
            case "--list": options.isListing = true
            case "--learning": options.isLearning = true
            case "--set", "--sets", "--json":
                guard let value = rest.popFirst() else { return nil }
                if argument == "--set" { options.names.append(value) }
                if argument == "--sets" { options.folder = value }
                if argument == "--json" { options.jsonFile = value }
            default: return nil
            }
        }
        return options
    }

    private static func measure(_ entries: [LabelledSets.Entry], _ options: Options) -> Int32 {
        var status: Int32 = 0
        var reports: [SetReport] = []
        for entry in entries {
            do throws(BenchmarkError) {
                let set = try entry.read()
                let entities = set.clusters.count
                print("\n\(set.name): \(set.records.count) records of \(entities), \(set.truePairCount) true pairs")
                fflush(nil)
                var report = try report(set)
                if options.hasPeers { report.splink = try SplinkFigures.measure(set.name, in: options.folder) }
                print(SetTable(report).text)
                reports.append(report)
            } catch {
                print("  not measured: \(entry.name): \(error)")
                status = 1
            }
            fflush(nil)
        }
        guard let path = options.jsonFile else { return status }
        return write(reports, to: path) ? status : 1
    }

    private static func report(_ set: LabelledSet) throws(BenchmarkError) -> SetReport {
        let run = try IdentityRun(set)
        let count = Double(set.records.count)
        return SetReport(
            set: set.name, records: set.records.count, entities: set.clusters.count,
            dossier: ResolutionAccuracy(run.resolution, of: set), recordsPerSecond: count / run.feedSeconds,
            settleSeconds: run.settleSeconds, processorMicrosecondsPerRecord: run.processorSeconds * 1e6 / count)
    }

    private static func write(_ reports: [SetReport], to path: String) -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try encoder.encode(reports).write(to: URL(filePath: path))
            return true
        } catch {
            complain("\(path) cannot be written: \(error)")
            return false
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("Benchmarks: \(text)\n".utf8))
    }
}
