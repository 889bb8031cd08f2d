import Bytes

// Messages, templates and wishes as members of replies.
extension ByteWriter {
    /// A message without what it says: a row of a list, and an element of `messages` in a dossier.
    package mutating func members(of message: MessageView) {
        if let number = message.number {
            key("message")
            string(MessageNumber.text(number))
        }
        key("event")
        string(message.event.word)
        // A preview of samples is to nobody.
        if message.customer > 0 {
            key("customer")
            customerNumber(message.customer)
        }
        if !message.record.order.isEmpty {
            key("order")
            string(message.record.order)
        }
        if message.customer > 0 {
            key("channel")
            string(message.record.channel)
            key("to")
            string(message.record.toAddress)
        }
        // What was never made has neither language nor text.
        if message.version > 0 {
            key("language")
            string(message.record.language)
            key("languageRule")
            string(message.record.rule.word)
            key("version")
            number(message.version)
            key("subject")
            string(message.record.subject)
        }
        guard message.number != nil else { return }
        standing(of: message)
    }

    private mutating func standing(of message: MessageView) {
        key("id")
        string(message.record.identifier)
        key("state")
        string(message.state.word)
        if !message.reason.isEmpty {
            key("reason")
            string(message.reason)
        }
        key("attempts")
        number(message.attempts)
        key("queuedAt")
        timestamp(Timestamp(milliseconds: message.queuedAt))
        switch message.state {
        case .queued: moment("dueAt", message.availableAt)
        case .leased: moment("leaseUntil", message.availableAt)
        default: break
        }
        key("actor")
        string(message.record.actor)
    }

    /// What a worker needs beyond that to send it.
    package mutating func envelope(of message: MessageView) {
        guard message.version > 0 else { return }
        key("toName")
        string(message.record.toName)
        key("from")
        string(message.record.fromAddress)
        key("fromName")
        string(message.record.fromName)
        key("body")
        string(message.record.body)
    }

    package mutating func steps(_ steps: [MessageStep]) {
        key("history")
        openArray()
        for step in steps {
            openObject()
            key("state")
            string(step.state.word)
            moment("at", step.at)
            if step.attempt > 0 {
                key("attempt")
                number(step.attempt)
            }
            if !step.detail.isEmpty {
                if step.state == .leased { key("worker") } else { key("reason") }
                string(step.detail)
            }
            closeObject()
        }
        closeArray()
    }

    package mutating func members(of wishes: CustomerWishes) {
        key("wishes")
        openObject()
        for subject in WishSubject.allCases {
            guard let wish = wishes.wishes[subject] else { continue }
            key(subject.word)
            openObject()
            key("value")
            string(wish.value ? "yes" : "no")
            spoken(wish)
            closeObject()
        }
        closeObject()
        guard let language = wishes.language else { return }
        key("languageChoice")
        openObject()
        key("value")
        string(language.value.text)
        spoken(language)
        closeObject()
    }

    /// Who said it, and when.
    package mutating func spoken<Value>(_ stated: Stated<Value>) {
        key("actor")
        string(stated.actor)
        moment("at", stated.at)
    }

    private mutating func moment(_ name: StaticString, _ milliseconds: Int64) {
        key(name)
        timestamp(Timestamp(milliseconds: milliseconds))
    }
}

extension OutboxState {
    /// `messages`, `wishes` and the choice of language of a dossier (W16), the newest message first.
    package func dossierMembers(profiles: [UInt32], customer: UInt32) -> [UInt8] {
        var output = ByteWriter(capacity: 256)
        output.key("messages")
        output.openArray()
        var numbers: [UInt32] = []
        for profile in profiles { forEachMessage(of: profile) { number, _ in numbers.append(number) } }
        for number in numbers.sorted(by: >) {
            output.openObject()
            output.members(of: view(number, customer: customer))
            output.steps(steps(of: number))
            output.closeObject()
        }
        output.closeArray()
        let wishes = wishes(of: profiles)
        if wishes != CustomerWishes() { output.members(of: wishes) }
        return output.copyBytes()
    }

    /// - Parameter customer: the living number of the message's customer.
    package func view(_ number: UInt32, customer: UInt32) -> MessageView {
        let row = messages[Int(number)]
        return MessageView(
            number: number, event: MessageEvent(rawValue: row.event) ?? .orderChanged, version: Int(row.version),
            record: record(row), state: row.standing.state, attempts: row.standing.attempts, queuedAt: row.queuedAt,
            availableAt: row.availableAt, profile: row.profile, customer: customer, sequence: row.sequence,
            reason: reason(of: row))
    }

    /// The last word about a message that nobody gets.
    private func reason(of row: MessageRow) -> String {
        switch row.standing.state {
        case .failed, .bounced, .withheld: break
        default: return ""
        }
        var next = row.history
        while next != 0 {
            let step = history[Int(next - 1)]
            if step.state == row.state { return records[step.detail].text }
            next = step.previous
        }
        return ""
    }

    /// The profile of a message of the shop.
    package func profile(of message: UInt32, shop: UInt16) throws(Refusal) -> UInt32 {
        try row(message, shop: shop).profile
    }

    package func profile(of message: UInt32) -> UInt32 { messages[Int(message)].profile }

    /// A page of the shop's messages, the newest first.
    package func list(
        of shop: UInt16, state: MessageState?, offset: Int, limit: Int
    ) -> (page: [UInt32], total: Int) {
        let counts = counts.indices.contains(Int(shop)) ? counts[Int(shop)] : []
        let total = state.map { counts.isEmpty ? 0 : counts[Int($0.rawValue)] } ?? counts.reduce(0, +)
        var page: [UInt32] = []
        var seen = 0
        var number = messages.count
        while number > 0, page.count < limit, seen < total {
            number -= 1
            let row = messages[number]
            guard row.shop == shop, state == nil || row.state == state?.rawValue else { continue }
            if seen >= offset { page.append(UInt32(number)) }
            seen += 1
        }
        return (page, total)
    }
}

extension MessagePlan {
    /// The message as it would be, for a preview.
    package func view(profile: UInt32, customer: UInt32, now: Int64) -> MessageView {
        MessageView(
            number: nil, event: event, version: version.number, record: record, state: .queued, attempts: 0,
            queuedAt: now, availableAt: now, profile: profile, customer: customer, sequence: 0)
    }
}
