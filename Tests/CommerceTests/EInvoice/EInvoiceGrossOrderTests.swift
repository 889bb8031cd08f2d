import Testing

@testable import Commerce

/// From prices with VAT to an invoice that adds up, and is paid, to the cent.
@Suite struct EInvoiceGrossOrderTests {
    private static func item(_ name: String) -> EInvoice.Item { EInvoice.Item(name: name) }

    private static func invoice(for order: GrossOrder) throws -> EInvoice {
        var invoice = EInvoiceSample.invoice
        invoice.currency = order.currency
        invoice.exemptions = EInvoice.VATCategory.allCases.compactMap { EInvoice.Exemption.standard(for: $0) }
        try invoice.takeLines(from: order)
        return invoice
    }

    private static func line(
        _ id: String, _ price: String, quantity: Int64 = 1, vat: EInvoice.VAT = EInvoiceSample.standard
    ) throws -> GrossOrder.Line {
        GrossOrder.Line(
            id: id, quantity: Decimal64(units: quantity, scale: 0), unitCode: "H87",
            unitPrice: try #require(EInvoiceSample.decimal(price)), vat: vat, item: item(id))
    }

    /// 39.90 is 32.98 and 6.93, together 39.91: no taxable amount gives 39.90 at 21 %, so a cent is rounded.
    @Test func theCentThatNoTaxableAmountGivesIsRounding() throws {
        let order = GrossOrder(currency: "EUR", lines: [try Self.line("1", "19.95", quantity: 2)], total: 3990)
        let invoice = try Self.invoice(for: order)
        let totals = try EInvoiceTotals(of: invoice)
        #expect(totals.taxExclusive == 3298 && totals.tax == 693 && totals.taxInclusive == 3991)
        #expect(totals.rounding == -1 && totals.payable == 3990)
        #expect(invoice.lines[0].price.net == EInvoiceSample.decimal("16.49"))
    }

    @Test func discountsAndShippingAreSharedOut() throws {
        var discounted = try Self.line("1", "10.00", quantity: 3)
        discounted.discount = 500
        var order = GrossOrder(
            currency: "EUR", lines: [discounted, try Self.line("2", "0.01", quantity: 7)], total: 2702)
        order.adjustments = [
            EInvoice.Adjustment(.charge, amount: 495, reason: "Shipping", vat: EInvoiceSample.standard),
            EInvoice.Adjustment(.allowance, amount: 300, reason: "Voucher", vat: EInvoiceSample.standard),
        ]
        let invoice = try Self.invoice(for: order)
        let totals = try EInvoiceTotals(of: invoice)
        #expect(totals.payable == 2702)
        // 27.02 / 1.21 = 22.33; shipping 4.09, voucher 2.48; 24.79 for the mugs, 4.13 off.
        #expect(totals.taxExclusive == 2233 && totals.chargeTotal == 409 && totals.allowanceTotal == 248)
        #expect(invoice.lines[0].adjustments.map(\.amount) == [413] && totals.lineNets == [2066, 6])
        #expect(invoice.lines[0].price.net == EInvoiceSample.decimal("8.263333"))
    }

    @Test func whatRoundingCannotExplainIsRefused() throws {
        let order = GrossOrder(currency: "EUR", lines: [try Self.line("1", "12.10")], total: 1212)
        #expect(throws: EInvoiceError.totalDiffers(stated: 1212, summed: 1210)) { try order.netted() }
        #expect(try GrossOrder(currency: "EUR", lines: order.lines, total: 1211).netted().rounding == 1)
    }

    @Test func whatCannotBeNettedIsRefused() throws {
        var order = GrossOrder(currency: "EUR", lines: [], total: 100)
        order.adjustments = [EInvoice.Adjustment(.charge, amount: 100)]
        #expect(throws: EInvoiceError.adjustmentWithoutVAT(index: 0)) { try order.netted() }
        order = GrossOrder(
            currency: "EUR", lines: [try Self.line("1", "99999999999999", quantity: 99_999_999)], total: 0)
        #expect(throws: EInvoiceError.tooLarge) { try order.netted() }
        let dinars = try #require(EInvoiceSample.decimal("1.125"))
        #expect(throws: EInvoiceError.finerThanHundredths) { try GrossOrder.amount(dinars, currency: "TND") }
        #expect(try GrossOrder.amount(#require(EInvoiceSample.decimal("1.120")), currency: "TND") == 112)
        #expect(try GrossOrder.amount(#require(EInvoiceSample.decimal("1200")), currency: "JPY") == 1200)
    }

    @Test func aLineOfNothingHasANetPrice() throws {
        let order = GrossOrder(currency: "EUR", lines: [try Self.line("1", "12.10", quantity: 0)], total: 0)
        #expect(try order.netted().lines[0].price.net == EInvoiceSample.decimal("10.0000"))
    }

    /// Orders of all kinds: every sum meets its rule, and what is to be paid is the order's total.
    @Test func randomOrdersAddUp() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<600 {
            let order = try Self.randomOrder(&random)
            let invoice = try Self.invoice(for: order)
            let totals = try EInvoiceTotals(of: invoice)
            try #require(totals.payable == order.total, "seed \(seed) round \(round) \(order)")
            let groups = Set(order.lines.map(\.vat) + order.adjustments.compactMap(\.vat)).count
            try #require(totals.rounding.magnitude <= groups, "seed \(seed) round \(round) \(order)")
            try #require(NaiveTotals.contradictions(invoice, totals) == [], "seed \(seed) round \(round) \(order)")
            try Self.checkParts(order, invoice, "seed \(seed) round \(round) \(order)")
            let sums = EInvoiceRules.findings(in: invoice, profile: .peppol).filter { finding in
                finding.rule.hasPrefix("BR-CO-1") || finding.rule.hasSuffix("-08") || finding.rule.hasSuffix("-09")
                    || finding.rule.hasSuffix("R120")
            }
            try #require(sums == [], "seed \(seed) round \(round) \(order)")
        }
    }

    /// No part is a whole minor unit away from its own net amount.
    private static func checkParts(_ order: GrossOrder, _ invoice: EInvoice, _ comment: Comment) throws {
        func isNear(_ net: Int64, _ gross: Int64, _ vat: EInvoice.VAT) -> Bool {
            // |net * (100 + rate) - gross * 100| < 100 + rate, in units of the rate's last decimal.
            let whole = try? EInvoiceArithmetic.powerOfTen(Int(vat.effectiveRate.scale)) * 100
            guard let whole else { return false }
            let withTax = whole + Int128(vat.effectiveRate.units)
            return (Int128(net) * withTax - Int128(gross) * whole).magnitude < withTax.magnitude
        }
        for (gross, net) in zip(order.lines, invoice.lines) {
            let discount = net.adjustments.reduce(0) { $0 + $1.amount }
            let goods = try EInvoiceTotals.net(of: net, digits: invoice.amountDigits) + discount
            let goodsGross = try EInvoiceArithmetic.scaledProduct(
                gross.quantity, gross.unitPrice, digits: invoice.amountDigits)
            try #require(isNear(goods, goodsGross, gross.vat) && isNear(discount, gross.discount, gross.vat), comment)
        }
        for (gross, net) in zip(order.adjustments, invoice.adjustments) {
            try #require(isNear(net.amount, gross.amount, try #require(gross.vat)), comment)
        }
    }

    static func randomOrder(_ random: inout SeededGenerator) throws -> GrossOrder {
        let currency = try #require(["EUR", "JPY", "HUF", "TND", "SEK", "PLN"].randomElement(using: &random))
        let digits = EInvoice.amountDigits(of: currency)
        let vats = [
            EInvoice.VAT(.standard, rate: EInvoiceSample.percent(21)),
            EInvoice.VAT(.standard, rate: EInvoiceSample.percent(9)),
            EInvoice.VAT(.standard, rate: Decimal64(units: 255, scale: 1)),
            EInvoice.VAT(.standard, rate: Decimal64(units: 55, scale: 1)),
            EInvoice.VAT(.standard, rate: EInvoiceSample.percent(27)), EInvoice.VAT(.zero, rate: .zero),
            EInvoice.VAT(.exempt, rate: .zero), EInvoice.VAT(.canaryIslands, rate: EInvoiceSample.percent(7)),
        ]
        let used = vats.shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
        var order = GrossOrder(currency: currency, lines: [], total: 0)
        for id in 0..<Int.random(in: 1...8, using: &random) {
            let isWeighed = Int.random(in: 0..<5, using: &random) == 0
            var line = GrossOrder.Line(
                id: String(id + 1),
                quantity: isWeighed
                    ? Decimal64(units: .random(in: 1...9_999, using: &random), scale: 3)
                    : Decimal64(units: .random(in: -2...120, using: &random), scale: 0),
                unitCode: "H87", unitPrice: Decimal64(units: .random(in: 0...50_000, using: &random), scale: digits),
                vat: try #require(used.randomElement(using: &random)), item: item("Article"))
            if Bool.random(using: &random) { line.discount = .random(in: 0...999, using: &random) }
            order.lines.append(line)
            order.total +=
                try EInvoiceArithmetic.scaledProduct(line.quantity, line.unitPrice, digits: digits) - line.discount
        }
        for kind in [EInvoice.Adjustment.Kind.charge, .allowance] where Bool.random(using: &random) {
            let amount = Int64.random(in: 0...9_999, using: &random)
            order.adjustments.append(
                EInvoice.Adjustment(kind, amount: amount, reason: "Shipping", vat: used.randomElement(using: &random)))
            order.total += kind == .charge ? amount : -amount
        }
        return order
    }
}
