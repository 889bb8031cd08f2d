/// The commands about what has happened.
extension CommandTable {
    static let past: [CommandDescription] = [
        CommandDescription(
            name: .feed, text: "FEED", arguments: "from=seq [to=seq] [limit=] [wait=seconds]",
            summary: "this shop's events from a sequence number on, one ROW each",
            details:
                "Durable events only, merges and splits included. OK says next: the from of the next FEED. With wait (60 at most) an empty answer is held back until there is something to tell. The server reads on only as fast as the client does.",
            options: ["from", "to", "limit", "wait"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .customerHistory, text: "CUSTOMER.HISTORY",
            arguments: "number | email= | phone= | vat= | ref= | order= | document= [from=seq] [limit=]",
            summary: "every act that concerns a customer, oldest first: when, what, by whom",
            details:
                "One ROW each, 100 unless limit says otherwise; OK says next, the from of what follows. It reads the journal from `from` on.",
            options: ["email", "phone", "vat", "ref", "order", "document", "number", "from", "limit"],
            plainArguments: 1, takesJSON: false),
    ]
}
