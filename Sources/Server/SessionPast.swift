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

extension Session {
    /// Asks the engine as it was.
    func past(_ query: CustomerQuery, at point: PastPoint, tag: [UInt8]?) {
        guard case .success(let engine) = host.engine else { return }
        let lane = host.lane
        let batch = CommandBatch(shop: shop, actor: "anonymous", bytes: [], commands: [.query(query)])
        let built = BuiltBatch(
            batch: batch, items: [.query(tag: tag)], hasher: engine.hasher(shop: shop), hasQuestions: true)
        wait(tag) { completion in
            engine.openPast(point, from: lane) { result in
                switch result {
                case .success(let moment):
                    moment.ask(built, from: lane) { reply in
                        engine.closePast()
                        completion(reply, 0)
                    }
                case .failure(let refusal):
                    var output = ByteWriter()
                    output.error(refusal, tag: tag)
                    completion(output.copyBytes(), 0)
                }
            }
        }
    }
}

extension PastMoment {
    /// The reply as it would have been then, with the moment as its last member.
    fileprivate func ask(
        _ built: BuiltBatch, from lane: any EngineLane, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        engine.submit(built.batch, from: lane) { outcome in
            ReplyRenderer(built, outcome, engine: engine, lane: lane) { renderer, _ in
                completion(mark(renderer.output.copyBytes()))
            }.run()
        }
    }

    private func mark(_ reply: [UInt8]) -> [UInt8] {
        let last = reply.dropLast().lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard reply[last] == UInt8(ascii: "O") else { return reply }
        var output = ByteWriter(capacity: reply.count + 64)
        output.append(reply.span.extracting(0..<(reply.count - 2)))
        output.key("at")
        output.openObject()
        output.key("seq")
        output.number(sequence)
        output.key("time")
        output.timestamp(time)
        output.closeObject()
        output.endReply()
        return output.copyBytes()
    }
}
