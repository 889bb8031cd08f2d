import Bytes

// Rows of the feed about price terms, brochures, log-ins and reports.
extension ByteWriter {
    mutating func service(_ event: Event, _ bytes: Span<UInt8>) throws(ByteReaderError) {
        let facts = bytes.extracting(event.facts.range)
        switch event.kind {
        case .termsPut:
            let said = try TermsFacts().reading(facts)
            key("terms")
            openObject()
            members(of: said.terms)
            closeObject()
            member("actor", said.actor)
        case .termsRemoved:
            let said = try TermsFacts().reading(facts)
            member("id", said.terms.id)
            member("actor", said.actor)
        case .brochureRequested:
            let said = try BrochureFacts().reading(facts)
            profile("profile", event.party.profile)
            member("request", "B\(said.number + 1)")
            member("brochure", said.brochure)
            member("note", said.note.isEmpty ? nil : said.note)
            member("id", said.id.isEmpty ? nil : said.id)
            member("actor", said.actor)
        case .brochuresPrinted, .brochuresWithdrawn: try marked(event, BrochureMarkFacts().reading(facts))
        case .customerLoggedIn:
            let said = try LogInFacts().reading(facts)
            profile("profile", event.party.profile)
            moment("at", at: said.at)
            member("from", said.from.isEmpty ? nil : said.from)
            member("actor", said.actor)
        default:
            let said = try ReportFacts().reading(facts)
            profile("profile", event.party.profile)
            member("report", said.report)
            key("isFiled")
            bool(said.isFiled)
            member("actor", said.actor)
        }
    }

    private mutating func marked(_ event: Event, _ said: BrochureMarkFacts) {
        entries("requests", said.requests) { output, request in
            output.profile("profile", request.profile)
            output.member("request", "B\(request.number + 1)")
        }
        moment(event.kind == .brochuresPrinted ? "printedAt" : "withdrawnAt", at: said.at)
        member("reason", said.reason.isEmpty ? nil : said.reason)
        member("actor", said.actor)
    }
}
