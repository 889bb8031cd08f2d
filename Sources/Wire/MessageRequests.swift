import Bytes
import Commerce

// Requests about templates, wishes and messages.
extension RequestReader {
    /// What the outbox is to do. `MESSAGE.QUEUE` and `TEMPLATE.PREVIEW` need facts first: see `messageRequest`.
    package static func messageCommand(
        _ request: RequestLine, _ name: CommandName
    ) throws(Refusal) -> MessageCommand {
        switch name {
        case .templatePut: return try template(request)
        case .templateList:
            let (offset, limit) = try page(request)
            return .listTemplates(offset: offset, limit: limit)
        case .templateShow:
            return .showTemplate(try templateKey(request, name), version: try natural(request, "version"))
        case .templateRemove: return .removeTemplate(try templateKey(request, name))
        case .shopSender:
            return .configureSender(
                address: try line(request, "address", bytes: 254), name: try line(request, "name", bytes: 200),
                language: try language(request))
        case .customerWishes: return try wishes(request)
        case .customerLanguage: return try languageChoice(request)
        case .outboxTake: return try take(request)
        case .outboxDone: return .report(try report(request))
        case .outboxList:
            let (offset, limit) = try page(request)
            return .list(try state(request), offset: offset, limit: limit)
        case .messageShow: return .show(try message(request, name))
        default: preconditionFailure("\(name) is no command of the outbox")
        }
    }

    // MARK: Templates

    private static func template(_ request: RequestLine) throws(Refusal) -> MessageCommand {
        let object = try object(request)
        let known = ["event", "language", "channel", "subject", "body"]
        if let unknown = object.members?.first(where: { !known.contains($0.name) }) {
            throw .invalid(
                String(unknown.name.prefix(64)), "is no member of a template; \(known.joined(separator: ", "))")
        }
        let key = TemplateKey(
            event: try event(try text(object, "event")),
            language: try language(try text(object, "language"), "language"),
            channel: try object["channel"].map { _ throws(Refusal) in try channel(try text(object, "channel")) } ?? "")
        let (subject, body) = (try text(object, "subject"), try text(object, "body"))
        _ = try TemplateTexts(subject: subject, body: body, event: key.event)
        return .storeTemplate(key, subject: subject, body: body)
    }

    private static func templateKey(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> TemplateKey {
        let plain = request.plainArguments
        guard plain.count == 2 else { throw wrongUse(name) }
        return TemplateKey(
            event: try event(plain[0].text), language: try language(plain[1].text, "language"),
            channel: try request.argument(named: "channel").map { value throws(Refusal) in try channel(value.text) }
                ?? "")
    }

    private static func channel(_ text: String) throws(Refusal) -> String {
        let name = try SourceName(Array(text.utf8).span)
        return String(decoding: name.channel, as: UTF8.self)
    }

    package static func event(_ word: String) throws(Refusal) -> MessageEvent {
        guard let event = MessageEvent(word: word) else {
            throw .invalid("event", "one of \(MessageEvent.allCases.map(\.word).joined(separator: ", "))")
        }
        return event
    }

    // MARK: Wishes and languages

    private static func wishes(_ request: RequestLine) throws(Refusal) -> MessageCommand {
        guard let customer = request.plainArguments.first else { throw wrongUse(.customerWishes) }
        var wishes: [WishSubject: Bool] = [:]
        for subject in WishSubject.allCases {
            if let answer = try choice(request, subject.word, ["no", "yes"]) { wishes[subject] = answer == 1 }
        }
        return .expressWishes(try number(customer), wishes)
    }

    private static func languageChoice(_ request: RequestLine) throws(Refusal) -> MessageCommand {
        let plain = request.plainArguments
        guard let customer = plain.first else { throw wrongUse(.customerLanguage) }
        let selector = try number(customer)
        guard plain.count == 2 else { return .chooseLanguage(selector, nil) }
        if plain[1].text.lowercased() == "none" { return .chooseLanguage(selector, .withdrawn) }
        return .chooseLanguage(selector, .chosen(try language(plain[1].text, "language")))
    }

    private static func language(_ request: RequestLine) throws(Refusal) -> LanguageTag? {
        guard let text = request.argument(named: "language") else { return nil }
        return try language(text.text, "language")
    }

    private static func language(_ text: String, _ field: String) throws(Refusal) -> LanguageTag {
        guard let language = LanguageTag(text) else {
            throw .invalid(field, "must be a BCP 47 tag such as nl or nl-BE")
        }
        return language
    }

    // MARK: Messages

    /// What is to be written, and about whom; nil for a preview with samples.
    package static func messageRequest(
        _ request: RequestLine, _ name: CommandName
    ) throws(Refusal) -> (request: MessageRequest, subject: CustomerSelector?) {
        let word = name == .messageQueue ? request.argument(named: "event") : request.plainArguments.first
        guard let word else { throw wrongUse(name) }
        var wanted = MessageRequest(event: try event(word.text))
        wanted.language = try language(request)
        wanted.identifier = try line(request, "id", bytes: 128)
        if request.json != nil { try read(try object(request), path: "", into: &wanted) }
        let order = request.argument(named: "order")
        let customer = request.argument(named: "customer")
        guard order == nil || customer == nil, name == .templatePreview || order != nil || customer != nil else {
            throw wrongUse(name)
        }
        if let order { return (wanted, .order(try OrderName(order.span))) }
        return (wanted, try customer.map { value throws(Refusal) in try number(value) })
    }

    /// What is to be written to each customer of a selection; its identifier names the mailing.
    static func bulkMessage(_ request: RequestLine) throws(Refusal) -> MessageRequest {
        guard let word = request.argument(named: "event") else {
            throw .invalid("event", "is required: which message? TEMPLATE.EVENTS lists them")
        }
        guard let identifier = try line(request, "id", bytes: 100) else {
            throw .invalid("id", "is required: it names the mailing, so that nobody gets it twice")
        }
        var wanted = MessageRequest(event: try event(word.text))
        wanted.language = try language(request)
        wanted.identifier = identifier
        if request.json != nil { try read(try object(request), path: "", into: &wanted) }
        return wanted
    }

    static func languageChange(_ value: [UInt8]) throws(Refusal) -> LanguageChange {
        value.text.lowercased() == "none" ? .withdrawn : .chosen(try language(value.text, "value"))
    }

    /// Values of placeholders, nested or with dots in their names.
    private static func read(
        _ object: JSONValue, path: String, into request: inout MessageRequest
    ) throws(Refusal) {
        let known = Set(Placeholder.all(of: request.event).filter(\.isData).map(\.name))
        for member in object.members ?? [] {
            let name = path + member.name
            if case .object = member.value, path.isEmpty {
                try read(member.value, path: name + ".", into: &request)
                continue
            }
            guard let text = member.value.exactText else { throw .invalid(name.short, "must be a string or a number") }
            if name == "deliveredAt" {
                request.deliveredAt = try moment(text, name)
                continue
            }
            guard known.contains(name) else {
                let all = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                throw .invalid(name.short, "\(request.event.word) takes no such value; it takes \(all)")
            }
            guard text.utf8.count <= 10_000 else { throw .invalid(name, "at most 10,000 bytes") }
            request.data[name] = text
        }
    }

    private static func take(_ request: RequestLine) throws(Refusal) -> MessageCommand {
        guard let worker = try line(request, "worker", bytes: 64) else { throw wrongUse(.outboxTake) }
        let limit = try natural(request, "limit") ?? 10
        let lease = try natural(request, "lease") ?? 300
        guard (1...100).contains(limit) else { throw .invalid("limit", "1 to 100") }
        guard (1...86_400).contains(lease) else { throw .invalid("lease", "1 to 86400 seconds") }
        return .take(limit: limit, leaseMilliseconds: Int64(lease) * 1_000, worker: worker)
    }

    private static func report(_ request: RequestLine) throws(Refusal) -> MessageReport {
        let message = try message(request, .outboxDone)
        guard let word = request.argument(named: "state") else { throw wrongUse(.outboxDone) }
        guard let state = MessageState(reported: word.text) else {
            throw .invalid("state", "one of \(MessageState.reportable.map(\.word).joined(separator: ", "))")
        }
        let at = try request.argument(named: "at").map { value throws(Refusal) in try moment(value.text, "at") }
        let reason = (request.argument(named: "reason")?.text ?? "").onOneLine
        guard reason.utf8.count <= 1_000 else { throw .invalid("reason", "at most 1000 bytes") }
        return MessageReport(
            message: message, attempt: try natural(request, "attempt"), state: state, reason: reason, at: at)
    }

    private static func state(_ request: RequestLine) throws(Refusal) -> MessageState? {
        let words = MessageState.allCases.map(\.word)
        return try choice(request, "state", words).map { MessageState.allCases[$0] }
    }

    private static func message(_ request: RequestLine, _ name: CommandName) throws(Refusal) -> UInt32 {
        guard let text = request.plainArguments.first else { throw wrongUse(name) }
        guard let message = MessageNumber.parse(text.text) else {
            throw .invalid("message", "must be a message's number such as M17")
        }
        return message
    }

    // MARK: Values

    private static func object(_ request: RequestLine) throws(Refusal) -> JSONValue {
        let bytes = try json(request)
        do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
            throw Refusal(.syntax, "the JSON is broken at its byte \(error.offset)")
        }
    }

    private static func text(_ object: JSONValue, _ name: String) throws(Refusal) -> String {
        guard let text = object[name]?.string else { throw .invalid(name, "is required, a string") }
        return text
    }

    private static func line(_ request: RequestLine, _ name: String, bytes most: Int) throws(Refusal) -> String? {
        try text(request, name, bytes: most)
    }

    private static func moment(_ text: String, _ name: String) throws(Refusal) -> Int64 {
        guard let moment = Timestamp(rfc3339: Array(text.utf8).span) else {
            throw .invalid(name, "must be a moment in RFC 3339 such as 2026-03-01T10:22:31Z")
        }
        return moment.milliseconds
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    fileprivate var short: String { String(prefix(64)) }
}
