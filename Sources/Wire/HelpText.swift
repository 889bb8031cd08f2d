import Bytes
import Commerce

/// What `HELP` answers, out of the command table.
package enum HelpText {
    /// ROW lines: one per command, or one that explains `command`.
    package static func rows(for command: [UInt8]?) throws(Refusal) -> [UInt8] {
        var output = ByteWriter()
        guard let command else {
            for description in CommandTable.all { row(description, isLong: false, into: &output) }
            return output.copyBytes()
        }
        guard let description = CommandTable.find(command.span) else {
            throw Refusal(
                .unknown, "no command \(String(decoding: command.prefix(64), as: UTF8.self)); HELP lists all")
        }
        row(description, isLong: true, into: &output)
        return output.copyBytes()
    }

    private static func row(_ description: CommandDescription, isLong: Bool, into output: inout ByteWriter) {
        output.beginRow()
        output.key("command")
        output.string("\(description.text)" as String)
        output.key("arguments")
        output.string("\(description.arguments)" as String)
        output.key("summary")
        output.string("\(description.summary)" as String)
        if isLong {
            output.key("details")
            output.string("\(description.details)" as String)
            output.key("options")
            output.openArray()
            for option in description.options { output.string(option) }
            output.closeArray()
        }
        output.endReply()
    }
}
