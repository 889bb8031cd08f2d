import Bytes

// Rules that write to people: what is said, which documents go along, and what becomes of a message that something forbids.
extension DirectoryState {
    /// Decides an action that writes to the customer. What a gate, a wish, a missing sender or template or the documents
    /// themselves forbid is written down as a message that was withheld, so that whoever looks for it finds the reason.
    func message(
        _ place: Int, of rule: Rule, _ facts: ChangeFacts, _ outbox: borrowing OutboxState, _ members: [UInt32],
        _ context: OutboxContext
    ) -> RuleDecision {
        let action = rule.definition.actions[place]
        var documents: [DocumentReference] = []
        var request = Self.request(action, place, rule, facts)
        do throws(Refusal) {
            if case .send(let which, let event) = action {
                let subjects = subjects(of: which, facts)
                // Nobody is kept from anything: there is nothing to send.
                guard !subjects.isEmpty else {
                    return rule.decision(action, false, "label: the customer has no document under it", nil)
                }
                documents = subjects.map(\.reference)
                let names = subjects.map { sendingName($0) }.joined(separator: ", ")
                request.data = [event == .documentIssued ? "document.number" : "documents.names": names]
                if event == .documentsSent { request.data["documents.count"] = "\(subjects.count)" }
                try checkSendable(documents)
            }
            switch try outbox.decideMessage(request, facts.message, members: members, context) {
            case .duplicate(let known):
                return rule.decision(action, false, "told before: \(MessageNumber.text(known))", nil)
            case .queue(let event):
                let number = MessageNumber.text(UInt32(outbox.messageCount))
                guard case .send(let which, _) = action else {
                    return rule.decision(action, true, number, .outbox(event))
                }
                let label = if case .label(let label) = which { label } else { "" }
                return rule.decision(action, true, number, .documentsSent(event, documents, label: label))
            }
        } catch {
            let event = outbox.withheld(request, facts.message, reason: error.text, context)
            return rule.decision(action, false, error.text, .outbox(event))
        }
    }

    private func subjects(of which: SentDocuments, _ facts: ChangeFacts) -> [ArchiveSubject] {
        switch which {
        case .document:
            guard let document = facts.document else { preconditionFailure("a change that brings a document has one") }
            return [subject(document.reference)]
        case .label(let label):
            let root = root(of: facts.change.profile)
            return (archive.labelled[facts.change.shop]?[label] ?? []).map { subject($0) }.filter {
                self.root(of: $0.profile) == root
            }
        }
    }

    /// What the message is to say: named by rule and change, so that it is the same message however often it is decided.
    private static func request(
        _ action: RuleAction, _ place: Int, _ rule: Rule, _ facts: ChangeFacts
    ) -> MessageRequest {
        guard let event = action.message else { preconditionFailure("no message") }
        let known = Set(Placeholder.all(of: event).filter(\.isData).map(\.name))
        var request = MessageRequest(event: event, data: facts.detail.values.filter { known.contains($0.key) })
        request.identifier = "rule:\(rule.name) \(facts.change.name)\(place == 0 ? "" : "/\(place)")"
        if case .message(_, let days) = action { request.days = days }
        if facts.change.kind == .orderDelivered { request.deliveredAt = facts.change.happenedAt }
        return request
    }
}
