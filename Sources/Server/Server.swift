import Commerce
import Engine
import Glibc
import Lane
import Store
import Synchronization

/// The time of the operating system.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Why a server could not start or had to stop.
package enum ServerError: Error, CustomStringConvertible {
    case system(SystemCallError)
    case store(StoreError)
    case badAddress(String)

    package var description: String {
        switch self {
        case .system(let error): error.description
        case .store(let error): error.description
        case .badAddress(let text): "\(text) is no IPv4 or IPv6 address"
        }
    }
}

/// The server: lanes, listener, engine, and their orderly end.
///
/// It listens from the start, so that clients get LOADING instead of a refused connection while it recovers.
package final class Server: Sendable {
    package let options: ServerOptions
    private let lanes: [Lane]
    /// Where shards and most connections live, so that what replies take from shards is near. The directory has the first lane
    /// to itself once there are more than two: see `lane(of:_:)`.
    private let sessionLanes: [Lane]
    private let journalLane: Lane
    private let snapshotLane: Lane
    private let filesLane: Lane
    private let feedLane: Lane
    private let pastLane: Lane
    private let matchingLane: Lane
    private let hosts: [LaneHost]
    private let listener: Listener
    private let administrator: Administrator
    private let log: ServerLog
    private let engine = Mutex<Engine?>(nil)
    private let isStopping = Atomic<Bool>(false)

    /// The port that is really bound.
    package var port: UInt16 { listener.address.port }

    package init(_ options: ServerOptions, log: ServerLog) throws(ServerError) {
        self.options = options
        self.log = log
        guard let address = SocketAddress(literal: options.address, port: options.port) else {
            throw .badAddress(options.address)
        }
        do throws(SystemCallError) {
            let lanes = try (0..<max(1, options.lanes)).map { number throws(SystemCallError) in
                try Lane(name: "lane-\(number)")
            }
            self.lanes = lanes
            let sessionLanes = lanes.count == 1 ? lanes : Array(lanes.dropFirst())
            self.sessionLanes = sessionLanes
            journalLane = try Lane(name: "journal")
            snapshotLane = try Lane(name: "snapshot", isBackground: true)
            filesLane = try Lane(name: "files")
            feedLane = try Lane(name: "feed")
            pastLane = try Lane(name: "past", isBackground: true)
            matchingLane = try Lane(name: "matching")
            let connections = ConnectionCount()
            administrator = Administrator(
                options, fileSystem: LinuxFileSystem(), connectionCount: { connections.value })
            let administrator = administrator
            let hosts = lanes.map {
                LaneHost($0, limits: options.session, administrator: administrator, log: log)
            }
            self.hosts = hosts
            var limits = ConnectionLimits()
            limits.idleSeconds = options.idleSeconds
            limits.maximumInputBytes = options.session.lineBytes + (1 << 20)
            listener = try Listener(
                address: address, on: sessionLanes[0], limits: limits, maximumConnections: options.maximumConnections,
                chooseLane: { Self.lane(of: $0, lanes) },
                refuse: { _ in Array("ERR BUSY too many connections; try again later\n".utf8) },
                makeHandler: { connection in
                    let host = hosts.first { ($0.lane as? Lane) === connection.lane }
                    guard let host else { preconditionFailure("a connection on a lane without a host") }
                    return host.open(connection)
                })
            connections.set { [listener] in listener.connectionCount }
        } catch {
            throw .system(error)
        }
    }

    /// The lane of a connection, by how many came before it. Of two lanes the one with the directory has time for one
    /// connection in four while many ask: with none of them there the other lane is what everybody waits for, and with half of
    /// them orders wait for this one.
    private static func lane(of number: Int, _ lanes: [Lane]) -> Lane {
        switch lanes.count {
        case 1: lanes[0]
        case 2: lanes[number % 4 == 3 ? 0 : 1]
        default: lanes[1 + number % (lanes.count - 1)]
        }
    }

    // MARK: Start

    /// Starts listening, and recovery behind it. `completion` runs once, when the engine is ready or cannot be.
    package func start(_ completion: @escaping @Sendable (Result<RecoveryReport, StoreError>) -> Void) {
        for lane in allLanes { lane.start() }
        listener.start()
        snapshotLane.post { completion(self.recover()) }
    }

    private func recover() -> Result<RecoveryReport, StoreError> {
        do throws(StoreError) {
            var configuration = options.engine
            let log = log
            configuration.onSnapshot = { log.snapshot($0) }
            configuration.onMatching = { log.log(.info, "matching-ready", [:]) }
            let engine = try Engine.open(
                configuration, on: LinuxFileSystem(), clock: SystemClock(),
                lanes: EngineLanes(
                    directory: lanes[0], shards: sessionLanes, journal: journalLane, snapshot: snapshotLane,
                    files: filesLane, feed: feedLane, past: pastLane, matching: matchingLane),
                holder: "pid \(getpid())", progress: administrator.recovered)
            self.engine.withLock { $0 = engine }
            let hosts = hosts
            let journal = engine.journal
            journal.lane.post {
                journal.assumeIsolated {
                    $0.subscribe { change in
                        log.journalChanged(change)
                        for host in hosts { host.lane.post { host.journalChanged(change) } }
                    }
                    // What became durable before they listened: a reply may wait for the very first event.
                    let released = JournalChange.released($0.status.releasedSequence.load(ordering: .acquiring))
                    for host in hosts { host.lane.post { host.journalChanged(released) } }
                }
            }
            for host in hosts { host.lane.post { host.setEngine(.success(engine)) } }
            return .success(engine.recovery)
        } catch {
            let refusal = Refusal(.internal, "the data folder cannot be used: \(error)")
            for host in hosts { host.lane.post { host.setEngine(.failure(refusal)) } }
            return .failure(error)
        }
    }

    // MARK: Stop

    /// Takes no more connections and requests, finishes what was accepted, writes the clean-stop marker. `completion`
    /// runs once, with what went wrong at the very end, on a lane that is about to end.
    package func stop(_ completion: @escaping @Sendable (StoreError?) -> Void) {
        guard isStopping.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return }
        listener.close()
        let open = CountDown(hosts.count)
        for host in hosts {
            host.lane.post { host.closeAll { if open.isLast() { self.stopEngine(completion) } } }
        }
    }

    private func stopEngine(_ completion: @escaping @Sendable (StoreError?) -> Void) {
        guard let engine = engine.withLock({ $0 }) else { return completion(nil) }
        engine.stop(completion)
    }

    /// Ends the lanes. Not to be called on one of them.
    package func join() {
        for lane in allLanes { lane.stop() }
        for lane in allLanes { lane.join() }
    }

    /// Those that others hand work to come last.
    private var allLanes: [Lane] {
        lanes + [matchingLane, pastLane, feedLane, filesLane, snapshotLane, journalLane]
    }
}

/// Tells the last of several parties that it is the last.
private final class CountDown: Sendable {
    private let remaining: Atomic<Int>

    init(_ count: Int) { remaining = Atomic(count) }

    func isLast() -> Bool { remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}

/// How many connections there are, known once the listener is.
private final class ConnectionCount: Sendable {
    private let read = Mutex<@Sendable () -> Int>({ 0 })

    var value: Int { read.withLock { $0 }() }

    func set(_ body: @escaping @Sendable () -> Int) { read.withLock { $0 = body } }
}
