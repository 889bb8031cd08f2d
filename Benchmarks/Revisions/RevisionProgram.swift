import Foundation

/// `tools/bench --compare REV`: this working tree and another revision, in turns, so that a slowdown shows as a ratio.
struct RevisionProgram {
    static let help = """
        tools/bench --compare REV [name …]: builds that revision in a folder of its own (kept by commit under the
        temporary folder), runs its benchmarks and this tree's in turns, and prints how many times more each figure
        costs here than there. Exits with 1 when the median of a ratio is above the limit.

          name …          benchmarks (decode directory ingest tcp); what the revision lacks is left out, and said
          --rounds N      turns (3)
          --scale SCALE   of each turn: tiny, small or full (small)
          --limit RATIO   what is still taken for noise (1.10)
          --json FILE     also write the ratios there
        """

    private var revision = ""
    private var names: [String] = []
    private var rounds = 3
    private var scale = Scale.small
    private var limit = 1.10
    private var jsonFile: String?

    /// - Returns: the exit status: 0 no slower, 1 slower or not measured, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") {
            print(help)
            return 0
        }
        var program = RevisionProgram()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard program.take(argument, &rest) else {
                complain("\(argument) is not understood; see --compare --help")
                return 2
            }
        }
        if program.names.isEmpty { program.names = ["decode", "directory", "ingest", "tcp"] }
        do {
            let ratios = try program.compare()
            if let path = program.jsonFile {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
                try encoder.encode(ratios).write(to: URL(filePath: path))
            }
            return ratios.isEmpty || ratios.contains { $0.isSlower(than: program.limit) } ? 1 : 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("Benchmarks: \(text)\n".utf8))
    }

    private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) -> Bool {
        switch argument {
        case "--compare":
            revision = rest.popFirst() ?? ""
            return !revision.isEmpty && !revision.hasPrefix("-")
        case "--rounds":
            rounds = rest.popFirst().flatMap { Int($0) } ?? 0
            return rounds > 0
        case "--scale":
            guard let scale = rest.popFirst().flatMap(Scale.init) else { return false }
            self.scale = scale
            return true
        case "--limit":
            limit = rest.popFirst().flatMap { Double($0) } ?? 0
            return limit > 0
        case "--json":
            jsonFile = rest.popFirst()
            return jsonFile != nil
        default:
            names.append(argument)
            return Catalogue.own.contains { $0.name == argument }
        }
    }

    /// Builds, measures and prints.
    func compare() throws(BenchmarkError) -> [CostRatio] {
        let other = try RevisionBuild(revision)
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        let known = try other.benchmarkNames()
        for name in names where !known.contains(name) { print("  LEFT OUT: \(revision) has no benchmark \(name)") }
        let folder = try TemporaryFolder()
        var ratios = CostRatios()
        for round in 1...rounds {
            for name in names where known.contains(name) {
                print("  round \(round), \(name)")
                fflush(nil)
                // Who goes first takes turns too.
                let order = round % 2 == 1 ? [other.program, own] : [own, other.program]
                var rows: [String: [MeasuredRow]] = [:]
                for program in order { rows[program] = try measure(program, name, folder) }
                ratios.add(name, before: rows[other.program] ?? [], after: rows[own] ?? [])
            }
        }
        print("\ncost here against \(revision) (\(other.commit.prefix(10))), \(rounds) rounds; above 1 is slower\n")
        for ratio in ratios.all { print("  " + ratio.text(limit: limit)) }
        return ratios.all
    }

    private func measure(
        _ program: String, _ name: String, _ folder: TemporaryFolder
    ) throws(BenchmarkError) -> [MeasuredRow] {
        let path = "\(folder.path)/figures.json"
        try ProgramRun.output(program, [name, "--scale", scale.rawValue, "--json", path])
        do {
            let report = try JSONDecoder().decode(MeasuredReport.self, from: Data(contentsOf: URL(filePath: path)))
            return report.results.flatMap(\.rows)
        } catch {
            throw .broken("\(program) writes figures that cannot be read: \(error)")
        }
    }
}

/// What a benchmark run writes with `--json`, as far as it matters here.
struct MeasuredReport: Decodable {
    struct Result: Decodable { let rows: [MeasuredRow] }
    let results: [Result]
}

struct MeasuredRow: Decodable {
    let label: String
    let value: Double
    let unit: String
    let durability: String
}

/// How many times more a figure costs after than before, round by round.
struct CostRatio: Encodable {
    let benchmark: String
    let label: String
    let unit: String
    private(set) var ratios: [Double] = []

    init(_ benchmark: String, _ label: String, _ unit: String) {
        self.benchmark = benchmark
        self.label = label
        self.unit = unit
    }

    mutating func add(before: Double, after: Double) {
        guard before > 0, after > 0 else { return }
        // Of rates, less is worse.
        let isRate = unit.hasSuffix("/s") || unit.hasSuffix("/CPU s")
        ratios.append(isRate ? before / after : after / before)
    }

    var median: Double {
        let sorted = ratios.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The worst of many waits is luck: such figures are shown and do not fail a run.
    private var isJudged: Bool { !unit.contains("p99") && !unit.contains("worst") }

    func isSlower(than limit: Double) -> Bool { isJudged && !ratios.isEmpty && median > limit }

    func text(limit: Double) -> String {
        let range = String(format: "%.2f (%.2f to %.2f)", median, ratios.min() ?? 0, ratios.max() ?? 0)
        return Table.padded(benchmark, 12) + Table.padded(label, 40) + Table.padded(unit, 16) + Table.padded(range, 24)
            + (isSlower(than: limit) ? "SLOWER" : "")
    }
}

/// All ratios, in the order in which the figures came first.
struct CostRatios {
    private(set) var all: [CostRatio] = []

    /// Takes in one round of a benchmark; figures that one side lacks are left out.
    mutating func add(_ benchmark: String, before: [MeasuredRow], after: [MeasuredRow]) {
        for row in after {
            let label =
                row.durability == MeasuredDurability.none.rawValue ? row.label : "\(row.label), \(row.durability)"
            let other = before.first {
                $0.label == row.label && $0.unit == row.unit && $0.durability == row.durability
            }
            // A mere count of what was done is no cost.
            guard let other, row.unit != "orders" else { continue }
            var place = all.firstIndex { $0.benchmark == benchmark && $0.label == label && $0.unit == row.unit }
            if place == nil {
                place = all.count
                all.append(CostRatio(benchmark, label, row.unit))
            }
            if let place { all[place].add(before: other.value, after: row.value) }
        }
        all.removeAll { $0.ratios.isEmpty }
    }
}
