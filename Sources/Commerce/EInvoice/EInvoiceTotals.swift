/// BG-22 and BG-23 of an invoice: everything that follows from it. All amounts in minor units of its currency.
package struct EInvoiceTotals: Hashable, Sendable {
    /// BT-131 of each line, in the order of the lines.
    package var lineNets: [Int64] = []
    /// BT-106.
    package var lineTotal: Int64 = 0
    /// BT-107.
    package var allowanceTotal: Int64 = 0
    /// BT-108.
    package var chargeTotal: Int64 = 0
    /// BT-109.
    package var taxExclusive: Int64 = 0
    /// BT-110.
    package var tax: Int64 = 0
    /// BT-112.
    package var taxInclusive: Int64 = 0
    /// BT-113.
    package var prepaid: Int64 = 0
    /// BT-114.
    package var rounding: Int64 = 0
    /// BT-115.
    package var payable: Int64 = 0
    /// BG-23, one per category and rate, in the order in which the invoice first names them.
    package var breakdown: [TaxSubtotal] = []

    /// One VAT category at one rate.
    package struct TaxSubtotal: Hashable, Sendable {
        /// BT-118 and BT-119.
        package var vat: EInvoice.VAT
        /// BT-116.
        package var taxable: Int64
        /// BT-117.
        package var tax: Int64
        /// BT-120 and BT-121.
        package var exemption: EInvoice.Exemption?

        package init(
            vat: EInvoice.VAT, taxable: Int64, tax: Int64, exemption: EInvoice.Exemption? = nil
        ) {
            self.vat = vat
            self.taxable = taxable
            self.tax = tax
            self.exemption = exemption
        }
    }

    /// Totals as another program stated them, to be checked; ours come from `init(of:)`.
    package init() {}

    /// Works the invoice out. A line is price times quantity, rounded, and its own discounts and costs; VAT is rounded
    /// once per category and rate (BR-CO-17), never per line; halves go away from zero.
    package init(of invoice: EInvoice) throws(EInvoiceError) {
        try addLines(of: invoice)
        try addAdjustments(of: invoice)
        taxExclusive = try Self.sum(Int128(lineTotal) - Int128(allowanceTotal) + Int128(chargeTotal))
        breakdown = try Self.breakdown(of: invoice, lineNets: lineNets)
        tax = try Self.sum(breakdown.reduce(0) { $0 + Int128($1.tax) })
        taxInclusive = try Self.sum(Int128(taxExclusive) + Int128(tax))
        prepaid = invoice.prepaid
        rounding = invoice.rounding
        payable = try Self.sum(Int128(taxInclusive) - Int128(prepaid) + Int128(rounding))
    }

    /// BT-131 of one line: BT-129 times BT-146 by BT-149, plus its charges, less its allowances.
    package static func net(of line: EInvoice.Line, digits: UInt8) throws(EInvoiceError) -> Int64 {
        let base = line.price.baseQuantity ?? Decimal64(units: 1, scale: 0)
        guard base.units != 0 else { throw .zeroBaseQuantity(line: line.id) }
        let goods = try EInvoiceArithmetic.scaledProduct(
            line.quantity, line.price.net, dividedBy: base, digits: digits)
        return try sum(line.adjustments.reduce(Int128(goods)) { $0 + $1.signedAmount })
    }

    private static func sum(_ value: Int128) throws(EInvoiceError) -> Int64 { try EInvoiceArithmetic.amount(value) }

    private mutating func addLines(of invoice: EInvoice) throws(EInvoiceError) {
        lineNets.reserveCapacity(invoice.lines.count)
        for line in invoice.lines { lineNets.append(try Self.net(of: line, digits: invoice.amountDigits)) }
        lineTotal = try Self.sum(lineNets.reduce(0) { $0 + Int128($1) })
    }

    private mutating func addAdjustments(of invoice: EInvoice) throws(EInvoiceError) {
        func total(_ kind: EInvoice.Adjustment.Kind) throws(EInvoiceError) -> Int64 {
            try Self.sum(invoice.adjustments.reduce(0) { $1.kind == kind ? $0 + Int128($1.amount) : $0 })
        }
        allowanceTotal = try total(.allowance)
        chargeTotal = try total(.charge)
    }

    private static func breakdown(
        of invoice: EInvoice, lineNets: [Int64]
    ) throws(EInvoiceError) -> [TaxSubtotal] {
        var breakdown: [TaxSubtotal] = []
        for (vat, taxable) in taxableAmounts(of: invoice, lineNets: lineNets) {
            let taxable = try sum(taxable)
            let tax = try EInvoiceArithmetic.tax(on: taxable, rate: vat.effectiveRate)
            let exemption = invoice.exemptions.first { $0.category == vat.category }
            breakdown.append(TaxSubtotal(vat: vat, taxable: taxable, tax: tax, exemption: exemption))
        }
        return breakdown
    }

    /// BT-116 for every category and rate of lines, allowances and charges, in order of appearance.
    static func taxableAmounts(of invoice: EInvoice, lineNets: [Int64]) -> [(vat: EInvoice.VAT, amount: Int128)] {
        var amounts: [(vat: EInvoice.VAT, amount: Int128)] = []
        func add(_ amount: Int128, _ vat: EInvoice.VAT) {
            if let known = amounts.firstIndex(where: { $0.vat == vat }) {
                amounts[known].amount += amount
            } else {
                amounts.append((vat, amount))
            }
        }
        for (line, net) in zip(invoice.lines, lineNets) { add(Int128(net), line.vat) }
        for adjustment in invoice.adjustments {
            guard let vat = adjustment.vat else { continue }
            add(adjustment.signedAmount, vat)
        }
        return amounts
    }
}
