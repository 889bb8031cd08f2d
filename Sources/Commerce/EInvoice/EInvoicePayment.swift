extension EInvoice {
    /// BG-16: how the amount is or was paid.
    package struct Payment: Hashable, Sendable {
        /// BT-81, of UNTDID 4461: 30 credit transfer, 48 bank card, 49 direct debit, 57 standing agreement, 58 SEPA
        /// credit transfer, 59 SEPA direct debit, 68 online payment service.
        package var meansCode: String
        /// BT-82.
        package var meansText: String?
        /// BT-83: what the payer is to state.
        package var reference: String?
        /// BG-17: the accounts to pay to, one means of payment in UBL for each.
        package var accounts: [Account] = []
        /// BT-89, of a direct debit.
        package var mandateReference: String?
        /// BT-91, the account that a direct debit takes from.
        package var debitedAccount: String?

        package init(meansCode: String) { self.meansCode = meansCode }
    }

    /// BG-17.
    package struct Account: Hashable, Sendable {
        /// BT-84: an IBAN, or a national account number.
        package var identifier: String
        /// BT-85.
        package var name: String?
        /// BT-86: a BIC.
        package var serviceProvider: String?

        package init(identifier: String, name: String? = nil, serviceProvider: String? = nil) {
            self.identifier = identifier
            self.name = name
            self.serviceProvider = serviceProvider
        }
    }
}
