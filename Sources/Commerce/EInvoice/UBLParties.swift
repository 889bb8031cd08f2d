/// Who sells, who buys, who is paid, and where the goods went.
extension UBLDocument {
    func writeParties(_ xml: inout XMLWriter) {
        xml.group("cac:AccountingSupplierParty") { writeParty(&$0, invoice.seller) }
        xml.group("cac:AccountingCustomerParty") { writeParty(&$0, invoice.buyer) }
        xml.group("cac:PayeeParty") { xml in
            xml.group("cac:PartyIdentification") { identifier(&$0, "cbc:ID", invoice.payee?.identifier) }
            xml.group("cac:PartyName") { $0.text("cbc:Name", invoice.payee?.name) }
            xml.group("cac:PartyLegalEntity") { identifier(&$0, "cbc:CompanyID", invoice.payee?.legalRegistration) }
        }
        guard let representative = invoice.taxRepresentative else { return }
        xml.group("cac:TaxRepresentativeParty") { xml in
            xml.group("cac:PartyName") { $0.text("cbc:Name", representative.name) }
            xml.group("cac:PostalAddress") { writeAddress(&$0, representative.address) }
            writeTaxScheme(&xml, "VAT", representative.vatId)
        }
    }

    private func writeParty(_ xml: inout XMLWriter, _ party: EInvoice.Party) {
        xml.group("cac:Party") { xml in
            identifier(&xml, "cbc:EndpointID", party.electronicAddress)
            for identifier in party.identifiers {
                xml.group("cac:PartyIdentification") { self.identifier(&$0, "cbc:ID", identifier) }
            }
            xml.group("cac:PartyName") { $0.text("cbc:Name", party.tradingName) }
            xml.group("cac:PostalAddress") { writeAddress(&$0, party.address) }
            writeTaxScheme(&xml, "VAT", party.vatId)
            writeTaxScheme(&xml, "TAX", party.taxRegistration)
            xml.group("cac:PartyLegalEntity") { xml in
                xml.text("cbc:RegistrationName", party.name)
                identifier(&xml, "cbc:CompanyID", party.legalRegistration)
                xml.text("cbc:CompanyLegalForm", party.legalForm)
            }
            xml.group("cac:Contact") { xml in
                xml.text("cbc:Name", party.contact?.name)
                xml.text("cbc:Telephone", party.contact?.telephone)
                xml.text("cbc:ElectronicMail", party.contact?.email)
            }
        }
    }

    private func writeTaxScheme(_ xml: inout XMLWriter, _ scheme: String, _ number: String?) {
        guard let number, !XMLWriter.isBlank(number) else { return }
        xml.group("cac:PartyTaxScheme") { xml in
            xml.text("cbc:CompanyID", number)
            xml.group("cac:TaxScheme") { $0.text("cbc:ID", scheme) }
        }
    }

    private func writeAddress(_ xml: inout XMLWriter, _ address: EInvoice.Address) {
        xml.text("cbc:StreetName", address.street)
        xml.text("cbc:AdditionalStreetName", address.additionalStreet)
        xml.text("cbc:CityName", address.city)
        xml.text("cbc:PostalZone", address.postalCode)
        xml.text("cbc:CountrySubentity", address.subdivision)
        xml.group("cac:AddressLine") { $0.text("cbc:Line", address.thirdLine) }
        xml.group("cac:Country") { $0.text("cbc:IdentificationCode", address.country) }
    }

    func writeDelivery(_ xml: inout XMLWriter) {
        guard let delivery = invoice.delivery else { return }
        xml.group("cac:Delivery") { xml in
            xml.text("cbc:ActualDeliveryDate", delivery.date?.text)
            xml.group("cac:DeliveryLocation") { xml in
                identifier(&xml, "cbc:ID", delivery.location)
                guard let address = delivery.address else { return }
                xml.group("cac:Address") { writeAddress(&$0, address) }
            }
            xml.group("cac:DeliveryParty") { xml in
                xml.group("cac:PartyName") { $0.text("cbc:Name", delivery.name) }
            }
        }
    }
}
