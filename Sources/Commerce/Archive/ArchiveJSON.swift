import Bytes

// What the archive shows, as JSON.
extension DirectoryState {
    /// A file in a dossier, without braces.
    func members(ofFiled number: UInt32, into output: inout ByteWriter) {
        let reference = DocumentReference(.filed, number)
        let filed = archive.filed[Int(number)]
        let said = archive.attachment(number)
        output.member("document", "F\(number + 1)")
        output.member("kind", said.kind.text)
        output.member("number", "F\(number + 1)")
        output.key("order")
        if let order = orderName(of: reference) { output.string(order) } else { output.null() }
        if said.owner != nil { output.member("of", said.ownerName) }
        output.member("name", said.name)
        output.member("type", said.type)
        output.key("bytes")
        output.number(said.bytes)
        output.member("sha256", filed.hash.description)
        output.member("language", said.language.isEmpty ? nil : said.language)
        output.key("total")
        output.null()
        output.key("currency")
        output.null()
        output.key("filedAt")
        output.timestamp(Timestamp(milliseconds: filed.filedAt))
        output.member("filedBy", said.actor)
        if filed.kind == .itinerary {
            output.key("readOnly")
            output.bool(true)
            output.key("goneAt")
            output.timestamp(Timestamp(milliseconds: filed.filedAt + RetentionRules.itineraryMilliseconds))
        }
        marks(of: reference, into: &output)
    }

    /// What people said of a document, and how long it has to stay: members, for whatever its origin.
    func marks(of reference: DocumentReference, into output: inout ByteWriter) {
        let marks = archive.marks[reference]
        output.member("visibility", archive.visibility(of: reference).text)
        output.key("labels")
        output.openArray()
        for label in marks?.labels ?? [] { output.string(label) }
        output.closeArray()
        let isItinerary = reference.origin == .filed && archive.filed[Int(reference.number)].kind == .itinerary
        if let clock = clock(of: reference), !isItinerary {
            let shop = marks?.shop ?? ledger.documents[Int(reference.number)].shop
            output.key("staysUntil")
            output.timestamp(archive.rules(of: shop).end(of: clock.kind, clock.country, from: clock.start))
        }
        let sendings = (marks?.entries ?? []).map { archive.entries[Int($0)] }.filter {
            $0.kind == EventKind.documentsSent.rawValue
        }
        guard !sendings.isEmpty else { return }
        output.key("sent")
        output.openArray()
        for entry in sendings {
            let said = archive.open(entry, MarkFacts())
            output.openObject()
            output.key("at")
            output.timestamp(Timestamp(milliseconds: entry.recordedAt))
            output.member("by", said.actor)
            output.member("message", MessageNumber.text(said.message))
            output.closeObject()
        }
        output.closeArray()
    }

    /// Files and marks of a customer's profiles, as a part of the dossier.
    func addArchive(of profile: UInt32, to builder: inout DossierPartBuilder) {
        for reference in archive.byProfile[profile] ?? [] {
            let isRemoved = archive.isRemoved(reference)
            let start = builder.output.count
            switch reference.origin {
            case .ledger: continue
            case .filed:
                guard !isRemoved else { continue }
                builder.output.openObject()
                members(ofFiled: reference.number, into: &builder.output)
                builder.output.closeObject()
                let piece = builder.piece(archive.filed[Int(reference.number)].filedAt, profile, from: start)
                builder.part.documents.append(piece)
            case .elsewhere:
                let row = documents[Int(reference.number)].row
                if !isRemoved { marks(of: reference, into: &builder.output) }
                let piece = builder.piece(0, profile, from: start)
                builder.part.marks[DossierPart.Row(profile: profile + 1, row: row + 1)] =
                    isRemoved ? .empty : piece.json
            }
        }
    }

    // MARK: Retention

    /// The rules of the shop, one ROW's object each: the standard ones, and what the shop has said.
    func retention(of shop: UInt16, into output: inout ByteWriter) {
        let rules = archive.rules(of: shop)
        output.openObject()
        output.key("rules")
        output.openArray()
        for kind in DocumentKind.all.map({ "\($0)" }) where kind != FiledKind.itinerary.text {
            let countries = Set(rules.rules.filter { $0.kind == kind }.map(\.country)).union([""])
            for country in countries.sorted() {
                let rule = rules.rule(kind, country)
                output.openObject()
                output.member("kind", kind)
                output.key("country")
                if country.isEmpty { output.null() } else { output.string(country) }
                output.key("years")
                output.number(rule?.years ?? RetentionRules.standardYears)
                output.member("source", rule?.source ?? RetentionRules.standardSource)
                if let rule {
                    output.key("since")
                    output.timestamp(Timestamp(milliseconds: rule.since))
                    output.member("by", rule.actor)
                }
                output.closeObject()
            }
        }
        output.openObject()
        output.member("kind", FiledKind.itinerary.text)
        output.key("country")
        output.null()
        output.key("days")
        output.number(RetentionRules.itineraryDays)
        output.closeObject()
        output.closeArray()
        output.closeObject()
    }

    // MARK: Answers

    /// The reply to a command that was decided, and applied: members without braces.
    func members(
        of command: ArchiveCommand, _ decision: LedgerDecision, shop: UInt16, into output: inout ByteWriter
    ) throws(Refusal) {
        switch command {
        case .attach:
            let known: UInt32? = if case .duplicate(let number) = decision { number } else { nil }
            let number = known ?? UInt32(archive.filed.count - 1)
            members(ofFiled: number, into: &output)
            output.key("customer")
            output.customerNumber(customerNumber(of: archive.filed[Int(number)].profile))
        case .label(let names, let label, _):
            output.member("label", label)
            output.key("documents")
            output.openArray()
            for name in names { output.string(try find(name, shop: shop).name) }
            output.closeArray()
        case .share(let name, let visibility):
            output.member("document", try find(name, shop: shop).name)
            output.member("visibility", visibility.text)
        case .remove(let name, _, _): output.member("removed", name.text)
        case .retain(let kind, let country, let years, let source):
            output.member("kind", kind)
            output.member("country", country.isEmpty ? nil : country)
            output.key("years")
            output.number(years)
            output.member("source", source)
        case .send: break
        }
    }

    package func answer(_ query: ArchiveQuery, shop: UInt16) throws(Refusal) -> LedgerAnswer {
        switch query {
        case .show(let name):
            var output = ByteWriter(capacity: 512)
            output.openObject()
            let subject = try find(name, shop: shop)
            if subject.reference.origin == .filed {
                members(ofFiled: subject.reference.number, into: &output)
            } else {
                output.member("document", subject.name)
                marks(of: subject.reference, into: &output)
            }
            output.key("customer")
            output.customerNumber(customerNumber(of: subject.profile))
            output.closeObject()
            return .reply(output.copyBytes())
        case .owner(let owner): return .archive(.recipients([try self.owner(owner, shop: shop)]))
        case .retention:
            var output = ByteWriter(capacity: 512)
            retention(of: shop, into: &output)
            return .reply(output.copyBytes())
        case .content(let name): return .archive(.content(try ticket(try find(name, shop: shop))))
        case .record(let name):
            let subject = try find(name, shop: shop)
            let isElsewhere = subject.reference.origin == .elsewhere
            let row = isElsewhere ? documents[Int(subject.reference.number)].row : nil
            return .archive(.record(profile: subject.profile, row: row))
        case .recipients(let names, let label, let customer):
            return .archive(.recipients(try recipients(names, label: label, customer: customer, shop: shop)))
        case .order(let name):
            guard let order = order(named: name, shop: shop) else {
                throw Refusal(.notFound, "order: not known in this shop; put the order first")
            }
            let rows = history(ofOrder: UInt32(order))
            let profile = orders[order].profile
            let removed = (archive.byProfile[profile] ?? []).filter { reference in
                reference.origin == .elsewhere && archive.isRemoved(reference)
            }
            let removedRows = Set(removed.map { documents[Int($0.number)].row })
            return .archive(.order(OrderDocuments(profile: profile, removedRows: removedRows, rows: rows)))
        }
    }

    /// A document made here or elsewhere is fetched by the file that was attached to it last.
    private func ticket(_ subject: ArchiveSubject) throws(Refusal) -> FileTicket {
        var found = subject.reference
        if found.origin != .filed {
            let files = (archive.byProfile[subject.profile] ?? []).filter { reference in
                reference.origin == .filed && !archive.isRemoved(reference)
                    && archive.attachment(reference.number).owner?.reference == subject.reference
            }
            guard let last = files.last else {
                throw Refusal(.notFound, "document: no file is attached to \(subject.name); DOCUMENT.ATTACH adds one")
            }
            found = last
        }
        let said = archive.attachment(found.number)
        return FileTicket(
            document: "F\(found.number + 1)", name: said.name, type: said.type,
            hash: archive.filed[Int(found.number)].hash)
    }
}

extension DocumentName {
    var text: String {
        switch self {
        case .filed(let place): "F\(place + 1)"
        case .document(.id(let place)): "D\(place + 1)"
        case .document(.number(let number)): number
        }
    }
}
