/// The order that the UBL 2.1 schemas demand, of the elements that the writer knows.
enum UBLElementOrder {
    private static let head = [
        "CustomizationID", "ProfileID", "ID", "IssueDate", "DueDate", "InvoiceTypeCode", "CreditNoteTypeCode", "Note",
        "DocumentCurrencyCode", "TaxCurrencyCode", "AccountingCost", "BuyerReference", "InvoicePeriod",
        "OrderReference", "BillingReference", "ContractDocumentReference", "AccountingSupplierParty",
        "AccountingCustomerParty", "PayeeParty", "TaxRepresentativeParty", "Delivery", "PaymentMeans", "PaymentTerms",
        "AllowanceCharge", "TaxTotal", "LegalMonetaryTotal",
    ]
    private static let line = [
        "ID", "Note", "InvoicedQuantity", "CreditedQuantity", "LineExtensionAmount", "AccountingCost", "InvoicePeriod",
        "OrderLineReference", "AllowanceCharge", "Item", "Price",
    ]
    private static let address = [
        "StreetName", "AdditionalStreetName", "CityName", "PostalZone", "CountrySubentity", "AddressLine", "Country",
    ]
    private static let category = ["ID", "Percent", "TaxExemptionReasonCode", "TaxExemptionReason", "TaxScheme"]
    private static let party = [
        "EndpointID", "PartyIdentification", "PartyName", "PostalAddress", "PartyTaxScheme", "PartyLegalEntity",
        "Contact",
    ]

    private static let orders: [String: [String]] = [
        "Invoice": head + ["InvoiceLine"],
        "CreditNote": head + ["CreditNoteLine"],
        "InvoicePeriod": ["StartDate", "EndDate"],
        "OrderReference": ["ID", "SalesOrderID"],
        "BillingReference": ["InvoiceDocumentReference"],
        "InvoiceDocumentReference": ["ID", "IssueDate"],
        "ContractDocumentReference": ["ID"],
        "AccountingSupplierParty": ["Party"],
        "AccountingCustomerParty": ["Party"],
        "Party": party,
        "PayeeParty": party,
        "TaxRepresentativeParty": party,
        "DeliveryParty": party,
        "PartyIdentification": ["ID"],
        "PartyName": ["Name"],
        "PostalAddress": address,
        "Address": address,
        "AddressLine": ["Line"],
        "Country": ["IdentificationCode"],
        "OriginCountry": ["IdentificationCode"],
        "PartyTaxScheme": ["CompanyID", "TaxScheme"],
        "TaxScheme": ["ID"],
        "PartyLegalEntity": ["RegistrationName", "CompanyID", "CompanyLegalForm"],
        "Contact": ["Name", "Telephone", "ElectronicMail"],
        "Delivery": ["ActualDeliveryDate", "DeliveryLocation", "DeliveryParty"],
        "DeliveryLocation": ["ID", "Address"],
        "PaymentMeans": [
            "PaymentMeansCode", "PaymentDueDate", "PaymentID", "PayeeFinancialAccount", "PaymentMandate",
        ],
        "PayeeFinancialAccount": ["ID", "Name", "FinancialInstitutionBranch"],
        "FinancialInstitutionBranch": ["ID"],
        "PaymentMandate": ["ID", "PayerFinancialAccount"],
        "PayerFinancialAccount": ["ID"],
        "PaymentTerms": ["Note"],
        "AllowanceCharge": [
            "ChargeIndicator", "AllowanceChargeReasonCode", "AllowanceChargeReason", "MultiplierFactorNumeric",
            "Amount", "BaseAmount", "TaxCategory",
        ],
        "TaxCategory": category,
        "ClassifiedTaxCategory": category,
        "TaxTotal": ["TaxAmount", "TaxSubtotal"],
        "TaxSubtotal": ["TaxableAmount", "TaxAmount", "TaxCategory"],
        "LegalMonetaryTotal": [
            "LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "AllowanceTotalAmount",
            "ChargeTotalAmount", "PrepaidAmount", "PayableRoundingAmount", "PayableAmount",
        ],
        "InvoiceLine": line,
        "CreditNoteLine": line,
        "OrderLineReference": ["LineID"],
        "Item": [
            "Description", "Name", "BuyersItemIdentification", "SellersItemIdentification",
            "StandardItemIdentification", "OriginCountry", "CommodityClassification", "ClassifiedTaxCategory",
            "AdditionalItemProperty",
        ],
        "BuyersItemIdentification": ["ID"],
        "SellersItemIdentification": ["ID"],
        "StandardItemIdentification": ["ID"],
        "CommodityClassification": ["ItemClassificationCode"],
        "AdditionalItemProperty": ["Name", "Value"],
        "Price": ["PriceAmount", "BaseQuantity", "AllowanceCharge"],
    ]

    /// What may stand more than once in its parent.
    private static let repeated: Set<String> = [
        "Note", "BillingReference", "PartyIdentification", "PartyTaxScheme", "PaymentMeans", "AllowanceCharge",
        "TaxTotal", "TaxSubtotal", "InvoiceLine", "CreditNoteLine", "CommodityClassification",
        "AdditionalItemProperty",
    ]

    /// Where elements stand in another order than the schemas', twice, empty, or where the schemas do not know them.
    static func violations(in node: XMLNode) -> [String] {
        guard let order = orders[node.name] else {
            let isEmpty = node.children.isEmpty && node.value() == nil
            return (node.children.isEmpty ? [] : ["\(node.name) is unknown"])
                + (isEmpty ? ["\(node.name) is empty"] : [])
        }
        var violations: [String] = node.children.isEmpty ? ["\(node.name) is empty"] : []
        var last = -1
        for child in node.children {
            guard let place = order.firstIndex(of: child.name) else {
                violations.append("\(child.name) in \(node.name)")
                continue
            }
            if place < last { violations.append("\(child.name) too late in \(node.name)") }
            if place == last, !repeated.contains(child.name) {
                violations.append("\(child.name) twice in \(node.name)")
            }
            last = place
        }
        return violations + node.children.flatMap(violations(in:))
    }
}
