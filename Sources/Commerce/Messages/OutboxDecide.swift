import Bytes

// Decide: templates, the sender, wishes and the reports of workers. Pure; `MessageDecide` holds what may be written to whom.

/// Where and when a command is decided.
package struct OutboxContext: Sendable {
    package let shop: UInt16
    package let actor: String
    package let now: Int64

    package init(shop: UInt16, actor: String, now: Int64) {
        self.shop = shop
        self.actor = actor
        self.now = now
    }
}

extension OutboxState {
    // MARK: Templates

    /// Nothing to do (nil) if the newest version says the same and stands.
    package func decideTemplate(
        _ key: TemplateKey, subject: String, body: String, _ context: OutboxContext
    ) throws(Refusal) -> OutboxEvent? {
        _ = try TemplateTexts(subject: subject, body: body, event: key.event)
        if !key.channel.isEmpty { try refuseWhatTheGateForbids(key) }
        let template = correspondence(of: context.shop).templates[key]
        if let newest = template?.versions.last, template?.isLive == true, newest.subject == subject,
            newest.body == body
        {
            return nil
        }
        let number = (template?.versions.last?.number ?? 0) + 1
        guard number <= UInt16.max else { throw Refusal(.refused, "template: 65535 versions are the most") }
        return .templateStored(key, number: number, subject: subject, body: body, actor: context.actor)
    }

    private func refuseWhatTheGateForbids(_ key: TemplateKey) throws(Refusal) {
        let gate = ChannelGate.of(key.channel)
        guard gate.permission(key.event.purpose) == .never else { return }
        throw Refusal(.refused, "gate: \(key.channel) allows no \(key.event.word) messages (\(gate.source))")
    }

    package func decideRemoval(of key: TemplateKey, _ context: OutboxContext) throws(Refusal) -> OutboxEvent? {
        let template = try template(key, shop: context.shop)
        return template.isLive ? .templateRemoved(key, actor: context.actor) : nil
    }

    package func template(_ key: TemplateKey, shop: UInt16) throws(Refusal) -> Template {
        guard let template = correspondence(of: shop).templates[key] else {
            throw Refusal(.notFound, "template: none for \(key.text); TEMPLATE.LIST shows all")
        }
        return template
    }

    /// A page of the shop's living templates, by event, language and channel.
    package func templates(
        of shop: UInt16, offset: Int, limit: Int
    ) -> (page: [(key: TemplateKey, template: Template)], total: Int) {
        let all = correspondence(of: shop).templates.filter(\.value.isLive)
            .sorted { TemplateKey.isBefore($0.key, $1.key) }
        return (all.dropFirst(offset).prefix(limit).map { ($0.key, $0.value) }, all.count)
    }

    // MARK: Sender

    package func sender(of shop: UInt16) -> Stated<Sender>? { correspondence(of: shop).sender }

    package func decideSender(
        address: String?, name: String?, language: LanguageTag?, _ context: OutboxContext
    ) throws(Refusal) -> OutboxEvent? {
        let known = sender(of: context.shop)?.value
        guard let address = address ?? known?.address else {
            throw .invalid("address", "is required: from whom does this shop's mail come?")
        }
        guard let language = language ?? known?.language else {
            throw .invalid("language", "is required: in which language does this shop write when no other is known?")
        }
        let name = name ?? known?.name ?? ""
        guard MailAddress.isUsable(address) else {
            throw .invalid("address", "must be one e-mail address such as shop@example.nl, nothing around it")
        }
        guard name.utf8.count <= 200, !name.unicodeScalars.contains(where: \.isControl) else {
            throw .invalid("name", "must be one line of at most 200 bytes")
        }
        let sender = Sender(address: address, name: name, language: language)
        return sender == known ? nil : .senderConfigured(sender, actor: context.actor)
    }

    // MARK: Wishes

    /// What changes, wish by wish; nothing if all of it was said before.
    package func decideWishes(
        _ wishes: [WishSubject: Bool], profile: UInt32, members: [UInt32], _ context: OutboxContext
    ) -> [OutboxEvent] {
        let known = self.wishes(of: members)
        return WishSubject.allCases.compactMap { subject in
            guard let value = wishes[subject], known.wishes[subject]?.value != value else { return nil }
            return .wishExpressed(profile: profile, subject, value, actor: context.actor)
        }
    }

    package func decideLanguage(
        _ change: LanguageChange, profile: UInt32, members: [UInt32], _ context: OutboxContext
    ) -> OutboxEvent? {
        let known = wishes(of: members).language?.value
        switch change {
        case .chosen(let language):
            return known == language ? nil : .languageChosen(profile: profile, language, actor: context.actor)
        case .withdrawn: return known == nil ? nil : .languageChosen(profile: profile, nil, actor: context.actor)
        }
    }

    // MARK: Reports

    /// Nothing to do (nil) if the same was reported of the same attempt before.
    package func decideReport(_ report: MessageReport, _ context: OutboxContext) throws(Refusal) -> OutboxEvent? {
        let row = try row(report.message, shop: context.shop)
        guard row.attempts > 0 || row.standing.state != .withheld else {
            throw Refusal(.refused, "message: \(MessageNumber.text(report.message)) was withheld and never goes out")
        }
        guard row.attempts > 0 else {
            throw Refusal(.refused, "message: nobody has taken \(MessageNumber.text(report.message)) yet; OUTBOX.TAKE")
        }
        let attempt = report.attempt ?? Int(row.attempts)
        guard (1...Int(row.attempts)).contains(attempt) else {
            throw .invalid("attempt", "\(MessageNumber.text(report.message)) has been taken \(row.attempts) times")
        }
        guard report.at.map({ $0 <= context.now + Self.clockTolerance }) ?? true else {
            throw .invalid("at", "lies in the future")
        }
        let isKnown = steps(of: report.message).contains { $0.state == report.state && $0.attempt == attempt }
        guard !isKnown else { return nil }
        return .messageReported(
            report.message, attempt: attempt, report.state, at: report.at ?? context.now, reason: report.reason)
    }

    /// Milliseconds by which a worker's clock may be fast.
    private static let clockTolerance: Int64 = 300_000

    func row(_ message: UInt32, shop: UInt16) throws(Refusal) -> MessageRow {
        guard Int(message) < messages.count, messages[Int(message)].shop == shop else {
            throw Refusal(.notFound, "message: \(MessageNumber.text(message)) is not known in this shop; OUTBOX.LIST")
        }
        return messages[Int(message)]
    }
}
