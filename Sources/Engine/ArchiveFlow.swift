import Bytes
import Commerce

/// Who asks, where, and where the answer is wanted.
package struct Asker: Sendable {
    package let shop: String
    package let actor: String
    package let lane: any EngineLane

    package init(shop: String, actor: String, lane: any EngineLane) {
        self.shop = shop
        self.actor = actor
        self.lane = lane
    }
}

/// An answer, and the event that must be durable before it leaves. Runs on the asker's lane.
package typealias Answering<Answer> = @Sendable (Result<Answer, Refusal>, _ releaseSequence: UInt64) -> Void

/// What became of one recipient of `DOCUMENT.SEND`.
package struct SendOutcome: Sendable {
    package let customer: UInt32
    package let names: [String]
    /// JSON, or why nothing was queued.
    package let result: Result<[UInt8], Refusal>
}

// Commands of the archive that need more than one actor: contents, records, facts for messages.
extension Engine {
    /// Has the directory decide one command, or answer one question, of the ledger or the archive.
    func decide(_ command: PreparedCommand, for asker: Asker, _ completion: @escaping Answering<LedgerAnswer>) {
        let batch = CommandBatch(shop: asker.shop, actor: asker.actor, bytes: [], commands: [command])
        submit(batch, from: asker.lane) { outcome in
            switch outcome.outcomes[0] {
            case .ledger(let answer): completion(.success(answer), outcome.releaseSequence)
            case .refused(let refusal): completion(.failure(refusal), outcome.releaseSequence)
            default: preconditionFailure("the ledger is answered by the ledger")
            }
        }
    }

    private func ask(_ query: ArchiveQuery, for asker: Asker, _ completion: @escaping Answering<ArchiveAnswer>) {
        decide(.query(.ledger(.archive(query))), for: asker) { result, sequence in
            completion(
                result.map { answer in
                    guard case .archive(let archive) = answer else { preconditionFailure("asked of the archive") }
                    return archive
                }, sequence)
        }
    }

    private func write(_ command: ArchiveCommand, for asker: Asker, _ completion: @escaping Answering<[UInt8]>) {
        write(.archive(command), for: asker, completion)
    }

    /// Has the directory decide a command whose reply is an object.
    func write(_ command: LedgerCommand, for asker: Asker, _ completion: @escaping Answering<[UInt8]>) {
        decide(.ledger(command, actor: asker.actor), for: asker) { result, sequence in
            completion(
                result.map { answer in
                    guard case .reply(let object) = answer else { preconditionFailure("answered by a reply") }
                    return object
                }, sequence)
        }
    }

    /// Asks the keeper of files something; `completion` runs on `lane`.
    package func askFiles<Answer: Sendable>(
        from lane: any EngineLane, _ question: @escaping @Sendable (isolated FileKeeper) -> Answer,
        _ completion: @escaping @Sendable (Answer) -> Void
    ) {
        let files = files
        files.lane.post {
            let answer = files.assumeIsolated(question)
            lane.post { completion(answer) }
        }
    }

    // MARK: Attach

    /// Puts an uploaded file into a dossier.
    /// - Parameters:
    ///   - upload: the number of the upload, and the connection's own.
    package func attach(
        _ request: AttachRequest, upload: UInt32, owner: UInt64, for asker: Asker,
        _ completion: @escaping Answering<[UInt8]>
    ) {
        askFiles(from: asker.lane) { files in
            files.file(upload, owner: owner, shop: asker.shop).map { file in
                files.pin(file.hash)
                return file
            }
        } _: { found in
            switch found {
            case .failure(let refusal): completion(.failure(refusal), 0)
            case .success(let file):
                var request = request
                request.hash = file.hash
                request.bytes = file.bytes
                if request.name.isEmpty { request.name = file.name }
                if request.type.isEmpty { request.type = file.type }
                self.file(request, for: asker) { result, sequence in
                    let files = self.files
                    if case .success = result {
                        files.lane.post { files.assumeIsolated { $0.noteAttached(upload) } }
                    }
                    completion(result, sequence)
                }
            }
        }
    }

    /// Files a content that the engine has made.
    package func file(
        _ content: [UInt8], _ request: AttachRequest, for asker: Asker, _ completion: @escaping Answering<[UInt8]>
    ) {
        askFiles(from: asker.lane) {
            $0.keep(content)
        } _: { kept in
            switch kept {
            case .failure(let refusal): completion(.failure(refusal), 0)
            case .success(let hash):
                var request = request
                request.hash = hash
                request.bytes = content.count
                self.file(request, for: asker, completion)
            }
        }
    }

    /// The content is pinned; it is let go when the event was decided.
    private func file(_ request: AttachRequest, for asker: Asker, _ completion: @escaping Answering<[UInt8]>) {
        let files = files
        withLanguage(request, for: asker) { request in
            self.write(.attach(request), for: asker) { result, sequence in
                if let hash = request.hash { files.lane.post { files.assumeIsolated { $0.unpin(hash) } } }
                completion(result, sequence)
            }
        }
    }

    /// Fills in the language by the customer's and the order's rule, unless somebody said it for this document.
    private func withLanguage(
        _ request: AttachRequest, for asker: Asker, _ completion: @escaping @Sendable (AttachRequest) -> Void
    ) {
        guard request.language == nil else { return completion(request) }
        ask(.owner(request.owner), for: asker) { result, _ in
            // A wrong owner is refused with the command itself.
            guard case .success(.recipients(let owners)) = result, let owner = owners.first else {
                return completion(request)
            }
            let selector: CustomerSelector
            do throws(Refusal) { selector = try Self.selector(of: owner) } catch { return completion(request) }
            self.messageFacts(of: selector, shopNamed: asker.shop, from: asker.lane) { found in
                guard case .success(let facts) = found else { return completion(request) }
                let directory = self.directory
                directory.lane.run {
                    let language = directory.assumeIsolated {
                        $0.documentLanguage(facts, shopNamed: asker.shop)
                    }
                    asker.lane.run {
                        var request = request
                        request.language = language
                        completion(request)
                    }
                }
            }
        }
    }

    private static func selector(of recipient: Recipient) throws(Refusal) -> CustomerSelector {
        guard let order = recipient.order else { return .number(recipient.customer) }
        return .order(try OrderName([UInt8](order.utf8).span))
    }

    // MARK: Fetch

    /// A document's file with its content, checked.
    package func fetch(
        _ name: DocumentName, for asker: Asker, _ completion: @escaping Answering<(file: FileTicket, content: [UInt8])>
    ) {
        ask(.content(name), for: asker) { result, sequence in
            switch result {
            case .failure(let refusal): completion(.failure(refusal), sequence)
            case .success(.content(let file)):
                self.askFiles(from: asker.lane) {
                    $0.content(of: file.hash)
                } _: { content in
                    completion(content.map { (file, $0) }, sequence)
                }
            case .success: preconditionFailure("a content is answered by its ticket")
            }
        }
    }

    // MARK: Remove

    /// Removes a document whose clock has run out.
    package func remove(
        _ name: DocumentName, reason: String, for asker: Asker, _ completion: @escaping Answering<[UInt8]>
    ) {
        ask(.record(name), for: asker) { result, sequence in
            switch result {
            case .failure(let refusal): completion(.failure(refusal), sequence)
            case .success(.record(_, row: nil)):
                self.write(.remove(name, reason: reason, clock: nil), for: asker, completion)
            case .success(.record(let profile, let row?)):
                self.ask(shardOf: profile, from: asker.lane, { $0.documentClock(row: row) }) { clock in
                    self.write(.remove(name, reason: reason, clock: clock), for: asker, completion)
                }
            case .success: preconditionFailure("a record is answered by where it lies")
            }
        }
    }

    // MARK: Send

    /// Queues a message for each customer that the documents belong to. One that is refused does not keep the others.
    package func send(
        _ names: [DocumentName], label: String, customer: UInt32?, _ message: MessageRequest, for asker: Asker,
        _ completion: @escaping Answering<[SendOutcome]>
    ) {
        ask(.recipients(names, label: label, customer: customer), for: asker) { result, sequence in
            switch result {
            case .failure(let refusal): completion(.failure(refusal), sequence)
            case .success(.recipients(let recipients)):
                self.send(recipients[...], label: label, message, for: asker, done: [], sequence, completion)
            case .success: preconditionFailure("recipients are answered by recipients")
            }
        }
    }

    private func send(
        _ rest: ArraySlice<Recipient>, label: String, _ message: MessageRequest, for asker: Asker,
        done: [SendOutcome], _ sequence: UInt64, _ completion: @escaping Answering<[SendOutcome]>
    ) {
        guard let recipient = rest.first else { return completion(.success(done), sequence) }
        let goOn: Answering<[UInt8]> = { result, newer in
            let outcome = SendOutcome(customer: recipient.customer, names: recipient.names, result: result)
            self.send(
                rest.dropFirst(), label: label, message, for: asker, done: done + [outcome], max(sequence, newer),
                completion)
        }
        let selector: CustomerSelector
        do throws(Refusal) { selector = try Self.selector(of: recipient) } catch { return goOn(.failure(error), 0) }
        messageFacts(of: selector, shopNamed: asker.shop, from: asker.lane) { found in
            switch found {
            case .failure(let refusal): goOn(.failure(refusal), 0)
            case .success(let facts):
                var message = message
                let names = recipient.names.joined(separator: ", ")
                message.data[message.event == .documentIssued ? "document.number" : "documents.names"] = names
                if message.event == .documentsSent { message.data["documents.count"] = "\(recipient.names.count)" }
                if let identifier = message.identifier { message.identifier = "\(identifier) C\(recipient.customer)" }
                let request = SendRequest(
                    documents: recipient.documents, label: label, message: message, facts: facts)
                self.write(.send(request), for: asker, goOn)
            }
        }
    }

    // MARK: Order

    /// The acts on an order's documents, oldest first, and the documents from elsewhere that name the order.
    package func documents(of order: OrderName, for asker: Asker, _ completion: @escaping Answering<[[UInt8]]>) {
        ask(.order(order), for: asker) { result, sequence in
            switch result {
            case .failure(let refusal): completion(.failure(refusal), sequence)
            case .success(.order(let found)):
                self.ask(
                    shardOf: found.profile, from: asker.lane,
                    { $0.documentRows(of: found.profile, order, except: found.removedRows) }
                ) {
                    completion(.success($0 + found.rows), sequence)
                }
            case .success: preconditionFailure("an order is answered by its documents")
            }
        }
    }

    // MARK: Dossier

    /// The whole dossier as one JSON object.
    package func dossier(of customer: UInt32, for asker: Asker, _ completion: @escaping Answering<[UInt8]>) {
        let query = CustomerQuery.dossier(.number(customer), offset: 0, limit: 1_000)
        let batch = CommandBatch(shop: asker.shop, actor: asker.actor, bytes: [], commands: [.query(query)])
        submit(batch, from: asker.lane) { outcome in
            switch outcome.outcomes[0] {
            case .refused(let refusal): completion(.failure(refusal), outcome.releaseSequence)
            case .dossier(let dossier):
                let members = dossier.customer
                self.parts(of: [members], from: asker.lane) { parts in
                    var object = ByteWriter(capacity: 8_192)
                    DossierWriter.write(
                        number: members.number, parts: parts[0] + [dossier.ledger], messages: dossier.messages,
                        offset: dossier.offset, limit: dossier.limit, sequence: members.sequence, into: &object)
                    let bytes = object.copyBytes()
                    self.lastSequence(ofCustomersOf: members.profiles, from: asker.lane) { sequence in
                        completion(.success(bytes), max(sequence, outcome.releaseSequence))
                    }
                }
            default: preconditionFailure("a dossier is answered by a dossier")
            }
        }
    }
}
