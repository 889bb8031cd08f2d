import Bytes
import Commerce
import Engine
import Wire

/// What the directory knows of a dossier.
struct DossierOutcome: Sendable {
    let customer: CustomerMembers
    let related: [RelatedCustomer]
    let messages: [UInt8]
    let ledger: DossierPart
    let offset: Int
    let limit: Int

    /// Whether shards tell all but what is written in the middle, so that an answer may be kept.
    fileprivate var isOfShards: Bool { ledger.isEmpty && customer.labels == nil }

    fileprivate var question: AnswerCache.Question {
        AnswerCache.Question(customer: customer.number, offset: offset, limit: limit)
    }

    fileprivate var version: AnswerCache.CustomerVersion { (customer.sequence, customer.profiles) }
}

// The reply of CUSTOMER.360.
extension ReplyRenderer {
    func renderDossier(_ outcome: DossierOutcome, tag: [UInt8]?) {
        let parts = gathered?.popFirst()
        if outcome.isOfShards, let answer = answers?.find(outcome.question, of: outcome.version) {
            output.beginOK(tag: tag)
            output.rawJSON(answer.beginning.span)
            writeMiddle(of: outcome)
            output.rawJSON(answer.end.span)
            return output.endReply()
        }
        if let parts { return render(outcome, with: parts, tag: tag) }
        wait { done in
            engine.parts(of: [outcome.customer], mostOrders: outcome.offset + outcome.limit, from: lane, done)
        } _: { (parts: [[DossierPart]]) in
            self.render(outcome, with: parts[0], tag: tag)
        }
    }

    /// Where shards live on other lanes they are asked about all dossiers of the batch in one hop.
    func gatherDossiers(of outcomes: [CommandOutcome]) {
        guard !engine.shards.allSatisfy({ $0.lane.isCurrent }) else { return }
        var customers: [CustomerMembers] = []
        var mostOrders = 0
        for case .dossier(let customer, _, _, _, let offset, let limit) in outcomes {
            customers.append(customer)
            mostOrders = max(mostOrders, offset + limit)
        }
        guard customers.count > 1 else { return }
        wait { done in
            engine.parts(of: customers, mostOrders: mostOrders, from: lane, done)
        } _: { (parts: [[DossierPart]]) in
            self.gathered = parts[...]
        }
    }

    private func render(_ outcome: DossierOutcome, with parts: [DossierPart], tag: [UInt8]?) {
        render(outcome, outcome.ledger.isEmpty ? parts : parts + [outcome.ledger], tag: tag)
    }

    private func render(_ outcome: DossierOutcome, _ parts: [DossierPart], tag: [UInt8]?) {
        output.reserve(parts.reduce(4_096) { $0 + $1.bytes.count })
        output.beginOK(tag: tag)
        let documents = DossierWriter.livingDocuments(parts)
        // Kept without the comma that stands behind a tag.
        let start = output.count + (tag == nil ? 0 : 1)
        DossierWriter.writeBeginning(
            number: outcome.customer.number, parts, documents, offset: outcome.offset, limit: outcome.limit,
            into: &output)
        let middle = output.count
        writeMiddle(of: outcome)
        let end = output.count
        DossierWriter.writeEnd(
            parts, documents, offset: outcome.offset, limit: outcome.limit, sequence: outcome.customer.sequence,
            into: &output)
        keep(outcome, beginning: start..<middle, end: (end + 1)..<output.count)
        output.endReply()
    }

    private func writeMiddle(of outcome: DossierOutcome) {
        DossierWriter.writeMiddle(outcome.messages, into: &output) { $0.related(outcome.related) }
    }

    /// Keeps an answer that lies in the output, unless shards may have told what came behind the customer's version.
    private func keep(_ outcome: DossierOutcome, beginning: Range<Int>, end: Range<Int>) {
        guard outcome.isOfShards, let answers, engine.isLast(self.outcome.lastSequence),
            answers.isWanted(outcome.question)
        else { return }
        let (sequence, profiles) = outcome.version
        answers.keep(
            AnswerCache.Answer(
                sequence: sequence, profiles: profiles, beginning: output.copyBytes(in: beginning),
                end: output.copyBytes(in: end)),
            for: outcome.question)
    }
}
