import Bytes

// The documents of an order, act by act: who made, posted, credited, filed, sent and removed them, and when (X14, X15).

/// One act.
private struct DocumentAct {
    let at: Int64
    /// Acts of one moment stay in the order in which they were decided.
    let sequence: UInt64
    let json: [UInt8]
}

extension DirectoryState {
    /// JSON objects, oldest first.
    func history(ofOrder order: UInt32) -> [[UInt8]] {
        var acts: [DocumentAct] = []
        let profile = orders[Int(order)].profile
        ledger.forEachDocument(of: profile) { number, entry in
            let draft = ledger.open(entry.draft, DraftFacts())
            guard draft.order == order else { return }
            addLedger(number, entry, draft, to: &acts)
            addMarks(of: DocumentReference(.ledger, number), kind: "\(entry.documentKind.text)", to: &acts)
        }
        for reference in archive.byProfile[profile] ?? [] where reference.origin == .filed {
            guard archive.filed[Int(reference.number)].order == order else { continue }
            addMarks(of: reference, kind: archive.filed[Int(reference.number)].kind.text, to: &acts)
        }
        return acts.sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }.map(\.json)
    }

    private func addLedger(
        _ number: UInt32, _ entry: LedgerDocument, _ draft: DraftFacts, to acts: inout [DocumentAct]
    ) {
        let kind = "\(entry.documentKind.text)"
        let name = ledger.name(ofDocument: number)
        acts.append(
            act("drafted", entry.createdAt, entry.version - 1, kind, name, by: draft.actor) { output in
                output.member("id", "D\(number + 1)")
                output.member("total", amount: entry.total, digits: entry.digits)
                output.member("currency", draft.currency)
                if let invoice = draft.invoice { output.member("credits", ledger.name(ofDocument: invoice)) }
            })
        switch entry.documentStanding {
        case .posted:
            let actor = ledger.open(entry.latest, PostFacts()).actor
            acts.append(act("posted", entry.changedAt, entry.version, kind, name, by: actor))
        case .discarded:
            let actor = ledger.open(entry.latest, DocumentFacts()).actor
            acts.append(act("discarded", entry.changedAt, entry.version, kind, name, by: actor))
        case .draft:
            guard entry.latest != entry.draft else { return }
            let actor = ledger.open(entry.latest, DocumentFacts()).actor
            acts.append(act("edited", entry.changedAt, entry.version, kind, name, by: actor))
        }
    }

    private func addMarks(of reference: DocumentReference, kind: String, to acts: inout [DocumentAct]) {
        let marks = archive.marks[reference]
        // What was removed is not named any more.
        let name = marks?.removedAt == nil ? subject(reference).name : marks?.name ?? ""
        for place in marks?.entries ?? [] {
            let entry = archive.entries[Int(place)]
            let kindOfAct = EventKind(rawValue: entry.kind)
            if kindOfAct == .documentAttached {
                let said = archive.open(entry, AttachFacts())
                let isGone = marks?.removedAt != nil
                acts.append(
                    act("filed", entry.recordedAt, entry.sequence, kind, name, by: said.actor) { output in
                        output.member("name", isGone ? nil : said.name)
                    })
                continue
            }
            let said = archive.open(entry, MarkFacts())
            let verb =
                switch kindOfAct {
                case .documentLabelled: said.flag ? "labelled" : "unlabelled"
                case .documentShared: "shared"
                case .documentsSent: "sent"
                default: "removed"
                }
            acts.append(
                act(verb, entry.recordedAt, entry.sequence, kind, name, by: said.actor) { output in
                    if kindOfAct == .documentsSent { output.member("message", MessageNumber.text(said.message)) }
                    output.member("words", said.words.isEmpty ? nil : said.words)
                })
        }
    }

    private func act(
        _ what: String, _ at: Int64, _ sequence: UInt64, _ kind: String, _ name: String, by actor: String,
        _ more: (inout ByteWriter) -> Void = { _ in }
    ) -> DocumentAct {
        var output = ByteWriter(capacity: 256)
        output.openObject()
        output.key("at")
        output.timestamp(Timestamp(milliseconds: at))
        output.member("act", what)
        output.member("by", actor)
        output.member("document", name)
        output.member("kind", kind)
        more(&output)
        output.closeObject()
        return DocumentAct(at: at, sequence: sequence, json: output.copyBytes())
    }
}
