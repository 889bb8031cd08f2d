import Bytes

// Events of the outbox. Behind the head that all events have (kind, time, shop) stands:
//
//   templateStored    event (1) language channel number (varint) subject body actor
//   templateRemoved   event (1) language channel actor
//   senderConfigured  address name language actor
//   wishExpressed     profile (varint) subject (1) value (1) actor
//   languageChosen    profile (varint) language actor           ; without a language: no choice any more
//   messageQueued     event (1) profile, order plus one, version (varints) record (counted)
//   messagesLeased    until (zigzag, ms) worker count (varint) messages (varint each)
//   messageReported   message, attempt (varints) state (1) at (zigzag, ms) reason
//   messageWithheld   message (varint) reason [ state (1) ]             ; without it: failed
//   messageNotQueued  event (1) profile, order plus one (varints) record (counted) reason
//
// Texts are counted. Messages are named by their row.

/// A fact about templates, senders, wishes and messages.
package enum OutboxEvent: Sendable, Equatable {
    case templateStored(TemplateKey, number: Int, subject: String, body: String, actor: String)
    case templateRemoved(TemplateKey, actor: String)
    case senderConfigured(Sender, actor: String)
    case wishExpressed(profile: UInt32, WishSubject, Bool, actor: String)
    case languageChosen(profile: UInt32, LanguageTag?, actor: String)
    case messageQueued(MessageEvent, profile: UInt32, order: UInt32, version: Int, MessageRecord)
    case messagesLeased([UInt32], worker: String, until: Int64)
    case messageReported(UInt32, attempt: Int, MessageState, at: Int64, reason: String)
    /// A queued message that must not be sent any more: `withheld`, or `failed` where it was tried often enough.
    case messageWithheld(UInt32, reason: String, MessageState)
    /// A message that was to be made by itself and must not be; see `OutboxState.withheld`.
    case messageNotQueued(MessageEvent, profile: UInt32, order: UInt32, MessageRecord, reason: String)

    package var kind: EventKind {
        switch self {
        case .templateStored: .templateStored
        case .templateRemoved: .templateRemoved
        case .senderConfigured: .senderConfigured
        case .wishExpressed: .wishExpressed
        case .languageChosen: .languageChosen
        case .messageQueued: .messageQueued
        case .messagesLeased: .messagesLeased
        case .messageReported: .messageReported
        case .messageWithheld: .messageWithheld
        case .messageNotQueued: .messageNotQueued
        }
    }
}

extension EventKind {
    /// Whether the outbox keeps it, and neither directory nor shard.
    package var concernsOutbox: Bool {
        (EventKind.templateStored.rawValue...127).contains(rawValue) || self == .messageNotQueued
    }
}

// MARK: - Writing

extension EventWriter {
    package mutating func outbox(_ event: OutboxEvent, shop: UInt16, now: Timestamp) {
        begin(event.kind, now, shop: shop)
        switch event {
        case .templateStored(let key, let number, let subject, let body, let actor):
            template(key)
            varint(UInt64(number))
            texts(subject, body, actor)
        case .templateRemoved(let key, let actor):
            template(key)
            text(actor)
        case .senderConfigured(let sender, let actor): texts(sender.address, sender.name, sender.language.text, actor)
        case .wishExpressed(let profile, let subject, let value, let actor):
            self.profile(profile)
            byte(subject.rawValue)
            byte(value ? 1 : 0)
            text(actor)
        case .languageChosen(let profile, let language, let actor):
            self.profile(profile)
            texts(language?.text ?? "", actor)
        case .messageQueued(let event, let profile, let order, let version, let record):
            byte(event.rawValue)
            self.profile(profile)
            varint(UInt64(order))
            varint(UInt64(version))
            self.record(record)
        case .messageNotQueued(let event, let profile, let order, let record, let reason):
            byte(event.rawValue)
            self.profile(profile)
            varint(UInt64(order))
            self.record(record)
            text(reason)
        case .messagesLeased(let messages, let worker, let until):
            zigzag(until)
            text(worker)
            varint(UInt64(messages.count))
            for message in messages { varint(UInt64(message)) }
        case .messageReported(let message, let attempt, let state, let at, let reason):
            varint(UInt64(message))
            varint(UInt64(attempt))
            byte(state.rawValue)
            zigzag(at)
            text(reason)
        case .messageWithheld(let message, let reason, let state):
            varint(UInt64(message))
            text(reason)
            if state != .failed { byte(state.rawValue) }
        }
        end()
    }

    private mutating func record(_ record: MessageRecord) {
        var bytes = ByteWriter(capacity: 1_024)
        record.write(into: &bytes)
        counted(bytes.span)
    }

    private mutating func template(_ key: TemplateKey) {
        byte(key.event.rawValue)
        texts(key.language.text, key.channel)
    }

    private mutating func texts(_ texts: String...) { for one in texts { text(one) } }
}

// MARK: - Reading

extension OutboxEvent {
    /// The event behind its head. Throws `.inconsistent` where bytes mean nothing.
    package init(_ event: Event, _ bytes: Span<UInt8>) throws(EventError) {
        let read: OutboxEvent?
        do throws(ByteReaderError) {
            var reader = ByteReader(bytes, at: event.record.range.lowerBound)
            read = try reader.outboxEvent(event.kind)
            guard reader.isAtEnd else { throw ByteReaderError.truncated(offset: reader.position) }
        } catch {
            throw .malformed(error)
        }
        guard let read else { throw .inconsistent("an event of the outbox that means nothing") }
        self = read
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func outboxEvent(_ kind: EventKind) throws(ByteReaderError) -> OutboxEvent? {
        switch kind {
        case .templateStored:
            guard let key = try templateKey() else { return nil }
            return .templateStored(
                key, number: Int(try varint32()), subject: try string(), body: try string(), actor: try string())
        case .templateRemoved:
            guard let key = try templateKey() else { return nil }
            return .templateRemoved(key, actor: try string())
        case .senderConfigured:
            let (address, name) = (try string(), try string())
            guard let language = LanguageTag(try string()) else { return nil }
            return .senderConfigured(Sender(address: address, name: name, language: language), actor: try string())
        case .wishExpressed:
            let profile = try varint32()
            guard let subject = WishSubject(rawValue: try byte()) else { return nil }
            return .wishExpressed(profile: profile, subject, try byte() != 0, actor: try string())
        case .languageChosen:
            let profile = try varint32()
            let language = try string()
            guard language.isEmpty || LanguageTag(language) != nil else { return nil }
            return .languageChosen(profile: profile, LanguageTag(language), actor: try string())
        default: return try messageEvent(kind)
        }
    }

    @_lifetime(self: copy self)
    private mutating func messageEvent(_ kind: EventKind) throws(ByteReaderError) -> OutboxEvent? {
        switch kind {
        case .messageQueued:
            guard let event = MessageEvent(rawValue: try byte()) else { return nil }
            let (profile, order, version) = (try varint32(), try varint32(), try varint32())
            let record = try MessageRecord(bytes.extracting(try countedRange()))
            return .messageQueued(event, profile: profile, order: order, version: Int(version), record)
        case .messagesLeased:
            let until = try zigzag()
            let worker = try string()
            return .messagesLeased(try profiles(), worker: worker, until: until)
        case .messageReported:
            let (message, attempt) = (try varint32(), try varint32())
            guard let state = MessageState(rawValue: try byte()) else { return nil }
            return .messageReported(
                message, attempt: Int(attempt), state, at: try zigzag(), reason: try string())
        case .messageWithheld:
            let (message, reason) = (try varint32(), try string())
            guard let state = isAtEnd ? .failed : MessageState(rawValue: try byte()) else { return nil }
            return .messageWithheld(message, reason: reason, state)
        case .messageNotQueued:
            guard let event = MessageEvent(rawValue: try byte()) else { return nil }
            let (profile, order) = (try varint32(), try varint32())
            let record = try MessageRecord(bytes.extracting(try countedRange()))
            return .messageNotQueued(event, profile: profile, order: order, record, reason: try string())
        default: return nil
        }
    }

    @_lifetime(self: copy self)
    private mutating func templateKey() throws(ByteReaderError) -> TemplateKey? {
        guard let event = MessageEvent(rawValue: try byte()) else { return nil }
        let (language, channel) = (try string(), try string())
        return LanguageTag(language).map { TemplateKey(event: event, language: $0, channel: channel) }
    }
}
