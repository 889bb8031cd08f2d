import Bytes

// Changes of documents and vouchers. Directory and shards share what is known of them: what they are called and worth
// stands in ledger and archive, so the directory fills it in.

/// A document that a change brought, as conditions see it.
struct ChangedDocument: Sendable {
    let reference: DocumentReference
    /// As replies name it.
    let name: String
    let kind: String
    let visibility: Visibility
    /// Those before any rule ran on the change.
    let labels: [String]
}

extension EventKind {
    /// Whether it can be a change that rules run on. None of those that rules write is (`RuleEffect.kinds`).
    package var makesChanges: Bool {
        switch self {
        case .orderRecorded, .orderRevised, .orderFactRecorded, .profileRecorded, .customersResolved, .documentPosted,
            .documentAttached, .voucherIssued:
            true
        default: false
        }
    }
}

extension DirectoryState {
    /// What an event of ledger or archive has brought, once it is applied; nil where it is no change of anybody.
    /// - Returns: `order` is a number plus one, zero for none.
    func brought(by event: Event, _ bytes: Span<UInt8>) -> (kind: ChangeKind, thing: UInt32, order: UInt32)? {
        switch event.kind {
        case .documentPosted:
            let facts = bytes.extracting(event.facts.range)
            do throws(ByteReaderError) {
                let document = try PostFacts().reading(facts).document
                return (.documentPosted, document, order(ofMade: document))
            } catch {
                preconditionFailure("an event that was applied does not read: \(error)")
            }
        case .documentAttached:
            let document = UInt32(archive.filed.count - 1)
            return (.documentAttached, document, archive.filed[Int(document)].order.map { $0 + 1 } ?? 0)
        case .voucherIssued:
            guard event.party.profile != .max else { return nil }
            let voucher = UInt32(ledger.vouchers.count - 1)
            return (.voucherIssued, voucher, order(ofVoucher: voucher))
        default: return nil
        }
    }

    private func order(ofMade document: UInt32) -> UInt32 {
        ledger.open(ledger.documents[Int(document)].draft, DraftFacts()).order + 1
    }

    private func order(ofVoucher voucher: UInt32) -> UInt32 {
        let creditNote = ledger.vouchers[Int(voucher)].creditNote
        return creditNote == 0 ? 0 : order(ofMade: creditNote - 1)
    }

    func knows(_ change: Change) -> Bool {
        switch change.kind {
        case .documentPosted:
            Int(change.thing) < ledger.documents.count
                && ledger.documents[Int(change.thing)].documentStanding == .posted
        case .documentAttached: Int(change.thing) < archive.filed.count
        case .voucherIssued: Int(change.thing) < ledger.vouchers.count
        default: true
        }
    }

    // MARK: Facts

    /// The facts with what only the directory knows: the customer's tags of this moment, and the document or voucher.
    package func completed(_ gathered: ChangeFacts) -> ChangeFacts {
        var facts = gathered
        let change = facts.change
        facts.tags = labels.labels(of: members(of: change.profile)).tags.map(\.tag.text)
        switch change.kind {
        case .documentPosted:
            let reference = DocumentReference(.ledger, change.thing)
            let entry = ledger.documents[Int(change.thing)]
            let currency = ledger.open(entry.draft, DraftFacts()).currency
            let total = ledger.text(entry.total, entry.digits)
            let document = changed(reference, kind: "\(entry.documentKind.text)")
            facts.document = document
            facts.detail.values = [
                "document.number": document.name, "document.total": total,
                "change.text": "\(document.kind) \(document.name): \(total) \(currency)",
            ]
        case .documentAttached:
            let said = archive.attachment(change.thing)
            facts.document = changed(DocumentReference(.filed, change.thing), kind: said.kind.text)
            facts.detail.values = ["change.text": "\(said.kind.text): \(said.name)"]
        case .voucherIssued: facts.detail.values = values(ofVoucher: change.thing)
        default: break
        }
        return facts
    }

    private func changed(_ reference: DocumentReference, kind: String) -> ChangedDocument {
        ChangedDocument(
            reference: reference, name: subject(reference).name, kind: kind,
            visibility: archive.visibility(of: reference), labels: archive.marks[reference]?.labels ?? [])
    }

    /// Without its code, which only its hash is kept of.
    private func values(ofVoucher number: UInt32) -> [String: String] {
        let voucher = ledger.vouchers[Int(number)]
        let currency = ledger.open(voucher.issue, IssueFacts()).terms.currency
        let amount = ledger.text(voucher.owed + voucher.extra, voucher.digits)
        return [
            "voucher.amount": amount, "voucher.currency": currency,
            "voucher.startDate": Timestamp(milliseconds: voucher.startsAt).dayText,
            "change.text": "voucher V\(number + 1): \(amount) \(currency)",
        ]
    }

    // MARK: The past

    /// Documents and vouchers of the shop as the changes that they were, those last come first: what a test of a rule
    /// looks at beside orders. `isCut` tells whether there are more than so many of one kind.
    package func pastChanges(
        of shop: UInt16, on kinds: [ChangeKind], limit: Int
    ) -> (changes: [Change], isCut: Bool) {
        var found: [Change] = []
        var isCut = false
        for kind in kinds where kind.hasThing {
            var count = 0
            for thing in stride(from: thingCount(of: kind) - 1, through: 0, by: -1) {
                guard let change = pastChange(kind, UInt32(thing), shop) else { continue }
                if count == limit {
                    isCut = true
                    break
                }
                count += 1
                found.append(change)
            }
        }
        return (found, isCut)
    }

    private func thingCount(of kind: ChangeKind) -> Int {
        switch kind {
        case .documentPosted: ledger.documents.count
        case .documentAttached: archive.filed.count
        case .voucherIssued: ledger.vouchers.count
        default: 0
        }
    }

    private func pastChange(_ kind: ChangeKind, _ thing: UInt32, _ shop: UInt16) -> Change? {
        func change(_ profile: UInt32, _ order: UInt32, _ sequence: UInt64, _ at: Int64) -> Change {
            Change(
                sequence: sequence, place: 0, kind: kind, shop: shop, profile: profile, order: order, thing: thing,
                at: at, happenedAt: at, fact: [])
        }
        switch kind {
        case .documentPosted:
            let entry = ledger.documents[Int(thing)]
            let isRemoved = archive.isRemoved(DocumentReference(.ledger, thing))
            guard entry.shop == shop, entry.documentStanding == .posted, !isRemoved else { return nil }
            return change(entry.profile, order(ofMade: thing), entry.version, entry.changedAt)
        case .documentAttached:
            let reference = DocumentReference(.filed, thing)
            guard archive.marks[reference]?.shop == shop, !archive.isRemoved(reference) else { return nil }
            let filed = archive.filed[Int(thing)]
            return change(filed.profile, filed.order.map { $0 + 1 } ?? 0, filed.sequence, filed.filedAt)
        default:
            let voucher = ledger.vouchers[Int(thing)]
            guard voucher.shop == shop, voucher.profile > 0 else { return nil }
            // Spending changes its version; the issue's own number is not kept.
            return change(voucher.profile - 1, order(ofVoucher: thing), sequence, voucher.issuedAt)
        }
    }
}
