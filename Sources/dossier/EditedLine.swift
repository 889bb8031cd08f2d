/// A line of text with a cursor in it. All steps are whole characters as a reader sees them, however many bytes they are.
package struct EditedLine: Equatable, Sendable {
    /// Two strings with the cursor between them: a mark typed after a letter joins it by itself.
    package private(set) var before = ""
    package private(set) var after = ""

    package init(_ text: String = "") { before = text }

    package var text: String { before + after }

    package mutating func insert(_ text: String) { before += text }

    /// Puts another text in the place of the last `count` characters before the cursor.
    package mutating func replace(last count: Int, with text: String) {
        before.removeLast(count)
        before += text
    }

    package mutating func moveLeft() {
        guard let character = before.popLast() else { return }
        after.insert(character, at: after.startIndex)
    }

    package mutating func moveRight() {
        guard !after.isEmpty else { return }
        before.append(after.removeFirst())
    }

    package mutating func moveHome() { (before, after) = ("", text) }
    package mutating func moveEnd() { (before, after) = (text, "") }

    package mutating func moveWordLeft() {
        let count = lengthOfWordBefore(Self.isWordPart)
        after = before.suffix(count) + after
        before.removeLast(count)
    }

    package mutating func moveWordRight() {
        let count = lengthOfWordAfter()
        before += after.prefix(count)
        after.removeFirst(count)
    }

    package mutating func deleteBackward() { _ = before.popLast() }
    package mutating func deleteForward() { if !after.isEmpty { after.removeFirst() } }

    // MARK: Cutting; each returns what was cut

    package mutating func cutToEnd() -> String {
        defer { after = "" }
        return after
    }

    package mutating func cutToHome() -> String {
        defer { before = "" }
        return before
    }

    /// Back to the last white space, as a terminal does by itself.
    package mutating func cutWordBackward() -> String { cutBackward(lengthOfWordBefore { !$0.isWhitespace }) }

    /// Back to the beginning of the word of letters and digits.
    package mutating func cutNameBackward() -> String { cutBackward(lengthOfWordBefore(Self.isWordPart)) }

    package mutating func cutWordForward() -> String {
        let count = lengthOfWordAfter()
        defer { after.removeFirst(count) }
        return String(after.prefix(count))
    }

    private mutating func cutBackward(_ count: Int) -> String {
        defer { before.removeLast(count) }
        return String(before.suffix(count))
    }

    private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private func lengthOfWordBefore(_ isPart: (Character) -> Bool) -> Int {
        let gap = before.reversed().prefix { !isPart($0) }.count
        return gap + before.reversed().dropFirst(gap).prefix(while: isPart).count
    }

    private func lengthOfWordAfter() -> Int {
        let gap = after.prefix { !Self.isWordPart($0) }.count
        return gap + after.dropFirst(gap).prefix(while: Self.isWordPart).count
    }
}
