/// The commands about who is who.
extension CommandTable {
    static let identity: [CommandDescription] = [
        CommandDescription(
            name: .identitySettle, text: "IDENTITY.SETTLE", arguments: "",
            summary: "answers when everything that has arrived is weighed",
            details:
                "Doubtful cases are weighed just behind the reply of the order that brings them, as a rule within milliseconds. Changes nothing.",
            options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .identityCheck, text: "IDENTITY.CHECK", arguments: "",
            summary: "works out who is who anew and compares it with what stands",
            details:
                "differences:0 proves that customers follow from the profiles, people's decisions and the active rules, whatever the order of arrival. Changes nothing and stops nobody.",
            options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .identityExport, text: "IDENTITY.EXPORT", arguments: "[offset=] [limit=]",
            summary: "one ROW per customer with the names of its profiles",
            details:
                "A profile is named channel/store:ref, or channel/store#order for a guest. Rows come in the order of the customers' numbers; without limit all of them.",
            options: ["offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .identityQueue, text: "IDENTITY.QUEUE", arguments: "[reason=] [offset=] [limit=]",
            summary: "doubtful pairs that wait for a person, the likeliest first",
            details:
                "One ROW per pair: pair (its number, for IDENTITY.ACCEPT and IDENTITY.REJECT), the two customers, score in bits, why. reason=bridge lists the bridge alarms. limit is 100 unless given, at most 1000.",
            options: ["reason", "offset", "limit"], plainArguments: 0, takesJSON: false),
        learning,
    ]
}
