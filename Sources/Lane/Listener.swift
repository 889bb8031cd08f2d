import Glibc
import Synchronization

/// Accepts connections on one address and hands them to lanes.
///
/// Binding happens in `init`, so that an address in use is the caller's error; connections are accepted from `start`
/// on. `start` and `close` may be called from any thread, everything else happens on the listener's lane.
package final class Listener: EventSource, @unchecked Sendable {
    /// Most connections accepted in one turn, so that a storm of them leaves time for those already there.
    private static let acceptsPerTurn = 64
    private static let backlog: Int32 = 1024
    /// How long accepting rests when the kernel is out of descriptors or memory and nothing else helps.
    private static let restMilliseconds = 100

    /// The address that was really bound; it names the port that port 0 became.
    package let address: SocketAddress
    /// How many connections are open, over all lanes.
    package var connectionCount: Int { admission.count }

    private let lane: Lane
    private let limits: ConnectionLimits
    private let admission: Admission
    private let chooseLane: @Sendable (_ index: Int) -> Lane
    private let makeHandler: @Sendable (Connection) -> any ConnectionHandler
    private let refusal: @Sendable (SocketAddress) -> [UInt8]

    // Confined to the lane.
    private var descriptor: Int32
    private var isWatched = false
    /// Held in reserve: when descriptors have run out, it is given up for the moment it takes to accept a connection
    /// and close it, or else the waiting connection would wake the lane for ever.
    private var spareDescriptor: Int32
    private var acceptedCount = 0

    /// - Parameters:
    ///   - address: port 0 stands for any free one.
    ///   - lane: where connections are accepted; it may be one of those they are handed to.
    ///   - maximumConnections: over all lanes; a connection beyond is given the bytes of `refuse` and closed.
    ///   - chooseLane: the lane of the connection with this index, counted from 0. Called on `lane`.
    ///   - refuse: called on `lane`; the bytes should fit a socket buffer, as they are sent with one write.
    ///   - makeHandler: called on the connection's own lane, before its first byte is read.
    package init(
        address: SocketAddress, on lane: Lane, limits: ConnectionLimits = ConnectionLimits(),
        maximumConnections: Int = 10_000, chooseLane: @escaping @Sendable (_ index: Int) -> Lane,
        refuse: @escaping @Sendable (SocketAddress) -> [UInt8] = { _ in [] },
        makeHandler: @escaping @Sendable (Connection) -> any ConnectionHandler
    ) throws(SystemCallError) {
        limits.check()
        self.lane = lane
        self.limits = limits
        admission = Admission(maximum: maximumConnections)
        self.chooseLane = chooseLane
        self.makeHandler = makeHandler
        refusal = refuse
        descriptor = try Self.bind(address)
        self.address = SystemCalls.localAddress(descriptor)
        do {
            spareDescriptor = try SystemCalls.openNull()
        } catch {
            SystemCalls.close(descriptor)
            throw error
        }
    }

    private static func bind(_ address: SocketAddress) throws(SystemCallError) -> Int32 {
        let descriptor = try SystemCalls.socket(family: address.family)
        do {
            try SystemCalls.setOption(descriptor, level: SOL_SOCKET, SO_REUSEADDR, 1)
            try SystemCalls.bind(descriptor, to: address)
            try SystemCalls.listen(descriptor, backlog: backlog)
        } catch {
            SystemCalls.close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Accepts from now on. Until then the kernel keeps connections waiting, up to the backlog.
    package func start() { lane.post { self.watch() } }

    /// Accepts no more. Connections that are open stay open; what is posted to the lane afterwards finds the port free.
    package func close() { lane.post { self.shut() } }

    private func watch() {
        guard descriptor >= 0, !isWatched else { return }
        do {
            try lane.loop.poller.add(descriptor, interest: .read, source: self)
            isWatched = true
        } catch {
            rest()
        }
    }

    private func unwatch() {
        guard isWatched else { return }
        isWatched = false
        do {
            try lane.loop.poller.remove(descriptor)
        } catch {
            preconditionFailure("an open descriptor could not be removed: \(error)")
        }
    }

    private func shut() {
        guard descriptor >= 0 else { return }
        unwatch()
        SystemCalls.close(descriptor)
        descriptor = -1
        if spareDescriptor >= 0 { SystemCalls.close(spareDescriptor) }
        spareDescriptor = -1
    }

    /// Called by the lane.
    package func laneStopped() { shut() }

    /// Called by the lane.
    package func ready(_ readiness: Readiness) {
        for _ in 0..<Self.acceptsPerTurn {
            do throws(SystemCallError) {
                guard let accepted = try SystemCalls.accept(descriptor) else { return }
                admit(accepted.descriptor, from: accepted.peer)
            } catch {
                switch error.code {
                case EMFILE, ENFILE:
                    if !dropWaiting() { rest() }
                    return
                case ENOBUFS, ENOMEM: return rest()
                // The connection died before we got to it; the next one may be alive.
                default: continue
                }
            }
        }
    }

    private func admit(_ socket: Int32, from peer: SocketAddress) {
        guard admission.enter() else { return refuse(socket, from: peer) }
        do {
            // A batch of replies is one write already: waiting for more to send would only delay it.
            try SystemCalls.setOption(socket, level: Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        } catch {
            // The peer has gone meanwhile.
            return turnAway(socket)
        }
        let lane = chooseLane(acceptedCount)
        acceptedCount += 1
        let isTaken = lane.post {
            _ = Connection.open(
                descriptor: socket, peer: peer, on: lane, limits: self.limits, admission: self.admission,
                makeHandler: self.makeHandler)
        }
        if !isTaken { turnAway(socket) }
    }

    /// Closes a connection that was counted but found no lane.
    private func turnAway(_ socket: Int32) {
        admission.leave()
        SystemCalls.close(socket)
    }

    private func refuse(_ socket: Int32, from peer: SocketAddress) {
        let bytes = refusal(peer)
        do {
            _ = try bytes.withUnsafeBytes { memory throws(SystemCallError) in try SystemCalls.send(socket, memory) }
        } catch {
            // The bytes are a courtesy, and the peer did not wait for it.
        }
        SystemCalls.shutdownWriting(socket)
        SystemCalls.close(socket)
    }

    /// Descriptors have run out: gives up the spare one for as long as it takes to close the waiting connection.
    /// False if that did not help.
    private func dropWaiting() -> Bool {
        do {
            if spareDescriptor >= 0 {
                SystemCalls.close(spareDescriptor)
                spareDescriptor = -1
                if let accepted = try SystemCalls.accept(descriptor) { SystemCalls.close(accepted.descriptor) }
            }
            spareDescriptor = try SystemCalls.openNull()
            return true
        } catch {
            return false
        }
    }

    private func rest() {
        unwatch()
        lane.schedule(after: .milliseconds(Self.restMilliseconds)) { [weak self] in self?.watch() }
    }
}

/// Counts the open connections of a listener, over all lanes.
final class Admission: Sendable {
    private let maximum: Int
    private let open = Atomic<Int>(0)

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { open.load(ordering: .relaxed) }

    /// False if the house is full. Called by one thread at a time, so the check and the step need not be one.
    func enter() -> Bool {
        guard count < maximum else { return false }
        open.add(1, ordering: .relaxed)
        return true
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
