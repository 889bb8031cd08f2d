import Bytes

// Decide: every rule about price terms, brochures, and log-ins. Pure.
extension DirectoryState {
    /// The most terms of a shop, and of one group: each of them is looked at for a quote.
    static let mostTerms = (ofShop: 1_000, ofGroup: 100)
    /// The most requests that one command prints; what is left the next one takes.
    static let mostPrinted = 10_000

    /// - Parameter isPostRefused: whether the customer that the profile belongs to wishes no post.
    package func decide(
        _ command: ServiceCommand, shop: UInt16, actor: String, at now: Timestamp, isPostRefused: (UInt32) -> Bool
    ) throws(Refusal) -> ServiceDecision {
        switch command {
        case .putTerms(let terms): return try decideTerms(terms, shop: shop, actor: actor)
        case .removeTerms(let id):
            guard service.terms[shop]?[id] != nil else { throw Self.noTerms(id) }
            var terms = PriceTerms()
            terms.id = id
            let event = LedgerEvent(.termsRemoved, TermsFacts(terms: terms, actor: actor))
            return ServiceDecision(event: event, subject: .removed(id))
        case .requestBrochure(let selector, let request):
            let profile = try serviced(selector, shop: shop)
            return try decideRequest(
                request, profile, shop: shop, actor: actor, isPostRefused: isPostRefused(profile))
        case .printBrochures(let choice, let at):
            return try decidePrinting(
                choice, on: at ?? now.milliseconds, shop: shop, actor: actor, at: now, isPostRefused: isPostRefused)
        case .withdrawBrochure(let number, let reason):
            return try decideWithdrawal(number, reason: reason, shop: shop, actor: actor, at: now)
        case .logIn(let selector, let at, let from):
            let profile = try serviced(selector, shop: shop)
            return try decideLogIn(profile, at: at, from: from, actor: actor, now)
        case .askReport(let number, let report, let isFiled):
            let profile = try profile(numbered: number, shop: shop)
            let facts = ReportFacts(report: report, isFiled: isFiled, actor: actor)
            return ServiceDecision(
                event: LedgerEvent(.reportAsked, facts, profile: profile), subject: .report(profile))
        }
    }

    func serviced(_ selector: CustomerSelector, shop: UInt16) throws(Refusal) -> UInt32 {
        guard let profile = profile(selector, shop: shop) else {
            throw Refusal(.notFound, "no customer of this shop has that \(selector.text); CUSTOMER.FIND lists all")
        }
        return profile
    }

    // MARK: Terms

    static func noTerms(_ id: String) -> Refusal {
        Refusal(.notFound, "terms: this shop has none called \(id.prefix(64)); TERMS.LIST shows all")
    }

    private func decideTerms(_ terms: PriceTerms, shop: UInt16, actor: String) throws(Refusal) -> ServiceDecision {
        let known = service.terms[shop] ?? [:]
        if known[terms.id]?.terms == terms { return ServiceDecision(event: nil, subject: .terms(terms.id)) }
        let others = known.values.filter { $0.terms.id != terms.id }
        let ofGroup = others.count { $0.terms.group == terms.group }
        guard others.count < Self.mostTerms.ofShop, ofGroup < Self.mostTerms.ofGroup else {
            throw Refusal(
                .refused,
                "terms: a shop has \(Self.mostTerms.ofShop) at most, a group \(Self.mostTerms.ofGroup); TERMS.REMOVE makes room"
            )
        }
        let event = LedgerEvent(.termsPut, TermsFacts(terms: terms, actor: actor))
        return ServiceDecision(event: event, subject: .terms(terms.id))
    }

    // MARK: Brochures

    private func decideRequest(
        _ request: BrochureRequest, _ profile: UInt32, shop: UInt16, actor: String, isPostRefused: Bool
    ) throws(Refusal) -> ServiceDecision {
        if !request.id.isEmpty,
            let known = service.requestNames[ServiceState.RequestName(shop: shop, id: request.id)]
        {
            let row = service.brochures[Int(known)]
            guard root(of: row.profile) == root(of: profile), service.facts(of: known).brochure == request.brochure
            else {
                throw Refusal(
                    .conflict, "id: \(request.id) is B\(known + 1), of another customer or another brochure")
            }
            return ServiceDecision(event: nil, subject: .brochure(known))
        }
        if let kind = service.kindNumbers[request.brochure], let known = waiting(of: profile, kind).first {
            return ServiceDecision(event: nil, subject: .brochure(known))
        }
        guard !isPostRefused else {
            throw Refusal(
                .refused,
                "customer: C\(customerNumber(of: profile)) wishes no post; CUSTOMER.WISHES C\(customerNumber(of: profile)) post=yes takes that back"
            )
        }
        let number = UInt32(service.brochures.count)
        let facts = BrochureFacts(
            number: number, brochure: request.brochure, note: request.note, id: request.id, actor: actor)
        return ServiceDecision(
            event: LedgerEvent(.brochureRequested, facts, profile: profile), subject: .brochure(number))
    }

    /// The requests of a customer for a brochure that wait, oldest first: several where a merge brought them together.
    /// - Parameter kind: the number of the brochure.
    private func waiting(of profile: UInt32, _ kind: UInt32) -> [UInt32] {
        var found: [UInt32] = []
        for member in members(of: profile) {
            service.forEachBrochure(of: member) { number, row in
                if row.state == .waiting, service.kinds[Int(number)] == kind { found.append(number) }
            }
        }
        return found.sorted()
    }

    /// What stands on the list for a shop: for each customer and brochure the requests that one copy answers, oldest first.
    package func waitingBrochures(
        of shop: UInt16, brochure: String?, isPostRefused: (UInt32) -> Bool
    ) -> (list: [[UInt32]], heldBack: Int) {
        struct Copy: Hashable {
            let customer: UInt32
            let kind: UInt32
        }
        let wanted = brochure.map { service.kindNumbers[$0] ?? .max }
        var places: [Copy: Int] = [:]
        var refusals: [UInt32: Bool] = [:]
        var list: [[UInt32]] = []
        var heldBack = Set<Copy>()
        for number in (service.waiting[shop] ?? []).sorted() {
            let profile = service.brochures[Int(number)].profile
            let copy = Copy(customer: customerNumber(of: profile), kind: service.kinds[Int(number)])
            guard wanted ?? copy.kind == copy.kind else { continue }
            let isRefused = refusals[copy.customer] ?? isPostRefused(profile)
            refusals[copy.customer] = isRefused
            if isRefused {
                heldBack.insert(copy)
            } else if let place = places[copy] {
                list[place].append(number)
            } else {
                places[copy] = list.count
                list.append([number])
            }
        }
        return (list, heldBack.count)
    }

    private func decidePrinting(
        _ choice: BrochureChoice, on date: Int64, shop: UInt16, actor: String, at now: Timestamp,
        isPostRefused: (UInt32) -> Bool
    ) throws(Refusal) -> ServiceDecision {
        guard date <= now.milliseconds + 366 * 86_400_000 else {
            throw .invalid("at", "lies more than a year ahead; say the day on which it is printed")
        }
        var left = 0
        var chosen: [UInt32] = []
        switch choice {
        case .requests(let numbers):
            for number in numbers { chosen += try printable(number, shop: shop) }
        case .until(let moment, let brochure):
            let (list, _) = waitingBrochures(of: shop, brochure: brochure, isPostRefused: isPostRefused)
            let wanted = list.filter { service.brochures[Int($0[0])].requestedAt <= moment }
            chosen = wanted.prefix(Self.mostPrinted).flatMap(\.self)
            left = max(0, wanted.count - Self.mostPrinted)
        }
        let numbers = Set(chosen).sorted()
        for number in numbers where date < service.brochures[Int(number)].requestedAt - 86_400_000 {
            throw .invalid("at", "lies before B\(number + 1) was asked for")
        }
        let subject = ServiceDecision.Subject.printed(numbers, at: date, left: left)
        return ServiceDecision(event: mark(.brochuresPrinted, numbers, at: date, "", actor), subject: subject)
    }

    /// The request and those that the same copy answers; none if it is printed already.
    private func printable(_ number: UInt32, shop: UInt16) throws(Refusal) -> [UInt32] {
        let row = try brochure(number, shop: shop)
        switch row.state {
        case .printed: return []
        case .withdrawn:
            throw Refusal(.refused, "request: B\(number + 1) is withdrawn; BROCHURE.REQUEST asks anew")
        case .waiting: return waiting(of: row.profile, service.kinds[Int(number)])
        }
    }

    private func decideWithdrawal(
        _ number: UInt32, reason: String, shop: UInt16, actor: String, at now: Timestamp
    ) throws(Refusal) -> ServiceDecision {
        let row = try brochure(number, shop: shop)
        switch row.state {
        case .withdrawn: return ServiceDecision(event: nil, subject: .withdrawn([number]))
        case .printed:
            let day = Timestamp(milliseconds: row.closedAt).dayText
            throw Refusal(.refused, "request: B\(number + 1) was printed on \(day); what is sent cannot be withdrawn")
        case .waiting:
            let numbers = waiting(of: row.profile, service.kinds[Int(number)])
            return ServiceDecision(
                event: mark(.brochuresWithdrawn, numbers, at: now.milliseconds, reason, actor),
                subject: .withdrawn(numbers))
        }
    }

    private func brochure(_ number: UInt32, shop: UInt16) throws(Refusal) -> BrochureRow {
        guard Int(number) < service.brochures.count, service.brochures[Int(number)].shop == shop else {
            throw Refusal(
                .notFound, "request: B\(UInt64(number) + 1) is not known in this shop; BROCHURE.LIST shows what waits")
        }
        return service.brochures[Int(number)]
    }

    private func mark(
        _ kind: EventKind, _ numbers: [UInt32], at moment: Int64, _ reason: String, _ actor: String
    ) -> LedgerEvent? {
        guard !numbers.isEmpty else { return nil }
        let requests = numbers.map {
            BrochureMarkFacts.Request(number: $0, profile: service.brochures[Int($0)].profile)
        }
        return LedgerEvent(
            kind, BrochureMarkFacts(requests: requests, at: moment, reason: reason, actor: actor))
    }

    // MARK: Log-ins

    private func decideLogIn(
        _ profile: UInt32, at said: Int64?, from: String, actor: String, _ now: Timestamp
    ) throws(Refusal) -> ServiceDecision {
        if let block = labels.labels(of: members(of: profile)).block {
            throw Refusal(
                .refused,
                "customer: C\(customerNumber(of: profile)) is blocked (\(block.reason)); CUSTOMER.UNBLOCK lets in again"
            )
        }
        let at = said ?? now.milliseconds
        guard at <= now.milliseconds + Self.clockTolerance else {
            throw .invalid("at", "lies ahead of the server's clock; say when the customer logged in")
        }
        let facts = LogInFacts(at: at, from: from, actor: actor)
        if said != nil, members(of: profile).contains(where: { service.knows(facts, profile: $0) }) {
            return ServiceDecision(event: nil, subject: .logIn(profile, at: at))
        }
        return ServiceDecision(
            event: LedgerEvent(.customerLoggedIn, facts, profile: profile), subject: .logIn(profile, at: at))
    }

    // MARK: Events

    func validateService(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        try service.validate(event, bytes, profiles: profiles.count)
    }

    mutating func evolveService(_ event: Event, _ bytes: Span<UInt8>) {
        for profile in service.evolve(event, bytes) { touch(profile) }
    }

    /// Reads the service's tables of a snapshot, once all are there; false if they do not fit together.
    package mutating func takeService() -> Bool {
        service.finishLoading(profiles: profiles.count, shopCount: shops.count)
    }
}
