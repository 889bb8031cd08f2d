import Bytes
import Commerce

// Arguments of the commands about what has happened.
extension RequestReader {
    /// `from`, `to` and the like: a sequence number from 1 to 2^63 - 1; nil where it is not given.
    package static func sequence(_ request: RequestLine, _ name: String) throws(Refusal) -> UInt64? {
        guard let text = request.argument(named: name) else { return nil }
        guard let sequence = sequence(text) else { throw .invalid(name, "a sequence number, from 1 on") }
        return sequence
    }

    private static func sequence(_ text: [UInt8]) -> UInt64? {
        guard (1...19).contains(text.count), text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = UInt64(String(decoding: text, as: UTF8.self)), value >= 1, value <= UInt64(Int64.max)
        else { return nil }
        return value
    }

    /// `limit` of the feed: at least 1.
    package static func rowLimit(_ request: RequestLine, unlessGiven standard: Int) throws(Refusal) -> Int {
        let limit = try natural(request, "limit") ?? standard
        guard limit > 0 else { throw .invalid("limit", "at least 1") }
        return limit
    }

    /// `wait` of the feed, in seconds.
    package static func waitSeconds(_ request: RequestLine) throws(Refusal) -> Int {
        let seconds = try natural(request, "wait") ?? 0
        guard seconds <= 60 else { throw .invalid("wait", "60 seconds at most; ask again after that") }
        return seconds
    }

    /// The one customer that a question names.
    package static func customer(_ request: RequestLine, _ hasher: KeyHasher) throws(Refusal) -> CustomerSelector {
        guard case .dossier(let selector, _, _) = try query(request, .customer360, hasher) else {
            preconditionFailure("a question about a dossier")
        }
        return selector
    }

    /// `at`: a moment of the past; nil where the question is about now.
    package static func pastPoint(_ request: RequestLine) throws(Refusal) -> PastPoint? {
        guard let text = request.argument(named: "at") else { return nil }
        if let sequence = sequence(text) { return .sequence(sequence) }
        guard let time = Timestamp(rfc3339: text.span) else {
            throw .invalid("at", "a time such as 2026-03-01T10:22:31Z, or a sequence number")
        }
        return .time(time)
    }
}
