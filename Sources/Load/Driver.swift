import Bytes
import Glibc

/// Reads replies for the driver. Called on the driver's thread, in reply order per connection.
package protocol ReplyHandler: ~Copyable {
    /// A `ROW` of a reply that is not yet complete.
    mutating func row(_ request: RequestChunk.Request, _ line: Span<UInt8>)
    /// The line that ends a reply, without its line feed. False asks for the request to be sent again.
    mutating func reply(_ request: RequestChunk.Request, _ line: Span<UInt8>, latency: UInt64) -> Bool
    /// The server's framing says that it could not; `text` is its message. Never of the line protocol.
    mutating func failed(_ request: RequestChunk.Request, _ text: Span<UInt8>)
    /// Some connection broke, or the run ended: a good moment to write what is buffered.
    mutating func flush()
    /// About once a second; `sinceStart` in nanoseconds.
    mutating func tick(sinceStart: UInt64)
}

/// How a run over the connections goes.
package struct DriverOptions: Sendable {
    package var endpoint: Endpoint
    /// How replies are told apart.
    package var framing = ReplyFraming.lines
    /// Sockets, at least 1.
    package var connections = 8
    /// Unanswered requests per connection, at least 1.
    package var depth = 64
    /// Requests a second over all connections; nil is flat out.
    package var rate: Double?
    /// The oldest unanswered request is at most so many behind the newest sent.
    package var spread = Int.max
    /// What each connection says first, with its line feed.
    package var greeting: String?
    /// How long to try for a new connection when one breaks; 0 ends the run instead.
    package var reconnectSeconds = 0.0
    /// The run ends when nothing was answered for so long.
    package var timeoutSeconds = 60.0

    package init(endpoint: Endpoint) { self.endpoint = endpoint }
}

/// How a run went.
package struct DriverOutcome: Equatable, Sendable {
    package enum End: Sendable { case complete, interrupted, disconnected, timedOut }

    package var end = End.complete
    /// Requests given to a socket, each counted once.
    package var sent = 0
    package var answered = 0
    /// Requests sent again after a broken connection or because the server asked to wait.
    package var resent = 0
    package var reconnects = 0
    /// From the first request to the last reply.
    package var nanoseconds: UInt64 = 0
}

/// Sends the requests of a source over pipelined connections and hands the replies to a handler: one thread, one
/// epoll, no copies.
package struct Driver<Source: RequestSource & ~Copyable, Handler: ReplyHandler & ~Copyable>: ~Copyable {
    private let options: DriverOptions
    private var source: Source
    /// Has seen all replies when `run` has returned.
    package var handler: Handler
    private var poller: Poller
    private var connections: [Connection] = []
    private var outcome = DriverOutcome()
    private var pace: Pace?
    private var startedAt: UInt64 = 0
    private var lastAnswerAt: UInt64 = 0

    /// The chunks from the oldest unanswered request on.
    private var window: [RequestChunk] = []
    private var windowStart = 0
    private var sourceEnded = false
    /// Position of the next request that was never sent.
    private var cursor = 0
    /// A lower bound of `oldestUnanswered`, so that it is worked out rarely.
    private var oldestSeen = 0
    private var retries: [Connection.Group] = []
    private var retryAt: UInt64 = 0
    private var brokenSince: UInt64 = 0

    package init(options: DriverOptions, source: consuming Source, handler: consuming Handler) throws(LoadError) {
        precondition(options.connections > 0 && options.depth > 0)
        self.options = options
        self.source = source
        self.handler = handler
        poller = try Poller()
    }

    /// Gives back the handler with all it has learnt.
    package consuming func finish() -> Handler { handler }

    /// Runs until every request is answered, or until it cannot go on (see `DriverOutcome.End`).
    package mutating func run() throws(LoadError) -> DriverOutcome {
        for token in 0..<options.connections { connections.append(Connection(token: token)) }
        for connection in connections { try open(connection) }
        startedAt = monotonicNanoseconds()
        lastAnswerAt = startedAt
        if let rate = options.rate { pace = Pace(rate: rate, start: startedAt) }
        var events: [Poller.Event] = []
        var nextTick = startedAt + 1_000_000_000
        while try sendAll() {
            try poller.wait(milliseconds: waitMilliseconds(), into: &events)
            for event in events { try serve(event) }
            let now = monotonicNanoseconds()
            if now >= nextTick {
                handler.tick(sinceStart: now - startedAt)
                nextTick = now + 1_000_000_000
            }
            if Interruption.isRequested { outcome.end = .interrupted }
            if isTimedOut(now) { outcome.end = .timedOut }
            if outcome.end != .complete { break }
        }
        outcome.nanoseconds = lastAnswerAt - startedAt
        handler.flush()
        for connection in connections { connection.disconnect() }
        return outcome
    }

    private func isTimedOut(_ now: UInt64) -> Bool {
        let isWaiting = connections.contains { $0.inFlight > 0 }
        return isWaiting && now > lastAnswerAt && Double(now - lastAnswerAt) > options.timeoutSeconds * 1e9
            && brokenSince == 0
    }

    // MARK: Connections

    private mutating func open(_ connection: Connection) throws(LoadError) {
        let descriptor = try options.endpoint.connect()
        try poller.add(descriptor, token: connection.token)
        let opening = options.framing.opening + Array((options.greeting ?? "").utf8)
        let greetings = options.framing.greetings + (options.greeting == nil ? 0 : 1)
        guard connection.open(descriptor, opening: opening, greetings: greetings) else {
            throw .refused("closed at once")
        }
    }

    private mutating func lose(_ connection: Connection) {
        connection.disconnect()
        let groups = connection.takeGroups()
        outcome.resent += groups.reduce(0) { $0 + $1.count }
        retries += groups
        handler.flush()
        if options.reconnectSeconds == 0 { outcome.end = .disconnected }
        if brokenSince == 0 { brokenSince = monotonicNanoseconds() }
    }

    /// Tries to reopen broken connections; ends the run when that has been in vain for too long.
    private mutating func reopen() throws(LoadError) {
        guard options.reconnectSeconds > 0 else { return }
        for connection in connections where !connection.isOpen {
            do throws(LoadError) {
                try open(connection)
                outcome.reconnects += 1
            } catch .cannotConnect, .refused {
                connection.disconnect()
                let waited = Double(monotonicNanoseconds() - brokenSince) / 1e9
                if waited > options.reconnectSeconds { outcome.end = .disconnected }
                return
            }
        }
        lastAnswerAt = max(lastAnswerAt, brokenSince)
        brokenSince = 0
    }

    private mutating func serve(_ event: Poller.Event) throws(LoadError) {
        let connection = connections[event.token]
        guard connection.isOpen else { return }
        if event.isReadable {
            switch connection.receive() {
            case .done:
                let used = try consume(connection.received.span, on: connection, now: monotonicNanoseconds())
                if connection.isOpen { connection.received.removeFirst(used) }
            case .blocked: break
            case .closed: return lose(connection)
            }
        }
        if event.isWritable && connection.isOpen { try flush(connection) }
    }

    private mutating func flush(_ connection: Connection) throws(LoadError) {
        switch connection.flush() {
        case .closed: lose(connection)
        case .done: try want(write: false, on: connection)
        case .blocked: try want(write: true, on: connection)
        }
    }

    private func want(write: Bool, on connection: Connection) throws(LoadError) {
        guard connection.wantsWrite != write else { return }
        connection.wantsWrite = write
        try poller.change(connection.descriptor, token: connection.token, wantsWrite: write)
    }

    // MARK: Sending

    /// Gives every connection what it has room for. False when all is sent and answered.
    private mutating func sendAll() throws(LoadError) -> Bool {
        if brokenSince != 0 { try reopen() }
        let now = monotonicNanoseconds()
        var allowance = options.depth
        if let pace {
            // Spread what is due evenly, so that one connection does not get it all.
            let due = pace.dueCount(at: now) - cursor
            allowance = max(1, min(options.depth, due / connections.count))
        }
        for connection in connections where connection.isOpen && !connection.hasUnsent {
            try send(on: connection, allowance: allowance, now: now)
        }
        if sourceEnded && cursor == windowEnd && isAllAnswered { return false }
        return outcome.end == .complete
    }

    private mutating func send(on connection: Connection, allowance: Int, now: UInt64) throws(LoadError) {
        var left = min(allowance, options.depth - connection.inFlight)
        while left > 0 && connection.isOpen && !connection.hasUnsent {
            guard let group = takeGroup(limit: left, now: now) else { return }
            connection.enqueue(group, of: chunk(at: group.first))
            left -= group.count
            try flush(connection)
        }
    }

    /// The next requests to send, all of one chunk; nil when there are none now.
    private mutating func takeGroup(limit: Int, now: UInt64) -> Connection.Group? {
        if let retry = retries.last {
            // The server asked to wait; new requests would only be told the same.
            guard now >= retryAt else { return nil }
            retries.removeLast()
            let count = min(limit, retry.count)
            if count < retry.count {
                retries.append(.init(first: retry.first + count, count: retry.count - count, sentAt: retry.sentAt))
            }
            return .init(first: retry.first, count: count, sentAt: retry.sentAt)
        }
        var count = limit
        if let pace { count = min(count, pace.dueCount(at: now) - cursor) }
        guard count > 0, load() else { return nil }
        let chunk = chunk(at: cursor)
        let start = cursor % RequestChunk.size
        count = min(count, chunk.count - start)
        if let barrier = chunk.barrier, start <= barrier {
            if start < barrier { count = min(count, barrier - start) } else if !isAllAnswered { return nil }
        }
        if cursor + count - oldestSeen > options.spread {
            oldestSeen = oldestUnanswered
            count = min(count, options.spread - (cursor - oldestSeen))
            guard count > 0 else { return nil }
        }
        defer {
            cursor += count
            outcome.sent += count
        }
        return .init(first: cursor, count: count, sentAt: now)
    }

    private var windowEnd: Int {
        guard let last = window.last else { return windowStart }
        return windowStart + (window.count - 1) * RequestChunk.size + last.count
    }

    /// Makes sure that the request at the cursor is in the window; false when there is none (yet).
    private mutating func load() -> Bool {
        guard cursor == windowEnd else { return true }
        guard !sourceEnded else { return false }
        switch source.next() {
        case .notYet: return false
        case .end:
            sourceEnded = true
            return false
        case .chunk(let chunk):
            dropAnswered()
            window.append(chunk)
            return true
        }
    }

    /// Position of the oldest request without an answer; the cursor when there is none.
    private var oldestUnanswered: Int {
        var oldest = cursor
        for connection in connections { oldest = min(oldest, connection.oldest?.first ?? oldest) }
        for group in retries { oldest = min(oldest, group.first) }
        return oldest
    }

    private var isAllAnswered: Bool { retries.isEmpty && connections.allSatisfy { $0.inFlight == 0 } }

    /// Lets go of the chunks that are answered as a whole.
    private mutating func dropAnswered() {
        let dropped = min(window.count, (oldestUnanswered - windowStart) / RequestChunk.size)
        window.removeFirst(dropped)
        windowStart += dropped * RequestChunk.size
    }

    @inline(__always) private func chunk(at position: Int) -> RequestChunk {
        window[(position - windowStart) / RequestChunk.size]
    }

    private mutating func waitMilliseconds() -> Int32 {
        if brokenSince != 0 || !retries.isEmpty { return 20 }
        if let pace {
            // Waking for each request at high rates would cost more than it shows.
            poller.setTimer(at: max(pace.intendedTime(of: cursor), monotonicNanoseconds() + 50_000))
        }
        // The producer is behind: look again soon, but read replies first.
        return cursor == windowEnd && !sourceEnded ? 1 : 500
    }

    // MARK: Receiving

    /// Reads all complete lines and returns how many bytes they take.
    private mutating func consume(
        _ bytes: Span<UInt8>, on connection: Connection, now: UInt64
    ) throws(LoadError) -> Int {
        var offset = 0
        while let frame = options.framing.next(in: bytes, from: offset, isGreeting: connection.greetings > 0) {
            let line = bytes.extracting(frame.content)
            offset = frame.end
            if connection.greetings > 0 {
                guard try greet(frame.kind, line, connection) else { return offset }
                continue
            }
            guard let group = connection.oldest else { throw .refused("a reply that nobody asked for: \(line.text)") }
            let position = frame.position ?? group.first
            let request = chunk(at: position).requests[position % RequestChunk.size]
            if frame.kind == .row {
                handler.row(request, line)
                continue
            }
            var isAnswered = true
            if frame.kind == .error {
                handler.failed(request, line)
            } else {
                let sentAt = pace.map { $0.intendedTime(of: position) } ?? group.sentAt
                isAnswered = handler.reply(request, line, latency: now > sentAt ? now - sentAt : 0)
            }
            connection.answer(position: position)
            if isAnswered { outcome.answered += 1 } else { retry(group, now) }
        }
        lastAnswerAt = now
        return offset
    }

    private mutating func retry(_ group: Connection.Group, _ now: UInt64) {
        retries.append(.init(first: group.first, count: 1, sentAt: group.sentAt))
        retryAt = now + 20_000_000
        outcome.resent += 1
    }

    /// Reads the reply to the greeting; false when the connection is given up because of it.
    private mutating func greet(
        _ kind: ReplyFrame.Kind, _ line: Span<UInt8>, _ connection: Connection
    ) throws(LoadError) -> Bool {
        if kind == .row { return true }
        connection.greetings -= 1
        let saysOK = line.count >= 2 && line.extracting(0..<2).equals("OK")
        if options.framing == .lines ? saysOK : kind == .answer { return true }
        guard options.reconnectSeconds > 0 else { throw .refused(line.text) }
        lose(connection)
        return false
    }
}
