import Testing

@testable import Commerce

/// From net prices to totals.
@Suite struct EInvoiceTotalsTests {
    private static func tax(on taxable: String, _ rate: Int64) throws -> Int64 {
        var invoice = EInvoiceSample.invoice(EInvoice.VAT(.standard, rate: EInvoiceSample.percent(rate)))
        invoice.lines[0].price.net = try #require(EInvoiceSample.decimal(taxable))
        return try EInvoiceTotals(of: invoice).tax
    }

    /// Half a cent counts as one, away from zero, so that a credit mirrors its invoice.
    @Test func halvesGoAwayFromZero() throws {
        #expect(try Self.tax(on: "0.50", 21) == 11)
        #expect(try Self.tax(on: "-0.50", 21) == -11)
        #expect(try Self.tax(on: "0.49", 21) == 10)
        #expect(try Self.tax(on: "0.02", 25) == 1)
        #expect(try EInvoiceArithmetic.rounded(-5, dividedBy: 10) == -1)
        #expect(try EInvoiceArithmetic.rounded(5, dividedBy: -10) == -1)
        #expect(try EInvoiceArithmetic.rounded(4, dividedBy: 10) == 0)
    }

    /// Three lines of 0.02 at 21 %: 0.0126 in all is a cent, line by line it would be none.
    @Test func taxIsRoundedPerCategoryNotPerLine() throws {
        var invoice = EInvoiceSample.invoice
        invoice.lines = ["1", "2", "3"].map { EInvoiceSample.line($0, price: "0.02") }
        #expect(try EInvoiceTotals(of: invoice).tax == 1)
    }

    @Test func ratesThatMeanTheSameAreOneCategory() throws {
        var invoice = EInvoiceSample.invoice
        invoice.lines[1].vat = EInvoice.VAT(.standard, rate: Decimal64(units: 2_100, scale: 2))
        #expect(try EInvoiceTotals(of: invoice).breakdown.count == 1)
    }

    @Test func whatIsPaidAndRoundedComesOffTheEnd() throws {
        var invoice = EInvoiceSample.invoice
        invoice.prepaid = 5_000
        invoice.rounding = -30
        let totals = try EInvoiceTotals(of: invoice)
        #expect(totals.taxInclusive == 5_080 && totals.payable == 50)
        #expect(
            totals.breakdown == [EInvoiceTotals.TaxSubtotal(vat: EInvoiceSample.standard, taxable: 4_198, tax: 882)])
    }

    @Test func whatCannotBeWorkedOutIsRefused() {
        var invoice = EInvoiceSample.invoice
        invoice.lines[0].price.baseQuantity = .zero
        #expect(throws: EInvoiceError.zeroBaseQuantity(line: "1")) { try EInvoiceTotals(of: invoice) }
        invoice = EInvoiceSample.invoice
        invoice.prepaid = .min
        #expect(throws: EInvoiceError.tooLarge) { try EInvoiceTotals(of: invoice) }
        invoice = EInvoiceSample.invoice
        invoice.lines[0].quantity = Decimal64(units: .max, scale: 0)
        invoice.lines[0].price.net = Decimal64(units: .max, scale: 0)
        invoice.lines[0].price.baseQuantity = Decimal64(units: 1, scale: 12)
        #expect(throws: EInvoiceError.tooLarge) { try EInvoiceTotals(of: invoice) }
    }

    /// Invoices of all kinds against the sums worked out the slow way, and read back from what is written.
    @Test func randomInvoicesAddUpAndReadBack() throws {
        let seed = testSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            let invoice = try Self.randomInvoice(&random)
            let totals = try EInvoiceTotals(of: invoice)
            try #require(NaiveTotals.contradictions(invoice, totals) == [], "seed \(seed) round \(round) \(invoice)")
            let root = try XMLNode.parse(try UBLWriter().bytes(of: invoice))
            try #require(try UBLReader(root).invoice() == invoice, "seed \(seed) round \(round) \(invoice)")
            try #require(try UBLReader(root).statedTotals() == totals, "seed \(seed) round \(round) \(invoice)")
            try #require(UBLElementOrder.violations(in: root) == [], "seed \(seed) round \(round) \(invoice)")
            let sums = EInvoiceRules.findings(in: invoice).filter {
                $0.rule.hasPrefix("BR-CO-1") || $0.rule.hasSuffix("-08") || $0.rule.hasSuffix("-09")
            }
            try #require(sums == [], "seed \(seed) round \(round) \(invoice)")
        }
    }

    private static func randomInvoice(_ random: inout SeededGenerator) throws -> EInvoice {
        let vats = [
            EInvoiceSample.standard, EInvoice.VAT(.standard, rate: Decimal64(units: 255, scale: 1)),
            EInvoice.VAT(.zero, rate: .zero), EInvoice.VAT(.exempt, rate: .zero),
            EInvoice.VAT(.ceutaAndMelilla, rate: EInvoiceSample.percent(4)),
        ]
        var invoice = Bool.random(using: &random) ? EInvoiceSample.invoice : EInvoiceSample.creditNote
        invoice.currency = try #require(["EUR", "JPY", "TND", "SEK"].randomElement(using: &random))
        invoice.lines = []
        for id in 0..<Int.random(in: 1...6, using: &random) {
            var line = EInvoiceSample.line(
                String(id), price: "0", vat: try #require(vats.randomElement(using: &random)))
            line.quantity = Decimal64(
                units: .random(in: -5_000...50_000, using: &random), scale: .random(in: 0...3, using: &random))
            line.price.net = Decimal64(
                units: .random(in: 0...99_999_999, using: &random), scale: .random(in: 0...6, using: &random))
            line.price.baseQuantity =
                [nil, EInvoiceSample.percent(12), EInvoiceSample.percent(1_000)].randomElement(using: &random) ?? nil
            line.adjustments = try randomAdjustments(&random, vats: nil)
            invoice.lines.append(line)
        }
        invoice.adjustments = try randomAdjustments(&random, vats: vats)
        if invoice.lines.contains(where: { $0.vat.category == .exempt }) {
            invoice.exemptions = [EInvoice.Exemption(category: .exempt, reason: "Education")]
        }
        invoice.prepaid = .random(in: -99_999...99_999, using: &random)
        invoice.rounding = .random(in: -5...5, using: &random)
        return invoice
    }

    private static func randomAdjustments(
        _ random: inout SeededGenerator, vats: [EInvoice.VAT]?
    ) throws -> [EInvoice.Adjustment] {
        var adjustments: [EInvoice.Adjustment] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            adjustments.append(
                EInvoice.Adjustment(
                    Bool.random(using: &random) ? .allowance : .charge, amount: .random(in: 0...9_999, using: &random),
                    reason: "Because", vat: vats?.randomElement(using: &random)))
        }
        return adjustments
    }
}
