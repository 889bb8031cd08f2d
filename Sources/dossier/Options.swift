import Client

/// What was asked for on the command line of `dossier`.
package struct Options: Equatable, Sendable {
    package var host = "127.0.0.1"
    package var port = Client.defaultPort
    package var shop: String?
    package var showsJSON = false
    /// Seconds to wait for a reply; nil waits for ever.
    package var timeout: Double? = 60
    /// A file with JSON that is put behind the command; `-` is standard input.
    package var file: String?
    /// The words of the command to run; empty means a conversation or a pipe.
    package var command: [String] = []

    package init() {}
}

/// A command line that makes no sense, told in a sentence.
package struct UsageError: Error, Equatable, Sendable {
    package let reason: String
}

package enum Invocation: Equatable, Sendable {
    case help, version
    case run(Options)

    /// Reads the arguments behind the program's name. Options end at the first word that is none, so that whatever the
    /// command holds reaches the server.
    package init(arguments: [String]) throws(UsageError) {
        var options = Options()
        var rest = arguments[...]
        while let argument = rest.first, argument.hasPrefix("-"), argument != "-" {
            rest.removeFirst()
            if argument == "--" { break }
            // Both `--port 7000` and `--port=7000`.
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func value() throws(UsageError) -> String {
                if parts.count == 2 { return parts[1] }
                guard let next = rest.popFirst() else { throw UsageError(reason: "\(argument) needs a value") }
                return next
            }
            switch parts[0] {
            case "--help", "-h": self = .help; return
            case "--version": self = .version; return
            case "--host": options.host = try value()
            case "--port": options.port = try Invocation.port(try value())
            case "--shop": options.shop = try value()
            case "--timeout": options.timeout = try Invocation.timeout(try value())
            case "--file": options.file = try value()
            case "--json" where parts.count == 1: options.showsJSON = true
            default: throw UsageError(reason: "there is no option \(argument)")
            }
        }
        options.command = Array(rest)
        if options.file != nil && options.command.isEmpty {
            throw UsageError(reason: "--file needs a command to go with")
        }
        self = .run(options)
    }

    private static func port(_ text: String) throws(UsageError) -> UInt16 {
        guard let port = UInt16(text), port > 0 else {
            throw UsageError(reason: "--port takes a number from 1 to 65535, not \(text)")
        }
        return port
    }

    private static func timeout(_ text: String) throws(UsageError) -> Double? {
        guard let seconds = Double(text), seconds >= 0, seconds < 1_000_000 else {
            throw UsageError(reason: "--timeout takes a number of seconds (0 waits for ever), not \(text)")
        }
        return seconds == 0 ? nil : seconds
    }

    package static let versionText = "dossier 0.1.0"

    package static let helpText = """
        Usage: dossier [options] [command ...]

        The console of a Dossier server. With a command it runs that one and ends; without one it reads commands line
        by line from a pipe, or begins a conversation on a terminal.

        Options:
          --host HOST        where the server is (127.0.0.1)
          --port NUMBER      its port (7360)
          --shop NAME        the shop to work in; sent as SHOP before anything else
          --json             show replies as the JSON lines that the server sent
          --file PATH        put the JSON of this file behind the command, on one line; - is standard input
          --timeout SECONDS  how long to wait for a reply (60; 0 waits for ever)
          --help, --version  show this text, or the version, and end

        Commands:
          A command of one word is sent as it stands: dossier 'NOTE.ADD C17 "calls after six"'. Of more words each
          is quoted where the server needs it: dossier NOTE.ADD C17 "calls after six". The server's own list is
          dossier HELP; one command of it is dossier HELP CUSTOMER.360.

        In a pipe:
          Blank lines and lines that begin with # are skipped. Commands are sent as fast as they come, replies are
          shown in their order, and errors name the line that they belong to.

        In a conversation:
          Tab completes, up and down recall, ctrl-r searches, ctrl-c drops the line or the wait, ctrl-d ends.
          .help lists the console's own commands. The history is kept in ~/.dossier_history, without credentials.

        Exit status:
          0  all went well        1  the server replied with an error
          2  wrong usage          3  no connection, or it was lost

        Colours are used on a terminal only, and never when NO_COLOR is set.

        Examples:
          dossier PING
          dossier CUSTOMER.360 email=jan@example.nl
          dossier --file order.json CHANNEL.PUT bol
          dossier --json CUSTOMER.FIND limit=1000 > customers.ndjson
        """
}
