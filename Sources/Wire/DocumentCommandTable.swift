import Bytes
import Commerce

extension CommandName {
    /// Whether the ledger, or the content of its documents, answers it.
    package var isOfLedger: Bool {
        switch self {
        case .documentShow, .documentUBL, .voucherShow: true
        default: isLedgerWrite
        }
    }

    /// The seller and the series are also asked for by these; that costs a question behind them nothing but a batch.
    var isLedgerWrite: Bool {
        switch self {
        case .shopSeller, .shopSeries, .documentCreate, .documentEdit, .documentPost, .documentDiscard,
            .documentCredit, .voucherIssue, .voucherRedeem, .voucherReverse, .chequeTake, .chequePay,
            .voucherRenew:
            true
        default: false
        }
    }
}

/// The commands of documents with numbers and of vouchers.
extension CommandTable {
    static let ledger: [CommandDescription] = shops + documents + vouchers

    private static let shops: [CommandDescription] = [
        CommandDescription(
            name: .shopSeller, text: "SHOP.SELLER", arguments: "[actor=] [{seller}]",
            summary: "says who sells, for the shop's documents; without JSON it tells",
            details:
                "name, tradingName, street, additionalStreet, postalCode, city, state, country, vatId, taxRegistration, registration and electronicAddress ({\"value\",\"scheme\"}), contact {name, phone, email}, iban, bic, accountName, paymentMeans (UNTDID 4461), paymentTerms, paymentDays, pricesIncludeVat, vatRate (of lines that name none). Frozen into each document when it is posted; replaces what was said before.",
            options: ["actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .shopSeries, text: "SHOP.SERIES",
            arguments: "[kind=invoice|credit-note [pattern=] [next=] [actor=]]",
            summary: "tells how documents are numbered, or changes it while no number was taken",
            details:
                "pattern holds {number} or {number:5} and perhaps {year}: INV-{year}-{number:5} begins anew each year. Numbers are taken when posting and have no gap.",
            options: ["kind", "pattern", "next", "actor"], plainArguments: 0, takesJSON: false),
    ]

    private static let documents: [CommandDescription] = [
        CommandDescription(
            name: .documentCreate, text: "DOCUMENT.CREATE",
            arguments: "order=channel:number [kind=invoice] [actor=] [{overrides}]",
            summary: "drafts an invoice from an order: recipient from billing, lines, total",
            details:
                "Overrides: recipient {name, street, postalCode, city, country, vatId, registration, electronicAddress, business}, lines [{title, sku, quantity, unit, unitPrice, vatRate, discount}], charges [{title, amount, vatRate}], discount, total, paid, pricesIncludeVat, notes, dueDate, deliveryDate, paymentTerms, buyerReference, orderReference, language, vatRate (of lines that name none). A draft has an id (D17) and no number.",
            options: ["order", "kind", "actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .documentEdit, text: "DOCUMENT.EDIT", arguments: "draft [actor=] [{overrides}]",
            summary: "draws a draft anew from its order as it is now, with other overrides",
            details: "Only drafts of invoices change; a posted document never does.", options: ["actor"],
            plainArguments: 1, takesJSON: true),
        CommandDescription(
            name: .documentShow, text: "DOCUMENT.SHOW", arguments: "draft|number",
            summary: "shows a document: who made and posted it, recipient, lines, sums, credit notes",
            details: "Prices of lines are without VAT. Shows documents that were made here.", options: [],
            plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .documentPost, text: "DOCUMENT.POST", arguments: "draft [actor=]",
            summary: "makes a draft final and gives it the next number of its series",
            details:
                "REFUSED names everything that is missing at once (a company needs a valid VAT id; the rules of EN 16931, and of Peppol for a recipient with an electronic address). Posting again answers the same number, duplicate:true.",
            options: ["actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .documentDiscard, text: "DOCUMENT.DISCARD", arguments: "draft [actor=]",
            summary: "throws a draft away; its id is not used again", details: "A posted document cannot be discarded.",
            options: ["actor"], plainArguments: 1, takesJSON: false),
        CommandDescription(
            name: .documentCredit, text: "DOCUMENT.CREDIT",
            arguments: "document=number [allowMore=yes] [actor=] {credit}",
            summary: "drafts a credit note for a posted invoice, the only way to correct it",
            details:
                "lines [{line, quantity}], or amount (with VAT), or neither for all of it; reason: missed-discount, damage, cheque-later, return, cancellation, correction, other; note; return, the id of the return that it is for. All credit notes together never exceed the invoice, unless allowMore=yes and a note says why. Posted by DOCUMENT.POST.",
            options: ["document", "allowmore", "actor"], plainArguments: 0, takesJSON: true),
        CommandDescription(
            name: .documentUBL, text: "DOCUMENT.UBL", arguments: "number",
            summary: "a posted document as e-invoice: UBL 2.1 of EN 16931",
            details:
                "OK {\"number\",\"profile\",\"ubl\"}; a large one comes in ROWs {\"ubl\":part} whose parts put together are the document. profile is peppol for a company with an address on the network, else en16931.",
            options: [], plainArguments: 1, takesJSON: false),
    ]

    private static let vouchers: [CommandDescription] = [
        CommandDescription(
            name: .voucherIssue, text: "VOUCHER.ISSUE",
            arguments:
                "amount= currency= [customer=|creditNote=] [extra=] [description=] [reason=] [startsAt=] [expiresAt=] [id=] [actor=]",
            summary: "issues a voucher and tells its code, once",
            details:
                "amount is what is owed, extra what is given on top: it can be spent, not paid out. Of a credit note no more than it still owes. The code is not kept and not told again. The same id answers duplicate:true.",
            options: [
                "amount", "currency", "customer", "creditnote", "extra", "description", "reason", "startsat",
                "expiresat",
                "id", "actor",
            ], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .voucherShow, text: "VOUCHER.SHOW", arguments: "code=|voucher=V17",
            summary: "shows a voucher: what is left, and its redemptions",
            details: "issued is always redeemed, left, expired, takenIn and lapsed together. The code is masked.",
            options: ["code", "voucher"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .voucherRedeem, text: "VOUCHER.REDEEM",
            arguments: "code= amount= id= [currency=] [in=webshop|store] [order=] [actor=]",
            summary: "spends a voucher, wholly or in part",
            details:
                "id is the sender's own: the same again answers duplicate:true and spends nothing. CONFLICT names what is left when it is too little; REFUSED before the start and after the end.",
            options: ["code", "amount", "id", "currency", "in", "order", "actor"], plainArguments: 0,
            takesJSON: false),
        CommandDescription(
            name: .voucherReverse, text: "VOUCHER.REVERSE", arguments: "id= [reason=] [actor=]",
            summary: "takes a redemption back: the voucher can spend it again",
            details: "Not once the voucher was taken in to be paid out.", options: ["id", "reason", "actor"],
            plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .voucherRenew, text: "VOUCHER.RENEW", arguments: "code=|voucher=V17 id= [reason=] [actor=]",
            summary: "gives a voucher a new code, told once; the old one is dead from then on",
            details:
                "The money stays as it is. id is the sender's own: the same again answers duplicate:true, without the code. The old code answers CONFLICT.",
            options: ["code", "voucher", "id", "reason", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .chequeTake, text: "CHEQUE.TAKE", arguments: "code=|voucher=V17 [reason=] [actor=]",
            summary: "takes a voucher in, to be paid out in money: it cannot be spent from then on",
            details: "takenIn is what was owed and is not spent; what is left of the extra lapses.",
            options: ["code", "voucher", "reason", "actor"], plainArguments: 0, takesJSON: false),
        CommandDescription(
            name: .chequePay, text: "CHEQUE.PAY", arguments: "code=|voucher=V17 reference= [actor=]",
            summary: "records that a voucher that was taken in has been paid out",
            details: "reference is the payment provider's. The same again answers duplicate:true, another CONFLICT.",
            options: ["code", "voucher", "reference", "actor"], plainArguments: 0, takesJSON: false),
    ]
}
