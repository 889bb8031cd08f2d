/// How many terminal cells a text takes: 2 for wide East Asian characters and emoji, 0 for marks that combine.
package enum DisplayWidth {
    package static func of(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// A character is drawn in the cells of its first scalar; what follows combines with it.
    package static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        // The emoji selector turns a narrow sign into a wide picture.
        if scalars.count > 1, scalars.contains("\u{FE0F}") { return 2 }
        return of(first)
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if (0x20..<0x7F).contains(scalar.value) { return 1 }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks that Unicode calls wide or full-width, without those that emoji presentation covers.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x2FFFD,
        0x30000...0x3FFFD,
    ]

    /// The text cut to a number of cells, the last one an ellipsis when something was cut.
    package static func truncated(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            used += of(character)
            if used > width - 1 { break }
            result.append(character)
        }
        return result + "…"
    }

    /// The text in lines of at most `width` cells, broken at spaces; a word too long for a line is broken anywhere.
    package static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        var used = 0
        for word in text.split(separator: " ") {
            let length = of(word)
            if used > 0 && used + 1 + length <= width {
                lines[lines.count - 1] += " " + word
                used += 1 + length
                continue
            }
            if used > 0 { lines.append("") }
            used = 0
            for character in word {
                if used > 0 && used + of(character) > width {
                    lines.append("")
                    used = 0
                }
                lines[lines.count - 1].append(character)
                used += of(character)
            }
        }
        return lines
    }

    package enum Alignment: Equatable, Sendable {
        case left, right
    }

    /// The text filled up with spaces to a number of cells.
    package static func padded(_ text: String, to width: Int, _ alignment: Alignment = .left) -> String {
        let spaces = String(repeating: " ", count: max(0, width - of(text)))
        return alignment == .left ? text + spaces : spaces + text
    }
}
