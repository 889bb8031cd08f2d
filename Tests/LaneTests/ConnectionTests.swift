import Bytes
import Glibc
import Lane
import Synchronization
import Testing

private typealias Event = EchoHandler.Event

@Suite(.serialized) struct ConnectionTests {
    /// One lane with one connection that echoes lines, over a socket pair of the kind asked for.
    private func withEcho(
        limits: ConnectionLimits = ConnectionLimits(), mostUnsent: Mailbox<Int>? = nil,
        _ body: (BlockingClient, Mailbox<Event>) throws -> Void
    ) throws {
        try withLane { lane in
            let events = Mailbox<Event>()
            let pair = socketPair()
            lane.post {
                Connection.open(descriptor: pair.lane, on: lane, limits: limits) { _ in
                    EchoHandler(events: events, mostUnsent: mostUnsent)
                }
            }
            #expect(events.take() == .opened)
            try body(pair.client, events)
        }
    }

    @Test func pipelinedLinesComeBackInOrder() throws {
        try withEcho { client, events in
            let text = (0..<20_000).map { "line \($0)\n" }.joined()
            let sender = Mailbox<Bool>()
            try background {
                try client.send(text)
            } done: {
                sender.put($0)
            }
            let echoed = try client.receiveText(text.utf8.count)
            #expect(echoed == text)
            #expect(sender.take() == true)
            client.close()
            #expect(events.take() == .peerClosedWriting(unconsumed: 0))
        }
    }

    /// Lines of every size around the buffers' limits, cut at random places.
    @Test(arguments: [1, 2, 3]) func linesArriveWholeHoweverTheyAreCut(seed: UInt64) throws {
        print("linesArriveWholeHoweverTheyAreCut seed \(seed)")
        try withEcho { client, _ in
            var random = Random(state: seed)
            let sizes = [0, 1, 65_535, 65_536, 65_537, 262_144, 600_000] + (0..<50).map { _ in random.below(5_000) }
            var bytes: [UInt8] = []
            for size in sizes.shuffled(using: &random) {
                bytes += (0..<size).map { UInt8(truncatingIfNeeded: 32 + ($0 &* 7 &+ size) % 90) }
                bytes.append(UInt8(ascii: "\n"))
            }
            var pieces: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + 1 + random.below(random.below(10) == 0 ? 300_000 : 3_000))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            let sent = pieces
            let sender = Mailbox<Bool>()
            try background {
                for piece in sent { try client.send(piece) }
            } done: {
                sender.put($0)
            }
            #expect(try client.receive(bytes.count) == bytes)
            #expect(sender.take() == true)
        }
    }

    /// A sequenced-packet socket shows where one write ends and the next begins.
    @Test func outputOfOneTurnIsOneWrite() throws {
        try withLane { lane in
            let pair = socketPair(type: Int32(SOCK_SEQPACKET.rawValue))
            lane.post {
                let connection = Connection.open(descriptor: pair.lane, on: lane) { _ in
                    ClosureHandler { bytes, _ in bytes.count }
                }
                for number in 0..<100 { connection?.withOutput { $0.append("reply \(number)\n") } }
                lane.post { connection?.withOutput { $0.append("posted in the same turn\n") } }
            }
            let expected = (0..<100).map { "reply \($0)\n" }.joined() + "posted in the same turn\n"
            let written = try pair.client.receiveOnce()
            #expect(String(decoding: written, as: UTF8.self) == expected)
        }
    }

    /// Much output does not wait for the end of the turn, and what comes behind it leaves then.
    @Test func muchOutputLeavesAtOnce() throws {
        try withLane { lane in
            let pair = socketPair(type: Int32(SOCK_SEQPACKET.rawValue))
            let unsent = Mailbox<[Int]>()
            lane.post {
                var limits = ConnectionLimits()
                limits.promptBytes = 1_000
                let connection = Connection.open(descriptor: pair.lane, on: lane, limits: limits) { _ in
                    ClosureHandler { bytes, _ in bytes.count }
                }
                var counts: [Int] = []
                for text in [String(repeating: "a", count: 999), "b", "end"] {
                    connection?.withOutput { $0.append(text) }
                    counts.append(connection?.unsentByteCount ?? -1)
                }
                unsent.put(counts)
            }
            #expect(unsent.take() == [999, 0, 3])
            let first = try pair.client.receiveOnce()
            let second = try pair.client.receiveOnce()
            #expect(first.count == 1_000)
            #expect(String(decoding: second, as: UTF8.self) == "end")
        }
    }

    @Test func aClientThatDoesNotReadIsNotReadFrom() throws {
        let mostUnsent = Mailbox<Int>()
        var limits = ConnectionLimits()
        limits.highWaterBytes = 512 << 10
        limits.lowWaterBytes = 128 << 10
        try withEcho(limits: limits, mostUnsent: mostUnsent) { client, events in
            var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 32 << 20)
            for end in stride(from: 1023, to: bytes.count, by: 1024) { bytes[end] = UInt8(ascii: "\n") }
            client.setTimeouts(milliseconds: 300)
            let stalledAt = try client.sendUntilStalled(bytes)
            #expect(stalledAt < bytes.count / 2)
            client.setTimeouts(milliseconds: 30_000)
            let sender = Mailbox<Bool>()
            let rest = Array(bytes[stalledAt...])
            try background {
                try client.send(rest)
            } done: {
                sender.put($0)
            }
            #expect(try client.receive(bytes.count) == bytes)
            #expect(sender.take() == true)
            #expect(events.take() == .drained)
            client.close()
            // One read may come in while the output is just below its limit.
            #expect(try #require(mostUnsent.take()) <= limits.highWaterBytes + (320 << 10))
        }
    }

    @Test func repliesStillGoOutAfterTheClientHasHalfClosed() throws {
        try withEcho { client, events in
            try client.send("one\ntwo\nhalf a li")
            client.shutdownWriting()
            #expect(try client.receiveTextToEnd() == "one\ntwo\n")
            #expect(events.take() == .peerClosedWriting(unconsumed: 9))
            #expect(events.take() == .closed(.finished))
        }
    }

    /// The reply is made elsewhere and comes long after the end of the input.
    @Test func aLateReplyReachesAHalfClosedClient() throws {
        try withLane { lane in
            try withLane("worker") { worker in
                let pair = socketPair()
                let closed = Mailbox<CloseReason>()
                lane.post {
                    Connection.open(descriptor: pair.lane, on: lane) { _ in LateHandler(worker, closed) }
                }
                try pair.client.send("question")
                pair.client.shutdownWriting()
                #expect(try pair.client.receiveTextToEnd() == "answer")
                #expect(closed.take() == .finished)
            }
        }
    }

    @Test func theLastReplySurvivesInputThatNobodyReads() throws {
        try withServer(
            makeHandler: { _ in
                ClosureHandler { bytes, connection in
                    connection.withOutput { $0.append("ERR TOOLARGE\n") }
                    connection.closeAfterFlush()
                    return bytes.count
                }
            }
        ) { listener in
            let client = try BlockingClient(to: listener.address)
            try client.send([UInt8](repeating: 1, count: 8 << 20))
            #expect(try client.receiveTextToEnd() == "ERR TOOLARGE\n")
        }
    }

    @Test func inputThatIsNeverConsumedIsLimited() throws {
        var limits = ConnectionLimits()
        limits.maximumInputBytes = 1 << 20
        try withEcho(limits: limits) { client, events in
            let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
            #expect(throws: BlockingClient.Failure.self) { try client.send(endless) }
            #expect(events.take() == .closed(.inputTooLarge))
        }
    }

    /// Reading one line at a time, pausing in between: the rest is offered again without another byte from the client.
    @Test func unconsumedInputIsOfferedAgainAfterAPause() throws {
        try withLane { lane in
            let pair = socketPair()
            lane.post {
                Connection.open(descriptor: pair.lane, on: lane) { _ in
                    ClosureHandler { bytes, connection in
                        var end = 0
                        while bytes[end] != UInt8(ascii: "\n") { end += 1 }
                        connection.withOutput { $0.append(bytes.extracting(first: end + 1)) }
                        connection.pauseReading()
                        lane.post { connection.resumeReading() }
                        return end + 1
                    }
                }
            }
            let text = (0..<1_000).map { "\($0)\n" }.joined()
            try pair.client.send(text)
            #expect(try pair.client.receiveText(text.utf8.count) == text)
        }
    }

    /// The handler stops as soon as the output is full, and is called again without its own doing.
    @Test func unconsumedInputIsOfferedAgainWhenTheOutputHasDrained() throws {
        var limits = ConnectionLimits()
        limits.highWaterBytes = 10
        limits.lowWaterBytes = 0
        try withLane { [limits] lane in
            let pair = socketPair()
            lane.post {
                Connection.open(descriptor: pair.lane, on: lane, limits: limits) { _ in
                    ClosureHandler { bytes, connection in
                        var consumed = 0
                        while consumed < bytes.count, !connection.isOutputFull {
                            let byte = bytes[consumed]
                            connection.withOutput { $0.append(byte) }
                            consumed += 1
                        }
                        return consumed
                    }
                }
            }
            let text = String(repeating: "0123456789abcdef", count: 100)
            try pair.client.send(text)
            #expect(try pair.client.receiveText(text.utf8.count) == text)
        }
    }

    @Test func anIdleConnectionIsClosedAndABusyOneIsNot() throws {
        var limits = ConnectionLimits()
        limits.idleSeconds = 1
        try withEcho(limits: limits) { client, events in
            let start = ContinuousClock.now
            try client.send("a\n")
            #expect(try client.receiveTextToEnd() == "a\n")
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(events.take() == .closed(.idle))
        }
    }

    @Test func aConnectionClosedFromWithinItsHandlerIsClosedOnce() throws {
        try withLane { lane in
            let pair = socketPair()
            let closed = Mailbox<CloseReason>()
            lane.post {
                Connection.open(descriptor: pair.lane, on: lane) { _ in
                    ClosureHandler(closed: { closed.put($0) }) { bytes, connection in
                        connection.withOutput { $0.append("dropped") }
                        connection.close()
                        connection.close(.idle)
                        connection.withOutput { $0.append("dropped too") }
                        connection.resumeReading()
                        return bytes.count
                    }
                }
            }
            try pair.client.send("x")
            #expect(closed.take() == .requested)
            #expect(try pair.client.receive(1).isEmpty)
        }
    }

    @Test func outputIsWrittenWhenTheLaneStops() throws {
        let pair = socketPair()
        let closed = Mailbox<CloseReason>()
        try withLane { lane in
            lane.post {
                let connection = Connection.open(descriptor: pair.lane, on: lane) { _ in
                    ClosureHandler(closed: { closed.put($0) }) { bytes, _ in bytes.count }
                }
                lane.stop()
                lane.post { connection?.withOutput { $0.append("goodbye") } }
            }
        }
        #expect(try pair.client.receiveTextToEnd() == "goodbye")
        #expect(closed.take() == .laneStopped)
    }

    @Test func usingAConnectionOffItsLaneStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let lane = try Lane(name: "home")
            lane.start()
            let opened = Mailbox<Connection?>()
            let pair = socketPair()
            lane.post {
                opened.put(Connection.open(descriptor: pair.lane, on: lane) { _ in ClosureHandler { _, _ in 0 } })
            }
            opened.take()??.pauseReading()
        }
    }
}

/// Answers from another lane, after the input has ended.
private final class LateHandler: ConnectionHandler {
    private let worker: Lane
    private let closed: Mailbox<CloseReason>

    init(_ worker: Lane, _ closed: Mailbox<CloseReason>) {
        self.worker = worker
        self.closed = closed
    }

    func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int { bytes.count }

    func peerClosedWriting(on connection: Connection) {
        worker.post {
            connection.lane.post {
                connection.withOutput { $0.append("answer") }
                connection.closeAfterFlush()
            }
        }
    }

    func closed(_ reason: CloseReason, on connection: Connection) { closed.put(reason) }
}
