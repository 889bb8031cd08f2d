/// A command about templates, wishes and messages.
package enum MessageCommand: Sendable {
    case storeTemplate(TemplateKey, subject: String, body: String)
    case removeTemplate(TemplateKey)
    case listTemplates(offset: Int, limit: Int)
    case showTemplate(TemplateKey, version: Int?)
    /// What is nil stays as it is; all nil only asks.
    case configureSender(address: String?, name: String?, language: LanguageTag?)
    case expressWishes(CustomerSelector, [WishSubject: Bool])
    /// A language, or none any more; what is nil only asks.
    case chooseLanguage(CustomerSelector, LanguageChange?)
    case queue(MessageRequest, MessageFacts)
    case preview(MessageRequest, MessageFacts?)
    case take(limit: Int, leaseMilliseconds: Int64, worker: String)
    case report(MessageReport)
    case list(MessageState?, offset: Int, limit: Int)
    case show(UInt32)
    /// What a channel says of the buyer's consent, beside an order or customer that it brings.
    case consent(CustomerSelector, ChannelConsent)

    /// Whether it may be the first that a shop hears of.
    package var opensShop: Bool {
        switch self {
        case .storeTemplate: true
        case .configureSender(let address, let name, let language): address != nil || name != nil || language != nil
        default: false
        }
    }

    /// Whether it only asks.
    package var isQuestion: Bool {
        switch self {
        case .listTemplates, .showTemplate, .preview, .list, .show: true
        case .configureSender(let address, let name, let language): address == nil && name == nil && language == nil
        case .expressWishes(_, let wishes): wishes.isEmpty
        case .chooseLanguage(_, let change): change == nil
        default: false
        }
    }
}

package enum LanguageChange: Sendable, Equatable {
    case chosen(LanguageTag)
    case withdrawn
}

/// What is to be written to whom, as `MESSAGE.QUEUE` says it and as automatic messages will.
package struct MessageRequest: Sendable {
    package let event: MessageEvent
    /// Names the message to whoever asks; the same again is the same message. Nil: its content names it.
    package var identifier: String?
    /// Staff's word for this one message.
    package var language: LanguageTag?
    /// Values of the event's own placeholders.
    package var data: [String: String]
    /// When the order was delivered, in milliseconds, where whoever asks knows it.
    package var deliveredAt: Int64?
    /// Not before so many days after delivery, and within what the channel allows; zero for at once.
    package var days = 0

    package init(event: MessageEvent, data: [String: String] = [:]) {
        self.event = event
        self.data = data
    }
}

/// What a worker says about a message.
package struct MessageReport: Sendable {
    package let message: UInt32
    /// Which attempt it speaks of; nil for the last one.
    package let attempt: Int?
    package let state: MessageState
    package let reason: String
    /// When it was so, in milliseconds; nil for now.
    package let at: Int64?

    package init(message: UInt32, attempt: Int?, state: MessageState, reason: String, at: Int64?) {
        self.message = message
        self.attempt = attempt
        self.state = state
        self.reason = reason
        self.at = at
    }
}

/// What a command has brought about, or found.
package enum MessageOutcome: Sendable {
    case template(TemplateKey, TemplateVersion, versions: Int, isLive: Bool, isDuplicate: Bool?)
    case templates([(key: TemplateKey, template: Template)], total: Int, offset: Int)
    case sender(Stated<Sender>?, isDuplicate: Bool?)
    case wishes(CustomerWishes, customer: UInt32, isDuplicate: Bool?)
    case queued(MessageView, isDuplicate: Bool)
    case preview(MessageView)
    case taken([MessageView])
    case reported(MessageView, isDuplicate: Bool)
    case messages([MessageView], total: Int, offset: Int)
    case message(MessageView, steps: [MessageStep])
}

/// A message as replies show it.
package struct MessageView: Sendable {
    /// Its row; `M1` is row 0. Nil in a preview.
    package let number: UInt32?
    package let event: MessageEvent
    package let version: Int
    package let record: MessageRecord
    package let state: MessageState
    package let attempts: Int
    /// Milliseconds.
    package let queuedAt: Int64
    package let availableAt: Int64
    /// The profile through which it came.
    package let profile: UInt32
    /// The living number of its customer.
    package let customer: UInt32
    /// The last event about it.
    package let sequence: UInt64
    /// Why it failed, was given back or withheld; empty for the others.
    package var reason = ""
}

/// The number of a message as people see it: `M` and a decimal, `M1` being the first.
package enum MessageNumber {
    /// The row that `M17` or `m17` names; nil if the text is no number that this engine gives.
    package static func parse(_ text: String) -> UInt32? {
        guard text.utf8.count <= 11, text.first == "M" || text.first == "m", text.dropFirst().first != "0",
            text.dropFirst().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt32(text.dropFirst()), number > 0
        else { return nil }
        return number - 1
    }

    package static func text(_ row: UInt32) -> String { "M\(row + 1)" }
}
