import Client

/// One command as the server's HELP describes it.
package struct CommandHelp: Equatable, Sendable {
    package let command: String
    package let arguments: String
    package let summary: String

    package init(command: String, arguments: String, summary: String = "") {
        self.command = command
        self.arguments = arguments
        self.summary = summary
    }

    /// Reads a row of the reply to `HELP`; nil when it is none.
    package init?(row: String) {
        guard let value = JSONValue(ifParsing: row), let command = value["command"]?.text else { return nil }
        self.init(
            command: command, arguments: value["arguments"]?.text ?? "", summary: value["summary"]?.text ?? "")
    }

    /// The names in `name=...` of the argument text, each with its equals sign.
    package var argumentNames: [String] {
        var names: [String] = []
        var name = ""
        for character in arguments {
            if character == "=", name.first?.isLetter == true, !names.contains(name + "=") { names.append(name + "=") }
            let isNamePart = character.isASCII && (character.isLetter || character.isNumber || character == "_")
            name = isNamePart ? name + String(character) : ""
        }
        return names
    }
}

/// What may stand at the cursor.
package struct Completion: Equatable, Sendable {
    /// How many characters before the cursor a candidate takes the place of.
    package let partialLength: Int
    package let candidates: [String]
}

/// Completes command names and argument names from what the server says about itself.
package struct Completer: Sendable {
    package var commands: [CommandHelp]
    /// Commands of the console itself, with their full stop.
    package let localCommands: [String]

    package init(commands: [CommandHelp] = [], localCommands: [String] = []) {
        self.commands = commands
        self.localCommands = localCommands
    }

    package func completion(before cursor: String) -> Completion {
        let words = cursor.split(separator: " ", omittingEmptySubsequences: false)
        let partial = String(words.last ?? "")
        let earlier = words.dropLast().filter { !$0.isEmpty }
        let matching = candidates(after: earlier.map(String.init), in: cursor).filter {
            $0.lowercased().hasPrefix(partial.lowercased())
        }
        return Completion(partialLength: partial.count, candidates: matching)
    }

    private func candidates(after words: [String], in cursor: String) -> [String] {
        guard let first = words.first else { return localCommands + commands.map(\.command) }
        if first.uppercased() == "HELP" { return words.count == 1 ? commands.map(\.command) : [] }
        guard !cursor.contains("{"), let help = commands.first(where: { $0.command == first.uppercased() }) else {
            return []
        }
        return help.argumentNames.filter { name in !words.contains { $0.hasPrefix(name) } }
    }
}
