import Bytes
import Commerce

// The outbox beside the directory: its commands are decided here, since only the directory knows who is who, and its events
// stand in the same total order.
extension Directory {
    /// Decides a command about templates, wishes or messages. A repeat changes nothing and says so.
    func perform(
        _ command: MessageCommand, shop: UInt16, actor: String, at now: Timestamp
    ) throws(Refusal) -> MessageOutcome {
        let context = OutboxContext(shop: shop, actor: actor, now: now.milliseconds)
        switch command {
        case .storeTemplate(let key, let subject, let body):
            let event = try outbox.decideTemplate(key, subject: subject, body: body, context)
            return try template(key, version: nil, isDuplicate: record([event], context), shop)
        case .removeTemplate(let key):
            let event = try outbox.decideRemoval(of: key, context)
            return try template(key, version: nil, isDuplicate: record([event], context), shop)
        case .showTemplate(let key, let version):
            return try template(key, version: version, isDuplicate: nil, shop)
        case .listTemplates(let offset, let limit):
            let (page, total) = outbox.templates(of: shop, offset: offset, limit: limit)
            return .templates(page, total: total, offset: offset)
        case .configureSender(let address, let name, let language):
            guard !command.isQuestion else { return .sender(outbox.sender(of: shop), isDuplicate: nil) }
            let event = try outbox.decideSender(address: address, name: name, language: language, context)
            let isDuplicate = record([event], context)
            return .sender(outbox.sender(of: shop), isDuplicate: isDuplicate)
        case .expressWishes(let selector, let wishes):
            let profile = try profile(selector, shop)
            let events = outbox.decideWishes(wishes, profile: profile, members: state.members(of: profile), context)
            return self.wishes(of: profile, isDuplicate: wishes.isEmpty ? nil : record(events, context))
        case .chooseLanguage(let selector, let change):
            let profile = try profile(selector, shop)
            guard let change else { return wishes(of: profile, isDuplicate: nil) }
            let event = outbox.decideLanguage(change, profile: profile, members: state.members(of: profile), context)
            return wishes(of: profile, isDuplicate: record([event], context))
        case .consent(let selector, let consent):
            let profile = try profile(selector, shop)
            let events = outbox.decideConsent(consent, profile: profile, members: state.members(of: profile))
            return self.wishes(of: profile, isDuplicate: record(events, context))
        default: return try performMessage(command, context)
        }
    }

    private func performMessage(
        _ command: MessageCommand, _ context: OutboxContext
    ) throws(Refusal) -> MessageOutcome {
        switch command {
        case .queue(let request, let facts):
            return try queue(request, facts, context)
        case .preview(let request, let facts): return try preview(request, facts, context)
        case .take(let limit, let lease, let worker):
            let events = outbox.decideTake(
                limit: limit, leaseMilliseconds: lease, worker: worker, context,
                membersOf: { state.members(of: $0) })
            _ = record(events, context)
            guard case .messagesLeased(let taken, _, _)? = events.last else { return .taken([]) }
            return .taken(taken.map(view))
        case .report(let report):
            let event = try outbox.decideReport(report, context)
            let isDuplicate = record([event], context)
            return .reported(view(report.message), isDuplicate: isDuplicate)
        case .list(let wanted, let offset, let limit):
            let (page, total) = outbox.list(of: context.shop, state: wanted, offset: offset, limit: limit)
            return .messages(page.map(view), total: total, offset: offset)
        case .show(let message):
            _ = try outbox.profile(of: message, shop: context.shop)
            return .message(view(message), steps: outbox.steps(of: message))
        default: preconditionFailure("\(command) is decided elsewhere")
        }
    }

    func queue(
        _ request: MessageRequest, _ facts: MessageFacts, _ context: OutboxContext
    ) throws(Refusal) -> MessageOutcome {
        let members = state.members(of: facts.profile)
        switch try outbox.decideMessage(request, facts, members: members, context) {
        case .duplicate(let known): return .queued(view(known), isDuplicate: true)
        case .queue(let event):
            _ = record([event], context)
            return .queued(view(UInt32(outbox.messageCount - 1)), isDuplicate: false)
        }
    }

    private func preview(
        _ request: MessageRequest, _ facts: MessageFacts?, _ context: OutboxContext
    ) throws(Refusal) -> MessageOutcome {
        guard let facts else { return .preview(try outbox.samplePreview(request, context)) }
        let wishes = outbox.wishes(of: state.members(of: facts.profile))
        let plan = try outbox.plan(request, facts, wishes: wishes, context)
        let customer = state.customerNumber(of: facts.profile)
        return .preview(plan.view(profile: facts.profile, customer: customer, now: context.now))
    }

    // MARK: Answers

    private func view(_ message: UInt32) -> MessageView {
        outbox.view(message, customer: state.customerNumber(of: outbox.profile(of: message)))
    }

    private func wishes(of profile: UInt32, isDuplicate: Bool?) -> MessageOutcome {
        .wishes(
            outbox.wishes(of: state.members(of: profile)), customer: state.customerNumber(of: profile),
            isDuplicate: isDuplicate)
    }

    private func template(
        _ key: TemplateKey, version: Int?, isDuplicate: Bool?, _ shop: UInt16
    ) throws(Refusal) -> MessageOutcome {
        let template = try outbox.template(key, shop: shop)
        let wanted = version ?? template.versions.last?.number
        guard let found = template.versions.first(where: { $0.number == wanted }) else {
            throw Refusal(.notFound, "version: there are versions 1 to \(template.versions.count)")
        }
        return .template(
            key, found, versions: template.versions.count, isLive: template.isLive, isDuplicate: isDuplicate)
    }

    // MARK: Events

    /// Writes events and applies them as a restart would. Answers whether there was nothing to write.
    func record(_ decided: [OutboxEvent?], _ context: OutboxContext) -> Bool {
        let decided = decided.compactMap { $0 }
        for event in decided {
            events.outbox(event, shop: context.shop, now: Timestamp(milliseconds: context.now))
            do throws(EventError) {
                let head = try Event(events.last)
                let profiles = outbox.evolve(
                    try OutboxEvent(head, events.last), shop: head.shop, at: head.recordedAt,
                    sequence: state.sequence + 1)
                state.noteCorrespondence(with: profiles)
            } catch {
                preconditionFailure("an event just written does not read: \(error)")
            }
        }
        return decided.isEmpty
    }
}

extension Engine {
    /// Gathers what is known of an order or a customer for a message. `completion` runs on `lane`.
    package func messageFacts(
        of selector: CustomerSelector, shopNamed shop: String, from lane: any EngineLane,
        _ completion: @escaping @Sendable (Result<MessageFacts, Refusal>) -> Void
    ) {
        let directory = directory
        directory.lane.run {
            switch directory.assumeIsolated({ $0.messageSubject(selector, shopNamed: shop) }) {
            case .success(let subject): self.facts(of: subject, from: lane) { completion(.success($0)) }
            case .failure(let refusal): lane.run { completion(.failure(refusal)) }
            }
        }
    }

    private func facts(
        of subject: MessageSubject, from lane: any EngineLane, _ completion: @escaping @Sendable (MessageFacts) -> Void
    ) {
        let finish: @Sendable (MessageOrder?) -> Void = { order in
            self.parts(of: [subject.customer], from: lane) { parts in
                completion(
                    MessageFacts(
                        profile: subject.profile, orderNumber: subject.order, customerNumber: subject.customer.number,
                        parts: parts[0], order: order))
            }
        }
        guard subject.order > 0 else { return finish(nil) }
        ask(shardOf: subject.profile, from: lane, { $0.messageOrder(row: subject.row) }, finish)
    }
}

/// What a message is about, as the directory knows it.
struct MessageSubject: Sendable {
    let customer: CustomerMembers
    let profile: UInt32
    /// Number of the order plus one; zero without one.
    let order: UInt32
    let row: UInt32
}

extension Directory {
    func messageSubject(_ selector: CustomerSelector, shopNamed name: String) -> Result<MessageSubject, Refusal> {
        do throws(Refusal) { return .success(try subject(selector, shopNamed: name)) } catch { return .failure(error) }
    }

    private func subject(_ selector: CustomerSelector, shopNamed name: String) throws(Refusal) -> MessageSubject {
        guard let shop = state.shop(named: name) else { throw Self.empty(name) }
        if case .order(let order) = selector {
            guard let number = state.order(named: order, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop")
            }
            let entry = state.orders[number]
            return MessageSubject(
                customer: members(entry.profile), profile: entry.profile, order: UInt32(number + 1), row: entry.row)
        }
        let profile = try profile(selector, shop)
        return MessageSubject(customer: members(profile), profile: profile, order: 0, row: 0)
    }
}

extension DirectoryState {
    /// What `OutboxState.dossierMembers` says of somebody to whom nobody has written.
    private static let noMessages = Array(#""messages":[]"#.utf8)

    /// What a dossier tells of messages and wishes, and of the service: JSON members.
    func messages(
        to customer: CustomerMembers, shop: UInt16, _ outbox: borrowing OutboxState, at now: Timestamp
    ) -> [UInt8] {
        // A group is a label.
        let hasAny =
            customer.labels != nil || outbox.hasCorrespondence(withAnyOf: customer.profiles)
            || hasService(ofAnyOf: customer.profiles)
        guard hasAny else { return Self.noMessages }
        var output = ByteWriter(capacity: 512)
        output.append(outbox.dossierMembers(profiles: customer.profiles, customer: customer.number))
        serviceMembers(of: customer.profiles, shop: shop, at: now, into: &output)
        return output.copyBytes()
    }
}
