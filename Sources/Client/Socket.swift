import Glibc

/// A non-blocking TCP connection and the waits upon it; the only file of the module that makes system calls.
///
/// Closed when it goes out of scope.
struct Socket: ~Copyable {
    struct Readiness: OptionSet {
        let rawValue: Int16
        static let readable = Readiness(rawValue: Int16(POLLIN))
        static let writable = Readiness(rawValue: Int16(POLLOUT))
    }

    private let descriptor: Int32

    private init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    // MARK: Connecting

    /// Tries each address of the host in turn and tells the failure of the last one.
    static func connect(host: String, port: UInt16, timeout: Duration) throws(ClientError) -> Socket {
        var failure = ClientError.unknownHost(host, reason: "it has no address")
        for address in try addresses(of: host, port: port) {
            do throws(ClientError) {
                return try connect(to: address, host: host, port: port, timeout: timeout)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// A socket address as the resolver gave it.
    private struct Address {
        let family: Int32
        let bytes: [UInt8]
    }

    private static func addresses(of host: String, port: UInt16) throws(ClientError) -> [Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &first)
        guard status == 0 else { throw .unknownHost(host, reason: String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(first) }
        var addresses: [Address] = []
        var next = first
        while let entry = next?.pointee {
            if let pointer = entry.ai_addr {
                let raw = UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
                addresses.append(Address(family: entry.ai_family, bytes: Array(raw)))
            }
            next = entry.ai_next
        }
        return addresses
    }

    private static func connect(
        to address: Address, host: String, port: UInt16, timeout: Duration
    ) throws(ClientError) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw failure(of: "socket") }
        let connection = Socket(adopting: descriptor)
        let status = address.bytes.withUnsafeBytes { raw in
            Glibc.connect(descriptor, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(raw.count))
        }
        if status != 0 {
            guard errno == EINPROGRESS else { throw refusal(errno, host: host, port: port, timeout: timeout) }
            guard try !connection.wait(for: .writable, timeout: timeout, shouldStop: { false }).isEmpty else {
                throw .connectTimedOut(host: host, port: port, seconds: timeout.seconds)
            }
            let code = connection.pendingError
            guard code == 0 else { throw refusal(code, host: host, port: port, timeout: timeout) }
        }
        connection.sendAtOnce()
        return connection
    }

    private static func refusal(_ code: Int32, host: String, port: UInt16, timeout: Duration) -> ClientError {
        switch code {
        case ECONNREFUSED: .noServer(host: host, port: port)
        case ETIMEDOUT: .connectTimedOut(host: host, port: port, seconds: timeout.seconds)
        default: .system(call: "connect", code: code, reason: String(cString: strerror(code)))
        }
    }

    private static func failure(of call: String) -> ClientError {
        .system(call: call, code: errno, reason: String(cString: strerror(errno)))
    }

    private var pendingError: Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno
    }

    /// A command is small and its sender waits for the answer: it must not wait for company in the kernel.
    private func sendAtOnce() {
        var value: Int32 = 1
        _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: Bytes

    /// Hands over as many bytes as the kernel has room for now and returns their count, 0 when there is no room.
    func write(_ bytes: ArraySlice<UInt8>) throws(ClientError) -> Int {
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        switch errno {
        case EAGAIN, EINTR: return 0
        case EPIPE, ECONNRESET: throw .closed
        default: throw Socket.failure(of: "send")
        }
    }

    /// Fills the buffer's beginning with what is there now: the count, nil when nothing is there yet. Throws `closed`
    /// at the end.
    func read(into buffer: inout [UInt8]) throws(ClientError) -> Int? {
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { return count }
        if count == 0 { throw .closed }
        switch errno {
        case EAGAIN, EINTR: return nil
        case ECONNRESET, EPIPE: throw .closed
        default: throw Socket.failure(of: "recv")
        }
    }

    /// Blocks until the socket is ready; empty when the time ran out. A hang-up counts as ready for all that is wanted.
    ///
    /// `shouldStop` is asked whenever a signal interrupts the wait.
    func wait(for wanted: Readiness, timeout: Duration?, shouldStop: () -> Bool) throws(ClientError) -> Readiness {
        let deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
        while true {
            var entry = pollfd(fd: descriptor, events: wanted.rawValue, revents: 0)
            let count = poll(&entry, 1, deadline.map { ContinuousClock.now.duration(to: $0).pollTimeout } ?? -1)
            if count > 0 {
                let isBroken = entry.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
                return isBroken ? wanted : Readiness(rawValue: entry.revents)
            }
            if count == 0 { return [] }
            guard errno == EINTR else { throw Socket.failure(of: "poll") }
            if shouldStop() { throw .interrupted }
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up so that a wait never ends early; never negative, which means "for ever" to `poll`.
    fileprivate var pollTimeout: Int32 {
        Int32(clamping: max(0, Int64((seconds * 1000).rounded(.up))))
    }

    /// For messages.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
