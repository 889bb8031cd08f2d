import Foundation

/// The comparison as a drawing for the README: bars for orders a second and for processor time an order.
///
/// SVG as text, drawn for dark and for light pages alike, with nothing that needs a script or a font of its own.
struct Picture {
    private static let width = 860.0
    private static let labelWidth = 330.0
    private static let barHeight = 18.0
    private static let gap = 8.0
    private static let own = "#2f7d5b"
    private static let others = "#8a93a3"
    private static let limits = "#c4a35a"

    private struct Bar {
        let label: String
        let value: Double
        let colour: String
    }

    private let report: ComparisonReport

    init(_ report: ComparisonReport) { self.report = report }

    var text: String {
        var top = 34.0
        let rates = panel(
            "Orders a second, each parsed, matched over five keys, stored, indexed, journaled", .rate, &top)
        top += 30
        let processor = panel("Server processor time an order, microseconds (less is better)", .processor, &top)
        let height = top + 28
        let orders = Table.number(Double(report.conditions.orders))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.plain(Self.width)) \(Self.plain(height))" \
            font-family="system-ui, sans-serif" font-size="12" role="img" \
            aria-label="Dossier compared with Redis, Tarantool and PostgreSQL">
            <style>text{fill:#24292f}.note{fill:#6e7781}@media(prefers-color-scheme:dark){text{fill:#e6edf3}\
            .note{fill:#9198a1}}</style>
            \(rates)\(processor)<text class="note" x="0" y="\(Self.plain(height - 8))">\(orders) orders, \
            \(report.conditions.processors) processors shared with the load; median of \
            \(report.conditions.rounds) rounds. Pale: the same bytes without the job.</text>
            </svg>

            """
    }

    private func panel(_ title: String, _ figure: Figure, _ top: inout Double) -> String {
        let bars = bars(figure)
        let longest = bars.map(\.value).max() ?? 1
        var text = "<text x=\"0\" y=\"\(Self.plain(top - 14))\" font-weight=\"600\">\(Self.escaped(title))</text>\n"
        for bar in bars {
            let length = max(1, (Self.width - Self.labelWidth - 80) * bar.value / longest)
            let middle = top + Self.barHeight / 2 + 4
            text += """
                <text x="\(Self.plain(Self.labelWidth - 8))" y="\(Self.plain(middle))" text-anchor="end">\
                \(Self.escaped(bar.label))</text><rect x="\(Self.plain(Self.labelWidth))" y="\(Self.plain(top))" \
                width="\(Self.plain(length))" height="\(Self.plain(Self.barHeight))" rx="2" fill="\(bar.colour)"/>\
                <text x="\(Self.plain(Self.labelWidth + length + 6))" y="\(Self.plain(middle))">\
                \(Table.number(bar.value))</text>

                """
            top += Self.barHeight + Self.gap
        }
        return text
    }

    private func bars(_ figure: Figure) -> [Bar] {
        let systems = report.systems.compactMap { line in
            line.cell(figure).map { cell in
                Bar(
                    label: line.name, value: cell.median,
                    colour: line.name.hasPrefix("Dossier") ? Self.own : Self.others)
            }
        }
        let limits = report.limits.filter { $0.name.hasPrefix("Redis, SET") }.compactMap { line in
            line.cell(figure).map { Bar(label: line.name, value: $0.median, colour: Self.limits) }
        }
        return systems + limits
    }

    /// At most one digit behind the point.
    private static func plain(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
