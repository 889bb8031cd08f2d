import Bytes
import Commerce
import Engine
import Wire

// Documents, vouchers and cheques in a session: what the ledger decides alone goes into the batch, what needs the content
// of a document goes through the engine's document flow.
extension Session {
    func ledger(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        if name == .documentShow, let filed = try RequestReader.filedDocument(request) {
            return builder.query(.ledger(.archive(.show(filed))), tag: tag)
        }
        _ = try currentHasher()
        guard case .success(let engine) = host.engine else { return }
        if let query = try RequestReader.ledgerQuery(request, name) {
            return builder.query(.ledger(query), tag: tag)
        }
        let actor = try RequestReader.actor(request)
        guard let document = try documentRequest(name, request) else {
            let random = engine.configuration.random
            let command = try RequestReader.ledgerCommand(request, name) {
                VoucherCode(random: (random(), random()))
            }
            return builder.ledger(command, actor: actor, tag: tag)
        }
        let (shop, lane) = (shop, host.lane)
        wait(tag) { completion in
            engine.perform(document, shop: shop, actor: actor, from: lane) { result, releaseSequence in
                var output = ByteWriter(capacity: 1_024)
                switch result {
                case .success(let reply): output.document(reply, tag: tag)
                case .failure(let refusal): output.error(refusal, tag: tag)
                }
                completion(output.copyBytes(), releaseSequence)
            }
        }
    }

    private func documentRequest(_ name: CommandName, _ request: RequestLine) throws(Refusal) -> DocumentRequest? {
        switch name {
        case .documentCreate:
            return .create(order: try RequestReader.order(request), overrides: try RequestReader.overrides(request))
        case .documentEdit:
            return .edit(
                try RequestReader.document(request, name), overrides: try RequestReader.overrides(request))
        case .documentPost: return .post(try RequestReader.document(request, name))
        case .documentShow: return .show(try RequestReader.document(request, name))
        case .documentUBL: return .ubl(try RequestReader.document(request, name))
        case .documentCredit:
            let (document, credit, allowsMore) = try RequestReader.credit(request)
            return .credit(document, credit, allowsMore: allowsMore)
        default: return nil
        }
    }
}

extension ReplyRenderer {
    func renderLedger(_ outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .ledger(.reply(let object)): output.ok(object.span, tag: tag)
        case .ledger(.listing(let listing)):
            for row in listing.rows { output.row(row) }
            output.ok(listing.end.span, tag: tag)
        case .refused(let refusal): output.error(refusal, tag: tag)
        default: preconditionFailure("the ledger is answered by the ledger")
        }
    }
}

extension ByteWriter {
    /// Bytes of an e-invoice in one row: a reader that takes lines of 64 KiB takes it, escaped as it is.
    private static let partBytes = 24_000

    fileprivate mutating func document(_ reply: DocumentReply, tag: [UInt8]?) {
        guard let ubl = reply.ubl else { return ok(reply.object.span, tag: tag) }
        var object = ByteWriter(capacity: reply.object.count + min(ubl.count, Self.partBytes) + 64)
        object.append(reply.object)
        object.truncate(to: object.count - 1)
        if ubl.count <= Self.partBytes {
            object.key("ubl")
            object.string(ubl.span)
        } else {
            let count = parts(of: ubl)
            object.key("rows")
            object.number(count)
        }
        object.key("bytes")
        object.number(ubl.count)
        object.closeObject()
        ok(object.span, tag: tag)
    }

    /// A ROW for each part; none cuts a character in two.
    private mutating func parts(of ubl: [UInt8]) -> Int {
        var start = 0
        var count = 0
        while start < ubl.count {
            var end = min(start + Self.partBytes, ubl.count)
            while end < ubl.count, ubl[end] & 0xC0 == 0x80 { end -= 1 }
            beginRow()
            key("ubl")
            string(ubl.span.extracting(start..<end))
            endReply()
            start = end
            count += 1
        }
        return count
    }
}
