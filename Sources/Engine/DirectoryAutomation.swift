import Bytes
import Commerce
import Synchronization

// Rules beside the directory. What a change sets off is decided right behind the batch that brought it and before anything
// that comes later: the facts that rules look at are gathered from the shards, then all that they do is written at once,
// together with the word that the change is handled. A crash in between leaves the change pending, and the next start runs
// the rules; one behind it leaves nothing to do.
extension Directory {
    /// Changes whose facts are gathered in one hop.
    private static let changesPerTurn = 64

    /// Runs the rules on what waits for them. While nothing can be written changes stay pending.
    func runAutomation() {
        guard !isAutomating else { return }
        guard automation.hasPending, isWritable else { return resumeBatches() }
        isAutomating = true
        gather(automation.nextPending(Self.changesPerTurn)) { facts in
            self.assumeIsolated { directory in
                directory.act(on: facts)
                directory.isAutomating = false
                directory.runAutomation()
            }
        }
    }

    private func gather(_ changes: [Change], _ completion: @escaping @Sendable ([ChangeFacts]) -> Void) {
        shards.facts(of: changes.map { subject(of: $0) }, from: lane, completion)
    }

    /// What shards are asked about a change.
    func subject(of change: Change) -> ChangeSubject {
        let row = change.order > 0 ? state.orders[Int(change.order - 1)].row : 0
        return ChangeSubject(change: change, customer: members(change.profile), row: row)
    }

    /// Runs the rules on each change in turn: those that hold before any of them ran, in their order.
    private func act(on changes: [ChangeFacts]) {
        guard isWritable else { return }
        let first = state.sequence + 1
        let now = clock.now()
        var handled: [UInt16: [HandledChange]] = [:]
        for facts in changes {
            let facts = state.completed(facts)
            var outcomes: [RuleOutcome] = []
            for rule in automation.active(on: facts.change) where rule.holds(for: facts) {
                outcomes += act(rule, facts, now)
            }
            handled[facts.change.shop, default: []].append(HandledChange(facts, outcomes))
        }
        for (shop, changes) in handled.sorted(by: { $0.key < $1.key }) {
            record(.changesHandled(changes), shop: shop, now)
        }
        handOver(firstSequence: first)
    }

    private func act(_ rule: Rule, _ facts: ChangeFacts, _ now: Timestamp) -> [RuleOutcome] {
        let silence = automation.isOld(facts.change) ? automation.reasonForSilence(about: facts.change) : nil
        return rule.definition.actions.indices.compactMap { place in
            let decision = state.decide(
                place, of: rule, facts, outbox: outbox, silence: silence, at: now.milliseconds)
            if let effect = decision.effect { write(effect, rule, facts.change, now) }
            return decision.isIdle ? nil : decision.outcome
        }
    }

    private func write(_ effect: RuleEffect, _ rule: Rule, _ change: Change, _ now: Timestamp) {
        switch effect {
        case .outbox(let event):
            _ = record([event], OutboxContext(shop: change.shop, actor: rule.actor, now: now.milliseconds))
        case .label(let event):
            events.label(event, shop: change.shop, now: now)
            evolveLast()
        case .documentLabel(let document, let label, let isOn):
            state.decideLabel(
                document, label, isOn: isOn, shop: change.shop, actor: rule.actor, at: now, into: &events)
            evolveLast()
        case .documentsSent(let event, let documents, let label):
            let number = UInt32(outbox.messageCount)
            _ = record([event], OutboxContext(shop: change.shop, actor: rule.actor, now: now.milliseconds))
            state.decideSent(
                documents, label: label, message: number, shop: change.shop, actor: rule.actor, at: now, into: &events)
            evolveLast()
        case .note(let text):
            let bytes = [UInt8](text.utf8)
            let actor = [UInt8](rule.actor.utf8)
            let note = PreparedNote(
                customerNumber: state.customerNumber(of: change.profile), text: ByteRange(0, bytes.count))
            do throws(Refusal) {
                _ = try state.decide(
                    note, in: bytes.span, actor: actor.span, shop: change.shop, at: now, into: &events)
            } catch {
                preconditionFailure("a customer that was just looked up is not known: \(error)")
            }
            evolveLast()
        }
    }

    // MARK: Commands

    /// Decides a command about rules.
    func perform(
        _ command: RuleCommand, shop: UInt16, actor: String, at now: Timestamp
    ) throws(Refusal) -> RuleReply {
        let context = OutboxContext(shop: shop, actor: actor, now: now.milliseconds)
        switch command {
        case .put(let name, let definition):
            let event = try automation.decidePut(name, definition, outbox, context)
            return try reply(name, shop, isDuplicate: !record(event, shop: shop, now))
        case .turn(let name, let isOn, let isForced):
            let event = try automation.decideTurn(name, isOn: isOn, isForced: isForced, context)
            return try reply(name, shop, isDuplicate: !record(event, shop: shop, now))
        case .move(let name, let before):
            let event = try automation.decideMove(name, before: before, context)
            return try reply(name, shop, isDuplicate: !record(event, shop: shop, now))
        case .tested(let name, let version):
            let event = try automation.decideTested(name, version: version, context)
            return try reply(name, shop, isDuplicate: !record(event, shop: shop, now))
        case .remove(let name):
            record(try automation.decideRemoval(name, context), shop: shop, now)
            return RuleReply {
                $0.key("rule")
                $0.string(name)
                $0.key("removed")
                $0.bool(true)
                $0.key("seq")
                $0.number(self.state.sequence)
            }
        case .automate(let event, let isOn, let days): return try automate(event, isOn, days, context, now)
        default: return try answer(command, shop)
        }
    }

    private func answer(_ command: RuleCommand, _ shop: UInt16) throws(Refusal) -> RuleReply {
        switch command {
        case .show(let name, let version):
            let rule = try automation.rule(name, shop: shop)
            let wanted = version ?? rule.version
            guard (1...rule.version).contains(wanted) else {
                throw Refusal(.notFound, "version: there are versions 1 to \(rule.version)")
            }
            return RuleReply { $0.members(of: rule, version: wanted) }
        case .log(let name, let limit):
            let lines = automation.log(of: shop, rule: name, limit: limit)
            var reply = RuleReply {
                $0.key("lines")
                $0.number(lines.count)
            }
            for line in lines {
                let customer = state.customerNumber(of: line.profile)
                reply.row { $0.members(of: line, customer: customer) }
            }
            return reply
        default:
            let rules = automation.list(of: shop)
            var reply = RuleReply {
                $0.key("rules")
                $0.number(rules.count)
            }
            for rule in rules { reply.row { $0.members(of: rule, version: rule.version) } }
            return reply
        }
    }

    /// Automatic messages are rules like others, put and switched on in one step.
    private func automate(
        _ event: MessageEvent?, _ isOn: Bool?, _ days: Int?, _ context: OutboxContext, _ now: Timestamp
    ) throws(Refusal) -> RuleReply {
        let setting = try days.flatMap { days throws(Refusal) in try automation.decideDays(days, context) }
        guard let event else {
            record(setting, shop: context.shop, now)
            return automaticMessages(context.shop)
        }
        let name = AutomaticMessage.name(of: event)
        if isOn == true {
            guard let json = AutomaticMessage.json(of: event) else {
                throw .invalid("event", "must be one of \(AutomaticMessage.words.joined(separator: ", "))")
            }
            let definition = try RuleDefinition(Array(json.utf8).span)
            record(try automation.decidePut(name, definition, outbox, context), shop: context.shop, now)
        }
        if isOn != true, automation.list(of: context.shop).allSatisfy({ $0.name != name }) {
            record(setting, shop: context.shop, now)
            return automaticMessages(context.shop)
        }
        let turn = try automation.decideTurn(name, isOn: isOn ?? true, isForced: true, context)
        record(turn, shop: context.shop, now)
        record(setting, shop: context.shop, now)
        return automaticMessages(context.shop)
    }

    private func automaticMessages(_ shop: UInt16) -> RuleReply {
        let rules = automation.list(of: shop)
        return RuleReply {
            $0.key("automatic")
            $0.openObject()
            for event in MessageEvent.allCases where AutomaticMessage.json(of: event) != nil {
                $0.key(event.word)
                $0.bool(rules.contains { $0.name == AutomaticMessage.name(of: event) && $0.isOn })
            }
            $0.closeObject()
            $0.key("days")
            $0.number(self.automation.mostDays(of: shop))
            $0.key("seq")
            $0.number(self.state.sequence)
        }
    }

    private func reply(_ name: String, _ shop: UInt16, isDuplicate: Bool) throws(Refusal) -> RuleReply {
        let rule = try automation.rule(name, shop: shop)
        return RuleReply {
            $0.members(of: rule, version: rule.version)
            $0.key("duplicate")
            $0.bool(isDuplicate)
            $0.key("seq")
            $0.number(self.state.sequence)
        }
    }

    /// Writes an event and applies it as a restart would. Answers whether there was one.
    @discardableResult
    private func record(_ event: AutomationEvent?, shop: UInt16, _ now: Timestamp) -> Bool {
        guard let event else { return false }
        events.automation(event, shop: shop, now: now)
        automation.evolve(event, shop: shop, at: now.milliseconds)
        state.noteCorrespondence(with: [])
        hasRules.store(automation.isWatching, ordering: .relaxed)
        return true
    }
}

/// A change with what the directory knows about it.
struct ChangeSubject: Sendable {
    let change: Change
    let customer: CustomerMembers
    /// The order's row on its shard.
    let row: UInt32
}

extension [Shard] {
    /// Gathers what rules may look at about each of these changes. `completion` runs on `lane`, at once where all shards
    /// live on it.
    func facts(
        of subjects: [ChangeSubject], from lane: any EngineLane,
        _ completion: @escaping @Sendable ([ChangeFacts]) -> Void
    ) {
        parts(of: subjects.map(\.customer), from: lane) { parts in
            self.details(of: subjects, from: lane) { details in
                completion(
                    subjects.indices.map { number in
                        let subject = subjects[number]
                        let message = MessageFacts(
                            profile: subject.change.profile, orderNumber: subject.change.order,
                            customerNumber: subject.customer.number, parts: parts[number],
                            order: details[number].order)
                        return ChangeFacts(subject.change, message, details[number], parts: parts[number])
                    })
            }
        }
    }

    private func details(
        of subjects: [ChangeSubject], from lane: any EngineLane,
        _ completion: @escaping @Sendable ([ChangeDetail]) -> Void
    ) {
        let byShard = Dictionary(grouping: subjects.indices) { Int(subjects[$0].change.profile) % count }
        let gathering = Gathering<(place: Int, detail: ChangeDetail)>(byShard.count, from: lane) { items in
            var details = [ChangeDetail](repeating: ChangeDetail(), count: subjects.count)
            for item in items { details[item.place] = item.detail }
            completion(details)
        }
        for (number, places) in byShard.sorted(by: { $0.key < $1.key }) {
            let shard = self[number]
            shard.lane.run {
                gathering.add(
                    shard.assumeIsolated { shard in
                        places.map { ($0, shard.detail(of: subjects[$0].change, row: subjects[$0].row)) }
                    })
            }
        }
    }
}
