import Foundation

/// Figures for people.
enum Table {
    static func text(_ rows: [Row]) -> String {
        let labelWidth = (rows.map(\.label.count).max() ?? 0) + 2
        let cells = rows.map { row in
            let range = row.minimum.flatMap { low in row.maximum.map { "\(number(low)) to \(number($0))" } } ?? ""
            return (number(row.value), row.unit, row.durability.rawValue, range)
        }
        let valueWidth = cells.map(\.0.count).max() ?? 0
        let unitWidth = (cells.map(\.1.count).max() ?? 0) + 2
        return zip(rows, cells).map { row, cell in
            let line =
                "  " + padded(row.label, labelWidth) + aligned(cell.0, valueWidth) + " " + padded(cell.1, unitWidth)
                + padded(cell.2, 10) + cell.3
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func aligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Four digits that count, thousands in groups.
    static func number(_ value: Double) -> String {
        let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        let text = String(format: "%.\(digits)f", value)
        guard digits == 0 else { return text }
        var grouped = ""
        for (position, digit) in text.enumerated() {
            if position > 0, (text.count - position) % 3 == 0, grouped.last != "-" { grouped.append(",") }
            grouped.append(digit)
        }
        return grouped
    }
}
