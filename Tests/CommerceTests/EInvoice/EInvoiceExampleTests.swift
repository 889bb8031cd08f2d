import Testing

@testable import Commerce

/// The published examples of the standard, Peppol, XRechnung and the Netherlands: our totals are theirs, and what we
/// write of them reads back as the same invoice.
@Suite struct EInvoiceExampleTests {
    /// Lines whose own amount is not quantity times price (they break PEPPOL-EN16931-R120 or are made up), by document:
    /// the line's place and the price that gives its amount.
    private static let repairedPrices: [String: [Int: String]] = [
        "en16931-ubl/guide-example1.xml": [19: "-18.33"],
        "en16931-ubl/ubl-tc434-example1.xml": [19: "-18.33"],
        "en16931-ubl/guide-example3.xml": [0: "200", 1: "200"],
        "en16931-ubl/ubl-tc434-example3.xml": [0: "400", 1: "400"],
        "en16931-ubl/ubl-tc434-example2.xml": [0: "636.5"],
        "si-ubl-2.0/SI-UBL-2.0_ok_full.xml": [0: "1275"],
    ]

    /// Documents that leave a subtotal out because allowances and charges come to nothing in it.
    private static let unstatedSubtotals: [String: EInvoice.VAT] = [
        "si-ubl-2.0/SI-UBL-2.0_ok_full.xml": EInvoiceSample.standard
    ]

    /// What the model leaves out of the examples, because no web shop has it.
    private static let leftOut: Set<String> = [
        "TaxPointDate", "UBLVersionID", "CustomizationID", "ProfileID", "ProjectReference/ID",
        "InvoicePeriod/DescriptionCode", "AdditionalDocumentReference/ID",
        "AdditionalDocumentReference/DocumentDescription", "AdditionalDocumentReference/DocumentTypeCode",
        "AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject",
        "AdditionalDocumentReference/Attachment/ExternalReference/URI",
    ]

    private static func read(_ name: String) throws -> (invoice: EInvoice, stated: EInvoiceTotals, root: XMLNode) {
        let root = try EInvoiceExamples.document(name)
        let reader = UBLReader(root)
        var invoice = try reader.invoice()
        for (index, price) in repairedPrices[name] ?? [:] {
            invoice.lines[index].price = EInvoice.Price(net: try #require(EInvoiceSample.decimal(price)))
        }
        return (invoice, try reader.statedTotals(), root)
    }

    private static func sorted(_ totals: EInvoiceTotals) -> EInvoiceTotals {
        var totals = totals
        totals.breakdown.sort {
            ($0.vat.category.rawValue, $0.vat.effectiveRate.units) < (
                $1.vat.category.rawValue, $1.vat.effectiveRate.units
            )
        }
        return totals
    }

    @Test func totalsAreTheDocumentsOwn() throws {
        for row in try EInvoiceExamples.totals() {
            let file = try #require(row["file"])
            let (invoice, stated, _) = try Self.read(file)
            var totals = try EInvoiceTotals(of: invoice)
            if let unstated = Self.unstatedSubtotals[file] {
                let index = try #require(totals.breakdown.firstIndex { $0.vat == unstated }, "stale: \(file)")
                #expect(totals.breakdown[index].taxable == 0, "\(file)")
                totals.breakdown.remove(at: index)
            }
            #expect(Self.sorted(totals) == Self.sorted(stated), "\(file)")
            let columns: [(String, Int64)] = [
                ("line_total", totals.lineTotal), ("allowances", totals.allowanceTotal),
                ("charges", totals.chargeTotal), ("tax_exclusive", totals.taxExclusive),
                ("tax_inclusive", totals.taxInclusive), ("prepaid", totals.prepaid), ("rounding", totals.rounding),
                ("payable", totals.payable),
            ]
            for (column, amount) in columns {
                let text = row[column] ?? ""
                let expected = try #require(EInvoiceSample.decimal(text.isEmpty ? "0" : text), "\(file) \(column)")
                #expect(
                    Decimal64(units: amount, scale: invoice.amountDigits).shortest == expected.shortest,
                    "\(file) \(column)")
            }
            #expect(invoice.lines.count == Int(row["lines"] ?? ""), "\(file)")
            #expect(String(invoice.kind.rawValue) == row["type_code"], "\(file)")
            #expect((invoice.seller.vatId ?? invoice.seller.taxRegistration ?? "") == row["seller_vat"], "\(file)")
        }
    }

    /// A repair that is no longer needed, or that is for a line that is not there, is a mistake in the table.
    @Test(arguments: repairedPrices.keys.sorted())
    func repairsAreNeeded(_ name: String) throws {
        guard EInvoiceExamples.folder != nil else { return }
        let reader = UBLReader(try EInvoiceExamples.document(name))
        let (invoice, stated) = (try reader.invoice(), try reader.statedTotals())
        for index in Self.repairedPrices[name, default: [:]].keys {
            let net = try EInvoiceTotals.net(of: invoice.lines[index], digits: invoice.amountDigits)
            #expect(net != stated.lineNets[index], "\(name) line \(index)")
        }
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        for row in try EInvoiceExamples.totals() {
            let file = try #require(row["file"])
            let (invoice, _, _) = try Self.read(file)
            let bytes = try UBLWriter().bytes(of: invoice)
            let root = try XMLNode.parse(bytes)
            let reader = UBLReader(root)
            #expect(try reader.invoice() == invoice, "\(file)")
            #expect(try reader.statedTotals() == EInvoiceTotals(of: invoice), "\(file)")
            #expect(try UBLWriter().bytes(of: reader.invoice()) == bytes, "\(file)")
            #expect(root.unread() == ["\(root.name)/CustomizationID", "\(root.name)/ProfileID"], "\(file)")
            #expect(UBLElementOrder.violations(in: root).isEmpty, "\(file)")
        }
    }

    /// The rules that an example breaks itself.
    private static let brokenRules: [String: Set<String>] = [
        "peppol-bis-3/vat-category-E.xml": ["PEPPOL-COMMON-R042"],
        "peppol-bis-3/vat-category-Z.xml": ["PEPPOL-COMMON-R042"],
    ]

    /// By the rules that it was published for, with our totals and with its own.
    @Test func examplesBreakNoRule() throws {
        for row in try EInvoiceExamples.totals() {
            let file = try #require(row["file"])
            let profile: EInvoiceProfile =
                file.hasPrefix("peppol") ? .peppol : file.hasPrefix("xrechnung") ? .xrechnung : .en16931
            let reader = UBLReader(try EInvoiceExamples.document(file))
            let (invoice, stated) = (try reader.invoice(), try reader.statedTotals())
            for findings in [
                EInvoiceRules.findings(in: invoice, profile: profile),
                EInvoiceRules.findings(in: invoice, totals: stated, profile: profile),
            ] {
                #expect(Set(findings.map(\.rule)) == Self.brokenRules[file, default: []], "\(file) \(findings)")
            }
        }
    }

    /// Nothing of the examples is lost without a word.
    @Test func everythingElseIsRead() throws {
        var found: Set<String> = []
        for row in try EInvoiceExamples.totals() {
            let (_, _, root) = try Self.read(try #require(row["file"]))
            found.formUnion(root.unread().map { String($0.drop { $0 != "/" }.dropFirst()) })
        }
        guard EInvoiceExamples.folder != nil else { return }
        #expect(found.subtracting(Self.leftOut).sorted() == [])
        #expect(Self.leftOut.subtracting(found).sorted() == [], "stale: these are read, or in no example")
    }
}
