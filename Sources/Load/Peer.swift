import Bytes

/// Who is driven: decides how a request is framed and how its reply is read.
package enum Peer: String, Sendable, CaseIterable {
    /// The line protocol of dossierd.
    case dossier
    /// Redis with the function library of Benchmarks/Peers/redis loaded: the same job in Lua.
    case redis
    /// Redis storing the bytes under the order's name, with no job at all.
    case redisSet = "redis-set"
    /// Redis giving back what `redisSet` has stored.
    case redisGet = "redis-get"
    /// Tarantool with the stored procedures of Benchmarks/Peers/tarantool: the same job in Lua.
    case tarantool
    /// PostgreSQL with the functions of Benchmarks/Peers/postgres: the same job in PL/pgSQL.
    case postgres
    /// A server that sends every line back: what the sockets alone cost.
    case echo

    /// What the peers' functions are called with; each takes one text and answers with one.
    package enum Procedure: Sendable {
        /// An order's JSON; answers `number created|matched|merged 0|1`.
        case orderPut
        /// A JSON array of orders; answers with a line for each.
        case ordersPut
        /// A customer's number; answers with the living one's as `orderPut` does.
        case customerLiving
        /// A normalised e-mail address; answers with profile, totals and the last ten orders as JSON.
        case customer360
        /// Writes a snapshot; only Tarantool knows it.
        case snapshotWrite

        fileprivate var name: StaticString {
            switch self {
            case .orderPut: "order_put"
            case .ordersPut: "orders_put"
            case .customerLiving: "customer_living"
            case .customer360: "customer_360"
            case .snapshotWrite: "snapshot_write"
            }
        }
    }

    package var isRedis: Bool { self == .redis || self == .redisSet || self == .redisGet }

    /// Whether replies to orders name a customer.
    package var namesCustomers: Bool { self == .dossier || hasProcedures }

    /// Whether it does the job in procedures of ours.
    package var hasProcedures: Bool { self == .redis || self == .tarantool || self == .postgres }

    package var framing: ReplyFraming {
        switch self {
        case .dossier, .echo: .lines
        case .redis, .redisSet, .redisGet: .resp
        case .tarantool: .iproto
        case .postgres: .postgres
        }
    }

    /// Whether a reply says that all is well, as far as its first bytes tell.
    func accepts(_ line: Span<UInt8>) -> Bool {
        guard line.count >= 2 else { return false }
        switch self {
        case .dossier: return line[0] == UInt8(ascii: "O") && line[1] == UInt8(ascii: "K")
        case .redis, .redisSet, .redisGet: return line[0] != UInt8(ascii: "-")
        case .tarantool, .postgres, .echo: return true
        }
    }

    /// Frames one order.
    /// - Parameters:
    ///   - name: the order's name; only `redisSet` and `redisGet` send it.
    ///   - json: the canonical order.
    ///   - position: of this request in the run, from 0.
    package func append(
        order json: Span<UInt8>, name: @autoclosure () -> String, position: Int, to writer: inout ByteWriter
    ) {
        switch self {
        case .dossier:
            writer.append("ORDER.PUT ")
            writer.append(json)
            writer.append(UInt8(ascii: "\n"))
        case .echo:
            writer.append(json)
            writer.append(UInt8(ascii: "\n"))
        case .redisSet:
            writer.append("*3\r\n$3\r\nSET\r\n")
            appendBulk(name(), to: &writer)
            appendBulk(json, to: &writer)
        case .redisGet:
            writer.append("*2\r\n$3\r\nGET\r\n")
            appendBulk(name(), to: &writer)
        case .redis, .tarantool, .postgres:
            append(call: .orderPut, json, position: position, to: &writer)
        }
    }

    /// Frames the question for the living number of a customer.
    package func append(livingNumberOf number: Span<UInt8>, position: Int, to writer: inout ByteWriter) {
        guard self == .dossier else {
            return append(call: .customerLiving, number, position: position, to: &writer)
        }
        writer.append("CUSTOMER.FIND number=")
        writer.append(number)
        writer.append(UInt8(ascii: "\n"))
    }

    /// Frames the question for profile, totals and last orders by a normalised e-mail address.
    package func append(dossierOf email: String, position: Int, to writer: inout ByteWriter) {
        guard self == .dossier else {
            let email = [UInt8](email.utf8)
            return append(call: .customer360, email.span, position: position, to: &writer)
        }
        writer.append("CUSTOMER.360 email=" as StaticString)
        writer.append(email)
        writer.append(" limit=10\n" as StaticString)
    }

    /// Frames a call; only for peers that `hasProcedures`.
    package func append(
        call procedure: Procedure, _ argument: Span<UInt8>, position: Int, to writer: inout ByteWriter
    ) {
        let name = procedure.name
        switch self {
        case .tarantool: TarantoolPackets.append(call: name, argument, position: position, to: &writer)
        case .postgres: PostgresMessages.append(call: name, argument, to: &writer)
        case .redis:
            writer.append("*4\r\n$5\r\nFCALL\r\n$")
            writer.appendDecimal(Int64(name.utf8CodeUnitCount))
            writer.append("\r\n")
            writer.append(name)
            writer.append("\r\n$1\r\n0\r\n")
            appendBulk(argument, to: &writer)
        case .dossier, .redisSet, .redisGet, .echo: preconditionFailure("\(rawValue) has no procedures")
        }
    }

    private func appendBulk(_ text: String, to writer: inout ByteWriter) {
        let bytes = [UInt8](text.utf8)
        appendBulk(bytes.span, to: &writer)
    }

    private func appendBulk(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        writer.append(UInt8(ascii: "$"))
        writer.appendDecimal(Int64(bytes.count))
        writer.append("\r\n")
        writer.append(bytes)
        writer.append("\r\n")
    }
}
