extension EInvoice {
    /// The seller (BG-4) or the buyer (BG-7).
    package struct Party: Hashable, Sendable {
        /// BT-27, BT-44: the full name under which the party is registered.
        package var name: String
        /// BT-28, BT-45, where it trades under another name.
        package var tradingName: String?
        /// BT-29, BT-46; a buyer has one at most. Scheme `SEPA` marks a seller's creditor id for direct debit (BT-90).
        package var identifiers: [Identifier] = []
        /// BT-30, BT-47: the number in a register of companies, such as the Dutch KvK number with scheme 0106.
        package var legalRegistration: Identifier?
        /// BT-31, BT-48, with the country's prefix.
        package var vatId: String?
        /// BT-32: the seller's local tax number.
        package var taxRegistration: String?
        /// BT-33: legal form, share capital and the like; of a seller.
        package var legalForm: String?
        /// BT-34, BT-49: where the network delivers; the scheme is of the EAS list: 0106 KvK number,
        /// 0208 Belgian enterprise number, 9930 German VAT id, `EM` e-mail address (which Peppol does not reach).
        package var electronicAddress: Identifier?
        /// BG-5, BG-8.
        package var address: Address
        /// BG-6, BG-9.
        package var contact: Contact?

        package init(name: String, address: Address) {
            self.name = name
            self.address = address
        }
    }

    /// A value and the scheme that gives it its meaning (ISO 6523 or EAS), where there is one.
    package struct Identifier: Hashable, Sendable {
        package var value: String
        package var scheme: String?

        package init(_ value: String, scheme: String? = nil) {
            self.value = value
            self.scheme = scheme
        }
    }

    /// BG-5, BG-8, BG-12 or BG-15. The terms in brackets are the seller's.
    package struct Address: Hashable, Sendable {
        /// Street and house number (BT-35).
        package var street: String?
        /// BT-36.
        package var additionalStreet: String?
        /// BT-162.
        package var thirdLine: String?
        /// BT-37.
        package var city: String?
        /// BT-38.
        package var postalCode: String?
        /// BT-39: province or state.
        package var subdivision: String?
        /// BT-40, ISO 3166-1 alpha-2; empty when it is not known.
        package var country: String

        package init(
            street: String? = nil, city: String? = nil, postalCode: String? = nil, country: String
        ) {
            self.street = street
            self.city = city
            self.postalCode = postalCode
            self.country = country
        }
    }

    /// BG-6, BG-9.
    package struct Contact: Hashable, Sendable {
        /// BT-41, BT-56: a person or a department.
        package var name: String?
        /// BT-42, BT-57.
        package var telephone: String?
        /// BT-43, BT-58.
        package var email: String?

        package init(name: String? = nil, telephone: String? = nil, email: String? = nil) {
            self.name = name
            self.telephone = telephone
            self.email = email
        }
    }

    /// BG-10.
    package struct Payee: Hashable, Sendable {
        /// BT-59.
        package var name: String
        /// BT-60.
        package var identifier: Identifier?
        /// BT-61.
        package var legalRegistration: Identifier?

        package init(name: String) { self.name = name }
    }

    /// BG-11: who answers for the VAT of a seller from abroad.
    package struct TaxRepresentative: Hashable, Sendable {
        /// BT-62.
        package var name: String
        /// BT-63.
        package var vatId: String
        /// BG-12.
        package var address: Address

        package init(name: String, vatId: String, address: Address) {
            self.name = name
            self.vatId = vatId
            self.address = address
        }
    }

    /// BG-13.
    package struct Delivery: Hashable, Sendable {
        /// BT-70.
        package var name: String?
        /// BT-71.
        package var location: Identifier?
        /// BT-72.
        package var date: Date?
        /// BG-15.
        package var address: Address?

        package init(date: Date? = nil, address: Address? = nil) {
            self.date = date
            self.address = address
        }
    }
}
