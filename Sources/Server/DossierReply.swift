import Bytes
import Commerce
import Engine
import Wire

extension DossierOutcome {
    /// Whether shards tell all but what is written in the middle, so that an answer may be kept.
    fileprivate var isOfShards: Bool { ledger.isEmpty && customer.labels == nil }

    fileprivate var question: AnswerCache.Question {
        AnswerCache.Question(customer: customer.number, offset: offset, limit: limit)
    }

    fileprivate var version: AnswerCache.CustomerVersion { (customer.sequence, customer.profiles) }
}

/// Where the beginning and the end of an answer come from.
enum DossierSource {
    case kept(AnswerCache.Answer)
    case told([DossierPart])
    case unasked
}

/// An answer that lies in the output, and may be kept if nothing happened while it was made.
struct MadeAnswer {
    let question: AnswerCache.Question
    let version: AnswerCache.CustomerVersion
    let beginning: Range<Int>
    let end: Range<Int>
}

// The reply of CUSTOMER.360.
extension ReplyRenderer {
    func renderDossier(_ outcome: DossierOutcome, tag: [UInt8]?) {
        switch foreseen?.popFirst() ?? source(of: outcome) {
        case .kept(let answer):
            output.beginOK(tag: tag)
            output.rawJSON(answer.beginning)
            writeMiddle(of: outcome)
            output.rawJSON(answer.end)
            output.endReply()
        case .told(let parts): render(outcome, with: parts, tag: tag)
        case .unasked:
            wait { done in
                engine.parts(of: [outcome.customer], mostOrders: outcome.offset + outcome.limit, from: lane, done)
            } _: { (parts: [[DossierPart]]) in
                self.render(outcome, with: parts[0], tag: tag)
            }
        }
    }

    private func source(of outcome: DossierOutcome) -> DossierSource {
        guard outcome.isOfShards, let answer = answers?.find(outcome.question, of: outcome.version) else {
            return .unasked
        }
        return .kept(answer)
    }

    /// Where shards live on other lanes they are asked about all dossiers of the batch in one hop, but for those that are
    /// kept.
    func gatherDossiers(of outcomes: [CommandOutcome]) {
        guard !engine.shards.allSatisfy({ $0.lane.isCurrent }) else { return }
        let dossiers = outcomes.compactMap { if case .dossier(let dossier) = $0 { dossier } else { nil } }
        let sources = dossiers.map { source(of: $0) }
        let unasked = sources.indices.filter { if case .unasked = sources[$0] { true } else { false } }
        foreseen = sources[...]
        guard unasked.count > 1 else { return }
        let mostOrders = unasked.map { dossiers[$0].offset + dossiers[$0].limit }.max() ?? 0
        wait { done in
            engine.parts(of: unasked.map { dossiers[$0].customer }, mostOrders: mostOrders, from: lane, done)
        } _: { (parts: [[DossierPart]]) in
            for (place, parts) in zip(unasked, parts) { self.foreseen?[place] = .told(parts) }
        }
    }

    private func render(_ outcome: DossierOutcome, with parts: [DossierPart], tag: [UInt8]?) {
        shownProfiles += outcome.customer.profiles
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
        if outcome.isOfShards, answers?.isWanted(outcome.question) ?? false {
            made.append(
                MadeAnswer(
                    question: outcome.question, version: outcome.version, beginning: start..<middle,
                    end: (end + 1)..<output.count))
        }
        output.endReply()
    }

    private func writeMiddle(of outcome: DossierOutcome) {
        DossierWriter.writeMiddle(outcome.messages, into: &output) { $0.related(outcome.related) }
    }

    /// Keeps the answers of the batch. To be called only if no customer has changed since the directory's outcome: else
    /// shards may have told what came behind the version.
    func keepAnswers() {
        for answer in made {
            answers?.keep(
                AnswerCache.Answer(
                    sequence: answer.version.sequence, profiles: answer.version.profiles,
                    beginning: output.copyBytes(in: answer.beginning), end: output.copyBytes(in: answer.end)),
                for: answer.question)
        }
    }
}
