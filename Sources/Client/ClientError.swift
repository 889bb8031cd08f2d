/// Why a conversation with the server failed. The description is one sentence in plain words that says what to do next.
package enum ClientError: Error, Equatable, Sendable {
    case unknownHost(String, reason: String)
    case noServer(host: String, port: UInt16)
    /// Nobody answered the attempt to connect in this many seconds.
    case connectTimedOut(host: String, port: UInt16, seconds: Double)
    /// The reply did not come in this many seconds; it may still come, so the connection is out of step: drop it.
    case replyTimedOut(seconds: Double)
    /// The server closed the connection, or somebody closed this client.
    case closed
    /// What came is not a line of the protocol; most likely another kind of server listens there.
    case malformedReply(line: String)
    /// A reply line grew past this many bytes without an end.
    case replyTooLong(limit: Int)
    /// A command holds a line break, so it would reach the server as two commands. Nothing was sent.
    case lineBreakInCommand
    /// The caller's `shouldStop` asked to give up waiting; the connection is out of step: drop it.
    case interrupted
    case system(call: String, code: Int32, reason: String)
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownHost(let host, let reason):
            "cannot find the host \(host) (\(reason)): check the name, or give an address with --host"
        case .noServer(let host, let port):
            "no server at \(host):\(port): start one with tools/run, or name another with --host and --port"
        case .connectTimedOut(let host, let port, let seconds):
            "no answer from \(host):\(port) in \(seconds) seconds: check the address, and any firewall on the way"
        case .replyTimedOut(let seconds):
            "no reply in \(seconds) seconds: the server is busy or stopped; try again, or wait longer with --timeout"
        case .closed:
            "the server closed the connection: it stopped or restarted; connect again"
        case .malformedReply(let line):
            "this is not a Dossier server, it said \"\(line.prefix(60))\": check --host and --port"
        case .replyTooLong(let limit):
            "a reply line is longer than \(limit) bytes: ask for less, page by page"
        case .lineBreakInCommand:
            "a command is one line, and this one holds a line break: write it on one line, or send JSON with --file"
        case .interrupted:
            "interrupted: the command may still be carried out"
        case .system(let call, let code, let reason):
            "\(call) failed: \(reason) (\(code)): the network of this machine needs a look"
        }
    }
}
