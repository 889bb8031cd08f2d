import Bytes
import Commerce
import Engine
import Wire

// What a session does with commands about what has happened.
extension Session {
    func feed(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let hasher = try currentHasher()
        var question = FeedQuestion()
        question.from = try RequestReader.sequence(request, "from")
        if name == .feed {
            guard question.from != nil else { throw .invalid("from", "is required: FEED from=1") }
            question.to = try RequestReader.sequence(request, "to") ?? .max
            question.rows = try RequestReader.rowLimit(request, unlessGiven: .max)
            question.waitSeconds = try RequestReader.waitSeconds(request)
        } else {
            question.customer = try RequestReader.customer(request, hasher)
            question.rows = try RequestReader.rowLimit(request, unlessGiven: 100)
        }
        guard case .success(let engine) = host.engine else { return }
        send(FeedStream(question, engine: engine, session: self, tag: tag))
    }
}
