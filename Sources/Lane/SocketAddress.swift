import Glibc

/// An IPv4 or IPv6 address with a port.
package enum SocketAddress: Equatable, Sendable, CustomStringConvertible {
    /// `address` in network byte order, as `in_addr` holds it.
    case v4(address: UInt32, port: UInt16)
    /// The 16 bytes of the address as two halves in network byte order, as they lie in memory.
    case v6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// A peer of another family, for instance the end of a socket pair.
    case other

    /// - Parameter literal: a numeric address such as `127.0.0.1` or `::1`; names are not looked up.
    /// - Returns: nil when `literal` is not a numeric address.
    package init?(literal: String, port: UInt16) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, literal, &v4) == 1 {
            self = .v4(address: v4.s_addr, port: port)
        } else if inet_pton(AF_INET6, literal, &v6) == 1 {
            self = Self.make(v6, scope: 0, port: port)
        } else {
            return nil
        }
    }

    init(_ storage: sockaddr_storage) {
        self = withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = bytes.loadUnaligned(as: sockaddr_in.self)
                return .v4(address: address.sin_addr.s_addr, port: UInt16(bigEndian: address.sin_port))
            case AF_INET6:
                let address = bytes.loadUnaligned(as: sockaddr_in6.self)
                return Self.make(
                    address.sin6_addr, scope: address.sin6_scope_id, port: UInt16(bigEndian: address.sin6_port))
            default:
                return .other
            }
        }
    }

    private static func make(_ address: in6_addr, scope: UInt32, port: UInt16) -> Self {
        withUnsafeBytes(of: address) { bytes in
            .v6(
                high: bytes.loadUnaligned(as: UInt64.self),
                low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self), scope: scope, port: port)
        }
    }

    /// 0 stands for any free port when binding.
    package var port: UInt16 {
        switch self {
        case .v4(_, let port), .v6(_, _, _, let port): port
        case .other: 0
        }
    }

    /// `127.0.0.1:7360` or `[::1]:7360`.
    package var description: String {
        switch self {
        case .v4(var address, let port): "\(Self.text(AF_INET, &address)):\(port)"
        case .v6(let high, let low, _, let port):
            withUnsafeBytes(of: (high, low)) { "[\(Self.text(AF_INET6, $0.baseAddress!))]:\(port)" }
        case .other: "local"
        }
    }

    private static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let text = inet_ntop(family, address, buffer.baseAddress, socklen_t(buffer.count)) else { return "?" }
            return String(cString: text)
        }
    }

    var family: Int32 {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .other: preconditionFailure("only IPv4 and IPv6 addresses can be bound")
        }
    }

    func withSocketAddress<Result, E: Error>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(E) -> Result
    ) throws(E) -> Result {
        switch self {
        case .v4(let address, let port):
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_addr.s_addr = address
            raw.sin_port = port.bigEndian
            return try Self.pass(raw, body)
        case .v6(let high, let low, let scope, let port):
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = port.bigEndian
            raw.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
                bytes.storeBytes(of: high, as: UInt64.self)
                bytes.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
            }
            return try Self.pass(raw, body)
        case .other:
            preconditionFailure("only IPv4 and IPv6 addresses can be bound")
        }
    }

    private static func pass<Raw, Result, E: Error>(
        _ raw: Raw, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(E) -> Result
    ) throws(E) -> Result {
        try withUnsafePointer(to: raw) { pointer throws(E) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound throws(E) in
                try body(rebound, socklen_t(MemoryLayout<Raw>.size))
            }
        }
    }
}
