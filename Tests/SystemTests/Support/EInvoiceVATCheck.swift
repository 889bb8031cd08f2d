import Foundation

// The rules about VAT, which the standard writes down once for each category: BR-S-08 says of the standard rate what
// BR-Z-08 says of the zero rate.
extension EInvoiceCheck {
    private static let names = [
        "S": "S", "Z": "Z", "E": "E", "AE": "AE", "K": "IC", "G": "G", "O": "O", "L": "AF", "M": "AG",
    ]
    /// Categories of which the reason for no VAT is said.
    private static let exempt: Set = ["E", "AE", "K", "G", "O"]

    private struct Taxed: Hashable {
        let category: String
        let rate: Decimal

        init(_ element: UBLElement?) {
            category = element?.text("ID") ?? ""
            rate = element?.amount("Percent") ?? 0
        }
    }

    mutating func vat() {
        let subtotals = root.first("TaxTotal")?.all("TaxSubtotal") ?? []
        var taxable: [Taxed: Decimal] = [:]
        for line in invoiceLines {
            taxable[Taxed(line.first("Item/ClassifiedTaxCategory")), default: 0] +=
                line.amount("LineExtensionAmount") ?? 0
        }
        for adjustment in root.all("AllowanceCharge") {
            let amount = adjustment.amount("Amount") ?? 0
            taxable[Taxed(adjustment.first("TaxCategory")), default: 0] +=
                adjustment.isCharge ? amount : -amount
        }
        let stated = subtotals.map { Taxed($0.first("TaxCategory")) }
        require(Set(stated).count == stated.count, "BR-TAX", "a subtotal twice")
        for taxed in taxable.keys {
            require(stated.contains(taxed), "BR-\(name(taxed))-01")
            category(taxed)
        }
        for (taxed, subtotal) in zip(stated, subtotals) {
            require(subtotal.amount("TaxableAmount") == taxable[taxed], "BR-\(name(taxed))-08", "\(taxed.rate)")
            require(!subtotal.text("TaxAmount").isEmpty, "BR-46")
            require(!taxed.category.isEmpty, "BR-47")
            let exact = (subtotal.amount("TaxableAmount") ?? 0) * taxed.rate / 100
            // To the currency's own last digit: half a cent, half a yen.
            let unit: Decimal = subtotal.text("TaxAmount").contains(".") ? 0.005 : 0.5
            let isNear = abs((subtotal.amount("TaxAmount") ?? 0) - exact) <= unit
            require(isNear, taxed.rate == 0 ? "BR-\(name(taxed))-09" : "BR-CO-17", "\(taxed.rate)")
            let reason = subtotal.text("TaxCategory/TaxExemptionReason")
            let code = subtotal.text("TaxCategory/TaxExemptionReasonCode")
            let isExempt = Self.exempt.contains(taxed.category)
            require((reason + code).isEmpty != isExempt, "BR-\(name(taxed))-10")
        }
    }

    private func name(_ taxed: Taxed) -> String { Self.names[taxed.category] ?? "CL-17" }

    private mutating func category(_ taxed: Taxed) {
        let name = name(taxed)
        require(Self.names[taxed.category] != nil, "BR-CL-17", taxed.category)
        require((taxed.rate > 0) == ["S", "L", "M"].contains(taxed.category), "BR-\(name)-05")
        require(taxed.category == "O" || !vatIds(seller).isEmpty || isRegistered, "BR-\(name)-02")
        guard taxed.category == "K" || taxed.category == "AE" else { return }
        require(!vatIds(buyer).isEmpty, "BR-\(name)-02", "buyer")
        guard taxed.category == "K" else { return }
        let hasDate = !root.text("Delivery/ActualDeliveryDate").isEmpty || root.first("InvoicePeriod") != nil
        require(hasDate, "BR-IC-11")
        require(!root.text("Delivery/DeliveryLocation/Address/Country/IdentificationCode").isEmpty, "BR-IC-12")
    }

    private var isRegistered: Bool {
        (seller?.all("PartyTaxScheme") ?? []).contains { $0.text("TaxScheme/ID") != "VAT" }
    }

    /// What the network demands besides.
    mutating func peppol() {
        require(root.text("ProfileID") == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", "PEPPOL-EN16931-R007")
        require(!(root.text("BuyerReference") + root.text("OrderReference/ID")).isEmpty, "PEPPOL-EN16931-R003")
        require(!(seller?.text("EndpointID") ?? "").isEmpty, "PEPPOL-EN16931-R020")
        require(!(buyer?.text("EndpointID") ?? "").isEmpty, "PEPPOL-EN16931-R010")
        require(root.all("Note").count <= 1, "PEPPOL-EN16931-R002")
        require(root.all("TaxTotal").filter { $0.first("TaxSubtotal") != nil }.count == 1, "PEPPOL-EN16931-R053")
        for line in invoiceLines {
            let quantity = line.amount(isCreditNote ? "CreditedQuantity" : "InvoicedQuantity") ?? 0
            let base = line.amount("Price/BaseQuantity") ?? 1
            require(base > 0, "PEPPOL-EN16931-R121", line.text("ID"))
            var exact = quantity * (line.amount("Price/PriceAmount") ?? 0) / (base == 0 ? 1 : base)
            for adjustment in line.all("AllowanceCharge") {
                let amount = adjustment.amount("Amount") ?? 0
                exact += adjustment.isCharge ? amount : -amount
            }
            let isNear = abs(exact - (line.amount("LineExtensionAmount") ?? 0)) <= 0.02
            require(isNear, "PEPPOL-EN16931-R120", line.text("ID"))
        }
        guard seller?.text("PostalAddress/Country/IdentificationCode") == "NL" else { return }
        let scheme = seller?.first("PartyLegalEntity/CompanyID")?.attributes["schemeID"] ?? ""
        require(["0106", "0190"].contains(scheme), "NL-R-003")
        for name in ["StreetName", "CityName", "PostalZone"] {
            require(!(seller?.text("PostalAddress/\(name)") ?? "").isEmpty, "NL-R-002", name)
        }
        require(isCreditNote || (total("PayableAmount") ?? 0) <= 0 || root.first("PaymentMeans") != nil, "NL-R-007")
        if isCreditNote { require(root.first("BillingReference") != nil, "NL-R-001") }
    }
}
