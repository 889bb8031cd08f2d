import Bytes
import Commerce
import Engine
import Wire

// Files, and what is said of documents, in a session. What the directory decides alone goes into the batch; what needs the
// disk or other actors takes its time.
extension Session {
    func archive(_ name: CommandName, _ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        _ = try currentHasher()
        guard case .success(let engine) = host.engine else { return }
        let asker = Asker(shop: shop, actor: try RequestReader.actor(request), lane: host.lane)
        switch name {
        case .fileBegin, .filePart, .fileEnd: try upload(name, request, engine, tag: tag)
        case .documentAttach:
            let wanted = try RequestReader.attachment(request)
            let number = try RequestReader.upload(request, "file")
            let owner = ownerOfFiles(engine)
            answer(tag) { engine.attach(wanted, upload: number, owner: owner, for: asker, $0) }
        case .documentRemove:
            let document = try RequestReader.documentName(request, name)
            let reason = try RequestReader.text(request, "reason", bytes: 1_000) ?? ""
            answer(tag) { engine.remove(document, reason: reason, for: asker, $0) }
        case .documentFetch: try fetch(request, engine, asker, tag: tag)
        case .documentSend: try send(request, engine, asker, tag: tag)
        case .reportCustomer: try report(request, engine, asker, tag: tag)
        case .orderDocuments:
            let order = try RequestReader.orderName(request)
            render(tag, { engine.documents(of: order, for: asker, $0) }) { rows, output in
                for row in rows { output.row(row) }
                output.beginOK(tag: tag)
                output.key("acts")
                output.number(rows.count)
                output.endReply()
            }
        case .shopRetention where RequestReader.asksForRetention(request):
            builder.query(.ledger(.archive(.retention)), tag: tag)
        default:
            builder.ledger(.archive(try RequestReader.archiveCommand(request, name)), actor: asker.actor, tag: tag)
        }
    }

    /// Runs something that takes its time and writes what it answers, or why not.
    func render<Answer: Sendable>(
        _ tag: [UInt8]?, _ start: @escaping (@escaping Answering<Answer>) -> Void,
        _ write: @escaping @Sendable (Answer, inout ByteWriter) -> Void
    ) {
        wait(tag) { completion in
            start { result, releaseSequence in
                var output = ByteWriter(capacity: 1_024)
                switch result {
                case .success(let answer): write(answer, &output)
                case .failure(let refusal): output.error(refusal, tag: tag)
                }
                completion(output.copyBytes(), releaseSequence)
            }
        }
    }

    /// The same for an answer that is the reply's object.
    func answer(_ tag: [UInt8]?, _ start: @escaping (@escaping Answering<[UInt8]>) -> Void) {
        render(tag, start) { object, output in output.ok(object.span, tag: tag) }
    }

    // MARK: Uploads

    private func ownerOfFiles(_ engine: Engine) -> UInt64 {
        let owner = fileOwner ?? engine.makeFileOwner()
        fileOwner = owner
        return owner
    }

    /// The connection is gone, and what it has uploaded and not attached with it.
    func abandonUploads() {
        guard let owner = fileOwner, case .success(let engine) = host.engine else { return }
        let files = engine.files
        files.lane.post { files.assumeIsolated { $0.abandon(owner: owner) } }
    }

    private func upload(_ name: CommandName, _ request: RequestLine, _ engine: Engine, tag: [UInt8]?) throws(Refusal) {
        let owner = ownerOfFiles(engine)
        let (shop, lane) = (shop, host.lane)
        if name == .fileBegin {
            let (file, type, bytes) = try RequestReader.fileBegin(request)
            return render(
                tag,
                { (done: @escaping Answering<UInt32>) in
                    engine.askFiles(from: lane) {
                        $0.begin(owner: owner, shop: shop, name: file, type: type, bytes: bytes)
                    } _: {
                        done($0, 0)
                    }
                }
            ) { number, output in
                output.beginOK(tag: tag)
                output.key("id")
                output.string("U\(number)")
                output.endReply()
            }
        }
        let number = try RequestReader.upload(request, "id")
        if name == .filePart {
            let part = try RequestReader.part(request)
            return render(
                tag,
                { (done: @escaping Answering<Int>) in
                    engine.askFiles(from: lane) {
                        $0.add(part, to: number, owner: owner)
                    } _: {
                        done($0, 0)
                    }
                }
            ) { bytes, output in
                output.beginOK(tag: tag)
                output.key("id")
                output.string("U\(number)")
                output.key("bytes")
                output.number(bytes)
                output.endReply()
            }
        }
        let hash = try RequestReader.contentHash(request)
        render(
            tag,
            { (done: @escaping Answering<UploadedFile>) in
                engine.askFiles(from: lane) {
                    $0.end(number, owner: owner, hash: hash)
                } _: {
                    done($0, 0)
                }
            }
        ) { file, output in
            output.beginOK(tag: tag)
            output.key("file")
            output.string("U\(number)")
            output.key("name")
            output.string(file.name)
            output.key("type")
            output.string(file.type)
            output.key("bytes")
            output.number(file.bytes)
            output.key("sha256")
            output.string(file.hash.description)
            output.endReply()
        }
    }

    // MARK: Fetching

    /// Bytes of content in one row: a reader that takes lines of 64 KiB takes it.
    private static let partBytes = 45_000

    private func fetch(
        _ request: RequestLine, _ engine: Engine, _ asker: Asker, tag: [UInt8]?
    ) throws(Refusal) {
        let document = try RequestReader.documentName(request, .documentFetch)
        let offset = try RequestReader.natural(request, "offset") ?? 0
        let most = try RequestReader.natural(request, "bytes") ?? .max
        render(tag, { engine.fetch(document, for: asker, $0) }) { found, output in
            let (file, content) = found
            let start = min(offset, content.count)
            let end = start + min(most, content.count - start)
            for part in stride(from: start, to: end, by: Self.partBytes) {
                output.append("ROW {\"data\":\"")
                Base64.encode(content.span.extracting(part..<min(part + Self.partBytes, end)), into: &output)
                output.append("\"}\n")
            }
            output.beginOK(tag: tag)
            for (key, value) in [
                ("document", file.document), ("name", file.name), ("type", file.type),
                ("sha256", file.hash.description),
            ] {
                output.key(key)
                output.string(value)
            }
            output.key("bytes")
            output.number(content.count)
            output.key("from")
            output.number(start)
            output.key("to")
            output.number(end)
            output.endReply()
        }
    }

    // MARK: Sending

    private func send(
        _ request: RequestLine, _ engine: Engine, _ asker: Asker, tag: [UInt8]?
    ) throws(Refusal) {
        let wanted = try RequestReader.sending(request)
        render(
            tag,
            {
                engine.send(
                    wanted.names, label: wanted.label, customer: wanted.customer, wanted.message, for: asker, $0)
            }
        ) { outcomes, output in
            // What was asked for one customer is simply refused.
            if outcomes.count == 1, case .failure(let refusal) = outcomes[0].result {
                return output.error(refusal, tag: tag)
            }
            var sent = 0
            for outcome in outcomes {
                switch outcome.result {
                case .success(let object):
                    output.row(object)
                    sent += 1
                case .failure(let refusal):
                    output.beginRow()
                    output.key("customer")
                    output.customerNumber(outcome.customer)
                    output.key("error")
                    output.string(refusal.code.text)
                    output.key("text")
                    output.string(refusal.text)
                    output.endReply()
                }
            }
            output.beginOK(tag: tag)
            output.key("messages")
            output.number(sent)
            output.key("refused")
            output.number(outcomes.count - sent)
            output.endReply()
        }
    }

    // MARK: Reports

    private func report(
        _ request: RequestLine, _ engine: Engine, _ asker: Asker, tag: [UInt8]?
    ) throws(Refusal) {
        let (customer, isFiled) = try RequestReader.reported(request)
        render(
            tag,
            { (done: @escaping Answering<(text: String, filed: JSONValue?)>) in
                engine.report(on: customer, isFiled: isFiled, for: asker, done)
            }
        ) { report, output in
            var lines = 0
            for line in report.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                output.beginRow()
                output.key("text")
                output.string(String(line))
                output.endReply()
                lines += 1
            }
            output.beginOK(tag: tag)
            output.key("customer")
            output.customerNumber(customer)
            output.key("lines")
            output.number(lines)
            if let filed = report.filed {
                output.key("document")
                output.string(filed["document"]?.string ?? "")
                output.key("sha256")
                output.string(filed["sha256"]?.string ?? "")
            }
            output.endReply()
        }
    }
}

extension ByteWriter {
    /// A ROW whose object is there already.
    mutating func row(_ object: [UInt8]) {
        append("ROW ")
        append(object)
        append(UInt8(ascii: "\n"))
    }
}
