/// A blocking connection to a Dossier server: command lines out, replies in, in the order of the commands.
///
/// It knows the protocol as text only. Use it from one thread at a time. After an error other than
/// `lineBreakInCommand` the connection is of no more use: make a new client.
package final class Client {
    package static let defaultPort: UInt16 = 7360

    /// How long to wait before giving up; a missing reply time-out waits for ever.
    package struct Timeouts: Sendable {
        package var connect: Duration
        /// The longest silence of the server while a reply is due, or while it takes no more commands.
        package var reply: Duration?

        package init(connect: Duration = .seconds(5), reply: Duration? = .seconds(30)) {
            self.connect = connect
            self.reply = reply
        }
    }

    /// Replies that are still to be received for commands already sent.
    package private(set) var pendingReplies = 0
    /// Asked when a signal interrupts a wait; true gives the wait up with `interrupted`.
    package var shouldStop: () -> Bool = { false }

    private let timeouts: Timeouts
    private var socket: Socket?
    private var output: [UInt8] = []
    private var outputStart = 0
    private var reader = ReplyReader()
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    /// Commands are gathered up to this many bytes before they are pushed out.
    private static let outputThreshold = 64 * 1024

    package init(
        host: String = "127.0.0.1", port: UInt16 = Client.defaultPort, timeouts: Timeouts = Timeouts()
    ) throws(ClientError) {
        self.timeouts = timeouts
        socket = try Socket.connect(host: host, port: port, timeout: timeouts.connect)
    }

    /// Sends one command and waits for its reply. Replies of earlier commands must have been received.
    package func request(_ line: String) throws(ClientError) -> Reply {
        precondition(pendingReplies == 0, "receive the replies of earlier commands first")
        try send(line)
        return try receive()
    }

    /// Queues one command, given without a line break at its end. It leaves when enough are queued, at the next
    /// `receive`, or with `flush`.
    package func send(_ line: String) throws(ClientError) { try send(bytes: Array(line.utf8)) }

    /// The same for a command whose bytes are at hand; they must be UTF-8.
    package func send(bytes line: [UInt8]) throws(ClientError) {
        guard !line.contains(UInt8(ascii: "\n")) else { throw .lineBreakInCommand }
        guard socket != nil else { throw .closed }
        output.append(contentsOf: line)
        output.append(UInt8(ascii: "\n"))
        pendingReplies += 1
        if output.count - outputStart >= Client.outputThreshold { try flush() }
    }

    /// Waits for the reply of the oldest command that has none yet.
    package func receive() throws(ClientError) -> Reply {
        precondition(pendingReplies > 0, "no command waits for a reply")
        try flush()
        while true {
            if let reply = try reader.next() {
                pendingReplies -= 1
                return reply
            }
            _ = try wait(for: .readable)
            try readSome()
        }
    }

    /// Pushes every queued command into the connection.
    ///
    /// Replies that come meanwhile are read and kept: a server that cannot send soon takes no more commands, and both
    /// sides would wait for each other for ever.
    package func flush() throws(ClientError) {
        while outputStart < output.count {
            guard try !writeSome() else { continue }
            if try wait(for: [.readable, .writable]).contains(.readable) { try readSome() }
        }
        output.removeAll(keepingCapacity: true)
        outputStart = 0
    }

    /// Whether the server still listens to this idle connection, so that the next command is not lost on a dead one.
    ///
    /// Bytes that answer no command are a server's last words before it closes, so they count as a no.
    package func isAlive() -> Bool {
        precondition(pendingReplies == 0, "ask only when no reply is due")
        do throws(ClientError) {
            guard let ready = try socket?.wait(for: .readable, timeout: .zero, shouldStop: { false }) else {
                return false
            }
            return ready.isEmpty
        } catch {
            return false
        }
    }

    /// Closes the connection; whatever was not received is lost.
    package func close() {
        socket = nil
    }

    /// True when something went out.
    private func writeSome() throws(ClientError) -> Bool {
        do throws(ClientError) {
            guard let count = try socket?.write(output[outputStart...]) else { throw .closed }
            outputStart += count
            return count > 0
        } catch .closed where socket != nil {
            // The server hung up, and may have said why before: its last words are read before the end shows.
            outputStart = output.count
            return true
        }
    }

    private func wait(for wanted: Socket.Readiness) throws(ClientError) -> Socket.Readiness {
        guard let ready = try socket?.wait(for: wanted, timeout: timeouts.reply, shouldStop: shouldStop) else {
            throw .closed
        }
        guard !ready.isEmpty else { throw .replyTimedOut(seconds: timeouts.reply?.seconds ?? 0) }
        return ready
    }

    private func readSome() throws(ClientError) {
        guard socket != nil else { throw .closed }
        guard let count = try socket?.read(into: &buffer) else { return }
        reader.append(buffer[..<count])
    }
}
