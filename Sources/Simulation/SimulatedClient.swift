import Bytes

/// What a client asked, and what the workload wants to remember of it.
package struct SimulatedRequest: Sendable {
    package enum Subject: Sendable {
        case write(SimulatedWrite)
        case dossier(shop: String, customer: Int)
        /// One order; the reply shows its record.
        case order
        /// Why profiles are one customer.
        case evidence
        /// Anything else; the reply must begin like this.
        case other(replyPrefix: String)
    }

    package let subject: Subject
    /// Without the line feed.
    package let line: String
    package let tag: String?

    package init(_ subject: Subject, line: String, tag: String? = nil) {
        self.subject = subject
        self.line = line
        self.tag = tag
    }
}

package struct SimulatedReply: Sendable {
    package let request: SimulatedRequest
    /// `ROW` lines, without the word.
    package let rows: [String]
    /// The `OK` or `ERR` line.
    package let line: String

    package var isOK: Bool { line.hasPrefix("OK") }

    /// The JSON behind `OK`.
    package func json() throws -> JSONValue {
        let text = Array(line.utf8.dropFirst(3))
        return text.isEmpty ? .object([]) : try JSONValue(parsing: text.span)
    }
}

/// A client that pipelines requests, writes them in pieces and reads replies when it pleases.
package final class SimulatedClient {
    package let connection: SimulatedConnection
    /// The shop that the connection is bound to once everything sent has been read.
    package var shop = "main"
    private var unsent: [UInt8] = []
    private var received: [UInt8] = []
    private var rows: [String] = []
    private var outstanding: [SimulatedRequest] = []
    private var firstOutstanding = 0
    package private(set) var hasHalfClosed = false

    package init(_ connection: SimulatedConnection) { self.connection = connection }

    package var outstandingCount: Int { outstanding.count - firstOutstanding }
    package var hasSentAll: Bool { unsent.isEmpty }
    package var isIdle: Bool { outstandingCount == 0 && unsent.isEmpty }

    package func ask(_ request: SimulatedRequest) {
        outstanding.append(request)
        unsent += Array(request.line.utf8) + [UInt8(ascii: "\n")]
    }

    /// Puts some of what waits on the wire.
    package func send(_ generator: inout SeededGenerator) {
        guard !unsent.isEmpty else { return }
        let wanted = generator.oneIn(3) ? Int.random(in: 1...min(unsent.count, 40), using: &generator) : unsent.count
        unsent.removeFirst(connection.clientWrite(unsent.prefix(wanted)))
    }

    /// Sends no more; what waits is put on the wire first.
    package func halfClose() {
        guard unsent.isEmpty else { return }
        hasHalfClosed = true
        connection.clientHalfClose()
    }

    /// Reads some of what has arrived and returns the replies that are complete.
    package func receive(_ generator: inout SeededGenerator) throws -> [SimulatedReply] {
        received += connection.clientRead(generator.oneIn(3) ? Int.random(in: 1...60, using: &generator) : .max)
        var replies: [SimulatedReply] = []
        while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: received[..<end], as: UTF8.self)
            received.removeFirst(end + 1)
            if line.hasPrefix("ROW ") {
                rows.append(String(line.dropFirst(4)))
                continue
            }
            guard line.hasPrefix("OK") || line.hasPrefix("ERR ") else { throw BrokenLaw("no reply line: \(line)") }
            guard firstOutstanding < outstanding.count else { throw BrokenLaw("a reply to no request: \(line)") }
            let request = outstanding[firstOutstanding]
            firstOutstanding += 1
            if let tag = request.tag, !line.contains(tag) {
                throw BrokenLaw("the reply to \(request.line) lacks its tag: \(line)")
            }
            replies.append(SimulatedReply(request: request, rows: rows, line: line))
            rows = []
        }
        return replies
    }
}
