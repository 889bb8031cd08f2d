import Foundation

/// Sums up the samples of a profile by the stages of an order's way; `tools/profile --stages` calls it.
struct StageProgram {
    static let name = "stages"
    private static let help = """
        usage: perf script -F comm,ip,sym | swift demangle --simplified | Benchmarks stages --table FILE
                   [--orders N --seconds S]

          --table FILE   which function belongs to which stage
          --orders N     orders of the run, and
          --seconds S    processor time they took: adds a column of microseconds an order
        """

    /// - Returns: the exit status: 0 summed up, 1 no table or no samples, 2 wrong arguments.
    static func run(_ arguments: [String]) -> Int32 {
        var (tablePath, orders, seconds) = ("", 0.0, 0.0)
        var rest = arguments[...]
        while let option = rest.popFirst() {
            let value = rest.popFirst() ?? ""
            switch option {
            case "--table": tablePath = value
            case "--orders": orders = Double(value) ?? 0
            case "--seconds": seconds = Double(value) ?? 0
            default:
                print(help)
                return option == "--help" ? 0 : 2
            }
        }
        guard let text = FileHandle(forReadingAtPath: tablePath).map({ $0.readDataToEndOfFile() }) else {
            FileHandle.standardError.write(Data("Benchmarks: there is no \(tablePath)\n".utf8))
            return 1
        }
        var profile = StageProfile(StageTable(String(decoding: text, as: UTF8.self)))
        while let line = readLine() { profile.take(line) }
        profile.finishSample()
        guard profile.sampleCount > 0 else {
            FileHandle.standardError.write(Data("Benchmarks: there are no samples\n".utf8))
            return 1
        }
        let microseconds = orders > 0 && seconds > 0 ? seconds * 1e6 / orders : nil
        print(profile.markdown(microsecondsPerOrder: microseconds))
        return 0
    }
}

/// Which function belongs to which stage: lines `stage: piece of a name, piece of a name`; of several that fit one
/// function the first counts. A stage may have several lines. Stages are shown in the order in which they come first.
struct StageTable {
    private(set) var stages: [String] = []
    private var rules: [(piece: String, stage: Int)] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.range(of: ": ") else { continue }
            let name = String(line[..<colon.lowerBound])
            let stage = stages.firstIndex(of: name) ?? stages.count
            if stage == stages.count { stages.append(name) }
            for piece in line[colon.upperBound...].split(separator: ",") {
                rules.append((piece.trimmingCharacters(in: .whitespaces), stage))
            }
        }
    }

    /// The stage of a function; nil when it serves several, as copying does.
    func stage(of function: String) -> Int? { rules.first { function.contains($0.piece) }?.stage }
}

/// Samples by stage: each belongs to the innermost function of its stack that has one.
struct StageProfile {
    /// What serves all stages, by the innermost function alone.
    private enum Service: Int, CaseIterable {
        case counting, allocating, copying

        var title: String {
            switch self {
            case .counting: "retain, release"
            case .allocating: "allocation"
            case .copying: "copying"
            }
        }

        private var pieces: [String] {
            switch self {
            case .counting: ["swift_retain", "swift_release", "swift_bridgeObject", "RefCount", "swift_isUnique"]
            case .allocating:
                ["malloc", "_int_free", "cfree", "calloc", "realloc", "swift_alloc", "swift_slow", "swift_dealloc"]
            case .copying: ["memmove", "memcpy", "memset"]
            }
        }

        static func of(_ function: String) -> Service? {
            allCases.first { service in service.pieces.contains { function.contains($0) } }
        }
    }

    private let table: StageTable
    /// By stage; the last is for what no rule names.
    private var counts: [Int]
    private var services: [[Int]]
    /// Innermost functions of samples that no rule names.
    private var unnamed: [String: Int] = [:]
    private var known: [String: Int?] = [:]
    private(set) var sampleCount = 0
    /// Of the sample that is being read, the innermost function first.
    private var stack: [String] = []

    init(_ table: StageTable) {
        self.table = table
        counts = [Int](repeating: 0, count: table.stages.count + 1)
        services = [[Int]](repeating: [0, 0, 0], count: table.stages.count + 1)
    }

    /// Takes a line of `perf script -F comm,ip,sym`: a head, then address and function for each frame, then none.
    mutating func take(_ line: String) {
        if line.isEmpty { return finishSample() }
        // The head, the thread's name, starts at the line's beginning.
        guard line.first?.isWhitespace == true else { return }
        let frame = line.trimmingCharacters(in: .whitespaces)
        if let space = frame.firstIndex(of: " ") { stack.append(String(frame[frame.index(after: space)...])) }
    }

    /// Counts the sample that was read last.
    mutating func finishSample() {
        defer { stack.removeAll(keepingCapacity: true) }
        guard let innermost = stack.first else { return }
        var stage = table.stages.count
        for function in stack {
            if let found = self.stage(of: function) {
                stage = found
                break
            }
        }
        sampleCount += 1
        counts[stage] += 1
        if let service = Service.of(innermost) { services[stage][service.rawValue] += 1 }
        if stage == table.stages.count { unnamed[innermost, default: 0] += 1 }
    }

    private mutating func stage(of function: String) -> Int? {
        if let stage = known[function] { return stage }
        let stage = table.stage(of: function)
        known[function] = stage
        return stage
    }

    /// The table, and below it what no rule names.
    /// - Parameter microsecondsPerOrder: what all stages together take.
    func markdown(microsecondsPerOrder: Double?) -> String {
        let services = Service.allCases
        var head = ["stage", "share"] + services.map { "of it \($0.title)" }
        if microsecondsPerOrder != nil { head.insert("us/order", at: 1) }
        var text = "| \(head.joined(separator: " | ")) |\n|\(String(repeating: "---|", count: head.count))\n"
        for (stage, name) in (table.stages + ["elsewhere"]).enumerated() where counts[stage] > 0 {
            var cells = [name, percent(counts[stage])] + services.map { percent(self.services[stage][$0.rawValue]) }
            if let microsecondsPerOrder { cells.insert(microseconds(counts[stage], microsecondsPerOrder), at: 1) }
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        var sums =
            ["all", "100 %"]
            + services.map { service in
                percent(self.services.reduce(0) { $0 + $1[service.rawValue] })
            }
        if let microsecondsPerOrder { sums.insert(microseconds(sampleCount, microsecondsPerOrder), at: 1) }
        text += "| \(sums.joined(separator: " | ")) |\n"
        let rest = unnamed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
        guard !rest.isEmpty else { return text }
        let names = rest.map { "`\($0.key.prefix(60))` \(percent($0.value))" }
        return text + "\nElsewhere: \(names.joined(separator: ", ")).\n"
    }

    private func percent(_ count: Int) -> String {
        String(format: "%.1f %%", Double(count) * 100 / Double(sampleCount))
    }

    private func microseconds(_ count: Int, _ perOrder: Double) -> String {
        String(format: "%.2f", Double(count) / Double(sampleCount) * perOrder)
    }
}
