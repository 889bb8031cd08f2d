import Bytes

// What the service shows, as JSON.
extension DirectoryState {
    /// The reply to a command that was decided, and applied.
    package func answer(_ decision: ServiceDecision, shop: UInt16, at now: Timestamp) -> [UInt8] {
        var output = ByteWriter(capacity: 256)
        output.openObject()
        switch decision.subject {
        case .terms(let id): termsMembers(id, shop, into: &output)
        case .removed(let id):
            output.member("id", id)
            output.key("removed")
            output.bool(true)
        case .brochure(let number):
            brochureMembers(number, into: &output)
            output.key("customer")
            output.customerNumber(customerNumber(of: service.brochures[Int(number)].profile))
        case .printed(let numbers, let date, let left):
            output.key("printed")
            output.number(numbers.count)
            requests(numbers, into: &output)
            output.moment("printedAt", at: date)
            output.key("left")
            output.number(left)
        case .withdrawn(let numbers):
            output.key("withdrawn")
            output.number(decision.event == nil ? 0 : numbers.count)
            requests(numbers, into: &output)
        case .logIn(let profile, let at):
            output.key("customer")
            output.customerNumber(customerNumber(of: profile))
            output.moment("at", at: at)
        case .report(let profile):
            output.key("customer")
            output.customerNumber(customerNumber(of: profile))
        }
        output.key("duplicate")
        output.bool(decision.event == nil)
        output.key("seq")
        output.number(sequence)
        output.closeObject()
        return output.copyBytes()
    }

    /// The first hundred of them.
    private func requests(_ numbers: [UInt32], into output: inout ByteWriter) {
        output.key("requests")
        output.openArray()
        for number in numbers.prefix(100) { output.string("B\(number + 1)") }
        output.closeArray()
    }

    // MARK: Terms

    private func termsMembers(_ id: String, _ shop: UInt16, into output: inout ByteWriter) {
        guard let stored = service.terms[shop]?[id] else { return }
        output.head(of: stored.terms)
        output.key("prices")
        output.number(stored.terms.prices.count)
        output.key("discounts")
        output.number(stored.terms.discounts.count)
        output.key("surcharges")
        output.number(stored.terms.surcharges.count)
        output.key("version")
        output.number(stored.version)
        output.member("actor", stored.actor)
        output.moment("at", at: stored.at)
    }

    /// Answers a question about terms.
    package func answer(_ query: ServiceQuery, shop: UInt16, at now: Timestamp) throws(Refusal) -> ServiceListing {
        switch query {
        case .listTerms(let group, let moment, let offset, let limit):
            var ids: [String] = []
            for (id, stored) in service.terms[shop] ?? [:] {
                guard group == nil || group?.name == stored.terms.group else { continue }
                if let moment, !stored.terms.holds(at: moment) { continue }
                ids.append(id)
            }
            let rows = ids.sorted().dropFirst(offset).prefix(limit).map { id in
                Self.object { termsMembers(id, shop, into: &$0) }
            }
            return ServiceListing(
                rows: rows, end: Self.object { $0.rangeMembers(total: ids.count, offset: offset, count: rows.count) })
        case .showTerms(let id):
            guard let stored = service.terms[shop]?[id] else { throw Self.noTerms(id) }
            let end = Self.object { output in
                output.members(of: stored.terms)
                output.key("version")
                output.number(stored.version)
                output.member("actor", stored.actor)
                output.moment("at", at: stored.at)
            }
            return ServiceListing(rows: [], end: end)
        case .customerTerms(let selector, let moment):
            let profile = try serviced(selector, shop: shop)
            let group = labels.labels(of: members(of: profile)).group
            let holding =
                group.map { service.terms(of: $0.name, shop: shop, at: moment ?? now.milliseconds) } ?? []
            let rows = holding.map { terms in Self.object { $0.members(of: terms) } }
            let end = Self.object { output in
                output.key("customer")
                output.customerNumber(customerNumber(of: profile))
                output.member("group", group?.name)
                output.key("terms")
                output.number(holding.count)
                output.moment("on", at: moment ?? now.milliseconds)
            }
            return ServiceListing(rows: rows, end: end)
        case .quote(let party, let request): return try quote(request, for: party, shop: shop, at: now)
        }
    }

    private func quote(
        _ request: QuoteRequest, for party: QuotedParty, shop: UInt16, at now: Timestamp
    ) throws(Refusal) -> ServiceListing {
        var profile: UInt32?
        let group: PriceGroup?
        switch party {
        case .customer(let selector):
            let found = try serviced(selector, shop: shop)
            profile = found
            group = labels.labels(of: members(of: found)).group
        case .group(let named): group = named
        }
        let moment = request.at ?? now.milliseconds
        let terms =
            group.map { service.terms(of: $0.name, shop: shop, at: moment, currency: request.currency) } ?? []
        let quote = try PriceQuote(request.lines, under: terms)
        let digits = EInvoice.amountDigits(of: request.currency)
        var rows: [[UInt8]] = []
        for (place, line) in request.lines.enumerated() {
            rows.append(Self.object { $0.members(of: quote.lines[place], line, place: place, digits: digits) })
        }
        let end = Self.object { output in
            if let profile {
                output.key("customer")
                output.customerNumber(customerNumber(of: profile))
            }
            output.member("group", group?.name)
            output.member("currency", request.currency)
            output.moment("at", at: moment)
            if !quote.surcharges.isEmpty { output.surcharges(quote.surcharges, digits) }
            output.member("total", amount: quote.total, digits: digits)
        }
        return ServiceListing(rows: rows, end: end)
    }

    private static func object(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var output = ByteWriter(capacity: 256)
        output.openObject()
        body(&output)
        output.closeObject()
        return output.copyBytes()
    }

    // MARK: Brochures

    /// A request as members.
    package func brochureMembers(_ number: UInt32, into output: inout ByteWriter) {
        let row = service.brochures[Int(number)]
        let facts = service.facts(of: number)
        output.member("request", "B\(number + 1)")
        output.member("brochure", facts.brochure)
        output.key("state")
        output.string("\(row.state.text)")
        output.moment("requestedAt", at: row.requestedAt)
        output.member("requestedBy", facts.actor)
        output.member("note", facts.note.isEmpty ? nil : facts.note)
        output.member("id", facts.id.isEmpty ? nil : facts.id)
        guard row.state != .waiting else { return }
        let (actor, reason) = service.closing(of: number)
        if row.state == .printed {
            output.moment("printedAt", at: row.closedAt)
            output.member("printedBy", actor)
        } else {
            output.moment("withdrawnAt", at: row.closedAt)
            output.member("withdrawnBy", actor)
            output.member("reason", reason.isEmpty ? nil : reason)
        }
    }

    /// One copy that is to be sent: the oldest request that it answers, and the names of the others. Answers whose it is.
    package func brochureMembers(ofCopy requests: [UInt32], into output: inout ByteWriter) -> UInt32 {
        brochureMembers(requests[0], into: &output)
        if requests.count > 1 {
            output.key("also")
            output.openArray()
            for number in requests.dropFirst() { output.string("B\(number + 1)") }
            output.closeArray()
        }
        return service.brochures[Int(requests[0])].profile
    }

    // MARK: The dossier

    /// Whether there is a brochure or a log-in of any of the profiles.
    package func hasService(ofAnyOf profiles: [UInt32]) -> Bool {
        profiles.contains { service.newestBrochure[$0] != nil || service.logInCounts[$0] != nil }
    }

    /// Group and terms, brochures and log-ins as members of a dossier; what there is none of is left out.
    package func serviceMembers(of profiles: [UInt32], shop: UInt16, at now: Timestamp, into output: inout ByteWriter) {
        if let group = labels.labels(of: profiles).group {
            output.member("group", group.name)
            let terms = service.terms(of: group.name, shop: shop, at: now.milliseconds)
            output.entries("terms", terms) { $0.head(of: $1) }
        }
        var requests: [UInt32] = []
        for profile in profiles { service.forEachBrochure(of: profile) { number, _ in requests.append(number) } }
        if !requests.isEmpty {
            output.entries("brochures", requests.sorted(by: >)) { brochureMembers($1, into: &$0) }
        }
        let counts = profiles.compactMap { service.logInCounts[$0] }
        guard let last = counts.map(\.lastAt).max() else { return }
        output.key("logIns")
        output.openObject()
        output.key("total")
        output.number(counts.reduce(0) { $0 + $1.count })
        output.moment("last", at: last)
        output.closeObject()
    }
}

extension ByteWriter {
    /// Total and range of a list: `from` and `to` count from 1, both 0 when the page is empty.
    package mutating func rangeMembers(total: Int, offset: Int, count: Int) {
        key("total")
        number(total)
        key("from")
        number(count == 0 ? 0 : offset + 1)
        key("to")
        number(count == 0 ? 0 : offset + count)
    }
}
