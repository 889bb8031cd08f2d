import Bytes

// Rows of the feed about decisions, rules and settings, and about what is written to customers.
extension ByteWriter {
    mutating func identity(_ stored: StoredEvent, _ names: EventNames) throws(ByteReaderError) {
        let event = stored.event
        let bytes = stored.bytes.span
        var reader = ByteReader(bytes, at: event.record.range.lowerBound)
        switch event.kind {
        case .decisionMade:
            let kind = PersonDecision.Kind(rawValue: try reader.byte()) ?? .linked
            let retiresLeft = try reader.byte() & 1 != 0
            decision(kind, retiresLeft: retiresLeft, left: try reader.profiles(), right: try reader.profiles())
            member("actor", try reader.string())
            member("reason", try reader.string())
        case .decisionWithdrawn:
            if let decision = names.decisions[Int(try reader.varint())] {
                self.decision(
                    decision.kind, retiresLeft: decision.retiresLeft, left: decision.left, right: decision.right)
                key("decidedSeq")
                number(decision.sequence)
            }
            member("actor", try reader.string())
        case .rulesProposed:
            if let version = names.versions[stored.sequence] {
                key("version")
                number(version)
            }
            member("actor", try reader.string())
            member("basis", try reader.string())
        case .rulesActivated:
            key("version")
            number(try reader.varint())
            member("actor", try reader.string())
        case .shopConfigured: try setting(&reader, names)
        case .valueWatched:
            let kind = IdentityKeyKind(rawValue: try reader.byte()) ?? .email
            let value = IdentityKey(kind: kind, hash: try reader.littleEndian())
            let state = ValueState(rawValue: try reader.byte()) ?? .active
            key("kind")
            word(kind.text)
            member("value", names.text(names.values[value]))
            member("state", "\(state)")
            member("actor", try reader.string())
        default: break
        }
    }

    private mutating func decision(
        _ kind: PersonDecision.Kind, retiresLeft: Bool, left: [UInt32], right: [UInt32]
    ) {
        key("decision")
        word(retiresLeft ? "merge" : kind.text)
        profiles("left", left)
        profiles("right", right)
    }

    private mutating func setting(_ reader: inout ByteReader, _ names: EventNames) throws(ByteReaderError) {
        let setting = ShopSetting(rawValue: try reader.byte())
        let value = Int(try reader.varint())
        let source = UInt16(truncatingIfNeeded: try reader.varint())
        key("setting")
        string("\(setting ?? .matchMode)" as String)
        key("value")
        switch setting {
        case .matchMode: string("\(MatchMode(rawValue: UInt8(truncatingIfNeeded: value)) ?? .evidence)" as String)
        case .protectsBookings, .knowsBuyersOnce, nil: bool(value != 0)
        }
        if setting == .knowsBuyersOnce { member("source", names.sources[source]) }
        member("actor", try reader.string())
    }

    // MARK: Tags and blocks

    mutating func label(_ event: LabelEvent) {
        switch event {
        case .tagged(let profile, let tag, let actor, let cause):
            self.profile("profile", profile)
            member("tag", tag.text)
            member("cause", cause.isEmpty ? nil : cause)
            member("actor", actor)
        case .untagged(let profiles, let tag, let actor):
            self.profiles("profiles", profiles)
            member("tag", tag.text)
            member("actor", actor)
        case .blocked(let profile, let reason, let actor):
            self.profile("profile", profile)
            member("reason", reason)
            member("actor", actor)
        case .unblocked(let profiles, let actor):
            self.profiles("profiles", profiles)
            member("actor", actor)
        }
    }

    // MARK: Templates, wishes, messages

    mutating func correspondence(_ event: OutboxEvent, _ names: EventNames) {
        switch event {
        case .templateStored(let template, let version, let subject, let body, let actor):
            self.template(template)
            key("version")
            number(version)
            member("subject", subject)
            member("body", body)
            member("actor", actor)
        case .templateRemoved(let template, let actor):
            self.template(template)
            member("actor", actor)
        case .senderConfigured(let sender, let actor):
            member("address", sender.address)
            member("name", sender.name)
            member("language", sender.language.text)
            member("actor", actor)
        case .wishExpressed(let profile, let subject, let value, let actor):
            self.profile("profile", profile)
            member("wish", subject.word)
            member("value", value ? "yes" : "no")
            member("actor", actor)
        case .languageChosen(let profile, let language, let actor):
            self.profile("profile", profile)
            member("language", language?.text ?? "none")
            member("actor", actor)
        case .messageQueued(let event, let profile, _, let version, let record):
            queued(event, profile, version, record, names)
        case .messagesLeased(let messages, let worker, let until):
            key("messages")
            openArray()
            for message in messages { string(MessageNumber.text(message)) }
            closeArray()
            member("worker", worker)
            moment("until", at: until)
        case .messageReported(let message, let attempt, let state, let at, let reason):
            member("message", MessageNumber.text(message))
            key("attempt")
            number(attempt)
            member("state", state.word)
            moment("at", at: at)
            member("reason", reason.isEmpty ? nil : reason)
        case .messageWithheld(let message, let reason, let state):
            member("message", MessageNumber.text(message))
            member("state", state.word)
            member("reason", reason)
        case .messageNotQueued(let event, let profile, _, let record, let reason):
            queued(event, profile, 0, record, names)
            member("reason", reason)
        }
    }

    private mutating func template(_ template: TemplateKey) {
        member("template", template.event.word)
        member("language", template.language.text)
        member("channel", template.channel.isEmpty ? nil : template.channel)
    }

    private mutating func queued(
        _ event: MessageEvent, _ profile: UInt32, _ version: Int, _ record: MessageRecord, _ names: EventNames
    ) {
        self.profile("profile", profile)
        member("message", names.messages[record.identifier].map { MessageNumber.text($0) })
        member("id", record.identifier)
        member("about", event.word)
        member("order", record.order.isEmpty ? nil : record.order)
        member("channel", record.channel.isEmpty ? nil : record.channel)
        if version > 0 {
            member("language", record.language)
            key("version")
            number(version)
        }
        member("to", record.toAddress.isEmpty ? nil : record.toAddress)
        member("actor", record.actor)
    }
}
