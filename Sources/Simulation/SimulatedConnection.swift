import Bytes
import Engine
import Server

/// A socket between a client and a session, with a small kernel buffer in each direction. It keeps the contract of
/// Sources/Lane/Connection.swift: what is not consumed is offered again, a client that does not read is no longer read
/// from, output leaves at the end of a turn, a half-closed client still gets its replies.
///
/// Methods named `client…` are the client's side and may be called between two steps; all else is confined to the lane.
package final class SimulatedConnection: SessionOutput, @unchecked Sendable {
    /// Sizes in bytes, all of them tiny, so that every limit is met.
    package struct Limits: Sendable {
        package var highWaterBytes = 2_000
        package var lowWaterBytes = 500
        package var kernelBytes = 1_000
        package init() {}
    }

    private enum Phase { case open, flushing, closed }

    private let lane: any EngineLane
    private let limits: Limits
    private let scheduler: SimulatedScheduler
    package private(set) var session: Session?

    // The two kernel buffers.
    private var towardsServer: [UInt8] = []
    private var towardsClient: [UInt8] = []
    private var hasClientHalfClosed = false

    private var phase = Phase.open
    /// Input not consumed.
    private var rest: [UInt8] = []
    private var output = ByteWriter(capacity: 256)
    private var isPaused = false
    package private(set) var isFull = false
    private var hasSeenEnd = false
    private var isMarked = false
    private var isResumed = false
    /// Most bytes that ever waited on the server's side, for the law that buffers are bounded.
    package private(set) var largestRest = 0
    package private(set) var largestOutput = 0

    package init(on lane: SimulatedLane, of scheduler: SimulatedScheduler, limits: Limits) {
        self.lane = lane
        self.limits = limits
        self.scheduler = scheduler
    }

    /// Gives the connection its session; on the lane.
    package func open(_ host: any SessionHost) { session = Session(host: host, output: self) }

    // MARK: The client's side

    /// Puts a prefix of `bytes` on the wire and returns how many there was room for.
    package func clientWrite(_ bytes: ArraySlice<UInt8>) -> Int {
        guard phase != .closed else { return bytes.count }
        let count = min(bytes.count, limits.kernelBytes - towardsServer.count)
        guard count > 0 else { return 0 }
        towardsServer += bytes.prefix(count)
        wake()
        return count
    }

    /// Takes up to `count` bytes that have arrived.
    package func clientRead(_ count: Int) -> [UInt8] {
        let taken = Array(towardsClient.prefix(count))
        towardsClient.removeFirst(taken.count)
        if !taken.isEmpty { mark() }
        return taken
    }

    /// The client sends no more.
    package func clientHalfClose() {
        hasClientHalfClosed = true
        wake()
    }

    /// The client is gone.
    package func clientHangUp() {
        lane.post { self.tearDown() }
    }

    /// Whether the server has closed and everything that it wrote was read.
    package var isClosedForClient: Bool { phase == .closed && towardsClient.isEmpty }
    package var isClosed: Bool { phase == .closed }

    private func wake() { lane.post { self.receive() } }

    /// Forgets the session: the process is gone.
    package func discard() {
        phase = .closed
        session = nil
    }

    // MARK: The lane's side

    /// One read from the kernel, of any size: the cut falls anywhere.
    private func receive() {
        // What was left unread is offered again before more is read.
        guard phase == .open, !isPaused, !isFull, !hasSeenEnd, !isResumed else { return }
        if towardsServer.isEmpty {
            guard hasClientHalfClosed else { return }
            hasSeenEnd = true
            session?.endOfInput()
            return
        }
        let count = Int.random(in: 1...towardsServer.count, using: &scheduler.generator)
        rest += towardsServer.prefix(count)
        towardsServer.removeFirst(count)
        largestRest = max(largestRest, rest.count)
        deliver()
        if !towardsServer.isEmpty || hasClientHalfClosed { wake() }
    }

    private func deliver() {
        guard let session else { return }
        let consumed = session.received(rest.span)
        precondition(consumed >= 0 && consumed <= rest.count, "a session consumed bytes it was not given")
        rest.removeFirst(consumed)
    }

    private func deliverAgain() {
        isResumed = false
        if phase == .open, !isPaused, !isFull, !rest.isEmpty { deliver() }
        wake()
    }

    private func offerAgain() {
        if isResumed { return }
        isResumed = true
        lane.post { self.deliverAgain() }
    }

    private func mark() {
        if isMarked { return }
        isMarked = true
        lane.post { self.finishTurn() }
    }

    private func finishTurn() {
        isMarked = false
        guard phase != .closed else { return }
        let count = min(output.count, limits.kernelBytes - towardsClient.count)
        if count > 0 {
            towardsClient += output.span.extracting(0..<count).array
            output.removeFirst(count)
        }
        if phase == .flushing {
            if output.count == 0 { tearDown() }
        } else if isFull, output.count <= limits.lowWaterBytes {
            isFull = false
            session?.outputDrained()
            offerAgain()
        }
    }

    private func tearDown() {
        guard phase != .closed else { return }
        phase = .closed
        session?.closed()
    }

    // MARK: SessionOutput

    package func write(_ body: (inout ByteWriter) -> Void) {
        precondition(lane.isCurrent, "a connection was used off its lane")
        let countBefore = output.count
        body(&output)
        guard phase == .open else { return output.truncate(to: countBefore) }
        largestOutput = max(largestOutput, output.count)
        if output.count > limits.highWaterBytes { isFull = true }
        mark()
    }

    package func pauseReading() { isPaused = true }

    package func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        offerAgain()
    }

    package func closeAfterFlush() {
        guard phase == .open else { return }
        phase = .flushing
        mark()
    }
}
