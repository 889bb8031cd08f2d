import Bytes

/// Memory that the connections of a lane read into in turn, so that an idle connection owns no read buffer.
final class ReadScratch {
    /// Most bytes taken by one read: a busy connection gets a large batch, and the others their turn after it.
    static let readBytes = 256 << 10
    /// Room for what a connection had left over before the new bytes.
    static let restBytes = 64 << 10

    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: restBytes + readBytes, alignment: 64)

    deinit { memory.deallocate() }
}

/// Input not consumed yet.
///
/// `read`, then `unread`, then `consume`, without anything between. While there is little left over, the bytes lie in
/// the lane's scratch memory from `read` to `consume`, and only what is left over is copied out of it. A long line
/// that is still growing stays in memory of its own, where its bytes are not copied for every read.
struct InputBuffer: ~Copyable {
    private var rest = ByteWriter(capacity: 0)
    /// Between `read` and `consume`: how many bytes lie in the scratch memory, the copied rest first.
    private var scratchCount = 0

    var restCount: Int { rest.count }

    /// One read from the socket.
    mutating func read(from descriptor: Int32, using scratch: ReadScratch) throws(SystemCallError) -> Transfer {
        guard rest.count <= ReadScratch.restBytes else { return try readIntoRest(descriptor) }
        let held = rest.count
        rest.span.withUnsafeBytes { scratch.memory.copyMemory(from: $0) }
        let free = UnsafeMutableRawBufferPointer(rebasing: scratch.memory[held..<held + ReadScratch.readBytes])
        let transfer = try SystemCalls.read(descriptor, into: free)
        if case .bytes(let count) = transfer, count > 0 { scratchCount = held + count }
        return transfer
    }

    private mutating func readIntoRest(_ descriptor: Int32) throws(SystemCallError) -> Transfer {
        var transfer = Transfer.wouldBlock
        try rest.appendUninitialized(ReadScratch.readBytes) { memory throws(SystemCallError) in
            transfer = try SystemCalls.read(descriptor, into: memory)
            guard case .bytes(let count) = transfer else { return 0 }
            return count
        }
        return transfer
    }

    /// Reads and forgets.
    mutating func discard(from descriptor: Int32, using scratch: ReadScratch) throws(SystemCallError) -> Transfer {
        rest.removeAll()
        return try SystemCalls.read(descriptor, into: scratch.memory)
    }

    /// Everything that is to be offered to the handler.
    @_lifetime(borrow self)
    borrowing func unread(_ scratch: ReadScratch) -> Span<UInt8> {
        guard scratchCount > 0 else { return rest.span }
        let bytes = UnsafeRawBufferPointer(rebasing: scratch.memory[..<scratchCount]).assumingMemoryBound(
            to: UInt8.self)
        return _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    /// Drops the first `count` bytes of `unread` and keeps the rest.
    mutating func consume(_ count: Int, _ scratch: ReadScratch) {
        guard scratchCount > 0 else { return rest.removeFirst(count) }
        precondition(count >= 0 && count <= scratchCount, "a handler consumed bytes it was not given")
        rest.removeAll()
        if count < scratchCount {
            let bytes = UnsafeRawBufferPointer(rebasing: scratch.memory[count..<scratchCount])
            rest.append(Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self)))
        }
        scratchCount = 0
    }

    /// Gives back the memory if nothing waits in it.
    mutating func shrink() { rest.shrink(to: 16) }
}

/// Output not taken by the kernel yet.
///
/// Most output lives from its command to the end of the turn, so the buffers belong to the lane (see `OutputPool`): a
/// connection borrows one for its first byte and gives it back when all has been sent.
final class OutputBuffer {
    /// Sent bytes in front are dropped when they are at least this many and half of all, so that a large backlog is
    /// not moved for every partial write.
    private static let compactBytes = 64 << 10

    var writer = ByteWriter(capacity: 4096)
    private var sentCount = 0

    var unsentCount: Int { writer.count - sentCount }

    /// One write. Returns how many bytes the kernel took; fewer than all means that it has no room for more now.
    func send(to descriptor: Int32) throws(SystemCallError) -> Int {
        let transfer = try Self.send(writer, from: sentCount, to: descriptor)
        guard case .bytes(let count) = transfer else { return 0 }
        sentCount += count
        if sentCount == writer.count || (sentCount >= Self.compactBytes && sentCount >= writer.count / 2) {
            writer.removeFirst(sentCount)
            sentCount = 0
        }
        return count
    }

    private static func send(
        _ writer: borrowing ByteWriter, from start: Int, to descriptor: Int32
    ) throws(SystemCallError) -> Transfer {
        try writer.span.withUnsafeBytes { memory throws(SystemCallError) in
            try SystemCalls.send(descriptor, UnsafeRawBufferPointer(rebasing: memory[start...]))
        }
    }

    /// Empties the buffer and gives back memory beyond `limitBytes`.
    func reset(keeping limitBytes: Int) {
        writer.removeAll()
        writer.shrink(to: limitBytes)
        sentCount = 0
    }
}

/// The output buffers of a lane that no connection needs just now.
struct OutputPool {
    private static let maximumCount = 16
    private static let maximumBytes = 1 << 20

    private var spare: [OutputBuffer] = []

    mutating func take() -> OutputBuffer { spare.popLast() ?? OutputBuffer() }

    mutating func giveBack(_ buffer: OutputBuffer) {
        guard spare.count < Self.maximumCount else { return }
        buffer.reset(keeping: Self.maximumBytes)
        spare.append(buffer)
    }
}
