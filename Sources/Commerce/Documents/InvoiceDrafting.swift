import Bytes

/// Makes an invoice out of an order: recipient from billing, lines, costs and discounts, total.
///
/// Orders from channels know more than their canonical members; what an invoice needs of it stands under the names of
/// `CanonicalOrder`: pricesIncludeTax, shippingTotal, shippingLines, fees, discountTotal, paymentStatus.
package struct InvoiceDrafting {
    private let order: InvoicedOrder
    private let overrides: DraftOverrides
    private let seller: Seller
    private var content = DocumentContent()

    /// - Parameters:
    ///   - order: the packed order; `party` the packed party that placed it.
    ///   - ticket: the order's, with the seller and the languages that were chosen.
    ///   - overrides: the object of `DOCUMENT.CREATE`, or nil.
    package static func content(
        order: [UInt8], party: [UInt8], for ticket: OrderTicket, overrides: [UInt8]?
    ) throws(Refusal) -> DocumentContent {
        let facts = try InvoicedOrder(order: order, party: party)
        let overrides = try DraftOverrides(overrides, currency: facts.currency)
        var drafting = InvoiceDrafting(order: facts, overrides: overrides, seller: ticket.seller ?? Seller())
        try drafting.draft()
        drafting.content.language =
            overrides.language ?? ticket.chosenLanguage?.text ?? facts.language ?? drafting.countryLanguage
            ?? ticket.shopLanguage?.text
        return drafting.content
    }

    private init(order: InvoicedOrder, overrides: DraftOverrides, seller: Seller) {
        self.order = order
        self.overrides = overrides
        self.seller = seller
    }

    private mutating func draft() throws(Refusal) {
        content.invoice.kind = .invoice
        content.invoice.currency = order.currency
        try addRecipient()
        content.invoice.orderReference = overrides.orderReference ?? order.purchaseOrder ?? order.number
        content.invoice.buyerReference = overrides.buyerReference
        content.invoice.notes = overrides.notes
        content.invoice.dueDate = overrides.dueDate
        content.invoice.paymentTerms = overrides.paymentTerms
        if let address = order.delivery { content.invoice.delivery = EInvoice.Delivery(address: address) }
        if let date = overrides.deliveryDate {
            content.invoice.delivery = EInvoice.Delivery(date: date, address: content.invoice.delivery?.address)
        }
        try checkRates()
        do throws(EInvoiceError) {
            if overrides.pricesIncludeVAT ?? order.pricesIncludeVAT ?? seller.pricesIncludeVAT {
                try addGrossLines()
            } else {
                try addNetLines()
            }
        } catch {
            throw error.refusal(currency: order.currency)
        }
        addExemptions()
        content.invoice.prepaid = overrides.paid ?? (order.isPaid ? total : 0)
    }

    /// What is spoken where the order goes.
    private var countryLanguage: String? {
        let country = order.delivery?.country ?? content.invoice.buyer.address.country
        return LanguageTag(ofCountry: CountryCode([UInt8](country.utf8).span) ?? .unknown)?.text
    }

    private var total: Int64 { overrides.total ?? order.total }

    private mutating func addRecipient() throws(Refusal) {
        var buyer = order.buyer
        try overrides.recipient?.read(into: &buyer)
        content.isBusiness = try overrides.recipient?.bool("business") ?? (order.isBusiness || buyer.vatId != nil)
        content.invoice.buyer = buyer
    }

    // MARK: Lines

    private var treatment: VATTreatment {
        VATTreatment(
            sellerCountry: seller.party.address.country, buyerCountry: content.invoice.buyer.address.country,
            hasBuyerVATId: content.invoice.buyer.vatId.map(VATNumber.isValid) ?? false)
    }

    private var lines: [InvoicedOrder.Line] { overrides.lines ?? order.lines }

    /// The rate of a line that does not say it: as overridden, or the shop's usual one.
    private var usualRate: Decimal64? { overrides.vatRate ?? seller.vatRate }

    private func checkRates() throws(Refusal) {
        for (index, line) in lines.enumerated() where line.vatRate == nil && usualRate == nil {
            throw Refusal(
                .refused,
                "lines[\(index)].vatRate: the order does not say it; give vatRate, here or in SHOP.SELLER, or lines")
        }
        let rates = lines.map { $0.vatRate ?? usualRate } + charges.map(\.rate)
        let hundred = Decimal64(units: 100, scale: 0)
        for case let rate? in rates
        where rate.units < 0 || rate.units > hundred.scaled(to: rate.scale)?.units ?? .max {
            throw .invalid("vatRate", "a percentage from 0 to 100")
        }
    }

    private func grossLines() throws(EInvoiceError) -> [GrossOrder.Line] {
        var result: [GrossOrder.Line] = []
        for (index, line) in lines.enumerated() {
            var item = EInvoice.Item(name: line.title)
            item.sellersId = line.sku
            item.standardId = line.ean.map { EInvoice.Identifier($0, scheme: "0160") }
            var gross = GrossOrder.Line(
                id: "\(index + 1)", quantity: line.quantity, unitCode: line.unitCode, unitPrice: line.unitPrice,
                vat: treatment.vat(rate: line.vatRate ?? usualRate ?? .zero), item: item)
            gross.discount = line.discount
            result.append(gross)
        }
        return result
    }

    private mutating func addGrossLines() throws(EInvoiceError) {
        var gross = GrossOrder(currency: order.currency, lines: try grossLines(), total: total)
        let weights = try groups(gross.lines)
        var sum = weights.reduce(Int64(0)) { $0 + $1.amount }
        for charge in charges {
            gross.adjustments += try adjustments(charge, weights)
            sum += charge.amount
        }
        if let discount = discount(fromSum: sum, slack: gross.lines.count + gross.adjustments.count) {
            gross.adjustments += try adjustments(discount, weights)
        }
        try content.invoice.takeLines(from: gross)
    }

    /// Prices without VAT stand in the invoice as they are; what the shop's own rounding of the VAT leaves between its
    /// total and this one is the rounding amount (BT-114).
    private mutating func addNetLines() throws(EInvoiceError) {
        let digits = EInvoice.amountDigits(of: order.currency)
        let gross = try grossLines()
        let weights = try groups(gross)
        content.invoice.lines = gross.map { line in
            var net = EInvoice.Line(
                id: line.id, quantity: line.quantity, unitCode: line.unitCode,
                price: EInvoice.Price(net: line.unitPrice.shortest.scaled(to: digits) ?? line.unitPrice), vat: line.vat,
                item: line.item)
            if line.discount != 0 {
                net.adjustments = [EInvoice.Adjustment(.allowance, amount: line.discount, reason: line.discountReason)]
            }
            return net
        }
        for charge in charges { content.invoice.adjustments += try adjustments(charge, weights) }
        let slack = Int64(gross.count + content.invoice.adjustments.count)
        var difference = total - (try EInvoiceTotals(of: content.invoice)).taxInclusive
        let discount = overrides.discount ?? (difference < -slack ? order.discountTotal : 0)
        if discount > 0 {
            content.invoice.adjustments += try adjustments(
                InvoicedOrder.Charge(title: "Discount", amount: -discount, rate: nil), weights)
            difference = total - (try EInvoiceTotals(of: content.invoice)).taxInclusive
        }
        guard difference.magnitude <= slack.magnitude else {
            throw .totalDiffers(stated: total, summed: total - difference)
        }
        content.invoice.rounding = difference
    }

    private var charges: [InvoicedOrder.Charge] { overrides.charges ?? order.charges }

    /// A discount on the whole order: what was said, or what the order tells of it as far as it explains the total.
    private func discount(fromSum sum: Int64, slack: Int) -> InvoicedOrder.Charge? {
        let missing = sum - total
        let amount = overrides.discount ?? (missing > Int64(slack) ? min(missing, order.discountTotal) : 0)
        return amount > 0 ? InvoicedOrder.Charge(title: "Discount", amount: -amount, rate: nil) : nil
    }

    /// What each VAT group of the lines amounts to.
    private func groups(_ lines: [GrossOrder.Line]) throws(EInvoiceError) -> [(vat: EInvoice.VAT, amount: Int64)] {
        let digits = EInvoice.amountDigits(of: order.currency)
        var groups: [(vat: EInvoice.VAT, amount: Int64)] = []
        for line in lines {
            let amount =
                try EInvoiceArithmetic.scaledProduct(line.quantity, line.unitPrice, digits: digits) - line.discount
            if let known = groups.firstIndex(where: { $0.vat == line.vat }) {
                groups[known].amount += amount
            } else {
                groups.append((line.vat, amount))
            }
        }
        return groups
    }

    /// A cost or discount of the whole order, taxed as it says, or else as the goods are, in proportion.
    private func adjustments(
        _ charge: InvoicedOrder.Charge, _ groups: [(vat: EInvoice.VAT, amount: Int64)]
    ) throws(EInvoiceError) -> [EInvoice.Adjustment] {
        let kind: EInvoice.Adjustment.Kind = charge.amount < 0 ? .allowance : .charge
        let amount = abs(charge.amount)
        if let rate = charge.rate {
            return [EInvoice.Adjustment(kind, amount: amount, reason: charge.title, vat: treatment.vat(rate: rate))]
        }
        let shares = try Apportionment.shares(of: amount, by: groups.map { max(0, $0.amount) })
        return zip(groups, shares).filter { $1 != 0 }.map {
            EInvoice.Adjustment(kind, amount: $1, reason: charge.title, vat: $0.vat)
        }
    }

    private mutating func addExemptions() {
        let used = content.invoice.lines.map(\.vat.category) + content.invoice.adjustments.compactMap(\.vat?.category)
        var exemptions: [EInvoice.Exemption] = []
        for category in used where !exemptions.contains(where: { $0.category == category }) {
            if let exemption = EInvoice.Exemption.standard(for: category) { exemptions.append(exemption) }
        }
        content.invoice.exemptions = exemptions
    }
}
