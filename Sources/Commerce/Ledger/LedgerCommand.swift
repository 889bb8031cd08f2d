import Bytes

/// How a document of the ledger is named: `D17` before it has a legal number, and ever after; or its number.
package enum DocumentSelector: Sendable, Equatable {
    /// Place in the ledger.
    case id(UInt32)
    case number(String)

    package init(_ text: [UInt8]) throws(Refusal) {
        guard (1...128).contains(text.count) else {
            throw .invalid("document", "must be an id such as D17, or a number")
        }
        if let number = Self.place(text, letter: "D") {
            self = .id(number)
        } else {
            self = .number(String(decoding: text, as: UTF8.self))
        }
    }

    /// `D17` and `V17` count from one; nil if the text is none of that.
    package static func place(_ text: [UInt8], letter: Unicode.Scalar) -> UInt32? {
        guard let first = text.first, Unicode.Scalar(first & 0xDF) == letter, text.count > 1, text[1] != 0x30,
            text.dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let number = UInt32(String(decoding: text.dropFirst(), as: UTF8.self)), number > 0
        else { return nil }
        return number - 1
    }
}

/// How a voucher is named: by its code, which whoever spends it has, or as `V17` by the shop's own people.
package enum VoucherSelector: Sendable, Equatable {
    case code(VoucherCode)
    case id(UInt32)

    /// The `V17` of replies; nil if the text is none.
    package static func place(_ text: [UInt8]) -> UInt32? { DocumentSelector.place(text, letter: "V") }
}

/// Why money is given back by a credit note (X07, X08, and returns). The raw values are written to disk.
package enum CreditReason: UInt8, Sendable, CaseIterable {
    /// No credit note.
    case none = 0
    case missedDiscount = 1
    case damage = 2
    /// A discount cheque that was redeemed after the order.
    case chequeLater = 3
    case returned = 4
    case cancelled = 5
    /// The invoice was wrong.
    case correction = 6
    /// Goes with a note that says why.
    case other = 7

    package var text: StaticString {
        switch self {
        case .none: ""
        case .missedDiscount: "missed-discount"
        case .damage: "damage"
        case .chequeLater: "cheque-later"
        case .returned: "return"
        case .cancelled: "cancellation"
        case .correction: "correction"
        case .other: "other"
        }
    }
}

/// Where a voucher is spent. The raw values are written to disk.
package enum RedemptionPlace: UInt8, Sendable, CaseIterable {
    case webshop = 1
    case store = 2

    package var text: StaticString { self == .webshop ? "webshop" : "store" }
}

/// What a voucher promises. Amounts are minor units.
package struct VoucherTerms: Sendable, Equatable, FieldCoded {
    /// The sender's own name for the issue, so that a repeat is known; empty for none.
    package var id = ""
    package var currency = ""
    /// What the customer was owed.
    package var owed: Int64 = 0
    /// Given on top of it (X12): spendable, but no money when the voucher is paid out.
    package var extra: Int64 = 0
    package var description = ""
    package var reason = ""
    /// Milliseconds; nil for at once.
    package var startsAt: Int64?
    /// Nil for never; spendable before this moment only.
    package var expiresAt: Int64?

    package init() {}

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&id)
        try coder.text(&currency)
        try coder.integer(&owed)
        try coder.integer(&extra)
        try coder.text(&description)
        try coder.text(&reason)
        try coder.optional(&startsAt, 0) { at, coder throws(ByteReaderError) in try coder.integer(&at) }
        try coder.optional(&expiresAt, 0) { at, coder throws(ByteReaderError) in try coder.integer(&at) }
    }
}

/// So much of a line of an invoice.
package struct CreditedLine: Sendable, Equatable {
    /// The line's id (BT-126).
    package var line = ""
    package var quantity = Decimal64.zero

    package init() {}

    init(line: String, quantity: Decimal64) {
        self.line = line
        self.quantity = quantity
    }
}

/// A draft on its way into the ledger: made from an order as it was at `orderSequence`.
package struct DraftRequest: Sendable {
    package var kind = LedgerDocumentKind.invoice
    package var order: UInt32 = 0
    package var orderSequence: UInt64 = 0
    package var orderName = ""
    /// The invoice that a credit note corrects.
    package var invoice: UInt32?
    package var content = DocumentContent()
    package var total: Int64 = 0
    package var reason = CreditReason.none
    package var note = ""
    /// The return that a credit note gives the money back for; empty for none.
    package var returnId = ""
    /// What a credit note takes off each line, and how much of it was invoiced; empty where it is over an amount.
    package var creditedLines: [CreditedLine] = []
    package var invoicedLines: [CreditedLine] = []
    /// A credit note may give back more than was invoiced (X07: "unless said so").
    package var allowsMore = false

    package init() {}
}

/// A draft that was looked through and may be posted, unless it or the seller has changed since.
package struct PostRequest: Sendable {
    package let document: UInt32
    package let version: UInt64
    package let sellerVersion: UInt64
    /// With the seller in it.
    package let content: DocumentContent
    package let total: Int64
    package let profile: EInvoiceProfile
}

package struct RedeemRequest: Sendable {
    package let voucher: VoucherSelector
    /// As it was typed: only the voucher's currency says how many decimals it has.
    package let amount: Decimal64
    package let currency: String?
    package let id: String
    package let place: RedemptionPlace
    package let order: String

    package init(
        voucher: VoucherSelector, amount: Decimal64, currency: String?, id: String, place: RedemptionPlace,
        order: String
    ) {
        self.voucher = voucher
        self.amount = amount
        self.currency = currency
        self.id = id
        self.place = place
        self.order = order
    }
}

package enum LedgerCommand: Sendable {
    case describeSeller(Seller)
    /// A new pattern, or the number that comes next; nil leaves what is.
    case setSeries(LedgerDocumentKind, pattern: String?, next: UInt32?)
    case draft(DraftRequest)
    case redraft(document: UInt32, version: UInt64, content: DocumentContent, total: Int64)
    case post(PostRequest)
    case discard(DocumentSelector)
    /// - Parameter code: fresh, from a source that nobody can foresee.
    case issue(VoucherTerms, code: VoucherCode, customer: UInt32?, creditNote: DocumentSelector?)
    /// A new code for the same money.
    /// - Parameter id: the sender's own name for it, so that a repeat is known.
    case renew(VoucherSelector, code: VoucherCode, id: String, reason: String)
    case redeem(RedeemRequest)
    case reverse(id: String, reason: String)
    case takeCheque(VoucherSelector, reason: String)
    case payCheque(VoucherSelector, reference: String)
    case archive(ArchiveCommand)
    case service(ServiceCommand)
}

package enum LedgerQuery: Sendable {
    case seller
    case series
    /// An order, to make a document from.
    case order(OrderName)
    case document(DocumentSelector)
    case voucher(VoucherSelector)
    case archive(ArchiveQuery)
    case service(ServiceQuery)
}

/// What the ledger answers.
package enum LedgerAnswer: Sendable {
    /// The reply's JSON object.
    case reply([UInt8])
    case order(OrderTicket)
    case document(DocumentTicket)
    case archive(ArchiveAnswer)
    /// Rows, and the object behind them.
    case listing(ServiceListing)
    /// What the command was made from has changed meanwhile: to be made anew.
    case outdated
}

/// Where an order lies, and in which version.
package struct OrderTicket: Sendable {
    package let order: UInt32
    package let sequence: UInt64
    package let profile: UInt32
    package let row: UInt32
    package let seller: Seller?
    /// The customer's own word, or staff's, and the shop's usual language; nil where nothing was said.
    package var chosenLanguage: LanguageTag?
    package var shopLanguage: LanguageTag?
}

/// What the ledger knows of a document, for whoever goes on to its content.
package struct DocumentTicket: Sendable {
    package let document: UInt32
    package let kind: LedgerDocumentKind
    package let standing: LedgerDocumentStanding
    package let version: UInt64
    package let profile: UInt32
    package let row: UInt32
    package let order: UInt32
    package let orderName: String
    /// The legal number; of a draft the one that would come next.
    package let number: String
    package let postedAt: Timestamp
    package let einvoice: EInvoiceProfile
    package let seller: Seller?
    package let sellerVersion: UInt64
    package let invoice: UInt32?
    package let customer: UInt32
    package let left: Int64
    /// The members of `DOCUMENT.SHOW` that the ledger knows, without braces.
    package let json: [UInt8]
}
