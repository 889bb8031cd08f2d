import Bytes
import Commerce
import Engine
import Wire

// What a session does with commands about templates, wishes and messages.
extension Session {
    func message(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        switch name {
        case .templateEvents:
            let event = try request.plainArguments.first.map { word throws(Refusal) in
                try RequestReader.event(String(decoding: word, as: UTF8.self))
            }
            builder.local { $0.events(event, tag: tag) }
        case .messageGates: builder.local { $0.gates(tag: tag) }
        case .messageQueue, .templatePreview: try compose(name, request, tag: tag)
        default:
            _ = try currentHasher()
            let command = try RequestReader.messageCommand(request, name)
            builder.message(command, actor: try RequestReader.actor(request), tag: tag)
        }
    }

    /// A message is made from what the shards know, so these are asked before the outbox decides.
    private func compose(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        _ = try currentHasher()
        let (wanted, subject) = try RequestReader.messageRequest(request, name)
        let actor = try RequestReader.actor(request)
        guard let subject else { return builder.message(.preview(wanted, nil), actor: actor, tag: tag) }
        guard case .success(let engine) = host.engine else { return }
        let shop = shop
        let lane = host.lane
        wait(tag) { completion in
            MessageTask.compose(
                engine, shop: shop, subject, actor: actor, tag: tag, from: lane,
                { name == .messageQueue ? .queue(wanted, $0) : .preview(wanted, $0) }, completion)
        }
    }
}

/// Gathers the facts for a message, then lets the outbox decide. `completion` runs on `lane` with the reply and the event
/// that must be durable before it may leave.
enum MessageTask {
    static func compose(
        _ engine: Engine, shop: String, _ subject: CustomerSelector, actor: String, tag: [UInt8]?,
        from lane: any EngineLane, _ command: @escaping @Sendable (MessageFacts) -> MessageCommand,
        _ completion: @escaping @Sendable ([UInt8], _ releaseSequence: UInt64) -> Void
    ) {
        engine.messageFacts(of: subject, shopNamed: shop, from: lane) { result in
            switch result {
            case .success(let facts):
                let batch = CommandBatch(
                    shop: shop, actor: actor, bytes: [], commands: [.message(command(facts), actor: actor)])
                engine.submit(batch, from: lane) { outcome in
                    var output = ByteWriter(capacity: 1_024)
                    output.reply(toMessage: outcome.outcomes[0], tag: tag)
                    completion(output.copyBytes(), outcome.releaseSequence)
                }
            case .failure(let refusal):
                var output = ByteWriter()
                output.error(refusal, tag: tag)
                completion(output.copyBytes(), 0)
            }
        }
    }
}
