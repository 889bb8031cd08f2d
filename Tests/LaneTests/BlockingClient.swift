import Glibc
import Lane

/// A plain client socket that waits: the other side of the connections under test.
final class BlockingClient: @unchecked Sendable {
    struct Failure: Error, Equatable { let code: Int32 }

    private(set) var descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        setTimeouts(milliseconds: 30_000)
    }

    convenience init(to address: SocketAddress, socket: Int32? = nil) throws {
        guard case .v4(let number, let port) = address else { throw Failure(code: EAFNOSUPPORT) }
        let descriptor = socket ?? Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(code: errno) }
        self.init(descriptor: descriptor)
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_addr.s_addr = number
        raw.sin_port = port.bigEndian
        let result = withUnsafePointer(to: raw) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(code: errno) }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Closes with a reset instead of an orderly end.
    func abort() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    func setTimeouts(milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard try sendUntilStalled(bytes) == bytes.count else { throw Failure(code: EAGAIN) }
    }

    /// How many bytes went out before the socket took no more within its time-out.
    func sendUntilStalled(_ bytes: [UInt8]) throws -> Int {
        try bytes.withUnsafeBytes { memory in
            var sent = 0
            while sent < memory.count {
                let rest = memory[sent...]
                let count = Glibc.send(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0 {
                    if errno == EAGAIN { return sent }
                    throw Failure(code: errno)
                }
                sent += count
            }
            return sent
        }
    }

    /// One `recv`; empty at the end of the stream.
    func receiveOnce(maximum: Int = 1 << 20) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: maximum) { memory, count in
            let result = recv(descriptor, memory.baseAddress, maximum, 0)
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else { throw Failure(code: failure) }
        return bytes
    }

    /// Exactly `count` bytes, or fewer at the end of the stream.
    func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let more = try receiveOnce(maximum: min(1 << 20, count - bytes.count))
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    func receiveText(_ count: Int) throws -> String { String(decoding: try receive(count), as: UTF8.self) }

    func receiveTextToEnd() throws -> String { String(decoding: try receive(1 << 30), as: UTF8.self) }
}

/// Two connected ends: the first non-blocking, for a lane, the second for the test.
func socketPair(type: Int32 = Int32(SOCK_STREAM.rawValue)) -> (lane: Int32, client: BlockingClient) {
    var ends: [Int32] = [0, 0]
    let result = socketpair(AF_UNIX, type, 0, &ends)
    precondition(result == 0)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ends[0], BlockingClient(descriptor: ends[1]))
}
