import Bytes
import Commerce
import Engine
import Wire

// Replies about templates, wishes and messages.
extension ByteWriter {
    mutating func reply(toMessage outcome: CommandOutcome, tag: [UInt8]?) {
        switch outcome {
        case .message(let outcome, let sequence): reply(outcome, sequence, tag: tag)
        case .refused(let refusal): error(refusal, tag: tag)
        default: preconditionFailure("a command about messages is answered by one")
        }
    }

    private mutating func reply(_ outcome: MessageOutcome, _ sequence: UInt64, tag: [UInt8]?) {
        switch outcome {
        case .templates(let page, let total, let offset):
            for entry in page { row(of: entry.key, entry.template) }
            beginOK(tag: tag)
            range(total: total, offset: offset, count: page.count)
        case .taken(let messages):
            for message in messages { row(of: message, isWhole: true) }
            beginOK(tag: tag)
            key("taken")
            number(messages.count)
        case .messages(let page, let total, let offset):
            for message in page { row(of: message, isWhole: false) }
            beginOK(tag: tag)
            range(total: total, offset: offset, count: page.count)
        default:
            beginOK(tag: tag)
            members(of: outcome)
            key("seq")
            number(sequence)
        }
        endReply()
    }

    private mutating func members(of outcome: MessageOutcome) {
        switch outcome {
        case .template(let key, let version, let versions, let isLive, let isDuplicate):
            template(key, version, versions: versions)
            if !isLive {
                self.key("removed")
                bool(true)
            }
            duplicate(isDuplicate)
        case .sender(let sender, let isDuplicate):
            self.sender(sender)
            duplicate(isDuplicate)
        case .wishes(let wishes, let customer, let isDuplicate):
            key("customer")
            customerNumber(customer)
            members(of: wishes)
            duplicate(isDuplicate)
        case .queued(let message, let isDuplicate), .reported(let message, let isDuplicate):
            members(of: message)
            duplicate(isDuplicate)
        case .preview(let message):
            members(of: message)
            envelope(of: message)
        case .message(let message, let steps):
            members(of: message)
            envelope(of: message)
            self.steps(steps)
        case .templates, .taken, .messages: preconditionFailure("a list ends with its range")
        }
    }

    private mutating func duplicate(_ isDuplicate: Bool?) {
        guard let isDuplicate else { return }
        key("duplicate")
        bool(isDuplicate)
    }

    private mutating func row(of message: MessageView, isWhole: Bool) {
        beginRow()
        members(of: message)
        if isWhole {
            key("attempt")
            number(message.attempts)
            envelope(of: message)
        }
        endReply()
    }

    // MARK: Templates and senders

    private mutating func head(of key: TemplateKey, _ version: TemplateVersion, versions: Int) {
        self.key("event")
        string(key.event.word)
        self.key("language")
        string(key.language.text)
        if !key.channel.isEmpty {
            self.key("channel")
            string(key.channel)
        }
        self.key("version")
        number(version.number)
        self.key("versions")
        number(versions)
        self.key("subject")
        string(version.subject)
    }

    private mutating func row(of key: TemplateKey, _ template: Template) {
        guard let newest = template.versions.last else { return }
        beginRow()
        head(of: key, newest, versions: template.versions.count)
        endReply()
    }

    private mutating func template(_ key: TemplateKey, _ version: TemplateVersion, versions: Int) {
        head(of: key, version, versions: versions)
        self.key("body")
        string(version.body)
        spoken(Stated(value: version.number, actor: version.actor, at: version.at))
    }

    private mutating func sender(_ sender: Stated<Sender>?) {
        key("configured")
        bool(sender != nil)
        guard let sender else { return }
        key("address")
        string(sender.value.address)
        key("name")
        string(sender.value.name)
        key("language")
        string(sender.value.language.text)
        spoken(sender)
    }

    // MARK: What is known without asking anybody

    /// A ROW per event, or per placeholder of one event.
    mutating func events(_ event: MessageEvent?, tag: [UInt8]?) {
        if let event {
            for placeholder in Placeholder.all(of: event) { row(of: placeholder) }
        } else {
            for event in MessageEvent.allCases { row(of: event) }
        }
        plainOK(tag: tag)
    }

    private mutating func row(of placeholder: Placeholder) {
        beginRow()
        key("placeholder")
        string(placeholder.name)
        key("meaning")
        string(placeholder.meaning)
        for (name, value) in [
            ("required", placeholder.isRequired), ("mayBeEmpty", placeholder.isOptional), ("data", placeholder.isData),
        ] {
            key(name)
            bool(value)
        }
        endReply()
    }

    private mutating func row(of event: MessageEvent) {
        beginRow()
        key("event")
        string(event.word)
        key("purpose")
        string(event.purpose.word)
        key("placeholders")
        openArray()
        for placeholder in Placeholder.all(of: event) { string(placeholder.name) }
        closeArray()
        endReply()
    }

    /// A ROW per channel with rules of its own.
    mutating func gates(tag: [UInt8]?) {
        for gate in ChannelGate.all {
            beginRow()
            key("channel")
            string(gate.channel)
            key("relayOnly")
            bool(gate.needsRelay)
            for purpose in MessagePurpose.allCases {
                key(purpose.word)
                string(gate.permission(purpose).text)
            }
            key("source")
            string(gate.source)
            endReply()
        }
        plainOK(tag: tag)
    }
}
