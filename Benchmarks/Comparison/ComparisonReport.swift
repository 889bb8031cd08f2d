import Foundation
import Glibc

/// All that a comparison has found out, as JSON, Markdown and, by `Picture`, as a drawing.
struct ComparisonReport: Encodable {
    /// One figure of one system: the median of the rounds, the least and the greatest.
    struct Cell: Encodable {
        let median: Double
        let minimum: Double
        let maximum: Double
    }

    struct Line: Encodable {
        let name: String
        let durability: String
        /// By `Figure.rawValue`.
        let figures: [String: Cell]

        func cell(_ figure: Figure) -> Cell? { figures[figure.rawValue] }
    }

    struct Conditions: Encodable {
        let orders: Int
        let deliveries: Int
        let bytesPerOrder: Double
        let customers: Int
        let rounds: Int
        let lookups: Int
        /// Orders a second, of the columns p50 and p99.
        let rate: Double
        let processors: Int
        let memoryBytes: Double
        let kernel: String
        let programs: [String]
        /// What could not be had, and why.
        let leftOut: [String]
        let loadAtStart: Double
    }

    let conditions: Conditions
    let systems: [Line]
    let limits: [Line]

    /// Rows of samples as lines, in their order; only those whose label is in `labels`.
    static func lines(_ samples: Samples, _ isWanted: (String) -> Bool) -> [Line] {
        var order: [String] = []
        var durabilities: [String: String] = [:]
        var figures: [String: [String: Cell]] = [:]
        for row in samples.rows where isWanted(row.label) {
            if figures[row.label] == nil { order.append(row.label) }
            durabilities[row.label] = row.durability.rawValue
            figures[row.label, default: [:]][row.unit] = Cell(
                median: row.value, minimum: row.minimum ?? row.value, maximum: row.maximum ?? row.value)
        }
        return order.map { Line(name: $0, durability: durabilities[$0] ?? "", figures: figures[$0] ?? [:]) }
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return try encoder.encode(self)
        }
    }
}

// MARK: Markdown

extension ComparisonReport {
    var markdown: String {
        let given = conditions
        var text = """
            \(Table.number(Double(given.orders))) orders of \(Table.number(given.bytesPerOrder)) bytes \
            (\(Table.number(Double(given.deliveries))) deliveries), \(Table.number(Double(given.customers))) customers; \
            8 connections, 64 deep; \(given.rounds) rounds, interleaved; medians, with the least and the greatest. \
            Latency at \(Table.number(given.rate)) orders/s, from the intended send time. \(given.processors) processors, \
            load included; Linux \(given.kernel); \(given.programs.joined(separator: "; ")).


            """
        text += Self.table(systems, [.rate, .settledRate, .processor, .memory, .disk, .median, .tail])
        text +=
            "\n" + Self.table(systems, [.lookupRate, .lookupProcessor, .lookupBytes, .journalStart, .snapshotStart])
        text += "\n" + Self.table(systems, [.customers, .precision, .recall])
        text += "\n" + ratioTable
        text += "\nLimits: the same bytes without the job.\n\n"
        text += Self.table(limits, [.rate, .processor, .disk, .median, .tail])
        for reason in given.leftOut { text += "\nLeft out: \(reason)\n" }
        return text
    }

    private static func table(_ lines: [Line], _ figures: [Figure]) -> String {
        let head = ["system"] + figures.map(\.rawValue)
        var text = "| \(head.joined(separator: " | ")) |\n|\(String(repeating: "---|", count: head.count))\n"
        for line in lines {
            let cells = figures.map { figure in line.cell(figure).map { Self.text($0, figure) } ?? "" }
            text += "| \(([line.name] + cells).joined(separator: " | ")) |\n"
        }
        return text
    }

    private static func text(_ cell: Cell, _ figure: Figure) -> String {
        func number(_ value: Double) -> String {
            figure == .precision || figure == .recall ? String(format: "%.4f", value) : Table.number(value)
        }
        guard cell.minimum < cell.maximum else { return number(cell.median) }
        return "\(number(cell.median)) (\(number(cell.minimum)) to \(number(cell.maximum)))"
    }

    /// How many times better the first system is than each of the others.
    private var ratioTable: String {
        guard let first = systems.first else { return "" }
        let figures: [Figure] = [
            .rate, .settledRate, .processor, .memory, .disk, .lookupRate, .lookupProcessor, .tail, .journalStart,
        ]
        let others = Array(systems.dropFirst()) + limits.filter { $0.name.hasPrefix("Redis") }
        var text = "\(first.name) is better by\n\n"
        let head = ["than"] + figures.map(\.rawValue)
        text += "| \(head.joined(separator: " | ")) |\n|\(String(repeating: "---|", count: head.count))\n"
        for other in others {
            let cells = figures.map { figure -> String in
                // What does nothing behind its replies is settled with the last of them.
                let other = other.cell(figure) ?? (figure == .settledRate ? other.cell(.rate) : nil)
                guard let ours = first.cell(figure)?.median, let theirs = other?.median else { return "" }
                return String(format: "%.2f x", figure.isGain ? ours / theirs : theirs / ours)
            }
            text += "| \(([other.name] + cells).joined(separator: " | ")) |\n"
        }
        return text
    }
}
