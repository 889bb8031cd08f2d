import Bytes

extension DirectoryState {
    /// What the ledger keeps of a customer, as a part of the dossier: documents with their history, vouchers with masked
    /// codes.
    package func ledgerPart(of profiles: [UInt32], at now: Timestamp) -> DossierPart {
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
}
