/// Peppol's rules for sellers in the Netherlands.
extension EInvoiceRules {
    mutating func checkDutchSeller() {
        let (seller, buyer) = (invoice.seller, invoice.buyer)
        require(
            !invoice.kind.isCreditNote || invoice.precedingInvoices.contains { isGiven($0.number) }, "NL-R-001",
            "BT-25",
            "the credit note does not say which invoice it credits (BT-25)")
        require(
            Self.isWhole(seller.address), "NL-R-002", "BG-5",
            "the seller's address needs street (BT-35), town (BT-37) and postal code (BT-38)")
        require(
            Self.isDutchRegistration(seller.legalRegistration), "NL-R-003", "BT-30",
            "the seller's registration number (BT-30) must be a KvK number (scheme 0106) or an OIN (scheme 0190)")
        if buyer.address.country == "NL" {
            require(
                Self.isWhole(buyer.address), "NL-R-004", "BG-8",
                "the buyer's address needs street (BT-50), town (BT-52) and postal code (BT-53)")
            require(
                Self.isDutchRegistration(buyer.legalRegistration), "NL-R-005", "BT-47",
                "the buyer's registration number (BT-47) must be a KvK number (scheme 0106) or an OIN (scheme 0190)")
        }
        if let address = invoice.taxRepresentative?.address, address.country == "NL" {
            require(
                Self.isWhole(address), "NL-R-006", "BG-12",
                "the tax representative's address needs street (BT-64), town (BT-66) and postal code (BT-67)")
        }
        checkDutchPayment()
        require(
            isGiven(invoice.orderReference) || !invoice.lines.contains { isGiven($0.orderLineReference) }, "NL-R-009",
            "BT-13", "a line names a line of the order (BT-132), but the order (BT-13) is not named")
    }

    private mutating func checkDutchPayment() {
        // A positive amount, whichever way it is paid, and what a buyer owes by a negative credit note.
        let isPaid = totals.payable > 0 || invoice.kind.isCreditNote && totals.payable < 0
        require(
            !isPaid || invoice.payment != nil, "NL-R-007", "BG-16",
            "there is \(text(totals.payable)) to pay, but no means of payment (BG-16)")
        guard let means = invoice.payment?.meansCode else { return }
        require(
            ["30", "48", "49", "57", "58", "59"].contains(means), "NL-R-008", "BT-81",
            "the means of payment \(means) (BT-81) must be 30, 48, 49, 57, 58 or 59 from a Dutch seller")
    }

    private static func isWhole(_ address: EInvoice.Address) -> Bool {
        isGiven(address.street) && isGiven(address.city) && isGiven(address.postalCode)
    }

    /// A consumer, or a seller known by its VAT id, has none; one that is given must be of these registers.
    private static func isDutchRegistration(_ identifier: EInvoice.Identifier?) -> Bool {
        guard let identifier, isGiven(identifier.value) else { return true }
        return ["0106", "0190"].contains(identifier.scheme)
    }
}
