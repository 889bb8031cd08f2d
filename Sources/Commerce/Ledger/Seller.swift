import Bytes

/// What a shop says about itself on its documents. Frozen into each document when it is posted.
package struct Seller: Hashable, Sendable, FieldCoded {
    package var party = EInvoice.Party.blank
    /// How it is paid: means, account.
    package var payment: EInvoice.Payment?
    /// BT-20, for documents that do not say.
    package var paymentTerms: String?
    /// Days from posting to the due date (BT-9); nil for none.
    package var paymentDays: Int?
    /// Whether prices of orders hold VAT where the order does not say.
    package var pricesIncludeVAT = true
    /// Percent, of lines that do not say theirs: bol.com and Amazon never do.
    package var vatRate: Decimal64?

    package init() {}

    mutating func code(_ coder: inout some FieldCoder) throws(ByteReaderError) {
        try party.code(&coder)
        try coder.optional(&payment, EInvoice.Payment(meansCode: ""), EInvoice.Payment.code)
        try coder.text(&paymentTerms)
        try coder.optional(&paymentDays, 0) { days, coder throws(ByteReaderError) in try coder.number(&days) }
        try coder.flag(&pricesIncludeVAT)
        try coder.optional(&vatRate, .zero) { rate, coder throws(ByteReaderError) in try coder.decimal(&rate) }
    }
}

// MARK: - JSON

extension Seller {
    /// The object of `SHOP.SELLER`. Whatever may be missing is missed when a document is posted, all at once.
    package init(_ json: Span<UInt8>) throws(Refusal) {
        let fields = try JSONFields(
            json, path: "seller",
            [
                "name", "tradingName", "street", "additionalStreet", "city", "postalCode", "state", "country", "vatId",
                "taxRegistration", "registration", "legalForm", "electronicAddress", "contact", "iban", "bic",
                "accountName", "paymentMeans", "paymentTerms", "paymentDays", "pricesIncludeVat", "vatRate",
            ])
        party = try fields.party()
        party.tradingName = try fields.text("tradingName")
        party.taxRegistration = try fields.text("taxRegistration")
        party.legalForm = try fields.text("legalForm")
        paymentTerms = try fields.text("paymentTerms")
        paymentDays = try fields.integer("paymentDays", 0...365)
        pricesIncludeVAT = try fields.bool("pricesIncludeVat") ?? true
        vatRate = try fields.decimal("vatRate")
        let account = try fields.text("iban")
        guard let means = try fields.text("paymentMeans") ?? account.map({ _ in "30" }) else { return }
        var payment = EInvoice.Payment(meansCode: means)
        if let account {
            let plain = String(account.filter { !$0.isWhitespace }).uppercased()
            payment.accounts = [
                EInvoice.Account(
                    identifier: plain, name: try fields.text("accountName"), serviceProvider: try fields.text("bic"))
            ]
        }
        self.payment = payment
    }

    func write(into output: inout ByteWriter) {
        output.openObject()
        output.members(of: party)
        if let payment {
            output.member("iban", payment.accounts.first?.identifier)
            output.member("bic", payment.accounts.first?.serviceProvider)
            output.member("accountName", payment.accounts.first?.name)
            output.member("paymentMeans", payment.meansCode)
        }
        output.member("paymentTerms", paymentTerms)
        if let paymentDays {
            output.key("paymentDays")
            output.number(paymentDays)
        }
        output.key("pricesIncludeVat")
        output.bool(pricesIncludeVAT)
        output.member("vatRate", vatRate?.text)
        output.closeObject()
    }
}
