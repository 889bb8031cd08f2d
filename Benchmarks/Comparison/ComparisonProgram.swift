import Foundation
import Glibc

/// `tools/bench --peers` behind its command line.
struct ComparisonProgram {
    let options: ComparisonOptions

    /// - Parameter arguments: with `--peers` among them.
    /// - Returns: the exit status: 0 all measured and right, 1 not, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        if arguments.contains("--help") {
            print(ComparisonOptions.help)
            return 0
        }
        var problem = ""
        guard let options = ComparisonOptions(arguments, problem: &problem) else {
            complain(problem)
            return 2
        }
        do {
            let report = try ComparisonProgram(options: options).compare()
            print("\n" + report.markdown)
            try write(report.json, to: options.jsonFile)
            try write(Data(report.markdown.utf8), to: options.markdownFile)
            try write(Data(Picture(report).text.utf8), to: options.pictureFile)
            return 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("Benchmarks: \(text)\n".utf8))
    }

    private static func write(_ data: Data, to path: String?) throws {
        if let path { try data.write(to: URL(filePath: path)) }
    }

    /// Runs all rounds. Nothing that was started is left behind.
    func compare() throws(BenchmarkError) -> ComparisonReport {
        let missing = PeerPackages.install(options.only)
        for (_, reason) in missing { print("  LEFT OUT: \(reason)") }
        let contestants = Contestant.all.filter { contestant in
            options.only.contains(contestant.family) && !missing.contains { $0.family == contestant.family }
        }
        let load = Self.loadAverage
        print("  \(contestants.count) contestants, \(options.orders) orders, \(options.rounds) rounds, load \(load)")
        let orders = ComparedOrders(orders: options.orders, seed: options.seed)
        let lookups = options.lookups ?? 100_000
        let limits = Limits(orders: orders, hasRedis: ProgramRun.find("redis-server") != nil)
        var (samples, limitSamples) = (Samples(), Samples())
        for round in 1...options.rounds {
            for contestant in contestants {
                say("round \(round), \(contestant.label)")
                try ContestantRun(contestant: contestant, orders: orders, lookups: lookups).run(into: &samples)
            }
            say("round \(round), limits")
            try limits.run(into: &limitSamples)
        }
        let rate = options.rate ?? commonRate(contestants, samples)
        for round in 1...options.rounds {
            for contestant in contestants where contestant.batchSize == 1 {
                say("round \(round) at \(Int(rate)) orders/s, \(contestant.label)")
                try ContestantRun(contestant: contestant, orders: orders, lookups: lookups)
                    .runAtRate(rate, seconds: options.seconds, into: &samples)
            }
        }
        let conditions = ComparisonReport.Conditions(
            orders: options.orders, deliveries: orders.deliveryCount, bytesPerOrder: orders.bytesPerOrder,
            customers: orders.customerCount, rounds: options.rounds, lookups: lookups, rate: rate,
            processors: ProcessInfo.processInfo.activeProcessorCount,
            memoryBytes: Double(ProcessInfo.processInfo.physicalMemory), kernel: Self.kernel,
            programs: Self.programs(contestants), leftOut: missing.map(\.reason), loadAtStart: load)
        let labels = Set(contestants.map(\.label))
        return ComparisonReport(
            conditions: conditions, systems: ComparisonReport.lines(samples) { labels.contains($0) },
            limits: ComparisonReport.lines(limitSamples) { _ in true })
    }

    private func say(_ text: String) {
        print("  " + text)
        fflush(nil)
    }

    /// Half of what the slowest takes flat out, in two digits.
    private func commonRate(_ contestants: [Contestant], _ samples: Samples) -> Double {
        let rates = contestants.filter { $0.batchSize == 1 }
            .compactMap { samples.median($0.label, Figure.rate.rawValue) }
        let half = (rates.min() ?? 2_000) / 2
        let step = pow(10, max(0, floor(log10(half)) - 1))
        return max(10, (half / step).rounded(.down) * step)
    }

    private static func programs(_ contestants: [Contestant]) -> [String] {
        let versions: [(Contestant.Family, String, [String])] = [
            (.redis, "redis-server", ["--version"]), (.tarantool, "tarantool", ["--version"]),
            (.postgres, "postgres", ["--version"]),
        ]
        return versions.compactMap { family, program, arguments in
            guard contestants.contains(where: { $0.family == family }), let path = ProgramRun.find(program) else {
                return nil
            }
            do throws(BenchmarkError) {
                let line = try ProgramRun.output(path, arguments).split(separator: "\n").first ?? ""
                return line.split(separator: " ").prefix(3).joined(separator: " ")
            } catch {
                return nil
            }
        }
    }

    private static var kernel: String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    static var loadAverage: Double {
        var loads = [0.0]
        return getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }
}
