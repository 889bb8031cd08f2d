import Bytes
import Commerce

extension CommandName {
    /// Whether it is about price terms, brochures, log-ins or open invoices. (`CUSTOMER.GROUP` is a label.)
    package var isOfService: Bool {
        switch self {
        case .termsList, .termsShow, .termsQuote, .customerTerms, .brochureList, .invoiceOpen: true
        default: isServiceWrite
        }
    }

    var isServiceWrite: Bool {
        switch self {
        case .termsPut, .termsRemove, .brochureRequest, .brochurePrinted, .brochureWithdraw, .customerLogIn,
            .invoiceRemind:
            true
        default: false
        }
    }
}

/// The commands of what a shop does for its customers beside orders.
extension CommandTable {
    static let service: [CommandDescription] = terms + brochures + invoices

    private static let terms: [CommandDescription] = [
        CommandDescription(
            name: .termsPut, text: "TERMS.PUT", arguments: "{terms} [actor=]",
            summary: "agrees prices, discounts and surcharges with a group of customers",
            details:
                "Required: id, group, currency, and one of prices, discounts, surcharges. The same terms again answer duplicate:true; other terms of the same id take their place.",
            options: ["actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .termsList, text: "TERMS.LIST", arguments: "[group=] [on=] [offset=] [limit=]",
            summary: "one ROW per terms of the shop, by id",
            details:
                "on leaves those that hold at a day or moment. OK {\"total\":n,\"from\":a,\"to\":b}. limit is 100 unless given, at most 1000.",
            options: ["group", "on", "offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .termsShow, text: "TERMS.SHOW", arguments: "id", summary: "shows terms whole",
            details: "With every price, discount and surcharge.", options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .termsRemove, text: "TERMS.REMOVE", arguments: "id [actor=]",
            summary: "removes terms; they hold no longer", details: "FEED keeps what they were.", options: ["actor"],
            plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .termsQuote, text: "TERMS.QUOTE",
            arguments: "customer | email= | ref= | … | group= {\"currency\":…,\"lines\":[…]}",
            summary: "what articles cost a customer under the terms of its group, and which terms made each price",
            details:
                "Lines have sku, quantity (1 unless given) and price, the usual price of one; at is now unless given. One ROW per line; OK has the surcharges on the whole and the total. Changes nothing.",
            options: selectors + ["group"], plainArguments: 1, takesJSON: true),
        CommandDescription(
            name: .customerGroup, text: "CUSTOMER.GROUP", arguments: "customer group|none [actor=]",
            summary: "puts a customer into a group, and out of every other",
            details:
                "A group is the tag group:name, so lists, rules and bulk work know it. Of several groups that a merge brings together the one said last holds.",
            options: ["actor"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerTerms, text: "CUSTOMER.TERMS", arguments: "customer | email= | ref= | … [on=]",
            summary: "the group of a customer and its terms, whole, one ROW each",
            details: "Those that hold at on, a day or moment; now unless given.", options: selectors + ["on"],
            plainArguments: 1, takesJSON: false),
    ]

    private static let brochures: [CommandDescription] = [
        CommandDescription(
            name: .brochureRequest, text: "BROCHURE.REQUEST",
            arguments: "customer | email= | ref= | … brochure= [note=] [id=] [actor=]",
            summary: "puts a brochure for a customer on the list of what is to be sent",
            details:
                "While it is on the list, the same again answers duplicate:true; a request with the same id always does. REFUSED where the customer wishes no post.",
            options: selectors + ["brochure", "note", "id", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .brochureList, text: "BROCHURE.LIST", arguments: "[brochure=] [offset=] [limit=]",
            summary: "what is to be sent: one ROW per copy with whom it goes to, oldest first",
            details:
                "OK {\"total\":n,\"from\":a,\"to\":b,\"heldBack\":h}: h copies are of customers who wish no post by now. limit is 100 unless given, at most 1000.",
            options: ["brochure", "offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .brochurePrinted, text: "BROCHURE.PRINTED",
            arguments: "requests=B1,B2,… | until=time [brochure=] [at=] [actor=]",
            summary: "sets the print date, which takes requests off the list",
            details:
                "until takes all on the list that were made at that moment or before, 10000 at a time; left says how many remain. at is the print date, a day or moment, now unless given. What is printed already stays as it is.",
            options: ["requests", "until", "brochure", "at", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .brochureWithdraw, text: "BROCHURE.WITHDRAW", arguments: "request [reason=] [actor=]",
            summary: "takes a request off the list without printing it",
            details: "The dossier keeps it. REFUSED for what is printed.", options: ["reason", "actor"],
            plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerLogIn, text: "CUSTOMER.LOGIN",
            arguments: "customer | email= | ref= | … [at=] [from=] [actor=]",
            summary: "tells that a customer has logged in at the web front, for the history",
            details:
                "at is now unless given; the same at and from again answer duplicate:true. from is where, in the front's words. actor is customer unless given. REFUSED for a blocked customer.",
            options: selectors + ["at", "from", "actor"], plainArguments: 1, takesJSON: false),
    ]

    private static let invoices: [CommandDescription] = [
        CommandDescription(
            name: .invoiceOpen, text: "INVOICE.OPEN", arguments: "[customer=] [days=] [offset=] [limit=]",
            summary: "posted invoices of which something is to be paid: one ROW each, oldest first",
            details:
                "days leaves those that were posted so many days ago or earlier. OK has total, range, and what is open of all of them per currency. limit is 100 unless given, at most 1000.",
            options: ["customer", "days", "offset", "limit"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .invoiceRemind, text: "INVOICE.REMIND", arguments: "invoice [url=] [language=] [actor=]",
            summary: "queues a message that sends the customer to pay what is open of an invoice",
            details:
                "Template invoice.reminder. Once a day for each invoice: the same again answers duplicate:true. REFUSED where nothing is open.",
            options: ["url", "language", "actor"], plainArguments: 1, takesJSON: false),
    ]
}
