/// An article that orders are made of.
struct Product: Sendable {
    let sku: String
    let title: String
    /// Minor units.
    let price: Int
    /// Percent.
    let vatRate: String

    private init(_ sku: String, _ title: String, _ price: Int, _ vatRate: String = "21") {
        self.sku = sku
        self.title = title
        self.price = price
        self.vatRate = vatRate
    }

    static let all: [Product] = [
        Product("KOF-250", "Koffiebonen Espresso 250 g", 795, "9"),
        Product("THE-20", "Thee Earl Grey 20 zakjes", 349, "9"),
        Product("BRD-A5", "Notitieboek A5 gelinieerd", 1295), Product("PEN-03", "Vulpen zwart fijn", 2450),
        Product("TAS-LE-1", "Leren schoudertas cognac", 12900), Product("SJL-W", "Wollen sjaal grijs", 3995),
        Product("MOK-BL", "Mok keramiek blauw", 1150), Product("KRS-LAV", "Geurkaars lavendel", 1495),
        Product("SKP-SHAM", "Shampoo zonder parfum 300 ml", 899), Product("HND-2", "Handdoek set 2 stuks", 2295),
        Product("LMP-LED9", "Ledlamp E27 9 W warm wit", 599), Product("KBL-USBC", "Kabel USB-C 2 m", 1199),
        Product("ACC-10K", "Powerbank 10.000 mAh", 2999), Product("HFD-BT", "Koptelefoon draadloos", 7995),
        Product("FTS-LMP", "Fietslamp set voor en achter", 1899), Product("FTS-SLT", "Kettingslot 110 cm", 4495),
        Product("SPL-PZL", "Puzzel 1000 stukjes Amsterdam", 1699), Product("SPL-BRD", "Bordspel voor 2 tot 4", 3499),
        Product("KLD-TSH-M", "T-shirt biologisch katoen M", 1995), Product("KLD-SOK", "Sokken 3 paar 39-42", 1295),
        Product("TUI-ZAAD", "Zaden wilde bloemen", 395, "9"), Product("TUI-SCH", "Snoeischaar roestvrij", 2195),
        Product("KEU-MES", "Koksmes 20 cm", 5495), Product("KEU-PAN", "Koekenpan 28 cm", 3995),
        Product("BK-ROM", "Roman: De lange weg naar huis", 2299, "9"),
        Product("BK-KOK", "Kookboek: Groente eerst", 2995, "9"),
    ]
}
