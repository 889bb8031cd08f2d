@testable import Commerce

/// A web shop's invoice that breaks no rule, to be broken one rule at a time.
enum EInvoiceSample {
    static func decimal(_ text: String) -> Decimal64? {
        let bytes = [UInt8](text.utf8)
        return Decimal64(bytes.span)
    }

    static func percent(_ rate: Int64) -> Decimal64 { Decimal64(units: rate, scale: 0) }

    static let standard = EInvoice.VAT(.standard, rate: percent(21))

    private static func date(_ day: Int) -> EInvoice.Date {
        guard let date = EInvoice.Date(year: 2026, month: 3, day: day) else { preconditionFailure("a day of March") }
        return date
    }

    static let seller: EInvoice.Party = {
        var seller = EInvoice.Party(
            name: "Winkel BV",
            address: EInvoice.Address(
                street: "Prinsengracht 12-2", city: "Amsterdam", postalCode: "1015 KD", country: "NL"))
        seller.vatId = "NL123456789B01"
        seller.legalRegistration = EInvoice.Identifier("12345678", scheme: "0106")
        seller.electronicAddress = EInvoice.Identifier("12345678", scheme: "0106")
        seller.contact = EInvoice.Contact(
            name: "Klantenservice", telephone: "+31 20 1234567", email: "hallo@winkel.example")
        return seller
    }()

    static let buyer: EInvoice.Party = {
        var buyer = EInvoice.Party(
            name: "Boekhandel De Vries BV",
            address: EInvoice.Address(street: "Rue Haute 7", city: "Bruxelles", postalCode: "1000", country: "BE"))
        buyer.electronicAddress = EInvoice.Identifier("0417497106", scheme: "0208")
        return buyer
    }()

    static func line(_ id: String, price: String, quantity: Int64 = 1, vat: EInvoice.VAT = standard) -> EInvoice.Line {
        guard let price = decimal(price) else { preconditionFailure("a price") }
        var item = EInvoice.Item(name: "Mug, \"blue\" & <white>")
        item.sellersId = "MUG-\(id)"
        return EInvoice.Line(
            id: id, quantity: Decimal64(units: quantity, scale: 0), unitCode: "H87", price: EInvoice.Price(net: price),
            vat: vat, item: item)
    }

    static let invoice: EInvoice = {
        var invoice = EInvoice(
            kind: .invoice, number: "INV-2026-17", issueDate: date(1), currency: "EUR", seller: seller, buyer: buyer)
        invoice.dueDate = date(15)
        invoice.orderReference = "S-1000123"
        invoice.delivery = EInvoice.Delivery(date: date(3), address: buyer.address)
        invoice.payment = EInvoice.Payment(meansCode: "58")
        invoice.payment?.accounts = [EInvoice.Account(identifier: "NL91ABNA0417164300")]
        invoice.lines = [line("1", price: "16.4876", quantity: 2), line("2", price: "9.00")]
        return invoice
    }()

    static let creditNote: EInvoice = {
        var creditNote = invoice
        creditNote.kind = .creditNote
        creditNote.number = "CN-2026-3"
        creditNote.precedingInvoices = [EInvoice.PrecedingInvoice(number: "INV-2026-17", issueDate: date(1))]
        return creditNote
    }()

    /// The sample with everything in it taxed alike.
    static func invoice(_ vat: EInvoice.VAT, exemption: EInvoice.Exemption? = nil) -> EInvoice {
        var invoice = invoice
        invoice.lines = [line("1", price: "10.00", vat: vat)]
        invoice.exemptions = exemption.map { [$0] } ?? []
        return invoice
    }
}
