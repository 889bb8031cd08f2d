import Client

/// Lays out rows of cells in columns, by the cells that a terminal needs for them.
package struct TextTable: Equatable, Sendable {
    package struct Cell: Equatable, Sendable {
        package let text: String
        package let isNumeric: Bool

        package init(_ text: String, isNumeric: Bool = false) {
            self.text = text
            self.isNumeric = isNumeric
        }
    }

    package private(set) var headings: [String]
    package private(set) var rows: [[Cell]]

    /// A column gets no narrower than this many cells, unless all it holds is narrower.
    private static let minimumWidth = 6
    private static let gap = "  "

    /// Every row has as many cells as there are headings. Columns without any text are dropped.
    package init(headings: [String], rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == headings.count }, "a row has a cell for every heading")
        let used = headings.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
        self.headings = used.map { headings[$0] }
        self.rows = rows.map { row in used.map { row[$0] } }
    }

    /// A column for every member name, in the order the names first appear; `only` chooses and orders them instead.
    package init(objects: [JSONValue], only names: [String]? = nil) {
        var headings = names ?? []
        if names == nil {
            var seen: Set<String> = []
            for object in objects {
                for member in object.members ?? [] where seen.insert(member.name).inserted {
                    headings.append(member.name)
                }
            }
        }
        self.init(
            headings: headings.map(CellText.visible),
            rows: objects.map { object in
                headings.map { name in
                    let value = object[name] ?? .null
                    return Cell(CellText.of(value), isNumeric: CellText.isNumeric(value))
                }
            })
    }

    /// The lines of the table, the headings first. Nil as width means as wide as it takes. Where even narrow columns do
    /// not fit, and where a row alone would be cut, each row becomes a block of `heading  value` lines.
    package func lines(width: Int?, style: Style = .plain) -> [String] {
        guard !headings.isEmpty else { return [] }
        let natural = headings.indices.map { column in
            max(DisplayWidth.of(headings[column]), rows.map { DisplayWidth.of($0[column].text) }.max() ?? 0)
        }
        // One row alone has the whole screen to itself: nothing of it needs to be cut.
        let isCutAlone = rows.count == 1 && width.map { TextTable.lineWidth(natural) > $0 } == true
        guard !isCutAlone, let widths = TextTable.fit(natural, into: width) else {
            return blocks(width: width, style: style)
        }
        let alignments = headings.indices.map(alignment)
        let heading = line(of: headings, widths: widths, alignments: alignments)
        return [style.bold(heading)] + rows.map { line(of: $0.map(\.text), widths: widths, alignments: alignments) }
    }

    private func alignment(of column: Int) -> DisplayWidth.Alignment {
        let filled = rows.map { $0[column] }.filter { !$0.text.isEmpty }
        return filled.allSatisfy(\.isNumeric) ? .right : .left
    }

    private func line(of cells: [String], widths: [Int], alignments: [DisplayWidth.Alignment]) -> String {
        let padded = cells.indices.map { column in
            DisplayWidth.padded(
                DisplayWidth.truncated(cells[column], to: widths[column]), to: widths[column], alignments[column])
        }
        let line = padded.joined(separator: TextTable.gap)
        return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }

    private func blocks(width: Int?, style: Style) -> [String] {
        rows.enumerated().flatMap { index, row in
            let fields = zip(headings, row).filter { !$0.1.text.isEmpty }.map { ($0.0, $0.1.text) }
            return (index == 0 ? [] : [""]) + TextTable.fieldLines(fields, width: width, style: style)
        }
    }

    /// Takes cells from the widest columns until all fit; nil when they cannot.
    private static func fit(_ natural: [Int], into width: Int?) -> [Int]? {
        guard let width else { return natural }
        let room = width - lineWidth(natural) + natural.reduce(0, +)
        let least = natural.map { min($0, minimumWidth) }
        guard least.reduce(0, +) <= room else { return nil }
        // The largest cap on all columns that fits; what it leaves over goes to the first columns that it cut.
        var cap = natural.max() ?? 0
        while capped(natural, cap).reduce(0, +) > room { cap -= 1 }
        var widths = capped(natural, cap)
        var spare = room - widths.reduce(0, +)
        for column in widths.indices where spare > 0 && widths[column] < natural[column] {
            widths[column] += 1
            spare -= 1
        }
        return widths
    }

    private static func lineWidth(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + gap.count * (widths.count - 1)
    }

    private static func capped(_ natural: [Int], _ cap: Int) -> [Int] {
        natural.map { min($0, max(cap, minimumWidth)) }
    }

    /// `name  value` lines with the values in one column; a long value goes on below itself, so nothing is lost.
    package static func fieldLines(_ fields: [(name: String, value: String)], width: Int?, style: Style) -> [String] {
        let nameWidth = fields.map { DisplayWidth.of($0.name) }.max() ?? 0
        let indent = String(repeating: " ", count: nameWidth + gap.count)
        return fields.flatMap { field in
            let room = width.map { max(TextTable.minimumWidth, $0 - nameWidth - gap.count) }
            let values = room.map { DisplayWidth.wrapped(field.value, to: $0) } ?? [field.value]
            let name = style.bold(DisplayWidth.padded(field.name, to: nameWidth)) + gap
            return values.enumerated().map { index, value in (index == 0 ? name : indent) + value }
        }
    }
}
