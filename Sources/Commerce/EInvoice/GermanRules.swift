/// XRechnung on top of the standard.
extension EInvoiceRules {
    mutating func checkGerman() {
        checkGermanContact()
        checkGermanAddresses()
        checkGermanPayment()
        require(
            isGiven(invoice.buyerReference), "BR-DE-15", "BT-10",
            "the buyer reference (BT-10) is missing: for German authorities it is the Leitweg-ID")
        let needsNumber = totals.breakdown.contains { $0.vat.category != .outsideScope }
        require(
            !needsNumber || isGiven(invoice.seller.vatId) || isGiven(invoice.seller.taxRegistration)
                || invoice.taxRepresentative != nil,
            "BR-DE-16", "BT-31", "the seller has neither a VAT id (BT-31) nor a tax number (BT-32)")
        for subtotal in totals.breakdown where subtotal.vat.category != .outsideScope {
            require(subtotal.vat.rate != nil, "BR-DE-14", "BT-119", "a VAT breakdown has no rate (BT-119)")
        }
        require(
            invoice.kind != .correctedInvoice || !invoice.precedingInvoices.isEmpty, "BR-DE-26", "BT-25",
            "the corrected invoice does not say which invoice it corrects (BT-25)")
        checkPeppolShared()
    }

    private mutating func checkGermanContact() {
        let contact = invoice.seller.contact
        require(contact != nil, "BR-DE-2", "BG-6", "the seller has no contact (BG-6)")
        guard let contact else { return }
        require(isGiven(contact.name), "BR-DE-5", "BT-41", "the seller's contact has no name (BT-41)")
        require(isGiven(contact.telephone), "BR-DE-6", "BT-42", "the seller's contact has no telephone number (BT-42)")
        require(isGiven(contact.email), "BR-DE-7", "BT-43", "the seller's contact has no e-mail address (BT-43)")
        if let telephone = contact.telephone, isGiven(telephone) {
            require(
                telephone.utf8.count { (0x30...0x39).contains($0) } >= 3, "BR-DE-27", "BT-42",
                "the seller's telephone number \(telephone) (BT-42) has fewer than three digits")
        }
        if let email = contact.email, isGiven(email) {
            let halves = email.split(separator: "@", omittingEmptySubsequences: false)
            require(
                halves.count == 2 && halves.allSatisfy { $0.count >= 2 }, "BR-DE-28", "BT-43",
                "the seller's e-mail address \(email) (BT-43) is none")
        }
    }

    private mutating func checkGermanAddresses() {
        let (seller, buyer) = (invoice.seller.address, invoice.buyer.address)
        require(isGiven(seller.city), "BR-DE-3", "BT-37", "the seller's address has no town (BT-37)")
        require(isGiven(seller.postalCode), "BR-DE-4", "BT-38", "the seller's address has no postal code (BT-38)")
        require(isGiven(buyer.city), "BR-DE-8", "BT-52", "the buyer's address has no town (BT-52)")
        require(isGiven(buyer.postalCode), "BR-DE-9", "BT-53", "the buyer's address has no postal code (BT-53)")
        guard let delivery = invoice.delivery?.address else { return }
        require(isGiven(delivery.city), "BR-DE-10", "BT-77", "the delivery address has no town (BT-77)")
        require(isGiven(delivery.postalCode), "BR-DE-11", "BT-78", "the delivery address has no postal code (BT-78)")
    }

    private mutating func checkGermanPayment() {
        require(invoice.payment != nil, "BR-DE-1", "BG-16", "there is no means of payment (BG-16)")
        guard let payment = invoice.payment else { return }
        switch payment.meansCode {
        case "30", "58":
            require(
                !payment.accounts.isEmpty, "BR-DE-23-a", "BG-17", "a credit transfer needs an account to pay to (BG-17)"
            )
        case "48", "54", "55":
            require(
                false, "BR-DE-24-a", "BG-18",
                "a card payment needs the card's number (BG-18), which is never kept here: name code 68 or ZZZ instead")
        case "59":
            require(
                isGiven(payment.mandateReference), "BR-DE-25-a", "BG-19", "a direct debit needs its mandate (BG-19)")
            require(
                invoice.seller.identifiers.contains { $0.scheme == "SEPA" }, "BR-DE-30", "BT-90",
                "a direct debit needs the seller's creditor identifier (BT-90)")
            require(
                isGiven(payment.debitedAccount), "BR-DE-31", "BT-91",
                "a direct debit needs the account that it takes from (BT-91)")
        default: break
        }
    }
}
