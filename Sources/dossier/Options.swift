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
    case importFile(ImportOptions, Options)
    case exportFile(ExportOptions, Options)

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
        if let exchange = try Invocation.exchange(Array(rest), options) {
            self = exchange
            return
        }
        options.command = Array(rest)
        if options.file != nil && options.command.isEmpty {
            throw UsageError(reason: "--file needs a command to go with")
        }
        self = .run(options)
    }

    /// `import …` and `export …` are the console's own; no command of the server is called so.
    private static func exchange(_ words: [String], _ options: Options) throws(UsageError) -> Invocation? {
        guard let word = words.first, word == "import" || word == "export" else { return nil }
        var options = options
        let rest = Array(words.dropFirst())
        if rest.contains("--help") { return .help }
        if word == "import" {
            let what = try ImportOptions(words: rest)
            options.shop = what.shop ?? options.shop
            return .importFile(what, options)
        }
        let what = try ExportOptions(words: rest)
        options.shop = what.shop ?? options.shop
        return .exportFile(what, options)
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
               dossier [options] import [FILE] --kind KIND ...
               dossier [options] export --kind KIND ...

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

        Import:  dossier import [FILE] --kind customers|orders|documents|facts
          Reads FILE, or standard input, and puts each row in. What is known already changes nothing, so a file may be
          imported again at any time. Refused rows are shown with their line.
          --format csv|ndjson   how rows stand in the file (by its name, else by how it begins)
          --map COLUMN=FIELD,.. what a column means, over the tables of usual names; FIELD - leaves it out
          --set FIELD=VALUE,..  values that no column gives, such as channel=web,currency=EUR
          --dates dmy|mdy       how to read days such as 3/4/2026
          --dry-run             shows what columns become and the first rows, and sends nothing
          --results FILE        a result per row: created, matched, merged, revised, recorded, duplicate, stale or
                                refused and why; CSV if FILE is called so, else NDJSON
          --shop NAME           the shop to work in
          --connections N       rows go over so many connections (1, which keeps their order)
          --from-line N         leaves out what stands before line N
          --numbers-hold        customer numbers in documents are those of this server
          --progress SECONDS    how often to tell the progress where there is no terminal (10)
          --patience SECONDS    how long to wait for a server that went away (120)
          CSV: RFC 4180 with comma, semicolon or tab; UTF-8, or Windows-1252, which is told. Orders: one row per line,
          neighbours of one number make one order. Columns without a meaning are kept as fields of their own name.
          Fields are those of ORDER.PUT and its like: total, customer.email, billing.street, lines.sku ...

        Export:  dossier export --kind customers|orders|documents|facts
          --format csv|ndjson   (ndjson, or csv if --out is called so)
          --out FILE            takes its place when it is whole; standard output unless given
          --since TIME          only what was said then or later: a day or a moment
          --channel NAME        only what came through this channel
          --after CURSOR        goes on where an export ended, which tells its cursor
          --shape customer      customers with the values that show, for people; not for import
          --actor NAME          who exports, for the server's log (USER)
          --shop, --progress, --patience as above
          In CSV a cell that a spreadsheet would take for a formula (= + - @ first, but for amounts) gets an apostrophe
          in front, which import takes away again. To bring all of a shop elsewhere: customers, orders, facts, documents.

        In a pipe:
          Blank lines and lines that begin with # are skipped. Commands are sent as fast as they come, replies are
          shown in their order, and errors name the line that they belong to.

        In a conversation:
          Tab completes, up and down recall, ctrl-r searches, ctrl-c drops the line or the wait, ctrl-d ends.
          .help lists the console's own commands. The history is kept in ~/.dossier_history, without credentials.

        Exit status:
          0  all went well        1  the server replied with an error
             or rows were refused
          2  wrong usage          3  no connection, or it was lost
          130  interrupted

        Colours are used on a terminal only, and never when NO_COLOR is set.

        Examples:
          dossier PING
          dossier CUSTOMER.360 email=jan@example.nl
          dossier --file order.json CHANNEL.PUT bol
          dossier --json CUSTOMER.FIND limit=1000 > customers.ndjson
        """
}
