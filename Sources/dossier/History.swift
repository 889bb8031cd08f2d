/// The commands of earlier, oldest first. Bounded; secrets stay out.
package struct History: Equatable, Sendable {
    package static let limit = 1000
    /// Longer lines (pasted payloads) are not kept, in UTF-8 bytes.
    package static let maximumLineLength = 8192

    package private(set) var lines: [String]

    package init(_ lines: [String] = []) {
        self.lines = lines.filter(History.isWorthKeeping).suffix(History.limit)
    }

    /// Remembers a command unless it is blank, a secret, too long or a repetition of the last; tells whether it did.
    package mutating func add(_ line: String) -> Bool {
        let line = History.withoutTrailingSpace(line)
        guard History.isWorthKeeping(line), line != lines.last else { return false }
        lines.append(line)
        if lines.count > History.limit { lines.removeFirst(lines.count - History.limit) }
        return true
    }

    /// The newest line before an index that contains the query, in upper or lower case; nil when there is none.
    package func index(before end: Int, containing query: String) -> Int? {
        let query = query.lowercased()
        return lines[..<end].lastIndex { query.isEmpty || $0.lowercased().contains(query) }
    }

    /// Completion leaves a space behind a command; the history does without.
    private static func withoutTrailingSpace(_ line: String) -> String {
        String(line[..<(line.lastIndex { !$0.isWhitespace }.map(line.index(after:)) ?? line.startIndex)])
    }

    private static func isWorthKeeping(_ line: String) -> Bool {
        guard line.utf8.count <= maximumLineLength, line.contains(where: { !$0.isWhitespace }) else { return false }
        return !isSecret(line)
    }

    /// Credentials must not end up in a file.
    package static func isSecret(_ line: String) -> Bool {
        let lowercased = line.lowercased()
        let isCredentialCommand = lowercased.drop(while: \.isWhitespace).hasPrefix("auth")
        return isCredentialCommand || ["password", "secret", "token"].contains { lowercased.contains("\($0)=") }
    }
}
