import Testing

@testable import Commerce

/// What Peppol asks of sellers in the north and in Italy: a seller who has it all breaks nothing, and each gap is found.
@Suite struct EInvoiceNationalRulesTests {
    struct Breach: Sendable, CustomTestStringConvertible {
        let rule: String
        let nation: String
        let change: @Sendable (inout EInvoice) -> Void

        init(_ rule: String, _ change: @escaping @Sendable (inout EInvoice) -> Void) {
            self.rule = rule
            nation = String(rule.prefix(2))
            self.change = change
        }

        var testDescription: String { rule }
    }

    private static func invoice(from nation: String) throws -> EInvoice {
        var invoice = EInvoiceSample.invoice(EInvoice.VAT(.standard, rate: EInvoiceSample.percent(25)))
        invoice.seller.address.country = nation
        let ids = ["DK": "DK13585628", "IT": "IT00743110157", "NO": "NO974760673MVA", "SE": "SE556188840401"]
        invoice.seller.vatId = ids[nation] ?? "IS12345"
        let scheme = try #require(["DK": "0184", "IS": "0196", "IT": "0210", "NO": "0192", "SE": "0007"][nation])
        let numbers = ["DK": "DK13585628", "NO": "974760673", "SE": "5561888404"]
        let number = numbers[nation] ?? "00743110157"
        invoice.seller.legalRegistration = EInvoice.Identifier(number, scheme: scheme)
        invoice.seller.electronicAddress = EInvoice.Identifier(number, scheme: scheme)
        return invoice
    }

    @Test(arguments: ["DK", "IS", "IT", "NO", "SE"]) func aWholeSellerBreaksNothing(_ nation: String) throws {
        #expect(EInvoiceRules.findings(in: try Self.invoice(from: nation), profile: .peppol) == [])
    }

    @Test(arguments: [
        Breach("DK-R-002") { $0.seller.legalRegistration = nil },
        Breach("DK-R-014") { $0.seller.legalRegistration?.scheme = "0106" },
        Breach("DK-R-005") { $0.payment?.meansCode = "30" },
        Breach("DK-R-006") { $0.payment?.meansCode = "42" },
        Breach("DK-R-016") {
            $0.kind = .creditNote
            $0.prepaid = 1_000_000
        },
        Breach("IS-R-002") { $0.seller.legalRegistration = nil },
        Breach("IS-R-003") { $0.seller.address.postalCode = nil },
        Breach("IS-R-004") { $0.buyer.address.country = "IS" },
        Breach("IS-R-005") { $0.buyer.address = EInvoice.Address(country: "IS") },
        Breach("IS-R-006") { $0.payment?.meansCode = "9" },
        Breach("IS-R-007") { $0.payment?.meansCode = "42" },
        Breach("IT-R-001") { $0.seller.taxRegistration = "123" },
        Breach("IT-R-002") { $0.seller.address.street = " " },
        Breach("IT-R-003") { $0.seller.address.city = nil },
        Breach("IT-R-004") { $0.seller.address.postalCode = nil },
        Breach("NO-R-001") { $0.seller.vatId = "NO974760673" },
        Breach("SE-R-001") { $0.seller.vatId = "SE5561888404" },
        Breach("SE-R-002") { $0.seller.vatId = "SE55618884040X" },
        Breach("SE-R-005") { $0.seller.taxRegistration = "SE5561" },
        Breach("SE-R-006") { $0.lines[0].vat = EInvoiceSample.standard },
    ])
    func aGapIsFound(_ breach: Breach) throws {
        var invoice = try Self.invoice(from: breach.nation)
        breach.change(&invoice)
        let findings = EInvoiceRules.findings(in: invoice, profile: .peppol)
        #expect(findings.map(\.rule).contains(breach.rule), "\(findings.map(\.rule))")
        #expect(findings.allSatisfy { !$0.sentence.isEmpty && !$0.sentence.hasSuffix(".") })
        // They are the network's, not the standard's.
        let plain = EInvoiceRules.findings(in: invoice, profile: .en16931)
        #expect(!plain.map(\.rule).contains(breach.rule))
    }

    /// The VAT id says under whose rules a seller is; Greeks write EL.
    @Test(arguments: [
        ("DK13585628", "NL", "DK"), ("EL094259216", "NL", "GR"), ("12345", "SE", "SE"), ("", "NO", "NO"),
        ("se5561", "NL", "SE"),
    ])
    func theNationIsThatOfTheVATId(_ vatId: String, _ country: String, _ nation: String) {
        var seller = EInvoiceSample.seller
        seller.vatId = vatId
        seller.address.country = country
        #expect(EInvoiceRules.nation(of: seller) == nation)
    }
}
