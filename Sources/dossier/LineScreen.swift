/// Draws an edited line on a terminal: wraps it at the right edge, keeps the cursor in view, and knows what it drew
/// before, so that each drawing takes the place of the last. It writes nothing itself; it returns the bytes as text.
package struct LineScreen: Sendable {
    /// Cells in a row and rows on the screen; set them when the window changes.
    package var columns: Int
    package var rows: Int
    /// The row of the cursor within the block drawn last.
    private var cursorRow = 0
    private var drawnRows = 1

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The text that draws prompt and line in the place of the last drawing and leaves the cursor where it belongs.
    package mutating func draw(prompt: String, line: EditedLine) -> String {
        let block = layOut(prompt: prompt, line: line)
        let up = block.rows.count - 1 - block.cursorRow
        var text = eraseBlock() + block.rows.joined(separator: "\r\n")
        if up > 0 { text += "\u{1B}[\(up)A" }
        text += "\r"
        if block.cursorColumn > 0 { text += "\u{1B}[\(block.cursorColumn)C" }
        (cursorRow, drawnRows) = (block.cursorRow, block.rows.count)
        return text
    }

    /// Leaves the drawn line standing and goes to the beginning of a new row below it.
    package mutating func finish() -> String {
        let down = drawnRows - 1 - cursorRow
        (cursorRow, drawnRows) = (0, 1)
        return (down > 0 ? "\u{1B}[\(down)B" : "") + "\r\n"
    }

    package mutating func clear() -> String {
        (cursorRow, drawnRows) = (0, 1)
        return "\u{1B}[H\u{1B}[2J"
    }

    private func eraseBlock() -> String {
        (cursorRow > 0 ? "\u{1B}[\(cursorRow)A" : "") + "\r\u{1B}[J"
    }

    private struct Block {
        var rows: [String]
        var cursorRow: Int
        var cursorColumn: Int
    }

    private func layOut(prompt: String, line: EditedLine) -> Block {
        var wrapper = Wrapper(columns: max(2, columns))
        wrapper.add(prompt)
        wrapper.add(line.before)
        let (row, column) = wrapper.position
        wrapper.add(line.after)
        // A line longer than the screen shows the part around the cursor: what scrolled off cannot be drawn over.
        let height = max(1, rows)
        let all = wrapper.rows
        let first = max(0, min(row - height / 2, all.count - height))
        let visible = Array(all[first..<min(all.count, first + height)])
        return Block(rows: visible, cursorRow: row - first, cursorColumn: column)
    }

    /// Fills rows cell by cell. A wide character that does not fit at the edge goes to the next row.
    private struct Wrapper {
        let columns: Int
        var rows = [""]
        var used = 0

        init(columns: Int) { self.columns = columns }

        /// Where the next character goes. A full row means the beginning of the next one, which is there already.
        var position: (row: Int, column: Int) { (rows.count - 1, used) }

        mutating func add(_ text: String) {
            for character in text {
                let width = DisplayWidth.of(character)
                if used + width > columns { startRow() }
                rows[rows.count - 1].append(character)
                used += width
                if used == columns { startRow() }
            }
        }

        private mutating func startRow() {
            rows.append("")
            used = 0
        }
    }
}
