import Foundation

/// The program behind its `main`.
enum BenchmarkProgram {
    static let help = """
        Benchmarks: measures Dossier, bottom to top.

        usage: tools/bench [name …] [--scale tiny|small|full] [--json FILE]
               tools/bench identity|--peers|--compare REV|scale [--help]

          name …          only these; --list shows which there are
          --scale SCALE   how much work: tiny shows that all works, small takes a minute or two, full is for figures
                          worth telling (small)
          --json FILE     also write the figures to FILE
          --list, --help

        With options of their own:
          identity        how right identities are resolved, on labelled sets
          --peers         the same job in Redis, Tarantool and PostgreSQL, side by side
          --compare REV   this working tree against another revision, side by side
          scale           what an order costs as the orders grow

        Rates depend on the machine and on what else runs on it: compare figures of one run only. Where several rounds
        were run, the median is shown with the least and the greatest.
        """

    private struct Options {
        var names: [String] = []
        var scale = Scale.small
        var jsonFile: String?
    }

    /// One benchmark's figures, as they stand in the JSON file.
    struct Result: Encodable {
        let name: String
        let measures: String
        let rows: [Row]
    }

    private struct Report: Encodable {
        let scale: String
        let processors: Int
        let loadAverage: Double
        let results: [Result]
    }

    /// - Returns: the exit status: 0 all measured, 1 something could not be, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        Cleanup.catchSignals()
        // These have options of their own in place of scales and rounds.
        if arguments.first == IdentityProgram.name { return IdentityProgram.run(Array(arguments.dropFirst())) }
        if arguments.contains("--peers") { return ComparisonProgram.run(arguments) }
        if arguments.contains("--compare") { return RevisionProgram.run(arguments) }
        if arguments.first == ScaleProgram.name { return ScaleProgram.run(Array(arguments.dropFirst())) }
        if arguments.first == StageProgram.name { return StageProgram.run(Array(arguments.dropFirst())) }
        var options = Options()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h":
                print(help)
                return 0
            case "--list":
                for benchmark in Catalogue.own {
                    print(Table.padded(benchmark.name, 12) + benchmark.measures)
                }
                print(Table.padded(IdentityProgram.name, 12) + IdentityProgram.measures)
                print(Table.padded(ScaleProgram.name, 12) + ScaleProgram.measures)
                return 0
            case "--scale":
                guard let scale = rest.popFirst().flatMap(Scale.init) else { return misuse("--scale tiny|small|full") }
                options.scale = scale
            case "--json":
                guard let path = rest.popFirst() else { return misuse("--json wants a file") }
                options.jsonFile = path
            default:
                guard Catalogue.own.contains(where: { $0.name == argument }) else {
                    return misuse("there is no benchmark \(argument); see --list")
                }
                options.names.append(argument)
            }
        }
        return measure(options)
    }

    private static func misuse(_ text: String) -> Int32 {
        FileHandle.standardError.write(Data("Benchmarks: \(text)\n".utf8))
        return 2
    }

    private static func chosen(_ options: Options) -> [any Benchmark] {
        let named = Catalogue.own.filter { options.names.contains($0.name) }
        return named.isEmpty ? Catalogue.own : named
    }

    private static func measure(_ options: Options) -> Int32 {
        var status: Int32 = 0
        var results: [Result] = []
        let load = loadAverage()
        print(
            "scale \(options.scale.rawValue), \(ProcessInfo.processInfo.activeProcessorCount) processors, load \(load)")
        for benchmark in chosen(options) {
            print("\n\(benchmark.name): \(benchmark.measures)")
            do throws(BenchmarkError) {
                let rows = try benchmark.run(options.scale)
                print(Table.text(rows))
                results.append(Result(name: benchmark.name, measures: benchmark.measures, rows: rows))
            } catch {
                print("  not measured: \(error)")
                status = 1
            }
            fflush(nil)
        }
        print("\nload average at the end \(loadAverage())")
        guard let path = options.jsonFile else { return status }
        let report = Report(
            scale: options.scale.rawValue, processors: ProcessInfo.processInfo.activeProcessorCount, loadAverage: load,
            results: results)
        return write(report, to: path) ? status : 1
    }

    private static func write(_ report: Report, to path: String) -> Bool {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try encoder.encode(report).write(to: URL(filePath: path))
            return true
        } catch {
            FileHandle.standardError.write(Data("Benchmarks: \(path) cannot be written: \(error)\n".utf8))
            return false
        }
    }

    private static func loadAverage() -> Double { ComparisonProgram.loadAverage }
}
