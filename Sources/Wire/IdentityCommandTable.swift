/// The commands about who is who.
extension CommandTable {
    static let identity: [CommandDescription] = customers + resolution + settings

    private static let decision = ["reason", "actor"]

    private static let customers: [CommandDescription] = [
        CommandDescription(
            name: .customerWhyNot, text: "CUSTOMER.WHYNOT", arguments: "a b",
            summary: "what keeps two customers apart, and how far they are from being one",
            details: "Answers for any two, as CUSTOMER.WHY a b does; for one customer it says why they are one.",
            options: [], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerHow, text: "CUSTOMER.HOW", arguments: "customer",
            summary: "how a customer came to be, step by step",
            details:
                "Every finding and every decision of a person, with time, rules version, and the order that brought it.",
            options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerMerge, text: "CUSTOMER.MERGE",
            arguments: "from into [preview=yes] [reason=] [actor=]",
            summary: "makes two customers one; the number of the first redirects from then on",
            details:
                "Refused while the first has a booking with an invoice, naming the invoices. preview=yes shows what would come of it and changes nothing. CUSTOMER.SPLIT takes it back without loss.",
            options: decision + ["preview"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerSplit, text: "CUSTOMER.SPLIT",
            arguments: "customer [profiles=C7,C9] [preview=yes] [reason=] [actor=]",
            summary: "takes profiles out of their customer, or takes back the merge that retired a number",
            details:
                "With profiles, these leave, and stay apart from those that remain. Without, customer is a number that CUSTOMER.MERGE has retired.",
            options: decision + ["preview", "profiles"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerBind, text: "CUSTOMER.BIND", arguments: "a b [reason=] [actor=]",
            summary: "says that two profiles are one customer, whatever the rules say",
            details: "Unlike CUSTOMER.MERGE it retires no number.", options: decision, plainArguments: 2,
            takesJSON: false),
        CommandDescription(
            name: .customerExclude, text: "CUSTOMER.EXCLUDE", arguments: "a b [reason=] [actor=]",
            summary: "says that two customers, or two profiles of one, are never one customer",
            details: "Outranks the rules for good; CUSTOMER.RELEASE takes it back.", options: decision,
            plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerLink, text: "CUSTOMER.LINK", arguments: "a b [reason=] [actor=]",
            summary: "says that two customers have to do with each other and are two",
            details: "CUSTOMER.360 shows each under related of the other.", options: decision, plainArguments: 2,
            takesJSON: false),
        CommandDescription(
            name: .customerRelease, text: "CUSTOMER.RELEASE", arguments: "a b [actor=]",
            summary: "takes back what people decided about two; the rules decide again",
            details: "Takes back binds, merges, excludes and links between the two.", options: ["actor"],
            plainArguments: 2, takesJSON: false),
    ]

    private static let resolution: [CommandDescription] = [
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
                "One ROW per pair: pair (its number, for IDENTITY.ACCEPT and IDENTITY.REJECT), the two customers as CUSTOMER.FIND shows them, score in bits and field by field, why. reason=bridge lists the bridge alarms. limit is 100 unless given, at most 1000.",
            options: ["reason", "offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .identityAccept, text: "IDENTITY.ACCEPT", arguments: "pair [reason=] [actor=]",
            summary: "says that a doubtful pair is one customer", details: "pair is its number in IDENTITY.QUEUE.",
            options: decision, plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .identityReject, text: "IDENTITY.REJECT", arguments: "pair [reason=] [actor=]",
            summary: "says that a doubtful pair is two customers, for good",
            details: "pair is its number in IDENTITY.QUEUE.", options: decision, plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .identityStatus, text: "IDENTITY.STATUS", arguments: "",
            summary: "how resolution is doing in this shop",
            details:
                "Match mode, active rules version, profiles that wait to be weighed, doubtful pairs, values without force, decisions that stand.",
            options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .quarantineList, text: "QUARANTINE.LIST", arguments: "[offset=] [limit=]",
            summary: "values that too many unlike customers carry, or that people hold or have released",
            details:
                "One ROW per value: how many carry it, some of their customers, state, who decided, and the pairs that stood on it alone. limit is 100 unless given, at most 1000.",
            options: ["offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .quarantineHold, text: "QUARANTINE.HOLD",
            arguments: "email= | phone= | vat= [preview=yes] [actor=]",
            summary: "takes the force from a value: it counts as missing wherever profiles are compared",
            details: "preview=yes shows one ROW per customer that would be taken apart, and changes nothing.",
            options: ["email", "phone", "vat", "preview", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .quarantineRelease, text: "QUARANTINE.RELEASE", arguments: "email= | phone= | vat= [actor=]",
            summary: "lets a value count whoever carries it",
            details: "A person's word: it is never quarantined again.",
            options: ["email", "phone", "vat", "actor"], plainArguments: 0, takesJSON: false),
    ]

    private static let settings: [CommandDescription] = [
        CommandDescription(
            name: .identityRules, text: "IDENTITY.RULES", arguments: "[version]",
            summary: "the versions of this shop's rules, or all weights of one",
            details: "Weights are bits: log2 of how much likelier the agreement is among records of one person.",
            options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .identityPropose, text: "IDENTITY.PROPOSE", arguments: "[actor=] {change}",
            summary: "makes a new version of the rules from the active one; it is not in force yet",
            details:
                "Members: basis (what it rests on; required), mergeThreshold, queueThreshold, prior, addressLimit, weights (field, level, bits). Rules that are known already keep their number.",
            options: ["actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .identitySimulate, text: "IDENTITY.SIMULATE", arguments: "version",
            summary: "what a version of the rules would merge and split, with samples; changes nothing",
            details: "One ROW per sample, at most 20. Everything is weighed and clustered anew beside what stands.",
            options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .identityActivate, text: "IDENTITY.ACTIVATE", arguments: "version [actor=]",
            summary: "puts a version of the rules into force",
            details: "What it touches is weighed again in the background; IDENTITY.STATUS tells how much is left.",
            options: ["actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .shopConfigure, text: "SHOP.CONFIGURE",
            arguments: "[match=] [bookings=protect|allow] [source=channel/store duplicates=yes|no] [actor=]",
            summary: "sets how this shop decides who is who",
            details:
                "match: evidence, email, address or exact. bookings=allow lifts the protection of invoiced bookings from merges. duplicates=no says that a source knows each buyer once, yes that it holds duplicates.",
            options: ["match", "bookings", "source", "duplicates", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .shopSettings, text: "SHOP.SETTINGS", arguments: "", summary: "shows what SHOP.CONFIGURE sets",
            details: "Match mode, bookings, rules version, and for each source whether it knows each buyer once.",
            options: [], plainArguments: 0, takesJSON: false),
    ]
}
