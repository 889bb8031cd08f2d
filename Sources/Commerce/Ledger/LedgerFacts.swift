import Bytes

// What the events of the ledger say, field by field as `FieldCoder` packs them. Numbers of documents, vouchers and
// redemptions are places in the ledger's tables; amounts are minor units of the currency named.

/// An event that was decided and not yet written.
package struct LedgerEvent: Sendable {
    let kind: EventKind
    /// Whose customer it concerns; nil for none.
    var profile: UInt32?
    /// What the profile's shard is to keep of a document; empty for none.
    var content: [UInt8] = []
    /// The packed facts.
    let facts: [UInt8]

    init(_ kind: EventKind, _ facts: some FieldCoded, profile: UInt32? = nil, content: [UInt8] = []) {
        self.kind = kind
        self.facts = facts.packed
        self.profile = profile
        self.content = content
    }
}

struct SellerFacts: FieldCoded {
    var seller = Seller()
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try seller.code(&coder)
        try coder.text(&actor)
    }
}

struct SeriesFacts: FieldCoded {
    var kind = LedgerDocumentKind.invoice
    var pattern = ""
    /// The year that `next` is for; 0 in a pattern without a year.
    var year: Int32 = 0
    /// The number that comes next; 0 leaves it as it is.
    var next: UInt32 = 0
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.choice(&kind)
        try coder.text(&pattern)
        try coder.number(&year)
        try coder.number(&next)
        try coder.text(&actor)
    }
}

struct DraftFacts: FieldCoded {
    var kind = LedgerDocumentKind.invoice
    /// The order's number in the directory.
    var order: UInt32 = 0
    var orderName = ""
    /// The invoice that a credit note corrects.
    var invoice: UInt32?
    var currency = ""
    var total: Int64 = 0
    var recipient = ""
    /// Why a credit note is made.
    var reason: CreditReason = .none
    var note = ""
    var actor = ""
    /// Of a credit note by lines: what it takes off each line of the invoice. Older ones do not say.
    var creditedLines: [CreditedLine] = []
    /// The return that a credit note is for; empty for none. Older ones do not say.
    var returnId = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.choice(&kind)
        try coder.number(&order)
        try coder.text(&orderName)
        try coder.optional(&invoice, 0) { invoice, coder throws(ByteReaderError) in try coder.number(&invoice) }
        try coder.text(&currency)
        try coder.integer(&total)
        try coder.text(&recipient)
        try coder.choice(&reason)
        try coder.text(&note)
        try coder.text(&actor)
        guard !coder.isAtEnd else { return }
        try coder.list(&creditedLines, CreditedLine()) { line, coder throws(ByteReaderError) in
            try coder.text(&line.line)
            try coder.decimal(&line.quantity)
        }
        if !coder.isAtEnd { try coder.text(&returnId) }
    }
}

/// Of a posting: everything that the law wants of it but the content, which travels in the same event.
struct PostFacts: FieldCoded {
    var document: UInt32 = 0
    var number = ""
    /// Hash of kind and number, by which it is found.
    var keyHash: Int64 = 0
    var year: Int32 = 0
    var place: UInt32 = 0
    var total: Int64 = 0
    var recipient = ""
    var profile = EInvoiceProfile.en16931
    var actor = ""
    /// The recipient's, whose law may say how long the document stays. Older postings do not say it.
    var country = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&document)
        try coder.text(&number)
        try coder.integer(&keyHash)
        try coder.number(&year)
        try coder.number(&place)
        try coder.integer(&total)
        try coder.text(&recipient)
        var profileNumber = UInt8(EInvoiceProfile.allCases.firstIndex(of: profile) ?? 0)
        try coder.number(&profileNumber)
        guard Int(profileNumber) < EInvoiceProfile.allCases.count else { throw coder.malformed }
        profile = EInvoiceProfile.allCases[Int(profileNumber)]
        try coder.text(&actor)
        if !coder.isAtEnd { try coder.text(&country) }
    }
}

/// Of a draft that was edited, or thrown away.
struct DocumentFacts: FieldCoded {
    var document: UInt32 = 0
    var total: Int64 = 0
    var recipient = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&document)
        try coder.integer(&total)
        try coder.text(&recipient)
        try coder.text(&actor)
    }
}

struct IssueFacts: FieldCoded {
    var terms = VoucherTerms()
    /// SHA-256 of the code.
    var codeHash: [UInt8] = []
    /// What a masked code shows.
    var tail = ""
    var creditNote: UInt32?
    var actor = ""
    /// The codes before this one, oldest first. Older issues know none.
    var renewals: [RenewalFacts] = []

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try terms.code(&coder)
        try coder.bytes(&codeHash)
        try coder.text(&tail)
        try coder.optional(&creditNote, 0) { number, coder throws(ByteReaderError) in try coder.number(&number) }
        try coder.text(&actor)
        guard !coder.isAtEnd else { return }
        try coder.list(&renewals, RenewalFacts()) { renewal, coder throws(ByteReaderError) in
            try renewal.code(&coder)
        }
    }
}

/// Of a code that another has taken the place of.
struct RenewalFacts: FieldCoded {
    /// SHA-256 of the code that is dead.
    var codeHash: [UInt8] = []
    /// Milliseconds.
    var at: Int64 = 0
    var id = ""
    var reason = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.bytes(&codeHash)
        try coder.integer(&at)
        try coder.text(&id)
        try coder.text(&reason)
        try coder.text(&actor)
    }
}

/// Of a voucher that got a new code: its issue, told anew.
struct RenewFacts: FieldCoded {
    var voucher: UInt32 = 0
    var issue = IssueFacts()

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&voucher)
        try issue.code(&coder)
    }
}

struct RedeemFacts: FieldCoded {
    var voucher: UInt32 = 0
    var amount: Int64 = 0
    var id = ""
    var place = RedemptionPlace.webshop
    var order = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&voucher)
        try coder.integer(&amount)
        try coder.text(&id)
        try coder.choice(&place)
        try coder.text(&order)
        try coder.text(&actor)
    }
}

/// Of a redemption taken back, a cheque taken in, and one paid out: `subject` is the redemption or the voucher,
/// `words` the reason or the payment's reference.
struct MoneyFacts: FieldCoded {
    var subject: UInt32 = 0
    var amount: Int64 = 0
    var words = ""
    var actor = ""

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.number(&subject)
        try coder.integer(&amount)
        try coder.text(&words)
        try coder.text(&actor)
    }
}
