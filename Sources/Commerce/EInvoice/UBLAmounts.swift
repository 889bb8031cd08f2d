/// Totals, taxes and lines.
extension UBLDocument {
    func writeAdjustments(_ xml: inout XMLWriter) {
        for adjustment in invoice.adjustments { writeAdjustment(&xml, adjustment) }
    }

    private func writeAdjustment(_ xml: inout XMLWriter, _ adjustment: EInvoice.Adjustment) {
        xml.group("cac:AllowanceCharge") { xml in
            xml.text("cbc:ChargeIndicator", adjustment.kind == .charge ? "true" : "false")
            xml.text("cbc:AllowanceChargeReasonCode", adjustment.reasonCode)
            xml.text("cbc:AllowanceChargeReason", adjustment.reason)
            decimal(&xml, "cbc:MultiplierFactorNumeric", adjustment.percentage)
            amount(&xml, "cbc:Amount", adjustment.amount)
            amount(&xml, "cbc:BaseAmount", adjustment.baseAmount)
            if let vat = adjustment.vat { writeCategory(&xml, "cac:TaxCategory", vat) }
        }
    }

    private func writeCategory(
        _ xml: inout XMLWriter, _ name: String, _ vat: EInvoice.VAT, exemption: EInvoice.Exemption? = nil
    ) {
        xml.group(name) { xml in
            xml.text("cbc:ID", vat.category.rawValue)
            decimal(&xml, "cbc:Percent", vat.rate)
            xml.text("cbc:TaxExemptionReasonCode", exemption?.reasonCode)
            xml.text("cbc:TaxExemptionReason", exemption?.reason)
            xml.group("cac:TaxScheme") { $0.text("cbc:ID", "VAT") }
        }
    }

    /// The total with its breakdown, and the one in the tax currency, which has none (PEPPOL-EN16931-R054).
    func writeTaxTotals(_ xml: inout XMLWriter) {
        xml.group("cac:TaxTotal") { xml in
            amount(&xml, "cbc:TaxAmount", totals.tax)
            for subtotal in totals.breakdown {
                xml.group("cac:TaxSubtotal") { xml in
                    amount(&xml, "cbc:TaxableAmount", subtotal.taxable)
                    amount(&xml, "cbc:TaxAmount", subtotal.tax)
                    writeCategory(&xml, "cac:TaxCategory", rated(subtotal.vat), exemption: subtotal.exemption)
                }
            }
        }
        guard let taxCurrency = invoice.taxCurrency, let tax = invoice.taxInTaxCurrency else { return }
        let inTaxCurrency = Decimal64(units: tax, scale: EInvoice.amountDigits(of: taxCurrency))
        xml.group("cac:TaxTotal") {
            decimal(&$0, "cbc:TaxAmount", inTaxCurrency, attribute: ("currencyID", taxCurrency))
        }
    }

    /// XRechnung wants a rate in every breakdown (BR-DE-14), also where there is no VAT to rate.
    private func rated(_ vat: EInvoice.VAT) -> EInvoice.VAT {
        profile == .xrechnung && vat.rate == nil ? EInvoice.VAT(vat.category, rate: .zero) : vat
    }

    /// Sums that are nothing are left out where they may be.
    func writeMonetaryTotal(_ xml: inout XMLWriter) {
        xml.group("cac:LegalMonetaryTotal") { xml in
            amount(&xml, "cbc:LineExtensionAmount", totals.lineTotal)
            amount(&xml, "cbc:TaxExclusiveAmount", totals.taxExclusive)
            amount(&xml, "cbc:TaxInclusiveAmount", totals.taxInclusive)
            let has = { (kind: EInvoice.Adjustment.Kind) in invoice.adjustments.contains { $0.kind == kind } }
            amount(&xml, "cbc:AllowanceTotalAmount", has(.allowance) ? totals.allowanceTotal : nil)
            amount(&xml, "cbc:ChargeTotalAmount", has(.charge) ? totals.chargeTotal : nil)
            amount(&xml, "cbc:PrepaidAmount", totals.prepaid == 0 ? nil : totals.prepaid)
            amount(&xml, "cbc:PayableRoundingAmount", totals.rounding == 0 ? nil : totals.rounding)
            amount(&xml, "cbc:PayableAmount", totals.payable)
        }
    }

    func writeLines(_ xml: inout XMLWriter) {
        for (line, net) in zip(invoice.lines, totals.lineNets) {
            xml.group(isCreditNote ? "cac:CreditNoteLine" : "cac:InvoiceLine") { xml in
                xml.text("cbc:ID", line.id)
                xml.text("cbc:Note", line.note)
                decimal(
                    &xml, isCreditNote ? "cbc:CreditedQuantity" : "cbc:InvoicedQuantity", line.quantity,
                    attribute: ("unitCode", line.unitCode))
                amount(&xml, "cbc:LineExtensionAmount", net)
                xml.text("cbc:AccountingCost", line.accountingCost)
                writePeriod(&xml, line.period)
                xml.group("cac:OrderLineReference") { $0.text("cbc:LineID", line.orderLineReference) }
                for adjustment in line.adjustments { writeAdjustment(&xml, adjustment) }
                writeItem(&xml, line)
                writePrice(&xml, line)
            }
        }
    }

    private func writeItem(_ xml: inout XMLWriter, _ line: EInvoice.Line) {
        let item = line.item
        xml.group("cac:Item") { xml in
            xml.text("cbc:Description", item.description)
            xml.text("cbc:Name", item.name)
            xml.group("cac:BuyersItemIdentification") { $0.text("cbc:ID", item.buyersId) }
            xml.group("cac:SellersItemIdentification") { $0.text("cbc:ID", item.sellersId) }
            xml.group("cac:StandardItemIdentification") { identifier(&$0, "cbc:ID", item.standardId) }
            xml.group("cac:OriginCountry") { $0.text("cbc:IdentificationCode", item.originCountry) }
            for classification in item.classifications {
                xml.group("cac:CommodityClassification") {
                    $0.text(
                        "cbc:ItemClassificationCode", classification.value,
                        attribute: ("listID", classification.scheme))
                }
            }
            writeCategory(&xml, "cac:ClassifiedTaxCategory", line.vat)
            for attribute in item.attributes {
                xml.group("cac:AdditionalItemProperty") { xml in
                    xml.text("cbc:Name", attribute.name)
                    xml.text("cbc:Value", attribute.value)
                }
            }
        }
    }

    /// Prices keep their decimals. A discount on the price is an allowance on it, the price before it its base.
    private func writePrice(_ xml: inout XMLWriter, _ line: EInvoice.Line) {
        let price = line.price
        let currency = ("currencyID", Optional(invoice.currency))
        xml.group("cac:Price") { xml in
            decimal(&xml, "cbc:PriceAmount", price.net, attribute: currency)
            decimal(&xml, "cbc:BaseQuantity", price.baseQuantity, attribute: ("unitCode", line.unitCode))
            guard price.discount != nil || price.gross != nil else { return }
            xml.group("cac:AllowanceCharge") { xml in
                xml.text("cbc:ChargeIndicator", "false")
                decimal(&xml, "cbc:Amount", price.discount ?? .zero, attribute: currency)
                decimal(&xml, "cbc:BaseAmount", price.gross, attribute: currency)
            }
        }
    }
}
