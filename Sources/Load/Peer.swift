import Bytes

/// Who is driven: decides how a request is framed and how its reply is read.
package enum Peer: String, Sendable, CaseIterable {
    /// The line protocol of dossierd.
    case dossier
    /// Redis with the function library of Benchmarks/Peers/redis loaded: the same job in Lua.
    case redis
    /// Redis storing the bytes under the order's name, with no job at all.
    case redisSet = "redis-set"

    package var isRedis: Bool { self != .dossier }

    /// Frames one order.
    /// - Parameters:
    ///   - name: the order's name; only `redisSet` sends it.
    ///   - json: the canonical order.
    package func append(order json: Span<UInt8>, name: @autoclosure () -> String, to writer: inout ByteWriter) {
        switch self {
        case .dossier:
            writer.append("ORDER.PUT ")
            writer.append(json)
            writer.append(UInt8(ascii: "\n"))
        case .redis:
            writer.append("*4\r\n$5\r\nFCALL\r\n$9\r\norder_put\r\n$1\r\n0\r\n")
            appendBulk(json, to: &writer)
        case .redisSet:
            writer.append("*3\r\n$3\r\nSET\r\n")
            var name = name()
            name.withUTF8 { appendBulk(Span(_unsafeElements: $0), to: &writer) }
            appendBulk(json, to: &writer)
        }
    }

    /// Frames the question for the living number of a customer.
    package func append(livingNumberOf number: Span<UInt8>, to writer: inout ByteWriter) {
        switch self {
        case .dossier:
            writer.append("CUSTOMER.FIND number=")
            writer.append(number)
            writer.append(UInt8(ascii: "\n"))
        case .redis, .redisSet:
            writer.append("*4\r\n$5\r\nFCALL\r\n$15\r\ncustomer_living\r\n$1\r\n0\r\n")
            appendBulk(number, to: &writer)
        }
    }

    private func appendBulk(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "$"))
        writer.appendDecimal(Int64(bytes.count))
        writer.append("\r\n")
        writer.append(bytes)
        writer.append("\r\n")
    }
}
