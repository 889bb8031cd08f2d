import Bytes

// Decide: what people may decide about who is who. A command may take several steps (a split sees what withdrawing a merge
// alone brings), so each event is applied as soon as it is written. A refusal comes before the first event.

extension DirectoryState {
    /// Carries out a command about who is who.
    package mutating func perform(
        _ command: IdentityCommand, shop: UInt16, actor: String, at now: Timestamp,
        _ scratch: inout ResolutionScratch, into events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        var desk = DecisionDesk(shop: shop, actor: actor, now: now)
        if identities[Int(shop)].mode == .exact, command.dividesCustomers {
            throw Refusal(
                .refused, "this shop goes by exact keys alone; SHOP.CONFIGURE match=evidence lets people decide")
        }
        switch command {
        case .merge(let from, let into, let isPreview, let reason):
            return try merge(from, into, isPreview: isPreview, reason, &desk, &scratch, &events)
        case .split(let number, let taken, let isPreview, let reason):
            return try split(number, taken, isPreview: isPreview, reason, &desk, &scratch, &events)
        case .bind(let one, let two, let reason):
            let left = try profile(numbered: one, shop: shop)
            let right = try profile(numbered: two, shop: shop)
            try checkNotApart(members(of: left), members(of: right))
            return try tie(left, right, retiresLeft: false, reason, desk, &scratch, &events)
        case .exclude(let one, let two, let reason): return try exclude(one, two, reason, desk, &scratch, &events)
        case .link(let one, let two, let reason): return try link(one, two, reason, desk, &events)
        case .release(let one, let two): return try release(one, two, desk, &scratch, &events)
        case .answer(let pair, let isSame, let reason):
            return try answer(pair, isSame: isSame, reason, desk, &scratch, &events)
        case .configure(let changes): return try configure(changes, desk, &events)
        case .propose(let rules, let basis): return propose(rules, basis: basis, desk, &events)
        case .proposeChange(let change):
            return propose(try change.applied(to: identities[Int(shop)].rules), basis: change.basis, desk, &events)
        case .activate(let version):
            _ = try identities[Int(shop)].rules(ofVersion: version)
            if Int(identities[Int(shop)].activeVersion) == version { return .version(version, isDuplicate: true) }
            events.rulesActivated(version: version, shop: shop, actor: actor, now: now)
            record(events)
            return .version(version, isDuplicate: false)
        case .watch(let key, let isHeld):
            if watches.contains(where: { $0.key == key && $0.shop == shop && $0.isHeld == isHeld }) {
                return .configured(isDuplicate: true)
            }
            events.valueWatched(key, isHeld ? .held : .released, shop: shop, actor: actor, now: now)
            record(events)
            return .configured(isDuplicate: false)
        }
    }

    /// Rules that are known already keep the number that they have.
    private mutating func propose(
        _ rules: MatchRules, basis: String, _ desk: DecisionDesk, _ events: inout EventWriter
    ) -> IdentityOutcome {
        if let known = identities[Int(desk.shop)].versions.firstIndex(where: { $0.rules == rules }) {
            return .version(known + 1, isDuplicate: true)
        }
        events.rulesProposed(rules, basis: basis, shop: desk.shop, actor: desk.actor, now: desk.now)
        record(events)
        return .version(identities[Int(desk.shop)].versions.count, isDuplicate: false)
    }

    /// Applies the event that was written last.
    mutating func record(_ events: borrowing EventWriter) {
        do throws(EventError) {
            let event = try Event(events.last)
            evolve(event, events.last)
        } catch {
            preconditionFailure("an event just written does not read: \(error)")
        }
    }

    /// Weighs anew what hangs together with the profiles, and applies what follows.
    private mutating func settle(
        _ profiles: [UInt32], _ desk: DecisionDesk, _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) {
        let plan = plan(forAll: profiles, &scratch)
        guard !plan.isEmpty else { return }
        write(plan, cause: profiles[0], actor: desk.actor, at: desk.now, into: &events)
        record(events)
    }

    private func outcome(_ profiles: [UInt32], isDuplicate: Bool = false, isPreview: Bool = false) -> IdentityOutcome {
        var roots: [UInt32] = []
        for profile in profiles where !roots.contains(root(of: profile)) { roots.append(root(of: profile)) }
        roots.sort { customerNumber(of: $0) < customerNumber(of: $1) }
        return .decided(
            customers: roots.map { members(of: $0) }, numbers: roots.map { customerNumber(of: $0) },
            isDuplicate: isDuplicate, isPreview: isPreview)
    }

    // MARK: Together

    private mutating func merge(
        _ from: UInt32, _ into: UInt32, isPreview: Bool, _ reason: String, _ desk: inout DecisionDesk,
        _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let left = try profile(numbered: from, shop: desk.shop)
        let right = try profile(numbered: into, shop: desk.shop)
        let vanishing = members(of: left)
        let staying = members(of: right)
        guard root(of: left) != root(of: right) else { return outcome([left], isDuplicate: true, isPreview: isPreview) }
        try checkNotApart(vanishing, staying)
        if identities[Int(desk.shop)].protectsBookings {
            let invoices = blockingInvoices(of: vanishing).map { (documents[Int($0)].profile, documents[Int($0)].row) }
            let numbers = blockingNumbers(of: vanishing)
            if !invoices.isEmpty || !numbers.isEmpty {
                return .blocked(
                    from: customerNumber(of: left), into: customerNumber(of: right),
                    invoices: invoices.map { (profile: $0.0, row: $0.1) }, numbers: numbers)
            }
        }
        if isPreview {
            return .decided(
                customers: [(vanishing + staying).sorted()], numbers: [customerNumber(of: right)], isDuplicate: false,
                isPreview: true)
        }
        return try tie(
            customerNumber(of: left) - 1, customerNumber(of: right) - 1, retiresLeft: true, reason, desk, &scratch,
            &events)
    }

    private mutating func tie(
        _ left: UInt32, _ right: UInt32, retiresLeft: Bool, _ reason: String, _ desk: DecisionDesk,
        _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        guard left != right else { throw Refusal(.invalid, "C\(left + 1) stands on both sides; name two profiles") }
        if !crossing(.together, [left], [right]).isEmpty { return outcome([left, right], isDuplicate: true) }
        events.decisionMade(
            desk.decision(.together, [left], [right], retiresLeft: retiresLeft, reason), now: desk.now)
        record(events)
        settle([left, right], desk, &scratch, &events)
        return outcome([left, right])
    }

    // MARK: Apart

    private mutating func split(
        _ number: UInt32, _ taken: [UInt32], isPreview: Bool, _ reason: String, _ desk: inout DecisionDesk,
        _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let profile = try profile(numbered: number, shop: desk.shop)
        if taken.isEmpty { return try takeBackMerge(profile, isPreview: isPreview, desk, &scratch, &events) }
        let members = members(of: profile)
        let left = Set(taken.map { $0 &- 1 })
        for one in taken { _ = try self.profile(numbered: one, shop: desk.shop) }
        if left.allSatisfy({ !members.contains($0) && isApart($0, members) }) {
            return outcome([profile] + left.sorted(), isDuplicate: true, isPreview: isPreview)
        }
        for one in taken where !members.contains(one &- 1) {
            throw .invalid("profiles", "C\(one) is no profile of C\(number); CUSTOMER.360 C\(number) lists them")
        }
        let right = members.filter { !left.contains($0) }
        guard !right.isEmpty else { throw .invalid("profiles", "must leave at least one profile with the customer") }
        let side = left.sorted()
        if isPreview {
            return .decided(
                customers: [right, side], numbers: [right[0] + 1, side[0] + 1], isDuplicate: false, isPreview: true)
        }
        withdraw(crossing(.together, side, right), desk, &events)
        settle(members, desk, &scratch, &events)
        // What evidence alone would put together again stays apart because a person says so.
        let isMixed = side.contains { one in right.contains { root(of: $0) == root(of: one) } }
        if isMixed {
            events.decisionMade(desk.decision(.apart, side, right, reason), now: desk.now)
            record(events)
            settle(members, desk, &scratch, &events)
        }
        return outcome(right + side)
    }

    private mutating func takeBackMerge(
        _ profile: UInt32, isPreview: Bool, _ desk: DecisionDesk, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let merges = merges(retiring: profile)
        if merges.isEmpty, wasTakenBack(profile) { return outcome([profile], isDuplicate: true, isPreview: isPreview) }
        guard !merges.isEmpty else {
            throw .invalid(
                "profiles", "C\(profile + 1) was not merged by a person; name what to take out: profiles=C7,C9")
        }
        let members = members(of: profile)
        if isPreview {
            let preview = preview(members, withdrawing: merges, &scratch)
            return .decided(
                customers: preview.customers, numbers: preview.numbers, isDuplicate: false, isPreview: true)
        }
        withdraw(merges, desk, &events)
        settle(members, desk, &scratch, &events)
        return outcome(members)
    }

    private mutating func exclude(
        _ one: UInt32, _ two: UInt32, _ reason: String, _ desk: DecisionDesk, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let left = try profile(numbered: one, shop: desk.shop)
        let right = try profile(numbered: two, shop: desk.shop)
        guard left != right else { throw Refusal(.invalid, "C\(left + 1) stands on both sides; name two profiles") }
        if root(of: left) != root(of: right), decisions.separation(left, right) != nil {
            return outcome([left, right], isDuplicate: true)
        }
        // Whole customers where they are two, the named profiles where they are one.
        let areOne = root(of: left) == root(of: right)
        if let between = chain(from: left, to: right) {
            throw Refusal(
                .refused,
                "people have decided that C\(between + 1) is one customer with either; CUSTOMER.RELEASE takes that back"
            )
        }
        return keepApart(
            areOne ? [left] : members(of: left), areOne ? [right] : members(of: right), reason, desk, &scratch, &events)
    }

    private mutating func keepApart(
        _ left: [UInt32], _ right: [UInt32], _ reason: String, _ desk: DecisionDesk,
        _ scratch: inout ResolutionScratch, _ events: inout EventWriter
    ) -> IdentityOutcome {
        let isKnown = left.allSatisfy { one in right.allSatisfy { decisions.separation(one, $0) != nil } }
        if isKnown { return outcome([left[0], right[0]], isDuplicate: true) }
        withdraw(crossing(.together, left, right), desk, &events)
        events.decisionMade(desk.decision(.apart, left, right, reason), now: desk.now)
        record(events)
        settle(left + right, desk, &scratch, &events)
        return outcome([left[0], right[0]])
    }

    // MARK: Beside

    private mutating func link(
        _ one: UInt32, _ two: UInt32, _ reason: String, _ desk: DecisionDesk, _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let left = try profile(numbered: one, shop: desk.shop)
        let right = try profile(numbered: two, shop: desk.shop)
        guard root(of: left) != root(of: right) else {
            throw Refusal(.refused, "C\(one) and C\(two) are one customer already; CUSTOMER.SPLIT takes it apart")
        }
        if !crossing(.linked, members(of: left), members(of: right)).isEmpty {
            return outcome([left, right], isDuplicate: true)
        }
        events.decisionMade(desk.decision(.linked, [left], [right], reason), now: desk.now)
        record(events)
        return outcome([left, right])
    }

    private mutating func release(
        _ one: UInt32, _ two: UInt32, _ desk: DecisionDesk, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        let left = try profile(numbered: one, shop: desk.shop)
        let right = try profile(numbered: two, shop: desk.shop)
        let kinds: [PersonDecision.Kind] = [.together, .apart, .linked]
        var numbers = kinds.flatMap { crossing($0, [left], [right]) }
        if numbers.isEmpty, root(of: left) != root(of: right) {
            numbers = kinds.flatMap { crossing($0, members(of: left), members(of: right)) }
        }
        if numbers.isEmpty, wasWithdrawn(left, right) { return outcome([left, right], isDuplicate: true) }
        guard !numbers.isEmpty else {
            throw Refusal(
                .notFound,
                "nobody decided anything about C\(one) and C\(two); CUSTOMER.WHY C\(one) C\(two) tells what did")
        }
        let concerned = numbers.flatMap { decisions.all[$0].left + decisions.all[$0].right }
        withdraw(numbers, desk, &events)
        settle(concerned, desk, &scratch, &events)
        return outcome([left, right])
    }

    private mutating func answer(
        _ number: Int, isSame: Bool, _ reason: String, _ desk: DecisionDesk, _ scratch: inout ResolutionScratch,
        _ events: inout EventWriter
    ) throws(Refusal) -> IdentityOutcome {
        if let known = answered(number, isSame: isSame, shop: desk.shop) { return known }
        let edge = try doubtfulPair(number, shop: desk.shop)
        let left = members(of: edge.newer)
        let right = members(of: edge.older)
        if !isSame {
            guard root(of: edge.newer) != root(of: edge.older) else {
                throw Refusal(.conflict, "the two are one customer by now; CUSTOMER.SPLIT takes it apart")
            }
            return keepApart(left, right, reason, desk, &scratch, &events)
        }
        guard root(of: edge.newer) != root(of: edge.older) else { return outcome([edge.newer], isDuplicate: true) }
        try checkNotApart(left, right)
        return try tie(edge.newer, edge.older, retiresLeft: false, reason, desk, &scratch, &events)
    }

    /// What the same answer brought about when it was given before.
    private func answered(_ number: Int, isSame: Bool, shop: UInt16) -> IdentityOutcome? {
        guard number > 0, number <= edges.count else { return nil }
        let edge = edges[number - 1]
        guard profiles[Int(edge.newer)].shop == shop else { return nil }
        let isKnown =
            isSame
            ? !crossing(.together, [edge.newer], [edge.older]).isEmpty
            : decisions.separation(edge.newer, edge.older) != nil
        return isKnown ? outcome([edge.newer, edge.older], isDuplicate: true) : nil
    }

    private mutating func withdraw(_ numbers: [Int], _ desk: DecisionDesk, _ events: inout EventWriter) {
        for number in numbers {
            events.decisionWithdrawn(number, shop: desk.shop, actor: desk.actor, now: desk.now)
            record(events)
        }
    }
}

/// Who decides, where and when.
struct DecisionDesk {
    let shop: UInt16
    let actor: String
    let now: Timestamp

    func decision(
        _ kind: PersonDecision.Kind, _ left: [UInt32], _ right: [UInt32], retiresLeft: Bool = false, _ reason: String
    ) -> PersonDecision {
        PersonDecision(
            kind: kind, shop: shop, left: left, right: right, retiresLeft: retiresLeft, actor: actor, reason: reason,
            at: now.milliseconds, sequence: 0, version: 0)
    }
}
