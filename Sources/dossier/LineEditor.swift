/// The line editor of the console: keys in, what to do out. It knows no terminal and no server.
package struct LineEditor: Sendable {
    package enum Action: Equatable, Sendable {
        /// Draw the line again.
        case redraw
        case submit(String)
        /// Ctrl-C: the line was thrown away.
        case cancel
        /// Ctrl-D on an empty line.
        case end
        case clearScreen
        /// Tab found more than one way to go on.
        case list([String])
    }

    /// Reverse search: the query typed so far and the history line it stands on.
    private struct Search {
        var query = ""
        var index: Int?
        let original: EditedLine
    }

    package private(set) var line = EditedLine()
    package private(set) var history: History
    package var completer: Completer
    private var historyIndex: Int?
    private var draft = EditedLine()
    private var cutText = ""
    private var search: Search?

    package init(history: History = History(), completer: Completer = Completer()) {
        self.history = history
        self.completer = completer
    }

    /// What stands before the line: the given prompt, or the state of a search.
    package func prompt(_ normal: String) -> String {
        guard let search else { return normal }
        return search.index == nil && !search.query.isEmpty
            ? "(no match for '\(search.query)') " : "(search '\(search.query)') "
    }

    /// Keeps a submitted command; true when it is new to the history.
    package mutating func remember(_ line: String) -> Bool { history.add(line) }

    package mutating func handle(_ key: Key) -> Action {
        if search != nil { return handleInSearch(key) }
        switch key {
        case .text(let text): line.insert(text)
        case .paste(let text): line.insert(LineEditor.onOneLine(text))
        case .enter: return submit()
        case .tab: return complete()
        case .up: recallOlder()
        case .down: recallNewer()
        case .control(let letter): return handleControl(letter)
        case .alt(let character): handleAlt(character)
        default: move(key)
        }
        return .redraw
    }

    private mutating func move(_ key: Key) {
        switch key {
        case .backspace: line.deleteBackward()
        case .delete: line.deleteForward()
        case .left: line.moveLeft()
        case .right: line.moveRight()
        case .home: line.moveHome()
        case .end: line.moveEnd()
        case .wordLeft: line.moveWordLeft()
        case .wordRight: line.moveWordRight()
        default: break
        }
    }

    private mutating func handleControl(_ letter: Character) -> Action {
        switch letter {
        case "a": line.moveHome()
        case "b": line.moveLeft()
        case "e": line.moveEnd()
        case "f": line.moveRight()
        case "k": cutText = line.cutToEnd()
        case "u": cutText = line.cutToHome()
        case "w": cutText = line.cutWordBackward()
        case "y": line.insert(cutText)
        case "p": recallOlder()
        case "n": recallNewer()
        case "l": return .clearScreen
        case "r": search = Search(original: line)
        case "c":
            reset()
            return .cancel
        case "d":
            if line.text.isEmpty { return .end }
            line.deleteForward()
        default: break
        }
        return .redraw
    }

    private mutating func handleAlt(_ character: Character) {
        switch character {
        case "b": line.moveWordLeft()
        case "f": line.moveWordRight()
        case "d": cutText = line.cutWordForward()
        case "\u{7F}": cutText = line.cutNameBackward()
        default: break
        }
    }

    private mutating func submit() -> Action {
        let text = line.text
        reset()
        return .submit(text)
    }

    private mutating func reset() {
        line = EditedLine()
        historyIndex = nil
        search = nil
    }

    /// A pasted payload of many lines becomes one command; nothing runs before the person presses Enter.
    private static func onOneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var isAfterBreak = false
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                isAfterBreak = true
                continue
            }
            if isAfterBreak && !line.isEmpty { line.append(" ") }
            isAfterBreak = false
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line)
    }

    // MARK: History

    private mutating func recallOlder() {
        let index = (historyIndex ?? history.lines.count) - 1
        guard index >= 0 else { return }
        if historyIndex == nil { draft = line }
        recall(index)
    }

    private mutating func recallNewer() {
        guard let index = historyIndex else { return }
        guard index + 1 < history.lines.count else {
            historyIndex = nil
            line = draft
            return
        }
        recall(index + 1)
    }

    private mutating func recall(_ index: Int) {
        historyIndex = index
        line = EditedLine(history.lines[index])
    }

    // MARK: Reverse search

    private mutating func handleInSearch(_ key: Key) -> Action {
        switch key {
        case .text(let text):
            search?.query += text
            findOlder(startingAt: search?.index)
        case .backspace:
            _ = search?.query.popLast()
            findOlder(startingAt: nil)
        case .control("r"):
            findOlder(startingAt: search?.index.map { $0 - 1 })
        case .control("c"), .control("g"):
            line = search?.original ?? EditedLine()
            search = nil
        case .enter:
            search = nil
            return submit()
        case .escape:
            search = nil
        default:
            // Any other key takes the line found and does its own work on it.
            search = nil
            return handle(key)
        }
        return .redraw
    }

    /// Looks from a history index downwards, from the newest when there is none; keeps the line when nothing is found.
    private mutating func findOlder(startingAt start: Int?) {
        guard let query = search?.query else { return }
        let found = history.index(before: (start ?? history.lines.count - 1) + 1, containing: query)
        search?.index = found
        guard let found, !query.isEmpty else { return }
        historyIndex = found
        line = EditedLine(history.lines[found])
    }

    // MARK: Completion

    private mutating func complete() -> Action {
        let completion = completer.completion(before: line.before)
        guard let first = completion.candidates.first else { return .redraw }
        if completion.candidates.count == 1 {
            line.replace(last: completion.partialLength, with: first.hasSuffix("=") ? first : first + " ")
            return .redraw
        }
        let common = completion.candidates.reduce(first) { LineEditor.commonPrefix($0, $1) }
        guard common.count > completion.partialLength else { return .list(completion.candidates) }
        line.replace(last: completion.partialLength, with: common)
        return .redraw
    }

    private static func commonPrefix(_ one: String, _ other: String) -> String {
        String(zip(one, other).prefix { $0.0.lowercased() == $0.1.lowercased() }.map(\.0))
    }
}
