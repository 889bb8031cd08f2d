import Bytes

/// Writes an e-invoice as UBL 2.1 (ISO/IEC 19845): `Invoice`, or `CreditNote` for a credit note. The elements stand in
/// the order that the schemas demand. The same invoice always gives the same bytes.
package struct UBLWriter: Sendable {
    package let profile: EInvoiceProfile

    package init(profile: EInvoiceProfile = .peppol) { self.profile = profile }

    /// The document in UTF-8. It is written whatever `EInvoiceRules` finds; what is missing is left out.
    package func bytes(of invoice: EInvoice) throws(EInvoiceError) -> [UInt8] {
        bytes(of: invoice, totals: try EInvoiceTotals(of: invoice))
    }

    func bytes(of invoice: EInvoice, totals: EInvoiceTotals) -> [UInt8] {
        let root = invoice.kind.isCreditNote ? "CreditNote" : "Invoice"
        let schema = "urn:oasis:names:specification:ubl:schema:xsd:"
        let document = UBLDocument(invoice: invoice, totals: totals, profile: profile)
        var xml = XMLWriter()
        xml.group(
            "\(root) xmlns=\"\(schema)\(root)-2\" xmlns:cac=\"\(schema)CommonAggregateComponents-2\""
                + " xmlns:cbc=\"\(schema)CommonBasicComponents-2\""
        ) { xml in
            document.writeHeader(&xml)
            document.writeReferences(&xml)
            document.writeParties(&xml)
            document.writeDelivery(&xml)
            document.writePayment(&xml)
            document.writeAdjustments(&xml)
            document.writeTaxTotals(&xml)
            document.writeMonetaryTotal(&xml)
            document.writeLines(&xml)
        }
        return xml.bytes
    }
}

/// One document on its way into XML.
struct UBLDocument {
    let invoice: EInvoice
    let totals: EInvoiceTotals
    let profile: EInvoiceProfile

    var isCreditNote: Bool { invoice.kind.isCreditNote }

    func amount(_ xml: inout XMLWriter, _ name: String, _ value: Int64?) {
        guard let value else { return }
        let digits = invoice.amountDigits
        decimal(&xml, name, Decimal64(units: value, scale: digits), attribute: ("currencyID", invoice.currency))
    }

    func decimal(
        _ xml: inout XMLWriter, _ name: String, _ value: Decimal64?, attribute: (name: String, value: String?)? = nil
    ) {
        guard let value else { return }
        xml.text(name, value.text, attribute: attribute)
    }

    func identifier(_ xml: inout XMLWriter, _ name: String, _ identifier: EInvoice.Identifier?) {
        xml.text(name, identifier?.value, attribute: ("schemeID", identifier?.scheme))
    }

    /// Type, dates and currencies. A credit note has no due date here, but with the means of payment.
    func writeHeader(_ xml: inout XMLWriter) {
        xml.text("cbc:CustomizationID", profile.customizationID)
        xml.text("cbc:ProfileID", profile.processID)
        xml.text("cbc:ID", invoice.number)
        xml.text("cbc:IssueDate", invoice.issueDate.text)
        if !isCreditNote { xml.text("cbc:DueDate", invoice.dueDate?.text) }
        xml.text(isCreditNote ? "cbc:CreditNoteTypeCode" : "cbc:InvoiceTypeCode", String(invoice.kind.rawValue))
        for note in invoice.notes { xml.text("cbc:Note", note) }
        xml.text("cbc:DocumentCurrencyCode", invoice.currency)
        xml.text("cbc:TaxCurrencyCode", invoice.taxCurrency)
        xml.text("cbc:AccountingCost", invoice.accountingCost)
        xml.text("cbc:BuyerReference", invoice.buyerReference)
        writePeriod(&xml, invoice.period)
    }

    func writePeriod(_ xml: inout XMLWriter, _ period: EInvoice.Period?) {
        xml.group("cac:InvoicePeriod") { xml in
            xml.text("cbc:StartDate", period?.start?.text)
            xml.text("cbc:EndDate", period?.end?.text)
        }
    }

    func writeReferences(_ xml: inout XMLWriter) {
        xml.group("cac:OrderReference") { xml in
            // The schema wants an ID before a sales order; without a purchase order the sales order says nothing.
            guard let order = invoice.orderReference, !XMLWriter.isBlank(order) else { return }
            xml.text("cbc:ID", order)
            xml.text("cbc:SalesOrderID", invoice.salesOrderReference)
        }
        for preceding in invoice.precedingInvoices {
            xml.group("cac:BillingReference") { xml in
                xml.group("cac:InvoiceDocumentReference") { xml in
                    xml.text("cbc:ID", preceding.number)
                    xml.text("cbc:IssueDate", preceding.issueDate?.text)
                }
            }
        }
        xml.group("cac:ContractDocumentReference") { $0.text("cbc:ID", invoice.contractReference) }
    }

    func writePayment(_ xml: inout XMLWriter) {
        if let payment = invoice.payment {
            writeMeans(&xml, payment, payment.accounts.first, isFirst: true)
            for account in payment.accounts.dropFirst() { writeMeans(&xml, payment, account, isFirst: false) }
        }
        xml.group("cac:PaymentTerms") { $0.text("cbc:Note", invoice.paymentTerms) }
    }

    /// Each account repeats the means; the words for it and the due date may stand once only (UBL-SR-45, UBL-SR-46).
    private func writeMeans(
        _ xml: inout XMLWriter, _ payment: EInvoice.Payment, _ account: EInvoice.Account?, isFirst: Bool
    ) {
        xml.group("cac:PaymentMeans") { xml in
            let meansText = isFirst ? payment.meansText : nil
            xml.text("cbc:PaymentMeansCode", payment.meansCode, attribute: ("name", meansText))
            if isCreditNote, isFirst { xml.text("cbc:PaymentDueDate", invoice.dueDate?.text) }
            xml.text("cbc:PaymentID", payment.reference)
            xml.group("cac:PayeeFinancialAccount") { xml in
                xml.text("cbc:ID", account?.identifier)
                xml.text("cbc:Name", account?.name)
                xml.group("cac:FinancialInstitutionBranch") { $0.text("cbc:ID", account?.serviceProvider) }
            }
            xml.group("cac:PaymentMandate") { xml in
                xml.text("cbc:ID", payment.mandateReference)
                xml.group("cac:PayerFinancialAccount") { $0.text("cbc:ID", payment.debitedAccount) }
            }
        }
    }
}

extension Decimal64 {
    /// The digits, as `39.90`.
    var text: String {
        var writer = ByteWriter(capacity: 32)
        writer.appendDecimal(self)
        return String(decoding: writer.copyBytes(), as: UTF8.self)
    }
}
