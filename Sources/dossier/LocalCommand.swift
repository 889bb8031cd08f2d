/// A command of the console itself; it begins with a full stop and never reaches the server.
package enum LocalCommand: Equatable, Sendable {
    case help, quit
    case json(Bool)
    case time(Bool)
    /// Not understood; the sentence says what would be.
    case wrong(String)

    package static let names = [".help", ".json", ".quit", ".time"]

    package static let helpText = """
        .json on|off   show replies as JSON lines, or as tables
        .time on|off   show how long each command took
        .help          this list; HELP asks the server for its commands
        .quit          end the conversation (so does ctrl-d)

        Tab completes, up and down recall, ctrl-r searches backwards, ctrl-a and ctrl-e go to the ends,
        ctrl-k, ctrl-u and ctrl-w cut, ctrl-y puts back, alt-b and alt-f go by words, ctrl-l clears the screen.
        """

    /// Nil for a line that is for the server.
    package init?(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
        guard let first = words.first, first.hasPrefix(".") else { return nil }
        switch words {
        case [".help"]: self = .help
        case [".quit"], [".exit"]: self = .quit
        case [".json", "on"]: self = .json(true)
        case [".json", "off"]: self = .json(false)
        case [".time", "on"]: self = .time(true)
        case [".time", "off"]: self = .time(false)
        default:
            let takesSwitch = first == ".json" || first == ".time"
            self = .wrong(takesSwitch ? "\(first) takes on or off" : "there is no \(first); try .help")
        }
    }
}
