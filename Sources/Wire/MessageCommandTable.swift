/// The commands about templates, wishes and messages.
extension CommandTable {
    static let messages: [CommandDescription] = templates + wishes + outbox

    private static let templates: [CommandDescription] = [
        CommandDescription(
            name: .templatePut, text: "TEMPLATE.PUT", arguments: "[actor=] {template}",
            summary: "stores a version of a template for messages of this shop",
            details:
                "Members: event, language, subject, body; channel for messages about that channel's orders only. {{order.number}} stands for a value, {{customer.firstName|customer}} for one that may be empty. An unknown or missing placeholder is refused here, with line and column. The same again answers duplicate:true.",
            options: ["actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .templateList, text: "TEMPLATE.LIST", arguments: "[offset=] [limit=]",
            summary: "this shop's templates, one ROW each",
            details: "By event, language and channel. limit is 100 unless given, at most 1000.",
            options: ["offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .templateShow, text: "TEMPLATE.SHOW", arguments: "event language [channel=] [version=]",
            summary: "shows a template, its newest version unless another is named",
            details: "Versions count from 1; those of a removed template can still be shown.",
            options: ["channel", "version"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .templateRemove, text: "TEMPLATE.REMOVE", arguments: "event language [channel=] [actor=]",
            summary: "takes a template out of use; messages made from it stay as they are",
            details: "A later TEMPLATE.PUT goes on counting its versions.",
            options: ["channel", "actor"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .templatePreview, text: "TEMPLATE.PREVIEW",
            arguments: "event [order= | customer=] [language=] [{data}]",
            summary: "shows a message as it would be queued; queues nothing",
            details: "Without an order or customer every placeholder shows a sample.",
            options: ["order", "customer", "language"], plainArguments: 1, takesJSON: true),
        CommandDescription(
            name: .templateEvents, text: "TEMPLATE.EVENTS", arguments: "[event]",
            summary: "the events that make messages, with their placeholders",
            details: "One ROW per event; with an event one ROW per placeholder.",
            options: [], plainArguments: 1, takesJSON: false),
    ]

    private static let wishes: [CommandDescription] = [
        CommandDescription(
            name: .shopSender, text: "SHOP.SENDER", arguments: "[address=] [name=] [language=] [actor=]",
            summary: "sets from whom this shop's mail comes, and its own language; without arguments shows them",
            details:
                "address and language are required the first time. No message is queued before a sender is set.",
            options: ["address", "name", "language", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .customerWishes, text: "CUSTOMER.WISHES",
            arguments: "customer [post=yes|no] [mailing=yes|no] [newsletter=yes|no] [actor=]",
            summary: "records what a customer wants to get; without wishes shows them",
            details:
                "Three wishes, each for itself. mailing=no also stops requests for reviews. What is about an order is sent all the same.",
            options: ["post", "mailing", "newsletter", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerLanguage, text: "CUSTOMER.LANGUAGE", arguments: "customer [language | none] [actor=]",
            summary: "records the language in which a customer wants to be written to",
            details: "A BCP 47 tag such as nl or nl-BE; none takes the choice back. Without either it is shown.",
            options: ["actor"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .messageGates, text: "MESSAGE.GATES", arguments: "",
            summary: "what each channel allows to be sent, and where it says so",
            details: "One ROW per channel with rules of its own; * stands for all others.",
            options: [], plainArguments: 0, takesJSON: false),
    ]

    private static let outbox: [CommandDescription] = [
        CommandDescription(
            name: .messageQueue, text: "MESSAGE.QUEUE",
            arguments: "event= order= | customer= [id=] [language=] [actor=] [{data}]",
            summary: "makes a message from a template and puts it into the outbox",
            details:
                "data holds the event's own placeholders, nested or with dots; deliveredAt for requests for reviews. Recipient, subject and body are frozen. The answer says which rule chose the language. The same id, or without one the same request, again answers duplicate:true. REFUSED names the sender, template, gate or wish in the way.",
            options: ["event", "order", "customer", "id", "language", "actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .messageShow, text: "MESSAGE.SHOW", arguments: "message",
            summary: "shows a message with all it says and its history", details: "message is its number, such as M17.",
            options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .outboxTake, text: "OUTBOX.TAKE", arguments: "worker= [limit=] [lease=]",
            summary: "gives a worker messages to send, which nobody else gets until the lease ends",
            details:
                "One ROW per message. limit is 10 unless given, at most 100; lease is in seconds, 300 unless given, 1 to 86400. A lease that ends without a word puts its message back; after 6 attempts it is given up.",
            options: ["worker", "limit", "lease"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .outboxDone, text: "OUTBOX.DONE", arguments: "message state= [attempt=] [reason=] [at=]",
            summary: "says how far a message has come",
            details:
                "state: sent, delivered, bounced or failed. Reports may come late, twice and in any order: of sent, delivered and bounced the last in this row holds; failed speaks of its attempt alone, which is tried again after 1, 4, 16, 64 and 256 minutes.",
            options: ["state", "attempt", "reason", "at"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .outboxList, text: "OUTBOX.LIST", arguments: "[state=] [offset=] [limit=]",
            summary: "this shop's messages, the newest first",
            details: "One ROW per message. limit is 100 unless given, at most 1000.",
            options: ["state", "offset", "limit"], plainArguments: 0, takesJSON: false),
    ]
}

extension CommandName {
    /// Whether it is about templates, wishes or messages.
    package var concernsMessages: Bool {
        switch self {
        case .messageQueue, .messageShow, .outboxTake, .outboxDone, .outboxList, .shopSender, .customerWishes,
            .customerLanguage, .messageGates, .templatePut, .templateList, .templateShow, .templateRemove,
            .templatePreview, .templateEvents:
            true
        default: false
        }
    }

    /// Whether it may write to the outbox.
    var changesOutbox: Bool {
        switch self {
        case .messageQueue, .outboxTake, .outboxDone, .shopSender, .customerWishes, .customerLanguage, .templatePut,
            .templateRemove:
            true
        default: false
        }
    }
}
