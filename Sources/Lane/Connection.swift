import Bytes
import Glibc

/// The socket of one client, on one lane.
///
/// The handler appends replies with `withOutput` whenever it has some; they leave together at the end of the turn, in
/// one write, but for `promptBytes`, which leave at once. What the kernel does not take waits until it has room. A peer
/// that does not read its replies is no longer read from once `highWaterBytes` wait for it.
///
/// Confined to its lane, and therefore safe to capture in work posted to that lane: every method stops the program when
/// it is called elsewhere. What one turn changes (pausing, closing, output) takes effect at the end of it, so the
/// handler is never called back from inside its own call.
package final class Connection: EventSource, @unchecked Sendable {
    private enum Phase {
        /// Bytes go both ways. Next: flushing, closing.
        case open
        /// `closeAfterFlush`: output leaves, nothing is read. Next: lingering, closing.
        case flushing
        /// Output has left and the peer was told; input is discarded until its end. Next: closing.
        case lingering
        /// The descriptor is closed at the end of the turn. Next: closed.
        case closing(CloseReason)
        case closed
    }

    /// The lane all of this happens on.
    package let lane: Lane
    /// Who is at the other end.
    package let peer: SocketAddress
    private let loop: LaneLoop
    private let descriptor: Int32
    private let limits: ConnectionLimits
    private let admission: Admission?
    private var handler: (any ConnectionHandler)?

    private var phase = Phase.open
    private var input = InputBuffer()
    /// nil when nothing waits to be sent.
    private var output: OutputBuffer?
    private var isPaused = false
    private var hasPeerClosedWriting = false
    /// The kernel took less than it was given; it reports when it has room again.
    private var isWriteBlocked = false
    private var isMarked = false
    private var isResumed = false
    private var interest = Readiness.read
    private var lastActivitySeconds: UInt32
    /// Where this connection stands in the lane's list; the list keeps it.
    var index = 0

    /// True from the moment more than `highWaterBytes` wait to be sent until `outputDrained`. A handler that works
    /// through many commands looks at this and stops consuming when it is true.
    package private(set) var isOutputFull = false

    /// Takes over a connected, non-blocking socket, on the lane's thread.
    ///
    /// - Parameter makeHandler: gives the connection its handler, before any byte is read.
    /// - Returns: nil, and the socket closed, when the kernel cannot watch one more descriptor.
    @discardableResult package static func open(
        descriptor: Int32, peer: SocketAddress = .other, on lane: Lane, limits: ConnectionLimits = ConnectionLimits(),
        makeHandler: (Connection) -> any ConnectionHandler
    ) -> Connection? {
        open(
            descriptor: descriptor, peer: peer, on: lane, limits: limits, admission: nil, makeHandler: makeHandler)
    }

    static func open(
        descriptor: Int32, peer: SocketAddress, on lane: Lane, limits: ConnectionLimits, admission: Admission?,
        makeHandler: (Connection) -> any ConnectionHandler
    ) -> Connection? {
        precondition(lane.isCurrent, "a connection is opened on its lane")
        limits.check()
        let connection = Connection(descriptor, peer, lane, limits, admission)
        do {
            try lane.loop.poller.add(descriptor, interest: .read, source: connection)
        } catch {
            SystemCalls.close(descriptor)
            admission?.leave()
            return nil
        }
        lane.loop.add(connection)
        connection.handler = makeHandler(connection)
        return connection
    }

    private init(
        _ descriptor: Int32, _ peer: SocketAddress, _ lane: Lane, _ limits: ConnectionLimits, _ admission: Admission?
    ) {
        self.descriptor = descriptor
        self.peer = peer
        self.lane = lane
        self.limits = limits
        self.admission = admission
        loop = lane.loop
        lastActivitySeconds = lane.loop.nowSeconds
    }

    // MARK: For the handler

    /// Appends to the output; what was there before `body` must stay. On a connection that is closing the bytes are
    /// dropped.
    @inline(__always)
    package func withOutput<Result, E: Error>(_ body: (inout ByteWriter) throws(E) -> Result) throws(E) -> Result {
        checkConfined()
        let output = borrowOutput()
        let countBefore = output.writer.count
        defer { outputGrew(from: countBefore) }
        return try body(&output.writer)
    }

    private func borrowOutput() -> OutputBuffer {
        if let output { return output }
        let borrowed = loop.outputs.take()
        output = borrowed
        return borrowed
    }

    private func returnOutput() {
        guard let output else { return }
        loop.outputs.giveBack(output)
        self.output = nil
    }

    private func outputGrew(from countBefore: Int) {
        guard let output else { return }
        precondition(output.writer.count >= countBefore, "output of an earlier reply was taken away")
        switch phase {
        case .open:
            if output.unsentCount >= limits.promptBytes { sendPromptly() }
            if unsentByteCount > limits.highWaterBytes { isOutputFull = true }
            mark()
        case .flushing, .lingering, .closing, .closed:
            output.writer.truncate(to: countBefore)
            if output.unsentCount == 0 { returnOutput() }
        }
    }

    private func sendPromptly() {
        do throws(SystemCallError) { try flush() } catch { fail(error) }
    }

    /// Bytes that wait to be sent.
    package var unsentByteCount: Int { output?.unsentCount ?? 0 }

    /// Bytes that were received and not consumed; they are offered again.
    package var unconsumedByteCount: Int { input.restCount }

    /// Stops the reading; `received` may leave bytes unconsumed meanwhile and has them offered again after
    /// `resumeReading`. No idle time-out runs while paused.
    package func pauseReading() {
        checkConfined()
        isPaused = true
        mark()
    }

    /// Goes on reading, and offers what was left unconsumed again in the next turn.
    package func resumeReading() {
        checkConfined()
        guard isPaused else { return }
        isPaused = false
        lastActivitySeconds = loop.nowSeconds
        offerAgain()
        mark()
    }

    /// No more input is delivered and no more output accepted; closes when all output has been sent.
    package func closeAfterFlush() {
        checkConfined()
        guard case .open = phase else { return }
        phase = .flushing
        lastActivitySeconds = loop.nowSeconds
        mark()
    }

    /// Closes at the end of this turn; output that has not been sent is dropped.
    package func close(_ reason: CloseReason = .requested) {
        checkConfined()
        switch phase {
        case .open, .flushing, .lingering:
            phase = .closing(reason)
            mark()
        case .closing, .closed:
            break
        }
    }

    @inline(__always)
    private func checkConfined() { precondition(lane.isCurrent, "a connection was used off its lane") }

    // MARK: For the lane

    /// Called by the lane.
    package func ready(_ readiness: Readiness) {
        if readiness.contains(.error) {
            fail(SystemCallError("read", SystemCalls.pendingError(descriptor)))
            return
        }
        if readiness.contains(.read) {
            receive()
        } else if readiness.contains(.hangUp) {
            close(.reset)
        }
        if readiness.contains(.write) {
            isWriteBlocked = false
            mark()
        }
    }

    /// Called by the lane.
    package func laneStopped() { close(.laneStopped) }

    /// The rest of what `received` did not consume, once more: reading goes on, or output has drained.
    func deliverAgain() {
        isResumed = false
        if case .open = phase, !isPaused, !isOutputFull, input.restCount > 0 { deliver() }
    }

    /// The end of a turn: closes, or writes the output, and tells the kernel what to watch for.
    func finishTurn() {
        isMarked = false
        do throws(SystemCallError) {
            try flush()
            switch phase {
            case .flushing where unsentByteCount == 0: beginLingering()
            case .open: checkDrained()
            case .flushing, .lingering, .closing, .closed: break
            }
            try updateInterest()
        } catch {
            fail(error)
        }
        if case .closing(let reason) = phase { tearDown(reason) }
    }

    /// Once a second: closes what has idled or lingered too long, and gives back memory that is not used.
    func sweep() {
        let quietSeconds = loop.nowSeconds &- lastActivitySeconds
        switch phase {
        case .open where limits.idleSeconds > 0 && !isPaused && quietSeconds > limits.idleSeconds: close(.idle)
        case .flushing where quietSeconds > limits.flushSeconds: close(.idle)
        case .lingering where quietSeconds > limits.lingerSeconds: close(.finished)
        case .open, .flushing, .lingering, .closing, .closed: break
        }
        if quietSeconds > 0 {
            input.shrink()
        }
    }

    // MARK: Input

    private func receive() {
        do {
            switch phase {
            case .open: try receiveForHandler()
            case .lingering:
                if try input.discard(from: descriptor, using: loop.scratch) == .bytes(0) { close(.finished) }
            case .flushing, .closing, .closed: break
            }
        } catch {
            fail(error)
        }
    }

    private func receiveForHandler() throws(SystemCallError) {
        // An event fetched before the connection was paused in this very turn.
        guard !isPaused, !isOutputFull, !hasPeerClosedWriting else { return }
        guard case .bytes(let count) = try input.read(from: descriptor, using: loop.scratch) else { return }
        lastActivitySeconds = loop.nowSeconds
        if count > 0 {
            deliver()
        } else {
            hasPeerClosedWriting = true
            mark()
            handler?.peerClosedWriting(on: self)
        }
    }

    private func deliver() {
        guard let handler else { return }
        let scratch = loop.scratch
        let consumed = handler.received(input.unread(scratch), on: self)
        input.consume(consumed, scratch)
        if input.restCount > limits.maximumInputBytes { close(.inputTooLarge) }
    }

    private func offerAgain() {
        if isResumed { return }
        isResumed = true
        loop.resume(self)
    }

    // MARK: Output

    private func flush() throws(SystemCallError) {
        guard let output, !isWriteBlocked else { return }
        switch phase {
        case .open, .flushing, .closing(.laneStopped): break
        case .lingering, .closing, .closed: return
        }
        if output.unsentCount == 0 { return returnOutput() }
        let sentCount = try output.send(to: descriptor)
        if sentCount > 0 { lastActivitySeconds = loop.nowSeconds }
        isWriteBlocked = output.unsentCount > 0
        if !isWriteBlocked { returnOutput() }
    }

    private func checkDrained() {
        guard isOutputFull, unsentByteCount <= limits.lowWaterBytes else { return }
        isOutputFull = false
        handler?.outputDrained(on: self)
        offerAgain()
    }

    private func updateInterest() throws(SystemCallError) {
        var wanted: Readiness = isWriteBlocked ? .write : []
        switch phase {
        case .open: if !isPaused && !isOutputFull && !hasPeerClosedWriting { wanted.insert(.read) }
        case .lingering: wanted = .read
        case .flushing: break
        case .closing, .closed: return
        }
        guard wanted != interest else { return }
        try loop.poller.change(descriptor, interest: wanted)
        interest = wanted
    }

    private func mark() {
        if isMarked { return }
        isMarked = true
        loop.mark(self)
    }

    // MARK: End

    /// All output is sent. Closing now would reset the connection if input had come in that nobody read, and with it
    /// replies still on their way: so the peer is told, and its bytes are discarded until it closes too.
    private func beginLingering() {
        if hasPeerClosedWriting {
            phase = .closing(.finished)
        } else {
            SystemCalls.shutdownWriting(descriptor)
            phase = .lingering
            lastActivitySeconds = loop.nowSeconds
        }
    }

    private func fail(_ error: SystemCallError) {
        let isReset = error.code == ECONNRESET || error.code == EPIPE || error.code == 0
        close(isReset ? .reset : .failed(error))
    }

    private func tearDown(_ reason: CloseReason) {
        phase = .closed
        do {
            try loop.poller.remove(descriptor)
        } catch {
            preconditionFailure("an open descriptor could not be removed: \(error)")
        }
        SystemCalls.close(descriptor)
        loop.remove(self)
        admission?.leave()
        returnOutput()
        handler?.closed(reason, on: self)
        handler = nil
    }
}
