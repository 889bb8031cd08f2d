import Bytes

extension DirectoryState {
    /// What the ledger keeps of a customer, as a part of the dossier: documents with their history, vouchers with masked
    /// codes.
    package func ledgerPart(of profiles: [UInt32], at now: Timestamp) -> DossierPart {
        guard profiles.contains(where: { hasPapers($0) }) else { return .nothing }
        var builder = DossierPartBuilder()
        for profile in profiles {
            ledger.forEachDocument(of: profile) { number, entry in
                let reference = DocumentReference(.ledger, number)
                guard !archive.isRemoved(reference) else { return }
                let start = builder.output.count
                builder.output.openObject()
                ledger.members(ofDocument: number, into: &builder.output)
                marks(of: reference, into: &builder.output)
                builder.output.closeObject()
                let piece = builder.piece(entry.changedAt, profile, from: start)
                builder.part.documents.append(piece)
                addReturn(of: number, entry, profile, to: &builder)
            }
            addArchive(of: profile, to: &builder)
            ledger.forEachVoucher(of: profile) { number, entry in
                let start = builder.output.count
                builder.output.openObject()
                ledger.members(ofVoucher: number, now, into: &builder.output)
                ledger.redemptions(of: number, into: &builder.output)
                builder.output.closeObject()
                let piece = builder.piece(entry.issuedAt, profile, from: start)
                builder.part.vouchers.append(piece)
            }
        }
        return builder.finish()
    }

    /// Whether ledger or archive know anything of a profile; of most they do not.
    private func hasPapers(_ profile: UInt32) -> Bool {
        ledger.newestDocument[profile] != nil || ledger.newestVoucher[profile] != nil
            || archive.byProfile[profile] != nil
    }

    /// From a return to the credit note that gives its money back (X06). A draft that was thrown away gives nothing.
    private func addReturn(
        of number: UInt32, _ entry: LedgerDocument, _ profile: UInt32, to builder: inout DossierPartBuilder
    ) {
        let draft = ledger.open(entry.draft, DraftFacts())
        guard !draft.returnId.isEmpty, entry.documentStanding != .discarded else { return }
        let start = builder.output.count
        builder.output.openObject()
        builder.output.member("order", draft.orderName)
        builder.output.member("return", draft.returnId)
        builder.output.member("creditNote", ledger.name(ofDocument: number))
        builder.output.key("state")
        builder.output.string("\(entry.documentStanding.text)")
        if entry.documentStanding == .posted {
            builder.output.key("postedAt")
            builder.output.timestamp(Timestamp(milliseconds: entry.changedAt))
        }
        builder.output.member("total", amount: entry.total, digits: entry.digits)
        builder.output.member("currency", draft.currency)
        builder.output.closeObject()
        let piece = builder.piece(entry.changedAt, profile, from: start)
        builder.part.returns.append(piece)
    }
}
