import Foundation

/// The rules of EN 16931 and of Peppol BIS Billing 3 over a document's XML as a recipient sees it. Written from the rules'
/// own words and knowing nothing of the model or the writer, so that both can be wrong here.
struct EInvoiceCheck {
    let root: UBLElement
    let isCreditNote: Bool
    let isPeppol: Bool
    private(set) var broken: [String] = []

    /// The rules that a document breaks, each with where.
    static func broken(_ xml: String) throws -> [String] {
        var check = EInvoiceCheck(try UBLElement.parse(xml))
        check.document()
        check.parties()
        check.lines()
        check.adjustments()
        check.totals()
        check.payment()
        check.vat()
        check.form()
        if check.isPeppol { check.peppol() }
        return check.broken
    }

    private init(_ root: UBLElement) {
        self.root = root
        isCreditNote = root.name == "CreditNote"
        isPeppol = root.text("CustomizationID").contains("peppol.eu")
    }

    mutating func require(_ holds: Bool, _ rule: String, _ place: String = "") {
        if !holds { broken.append(place.isEmpty ? rule : "\(rule) \(place)") }
    }

    mutating func require(_ path: String, _ rule: String, in element: UBLElement? = nil) {
        let place = element.map { "\($0.name) \($0.text("ID"))" } ?? ""
        require(!(element ?? root).text(path).isEmpty, rule, place)
    }

    var invoiceLines: [UBLElement] { root.all(isCreditNote ? "CreditNoteLine" : "InvoiceLine") }
    var seller: UBLElement? { root.first("AccountingSupplierParty/Party") }
    var buyer: UBLElement? { root.first("AccountingCustomerParty/Party") }
    func total(_ name: String) -> Decimal? { root.amount("LegalMonetaryTotal/\(name)") }

    private mutating func document() {
        require("CustomizationID", "BR-01")
        require("ID", "BR-02")
        require(Self.isDate(root.text("IssueDate")), "BR-03")
        require(isCreditNote ? "CreditNoteTypeCode" : "InvoiceTypeCode", "BR-04")
        let codes: Set = isCreditNote ? ["381"] : ["380", "384", "389"]
        require(codes.contains(root.text(isCreditNote ? "CreditNoteTypeCode" : "InvoiceTypeCode")), "BR-CL-01")
        require(root.text("DocumentCurrencyCode").count == 3, "BR-05")
        for date in root.everything where date.name.hasSuffix("Date") {
            require(Self.isDate(date.text), "UBL-DATE", date.name)
        }
        for reference in root.all("BillingReference/InvoiceDocumentReference") {
            require("ID", "BR-55", in: reference)
        }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard text.count == 10, parts.count == 3, (1...12).contains(parts[1]) else { return false }
        let isLeap = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[parts[1] - 1]).contains(parts[2])
    }

    private mutating func parties() {
        for (path, rules) in [
            ("AccountingSupplierParty", ["BR-06", "BR-08", "BR-09", "BR-62"]),
            ("AccountingCustomerParty", ["BR-07", "BR-10", "BR-11", "BR-63"]),
        ] {
            guard let party = root.first("\(path)/Party") else {
                require(false, rules[0], path)
                continue
            }
            require("PartyLegalEntity/RegistrationName", rules[0], in: party)
            require(party.first("PostalAddress") != nil, rules[1])
            require(party.text("PostalAddress/Country/IdentificationCode").count == 2, rules[2])
            for endpoint in party.all("EndpointID") {
                require(!(endpoint.attributes["schemeID"] ?? "").isEmpty, rules[3])
            }
            for vatId in vatIds(party) {
                // Greece writes EL; every other id begins with the code of its country.
                let prefix = vatId.prefix(2)
                require(prefix.count == 2 && prefix.allSatisfy { ("A"..."Z").contains($0) }, "BR-CO-09", vatId)
            }
        }
        let names = ["PartyIdentification/ID", "PartyLegalEntity/CompanyID"]
        let isKnown = seller.map { party in names.contains { !party.text($0).isEmpty } || !vatIds(party).isEmpty }
        require(isKnown == true, "BR-CO-26")
        for delivery in root.all("Delivery") where delivery.first("DeliveryLocation/Address") != nil {
            require("DeliveryLocation/Address/Country/IdentificationCode", "BR-57", in: delivery)
        }
    }

    func vatIds(_ party: UBLElement?) -> [String] {
        (party?.all("PartyTaxScheme") ?? []).filter { $0.text("TaxScheme/ID") == "VAT" }.map { $0.text("CompanyID") }
            .filter { !$0.isEmpty }
    }

    private mutating func lines() {
        require(!invoiceLines.isEmpty, "BR-16")
        let quantity = isCreditNote ? "CreditedQuantity" : "InvoicedQuantity"
        let numbers = invoiceLines.map { $0.text("ID") }
        require(Set(numbers).count == numbers.count, "UBL-LINES", "a number twice")
        for line in invoiceLines {
            require("ID", "BR-21", in: line)
            require(quantity, "BR-22", in: line)
            require(!(line.first(quantity)?.attributes["unitCode"] ?? "").isEmpty, "BR-23", line.text("ID"))
            require("LineExtensionAmount", "BR-24", in: line)
            require("Item/Name", "BR-25", in: line)
            require("Price/PriceAmount", "BR-26", in: line)
            require((line.amount("Price/PriceAmount") ?? -1) >= 0, "BR-27", line.text("ID"))
            require((line.amount("Price/AllowanceCharge/BaseAmount") ?? 0) >= 0, "BR-28", line.text("ID"))
            require("Item/ClassifiedTaxCategory/ID", "BR-CO-04", in: line)
            let standard = line.first("Item/StandardItemIdentification/ID")
            require(standard == nil || standard?.attributes["schemeID"] != nil, "BR-64", line.text("ID"))
        }
    }

    private mutating func adjustments() {
        for (owner, isLine) in [(root, false)] + invoiceLines.map({ ($0, true) }) {
            for adjustment in owner.all("AllowanceCharge") {
                let isCharge = adjustment.isCharge
                require(["true", "false", "1", "0"].contains(adjustment.text("ChargeIndicator")), "UBL-CHARGE")
                require(
                    "Amount", isLine ? (isCharge ? "BR-43" : "BR-41") : (isCharge ? "BR-36" : "BR-31"), in: adjustment)
                let hasReason =
                    !(adjustment.text("AllowanceChargeReason") + adjustment.text("AllowanceChargeReasonCode")).isEmpty
                require(hasReason, isLine ? (isCharge ? "BR-44" : "BR-42") : (isCharge ? "BR-38" : "BR-33"))
                if !isLine { require("TaxCategory/ID", isCharge ? "BR-37" : "BR-32", in: adjustment) }
            }
        }
    }

    private mutating func totals() {
        for (name, rule) in [
            ("LineExtensionAmount", "BR-12"), ("TaxExclusiveAmount", "BR-13"), ("TaxInclusiveAmount", "BR-14"),
            ("PayableAmount", "BR-15"),
        ] { require(total(name) != nil, rule) }
        let sum = invoiceLines.reduce(Decimal()) { $0 + ($1.amount("LineExtensionAmount") ?? 0) }
        require(total("LineExtensionAmount") == sum, "BR-CO-10")
        for (name, isCharge, rule) in [
            ("AllowanceTotalAmount", false, "BR-CO-11"), ("ChargeTotalAmount", true, "BR-CO-12"),
        ] {
            let amounts = root.all("AllowanceCharge").filter { $0.isCharge == isCharge }
                .map { $0.amount("Amount") ?? 0 }
            require((total(name) ?? 0) == amounts.reduce(0, +), rule)
        }
        let net = sum - (total("AllowanceTotalAmount") ?? 0) + (total("ChargeTotalAmount") ?? 0)
        require(total("TaxExclusiveAmount") == net, "BR-CO-13")
        let tax = root.first("TaxTotal")
        let taxAmount = tax?.amount("TaxAmount") ?? 0
        let parts = (tax?.all("TaxSubtotal") ?? []).reduce(Decimal()) { $0 + ($1.amount("TaxAmount") ?? 0) }
        require(taxAmount == parts, "BR-CO-14")
        require(total("TaxInclusiveAmount") == net + taxAmount, "BR-CO-15")
        let payable = net + taxAmount - (total("PrepaidAmount") ?? 0) + (total("PayableRoundingAmount") ?? 0)
        require(total("PayableAmount") == payable, "BR-CO-16")
        require(!(tax?.all("TaxSubtotal") ?? []).isEmpty, "BR-CO-18")
    }

    private mutating func payment() {
        if !isCreditNote, (total("PayableAmount") ?? 0) > 0 {
            require(!(root.text("DueDate") + root.text("PaymentTerms/Note")).isEmpty, "BR-CO-25")
        }
        for means in root.all("PaymentMeans") {
            require("PaymentMeansCode", "BR-49", in: means)
            if ["30", "58"].contains(means.text("PaymentMeansCode")) {
                require("PayeeFinancialAccount/ID", "BR-61", in: means)
            }
        }
    }

    /// What the schemas demand of any text and amount.
    private mutating func form() {
        // Prices alone may be finer than hundredths.
        let prices = Set(invoiceLines.flatMap { $0.all("Price") }.flatMap(\.everything).map { ObjectIdentifier($0) })
        for element in root.everything {
            require(!element.children.isEmpty || !element.text.isEmpty, "PEPPOL-EN16931-R008", element.name)
            guard element.name.hasSuffix("Amount") else { continue }
            let currency = element.attributes["currencyID"] ?? ""
            let isTax = element.name == "TaxAmount" && currency == root.text("TaxCurrencyCode")
            require(currency == root.text("DocumentCurrencyCode") || isTax, "BR-CURRENCY", element.name)
            guard !prices.contains(ObjectIdentifier(element)) else { continue }
            let decimals = element.text.split(separator: ".").dropFirst().first?.count ?? 0
            require(decimals <= 2, "BR-DEC", "\(element.name) \(element.text)")
        }
    }
}
