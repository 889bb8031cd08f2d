import Foundation

/// A bare TCP connection to 127.0.0.1, for clients that misbehave. Blocking, with time limits.
final class RawConnection {
    private let descriptor: Int32
    /// What has come behind the lines that were asked for.
    private var rest: [UInt8] = []

    init(_ port: UInt16, seconds: Int = 60, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw TestFailure("connect: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Sends everything; false when the other side has closed. Throws when it takes no more in time.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) throws -> Bool {
        let all = [UInt8](bytes)
        var done = 0
        while done < all.count {
            let count = all.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), all.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EPIPE || errno == ECONNRESET { return false }
            guard count > 0 else { throw TestFailure("send: \(String(cString: strerror(errno)))") }
            done += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) throws -> Bool { try send(text.utf8) }

    /// Sends as much as fits until the other side takes no more for `milliseconds`; returns how many bytes went.
    func sendUntilStuck(_ bytes: [UInt8], limit: Int, milliseconds: Int32) throws -> Int {
        var total = 0
        while total < limit {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, milliseconds) > 0 else { return total }
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { throw TestFailure("send: \(String(cString: strerror(errno)))") }
            total += count
        }
        return total
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything up to the end of the connection.
    func readToEnd() throws -> [UInt8] {
        while let more = try readSome() { rest += more }
        defer { rest = [] }
        return rest
    }

    /// So many lines; fewer when the connection ends before.
    func readLines(_ count: Int) throws -> [Substring] {
        var lines: [Substring] = []
        var start = 0
        while lines.count < count {
            if let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                lines.append(Substring(String(decoding: rest[start..<end], as: UTF8.self)))
                start = end + 1
            } else {
                guard let more = try readSome() else { break }
                rest += more
            }
        }
        rest.removeFirst(start)
        return lines
    }

    /// nil at the end, and when the other side has reset the connection.
    private func readSome() throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
        guard count > 0 else { throw TestFailure("recv: \(String(cString: strerror(errno)))") }
        return Array(buffer[..<count])
    }
}
