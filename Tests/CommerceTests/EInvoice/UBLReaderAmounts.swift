@testable import Commerce

/// Lines, taxes, and the totals as the document states them.
extension UBLReader {
    var lineNodes: [XMLNode] { root.all("InvoiceLine") + root.all("CreditNoteLine") }

    func vat(_ node: XMLNode?) throws -> EInvoice.VAT? {
        guard let node else { return nil }
        _ = node["TaxScheme", "ID"]?.value()
        // No snippet that leaves the category out is about exemptions.
        let code = node["ID"]?.value() ?? (isSnippet ? "E" : "missing")
        guard let category = EInvoice.VATCategory(rawValue: code) else {
            throw Unreadable(description: "VAT category \(code)")
        }
        return EInvoice.VAT(category, rate: try decimal(node["Percent"]))
    }

    func adjustment(_ node: XMLNode) throws -> EInvoice.Adjustment {
        let kind: EInvoice.Adjustment.Kind = node["ChargeIndicator"]?.value() == "true" ? .charge : .allowance
        var adjustment = EInvoice.Adjustment(kind, amount: try amount(node["Amount"]) ?? 0)
        adjustment.baseAmount = try amount(node["BaseAmount"])
        adjustment.percentage = try decimal(node["MultiplierFactorNumeric"])
        adjustment.reason = node.verbatim("AllowanceChargeReason")
        adjustment.reasonCode = node["AllowanceChargeReasonCode"]?.value()
        adjustment.vat = try vat(node["TaxCategory"])
        return adjustment
    }

    func line(_ node: XMLNode) throws -> EInvoice.Line {
        let quantity = node["InvoicedQuantity"] ?? node["CreditedQuantity"]
        let vat = try vat(node["Item", "ClassifiedTaxCategory"])
        guard isSnippet || vat != nil else { throw Unreadable(description: "a line without VAT") }
        var line = EInvoice.Line(
            id: node.verbatim("ID") ?? "", quantity: try decimal(quantity) ?? .zero,
            unitCode: quantity?.attributes["unitCode"] ?? "", price: try price(node["Price"]),
            vat: vat ?? EInvoice.VAT(.standard, rate: nil), item: item(node["Item"]))
        line.note = node.verbatim("Note")
        line.accountingCost = node.verbatim("AccountingCost")
        line.orderLineReference = node["OrderLineReference"]?.verbatim("LineID")
        if let period = node["InvoicePeriod"] {
            line.period = EInvoice.Period(
                start: period["StartDate"]?.value().flatMap { EInvoice.Date($0) },
                end: period["EndDate"]?.value().flatMap { EInvoice.Date($0) })
        }
        line.adjustments = try node.all("AllowanceCharge").map(adjustment)
        return line
    }

    private func price(_ node: XMLNode?) throws -> EInvoice.Price {
        var price = EInvoice.Price(net: try decimal(node?["PriceAmount"]) ?? .zero)
        price.baseQuantity = try decimal(node?["BaseQuantity"])
        _ = node?["AllowanceCharge", "ChargeIndicator"]?.value()
        price.discount = try decimal(node?["AllowanceCharge", "Amount"])
        price.gross = try decimal(node?["AllowanceCharge", "BaseAmount"])
        return price
    }

    private func item(_ node: XMLNode?) -> EInvoice.Item {
        var item = EInvoice.Item(name: node?.verbatim("Name") ?? "")
        item.description = node?.verbatim("Description")
        item.sellersId = node?["SellersItemIdentification"]?.verbatim("ID")
        item.buyersId = node?["BuyersItemIdentification"]?.verbatim("ID")
        if let standard = node?["StandardItemIdentification", "ID"], standard.value() != nil {
            item.standardId = EInvoice.Identifier(standard.text, scheme: standard.attributes["schemeID"])
        }
        item.originCountry = node?["OriginCountry", "IdentificationCode"]?.value()
        for code in node?.all("CommodityClassification").compactMap({ $0["ItemClassificationCode"] }) ?? [] {
            guard let value = code.value() else { continue }
            item.classifications.append(EInvoice.Identifier(value, scheme: code.attributes["listID"]))
        }
        for property in node?.all("AdditionalItemProperty") ?? [] {
            item.attributes.append(
                EInvoice.Attribute(name: property.verbatim("Name") ?? "", value: property.verbatim("Value") ?? ""))
        }
        return item
    }

    func breakdown() throws -> [EInvoiceTotals.TaxSubtotal] {
        try root.all("TaxTotal").flatMap { $0.all("TaxSubtotal") }.map { node in
            let category = node["TaxCategory"]
            guard isSnippet || category != nil else { throw Unreadable(description: "a breakdown without VAT") }
            var vat = try vat(category) ?? EInvoice.VAT(.exempt, rate: nil)
            // Some breakdowns say 0 % of what is not subject to VAT, where no rate is meant (BR-48).
            if vat.category == .outsideScope, vat.effectiveRate == .zero {
                vat = EInvoice.VAT(.outsideScope, rate: nil)
            }
            let reason = category?.verbatim("TaxExemptionReason")
            let code = category?["TaxExemptionReasonCode"]?.value()
            let exemption = EInvoice.Exemption(category: vat.category, reason: reason, reasonCode: code)
            return EInvoiceTotals.TaxSubtotal(
                vat: vat, taxable: try amount(node["TaxableAmount"]) ?? 0, tax: try amount(node["TaxAmount"]) ?? 0,
                exemption: reason == nil && code == nil ? nil : exemption)
        }
    }

    /// The totals that the document states, right or wrong.
    func statedTotals() throws -> EInvoiceTotals {
        var totals = EInvoiceTotals()
        let monetary = root["LegalMonetaryTotal"]
        totals.lineNets = try lineNodes.map { try amount($0["LineExtensionAmount"]) ?? 0 }
        totals.lineTotal = try amount(monetary?["LineExtensionAmount"]) ?? 0
        totals.allowanceTotal = try amount(monetary?["AllowanceTotalAmount"]) ?? 0
        totals.chargeTotal = try amount(monetary?["ChargeTotalAmount"]) ?? 0
        totals.taxExclusive = try amount(monetary?["TaxExclusiveAmount"]) ?? 0
        totals.taxInclusive = try amount(monetary?["TaxInclusiveAmount"]) ?? 0
        totals.prepaid = try amount(monetary?["PrepaidAmount"]) ?? 0
        totals.rounding = try amount(monetary?["PayableRoundingAmount"]) ?? 0
        totals.payable = try amount(monetary?["PayableAmount"]) ?? 0
        totals.breakdown = try breakdown()
        let currency = root["DocumentCurrencyCode"]?.value()
        let total = root.all("TaxTotal").first {
            let stated = $0["TaxAmount"]?.attributes["currencyID"]
            return currency == nil || stated == nil || stated == currency
        }
        totals.tax = try amount(total?["TaxAmount"]) ?? 0
        return totals
    }
}
