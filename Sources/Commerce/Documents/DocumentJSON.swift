import Bytes

// A document's content as `DOCUMENT.SHOW` tells it. Prices and line amounts are without VAT, as on the e-invoice.
extension ByteWriter {
    /// The members of the content, without braces.
    package mutating func members(of content: DocumentContent) throws(Refusal) {
        let invoice = content.invoice
        let totals: EInvoiceTotals
        do throws(EInvoiceError) { totals = try EInvoiceTotals(of: invoice) } catch {
            throw error.refusal(currency: invoice.currency)
        }
        if !invoice.seller.name.isEmpty {
            key("seller")
            openObject()
            members(of: invoice.seller)
            closeObject()
        }
        key("recipientDetails")
        openObject()
        members(of: invoice.buyer)
        key("business")
        bool(content.isBusiness)
        closeObject()
        member("language", content.language)
        member("orderReference", invoice.orderReference)
        member("buyerReference", invoice.buyerReference)
        member("dueDate", invoice.dueDate?.text)
        member("deliveryDate", invoice.delivery?.date?.text)
        member("paymentTerms", invoice.paymentTerms)
        lines(invoice, totals)
        adjustments(invoice)
        sums(invoice, totals)
        if !invoice.notes.isEmpty {
            key("notes")
            openArray()
            for note in invoice.notes { string(note) }
            closeArray()
        }
    }

    private mutating func lines(_ invoice: EInvoice, _ totals: EInvoiceTotals) {
        key("lines")
        openArray()
        for (line, net) in zip(invoice.lines, totals.lineNets) {
            openObject()
            member("line", line.id)
            member("title", line.item.name)
            member("sku", line.item.sellersId)
            member("quantity", line.quantity.text)
            member("unit", line.unitCode)
            member("unitPrice", line.price.net.text)
            member("net", amount: net, digits: invoice.amountDigits)
            vat(line.vat)
            closeObject()
        }
        closeArray()
    }

    private mutating func adjustments(_ invoice: EInvoice) {
        key("charges")
        openArray()
        for adjustment in invoice.adjustments {
            openObject()
            member("title", adjustment.reason)
            let signed = adjustment.kind == .charge ? adjustment.amount : -adjustment.amount
            member("net", amount: signed, digits: invoice.amountDigits)
            if let vat = adjustment.vat { self.vat(vat) }
            closeObject()
        }
        closeArray()
    }

    private mutating func vat(_ vat: EInvoice.VAT) {
        member("vatCategory", vat.category.rawValue)
        member("vatRate", vat.effectiveRate.text)
    }

    private mutating func sums(_ invoice: EInvoice, _ totals: EInvoiceTotals) {
        let digits = invoice.amountDigits
        key("vat")
        openArray()
        for group in totals.breakdown {
            openObject()
            vat(group.vat)
            member("net", amount: group.taxable, digits: digits)
            member("vat", amount: group.tax, digits: digits)
            closeObject()
        }
        closeArray()
        key("sums")
        openObject()
        member("net", amount: totals.taxExclusive, digits: digits)
        member("vat", amount: totals.tax, digits: digits)
        member("gross", amount: totals.taxInclusive, digits: digits)
        member("rounding", amount: totals.rounding, digits: digits)
        member("prepaid", amount: totals.prepaid, digits: digits)
        member("payable", amount: totals.payable, digits: digits)
        closeObject()
    }
}
