import Client

/// Arguments that make no sense, told in a sentence.
struct UsageError: Error, Equatable {
    let reason: String
}

/// What the command line asks for.
struct CourierOptions: Equatable {
    var host = "127.0.0.1"
    var port = Client.defaultPort
    var shops: [String] = []
    /// The program and its arguments; the message comes on its standard input.
    var sendmail = ["/usr/sbin/sendmail", "-t", "-i"]
    var worker = "courier"
    /// Most messages in hand at a time.
    var limit = 5
    /// Seconds.
    var lease = 300
    /// Seconds between looks into an empty outbox.
    var interval = 5
    /// Seconds that the mail program may take for one message.
    var sendmailSeconds = 60
    /// Where hand-overs are noted; nil for nowhere.
    var log: String?
    /// Seals Message-IDs, so that nobody else can name a message; empty for no seal.
    var key: [UInt8] = []
    /// Reads mail that came back instead of sending any.
    var bounces: MailSource?
    var isOnce = false
    var wantsHelp = false

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": wantsHelp = true
            case "--once": isOnce = true
            case "--bounces":
                if let path = rest.first, !path.hasPrefix("--") {
                    bounces = .path(path)
                    rest.removeFirst()
                } else {
                    bounces = .standardInput
                }
            default:
                guard let value = rest.popFirst() else {
                    throw UsageError(reason: "\(argument) is no option, or wants a value")
                }
                try set(argument, value)
            }
        }
        if shops.isEmpty { shops = ["main"] }
        guard sendmailSeconds * limit <= lease else {
            throw UsageError(
                reason:
                    "--limit messages of --sendmail-seconds each take longer than --lease: others would send them again"
            )
        }
    }

    private mutating func set(_ option: String, _ value: String) throws(UsageError) {
        switch option {
        case "--host": host = value
        case "--port": port = UInt16(try Self.number(option, value, 1...65_535))
        case "--shop": shops.append(value)
        case "--sendmail":
            let words = value.split(separator: " ").map(String.init)
            guard let program = words.first, program.hasPrefix("/") else {
                throw UsageError(reason: "--sendmail wants the full path of a program")
            }
            sendmail = words.count > 1 ? words : [program, "-t", "-i"]
        case "--worker": worker = value
        case "--limit": limit = try Self.number(option, value, 1...100)
        case "--lease": lease = try Self.number(option, value, 1...86_400)
        case "--interval": interval = try Self.number(option, value, 1...3_600)
        case "--sendmail-seconds": sendmailSeconds = try Self.number(option, value, 1...3_600)
        case "--log": log = value
        case "--key":
            key = try MailSource.read(file: value, 4_096)
            guard key.count >= 16 else { throw UsageError(reason: "--key: \(value) must hold 16 bytes or more") }
        default: throw UsageError(reason: "there is no option \(option)")
        }
    }

    private static func number(_ option: String, _ text: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw UsageError(reason: "\(option) takes a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    static let helpText = """
        dossier-courier: takes messages out of a Dossier server's outbox and hands them to a mail program.

        usage: dossier-courier [options]

        options
          --host HOST           where the server is (127.0.0.1)
          --port N              its port (7360)
          --shop NAME           whose outbox; may stand there several times (main)
          --sendmail PATH       a sendmail-compatible program, with arguments if others than -t -i (/usr/sbin/sendmail);
                                -f and the sender's address are put behind them, so that bounces go there
          --sendmail-seconds N  the longest it may take for one message (60)
          --worker NAME         how this courier is named in the history of messages (courier)
          --limit N             most messages in hand at a time, 1 to 100 (5)
          --lease SECONDS       how long nobody else gets them (300)
          --interval SECONDS    how long to wait when there is nothing to do (5)
          --log FILE            notes every hand-over, so that a message that left just before a crash is reported
                                after it and not sent again
          --once                do what there is to do, then end
          --key FILE            seals Message-IDs with the secret in the file (16 to 4096 bytes); the same for --bounces
          --bounces [PATH]      reads mail that came back instead of sending any: one on standard input, or those of a
                                Maildir (new to cur) or an mbox file, and reports what it says of messages
          --help

        Exit status of sendmail: 0 is reported as sent; 65, 67 and 68 (bad data, no such user, no such host) as bounced;
        any other as failed, to be tried again later. Signals: SIGTERM and SIGINT end after the message in hand.
        Exit status: 0 ended in order, 2 wrong arguments, 3 no server (with --once).
        With --bounces, as sysexits.h has them: 0 read, whatever it was; 64 wrong arguments; 66 nothing to read there; 75 no
        server at the moment, hand the mail over again.
        """
}
