/// The side of a connection that understands the bytes.
///
/// All methods are called on the connection's lane, and never from within a call the handler itself makes on the
/// connection: `close` in the midst of `received` has its `closed` later, at the end of the turn.
package protocol ConnectionHandler: AnyObject {
    /// Offers everything received and not consumed yet, at least one byte.
    ///
    /// - Returns: how many bytes, from the first on, are dealt with. The rest is offered again when more has come, or
    ///   after `resumeReading`, or when the output has drained. A handler that stops early because
    ///   `connection.isOutputFull` is thus called again without doing anything about it.
    func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int

    /// The output has fallen to the low-water mark after it had passed the high one.
    func outputDrained(on connection: Connection)

    /// The peer sends no more but may still read. The handler calls `closeAfterFlush` when its last reply is written;
    /// until then the connection stays.
    func peerClosedWriting(on connection: Connection)

    /// The last call: the descriptor is closed and the connection lets go of the handler.
    func closed(_ reason: CloseReason, on connection: Connection)
}

extension ConnectionHandler {
    package func outputDrained(on connection: Connection) {}
    package func peerClosedWriting(on connection: Connection) { connection.closeAfterFlush() }
}

/// Why a connection ended.
package enum CloseReason: Equatable, Sendable {
    /// `closeAfterFlush`: all output was taken by the kernel.
    case finished
    /// `close`, by our own side.
    case requested
    /// The peer broke the connection off.
    case reset
    case failed(SystemCallError)
    /// Nothing moved for `idleSeconds`; or, after `closeAfterFlush`, for `ConnectionLimits.flushSeconds`.
    case idle
    /// The handler left more than `maximumInputBytes` unconsumed.
    case inputTooLarge
    case laneStopped
}

/// What one connection may use.
package struct ConnectionLimits: Sendable {
    /// Most bytes kept that the handler has not consumed; one read (256 KiB) may exceed it before the connection ends.
    package var maximumInputBytes = 64 << 20
    /// So much output leaves before the turn ends: it is still near the processor, the peer begins to read, and what is written
    /// next finds the same memory free.
    package var promptBytes = 64 << 10
    /// Unsent output above this stops the reading of more input.
    package var highWaterBytes = 1 << 20
    /// Unsent output at or below this starts it again.
    package var lowWaterBytes = 256 << 10
    /// Time without a byte read or written after which the connection is closed, unless our own side has paused it;
    /// 0 for no such limit. May last two seconds longer.
    package var idleSeconds: UInt32 = 0
    /// How long `closeAfterFlush` waits for a peer that takes no byte.
    package var flushSeconds: UInt32 = 10
    /// How long a connection whose output is all sent still discards input, so that closing it does not reset the
    /// connection under replies the peer has not read yet.
    package var lingerSeconds: UInt32 = 2

    package init() {}

    func check() {
        precondition(maximumInputBytes > 0 && 0 <= lowWaterBytes && lowWaterBytes <= highWaterBytes)
    }
}
