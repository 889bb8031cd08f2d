import Foundation

/// Gathers what a child process writes, on a thread of its own, so that the child never waits for a reader.
final class OutputCollector: @unchecked Sendable {
    /// The child's end; closed by `startReading`.
    let writeDescriptor: Int32
    private let readDescriptor: Int32
    private let changed = NSCondition()
    private var bytes: [UInt8] = []
    private var hasEnded = false

    init() throws {
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, because no other child that is born meanwhile may inherit an end.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TestFailure("socketpair: \(String(cString: strerror(errno)))")
        }
        readDescriptor = ends[0]
        writeDescriptor = ends[1]
    }

    /// To be called once, when the child has its end.
    func startReading() {
        close(writeDescriptor)
        Thread.detachNewThread { self.readAll() }
    }

    private func readAll() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(readDescriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            changed.lock()
            if count > 0 { bytes += buffer[..<count] } else { hasEnded = true }
            changed.broadcast()
            changed.unlock()
            guard count > 0 else { break }
        }
        close(readDescriptor)
    }

    var text: String { changed.withLock { String(decoding: bytes, as: UTF8.self) } }

    /// Waits until `found` finds what it looks for in the text so far; nil when the output ends or the time is up first.
    func wait<Value>(within seconds: Double, for found: (String) -> Value?) -> Value? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return changed.withLock {
            while true {
                if let value = found(String(decoding: bytes, as: UTF8.self)) { return value }
                guard !hasEnded, changed.wait(until: deadline) else { return nil }
            }
        }
    }

    /// Waits for the end of the output, which is the end of everybody who could write to it.
    func waitForEnd(within seconds: Double) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return changed.withLock {
            while !hasEnded {
                guard changed.wait(until: deadline) else { return false }
            }
            return true
        }
    }
}

/// What a test cannot go on without, in a sentence.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
