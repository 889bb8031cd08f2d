import Bytes
import Commerce

/// The commands of the protocol.
package enum CommandName: Sendable, Equatable, CaseIterable {
    case ping, auth, shop, help, info, quit
    case orderPut, orderGet, channelPut
    case customerPut, customer360, customerFind, customerWhy
    case customerPin, customerUnpin, customerVerify
    case documentPut, noteAdd
    case snapshot, verify
    case customerWhyNot, customerHow
    case customerMerge, customerSplit, customerBind, customerExclude, customerLink, customerRelease
    case identitySettle, identityCheck, identityExport, identityQueue, identityAccept, identityReject, identityLearn
    case identityRules, identityPropose, identitySimulate, identityActivate, identityStatus
    case quarantineList, quarantineHold, quarantineRelease
    case shopConfigure, shopSettings
    case orderShip, orderDelay, orderReturn, returnReceive, orderCancel, orderRefund, paymentRecord, bookingUpdate
    case orderLife
    case templatePut, templateList, templateShow, templateRemove, templatePreview, templateEvents
    case shopSender, customerWishes, customerLanguage, messageGates
    case messageQueue, messageShow, outboxTake, outboxDone, outboxList
    case shopSeller, shopSeries
    case documentCreate, documentEdit, documentShow, documentPost, documentDiscard, documentCredit, documentUBL
    case voucherIssue, voucherShow, voucherRedeem, voucherReverse, chequeTake, chequePay
    case customerTag, customerUntag, customerBlock, customerUnblock
    case customerSearch, customerOrders, customerBulk
    case rulePut, ruleList, ruleShow, ruleMove, ruleTest, ruleOn, ruleOff, ruleRemove, ruleLog, shopAutomate
    case customerExport, orderExport, documentExport, factExport, factPut
    case voucherRenew
    case fileBegin, filePart, fileEnd
    case documentAttach, documentFetch, documentLabel, documentUnlabel, documentShare, documentSend, documentRemove
    case shopRetention, orderDocuments, reportCustomer
    case feed, customerHistory
    case termsPut, termsList, termsShow, termsRemove, termsQuote, customerGroup, customerTerms
    case brochureRequest, brochureList, brochurePrinted, brochureWithdraw
    case customerLogIn, invoiceOpen, invoiceRemind
}

extension CommandName {
    /// Whether the command may change what the engine holds.
    package var isWrite: Bool {
        switch self {
        case .orderPut, .channelPut, .customerPut, .customerPin, .customerUnpin, .customerVerify, .documentPut,
            .noteAdd, .identityLearn, .factPut:
            true
        default:
            isDecision || factKind != nil || changesOutbox || isLedgerWrite || isOfLabels || changesRules
                || isArchiveWrite || self == .customerBulk || isServiceWrite
        }
    }

    /// Whether it brings what others know: such commands travel together, many in a batch.
    package var isIngest: Bool {
        switch self {
        case .orderPut, .channelPut, .customerPut, .documentPut, .noteAdd, .factPut: true
        default: factKind != nil
        }
    }

    /// Whether the command says who is who, or how that is found out.
    package var isDecision: Bool {
        switch self {
        case .customerMerge, .customerSplit, .customerBind, .customerExclude, .customerLink, .customerRelease,
            .identityAccept, .identityReject, .identityPropose, .identityActivate, .quarantineHold, .quarantineRelease,
            .shopConfigure:
            true
        default: false
        }
    }
}

/// What is known about a command: the parser and `HELP` read the same table, so that they cannot drift. A class, so that
/// looking one up counts one reference.
package final class CommandDescription: Sendable {
    package let name: CommandName
    /// As it is written, in capitals.
    package let text: StaticString
    package let arguments: StaticString
    package let summary: StaticString
    /// What a client developer wants to know beyond the summary.
    package let details: StaticString
    /// Names of the `name=value` arguments that it takes, besides `tag`.
    package let options: [String]
    /// The most plain arguments that it takes.
    package let plainArguments: Int
    package let takesJSON: Bool
    /// The names of all `name=value` arguments, to compare with.
    let argumentNames: [ArgumentName]

    init(
        name: CommandName, text: StaticString, arguments: StaticString, summary: StaticString, details: StaticString,
        options: [String], plainArguments: Int, takesJSON: Bool
    ) {
        self.name = name
        self.text = text
        self.arguments = arguments
        self.summary = summary
        self.details = details
        self.options = options
        self.plainArguments = plainArguments
        self.takesJSON = takesJSON
        argumentNames = (options + ["tag"]).map { ArgumentName($0) }
    }
}

package enum CommandTable {
    static let selectors = ["email", "phone", "vat", "ref", "order", "document", "number"]
    static let selectorNames = selectors.map { ArgumentName($0) }

    package static let all: [CommandDescription] =
        [
            general, orderLife, identity, [learning], messages, ledger, labels, lists, rules, exchange, archive, past,
            service,
        ]
        .flatMap { $0 }

    private static let general: [CommandDescription] = [
        CommandDescription(
            name: .ping, text: "PING", arguments: "", summary: "answers OK {\"pong\":true}",
            details: "Shows that the server reads and answers. Changes nothing.", options: [], plainArguments: 0,
            takesJSON: false),
        CommandDescription(
            name: .auth, text: "AUTH", arguments: "token", summary: "names who is asking",
            details: "Servers without credentials configured accept everybody on 127.0.0.1 and answer REFUSED here.",
            options: [], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .shop, text: "SHOP", arguments: "[name]",
            summary: "binds this connection to a shop, or tells which it is",
            details:
                "A connection begins in shop main. Data of one shop is invisible to another. A shop exists from its first write on. Names: a-z, 0-9, '.', '_', '-', at most 64.",
            options: [], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .help, text: "HELP", arguments: "[command]",
            summary: "lists the commands, or explains one",
            details: "One ROW per command with its arguments and a summary.", options: [], plainArguments: 1,
            takesJSON: false),
        CommandDescription(
            name: .info, text: "INFO", arguments: "", summary: "tells how the server is and what it holds",
            details: "Version, durability, sequence numbers, counts, memory, journal, snapshots, connections.",
            options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .quit, text: "QUIT", arguments: "", summary: "answers OK and closes this connection",
            details: "Replies to earlier requests are sent first.", options: [], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .orderPut, text: "ORDER.PUT", arguments: "{order}",
            summary: "records an order and decides whose it is",
            details:
                "Required: channel, number, placedAt, currency, total. The same order again answers duplicate:true; a different one is a new version if its updatedAt is newer, stale:true if it is older, CONFLICT if neither is said.",
            options: [], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .orderGet, text: "ORDER.GET", arguments: "channel[/store]:number [at=time|seq]",
            summary: "shows one order", details: "NOTFOUND if this shop has no such order.", options: ["at"],
            plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .channelPut, text: "CHANNEL.PUT", arguments: "channel [store=name] {payload}",
            summary: "records the orders, customers and updates of a platform's own payload",
            details:
                "Channels: shopify, woocommerce, amazon, bol. Shipments, returns, refunds and other updates come too, alone or inside an order. One ROW per order, customer and update: the reply of ORDER.PUT, CUSTOMER.PUT or ORDER.SHIP, or {\"error\":code,...} for one that is refused.",
            options: ["store"], plainArguments: 1, takesJSON: true),
        CommandDescription(
            name: .customerPut, text: "CUSTOMER.PUT", arguments: "{profile}",
            summary: "records what a channel says about a customer, without an order",
            details: "Required: channel, ref. The same profile again changes nothing.", options: [],
            plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .customer360, text: "CUSTOMER.360",
            arguments:
                "number | email= | phone= | vat= | ref=channel:ref | order=channel:number | document=number [offset=] [limit=] [at=time|seq]",
            summary: "everything about one customer, now or as it was",
            details:
                "Orders come newest first; limit is 1000 unless given, totals count all. at asks about the past, by RFC 3339 time or sequence number; it is built first, which takes its time.",
            options: selectors + ["offset", "limit", "at"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .customerFind, text: "CUSTOMER.FIND",
            arguments:
                "[email=] [phone=] [vat=] [ref=] [order=] [document=] [number=] [offset=] [limit=] [at=time|seq]",
            summary: "one ROW per customer that all keys name; without a key, all customers of the shop",
            details: "OK {\"total\":n,\"from\":a,\"to\":b}. limit is 100 unless given, at most 1000.",
            options: selectors + ["offset", "limit", "at"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .customerWhy, text: "CUSTOMER.WHY", arguments: "a [b]",
            summary: "the evidence that ties profiles together, or what keeps two apart",
            details:
                "a and b are customer or profile numbers. With b: a sentence for people, the weight of each field in bits, and the steps that made the two one customer. Without: everything that ties the profiles of a.",
            options: [], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerPin, text: "CUSTOMER.PIN",
            arguments: "customer field value | customer field profile= [actor=]",
            summary: "decides which value of a field shows on a customer, whatever the channels say",
            details:
                "Fields: name, firstName, lastName, company, email, phone, vatId, birthDate, language, billing. profile=C7 shows what that profile of the customer says; billing takes only that. The newest pin of a field wins.",
            options: ["profile", "actor"], plainArguments: 3, takesJSON: false),
        CommandDescription(
            name: .customerUnpin, text: "CUSTOMER.UNPIN", arguments: "customer field [actor=]",
            summary: "takes back what was pinned of a field; the rule decides again",
            details: "Takes back the pins of all the customer's profiles. Without one it answers duplicate:true.",
            options: ["actor"], plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .customerVerify, text: "CUSTOMER.VERIFY",
            arguments: "customer vat= | email= verdict=valid|invalid source= [at=] [actor=]",
            summary: "records what an outside authority says of a VAT id, or that an e-mail address is confirmed",
            details:
                "at is when it said so, RFC 3339; now unless given. A verdict older than the one known answers stale:true and changes nothing.",
            options: ["vat", "email", "verdict", "source", "at", "actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .documentPut, text: "DOCUMENT.PUT", arguments: "{document}",
            summary: "files an invoice, credit note or other document that was made elsewhere",
            details:
                "Required: kind, number, and order (channel:number) or customer. Kinds: invoice, credit-note, voucher, report, upload, itinerary.",
            options: [], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .noteAdd, text: "NOTE.ADD", arguments: "customer \"text\" [actor=]",
            summary: "adds a remark to a customer's dossier", details: "Up to 10,000 bytes.", options: ["actor"],
            plainArguments: 2, takesJSON: false),
        CommandDescription(
            name: .snapshot, text: "SNAPSHOT", arguments: "",
            summary: "writes a snapshot now; nobody is stopped",
            details: "Answers when the snapshot is written, read back and counted.", options: [], plainArguments: 0,
            takesJSON: false),
        CommandDescription(
            name: .verify, text: "VERIFY", arguments: "",
            summary: "reads the data folder and checks every byte; changes nothing",
            details: "One ROW per file. The offline form is: dossierd verify DIR", options: [], plainArguments: 0,
            takesJSON: false),
    ]

    /// The command with this name, in any case.
    package static func find(_ name: Span<UInt8>) -> CommandDescription? {
        guard name.count < byLength.count else { return nil }
        for description in byLength[name.count] where matches(name, description.text) { return description }
        return nil
    }

    /// By the length of their names: few have the same.
    private static let byLength: [[CommandDescription]] = {
        let longest = all.map(\.text.utf8CodeUnitCount).max() ?? 0
        var table = [[CommandDescription]](repeating: [], count: longest + 1)
        for description in all { table[description.text.utf8CodeUnitCount].append(description) }
        return table
    }()

    /// ORDER.PUT comes by the million; it is recognised before the table is asked.
    @inline(__always) package static func isOrderPut(_ name: Span<UInt8>) -> Bool { matches(name, "ORDER.PUT") }

    @inline(__always) private static func matches(_ name: Span<UInt8>, _ text: StaticString) -> Bool {
        guard name.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<name.count {
            var byte = name[unchecked: index]
            if byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") { byte &= 0xDF }
            if byte != text.utf8Start[index] { return false }
        }
        return true
    }
}
