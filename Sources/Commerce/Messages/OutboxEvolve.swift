import Bytes

// Evolve: the only code that changes the outbox.
extension OutboxState {
    /// Whether the event follows from this state, for one that comes from a disk.
    package func validate(_ event: OutboxEvent, profiles: Int, orders: Int) throws(EventError) {
        switch event {
        case .templateStored, .senderConfigured: break
        case .templateRemoved: break
        case .wishExpressed(let profile, _, _, _), .languageChosen(let profile, _, _):
            try check(Int(profile) < profiles, "a wish of an unknown profile")
        case .messageQueued(_, let profile, let order, _, _), .messageNotQueued(_, let profile, let order, _, _):
            try check(Int(profile) < profiles && Int(order) <= orders, "a message to an unknown profile")
        case .messagesLeased(let messages, _, _):
            for message in messages { try check(Int(message) < self.messages.count, "a lease of an unknown message") }
        case .messageReported(let message, let attempt, _, _, _):
            try check(
                Int(message) < messages.count && attempt <= Int(messages[Int(message)].attempts),
                "a report about an unknown message or attempt")
        case .messageWithheld(let message, _, _):
            try check(Int(message) < messages.count, "an unknown message withheld")
        }
    }

    private func check(_ condition: Bool, _ what: String) throws(EventError) {
        if !condition { throw .inconsistent(what) }
    }

    /// Applies an event and returns the profiles whose customers it touches.
    @discardableResult
    package mutating func evolve(_ event: OutboxEvent, shop: UInt16, at: Int64, sequence: UInt64) -> [UInt32] {
        switch event {
        case .templateStored(let key, let number, let subject, let body, let actor):
            let version = TemplateVersion(number: number, subject: subject, body: body, actor: actor, at: at)
            open(shop)
            shops[Int(shop)].templates[key, default: Template(versions: [])].versions.append(version)
            shops[Int(shop)].templates[key]?.removal = nil
            return []
        case .templateRemoved(let key, let actor):
            open(shop)
            shops[Int(shop)].templates[key]?.removal = Stated(value: true, actor: actor, at: at)
            return []
        case .senderConfigured(let sender, let actor):
            open(shop)
            shops[Int(shop)].sender = Stated(value: sender, actor: actor, at: at)
            return []
        case .wishExpressed(let profile, let subject, let value, let actor):
            choose(profile, subject.rawValue, value ? 1 : 0, actor, "", at)
            return [profile]
        case .languageChosen(let profile, let language, let actor):
            choose(profile, ChoiceRow.language, 1, actor, language?.text ?? "", at)
            return [profile]
        default: return evolveMessage(event, shop: shop, at: at, sequence: sequence)
        }
    }

    private mutating func evolveMessage(
        _ event: OutboxEvent, shop: UInt16, at: Int64, sequence: UInt64
    ) -> [UInt32] {
        switch event {
        case .messageQueued(let event, let profile, let order, let version, let record):
            add(event, profile, order, version, record, .queued, "", shop: shop, at: at, sequence: sequence)
            return [profile]
        case .messageNotQueued(let event, let profile, let order, let record, let reason):
            add(event, profile, order, 0, record, .withheld, reason, shop: shop, at: at, sequence: sequence)
            return [profile]
        case .messagesLeased(let messages, let worker, let until):
            for message in messages { lease(message, worker, until: until, at: at, sequence: sequence) }
            return messages.map { self.messages[Int($0)].profile }
        case .messageReported(let message, let attempt, let state, let reportedAt, let reason):
            let standing = messages[Int(message)].standing.after(state, ofAttempt: attempt, at: at)
            step(message, state, attempt: attempt, at: reportedAt, reason)
            set(message, standing, sequence: sequence)
            return [messages[Int(message)].profile]
        case .messageWithheld(let message, let reason, let state):
            var standing = messages[Int(message)].standing
            standing.state = state
            step(message, state, attempt: standing.attempts, at: at, reason)
            set(message, standing, sequence: sequence)
            return [messages[Int(message)].profile]
        default: return []
        }
    }

    private mutating func open(_ shop: UInt16) {
        while shops.count <= Int(shop) { shops.append(ShopCorrespondence()) }
    }

    // MARK: Choices

    private mutating func choose(
        _ profile: UInt32, _ kind: UInt8, _ value: UInt8, _ actor: String, _ language: String, _ at: Int64
    ) {
        var detail = ByteWriter(capacity: 32)
        detail.countedText(actor)
        detail.append(language)
        let newest = Int(profile) < newestChoices.count ? newestChoices[Int(profile)] : 0
        let row = choices.append(
            ChoiceRow(
                at: at, detail: records.append(detail.span), profile: profile, next: newest, kind: kind, value: value))
        Self.set(&newestChoices, profile, UInt32(row + 1))
    }

    /// Sets an entry of a table that is as long as its last profile with anything in it.
    static func set(_ table: inout PagedArray<UInt32>, _ profile: UInt32, _ value: UInt32) {
        while table.count <= Int(profile) { table.append(0) }
        table[Int(profile)] = value
    }

    // MARK: Messages

    private mutating func add(
        _ event: MessageEvent, _ profile: UInt32, _ order: UInt32, _ version: Int, _ record: MessageRecord,
        _ state: MessageState, _ reason: String, shop: UInt16, at: Int64, sequence: UInt64
    ) {
        var bytes = ByteWriter(capacity: 1_024)
        record.write(into: &bytes)
        let hash = Self.hash(record.identifier, shop: shop)
        let newest = Int(profile) < newestMessages.count ? newestMessages[Int(profile)] : 0
        let number = messages.append(
            MessageRow(
                identifierHash: hash, sequence: sequence, record: records.append(bytes.span), queuedAt: at,
                availableAt: max(at, record.notBefore), profile: profile, order: order, next: newest, history: 0,
                shop: shop, event: event.rawValue, state: state.rawValue, attempts: 0,
                version: UInt16(truncatingIfNeeded: version)))
        identifierIndex.insert(hash, number)
        Self.set(&newestMessages, profile, UInt32(number + 1))
        step(UInt32(number), state, attempt: 0, at: at, reason)
        count(UInt32(number), by: 1)
        place(UInt32(number))
    }

    private mutating func lease(
        _ message: UInt32, _ worker: String, until: Int64, at: Int64, sequence: UInt64
    ) {
        let attempt = Int(messages[Int(message)].attempts) + 1
        step(message, .leased, attempt: attempt, at: at, worker)
        set(message, MessageStanding(state: .leased, attempts: attempt, availableAt: until), sequence: sequence)
    }

    private mutating func set(_ message: UInt32, _ standing: MessageStanding, sequence: UInt64) {
        count(message, by: -1)
        var row = messages[Int(message)]
        row.state = standing.state.rawValue
        row.attempts = UInt8(clamping: standing.attempts)
        row.availableAt = standing.availableAt
        row.sequence = sequence
        messages[Int(message)] = row
        count(message, by: 1)
        place(message)
    }

    private mutating func step(_ message: UInt32, _ state: MessageState, attempt: Int, at: Int64, _ detail: String) {
        let row = history.append(
            HistoryRow(
                at: at, detail: records.append(Array(detail.utf8).span), previous: messages[Int(message)].history,
                state: state.rawValue, attempt: UInt8(clamping: attempt)))
        messages[Int(message)].history = UInt32(row + 1)
    }

    /// Adds the message to those of its state, or takes it from them.
    mutating func count(_ message: UInt32, by change: Int) {
        let row = messages[Int(message)]
        while counts.count <= Int(row.shop) {
            counts.append(Array(repeating: 0, count: MessageState.allCases.count))
        }
        counts[Int(row.shop)][Int(row.state)] += change
    }

    /// Puts the message where it belongs in its shop's queue.
    mutating func place(_ message: UInt32) {
        let row = messages[Int(message)]
        while queues.count <= Int(row.shop) { queues.append(DueQueue()) }
        if row.standing.state.isOpen {
            queues[Int(row.shop)].set(message, at: row.availableAt)
        } else {
            queues[Int(row.shop)].remove(message)
        }
    }
}

extension DirectoryState {
    /// Counts an event that the outbox keeps, and notes it with the customers that it touches.
    package mutating func noteCorrespondence(with profiles: [UInt32]) {
        sequence += 1
        for profile in profiles { touch(profile) }
    }

    /// What must hold of an outbox's event before the outbox is asked.
    package func validateHead(of event: Event) throws(EventError) {
        try Self.check(sequence > 0 && Int(event.shop) < shops.count, "an unknown shop")
    }
}
