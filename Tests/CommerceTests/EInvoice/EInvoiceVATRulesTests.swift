import Testing

@testable import Commerce

/// The rules of each VAT category, kept and broken.
@Suite struct EInvoiceVATRulesTests {
    private static func rate(of rules: VATCategoryRules) -> Decimal64? {
        switch rules.rate {
        case .aboveZero, .zeroOrMore: EInvoiceSample.percent(7)
        case .zero: .zero
        case .absent: nil
        }
    }

    /// An invoice with a line, an allowance and a charge of one category that breaks nothing.
    private static func invoice(_ rules: VATCategoryRules) -> EInvoice {
        let vat = EInvoice.VAT(rules.category, rate: rate(of: rules))
        let exemption = EInvoice.Exemption(category: rules.category, reason: "why")
        var invoice = EInvoiceSample.invoice(vat, exemption: rules.needsExemptionReason ? exemption : nil)
        invoice.adjustments = [
            EInvoice.Adjustment(.allowance, amount: 100, reason: "Discount", vat: vat),
            EInvoice.Adjustment(.charge, amount: 200, reason: "Shipping", vat: vat),
        ]
        invoice.buyer.vatId = rules.buyer == .noVATId ? nil : "BE0417497106"
        if rules.seller == .noVATId { invoice.seller.vatId = nil }
        return invoice
    }

    private static func rules(_ invoice: EInvoice, _ totals: EInvoiceTotals? = nil) throws -> Set<String> {
        let totals = try totals ?? EInvoiceTotals(of: invoice)
        return Set(EInvoiceRules.findings(in: invoice, totals: totals, profile: .peppol).map(\.rule))
    }

    private static func names(_ rules: VATCategoryRules, _ numbers: String...) -> Set<String> {
        Set(numbers.map { "BR-\(rules.name)-\($0)" })
    }

    private static let indices = VATCategoryRules.all.indices

    @Test(arguments: indices)
    func eachCategoryCanBeKept(_ index: Int) throws {
        #expect(try Self.rules(Self.invoice(VATCategoryRules.all[index])) == [])
    }

    @Test(arguments: indices)
    func taxNumbersAreDemanded(_ index: Int) throws {
        let rules = VATCategoryRules.all[index]
        let all = Self.names(rules, "02", "03", "04")
        var invoice = Self.invoice(rules)
        invoice.seller.vatId = rules.seller == .noVATId ? "NL123456789B01" : nil
        #expect(try Self.rules(invoice) == all)
        invoice.seller.taxRegistration = "12/345"
        #expect(try Self.rules(invoice) == (rules.seller == .anyTaxNumber ? [] : all))
        invoice = Self.invoice(rules)
        invoice.buyer.vatId = rules.buyer == .noVATId ? "BE0417497106" : nil
        #expect(try Self.rules(invoice) == (rules.buyer == .anybody ? [] : all))
        invoice.buyer.legalRegistration = EInvoice.Identifier("0417497106", scheme: "0208")
        #expect(try Self.rules(invoice) == (rules.buyer == .vatId || rules.buyer == .noVATId ? all : []))
    }

    @Test(arguments: indices)
    func ratesAreDemanded(_ index: Int) throws {
        let rules = VATCategoryRules.all[index]
        let wrong: Decimal64 =
            switch rules.rate {
            case .aboveZero: .zero
            case .zeroOrMore: Decimal64(units: -1, scale: 0)
            case .zero, .absent: EInvoiceSample.percent(3)
            }
        let vat = EInvoice.VAT(rules.category, rate: wrong)
        var (line, allowance, charge) = (Self.invoice(rules), Self.invoice(rules), Self.invoice(rules))
        line.lines[0].vat = vat
        allowance.adjustments[0].vat = vat
        charge.adjustments[1].vat = vat
        for (invoice, number) in [(line, "05"), (allowance, "06"), (charge, "07")] {
            let found = try Self.rules(invoice).filter { ["05", "06", "07"].contains($0.suffix(2)) }
            #expect(found == Self.names(rules, number))
        }
    }

    @Test(arguments: indices)
    func theBreakdownIsDemanded(_ index: Int) throws {
        let rules = VATCategoryRules.all[index]
        let invoice = Self.invoice(rules)
        var totals = try EInvoiceTotals(of: invoice)
        totals.breakdown[0].taxable += 1
        #expect(try Self.rules(invoice, totals).isSuperset(of: Self.names(rules, "08")))
        totals = try EInvoiceTotals(of: invoice)
        totals.breakdown[0].tax += 1
        #expect(try Self.rules(invoice, totals) == Self.names(rules, "09").union(["BR-CO-14", "BR-CO-17"]))
        totals = try EInvoiceTotals(of: invoice)
        totals.breakdown[0].exemption =
            rules.needsExemptionReason ? nil : EInvoice.Exemption(category: rules.category, reason: "why")
        #expect(try Self.rules(invoice, totals) == Self.names(rules, "10"))
        totals = try EInvoiceTotals(of: invoice)
        totals.breakdown = []
        #expect(try Self.rules(invoice, totals).isSuperset(of: Self.names(rules, "01").union(["BR-CO-18"])))
    }

    @Test func aSupplyToAnotherMemberStateSaysWhenAndWhere() throws {
        let rules = try #require(VATCategoryRules.all.first { $0.category == .intraCommunity })
        var invoice = Self.invoice(rules)
        invoice.delivery = nil
        #expect(try Self.rules(invoice) == ["BR-IC-11", "BR-IC-12"])
        invoice.period = EInvoice.Period(start: EInvoice.Date("2026-03-01"), end: nil)
        #expect(try Self.rules(invoice) == ["BR-IC-12"])
    }

    @Test func whatIsNotSubjectToVATStandsAlone() throws {
        let rules = try #require(VATCategoryRules.all.first { $0.category == .outsideScope })
        var invoice = Self.invoice(rules)
        invoice.lines.append(EInvoiceSample.line("2", price: "1.00"))
        invoice.seller.taxRegistration = "12/345"
        #expect(try Self.rules(invoice) == ["BR-O-11", "BR-O-12"])
        invoice = Self.invoice(rules)
        invoice.seller.taxRegistration = "12/345"
        invoice.adjustments[0].vat = EInvoiceSample.standard
        #expect(try Self.rules(invoice) == ["BR-O-11", "BR-O-13"])
        invoice.adjustments[0].vat = invoice.lines[0].vat
        invoice.adjustments[1].vat = EInvoiceSample.standard
        #expect(try Self.rules(invoice) == ["BR-O-11", "BR-O-14"])
    }

    /// Totals of our own keep these; those of others may not.
    @Test func sumsAreChecked() throws {
        let terms: [(rule: String, term: WritableKeyPath<EInvoiceTotals, Int64>)] = [
            ("BR-CO-10", \.lineTotal), ("BR-CO-11", \.allowanceTotal), ("BR-CO-12", \.chargeTotal),
            ("BR-CO-13", \.taxExclusive), ("BR-CO-14", \.tax), ("BR-CO-15", \.taxInclusive), ("BR-CO-16", \.payable),
        ]
        let totals = try EInvoiceTotals(of: EInvoiceSample.invoice)
        #expect(try Self.rules(EInvoiceSample.invoice, totals) == [])
        for (rule, term) in terms {
            var wrong = totals
            wrong[keyPath: term] += 1
            #expect(try Self.rules(EInvoiceSample.invoice, wrong).contains(rule))
        }
    }

    @Test func aLineThatIsNotItsPriceIsFound() throws {
        var totals = try EInvoiceTotals(of: EInvoiceSample.invoice)
        totals.lineNets[0] += 3
        #expect(try Self.rules(EInvoiceSample.invoice, totals).contains("PEPPOL-EN16931-R120"))
    }
}
