@testable import Commerce

/// Reads UBL back into the model, as far as the model goes. Only tests do this: it is what their documents, and those
/// of the writer, are compared by.
struct UBLReader {
    let root: XMLNode
    /// In a snippet nearly everything may be missing; in a document what is needed must be there.
    let isSnippet: Bool

    /// What the model cannot say.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    init(_ root: XMLNode, isSnippet: Bool = false) {
        self.root = root
        self.isSnippet = isSnippet
    }

    private var isCreditNote: Bool { root.name == "CreditNote" }
    private var currency: String { root["DocumentCurrencyCode"]?.value() ?? "" }
    private var digits: UInt8 { EInvoice.amountDigits(of: currency) }

    func invoice() throws -> EInvoice {
        var invoice = EInvoice(
            kind: try kind(), number: root.verbatim("ID") ?? "", issueDate: try issueDate(), currency: currency,
            seller: try party("AccountingSupplierParty"), buyer: try party("AccountingCustomerParty"))
        invoice.dueDate = try date((root["DueDate"] ?? root["PaymentMeans", "PaymentDueDate"])?.value())
        invoice.notes = root.all("Note").compactMap { $0.value() == nil ? nil : $0.text }
        invoice.taxCurrency = root["TaxCurrencyCode"]?.value()
        invoice.taxInTaxCurrency = try taxInTaxCurrency()
        invoice.accountingCost = root.verbatim("AccountingCost")
        invoice.buyerReference = root.verbatim("BuyerReference")
        invoice.period = try period(root)
        invoice.orderReference = root["OrderReference"]?.verbatim("ID")
        invoice.salesOrderReference = root["OrderReference"]?.verbatim("SalesOrderID")
        invoice.contractReference = root["ContractDocumentReference"]?.verbatim("ID")
        invoice.precedingInvoices = try precedingInvoices()
        invoice.payee = root["PayeeParty"].map(payee)
        invoice.taxRepresentative = root["TaxRepresentativeParty"].map(taxRepresentative)
        invoice.delivery = try delivery()
        invoice.payment = payment()
        invoice.paymentTerms = root["PaymentTerms"]?.verbatim("Note")
        invoice.adjustments = try root.all("AllowanceCharge").map(adjustment)
        invoice.exemptions = try exemptions()
        invoice.prepaid = try amount(root["LegalMonetaryTotal", "PrepaidAmount"]) ?? 0
        invoice.rounding = try amount(root["LegalMonetaryTotal", "PayableRoundingAmount"]) ?? 0
        invoice.lines = try lineNodes.map(line)
        return invoice
    }

    private func kind() throws -> EInvoice.Kind {
        guard let code = (root["InvoiceTypeCode"] ?? root["CreditNoteTypeCode"])?.value() else {
            if isSnippet { return isCreditNote ? .creditNote : .invoice }
            throw Unreadable(description: "no type")
        }
        guard let kind = UInt16(code).flatMap(EInvoice.Kind.init) else { throw Unreadable(description: "type \(code)") }
        return kind
    }

    private func issueDate() throws -> EInvoice.Date {
        guard let date = try date(root["IssueDate"]?.value()) else {
            if isSnippet, let some = EInvoice.Date("2026-01-01") { return some }
            throw Unreadable(description: "no issue date")
        }
        return date
    }

    private func date(_ text: String?) throws -> EInvoice.Date? {
        guard let text else { return nil }
        guard let date = EInvoice.Date(text) else { throw Unreadable(description: "date \(text)") }
        return date
    }

    func decimal(_ node: XMLNode?) throws -> Decimal64? {
        guard let text = node?.value() else { return nil }
        // XML Schema's decimals may start with their point.
        let bytes = [UInt8]((text.hasPrefix(".") ? "0" + text : text).utf8)
        guard let decimal = Decimal64(bytes.span) else { throw Unreadable(description: "number \(text)") }
        return decimal
    }

    /// In minor units.
    func amount(_ node: XMLNode?, digits: UInt8? = nil) throws -> Int64? {
        guard let decimal = try decimal(node)?.shortest else { return nil }
        let digits = digits ?? self.digits
        guard decimal.scale <= digits, let scaled = decimal.scaled(to: digits) else {
            throw Unreadable(description: "amount \(decimal.text) is finer than a minor unit")
        }
        return scaled.units
    }

    private func identifier(_ node: XMLNode?) -> EInvoice.Identifier? {
        guard let node, node.value() != nil else { return nil }
        return EInvoice.Identifier(node.text, scheme: node.attributes["schemeID"])
    }

    private func taxInTaxCurrency() throws -> Int64? {
        guard let code = root["TaxCurrencyCode"]?.value() else { return nil }
        let total = root.all("TaxTotal").first { $0["TaxAmount"]?.attributes["currencyID"] == code && code != currency }
        return try amount(total?["TaxAmount"], digits: EInvoice.amountDigits(of: code))
    }

    private func period(_ node: XMLNode) throws -> EInvoice.Period? {
        guard let period = node["InvoicePeriod"] else { return nil }
        // A code for the day of taxation (BT-8) may stand alone, and is none of the model's.
        guard period["StartDate"] != nil || period["EndDate"] != nil || period["DescriptionCode"] == nil else {
            return nil
        }
        return EInvoice.Period(start: try date(period["StartDate"]?.value()), end: try date(period["EndDate"]?.value()))
    }

    private func precedingInvoices() throws -> [EInvoice.PrecedingInvoice] {
        try root.all("BillingReference").compactMap { $0["InvoiceDocumentReference"] }.map {
            EInvoice.PrecedingInvoice(
                number: $0.verbatim("ID") ?? "", issueDate: try date($0["IssueDate"]?.value()))
        }
    }

    private func party(_ name: String) throws -> EInvoice.Party {
        guard let party = root[name, "Party"] else {
            if isSnippet { return EInvoice.Party(name: "", address: EInvoice.Address(country: "")) }
            throw Unreadable(description: "no \(name)")
        }
        var result = EInvoice.Party(
            name: party["PartyLegalEntity"]?.verbatim("RegistrationName") ?? "",
            address: address(party["PostalAddress"]))
        result.tradingName = party["PartyName"]?.verbatim("Name")
        result.identifiers = party.all("PartyIdentification").compactMap { identifier($0["ID"]) }
        result.legalRegistration = identifier(party["PartyLegalEntity", "CompanyID"])
        result.legalForm = party["PartyLegalEntity"]?.verbatim("CompanyLegalForm")
        result.electronicAddress = identifier(party["EndpointID"])
        for scheme in party.all("PartyTaxScheme") {
            let number = scheme.verbatim("CompanyID")
            if scheme["TaxScheme", "ID"]?.value() == "VAT" {
                result.vatId = number
            } else {
                result.taxRegistration = number
            }
        }
        if let contact = party["Contact"] {
            result.contact = EInvoice.Contact(
                name: contact.verbatim("Name"), telephone: contact.verbatim("Telephone"),
                email: contact.verbatim("ElectronicMail"))
        }
        return result
    }

    private func address(_ node: XMLNode?) -> EInvoice.Address {
        var address = EInvoice.Address(
            street: node?.verbatim("StreetName"), city: node?.verbatim("CityName"),
            postalCode: node?.verbatim("PostalZone"), country: node?["Country", "IdentificationCode"]?.value() ?? "")
        address.additionalStreet = node?.verbatim("AdditionalStreetName")
        address.subdivision = node?.verbatim("CountrySubentity")
        address.thirdLine = node?["AddressLine"]?.verbatim("Line")
        return address
    }

    private func payee(_ node: XMLNode) -> EInvoice.Payee {
        var payee = EInvoice.Payee(name: node["PartyName"]?.verbatim("Name") ?? "")
        payee.identifier = identifier(node["PartyIdentification", "ID"])
        payee.legalRegistration = identifier(node["PartyLegalEntity", "CompanyID"])
        return payee
    }

    private func taxRepresentative(_ node: XMLNode) -> EInvoice.TaxRepresentative {
        _ = node["PartyTaxScheme", "TaxScheme", "ID"]?.value()
        return EInvoice.TaxRepresentative(
            name: node["PartyName"]?.verbatim("Name") ?? "", vatId: node["PartyTaxScheme"]?.verbatim("CompanyID") ?? "",
            address: address(node["PostalAddress"]))
    }

    private func delivery() throws -> EInvoice.Delivery? {
        guard let node = root["Delivery"] else { return nil }
        var delivery = EInvoice.Delivery(date: try date(node["ActualDeliveryDate"]?.value()))
        delivery.address = node["DeliveryLocation", "Address"].map { address($0) }
        delivery.location = identifier(node["DeliveryLocation", "ID"])
        delivery.name = node["DeliveryParty", "PartyName"]?.verbatim("Name")
        return delivery
    }

    /// One means of payment with an account from each; the code and the reference must be the same in all of them.
    private func payment() -> EInvoice.Payment? {
        let means = root.all("PaymentMeans")
        guard let first = means.first else { return nil }
        var payment = EInvoice.Payment(meansCode: first["PaymentMeansCode"]?.value() ?? "")
        payment.meansText = first["PaymentMeansCode"]?.attributes["name"]
        payment.reference = first.verbatim("PaymentID")
        payment.mandateReference = first["PaymentMandate"]?.verbatim("ID")
        payment.debitedAccount = first["PaymentMandate", "PayerFinancialAccount"]?.verbatim("ID")
        for node in means {
            let isSame = node["PaymentMeansCode"]?.value() == first["PaymentMeansCode"]?.value()
            guard isSame, [nil, payment.reference].contains(node.verbatim("PaymentID")) else { continue }
            guard let account = node["PayeeFinancialAccount"] else { continue }
            payment.accounts.append(
                EInvoice.Account(
                    identifier: account.verbatim("ID") ?? "", name: account.verbatim("Name"),
                    serviceProvider: account["FinancialInstitutionBranch"]?.verbatim("ID")))
        }
        return payment
    }

    private func exemptions() throws -> [EInvoice.Exemption] {
        var exemptions: [EInvoice.Exemption] = []
        for subtotal in try breakdown() {
            guard let exemption = subtotal.exemption, !exemptions.contains(exemption) else { continue }
            exemptions.append(exemption)
        }
        return exemptions
    }
}
