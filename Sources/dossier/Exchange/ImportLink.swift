import Client

/// What the server said to a row.
struct RowReply: Sendable {
    let row: ImportRow
    let reply: Reply
}

/// One connection of an import, with the rows on their way. When it breaks it is made again, and what was not acknowledged
/// is sent again: putting a thing twice changes nothing.
final class ImportLink {
    private let options: Options
    private let patience: Duration
    private let isStopped: () -> Bool
    private let isGivenUp: () -> Bool
    private var client: Client?
    /// Rows sent or to be sent, oldest first, by the batch that they came in.
    private var batches: [ArraySlice<ImportRow>] = []
    /// How many rows of all batches stand in the connection.
    private var sent = 0

    /// - Parameters:
    ///   - patience: how long a server that does not answer is waited for.
    ///   - isStopped: whether the person wants to end; - isGivenUp: and does not even want to wait for replies.
    init(
        _ options: Options, patience: Duration, isStopped: @escaping () -> Bool, isGivenUp: @escaping () -> Bool
    ) {
        self.options = options
        self.patience = patience
        self.isStopped = isStopped
        self.isGivenUp = isGivenUp
    }

    var batchCount: Int { batches.count }

    /// Connects for the first time; here a failure is final, since most often the address is wrong.
    func connect() throws(Session.Failure) { client = try Session(options).connect(shouldStop: isGivenUp) }

    /// Sends rows; their replies come with `settle`.
    func send(_ rows: [ImportRow]) throws(Session.Failure) {
        batches.append(rows[...])
        try persist { () throws(ClientError) in try self.sendRest() }
    }

    private func sendRest() throws(ClientError) {
        guard let client else { throw .closed }
        guard sent < batches.reduce(0, { $0 + $1.count }) else { return }
        for row in batches.joined().dropFirst(sent) {
            if case .put(_, _, let command) = row {
                do throws(ClientError) { try client.send(bytes: command) } catch .lineBreakInCommand {
                    preconditionFailure("a row is one line")
                }
            }
            sent += 1
        }
        try client.flush()
    }

    /// Waits for all replies to the oldest batch.
    /// - Parameter body: called with each, in the order of the rows.
    func settle(_ body: (RowReply) -> Void) throws(Session.Failure) {
        guard !batches.isEmpty else { return }
        var again: [ImportRow] = []
        while let row = batches[0].first {
            var reply: Reply?
            try persist { () throws(ClientError) in
                try self.sendRest()
                reply = try self.client?.receive()
            }
            guard let reply else { throw .client(.closed) }
            batches[0].removeFirst()
            sent -= 1
            if Self.isTemporary(reply) { again.append(row) } else { body(RowReply(row: row, reply: reply)) }
        }
        batches.removeFirst()
        if !again.isEmpty { try repeatRows(again, body) }
    }

    /// The server cannot take these at the moment: a full disk, a restart.
    private func repeatRows(_ rows: [ImportRow], _ body: (RowReply) -> Void) throws(Session.Failure) {
        var rest = rows
        let deadline = ContinuousClock.now + patience
        var pause: Int32 = 100
        while !rest.isEmpty {
            var again: [ImportRow] = []
            for row in rest {
                guard case .put(_, _, let command) = row else { continue }
                var reply: Reply?
                try persist { () throws(ClientError) in
                    try self.drain()
                    try self.client?.send(bytes: command)
                    reply = try self.client?.receive()
                }
                guard let reply else { throw .client(.closed) }
                let isFinal = ContinuousClock.now >= deadline || isStopped()
                if Self.isTemporary(reply), !isFinal {
                    again.append(row)
                } else {
                    body(RowReply(row: row, reply: reply))
                }
            }
            rest = again
            if !rest.isEmpty {
                ExchangeFile.pause(milliseconds: pause)
                pause = min(pause * 2, 5_000)
            }
        }
    }

    /// Nothing may be on its way when a single row is asked about; what is gets sent again afterwards.
    private func drain() throws(ClientError) {
        guard let client, sent > 0 else { return }
        while client.pendingReplies > 0 { _ = try client.receive() }
        sent = 0
    }

    private static func isTemporary(_ reply: Reply) -> Bool {
        guard case .error(let code, _) = reply.outcome else { return false }
        return ["LOADING", "READONLY", "BUSY"].contains(code)
    }

    // MARK: Lost connections

    /// Does something that needs the connection, on a new one when that breaks, until patience is at its end.
    private func persist(_ body: () throws(ClientError) -> Void) throws(Session.Failure) {
        while true {
            do throws(ClientError) { return try body() } catch {
                client = nil
                sent = 0
                guard Self.isWorthTrying(error), !isGivenUp() else { throw .client(error) }
                try reconnect(error)
            }
        }
    }

    private static func isWorthTrying(_ error: ClientError) -> Bool {
        switch error {
        case .closed, .noServer, .connectTimedOut, .replyTimedOut, .system: true
        case .unknownHost, .malformedReply, .replyTooLong, .lineBreakInCommand, .interrupted: false
        }
    }

    /// A server that still loads refuses some rows and takes those behind them, out of their order: nothing is sent to it.
    private func isLoading(_ client: Client) throws(Session.Failure) -> Bool {
        do throws(ClientError) {
            try client.send(bytes: [UInt8]("IDENTITY.STATUS".utf8))
            guard case .error("LOADING", _) = try client.receive().outcome else { return false }
            return true
        } catch {
            throw .client(error)
        }
    }

    private func reconnect(_ first: ClientError) throws(Session.Failure) {
        let deadline = ContinuousClock.now + patience
        var pause: Int32 = 100
        while true {
            do throws(Session.Failure) {
                let found = try Session(options).connect(shouldStop: isGivenUp)
                if try !isLoading(found) {
                    client = found
                    return
                }
            } catch {
                guard ContinuousClock.now < deadline, !isStopped() else { throw error }
            }
            ExchangeFile.pause(milliseconds: pause)
            pause = min(pause * 2, 5_000)
        }
    }
}
