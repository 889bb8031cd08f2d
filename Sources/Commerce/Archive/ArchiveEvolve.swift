import Bytes

// Evolve: the only code that changes the archive. Live commands, the journal and a snapshot's entries all come here.
extension ArchiveState {
    /// Answers whose dossiers show it.
    mutating func evolve(_ event: Event, _ bytes: Span<UInt8>, sequence: UInt64) -> [UInt32] {
        let profile = event.party.profile == .max ? 0 : event.party.profile + 1
        let entry = ArchiveEntry(
            facts: facts.append(bytes.extracting(event.facts.range)), recordedAt: event.recordedAt,
            sequence: sequence, profile: profile, shop: event.shop, kind: event.kind.rawValue)
        apply(UInt32(entries.append(entry)), entry)
        switch event.kind {
        case .documentAttached: return [event.party.profile]
        case .retentionChanged: return []
        default: return open(entry, MarkFacts()).documents.map(\.profile)
        }
    }

    /// Works an entry into what is derived.
    mutating func apply(_ place: UInt32, _ entry: ArchiveEntry) {
        switch EventKind(rawValue: entry.kind) {
        case .documentAttached: attach(open(entry, AttachFacts()), place, entry)
        case .documentLabelled: forEachDocument(place, entry) { $0.label($2.words, $1, isOn: $2.flag, entry.shop) }
        case .documentShared:
            forEachDocument(place, entry) { state, reference, said in
                state.marks[reference]?.visibility = Visibility.allCases.first { $0.text == said.words }
            }
        case .documentRemoved: forEachDocument(place, entry) { state, reference, _ in state.remove(reference, entry) }
        case .retentionChanged: setRetention(open(entry, RetentionFacts()), entry)
        default: forEachDocument(place, entry) { _, _, _ in }
        }
    }

    private mutating func attach(_ said: AttachFacts, _ place: UInt32, _ entry: ArchiveEntry) {
        guard let hash = ContentHash(said.hash) else { preconditionFailure("a hash that was validated has 32 bytes") }
        let reference = DocumentReference(.filed, UInt32(filed.count))
        let profile = entry.profile - 1
        filed.append(
            FiledDocument(
                hash: hash, kind: said.kind, profile: profile, order: said.order, filedAt: entry.recordedAt,
                sequence: entry.sequence))
        contents[hash, default: 0] += 1
        let name = "F\(reference.number + 1)"
        note(reference, name: name, profile, place, entry)
        marks[reference]?.visibility = said.visibility
        if !said.label.isEmpty { label(said.label, reference, isOn: true, entry.shop) }
        guard said.kind == .itinerary else { return }
        lapse(Lapse(reference: reference, name: name, profile: profile, shop: entry.shop), from: entry.recordedAt)
    }

    /// A saved itinerary goes by itself after its days.
    mutating func lapse(_ lapse: Lapse, from start: Int64) {
        guard !isRemoved(lapse.reference) else { return }
        let place = lapsePlaces[lapse.reference] ?? UInt32(lapsing.count)
        if Int(place) == lapsing.count { lapsing.append(lapse) }
        lapsePlaces[lapse.reference] = place
        due.set(place, at: start + RetentionRules.itineraryMilliseconds)
    }

    private mutating func note(
        _ reference: DocumentReference, name: String, _ profile: UInt32, _ place: UInt32, _ entry: ArchiveEntry
    ) {
        if marks[reference] == nil {
            marks[reference] = DocumentMarks(name: name, profile: profile, shop: entry.shop)
            byProfile[profile, default: []].append(reference)
        }
        marks[reference]?.entries.append(place)
    }

    private mutating func forEachDocument(
        _ place: UInt32, _ entry: ArchiveEntry,
        _ body: (inout ArchiveState, DocumentReference, MarkFacts) -> Void
    ) {
        let said = open(entry, MarkFacts())
        for document in said.documents {
            note(document.reference.reference, name: document.name, document.profile, place, entry)
            body(&self, document.reference.reference, said)
        }
    }

    private mutating func label(_ label: String, _ reference: DocumentReference, isOn: Bool, _ shop: UInt16) {
        marks[reference]?.labels.removeAll { $0 == label }
        labelled[shop]?[label]?.removeAll { $0 == reference }
        guard isOn else { return }
        marks[reference]?.labels.append(label)
        labelled[shop, default: [:]][label, default: []].append(reference)
    }

    private mutating func remove(_ reference: DocumentReference, _ entry: ArchiveEntry) {
        marks[reference]?.removedAt = entry.recordedAt
        for label in marks[reference]?.labels ?? [] { labelled[entry.shop]?[label]?.removeAll { $0 == reference } }
        if let place = lapsePlaces.removeValue(forKey: reference) { due.remove(place) }
        guard reference.origin == .filed else { return }
        let hash = filed[Int(reference.number)].hash
        guard let count = contents[hash] else { return }
        contents[hash] = count > 1 ? count - 1 : nil
        if count == 1 { owesSweep = true }
    }

    private mutating func setRetention(_ said: RetentionFacts, _ entry: ArchiveEntry) {
        retention[entry.shop, default: RetentionRules()].add(
            RetentionRules.Rule(
                kind: said.kind, country: said.country, years: Int(said.years), source: said.source, actor: said.actor,
                since: entry.recordedAt))
    }
}

// MARK: - Validate

extension ArchiveState {
    /// Whether an event from a disk follows from this state: only what would break the tables. Numbers of documents that
    /// others keep are checked by the caller.
    func validate(
        _ kind: EventKind, _ bytes: Span<UInt8>, profile: UInt32, profiles: Int, _ isKnown: (DocumentReference) -> Bool
    ) throws(EventError) {
        let follows: Bool
        do throws(ByteReaderError) {
            switch kind {
            case .documentAttached:
                let said = try AttachFacts().reading(bytes)
                follows = said.hash.count == 32 && profile != .max && said.owner.map { isKnown($0.reference) } ?? true
            case .retentionChanged: follows = try RetentionFacts().reading(bytes).years >= 0
            default:
                let said = try MarkFacts().reading(bytes)
                follows =
                    profile != .max
                    && said.documents.allSatisfy { document in
                        let reference = document.reference.reference
                        return isKnown(reference) && Int(document.profile) < profiles
                            && !(kind == .documentRemoved && isRemoved(reference))
                    }
            }
        } catch {
            throw .malformed(error)
        }
        guard follows else { throw .inconsistent("an event that the archive cannot take") }
    }
}
