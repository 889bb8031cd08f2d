import Bytes

// Decide: every rule about files in dossiers, labels, who may see what, and how long it stays. Pure.
extension DirectoryState {
    /// Writes the event of a command: none for what is so already.
    func decide(
        _ command: ArchiveCommand, shop: UInt16, actor: String, at now: Timestamp, into events: inout EventWriter
    ) throws(Refusal) -> LedgerDecision {
        switch command {
        case .attach(let request):
            let (facts, profile) = try attachment(request, shop: shop, actor: actor)
            if let known = filedAlready(facts, profile) { return .duplicate(known) }
            write(.documentAttached, facts, profile, shop, now, &events)
        case .label(let names, let label, let isOn):
            var subjects: [ArchiveSubject] = []
            for name in names {
                let subject = try find(name, shop: shop)
                let isLabelled = archive.marks[subject.reference]?.labels.contains(label) ?? false
                let isNamedTwice = subjects.contains { $0.reference == subject.reference }
                if isLabelled != isOn, !isNamedTwice { subjects.append(subject) }
            }
            guard let first = subjects.first else { return .duplicate(0) }
            let facts = MarkFacts(documents: subjects.map { mark($0) }, words: label, flag: isOn, actor: actor)
            write(.documentLabelled, facts, first.profile, shop, now, &events)
        case .share(let name, let visibility):
            let subject = try find(name, shop: shop)
            try refuseReadOnly(subject)
            guard archive.visibility(of: subject.reference) != visibility else { return .duplicate(0) }
            let facts = MarkFacts(documents: [mark(subject)], words: visibility.text, actor: actor)
            write(.documentShared, facts, subject.profile, shop, now, &events)
        case .remove(let name, let reason, let clock):
            let subject = try find(name, shop: shop)
            try refuseReadOnly(subject)
            try checkClock(of: subject, clock, shop: shop, now)
            let facts = MarkFacts(documents: [mark(subject)], words: reason, flag: false, actor: actor)
            write(.documentRemoved, facts, subject.profile, shop, now, &events)
        case .retain(let kind, let country, let years, let source):
            let inForce = archive.rules(of: shop).rule(kind, country)
            if let inForce, inForce.country == country, inForce.years == years, inForce.source == source {
                return .duplicate(0)
            }
            let facts = RetentionFacts(
                kind: kind, country: country, years: Int32(years), source: source, actor: actor)
            write(.retentionChanged, facts, nil, shop, now, &events)
        case .send: preconditionFailure("decided with the outbox")
        }
        return .written
    }

    func write(
        _ kind: EventKind, _ facts: some FieldCoded, _ profile: UInt32?, _ shop: UInt16, _ now: Timestamp,
        _ events: inout EventWriter
    ) {
        events.ofLedger(kind, LedgerEvent(kind, facts, profile: profile), row: 0, shop: shop, now: now)
    }

    func mark(_ subject: ArchiveSubject) -> MarkFacts.Document {
        MarkFacts.Document(
            reference: ReferenceFacts(subject.reference), profile: subject.profile, name: subject.name)
    }

    // MARK: Files

    private func attachment(
        _ request: AttachRequest, shop: UInt16, actor: String
    ) throws(Refusal) -> (AttachFacts, UInt32) {
        guard let hash = request.hash else { throw Refusal(.notFound, "file: no file was uploaded under that name") }
        var facts = AttachFacts(
            kind: request.kind, name: request.name, type: request.type, bytes: Int64(request.bytes),
            hash: hash.bytes, visibility: request.visibility ?? (request.kind == .itinerary ? .customer : .internal),
            label: request.label, country: request.country, actor: actor)
        let profile: UInt32
        switch request.owner {
        case .customer(let number): profile = try self.profile(numbered: number, shop: shop)
        case .order(let name, let text):
            guard let order = order(named: name, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop; put the order first")
            }
            profile = orders[order].profile
            facts.order = UInt32(order)
            facts.ownerName = text
        case .document(let name):
            let subject = try find(name, shop: shop)
            profile = subject.profile
            facts.owner = ReferenceFacts(subject.reference)
            facts.ownerName = subject.name
            facts.order = subject.order
        }
        facts.language = request.language?.text ?? ""
        return (facts, profile)
    }

    /// The same content under the same name at the same place is the same document.
    private func filedAlready(_ facts: AttachFacts, _ profile: UInt32) -> UInt32? {
        for reference in archive.byProfile[profile] ?? [] where reference.origin == .filed {
            guard archive.filed[Int(reference.number)].hash.bytes == facts.hash, !archive.isRemoved(reference) else {
                continue
            }
            let known = archive.attachment(reference.number)
            if known.owner == facts.owner, known.order == facts.order, known.name == facts.name,
                known.kind == facts.kind
            {
                return reference.number
            }
        }
        return nil
    }

    private func refuseReadOnly(_ subject: ArchiveSubject) throws(Refusal) {
        guard subject.reference.origin == .filed else { return }
        let filed = archive.filed[Int(subject.reference.number)]
        guard filed.kind == .itinerary else { return }
        let end = Timestamp(milliseconds: filed.filedAt + RetentionRules.itineraryMilliseconds)
        throw Refusal(.refused, "document: a saved itinerary is read only; it goes by itself at \(end.rfc3339)")
    }

    // MARK: The clock

    /// What the clock of a document runs by; nil for a draft, and where only the record tells.
    func clock(of reference: DocumentReference) -> DocumentClock? {
        switch reference.origin {
        case .elsewhere: return nil
        case .filed:
            let said = archive.attachment(reference.number)
            let start = archive.filed[Int(reference.number)].filedAt
            return DocumentClock(kind: said.kind.text, country: said.country, start: start)
        case .ledger:
            let entry = ledger.documents[Int(reference.number)]
            guard entry.documentStanding == .posted else { return nil }
            let country = ledger.open(entry.latest, PostFacts()).country
            return DocumentClock(kind: "\(entry.documentKind.text)", country: country, start: entry.changedAt)
        }
    }

    private func checkClock(
        of subject: ArchiveSubject, _ told: DocumentClock?, shop: UInt16, _ now: Timestamp
    ) throws(Refusal) {
        guard let clock = clock(of: subject.reference) ?? told else {
            throw Refusal(.refused, "document: \(subject.name) is not posted; DOCUMENT.DISCARD throws a draft away")
        }
        let end = archive.rules(of: shop).end(of: clock.kind, clock.country, from: clock.start)
        guard now < end else { return }
        throw Refusal(
            .refused, "document: \(subject.name) has to stay until \(end.rfc3339); SHOP.RETENTION tells the rules")
    }

    // MARK: By the clock

    /// Writes an event for a saved itinerary whose days are over. Answers whether there was one.
    package func decideLapse(at now: Timestamp, into events: inout EventWriter) -> Bool {
        var due: UInt32?
        archive.due.forEachDue(at: now.milliseconds) { place in
            due = place
            return false
        }
        guard let due else { return false }
        let lapse = archive.lapsing[Int(due)]
        let document = MarkFacts.Document(
            reference: ReferenceFacts(lapse.reference), profile: lapse.profile, name: lapse.name)
        let facts = MarkFacts(documents: [document], words: "30 days after it was saved", flag: true, actor: "engine")
        write(.documentRemoved, facts, lapse.profile, lapse.shop, now, &events)
        return true
    }

    /// Writes the event of documents that were sent by a message that is queued.
    package func decideSent(
        _ references: [DocumentReference], label: String, message: UInt32, shop: UInt16, actor: String,
        at now: Timestamp, into events: inout EventWriter
    ) {
        let subjects = references.map { subject($0) }
        guard let first = subjects.first else { return }
        let facts = MarkFacts(
            documents: subjects.map { mark($0) }, words: label, message: message, actor: actor)
        write(.documentsSent, facts, first.profile, shop, now, &events)
    }

    /// Writes the event of a label that a rule puts on a document or takes off.
    package func decideLabel(
        _ reference: DocumentReference, _ label: String, isOn: Bool, shop: UInt16, actor: String, at now: Timestamp,
        into events: inout EventWriter
    ) {
        let subject = subject(reference)
        let facts = MarkFacts(documents: [mark(subject)], words: label, flag: isOn, actor: actor)
        write(.documentLabelled, facts, subject.profile, shop, now, &events)
    }

    /// Whether all of them are still there and may be seen by the customer.
    package func checkSendable(_ references: [DocumentReference]) throws(Refusal) {
        for reference in references {
            let subject = subject(reference)
            guard !archive.isRemoved(reference) else {
                throw Refusal(.notFound, "document: \(subject.name) was removed")
            }
            try checkSendable(subject)
        }
    }
}
