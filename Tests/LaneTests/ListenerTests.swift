import Bytes
import Glibc
import Lane
import Synchronization
import Testing

private typealias Event = EchoHandler.Event

@Suite(.serialized) struct ListenerTests {
    private func withEchoServer(
        maximumConnections: Int = 10_000, _ body: (Listener, Mailbox<Event>) throws -> Void
    ) throws {
        let events = Mailbox<Event>()
        try withServer(
            maximumConnections: maximumConnections, makeHandler: { _ in EchoHandler(events: events) }
        ) { listener in
            try body(listener, events)
        }
    }

    private func echo(_ text: String, through client: BlockingClient) throws -> Bool {
        try client.send(text)
        return try client.receiveText(text.utf8.count) == text
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("::1", "[::1]:80"),
        ("2001:db8::2", "[2001:db8::2]:80"),
    ])
    func addressesAreReadAndWritten(literal: String, description: String) {
        #expect(SocketAddress(literal: literal, port: 80)?.description == description)
    }

    @Test(arguments: ["", "localhost", "127.0.0.256", "127.0.0.1:80", "[::1]", "::g"])
    func whatIsNotANumericAddressIsRefused(literal: String) {
        #expect(SocketAddress(literal: literal, port: 80) == nil)
    }

    @Test func connectionsGoRoundTheLanes() throws {
        let lanes = try (0..<3).map { try Lane(name: "lane \($0)") }
        for lane in lanes { lane.start() }
        let address = try #require(SocketAddress(literal: "127.0.0.1", port: 0))
        let listener = try Listener(
            address: address, on: lanes[0], chooseLane: { lanes[$0 % 3] },
            makeHandler: { connection in
                precondition(connection.lane.isCurrent)
                return ClosureHandler { bytes, connection in
                    connection.withOutput { $0.append(connection.lane.name) }
                    return bytes.count
                }
            })
        listener.start()
        #expect(listener.address.port != 0)
        for number in 0..<6 {
            let client = try BlockingClient(to: listener.address)
            try client.send("?")
            #expect(try client.receiveText(6) == "lane \(number % 3)")
        }
        for lane in lanes {
            lane.stop()
            lane.join()
        }
    }

    @Test func anAddressInUseIsReported() throws {
        try withEchoServer { listener, _ in
            #expect(throws: SystemCallError("bind", EADDRINUSE)) {
                _ = try Listener(
                    address: listener.address, on: try Lane(name: "never"), chooseLane: { _ in preconditionFailure() },
                    makeHandler: { _ in preconditionFailure() })
            }
        }
    }

    @Test func aConnectionTooManyIsRefusedUntilAnotherLeaves() throws {
        try withEchoServer(maximumConnections: 2) { listener, events in
            let first = try BlockingClient(to: listener.address)
            let second = try BlockingClient(to: listener.address)
            #expect(try echo("1\n", through: first))
            #expect(try echo("2\n", through: second))
            let third = try BlockingClient(to: listener.address)
            #expect(try third.receiveTextToEnd() == "ERR BUSY\n")
            #expect(listener.connectionCount == 2)
            first.close()
            while let event = events.take(), event != .closed(.finished) {}
            #expect(try echo("4\n", through: try BlockingClient(to: listener.address)))
        }
    }

    @Test func aClientThatHangsUpInTheMiddleOfALineIsForgotten() throws {
        try withEchoServer { listener, events in
            let client = try BlockingClient(to: listener.address)
            #expect(try echo("whole\n", through: client))
            try client.send("half")
            client.abort()
            #expect(events.take() == .opened)
            #expect(events.take() == .closed(.reset))
            #expect(listener.connectionCount == 0)
            #expect(try echo("still there\n", through: try BlockingClient(to: listener.address)))
        }
    }

    @Test func twoThousandIdleConnectionsDoNotDisturbOne() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 8_192))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try #require(limit.rlim_cur >= 4_200, "this machine allows too few open files")
        try withEchoServer { listener, events in
            let clients = try (0..<2_000).map { _ in try BlockingClient(to: listener.address) }
            for _ in clients { #expect(events.take() == .opened) }
            #expect(listener.connectionCount == 2_000)
            for number in 0..<100 { #expect(try echo("line \(number)\n", through: clients[number * 19])) }
            for client in clients { client.close() }
            var closedCount = 0
            while closedCount < 2_000, let event = events.take() {
                if event == .closed(.finished) { closedCount += 1 }
            }
            #expect(closedCount == 2_000)
            #expect(listener.connectionCount == 0)
        }
    }

    /// In a process of its own, since the limit counts for all of it.
    @Test func acceptingGoesOnAfterDescriptorsHaveRunOut() async {
        await #expect(processExitsWith: .success) {
            let events = Mailbox<Event>()
            try withServer(makeHandler: { _ in EchoHandler(events: events) }) { listener in
                // All are kept to the end: a client that closed would free a descriptor.
                var clients = [try BlockingClient(to: listener.address)]
                guard events.take() == .opened else { exit(2) }
                // Sockets made beforehand, since connecting needs none of the descriptors that have run out.
                var waiting: [Int32] = []
                for _ in 0..<3 { waiting.append(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)) }
                var fillers: [Int32] = []
                var limit = rlimit(rlim_cur: 200, rlim_max: 200)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                while case let filler = open("/dev/null", O_RDONLY), filler >= 0 { fillers.append(filler) }
                for socket in waiting {
                    let client = try BlockingClient(to: listener.address, socket: socket)
                    clients.append(client)
                    guard try client.receiveTextToEnd().isEmpty else { exit(3) }
                }
                for filler in fillers { _ = close(filler) }
                let late = try BlockingClient(to: listener.address)
                try late.send("late\n")
                guard try late.receiveText(5) == "late\n" else { exit(4) }
                guard listener.connectionCount == 2, clients.count == 4 else { exit(5) }
            }
        }
    }

    @Test func aClosedListenerFreesItsPortAndKeepsItsConnections() throws {
        try withEchoServer { listener, _ in
            let client = try BlockingClient(to: listener.address)
            #expect(try echo("1\n", through: client))
            listener.close()
            while let late = try? BlockingClient(to: listener.address) { late.close() }
            #expect(try echo("2\n", through: client))
        }
    }
}

/// Remembers what it was told.
private final class Recorder: EventSource {
    var events: [Readiness] = []

    func ready(_ readiness: Readiness) { events.append(readiness) }

    func laneStopped() {}
}

@Suite struct PollerTests {
    /// Two descriptors are ready in one batch; the first event closes the second descriptor, and its number is given
    /// to a new one. The second event of the batch is about the old one and must not reach the new.
    @Test func aLateEventOfAReusedDescriptorIsDropped() throws {
        var poller = try Poller()
        let first = socketPair()
        let second = socketPair()
        let (early, old, new) = (Recorder(), Recorder(), Recorder())
        try poller.add(first.lane, interest: .read, source: early)
        try poller.add(second.lane, interest: .read, source: old)
        try first.client.send("x")
        try second.client.send("x")
        #expect(poller.wait(timeoutMilliseconds: -1) == 2)
        poller.event(at: 0)?.source.ready(.read)
        try poller.remove(second.lane)
        let third = socketPair()
        // Puts the new socket under the old number, whatever other tests open meanwhile.
        #expect(dup2(third.lane, second.lane) == second.lane)
        try poller.add(second.lane, interest: .read, source: new)
        let late = poller.event(at: 1)
        #expect(late == nil)
        #expect(early.events.count == 1 && old.events.isEmpty && new.events.isEmpty)
        try third.client.send("x")
        let count = poller.wait(timeoutMilliseconds: -1)
        let sources = (0..<count).compactMap { poller.event(at: $0)?.source as? Recorder }
        #expect(sources.contains { $0 === new } && !sources.contains { $0 === old })
        for descriptor in [first.lane, second.lane, third.lane] { close(descriptor) }
    }
}
