import Testing

@testable import Commerce

/// The bytes themselves.
@Suite struct EInvoiceWriterTests {
    private static func text(_ invoice: EInvoice, _ profile: EInvoiceProfile = .peppol) throws -> String {
        String(decoding: try UBLWriter(profile: profile).bytes(of: invoice), as: UTF8.self)
    }

    @Test func theHeadIsAsTheSchemaWantsIt() throws {
        let text = try Self.text(EInvoiceSample.invoice)
        #expect(
            text.hasPrefix(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" \
                xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" \
                xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
                  <cbc:CustomizationID>\
                urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
                  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
                  <cbc:ID>INV-2026-17</cbc:ID>
                  <cbc:IssueDate>2026-03-01</cbc:IssueDate>
                  <cbc:DueDate>2026-03-15</cbc:DueDate>
                  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>

                """))
        #expect(text.hasSuffix("</Invoice>\n"))
        #expect(text.contains("<cbc:Name>Mug, &quot;blue&quot; &amp; &lt;white&gt;</cbc:Name>"))
        #expect(text.contains("<cbc:PayableAmount currencyID=\"EUR\">50.80</cbc:PayableAmount>"))
        #expect(try Self.text(EInvoiceSample.invoice) == text)
    }

    @Test func profilesSayWhatTheyAre() throws {
        let plain = try Self.text(EInvoiceSample.invoice, .en16931)
        #expect(plain.contains("<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>"))
        #expect(!plain.contains("ProfileID"))
        #expect(try Self.text(EInvoiceSample.invoice, .xrechnung).contains("urn:xeinkauf.de:kosit:xrechnung_3.0<"))
    }

    /// The due date of a credit note has no place of its own, and its words and its date stand once.
    @Test func aCreditNoteHasItsOwnElements() throws {
        var creditNote = EInvoiceSample.creditNote
        creditNote.payment?.accounts.append(EInvoice.Account(identifier: "NL02ABNA0123456789"))
        creditNote.payment?.meansText = "SEPA"
        let bytes = try UBLWriter().bytes(of: creditNote)
        let root = try XMLNode.parse(bytes)
        #expect(root.name == "CreditNote" && UBLElementOrder.violations(in: root) == [])
        #expect(try UBLReader(root).invoice() == creditNote)
        let means = root.all("PaymentMeans")
        #expect(means.map { $0["PaymentDueDate"]?.value() } == ["2026-03-15", nil])
        #expect(means.map { $0["PaymentMeansCode"]?.attributes["name"] } == ["SEPA", nil])
        #expect(root["BillingReference", "InvoiceDocumentReference", "ID"]?.value() == "INV-2026-17")
        #expect(root["LegalMonetaryTotal", "PayableAmount"]?.value() == "50.80")
    }

    /// What XML cannot hold is left out, what it can hold comes back as it was.
    @Test(
        arguments: [
            ("tab\tline\nend", "tab\tline\nend"), ("return\r\n", "return\r\n"), ("\u{0}a\u{1}\u{B}b\u{1F}", "ab"),
            ("\u{FFFE}x\u{FFFF}", "x"), ("]]> <!-- & -->", "]]> <!-- & -->"),
            ("Zürich 東京 🛒 e\u{301}", "Zürich 東京 🛒 e\u{301}"),
            ("'\"'", "'\"'"), ("\u{85}\u{2028}", nil), (" \u{2}", nil),
        ] as [(String, String?)])
    func anyTextIsWritten(_ text: String, _ expected: String?) throws {
        var invoice = EInvoiceSample.invoice
        invoice.buyerReference = text
        invoice.seller.identifiers = [EInvoice.Identifier("1", scheme: text)]
        let root = try XMLNode.parse(try UBLWriter().bytes(of: invoice))
        #expect(root.verbatim("BuyerReference").map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        let party = root["AccountingSupplierParty", "Party", "PartyIdentification", "ID"]
        #expect(party?.attributes["schemeID"].map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test func amountsHaveTheDecimalsOfTheirCurrency() throws {
        var invoice = EInvoiceSample.invoice
        invoice.currency = "JPY"
        invoice.taxCurrency = "EUR"
        invoice.taxInTaxCurrency = 5
        let root = try XMLNode.parse(try UBLWriter().bytes(of: invoice))
        #expect(root["LegalMonetaryTotal", "PayableAmount"]?.value() == "51")
        #expect(root["InvoiceLine", "Price", "PriceAmount"]?.value() == "16.4876")
        #expect(root.all("TaxTotal").map { $0["TaxAmount"]?.value() } == ["9", "0.05"])
        #expect(root.all("TaxTotal").map { $0["TaxAmount"]?.attributes["currencyID"] } == ["JPY", "EUR"])
    }

    /// An invoice of nothing but blanks leaves no element empty.
    @Test func nothingEmptyIsWritten() throws {
        let blank = EInvoice.Party(name: " ", address: EInvoice.Address(street: "\n", country: ""))
        var invoice = EInvoice(
            kind: .invoice, number: "", issueDate: EInvoiceSample.invoice.issueDate, currency: "", seller: blank,
            buyer: blank)
        invoice.payee = EInvoice.Payee(name: "")
        invoice.taxRepresentative = EInvoice.TaxRepresentative(name: "", vatId: "", address: blank.address)
        invoice.delivery = EInvoice.Delivery(address: blank.address)
        invoice.payment = EInvoice.Payment(meansCode: "")
        invoice.notes = [""]
        let root = try XMLNode.parse(try UBLWriter().bytes(of: invoice))
        #expect(UBLElementOrder.violations(in: root) == [])
        #expect(
            root.children.map(\.name) == [
                "CustomizationID", "ProfileID", "IssueDate", "InvoiceTypeCode", "TaxTotal", "LegalMonetaryTotal",
            ])
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "0000-01-01", "2026-1-01", "2026-01-01Z", "20260101", ""])
    func whatIsNoDateIsRefused(_ text: String) { #expect(EInvoice.Date(text) == nil) }

    @Test func datesComeFromMomentsInUTC() {
        #expect(EInvoice.Date(Timestamp(milliseconds: 0)).text == "1970-01-01")
        #expect(EInvoice.Date("0987-02-03")?.text == "0987-02-03")
    }
}
