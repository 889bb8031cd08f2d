import Bytes

// The archive inside the directory: documents by their names, events, and who is to get what.

/// A document that a command names, found.
struct ArchiveSubject {
    let reference: DocumentReference
    /// As replies name it.
    let name: String
    let profile: UInt32
    /// Number of its order; nil for none, or where only the record tells.
    var order: UInt32?
}

extension DirectoryState {
    /// The document, unless it was removed. A shop hears of another's documents as little as of those that never were.
    func find(_ name: DocumentName, shop: UInt16) throws(Refusal) -> ArchiveSubject {
        let subject = try lookUp(name, shop: shop)
        guard !archive.isRemoved(subject.reference) else {
            throw Refusal(.notFound, "document: \(subject.name) was removed")
        }
        return subject
    }

    private func lookUp(_ name: DocumentName, shop: UInt16) throws(Refusal) -> ArchiveSubject {
        switch name {
        case .filed(let place):
            guard Int(place) < archive.filed.count, archive.marks[DocumentReference(.filed, place)]?.shop == shop else {
                throw Refusal(.notFound, "document: F\(place + 1) is not known in this shop")
            }
            return subject(DocumentReference(.filed, place))
        case .document(.number(let number)):
            let hasher = hasher(shop)
            if let place = ledger.place(ofNumber: number, hasher) { return subject(DocumentReference(.ledger, place)) }
            if case .document(let hashes) = CustomerSelector.document(number: [UInt8](number.utf8).span, hasher) {
                for hash in hashes {
                    guard let place = findDocument(hash) else { continue }
                    let reference = DocumentReference(.elsewhere, UInt32(place))
                    return ArchiveSubject(reference: reference, name: number, profile: documents[place].profile)
                }
            }
            throw Refusal(.notFound, "document: this shop knows none with number \(number)")
        case .document(.id(let place)):
            guard Int(place) < ledger.documents.count, ledger.documents[Int(place)].shop == shop else {
                throw Refusal(.notFound, "document: D\(place + 1) is not known in this shop")
            }
            return subject(DocumentReference(.ledger, place))
        }
    }

    /// The document with this number; one from elsewhere must have been spoken of.
    func subject(_ reference: DocumentReference) -> ArchiveSubject {
        switch reference.origin {
        case .ledger:
            let entry = ledger.documents[Int(reference.number)]
            return ArchiveSubject(
                reference: reference, name: ledger.name(ofDocument: reference.number), profile: entry.profile,
                order: ledger.open(entry.draft, DraftFacts()).order)
        case .elsewhere:
            return ArchiveSubject(
                reference: reference, name: archive.marks[reference]?.name ?? "",
                profile: documents[Int(reference.number)].profile)
        case .filed:
            let filed = archive.filed[Int(reference.number)]
            return ArchiveSubject(
                reference: reference, name: "F\(reference.number + 1)", profile: filed.profile, order: filed.order)
        }
    }

    // MARK: Events

    func validateArchive(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let profile = event.party.profile
        try Self.check(profile == .max || Int(profile) < profiles.count, "an unknown profile")
        try archive.validate(
            event.kind, bytes.extracting(event.facts.range), profile: profile, profiles: profiles.count
        ) { isDocumentKnown($0) }
    }

    private func isDocumentKnown(_ reference: DocumentReference) -> Bool {
        let count =
            switch reference.origin {
            case .ledger: ledger.documents.count
            case .elsewhere: documents.count
            case .filed: archive.filed.count
            }
        return Int(reference.number) < count
    }

    mutating func evolveArchive(_ event: Event, _ bytes: Span<UInt8>) {
        for profile in archive.evolve(event, bytes, sequence: sequence) { touch(profile) }
    }

    /// Reads the archive's tables of a snapshot, once all are there; false if they do not fit together.
    package mutating func takeArchive() -> Bool {
        let (made, elsewhere) = (ledger.documents.count, documents.count)
        return archive.finishLoading(profiles: profiles.count, shops: shops.count) {
            Int($0.number) < ($0.origin == .ledger ? made : elsewhere)
        }
    }

    /// A saved itinerary that was made elsewhere goes by itself too.
    mutating func noteItinerary(_ number: UInt32, _ record: Span<UInt8>, at recordedAt: Int64, shop: UInt16) {
        let document = PackedRecord(record, DocumentShape.members)
        guard document[DocumentShape.kind].equals("itinerary") else { return }
        let lapse = Lapse(
            reference: DocumentReference(.elsewhere, number), name: document.text(DocumentShape.number),
            profile: documents[Int(number)].profile, shop: shop)
        archive.lapse(lapse, from: document.moment(DocumentShape.issuedAt)?.milliseconds ?? recordedAt)
    }

    /// The customer whose a file would be, and the order.
    func owner(_ owner: AttachRequest.Owner, shop: UInt16) throws(Refusal) -> Recipient {
        switch owner {
        case .customer(let number):
            let customer = customerNumber(of: try profile(numbered: number, shop: shop))
            return Recipient(customer: customer, documents: [], names: [], order: nil)
        case .order(let name, let text):
            guard let order = order(named: name, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop; put the order first")
            }
            return Recipient(
                customer: customerNumber(of: orders[order].profile), documents: [], names: [], order: text)
        case .document(let name):
            let subject = try find(name, shop: shop)
            return Recipient(
                customer: customerNumber(of: subject.profile), documents: [], names: [],
                order: orderName(of: subject.reference))
        }
    }

    /// Whether contents may have lost their last document since this was asked the last time.
    package mutating func takeSweep() -> Bool { archive.takeSweep() }

    /// The sweep did not come to its end: it is owed again.
    package mutating func oweSweep() { archive.owesSweep = true }

    // MARK: Sending

    /// The documents that are to be sent, those of each customer together. What customers may not see is never sent.
    func recipients(
        _ names: [DocumentName], label: String, customer: UInt32?, shop: UInt16
    ) throws(Refusal) -> [Recipient] {
        var subjects: [ArchiveSubject] = []
        for name in names { subjects.append(try find(name, shop: shop)) }
        if !label.isEmpty { subjects += (archive.labelled[shop]?[label] ?? []).map { subject($0) } }
        if let customer {
            let root = root(of: try profile(numbered: customer, shop: shop))
            subjects.removeAll { self.root(of: $0.profile) != root }
        }
        guard !subjects.isEmpty else {
            throw Refusal(.notFound, "label: no document of this shop has it; DOCUMENT.LABEL puts it on")
        }
        for subject in subjects { try checkSendable(subject) }
        var groups: [UInt32: [ArchiveSubject]] = [:]
        for subject in subjects {
            let number = customerNumber(of: subject.profile)
            let isKnown = groups[number]?.contains { $0.reference == subject.reference } ?? false
            if !isKnown { groups[number, default: []].append(subject) }
        }
        return groups.sorted { $0.key < $1.key }.map { number, subjects in
            let orders = Set(subjects.map(\.order))
            let order = orders.count == 1 ? orders.first.flatMap { $0 } : nil
            return Recipient(
                customer: number, documents: subjects.map(\.reference), names: subjects.map { sendingName($0) },
                order: order == nil ? nil : orderName(of: subjects[0].reference))
        }
    }

    func checkSendable(_ subject: ArchiveSubject) throws(Refusal) {
        guard archive.visibility(of: subject.reference) == .customer else {
            throw Refusal(
                .refused, "document: \(subject.name) is internal; DOCUMENT.SHARE visibility=customer shows it")
        }
        guard subject.reference.origin == .ledger else { return }
        guard ledger.documents[Int(subject.reference.number)].documentStanding == .posted else {
            throw Refusal(.refused, "document: \(subject.name) is not posted; DOCUMENT.POST gives it its number")
        }
    }

    func sendingName(_ subject: ArchiveSubject) -> String {
        guard subject.reference.origin == .filed else { return subject.name }
        return archive.attachment(subject.reference.number).name
    }

    /// As commands name the order of a document; nil for none.
    func orderName(of reference: DocumentReference) -> String? {
        switch reference.origin {
        case .elsewhere: return nil
        case .ledger: return ledger.open(ledger.documents[Int(reference.number)].draft, DraftFacts()).orderName
        case .filed:
            let said = archive.attachment(reference.number)
            guard said.order != nil else { return nil }
            guard let owner = said.owner else { return said.ownerName }
            return orderName(of: owner.reference)
        }
    }
}

extension LedgerState {
    /// The posted document with this legal number.
    func place(ofNumber number: String, _ hasher: KeyHasher) -> UInt32? {
        for kind in LedgerDocumentKind.allCases {
            let key = hasher.document([UInt8](number.utf8).span, kind: [UInt8]("\(kind.text)".utf8).span)
            if let place = document(withKey: key) { return place }
        }
        return nil
    }

    /// Its legal number, or its id while it has none.
    func name(ofDocument number: UInt32) -> String {
        let entry = documents[Int(number)]
        return entry.documentStanding == .posted ? open(entry.latest, PostFacts()).number : "D\(number + 1)"
    }
}
