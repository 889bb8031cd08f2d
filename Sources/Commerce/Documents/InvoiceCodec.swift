import Bytes

// The packed form of an invoice: what a shard keeps of a document, draft or posted. Number and issue date are not in
// it: the ledger gives both when it posts, in the same event.

extension EInvoice: FieldCoded {
    /// To be filled by reading.
    static let blank = EInvoice(
        kind: .invoice, number: "", issueDate: Date(Timestamp(milliseconds: 0)), currency: "",
        seller: Party(name: "", address: Address(country: "")), buyer: Party(name: "", address: Address(country: "")))

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.choice(&kind)
        try coder.date(&dueDate)
        try coder.text(&currency)
        try coder.text(&accountingCost)
        try coder.text(&buyerReference)
        try coder.text(&orderReference)
        try coder.text(&salesOrderReference)
        try coder.text(&contractReference)
        try coder.list(&notes, "") { note, coder throws(ByteReaderError) in try coder.text(&note) }
        try coder.list(&precedingInvoices, PrecedingInvoice(number: "")) { invoice, coder throws(ByteReaderError) in
            try coder.text(&invoice.number)
            try coder.date(&invoice.issueDate)
        }
        try seller.code(&coder)
        try buyer.code(&coder)
        try coder.optional(&delivery, Delivery()) { delivery, coder throws(ByteReaderError) in
            try coder.text(&delivery.name)
            try coder.date(&delivery.date)
            try coder.optional(&delivery.address, Address(country: ""), Address.code)
        }
        try coder.optional(&payment, Payment(meansCode: ""), Payment.code)
        try coder.text(&paymentTerms)
        try coder.list(&adjustments, Adjustment(.charge, amount: 0), Adjustment.code)
        try coder.list(&exemptions, Exemption(category: .zero)) { exemption, coder throws(ByteReaderError) in
            try coder.category(&exemption.category)
            try coder.text(&exemption.reason)
            try coder.text(&exemption.reasonCode)
        }
        try coder.integer(&prepaid)
        try coder.integer(&rounding)
        try coder.list(&lines, Line.blank, Line.code)
    }
}

extension EInvoice.Party: FieldCoded {
    static let blank = EInvoice.Party(name: "", address: EInvoice.Address(country: ""))

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&name)
        try coder.text(&tradingName)
        try coder.list(&identifiers, EInvoice.Identifier(""), EInvoice.Identifier.code)
        try coder.optional(&legalRegistration, EInvoice.Identifier(""), EInvoice.Identifier.code)
        try coder.text(&vatId)
        try coder.text(&taxRegistration)
        try coder.text(&legalForm)
        try coder.optional(&electronicAddress, EInvoice.Identifier(""), EInvoice.Identifier.code)
        try EInvoice.Address.code(&address, &coder)
        try coder.optional(&contact, EInvoice.Contact()) { contact, coder throws(ByteReaderError) in
            try coder.text(&contact.name)
            try coder.text(&contact.telephone)
            try coder.text(&contact.email)
        }
    }
}

extension EInvoice.Identifier {
    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&value.value)
        try coder.text(&value.scheme)
    }
}

extension EInvoice.Address {
    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&value.street)
        try coder.text(&value.additionalStreet)
        try coder.text(&value.thirdLine)
        try coder.text(&value.city)
        try coder.text(&value.postalCode)
        try coder.text(&value.subdivision)
        try coder.text(&value.country)
    }
}

extension EInvoice.Payment {
    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&value.meansCode)
        try coder.text(&value.meansText)
        try coder.text(&value.reference)
        try coder.list(&value.accounts, EInvoice.Account(identifier: "")) { account, coder throws(ByteReaderError) in
            try coder.text(&account.identifier)
            try coder.text(&account.name)
            try coder.text(&account.serviceProvider)
        }
        try coder.text(&value.mandateReference)
        try coder.text(&value.debitedAccount)
    }
}

extension EInvoice.Adjustment {
    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        var isCharge = value.kind == .charge
        try coder.flag(&isCharge)
        value.kind = isCharge ? .charge : .allowance
        try coder.integer(&value.amount)
        try coder.text(&value.reason)
        try coder.text(&value.reasonCode)
        try coder.optional(&value.vat, EInvoice.VAT(.zero, rate: nil), EInvoice.VAT.code)
    }
}

extension EInvoice.VAT {
    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        var (category, rate) = (value.category, value.rate)
        try coder.category(&category)
        try coder.optional(&rate, .zero) { rate, coder throws(ByteReaderError) in try coder.decimal(&rate) }
        value = EInvoice.VAT(category, rate: rate)
    }
}

extension EInvoice.Line {
    static let blank = EInvoice.Line(
        id: "", quantity: .zero, unitCode: "", price: EInvoice.Price(net: .zero), vat: EInvoice.VAT(.zero, rate: nil),
        item: EInvoice.Item(name: ""))

    static func code(_ value: inout Self, _ coder: inout some FieldCoder) throws(ByteReaderError) {
        try coder.text(&value.id)
        try coder.text(&value.note)
        try coder.decimal(&value.quantity)
        try coder.text(&value.unitCode)
        try coder.text(&value.orderLineReference)
        try coder.list(&value.adjustments, EInvoice.Adjustment(.charge, amount: 0), EInvoice.Adjustment.code)
        try coder.decimal(&value.price.net)
        try EInvoice.VAT.code(&value.vat, &coder)
        try coder.text(&value.item.name)
        try coder.text(&value.item.description)
        try coder.text(&value.item.sellersId)
        try coder.optional(&value.item.standardId, EInvoice.Identifier(""), EInvoice.Identifier.code)
    }
}

extension FieldCoder {
    fileprivate mutating func date(_ value: inout EInvoice.Date?) throws(ByteReaderError) {
        var text = value?.text
        try self.text(&text)
        guard let text else { return value = nil }
        guard let date = EInvoice.Date(text) else { throw malformed }
        value = date
    }

    fileprivate mutating func category(_ value: inout EInvoice.VATCategory) throws(ByteReaderError) {
        var text = value.rawValue
        try self.text(&text)
        guard let category = EInvoice.VATCategory(rawValue: text) else { throw malformed }
        value = category
    }
}
