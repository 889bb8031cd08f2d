/// The head of the document, its parties, its delivery and its payment.
extension EInvoiceRules {
    mutating func checkDocument() {
        require(isGiven(invoice.number), "BR-02", "BT-1", "the document has no number (BT-1)")
        require(isGiven(invoice.currency), "BR-05", "BT-5", "the document has no currency (BT-5)")
        require(
            !isGiven(invoice.taxCurrency) || invoice.taxCurrency == invoice.currency || invoice.taxInTaxCurrency != nil,
            "BR-53", "BT-111",
            "the VAT in \(invoice.taxCurrency ?? "") (BT-111) is missing: it is needed once a VAT currency is named")
        for preceding in invoice.precedingInvoices {
            require(isGiven(preceding.number), "BR-55", "BT-25", "an invoice that is referred to has no number (BT-25)")
        }
        if let period = invoice.period {
            require(
                period.start != nil || period.end != nil, "BR-CO-19", "BG-14",
                "the invoiced period has neither a start (BT-73) nor an end (BT-74)")
            require(
                Self.isInOrder(period), "BR-29", "BT-74", "the invoiced period ends (BT-74) before it starts (BT-73)")
        }
    }

    static func isInOrder(_ period: EInvoice.Period) -> Bool {
        guard let start = period.start, let end = period.end else { return true }
        return start <= end
    }

    mutating func checkParties() {
        let (seller, buyer) = (invoice.seller, invoice.buyer)
        require(isGiven(seller.name), "BR-06", "BT-27", "the seller has no name (BT-27)")
        require(isGiven(buyer.name), "BR-07", "BT-44", "the buyer has no name (BT-44)")
        checkAddress(seller.address, of: "seller", rules: ("BR-08", "BR-09"), terms: ("BG-5", "BT-40"))
        checkAddress(buyer.address, of: "buyer", rules: ("BR-10", "BR-11"), terms: ("BG-8", "BT-55"))
        require(
            !seller.identifiers.allSatisfy { !isGiven($0.value) } || isGiven(seller.legalRegistration?.value)
                || isGiven(seller.vatId),
            "BR-CO-26", "BT-30",
            "the seller cannot be told from others: give a registration number (BT-30), a VAT id (BT-31) or another"
                + " identifier (BT-29)")
        for (party, rule, term) in [(seller, "BR-62", "BT-34"), (buyer, "BR-63", "BT-49")] {
            guard let address = party.electronicAddress else { continue }
            require(
                isGiven(address.scheme), rule, term, "the electronic address \(address.value) (\(term)) has no scheme")
        }
        require(
            buyer.identifiers.count <= 1, "UBL-SR-16", "BT-46", "the buyer has more than one identifier (BT-46)")
        require(
            seller.identifiers.count { $0.scheme == "SEPA" } <= 1, "UBL-SR-29", "BT-90",
            "the seller has more than one creditor identifier for direct debit (BT-90)")
        checkVATPrefixes()
        checkPayee()
        checkTaxRepresentative()
    }

    /// An address, and of an address that there is the country.
    private mutating func checkAddress(
        _ address: EInvoice.Address, of party: String, rules: (address: String, country: String),
        terms: (address: String, country: String)
    ) {
        require(!address.isBlank, rules.address, terms.address, "the \(party) has no address (\(terms.address))")
        require(
            address.isBlank || isGiven(address.country), rules.country, terms.country,
            "the \(party)'s address has no country (\(terms.country))")
    }

    /// BR-CO-09: a VAT id starts with the country that gave it; Greece writes EL.
    private mutating func checkVATPrefixes() {
        let numbers = [
            (invoice.seller.vatId, "BT-31", "seller"), (invoice.buyer.vatId, "BT-48", "buyer"),
            (invoice.taxRepresentative?.vatId, "BT-63", "tax representative"),
        ]
        for case (let number?, let term, let party) in numbers where isGiven(number) {
            let prefix = number.prefix(2)
            require(
                prefix == "EL" || EInvoiceCodes.countries.contains(prefix), "BR-CO-09", term,
                "the VAT id \(number) of the \(party) (\(term)) does not start with the code of a country")
        }
    }

    private mutating func checkPayee() {
        guard let payee = invoice.payee else { return }
        let seller = invoice.seller
        require(
            isGiven(payee.name) && payee.name != seller.name && payee.name != seller.tradingName, "BR-17", "BT-59",
            "the payee (BT-59) needs a name that is not the seller's: without one the seller is paid")
        guard let identifier = payee.identifier else { return }
        require(
            !seller.identifiers.contains { $0.value == identifier.value }, "BR-17", "BT-60",
            "the payee has the seller's own identifier \(identifier.value) (BT-60)")
    }

    private mutating func checkTaxRepresentative() {
        guard let representative = invoice.taxRepresentative else { return }
        require(isGiven(representative.name), "BR-18", "BT-62", "the tax representative has no name (BT-62)")
        checkAddress(
            representative.address, of: "tax representative", rules: ("BR-19", "BR-20"), terms: ("BG-12", "BT-69"))
        require(isGiven(representative.vatId), "BR-56", "BT-63", "the tax representative has no VAT id (BT-63)")
    }

    mutating func checkDelivery() {
        guard let address = invoice.delivery?.address else { return }
        require(isGiven(address.country), "BR-57", "BT-80", "the delivery address has no country (BT-80)")
    }

    mutating func checkPayment() {
        if let payment = invoice.payment {
            require(isGiven(payment.meansCode), "BR-49", "BT-81", "the means of payment has no code (BT-81)")
            let isTransfer = ["30", "58"].contains(payment.meansCode)
            require(
                !isTransfer || payment.accounts.contains { isGiven($0.identifier) }, "BR-61", "BT-84",
                "there is no account (BT-84) to pay to: a credit transfer needs one")
            for account in payment.accounts {
                require(isGiven(account.identifier), "BR-50", "BT-84", "an account to pay to has no number (BT-84)")
            }
        }
        require(
            totals.payable <= 0 || invoice.kind.isCreditNote || invoice.dueDate != nil
                || isGiven(invoice.paymentTerms),
            "BR-CO-25", "BT-9",
            "there is \(text(totals.payable)) to pay, but no due date (BT-9) and no payment terms (BT-20)")
    }
}

extension EInvoice.Address {
    /// Whether nothing of it would be written.
    var isBlank: Bool {
        let texts = [street, additionalStreet, thirdLine, city, postalCode, subdivision, country]
        return texts.allSatisfy { !isGiven($0) }
    }
}
