import Bytes

// Decide: what may be written to whom, in which language, from which template; and who may take it. Pure.

/// A message that may be queued.
package struct MessagePlan: Sendable {
    package let event: MessageEvent
    package let version: TemplateVersion
    package let record: MessageRecord
}

/// What asking for a message leads to.
package enum QueueDecision: Sendable {
    case queue(OutboxEvent)
    /// It was queued before, under this number.
    case duplicate(UInt32)
}

extension OutboxState {
    /// Where an event becomes a message: every rule is asked here, for those that people ask for and for those that will
    /// follow from a change of an order.
    package func decideMessage(
        _ request: MessageRequest, _ facts: MessageFacts, members: [UInt32], _ context: OutboxContext
    ) throws(Refusal) -> QueueDecision {
        let identifier = request.identifier ?? facts.identifier(of: request)
        if let known = message(identified: identifier, shop: context.shop) {
            let row = messages[Int(known)]
            guard row.event == request.event.rawValue, members.contains(row.profile), row.order == facts.orderNumber
            else {
                throw Refusal(
                    .conflict, "id: \(identifier) is \(MessageNumber.text(known)), which is about something else")
            }
            return .duplicate(known)
        }
        var plan = try plan(request, facts, wishes: wishes(of: members), context)
        try refuseSecondReview(request.event, facts, members: members)
        plan.identify(identifier)
        return .queue(
            .messageQueued(
                request.event, profile: facts.profile, order: facts.orderNumber, version: plan.version.number,
                plan.record))
    }

    /// The word that a message which was to be made by itself is not made, with what is known of it (W16).
    func withheld(
        _ request: MessageRequest, _ facts: MessageFacts, reason: String, _ context: OutboxContext
    ) -> OutboxEvent {
        var record = MessageRecord()
        record.identifier = request.identifier ?? facts.identifier(of: request)
        record.order = facts.order?.name ?? ""
        record.actor = context.actor
        if let address = facts.addresses(for: request.event).first {
            record.channel = address.channel
            record.toAddress = address.address
            record.toName = address.name.onOneLine
        }
        return .messageNotQueued(
            request.event, profile: facts.profile, order: facts.orderNumber, record, reason: reason)
    }

    /// The message as it would be queued now.
    package func plan(
        _ request: MessageRequest, _ facts: MessageFacts, wishes: CustomerWishes, _ context: OutboxContext
    ) throws(Refusal) -> MessagePlan {
        guard let sender = sender(of: context.shop)?.value else {
            throw Refusal(.refused, "sender: this shop has none yet; SHOP.SENDER says from whom its mail comes")
        }
        let values = try facts.values(for: request, shopName: sender.name)
        let address = try recipient(request, facts, wishes, context)
        let (language, rule) = language(request, facts, wishes, sender)
        let (key, version) = try template(request.event, language, sender, address.channel, shop: context.shop)
        let texts = try TemplateTexts(subject: version.subject, body: version.body, event: request.event)
        let (subject, body) = texts.rendered(values)
        var record = MessageRecord()
        record.channel = address.channel
        record.order = facts.order?.name ?? ""
        record.language = key.language.text
        record.fromAddress = sender.address
        record.fromName = sender.name
        record.toAddress = address.address
        record.toName = address.name.onOneLine
        record.subject = subject
        record.body = body
        record.actor = context.actor
        record.rule = rule
        record.notAfter = Gate.end(request.event.purpose, address.channel, deliveredAt: deliveredAt(request, facts))
        let earliest = earliest(request, facts, address.channel)
        if earliest > context.now { record.notBefore = earliest }
        return MessagePlan(event: request.event, version: version, record: record)
    }

    private func deliveredAt(_ request: MessageRequest, _ facts: MessageFacts) -> Int64? {
        request.deliveredAt ?? facts.order?.deliveredAt
    }

    /// When the wait after delivery that was asked for ends, not before the channel's own; zero without one.
    private func earliest(_ request: MessageRequest, _ facts: MessageFacts, _ channel: String) -> Int64 {
        guard request.days > 0, let deliveredAt = deliveredAt(request, facts) else { return 0 }
        return max(
            deliveredAt + Int64(request.days) * 86_400_000,
            Gate.beginning(request.event.purpose, channel, deliveredAt: deliveredAt))
    }

    // MARK: To whom

    /// The first address that the gate lets a message of this kind go to.
    private func recipient(
        _ request: MessageRequest, _ facts: MessageFacts, _ wishes: CustomerWishes, _ context: OutboxContext
    ) throws(Refusal) -> MessageAddress {
        if request.event.needsOrder, facts.order == nil {
            throw .invalid("order", "is required: \(request.event.word) is about an order")
        }
        var refusal = Refusal(.refused, "recipient: no e-mail address is known of this customer")
        let deliveredAt = deliveredAt(request, facts)
        for address in facts.addresses(for: request.event) {
            if let problem = Gate.problem(
                request.event.purpose, to: address, wishes, deliveredAt: deliveredAt,
                now: max(context.now, earliest(request, facts, address.channel)))
            {
                if refusal.text.hasPrefix("recipient: no ") { refusal = Refusal(.refused, problem) }
            } else {
                return address
            }
        }
        throw refusal
    }

    /// A review is asked for once per order, on every channel. One that never left does not count.
    private func refuseSecondReview(
        _ event: MessageEvent, _ facts: MessageFacts, members: [UInt32]
    ) throws(Refusal) {
        guard event == .reviewRequest else { return }
        for member in members {
            var earlier: UInt32?
            forEachMessage(of: member) { number, row in
                let isSame = row.order == facts.orderNumber && row.event == event.rawValue
                if isSame, row.standing.state > .failed || row.standing.state.isOpen { earlier = number }
            }
            if let earlier {
                throw Refusal(
                    .refused, "gate: a review of this order was asked for already (\(MessageNumber.text(earlier)))")
            }
        }
    }

    // MARK: In which language

    private func language(
        _ request: MessageRequest, _ facts: MessageFacts, _ wishes: CustomerWishes, _ sender: Sender
    ) -> (LanguageTag, LanguageRule) {
        if let language = request.language { return (language, .override) }
        if let language = wishes.language?.value { return (language, .customer) }
        if let language = facts.channelLanguage { return (language, .channel) }
        if let language = LanguageTag(ofCountry: facts.deliveryCountry) { return (language, .country) }
        return (sender.language, .shop)
    }

    /// The language of documents for a customer, by the rule of messages; nil while the shop has said none.
    package func documentLanguage(_ facts: MessageFacts, members: [UInt32], shop: UInt16) -> LanguageTag? {
        wishes(of: members).language?.value ?? facts.channelLanguage ?? LanguageTag(ofCountry: facts.deliveryCountry)
            ?? sender(of: shop)?.value.language
    }

    private func template(
        _ event: MessageEvent, _ language: LanguageTag, _ sender: Sender, _ channel: String, shop: UInt16
    ) throws(Refusal) -> (TemplateKey, TemplateVersion) {
        var languages = language.fallbacks
        for more in sender.language.fallbacks where !languages.contains(more) { languages.append(more) }
        guard let found = correspondence(of: shop).template(event, languages, channel: channel) else {
            let tried = languages.map(\.text).joined(separator: ", ")
            throw Refusal(.refused, "template: none for \(event.word) in \(tried); TEMPLATE.PUT stores one")
        }
        return found
    }

    /// The newest template of the event, filled in with samples.
    package func samplePreview(_ request: MessageRequest, _ context: OutboxContext) throws(Refusal) -> MessageView {
        guard let sender = sender(of: context.shop)?.value ?? request.language.map(Self.nobody) else {
            throw Refusal(.refused, "sender: this shop has none yet; SHOP.SENDER says from whom its mail comes")
        }
        let (key, version) = try template(
            request.event, request.language ?? sender.language, sender, "", shop: context.shop)
        let texts = try TemplateTexts(subject: version.subject, body: version.body, event: request.event)
        let values = Placeholder.samples(of: request.event).merging(request.data) { _, given in given }
        var record = MessageRecord()
        (record.subject, record.body) = texts.rendered(values)
        record.language = key.language.text
        record.rule = request.language == nil ? .shop : .override
        record.fromAddress = sender.address
        record.fromName = sender.name
        return MessagePlan(event: request.event, version: version, record: record)
            .view(profile: 0, customer: 0, now: context.now)
    }

    private static func nobody(_ language: LanguageTag) -> Sender { Sender(address: "", name: "", language: language) }

    // MARK: Taking

    /// What a worker gets: the messages that are due, longest first, and those that must not be sent any more.
    package func decideTake(
        limit: Int, leaseMilliseconds: Int64, worker: String, _ context: OutboxContext,
        membersOf: (UInt32) -> [UInt32]
    ) -> [OutboxEvent] {
        guard queues.indices.contains(Int(context.shop)) else { return [] }
        var taken: [UInt32] = []
        var events: [OutboxEvent] = []
        queues[Int(context.shop)].forEachDue(at: context.now) { message in
            if let (reason, state) = reasonToWithhold(message, context, membersOf) {
                events.append(.messageWithheld(message, reason: reason, state))
            } else {
                taken.append(message)
            }
            return taken.count < limit && events.count < Self.mostWithheldAtOnce
        }
        if !taken.isEmpty {
            events.append(.messagesLeased(taken, worker: worker, until: context.now + leaseMilliseconds))
        }
        return events
    }

    /// So that one take never goes through a whole queue of messages that nobody wants any more.
    private static let mostWithheldAtOnce = 1_000

    private func reasonToWithhold(
        _ message: UInt32, _ context: OutboxContext, _ membersOf: (UInt32) -> [UInt32]
    ) -> (reason: String, MessageState)? {
        let row = messages[Int(message)]
        if Int(row.attempts) >= RetryRule.mostAttempts {
            return ("given up: the last lease ended without a word", .failed)
        }
        guard let event = MessageEvent(rawValue: row.event) else { return ("an event that is not known here", .failed) }
        // Marketplaces get what the order needs and nothing that anybody could have refused since.
        guard !event.purpose.isForTheOrder else { return nil }
        let record = record(row)
        if record.notAfter != MessageRecord.noEnd, context.now > record.notAfter {
            return ("gate: \(record.channel) allows it no longer, so long after delivery", .withheld)
        }
        return Gate.wishProblem(event.purpose, ChannelGate.of(record.channel), wishes(of: membersOf(row.profile)))
            .map { ($0, .withheld) }
    }
}

extension MessagePlan {
    fileprivate mutating func identify(_ identifier: String) {
        var record = record
        record.identifier = identifier
        self = MessagePlan(event: event, version: version, record: record)
    }
}

/// Whether a channel and the customer's wishes let a message through.
enum Gate {
    /// Why it must not go to that address; nil if it may.
    static func problem(
        _ purpose: MessagePurpose, to address: MessageAddress, _ wishes: CustomerWishes, deliveredAt: Int64?, now: Int64
    ) -> String? {
        let gate = ChannelGate.of(address.channel)
        if let problem = wishProblem(purpose, gate, wishes) { return problem }
        if case .onceWithin(let days) = gate.permission(purpose) {
            guard let deliveredAt else {
                return
                    "gate: \(gate.channel) lets reviews be asked for \(days.lowerBound) to \(days.upperBound) days after delivery, and the day of delivery is not known; deliveredAt says it"
            }
            let age = now - deliveredAt
            guard age >= Int64(days.lowerBound) * day, age <= Int64(days.upperBound) * day else {
                return
                    "gate: \(gate.channel) lets reviews be asked for \(days.lowerBound) to \(days.upperBound) days after delivery, which was on \(Timestamp(milliseconds: deliveredAt).dayText)"
            }
        }
        guard MailAddress.isUsable(address.address) else {
            return "recipient: the address is none that mail can be sent to"
        }
        let isRelay = MailAddress.classify(address.address) == .relay
        if gate.needsRelay, !isRelay {
            return
                "gate: mail to buyers of \(gate.channel) goes to the marketplace's own relay address only, and the order has none"
        }
        if !gate.needsRelay, isRelay, !purpose.isForTheOrder {
            return "gate: a relay address is there for its order, not for advertising"
        }
        return nil
    }

    /// When the time for such a message is over.
    static func end(_ purpose: MessagePurpose, _ channel: String, deliveredAt: Int64?) -> Int64 {
        guard case .onceWithin(let days) = ChannelGate.of(channel).permission(purpose), let deliveredAt else {
            return MessageRecord.noEnd
        }
        return deliveredAt + Int64(days.upperBound) * day
    }

    /// From when on a channel allows such a message; zero where it does not say.
    static func beginning(_ purpose: MessagePurpose, _ channel: String, deliveredAt: Int64) -> Int64 {
        guard case .onceWithin(let days) = ChannelGate.of(channel).permission(purpose) else { return 0 }
        return deliveredAt + Int64(days.lowerBound) * day
    }

    private static let day: Int64 = 86_400_000

    /// What the channel forbids for ever, and what the customer forbids or has not agreed to.
    static func wishProblem(_ purpose: MessagePurpose, _ gate: ChannelGate, _ wishes: CustomerWishes) -> String? {
        if let refusal = wishes.refuses(purpose) {
            let day = Timestamp(milliseconds: refusal.at).dayText
            return "wish: the customer wants no \(word(purpose)) (\(refusal.actor), \(day)); CUSTOMER.WISHES"
        }
        switch gate.permission(purpose) {
        case .never: return "gate: \(gate.channel) allows no \(purpose.word) messages (\(gate.source))"
        case .consent, .onceByConsent:
            guard !wishes.agrees(to: purpose) else { return nil }
            return "wish: the customer has not agreed to a \(word(purpose)); CUSTOMER.WISHES records it"
        case .always, .onceWithin: return nil
        }
    }

    private static func word(_ purpose: MessagePurpose) -> String {
        CustomerWishes.subject(of: purpose)?.word ?? purpose.word
    }
}
