import Bytes

// Rows of the feed about files in dossiers, and about what is said of documents.
extension ByteWriter {
    mutating func archive(_ stored: StoredEvent, _ names: EventNames) throws(ByteReaderError) {
        let event = stored.event
        let facts = stored.bytes.span.extracting(event.facts.range)
        switch event.kind {
        case .documentAttached: attached(try AttachFacts().reading(facts), stored, names)
        case .documentLabelled:
            let said = try MarkFacts().reading(facts)
            documents(said)
            member("label", said.words)
            key("isOn")
            bool(said.flag)
            member("actor", said.actor)
        case .documentShared:
            let said = try MarkFacts().reading(facts)
            documents(said)
            member("visibility", said.words)
            member("actor", said.actor)
        case .documentsSent:
            let said = try MarkFacts().reading(facts)
            documents(said)
            member("message", MessageNumber.text(said.message))
            member("actor", said.actor)
        case .documentRemoved:
            let said = try MarkFacts().reading(facts)
            documents(said)
            member("reason", said.words.isEmpty ? nil : said.words)
            member("actor", said.actor)
        case .retentionChanged: retention(try RetentionFacts().reading(facts))
        default: break
        }
    }

    private mutating func attached(_ said: AttachFacts, _ stored: StoredEvent, _ names: EventNames) {
        profile("profile", stored.event.party.profile)
        member("document", names.filed[stored.sequence].map { "F\($0 + 1)" })
        member("kind", said.kind.text)
        member("of", said.ownerName.isEmpty ? nil : said.ownerName)
        member("name", said.name)
        member("type", said.type)
        key("bytes")
        number(said.bytes)
        member("sha256", ContentHash(said.hash)?.description)
        member("visibility", said.visibility.text)
        member("label", said.label.isEmpty ? nil : said.label)
        member("language", said.language.isEmpty ? nil : said.language)
        member("actor", said.actor)
    }

    private mutating func documents(_ said: MarkFacts) {
        key("documents")
        openArray()
        for document in said.documents {
            openObject()
            profile("profile", document.profile)
            member("document", document.name)
            closeObject()
        }
        closeArray()
    }

    private mutating func retention(_ said: RetentionFacts) {
        member("kind", said.kind)
        member("country", said.country.isEmpty ? nil : said.country)
        key("years")
        number(said.years)
        member("source", said.source.isEmpty ? nil : said.source)
        member("actor", said.actor)
    }
}
