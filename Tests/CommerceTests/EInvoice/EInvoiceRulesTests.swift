import Testing

@testable import Commerce

/// The sample breaks nothing; each change breaks the rule it is meant to, and the words name the term.
@Suite struct EInvoiceRulesTests {
    struct Breach: Sendable, CustomTestStringConvertible {
        let rule: String
        let term: String
        var profile = EInvoiceProfile.peppol
        var invoice = EInvoiceSample.invoice

        init(
            _ rule: String, _ term: String, _ profile: EInvoiceProfile = .peppol,
            of invoice: EInvoice = EInvoiceSample.invoice, change: (inout EInvoice) -> Void
        ) {
            self.rule = rule
            self.term = term
            self.profile = profile
            self.invoice = invoice
            change(&self.invoice)
        }

        var testDescription: String { "\(rule) \(term)" }
    }

    @Test(arguments: EInvoiceProfile.allCases)
    func theSampleBreaksNothing(_ profile: EInvoiceProfile) {
        for var invoice in [EInvoiceSample.invoice, EInvoiceSample.creditNote] {
            if profile == .xrechnung { invoice.buyerReference = "04011000-12345-34" }
            #expect(EInvoiceRules.findings(in: invoice, profile: profile) == [])
        }
    }

    @Test(arguments: documentBreaches + partyBreaches + lineBreaches + codeBreaches + peppolBreaches + nationalBreaches)
    func aBreachIsFound(_ breach: Breach) {
        let findings = EInvoiceRules.findings(in: breach.invoice, profile: breach.profile)
        let found = findings.filter { $0.rule == breach.rule }
        #expect(found.map(\.term).contains(breach.term), "found \(findings.map { "\($0.rule) \($0.term)" })")
        #expect(found.allSatisfy { !$0.sentence.isEmpty && !$0.sentence.hasSuffix(".") })
    }

    /// Not one at a time.
    @Test func allIsToldAtOnce() {
        var invoice = EInvoiceSample.invoice
        invoice.seller.vatId = nil
        invoice.buyer.name = " "
        invoice.lines[1].item.name = "\u{1}"
        invoice.orderReference = nil
        let findings = EInvoiceRules.findings(in: invoice)
        #expect(findings.map(\.rule) == ["BR-07", "BR-25", "BR-S-02", "PEPPOL-EN16931-R003"])
        #expect(findings[1].line == "2")
        #expect(
            findings[2].sentence == "the seller has no VAT id (BT-31): needed because the invoice has VAT category S,"
                + " that is, charges VAT")
    }

    static let documentBreaches: [Breach] = [
        Breach("BR-02", "BT-1") { $0.number = "" },
        Breach("BR-05", "BT-5") { $0.currency = "" },
        Breach("BR-16", "BG-25") { $0.lines = [] },
        Breach("BR-CO-18", "BG-23") { $0.lines = [] },
        Breach("BR-53", "BT-111") { $0.taxCurrency = "SEK" },
        Breach("BR-55", "BT-25") { $0.precedingInvoices = [EInvoice.PrecedingInvoice(number: "")] },
        Breach("BR-CO-19", "BG-14") { $0.period = EInvoice.Period(start: nil, end: nil) },
        Breach("BR-29", "BT-74") {
            $0.period = EInvoice.Period(start: EInvoice.Date("2026-03-02"), end: EInvoice.Date("2026-03-01"))
        },
        Breach("BR-57", "BT-80") { $0.delivery?.address?.country = "" },
        Breach("BR-49", "BT-81") { $0.payment?.meansCode = "" },
        Breach("BR-61", "BT-84") { $0.payment?.accounts = [] },
        Breach("BR-50", "BT-84") { $0.payment?.accounts = [EInvoice.Account(identifier: "")] },
        Breach("BR-CO-25", "BT-9") { $0.dueDate = nil },
        Breach("BR-CO-10", "BT-106") {
            $0.lines[0].price.net = Decimal64(units: 900_000_000_000_000_000, scale: 0)
        },
        Breach("PEPPOL-EN16931-R121", "BT-149") { $0.lines[0].price.baseQuantity = .zero },
    ]

    static let partyBreaches: [Breach] = [
        Breach("BR-06", "BT-27") { $0.seller.name = "" },
        Breach("BR-07", "BT-44") { $0.buyer.name = "\n" },
        Breach("BR-08", "BG-5") { $0.seller.address = EInvoice.Address(country: "") },
        Breach("BR-09", "BT-40") { $0.seller.address.country = "" },
        Breach("BR-10", "BG-8") { $0.buyer.address = EInvoice.Address(country: " ") },
        Breach("BR-11", "BT-55") { $0.buyer.address.country = "" },
        Breach("BR-CO-26", "BT-30") {
            $0.seller.vatId = nil
            $0.seller.legalRegistration = nil
        },
        Breach("BR-CO-09", "BT-31") { $0.seller.vatId = "123456789B01" },
        Breach("BR-CO-09", "BT-48") { $0.buyer.vatId = "XX123" },
        Breach("BR-62", "BT-34") { $0.seller.electronicAddress?.scheme = nil },
        Breach("BR-63", "BT-49") { $0.buyer.electronicAddress?.scheme = nil },
        Breach("UBL-SR-16", "BT-46") { $0.buyer.identifiers = [EInvoice.Identifier("1"), EInvoice.Identifier("2")] },
        Breach("UBL-SR-29", "BT-90") {
            $0.seller.identifiers = ["1", "2"].map { EInvoice.Identifier($0, scheme: "SEPA") }
        },
        Breach("BR-17", "BT-59") { $0.payee = EInvoice.Payee(name: $0.seller.name) },
        Breach("BR-17", "BT-60") {
            $0.seller.identifiers = [EInvoice.Identifier("1")]
            $0.payee = EInvoice.Payee(name: "Factor BV")
            $0.payee?.identifier = EInvoice.Identifier("1")
        },
        Breach("BR-18", "BT-62") { $0.taxRepresentative = representative(name: "") },
        Breach("BR-19", "BG-12") { $0.taxRepresentative = representative(country: "") },
        Breach("BR-20", "BT-69") {
            $0.taxRepresentative = representative(country: "")
            $0.taxRepresentative?.address.city = "Utrecht"
        },
        Breach("BR-56", "BT-63") { $0.taxRepresentative = representative(vatId: "") },
    ]

    private static func representative(
        name: String = "Fiscaal BV", vatId: String = "NL123", country: String = "NL"
    ) -> EInvoice.TaxRepresentative {
        EInvoice.TaxRepresentative(name: name, vatId: vatId, address: EInvoice.Address(country: country))
    }

    static let lineBreaches: [Breach] = [
        Breach("BR-21", "BT-126") { $0.lines[0].id = "" },
        Breach("BR-23", "BT-130") { $0.lines[0].unitCode = "" },
        Breach("BR-25", "BT-153") { $0.lines[0].item.name = "" },
        Breach("BR-27", "BT-146") { $0.lines[0].price.net = Decimal64(units: -1, scale: 0) },
        Breach("BR-28", "BT-148") { $0.lines[0].price.gross = Decimal64(units: -1, scale: 0) },
        Breach("BR-30", "BT-135") {
            $0.lines[0].period = EInvoice.Period(start: EInvoice.Date("2026-03-02"), end: EInvoice.Date("2026-03-01"))
        },
        Breach("BR-CO-20", "BG-26") { $0.lines[0].period = EInvoice.Period(start: nil, end: nil) },
        Breach("BR-54", "BG-32") { $0.lines[0].item.attributes = [EInvoice.Attribute(name: "Colour", value: "")] },
        Breach("BR-64", "BT-157") { $0.lines[0].item.standardId = EInvoice.Identifier("4006381333931") },
        Breach("BR-65", "BT-158") { $0.lines[0].item.classifications = [EInvoice.Identifier("12")] },
        Breach("BR-32", "BT-95") { $0.adjustments = [EInvoice.Adjustment(.allowance, amount: 1, reason: "why")] },
        Breach("BR-37", "BT-102") { $0.adjustments = [EInvoice.Adjustment(.charge, amount: 1, reason: "why")] },
        Breach("BR-33", "BT-97") { $0.adjustments = [unexplained(.allowance)] },
        Breach("BR-CO-21", "BT-97") { $0.adjustments = [unexplained(.allowance)] },
        Breach("BR-38", "BT-104") { $0.adjustments = [unexplained(.charge)] },
        Breach("BR-CO-22", "BT-104") { $0.adjustments = [unexplained(.charge)] },
        Breach("BR-42", "BT-139") { $0.lines[0].adjustments = [unexplained(.allowance)] },
        Breach("BR-CO-23", "BT-139") { $0.lines[0].adjustments = [unexplained(.allowance)] },
        Breach("BR-44", "BT-144") { $0.lines[0].adjustments = [unexplained(.charge)] },
        Breach("BR-CO-24", "BT-144") { $0.lines[0].adjustments = [unexplained(.charge)] },
    ]

    private static func unexplained(_ kind: EInvoice.Adjustment.Kind) -> EInvoice.Adjustment {
        EInvoice.Adjustment(kind, amount: 100, vat: EInvoiceSample.standard)
    }

    static let codeBreaches: [Breach] = [
        Breach("BR-CL-04", "BT-5") { $0.currency = "EURO" },
        Breach("BR-CL-05", "BT-6") { $0.taxCurrency = "KR" },
        Breach("BR-CL-08", "BT-21") { $0.notes = ["Your order #123# is on its way"] },
        Breach("BR-CL-10", "BT-29") { $0.seller.identifiers = [EInvoice.Identifier("1", scheme: "KVK")] },
        Breach("BR-CL-11", "BT-30") { $0.seller.legalRegistration?.scheme = "KVK" },
        Breach("BR-CL-13", "BT-158") { $0.lines[0].item.classifications = [EInvoice.Identifier("1", scheme: "cpv")] },
        Breach("BR-CL-14", "BT-40") { $0.seller.address.country = "UK" },
        Breach("BR-CL-15", "BT-159") { $0.lines[0].item.originCountry = "CHN" },
        Breach("BR-CL-16", "BT-81") { $0.payment?.meansCode = "iDEAL" },
        Breach("BR-CL-19", "BT-98") { $0.adjustments = [coded(.allowance, "FC")] },
        Breach("BR-CL-20", "BT-105") { $0.adjustments = [coded(.charge, "95")] },
        Breach("BR-CL-21", "BT-157") { $0.lines[0].item.standardId = EInvoice.Identifier("1", scheme: "EAN") },
        Breach("BR-CL-22", "BT-121") { $0.exemptions = [EInvoice.Exemption(category: .exempt, reasonCode: "NONE")] },
        Breach("BR-CL-23", "BT-130") { $0.lines[0].unitCode = "pcs" },
        Breach("BR-CL-25", "BT-49") { $0.buyer.electronicAddress?.scheme = "mail" },
        Breach("BR-CL-26", "BT-71") { $0.delivery?.location = EInvoice.Identifier("1", scheme: "GLN") },
    ]

    private static func coded(_ kind: EInvoice.Adjustment.Kind, _ code: String) -> EInvoice.Adjustment {
        var adjustment = unexplained(kind)
        adjustment.reasonCode = code
        return adjustment
    }

    static let peppolBreaches: [Breach] = [
        Breach("PEPPOL-EN16931-R002", "BT-22") { $0.notes = ["one", "two"] },
        Breach("PEPPOL-EN16931-R003", "BT-10") { $0.orderReference = nil },
        Breach("PEPPOL-EN16931-R005", "BT-6") { $0.taxCurrency = "EUR" },
        Breach("PEPPOL-EN16931-R010", "BT-49") { $0.buyer.electronicAddress = nil },
        Breach("PEPPOL-EN16931-R020", "BT-34") { $0.seller.electronicAddress = nil },
        Breach("PEPPOL-EN16931-CL008", "BT-49") {
            $0.buyer.electronicAddress = EInvoice.Identifier("anna@post.example", scheme: "EM")
        },
        Breach("PEPPOL-EN16931-R040", "BT-92") { $0.adjustments = [percentage(of: 1_000, 10, is: 103)] },
        Breach("PEPPOL-EN16931-R041", "BT-93") { $0.adjustments = [percentage(of: nil, 10, is: 100)] },
        Breach("PEPPOL-EN16931-R042", "BT-94") { $0.lines[0].adjustments = [percentage(of: 1_000, nil, is: 100)] },
        Breach("PEPPOL-EN16931-R046", "BT-146") { $0.lines[0].price.gross = Decimal64(units: 20, scale: 0) },
        Breach("PEPPOL-EN16931-R055", "BT-111") {
            $0.taxCurrency = "SEK"
            $0.taxInTaxCurrency = -1
        },
        Breach("PEPPOL-EN16931-R061", "BT-89") { $0.payment = EInvoice.Payment(meansCode: "59") },
        Breach("PEPPOL-EN16931-R110", "BT-134") {
            $0.period = EInvoice.Period(start: EInvoice.Date("2026-03-02"), end: nil)
            $0.lines[0].period = EInvoice.Period(start: EInvoice.Date("2026-03-01"), end: nil)
        },
        Breach("PEPPOL-EN16931-R111", "BT-135") {
            $0.period = EInvoice.Period(start: nil, end: EInvoice.Date("2026-03-01"))
            $0.lines[0].period = EInvoice.Period(start: nil, end: EInvoice.Date("2026-03-02"))
        },
        Breach("PEPPOL-EN16931-P0100", "BT-3") { $0.kind = .correctedInvoice },
        Breach("PEPPOL-EN16931-P0107", "BT-121", of: exempt("VATEX-EU-AE")) { _ in },
        Breach("PEPPOL-COMMON-R040", "BT-34") {
            $0.seller.electronicAddress = EInvoice.Identifier("4012345000010", scheme: "0088")
        },
        Breach("PEPPOL-COMMON-R041", "BT-47") {
            $0.buyer.legalRegistration = EInvoice.Identifier("987654321", scheme: "0192")
        },
        Breach("PEPPOL-COMMON-R042", "BT-47") {
            $0.buyer.legalRegistration = EInvoice.Identifier("12345678", scheme: "0184")
        },
        Breach("PEPPOL-COMMON-R043", "BT-49") { $0.buyer.electronicAddress?.value = "0417497107" },
        Breach("PEPPOL-COMMON-R049", "BT-46") {
            $0.buyer.identifiers = [EInvoice.Identifier("556036079", scheme: "0007")]
        },
    ]

    private static func percentage(of base: Int64?, _ percentage: Int64?, is amount: Int64) -> EInvoice.Adjustment {
        var adjustment = EInvoice.Adjustment(.allowance, amount: amount, reason: "why", vat: EInvoiceSample.standard)
        adjustment.baseAmount = base
        adjustment.percentage = percentage.map(EInvoiceSample.percent)
        return adjustment
    }

    private static func exempt(_ code: String) -> EInvoice {
        EInvoiceSample.invoice(
            EInvoice.VAT(.exempt, rate: .zero), exemption: EInvoice.Exemption(category: .exempt, reasonCode: code))
    }

    static let nationalBreaches: [Breach] = [
        Breach("NL-R-001", "BT-25", of: EInvoiceSample.creditNote) { $0.precedingInvoices = [] },
        Breach("NL-R-002", "BG-5") { $0.seller.address.street = nil },
        Breach("NL-R-003", "BT-30") { $0.seller.legalRegistration?.scheme = "0208" },
        Breach("NL-R-004", "BG-8") { $0.buyer.address = EInvoice.Address(country: "NL") },
        Breach("NL-R-005", "BT-47") {
            $0.buyer.address.country = "NL"
            $0.buyer.legalRegistration = EInvoice.Identifier("12345678")
        },
        Breach("NL-R-006", "BG-12") { $0.taxRepresentative = representative() },
        Breach("NL-R-007", "BG-16") { $0.payment = nil },
        Breach("NL-R-008", "BT-81") { $0.payment = EInvoice.Payment(meansCode: "68") },
        Breach("NL-R-009", "BT-13") {
            $0.orderReference = nil
            $0.lines[0].orderLineReference = "1"
        },
        Breach("BR-DE-1", "BG-16", .xrechnung) { $0.payment = nil },
        Breach("BR-DE-2", "BG-6", .xrechnung) { $0.seller.contact = nil },
        Breach("BR-DE-3", "BT-37", .xrechnung) { $0.seller.address.city = nil },
        Breach("BR-DE-4", "BT-38", .xrechnung) { $0.seller.address.postalCode = nil },
        Breach("BR-DE-5", "BT-41", .xrechnung) { $0.seller.contact?.name = nil },
        Breach("BR-DE-6", "BT-42", .xrechnung) { $0.seller.contact?.telephone = nil },
        Breach("BR-DE-7", "BT-43", .xrechnung) { $0.seller.contact?.email = nil },
        Breach("BR-DE-8", "BT-52", .xrechnung) { $0.buyer.address.city = nil },
        Breach("BR-DE-9", "BT-53", .xrechnung) { $0.buyer.address.postalCode = nil },
        Breach("BR-DE-10", "BT-77", .xrechnung) { $0.delivery?.address?.city = nil },
        Breach("BR-DE-11", "BT-78", .xrechnung) { $0.delivery?.address?.postalCode = nil },
        Breach("BR-DE-14", "BT-119", .xrechnung) { $0.lines[0].vat = EInvoice.VAT(.standard, rate: nil) },
        Breach("BR-DE-15", "BT-10", .xrechnung) { $0.buyerReference = nil },
        Breach("BR-DE-16", "BT-31", .xrechnung) { $0.seller.vatId = nil },
        Breach("BR-DE-23-a", "BG-17", .xrechnung) { $0.payment?.accounts = [] },
        Breach("BR-DE-24-a", "BG-18", .xrechnung) { $0.payment?.meansCode = "48" },
        Breach("BR-DE-25-a", "BG-19", .xrechnung) { $0.payment?.meansCode = "59" },
        Breach("BR-DE-26", "BT-25", .xrechnung) { $0.kind = .correctedInvoice },
        Breach("BR-DE-27", "BT-42", .xrechnung) { $0.seller.contact?.telephone = "12" },
        Breach("BR-DE-28", "BT-43", .xrechnung) { $0.seller.contact?.email = "a@b@c" },
        Breach("BR-DE-30", "BT-90", .xrechnung) { $0.payment?.meansCode = "59" },
        Breach("BR-DE-31", "BT-91", .xrechnung) { $0.payment?.meansCode = "59" },
    ]
}
