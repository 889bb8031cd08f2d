import Bytes
import Commerce

// Questions about customers: what the directory knows of the answer. Nothing here changes anything.
extension Directory {
    static func empty(_ shop: String) -> Refusal {
        Refusal(.notFound, "nothing is known in shop \(shop) yet; ORDER.PUT and CUSTOMER.PUT begin it")
    }

    func answer(_ query: CustomerQuery, shop: UInt16) throws(Refusal) -> CommandOutcome {
        switch query {
        case .dossier(let selector, let offset, let limit):
            let page = (offset: offset, limit: limit)
            return .dossier(try state.dossier(selector, shop, outbox, page, at: clock.now()))
        case .find(let selectors, let offset, let limit):
            return find(selectors, shop, offset: offset, limit: limit)
        case .why(let first, let second):
            let one = try customer(first, shop)
            let two: CustomerMembers? = if let second { try customer(second, shop) } else { nil }
            return .evidence(EvidencePlan(first: one, second: two, edges: state.evidence(of: one.profiles), shop: shop))
        case .order(let name):
            let order = state.orders[try order(name, shop)]
            return .order(profile: order.profile, row: order.row)
        case .life(let name):
            let order = state.orders[try order(name, shop)]
            return .life(profile: order.profile, row: order.row)
        case .explain(let first, let second):
            let one = try customer(first, shop)
            let two = try customer(second, shop)
            let explanation = state.explain(
                try profile(first, shop), try profile(second, shop), &scratch)
            return .explanation(explanation, one, two)
        case .history(let selector):
            let members = try customer(selector, shop)
            return .history(state.history(of: members.profiles, &scratch), members, shop: shop)
        case .doubtfulPairs(let reason, let offset, let limit):
            let (pairs, total) = state.doubtfulPairs(
                of: shop, reason: reason, offset: offset, limit: limit, &scratch)
            let customers = pairs.map { (members($0.edge.older), members($0.edge.newer)) }
            return .doubtfulPairs(pairs, customers: customers, total: total, offset: offset)
        case .watchedValues(let offset, let limit):
            let (values, total) = state.watchedValues(of: shop, offset: offset, limit: limit)
            return .watchedValues(values, customers: values.map(someCustomers), total: total, offset: offset)
        case .identityStatus: return .identityStatus(state.identityStatus(of: shop, &scratch))
        case .rules(let version): return .rules(try identity(of: shop, hasVersion: version), version: version)
        case .orders(let selector, let listing): return .orders(try customer(selector, shop), listing)
        case .ledger(let query):
            return .ledger(withLanguages(try state.answer(query, shop: shop, at: clock.now()), shop))
        case .settings: return .settings(state.settings(of: shop))
        case .holdPreview(let key):
            let (divisions, total) = state.previewHold(of: key, shop: shop, limit: 100, &scratch)
            return .divisions(divisions.map(sample), total: total)
        }
    }

    private func order(_ name: OrderName, _ shop: UInt16) throws(Refusal) -> Int {
        if let order = state.order(named: name, shop: shop) { return order }
        let waiting = state.heldFactCount(of: name, shop: shop)
        throw Refusal(
            .notFound, "order: not known in this shop" + (waiting > 0 ? "; updates that wait for it: \(waiting)" : ""))
    }

    private func identity(of shop: UInt16, hasVersion version: Int?) throws(Refusal) -> ShopIdentity {
        let identity = state.identities[Int(shop)]
        if let version { _ = try identity.rules(ofVersion: version) }
        return identity
    }

    private func someCustomers(of value: WatchedValue) -> [UInt32] {
        var numbers: [UInt32] = []
        for carrier in value.carriers where numbers.count < 10 {
            let number = state.customerNumber(of: carrier)
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers.sorted()
    }

    func profile(_ selector: CustomerSelector, _ shop: UInt16) throws(Refusal) -> UInt32 {
        try state.knownProfile(selector, shop)
    }

    private func customer(_ selector: CustomerSelector, _ shop: UInt16) throws(Refusal) -> CustomerMembers {
        members(try profile(selector, shop))
    }

    func members(_ profile: UInt32) -> CustomerMembers { state.customer(of: profile) }

    /// Asks memory for what a batch of questions is about.
    func lookAhead(_ batch: CommandBatch) {
        // Writes never stand behind questions.
        guard batch.commands.count > 1, case .query = batch.commands[batch.commands.count - 1] else { return }
        state.prefetchDossiers(
            of: batch.commands.compactMap { command in
                if case .query(.dossier(let selector, _, _)) = command { selector } else { nil }
            })
    }

    private func find(_ selectors: [CustomerSelector], _ shop: UInt16, offset: Int, limit: Int) -> CommandOutcome {
        guard let first = selectors.first else {
            let (customers, total) = state.customers(of: shop, offset: offset, limit: limit)
            return .customers(customers.map(members), total: total, offset: offset)
        }
        // Every key names one customer at most; all of them must name the same one.
        guard let profile = state.profile(first, shop: shop) else { return .customers([], total: 0, offset: 0) }
        let root = state.root(of: profile)
        for selector in selectors.dropFirst() {
            guard let other = state.profile(selector, shop: shop), state.root(of: other) == root else {
                return .customers([], total: 0, offset: 0)
            }
        }
        let customers = offset == 0 && limit > 0 ? [members(profile)] : []
        return .customers(customers, total: 1, offset: offset)
    }
}

extension DirectoryState {
    fileprivate func knownProfile(_ selector: CustomerSelector, _ shop: UInt16) throws(Refusal) -> UInt32 {
        guard let profile = profile(selector, shop: shop) else {
            throw Refusal(.notFound, "no customer of this shop has that \(selector.text); CUSTOMER.FIND lists all")
        }
        return profile
    }

    /// What the directory knows of a dossier. In one function of the state's: each time that a member of the directory is asked
    /// for is checked while the program runs.
    fileprivate func dossier(
        _ selector: CustomerSelector, _ shop: UInt16, _ outbox: borrowing OutboxState,
        _ page: (offset: Int, limit: Int), at now: Timestamp
    ) throws(Refusal) -> DossierOutcome {
        let customer = customer(of: try knownProfile(selector, shop))
        return DossierOutcome(
            customer, related: relatedCustomers(of: customer.profiles),
            messages: messages(to: customer, shop: shop, outbox, at: now),
            ledger: ledgerPart(of: customer.profiles, at: now), offset: page.offset, limit: page.limit)
    }

    /// The customer that a profile belongs to.
    fileprivate func customer(of profile: UInt32) -> CustomerMembers {
        let profiles = members(of: profile)
        return CustomerMembers(
            number: customerNumber(of: profile), profiles: profiles, sequence: lastSequence(ofCustomerOf: profile),
            labels: standingLabels(of: profiles))
    }

    private func relatedCustomers(of profiles: [UInt32]) -> [RelatedCustomer] {
        related(to: profiles).map { RelatedCustomer(number: customerNumber(of: $0.profile), tie: $0.tie) }
    }
}
