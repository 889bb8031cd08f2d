import Bytes
import Lane

/// Sends whole lines back, and tells the test what happens.
final class EchoHandler: ConnectionHandler {
    enum Event: Equatable, Sendable {
        case opened
        case peerClosedWriting(unconsumed: Int)
        case drained
        case closed(CloseReason)
    }

    let events: Mailbox<Event>
    private let mostUnsent: Mailbox<Int>?
    private var mostUnsentCount = 0

    /// - Parameter mostUnsent: gets the largest backlog of output at the end.
    init(events: Mailbox<Event>, mostUnsent: Mailbox<Int>? = nil) {
        self.events = events
        self.mostUnsent = mostUnsent
        events.put(.opened)
    }

    func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int {
        var end = bytes.count
        while end > 0, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        connection.withOutput { $0.append(bytes.extracting(first: end)) }
        mostUnsentCount = max(mostUnsentCount, connection.unsentByteCount)
        return end
    }

    func outputDrained(on connection: Connection) { events.put(.drained) }

    func peerClosedWriting(on connection: Connection) {
        events.put(.peerClosedWriting(unconsumed: connection.unconsumedByteCount))
        connection.closeAfterFlush()
    }

    func closed(_ reason: CloseReason, on connection: Connection) {
        mostUnsent?.put(mostUnsentCount)
        events.put(.closed(reason))
    }
}

/// A handler made of closures, for tests of one behaviour.
final class ClosureHandler: ConnectionHandler {
    private let onReceived: (borrowing Span<UInt8>, Connection) -> Int
    private let onClosed: (CloseReason) -> Void

    init(
        closed: @escaping (CloseReason) -> Void = { _ in },
        received: @escaping (borrowing Span<UInt8>, Connection) -> Int
    ) {
        onReceived = received
        onClosed = closed
    }

    func received(_ bytes: Span<UInt8>, on connection: Connection) -> Int { onReceived(bytes, connection) }

    func closed(_ reason: CloseReason, on connection: Connection) { onClosed(reason) }
}
