/// What the headers of usual exports mean: Shopify's, WooCommerce's and bol.com's in English, Dutch and German. Headers are
/// compared without case, blanks and signs. A header may mean several things; the first that is not taken counts.
enum HeaderNames {
    /// The paths that a header may mean for this kind, the likeliest first.
    static func paths(of header: String, for kind: ExchangeKind) -> [String] {
        let columns = ExchangeColumns.of(kind)
        if columns.paths.contains(header) { return [header] }
        let plain = plain(header)
        if let exact = columns.paths.first(where: { Self.plain($0) == plain && $0 != "extra" }) { return [exact] }
        switch kind {
        case .orders:
            return ordersOnly[plain].map { [$0] } ?? addressPaths(plain, ["billing", "shipping"]) + buyer(plain)
        case .customers:
            return customersOnly[plain].map { [$0] } ?? buyerNames[plain].map { [$0] }
                ?? addressPaths(plain, ["billing", "shipping"])
        case .documents: return documentsOnly[plain].map { [$0] } ?? []
        case .facts: return []
        }
    }

    static func plain(_ header: String) -> String {
        var text = ""
        for character in header.lowercased() {
            switch character {
            case "ä": text += "ae"
            case "ö": text += "oe"
            case "ü": text += "ue"
            case "ß": text += "ss"
            case "é", "è", "ë": text += "e"
            default: if character.isLetter || character.isNumber { text.append(character) }
            }
        }
        return text
    }

    private static func table(_ lines: String) -> [String: String] {
        var table: [String: String] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            for word in parts[1].split(separator: " ") { table[String(word)] = String(parts[0]) }
        }
        return table
    }

    private static let ordersOnly = table(
        """
        number:number ordernumber orderid orderno ordername name bestelnummer ordernummer bestellnummer bestellnr auftragsnummer invoiceno invoicenumber factuurnummer
        placedAt:createdat orderdate date datum besteldatum orderdatum bestelldatum auftragsdatum datecreated invoicedate datetimeorderplaced
        updatedAt:updatedat modified datemodified lastmodified gewijzigd
        status:orderstatus fulfillmentstatus bestelstatus
        currency:ordercurrency currencycode valuta munt waehrung
        total:ordertotal totalprice totalamount totaal totaalbedrag totaalprijs gesamt gesamtbetrag gesamtsumme summe grandtotal
        customer.ref:customerid customeruserid customernumber klantnummer klantid kundennummer kundennr
        customer.email:email emailaddress billingemail billingemailaddress emailadres mail emailbilling
        customer.phone:phone telephone telefoon telefoonnummer telefon mobile
        customer.birthDate:birthdate dateofbirth dob geboortedatum geburtsdatum
        customer.language:locale taal sprache language
        lines.sku:lineitemsku sku itemsku productsku ean productid artikelnummer artikelnr artnr stockcode asin
        lines.title:lineitemname itemname productname product title titel description omschrijving bezeichnung artikel artikelnaam producttitle lineitemtitle
        lines.quantity:lineitemquantity quantity qty itemquantity aantal menge anzahl quantityordered
        lines.unitPrice:lineitemprice unitprice itemcost itemprice price prijs stukprijs verkoopprijs einzelpreis preis
        lines.vatRate:vatrate taxrate btw btwtarief btwpercentage mwst mwstsatz ust
        shipping.name:shipname
        shipping.street:shipaddress
        shipping.city:shipcity
        shipping.postalCode:shippostalcode
        shipping.country:shipcountry
        shipping.state:shipregion
        """)

    private static let customersOnly = table(
        """
        ref:customerid id customernumber userid klantnummer klantid kundennummer kundennr recid uniqueid
        email:email emailaddress emailadres mail billingemail
        phone:phone telephone telefoon telefoonnummer telefon mobile mobiel handy phonenumber defaultaddressphone billingphone
        updatedAt:updatedat modified lastmodified gewijzigd
        """)

    /// What says who the buyer is.
    private static let buyerNames = table(
        """
        firstName:firstname givenname voornaam vorname fnamec1
        lastName:lastname surname familyname achternaam nachname lnamec1
        name:name fullname customername contactname naam volledigenaam kontakt
        company:company companyname bedrijf bedrijfsnaam firma firmenname organisatie
        vatId:vatid vatnumber btwnummer btwid ustid ustidnr vat
        birthDate:birthdate dateofbirth dob birthday geboortedatum geburtsdatum
        language:language locale taal sprache
        """)

    private static func buyer(_ plain: String) -> [String] { buyerNames[plain].map { ["customer.\($0)"] } ?? [] }

    private static let documentsOnly = table(
        """
        kind:type documenttype documentkind soort art
        number:documentnumber invoicenumber invoiceno factuurnummer rechnungsnummer belegnummer nummer
        order:ordernumber orderid bestelnummer bestellnummer ordername
        customer:customernumber klantnummer kundennummer
        issuedAt:date datum invoicedate factuurdatum rechnungsdatum issuedate issuedat
        currency:currencycode valuta waehrung
        total:amount totalamount totaal bedrag gesamt betrag summe grandtotal
        """)

    private static let addressNames = table(
        """
        name:name fullname naam
        firstName:firstname voornaam vorname
        lastName:lastname surname achternaam nachname
        company:company companyname bedrijf bedrijfsnaam firma
        street:street address1 address addressline1 straat straatnaam adres adresregel1 strasse anschrift streetname
        houseNumber:housenumber huisnummer hausnummer hausnr huisnr streetnumber number
        addition:addition address2 addressline2 toevoeging huisnummertoevoeging zusatz adresszusatz adresregel2 housenumberext
        postalCode:postalcode zip zipcode postcode plz postleitzahl
        city:city town plaats woonplaats stad ort stadt suburb
        state:state province provincename region provincie bundesland
        country:country countrycode land landcode
        email:email emailaddress
        phone:phone telefoon telefon
        vatId:vatid vatnumber
        """)

    private static let prefixes: [(group: String, words: [String])] = [
        (
            "billing",
            ["billing", "bill", "invoice", "factuur", "facturatie", "rechnungs", "rechnung", "defaultaddress"]
        ),
        (
            "shipping",
            ["shipping", "ship", "delivery", "verzend", "bezorg", "afleveradres", "aflever", "lieferadresse", "liefer"]
        ),
    ]

    /// `Billing Street` says which address; `Straat` alone is that of the buyer.
    private static func addressPaths(_ plain: String, _ groups: [String]) -> [String] {
        for (group, words) in prefixes where groups.contains(group) {
            for word in words where plain.hasPrefix(word) {
                if let member = addressNames[String(plain.dropFirst(word.count))] { return ["\(group).\(member)"] }
            }
        }
        guard let member = addressNames[plain],
            !["name", "email", "phone", "vatId", "company", "firstName", "lastName"].contains(member), plain != "number"
        else { return [] }
        return ["\(groups[0]).\(member)"]
    }
}
