import Bytes
import Glibc

/// One connection's state: what is unsent, what is unanswered, what is received but not read.
final class Connection {
    /// Consecutive requests that were sent together.
    struct Group {
        /// Position of the first unanswered one among all requests of the run.
        var first: Int
        var count: Int
        /// When it was first given to a socket, in monotonic nanoseconds.
        let sentAt: UInt64
    }

    enum Progress { case done, blocked, closed }

    let token: Int
    private(set) var descriptor: Int32 = -1
    var received = ByteWriter(capacity: 1 << 16)
    /// Replies to what the connection itself said first; they belong to no request.
    var greetings = 0
    var wantsWrite = false
    private(set) var inFlight = 0
    private var groups: [Group] = []
    /// Positions whose replies came before that of the oldest request.
    private var early: Set<Int> = []
    private var firstGroup = 0
    private var unsent: Range<Int> = 0..<0
    private var unsentChunk: RequestChunk?

    init(token: Int) { self.token = token }

    deinit { disconnect() }

    var isOpen: Bool { descriptor >= 0 }
    var hasUnsent: Bool { !unsent.isEmpty }
    /// The oldest unanswered group.
    var oldest: Group? { firstGroup < groups.count ? groups[firstGroup] : nil }

    /// Starts with what the connection says first; false when that cannot be sent.
    func open(_ descriptor: Int32, opening: [UInt8], greetings: Int) -> Bool {
        self.descriptor = descriptor
        received.removeAll()
        self.greetings = greetings
        guard !opening.isEmpty else { return true }
        return opening.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count }
    }

    func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unsent = 0..<0
        unsentChunk = nil
        greetings = 0
        wantsWrite = false
    }

    /// The groups that will get no answer any more; the connection forgets them.
    func takeGroups() -> [Group] {
        defer {
            groups.removeAll()
            early.removeAll()
            firstGroup = 0
            inFlight = 0
        }
        return Array(groups[firstGroup...])
    }

    /// Starts to send a group; `flush` must have returned `done` before.
    func enqueue(_ group: Group, of chunk: RequestChunk) {
        let start = group.first % RequestChunk.size
        groups.append(group)
        inFlight += group.count
        unsent = chunk.byteRange(start..<(start + group.count))
        unsentChunk = chunk
    }

    /// Writes what is unsent, straight out of the chunk.
    func flush() -> Progress {
        guard let chunk = unsentChunk else { return .done }
        while !unsent.isEmpty {
            let written = chunk.bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: unsent.lowerBound), unsent.count, Int32(MSG_NOSIGNAL))
            }
            if written < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .blocked : .closed
            }
            unsent = (unsent.lowerBound + written)..<unsent.upperBound
        }
        unsentChunk = nil
        return .done
    }

    /// Reads once what has come.
    func receive() -> Progress {
        var result = 0
        received.appendUninitialized(1 << 17) { buffer in
            result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            return max(0, result)
        }
        if result > 0 { return .done }
        return result < 0 && (errno == EAGAIN || errno == EINTR) ? .blocked : .closed
    }

    /// Marks a request as answered. One that overtook others counts as under way until they are answered too, for
    /// groups end in order.
    func answer(position: Int) {
        guard position == oldest?.first else {
            early.insert(position)
            return
        }
        answerOldest()
        while let next = oldest?.first, early.remove(next) != nil { answerOldest() }
    }

    /// Takes the oldest request from the front of its group.
    private func answerOldest() {
        inFlight -= 1
        groups[firstGroup].first += 1
        groups[firstGroup].count -= 1
        guard groups[firstGroup].count == 0 else { return }
        firstGroup += 1
        if firstGroup == groups.count {
            groups.removeAll(keepingCapacity: true)
            firstGroup = 0
        } else if firstGroup >= 1024 {
            groups.removeFirst(firstGroup)
            firstGroup = 0
        }
    }
}
