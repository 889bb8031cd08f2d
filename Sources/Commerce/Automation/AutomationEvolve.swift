import Bytes

// Evolve: the only code that changes rules, and that notes what they have to run on.
extension AutomationState {
    /// Whether the event follows from this state, for one that comes from a disk.
    package func validate(_ event: AutomationEvent, shop: UInt16) throws(EventError) {
        let rules = rules(of: shop)
        switch event {
        case .rulePut(_, let json, _):
            do throws(Refusal) { _ = try RuleDefinition(Array(json.utf8).span) } catch {
                throw .inconsistent("a rule that does not read: \(error.text)")
            }
        case .ruleSwitched(let name, _, _), .ruleRemoved(let name, _), .ruleTested(let name, _, _):
            try Self.check(rules.place(of: name) != nil, "an unknown rule")
        case .ruleMoved(let name, let before, _):
            try Self.check(
                rules.place(of: name) != nil && (before.isEmpty || rules.place(of: before) != nil), "an unknown rule")
        case .automationConfigured, .changesHandled: break
        }
    }

    private static func check(_ condition: Bool, _ what: String) throws(EventError) {
        if !condition { throw .inconsistent(what) }
    }

    /// Applies an event about rules.
    package mutating func evolve(_ event: AutomationEvent, shop: UInt16, at: Int64) {
        while shops.count <= Int(shop) { shops.append(ShopRules()) }
        let number = Int(shop)
        switch event {
        case .rulePut(let name, let json, let actor): put(name, json, actor, at, number)
        case .ruleSwitched(let name, let isOn, let actor):
            change(name, number) {
                $0.isOn = isOn
                $0.switched = Stated(value: isOn, actor: actor, at: at)
            }
        case .ruleMoved(let name, let before, _):
            guard let from = shops[number].place(of: name) else { return }
            let rule = shops[number].rules.remove(at: from)
            let place = before.isEmpty ? nil : shops[number].place(of: before)
            shops[number].rules.insert(rule, at: place ?? shops[number].rules.count)
        case .ruleRemoved(let name, _):
            change(name, number) {
                $0.isOn = false
                $0.isRemoved = true
            }
        case .ruleTested(let name, let version, _): change(name, number) { $0.testedVersion = version }
        case .automationConfigured(let days, _): shops[number].mostDays = days
        case .changesHandled(let changes): for change in changes { handled(change) }
        }
        watch()
    }

    private mutating func put(_ name: String, _ json: String, _ actor: String, _ at: Int64, _ shop: Int) {
        let definition: RuleDefinition
        do throws(Refusal) { definition = try RuleDefinition(Array(json.utf8).span) } catch {
            preconditionFailure("a rule that was validated does not read: \(error)")
        }
        let place = shops[shop].place(of: name)
        var rule = place.map { shops[shop].rules[$0] } ?? Rule(name: name)
        rule.versions.append(RuleVersion(definition: definition, actor: actor, at: at))
        rule.isOn = false
        // What was removed and comes back is a new rule: behind the others.
        if let place, !rule.isRemoved {
            shops[shop].rules[place] = rule
        } else {
            if let place { shops[shop].rules.remove(at: place) }
            rule.isRemoved = false
            shops[shop].rules.append(rule)
        }
    }

    private mutating func change(_ name: String, _ shop: Int, _ body: (inout Rule) -> Void) {
        guard let place = shops[shop].place(of: name) else { return }
        body(&shops[shop].rules[place])
    }

    mutating func watch() {
        for number in shops.indices { shops[number].watch() }
        isWatching = shops.contains { $0.watched != 0 }
        // Without rules nobody keeps the stages up to date: old ones would take news for known.
        if !isWatching { stages = [:] }
    }

    private mutating func handled(_ handled: HandledChange) {
        guard
            let place = pending.firstIndex(where: { $0.sequence == handled.sequence && $0.place == handled.place })
        else { return }
        let change = pending.remove(at: place)
        for outcome in handled.outcomes {
            shops[Int(change.shop)].note(
                RuleLogEntry(
                    at: change.at, sequence: change.sequence, kind: change.kind, profile: change.profile,
                    subject: handled.subject, outcome: outcome))
        }
    }
}

// MARK: - Changes

extension AutomationState {
    /// Notes what an event of orders, customers or documents has changed, for the rules that wait for such changes. To be
    /// called behind the directory's `evolve`, and only while `isWatching`.
    /// - Parameters:
    ///   - sequence: the event's own.
    ///   - directory: as it stands behind the event.
    package mutating func note(
        _ event: Event, _ bytes: Span<UInt8>, sequence: UInt64, in directory: borrowing DirectoryState
    ) {
        let shop = Int(event.shop)
        guard event.kind.makesChanges, shops.indices.contains(shop), shops[shop].watched != 0 else { return }
        var source = ChangeSource(event, sequence)
        switch event.kind {
        case .orderRecorded, .orderRevised:
            source.order = event.subject + 1
            let order = PackedRecord(bytes.extracting(event.record.range), OrderShape.members)
            let isNew = event.kind == .orderRecorded
            let happenedAt = order.moment(isNew ? OrderShape.placedAt : OrderShape.updatedAt)?.milliseconds
            add(source.change(isNew ? .orderPlaced : .orderChanged, happenedAt))
            // It ties profiles together at once.
            source.order = 0
            if event.party.edgeCount > 0 { add(source.change(.customerChanged, nil)) }
        case .orderFactRecorded:
            source.order = event.order + 1
            let fact = bytes.extracting(event.record.range)
            for telling in stages[event.subject, default: FactStage()].news(in: Telling.all(in: fact)) {
                add(source.change(telling.kind, telling.happenedAt, fact: fact.array))
            }
        case .profileRecorded: add(source.change(.customerChanged, nil))
        case .customersResolved:
            event.forEachGroup(in: bytes) { profiles, _ in
                guard let first = profiles.first else { return }
                source.profile = first
                add(source.change(.customerChanged, nil))
            }
        case .documentPosted, .documentAttached, .voucherIssued:
            guard let brought = directory.brought(by: event, bytes) else { return }
            source.order = brought.order
            add(source.change(brought.kind, nil, thing: brought.thing))
        // Whatever rules do is none of these: see `Change`.
        default: break
        }
    }

    private mutating func add(_ change: Change) {
        let shop = shops[Int(change.shop)]
        guard shop.watches(change.kind) else { return }
        let active = shop.active(on: change.kind)
        guard isOld(change), active.allSatisfy(\.definition.onlyWrites) else { return pending.append(change) }
        // A whole history may be coming in: what nobody is to hear of is not looked into either.
        for rule in active {
            let action = rule.definition.actions.map(\.word).joined(separator: ", ")
            let outcome = RuleOutcome(
                rule: rule.name, version: rule.version, action: action, hasActed: false,
                text: reasonForSilence(about: change))
            shops[Int(change.shop)].note(
                RuleLogEntry(
                    at: change.at, sequence: change.sequence, kind: change.kind, profile: change.profile, subject: "",
                    outcome: outcome))
        }
    }
}

/// Makes the changes of one event, each with a place of its own.
private struct ChangeSource {
    let sequence: UInt64
    let shop: UInt16
    let at: Int64
    var profile: UInt32
    var order: UInt32 = 0
    private var place: UInt32 = 0

    init(_ event: Event, _ sequence: UInt64) {
        self.sequence = sequence
        shop = event.shop
        at = event.recordedAt
        profile = event.party.profile
    }

    mutating func change(
        _ kind: ChangeKind, _ happenedAt: Int64?, thing: UInt32 = 0, fact: [UInt8] = []
    ) -> Change {
        defer { place += 1 }
        return Change(
            sequence: sequence, place: place, kind: kind, shop: shop, profile: profile, order: order, thing: thing,
            at: at, happenedAt: happenedAt ?? at, fact: fact)
    }
}
