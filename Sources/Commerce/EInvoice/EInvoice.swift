/// An invoice or credit note as the European standard EN 16931 sees it: its semantic model, as far as a web shop
/// needs it. BT and BG are the standard's numbers of business terms and groups.
///
/// Only what is said, never what follows: sums, VAT and the amount due are worked out by `EInvoiceTotals`. An empty
/// text counts as absent, and what the standard demands is found out by `EInvoiceRules`, so a half-filled one is
/// allowed here. Amounts are whole minor units of the currency (`amountDigits`); prices and rates are exact decimals.
/// A credit note carries positive amounts.
package struct EInvoice: Hashable, Sendable {
    /// BT-3.
    package var kind: Kind
    /// BT-1, the document's number.
    package var number: String
    /// BT-2.
    package var issueDate: Date
    /// BT-9.
    package var dueDate: Date?
    /// BT-5, ISO 4217: of every amount but the one in `taxCurrency`.
    package var currency: String
    /// BT-6, where the seller accounts for VAT in another currency.
    package var taxCurrency: String?
    /// BT-111, the VAT in `taxCurrency`, in its minor units; given, since no rate of exchange is known here.
    package var taxInTaxCurrency: Int64?
    /// BT-19, the buyer's own booking reference.
    package var accountingCost: String?
    /// BT-10, what the buyer uses to route the invoice.
    package var buyerReference: String?
    /// BT-13, the buyer's order number.
    package var orderReference: String?
    /// BT-14, the seller's order number. UBL can only carry it beside a BT-13.
    package var salesOrderReference: String?
    /// BT-12.
    package var contractReference: String?
    /// BT-22; a subject code (BT-21) goes before the text as `#AAI#`. Peppol allows one note.
    package var notes: [String] = []
    /// BG-3, the invoices that this one corrects or credits.
    package var precedingInvoices: [PrecedingInvoice] = []
    /// BG-4.
    package var seller: Party
    /// BG-7.
    package var buyer: Party
    /// BG-10, who is paid, where it is not the seller.
    package var payee: Payee?
    /// BG-11.
    package var taxRepresentative: TaxRepresentative?
    /// BG-13.
    package var delivery: Delivery?
    /// BG-14.
    package var period: Period?
    /// BG-16.
    package var payment: Payment?
    /// BT-20.
    package var paymentTerms: String?
    /// BG-20 and BG-21: discounts and costs of the whole document, such as shipping.
    package var adjustments: [Adjustment] = []
    /// BT-120 and BT-121: why no VAT is charged, once per category that needs it.
    package var exemptions: [Exemption] = []
    /// BT-113, what was paid before.
    package var prepaid: Int64 = 0
    /// BT-114, added to the amount due only; no part of the total with VAT.
    package var rounding: Int64 = 0
    /// BG-25.
    package var lines: [Line] = []

    package init(
        kind: Kind, number: String, issueDate: Date, currency: String, seller: Party, buyer: Party
    ) {
        self.kind = kind
        self.number = number
        self.issueDate = issueDate
        self.currency = currency
        self.seller = seller
        self.buyer = buyer
    }

    /// Decimals of this invoice's amounts: 0 to 2.
    package var amountDigits: UInt8 { Self.amountDigits(of: currency) }

    /// Decimals of amounts in a currency: those of its minor unit, but two at most, since EN 16931 allows no more
    /// (BR-DEC-01 to BR-DEC-28): the thousandths of a dinar cannot be invoiced.
    package static func amountDigits(of currency: String) -> UInt8 {
        let code = [UInt8](currency.utf8)
        return min(Decimal64.minorUnitDigits(of: code.span), 2)
    }

    /// BT-3, of UNTDID 1001.
    package enum Kind: UInt16, Hashable, Sendable, CaseIterable {
        case invoice = 380
        case creditNote = 381
        case correctedInvoice = 384
        case prepaymentInvoice = 386
        case selfBilledInvoice = 389

        package var isCreditNote: Bool { self == .creditNote }
    }

    /// BG-3.
    package struct PrecedingInvoice: Hashable, Sendable {
        /// BT-25.
        package var number: String
        /// BT-26.
        package var issueDate: Date?

        package init(number: String, issueDate: Date? = nil) {
            self.number = number
            self.issueDate = issueDate
        }
    }

    /// BG-14 and BG-26: the days that are invoiced; one of the two is enough.
    package struct Period: Hashable, Sendable {
        /// BT-73, BT-134.
        package var start: Date?
        /// BT-74, BT-135.
        package var end: Date?

        package init(start: Date?, end: Date?) {
            self.start = start
            self.end = end
        }
    }
}
