import Bytes
import Commerce
import Engine
import Wire

extension Session {
    func search(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let wanted = try RequestReader.search(request, try currentHasher())
        guard case .success(let engine) = host.engine else { return }
        let task = SearchTask(engine: engine, shop: shop, lane: host.lane, tag: tag)
        ask(engine, tag: tag) { task.run(wanted, $0) }
    }

    func bulk(_ request: RequestLine, tag: [UInt8]?) throws(Refusal) {
        let (action, selection, isPreview) = try RequestReader.bulk(request, try currentHasher())
        let actor = try RequestReader.actor(request)
        guard case .success(let engine) = host.engine else { return }
        let task = SearchTask(engine: engine, shop: shop, lane: host.lane, tag: tag)
        ask(engine, tag: tag) { completion in
            if isPreview { return task.preview(selection, completion) }
            engine.numbers(of: selection, shopNamed: task.shop, from: task.lane) { result in
                switch result {
                case .success(let numbers):
                    BulkRun(task, action, actor: actor, numbers, completion).next()
                case .failure(let refusal): completion(task.refused(refusal))
                }
            }
        }
    }
}

/// Answers a search: the directory's page, then what the shards show of its customers. Everything runs on `lane`.
struct SearchTask: Sendable {
    let engine: Engine
    let shop: String
    let lane: any EngineLane
    let tag: [UInt8]?

    func run(_ request: SearchRequest, _ completion: @escaping @Sendable ([UInt8]) -> Void) {
        let answer: @Sendable (Result<SearchPage, Refusal>) -> Void = { result in
            switch result {
            case .success(let page): self.show(page, isFull: request.isFull, completion)
            case .failure(let refusal): completion(self.refused(refusal))
            }
        }
        guard let text = request.cursor else {
            return engine.search(
                request.selection, sort: request.sort, offset: request.offset, limit: request.limit, shopNamed: shop,
                from: lane, answer)
        }
        guard let cursor = SearchCursor(text) else {
            return answer(.failure(.invalid("cursor", "is none that this server gave; take it from next")))
        }
        engine.page(of: cursor, limit: request.limit, shopNamed: shop, from: lane, answer)
    }

    /// How many a bulk command would concern, and the first of them.
    func preview(_ selection: Selection, _ completion: @escaping @Sendable ([UInt8]) -> Void) {
        engine.search(selection, sort: .number, offset: 0, limit: 10, shopNamed: shop, from: lane) { result in
            switch result {
            case .success(let page):
                self.rows(of: page, isFull: false) { rows in
                    var output = rows.writer
                    output.beginOK(tag: self.tag)
                    output.key("selected")
                    output.number(page.total)
                    output.key("preview")
                    output.bool(true)
                    output.endReply()
                    completion(output.copyBytes())
                }
            case .failure(let refusal): completion(self.refused(refusal))
            }
        }
    }

    func refused(_ refusal: Refusal) -> [UInt8] {
        var output = ByteWriter()
        output.error(refusal, tag: tag)
        return output.copyBytes()
    }

    private func show(_ page: SearchPage, isFull: Bool, _ completion: @escaping @Sendable ([UInt8]) -> Void) {
        rows(of: page, isFull: isFull) { rows in
            var output = rows.writer
            output.beginOK(tag: tag)
            output.range(total: page.total, offset: page.offset, count: page.customers.count)
            if let next = page.next {
                output.key("next")
                output.string(next.text)
            }
            output.endReply()
            completion(output.copyBytes())
        }
    }

    private func rows(
        of page: SearchPage, isFull: Bool, _ completion: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let living = page.customers.filter { $0.former == $0.members.number }.map(\.members)
        let show: @Sendable ([[DossierPart]]) -> Void = { parts in
            var output = ByteWriter(capacity: 512 * page.customers.count + 128)
            var next = 0
            for customer in page.customers {
                guard customer.former == customer.members.number else {
                    output.mergedRow(customer.former, into: customer.members.number)
                    continue
                }
                output.append("ROW ")
                DossierWriter.customer(customer.former, parts[next], withProfiles: isFull, into: &output)
                output.append(UInt8(ascii: "\n"))
                next += 1
            }
            completion(output.copyBytes())
        }
        if isFull {
            engine.parts(of: living, from: lane, show)
        } else {
            engine.listParts(of: living, from: lane, show)
        }
    }
}

extension [UInt8] {
    /// A writer that begins with these bytes.
    fileprivate var writer: ByteWriter {
        var writer = ByteWriter(capacity: count + 256)
        writer.append(self)
        return writer
    }
}

extension ByteWriter {
    /// A customer of a list that became a part of another since.
    fileprivate mutating func mergedRow(_ number: UInt32, into other: UInt32) {
        beginRow()
        key("number")
        customerNumber(number)
        key("mergedInto")
        customerNumber(other)
        endReply()
    }
}
