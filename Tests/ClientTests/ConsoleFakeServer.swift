import Foundation
import Glibc
import Testing

/// A server on a loopback port that does to each connection what a test says, one connection after another, on a thread
/// of its own. It ends with the value.
final class FakeServer: Sendable {
    /// The server's side of one connection.
    final class Peer {
        private let descriptor: Int32
        private var pending: [UInt8] = []

        fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { Glibc.close(descriptor) }

        /// The next line without its end, nil when the client hung up.
        func readLine() -> String? {
            while true {
                if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { pending.removeFirst(end + 1) }
                    return String(decoding: pending[..<end], as: UTF8.self)
                }
                var buffer = [UInt8](repeating: 0, count: 65536)
                let count = read(descriptor, &buffer, buffer.count)
                guard count > 0 else { return nil }
                pending += buffer[..<count]
            }
        }

        func write(_ text: String) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                bytes = bytes.dropFirst(count)
            }
        }
    }

    let port: UInt16
    private let descriptor: Int32

    init(_ serve: @escaping @Sendable (Peer) -> Void) throws {
        (descriptor, port) = try FakeServer.listen()
        let descriptor = descriptor
        Thread.detachNewThread {
            while case let connection = accept(descriptor, nil, nil), connection >= 0 { serve(Peer(connection)) }
            Glibc.close(descriptor)
        }
    }

    /// Answers each line by itself; nil hangs up.
    convenience init(answering answer: @escaping @Sendable (String) -> String?) throws {
        try self.init { peer in
            while let line = peer.readLine(), let reply = answer(line) { peer.write(reply) }
        }
    }

    /// Shutting the listener down wakes its thread, which then closes it.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// A port that nobody listens on.
    static func freePort() throws -> UInt16 {
        let (descriptor, port) = try listen()
        Glibc.close(descriptor)
        return port
    }

    private static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && Glibc.listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        try #require(isListening, "no port for a fake server")
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
